//! `ConsumerGroupDescribeResponse`: response, key 69, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupDescribeResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerGroupDescribeResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Groups` array of DescribedGroup.
    pub groups: Vec<DescribedGroup>,
}

impl ConsumerGroupDescribeResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            groups: r.array(true, version, 20, DescribedGroup::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupDescribeResponse", version });
        }
        s.int32(self.throttle_time_ms);
        writer::array(s, true, &self.groups, version, DescribedGroup::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribedGroup` in `ConsumerGroupDescribeResponse`, versions 0-1.
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
    /// `AssignorName` string.
    pub assignor_name: String,
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
            assignor_name: String::new(),
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
            assignor_name: r.string(true)?,
            members: r.array(true, version, if version <= 0 { 16 } else { 17 }, Member::decode)?,
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
        s.string(true, &self.assignor_name)?;
        writer::array(s, true, &self.members, version, Member::encode)?;
        s.int32(self.authorized_operations);
        s.uvarint(0);
        Ok(())
    }
}

/// `Member` in `ConsumerGroupDescribeResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    /// `MemberId` string.
    pub member_id: String,
    /// `InstanceId` string.
    pub instance_id: Option<String>,
    /// `RackId` string.
    pub rack_id: Option<String>,
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `ClientId` string.
    pub client_id: String,
    /// `ClientHost` string.
    pub client_host: String,
    /// `SubscribedTopicNames` array of string, a topicName.
    pub subscribed_topic_names: Vec<String>,
    /// `SubscribedTopicRegex` string.
    pub subscribed_topic_regex: Option<String>,
    /// `Assignment` Assignment.
    pub assignment: Assignment,
    /// `TargetAssignment` Assignment.
    pub target_assignment: Assignment,
    /// `MemberType` int8, versions 1, default -1.
    pub member_type: i8,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            member_id: String::new(),
            instance_id: None,
            rack_id: None,
            member_epoch: 0,
            client_id: String::new(),
            client_host: String::new(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: None,
            assignment: Assignment::default(),
            target_assignment: Assignment::default(),
            member_type: -1,
        }
    }
}

impl Member {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            member_id: r.string(true)?,
            instance_id: r.nullable_string(true)?,
            rack_id: r.nullable_string(true)?,
            member_epoch: r.int32()?,
            client_id: r.string(true)?,
            client_host: r.string(true)?,
            subscribed_topic_names: r.array(true, version, 1, |r, _| r.string(true))?,
            subscribed_topic_regex: r.nullable_string(true)?,
            assignment: Assignment::decode(r, version)?,
            target_assignment: Assignment::decode(r, version)?,
            member_type: if version == 1 { r.int8()? } else { -1 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.member_id)?;
        s.nullable_string(true, self.instance_id.as_deref())?;
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.int32(self.member_epoch);
        s.string(true, &self.client_id)?;
        s.string(true, &self.client_host)?;
        writer::array(s, true, &self.subscribed_topic_names, version, |e, s, _| s.string(true, e))?;
        s.nullable_string(true, self.subscribed_topic_regex.as_deref())?;
        self.assignment.encode(s, version)?;
        self.target_assignment.encode(s, version)?;
        if version == 1 {
            s.int8(self.member_type);
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicPartitions` in `ConsumerGroupDescribeResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartitions {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `TopicName` string, a topicName.
    pub topic_name: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            topic_name: r.string(true)?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        s.string(true, &self.topic_name)?;
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Assignment` in `ConsumerGroupDescribeResponse`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Assignment {
    /// `TopicPartitions` array of TopicPartitions.
    pub topic_partitions: Vec<TopicPartitions>,
}

impl Assignment {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_partitions: r.array(true, version, 19, TopicPartitions::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        writer::array(s, true, &self.topic_partitions, version, TopicPartitions::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ConsumerGroupDescribeResponse {
    const NAME: &'static str = "ConsumerGroupDescribeResponse";
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

impl crate::message::Response for ConsumerGroupDescribeResponse {
    const API: ApiKey = ApiKey::ConsumerGroupDescribe;
}
