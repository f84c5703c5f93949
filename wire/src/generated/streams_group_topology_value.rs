//! `StreamsGroupTopologyValue`: coordinator-value, key 23, versions 0, flexible 0+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `StreamsGroupTopologyValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StreamsGroupTopologyValue {
    /// `Epoch` int32.
    pub epoch: i32,
    /// `Subtopologies` array of Subtopology.
    pub subtopologies: Vec<Subtopology>,
}

impl StreamsGroupTopologyValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 0)?;
        let out = Self {
            epoch: r.int32()?,
            subtopologies: r.array(true, version, 8, Subtopology::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=0).contains(&version) {
            return Err(EncodeError::Version { message: "StreamsGroupTopologyValue", version });
        }
        s.int32(self.epoch);
        writer::array(s, true, &self.subtopologies, version, Subtopology::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `Subtopology` in `StreamsGroupTopologyValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Subtopology {
    /// `SubtopologyId` string.
    pub subtopology_id: String,
    /// `SourceTopics` array of string.
    pub source_topics: Vec<String>,
    /// `SourceTopicRegex` array of string.
    pub source_topic_regex: Vec<String>,
    /// `StateChangelogTopics` array of TopicInfo.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// `RepartitionSinkTopics` array of string.
    pub repartition_sink_topics: Vec<String>,
    /// `RepartitionSourceTopics` array of TopicInfo.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// `CopartitionGroups` array of CopartitionGroup.
    pub copartition_groups: Vec<CopartitionGroup>,
}

impl Subtopology {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            subtopology_id: r.string(true)?,
            source_topics: r.array(true, version, 1, |r, _| r.string(true))?,
            source_topic_regex: r.array(true, version, 1, |r, _| r.string(true))?,
            state_changelog_topics: r.array(true, version, 9, TopicInfo::decode)?,
            repartition_sink_topics: r.array(true, version, 1, |r, _| r.string(true))?,
            repartition_source_topics: r.array(true, version, 9, TopicInfo::decode)?,
            copartition_groups: r.array(true, version, 4, CopartitionGroup::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.subtopology_id)?;
        writer::array(s, true, &self.source_topics, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.source_topic_regex, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.state_changelog_topics, version, TopicInfo::encode)?;
        writer::array(s, true, &self.repartition_sink_topics, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.repartition_source_topics, version, TopicInfo::encode)?;
        writer::array(s, true, &self.copartition_groups, version, CopartitionGroup::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `CopartitionGroup` in `StreamsGroupTopologyValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CopartitionGroup {
    /// `SourceTopics` array of int16.
    pub source_topics: Vec<i16>,
    /// `SourceTopicRegex` array of int16.
    pub source_topic_regex: Vec<i16>,
    /// `RepartitionSourceTopics` array of int16.
    pub repartition_source_topics: Vec<i16>,
}

impl CopartitionGroup {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            source_topics: r.array(true, version, 2, |r, _| r.int16())?,
            source_topic_regex: r.array(true, version, 2, |r, _| r.int16())?,
            repartition_source_topics: r.array(true, version, 2, |r, _| r.int16())?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        writer::array(s, true, &self.source_topics, version, |e, s, _| { s.int16(*e); Ok(()) })?;
        writer::array(s, true, &self.source_topic_regex, version, |e, s, _| { s.int16(*e); Ok(()) })?;
        writer::array(s, true, &self.repartition_source_topics, version, |e, s, _| { s.int16(*e); Ok(()) })?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicConfig` in `StreamsGroupTopologyValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicConfig {
    /// `key` string.
    pub key: String,
    /// `value` string.
    pub value: String,
}

impl TopicConfig {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            key: r.string(true)?,
            value: r.string(true)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, _version: i16) -> Encoded {
        s.string(true, &self.key)?;
        s.string(true, &self.value)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `TopicInfo` in `StreamsGroupTopologyValue`, versions 0.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TopicInfo {
    /// `Name` string.
    pub name: String,
    /// `Partitions` int32.
    pub partitions: i32,
    /// `ReplicationFactor` int16.
    pub replication_factor: i16,
    /// `TopicConfigs` array of TopicConfig.
    pub topic_configs: Vec<TopicConfig>,
}

impl TopicInfo {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            name: r.string(true)?,
            partitions: r.int32()?,
            replication_factor: r.int16()?,
            topic_configs: r.array(true, version, 3, TopicConfig::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.name)?;
        s.int32(self.partitions);
        s.int16(self.replication_factor);
        writer::array(s, true, &self.topic_configs, version, TopicConfig::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

impl Message for StreamsGroupTopologyValue {
    const NAME: &'static str = "StreamsGroupTopologyValue";
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
