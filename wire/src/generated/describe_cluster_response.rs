//! `DescribeClusterResponse`: response, key 60, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeClusterResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeClusterResponse {
    /// `ThrottleTimeMs` int32.
    pub throttle_time_ms: i32,
    /// `ErrorCode` int16.
    pub error_code: i16,
    /// `ErrorMessage` string.
    pub error_message: Option<String>,
    /// `EndpointType` int8, versions 1-2, default 1.
    pub endpoint_type: i8,
    /// `ClusterId` string.
    pub cluster_id: String,
    /// `ControllerId` int32, a brokerId, default -1.
    pub controller_id: i32,
    /// `Brokers` array of DescribeClusterBroker.
    pub brokers: Vec<DescribeClusterBroker>,
    /// `ClusterAuthorizedOperations` int32, default i32::MIN.
    pub cluster_authorized_operations: i32,
}

impl Default for DescribeClusterResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            endpoint_type: 1,
            cluster_id: String::new(),
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: i32::MIN,
        }
    }
}

impl DescribeClusterResponse {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            throttle_time_ms: r.int32()?,
            error_code: r.int16()?,
            error_message: r.nullable_string(true)?,
            endpoint_type: if version >= 1 { r.int8()? } else { 1 },
            cluster_id: r.string(true)?,
            controller_id: r.int32()?,
            brokers: r.array(true, version, if version <= 1 { 11 } else { 12 }, DescribeClusterBroker::decode)?,
            cluster_authorized_operations: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeClusterResponse", version });
        }
        s.int32(self.throttle_time_ms);
        s.int16(self.error_code);
        s.nullable_string(true, self.error_message.as_deref())?;
        if version >= 1 {
            s.int8(self.endpoint_type);
        } else {
            writer::absent(self.endpoint_type != 1, "DescribeClusterResponse.EndpointType", version)?;
        }
        s.string(true, &self.cluster_id)?;
        s.int32(self.controller_id);
        writer::array(s, true, &self.brokers, version, DescribeClusterBroker::encode)?;
        s.int32(self.cluster_authorized_operations);
        s.uvarint(0);
        Ok(())
    }
}

/// `DescribeClusterBroker` in `DescribeClusterResponse`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DescribeClusterBroker {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `Host` string.
    pub host: String,
    /// `Port` int32.
    pub port: i32,
    /// `Rack` string.
    pub rack: Option<String>,
    /// `IsFenced` bool, versions 2.
    pub is_fenced: bool,
}

impl DescribeClusterBroker {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            broker_id: r.int32()?,
            host: r.string(true)?,
            port: r.int32()?,
            rack: r.nullable_string(true)?,
            is_fenced: if version == 2 { r.boolean()? } else { false },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.broker_id);
        s.string(true, &self.host)?;
        s.int32(self.port);
        s.nullable_string(true, self.rack.as_deref())?;
        if version == 2 {
            s.boolean(self.is_fenced);
        } else {
            writer::absent(self.is_fenced, "DescribeClusterBroker.IsFenced", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

impl Message for DescribeClusterResponse {
    const NAME: &'static str = "DescribeClusterResponse";
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

impl crate::message::Response for DescribeClusterResponse {
    const API: ApiKey = ApiKey::DescribeCluster;
}
