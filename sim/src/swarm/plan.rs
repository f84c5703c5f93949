//! What a seed turns on: a random subset of faults, random limits, random clients.
//!
//! The swarm idea: a run with every fault at once finds little, because each fault hides the others' paths. So
//! every seed leaves most things out, and pushes the rest hard: tiny logs in one run, tiny memory in another.
//!
//! Owner: the run. Invariant: the plan depends on the seed only.

use super::group::plan::GroupsPlan;
use super::keep::plan::KeepPlan;
use crate::config::{DATA_DIR, DATA_DIRS};
use crate::disk::FileKind;
use crate::mesh::MeshModel;
use crate::net::NetModel;
use crate::rng::Rng;
use ringlog_shard::env::Lane;
use ringlog_shard::limits::{CREDITS_MAX, Limits};
use ringlog_wire::compress::Codec;
use std::time::Duration;

/// One topic that lives through the whole run.
#[derive(Clone, Debug)]
pub struct TopicPlan {
    /// Its name.
    pub name: String,
    /// Partitions.
    pub partitions: i32,
    /// Configs.
    pub configs: Vec<(&'static str, String)>,
}

/// One producing client.
#[derive(Clone, Debug)]
pub struct ProducerPlan {
    /// With a producer id and sequences.
    pub idempotent: bool,
    /// 1, 0 or -1.
    pub acks: i16,
    /// Requests in flight.
    pub pipeline: usize,
    /// Most records of a batch.
    pub records_max: u64,
    /// Longest value, bytes.
    pub value_max: u64,
    /// Codec.
    pub codec: Codec,
    /// Longest pause between requests, ms.
    pub think_ms: u64,
    /// Longest pause that it makes now and then, ms.
    pub rest_ms: u64,
    /// Most partitions of a request.
    pub partitions_max: u64,
    /// Of the request, ms.
    pub timeout_ms: i32,
    /// Produce version.
    pub version: i16,
}

/// One consuming client.
#[derive(Clone, Debug)]
pub struct ConsumerPlan {
    /// With a fetch session (KIP-227).
    pub session: bool,
    /// Fetch version.
    pub version: i16,
    /// Longest wait, ms.
    pub max_wait_ms: i32,
    /// Fewest bytes.
    pub min_bytes: i32,
    /// Most bytes of an answer, and of a partition.
    pub max_bytes: i32,
    /// Longest pause between requests, ms.
    pub think_ms: u64,
    /// One fetch in so many starts somewhere else; 0 is never.
    pub seek: u64,
}

/// How a broker's life may end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// SIGTERM.
    Stop,
    /// SIGKILL.
    Kill,
    /// Power cut.
    Cut,
}

/// What goes wrong now and then while clients work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Trouble {
    /// Writes fail.
    WriteError,
    /// Syncs fail.
    SyncError,
    /// Reads fail.
    ReadError,
    /// Opening, renaming, removing fails.
    NameError,
    /// No space for a while.
    Full,
    /// The disk is a hundred times slower.
    SlowDisk,
    /// The disk answers nothing for a while.
    HungDisk,
    /// Reads come short.
    ShortRead,
    /// Reads bring other bytes.
    LyingRead,
    /// Connections are lost.
    LostConnections,
    /// Clients vanish without a word.
    HalfOpen,
    /// The network brings nothing for a while.
    Partition,
    /// The process stands still for a while.
    Pause,
    /// The wall clock jumps.
    WallJump,
    /// One file, or one directory, answers nothing for a while; all others are quick.
    HungFile,
    /// One file, or one directory, is slow; all others are quick.
    SlowFile,
}

/// All but those that `roll_alone` adds.
pub const TROUBLES: [Trouble; 14] = [
    Trouble::WriteError,
    Trouble::SyncError,
    Trouble::ReadError,
    Trouble::NameError,
    Trouble::Full,
    Trouble::SlowDisk,
    Trouble::HungDisk,
    Trouble::ShortRead,
    Trouble::LyingRead,
    Trouble::LostConnections,
    Trouble::HalfOpen,
    Trouble::Partition,
    Trouble::Pause,
    Trouble::WallJump,
];

/// See the module's text.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Most data cores.
    pub cores_max: u64,
    /// The same number of cores all the time.
    pub cores_fixed: bool,
    /// Bounds.
    pub limits: Limits,
    /// The topics.
    pub topics: Vec<TopicPlan>,
    /// The producers.
    pub producers: Vec<ProducerPlan>,
    /// The consumers.
    pub consumers: Vec<ConsumerPlan>,
    /// The consumer groups.
    pub groups: GroupsPlan,
    /// Topics from which something goes.
    pub keep: KeepPlan,
    /// The reserve of the disk, and how often it is scrubbed.
    pub store: Vec<(String, String)>,
    /// A topic comes and goes.
    pub churn: bool,
    /// A client sends what no broker may take.
    pub probes: bool,
    /// A client changes configs.
    pub alters: bool,
    /// The data directories.
    pub dirs: &'static [&'static str],
    /// A client moves replicas between them.
    pub moves: bool,
    /// A client leaves what it asked for unread for a while.
    pub hoards: bool,
    /// A client waits for one batch after the other.
    pub beat: bool,
    /// The network when nothing is wrong.
    pub net: NetModel,
    /// The queues between cores.
    pub mesh: MeshModel,
    /// Longest latency of the disk when nothing is wrong, ns.
    pub disk_latency: u64,
    /// Files that are slower than others, and by how much at most, ns.
    pub pace: Option<(FileKind, u64)>,
    /// Ends are aimed at what the broker does.
    pub aims: bool,
    /// What fails and what ends are aimed at is files of this kind, most of the time.
    pub focus: Option<FileKind>,
    /// One in so many turns of a task is held back for so long at most, ns.
    pub held_back: (u64, u64),
    /// Of tasks in this lane and behind it one in so many turns waits for so long at most, ns.
    pub starved: (u8, u64, u64),
    /// What may go wrong.
    pub troubles: Vec<Trouble>,
    /// How lives may end.
    pub ends: Vec<End>,
    /// A start may be cut off, too.
    pub crash_in_start: bool,
    /// Lives before the healing.
    pub lives: u64,
    /// Longest life, ms.
    pub life_ms: u64,
    /// Batches that each producer offers in one life; then it waits for the next.
    pub batches_max: u64,
}

pub(super) fn pick<T: Copy>(rng: &Rng, of: &[T]) -> T {
    let i = usize::try_from(rng.below(of.len() as u64)).unwrap_or(0);
    *of.get(i).expect("nothing to pick from")
}

fn limits(rng: &Rng) -> Limits {
    let log = pick(rng, &[0, 0, 0, 512 << 10, 1 << 20, 4 << 20]);
    Limits {
        commit_log_bytes_max: log,
        tail_bytes_max: pick(rng, &[64 << 10, 256 << 10, 1 << 20, 64 << 20]),
        request_bytes_max: pick(rng, &[1 << 20, 16 << 20]),
        fetch_max_bytes: pick(rng, &[4 << 10, 64 << 10, 16 << 20]),
        max_connections: pick(rng, &[64, 1000]),
        connections_max_idle: pick(
            rng,
            &[None, Some(Duration::from_secs(5)), Some(Duration::from_secs(600))],
        ),
        commit_window: pick(rng, &[Duration::ZERO, Duration::ZERO, Duration::from_micros(500)]),
        credits: pick(rng, &[CREDITS_MAX, CREDITS_MAX, CREDITS_MAX, 4]),
        write_files_max: pick(rng, &[1, 16, 4096]),
        //        erase_bytes: pick(rng, &[4 << 10, 64 << 10, 1 << 20]),
        ..Limits::default()
    }
}

fn topic(rng: &Rng, n: u64) -> TopicPlan {
    let mut configs = Vec::new();
    if rng.one_in(2) {
        // Segments have at least a megabyte, or as many batches as their index has entries.
        configs.push(("index.interval.bytes", pick(rng, &["0", "200", "4096"]).to_owned()));
        configs.push(("segment.index.bytes", pick(rng, &["16", "48", "160", "800"]).to_owned()));
    }
    if rng.one_in(3) {
        configs.push(("segment.ms", pick(rng, &["50", "300", "2000"]).to_owned()));
    }
    if rng.one_in(3) {
        configs.push(("message.timestamp.type", "LogAppendTime".to_owned()));
    }
    if rng.one_in(5) {
        configs.push(("compression.type", pick(rng, &["uncompressed", "lz4", "zstd"]).to_owned()));
    }
    configs.push(("segment.bytes", "1048576".to_owned()));
    TopicPlan { name: format!("t{n}"), partitions: 1 + i32::try_from(rng.below(5)).unwrap_or(0), configs }
}

fn producer(rng: &Rng, idempotent: bool) -> ProducerPlan {
    let codec = match rng.below(3) {
        0 => pick(rng, &[Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd]),
        _ => Codec::None,
    };
    let version = 3 + i16::try_from(rng.below(11)).unwrap_or(0);
    ProducerPlan {
        idempotent,
        acks: if idempotent { -1 } else { pick(rng, &[-1, -1, 1, 0]) },
        pipeline: pick(rng, &[1, 2, 5]),
        records_max: pick(rng, &[1, 4, 20]),
        value_max: pick(rng, &[16, 200, 1000, 6000]),
        codec,
        think_ms: pick(rng, &[0, 10, 100, 500]),
        rest_ms: pick(rng, &[0, 5000]),
        partitions_max: pick(rng, &[1, 1, 4]),
        timeout_ms: pick(rng, &[30_000, 30_000, 1500]),
        version: if codec == Codec::Zstd { version.max(7) } else { version },
    }
}

fn mesh(rng: &Rng) -> MeshModel {
    let delay_max = pick(rng, &[0, 10_000, 500_000, 20_000_000]);
    // Short queues of slow messages are a broker that stands still.
    let queue_max = if delay_max > 1_000_000 { pick(rng, &[16, 64]) } else { pick(rng, &[1, 2, 8, 64]) };
    MeshModel { queue_max, delay_max, ..MeshModel::default() }
}

/// What makes an answer wait for a commit may be slow enough to be seen by a client; what a stop has to wait for
/// many times may not.
fn pace(rng: &Rng) -> (FileKind, u64) {
    let kind = if rng.one_in(2) { FileKind::Commit } else { super::strike::any_kind(rng) };
    (kind, slowest(rng, kind))
}

/// How slow files of this kind may be at most, ns.
fn slowest(rng: &Rng, kind: FileKind) -> u64 {
    match kind {
        FileKind::Commit => pick(rng, &[5_000_000, 40_000_000, 150_000_000]),
        FileKind::Checkpoint | FileKind::Metadata => pick(rng, &[5_000_000, 50_000_000]),
        _ => 5_000_000,
    }
}

fn consumer(rng: &Rng) -> ConsumerPlan {
    let session = rng.one_in(2);
    let version = 4 + i16::try_from(rng.below(14)).unwrap_or(0);
    ConsumerPlan {
        session,
        version: if session { version.max(7) } else { version },
        max_wait_ms: pick(rng, &[0, 100, 500, 5000, 5000]),
        min_bytes: pick(rng, &[1, 1, 1, 2000]),
        max_bytes: pick(rng, &[1, 3000, 100_000, 50_000_000]),
        think_ms: pick(rng, &[20, 200, 1000]),
        seek: pick(rng, &[0, 4, 20]),
    }
}

impl Plan {
    /// The plan of `rng`'s seed.
    #[must_use]
    pub fn roll(rng: &Rng) -> Self {
        // One run in five has no faults: there, every delay is a fault of the code.
        let calm = rng.one_in(5);
        let odds = 2 + rng.below(5);
        let troubles =
            if calm { Vec::new() } else { TROUBLES.into_iter().filter(|_| rng.one_in(odds)).collect() };
        let ends = match rng.below(8) {
            0 => vec![End::Stop],
            1 => vec![End::Kill],
            2 => vec![End::Cut],
            3 | 4 => vec![End::Kill, End::Cut],
            _ => vec![End::Stop, End::Kill, End::Cut],
        };
        let mut producers: Vec<_> = (0..=rng.below(2)).map(|_| producer(rng, true)).collect();
        producers.extend((0..rng.below(3)).map(|_| producer(rng, false)));
        let mut plan = Self {
            cores_max: 1 + rng.below(3),
            cores_fixed: rng.one_in(2),
            limits: limits(rng),
            topics: (0..=rng.below(2)).map(|n| topic(rng, n)).collect(),
            producers,
            consumers: (0..=rng.below(2)).map(|_| consumer(rng)).collect(),
            churn: rng.one_in(3),
            probes: rng.one_in(3),
            alters: false,
            dirs: &[DATA_DIR],
            moves: false,
            hoards: false,
            beat: rng.one_in(2),
            net: NetModel {
                delay_max: pick(rng, &[20_000, 300_000, 3_000_000]),
                pipe_max: pick(rng, &[4096, 256 << 10]),
                pieces: pick(rng, &[0, 4, 20]),
                partitioned_until: 0,
            },
            mesh: mesh(rng),
            disk_latency: pick(rng, &[20_000, 100_000, 1_000_000]),
            pace: rng.one_in(3).then(|| pace(rng)),
            aims: !rng.one_in(4),
            focus: None,
            held_back: (0, 0),
            starved: (0, 0, 0),
            troubles,
            ends,
            crash_in_start: rng.one_in(3),
            lives: 1 + rng.below(5),
            life_ms: pick(rng, &[400, 4000, 20_000]),
            batches_max: pick(rng, &[20, 60, 200]),
            groups: GroupsPlan::roll(rng),
            keep: KeepPlan::default(),
            store: Vec::new(),
        };
        plan.sharpen(&Rng::new(rng.next()));
        // An answer waits for a commit or two, several members in turn: a session has to hold all of that.
        if let (Some(group), Some((FileKind::Commit, most))) = (plan.groups.groups.first(), &mut plan.pace) {
            *most = (*most).min(group.session_ms * 1_000_000 / 16);
        }
        plan
    }

    /// In some seeds with aims everything is about one kind of file: it fails, and behind that come restarts and power
    /// cuts; it is rewritten in small logs all the time. In some, tasks are held back.
    fn sharpen(&mut self, rng: &Rng) {
        if rng.one_in(3) {
            let most = pick(rng, &[100_000, 1_000_000, 5_000_000, 30_000_000]);
            self.held_back = (pick(rng, &[20, 100, 400]) * (1 + most / 1_000_000), most);
        }
        self.alters = rng.one_in(4);
        if !self.aims || !rng.one_in(3) {
            return;
        }
        let focus = super::strike::any_kind(rng);
        self.focus = Some(focus);
        if rng.one_in(2) {
            self.pace = Some((focus, slowest(rng, focus)));
        }
        self.lives = self.lives.max(3 + rng.below(3));
        self.ends = pick(rng, &[[End::Stop, End::Kill, End::Cut], [End::Stop, End::Cut, End::Cut]]).to_vec();
        if rng.one_in(2) {
            self.limits.commit_log_bytes_max = 0;
        }
        if rng.one_in(2) {
            let most = if rng.one_in(2) { 1 } else { 2 };
            let errors = [Trouble::SyncError, Trouble::WriteError];
            self.troubles = errors.into_iter().take(most).collect();
        }
    }

    /// Rolls what the store is configured with, with a generator of its own.
    pub fn roll_store(&mut self, rng: &Rng) {
        let reserve = pick(rng, &["-1", "-1", "0", "50000", "300000", "1000000"]);
        self.store = vec![("ringlog.log.dir.reserve.bytes".to_owned(), reserve.to_owned())];
        // Where reads fail or lie, what they say of a segment stays until the next pass.
        let honest =
            [Trouble::ReadError, Trouble::LyingRead, Trouble::ShortRead].iter().all(|t| !self.has(*t));
        if honest && rng.one_in(3) {
            let interval = pick(rng, &["50", "300", "2000"]);
            self.store.push(("ringlog.scrub.interval.ms".to_owned(), interval.to_owned()));
        }
    }

    /// Rolls what is wrong alone, while all else is well: a place on the disk, a lane, the way between two cores. With
    /// a generator of its own.
    pub fn roll_alone(&mut self, rng: &Rng) {
        if !self.troubles.is_empty() {
            self.troubles
                .extend([Trouble::HungFile, Trouble::SlowFile].into_iter().filter(|_| rng.one_in(4)));
        }
        if rng.one_in(6) {
            let lane = pick(rng, &[Lane::Flush, Lane::Flush, Lane::Background]) as u8;
            self.starved = (lane, pick(rng, &[2, 8]), pick(rng, &[1_000_000, 10_000_000, 50_000_000]));
        }
        self.hoards = rng.one_in(4);
        self.mesh.wake_max = pick(rng, &[0, 10_000, 1_000_000]);
        if self.cores_max > 1 && rng.one_in(5) {
            let mut most = pick(rng, &[500_000, 20_000_000, 200_000_000]);
            // As with a slow commit: a session has to hold what a member waits for.
            if let Some(group) = self.groups.groups.first() {
                most = most.min(group.session_ms * 1_000_000 / 16);
            }
            let (from, to) = (rng.below(4), rng.below(4));
            self.mesh.lag =
                Some((usize::try_from(from).unwrap_or(0), usize::try_from(to).unwrap_or(0), most));
            // Short queues of slow messages are a broker that stands still.
            self.mesh.queue_max = self.mesh.queue_max.max(64);
        }
    }

    /// Rolls a second data directory, and moves to it and back. With a generator of its own.
    pub fn roll_moves(&mut self, rng: &Rng) {
        if !rng.one_in(5) {
            return;
        }
        self.dirs = DATA_DIRS;
        // A copy of what a lie brought is one.
        self.moves = !self.has(Trouble::LyingRead) && !rng.one_in(8);
        if self.moves && self.aims && rng.one_in(2) {
            self.focus = Some(pick(rng, &[FileKind::Moving, FileKind::Moving, FileKind::Metadata]));
            self.lives = self.lives.max(3);
        }
    }

    /// True if `trouble` may come.
    #[must_use]
    pub fn has(&self, trouble: Trouble) -> bool {
        self.troubles.contains(&trouble)
    }
}
