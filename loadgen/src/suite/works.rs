//! What the suite does with each peer: one started peer, one measurement, its figures.
//!
//! Owner: one measurement. Invariants: every peer starts on an empty directory, and is ended before the next; the same
//! client does the same to every peer.

use super::Settings;
use super::targets::{BARE, Figures, GLOMMIO, HALF, KAFKA, OURS, SYNCED};
use crate::client::{self, Plan};
use crate::load::Summary;
use crate::load::measured;
use crate::load::omb::options_of;
use crate::peer::{Peer, Running};
use crate::quick::pin_to;
use crate::{bare_disk, cold, frames, restart};
use hdrhistogram::Histogram;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

const TOPIC: &str = "suite";

/// One kind of measurement.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Closed loop, 1 KiB unbatched: connections, partitions, and whether it is measured from the first second on.
    Produce(usize, u32, bool),
    /// Batches of so many KiB of 1 KiB records.
    Batches(usize),
    /// 4 KiB durable writes, one at a time.
    Disk,
    /// Fetch of so many MiB; warm or cold.
    Fetch(bool),
    /// End to end at a fixed rate.
    EndToEnd(f64),
    /// Kills.
    Restart,
    /// Nobody asks.
    Idle,
    /// A thousand consumers wait.
    LongPolls,
    /// A load of its own, in the words of `load`; how many bytes fill the disk before.
    Load(String, bool),
}

/// A measurement and its names.
#[derive(Clone, Debug)]
pub struct Work {
    /// Which target it is for.
    pub number: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
}

/// All of them.
#[must_use]
pub fn works() -> Vec<Work> {
    let of = |number, name, kind| Work { number, name, kind };
    vec![
        of("P1", "produce 64x1", Kind::Produce(64, 1, false)),
        of("P2", "4 KiB DSYNC", Kind::Disk),
        of("P2", "produce 1x1", Kind::Produce(1, 1, false)),
        of("P3", "produce 64x1000", Kind::Produce(64, 1000, false)),
        of("P3", "produce 64x10000", Kind::Produce(64, 10_000, false)),
        of("P3", "first 10 s 64x1000", Kind::Produce(64, 1000, true)),
        of("P4", "batches 64 KiB", Kind::Batches(64)),
        of("P4", "batches 256 KiB", Kind::Batches(256)),
        of("P5", "fetch warm", Kind::Fetch(true)),
        of("P5", "fetch cold", Kind::Fetch(false)),
        of("P6", "end to end 2,000/s", Kind::EndToEnd(2_000.0)),
        of("P6", "end to end 10,000/s", Kind::EndToEnd(10_000.0)),
        of("P6", HALF, Kind::EndToEnd(0.0)),
        of("P7", "kill -9", Kind::Restart),
        of("P8", "idle", Kind::Idle),
        of("P8", "1,000 long polls", Kind::LongPolls),
    ]
}

/// The traps, by the name that `--trap` takes.
#[must_use]
pub fn traps() -> Vec<Work> {
    let keyed = "--keys=round-robin --key-count=100000 --partitions=100 --rate=10000 --linger-ms=1 --batch-records=1000";
    let retained =
        "--topic-config=retention.bytes=64000000 --topic-config=segment.bytes=16000000 --rate=20000";
    let of = |name, words: String, fills| Work { number: "trap", name, kind: Kind::Load(words, fills) };
    vec![
        of("keyed-50", format!("{keyed} --clients=50"), false),
        of("keyed-400", format!("{keyed} --clients=400"), false),
        of("retention", retained.to_owned(), false),
        of("half-full", "--rate=10000".to_owned(), true),
        of("hour", "--rate=10000 --for=1h".to_owned(), false),
    ]
}

impl Kind {
    /// The peers that do it.
    #[must_use]
    pub fn peers(&self) -> &'static [&'static str] {
        match self {
            Self::Produce(64, 1, _) => &[BARE, OURS, GLOMMIO, KAFKA, SYNCED],
            Self::Produce(1, 1, _) => &[OURS, GLOMMIO, KAFKA],
            Self::Produce(_, 10_000, _) | Self::Restart => &[OURS],
            Self::EndToEnd(_) | Self::Idle => &[OURS, GLOMMIO, KAFKA],
            Self::Produce(..) | Self::Load(..) => &[OURS, KAFKA],
            Self::Fetch(_) => &[BARE, OURS, GLOMMIO, KAFKA],
            Self::Batches(_) | Self::LongPolls => &[BARE, OURS, KAFKA],
            Self::Disk => &[BARE],
        }
    }
}

/// Does `work` with the peer of that name. Errors: the peer's, or it refused.
pub fn measure(s: &Settings, work: &Work, peer: &str) -> io::Result<(Figures, Option<Summary>)> {
    let dir = s.dir.join(format!("{}-{}", word(work.name), word(peer)));
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    let done = one(s, &work.kind, peer, &dir);
    std::fs::remove_dir_all(&dir)?;
    done
}

fn word(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn one(s: &Settings, kind: &Kind, peer: &str, dir: &Path) -> io::Result<(Figures, Option<Summary>)> {
    let alone = |f: Figures| (f, None);
    match kind {
        Kind::Produce(connections, partitions, first) => {
            let (warmup, counted) = if *first { (0.0, 10.0) } else { (s.warmup, s.seconds) };
            let requests = |version, bare| {
                frames::produce_requests(version, (TOPIC, if bare { 1 } else { *partitions }), 1024)
            };
            produce(s, peer, dir, (*connections, *partitions, requests, (warmup, counted))).map(alone)
        }
        Kind::Batches(kib) => {
            let records = frames::large_batch(kib << 10)?;
            let requests = |version, _| Ok(vec![frames::produce_request(version, (TOPIC, 0), &records)?]);
            produce(s, peer, dir, (8, 1, requests, (s.warmup, s.seconds))).map(alone)
        }
        Kind::Disk => {
            // Where the brokers are: whose processor takes the disk's interrupts makes a difference.
            pin_to(&s.server_cpus);
            let all = bare_disk::measure(dir, Duration::from_secs_f64(s.seconds));
            pin_to(&s.generator_cpus);
            Ok(alone(latencies(&all?)))
        }
        Kind::Fetch(warm) => fetch(s, peer, dir, *warm).map(alone),
        Kind::EndToEnd(rate) => {
            let words = format!("--rate={rate} --read=tail --clients=8");
            load(s, peer, dir, (&words, true))
        }
        Kind::Load(words, fills) => trap(s, peer, dir, (words, *fills)),
        Kind::Restart => kills(s, dir).map(alone),
        Kind::Idle => idle(s, peer, dir).map(alone),
        Kind::LongPolls => long_polls(s, peer, dir).map(alone),
    }
}

fn addr(s: &Settings) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, s.port))
}

fn start(s: &Settings, peer: &str, dir: &Path) -> io::Result<Running> {
    let missing = || io::Error::other("it is not there");
    let kafka = |more: Vec<String>| Some(Peer::Kafka(s.kafka.clone()?, s.kafka_cpus.clone(), more));
    let found = match peer {
        BARE => Some(Peer::Bare),
        OURS => s.ringlog.clone().map(Peer::Ringlog),
        GLOMMIO => s.ringlog.clone().map(Peer::Glommio),
        KAFKA => kafka(Vec::new()),
        _ => kafka(vec!["log.flush.interval.messages=1".to_owned()]),
    };
    found.ok_or_else(missing)?.start(dir, s.port, &s.server_cpus)
}

fn latencies(all: &Histogram<u64>) -> Figures {
    let ms = |q| all.value_at_quantile(q) as f64 / 1e6;
    Figures::from([("p50 ms", ms(0.5)), ("p99 ms", ms(0.99)), ("p99.9 ms", ms(0.999))])
}

fn produce(
    s: &Settings,
    peer: &str,
    dir: &Path,
    (connections, partitions, requests, (warmup, counted)): (
        usize,
        u32,
        impl Fn(i16, bool) -> io::Result<Vec<Vec<u8>>>,
        (f64, f64),
    ),
) -> io::Result<Figures> {
    let running = start(s, peer, dir)?;
    let bare = peer == BARE;
    if !bare {
        frames::create_topic(addr(s), TOPIC, partitions)?;
    }
    let version = if bare { frames::BARE_PRODUCE } else { frames::produce_version(addr(s))? };
    let requests = requests(version, bare)?;
    let plan = Plan {
        connections,
        warmup: Duration::from_secs_f64(warmup),
        duration: Duration::from_secs_f64(counted),
        check: if bare { |_| None } else { frames::check_produce(version) },
    };
    let before = running.cpu_seconds();
    let run = client::run(addr(s), &requests, plan)?;
    let cpu = (running.cpu_seconds() - before) * counted / (counted + warmup);
    let mib = run.rate() * requests.first().map_or(0, Vec::len) as f64 / 1_048_576.0;
    let mut all = latencies(&run.latency);
    all.extend([
        ("rate", run.rate()),
        ("CPU µs each", cpu * 1e6 / run.requests.max(1) as f64),
        ("MiB/s", mib),
        ("MiB/CPU s", mib * counted / cpu.max(0.01)),
        ("MiB", running.resident_mib()),
    ]);
    Ok(all)
}

fn fetch(s: &Settings, peer: &str, dir: &Path, warm: bool) -> io::Result<Figures> {
    let bytes = s.fetch_mib << 20;
    let peer = match peer {
        BARE => Some(Peer::BareSend(bytes)),
        OURS => s.ringlog.clone().map(Peer::Ringlog),
        GLOMMIO => s.ringlog.clone().map(Peer::Glommio),
        _ => s.kafka.clone().map(|k| Peer::Kafka(k, s.kafka_cpus.clone(), Vec::new())),
    };
    let peer = peer.ok_or_else(|| io::Error::other("it is not there"))?;
    let read = cold::run(&peer, dir, addr(s), (&s.server_cpus, cold::Work { bytes, warm }))?;
    let mib = read.bytes as f64 / 1_048_576.0;
    let mut all = latencies(&read.latency);
    all.extend([
        ("MiB/s", mib / read.seconds),
        ("MiB/CPU s", mib / read.cpu.max(0.01)),
        ("MiB", read.rss_mib),
    ]);
    Ok(all)
}

/// A load; its figures are those of records that came to a consumer, or of acknowledgements.
fn load(
    s: &Settings,
    peer: &str,
    dir: &Path,
    (words, timed): (&str, bool),
) -> io::Result<(Figures, Option<Summary>)> {
    let running = start(s, peer, dir)?;
    let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
    words.push(format!("--bootstrap={}", addr(s)));
    words.push(format!("--warmup={}s", s.warmup));
    if timed {
        words.push(format!("--duration={}s", s.seconds));
    }
    let before = running.cpu_seconds();
    let summary = measured(&options_of(&words)?)?.summary;
    let cpu = running.cpu_seconds() - before;
    let c = &summary.counts;
    let of = if c.end_to_end.is_empty() { &c.response } else { &c.end_to_end };
    let mut all = latencies(of);
    let whole = c.acked as f64 * (s.warmup + summary.seconds) / summary.seconds;
    all.extend([
        ("rate", c.acked as f64 / summary.seconds),
        ("CPU µs each", cpu * 1e6 / whole.max(1.0)),
        ("unanswered", c.backlog() as f64),
        ("generator busy %", summary.busy() * 100.0),
        ("MiB", running.resident_mib()),
    ]);
    if let Some((first, last)) = ends(&summary) {
        all.extend([("p99 ms, first tenth", first), ("p99 ms, last tenth", last)]);
    }
    Ok((all, Some(summary)))
}

/// Medians of the intervals' p99 in the first and in the last tenth of a run, ms: what a run that gets worse shows.
fn ends(run: &Summary) -> Option<(f64, f64)> {
    let p99 = |i: &serde_json::Value| i.get("response_us")?.get("p99")?.as_f64().map(|us| us / 1e3);
    let all: Vec<f64> = run.intervals.iter().filter_map(p99).collect();
    let tenth = all.len() / 10;
    let middle = |part: &[f64]| {
        let mut part = part.to_vec();
        part.sort_by(f64::total_cmp);
        part.get(part.len() / 2).copied()
    };
    Some((middle(all.get(..tenth)?)?, middle(all.get(all.len() - tenth..)?)?))
}

fn trap(
    s: &Settings,
    peer: &str,
    dir: &Path,
    (words, fills): (&str, bool),
) -> io::Result<(Figures, Option<Summary>)> {
    let ballast = if fills { ballast(dir)? } else { None };
    let done = load(s, peer, dir, (words, !words.contains("--for")));
    if let Some(file) = ballast {
        std::fs::remove_file(file)?;
    }
    done
}

/// A file that leaves two fifths of the disk; `None` if there is no more already.
/// Errors: it would have to be larger than what is free.
fn ballast(dir: &Path) -> io::Result<Option<PathBuf>> {
    let fs = nix::sys::statvfs::statvfs(dir).map_err(io::Error::from)?;
    let unit = u128::from(fs.fragment_size());
    let (all, free) = (u128::from(fs.blocks()) * unit, u128::from(fs.blocks_available()) * unit);
    let needed = free.saturating_sub(all * 2 / 5);
    if needed == 0 {
        return Ok(None);
    }
    let path = dir.join("ballast");
    let file = std::fs::File::create(&path)?;
    let length = i64::try_from(needed).map_err(io::Error::other)?;
    match nix::fcntl::fallocate(&file, nix::fcntl::FallocateFlags::empty(), 0, length) {
        Ok(()) => Ok(Some(path)),
        Err(e) => {
            std::fs::remove_file(&path)?;
            Err(io::Error::other(format!("cannot take {needed} bytes of the disk: {e}")))
        }
    }
}

fn kills(s: &Settings, dir: &Path) -> io::Result<Figures> {
    let options = restart::Options {
        ringlog: s.ringlog.clone().ok_or_else(|| io::Error::other("it is not there"))?,
        dir: dir.join("data"),
        server_cpus: s.kafka_cpus.clone(),
        port: s.port,
        kills: 3,
        mib: s.fetch_mib,
        partitions: 8,
    };
    let (mut ready, mut first): (f64, f64) = (0.0, 0.0);
    restart::kills(&options, |_, kill| {
        ready = ready.max(kill.ready.as_secs_f64());
        first = first.max(kill.first.as_secs_f64());
    })?;
    Ok(Figures::from([("READY s", ready), ("first answer s", first)]))
}

fn idle(s: &Settings, peer: &str, dir: &Path) -> io::Result<Figures> {
    let running = start(s, peer, dir)?;
    frames::create_topic(addr(s), TOPIC, 1)?;
    // What it does at its start is not idleness.
    std::thread::sleep(Duration::from_secs_f64(s.warmup));
    let before = running.cpu_seconds();
    std::thread::sleep(Duration::from_secs_f64(s.seconds));
    let cpu = running.cpu_seconds() - before;
    Ok(Figures::from([("CPU %", cpu * 100.0 / s.seconds), ("MiB", running.resident_mib())]))
}

/// A thousand consumers whose Fetch waits half a second, so that 2,000 requests come each second; the bare server
/// answers as many at once.
fn long_polls(s: &Settings, peer: &str, dir: &Path) -> io::Result<Figures> {
    const CONSUMERS: usize = 1000;
    if peer == BARE {
        let me = std::env::current_exe()?;
        let running = Running::bare(&me, dir, (s.port, &s.server_cpus), true)?;
        let before = running.cpu_seconds();
        let asked = paced(addr(s), CONSUMERS, Duration::from_secs_f64(s.seconds))?;
        let cpu = running.cpu_seconds() - before;
        return Ok(Figures::from([
            ("CPU µs each", cpu * 1e6 / asked as f64),
            ("MiB", running.resident_mib()),
        ]));
    }
    let running = start(s, peer, dir)?;
    let words = format!(
        "--bootstrap={} --no-produce --read=tail --topic={TOPIC} --partitions={CONSUMERS} --consumers={CONSUMERS} \
         --warmup={}s --duration={}s",
        addr(s),
        s.warmup,
        s.seconds
    );
    let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
    // Leaders of a thousand partitions are made before the CPU is read.
    frames::create_topic(addr(s), TOPIC, CONSUMERS as u32)?;
    let before = running.cpu_seconds();
    let summary = measured(&options_of(&words)?)?.summary;
    let cpu = (running.cpu_seconds() - before) * s.seconds / (s.seconds + s.warmup);
    let asked = summary.counts.fetch.len().max(1) as f64;
    Ok(Figures::from([("CPU µs each", cpu * 1e6 / asked), ("MiB", running.resident_mib())]))
}

/// One request after the other at 2,000 a second, each over the next connection; how many were answered.
fn paced(addr: SocketAddr, connections: usize, length: Duration) -> io::Result<u64> {
    let mut sockets: Vec<TcpStream> =
        (0..connections).map(|_| TcpStream::connect(addr)).collect::<io::Result<_>>()?;
    let request = frames::produce_requests(frames::BARE_PRODUCE, (TOPIC, 1), 8)?;
    let request = request.first().map(Vec::as_slice).unwrap_or_default();
    let (began, mut asked, mut memory) = (std::time::Instant::now(), 0u64, frames::Memory::default());
    while began.elapsed() < length {
        let due = began + Duration::from_micros(500 * asked);
        std::thread::sleep(due.saturating_duration_since(std::time::Instant::now()));
        let at = asked as usize % connections;
        let Some(socket) = sockets.get_mut(at) else { break };
        // Whatever it says: the bare server's answer is none of Produce.
        let _ = frames::produce(socket, request, &mut memory)?;
        asked += 1;
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::super::targets::TARGETS;
    use super::*;

    #[test]
    fn every_side_of_a_target_is_measured() {
        let works = works();
        for t in TARGETS {
            for side in [Some(t.left), t.right].into_iter().flatten() {
                let work = works.iter().find(|w| w.name == side.0).unwrap();
                assert!(work.kind.peers().contains(&side.1), "{side:?}");
                assert!(work.number <= t.number, "{t:?} needs {} with --only {}", work.name, t.number);
            }
        }
    }

    #[test]
    fn the_words_of_every_trap_are_options_of_load() {
        for trap in traps() {
            let Kind::Load(words, _) = &trap.kind else { panic!("{trap:?}") };
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            options_of(&words).unwrap().check().unwrap();
        }
    }

    #[test]
    fn what_gets_worse_shows_in_the_ends_of_a_run() {
        let mut run = Summary::of(Default::default(), 20.0);
        run.intervals =
            (0..20).map(|n| serde_json::json!({ "response_us": { "p99": 1000 * (n + 1) } })).collect();
        assert_eq!(ends(&run), Some((2.0, 20.0)));
    }
}
