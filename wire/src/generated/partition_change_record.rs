//! `PartitionChangeRecord`: metadata, key 5, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `PartitionChangeRecord`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionChangeRecord {
    /// `PartitionId` int32, default -1.
    pub partition_id: i32,
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Isr` array of int32, a brokerId, tag 0.
    pub isr: Option<Vec<i32>>,
    /// `Leader` int32, a brokerId, tag 1, default -2.
    pub leader: i32,
    /// `Replicas` array of int32, a brokerId, tag 2.
    pub replicas: Option<Vec<i32>>,
    /// `RemovingReplicas` array of int32, a brokerId, tag 3.
    pub removing_replicas: Option<Vec<i32>>,
    /// `AddingReplicas` array of int32, a brokerId, tag 4.
    pub adding_replicas: Option<Vec<i32>>,
    /// `LeaderRecoveryState` int8, tag 5, default -1.
    pub leader_recovery_state: i8,
    /// `Directories` array of uuid, versions 1-2, tag 8.
    pub directories: Option<Vec<Uuid>>,
    /// `EligibleLeaderReplicas` array of int32, a brokerId, versions 2, tag 6.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// `LastKnownElr` array of int32, a brokerId, versions 2, tag 7.
    pub last_known_elr: Option<Vec<i32>>,
}

impl Default for PartitionChangeRecord {
    fn default() -> Self {
        Self {
            partition_id: -1,
            topic_id: Uuid::ZERO,
            isr: None,
            leader: -2,
            replicas: None,
            removing_replicas: None,
            adding_replicas: None,
            leader_recovery_state: -1,
            directories: None,
            eligible_leader_replicas: None,
            last_known_elr: None,
        }
    }
}

impl PartitionChangeRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let mut out = Self {
            partition_id: r.int32()?,
            topic_id: r.uuid()?,
            isr: None,
            leader: -2,
            replicas: None,
            removing_replicas: None,
            adding_replicas: None,
            leader_recovery_state: -1,
            directories: None,
            eligible_leader_replicas: None,
            last_known_elr: None,
        };
        let mut tags = r.tags(0b111111 | if version == 2 { 0b1000000 } else { 0 } | if version == 2 { 0b10000000 } else { 0 } | if version >= 1 { 0b100000000 } else { 0 })?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.isr = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                1 => out.leader = r.int32()?,
                2 => out.replicas = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                3 => out.removing_replicas = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                4 => out.adding_replicas = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                5 => out.leader_recovery_state = r.int8()?,
                6 => out.eligible_leader_replicas = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                7 => out.last_known_elr = r.nullable_array(true, version, 4, |r, _| r.int32())?,
                8 => out.directories = r.nullable_array(true, version, 16, |r, _| r.uuid())?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "PartitionChangeRecord", version });
        }
        s.int32(self.partition_id);
        s.uuid(self.topic_id);
        if version != 2 {
            writer::absent(self.eligible_leader_replicas.is_some(), "PartitionChangeRecord.EligibleLeaderReplicas", version)?;
        }
        if version != 2 {
            writer::absent(self.last_known_elr.is_some(), "PartitionChangeRecord.LastKnownElr", version)?;
        }
        if version < 1 {
            writer::absent(self.directories.is_some(), "PartitionChangeRecord.Directories", version)?;
        }
        let tag0 = self.isr.is_some();
        let tag1 = self.leader != -2;
        let tag2 = self.replicas.is_some();
        let tag3 = self.removing_replicas.is_some();
        let tag4 = self.adding_replicas.is_some();
        let tag5 = self.leader_recovery_state != -1;
        let tag6 = version == 2 && self.eligible_leader_replicas.is_some();
        let tag7 = version == 2 && self.last_known_elr.is_some();
        let tag8 = version >= 1 && self.directories.is_some();
        s.uvarint(u32::from(tag0) + u32::from(tag1) + u32::from(tag2) + u32::from(tag3) + u32::from(tag4) + u32::from(tag5) + u32::from(tag6) + u32::from(tag7) + u32::from(tag8));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                writer::nullable_array(s, true, self.isr.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag1 {
            writer::tagged(s, 1, &|s| {
                s.int32(self.leader);
                Ok(())
            })?;
        }
        if tag2 {
            writer::tagged(s, 2, &|s| {
                writer::nullable_array(s, true, self.replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag3 {
            writer::tagged(s, 3, &|s| {
                writer::nullable_array(s, true, self.removing_replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag4 {
            writer::tagged(s, 4, &|s| {
                writer::nullable_array(s, true, self.adding_replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag5 {
            writer::tagged(s, 5, &|s| {
                s.int8(self.leader_recovery_state);
                Ok(())
            })?;
        }
        if tag6 {
            writer::tagged(s, 6, &|s| {
                writer::nullable_array(s, true, self.eligible_leader_replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag7 {
            writer::tagged(s, 7, &|s| {
                writer::nullable_array(s, true, self.last_known_elr.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag8 {
            writer::tagged(s, 8, &|s| {
                writer::nullable_array(s, true, self.directories.as_deref(), version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for PartitionChangeRecord {
    const NAME: &'static str = "PartitionChangeRecord";
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
