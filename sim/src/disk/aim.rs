//! Aims: an end of the process at a chosen operation of the disk, and devices that are slow with one kind of file.
//!
//! The model. What goes wrong at a random moment mostly goes wrong while nothing happens: an operation takes a
//! fraction of a millisecond, a life seconds. So a swarm may *aim*: the n-th step of a change of one kind of
//! file (before its bytes reach the device, after that, before the answer) stays where it is, and whoever waits
//! for `struck` ends the process at this moment. It may also aim at the first operation that fails. The *pace*
//! makes every operation on one kind of file slower than all others, for the whole run: real devices are so
//! (a journal on a slow disk), and an order that holds only because one operation is quick does not hold then.
//!
//! Owner: the disk's state; the swarm sets aim and pace. Invariants: one aim at a time, and it strikes once; a
//! struck operation is never answered.

use super::MemDisk;
use std::path::Path;
use std::task::{Poll, Waker};

/// What a file is for, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// A file of a commit log.
    Commit,
    /// A slot of a core's checkpoints.
    Checkpoint,
    /// A partition's batches.
    Segment,
    /// A partition's offset or time index.
    Index,
    /// The metadata log.
    Metadata,
    /// A file of a replica that is being copied to another data directory.
    Moving,
    /// Anything else.
    Other,
    /// Not a file: opening, renaming, removing, listing, and directories.
    Names,
}

impl FileKind {
    /// All but `Other`, and `Moving`, which most seeds do not have.
    pub const ALL: [Self; 6] =
        [Self::Commit, Self::Checkpoint, Self::Segment, Self::Index, Self::Metadata, Self::Names];

    pub(super) fn of(path: &Path) -> Self {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        let dir = path.parent().and_then(|p| p.file_name()).and_then(|n| n.to_str()).unwrap_or_default();
        if dir.starts_with("__cluster_metadata") {
            Self::Metadata
        } else if dir.ends_with("-future") {
            Self::Moving
        } else if name.starts_with("commit-") {
            Self::Commit
        } else if name.starts_with("checkpoint") {
            Self::Checkpoint
        } else if name.ends_with(".log") {
            Self::Segment
        } else if name.ends_with("index") {
            Self::Index
        } else {
            Self::Other
        }
    }
}

/// What a client was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// Something that must hold from now on.
    Fact,
    /// Records whose producer has no answer yet: readers must not see them before they are durable.
    UnansweredRecords,
    /// A committed offset whose commit has no answer yet.
    UnansweredOffset,
}

/// When an aim strikes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// At the `nth` step of operations on such files, counted from 0.
    Step {
        /// Which files.
        kind: FileKind,
        /// Steps that pass before.
        nth: u64,
    },
    /// The same, and the operation goes on: what comes now meets it on its way.
    Near {
        /// Which files.
        kind: FileKind,
        /// Steps that pass before.
        nth: u64,
    },
    /// At the first operation that fails with EIO. It is answered.
    Error,
    /// At the `nth` call of `MemDisk::strike` with this, counted from 0.
    Told {
        /// What was told.
        what: Told,
        /// Calls that pass before.
        nth: u64,
    },
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Aim {
    target: Option<Target>,
    struck: bool,
    waker: Option<Waker>,
    /// Files that are slower, and by how much at most, ns.
    pub pace: Option<(FileKind, u64)>,
}

impl Aim {
    fn strike(&mut self) {
        self.target = None;
        self.struck = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// An operation failed.
    pub fn on_error(&mut self) {
        if self.target == Some(Target::Error) {
            self.strike();
        }
    }

    /// A step of an operation on such a file. True if it is the one.
    fn on_step(&mut self, of: FileKind) -> bool {
        match &mut self.target {
            Some(Target::Step { kind, nth: 0 }) if *kind == of => {
                self.strike();
                true
            }
            Some(Target::Near { kind, nth: 0 }) if *kind == of => {
                self.strike();
                false
            }
            Some(Target::Step { kind, nth } | Target::Near { kind, nth }) if *kind == of => {
                *nth -= 1;
                false
            }
            _ => false,
        }
    }
}

impl MemDisk {
    /// Aims; `None` takes the aim back.
    pub fn aim(&self, target: Option<Target>) {
        let mut state = self.lock();
        state.aim.target = target;
        state.aim.struck = false;
    }

    /// Operations on files of this kind take up to `ns` longer from now on; `None`: all are alike.
    pub fn set_pace(&self, pace: Option<(FileKind, u64)>) {
        self.lock().aim.pace = pace;
    }

    /// A client was told something: strikes if the aim is `Told`, and this is the one.
    pub fn strike(&self, told: Told) {
        let mut state = self.lock();
        match &mut state.aim.target {
            Some(Target::Told { what, nth: 0 }) if *what == told => state.aim.strike(),
            Some(Target::Told { what, nth }) if *what == told => *nth -= 1,
            _ => {}
        }
    }

    /// Suspends until the aim has struck.
    pub async fn struck(&self) {
        std::future::poll_fn(|cx| {
            let mut state = self.lock();
            if state.aim.struck {
                return Poll::Ready(());
            }
            state.aim.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// One step of an operation that changes something: it takes its time, and may be the one that was aimed at.
    pub(super) async fn step(&self, kind: FileKind, path: &Path) {
        self.step_of(kind, path, 1).await;
    }

    /// The same with one that takes a `part`th of the time.
    pub(super) async fn step_of(&self, kind: FileKind, path: &Path, part: u64) {
        self.delay_of(kind, path, part).await;
        let hit = self.lock().aim.on_step(kind);
        if hit {
            // Until the process ends.
            std::future::pending::<()>().await;
        }
    }

    /// An operation, or a step of it, takes its time.
    pub(super) async fn delay(&self, kind: FileKind, path: &Path) {
        self.delay_of(kind, path, 1).await;
    }

    async fn delay_of(&self, kind: FileKind, path: &Path, part: u64) {
        let Some(exec) = &self.exec else { return };
        let (min, max, hung) = {
            let state = self.lock();
            let slower = state.aim.pace.filter(|(k, _)| *k == kind).map_or(0, |(_, ns)| ns);
            let (alone, hung) = state.alone(kind, path);
            let faults = &state.faults;
            (faults.latency_min, faults.latency_max.max(slower).max(alone), faults.hung_until.max(hung))
        };
        let wait = min + exec.rng().below(max + 1) / part;
        exec.sleep_until(exec.now() + wait).await;
        if hung > exec.now() {
            exec.sleep_until(hung).await;
        }
    }
}
