//! `ConsumerGroupDescribeRequest`: request, key 69, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupDescribeRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerGroupDescribeRequest {
    /// `GroupIds` array of string, a groupId.
    pub group_ids: Vec<String>,
    /// `IncludeAuthorizedOperations` bool.
    pub include_authorized_operations: bool,
}

impl ConsumerGroupDescribeRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_ids: r.array(true, version, 1, |r, _| r.string(true))?,
            include_authorized_operations: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupDescribeRequest", version });
        }
        writer::array(s, true, &self.group_ids, version, |e, s, _| s.string(true, e))?;
        s.boolean(self.include_authorized_operations);
        s.uvarint(0);
        Ok(())
    }
}

/// `ConsumerGroupDescribeRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ConsumerGroupDescribeRequestView<'a> {
    pub group_ids: ArrayView<'a, &'a str>,
    pub include_authorized_operations: bool,
}

impl<'a> View<'a> for ConsumerGroupDescribeRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_ids: r.array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
            include_authorized_operations: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ConsumerGroupDescribeRequest {
    const NAME: &'static str = "ConsumerGroupDescribeRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ConsumerGroupDescribeRequest {
    const API: ApiKey = ApiKey::ConsumerGroupDescribe;
    type Response = super::ConsumerGroupDescribeResponse;
    type View<'a> = ConsumerGroupDescribeRequestView<'a>;
}
