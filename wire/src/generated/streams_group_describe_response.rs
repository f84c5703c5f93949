//! `StreamsGroupDescribeResponse`: response, key 89, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StreamsGroupDescribeResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Groups` array of DescribedGroup.
    pub groups: Vec<DescribedGroup>,
}

impl StreamsGroupDescribeResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            groups: r.array(true, version, 20, DescribedGroup::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupDescribeResponse", version });
        }
        s.int32(self.throttle_time_ms);
        writer::array(s, true, &self.groups, version, DescribedGroup::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribedGroup` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribedGroup {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `GroupState` string.
    pub group_state: String,
    /// `GroupEpoch` int32.
    pub group_epoch: i32,
    /// `AssignmentEpoch` int32.
    pub assignment_epoch: i32,
    /// `Topology` Topology.
    pub topology: Option<Topology>,
    /// `Members` array of Member.
    pub members: Vec<Member>,
    /// `AuthorizedOperations` int32, default i32::MIN.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: String::new(),
            group_state: String::new(),
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl DescribedGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            group_id: r.string(true)?,
            group_state: r.string(true)?,
            group_epoch: r.int32()?,
            assignment_epoch: r.int32()?,
            topology: r.nullable_struct(version, Topology::decode)?,
            members: r.array(true, version, 28, Member::decode)?,
            authorized_operations: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.string(true, &self.group_id)?;
        s.string(true, &self.group_state)?;
        s.int32(self.group_epoch);
        s.int32(self.assignment_epoch);
        writer::nullable_struct(s, self.topology.as_ref(), version, Topology::encode)?;
        writer::array(s, true, &self.members, version, Member::encode)?;
        s.int32(self.authorized_operations);
        s.uvarint(0);
        Ok(())
    }
}

/// `Topology` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Topology {
    /// `Epoch` int32.
    pub epoch: i32,
    /// `Subtopologies` array of Subtopology.
    pub subtopologies: Option<Vec<Subtopology>>,
}

impl Topology {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            epoch: r.int32()?,
            subtopologies: r.nullable_array(true, version, 6, Subtopology::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.epoch);
        writer::nullable_array(s, true, self.subtopologies.as_deref(), version, Subtopology::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Subtopology` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Subtopology {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `SourceTopics` array of string, a topicName.
    pub source_topics: Vec<String>,
    /// `RepartitionSinkTopics` array of string, a topicName.
    pub repartition_sink_topics: Vec<String>,
    /// `StateChangelogTopics` array of TopicInfo.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// `RepartitionSourceTopics` array of TopicInfo.
    pub repartition_source_topics: Vec<TopicInfo>,
}

impl Subtopology {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.string(true)?,
            source_topics: r.array(true, version, 1, |r, _| r.string(true))?,
            repartition_sink_topics: r.array(true, version, 1, |r, _| r.string(true))?,
            state_changelog_topics: r.array(true, version, 9, TopicInfo::decode)?,
            repartition_source_topics: r.array(true, version, 9, TopicInfo::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.subtopology_id)?;
        writer::array(s, true, &self.source_topics, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.repartition_sink_topics, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.state_changelog_topics, version, TopicInfo::encode)?;
        writer::array(s, true, &self.repartition_source_topics, version, TopicInfo::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Member` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Member {
    /// `MemberId` string.
    pub member_id: String,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `InstanceId` string.
    pub instance_id: Option<String>,
    /// `RackId` string.
    pub rack_id: Option<String>,
    /// `ClientId` string.
    pub client_id: String,
    /// `ClientHost` string.
    pub client_host: String,
    /// `TopologyEpoch` int32.
    pub topology_epoch: i32,
    /// `ProcessId` string.
    pub process_id: String,
    /// `UserEndpoint` Endpoint.
    pub user_endpoint: Option<Endpoint>,
    /// `ClientTags` array of KeyValue.
    pub client_tags: Vec<KeyValue>,
    /// `TaskOffsets` array of TaskOffset.
    pub task_offsets: Vec<TaskOffset>,
    /// `TaskEndOffsets` array of TaskOffset.
    pub task_end_offsets: Vec<TaskOffset>,
    /// `Assignment` Assignment.
    pub assignment: Assignment,
    /// `TargetAssignment` Assignment.
    pub target_assignment: Assignment,
    /// `IsClassic` bool.
    pub is_classic: bool,
}

impl Member {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            member_id: r.string(true)?,
            member_epoch: r.int32()?,
            instance_id: r.nullable_string(true)?,
            rack_id: r.nullable_string(true)?,
            client_id: r.string(true)?,
            client_host: r.string(true)?,
            topology_epoch: r.int32()?,
            process_id: r.string(true)?,
            user_endpoint: r.nullable_struct(version, Endpoint::decode)?,
            client_tags: r.array(true, version, 3, KeyValue::decode)?,
            task_offsets: r.array(true, version, 14, TaskOffset::decode)?,
            task_end_offsets: r.array(true, version, 14, TaskOffset::decode)?,
            assignment: Assignment::decode(r, version)?,
            target_assignment: Assignment::decode(r, version)?,
            is_classic: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.member_id)?;
        s.int32(self.member_epoch);
        s.nullable_string(true, self.instance_id.as_deref())?;
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.string(true, &self.client_id)?;
        s.string(true, &self.client_host)?;
        s.int32(self.topology_epoch);
        s.string(true, &self.process_id)?;
        writer::nullable_struct(s, self.user_endpoint.as_ref(), version, Endpoint::encode)?;
        writer::array(s, true, &self.client_tags, version, KeyValue::encode)?;
        writer::array(s, true, &self.task_offsets, version, TaskOffset::encode)?;
        writer::array(s, true, &self.task_end_offsets, version, TaskOffset::encode)?;
        self.assignment.encode(s, version)?;
        self.target_assignment.encode(s, version)?;
        s.boolean(self.is_classic);
        s.uvarint(0);
        Ok(())
    }
}

/// `Endpoint` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Endpoint {
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl Endpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

/// `TaskOffset` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TaskOffset {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `Partition` int32.
    pub partition: i32,
    /// `Offset` int64.
    pub offset: i64,
}

impl TaskOffset {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.string(true)?,
            partition: r.int32()?,
            offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.subtopology_id)?;
        s.int32(self.partition);
        s.int64(self.offset);
        s.uvarint(0);
        Ok(())
    }
}

/// `Assignment` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assignment {
    /// `ActiveTasks` array of TaskIds.
    pub active_tasks: Vec<TaskIds>,
    /// `StandbyTasks` array of TaskIds.
    pub standby_tasks: Vec<TaskIds>,
    /// `WarmupTasks` array of TaskIds.
    pub warmup_tasks: Vec<TaskIds>,
}

impl Assignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            active_tasks: r.array(true, version, 3, TaskIds::decode)?,
            standby_tasks: r.array(true, version, 3, TaskIds::decode)?,
            warmup_tasks: r.array(true, version, 3, TaskIds::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        writer::array(s, true, &self.active_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.standby_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.warmup_tasks, version, TaskIds::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TaskIds` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TaskIds {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TaskIds {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.subtopology_id)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `KeyValue` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct KeyValue {
    /// `Key` string.
    pub key: String,
    /// `Value` string.
    pub value: String,
}

impl KeyValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            key: r.string(true)?,
            value: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.key)?;
        s.string(true, &self.value)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicInfo` in `StreamsGroupDescribeResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicInfo {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` int32.
    pub partitions: i32,
    /// `ReplicationFactor` int16.
    pub replication_factor: i16,
    /// `TopicConfigs` array of KeyValue.
    pub topic_configs: Vec<KeyValue>,
}

impl TopicInfo {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.int32()?,
            replication_factor: r.int16()?,
            topic_configs: r.array(true, version, 3, KeyValue::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int32(self.partitions);
        s.int16(self.replication_factor);
        writer::array(s, true, &self.topic_configs, version, KeyValue::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for StreamsGroupDescribeResponse {
    const NAME: &'static str = "StreamsGroupDescribeResponse";
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

impl crate::message::Response for StreamsGroupDescribeResponse {
    const API: ApiKey = ApiKey::StreamsGroupDescribe;
}
