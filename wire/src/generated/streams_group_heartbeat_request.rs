//! `StreamsGroupHeartbeatRequest`: request, key 88, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupHeartbeatRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct StreamsGroupHeartbeatRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `MemberId` string.
    pub member_id: String,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `EndpointInformationEpoch` int32.
    pub endpoint_information_epoch: i32,
    /// `InstanceId` string.
    pub instance_id: Option<String>,
    /// `RackId` string.
    pub rack_id: Option<String>,
    /// `RebalanceTimeoutMs` int32, default -1.
    pub rebalance_timeout_ms: i32,
    /// `Topology` Topology.
    pub topology: Option<Topology>,
    /// `ActiveTasks` array of TaskIds.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// `StandbyTasks` array of TaskIds.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// `WarmupTasks` array of TaskIds.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// `ProcessId` string.
    pub process_id: Option<String>,
    /// `UserEndpoint` Endpoint.
    pub user_endpoint: Option<Endpoint>,
    /// `ClientTags` array of KeyValue.
    pub client_tags: Option<Vec<KeyValue>>,
    /// `TaskOffsets` array of TaskOffset.
    pub task_offsets: Option<Vec<TaskOffset>>,
    /// `TaskEndOffsets` array of TaskOffset.
    pub task_end_offsets: Option<Vec<TaskOffset>>,
    /// `ShutdownApplication` bool.
    pub shutdown_application: bool,
}

impl Default for StreamsGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            member_id: String::new(),
            member_epoch: 0,
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
        }
    }
}

impl StreamsGroupHeartbeatRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.string(true)?,
            member_id: r.string(true)?,
            member_epoch: r.int32()?,
            endpoint_information_epoch: r.int32()?,
            instance_id: r.nullable_string(true)?,
            rack_id: r.nullable_string(true)?,
            rebalance_timeout_ms: r.int32()?,
            topology: r.nullable_struct(version, Topology::decode)?,
            active_tasks: r.nullable_array(true, version, 3, TaskIds::decode)?,
            standby_tasks: r.nullable_array(true, version, 3, TaskIds::decode)?,
            warmup_tasks: r.nullable_array(true, version, 3, TaskIds::decode)?,
            process_id: r.nullable_string(true)?,
            user_endpoint: r.nullable_struct(version, Endpoint::decode)?,
            client_tags: r.nullable_array(true, version, 3, KeyValue::decode)?,
            task_offsets: r.nullable_array(true, version, 14, TaskOffset::decode)?,
            task_end_offsets: r.nullable_array(true, version, 14, TaskOffset::decode)?,
            shutdown_application: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupHeartbeatRequest", version });
        }
        s.string(true, &self.group_id)?;
        s.string(true, &self.member_id)?;
        s.int32(self.member_epoch);
        s.int32(self.endpoint_information_epoch);
        s.nullable_string(true, self.instance_id.as_deref())?;
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.int32(self.rebalance_timeout_ms);
        writer::nullable_struct(s, self.topology.as_ref(), version, Topology::encode)?;
        writer::nullable_array(s, true, self.active_tasks.as_deref(), version, TaskIds::encode)?;
        writer::nullable_array(s, true, self.standby_tasks.as_deref(), version, TaskIds::encode)?;
        writer::nullable_array(s, true, self.warmup_tasks.as_deref(), version, TaskIds::encode)?;
        s.nullable_string(true, self.process_id.as_deref())?;
        writer::nullable_struct(s, self.user_endpoint.as_ref(), version, Endpoint::encode)?;
        writer::nullable_array(s, true, self.client_tags.as_deref(), version, KeyValue::encode)?;
        writer::nullable_array(s, true, self.task_offsets.as_deref(), version, TaskOffset::encode)?;
        writer::nullable_array(s, true, self.task_end_offsets.as_deref(), version, TaskOffset::encode)?;
        s.boolean(self.shutdown_application);
        s.uvarint(0);
        Ok(())
    }
}

/// `Topology` in `StreamsGroupHeartbeatRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Topology {
    /// `Epoch` int32.
    pub epoch: i32,
    /// `Subtopologies` array of Subtopology.
    pub subtopologies: Vec<Subtopology>,
}

impl Topology {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            epoch: r.int32()?,
            subtopologies: r.array(true, version, 8, Subtopology::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.epoch);
        writer::array(s, true, &self.subtopologies, version, Subtopology::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Subtopology` in `StreamsGroupHeartbeatRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Subtopology {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `SourceTopics` array of string, a topicName.
    pub source_topics: Vec<String>,
    /// `SourceTopicRegex` array of string.
    pub source_topic_regex: Vec<String>,
    /// `StateChangelogTopics` array of TopicInfo.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// `RepartitionSinkTopics` array of string, a topicName.
    pub repartition_sink_topics: Vec<String>,
    /// `RepartitionSourceTopics` array of TopicInfo.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// `CopartitionGroups` array of CopartitionGroup.
    pub copartition_groups: Vec<CopartitionGroup>,
}

impl Subtopology {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.string(true)?,
            source_topics: r.array(true, version, 1, |r, _| r.string(true))?,
            source_topic_regex: r.array(true, version, 1, |r, _| r.string(true))?,
            state_changelog_topics: r.array(true, version, 9, TopicInfo::decode)?,
            repartition_sink_topics: r.array(true, version, 1, |r, _| r.string(true))?,
            repartition_source_topics: r.array(true, version, 9, TopicInfo::decode)?,
            copartition_groups: r.array(true, version, 4, CopartitionGroup::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.subtopology_id)?;
        writer::array(s, true, &self.source_topics, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.source_topic_regex, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.state_changelog_topics, version, TopicInfo::encode)?;
        writer::array(s, true, &self.repartition_sink_topics, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.repartition_source_topics, version, TopicInfo::encode)?;
        writer::array(s, true, &self.copartition_groups, version, CopartitionGroup::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `CopartitionGroup` in `StreamsGroupHeartbeatRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CopartitionGroup {
    /// `SourceTopics` array of int16.
    pub source_topics: Vec<i16>,
    /// `SourceTopicRegex` array of int16.
    pub source_topic_regex: Vec<i16>,
    /// `RepartitionSourceTopics` array of int16.
    pub repartition_source_topics: Vec<i16>,
}

impl CopartitionGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            source_topics: r.array(true, version, 2, |r, _| r.int16())?,
            source_topic_regex: r.array(true, version, 2, |r, _| r.int16())?,
            repartition_source_topics: r.array(true, version, 2, |r, _| r.int16())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        writer::array(s, true, &self.source_topics, version, |e, s, _| { s.int16(*e); Ok(()) })?;
        writer::array(s, true, &self.source_topic_regex, version, |e, s, _| { s.int16(*e); Ok(()) })?;
        writer::array(s, true, &self.repartition_source_topics, version, |e, s, _| { s.int16(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `KeyValue` in `StreamsGroupHeartbeatRequest`, versions 0.
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

/// `TopicInfo` in `StreamsGroupHeartbeatRequest`, versions 0.
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

/// `Endpoint` in `StreamsGroupHeartbeatRequest`, versions 0.
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

/// `TaskOffset` in `StreamsGroupHeartbeatRequest`, versions 0.
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

/// `TaskIds` in `StreamsGroupHeartbeatRequest`, versions 0.
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

/// `StreamsGroupHeartbeatRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct StreamsGroupHeartbeatRequestView<'a> {
    pub group_id: &'a str,
    pub member_id: &'a str,
    pub member_epoch: i32,
    pub endpoint_information_epoch: i32,
    pub instance_id: Option<&'a str>,
    pub rack_id: Option<&'a str>,
    pub rebalance_timeout_ms: i32,
    pub topology: Option<TopologyView<'a>>,
    pub active_tasks: Option<ArrayView<'a, TaskIdsView<'a>>>,
    pub standby_tasks: Option<ArrayView<'a, TaskIdsView<'a>>>,
    pub warmup_tasks: Option<ArrayView<'a, TaskIdsView<'a>>>,
    pub process_id: Option<&'a str>,
    pub user_endpoint: Option<EndpointView<'a>>,
    pub client_tags: Option<ArrayView<'a, KeyValueView<'a>>>,
    pub task_offsets: Option<ArrayView<'a, TaskOffsetView<'a>>>,
    pub task_end_offsets: Option<ArrayView<'a, TaskOffsetView<'a>>>,
    pub shutdown_application: bool,
}

impl<'a> View<'a> for StreamsGroupHeartbeatRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.text(true)?,
            member_id: r.text(true)?,
            member_epoch: r.int32()?,
            endpoint_information_epoch: r.int32()?,
            instance_id: r.nullable_text(true)?,
            rack_id: r.nullable_text(true)?,
            rebalance_timeout_ms: r.int32()?,
            topology: r.nullable_struct(version, TopologyView::read)?,
            active_tasks: r.nullable_array_view(true, version, (3, size_of::<TaskIds>()), TaskIdsView::read)?,
            standby_tasks: r.nullable_array_view(true, version, (3, size_of::<TaskIds>()), TaskIdsView::read)?,
            warmup_tasks: r.nullable_array_view(true, version, (3, size_of::<TaskIds>()), TaskIdsView::read)?,
            process_id: r.nullable_text(true)?,
            user_endpoint: r.nullable_struct(version, EndpointView::read)?,
            client_tags: r.nullable_array_view(true, version, (3, size_of::<KeyValue>()), KeyValueView::read)?,
            task_offsets: r.nullable_array_view(true, version, (14, size_of::<TaskOffset>()), TaskOffsetView::read)?,
            task_end_offsets: r.nullable_array_view(true, version, (14, size_of::<TaskOffset>()), TaskOffsetView::read)?,
            shutdown_application: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `Topology`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopologyView<'a> {
    pub epoch: i32,
    pub subtopologies: ArrayView<'a, SubtopologyView<'a>>,
}

impl<'a> View<'a> for TopologyView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            epoch: r.int32()?,
            subtopologies: r.array_view(true, version, (8, size_of::<Subtopology>()), SubtopologyView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `Subtopology`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct SubtopologyView<'a> {
    pub subtopology_id: &'a str,
    pub source_topics: ArrayView<'a, &'a str>,
    pub source_topic_regex: ArrayView<'a, &'a str>,
    pub state_changelog_topics: ArrayView<'a, TopicInfoView<'a>>,
    pub repartition_sink_topics: ArrayView<'a, &'a str>,
    pub repartition_source_topics: ArrayView<'a, TopicInfoView<'a>>,
    pub copartition_groups: ArrayView<'a, CopartitionGroupView<'a>>,
}

impl<'a> View<'a> for SubtopologyView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.text(true)?,
            source_topics: r.array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
            source_topic_regex: r.array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
            state_changelog_topics: r.array_view(true, version, (9, size_of::<TopicInfo>()), TopicInfoView::read)?,
            repartition_sink_topics: r.array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
            repartition_source_topics: r.array_view(true, version, (9, size_of::<TopicInfo>()), TopicInfoView::read)?,
            copartition_groups: r.array_view(true, version, (4, size_of::<CopartitionGroup>()), CopartitionGroupView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `CopartitionGroup`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct CopartitionGroupView<'a> {
    pub source_topics: ArrayView<'a, i16>,
    pub source_topic_regex: ArrayView<'a, i16>,
    pub repartition_source_topics: ArrayView<'a, i16>,
}

impl<'a> View<'a> for CopartitionGroupView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            source_topics: r.array_view(true, version, (2, size_of::<i16>()), |r, _| r.int16())?,
            source_topic_regex: r.array_view(true, version, (2, size_of::<i16>()), |r, _| r.int16())?,
            repartition_source_topics: r.array_view(true, version, (2, size_of::<i16>()), |r, _| r.int16())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `KeyValue`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct KeyValueView<'a> {
    pub key: &'a str,
    pub value: &'a str,
}

impl<'a> View<'a> for KeyValueView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            key: r.text(true)?,
            value: r.text(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TopicInfo`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicInfoView<'a> {
    pub name: &'a str,
    pub partitions: i32,
    pub replication_factor: i16,
    pub topic_configs: ArrayView<'a, KeyValueView<'a>>,
}

impl<'a> View<'a> for TopicInfoView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            partitions: r.int32()?,
            replication_factor: r.int16()?,
            topic_configs: r.array_view(true, version, (3, size_of::<KeyValue>()), KeyValueView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `Endpoint`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct EndpointView<'a> {
    pub host: &'a str,
    pub port: u16,
}

impl<'a> View<'a> for EndpointView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            host: r.text(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TaskOffset`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TaskOffsetView<'a> {
    pub subtopology_id: &'a str,
    pub partition: i32,
    pub offset: i64,
}

impl<'a> View<'a> for TaskOffsetView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.text(true)?,
            partition: r.int32()?,
            offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TaskIds`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TaskIdsView<'a> {
    pub subtopology_id: &'a str,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for TaskIdsView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.text(true)?,
            partitions: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for StreamsGroupHeartbeatRequest {
    const NAME: &'static str = "StreamsGroupHeartbeatRequest";
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

impl crate::message::Request for StreamsGroupHeartbeatRequest {
    const API: ApiKey = ApiKey::StreamsGroupHeartbeat;
    type Response = super::StreamsGroupHeartbeatResponse;
    type View<'a> = StreamsGroupHeartbeatRequestView<'a>;
}
