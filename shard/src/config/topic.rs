//! The configuration of topics: Kafka's table, and the typed form that the data path reads.
//!
//! Owner: the table is constant; a `TopicConfig` belongs to one core and is shared by its partitions.
//! Invariants: the table is sorted by name; every default parses; an effective value is always valid.

use super::def::{ConfigDef, Kind, Valid, Value};

/// Every topic config of Kafka 4.3, sorted by name.
pub const TOPIC_CONFIGS: &[ConfigDef] = &[
    def("cleanup.policy", Kind::List, "delete", "What happens to old data: `delete` drops whole segments past the retention limits, `compact` keeps the newest record of each key; both may be given, an empty list keeps everything.").valid(Valid::EachOf(&["compact", "delete"])).from_broker("log.cleanup.policy"),
    def("compression.gzip.level", Kind::Int, "-1", "Level used when the broker itself compresses with gzip; -1 is the codec's own default.").valid(Valid::BetweenOr(1, 9, -1)).from_broker("compression.gzip.level"),
    def("compression.lz4.level", Kind::Int, "9", "Level used when the broker itself compresses with lz4.").valid(Valid::Between(1, 17)).from_broker("compression.lz4.level"),
    def("compression.type", Kind::Text, "producer", "Codec that batches are stored with; `producer` keeps what the producer sent.").valid(Valid::OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])).from_broker("compression.type"),
    def("compression.zstd.level", Kind::Int, "3", "Level used when the broker itself compresses with zstd.").valid(Valid::Between(-131_072, 22)).from_broker("compression.zstd.level"),
    def("delete.retention.ms", Kind::Long, "86400000", "How long a compacted topic keeps delete markers, so that a reader that starts from the beginning within this time sees them.").min(0).from_broker("log.cleaner.delete.retention.ms"),
    def("file.delete.delay.ms", Kind::Long, "60000", "How long the files of a deleted segment stay on disk.").min(0).from_broker("log.segment.delete.delay.ms"),
    def("flush.messages", Kind::Long, "9223372036854775807", "Kept for tools. Every acknowledged record is on stable storage whatever this says.").min(1).from_broker("log.flush.interval.messages"),
    def("flush.ms", Kind::Long, "9223372036854775807", "Kept for tools. Every acknowledged record is on stable storage whatever this says.").min(0).from_broker("log.flush.interval.ms"),
    def("follower.replication.throttled.replicas", Kind::List, "", "Replicas whose fetching is throttled, as partition:broker pairs, or * for all.").valid(Valid::Throttled),
    def("index.interval.bytes", Kind::Int, "4096", "Bytes of log between two entries of the offset index.").min(0).from_broker("log.index.interval.bytes"),
    def("leader.replication.throttled.replicas", Kind::List, "", "Replicas whose serving is throttled, as partition:broker pairs, or * for all.").valid(Valid::Throttled),
    def("local.retention.bytes", Kind::Long, "-2", "Bytes kept on local disk when older data is in remote storage; -2 means retention.bytes.").min(-2).from_broker("log.local.retention.bytes"),
    def("local.retention.ms", Kind::Long, "-2", "Time that data stays on local disk when it is in remote storage; -2 means retention.ms.").min(-2).from_broker("log.local.retention.ms"),
    def("max.compaction.lag.ms", Kind::Long, "9223372036854775807", "Longest time that a record of a compacted topic may stay out of compaction.").min(1).from_broker("log.cleaner.max.compaction.lag.ms"),
    def("max.message.bytes", Kind::Int, "1048588", "Largest record batch, bytes as stored.").min(0).from_broker("message.max.bytes"),
    def("message.timestamp.after.max.ms", Kind::Long, "3600000", "How far a record's timestamp may lie after the broker's clock; ignored with LogAppendTime.").min(0).from_broker("log.message.timestamp.after.max.ms"),
    def("message.timestamp.before.max.ms", Kind::Long, "9223372036854775807", "How far a record's timestamp may lie before the broker's clock; ignored with LogAppendTime.").min(0).from_broker("log.message.timestamp.before.max.ms"),
    def("message.timestamp.type", Kind::Text, "CreateTime", "Whose time a record carries: the producer's (`CreateTime`) or the broker's (`LogAppendTime`).").valid(Valid::OneOf(&["CreateTime", "LogAppendTime"])).from_broker("log.message.timestamp.type"),
    def("min.cleanable.dirty.ratio", Kind::Double, "0.5", "Share of un-compacted bytes from which a log is compacted.").valid(Valid::Ratio).from_broker("log.cleaner.min.cleanable.ratio"),
    def("min.compaction.lag.ms", Kind::Long, "0", "Shortest time that a record stays out of compaction.").min(0).from_broker("log.cleaner.min.compaction.lag.ms"),
    def("min.insync.replicas", Kind::Int, "1", "In-sync replicas needed before a write with acks=all is taken.").min(1).from_broker("min.insync.replicas"),
    def("preallocate", Kind::Boolean, "false", "Kept for tools. Segment space is always reserved ahead.").from_broker("log.preallocate"),
    def("remote.log.copy.disable", Kind::Boolean, "false", "Makes data in remote storage read-only."),
    def("remote.log.delete.on.disable", Kind::Boolean, "false", "Deletes remote data when remote storage is turned off for the topic."),
    def("remote.storage.enable", Kind::Boolean, "false", "Tiered storage for the topic; not available in this version."),
    def("retention.bytes", Kind::Long, "-1", "Largest size of a partition before old segments are deleted; -1 is no limit.").from_broker("log.retention.bytes"),
    def("retention.ms", Kind::Long, "604800000", "Age from which old segments are deleted; -1 is no limit.").min(-1).from_broker("log.retention.ms"),
    def("segment.bytes", Kind::Int, "1073741824", "Size from which a new segment is begun.").min(1_048_576).from_broker("log.segment.bytes"),
    def("segment.index.bytes", Kind::Int, "10485760", "Largest size of an index; a full index begins a new segment.").min(4).from_broker("log.index.size.max.bytes"),
    def("segment.jitter.ms", Kind::Long, "0", "Largest random time taken off segment.ms, so that segments do not roll together.").min(0).from_broker("log.roll.jitter.ms"),
    def("segment.ms", Kind::Long, "604800000", "Age from which a new segment is begun even if the current one is not full.").min(1).from_broker("log.roll.ms"),
    def("unclean.leader.election.enable", Kind::Boolean, "false", "Allows a replica that is not in sync to lead as a last resort, at the price of lost records.").from_broker("unclean.leader.election.enable"),
];

const fn def(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> ConfigDef {
    ConfigDef::new(name, kind, default, doc).dynamic()
}

/// The row of `name`. O(log n).
#[must_use]
pub fn topic_config(name: &str) -> Option<&'static ConfigDef> {
    TOPIC_CONFIGS.binary_search_by(|d| d.name.cmp(name)).ok().and_then(|i| TOPIC_CONFIGS.get(i))
}

/// Codec that a topic's batches are stored with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CompressionType {
    /// As the producer sent them.
    #[default]
    Producer,
    /// Not compressed.
    Uncompressed,
    /// gzip.
    Gzip,
    /// snappy.
    Snappy,
    /// lz4.
    Lz4,
    /// zstd.
    Zstd,
}

/// Whose time the records of a topic carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimestampType {
    /// The producer's.
    #[default]
    CreateTime,
    /// The broker's.
    LogAppendTime,
}

/// The effective, typed configuration of one topic. Times in ms, sizes in bytes; `None` is "no limit".
#[derive(Clone, PartialEq, Debug)]
pub struct TopicConfig {
    /// `cleanup.policy` contains `compact`.
    pub compact: bool,
    /// `cleanup.policy` contains `delete`.
    pub delete: bool,
    /// `compression.type`.
    pub compression_type: CompressionType,
    /// `compression.gzip.level`.
    pub gzip_level: i32,
    /// `compression.lz4.level`.
    pub lz4_level: i32,
    /// `compression.zstd.level`.
    pub zstd_level: i32,
    /// `delete.retention.ms`.
    pub delete_retention_ms: u64,
    /// `file.delete.delay.ms`.
    pub file_delete_delay_ms: u64,
    /// `index.interval.bytes`.
    pub index_interval_bytes: u32,
    /// `max.compaction.lag.ms`.
    pub max_compaction_lag_ms: u64,
    /// `max.message.bytes`.
    pub max_message_bytes: u32,
    /// `message.timestamp.after.max.ms`.
    pub timestamp_after_max_ms: u64,
    /// `message.timestamp.before.max.ms`.
    pub timestamp_before_max_ms: u64,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `min.cleanable.dirty.ratio`.
    pub min_cleanable_dirty_ratio: f64,
    /// `min.compaction.lag.ms`.
    pub min_compaction_lag_ms: u64,
    /// `min.insync.replicas`.
    pub min_insync_replicas: u32,
    /// `retention.bytes`.
    pub retention_bytes: Option<u64>,
    /// `retention.ms`.
    pub retention_ms: Option<u64>,
    /// `segment.bytes`.
    pub segment_bytes: u32,
    /// `segment.index.bytes`.
    pub segment_index_bytes: u32,
    /// `segment.jitter.ms`.
    pub segment_jitter_ms: u64,
    /// `segment.ms`.
    pub segment_ms: u64,
    /// `unclean.leader.election.enable`.
    pub unclean_leader_election: bool,
}

impl TopicConfig {
    /// Builds the typed form; `value` gives the effective value of a row.
    ///
    /// # Panics
    /// If `value` gives a value of another type than the row's: the table and this function disagree.
    #[must_use]
    pub fn from_values(value: &dyn Fn(&'static ConfigDef) -> Value) -> Self {
        let find = |name: &str| topic_config(name).expect("every name asked for below is in the table");
        let get = |name: &str| value(find(name));
        let int = |name: &str| match get(name) {
            Value::Int(n) => n,
            other => panic!("{name} is no integer: {other}"),
        };
        let u64 = |name: &str| u64::try_from(int(name)).unwrap_or(0);
        let u32 = |name: &str| u32::try_from(int(name)).unwrap_or(0);
        let i32 = |name: &str| i32::try_from(int(name)).unwrap_or(-1);
        let limit = |name: &str| u64::try_from(int(name)).ok();
        let text = |name: &str| get(name).to_string();
        let policy = text("cleanup.policy");
        Self {
            compact: policy.split(',').any(|p| p == "compact"),
            delete: policy.split(',').any(|p| p == "delete"),
            compression_type: compression(&text("compression.type")),
            gzip_level: i32("compression.gzip.level"),
            lz4_level: i32("compression.lz4.level"),
            zstd_level: i32("compression.zstd.level"),
            delete_retention_ms: u64("delete.retention.ms"),
            file_delete_delay_ms: u64("file.delete.delay.ms"),
            index_interval_bytes: u32("index.interval.bytes"),
            max_compaction_lag_ms: u64("max.compaction.lag.ms"),
            max_message_bytes: u32("max.message.bytes"),
            timestamp_after_max_ms: u64("message.timestamp.after.max.ms"),
            timestamp_before_max_ms: u64("message.timestamp.before.max.ms"),
            timestamp_type: match text("message.timestamp.type").as_str() {
                "LogAppendTime" => TimestampType::LogAppendTime,
                _ => TimestampType::CreateTime,
            },
            min_cleanable_dirty_ratio: match get("min.cleanable.dirty.ratio") {
                Value::Double(n) => n,
                other => panic!("min.cleanable.dirty.ratio is no number: {other}"),
            },
            min_compaction_lag_ms: u64("min.compaction.lag.ms"),
            min_insync_replicas: u32("min.insync.replicas"),
            retention_bytes: limit("retention.bytes"),
            retention_ms: limit("retention.ms"),
            segment_bytes: u32("segment.bytes"),
            segment_index_bytes: u32("segment.index.bytes"),
            segment_jitter_ms: u64("segment.jitter.ms"),
            segment_ms: u64("segment.ms"),
            unclean_leader_election: get("unclean.leader.election.enable") == Value::Bool(true),
        }
    }
}

fn compression(word: &str) -> CompressionType {
    match word {
        "uncompressed" => CompressionType::Uncompressed,
        "gzip" => CompressionType::Gzip,
        "snappy" => CompressionType::Snappy,
        "lz4" => CompressionType::Lz4,
        "zstd" => CompressionType::Zstd,
        _ => CompressionType::Producer,
    }
}

/// Longest value of a config, bytes, as in Kafka.
pub const VALUE_MAX: usize = 32_767;

/// Checks the overrides of a topic, as at creation. Errors: Kafka's message for the first bad one.
pub fn check_overrides<'a>(
    overrides: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<Vec<(&'static str, String)>, String> {
    let mut checked: Vec<(&'static str, String)> = Vec::new();
    for (name, raw) in overrides {
        let raw = raw.ok_or_else(|| format!("Null value not supported for topic configs: {name}"))?;
        let def = topic_config(name).ok_or_else(|| format!("Unknown topic config name: {name}"))?;
        if raw.len() > VALUE_MAX {
            return Err(format!(
                "The configuration value cannot be added because it exceeds the maximum value size of {VALUE_MAX} \
                 bytes."
            ));
        }
        let value = def.parse(raw)?;
        if name == "remote.storage.enable" && value == Value::Bool(true) {
            return Err(
                "Tiered Storage functionality is disabled in the broker. Topic cannot be configured \
                        with remote log storage."
                    .to_owned(),
            );
        }
        checked.retain(|(n, _)| *n != name);
        checked.push((def.name, raw.to_owned()));
    }
    let lag = |name: &str| {
        let set = checked.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
        set.or(topic_config(name).and_then(|d| d.default))
            .and_then(|v| v.trim().parse::<i64>().ok())
            .unwrap_or(0)
    };
    let (min, max) = (lag("min.compaction.lag.ms"), lag("max.compaction.lag.ms"));
    if min > max {
        return Err(format!(
            "conflict topic config setting min.compaction.lag.ms ({min}) > max.compaction.lag.ms ({max})"
        ));
    }
    checked.sort_by_key(|(name, _)| *name);
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_default_parses_and_prints_back() {
        assert!(TOPIC_CONFIGS.is_sorted_by_key(|d| d.name));
        assert_eq!(TOPIC_CONFIGS.len(), 33, "Kafka 4.3.1 lists 33");
        for def in TOPIC_CONFIGS {
            let default = def.default.expect("topic configs have defaults");
            assert_eq!(def.parse(default).unwrap().to_string(), default, "{}", def.name);
            assert!(!def.doc.is_empty());
        }
    }

    #[test]
    fn typed_values_follow_the_table() {
        let config = TopicConfig::from_values(&|def| match def.name {
            "retention.ms" => Value::Int(-1),
            "cleanup.policy" => Value::List(vec!["compact".into()]),
            _ => def.parse(def.default.unwrap()).unwrap(),
        });
        assert_eq!(config.retention_ms, None);
        assert_eq!(config.retention_bytes, None);
        assert!(config.compact && !config.delete);
        assert_eq!(config.max_message_bytes, 1_048_588);
        assert_eq!(config.segment_ms, 604_800_000);
    }

    #[test]
    fn overrides_are_checked_as_kafka_does() {
        let check = |list: &[(&str, Option<&str>)]| check_overrides(list.iter().copied());
        assert_eq!(check(&[("nope", Some("1"))]).unwrap_err(), "Unknown topic config name: nope");
        assert_eq!(
            check(&[("retention.ms", None)]).unwrap_err(),
            "Null value not supported for topic configs: retention.ms"
        );
        assert_eq!(
            check(&[("min.compaction.lag.ms", Some("10")), ("max.compaction.lag.ms", Some("5"))])
                .unwrap_err(),
            "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)"
        );
        let long = "0:1,".repeat(10_000);
        assert!(
            check(&[("leader.replication.throttled.replicas", Some(&long))]).unwrap_err().contains("32767")
        );
        assert!(check(&[("remote.storage.enable", Some("true"))]).unwrap_err().starts_with("Tiered Storage"));
        let ok = check(&[("segment.ms", Some("5")), ("cleanup.policy", Some("compact"))]).unwrap();
        assert_eq!(ok, [("cleanup.policy", "compact".to_owned()), ("segment.ms", "5".to_owned())]);
    }
}
