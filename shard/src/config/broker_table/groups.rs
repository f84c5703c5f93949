//! Broker configs of group coordinators and committed offsets.
//!
//! Owner: constant data. Invariant: sorted by name.

use super::super::def::{ConfigDef, Kind, Valid};
use super::row;

/// Sorted by name.
pub(super) const GROUPS: &[ConfigDef] = &[
    row(
        "group.consumer.assignment.interval.ms",
        Kind::Int,
        "1000",
        "The least time between two assignments of a group of the consumer protocol.",
    )
    .min(0),
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
        "group.consumer.max.assignment.interval.ms",
        Kind::Int,
        "15000",
        "Longest assignment interval that a group may be given.",
    )
    .min(0),
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
        "group.consumer.min.assignment.interval.ms",
        Kind::Int,
        "0",
        "Shortest assignment interval that a group may be given.",
    )
    .min(0),
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
        "group.consumer.regex.refresh.interval.ms",
        Kind::Int,
        "600000",
        "Longest time until a subscribed pattern finds a new topic; it does at the next heartbeat.",
    )
    .min(10_000),
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
];
