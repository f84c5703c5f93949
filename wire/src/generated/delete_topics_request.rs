//! `DeleteTopicsRequest`: request, key 20, versions 1-6, flexible 4+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DeleteTopicsRequest`, versions 1-6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteTopicsRequest {
    /// `Topics` array of DeleteTopicState, versions 6.
    pub topics: Vec<DeleteTopicState>,
    /// `TopicNames` array of string, a topicName, versions 1-5.
    pub topic_names: Vec<String>,
    /// `TimeoutMs` int32.
    pub timeout_ms: i32,
}

impl DeleteTopicsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 6)?;
        let flexible = version >= 4;
        let out = Self {
            topics: if version == 6 { r.array(flexible, version, 18, DeleteTopicState::decode)? } else { Vec::new() },
            topic_names: if version <= 5 { r.array(flexible, version, if version <= 3 { 2 } else { 1 }, |r, v| r.string(v >= 4))? } else { Vec::new() },
            timeout_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=6).contains(&version) {
            return Err(EncodeError::Version { message: "DeleteTopicsRequest", version });
        }
        let flexible = version >= 4;
        if version == 6 {
            writer::array(s, flexible, &self.topics, version, DeleteTopicState::encode)?;
        } else {
            writer::absent(!self.topics.is_empty(), "DeleteTopicsRequest.Topics", version)?;
        }
        if version <= 5 {
            writer::array(s, flexible, &self.topic_names, version, |e, s, v| s.string(v >= 4, e))?;
        }
        s.int32(self.timeout_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DeleteTopicState` in `DeleteTopicsRequest`, versions 6.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DeleteTopicState {
    /// `Name` string, a topicName.
    pub name: Option<String>,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
}

impl DeleteTopicState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.nullable_string(true)?,
            topic_id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.nullable_string(true, self.name.as_deref())?;
        s.uuid(self.topic_id);
        s.uvarint(0);
        Ok(())
    }
}

/// `DeleteTopicsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteTopicsRequestView<'a> {
    pub topics: ArrayView<'a, DeleteTopicStateView<'a>>,
    pub topic_names: ArrayView<'a, &'a str>,
    pub timeout_ms: i32,
}

impl<'a> View<'a> for DeleteTopicsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 6)?;
        let flexible = version >= 4;
        let out = Self {
            topics: if version == 6 { r.array_view(flexible, version, (18, size_of::<DeleteTopicState>()), DeleteTopicStateView::read)? } else { ArrayView::default() },
            topic_names: if version <= 5 { r.array_view(flexible, version, (if version <= 3 { 2 } else { 1 }, size_of::<String>()), |r, v| r.text(v >= 4))? } else { ArrayView::default() },
            timeout_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `DeleteTopicState`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct DeleteTopicStateView<'a> {
    pub name: Option<&'a str>,
    pub topic_id: Uuid,
}

impl<'a> View<'a> for DeleteTopicStateView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.nullable_text(true)?,
            topic_id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for DeleteTopicsRequest {
    const NAME: &'static str = "DeleteTopicsRequest";
    const MIN: i16 = 1;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for DeleteTopicsRequest {
    const API: ApiKey = ApiKey::DeleteTopics;
    type Response = super::DeleteTopicsResponse;
    type View<'a> = DeleteTopicsRequestView<'a>;
}
