//! `WriteTxnMarkersResponse`: response, key 27, versions 1-2, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `WriteTxnMarkersResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WriteTxnMarkersResponse {
    /// `Markers` array of WritableTxnMarkerResult.
    pub markers: Vec<WritableTxnMarkerResult>,
}

impl WriteTxnMarkersResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            markers: r.array(true, version, 10, WritableTxnMarkerResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "WriteTxnMarkersResponse", version });
        }
        writer::array(s, true, &self.markers, version, WritableTxnMarkerResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `WritableTxnMarkerResult` in `WriteTxnMarkersResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WritableTxnMarkerResult {
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `Topics` array of WritableTxnMarkerTopicResult.
    pub topics: Vec<WritableTxnMarkerTopicResult>,
}

impl WritableTxnMarkerResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            producer_id: r.int64()?,
            topics: r.array(true, version, 3, WritableTxnMarkerTopicResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int64(self.producer_id);
        writer::array(s, true, &self.topics, version, WritableTxnMarkerTopicResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `WritableTxnMarkerTopicResult` in `WriteTxnMarkersResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WritableTxnMarkerTopicResult {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of WritableTxnMarkerPartitionResult.
    pub partitions: Vec<WritableTxnMarkerPartitionResult>,
}

impl WritableTxnMarkerTopicResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 7, WritableTxnMarkerPartitionResult::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, WritableTxnMarkerPartitionResult::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `WritableTxnMarkerPartitionResult` in `WriteTxnMarkersResponse`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WritableTxnMarkerPartitionResult {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
}

impl WritableTxnMarkerPartitionResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            error_code: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int16(self.error_code);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for WriteTxnMarkersResponse {
    const NAME: &'static str = "WriteTxnMarkersResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 1;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for WriteTxnMarkersResponse {
    const API: ApiKey = ApiKey::WriteTxnMarkers;
}
