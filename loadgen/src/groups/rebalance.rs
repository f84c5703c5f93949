//! A large group of the consumer protocol, every member on a connection of its own: all join at once, then one more.
//!
//! Owner: one run. Each member does what a client does: it says at once that it has given partitions back or taken
//! them, and otherwise sends a heartbeat when it was told to.

use super::Options;
use super::ask::{self, Member};
use crate::frames;
use crate::versions::{Caller, Versions};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const TOPIC: &str = "shared";
const GROUP: &str = "large";
/// Longer than the broker pauses between two assignments.
const CALM: Duration = Duration::from_millis(2500);

/// What the driver knows of a member.
#[derive(Clone, Default)]
struct Seen {
    owned: usize,
    /// Partitions that it gave back since the last look.
    given_back: usize,
    /// The longest that an answer took since the last look.
    longest: Duration,
}

#[derive(Default)]
struct Group {
    seen: Mutex<Vec<Seen>>,
    failed: Mutex<Option<io::Error>>,
    stop: AtomicBool,
}

impl Group {
    fn look<R>(&self, at: impl FnOnce(&mut Vec<Seen>) -> R) -> R {
        at(&mut self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Waits until all partitions are owned, and no member has two more than another. Errors: a member's, or a minute.
    fn settle(&self, members: usize, partitions: usize) -> io::Result<Duration> {
        let (began, even) = (Instant::now(), partitions / members..=partitions.div_ceil(members));
        loop {
            let settled = self.look(|all| {
                let owned: usize = all.iter().map(|s| s.owned).sum();
                all.len() == members && owned == partitions && all.iter().all(|s| even.contains(&s.owned))
            });
            if settled {
                return Ok(began.elapsed());
            }
            let failed = self.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            if let Some(e) = failed {
                return Err(e);
            }
            if began.elapsed() > Duration::from_secs(60) {
                return Err(io::Error::other("the group is not balanced after a minute"));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
    }

    /// What the members saw since the last look.
    fn take(&self) -> Vec<Seen> {
        self.look(|all| {
            let before = all.clone();
            for s in all.iter_mut() {
                *s = Seen { owned: s.owned, ..Seen::default() };
            }
            before
        })
    }
}

/// Runs it. Errors: the broker's, and a wrong answer.
pub fn run(options: &Options) -> io::Result<()> {
    let ms = options.heartbeat_ms;
    let set = [
        format!("group.consumer.min.heartbeat.interval.ms={ms}"),
        format!("group.consumer.heartbeat.interval.ms={ms}"),
    ];
    let broker = options.start(true, &set)?;
    frames::create_topic(options.addr(), TOPIC, options.partitions)?;
    ask::find_coordinator(options.addr(), GROUP)?;
    let (group, partitions) = (Group::default(), options.partitions as usize);
    let versions = Arc::new(Versions::ask(options.addr())?);
    let measured = std::thread::scope(|scope| {
        let join = |n: usize| {
            group.look(|all| all.push(Seen::default()));
            let (group, broker) = (&group, (options.addr(), &versions));
            scope.spawn(move || live(group, n, broker));
        };
        let measure = || {
            (0..options.members).for_each(join);
            let all = group.settle(options.members, partitions)?;
            println!(
                "rebalance: {} members joined at once, {partitions} partitions owned and even after {} ms",
                options.members,
                all.as_millis()
            );
            std::thread::sleep(CALM);
            group.take();
            let cpu = broker.cpu_seconds();
            join(options.members);
            let took = group.settle(options.members + 1, partitions)?;
            Ok((took, broker.cpu_seconds() - cpu, group.take()))
        };
        let measured: io::Result<(Duration, f64, Vec<Seen>)> = measure();
        group.stop.store(true, Ordering::Relaxed);
        measured
    });
    let (took, cpu, seen) = measured?;
    let gave: Vec<_> = seen.iter().filter(|s| s.given_back > 0).collect();
    let moved: usize = gave.iter().map(|s| s.given_back).sum();
    let longest = seen.iter().map(|s| s.longest).max().unwrap_or_default();
    println!(
        "rebalance: one member more owns {} partitions after {} ms (heartbeats every {ms} ms, {cpu:.2} s of CPU): \
         {} of {} members gave {moved} back, the others kept what they had; the slowest answer took {:.1} ms",
        seen.last().map_or(0, |s| s.owned),
        took.as_millis(),
        gave.len(),
        options.members,
        longest.as_secs_f64() * 1e3
    );
    broker.stop().map(drop)
}

/// One member's life.
fn live(group: &Group, n: usize, broker: (SocketAddr, &Arc<Versions>)) {
    if let Err(e) = beats(group, n, broker) {
        group.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert(e);
    }
}

fn beats(group: &Group, n: usize, (addr, versions): (SocketAddr, &Arc<Versions>)) -> io::Result<()> {
    let mut caller = Caller::with(addr, versions)?;
    let mut member = Member::new(GROUP, format!("member-{n:04}"));
    while !group.stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        let told = member.beat(&mut caller, &[TOPIC.to_owned()])?;
        let took = began.elapsed();
        group.look(|all| {
            if let Some(s) = all.get_mut(n) {
                s.owned = member.owned.len();
                s.given_back += told.lost;
                s.longest = s.longest.max(took);
            }
        });
        if !told.changed {
            let due = began + told.pause;
            while Instant::now() < due && !group.stop.load(Ordering::Relaxed) {
                std::thread::sleep(
                    due.saturating_duration_since(Instant::now()).min(Duration::from_millis(50)),
                );
            }
        }
    }
    Ok(())
}
