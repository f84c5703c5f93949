//! `ElectLeadersRequest`: request, key 43, versions 0-2, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ElectLeadersRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct ElectLeadersRequest {
    /// `ElectionType` int8, versions 1-2.
    pub election_type: i8,
    /// `TopicPartitions` array of TopicPartitions, default Some(Vec::new()).
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// `TimeoutMs` int32, default 60000.
    pub timeout_ms: i32,
}

impl Default for ElectLeadersRequest {
    fn default() -> Self {
        Self {
            election_type: 0,
            topic_partitions: Some(Vec::new()),
            timeout_ms: 60000,
        }
    }
}

impl ElectLeadersRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            election_type: if version >= 1 { r.int8()? } else { 0 },
            topic_partitions: r.nullable_array(flexible, version, if version <= 1 { 6 } else { 3 }, TopicPartitions::decode)?,
            timeout_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ElectLeadersRequest", version });
        }
        let flexible = version == 2;
        if version >= 1 {
            s.int8(self.election_type);
        } else {
            writer::absent(self.election_type != 0, "ElectLeadersRequest.ElectionType", version)?;
        }
        writer::nullable_array(s, flexible, self.topic_partitions.as_deref(), version, TopicPartitions::encode)?;
        s.int32(self.timeout_ms);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `TopicPartitions` in `ElectLeadersRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicPartitions {
    /// `Topic` string, a topicName.
    pub topic: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            topic: r.string(flexible)?,
            partitions: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 2;
        s.string(flexible, &self.topic)?;
        writer::array(s, flexible, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `ElectLeadersRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ElectLeadersRequestView<'a> {
    pub election_type: i8,
    pub topic_partitions: Option<ArrayView<'a, TopicPartitionsView<'a>>>,
    pub timeout_ms: i32,
}

impl<'a> View<'a> for ElectLeadersRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let flexible = version == 2;
        let out = Self {
            election_type: if version >= 1 { r.int8()? } else { 0 },
            topic_partitions: r.nullable_array_view(flexible, version, (if version <= 1 { 6 } else { 3 }, size_of::<TopicPartitions>()), TopicPartitionsView::read)?,
            timeout_ms: r.int32()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `TopicPartitions`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct TopicPartitionsView<'a> {
    pub topic: &'a str,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for TopicPartitionsView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 2;
        let out = Self {
            topic: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for ElectLeadersRequest {
    const NAME: &'static str = "ElectLeadersRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ElectLeadersRequest {
    const API: ApiKey = ApiKey::ElectLeaders;
    type Response = super::ElectLeadersResponse;
    type View<'a> = ElectLeadersRequestView<'a>;
}
