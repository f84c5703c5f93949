//! `RemoveRaftVoterRequest`: request, key 81, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `RemoveRaftVoterRequest`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct RemoveRaftVoterRequest {
    /// `ClusterId` string, default Some(String::new()).
    pub cluster_id: Option<String>,
    /// `VoterId` int32.
    pub voter_id: i32,
    /// `VoterDirectoryId` uuid.
    pub voter_directory_id: Uuid,
}

impl Default for RemoveRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(String::new()),
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
        }
    }
}

impl RemoveRaftVoterRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            cluster_id: r.nullable_string(true)?,
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "RemoveRaftVoterRequest", version });
        }
        s.nullable_string(true, self.cluster_id.as_deref())?;
        s.int32(self.voter_id);
        s.uuid(self.voter_directory_id);
        s.uvarint(0);
        Ok(())
    }
}

/// `RemoveRaftVoterRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct RemoveRaftVoterRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
}

impl<'a> View<'a> for RemoveRaftVoterRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            cluster_id: r.nullable_text(true)?,
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for RemoveRaftVoterRequest {
    const NAME: &'static str = "RemoveRaftVoterRequest";
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

impl crate::message::Request for RemoveRaftVoterRequest {
    const API: ApiKey = ApiKey::RemoveRaftVoter;
    type Response = super::RemoveRaftVoterResponse;
    type View<'a> = RemoveRaftVoterRequestView<'a>;
}
