//! `FindCoordinatorResponse`: response, key 10, versions 0-6, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `FindCoordinatorResponse`, versions 0-6.
#[derive(Clone, PartialEq, Debug)]
pub struct FindCoordinatorResponse {
    /// `ThrottleTimeMs` int32, versions 1-6.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16, versions 0-3.
    pub error_code: i16,
    /// `ErrorMessage` string, versions 1-3, default Some(String::new()).
    pub error_message: Option<String>,
    /// `NodeId` int32, a brokerId, versions 0-3.
    pub node_id: i32,
    /// `Host` string, versions 0-3.
    pub host: String,
    /// `Port` int32, versions 0-3.
    pub port: i32,
    /// `Coordinators` array of Coordinator, versions 4-6.
    pub coordinators: Vec<Coordinator>,
}

impl Default for FindCoordinatorResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(String::new()),
            node_id: 0,
            host: String::new(),
            port: 0,
            coordinators: Vec::new(),
        }
    }
}

impl FindCoordinatorResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 3;
        let out = Self {
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
            error_code: if version <= 3 { r.int16()? } else { 0 },
            error_message: if (1..=3).contains(&version) { r.nullable_string(flexible)? } else { Some(String::new()) },
            node_id: if version <= 3 { r.int32()? } else { 0 },
            host: if version <= 3 { r.string(flexible)? } else { String::new() },
            port: if version <= 3 { r.int32()? } else { 0 },
            coordinators: if version >= 4 { r.array(flexible, version, 14, Coordinator::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=6).contains(&version) {
            return Err(EncodeError::Version { message: "FindCoordinatorResponse", version });
        }
        let flexible = version >= 3;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        if version <= 3 {
            s.int16(self.error_code);
        } else {
            writer::absent(self.error_code != 0, "FindCoordinatorResponse.ErrorCode", version)?;
        }
        if (1..=3).contains(&version) {
            s.nullable_string(flexible, self.error_message.as_deref())?;
        }
        if version <= 3 {
            s.int32(self.node_id);
        } else {
            writer::absent(self.node_id != 0, "FindCoordinatorResponse.NodeId", version)?;
        }
        if version <= 3 {
            s.string(flexible, &self.host)?;
        } else {
            writer::absent(!self.host.is_empty(), "FindCoordinatorResponse.Host", version)?;
        }
        if version <= 3 {
            s.int32(self.port);
        } else {
            writer::absent(self.port != 0, "FindCoordinatorResponse.Port", version)?;
        }
        if version >= 4 {
            writer::array(s, flexible, &self.coordinators, version, Coordinator::encode)?;
        } else {
            writer::absent(!self.coordinators.is_empty(), "FindCoordinatorResponse.Coordinators", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `Coordinator` in `FindCoordinatorResponse`, versions 4-6.
#[derive(Clone, PartialEq, Debug)]
pub struct Coordinator {
    /// `Key` string.
    pub key: String,
    /// `NodeId` int32, a brokerId.
    pub node_id: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` int32.
    pub port: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
}

impl Default for Coordinator {
    fn default() -> Self {
        Self {
            key: String::new(),
            node_id: 0,
            host: String::new(),
            port: 0,
            error_code: 0,
            error_message: Some(String::new()),
        }
    }
}

impl Coordinator {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            key: r.string(true)?,
            node_id: r.int32()?,
            host: r.string(true)?,
            port: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.key)?;
        s.int32(self.node_id);
        s.string(true, &self.host)?;
        s.int32(self.port);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for FindCoordinatorResponse {
    const NAME: &'static str = "FindCoordinatorResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for FindCoordinatorResponse {
    const API: ApiKey = ApiKey::FindCoordinator;
}
