//! `InitializeShareGroupStateRequest`: request, key 83, versions 0, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `InitializeShareGroupStateRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InitializeShareGroupStateRequest {
    /// `GroupId` string.
    pub group_id: String,
    /// `Topics` array of InitializeStateData.
    pub topics: Vec<InitializeStateData>,
}

impl InitializeShareGroupStateRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.string(true)?,
            topics: r.array(true, version, 18, InitializeStateData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "InitializeShareGroupStateRequest", version });
        }
        s.string(true, &self.group_id)?;
        writer::array(s, true, &self.topics, version, InitializeStateData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `InitializeStateData` in `InitializeShareGroupStateRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct InitializeStateData {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl InitializeStateData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 17, PartitionData::decode)?,
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

/// `PartitionData` in `InitializeShareGroupStateRequest`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `Partition` int32.
    pub partition: i32,
    /// `StateEpoch` int32.
    pub state_epoch: i32,
    /// `StartOffset` int64.
    pub start_offset: i64,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition: r.int32()?,
            state_epoch: r.int32()?,
            start_offset: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.partition);
        s.int32(self.state_epoch);
        s.int64(self.start_offset);
        s.uvarint(0);
        Ok(())
    }
}

/// `InitializeShareGroupStateRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct InitializeShareGroupStateRequestView<'a> {
    pub group_id: &'a str,
    pub topics: ArrayView<'a, InitializeStateDataView<'a>>,
}

impl<'a> View<'a> for InitializeShareGroupStateRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            group_id: r.text(true)?,
            topics: r.array_view(true, version, (18, size_of::<InitializeStateData>()), InitializeStateDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `InitializeStateData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct InitializeStateDataView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, PartitionData>,
}

impl<'a> View<'a> for InitializeStateDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (17, size_of::<PartitionData>()), PartitionData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for InitializeShareGroupStateRequest {
    const NAME: &'static str = "InitializeShareGroupStateRequest";
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

impl crate::message::Request for InitializeShareGroupStateRequest {
    const API: ApiKey = ApiKey::InitializeShareGroupState;
    type Response = super::InitializeShareGroupStateResponse;
    type View<'a> = InitializeShareGroupStateRequestView<'a>;
}
