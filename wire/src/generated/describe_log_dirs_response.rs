//! `DescribeLogDirsResponse`: response, key 35, versions 1-5, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeLogDirsResponse`, versions 1-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeLogDirsResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16, versions 3-5.
    pub error_code: i16,
    /// `Results` array of DescribeLogDirsResult.
    pub results: Vec<DescribeLogDirsResult>,
}

impl DescribeLogDirsResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 5)?;
        let flexible = version >= 2;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: if version >= 3 { r.int16()? } else { 0 },
            results: r.array(flexible, version, if version <= 1 { 8 } else if version <= 3 { 5 } else if version <= 4 { 21 } else { 22 }, DescribeLogDirsResult::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=5).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeLogDirsResponse", version });
        }
        let flexible = version >= 2;
        s.int32(self.throttle_time_ms);
        if version >= 3 {
            s.int16(self.error_code);
        }
        writer::array(s, flexible, &self.results, version, DescribeLogDirsResult::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeLogDirsResult` in `DescribeLogDirsResponse`, versions 1-5.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeLogDirsResult {
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `LogDir` string.
    pub log_dir: String,
    /// `Topics` array of DescribeLogDirsTopic.
    pub topics: Vec<DescribeLogDirsTopic>,
    /// `TotalBytes` int64, versions 4-5, default -1.
    pub total_bytes: i64,
    /// `UsableBytes` int64, versions 4-5, default -1.
    pub usable_bytes: i64,
    /// `IsCordoned` bool, versions 5.
    pub is_cordoned: bool,
}

impl Default for DescribeLogDirsResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            log_dir: String::new(),
            topics: Vec::new(),
            total_bytes: -1,
            usable_bytes: -1,
            is_cordoned: false,
        }
    }
}

impl DescribeLogDirsResult {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            error_code: r.int16()?,
            log_dir: r.string(flexible)?,
            topics: r.array(flexible, version, if version <= 1 { 6 } else { 3 }, DescribeLogDirsTopic::decode)?,
            total_bytes: if version >= 4 { r.int64()? } else { -1 },
            usable_bytes: if version >= 4 { r.int64()? } else { -1 },
            is_cordoned: if version == 5 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.int16(self.error_code);
        s.string(flexible, &self.log_dir)?;
        writer::array(s, flexible, &self.topics, version, DescribeLogDirsTopic::encode)?;
        if version >= 4 {
            s.int64(self.total_bytes);
        }
        if version >= 4 {
            s.int64(self.usable_bytes);
        }
        if version == 5 {
            s.boolean(self.is_cordoned);
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeLogDirsTopic` in `DescribeLogDirsResponse`, versions 1-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeLogDirsTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of DescribeLogDirsPartition.
    pub partitions: Vec<DescribeLogDirsPartition>,
}

impl DescribeLogDirsTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, if version <= 1 { 21 } else { 22 }, DescribeLogDirsPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, DescribeLogDirsPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `DescribeLogDirsPartition` in `DescribeLogDirsResponse`, versions 1-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeLogDirsPartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `PartitionSize` int64.
    pub partition_size: i64,
    /// `OffsetLag` int64.
    pub offset_lag: i64,
    /// `IsFutureKey` bool.
    pub is_future_key: bool,
}

impl DescribeLogDirsPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let out = Self {
            partition_index: r.int32()?,
            partition_size: r.int64()?,
            offset_lag: r.int64()?,
            is_future_key: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 2;
        s.int32(self.partition_index);
        s.int64(self.partition_size);
        s.int64(self.offset_lag);
        s.boolean(self.is_future_key);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for DescribeLogDirsResponse {
    const NAME: &'static str = "DescribeLogDirsResponse";
    const MIN: i16 = 1;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Response for DescribeLogDirsResponse {
    const API: ApiKey = ApiKey::DescribeLogDirs;
}
