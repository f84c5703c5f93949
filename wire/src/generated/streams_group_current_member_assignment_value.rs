//! `StreamsGroupCurrentMemberAssignmentValue`: coordinator-value, key 22, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StreamsGroupCurrentMemberAssignmentValue {
    /// `MemberEpoch` int32.
    pub member_epoch: i32,
    /// `PreviousMemberEpoch` int32.
    pub previous_member_epoch: i32,
    /// `State` int8.
    pub state: i8,
    /// `ActiveTasks` array of TaskIds.
    pub active_tasks: Vec<TaskIds>,
    /// `StandbyTasks` array of TaskIds.
    pub standby_tasks: Vec<TaskIds>,
    /// `WarmupTasks` array of TaskIds.
    pub warmup_tasks: Vec<TaskIds>,
    /// `ActiveTasksPendingRevocation` array of TaskIds.
    pub active_tasks_pending_revocation: Vec<TaskIds>,
    /// `StandbyTasksPendingRevocation` array of TaskIds.
    pub standby_tasks_pending_revocation: Vec<TaskIds>,
    /// `WarmupTasksPendingRevocation` array of TaskIds.
    pub warmup_tasks_pending_revocation: Vec<TaskIds>,
}

impl StreamsGroupCurrentMemberAssignmentValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            member_epoch: r.int32()?,
            previous_member_epoch: r.int32()?,
            state: r.int8()?,
            active_tasks: r.array(true, version, 3, TaskIds::decode)?,
            standby_tasks: r.array(true, version, 3, TaskIds::decode)?,
            warmup_tasks: r.array(true, version, 3, TaskIds::decode)?,
            active_tasks_pending_revocation: r.array(true, version, 3, TaskIds::decode)?,
            standby_tasks_pending_revocation: r.array(true, version, 3, TaskIds::decode)?,
            warmup_tasks_pending_revocation: r.array(true, version, 3, TaskIds::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupCurrentMemberAssignmentValue", version });
        }
        s.int32(self.member_epoch);
        s.int32(self.previous_member_epoch);
        s.int8(self.state);
        writer::array(s, true, &self.active_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.standby_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.warmup_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.active_tasks_pending_revocation, version, TaskIds::encode)?;
        writer::array(s, true, &self.standby_tasks_pending_revocation, version, TaskIds::encode)?;
        writer::array(s, true, &self.warmup_tasks_pending_revocation, version, TaskIds::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TaskIds` in `StreamsGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct TaskIds {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
    /// `AssignmentEpochs` array of int32, tag 0, default Some(Vec::new()).
    pub assignment_epochs: Option<Vec<i32>>,
}

impl Default for TaskIds {
    fn default() -> Self {
        Self {
            subtopology_id: String::new(),
            partitions: Vec::new(),
            assignment_epochs: Some(Vec::new()),
        }
    }
}

impl TaskIds {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let mut out = Self {
            subtopology_id: r.string(true)?,
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
        s.string(true, &self.subtopology_id)?;
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

impl Message for StreamsGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentValue";
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
