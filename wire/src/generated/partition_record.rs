//! `PartitionRecord`: metadata, key 3, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `PartitionRecord`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionRecord {
    /// `PartitionId` int32, default -1.
    pub partition_id: i32,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Replicas` array of int32, a brokerId.
    pub replicas: Vec<i32>,
    /// `Isr` array of int32.
    pub isr: Vec<i32>,
    /// `RemovingReplicas` array of int32, a brokerId.
    pub removing_replicas: Vec<i32>,
    /// `AddingReplicas` array of int32, a brokerId.
    pub adding_replicas: Vec<i32>,
    /// `Leader` int32, a brokerId, default -1.
    pub leader: i32,
    /// `LeaderRecoveryState` int8, tag 0.
    pub leader_recovery_state: i8,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
    /// `PartitionEpoch` int32, default -1.
    pub partition_epoch: i32,
    /// `Directories` array of uuid, versions 1-2.
    pub directories: Vec<Uuid>,
    /// `EligibleLeaderReplicas` array of int32, a brokerId, versions 2, tag 1.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// `LastKnownElr` array of int32, a brokerId, versions 2, tag 2.
    pub last_known_elr: Option<Vec<i32>>,
}

impl Default for PartitionRecord {
    fn default() -> Self {
        Self {
            partition_id: -1,
            topic_id: Uuid::ZERO,
            replicas: Vec::new(),
            isr: Vec::new(),
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            leader: -1,
            leader_recovery_state: 0,
            leader_epoch: -1,
            partition_epoch: -1,
            directories: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
        }
    }
}

impl PartitionRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let mut out = Self {
            partition_id: r.int32()?,
            topic_id: r.uuid()?,
            replicas: r.array(true, version, 4, |r, _| r.int32())?,
            isr: r.array(true, version, 4, |r, _| r.int32())?,
            removing_replicas: r.array(true, version, 4, |r, _| r.int32())?,
            adding_replicas: r.array(true, version, 4, |r, _| r.int32())?,
            leader: r.int32()?,
            leader_recovery_state: 0,
            leader_epoch: r.int32()?,
            partition_epoch: r.int32()?,
            directories: if version >= 1 { r.array(true, version, 16, |r, _| r.uuid())? } else { Vec::new() },
            eligible_leader_replicas: None,
            last_known_elr: None,
        };
        let mut tags = r.tags(0b1 | if version == 2 { 0b10 } else { 0 } | if version == 2 { 0b100 } else { 0 })?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.leader_recovery_state = r.int8()?,
                1 => out.eligible_leader_replicas = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                2 => out.last_known_elr = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "PartitionRecord", version });
        }
        s.int32(self.partition_id);
        s.uuid(self.topic_id);
        writer::array(s, true, &self.replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.isr, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.removing_replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        writer::array(s, true, &self.adding_replicas, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.int32(self.leader);
        s.int32(self.leader_epoch);
        s.int32(self.partition_epoch);
        if version >= 1 {
            writer::array(s, true, &self.directories, version, |e, s, _| { s.uuid(*e); Ok(()) })?;
        } else {
            writer::absent(!self.directories.is_empty(), "PartitionRecord.Directories", version)?;
        }
        if version != 2 {
            writer::absent(self.eligible_leader_replicas.is_some(), "PartitionRecord.EligibleLeaderReplicas", version)?;
        }
        if version != 2 {
            writer::absent(self.last_known_elr.is_some(), "PartitionRecord.LastKnownElr", version)?;
        }
        let tag0 = self.leader_recovery_state != 0;
        let tag1 = version == 2 && self.eligible_leader_replicas.is_some();
        let tag2 = version == 2 && self.last_known_elr.is_some();
        s.uvarint(u32::from(tag0) + u32::from(tag1) + u32::from(tag2));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.int8(self.leader_recovery_state);
                Ok(())
            })?;
        }
        if tag1 {
            writer::tagged(s, 1, &|s| {
                writer::nullable_array(s, true, self.eligible_leader_replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag2 {
            writer::tagged(s, 2, &|s| {
                writer::nullable_array(s, true, self.last_known_elr.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for PartitionRecord {
    const NAME: &'static str = "PartitionRecord";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
