//! `StreamsGroupTargetAssignmentMemberValue`: coordinator-value, key 21, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupTargetAssignmentMemberValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StreamsGroupTargetAssignmentMemberValue {
    /// `ActiveTasks` array of TaskIds.
    pub active_tasks: Vec<TaskIds>,
    /// `StandbyTasks` array of TaskIds.
    pub standby_tasks: Vec<TaskIds>,
    /// `WarmupTasks` array of TaskIds.
    pub warmup_tasks: Vec<TaskIds>,
}

impl StreamsGroupTargetAssignmentMemberValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
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
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupTargetAssignmentMemberValue", version });
        }
        writer::array(s, true, &self.active_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.standby_tasks, version, TaskIds::encode)?;
        writer::array(s, true, &self.warmup_tasks, version, TaskIds::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TaskIds` in `StreamsGroupTargetAssignmentMemberValue`, versions 0.
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

impl Message for StreamsGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberValue";
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
