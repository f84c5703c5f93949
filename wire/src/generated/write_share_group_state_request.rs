//! `WriteShareGroupStateRequest`: request, key 85, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `WriteShareGroupStateRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WriteShareGroupStateRequest {
    /// `GroupId` string.
    pub group_id: String,
    /// `Topics` array of WriteStateData.
    pub topics: Vec<WriteStateData>,
}

impl WriteShareGroupStateRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, 18, WriteStateData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "WriteShareGroupStateRequest", version });
        }
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, WriteStateData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `WriteStateData` in `WriteShareGroupStateRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WriteStateData {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl WriteStateData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, if version <= 0 { 22 } else { 26 }, PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uuid(self.topic_id);
        writer::array(s, true, &self.partitions, version, PartitionData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `PartitionData` in `WriteShareGroupStateRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct PartitionData {
    /// `Partition` int32.
    pub partition: i32,
    /// `StateEpoch` int32.
    pub state_epoch: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
    /// `DeliveryCompleteCount` int32, versions 1, default -1.
    pub delivery_complete_count: i32,
    /// `StateBatches` array of StateBatch.
    pub state_batches: Vec<StateBatch>,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition: 0,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
        }
    }
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            state_epoch: r.int32()?,
            leader_epoch: r.int32()?,
            start_offset: r.int64()?,
            delivery_complete_count: if version == 1 { r.int32()? } else { -1 },
            state_batches: r.array(true, version, 20, StateBatch::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition);
        s.int32(self.state_epoch);
        s.int32(self.leader_epoch);
        s.int64(self.start_offset);
        if version == 1 {
            s.int32(self.delivery_complete_count);
        }
        writer::array(s, true, &self.state_batches, version, StateBatch::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `StateBatch` in `WriteShareGroupStateRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StateBatch {
    /// `FirstOffset` int64.
    pub first_offset: i64,
    /// `LastOffset` int64.
    pub last_offset: i64,
    /// `DeliveryState` int8.
    pub delivery_state: i8,
    /// `DeliveryCount` int16.
    pub delivery_count: i16,
}

impl StateBatch {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            first_offset: r.int64()?,
            last_offset: r.int64()?,
            delivery_state: r.int8()?,
            delivery_count: r.int16()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int64(self.first_offset);
        s.int64(self.last_offset);
        s.int8(self.delivery_state);
        s.int16(self.delivery_count);
        s.uvarint(0);
        Ok(())
    }
}

/// `WriteShareGroupStateRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct WriteShareGroupStateRequestView<'a> {
    pub group_id: &'a str,
    pub topics: ArrayView<'a, WriteStateDataView<'a>>,
}

impl<'a> View<'a> for WriteShareGroupStateRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_id: r.text(true)?,
            topics: r.array_view(true, version, (18, size_of::<WriteStateData>()), WriteStateDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `WriteStateData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct WriteStateDataView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, PartitionDataView<'a>>,
}

impl<'a> View<'a> for WriteStateDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (if version <= 0 { 22 } else { 26 }, size_of::<PartitionData>()), PartitionDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `PartitionData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PartitionDataView<'a> {
    pub partition: i32,
    pub state_epoch: i32,
    pub leader_epoch: i32,
    pub start_offset: i64,
    pub delivery_complete_count: i32,
    pub state_batches: ArrayView<'a, StateBatch>,
}

impl<'a> View<'a> for PartitionDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            state_epoch: r.int32()?,
            leader_epoch: r.int32()?,
            start_offset: r.int64()?,
            delivery_complete_count: if version == 1 { r.int32()? } else { -1 },
            state_batches: r.array_view(true, version, (20, size_of::<StateBatch>()), StateBatch::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for WriteShareGroupStateRequest {
    const NAME: &'static str = "WriteShareGroupStateRequest";
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

impl crate::message::Request for WriteShareGroupStateRequest {
    const API: ApiKey = ApiKey::WriteShareGroupState;
    type Response = super::WriteShareGroupStateResponse;
    type View<'a> = WriteShareGroupStateRequestView<'a>;
}
