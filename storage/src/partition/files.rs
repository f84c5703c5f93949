//! Kafka's small text files: `partition.metadata`, `log-start-offset-checkpoint`, `meta.properties`, and file names.
//!
//! Owner: nobody, pure. Invariants: every parser takes any text without a panic and says what is wrong;
//! what a writer makes, its parser and Apache Kafka read back.

use ringlog_wire::ids::{Offset, TopicId};
use std::fmt::Write;

/// A file on disk that is not what its format says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadFile(pub &'static str);

impl std::fmt::Display for BadFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for BadFile {}

/// Kinds of files that carry a base offset in their name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SegmentFile {
    /// Record batches.
    Log,
    /// Offset index.
    Index,
    /// Time index.
    TimeIndex,
    /// Aborted transactions (KIP-98).
    TxnIndex,
    /// Producer state as of the offset in the name.
    Snapshot,
}

impl SegmentFile {
    const ALL: [Self; 5] = [Self::Log, Self::Index, Self::TimeIndex, Self::TxnIndex, Self::Snapshot];

    fn suffix(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Index => "index",
            Self::TimeIndex => "timeindex",
            Self::TxnIndex => "txnindex",
            Self::Snapshot => "snapshot",
        }
    }

    /// The file's name: 20 digits and the suffix.
    #[must_use]
    pub fn name(self, base: Offset) -> String {
        format!("{:020}.{}", base.0, self.suffix())
    }

    /// The kind and base offset of a name made by `name`; `None` for any other.
    #[must_use]
    pub fn parse(name: &str) -> Option<(Self, Offset)> {
        let (digits, suffix) = name.split_once('.')?;
        if digits.len() != 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let base = digits.parse().ok().and_then(Offset::from_wire)?;
        Self::ALL.into_iter().find(|k| k.suffix() == suffix).map(|k| (k, base))
    }
}

/// Name of the epoch cache's file in a partition's folder.
pub const LEADER_EPOCH_CHECKPOINT: &str = "leader-epoch-checkpoint";
/// Name of the file with the topic id in a partition's folder.
pub const PARTITION_METADATA: &str = "partition.metadata";
/// Name of the file with all log start offsets of a data directory.
pub const LOG_START_OFFSETS: &str = "log-start-offset-checkpoint";
/// Name of the file that identifies a data directory.
pub const META_PROPERTIES: &str = "meta.properties";

/// Parses `0`, a count, and that many lines, as Kafka's offset and epoch checkpoints have them.
pub(super) fn parse_counted<T>(text: &str, entry: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, BadFile> {
    let mut lines = text.lines();
    if lines.next().map(str::trim) != Some("0") {
        return Err(BadFile("the first line is not version 0"));
    }
    let count: usize = lines.next().and_then(|l| l.trim().parse().ok()).ok_or(BadFile("no entry count"))?;
    let mut entries = Vec::new();
    for line in lines {
        entries.push(entry(line.trim()).ok_or(BadFile("a line is malformed"))?);
    }
    if entries.len() == count { Ok(entries) } else { Err(BadFile("the entry count is wrong")) }
}

/// The text of `partition.metadata` (KIP-516).
#[must_use]
pub fn partition_metadata(id: TopicId) -> String {
    format!("version: 0\ntopic_id: {id}\n")
}

/// The topic id in a `partition.metadata`.
pub fn parse_partition_metadata(text: &str) -> Result<TopicId, BadFile> {
    let mut id = None;
    let mut version = false;
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let (key, value) = line.split_once(':').ok_or(BadFile("a line without a colon"))?;
        match (key.trim(), value.trim()) {
            ("version", "0") => version = true,
            ("topic_id", text) => id = Some(text.parse().map_err(|()| BadFile("the topic id is malformed"))?),
            _ => return Err(BadFile("an unknown line")),
        }
    }
    match id {
        Some(id) if version && id != TopicId::ZERO => Ok(id),
        _ => Err(BadFile("version or topic id is missing")),
    }
}

/// One line of `log-start-offset-checkpoint`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogStartEntry {
    /// The topic's name.
    pub topic: String,
    /// The partition's index.
    pub index: u32,
    /// Its log start offset.
    pub log_start: Offset,
}

/// The text of `log-start-offset-checkpoint`: version 0, count, `topic partition offset` lines.
#[must_use]
pub fn log_start_offsets(entries: &[LogStartEntry]) -> String {
    let mut text = format!("0\n{}\n", entries.len());
    for e in entries {
        let _ = writeln!(text, "{} {} {}", e.topic, e.index, e.log_start);
    }
    text
}

/// Reads a `log-start-offset-checkpoint` (also `recovery-point-offset-checkpoint`: the same form).
pub fn parse_log_start_offsets(text: &str) -> Result<Vec<LogStartEntry>, BadFile> {
    parse_counted(text, |line| {
        let mut words = line.split(' ').filter(|w| !w.is_empty());
        let topic = words.next()?.to_owned();
        let index: i32 = words.next()?.parse().ok()?;
        let log_start = words.next()?.parse().ok().and_then(Offset::from_wire)?;
        let index = u32::try_from(index).ok()?;
        words.next().is_none().then_some(LogStartEntry { topic, index, log_start })
    })
}

/// What `meta.properties` (version 1, KIP-631 and KIP-858) says of a data directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetaProperties {
    /// The cluster's id, as text.
    pub cluster_id: String,
    /// The node's id.
    pub node_id: u32,
    /// The directory's id.
    pub directory_id: TopicId,
}

impl MetaProperties {
    /// The file's text.
    #[must_use]
    pub fn to_file(&self) -> String {
        format!(
            "#\ncluster.id={}\ndirectory.id={}\nnode.id={}\nversion=1\n",
            self.cluster_id, self.directory_id, self.node_id
        )
    }

    /// Reads the file. Unknown keys are left alone, as Kafka does. Errors: another version, a missing key.
    pub fn parse(text: &str) -> Result<Self, BadFile> {
        let value = |key: &str| {
            text.lines()
                .map(str::trim)
                .filter(|l| !l.starts_with(['#', '!']))
                .filter_map(|l| l.split_once('='))
                .find(|(k, _)| k.trim() == key)
                .map(|(_, v)| v.trim())
        };
        if value("version") != Some("1") {
            return Err(BadFile("meta.properties is not of version 1"));
        }
        let cluster_id = value("cluster.id").ok_or(BadFile("meta.properties lacks cluster.id"))?.to_owned();
        let node_id =
            value("node.id").and_then(|v| v.parse::<i32>().ok()).and_then(|v| u32::try_from(v).ok());
        let directory_id = value("directory.id").and_then(|v| v.parse().ok());
        Ok(Self {
            cluster_id,
            node_id: node_id.ok_or(BadFile("meta.properties lacks a valid node.id"))?,
            directory_id: directory_id.ok_or(BadFile("meta.properties lacks a valid directory.id"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_segment_files() {
        let check = |name: &str, expect: Option<(SegmentFile, u64)>| {
            assert_eq!(SegmentFile::parse(name), expect.map(|(k, o)| (k, Offset(o))), "{name}");
        };
        assert_eq!(SegmentFile::Log.name(Offset(42)), "00000000000000000042.log");
        for kind in SegmentFile::ALL {
            check(&kind.name(Offset(7)), Some((kind, 7)));
        }
        check("00000000000000000042.log.deleted", None);
        check("0000000000000000042.log", None);
        check("+0000000000000000042.log", None);
        check("99999999999999999999.log", None);
        check("partition.metadata", None);
    }

    #[test]
    fn partition_metadata_goes_round() {
        let id = TopicId([3; 16]);
        let text = partition_metadata(id);
        assert_eq!(text, "version: 0\ntopic_id: AwMDAwMDAwMDAwMDAwMDAw\n");
        assert_eq!(parse_partition_metadata(&text), Ok(id));
        for bad in [
            "",
            "version: 1\ntopic_id: AwMDAwMDAwMDAwMDAwMDAw\n",
            "version: 0\n",
            "version: 0\ntopic_id: x\n",
        ] {
            assert!(parse_partition_metadata(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn log_starts_go_round() {
        let entries = vec![
            LogStartEntry { topic: "a".into(), index: 0, log_start: Offset(7) },
            LogStartEntry { topic: "b.c".into(), index: 12, log_start: Offset(0) },
        ];
        let text = log_start_offsets(&entries);
        assert_eq!(text, "0\n2\na 0 7\nb.c 12 0\n");
        assert_eq!(parse_log_start_offsets(&text), Ok(entries));
        for bad in ["0\n1\na 0\n", "0\n1\na -1 0\n", "0\n1\na 0 -1\n", "0\n1\na 0 1 2\n", "0\n9\n"] {
            assert!(parse_log_start_offsets(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn meta_properties_go_round_and_read_kafkas_own() {
        let meta = MetaProperties { cluster_id: "c-1".into(), node_id: 1, directory_id: TopicId([9; 16]) };
        assert_eq!(MetaProperties::parse(&meta.to_file()), Ok(meta.clone()));
        let kafka = "#\n#Sat Nov 21 04:00:00 UTC 2026\ncluster.id=c-1\ndirectory.id=CQkJCQkJCQkJCQkJCQkJCQ\nnode.id=1\nversion=1\n";
        assert_eq!(MetaProperties::parse(kafka), Ok(meta));
        assert!(MetaProperties::parse("cluster.id=c\nbroker.id=1\nversion=0\n").is_err());
        assert!(MetaProperties::parse("cluster.id=c\nnode.id=-1\nversion=1\n").is_err());
    }
}
