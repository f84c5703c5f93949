//! `DeleteShareGroupOffsetsRequest`: request, key 92, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteShareGroupOffsetsRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `Topics` array of DeleteShareGroupOffsetsRequestTopic.
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
}

impl DeleteShareGroupOffsetsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, 2, DeleteShareGroupOffsetsRequestTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteShareGroupOffsetsRequest", version });
        }
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, DeleteShareGroupOffsetsRequestTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DeleteShareGroupOffsetsRequestTopic` in `DeleteShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteShareGroupOffsetsRequestTopic {
    /// `TopicName` string, a topicName.
    pub topic_name: String,
}

impl DeleteShareGroupOffsetsRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.topic_name)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DeleteShareGroupOffsetsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteShareGroupOffsetsRequestView<'a> {
    pub group_id: &'a str,
    pub topics: ArrayView<'a, DeleteShareGroupOffsetsRequestTopicView<'a>>,
}

impl<'a> View<'a> for DeleteShareGroupOffsetsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.text(true)?,
            topics: r.array_view(true, version, (2, size_of::<DeleteShareGroupOffsetsRequestTopic>()), DeleteShareGroupOffsetsRequestTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `DeleteShareGroupOffsetsRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteShareGroupOffsetsRequestTopicView<'a> {
    pub topic_name: &'a str,
}

impl<'a> View<'a> for DeleteShareGroupOffsetsRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_name: r.text(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DeleteShareGroupOffsetsRequest {
    const NAME: &'static str = "DeleteShareGroupOffsetsRequest";
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

impl crate::message::Request for DeleteShareGroupOffsetsRequest {
    const API: ApiKey = ApiKey::DeleteShareGroupOffsets;
    type Response = super::DeleteShareGroupOffsetsResponse;
    type View<'a> = DeleteShareGroupOffsetsRequestView<'a>;
}
