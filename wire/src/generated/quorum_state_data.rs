//! `QuorumStateData`: data, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `QuorumStateData`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct QuorumStateData {
    /// `ClusterId` string, versions 0.
    pub cluster_id: String,
    /// `LeaderId` int32, default -1.
    pub leader_id: i32,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
    /// `VotedId` int32, default -1.
    pub voted_id: i32,
    /// `VotedDirectoryId` uuid, versions 1.
    pub voted_directory_id: Uuid,
    /// `AppliedOffset` int64, versions 0.
    pub applied_offset: i64,
    /// `CurrentVoters` array of Voter, versions 0, default Some(Vec::new()).
    pub current_voters: Option<Vec<Voter>>,
}

impl Default for QuorumStateData {
    fn default() -> Self {
        Self {
            cluster_id: String::new(),
            leader_id: -1,
            leader_epoch: -1,
            voted_id: -1,
            voted_directory_id: Uuid::ZERO,
            applied_offset: 0,
            current_voters: Some(Vec::new()),
        }
    }
}

impl QuorumStateData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            cluster_id: if version == 0 { r.string(true)? } else { String::new() },
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            voted_id: r.int32()?,
            voted_directory_id: if version == 1 { r.uuid()? } else { Uuid::ZERO },
            applied_offset: if version == 0 { r.int64()? } else { 0 },
            current_voters: if version == 0 { r.nullable_array(true, version, 5, Voter::decode)? } else { Some(Vec::new()) },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "QuorumStateData", version });
        }
        if version == 0 {
            s.string(true, &self.cluster_id)?;
        } else {
            writer::absent(!self.cluster_id.is_empty(), "QuorumStateData.ClusterId", version)?;
        }
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        s.int32(self.voted_id);
        if version == 1 {
            s.uuid(self.voted_directory_id);
        } else {
            writer::absent(!self.voted_directory_id.is_zero(), "QuorumStateData.VotedDirectoryId", version)?;
        }
        if version == 0 {
            s.int64(self.applied_offset);
        } else {
            writer::absent(self.applied_offset != 0, "QuorumStateData.AppliedOffset", version)?;
        }
        if version == 0 {
            writer::nullable_array(s, true, self.current_voters.as_deref(), version, Voter::encode)?;
        } else {
            writer::absent(self.current_voters.as_ref().is_none_or(|v| !v.is_empty()), "QuorumStateData.CurrentVoters", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `Voter` in `QuorumStateData`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Voter {
    /// `VoterId` int32.
    pub voter_id: i32,
}

impl Voter {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            voter_id: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.voter_id);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for QuorumStateData {
    const NAME: &'static str = "QuorumStateData";
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
