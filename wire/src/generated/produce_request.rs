//! `ProduceRequest`: request, key 0, versions 3-13, flexible 9+. Generated; not to be edited.

use bytes::Bytes;

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ProduceRequest`, versions 3-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ProduceRequest {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: Option<String>,
    /// `Acks` int16.
    pub acks: i16,
    /// `TimeoutMs` int32.
    pub timeout_ms: i32,
    /// `TopicData` array of TopicProduceData.
    pub topic_data: Vec<TopicProduceData>,
}

impl ProduceRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 3, 13)?;
        let flexible = version >= 9;
        let out = Self {
            transactional_id: r.nullable_string(flexible)?,
            acks: r.int16()?,
            timeout_ms: r.int32()?,
            topic_data: r.array(flexible, version, if version <= 8 { 6 } else if version <= 12 { 3 } else { 18 }, TopicProduceData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(3..=13).contains(&version) {
            return Err(EncodeError::Version { message: "ProduceRequest", version });
        }
        let flexible = version >= 9;
        s.nullable_string(flexible, self.transactional_id.as_deref())?;
        s.int16(self.acks);
        s.int32(self.timeout_ms);
        writer::array(s, flexible, &self.topic_data, version, TopicProduceData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TopicProduceData` in `ProduceRequest`, versions 3-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicProduceData {
    /// `Name` string, a topicName, versions 3-12.
    pub name: String,
    /// `TopicId` uuid, versions 13.
    pub topic_id: Uuid,
    /// `PartitionData` array of PartitionProduceData.
    pub partition_data: Vec<PartitionProduceData>,
}

impl TopicProduceData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            name: if version <= 12 { r.string(flexible)? } else { String::new() },
            topic_id: if version == 13 { r.uuid()? } else { Uuid::ZERO },
            partition_data: r.array(flexible, version, if version <= 8 { 8 } else { 6 }, PartitionProduceData::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        if version <= 12 {
            s.string(flexible, &self.name)?;
        }
        if version == 13 {
            s.uuid(self.topic_id);
        }
        writer::array(s, flexible, &self.partition_data, version, PartitionProduceData::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `PartitionProduceData` in `ProduceRequest`, versions 3-13.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionProduceData {
    /// `Index` int32.
    pub index: i32,
    /// `Records` records.
    pub records: Option<Bytes>,
}

impl PartitionProduceData {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            index: r.int32()?,
            records: r.nullable_bytes(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 9;
        s.int32(self.index);
        s.nullable_bytes(flexible, self.records.as_ref())?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ProduceRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ProduceRequestView<'a> {
    pub transactional_id: Option<&'a str>,
    pub acks: i16,
    pub timeout_ms: i32,
    pub topic_data: ArrayView<'a, TopicProduceDataView<'a>>,
}

impl<'a> View<'a> for ProduceRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 3, 13)?;
        let flexible = version >= 9;
        let out = Self {
            transactional_id: r.nullable_text(flexible)?,
            acks: r.int16()?,
            timeout_ms: r.int32()?,
            topic_data: r.array_view(flexible, version, (if version <= 8 { 6 } else if version <= 12 { 3 } else { 18 }, size_of::<TopicProduceData>()), TopicProduceDataView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `TopicProduceData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicProduceDataView<'a> {
    pub name: &'a str,
    pub topic_id: Uuid,
    pub partition_data: ArrayView<'a, PartitionProduceDataView<'a>>,
}

impl<'a> View<'a> for TopicProduceDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            name: if version <= 12 { r.text(flexible)? } else { "" },
            topic_id: if version == 13 { r.uuid()? } else { Uuid::ZERO },
            partition_data: r.array_view(flexible, version, (if version <= 8 { 8 } else { 6 }, size_of::<PartitionProduceData>()), PartitionProduceDataView::read)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `PartitionProduceData`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PartitionProduceDataView<'a> {
    pub index: i32,
    pub records: Option<&'a [u8]>,
}

impl<'a> View<'a> for PartitionProduceDataView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let out = Self {
            index: r.int32()?,
            records: r.nullable_slice(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for ProduceRequest {
    const NAME: &'static str = "ProduceRequest";
    const MIN: i16 = 3;
    const MAX: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ProduceRequest {
    const API: ApiKey = ApiKey::Produce;
    type Response = super::ProduceResponse;
    type View<'a> = ProduceRequestView<'a>;
}
