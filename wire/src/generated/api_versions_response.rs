//! `ApiVersionsResponse`: response, key 18, versions 0-4, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ApiVersionsResponse`, versions 0-4.
#[derive(Clone, PartialEq, Debug)]
pub struct ApiVersionsResponse {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ApiKeys` array of ApiVersion.
    pub api_keys: Vec<ApiVersion>,
    /// `ThrottleTimeMs` int32, versions 1-4.
    pub throttle_time_ms: i32,
    /// `SupportedFeatures` array of SupportedFeatureKey, versions 3-4, tag 0.
    pub supported_features: Vec<SupportedFeatureKey>,
    /// `FinalizedFeaturesEpoch` int64, versions 3-4, tag 1, default -1.
    pub finalized_features_epoch: i64,
    /// `FinalizedFeatures` array of FinalizedFeatureKey, versions 3-4, tag 2.
    pub finalized_features: Vec<FinalizedFeatureKey>,
    /// `ZkMigrationReady` bool, versions 3-4, tag 3.
    pub zk_migration_ready: bool,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
        }
    }
}

impl ApiVersionsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version >= 3;
        let mut out = Self {
            error_code: r.int16()?,
            api_keys: r.array(flexible, version, if version <= 2 { 6 } else { 7 }, ApiVersion::decode)?,
            throttle_time_ms: if version >= 1 { r.int32()? } else { 0 },
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
        };
        if flexible {
            let mut tags = r.tags(0b1111)?;
            while let Some(tag) = tags.next(r)? {
                match tag {
                    0 => out.supported_features = r.array(flexible, version, 6, SupportedFeatureKey::decode)?,
                    1 => out.finalized_features_epoch = r.int64()?,
                    2 => out.finalized_features = r.array(flexible, version, 6, FinalizedFeatureKey::decode)?,
                    3 => out.zk_migration_ready = r.boolean()?,
                    _ => {}
                }
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "ApiVersionsResponse", version });
        }
        let flexible = version >= 3;
        s.int16(self.error_code);
        writer::array(s, flexible, &self.api_keys, version, ApiVersion::encode)?;
        if version >= 1 {
            s.int32(self.throttle_time_ms);
        }
        if flexible {
            let tag0 = !self.supported_features.is_empty();
            let tag1 = self.finalized_features_epoch != -1;
            let tag2 = !self.finalized_features.is_empty();
            let tag3 = self.zk_migration_ready;
            s.uvarint(u32::from(tag0) + u32::from(tag1) + u32::from(tag2) + u32::from(tag3));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    writer::array(s, flexible, &self.supported_features, version, SupportedFeatureKey::encode)?;
                    Ok(())
                })?;
            }
            if tag1 {
                writer::tagged(s, 1, &|s| {
                    s.int64(self.finalized_features_epoch);
                    Ok(())
                })?;
            }
            if tag2 {
                writer::tagged(s, 2, &|s| {
                    writer::array(s, flexible, &self.finalized_features, version, FinalizedFeatureKey::encode)?;
                    Ok(())
                })?;
            }
            if tag3 {
                writer::tagged(s, 3, &|s| {
                    s.boolean(self.zk_migration_ready);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `ApiVersion` in `ApiVersionsResponse`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ApiVersion {
    /// `ApiKey` int16.
    pub api_key: i16,
    /// `MinVersion` int16.
    pub min_version: i16,
    /// `MaxVersion` int16.
    pub max_version: i16,
}

impl ApiVersion {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            api_key: r.int16()?,
            min_version: r.int16()?,
            max_version: r.int16()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 3;
        s.int16(self.api_key);
        s.int16(self.min_version);
        s.int16(self.max_version);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `SupportedFeatureKey` in `ApiVersionsResponse`, versions 3-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SupportedFeatureKey {
    /// `Name` string.
    pub name: String,
    /// `MinVersion` int16.
    pub min_version: i16,
    /// `MaxVersion` int16.
    pub max_version: i16,
}

impl SupportedFeatureKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            min_version: r.int16()?,
            max_version: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int16(self.min_version);
        s.int16(self.max_version);
        s.uvarint(0);
        Ok(())
    }
}

/// `FinalizedFeatureKey` in `ApiVersionsResponse`, versions 3-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FinalizedFeatureKey {
    /// `Name` string.
    pub name: String,
    /// `MaxVersionLevel` int16.
    pub max_version_level: i16,
    /// `MinVersionLevel` int16.
    pub min_version_level: i16,
}

impl FinalizedFeatureKey {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            max_version_level: r.int16()?,
            min_version_level: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int16(self.max_version_level);
        s.int16(self.min_version_level);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for ApiVersionsResponse {
    const NAME: &'static str = "ApiVersionsResponse";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for ApiVersionsResponse {
    const API: ApiKey = ApiKey::ApiVersions;
}
