//! `VotersRecord`: data, versions 0, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `VotersRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct VotersRecord {
    /// `Version` int16.
    pub version: i16,
    /// `Voters` array of Voter.
    pub voters: Vec<Voter>,
}

impl VotersRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            version: r.int16()?,
            voters: r.array(true, version, 27, Voter::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "VotersRecord", version });
        }
        s.int16(self.version);
        writer::array(s, true, &self.voters, version, Voter::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Voter` in `VotersRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Voter {
    /// `VoterId` int32, a brokerId.
    pub voter_id: i32,
    /// `VoterDirectoryId` uuid.
    pub voter_directory_id: Uuid,
    /// `Endpoints` array of Endpoint.
    pub endpoints: Vec<Endpoint>,
    /// `KRaftVersionFeature` KRaftVersionFeature.
    pub k_raft_version_feature: KRaftVersionFeature,
}

impl Voter {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
            endpoints: r.array(true, version, 5, Endpoint::decode)?,
            k_raft_version_feature: KRaftVersionFeature::decode(r, version)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.voter_id);
        s.uuid(self.voter_directory_id);
        writer::array(s, true, &self.endpoints, version, Endpoint::encode)?;
        self.k_raft_version_feature.encode(s, version)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Endpoint` in `VotersRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Endpoint {
    /// `Name` string.
    pub name: String,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl Endpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

/// `KRaftVersionFeature` in `VotersRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct KRaftVersionFeature {
    /// `MinSupportedVersion` int16.
    pub min_supported_version: i16,
    /// `MaxSupportedVersion` int16.
    pub max_supported_version: i16,
}

impl KRaftVersionFeature {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            min_supported_version: r.int16()?,
            max_supported_version: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int16(self.min_supported_version);
        s.int16(self.max_supported_version);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for VotersRecord {
    const NAME: &'static str = "VotersRecord";
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
