//! `StreamsGroupMemberMetadataValue`: coordinator-value, key 19, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct StreamsGroupMemberMetadataValue {
    /// `InstanceId` string, default Some(String::new()).
    pub instance_id: Option<String>,
    /// `RackId` string, default Some(String::new()).
    pub rack_id: Option<String>,
    /// `ClientId` string.
    pub client_id: String,
    /// `ClientHost` string.
    pub client_host: String,
    /// `RebalanceTimeoutMs` int32, default -1.
    pub rebalance_timeout_ms: i32,
    /// `TopologyEpoch` int32.
    pub topology_epoch: i32,
    /// `ProcessId` string.
    pub process_id: String,
    /// `UserEndpoint` Endpoint.
    pub user_endpoint: Option<Endpoint>,
    /// `ClientTags` array of KeyValue.
    pub client_tags: Vec<KeyValue>,
}

impl Default for StreamsGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(String::new()),
            rack_id: Some(String::new()),
            client_id: String::new(),
            client_host: String::new(),
            rebalance_timeout_ms: -1,
            topology_epoch: 0,
            process_id: String::new(),
            user_endpoint: None,
            client_tags: Vec::new(),
        }
    }
}

impl StreamsGroupMemberMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            instance_id: r.nullable_string(true)?,
            rack_id: r.nullable_string(true)?,
            client_id: r.string(true)?,
            client_host: r.string(true)?,
            rebalance_timeout_ms: r.int32()?,
            topology_epoch: r.int32()?,
            process_id: r.string(true)?,
            user_endpoint: r.nullable_struct(version, Endpoint::decode)?,
            client_tags: r.array(true, version, 3, KeyValue::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupMemberMetadataValue", version });
        }
        s.nullable_string(true, self.instance_id.as_deref())?;
        s.nullable_string(true, self.rack_id.as_deref())?;
        s.string(true, &self.client_id)?;
        s.string(true, &self.client_host)?;
        s.int32(self.rebalance_timeout_ms);
        s.int32(self.topology_epoch);
        s.string(true, &self.process_id)?;
        writer::nullable_struct(s, self.user_endpoint.as_ref(), version, Endpoint::encode)?;
        writer::array(s, true, &self.client_tags, version, KeyValue::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Endpoint` in `StreamsGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Endpoint {
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
}

impl Endpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            host: r.string(true)?,
            port: r.uint16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.uvarint(0);
        Ok(())
    }
}

/// `KeyValue` in `StreamsGroupMemberMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct KeyValue {
    /// `Key` string.
    pub key: String,
    /// `Value` string.
    pub value: String,
}

impl KeyValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            key: r.string(true)?,
            value: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.key)?;
        s.string(true, &self.value)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for StreamsGroupMemberMetadataValue {
    const NAME: &'static str = "StreamsGroupMemberMetadataValue";
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
