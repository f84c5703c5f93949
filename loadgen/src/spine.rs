//! The benchmark of durable produce: the bare limit, ringlog and Apache Kafka in turns, one table of ratios.
//!
//! Owner: one run of the program. Every peer is started fresh for every round, on the same processors; the
//! client has another. Figures of one run compare with each other only (docs/benchmarks.md).

use crate::client::{self, Measured, Plan};
use crate::cold;
use crate::frames;
use crate::peer::{Peer, has_glommio};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The name of the workload that fetches cold data.
const COLD: &str = "cold";

/// What the benchmark is asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The broker's binary; left out: not measured. Where it was built with the runtime glommio, by that too
    #[arg(long)]
    pub ringlog: Option<PathBuf>,
    /// The script that starts Apache Kafka; left out: not measured
    #[arg(long)]
    pub kafka: Option<PathBuf>,
    /// Also measure Apache Kafka with flush.messages=1
    #[arg(long)]
    pub kafka_synced: bool,
    /// Leave out the bare server
    #[arg(long)]
    pub no_bare: bool,
    /// Where the servers keep their data
    #[arg(long, default_value = "target/bench")]
    pub dir: PathBuf,
    /// Measured seconds of each run
    #[arg(long, default_value_t = 5)]
    pub seconds: u64,
    /// Seconds before each measured part
    #[arg(long, default_value_t = 3)]
    pub warmup: u64,
    /// Rounds; the median of each figure is shown
    #[arg(long, default_value_t = 3)]
    pub rounds: usize,
    /// Processors of the servers, as taskset takes them
    #[arg(long, default_value = "0")]
    pub server_cpus: String,
    /// Processors that Apache Kafka may use, as taskset takes them
    #[arg(long, default_value = "0,1")]
    pub kafka_cpus: String,
    /// First of the ports used
    #[arg(long, default_value_t = 27_000)]
    pub port: u16,
    /// Workloads: CONNECTIONSxPARTITIONS of durable produce, and `cold`, a fetch of data that is in no memory
    #[arg(long, value_delimiter = ',', default_values_t = ["64x1", "1x1", "64x1000", COLD].map(String::from))]
    pub workloads: Vec<String>,
    /// Bytes of each record's value
    #[arg(long, default_value_t = 1024)]
    pub value_bytes: usize,
    /// MiB of records that `cold` reads
    #[arg(long, default_value_t = 1024)]
    pub cold_mib: u64,
    /// One JSON object per figure instead of the table
    #[arg(short = 'o', long, value_parser = ["text", "json"], default_value = "text")]
    pub output: String,
}

/// One measured run of one peer.
struct Row {
    peer: String,
    workload: String,
    rate: f64,
    p50: f64,
    p99: f64,
    p999: f64,
    cpu_us: f64,
    rss_mib: f64,
}

/// Runs the benchmark and prints its table; a run that failed is said so and left out.
pub fn run(options: &Options) {
    let mut peers = Vec::new();
    if !options.no_bare {
        peers.push(Peer::Bare);
        peers.push(Peer::BareSend(options.cold_mib << 20));
    }
    peers.extend(options.ringlog.clone().map(Peer::Ringlog));
    peers.extend(options.ringlog.clone().filter(|b| has_glommio(b)).map(Peer::Glommio));
    if let Some(script) = &options.kafka {
        peers.push(Peer::Kafka(script.clone(), options.kafka_cpus.clone(), Vec::new()));
        if options.kafka_synced {
            let synced = vec!["log.flush.interval.messages=1".to_owned()];
            peers.push(Peer::Kafka(script.clone(), options.kafka_cpus.clone(), synced));
        }
    }
    let mut rows = Vec::new();
    for round in 0..options.rounds {
        for workload in &options.workloads {
            for peer in &peers {
                let cold = workload == COLD;
                if !peer.does(cold) {
                    continue;
                }
                eprintln!("round {} of {}: {}, {workload}", round + 1, options.rounds, peer.name());
                let done = if cold { one_cold(options, peer) } else { one(options, peer, workload) };
                match done {
                    Ok(row) => rows.push(row),
                    // One peer's refusal must not cost the figures of the others: its place stays empty.
                    Err(e) => eprintln!("{}, {workload}: not measured: {e}", peer.name()),
                }
            }
        }
    }
    print(options, &peers, &rows);
}

/// An empty directory for one run of `peer`.
fn fresh_dir(options: &Options, peer: &Peer, workload: &str) -> io::Result<PathBuf> {
    let dir = options.dir.join(format!("{}-{workload}", peer.name().replace([' ', ',', '+', '='], "-")));
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// One reader of cold data; its rate is in MiB.
fn one_cold(options: &Options, peer: &Peer) -> io::Result<Row> {
    let dir = fresh_dir(options, peer, COLD)?;
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let work = cold::Work { bytes: options.cold_mib << 20, warm: false };
    let fetched = cold::run(peer, &dir, addr, (&options.server_cpus, work))?;
    std::fs::remove_dir_all(&dir)?;
    let mib = fetched.bytes as f64 / (1 << 20) as f64;
    let ms = |q| fetched.latency.value_at_quantile(q) as f64 / 1e6;
    Ok(Row {
        peer: peer.name(),
        workload: COLD.to_owned(),
        rate: mib / fetched.seconds,
        p50: ms(0.5),
        p99: ms(0.99),
        p999: ms(0.999),
        cpu_us: fetched.cpu * 1e6 / mib,
        rss_mib: fetched.rss_mib,
    })
}

fn one(options: &Options, peer: &Peer, workload: &str) -> io::Result<Row> {
    let (connections, partitions) = workload
        .split_once('x')
        .and_then(|(c, p)| Some((c.parse().ok()?, p.parse().ok()?)))
        .ok_or_else(|| io::Error::other(format!("a workload is CONNECTIONSxPARTITIONS, not {workload:?}")))?;
    let dir = fresh_dir(options, peer, workload)?;
    let running = peer.start(&dir, options.port, &options.server_cpus)?;
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let (name, warmup, seconds) = (peer.name(), options.warmup, options.seconds);
    eprintln!("{name} is ready on {addr}: {warmup} s of warm-up, {seconds} s measured");
    let bare = matches!(peer, Peer::Bare);
    if !bare {
        frames::create_topic(addr, "bench", partitions)?;
    }
    let version = if bare { frames::BARE_PRODUCE } else { frames::produce_version(addr)? };
    let requests = frames::produce_requests(version, ("bench", partitions), options.value_bytes)?;
    let plan = Plan {
        connections,
        warmup: Duration::from_secs(options.warmup),
        duration: Duration::from_secs(options.seconds),
        check: if bare { |_| None } else { frames::check_produce(version) },
    };
    let before = running.cpu_seconds();
    let measured: Measured = client::run(addr, &requests, plan)?;
    let cpu = running.cpu_seconds() - before;
    let share = options.seconds as f64 / (options.seconds + options.warmup) as f64;
    let row = Row {
        peer: peer.name(),
        workload: workload.to_owned(),
        rate: measured.rate(),
        p50: measured.ms(0.5),
        p99: measured.ms(0.99),
        p999: measured.ms(0.999),
        cpu_us: cpu * share * 1e6 / measured.requests.max(1) as f64,
        rss_mib: running.resident_mib(),
    };
    if matches!(peer, Peer::Ringlog(_) | Peer::Glommio(_)) {
        // It says how many turns of its loops were slow.
        eprintln!("{}", running.stop()?);
    } else {
        drop(running);
    }
    std::fs::remove_dir_all(&dir)?;
    Ok(row)
}

fn median(rows: &[&Row], figure: fn(&Row) -> f64) -> f64 {
    let mut values: Vec<f64> = rows.iter().map(|r| figure(r)).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(options: &Options, peers: &[Peer], rows: &[Row]) {
    let json = options.output == "json";
    if !json {
        println!(
            "{:<40} {:>8} {:>9} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7}",
            "peer", "workload", "req/s", "p50 ms", "p99 ms", "p999 ms", "CPU us", "RSS MiB", "x first"
        );
    }
    for workload in &options.workloads {
        let mut first = f64::NAN;
        for peer in peers.iter().filter(|p| p.does(workload == COLD)) {
            let name = peer.name();
            let mine: Vec<&Row> = rows.iter().filter(|r| r.peer == name && r.workload == *workload).collect();
            if mine.is_empty() {
                if !json {
                    println!("{name:<40} {workload:>8} not measured");
                }
                continue;
            }
            let rate = median(&mine, |r| r.rate);
            if first.is_nan() {
                first = rate;
            }
            let [p50, p99, p999] =
                [|r: &Row| r.p50, |r: &Row| r.p99, |r: &Row| r.p999].map(|f| median(&mine, f));
            let (cpu, rss) = (median(&mine, |r| r.cpu_us), median(&mine, |r| r.rss_mib));
            if json {
                println!(
                    "{{\"peer\":\"{name}\",\"workload\":\"{workload}\",\"rate\":{rate:.1},\"p50_ms\":{p50:.3},\
                     \"p99_ms\":{p99:.3},\"p999_ms\":{p999:.3},\"cpu_us\":{cpu:.2},\"rss_mib\":{rss:.1},\
                     \"ratio_to_first\":{:.3}}}",
                    rate / first
                );
            } else {
                println!(
                    "{name:<40} {workload:>8} {rate:>9.0} {p50:>8.3} {p99:>8.3} {p999:>8.3} {cpu:>7.2} {rss:>7.1} {:>7.2}",
                    rate / first
                );
            }
        }
    }
}
