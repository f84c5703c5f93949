//! `WriteTxnMarkersRequest`: request, key 27, versions 1-2, flexible 1+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `WriteTxnMarkersRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WriteTxnMarkersRequest {
    /// `Markers` array of WritableTxnMarker.
    pub markers: Vec<WritableTxnMarker>,
}

impl WriteTxnMarkersRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            markers: r.array(true, version, if version <= 1 { 17 } else { 18 }, WritableTxnMarker::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(1..=2).contains(&version) {
            return Err(EncodeError::Version { message: "WriteTxnMarkersRequest", version });
        }
        writer::array(s, true, &self.markers, version, WritableTxnMarker::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `WritableTxnMarker` in `WriteTxnMarkersRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WritableTxnMarker {
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `TransactionResult` bool.
    pub transaction_result: bool,
    /// `Topics` array of WritableTxnMarkerTopic.
    pub topics: Vec<WritableTxnMarkerTopic>,
    /// `CoordinatorEpoch` int32.
    pub coordinator_epoch: i32,
    /// `TransactionVersion` int8, versions 2.
    pub transaction_version: i8,
}

impl WritableTxnMarker {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            transaction_result: r.boolean()?,
            topics: r.array(true, version, 3, WritableTxnMarkerTopic::decode)?,
            coordinator_epoch: r.int32()?,
            transaction_version: if version == 2 { r.int8()? } else { 0 },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        s.boolean(self.transaction_result);
        writer::array(s, true, &self.topics, version, WritableTxnMarkerTopic::encode)?;
        s.int32(self.coordinator_epoch);
        if version == 2 {
            s.int8(self.transaction_version);
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `WritableTxnMarkerTopic` in `WriteTxnMarkersRequest`, versions 1-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WritableTxnMarkerTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `PartitionIndexes` array of int32.
    pub partition_indexes: Vec<i32>,
}

impl WritableTxnMarkerTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partition_indexes: r.array(true, version, 4, |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        writer::array(s, true, &self.partition_indexes, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `WriteTxnMarkersRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct WriteTxnMarkersRequestView<'a> {
    pub markers: ArrayView<'a, WritableTxnMarkerView<'a>>,
}

impl<'a> View<'a> for WriteTxnMarkersRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 1, 2)?;
        let out = Self {
            markers: r.array_view(true, version, (if version <= 1 { 17 } else { 18 }, size_of::<WritableTxnMarker>()), WritableTxnMarkerView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `WritableTxnMarker`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct WritableTxnMarkerView<'a> {
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub transaction_result: bool,
    pub topics: ArrayView<'a, WritableTxnMarkerTopicView<'a>>,
    pub coordinator_epoch: i32,
    pub transaction_version: i8,
}

impl<'a> View<'a> for WritableTxnMarkerView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            transaction_result: r.boolean()?,
            topics: r.array_view(true, version, (3, size_of::<WritableTxnMarkerTopic>()), WritableTxnMarkerTopicView::read)?,
            coordinator_epoch: r.int32()?,
            transaction_version: if version == 2 { r.int8()? } else { 0 },
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `WritableTxnMarkerTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct WritableTxnMarkerTopicView<'a> {
    pub name: &'a str,
    pub partition_indexes: ArrayView<'a, i32>,
}

impl<'a> View<'a> for WritableTxnMarkerTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.text(true)?,
            partition_indexes: r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for WriteTxnMarkersRequest {
    const NAME: &'static str = "WriteTxnMarkersRequest";
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

impl crate::message::Request for WriteTxnMarkersRequest {
    const API: ApiKey = ApiKey::WriteTxnMarkers;
    type Response = super::WriteTxnMarkersResponse;
    type View<'a> = WriteTxnMarkersRequestView<'a>;
}
