//! `BrokerRegistrationRequest`: request, key 62, versions 0-4, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `BrokerRegistrationRequest`, versions 0-4.
#[derive(Clone, PartialEq, Debug)]
pub struct BrokerRegistrationRequest {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `ClusterId` string.
    pub cluster_id: String,
    /// `IncarnationId` uuid.
    pub incarnation_id: Uuid,
    /// `Listeners` array of Listener.
    pub listeners: Vec<Listener>,
    /// `Features` array of Feature.
    pub features: Vec<Feature>,
    /// `Rack` string, default Some(String::new()).
    pub rack: Option<String>,
    /// `IsMigratingZkBroker` bool, versions 1-4.
    pub is_migrating_zk_broker: bool,
    /// `LogDirs` array of uuid, versions 2-4.
    pub log_dirs: Vec<Uuid>,
    /// `PreviousBrokerEpoch` int64, versions 3-4, default -1.
    pub previous_broker_epoch: i64,
}

impl Default for BrokerRegistrationRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            cluster_id: String::new(),
            incarnation_id: Uuid::ZERO,
            listeners: Vec::new(),
            features: Vec::new(),
            rack: Some(String::new()),
            is_migrating_zk_broker: false,
            log_dirs: Vec::new(),
            previous_broker_epoch: -1,
        }
    }
}

impl BrokerRegistrationRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let out = Self {
            broker_id: r.int32()?,
            cluster_id: r.string(true)?,
            incarnation_id: r.uuid()?,
            listeners: r.array(true, version, 7, Listener::decode)?,
            features: r.array(true, version, 6, Feature::decode)?,
            rack: r.nullable_string(true)?,
            is_migrating_zk_broker: if version >= 1 { r.boolean()? } else { false },
            log_dirs: if version >= 2 { r.array(true, version, 16, |r, _| r.uuid())? } else { Vec::new() },
            previous_broker_epoch: if version >= 3 { r.int64()? } else { -1 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "BrokerRegistrationRequest", version });
        }
        s.int32(self.broker_id);
        s.string(true, &self.cluster_id)?;
        s.uuid(self.incarnation_id);
        writer::array(s, true, &self.listeners, version, Listener::encode)?;
        writer::array(s, true, &self.features, version, Feature::encode)?;
        s.nullable_string(true, self.rack.as_deref())?;
        if version >= 1 {
            s.boolean(self.is_migrating_zk_broker);
        } else {
            writer::absent(self.is_migrating_zk_broker, "BrokerRegistrationRequest.IsMigratingZkBroker", version)?;
        }
        if version >= 2 {
            writer::array(s, true, &self.log_dirs, version, |e, s, _| { s.uuid(*e); Ok(()) })?;
        }
        if version >= 3 {
            s.int64(self.previous_broker_epoch);
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `Listener` in `BrokerRegistrationRequest`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Listener {
    /// `Name` string.
    pub name: String,
    /// `Host` string.
    pub host: String,
    /// `Port` uint16.
    pub port: u16,
    /// `SecurityProtocol` int16.
    pub security_protocol: i16,
}

impl Listener {
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

/// `Feature` in `BrokerRegistrationRequest`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Feature {
    /// `Name` string.
    pub name: String,
    /// `MinSupportedVersion` int16.
    pub min_supported_version: i16,
    /// `MaxSupportedVersion` int16.
    pub max_supported_version: i16,
}

impl Feature {
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

/// `BrokerRegistrationRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct BrokerRegistrationRequestView<'a> {
    pub broker_id: i32,
    pub cluster_id: &'a str,
    pub incarnation_id: Uuid,
    pub listeners: ArrayView<'a, ListenerView<'a>>,
    pub features: ArrayView<'a, FeatureView<'a>>,
    pub rack: Option<&'a str>,
    pub is_migrating_zk_broker: bool,
    pub log_dirs: ArrayView<'a, Uuid>,
    pub previous_broker_epoch: i64,
}

impl<'a> View<'a> for BrokerRegistrationRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let out = Self {
            broker_id: r.int32()?,
            cluster_id: r.text(true)?,
            incarnation_id: r.uuid()?,
            listeners: r.array_view(true, version, (7, size_of::<Listener>()), ListenerView::read)?,
            features: r.array_view(true, version, (6, size_of::<Feature>()), FeatureView::read)?,
            rack: r.nullable_text(true)?,
            is_migrating_zk_broker: if version >= 1 { r.boolean()? } else { false },
            log_dirs: if version >= 2 { r.array_view(true, version, (16, size_of::<Uuid>()), |r, _| r.uuid())? } else { ArrayView::default() },
            previous_broker_epoch: if version >= 3 { r.int64()? } else { -1 },
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
    pub security_protocol: i16,
}

impl<'a> View<'a> for ListenerView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            host: r.text(true)?,
            port: r.uint16()?,
            security_protocol: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `Feature`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FeatureView<'a> {
    pub name: &'a str,
    pub min_supported_version: i16,
    pub max_supported_version: i16,
}

impl<'a> View<'a> for FeatureView<'a> {
    fn read(r: &mut Reader<'a>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            min_supported_version: r.int16()?,
            max_supported_version: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for BrokerRegistrationRequest {
    const NAME: &'static str = "BrokerRegistrationRequest";
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

impl crate::message::Request for BrokerRegistrationRequest {
    const API: ApiKey = ApiKey::BrokerRegistration;
    type Response = super::BrokerRegistrationResponse;
    type View<'a> = BrokerRegistrationRequestView<'a>;
}
