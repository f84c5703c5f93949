//! The members of consumer groups: they join, send heartbeats, commit, leave, while generator threads read for them.
//!
//! Owner: one thread, so that a slow coordinator delays no record. Invariant: who has joined leaves, also when the run
//! is interrupted or a group does not settle.

mod classic;
mod consumer;
mod coordinator;
mod places;

use super::cluster::Cluster;
use super::options::GroupProtocol;
use super::readers::Mailbox;
use crate::interrupt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Between two commits, as clients do it by default.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
/// How long groups may need until every partition has its member.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// Between two heartbeats of a member while its group is not settled yet.
const IMPATIENT: Duration = Duration::from_millis(200);
/// Longest sleep, so that the end is noticed.
const NAP: Duration = Duration::from_millis(20);

/// What the threads of a run and that of the members share.
#[derive(Debug, Default)]
struct Flags {
    /// Readers look into their mailboxes.
    live: AtomicBool,
    stop: AtomicBool,
}

/// All members of all groups.
pub struct Members {
    flags: Arc<Flags>,
    /// Group by group.
    mailboxes: Vec<Arc<Mailbox>>,
    settled: Receiver<io::Result<()>>,
    thread: JoinHandle<io::Result<u64>>,
}

/// The groups of a run.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Their names.
    pub names: Vec<String>,
    /// Members of each.
    pub members: usize,
    /// Where a partition is begun: its first or its next offset, as ListOffsets takes it.
    pub from: i64,
    /// What they speak.
    pub protocol: GroupProtocol,
    /// A member of the classic protocol that was not heard for so long is out of its group.
    pub session: Duration,
}

/// The way to the first assignment of everything.
struct Settling {
    began: Instant,
    done: bool,
    sender: Sender<io::Result<()>>,
}

impl Settling {
    fn done(&self) -> bool {
        self.done
    }

    /// Tells who waits once `settled` holds. Errors: interrupted before, or it takes more than a minute.
    fn look(&mut self, settled: impl FnOnce() -> bool) -> io::Result<()> {
        if self.done {
            return Ok(());
        }
        if settled() {
            self.done = true;
            // Who joined gave up only if its process ends.
            let _ = self.sender.send(Ok(()));
            return Ok(());
        }
        if interrupt::is_asked() {
            return Err(interrupt::error());
        }
        if self.began.elapsed() > SETTLED_WITHIN {
            return Err(io::Error::other("not every partition has its member after a minute"));
        }
        Ok(())
    }
}

impl Members {
    /// Joins, and returns when every partition has its member in every group.
    /// Errors: the broker refuses, or they do not settle within a minute.
    pub fn join(cluster: Arc<Cluster>, groups: Groups) -> io::Result<Self> {
        let flags = Arc::new(Flags::default());
        let count = groups.names.len() * groups.members;
        let mailboxes: Vec<Arc<Mailbox>> = (0..count).map(|_| Arc::default()).collect();
        let (sender, settled) = channel();
        let (theirs, boxes) = (Arc::clone(&flags), mailboxes.clone());
        let thread = std::thread::spawn(move || {
            let mut settling = Settling { began: Instant::now(), done: false, sender };
            let run = match groups.protocol {
                GroupProtocol::Consumer => consumer::Lives::new(cluster, &groups, theirs, boxes)
                    .and_then(|mut lives| lives.run(&mut settling)),
                GroupProtocol::Classic => classic::Lives::new(cluster, &groups, theirs, boxes)
                    .and_then(|mut lives| lives.run(&mut settling)),
            };
            if let Err(e) = &run {
                // Nobody waits for it once the groups have settled.
                let _ = settling.sender.send(Err(io::Error::other(e.to_string())));
            }
            run
        });
        let members = Self { flags, mailboxes, settled, thread };
        match members.settled.recv() {
            Ok(Ok(())) => Ok(members),
            Ok(Err(e)) => Err(e),
            Err(_) => Err(io::Error::other("the thread of the groups ended early")),
        }
    }

    /// The mailboxes, group by group.
    #[must_use]
    pub fn mailboxes(&self) -> &[Arc<Mailbox>] {
        &self.mailboxes
    }

    /// From now on readers look into them.
    pub fn go_live(&self) {
        self.flags.live.store(true, Ordering::Release);
    }

    /// All leave; how many partitions were committed. Errors: what the thread met.
    pub fn leave(self) -> io::Result<u64> {
        self.flags.stop.store(true, Ordering::Release);
        self.thread.join().map_err(|_| io::Error::other("the thread of the groups ended early"))?
    }
}
