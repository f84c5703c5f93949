//! `FetchRequest`: request, key 1, versions 4-18, flexible 12+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `FetchRequest`, versions 4-18.
#[derive(Clone, PartialEq, Debug)]
pub struct FetchRequest {
    /// `ClusterId` string, versions 12-18, tag 0.
    pub cluster_id: Option<String>,
    /// `ReplicaId` int32, a brokerId, versions 4-14, default -1.
    pub replica_id: i32,
    /// `ReplicaState` ReplicaState, versions 15-18, tag 1.
    pub replica_state: ReplicaState,
    /// `MaxWaitMs` int32.
    pub max_wait_ms: i32,
    /// `MinBytes` int32.
    pub min_bytes: i32,
    /// `MaxBytes` int32, default i32::MAX.
    pub max_bytes: i32,
    /// `IsolationLevel` int8.
    pub isolation_level: i8,
    /// `SessionId` int32, versions 7-18.
    pub session_id: i32,
    /// `SessionEpoch` int32, versions 7-18, default -1.
    pub session_epoch: i32,
    /// `Topics` array of FetchTopic.
    pub topics: Vec<FetchTopic>,
    /// `ForgottenTopicsData` array of ForgottenTopic, versions 7-18.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// `RackId` string, versions 11-18.
    pub rack_id: String,
}

impl Default for FetchRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: String::new(),
        }
    }
}

impl FetchRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 4, 18)?;
        let flexible = version >= 12;
        let mut out = Self {
            cluster_id: None,
            replica_id: if version <= 14 { r.int32()? } else { -1 },
            replica_state: ReplicaState::default(),
            max_wait_ms: r.int32()?,
            min_bytes: r.int32()?,
            max_bytes: r.int32()?,
            isolation_level: r.int8()?,
            session_id: if version >= 7 { r.int32()? } else { 0 },
            session_epoch: if version >= 7 { r.int32()? } else { -1 },
            topics: r.array(flexible, version, if version <= 11 { 6 } else if version <= 12 { 3 } else { 18 }, FetchTopic::decode)?,
            forgotten_topics_data: if version >= 7 { r.array(flexible, version, if version <= 11 { 6 } else if version <= 12 { 3 } else { 18 }, ForgottenTopic::decode)? } else { Vec::new() },
            rack_id: if version >= 11 { r.string(flexible)? } else { String::new() },
        };
        if flexible {
            let mut tags = r.tags(0b1 | if version >= 15 { 0b10 } else { 0 })?;
            while let Some(tag) = tags.next(r)? {
                match tag {
                    0 => out.cluster_id = r.nullable_string(flexible)?,
                    1 => out.replica_state = ReplicaState::decode(r, version)?,
                    _ => {}
                }
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(4..=18).contains(&version) {
            return Err(EncodeError::Version { message: "FetchRequest", version });
        }
        let flexible = version >= 12;
        if version <= 14 {
            s.int32(self.replica_id);
        } else {
            writer::absent(self.replica_id != -1, "FetchRequest.ReplicaId", version)?;
        }
        s.int32(self.max_wait_ms);
        s.int32(self.min_bytes);
        s.int32(self.max_bytes);
        s.int8(self.isolation_level);
        if version >= 7 {
            s.int32(self.session_id);
        }
        if version >= 7 {
            s.int32(self.session_epoch);
        }
        writer::array(s, flexible, &self.topics, version, FetchTopic::encode)?;
        if version >= 7 {
            writer::array(s, flexible, &self.forgotten_topics_data, version, ForgottenTopic::encode)?;
        } else {
            writer::absent(!self.forgotten_topics_data.is_empty(), "FetchRequest.ForgottenTopicsData", version)?;
        }
        if version >= 11 {
            s.string(flexible, &self.rack_id)?;
        }
        if version < 15 {
            writer::absent(self.replica_state != ReplicaState::default(), "FetchRequest.ReplicaState", version)?;
        }
        if flexible {
            let tag0 = self.cluster_id.is_some();
            let tag1 = version >= 15 && self.replica_state != ReplicaState::default();
            s.uvarint(u32::from(tag0) + u32::from(tag1));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    s.nullable_string(flexible, self.cluster_id.as_deref())?;
                    Ok(())
                })?;
            }
            if tag1 {
                writer::tagged(s, 1, &|s| {
                    self.replica_state.encode(s, version)?;
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `ReplicaState` in `FetchRequest`, versions 15-18.
#[derive(Clone, PartialEq, Debug)]
pub struct ReplicaState {
    /// `ReplicaId` int32, a brokerId, default -1.
    pub replica_id: i32,
    /// `ReplicaEpoch` int64, default -1.
    pub replica_epoch: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: -1,
            replica_epoch: -1,
        }
    }
}

impl ReplicaState {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            replica_id: r.int32()?,
            replica_epoch: r.int64()?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.int32(self.replica_id);
        s.int64(self.replica_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// `FetchTopic` in `FetchRequest`, versions 4-18.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchTopic {
    /// `Topic` string, a topicName, versions 4-12.
    pub topic: String,
    /// `TopicId` uuid, versions 13-18.
    pub topic_id: Uuid,
    /// `Partitions` array of FetchPartition.
    pub partitions: Vec<FetchPartition>,
}

impl FetchTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let out = Self {
            topic: if version <= 12 { r.string(flexible)? } else { String::new() },
            topic_id: if version >= 13 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array(flexible, version, if version <= 4 { 16 } else if version <= 8 { 24 } else if version <= 11 { 28 } else { 33 }, FetchPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 12;
        if version <= 12 {
            s.string(flexible, &self.topic)?;
        }
        if version >= 13 {
            s.uuid(self.topic_id);
        }
        writer::array(s, flexible, &self.partitions, version, FetchPartition::encode)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `FetchPartition` in `FetchRequest`, versions 4-18.
#[derive(Clone, PartialEq, Debug)]
pub struct FetchPartition {
    /// `Partition` int32.
    pub partition: i32,
    /// `CurrentLeaderEpoch` int32, versions 9-18, default -1.
    pub current_leader_epoch: i32,
    /// `FetchOffset` int64.
    pub fetch_offset: i64,
    /// `LastFetchedEpoch` int32, versions 12-18, default -1.
    pub last_fetched_epoch: i32,
    /// `LogStartOffset` int64, versions 5-18, default -1.
    pub log_start_offset: i64,
    /// `PartitionMaxBytes` int32.
    pub partition_max_bytes: i32,
    /// `ReplicaDirectoryId` uuid, versions 17-18, tag 0.
    pub replica_directory_id: Uuid,
    /// `HighWatermark` int64, versions 18, tag 1, default i64::MAX.
    pub high_watermark: i64,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
        }
    }
}

impl FetchPartition {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut out = Self {
            partition: r.int32()?,
            current_leader_epoch: if version >= 9 { r.int32()? } else { -1 },
            fetch_offset: r.int64()?,
            last_fetched_epoch: if version >= 12 { r.int32()? } else { -1 },
            log_start_offset: if version >= 5 { r.int64()? } else { -1 },
            partition_max_bytes: r.int32()?,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
        };
        if flexible {
            let mut tags = r.tags(if version >= 17 { 0b1 } else { 0 } | if version == 18 { 0b10 } else { 0 })?;
            while let Some(tag) = tags.next(r)? {
                match tag {
                    0 => out.replica_directory_id = r.uuid()?,
                    1 => out.high_watermark = r.int64()?,
                    _ => {}
                }
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 12;
        s.int32(self.partition);
        if version >= 9 {
            s.int32(self.current_leader_epoch);
        }
        s.int64(self.fetch_offset);
        if version >= 12 {
            s.int32(self.last_fetched_epoch);
        } else {
            writer::absent(self.last_fetched_epoch != -1, "FetchPartition.LastFetchedEpoch", version)?;
        }
        if version >= 5 {
            s.int64(self.log_start_offset);
        }
        s.int32(self.partition_max_bytes);
        if flexible {
            let tag0 = version >= 17 && !self.replica_directory_id.is_zero();
            let tag1 = version == 18 && self.high_watermark != i64::MAX;
            s.uvarint(u32::from(tag0) + u32::from(tag1));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    s.uuid(self.replica_directory_id);
                    Ok(())
                })?;
            }
            if tag1 {
                writer::tagged(s, 1, &|s| {
                    s.int64(self.high_watermark);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `ForgottenTopic` in `FetchRequest`, versions 7-18.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ForgottenTopic {
    /// `Topic` string, a topicName, versions 7-12.
    pub topic: String,
    /// `TopicId` uuid, versions 13-18.
    pub topic_id: Uuid,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl ForgottenTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let out = Self {
            topic: if version <= 12 { r.string(flexible)? } else { String::new() },
            topic_id: if version >= 13 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 12;
        if version <= 12 {
            s.string(flexible, &self.topic)?;
        }
        if version >= 13 {
            s.uuid(self.topic_id);
        }
        writer::array(s, flexible, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `FetchRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FetchRequestView<'a> {
    pub cluster_id: Option<&'a str>,
    pub replica_id: i32,
    pub replica_state: ReplicaState,
    pub max_wait_ms: i32,
    pub min_bytes: i32,
    pub max_bytes: i32,
    pub isolation_level: i8,
    pub session_id: i32,
    pub session_epoch: i32,
    pub topics: ArrayView<'a, FetchTopicView<'a>>,
    pub forgotten_topics_data: ArrayView<'a, ForgottenTopicView<'a>>,
    pub rack_id: &'a str,
}

impl<'a> View<'a> for FetchRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 4, 18)?;
        let flexible = version >= 12;
        let mut out = Self {
            cluster_id: None,
            replica_id: if version <= 14 { r.int32()? } else { -1 },
            replica_state: ReplicaState::default(),
            max_wait_ms: r.int32()?,
            min_bytes: r.int32()?,
            max_bytes: r.int32()?,
            isolation_level: r.int8()?,
            session_id: if version >= 7 { r.int32()? } else { 0 },
            session_epoch: if version >= 7 { r.int32()? } else { -1 },
            topics: r.array_view(flexible, version, (if version <= 11 { 6 } else if version <= 12 { 3 } else { 18 }, size_of::<FetchTopic>()), FetchTopicView::read)?,
            forgotten_topics_data: if version >= 7 { r.array_view(flexible, version, (if version <= 11 { 6 } else if version <= 12 { 3 } else { 18 }, size_of::<ForgottenTopic>()), ForgottenTopicView::read)? } else { ArrayView::default() },
            rack_id: if version >= 11 { r.text(flexible)? } else { "" },
        };
        if flexible {
            let mut tags = r.tags(0b1 | if version >= 15 { 0b10 } else { 0 })?;
            while let Some(tag) = tags.next(r)? {
                match tag {
                    0 => out.cluster_id = r.nullable_text(flexible)?,
                    1 => out.replica_state = ReplicaState::decode(r, version)?,
                    _ => {}
                }
            }
        }
        Ok(out)
    }
}

/// `FetchTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct FetchTopicView<'a> {
    pub topic: &'a str,
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, FetchPartition>,
}

impl<'a> View<'a> for FetchTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let out = Self {
            topic: if version <= 12 { r.text(flexible)? } else { "" },
            topic_id: if version >= 13 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array_view(flexible, version, (if version <= 4 { 16 } else if version <= 8 { 24 } else if version <= 11 { 28 } else { 33 }, size_of::<FetchPartition>()), FetchPartition::decode)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `ForgottenTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ForgottenTopicView<'a> {
    pub topic: &'a str,
    pub topic_id: Uuid,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for ForgottenTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let out = Self {
            topic: if version <= 12 { r.text(flexible)? } else { "" },
            topic_id: if version >= 13 { r.uuid()? } else { Uuid::ZERO },
            partitions: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for FetchRequest {
    const NAME: &'static str = "FetchRequest";
    const MIN: i16 = 4;
    const MAX: i16 = 18;
    const FLEXIBLE_FROM: i16 = 12;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for FetchRequest {
    const API: ApiKey = ApiKey::Fetch;
    type Response = super::FetchResponse;
    type View<'a> = FetchRequestView<'a>;
}
