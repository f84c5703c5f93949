//! `UpdateRaftVoterRequest`: request, key 82, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `UpdateRaftVoterRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct UpdateRaftVoterRequest {
    /// `ClusterId` string, default Some(String::new()).
    pub cluster_id: Option<String>,
    /// `CurrentLeaderEpoch` int32.
    pub current_leader_epoch: i32,
    /// `VoterId` int32.
    pub voter_id: i32,
    /// `VoterDirectoryId` uuid.
    pub voter_directory_id: Uuid,
    /// `Listeners` array of Listener.
    pub listeners: Vec<Listener>,
    /// `KRaftVersionFeature` KRaftVersionFeature.
    pub k_raft_version_feature: KRaftVersionFeature,
}

impl Default for UpdateRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(String::new()),
            current_leader_epoch: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            k_raft_version_feature: KRaftVersionFeature::default(),
        }
    }
}

impl UpdateRaftVoterRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            cluster_id: r.nullable_string(true)?,
            current_leader_epoch: r.int32()?,
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
            listeners: r.array(true, version, 5, Listener::decode)?,
            k_raft_version_feature: KRaftVersionFeature::decode(r, version)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "UpdateRaftVoterRequest", version });
        }
        s.nullable_string(true, self.cluster_id.as_deref())?;
        s.int32(self.current_leader_epoch);
        s.int32(self.voter_id);
        s.uuid(self.voter_directory_id);
        writer::array(s, true, &self.listeners, version, Listener::encode)?;
        self.k_raft_version_feature.encode(s, version)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Listener` in `UpdateRaftVoterRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Listener {
    /// `Name` string.
    pub name: String,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl Listener {
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

/// `KRaftVersionFeature` in `UpdateRaftVoterRequest`, versions 0.
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

/// `UpdateRaftVoterRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct UpdateRaftVoterRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub current_leader_epoch: i32,
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
    pub listeners: ArrayView<'a, ListenerView<'a>>,
    pub k_raft_version_feature: KRaftVersionFeature,
}

impl<'a> View<'a> for UpdateRaftVoterRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            cluster_id: r.nullable_text(true)?,
            current_leader_epoch: r.int32()?,
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
            listeners: r.array_view(true, version, (5, size_of::<Listener>()), ListenerView::read)?,
            k_raft_version_feature: KRaftVersionFeature::decode(r, version)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `Listener`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListenerView<'a> {
    pub name: &'a str,
    pub host: &'a str,
    pub port: u16,
}

impl<'a> View<'a> for ListenerView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            host: r.text(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for UpdateRaftVoterRequest {
    const NAME: &'static str = "UpdateRaftVoterRequest";
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

impl crate::message::Request for UpdateRaftVoterRequest {
    const API: ApiKey = ApiKey::UpdateRaftVoter;
    type Response = super::UpdateRaftVoterResponse;
    type View<'a> = UpdateRaftVoterRequestView<'a>;
}
