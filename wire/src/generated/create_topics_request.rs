//! `CreateTopicsRequest`: request, key 19, versions 2-7, flexible 5+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreateTopicsRequest`, versions 2-7.
#[derive(Clone, PartialEq, Debug)]
pub struct CreateTopicsRequest {
    /// `Topics` array of CreatableTopic.
    pub topics: Vec<CreatableTopic>,
    /// `timeoutMs` int32, default 60000.
    pub timeout_ms: i32,
    /// `validateOnly` bool.
    pub validate_only: bool,
}

impl Default for CreateTopicsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            timeout_ms: 60000,
            validate_only: false,
        }
    }
}

impl CreateTopicsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 7)?;
        let flexible = version >= 5;
        let out = Self {
            topics: r.array(flexible, version, if version <= 4 { 16 } else { 10 }, CreatableTopic::decode)?,
            timeout_ms: r.int32()?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=7).contains(&version) {
            return Err(EncodeError::Version { message: "CreateTopicsRequest", version });
        }
        let flexible = version >= 5;
        writer::array(s, flexible, &self.topics, version, CreatableTopic::encode)?;
        s.int32(self.timeout_ms);
        s.boolean(self.validate_only);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatableTopic` in `CreateTopicsRequest`, versions 2-7.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatableTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `NumPartitions` int32.
    pub num_partitions: i32,
    /// `ReplicationFactor` int16.
    pub replication_factor: i16,
    /// `Assignments` array of CreatableReplicaAssignment.
    pub assignments: Vec<CreatableReplicaAssignment>,
    /// `Configs` array of CreatableTopicConfig.
    pub configs: Vec<CreatableTopicConfig>,
}

impl CreatableTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            name: r.string(flexible)?,
            num_partitions: r.int32()?,
            replication_factor: r.int16()?,
            assignments: r.array(flexible, version, if version <= 4 { 8 } else { 6 }, CreatableReplicaAssignment::decode)?,
            configs: r.array(flexible, version, if version <= 4 { 4 } else { 3 }, CreatableTopicConfig::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 5;
        s.string(flexible, &self.name)?;
        s.int32(self.num_partitions);
        s.int16(self.replication_factor);
        writer::array(s, flexible, &self.assignments, version, CreatableReplicaAssignment::encode)?;
        writer::array(s, flexible, &self.configs, version, CreatableTopicConfig::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatableReplicaAssignment` in `CreateTopicsRequest`, versions 2-7.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreatableReplicaAssignment {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `BrokerIds` array of int32, a brokerId.
    pub broker_ids: Vec<i32>,
}

impl CreatableReplicaAssignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            partition_index: r.int32()?,
            broker_ids: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 5;
        s.int32(self.partition_index);
        writer::array(s, flexible, &self.broker_ids, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatableTopicConfig` in `CreateTopicsRequest`, versions 2-7.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatableTopicConfig {
    /// `Name` string.
    pub name: String,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
}

impl Default for CreatableTopicConfig {
    fn default() -> Self {
        Self {
            name: String::new(),
            value: Some(String::new()),
        }
    }
}

impl CreatableTopicConfig {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            name: r.string(flexible)?,
            value: r.nullable_string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 5;
        s.string(flexible, &self.name)?;
        s.nullable_string(flexible, self.value.as_deref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreateTopicsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreateTopicsRequestView<'a> {
    pub topics: ArrayView<'a, CreatableTopicView<'a>>,
    pub timeout_ms: i32,
    pub validate_only: bool,
}

impl<'a> View<'a> for CreateTopicsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 7)?;
        let flexible = version >= 5;
        let out = Self {
            topics: r.array_view(flexible, version, (if version <= 4 { 16 } else { 10 }, size_of::<CreatableTopic>()), CreatableTopicView::read)?,
            timeout_ms: r.int32()?,
            validate_only: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `CreatableTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatableTopicView<'a> {
    pub name: &'a str,
    pub num_partitions: i32,
    pub replication_factor: i16,
    pub assignments: ArrayView<'a, CreatableReplicaAssignmentView<'a>>,
    pub configs: ArrayView<'a, CreatableTopicConfigView<'a>>,
}

impl<'a> View<'a> for CreatableTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            name: r.text(flexible)?,
            num_partitions: r.int32()?,
            replication_factor: r.int16()?,
            assignments: r.array_view(flexible, version, (if version <= 4 { 8 } else { 6 }, size_of::<CreatableReplicaAssignment>()), CreatableReplicaAssignmentView::read)?,
            configs: r.array_view(flexible, version, (if version <= 4 { 4 } else { 3 }, size_of::<CreatableTopicConfig>()), CreatableTopicConfigView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `CreatableReplicaAssignment`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatableReplicaAssignmentView<'a> {
    pub partition_index: i32,
    pub broker_ids: ArrayView<'a, i32>,
}

impl<'a> View<'a> for CreatableReplicaAssignmentView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            partition_index: r.int32()?,
            broker_ids: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `CreatableTopicConfig`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CreatableTopicConfigView<'a> {
    pub name: &'a str,
    pub value: Option<&'a str>,
}

impl<'a> View<'a> for CreatableTopicConfigView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let out = Self {
            name: r.text(flexible)?,
            value: r.nullable_text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for CreateTopicsRequest {
    const NAME: &'static str = "CreateTopicsRequest";
    const MIN: i16 = 2;
    const MAX: i16 = 7;
    const FLEXIBLE_FROM: i16 = 5;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for CreateTopicsRequest {
    const API: ApiKey = ApiKey::CreateTopics;
    type Response = super::CreateTopicsResponse;
    type View<'a> = CreateTopicsRequestView<'a>;
}
