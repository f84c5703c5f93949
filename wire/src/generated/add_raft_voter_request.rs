//! `AddRaftVoterRequest`: request, key 80, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AddRaftVoterRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct AddRaftVoterRequest {
    /// `ClusterId` string, default Some(String::new()).
    pub cluster_id: Option<String>,
    /// `TimeoutMs` int32.
    pub timeout_ms: i32,
    /// `VoterId` int32.
    pub voter_id: i32,
    /// `VoterDirectoryId` uuid.
    pub voter_directory_id: Uuid,
    /// `Listeners` array of Listener.
    pub listeners: Vec<Listener>,
    /// `AckWhenCommitted` bool, versions 1, default true.
    pub ack_when_committed: bool,
}

impl Default for AddRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(String::new()),
            timeout_ms: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            ack_when_committed: true,
        }
    }
}

impl AddRaftVoterRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            cluster_id: r.nullable_string(true)?,
            timeout_ms: r.int32()?,
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
            listeners: r.array(true, version, 5, Listener::decode)?,
            ack_when_committed: if version == 1 { r.boolean()? } else { true },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "AddRaftVoterRequest", version });
        }
        s.nullable_string(true, self.cluster_id.as_deref())?;
        s.int32(self.timeout_ms);
        s.int32(self.voter_id);
        s.uuid(self.voter_directory_id);
        writer::array(s, true, &self.listeners, version, Listener::encode)?;
        if version == 1 {
            s.boolean(self.ack_when_committed);
        } else {
            writer::absent(!self.ack_when_committed, "AddRaftVoterRequest.AckWhenCommitted", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `Listener` in `AddRaftVoterRequest`, versions 0-1.
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

/// `AddRaftVoterRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AddRaftVoterRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub timeout_ms: i32,
    pub voter_id: i32,
    pub voter_directory_id: Uuid,
    pub listeners: ArrayView<'a, ListenerView<'a>>,
    pub ack_when_committed: bool,
}

impl<'a> View<'a> for AddRaftVoterRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            cluster_id: r.nullable_text(true)?,
            timeout_ms: r.int32()?,
            voter_id: r.int32()?,
            voter_directory_id: r.uuid()?,
            listeners: r.array_view(true, version, (5, size_of::<Listener>()), ListenerView::read)?,
            ack_when_committed: if version == 1 { r.boolean()? } else { true },
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

impl Message for AddRaftVoterRequest {
    const NAME: &'static str = "AddRaftVoterRequest";
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

impl crate::message::Request for AddRaftVoterRequest {
    const API: ApiKey = ApiKey::AddRaftVoter;
    type Response = super::AddRaftVoterResponse;
    type View<'a> = AddRaftVoterRequestView<'a>;
}
