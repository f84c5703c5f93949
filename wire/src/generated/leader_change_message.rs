//! `LeaderChangeMessage`: data, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `LeaderChangeMessage`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LeaderChangeMessage {
    /// `Version` int16.
    pub version: i16,
    /// `LeaderId` int32, a brokerId.
    pub leader_id: i32,
    /// `Voters` array of Voter.
    pub voters: Vec<Voter>,
    /// `GrantingVoters` array of Voter.
    pub granting_voters: Vec<Voter>,
}

impl LeaderChangeMessage {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            version: r.int16()?,
            leader_id: r.int32()?,
            voters: r.array(true, version, if version <= 0 { 5 } else { 21 }, Voter::decode)?,
            granting_voters: r.array(true, version, if version <= 0 { 5 } else { 21 }, Voter::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "LeaderChangeMessage", version });
        }
        s.int16(self.version);
        s.int32(self.leader_id);
        writer::array(s, true, &self.voters, version, Voter::encode)?;
        writer::array(s, true, &self.granting_voters, version, Voter::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Voter` in `LeaderChangeMessage`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Voter {
    /// `VoterId` int32.
    pub voter_id: i32,
    /// `VoterDirectoryId` uuid, versions 1.
    pub voter_directory_id: Uuid,
}

impl Voter {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            voter_id: r.int32()?,
            voter_directory_id: if version == 1 { r.uuid()? } else { Uuid::ZERO },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.voter_id);
        if version == 1 {
            s.uuid(self.voter_directory_id);
        } else {
            writer::absent(!self.voter_directory_id.is_zero(), "Voter.VoterDirectoryId", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

impl Message for LeaderChangeMessage {
    const NAME: &'static str = "LeaderChangeMessage";
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
