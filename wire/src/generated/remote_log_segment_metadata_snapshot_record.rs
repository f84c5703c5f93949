//! `RemoteLogSegmentMetadataSnapshotRecord`: metadata, key 3, versions 0, flexible 0+. Generated; not to be edited.

use bytes::Bytes;

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `RemoteLogSegmentMetadataSnapshotRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RemoteLogSegmentMetadataSnapshotRecord {
    /// `SegmentId` uuid.
    pub segment_id: Uuid,
    /// `StartOffset` int64.
    pub start_offset: i64,
    /// `EndOffset` int64.
    pub end_offset: i64,
    /// `BrokerId` int32.
    pub broker_id: i32,
    /// `MaxTimestampMs` int64.
    pub max_timestamp_ms: i64,
    /// `EventTimestampMs` int64.
    pub event_timestamp_ms: i64,
    /// `SegmentLeaderEpochs` array of SegmentLeaderEpochEntry.
    pub segment_leader_epochs: Vec<SegmentLeaderEpochEntry>,
    /// `SegmentSizeInBytes` int32.
    pub segment_size_in_bytes: i32,
    /// `CustomMetadata` bytes.
    pub custom_metadata: Option<Bytes>,
    /// `RemoteLogSegmentState` int8.
    pub remote_log_segment_state: i8,
    /// `TxnIndexEmpty` bool, tag 0.
    pub txn_index_empty: bool,
}

impl RemoteLogSegmentMetadataSnapshotRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let mut out = Self {
            segment_id: r.uuid()?,
            start_offset: r.int64()?,
            end_offset: r.int64()?,
            broker_id: r.int32()?,
            max_timestamp_ms: r.int64()?,
            event_timestamp_ms: r.int64()?,
            segment_leader_epochs: r.array(true, version, 13, SegmentLeaderEpochEntry::decode)?,
            segment_size_in_bytes: r.int32()?,
            custom_metadata: r.nullable_bytes(true)?,
            remote_log_segment_state: r.int8()?,
            txn_index_empty: false,
        };
        let mut tags = r.tags(0b1)?;
        while tags.next(r)?.is_some() {
            out.txn_index_empty = r.boolean()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "RemoteLogSegmentMetadataSnapshotRecord", version });
        }
        s.uuid(self.segment_id);
        s.int64(self.start_offset);
        s.int64(self.end_offset);
        s.int32(self.broker_id);
        s.int64(self.max_timestamp_ms);
        s.int64(self.event_timestamp_ms);
        writer::array(s, true, &self.segment_leader_epochs, version, SegmentLeaderEpochEntry::encode)?;
        s.int32(self.segment_size_in_bytes);
        s.nullable_bytes(true, self.custom_metadata.as_ref())?;
        s.int8(self.remote_log_segment_state);
        let tag0 = self.txn_index_empty;
        s.uvarint(u32::from(tag0));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.boolean(self.txn_index_empty);
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// `SegmentLeaderEpochEntry` in `RemoteLogSegmentMetadataSnapshotRecord`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SegmentLeaderEpochEntry {
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `Offset` int64.
    pub offset: i64,
}

impl SegmentLeaderEpochEntry {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            leader_epoch: r.int32()?,
            offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.leader_epoch);
        s.int64(self.offset);
        s.uvarint(0);
        Ok(())
    }
}

impl Message for RemoteLogSegmentMetadataSnapshotRecord {
    const NAME: &'static str = "RemoteLogSegmentMetadataSnapshotRecord";
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
