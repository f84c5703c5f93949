//! `DescribeTransactionsRequest`: request, key 65, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeTransactionsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeTransactionsRequest {
    /// `TransactionalIds` array of string, a transactionalId.
    pub transactional_ids: Vec<String>,
}

impl DescribeTransactionsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            transactional_ids: r.array(true, version, 1, |r, _| r.string(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeTransactionsRequest", version });
        }
        writer::array(s, true, &self.transactional_ids, version, |e, s, _| s.string(true, e))?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeTransactionsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DescribeTransactionsRequestView<'a> {
    pub transactional_ids: ArrayView<'a, &'a str>,
}

impl<'a> View<'a> for DescribeTransactionsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            transactional_ids: r.array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DescribeTransactionsRequest {
    const NAME: &'static str = "DescribeTransactionsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DescribeTransactionsRequest {
    const API: ApiKey = ApiKey::DescribeTransactions;
    type Response = super::DescribeTransactionsResponse;
    type View<'a> = DescribeTransactionsRequestView<'a>;
}
