//! `ReadShareGroupStateSummaryRequest`: request, key 87, versions 0-1, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ReadShareGroupStateSummaryRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadShareGroupStateSummaryRequest {
    /// `GroupId` string.
    pub group_id: String,
    /// `Topics` array of ReadStateSummaryData.
    pub topics: Vec<ReadStateSummaryData>,
}

impl ReadShareGroupStateSummaryRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, 18, ReadStateSummaryData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "ReadShareGroupStateSummaryRequest", version });
        }
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, ReadStateSummaryData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `ReadStateSummaryData` in `ReadShareGroupStateSummaryRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ReadStateSummaryData {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl ReadStateSummaryData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 9, PartitionData::decode)?,
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

/// `PartitionData` in `ReadShareGroupStateSummaryRequest`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `Partition` int32.
    pub partition: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            leader_epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition);
        s.int32(self.leader_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `ReadShareGroupStateSummaryRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ReadShareGroupStateSummaryRequestView<'a> {
    pub group_id: &'a str,
    pub topics: ArrayView<'a, ReadStateSummaryDataView<'a>>,
}

impl<'a> View<'a> for ReadShareGroupStateSummaryRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let out = Self {
            group_id: r.text(true)?,
            topics: r.array_view(true, version, (18, size_of::<ReadStateSummaryData>()), ReadStateSummaryDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `ReadStateSummaryData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ReadStateSummaryDataView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, PartitionData>,
}

impl<'a> View<'a> for ReadStateSummaryDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (9, size_of::<PartitionData>()), PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ReadShareGroupStateSummaryRequest {
    const NAME: &'static str = "ReadShareGroupStateSummaryRequest";
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

impl crate::message::Request for ReadShareGroupStateSummaryRequest {
    const API: ApiKey = ApiKey::ReadShareGroupStateSummary;
    type Response = super::ReadShareGroupStateSummaryResponse;
    type View<'a> = ReadShareGroupStateSummaryRequestView<'a>;
}
