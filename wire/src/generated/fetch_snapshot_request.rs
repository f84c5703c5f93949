//! `FetchSnapshotRequest`: request, key 59, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `FetchSnapshotRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct FetchSnapshotRequest {
    /// `ClusterId` string, tag 0.
    pub cluster_id: Option<String>,
    /// `ReplicaId` int32, a brokerId, default -1.
    pub replica_id: i32,
    /// `MaxBytes` int32, default i32::MAX.
    pub max_bytes: i32,
    /// `Topics` array of TopicSnapshot.
    pub topics: Vec<TopicSnapshot>,
}

impl Default for FetchSnapshotRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            max_bytes: i32::MAX,
            topics: Vec::new(),
        }
    }
}

impl FetchSnapshotRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let mut out = Self {
            cluster_id: None,
            replica_id: r.int32()?,
            max_bytes: r.int32()?,
            topics: r.array(true, version, 3, TopicSnapshot::decode)?,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.cluster_id = r.nullable_string(true)?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "FetchSnapshotRequest", version });
        }
        s.int32(self.replica_id);
        s.int32(self.max_bytes);
        writer::array(s, true, &self.topics, version, TopicSnapshot::encode)?;
        let tag0 = self.cluster_id.is_some();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.nullable_string(true, self.cluster_id.as_deref())?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `TopicSnapshot` in `FetchSnapshotRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicSnapshot {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of PartitionSnapshot.
    pub partitions: Vec<PartitionSnapshot>,
}

impl TopicSnapshot {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.array(true, version, 30, PartitionSnapshot::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partitions, version, PartitionSnapshot::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionSnapshot` in `FetchSnapshotRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionSnapshot {
    /// `Partition` int32.
    pub partition: i32,
    /// `CurrentLeaderEpoch` int32.
    pub current_leader_epoch: i32,
    /// `SnapshotId` SnapshotId.
    pub snapshot_id: SnapshotId,
    /// `Position` int64.
    pub position: i64,
    /// `ReplicaDirectoryId` uuid, versions 1, tag 0.
    pub replica_directory_id: Uuid,
}

impl PartitionSnapshot {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let mut out = Self {
            partition: r.int32()?,
            current_leader_epoch: r.int32()?,
            snapshot_id: SnapshotId::decode(r, version)?,
            position: r.int64()?,
            replica_directory_id: Uuid::ZERO,
        };
        let mut tags = r.tags(if version == 1 { 0b1 } else { 0 })?;
        while tags.next(r)?.is_some() {
            out.replica_directory_id = r.uuid()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition);
        s.int32(self.current_leader_epoch);
        self.snapshot_id.encode(s, version)?;
        s.int64(self.position);
        let tag0 = version == 1 && !self.replica_directory_id.is_zero();
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.uuid(self.replica_directory_id);
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `SnapshotId` in `FetchSnapshotRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SnapshotId {
    /// `EndOffset` int64.
    pub end_offset: i64,
    /// `Epoch` int32.
    pub epoch: i32,
}

impl SnapshotId {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            end_offset: r.int64()?,
            epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.end_offset);
        s.int32(self.epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `FetchSnapshotRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FetchSnapshotRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub replica_id: i32,
    pub max_bytes: i32,
    pub topics: ArrayView<'a, TopicSnapshotView<'a>>,
}

impl<'a> View<'a> for FetchSnapshotRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let mut out = Self {
            cluster_id: None,
            replica_id: r.int32()?,
            max_bytes: r.int32()?,
            topics: r.array_view(true, version, (3, size_of::<TopicSnapshot>()), TopicSnapshotView::read)?,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.cluster_id = r.nullable_text(true)?;
        }
        Ok(out)
    }
}

/// `TopicSnapshot`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicSnapshotView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, PartitionSnapshot>,
}

impl<'a> View<'a> for TopicSnapshotView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            partitions: r.array_view(true, version, (30, size_of::<PartitionSnapshot>()), PartitionSnapshot::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for FetchSnapshotRequest {
    const NAME: &'static str = "FetchSnapshotRequest";
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

impl crate::message::Request for FetchSnapshotRequest {
    const API: ApiKey = ApiKey::FetchSnapshot;
    type Response = super::FetchSnapshotResponse;
    type View<'a> = FetchSnapshotRequestView<'a>;
}
