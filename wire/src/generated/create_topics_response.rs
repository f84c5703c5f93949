//! `CreateTopicsResponse`: response, key 19, versions 2-7, flexible 5+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `CreateTopicsResponse`, versions 2-7.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CreateTopicsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `Topics` array of CreatableTopicResult.
    pub topics: Vec<CreatableTopicResult>,
}

impl CreateTopicsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 7)?;
        let flexible = version >= 5;
        let out = Self {
            throttle_time_ms: r.int32()?,
            topics: r.array(flexible, version, if version <= 4 { 6 } else if version <= 6 { 12 } else { 28 }, CreatableTopicResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=7).contains(&version) {
            return Err(EncodeError::Version { message: "CreateTopicsResponse", version });
        }
        let flexible = version >= 5;
        s.int32(self.throttle_time_ms);
        writer::array(s, flexible, &self.topics, version, CreatableTopicResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `CreatableTopicResult` in `CreateTopicsResponse`, versions 2-7.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatableTopicResult {
    /// `Name` string, a topicName.
    pub name: String,
    /// `TopicId` uuid, versions 7.
    pub topic_id: Uuid,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string, default Some(String::new()).
    pub error_message: Option<String>,
    /// `TopicConfigErrorCode` int16, versions 5-7, tag 0.
    pub topic_config_error_code: i16,
    /// `NumPartitions` int32, versions 5-7, default -1.
    pub num_partitions: i32,
    /// `ReplicationFactor` int16, versions 5-7, default -1.
    pub replication_factor: i16,
    /// `Configs` array of CreatableTopicConfigs, versions 5-7, default Some(Vec::new()).
    pub configs: Option<Vec<CreatableTopicConfigs>>,
}

impl Default for CreatableTopicResult {
    fn default() -> Self {
        Self {
            name: String::new(),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: Some(String::new()),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
        }
    }
}

impl CreatableTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut out = Self {
            name: r.string(flexible)?,
            topic_id: if version == 7 { r.uuid()? } else { Uuid::ZERO },
            error_code: r.int16()?,
            error_message: r.nullable_string(flexible)?,
            topic_config_error_code: 0,
            num_partitions: if version >= 5 { r.int32()? } else { -1 },
            replication_factor: if version >= 5 { r.int16()? } else { -1 },
            configs: if version >= 5 { r.nullable_array(flexible, version, 6, CreatableTopicConfigs::decode)? } else { Some(Vec::new()) },
        };
        if flexible {
            let mut tags = r.tags(0b1)?;
            while tags.next(r)?.is_some() {
                out.topic_config_error_code = r.int16()?;
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 5;
        s.string(flexible, &self.name)?;
        if version == 7 {
            s.uuid(self.topic_id);
        }
        s.int16(self.error_code);
        s.nullable_string(flexible, self.error_message.as_deref())?;
        if version >= 5 {
            s.int32(self.num_partitions);
        }
        if version >= 5 {
            s.int16(self.replication_factor);
        }
        if version >= 5 {
            writer::nullable_array(s, flexible, self.configs.as_deref(), version, CreatableTopicConfigs::encode)?;
        }
        if flexible {
            let tag0 = self.topic_config_error_code != 0;
            s.uvarint(u32::from(tag0));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    s.int16(self.topic_config_error_code);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `CreatableTopicConfigs` in `CreateTopicsResponse`, versions 5-7.
#[derive(Clone, PartialEq, Debug)]
pub struct CreatableTopicConfigs {
    /// `Name` string.
    pub name: String,
    /// `Value` string, default Some(String::new()).
    pub value: Option<String>,
    /// `ReadOnly` bool.
    pub read_only: bool,
    /// `ConfigSource` int8, default -1.
    pub config_source: i8,
    /// `IsSensitive` bool.
    pub is_sensitive: bool,
}

impl Default for CreatableTopicConfigs {
    fn default() -> Self {
        Self {
            name: String::new(),
            value: Some(String::new()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
        }
    }
}

impl CreatableTopicConfigs {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            value: r.nullable_string(true)?,
            read_only: r.boolean()?,
            config_source: r.int8()?,
            is_sensitive: r.boolean()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.nullable_string(true, self.value.as_deref())?;
        s.boolean(self.read_only);
        s.int8(self.config_source);
        s.boolean(self.is_sensitive);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for CreateTopicsResponse {
    const NAME: &'static str = "CreateTopicsResponse";
    const MIN: i16 = 2;
    const MAX: i16 = 7;
    const FLEXIBLE_FROM: i16 = 5;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for CreateTopicsResponse {
    const API: ApiKey = ApiKey::CreateTopics;
}
