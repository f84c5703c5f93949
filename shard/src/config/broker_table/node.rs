//! Broker configs of the node: addresses, sockets, limits, metadata, and our own with `ringlog.`.
//!
//! Owner: constant data. Invariant: sorted by name.

use super::super::def::{ConfigDef, Kind, Valid};
use super::row;

/// Sorted by name.
pub(super) const NODE: &[ConfigDef] = &[
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
    row("connections.max.idle.ms", Kind::Long, "600000", "Idle time after which a connection is closed."),
    row("controlled.shutdown.enable", Kind::Boolean, "true", "Hands leadership over before stopping."),
    row(
        "controller.listener.names",
        Kind::List,
        "CONTROLLER",
        "Names of the listeners that controllers use.",
    ),
    row(
        "cordoned.log.dirs",
        Kind::List,
        "",
        "Data directories that get no new partitions, a part of log.dirs; * is all of them (KIP-1066).",
    )
    .dynamic(),
    row("default.replication.factor", Kind::Int, "1", "Replication factor of topics created without one."),
    row("delete.topic.enable", Kind::Boolean, "true", "Allows topics to be deleted."),
    row("fetch.max.bytes", Kind::Int, "57671680", "Largest fetch response, whatever the client asks for.")
        .min(1024),
    ConfigDef::null(
        "follower.replication.throttled.rate",
        Kind::Long,
        "Kept for tools; one node does not replicate.",
    )
    .min(0)
    .dynamic(),
    ConfigDef::null(
        "inter.broker.listener.name",
        Kind::Text,
        "The listener that brokers use among themselves.",
    ),
    ConfigDef::null(
        "leader.replication.throttled.rate",
        Kind::Long,
        "Kept for tools; one node does not replicate.",
    )
    .min(0)
    .dynamic(),
    row(
        "listener.security.protocol.map",
        Kind::Text,
        "PLAINTEXT:PLAINTEXT",
        "Security protocol of each listener name.",
    ),
    row("listeners", Kind::List, "PLAINTEXT://:9092", "Addresses to listen on, each with its listener name."),
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
    // What the program knows of itself is always shown as set.
    ConfigDef::null("node.id", Kind::Int, "Id of this node, unique in the cluster.").min(0),
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
    ConfigDef::null("process.roles", Kind::List, "Roles of this node.")
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
    ConfigDef::null(
        "replica.alter.log.dirs.io.max.bytes.per.second",
        Kind::Long,
        "Bytes that moves of replicas to other data directories copy in a second, on all cores together.",
    )
    .min(0)
    .dynamic(),
    row("replica.fetch.max.bytes", Kind::Int, "1048576", "Bytes a follower asks for per partition.").min(0),
    row(
        "replica.lag.time.max.ms",
        Kind::Long,
        "30000",
        "Time after which a follower that is behind leaves the in-sync replicas.",
    ),
    row(
        "ringlog.log.dir.reserve.bytes",
        Kind::Long,
        "-1",
        "Bytes that records leave free on the file system of a data directory, for checkpoints, indexes, metadata, \
         deletions and compaction; -1 is a 64th of the file system, 256 KiB to 1 GiB.",
    )
    .min(-1)
    .dynamic(),
    row(
        "ringlog.max.partitions",
        Kind::Int,
        "20000",
        "Most partitions of the whole cluster; creating more is refused.",
    )
    .min(1),
    row(
        "ringlog.scrub.bytes.per.second",
        Kind::Long,
        "8388608",
        "Most bytes that scrubbing reads in a second, all cores and directories together; 0 is off.",
    )
    .min(0)
    .dynamic(),
    row(
        "ringlog.scrub.interval.ms",
        Kind::Long,
        "604800000",
        "From one beginning to the next, scrubbing reads every closed segment from the device and checks it.",
    )
    .min(1)
    .dynamic(),
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
        "telemetry.max.bytes",
        Kind::Int,
        "1048576",
        "Most bytes that a client may push of its metrics at once, compressed and not.",
    )
    .min(1),
    row(
        "unclean.leader.election.enable",
        Kind::Boolean,
        "false",
        "Default of the topic config of the same name.",
    )
    .dynamic(),
];
