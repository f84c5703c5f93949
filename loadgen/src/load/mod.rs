//! The load: records due at times that nothing moves, sent as clients send them, and how long each of them took.
//!
//! Owner: one run. Invariants: what is due before the end of the warm-up is not counted; the headline latency is from
//! the due time, so a stall of the broker counts for all that was due meanwhile (no coordinated omission); topics that
//! the run made are removed when it ends, also when it fails.

#[cfg(test)]
mod broker_tests;
mod clock;
pub mod cluster;
mod connection;
mod consume;
mod cores;
#[cfg(test)]
#[allow(dead_code, reason = "tests of the whole program wait for what comes to it")]
mod fake_broker;
mod fetched;
mod fill;
mod hlog;
mod measure;
mod members;
pub mod omb;
pub mod options;
mod pace;
mod payload;
mod pool;
mod produce;
mod readers;
mod report;
mod schedule;
mod search;
mod sizes;
mod stages;
mod thread;
mod watch;

use crate::interrupt;
use crate::versions::Versions;
pub use clock::seconds;
use cluster::{Cluster, EARLIEST, LATEST, Slot, Wanted};
use consume::{Asking, Position};
use measure::Counts;
use members::{Groups, Members};
use omb::result::{About, Series, result};
use options::{Acks, GroupProtocol, Options, Output, Read};
use pace::Pace;
use payload::{KeyChoice, Values};
use produce::{Producer, Shape};
use readers::Consumer;
pub use report::Summary;
use ringlog_wire::api::ApiKey;
use ringlog_wire::record::build::BatchOptions;
use schedule::Schedule;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use watch::{Watch, interval_of};

/// How long answers are waited for after the last record, ns; less while a search tries rates.
const DRAIN: u64 = 30_000_000_000;
const DRAIN_OF_TRY: u64 = 3_000_000_000;

/// A run and its intervals.
pub struct Measured {
    /// What it found.
    pub summary: Summary,
    /// What OpenMessaging Benchmark keeps of its intervals.
    pub series: Series,
}

/// Runs it: progress on standard error, the result on standard output. Errors: no broker, a broken connection.
pub fn run(options: &Options) -> io::Result<()> {
    let Measured { summary, series } = measured(options)?;
    if let Some(path) = &options.hgrm {
        std::fs::write(path, report::hgrm(&summary.counts.response))?;
    }
    if let Some(path) = &options.omb {
        let about = About {
            workload: options.topic.clone(),
            driver: "Kafka".to_owned(),
            message_size: options.value_bytes.mean() as u64,
            topics: options.topics,
            partitions: options.partitions,
            producers: if options.no_produce { 0 } else { options.clients.div_ceil(options.topics) },
            consumers: options.reads().map_or(0, |_| options.consumers * options.groups.max(1)),
        };
        std::fs::write(path, serde_json::to_string_pretty(&result(&about, &series, &summary))?)?;
    }
    if let Some(path) = &options.html {
        let name = path.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        crate::html::write(path, vec![(name, summary.json())])?;
    }
    match options.output {
        Output::Text => print!("{}", summary.text()),
        Output::Json => println!("{}", summary.json()),
    }
    let c = &summary.counts;
    match c {
        _ if summary.interrupted => Err(interrupt::error()),
        _ if c.gave_up => {
            Err(io::Error::other("the run gave up: found a broker that is far slower than the rate"))
        }
        _ if c.acked == 0 && c.read == 0 => {
            Err(io::Error::other("nothing was acknowledged, and nothing read"))
        }
        _ => Ok(()),
    }
}

/// Prepares the topics, runs, and removes them; interrupted, it ends early and removes them all the same.
/// Errors: as `run`.
pub fn measured(options: &Options) -> io::Result<Measured> {
    options.check()?;
    let _heed = interrupt::heed();
    let wanted =
        Wanted { partitions: options.partitions, replicas: options.replicas, configs: options.configs()? };
    let mut cluster = cluster::prepare(&options.bootstrap, options.topic_names(), &wanted)?;
    let done = on_cluster(options, &Arc::new(cluster.clone()));
    // Why a run failed says more than that its topics could not be removed either.
    let removed = if options.keep_topics { Ok(()) } else { cluster.remove() };
    done.and_then(|measured| removed.map(|()| measured))
}

fn on_cluster(options: &Options, cluster: &Arc<Cluster>) -> io::Result<Measured> {
    if options.fill > 0 {
        eprintln!("filling with {} bytes", options.fill);
        fill::fill(cluster, options.fill)?;
    }
    let (warmup, duration) = options.lengths();
    eprintln!(
        "{} partition(s) of {} topic(s) on {} broker(s); {warmup:.1} s of warm-up, {duration:.1} s counted",
        cluster.slots.len(),
        cluster.topics.len(),
        cluster.brokers.len(),
    );
    let options = &with_protocol(options, cluster)?;
    match options.find_max {
        Some(criterion) => search_max(options, cluster, criterion),
        None => one(options, cluster, options.pace(), Length { warmup, duration, drain: DRAIN }),
    }
}

/// The options with what the groups speak, if there are any.
fn with_protocol(options: &Options, cluster: &Cluster) -> io::Result<Options> {
    let mut options = options.clone();
    options.group_protocol = match cluster.bootstrap.filter(|_| options.groups > 0) {
        Some(broker) => Some(Versions::ask(broker)?.group_protocol(options.group_protocol)?),
        None => None,
    };
    Ok(options)
}

/// Tries rates until the highest is found that keeps the criterion; its run is the result.
fn search_max(
    options: &Options,
    cluster: &Arc<Cluster>,
    criterion: search::Criterion,
) -> io::Result<Measured> {
    let Pace::Steady(first) = options.rate else { return Err(io::Error::other("need a number as --rate")) };
    let (mut search, mut steps, mut best) = (search::Search::new(first), Vec::new(), None);
    while let Some(rate) = search.next().filter(|_| !interrupt::is_asked()) {
        eprintln!("trying {rate:.0} records/s");
        let length = Length { warmup: options.step / 4.0, duration: options.step, drain: DRAIN_OF_TRY };
        let tried = one(options, cluster, Pace::Steady(rate), length)?;
        if tried.summary.interrupted {
            break;
        }
        let missed = criterion.missed(&tried.summary);
        let mut step = report::step_json(rate, &tried.summary.counts, tried.summary.seconds);
        if let (Some(why), Some(object)) = (&missed, step.as_object_mut()) {
            object.insert("missed".to_owned(), why.clone().into());
        }
        steps.push(step);
        search.told(missed.is_none());
        match (missed, tried.summary.bottleneck()) {
            (None, _) => best = Some(tried),
            (Some(why), Some(limit)) => {
                eprintln!("not kept: {why}; but the generator was the bottleneck: {limit}");
            }
            (Some(why), None) => eprintln!("not kept: {why}"),
        }
    }
    let mut best = best.ok_or_else(|| io::Error::other("found no rate that keeps the criterion"))?;
    best.summary.interrupted = interrupt::is_asked();
    best.summary.found = search.best();
    best.summary.steps = steps;
    Ok(best)
}

/// How long a run is, seconds, and how long its last answers are waited for, ns.
#[derive(Clone, Copy, Debug)]
struct Length {
    warmup: f64,
    duration: f64,
    drain: u64,
}

/// One run at one pace.
fn one(options: &Options, cluster: &Arc<Cluster>, pace: Pace, length: Length) -> io::Result<Measured> {
    let mut environment = environment();
    let broker = options.admin.as_deref().map(cores::broker).transpose()?.flatten();
    environment.extend(broker.map(|b| ("broker".to_owned(), b)));
    let members = join(options, cluster)?;
    let consumers = consumers(options, cluster, members.as_ref())?;
    let threads = match options.no_produce {
        true => options.threads.min(u32::try_from(consumers.len()).unwrap_or(u32::MAX)).max(1),
        false => options.threads.min(options.clients),
    } as usize;
    let mut tasks = Vec::new();
    let producing = Arc::new(AtomicUsize::new(threads));
    for index in 0..threads {
        let mine = consumers.iter().skip(index).step_by(threads).cloned().collect();
        let task = task(options, cluster, (pace, length), (index, threads, mine))?;
        tasks.push(thread::Task { producing: Arc::clone(&producing), ..task });
    }
    let mut watch = Watch::new(pace, (length.warmup, length.warmup + length.duration));
    watch.log = options.hlog.as_deref().map(hlog::Log::create).transpose()?;
    watch.cores = options.admin.as_deref().map(cores::Cores::new).transpose()?;
    let began = Instant::now();
    let (sender, parts) = channel();
    let workers: Vec<_> = tasks
        .into_iter()
        .map(|task| {
            let sender = sender.clone();
            std::thread::spawn(move || thread::run(task, began, &sender))
        })
        .collect();
    drop(sender);
    if let Some(members) = &members {
        members.go_live();
    }
    let watched = watch.follow(&parts, threads);
    let (mut counts, mut ended) = (Counts::default(), 0);
    for worker in workers {
        let (one, end) =
            worker.join().map_err(|_| io::Error::other("a thread of the generator ended early"))??;
        counts.add(&one);
        ended = ended.max(end);
    }
    watched?;
    let commits = members.map(Members::leave).transpose()?;
    let mut asked = options.asked();
    asked.extend(commits.map(|n| ("offsets committed".to_owned(), n.to_string())));
    let seconds = (ended as f64 / 1e9 - length.warmup).clamp(1e-9, length.duration);
    let Watch { intervals, steps, series, backlog, .. } = watch;
    let interrupted = interrupt::is_asked();
    let summary = Summary {
        counts,
        seconds,
        threads,
        asked,
        environment,
        intervals,
        steps,
        backlog,
        found: None,
        interrupted,
    };
    Ok(Measured { summary, series })
}

fn join(options: &Options, cluster: &Arc<Cluster>) -> io::Result<Option<Members>> {
    let Some(read) = options.reads().filter(|_| options.groups > 0) else { return Ok(None) };
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(io::Error::other)?;
    // A group of its own for every run: none begins where another one ended.
    let name = |n| format!("{}-{:x}-{n}", options.topic, since.as_millis());
    let groups = Groups {
        names: (0..options.groups).map(name).collect(),
        members: options.consumers as usize,
        from: if read == Read::Tail { LATEST } else { EARLIEST },
        protocol: options.group_protocol.unwrap_or(GroupProtocol::Consumer),
        session: Duration::from_millis(options.session_timeout_ms.into()),
    };
    Members::join(Arc::clone(cluster), groups).map(Some)
}

/// Who reads: the members of groups, or consumers that share the partitions evenly.
fn consumers(options: &Options, cluster: &Cluster, members: Option<&Members>) -> io::Result<Vec<Consumer>> {
    if let Some(members) = members {
        return Ok(members.mailboxes().iter().map(|m| Consumer::Member(Arc::clone(m))).collect());
    }
    let Some(read) = options.reads() else { return Ok(Vec::new()) };
    let all: Vec<usize> = (0..cluster.slots.len()).collect();
    let offsets = |timestamp| {
        let refused = |code| io::Error::other(format!("ListOffsets answered {code}"));
        cluster.offsets(&all, timestamp)?.map_err(refused)
    };
    let ends = offsets(LATEST)?;
    let begins = if read == Read::Tail { ends.clone() } else { offsets(EARLIEST)? };
    // Without producers it is over when what is there has been read.
    let ends_there = read == Read::Beginning && options.no_produce;
    let count = options.consumers as usize;
    let of = |consumer: usize| {
        let position = |slot: usize| {
            let until = ends.get(&slot).copied().filter(|_| ends_there);
            (slot, Position { next: begins.get(&slot).copied().unwrap_or(0), until })
        };
        Consumer::Fixed((consumer..all.len()).step_by(count).map(position).collect::<BTreeMap<_, _>>())
    };
    Ok((0..count.min(all.len())).map(of).collect())
}

/// What thread `index` of `threads` does.
fn task(
    options: &Options,
    cluster: &Arc<Cluster>,
    (pace, length): (Pace, Length),
    (index, threads, consumers): (usize, usize, Vec<Consumer>),
) -> io::Result<thread::Task> {
    let ns = |seconds: f64| (seconds.max(0.0) * 1e9) as u64;
    let clients = if options.no_produce { 0 } else { options.clients as usize };
    let newest = |api, asked| if asked { cluster.versions.newest(api) } else { Ok(0) };
    let (produce, read) = (newest(ApiKey::Produce, clients > 0)?, options.reads());
    let fetch = newest(ApiKey::Fetch, read.is_some())?;
    let mut producers = Vec::new();
    let heads = (clients > 0).then(|| produce::heads(cluster, produce, options.acks.code())).transpose()?;
    for (client, heads) in (index..clients).step_by(threads).zip(heads.iter().cycle()) {
        let seed = client as u64;
        let keys = KeyChoice::new(options.keys, options.key_count, seed);
        let values = Values::new(options.value_bytes.clone(), options.compressible, seed);
        let slots = slots_of(cluster, (client, clients));
        let first = client * slots.len() / clients;
        producers.push(Producer::new(shape(options, cluster, heads)?, keys, values, (slots, first)));
    }
    let from = ns(length.warmup);
    Ok(thread::Task {
        schedule: Schedule::new(pace, options.arrivals, (index, threads)),
        pace,
        produce,
        producers,
        window: options.in_flight as usize,
        acks: options.acks != Acks::None,
        consumers,
        asking: Asking {
            version: fetch,
            partition_bytes: options.fetch_bytes,
            wait_ms: options.fetch_wait_ms,
            stamped: read == Some(Read::Tail),
        },
        catch_up: read == Some(Read::Beginning) && options.groups == 0,
        cluster: Arc::clone(cluster),
        from,
        end: from + ns(length.duration),
        drain: length.drain,
        interval: interval_of(length.warmup + length.duration),
        producing: Arc::default(),
    })
}

/// The partitions of client `client`: of one topic, or of every n-th where topics are more than clients.
fn slots_of(cluster: &Cluster, (client, clients): (usize, usize)) -> Vec<Slot> {
    let topics = cluster.topics.len();
    let mine = |s: &&Slot| match clients >= topics {
        true => s.topic == client % topics,
        false => s.topic % clients == client,
    };
    cluster.slots.iter().filter(mine).copied().collect()
}

/// The shape of one client's batches; an idempotent one gets an id of its own.
fn shape(options: &Options, cluster: &Cluster, heads: &produce::Heads) -> io::Result<Shape> {
    let mut batch = BatchOptions { codec: options.codec.codec(), ..BatchOptions::default() };
    if options.idempotent {
        let broker = cluster.brokers.first().ok_or_else(|| io::Error::other("no broker leads anything"))?;
        (batch.producer_id, batch.producer_epoch) = cluster::producer_id(*broker)?;
    }
    Ok(Shape {
        heads: heads.clone(),
        batch_records: options.batch_records as usize,
        batch_bytes: options.batch_bytes,
        linger: (options.linger_ms.max(0.0) * 1e6) as u64,
        options: batch,
    })
}

/// What a reader of the figures asks first.
pub fn environment() -> Vec<(String, String)> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map(|m| m.trim_start_matches(['\t', ' ', ':']));
    // All of the machine: this process may be pinned to one.
    let cpus = cpu.lines().filter(|l| l.starts_with("processor")).count();
    [
        (
            "generator",
            format!("ringlog-loadgen {}, commit {}", env!("CARGO_PKG_VERSION"), env!("RINGLOG_COMMIT")),
        ),
        ("kernel", read("/proc/sys/kernel/osrelease")),
        ("cpu", format!("{cpus} x {}", model.unwrap_or("unknown"))),
        ("load before", read("/proc/loadavg")),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_client_and_every_client_has_partitions() {
        for (topics, clients) in [(1, 3), (3, 3), (3, 7), (7, 3)] {
            let slot = |n: usize| Slot { topic: n / 2, partition: (n % 2) as i32, broker: 0 };
            let cluster = Cluster {
                topics: (0..topics).map(|t| t.to_string()).collect(),
                slots: (0..2 * topics).map(slot).collect(),
                ..Cluster::default()
            };
            let all: Vec<Vec<Slot>> = (0..clients).map(|c| slots_of(&cluster, (c, clients))).collect();
            assert!(all.iter().all(|s| !s.is_empty()), "{topics}, {clients}");
            let covered = cluster.slots.iter().all(|s| all.iter().flatten().any(|o| o == s));
            assert!(covered, "{topics}, {clients}");
        }
    }
}
