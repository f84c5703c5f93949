//! The load: records due at times that nothing moves, sent as clients send them, and how long each of them took.
//!
//! Owner: one run. Invariants: what is due before the end of the warm-up is not counted; the headline latency is from
//! the due time, so a stall of the broker counts for all that was due meanwhile (no coordinated omission).

mod cluster;
mod connection;
mod consume;
mod measure;
mod payload;
mod produce;
mod report;
mod schedule;
mod thread;

use clap::{Args, ValueEnum};
use measure::Counts;
use payload::{KeyChoice, Keys, STAMP, Values};
use produce::{Producer, Shape};
use report::{Interval, Summary};
use ringlog_wire::compress::Codec;
use ringlog_wire::record::build::BatchOptions;
use schedule::{Arrivals, Rate, Schedule};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

/// Interval of the progress lines, ns.
const SECOND: u64 = 1_000_000_000;

/// `ringlog-loadgen load`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Brokers to ask first
    #[arg(long, default_value = "127.0.0.1:9092", value_name = "HOST:PORT[,...]")]
    bootstrap: String,
    /// Topic; created if it is not there
    #[arg(long, default_value = "ringlog-load")]
    topic: String,
    /// Partitions of a created topic
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    partitions: u32,
    /// Replicas of a created topic
    #[arg(long, default_value_t = 1)]
    replicas: i16,
    /// Records per second in all, or max: as many as are acknowledged
    #[arg(long, default_value = "1000")]
    rate: Rate,
    /// How the gaps between due times are
    #[arg(long, value_enum, default_value_t)]
    arrivals: Arrivals,
    /// Clients, each with a connection to every broker
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: u32,
    /// Threads of the generator
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    threads: u32,
    /// Requests in flight on a connection
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    in_flight: u32,
    /// Which replicas acknowledge
    #[arg(long, value_enum, default_value_t = Acks::All)]
    acks: Acks,
    /// Produce with producer ids and sequences
    #[arg(long)]
    idempotent: bool,
    /// Bytes of a value, 8 at least
    #[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u32).range(8..=64 << 20))]
    value_bytes: u32,
    /// How well values compress: 1 is noise, 4 is a quarter
    #[arg(long, default_value_t = 1.0)]
    compressible: f64,
    /// Codec of the batches
    #[arg(long, value_enum, default_value_t = CodecName::None)]
    codec: CodecName,
    /// How keys are distributed; a key's records go to one partition
    #[arg(long, value_enum, default_value_t)]
    keys: Keys,
    /// Number of keys
    #[arg(long, default_value_t = 10_000)]
    key_count: u64,
    /// A batch is sent with so many records
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch_records: u32,
    /// or so many bytes
    #[arg(long, default_value_t = 1 << 20)]
    batch_bytes: usize,
    /// or after so many milliseconds
    #[arg(long, default_value_t = 0.0)]
    linger_ms: f64,
    /// Read the tail too, and say how old records are when they come
    #[arg(long)]
    consume: bool,
    /// Not counted, seconds
    #[arg(long, default_value_t = 5.0)]
    warmup: f64,
    /// Counted, seconds
    #[arg(long, default_value_t = 20.0)]
    duration: f64,
    /// Write the response times' percentile table here
    #[arg(long, value_name = "FILE")]
    hgrm: Option<PathBuf>,
    /// Form of the result
    #[arg(short = 'o', long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Acks {
    #[value(name = "0")]
    None,
    #[value(name = "1")]
    Leader,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CodecName {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    #[default]
    Text,
    Json,
}

/// Runs it: progress on standard error, the result on standard output. Errors: no broker, a broken connection.
pub fn run(options: &Options) -> io::Result<()> {
    let leaders =
        cluster::prepare(&options.bootstrap, &options.topic, (options.partitions, options.replicas))?;
    eprintln!(
        "{} partition(s) of {} on {} broker(s); {} client(s), {} s of warm-up, {} s counted",
        leaders.of.len(),
        options.topic,
        leaders.brokers.len(),
        options.clients,
        options.warmup,
        options.duration
    );
    let environment = environment();
    let threads = (options.threads.min(options.clients)) as usize;
    let mut tasks = Vec::new();
    for index in 0..threads {
        tasks.push(task(options, &leaders, (index, threads))?);
    }
    let began = Instant::now();
    let (sender, intervals) = channel();
    let workers: Vec<_> = tasks
        .into_iter()
        .map(|task| {
            let sender = sender.clone();
            std::thread::spawn(move || thread::run(task, began, &sender))
        })
        .collect();
    drop(sender);
    let intervals = show_progress(&intervals, threads);
    let mut counts = Counts::default();
    for worker in workers {
        let one = worker.join().map_err(|_| io::Error::other("a thread of the generator ended early"))??;
        counts.add(&one);
    }
    let summary =
        Summary { counts, seconds: options.duration, threads, asked: asked(options), environment, intervals };
    if let Some(path) = &options.hgrm {
        std::fs::write(path, report::hgrm(&summary.counts.response))?;
    }
    match options.output {
        Output::Text => print!("{}", summary.text()),
        Output::Json => println!("{}", summary.json()),
    }
    if summary.counts.acked == 0 {
        return Err(io::Error::other("nothing was acknowledged"));
    }
    Ok(())
}

/// What thread `index` of `threads` does.
fn task(
    options: &Options,
    leaders: &cluster::Leaders,
    (index, threads): (usize, usize),
) -> io::Result<thread::Task> {
    let ns = |seconds: f64| (seconds.max(0.0) * 1e9) as u64;
    let partitions = leaders.of.len();
    let mut producers = Vec::new();
    for client in (index..options.clients as usize).step_by(threads) {
        let seed = client as u64;
        let keys = KeyChoice::new(options.keys, options.key_count, seed);
        let values = Values::new((options.value_bytes as usize).max(STAMP), options.compressible, seed);
        let first = client * partitions / options.clients as usize;
        producers.push(Producer::new(shape(options, leaders)?, keys, values, (partitions, first)));
    }
    let mut readings = Vec::new();
    if options.consume {
        for (broker, addr) in leaders.brokers.iter().enumerate() {
            let mine = |p: &usize| p % threads == index && leaders.of.get(*p) == Some(&broker);
            let mine: Vec<usize> = (0..partitions).filter(mine).collect();
            if !mine.is_empty() {
                readings.push((broker, consume::Reading::from_end(*addr, &options.topic, &mine)?));
            }
        }
    }
    Ok(thread::Task {
        schedule: Schedule::new(options.rate, options.arrivals, (index, threads)),
        rate: options.rate,
        producers,
        window: options.in_flight as usize,
        acks: options.acks != Acks::None,
        readings,
        leaders: leaders.clone(),
        from: ns(options.warmup),
        end: ns(options.warmup) + ns(options.duration),
        interval: SECOND,
    })
}

/// The shape of one client's batches; an idempotent one gets an id of its own.
fn shape(options: &Options, leaders: &cluster::Leaders) -> io::Result<Shape> {
    let codec = match options.codec {
        CodecName::None => Codec::None,
        CodecName::Gzip => Codec::Gzip,
        CodecName::Snappy => Codec::Snappy,
        CodecName::Lz4 => Codec::Lz4,
        CodecName::Zstd => Codec::Zstd,
    };
    let mut batch = BatchOptions { codec, ..BatchOptions::default() };
    if options.idempotent {
        let broker = leaders.brokers.first().ok_or_else(|| io::Error::other("no broker leads anything"))?;
        (batch.producer_id, batch.producer_epoch) = cluster::producer_id(*broker)?;
    }
    Ok(Shape {
        topic: options.topic.clone(),
        acks: match options.acks {
            Acks::None => 0,
            Acks::Leader => 1,
            Acks::All => -1,
        },
        batch_records: options.batch_records as usize,
        batch_bytes: options.batch_bytes,
        linger: (options.linger_ms.max(0.0) * 1e6) as u64,
        options: batch,
    })
}

/// A line a second, when every thread has said its part; returns all seconds when all threads have ended.
fn show_progress(intervals: &Receiver<Counts>, threads: usize) -> Vec<serde_json::Value> {
    let (mut parts, mut sum, mut backlog, mut last) = (0, Counts::default(), 0i64, Instant::now());
    let mut seconds = Vec::new();
    while let Ok(counts) = intervals.recv() {
        sum.add(&counts);
        parts += 1;
        let took = last.elapsed().as_secs_f64();
        // What is left at the end is no second.
        if parts < threads || took < 0.5 {
            continue;
        }
        let counts = std::mem::take(&mut sum);
        backlog += counts.taken as i64 - (counts.acked + counts.failed()) as i64;
        let second = seconds.len() as u64 + 1;
        let interval = Interval { second, counts, backlog: backlog.max(0), seconds: took };
        eprintln!("{}", report::progress(&interval));
        seconds.push(interval.json());
        (parts, last) = (0, Instant::now());
    }
    seconds
}

/// What a reader of the figures asks first.
fn environment() -> Vec<(String, String)> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .map(|m| m.trim_start_matches(['\t', ' ', ':']));
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    [
        ("generator", format!("ringlog-loadgen {}", env!("CARGO_PKG_VERSION"))),
        ("kernel", read("/proc/sys/kernel/osrelease")),
        ("cpu", format!("{cpus} x {}", model.unwrap_or("unknown"))),
        ("load before", read("/proc/loadavg")),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}

/// What was asked for, as a report repeats it.
fn asked(options: &Options) -> Vec<(String, String)> {
    let rate = match options.rate {
        Rate::Fixed(rate) => rate.to_string(),
        Rate::Max => "max".to_owned(),
    };
    let name = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    [
        ("rate", rate),
        ("arrivals", name(&options.arrivals)),
        ("topic", options.topic.clone()),
        ("clients", options.clients.to_string()),
        ("in_flight", options.in_flight.to_string()),
        ("acks", name(&options.acks)),
        ("idempotent", options.idempotent.to_string()),
        ("value_bytes", options.value_bytes.to_string()),
        ("codec", name(&options.codec)),
        ("keys", name(&options.keys)),
        ("batch_records", options.batch_records.to_string()),
        ("batch_bytes", options.batch_bytes.to_string()),
        ("linger_ms", options.linger_ms.to_string()),
        ("consume", options.consume.to_string()),
        ("warmup", options.warmup.to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .to_vec()
}
