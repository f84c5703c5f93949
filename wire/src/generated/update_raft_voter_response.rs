//! `UpdateRaftVoterResponse`: response, key 82, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `UpdateRaftVoterResponse`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct UpdateRaftVoterResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `CurrentLeader` CurrentLeader, tag 0.
    pub current_leader: CurrentLeader,
}

impl UpdateRaftVoterResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            current_leader: CurrentLeader::default(),
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.current_leader = CurrentLeader::decode(r, version)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "UpdateRaftVoterResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        let tag0 = self.current_leader != CurrentLeader::default();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                self.current_leader.encode(s, version)?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `CurrentLeader` in `UpdateRaftVoterResponse`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct CurrentLeader {
    /// `LeaderId` int32, a brokerId, default -1.
    pub leader_id: i32,
    /// `LeaderEpoch` int32, default -1.
    pub leader_epoch: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` int32.
    pub port: i32,
}

impl Default for CurrentLeader {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            host: String::new(),
            port: 0,
        }
    }
}

impl CurrentLeader {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            leader_id: r.int32()?,
            leader_epoch: r.int32()?,
            host: r.string(true)?,
            port: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        s.string(true, &self.host)?;
        s.int32(self.port);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for UpdateRaftVoterResponse {
    const NAME: &'static str = "UpdateRaftVoterResponse";
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

impl crate::message::Response for UpdateRaftVoterResponse {
    const API: ApiKey = ApiKey::UpdateRaftVoter;
}
