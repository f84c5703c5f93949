//! `ControllerRegistrationRequest`: request, key 70, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ControllerRegistrationRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ControllerRegistrationRequest {
    /// `ControllerId` int32.
    pub controller_id: i32,
    /// `IncarnationId` uuid.
    pub incarnation_id: Uuid,
    /// `ZkMigrationReady` bool.
    pub zk_migration_ready: bool,
    /// `Listeners` array of Listener.
    pub listeners: Vec<Listener>,
    /// `Features` array of Feature.
    pub features: Vec<Feature>,
}

impl ControllerRegistrationRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            controller_id: r.int32()?,
            incarnation_id: r.uuid()?,
            zk_migration_ready: r.boolean()?,
            listeners: r.array(true, version, 7, Listener::decode)?,
            features: r.array(true, version, 6, Feature::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "ControllerRegistrationRequest", version });
        }
        s.int32(self.controller_id);
        s.uuid(self.incarnation_id);
        s.boolean(self.zk_migration_ready);
        writer::array(s, true, &self.listeners, version, Listener::encode)?;
        writer::array(s, true, &self.features, version, Feature::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Listener` in `ControllerRegistrationRequest`, versions 0.
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

/// `Feature` in `ControllerRegistrationRequest`, versions 0.
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

/// `ControllerRegistrationRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ControllerRegistrationRequestView<'a> {
    pub controller_id: i32,
    pub incarnation_id: Uuid,
    pub zk_migration_ready: bool,
    pub listeners: ArrayView<'a, ListenerView<'a>>,
    pub features: ArrayView<'a, FeatureView<'a>>,
}

impl<'a> View<'a> for ControllerRegistrationRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            controller_id: r.int32()?,
            incarnation_id: r.uuid()?,
            zk_migration_ready: r.boolean()?,
            listeners: r.array_view(true, version, (7, size_of::<Listener>()), ListenerView::read)?,
            features: r.array_view(true, version, (6, size_of::<Feature>()), FeatureView::read)?,
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

impl Message for ControllerRegistrationRequest {
    const NAME: &'static str = "ControllerRegistrationRequest";
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

impl crate::message::Request for ControllerRegistrationRequest {
    const API: ApiKey = ApiKey::ControllerRegistration;
    type Response = super::ControllerRegistrationResponse;
    type View<'a> = ControllerRegistrationRequestView<'a>;
}
