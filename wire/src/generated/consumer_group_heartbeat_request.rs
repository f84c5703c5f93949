//! `ConsumerGroupHeartbeatRequest`: request, key 68, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupHeartbeatRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct ConsumerGroupHeartbeatRequest {
    /// `GroupId` string, a groupId.
    pub group_id: String,
    /// `MemberId` string.
    pub member_id: String,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `InstanceId` string.
    pub instance_id: Option<String>,
    /// `RackId` string.
    pub rack_id: Option<String>,
    /// `RebalanceTimeoutMs` int32, default -1.
    pub rebalance_timeout_ms: i32,
    /// `SubscribedTopicNames` array of string, a topicName.
    pub subscribed_topic_names: Option<Vec<String>>,
    /// `SubscribedTopicRegex` string, versions 1.
    pub subscribed_topic_regex: Option<String>,
    /// `ServerAssignor` string.
    pub server_assignor: Option<String>,
    /// `TopicPartitions` array of TopicPartitions.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
}

impl Default for ConsumerGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: String::new(),
            member_id: String::new(),
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
        }
    }
}

impl ConsumerGroupHeartbeatRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_id: r.string(true)?,
            member_id: r.string(true)?,
            member_epoch: r.int32()?,
            instance_id: r.nullable_string(true)?,
            rack_id: r.nullable_string(true)?,
            rebalance_timeout_ms: r.int32()?,
            subscribed_topic_names: r.nullable_array(true, version, 1, |r, _| r.string(true))?,
            subscribed_topic_regex: if version == 1 { r.nullable_string(true)? } else { None },
            server_assignor: r.nullable_string(true)?,
            topic_partitions: r.nullable_array(true, version, 18, TopicPartitions::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupHeartbeatRequest", version });
        }
        s.string(true, &self.group_id)?;
        s.string(true, &self.member_id)?;
        s.int32(self.member_epoch);
        s.nullable_string(true, self.instance_id.as_deref())?;
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.int32(self.rebalance_timeout_ms);
        writer::nullable_array(s, true, self.subscribed_topic_names.as_deref(), version, |e, s, _| s.string(true, e))?;
        if version == 1 {
            s.nullable_string(true, self.subscribed_topic_regex.as_deref())?;
        } else {
            writer::absent(self.subscribed_topic_regex.is_some(), "ConsumerGroupHeartbeatRequest.SubscribedTopicRegex", version)?;
        }
        s.nullable_string(true, self.server_assignor.as_deref())?;
        writer::nullable_array(s, true, self.topic_partitions.as_deref(), version, TopicPartitions::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicPartitions` in `ConsumerGroupHeartbeatRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartitions {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ConsumerGroupHeartbeatRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ConsumerGroupHeartbeatRequestView<'a> {
    pub group_id: &'a str,
    pub member_id: &'a str,
    pub member_epoch: i32,
    pub instance_id: Option<&'a str>,
    pub rack_id: Option<&'a str>,
    pub rebalance_timeout_ms: i32,
    pub subscribed_topic_names: Option<ArrayView<'a, &'a str>>,
    pub subscribed_topic_regex: Option<&'a str>,
    pub server_assignor: Option<&'a str>,
    pub topic_partitions: Option<ArrayView<'a, TopicPartitionsView<'a>>>,
}

impl<'a> View<'a> for ConsumerGroupHeartbeatRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_id: r.text(true)?,
            member_id: r.text(true)?,
            member_epoch: r.int32()?,
            instance_id: r.nullable_text(true)?,
            rack_id: r.nullable_text(true)?,
            rebalance_timeout_ms: r.int32()?,
            subscribed_topic_names: r.nullable_array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
            subscribed_topic_regex: if version == 1 { r.nullable_text(true)? } else { None },
            server_assignor: r.nullable_text(true)?,
            topic_partitions: r.nullable_array_view(true, version, (18, size_of::<TopicPartitions>()), TopicPartitionsView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TopicPartitions`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicPartitionsView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for TopicPartitionsView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ConsumerGroupHeartbeatRequest {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
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

impl crate::message::Request for ConsumerGroupHeartbeatRequest {
    const API: ApiKey = ApiKey::ConsumerGroupHeartbeat;
    type Response = super::ConsumerGroupHeartbeatResponse;
    type View<'a> = ConsumerGroupHeartbeatRequestView<'a>;
}
