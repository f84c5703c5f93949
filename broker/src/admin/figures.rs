//! The figures of cores: one table of what each core tells, from which metrics, JSON and documentation are made.
//!
//! Owner: constants. Invariants: a figure has one name everywhere: `ringlog_core_NAME` of a core, `ringlog_NAME` for the
//! sum over all cores where that makes sense, `NAME` in JSON; a counter's name ends with `_total`, a size's with `_bytes`,
//! a histogram's with `_duration_seconds`.

use crate::rt::uring;
use ringlog_shard::report::{CoreReport, StoreReport};
use ringlog_shard::stages::Stage;

/// One figure, of what `T` tells.
pub struct Figure<T> {
    /// Without the part in front.
    pub name: &'static str,
    /// Its sum over all cores is shown, too.
    pub summed: bool,
    /// What it says.
    pub help: &'static str,
    /// The value.
    pub of: fn(&T) -> u64,
}

const fn figure<T>(name: &'static str, help: &'static str, of: fn(&T) -> u64) -> Figure<T> {
    Figure { name, summed: true, help, of }
}

const fn inner<T>(name: &'static str, help: &'static str, of: fn(&T) -> u64) -> Figure<T> {
    Figure { name, summed: false, help, of }
}

/// What a data core tells of its work, once a second.
pub const CORE: &[Figure<CoreReport>] = &[
    figure("connections", "Open connections.", |r| r.connections as u64),
    figure("connections_accepted_total", "Connections accepted, whatever became of them.", |r| r.accepted),
    figure(
        "bad_clients_total",
        "Connections that were closed for what the client sent or was; the log says which and why.",
        |r| r.bad_clients,
    ),
    figure("received_bytes_total", "Bytes of requests.", |r| r.received),
    figure("sent_bytes_total", "Bytes of answers.", |r| r.sent),
    figure("partitions_served", "Partitions that are served.", |r| r.partitions as u64),
    figure("partitions_unserved", "Partitions that should be served, and cannot.", |r| r.unserved as u64),
    figure("produce_in_flight", "Produce requests that wait for stable storage.", |r| {
        r.produce_in_flight as u64
    }),
    figure("fetch_sessions", "Fetch sessions.", |r| r.fetch_sessions as u64),
    figure("request_memory_bytes", "Bytes of requests that are held.", |r| r.request_bytes.0 as u64),
    figure("request_memory_max_bytes", "Their bound: at it, sockets are read more slowly.", |r| {
        r.request_bytes.1 as u64
    }),
    figure("unsent_bytes", "Bytes of answers in memory that clients have not taken yet.", |r| {
        r.unsent_bytes as u64
    }),
    inner("tail_max_bytes", "Bound of the tails in memory, for each directory.", |r| r.tail_bytes_max as u64),
    figure("client_instances", "Clients that are known by their ids (KIP-714).", |r| r.telemetry.0 as u64),
    figure("client_pushes_total", "Pushes of clients' metrics that were taken.", |r| r.telemetry.1.taken),
    figure("client_pushes_refused_total", "Pushes that were too large, or could not be read.", |r| {
        r.telemetry.1.refused
    }),
    figure("client_requests_throttled_total", "Requests of KIP-714 that came before their time.", |r| {
        r.telemetry.1.throttled
    }),
    figure("client_unknown_subscriptions_total", "Pushes for a subscription that had changed.", |r| {
        r.telemetry.1.unknown_subscription
    }),
    figure("client_instances_forgotten_total", "Clients that were forgotten because others came.", |r| {
        r.telemetry.1.forgotten
    }),
    figure("scrub_passes_total", "Full passes of scrubbing: every closed segment was read back.", |r| {
        r.scrubbed.0
    }),
    inner(
        "scrub_last_pass_timestamp_seconds",
        "When the last full pass of scrubbing ended, Unix time; 0: none has since the start.",
        |r| r.scrubbed.1,
    ),
];

/// What a core's store in one data directory tells; its label `directory` counts from 0, as configured.
pub const STORE: &[Figure<StoreReport>] = &[
    inner("directory_online", "0 once a write or sync of the directory has failed.", |s| u64::from(s.online)),
    inner("tail_bytes", "Bytes of the newest records in memory.", |s| s.tail_bytes as u64),
    figure("commit_frames_total", "Frames of the commit log that became durable.", |s| s.stats.frames),
    figure("commit_bytes_total", "Their bytes, padding included.", |s| s.stats.frame_bytes),
    figure("segment_bytes_total", "Bytes written to segments.", |s| s.stats.segment_bytes),
    figure("segment_writes_total", "Writes to segments.", |s| s.stats.segment_writes),
    figure("segment_syncs_total", "Syncs of segments.", |s| s.stats.segment_syncs),
    figure("bypass_bytes_total", "Bytes of large batches that went past the commit log.", |s| {
        s.stats.bypass_bytes
    }),
    figure("commit_files_recycled_total", "Files of the commit log that were taken into use again.", |s| {
        s.stats.recycled
    }),
    figure("appends_held_total", "Appends that had to wait for room in memory.", |s| s.stats.busy),
    figure("scrub_bytes_total", "Bytes of closed segments that scrubbing read back.", |s| {
        s.stats.scrubbed_bytes
    }),
    figure("scrub_batches_total", "Batches whose CRC was checked so.", |s| s.stats.scrubbed_batches),
    figure("scrub_damaged_batches_total", "Damaged ones among them, each time; the log names them.", |s| {
        s.stats.damaged_batches
    }),
];

/// What the runtime counts of every core, the control core too; read when it is asked for.
pub const RUNTIME: &[Figure<uring::CoreReport>] = &[
    inner("turns_total", "Turns of the core's loop.", |r| r.turns),
    figure("slow_turns_total", "Turns with more than 1 ms of CPU time.", |r| r.slow_turns),
    inner("slowest_turn_microseconds", "The longest turn so far, CPU time.", |r| r.slowest_turn_us),
    inner("sleeps_total", "Waits in the kernel for something to do.", |r| r.sleeps),
    inner(
        "busy_microseconds_total",
        "Time in which the core neither slept nor looked for work in vain.",
        |r| r.busy_us,
    ),
    inner("polls_total", "Tasks run.", |r| r.polls),
    inner("largest_submission", "Most operations given to the kernel at once.", |r| r.largest_submission),
    inner("completion_overflows_total", "Completions that the kernel had to keep aside.", |r| r.cq_overflows),
    inner("buffer_shortages_total", "Receives that found no buffer and came again.", |r| r.buffer_shortages),
    inner("sendfile_pieces_total", "Pieces of segments sent without a copy.", |r| r.sendfile_pieces),
    inner("cold_pieces_total", "Pieces of segments read into memory first.", |r| r.cold_pieces),
];

/// The phases of slow turns have a label of their own.
pub const PHASE: Figure<uring::PhaseReport> =
    inner("slow_turns_by_phase_total", "Slow turns by what took most of them.", |p| p.turns);

/// One stage of requests, whose time is a histogram; in JSON `stages.API.NAME`.
pub struct StageFigure {
    /// Which.
    pub stage: Stage,
    /// Value of the label `api`.
    pub api: &'static str,
    /// Value of the label `stage`.
    pub name: &'static str,
}

const fn of_produce(stage: Stage, name: &'static str) -> StageFigure {
    StageFigure { stage, api: "produce", name }
}

const fn of_fetch(stage: Stage, name: &'static str) -> StageFigure {
    StageFigure { stage, api: "fetch", name }
}

/// Where the time of requests goes. What each is from and to stands in docs/metrics.md.
pub const STAGES: &[StageFigure] = &[
    of_produce(Stage::ProduceQueue, "queue"),
    of_produce(Stage::ProduceDecode, "decode"),
    of_produce(Stage::ProduceHop, "hop"),
    of_produce(Stage::ProduceAppend, "append"),
    of_produce(Stage::ProduceCommit, "commit"),
    of_produce(Stage::ProduceRespond, "respond"),
    of_fetch(Stage::FetchQueue, "queue"),
    of_fetch(Stage::FetchDecode, "decode"),
    of_fetch(Stage::FetchHop, "hop"),
    of_fetch(Stage::FetchRead, "read"),
    of_fetch(Stage::FetchRespond, "respond"),
];
const _: () = assert!(STAGES.len() == ringlog_shard::stages::STAGES, "every stage has its names");
