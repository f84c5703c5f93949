//! `AlterPartitionReassignmentsRequest`: request, key 45, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterPartitionReassignmentsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct AlterPartitionReassignmentsRequest {
    /// `TimeoutMs` int32, default 60000.
    pub timeout_ms: i32,
    /// `AllowReplicationFactorChange` bool, versions 1, default true.
    pub allow_replication_factor_change: bool,
    /// `Topics` array of ReassignableTopic.
    pub topics: Vec<ReassignableTopic>,
}

impl Default for AlterPartitionReassignmentsRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            allow_replication_factor_change: true,
            topics: Vec::new(),
        }
    }
}

impl AlterPartitionReassignmentsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            timeout_ms: r.int32()?,
            allow_replication_factor_change: if version == 1 { r.boolean()? } else { true },
            topics: r.array(true, version, 3, ReassignableTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "AlterPartitionReassignmentsRequest", version });
        }
        s.int32(self.timeout_ms);
        if version == 1 {
            s.boolean(self.allow_replication_factor_change);
        } else {
            writer::absent(!self.allow_replication_factor_change, "AlterPartitionReassignmentsRequest.AllowReplicationFactorChange", version)?;
        }
        writer::array(s, true, &self.topics, version, ReassignableTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReassignableTopic` in `AlterPartitionReassignmentsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReassignableTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of ReassignablePartition.
    pub partitions: Vec<ReassignablePartition>,
}

impl ReassignableTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 6, ReassignablePartition::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, ReassignablePartition::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReassignablePartition` in `AlterPartitionReassignmentsRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReassignablePartition {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `Replicas` array of int32, a brokerId.
    pub replicas: Option<Vec<i32>>,
}

impl ReassignablePartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            replicas: r.nullable_array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        writer::nullable_array(s, true, self.replicas.as_deref(), version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AlterPartitionReassignmentsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterPartitionReassignmentsRequestView<'a> {
    pub timeout_ms: i32,
    pub allow_replication_factor_change: bool,
    pub topics: ArrayView<'a, ReassignableTopicView<'a>>,
}

impl<'a> View<'a> for AlterPartitionReassignmentsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            timeout_ms: r.int32()?,
            allow_replication_factor_change: if version == 1 { r.boolean()? } else { true },
            topics: r.array_view(true, version, (3, size_of::<ReassignableTopic>()), ReassignableTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `ReassignableTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ReassignableTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, ReassignablePartitionView<'a>>,
}

impl<'a> View<'a> for ReassignableTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            partitions: r.array_view(true, version, (6, size_of::<ReassignablePartition>()), ReassignablePartitionView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `ReassignablePartition`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ReassignablePartitionView<'a> {
    pub partition_index: i32,
    pub replicas: Option<ArrayView<'a, i32>>,
}

impl<'a> View<'a> for ReassignablePartitionView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            replicas: r.nullable_array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for AlterPartitionReassignmentsRequest {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AlterPartitionReassignmentsRequest {
    const API: ApiKey = ApiKey::AlterPartitionReassignments;
    type Response = super::AlterPartitionReassignmentsResponse;
    type View<'a> = AlterPartitionReassignmentsRequestView<'a>;
}
