//! `DescribeClusterRequest`: request, key 60, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `DescribeClusterRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct DescribeClusterRequest {
    /// `IncludeClusterAuthorizedOperations` bool.
    pub include_cluster_authorized_operations: bool,
    /// `EndpointType` int8, versions 1-2, default 1.
    pub endpoint_type: i8,
    /// `IncludeFencedBrokers` bool, versions 2.
    pub include_fenced_brokers: bool,
}

impl Default for DescribeClusterRequest {
    fn default() -> Self {
        Self {
            include_cluster_authorized_operations: false,
            endpoint_type: 1,
            include_fenced_brokers: false,
        }
    }
}

impl DescribeClusterRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            include_cluster_authorized_operations: r.boolean()?,
            endpoint_type: if version >= 1 { r.int8()? } else { 1 },
            include_fenced_brokers: if version == 2 { r.boolean()? } else { false },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "DescribeClusterRequest", version });
        }
        s.boolean(self.include_cluster_authorized_operations);
        if version >= 1 {
            s.int8(self.endpoint_type);
        } else {
            writer::absent(self.endpoint_type != 1, "DescribeClusterRequest.EndpointType", version)?;
        }
        if version == 2 {
            s.boolean(self.include_fenced_brokers);
        } else {
            writer::absent(self.include_fenced_brokers, "DescribeClusterRequest.IncludeFencedBrokers", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

impl View<'_> for DescribeClusterRequest {
    fn read(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }
}

impl Message for DescribeClusterRequest {
    const NAME: &'static str = "DescribeClusterRequest";
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

impl crate::message::Request for DescribeClusterRequest {
    const API: ApiKey = ApiKey::DescribeCluster;
    type Response = super::DescribeClusterResponse;
    type View<'a> = DescribeClusterRequest;
}
