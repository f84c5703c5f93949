//! Broker configs of logs: mostly the defaults of topic configs.
//!
//! Owner: constant data. Invariant: sorted by name.

use super::super::def::{ConfigDef, Kind, Valid};
use super::row;

/// Sorted by name.
pub(super) const LOG: &[ConfigDef] = &[
    row("compression.gzip.level", Kind::Int, "-1", "Level of gzip where the broker compresses.")
        .valid(Valid::BetweenOr(1, 9, -1))
        .dynamic(),
    row("compression.lz4.level", Kind::Int, "9", "Level of lz4 where the broker compresses.")
        .valid(Valid::Between(1, 17))
        .dynamic(),
    row("compression.type", Kind::Text, "producer", "Default of the topic config of the same name.")
        .valid(Valid::OneOf(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]))
        .dynamic(),
    row("compression.zstd.level", Kind::Int, "3", "Level of zstd where the broker compresses.")
        .valid(Valid::Between(-131_072, 22))
        .dynamic(),
    row("log.cleaner.backoff.ms", Kind::Long, "15000", "Pause of compaction when nothing needs it.")
        .min(0)
        .dynamic(),
    row(
        "log.cleaner.delete.retention.ms",
        Kind::Long,
        "86400000",
        "Default of the topic config delete.retention.ms.",
    )
    .min(0)
    .dynamic(),
    row("log.cleaner.enable", Kind::Boolean, "true", "Runs compaction."),
    row(
        "log.cleaner.io.max.bytes.per.second",
        Kind::Double,
        "1.7976931348623157E308",
        "Bytes that compaction on all cores together reads and writes in a second.",
    )
    .dynamic(),
    row(
        "log.cleaner.max.compaction.lag.ms",
        Kind::Long,
        "9223372036854775807",
        "Default of the topic config max.compaction.lag.ms.",
    )
    .min(1)
    .dynamic(),
    row(
        "log.cleaner.min.cleanable.ratio",
        Kind::Double,
        "0.5",
        "Default of the topic config min.cleanable.dirty.ratio.",
    )
    .valid(Valid::Ratio)
    .dynamic(),
    row(
        "log.cleaner.min.compaction.lag.ms",
        Kind::Long,
        "0",
        "Default of the topic config min.compaction.lag.ms.",
    )
    .min(0)
    .dynamic(),
    row("log.cleaner.threads", Kind::Int, "1", "Kept for tools; compaction runs in the cores' lowest lane.")
        .min(0)
        .dynamic(),
    row("log.cleanup.policy", Kind::List, "delete", "Default of the topic config cleanup.policy.")
        .valid(Valid::EachOf(&["compact", "delete"]))
        .dynamic(),
    row("log.dir", Kind::List, "/tmp/kafka-logs", "One data directory; log.dirs wins."),
    ConfigDef::null("log.dirs", Kind::List, "Data directories."),
    row(
        "log.flush.interval.messages",
        Kind::Long,
        "9223372036854775807",
        "Kept for tools; every acknowledged record is on stable storage.",
    )
    .min(1)
    .dynamic(),
    ConfigDef::null(
        "log.flush.interval.ms",
        Kind::Long,
        "Kept for tools; every acknowledged record is on stable storage.",
    )
    .dynamic(),
    row(
        "log.flush.offset.checkpoint.interval.ms",
        Kind::Int,
        "60000",
        "Kept for tools; checkpoints follow the commit log.",
    )
    .min(0),
    row(
        "log.flush.scheduler.interval.ms",
        Kind::Long,
        "9223372036854775807",
        "Kept for tools; every acknowledged record is on stable storage.",
    ),
    row(
        "log.flush.start.offset.checkpoint.interval.ms",
        Kind::Int,
        "60000",
        "Kept for tools; checkpoints follow the commit log.",
    )
    .min(0),
    row("log.index.interval.bytes", Kind::Int, "4096", "Default of the topic config index.interval.bytes.")
        .min(0)
        .dynamic(),
    row(
        "log.index.size.max.bytes",
        Kind::Int,
        "10485760",
        "Default of the topic config segment.index.bytes.",
    )
    .min(4)
    .dynamic(),
    row("log.local.retention.bytes", Kind::Long, "-2", "Default of the topic config local.retention.bytes.")
        .min(-2)
        .dynamic(),
    row("log.local.retention.ms", Kind::Long, "-2", "Default of the topic config local.retention.ms.")
        .min(-2)
        .dynamic(),
    row(
        "log.message.timestamp.after.max.ms",
        Kind::Long,
        "3600000",
        "Default of the topic config message.timestamp.after.max.ms.",
    )
    .min(0)
    .dynamic(),
    row(
        "log.message.timestamp.before.max.ms",
        Kind::Long,
        "9223372036854775807",
        "Default of the topic config message.timestamp.before.max.ms.",
    )
    .min(0)
    .dynamic(),
    row(
        "log.message.timestamp.type",
        Kind::Text,
        "CreateTime",
        "Default of the topic config message.timestamp.type.",
    )
    .valid(Valid::OneOf(&["CreateTime", "LogAppendTime"]))
    .dynamic(),
    row("log.preallocate", Kind::Boolean, "false", "Default of the topic config preallocate.").dynamic(),
    row("log.retention.bytes", Kind::Long, "-1", "Default of the topic config retention.bytes.").dynamic(),
    row(
        "log.retention.check.interval.ms",
        Kind::Long,
        "300000",
        "How often segments are checked against the retention limits.",
    )
    .min(1),
    row(
        "log.retention.hours",
        Kind::Int,
        "168",
        "Default retention in hours; log.retention.minutes and log.retention.ms win.",
    ),
    ConfigDef::null(
        "log.retention.minutes",
        Kind::Int,
        "Default retention in minutes; log.retention.ms wins.",
    ),
    ConfigDef::null("log.retention.ms", Kind::Long, "Default of the topic config retention.ms.").dynamic(),
    row("log.roll.hours", Kind::Int, "168", "Default age of a segment in hours; log.roll.ms wins.").min(1),
    row(
        "log.roll.jitter.hours",
        Kind::Int,
        "0",
        "Default jitter of the segment age in hours; log.roll.jitter.ms wins.",
    )
    .min(0),
    ConfigDef::null("log.roll.jitter.ms", Kind::Long, "Default of the topic config segment.jitter.ms.")
        .dynamic(),
    ConfigDef::null("log.roll.ms", Kind::Long, "Default of the topic config segment.ms.").dynamic(),
    row("log.segment.bytes", Kind::Int, "1073741824", "Default of the topic config segment.bytes.")
        .min(1_048_576)
        .dynamic(),
    row(
        "log.segment.delete.delay.ms",
        Kind::Long,
        "60000",
        "Default of the topic config file.delete.delay.ms.",
    )
    .min(0)
    .dynamic(),
];
