//! `AlterPartitionRequest`: request, key 56, versions 2-3, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AlterPartitionRequest`, versions 2-3.
#[derive(Clone, PartialEq, Debug)]
pub struct AlterPartitionRequest {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64, default -1.
    pub broker_epoch: i64,
    /// `Topics` array of TopicData.
    pub topics: Vec<TopicData>,
}

impl Default for AlterPartitionRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            topics: Vec::new(),
        }
    }
}

impl AlterPartitionRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 3)?;
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            topics: r.array(true, version, 18, TopicData::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(2..=3).contains(&version) {
            return Err(EncodeError::Version { message: "AlterPartitionRequest", version });
        }
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        writer::array(s, true, &self.topics, version, TopicData::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicData` in `AlterPartitionRequest`, versions 2-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicData {
    /// `TopicId` uuid.
    pub topic_id: Uuid,
    /// `Partitions` array of PartitionData.
    pub partitions: Vec<PartitionData>,
}

impl TopicData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array(true, version, 15, PartitionData::decode)?,
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

/// `PartitionData` in `AlterPartitionRequest`, versions 2-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionData {
    /// `PartitionIndex` int32.
    pub partition_index: i32,
    /// `LeaderEpoch` int32.
    pub leader_epoch: i32,
    /// `NewIsr` array of int32, a brokerId, versions 2.
    pub new_isr: Vec<i32>,
    /// `NewIsrWithEpochs` array of BrokerState, versions 3.
    pub new_isr_with_epochs: Vec<BrokerState>,
    /// `LeaderRecoveryState` int8.
    pub leader_recovery_state: i8,
    /// `PartitionEpoch` int32.
    pub partition_epoch: i32,
}

impl PartitionData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            leader_epoch: r.int32()?,
            new_isr: if version == 2 { r.array(true, version, 4, |r, _| r.int32())? } else { Vec::new() },
            new_isr_with_epochs: if version == 3 { r.array(true, version, 13, BrokerState::decode)? } else { Vec::new() },
            leader_recovery_state: r.int8()?,
            partition_epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.int32(self.partition_index);
        s.int32(self.leader_epoch);
        if version == 2 {
            writer::array(s, true, &self.new_isr, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        } else {
            writer::absent(!self.new_isr.is_empty(), "PartitionData.NewIsr", version)?;
        }
        if version == 3 {
            writer::array(s, true, &self.new_isr_with_epochs, version, BrokerState::encode)?;
        } else {
            writer::absent(!self.new_isr_with_epochs.is_empty(), "PartitionData.NewIsrWithEpochs", version)?;
        }
        s.int8(self.leader_recovery_state);
        s.int32(self.partition_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `BrokerState` in `AlterPartitionRequest`, versions 3.
#[derive(Clone, PartialEq, Debug)]
pub struct BrokerState {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64, default -1.
    pub broker_epoch: i64,
}

impl Default for BrokerState {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
        }
    }
}

impl BrokerState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `AlterPartitionRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AlterPartitionRequestView<'a> {
    pub broker_id: i32,
    pub broker_epoch: i64,
    pub topics: ArrayView<'a, TopicDataView<'a>>,
}

impl<'a> View<'a> for AlterPartitionRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 2, 3)?;
        let out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            topics: r.array_view(true, version, (18, size_of::<TopicData>()), TopicDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `TopicData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicDataView<'a> {
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, PartitionDataView<'a>>,
}

impl<'a> View<'a> for TopicDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            topic_id: r.uuid()?,
            partitions: r.array_view(true, version, (15, size_of::<PartitionData>()), PartitionDataView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `PartitionData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PartitionDataView<'a> {
    pub partition_index: i32,
    pub leader_epoch: i32,
    pub new_isr: ArrayView<'a, i32>,
    pub new_isr_with_epochs: ArrayView<'a, BrokerState>,
    pub leader_recovery_state: i8,
    pub partition_epoch: i32,
}

impl<'a> View<'a> for PartitionDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            partition_index: r.int32()?,
            leader_epoch: r.int32()?,
            new_isr: if version == 2 { r.array_view(true, version, (4, size_of::<i32>()), |r, _| r.int32())? } else { ArrayView::default() },
            new_isr_with_epochs: if version == 3 { r.array_view(true, version, (13, size_of::<BrokerState>()), BrokerState::decode)? } else { ArrayView::default() },
            leader_recovery_state: r.int8()?,
            partition_epoch: r.int32()?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for AlterPartitionRequest {
    const NAME: &'static str = "AlterPartitionRequest";
    const MIN: i16 = 2;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AlterPartitionRequest {
    const API: ApiKey = ApiKey::AlterPartition;
    type Response = super::AlterPartitionResponse;
    type View<'a> = AlterPartitionRequestView<'a>;
}
