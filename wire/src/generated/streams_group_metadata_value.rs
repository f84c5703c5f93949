//! `StreamsGroupMetadataValue`: coordinator-value, key 17, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug)]
pub struct StreamsGroupMetadataValue {
    /// `Epoch` int32.
    pub epoch: i32,
    /// `MetadataHash` int64.
    pub metadata_hash: i64,
    /// `ValidatedTopologyEpoch` int32, tag 0, default -1.
    pub validated_topology_epoch: i32,
    /// `LastAssignmentConfigs` array of LastAssignmentConfig, tag 1, default Some(Vec::new()).
    pub last_assignment_configs: Option<Vec<LastAssignmentConfig>>,
}

impl Default for StreamsGroupMetadataValue {
    fn default() -> Self {
        Self {
            epoch: 0,
            metadata_hash: 0,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
        }
    }
}

impl StreamsGroupMetadataValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            epoch: r.int32()?,
            metadata_hash: r.int64()?,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
        };
        let mut tags = r.tags(0b11)?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.validated_topology_epoch = r.int32()?,
                1 => out.last_assignment_configs = r.nullable_array(true, version, 3, LastAssignmentConfig::decode)?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupMetadataValue", version });
        }
        s.int32(self.epoch);
        s.int64(self.metadata_hash);
        let tag0 = self.validated_topology_epoch != -1;
        let tag1 = self.last_assignment_configs.as_ref().is_none_or(|v| !v.is_empty());
        s.uvarint(u32::from(tag0) + u32::from(tag1));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.int32(self.validated_topology_epoch);
                Ok(())
            })?;
        }
        if tag1 {
            writer::tagged(s, 1, &|s| {
                writer::nullable_array(s, true, self.last_assignment_configs.as_deref(), version, LastAssignmentConfig::encode)?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `LastAssignmentConfig` in `StreamsGroupMetadataValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LastAssignmentConfig {
    /// `Key` string.
    pub key: String,
    /// `Value` string.
    pub value: String,
}

impl LastAssignmentConfig {
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

impl Message for StreamsGroupMetadataValue {
    const NAME: &'static str = "StreamsGroupMetadataValue";
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
