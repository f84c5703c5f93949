//! The broker configs that this broker knows: Kafka's names, types and defaults, and our own with `ringlog.`.
//!
//! Owner: constant data. Invariants: sorted by name; every default parses. Configs of parts that are not built
//! (TLS, SASL, tiered storage, share groups, transactions) are absent, so nothing promises what does not work.

use super::def::{ConfigDef, Kind, Valid};

/// Sorted by name.
pub const BROKER_CONFIGS: &[ConfigDef] = &[
    ConfigDef::null(
        "advertised.listeners",
        Kind::List,
        "Addresses that clients are told, per listener; without one a client is told the address it connected to.",
    ),
    row(
        "auto.create.topics.enable",
        Kind::Boolean,
        "true",
        "Creates a topic when a client asks for metadata of one that does not exist.",
    ),
    row(
        "auto.leader.rebalance.enable",
        Kind::Boolean,
        "true",
        "Moves leadership back to preferred replicas.",
    ),
    row(
        "background.threads",
        Kind::Int,
        "10",
        "Kept for tools; background work runs in the cores' lowest lane.",
    )
    .min(1)
    .dynamic(),
    row("broker.id", Kind::Int, "-1", "The older name of node.id."),
    ConfigDef::null(
        "broker.rack",
        Kind::Text,
        "Rack of this broker, told to clients and used when replicas are placed.",
    ),
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
    row("connections.max.idle.ms", Kind::Long, "600000", "Idle time after which a connection is closed."),
    row("controlled.shutdown.enable", Kind::Boolean, "true", "Hands leadership over before stopping."),
    row(
        "controller.listener.names",
        Kind::List,
        "CONTROLLER",
        "Names of the listeners that controllers use.",
    ),
    row("default.replication.factor", Kind::Int, "1", "Replication factor of topics created without one."),
    row("delete.topic.enable", Kind::Boolean, "true", "Allows topics to be deleted."),
    row("fetch.max.bytes", Kind::Int, "57671680", "Largest fetch response, whatever the client asks for.")
        .min(1024),
    row(
        "group.consumer.assignors",
        Kind::List,
        "uniform,range",
        "The server-side assignors, the default first; others are not available.",
    ),
    row(
        "group.consumer.heartbeat.interval.ms",
        Kind::Int,
        "5000",
        "How often members of the consumer protocol send heartbeats.",
    )
    .min(1),
    row(
        "group.consumer.max.heartbeat.interval.ms",
        Kind::Int,
        "15000",
        "Longest heartbeat interval that a group may be given.",
    )
    .min(1),
    row(
        "group.consumer.max.session.timeout.ms",
        Kind::Int,
        "60000",
        "Longest session timeout that a group of the consumer protocol may be given.",
    )
    .min(1),
    row(
        "group.consumer.max.size",
        Kind::Int,
        "2147483647",
        "Most members of one group of the consumer protocol.",
    )
    .min(1),
    row(
        "group.consumer.migration.policy",
        Kind::Text,
        "bidirectional",
        "Which groups change their protocol while they have members.",
    )
    .valid(Valid::OneOfAnyCase(&["DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"])),
    row(
        "group.consumer.min.heartbeat.interval.ms",
        Kind::Int,
        "5000",
        "Shortest heartbeat interval that a group may be given.",
    )
    .min(1),
    row(
        "group.consumer.min.session.timeout.ms",
        Kind::Int,
        "45000",
        "Shortest session timeout that a group of the consumer protocol may be given.",
    )
    .min(1),
    row(
        "group.consumer.session.timeout.ms",
        Kind::Int,
        "45000",
        "How long a member of the consumer protocol may be silent.",
    )
    .min(1),
    row(
        "group.initial.rebalance.delay.ms",
        Kind::Int,
        "3000",
        "How long a new group waits for more members before its first rebalance.",
    ),
    row(
        "group.max.session.timeout.ms",
        Kind::Int,
        "1800000",
        "Longest session timeout a member may ask for.",
    ),
    row("group.max.size", Kind::Int, "2147483647", "Most members of one group.").min(1),
    row("group.min.session.timeout.ms", Kind::Int, "6000", "Shortest session timeout a member may ask for."),
    ConfigDef::null(
        "inter.broker.listener.name",
        Kind::Text,
        "The listener that brokers use among themselves.",
    ),
    row(
        "listener.security.protocol.map",
        Kind::Text,
        "PLAINTEXT:PLAINTEXT",
        "Security protocol of each listener name.",
    )
    .dynamic(),
    row("listeners", Kind::List, "PLAINTEXT://:9092", "Addresses to listen on, each with its listener name.")
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
    row("max.connection.creation.rate", Kind::Int, "2147483647", "Most new connections a second.")
        .min(0)
        .dynamic(),
    row("max.connections", Kind::Int, "2147483647", "Most connections at a time.").min(0).dynamic(),
    row("max.connections.per.ip", Kind::Int, "2147483647", "Most connections from one address at a time.")
        .min(0)
        .dynamic(),
    row(
        "max.connections.per.ip.overrides",
        Kind::Text,
        "",
        "Other limits for single addresses, as address:number pairs.",
    )
    .dynamic(),
    row(
        "max.incremental.fetch.session.cache.slots",
        Kind::Int,
        "1000",
        "Most fetch sessions kept at a time (KIP-227).",
    )
    .min(0),
    row(
        "max.request.partition.size.limit",
        Kind::Int,
        "2000",
        "Most partitions in one DescribeTopicPartitions response.",
    )
    .min(1),
    row("message.max.bytes", Kind::Int, "1048588", "Default of the topic config max.message.bytes.")
        .min(0)
        .dynamic(),
    ConfigDef::null(
        "metadata.log.dir",
        Kind::Text,
        "Directory of the metadata log; the first data directory without it.",
    ),
    row(
        "metadata.log.max.record.bytes.between.snapshots",
        Kind::Long,
        "20971520",
        "Bytes of metadata log after which a snapshot is written.",
    )
    .min(1),
    row(
        "metadata.log.max.snapshot.interval.ms",
        Kind::Long,
        "3600000",
        "Time after which a snapshot is written if the metadata log grew.",
    )
    .min(0),
    row("min.insync.replicas", Kind::Int, "1", "Default of the topic config of the same name.")
        .min(1)
        .dynamic(),
    row("node.id", Kind::Int, "1", "Id of this node, unique in the cluster.").min(0),
    row("num.io.threads", Kind::Int, "8", "Kept for tools; one thread per core serves everything.")
        .min(1)
        .dynamic(),
    row("num.network.threads", Kind::Int, "3", "Kept for tools; one thread per core serves everything.")
        .min(1)
        .dynamic(),
    row("num.partitions", Kind::Int, "1", "Partitions of topics created without a number.").min(1),
    row(
        "num.recovery.threads.per.data.dir",
        Kind::Int,
        "2",
        "Kept for tools; every core recovers its own partitions.",
    )
    .min(1)
    .dynamic(),
    row("offset.metadata.max.bytes", Kind::Int, "4096", "Largest metadata text of a committed offset."),
    row("offsets.load.buffer.size", Kind::Int, "5242880", "Kept for tools; loading reads 1 MiB at once.")
        .min(1),
    row(
        "offsets.retention.check.interval.ms",
        Kind::Long,
        "600000",
        "How often offsets are checked against their retention.",
    )
    .min(1),
    row(
        "offsets.retention.minutes",
        Kind::Int,
        "10080",
        "How long offsets are kept that no member reads any more.",
    )
    .min(1),
    row(
        "offsets.topic.compression.codec",
        Kind::Int,
        "0",
        "Kept for tools; records of coordinators are not compressed.",
    ),
    row(
        "offsets.topic.num.partitions",
        Kind::Int,
        "50",
        "Partitions of __consumer_offsets when it is created.",
    )
    .min(1),
    row(
        "offsets.topic.replication.factor",
        Kind::Short,
        "3",
        "Replication factor of __consumer_offsets when it is created; fewer while there are fewer brokers.",
    )
    .min(1),
    row(
        "offsets.topic.segment.bytes",
        Kind::Int,
        "104857600",
        "Segment size of __consumer_offsets when it is created.",
    )
    .min(1),
    row("process.roles", Kind::List, "broker,controller", "Roles of this node.")
        .valid(Valid::EachOf(&["broker", "controller"])),
    row(
        "producer.id.expiration.ms",
        Kind::Int,
        "86400000",
        "Idle time after which the state of a producer is forgotten.",
    )
    .min(1)
    .dynamic(),
    row(
        "queued.max.request.bytes",
        Kind::Long,
        "-1",
        "Bytes of requests in memory before sockets are no longer read.",
    ),
    row(
        "queued.max.requests",
        Kind::Int,
        "500",
        "Kept for tools; requests are bounded by bytes and per connection.",
    )
    .min(1),
    row("replica.fetch.max.bytes", Kind::Int, "1048576", "Bytes a follower asks for per partition.").min(0),
    row(
        "replica.lag.time.max.ms",
        Kind::Long,
        "30000",
        "Time after which a follower that is behind leaves the in-sync replicas.",
    ),
    row(
        "ringlog.max.partitions",
        Kind::Int,
        "20000",
        "Most partitions of the whole cluster; creating more is refused.",
    )
    .min(1),
    row(
        "socket.listen.backlog.size",
        Kind::Int,
        "50",
        "Kept for tools; the system's largest backlog is used.",
    )
    .min(1),
    row(
        "socket.receive.buffer.bytes",
        Kind::Int,
        "102400",
        "Receive buffer of sockets; -1 is the system's default.",
    ),
    row("socket.request.max.bytes", Kind::Int, "104857600", "Largest request.").min(1),
    row(
        "socket.send.buffer.bytes",
        Kind::Int,
        "102400",
        "Send buffer of sockets; -1 is the system's default.",
    ),
    row(
        "unclean.leader.election.enable",
        Kind::Boolean,
        "false",
        "Default of the topic config of the same name.",
    )
    .dynamic(),
];

const fn row(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> ConfigDef {
    ConfigDef::new(name, kind, default, doc)
}

/// The row of `name`. O(log n).
#[must_use]
pub fn broker_config(name: &str) -> Option<&'static ConfigDef> {
    BROKER_CONFIGS.binary_search_by(|d| d.name.cmp(name)).ok().and_then(|i| BROKER_CONFIGS.get(i))
}

/// The names that set the same thing as `name`, strongest first (KIP-226).
#[must_use]
pub fn broker_synonyms(name: &str) -> &'static [&'static str] {
    match name {
        "log.retention.ms" => &["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
        "log.retention.minutes" => &["log.retention.minutes", "log.retention.hours"],
        "log.roll.ms" => &["log.roll.ms", "log.roll.hours"],
        "log.roll.jitter.ms" => &["log.roll.jitter.ms", "log.roll.jitter.hours"],
        "log.flush.interval.ms" => &["log.flush.interval.ms", "log.flush.scheduler.interval.ms"],
        _ => &[],
    }
}
