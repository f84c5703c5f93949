//! `RegisterBrokerRecord`: metadata, key 0, versions 0-4, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `RegisterBrokerRecord`, versions 0-4.
#[derive(Clone, PartialEq, Debug)]
pub struct RegisterBrokerRecord {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `IsMigratingZkBroker` bool, versions 2-4.
    pub is_migrating_zk_broker: bool,
    /// `IncarnationId` uuid.
    pub incarnation_id: Uuid,
    /// `BrokerEpoch` int64.
    pub broker_epoch: i64,
    /// `EndPoints` array of BrokerEndpoint.
    pub end_points: Vec<BrokerEndpoint>,
    /// `Features` array of BrokerFeature.
    pub features: Vec<BrokerFeature>,
    /// `Rack` string, default Some(String::new()).
    pub rack: Option<String>,
    /// `Fenced` bool, default true.
    pub fenced: bool,
    /// `InControlledShutdown` bool, versions 1-4.
    pub in_controlled_shutdown: bool,
    /// `LogDirs` array of uuid, versions 3-4, tag 0.
    pub log_dirs: Vec<Uuid>,
    /// `CordonedLogDirs` array of uuid, versions 4, tag 1.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
}

impl Default for RegisterBrokerRecord {
    fn default() -> Self {
        Self {
            broker_id: 0,
            is_migrating_zk_broker: false,
            incarnation_id: Uuid::ZERO,
            broker_epoch: 0,
            end_points: Vec::new(),
            features: Vec::new(),
            rack: Some(String::new()),
            fenced: true,
            in_controlled_shutdown: false,
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
        }
    }
}

impl RegisterBrokerRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let mut out = Self {
            broker_id: r.int32()?,
            is_migrating_zk_broker: if version >= 2 { r.boolean()? } else { false },
            incarnation_id: r.uuid()?,
            broker_epoch: r.int64()?,
            end_points: r.array(true, version, 7, BrokerEndpoint::decode)?,
            features: r.array(true, version, 6, BrokerFeature::decode)?,
            rack: r.nullable_string(true)?,
            fenced: r.boolean()?,
            in_controlled_shutdown: if version >= 1 { r.boolean()? } else { false },
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
        };
        let mut tags = r.tags(if version >= 3 { 0b1 } else { 0 } | if version == 4 { 0b10 } else { 0 })?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.log_dirs = r.array(true, version, 16, |r, _| r.uuid())?,
                1 => out.cordoned_log_dirs = r.nullable_array(true, version, 16, |r, _| r.uuid())?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "RegisterBrokerRecord", version });
        }
        s.int32(self.broker_id);
        if version >= 2 {
            s.boolean(self.is_migrating_zk_broker);
        } else {
            writer::absent(self.is_migrating_zk_broker, "RegisterBrokerRecord.IsMigratingZkBroker", version)?;
        }
        s.uuid(self.incarnation_id);
        s.int64(self.broker_epoch);
        writer::array(s, true, &self.end_points, version, BrokerEndpoint::encode)?;
        writer::array(s, true, &self.features, version, BrokerFeature::encode)?;
        s.nullable_string(true, self.rack.as_deref())?;
        s.boolean(self.fenced);
        if version >= 1 {
            s.boolean(self.in_controlled_shutdown);
        } else {
            writer::absent(self.in_controlled_shutdown, "RegisterBrokerRecord.InControlledShutdown", version)?;
        }
        if version < 3 {
            writer::absent(!self.log_dirs.is_empty(), "RegisterBrokerRecord.LogDirs", version)?;
        }
        if version != 4 {
            writer::absent(self.cordoned_log_dirs.is_some(), "RegisterBrokerRecord.CordonedLogDirs", version)?;
        }
        let tag0 = version >= 3 && !self.log_dirs.is_empty();
        let tag1 = version == 4 && self.cordoned_log_dirs.is_some();
        s.uvarint(u32::from(tag0) + u32::from(tag1));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                writer::array(s, true, &self.log_dirs, version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag1 {
            writer::tagged(s, 1, &|s| {
                writer::nullable_array(s, true, self.cordoned_log_dirs.as_deref(), version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `BrokerEndpoint` in `RegisterBrokerRecord`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BrokerEndpoint {
    /// `Name` string.
    pub name: String,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
    /// `SecurityProtocol` int16.
    pub security_protocol: i16,
}

impl BrokerEndpoint {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            host: r.string(true)?,
            port: r.uint16()?,
            security_protocol: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.string(true, &self.host)?;
        s.uint16(self.port);
        s.int16(self.security_protocol);
        s.uvarint(0);
        Ok(())
    }
}

/// `BrokerFeature` in `RegisterBrokerRecord`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BrokerFeature {
    /// `Name` string.
    pub name: String,
    /// `MinSupportedVersion` int16.
    pub min_supported_version: i16,
    /// `MaxSupportedVersion` int16.
    pub max_supported_version: i16,
}

impl BrokerFeature {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            min_supported_version: r.int16()?,
            max_supported_version: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int16(self.min_supported_version);
        s.int16(self.max_supported_version);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for RegisterBrokerRecord {
    const NAME: &'static str = "RegisterBrokerRecord";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
