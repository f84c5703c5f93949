//! `MetadataRequest`: request, key 3, versions 0-13, flexible 9+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `MetadataRequest`, versions 0-13.
#[derive(Clone, PartialEq, Debug)]
pub struct MetadataRequest {
    /// `Topics` array of MetadataRequestTopic, nullable 1-13, default Some(Vec::new()).
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// `AllowAutoTopicCreation` bool, versions 4-13, default true.
    pub allow_auto_topic_creation: bool,
    /// `IncludeClusterAuthorizedOperations` bool, versions 8-10.
    pub include_cluster_authorized_operations: bool,
    /// `IncludeTopicAuthorizedOperations` bool, versions 8-13.
    pub include_topic_authorized_operations: bool,
}

impl Default for MetadataRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
        }
    }
}

impl MetadataRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 13)?;
        let flexible = version >= 9;
        let out = Self {
            topics: if version >= 1 { r.nullable_array(flexible, version, if version <= 9 { 2 } else { 18 }, MetadataRequestTopic::decode)? } else { Some(r.array(flexible, version, if version <= 9 { 2 } else { 18 }, MetadataRequestTopic::decode)?) },
            allow_auto_topic_creation: if version >= 4 { r.boolean()? } else { true },
            include_cluster_authorized_operations: if (8..=10).contains(&version) { r.boolean()? } else { false },
            include_topic_authorized_operations: if version >= 8 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=13).contains(&version) {
            return Err(EncodeError::Version { message: "MetadataRequest", version });
        }
        let flexible = version >= 9;
        if version >= 1 {
            writer::nullable_array(s, flexible, self.topics.as_deref(), version, MetadataRequestTopic::encode)?;
        } else {
            writer::array(s, flexible, writer::required(&self.topics, "MetadataRequest.Topics", version)?, version, MetadataRequestTopic::encode)?;
        }
        if version >= 4 {
            s.boolean(self.allow_auto_topic_creation);
        } else {
            writer::absent(!self.allow_auto_topic_creation, "MetadataRequest.AllowAutoTopicCreation", version)?;
        }
        if (8..=10).contains(&version) {
            s.boolean(self.include_cluster_authorized_operations);
        } else {
            writer::absent(self.include_cluster_authorized_operations, "MetadataRequest.IncludeClusterAuthorizedOperations", version)?;
        }
        if version >= 8 {
            s.boolean(self.include_topic_authorized_operations);
        } else {
            writer::absent(self.include_topic_authorized_operations, "MetadataRequest.IncludeTopicAuthorizedOperations", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MetadataRequestTopic` in `MetadataRequest`, versions 0-13.
#[derive(Clone, PartialEq, Debug)]
pub struct MetadataRequestTopic {
    /// `TopicId` uuid, versions 10-13.
    pub topic_id: Uuid,
    /// `Name` string, a topicName, nullable 10-13, default Some(String::new()).
    pub name: Option<String>,
}

impl Default for MetadataRequestTopic {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            name: Some(String::new()),
        }
    }
}

impl MetadataRequestTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            topic_id: if version >= 10 { r.uuid()? } else { Uuid::ZERO },
            name: if version >= 10 { r.nullable_string(flexible)? } else { Some(r.string(flexible)?) },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        if version >= 10 {
            s.uuid(self.topic_id);
        }
        if version >= 10 {
            s.nullable_string(flexible, self.name.as_deref())?;
        } else {
            s.string(flexible, writer::required(&self.name, "MetadataRequestTopic.Name", version)?)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `MetadataRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct MetadataRequestView<'a> {
    pub topics: Option<ArrayView<'a, MetadataRequestTopicView<'a>>>,
    pub allow_auto_topic_creation: bool,
    pub include_cluster_authorized_operations: bool,
    pub include_topic_authorized_operations: bool,
}

impl<'a> View<'a> for MetadataRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 13)?;
        let flexible = version >= 9;
        let out = Self {
            topics: if version >= 1 { r.nullable_array_view(flexible, version, (if version <= 9 { 2 } else { 18 }, size_of::<MetadataRequestTopic>()), MetadataRequestTopicView::read)? } else { Some(r.array_view(flexible, version, (if version <= 9 { 2 } else { 18 }, size_of::<MetadataRequestTopic>()), MetadataRequestTopicView::read)?) },
            allow_auto_topic_creation: if version >= 4 { r.boolean()? } else { true },
            include_cluster_authorized_operations: if (8..=10).contains(&version) { r.boolean()? } else { false },
            include_topic_authorized_operations: if version >= 8 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `MetadataRequestTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct MetadataRequestTopicView<'a> {
    pub topic_id: Uuid,
    pub name: Option<&'a str>,
}

impl<'a> View<'a> for MetadataRequestTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            topic_id: if version >= 10 { r.uuid()? } else { Uuid::ZERO },
            name: if version >= 10 { r.nullable_text(flexible)? } else { Some(r.text(flexible)?) },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for MetadataRequest {
    const NAME: &'static str = "MetadataRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for MetadataRequest {
    const API: ApiKey = ApiKey::Metadata;
    type Response = super::MetadataResponse;
    type View<'a> = MetadataRequestView<'a>;
}
