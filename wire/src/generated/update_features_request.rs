//! `UpdateFeaturesRequest`: request, key 57, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `UpdateFeaturesRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct UpdateFeaturesRequest {
    /// `timeoutMs` int32, default 60000.
    pub timeout_ms: i32,
    /// `FeatureUpdates` array of FeatureUpdateKey.
    pub feature_updates: Vec<FeatureUpdateKey>,
    /// `ValidateOnly` bool, versions 1-2.
    pub validate_only: bool,
}

impl Default for UpdateFeaturesRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            feature_updates: Vec::new(),
            validate_only: false,
        }
    }
}

impl UpdateFeaturesRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            timeout_ms: r.int32()?,
            feature_updates: r.array(true, version, 5, FeatureUpdateKey::decode)?,
            validate_only: if version >= 1 { r.boolean()? } else { false },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "UpdateFeaturesRequest", version });
        }
        s.int32(self.timeout_ms);
        writer::array(s, true, &self.feature_updates, version, FeatureUpdateKey::encode)?;
        if version >= 1 {
            s.boolean(self.validate_only);
        } else {
            writer::absent(self.validate_only, "UpdateFeaturesRequest.ValidateOnly", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `FeatureUpdateKey` in `UpdateFeaturesRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureUpdateKey {
    /// `Feature` string.
    pub feature: String,
    /// `MaxVersionLevel` int16.
    pub max_version_level: i16,
    /// `AllowDowngrade` bool, versions 0.
    pub allow_downgrade: bool,
    /// `UpgradeType` int8, versions 1-2, default 1.
    pub upgrade_type: i8,
}

impl Default for FeatureUpdateKey {
    fn default() -> Self {
        Self {
            feature: String::new(),
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
        }
    }
}

impl FeatureUpdateKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            feature: r.string(true)?,
            max_version_level: r.int16()?,
            allow_downgrade: if version == 0 { r.boolean()? } else { false },
            upgrade_type: if version >= 1 { r.int8()? } else { 1 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.feature)?;
        s.int16(self.max_version_level);
        if version == 0 {
            s.boolean(self.allow_downgrade);
        } else {
            writer::absent(self.allow_downgrade, "FeatureUpdateKey.AllowDowngrade", version)?;
        }
        if version >= 1 {
            s.int8(self.upgrade_type);
        } else {
            writer::absent(self.upgrade_type != 1, "FeatureUpdateKey.UpgradeType", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `UpdateFeaturesRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct UpdateFeaturesRequestView<'a> {
    pub timeout_ms: i32,
    pub feature_updates: ArrayView<'a, FeatureUpdateKeyView<'a>>,
    pub validate_only: bool,
}

impl<'a> View<'a> for UpdateFeaturesRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            timeout_ms: r.int32()?,
            feature_updates: r.array_view(true, version, (5, size_of::<FeatureUpdateKey>()), FeatureUpdateKeyView::read)?,
            validate_only: if version >= 1 { r.boolean()? } else { false },
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `FeatureUpdateKey`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FeatureUpdateKeyView<'a> {
    pub feature: &'a str,
    pub max_version_level: i16,
    pub allow_downgrade: bool,
    pub upgrade_type: i8,
}

impl<'a> View<'a> for FeatureUpdateKeyView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            feature: r.text(true)?,
            max_version_level: r.int16()?,
            allow_downgrade: if version == 0 { r.boolean()? } else { false },
            upgrade_type: if version >= 1 { r.int8()? } else { 1 },
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for UpdateFeaturesRequest {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for UpdateFeaturesRequest {
    const API: ApiKey = ApiKey::UpdateFeatures;
    type Response = super::UpdateFeaturesResponse;
    type View<'a> = UpdateFeaturesRequestView<'a>;
}
