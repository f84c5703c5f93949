//! `ConsumerGroupCurrentMemberAssignmentValue`: coordinator-value, key 8, versions 0, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ConsumerGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ConsumerGroupCurrentMemberAssignmentValue {
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `PreviousMemberEpoch` int32.
    pub previous_member_epoch: i32,
    /// `State` int8.
    pub state: i8,
    /// `AssignedPartitions` array of TopicPartitions.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// `PartitionsPendingRevocation` array of TopicPartitions.
    pub partitions_pending_revocation: Vec<TopicPartitions>,
}

impl ConsumerGroupCurrentMemberAssignmentValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            member_epoch: r.int32()?,
            previous_member_epoch: r.int32()?,
            state: r.int8()?,
            assigned_partitions: r.array(true, version, 18, TopicPartitions::decode)?,
            partitions_pending_revocation: r.array(true, version, 18, TopicPartitions::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ConsumerGroupCurrentMemberAssignmentValue", version });
        }
        s.int32(self.member_epoch);
        s.int32(self.previous_member_epoch);
        s.int8(self.state);
        writer::array(s, true, &self.assigned_partitions, version, TopicPartitions::encode)?;
        writer::array(s, true, &self.partitions_pending_revocation, version, TopicPartitions::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicPartitions` in `ConsumerGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct TopicPartitions {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
    /// `AssignmentEpochs` array of int32, tag 0, default Some(Vec::new()).
    pub assignment_epochs: Option<Vec<i32>>,
}

impl Default for TopicPartitions {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            partitions: Vec::new(),
            assignment_epochs: Some(Vec::new()),
        }
    }
}

impl TopicPartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let mut out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 4, |r, _| r.int32())?,
            assignment_epochs: Some(Vec::new()),
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.assignment_epochs = r.nullable_array(true, version, 4, |r, _| r.int32())?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        let tag0 = self.assignment_epochs.as_ref().is_none_or(|v| !v.is_empty());
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                writer::nullable_array(s, true, self.assignment_epochs.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for ConsumerGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ConsumerGroupCurrentMemberAssignmentValue";
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
