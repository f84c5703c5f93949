//! Runs OpenMessaging Benchmark's workloads with its Kafka drivers, from the files of both as they are.
//!
//! Owner: one run for each pair of files. Invariants: what a file asks for and this program does not do is either
//! refused or named; a result has the fields of that benchmark's and lies where it would.

pub mod result;
pub mod yaml;

use super::options::Options as Load;
use crate::interrupt;
use clap::{Args, Parser};
use std::io;
use std::path::{Path, PathBuf};
use yaml::Yaml;

/// `ringlog-loadgen omb`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Driver files of Kafka
    #[arg(long, required = true, value_delimiter = ',', value_name = "FILE[,...]")]
    drivers: Vec<PathBuf>,
    /// Workload files
    #[arg(required = true, value_name = "WORKLOAD")]
    workloads: Vec<PathBuf>,
    /// Instead of the driver's bootstrap.servers
    #[arg(long, value_name = "HOST:PORT[,...]")]
    bootstrap: Option<String>,
    /// Instead of the workload's testDurationMinutes
    #[arg(long)]
    minutes: Option<f64>,
    /// Instead of the workload's warmupDurationMinutes
    #[arg(long)]
    warmup_minutes: Option<f64>,
    /// Instead of the driver's replicationFactor
    #[arg(long)]
    replicas: Option<i16>,
    /// Further options of `load`, as --extra=--threads=2
    #[arg(long, allow_hyphen_values = true, value_name = "OPTION")]
    extra: Vec<String>,
    /// Where the results go
    #[arg(long, default_value = ".", value_name = "DIR")]
    out: PathBuf,
}

/// `load`'s options alone, for what is asked for in other words.
#[derive(Parser)]
#[command(name = "load", args_override_self = true)]
struct Alone {
    #[command(flatten)]
    load: Load,
}

/// The options that these words of a command line mean. Errors: clap's.
pub fn options_of(words: &[String]) -> io::Result<Load> {
    let words = std::iter::once("load".to_owned()).chain(words.iter().cloned());
    Alone::try_parse_from(words).map(|alone| alone.load).map_err(|e| io::Error::other(e.to_string()))
}

/// What a pair of files means here.
#[derive(Debug)]
pub struct Meaning {
    /// Options of `load`, as its command line has them.
    words: Vec<String>,
    /// What the result says.
    about: result::About,
    /// What was not taken over.
    left_out: Vec<String>,
}

/// Runs every workload with every driver. Errors: the first that a file or a run gave.
pub fn run(options: &Options) -> io::Result<()> {
    std::fs::create_dir_all(&options.out)?;
    for driver in &options.drivers {
        for workload in &options.workloads {
            let meaning = meaning(options, (&open(driver)?, driver), (&open(workload)?, workload))?;
            for what in &meaning.left_out {
                eprintln!("not taken over: {what}");
            }
            eprintln!("load {}", meaning.words.join(" "));
            let load = options_of(&meaning.words)?;
            let measured = super::measured(&load)?;
            print!("{}", measured.summary.text());
            let result = result::result(&meaning.about, &measured.series, &measured.summary);
            let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            let name = format!(
                "{}-{}-{}.json",
                plain(&meaning.about.workload),
                plain(&meaning.about.driver),
                seconds.map_err(io::Error::other)?.as_secs()
            );
            let path = options.out.join(name);
            std::fs::write(&path, serde_json::to_string_pretty(&result)?)?;
            println!("{}", path.display());
            if measured.summary.interrupted {
                return Err(interrupt::error());
            }
        }
    }
    Ok(())
}

/// A name that is one word of a path.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()
}

fn open(path: &Path) -> io::Result<Yaml> {
    let wrong = |e: io::Error| io::Error::other(format!("{}: {e}", path.display()));
    yaml::read(&std::fs::read_to_string(path).map_err(wrong)?).map_err(wrong)
}

fn meaning(options: &Options, driver: (&Yaml, &Path), workload: (&Yaml, &Path)) -> io::Result<Meaning> {
    let mut all = Taking { words: Vec::new(), left_out: Vec::new() };
    all.driver(options, driver.0)?;
    let about = all.workload(options, workload.0)?;
    let stem = |p: &Path| p.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let name = |y: &Yaml, p: &Path| y.text("name").map_or_else(|| stem(p), str::to_owned);
    let about =
        result::About { workload: name(workload.0, workload.1), driver: name(driver.0, driver.1), ..about };
    all.words.extend(options.extra.iter().cloned());
    Ok(Meaning { words: all.words, about, left_out: all.left_out })
}

struct Taking {
    words: Vec<String>,
    left_out: Vec<String>,
}

/// Lines `key=value` of a block of text, as properties files have them.
fn properties(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with(['#', '!']));
    lines.filter_map(|l| l.split_once('=')).map(|(key, value)| (key.trim(), value.trim()))
}

impl Taking {
    fn word(&mut self, name: &str, value: impl std::fmt::Display) {
        self.words.push(format!("--{name}={value}"));
    }

    fn driver(&mut self, options: &Options, driver: &Yaml) -> io::Result<()> {
        let class = driver.text("driverClass").unwrap_or("KafkaBenchmarkDriver");
        if !class.ends_with("KafkaBenchmarkDriver") {
            return Err(io::Error::other(format!("found the driver {class}; need that of Kafka")));
        }
        let replicas = options.replicas.map(|r| r.to_string());
        self.word("replicas", replicas.as_deref().or(driver.text("replicationFactor")).unwrap_or("1"));
        for (key, value) in properties(driver.text("topicConfig").unwrap_or_default()) {
            self.word("topic-config", format!("{key}={value}"));
        }
        let mut bootstrap = options.bootstrap.clone();
        for (key, value) in properties(driver.text("commonConfig").unwrap_or_default()) {
            match key {
                "bootstrap.servers" => _ = bootstrap.get_or_insert_with(|| value.to_owned()),
                "security.protocol" if value != "PLAINTEXT" => {
                    return Err(io::Error::other(format!("found security.protocol={value}; need PLAINTEXT")));
                }
                "security.protocol" => {}
                _ => self.left_out.push(format!("commonConfig {key}={value}")),
            }
        }
        let bootstrap = bootstrap.unwrap_or_else(|| "localhost:9092".to_owned());
        self.word("bootstrap", bootstrap);
        self.producer(driver.text("producerConfig").unwrap_or_default())?;
        for (key, value) in properties(driver.text("consumerConfig").unwrap_or_default()) {
            match key {
                "max.partition.fetch.bytes" => self.word("fetch-bytes", value),
                "fetch.max.wait.ms" => self.word("fetch-wait-ms", value),
                // The members begin at the end, as records of this run have their stamps; they commit.
                "auto.offset.reset" | "enable.auto.commit" | "group.protocol" => {}
                _ => self.left_out.push(format!("consumerConfig {key}={value}")),
            }
        }
        Ok(())
    }

    /// Where the file says nothing, what the Java client does, but for linger: the clients of that benchmark send at once.
    fn producer(&mut self, text: &str) -> io::Result<()> {
        let (mut batch, mut linger, mut idempotent, mut acks, mut in_flight) =
            ("16384", "0", true, "all", "5");
        for (key, value) in properties(text) {
            match key {
                "batch.size" => batch = value,
                "linger.ms" => linger = value,
                "enable.idempotence" => idempotent = value == "true",
                "acks" => acks = if value == "-1" { "all" } else { value },
                "max.in.flight.requests.per.connection" => in_flight = value,
                "compression.type" => self.word("codec", value),
                "transactional.id" => {
                    return Err(io::Error::other(
                        "found transactional.id; transactions are not produced here",
                    ));
                }
                _ => self.left_out.push(format!("producerConfig {key}={value}")),
            }
        }
        self.word("batch-bytes", batch);
        self.word("batch-records", 1_000_000);
        self.word("linger-ms", linger);
        self.word("acks", acks);
        self.word("in-flight", in_flight);
        // The Java client has it only with these.
        if idempotent && acks == "all" && in_flight.parse().is_ok_and(|n: u32| n <= 5) {
            self.words.push("--idempotent".to_owned());
        }
        Ok(())
    }

    fn workload(&mut self, options: &Options, w: &Yaml) -> io::Result<result::About> {
        let whole = |key: &str, default: u32| match w.text(key) {
            None => Ok(default),
            Some(text) => text
                .replace('_', "")
                .parse::<u32>()
                .map_err(|_| io::Error::other(format!("found {key}: {text}; need a whole number"))),
        };
        let (topics, partitions) = (whole("topics", 1)?, whole("partitionsPerTopic", 1)?);
        let (producers, groups) = (whole("producersPerTopic", 1)?, whole("subscriptionsPerTopic", 1)?);
        let consumers = whole("consumerPerSubscription", 1)?;
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(io::Error::other)?;
        self.word("topic", format!("omb-{:x}", since.as_millis()));
        self.word("topics", topics);
        self.word("partitions", partitions);
        self.word("clients", topics.saturating_mul(producers));
        if groups > 0 && consumers > 0 {
            self.word("groups", groups);
            self.word("consumers", consumers.saturating_mul(topics));
        }
        let rate = whole("producerRate", 0)?;
        match rate {
            0 => {
                self.word("rate", whole("producerStartRate", 10_000)?);
                self.word("find-max", "p99<1s");
            }
            rate => self.word("rate", rate),
        }
        let minutes = |given: Option<f64>, key: &str, default: f64| match (given, w.text(key)) {
            (Some(given), _) => Ok(given),
            (_, None) => Ok(default),
            (_, Some(text)) => text
                .parse::<f64>()
                .map_err(|_| io::Error::other(format!("found {key}: {text}; need minutes"))),
        };
        self.word("duration", format!("{}s", minutes(options.minutes, "testDurationMinutes", 1.0)? * 60.0));
        self.word(
            "warmup",
            format!("{}s", minutes(options.warmup_minutes, "warmupDurationMinutes", 1.0)? * 60.0),
        );
        self.keys(w)?;
        let message_size = self.sizes(w, whole("messageSize", 0)?)?;
        self.name_the_rest(w);
        let (workload, driver) = (String::new(), String::new());
        let consumers = groups.saturating_mul(consumers);
        Ok(result::About { workload, driver, message_size, topics, partitions, producers, consumers })
    }

    fn keys(&mut self, w: &Yaml) -> io::Result<()> {
        match w.text("keyDistributor") {
            None | Some("NO_KEY") => {}
            Some("KEY_ROUND_ROBIN") => self.word("keys", "round-robin"),
            Some("RANDOM_NANO") => self.word("keys", "uniform"),
            Some(other) => {
                return Err(io::Error::other(format!(
                    "found keyDistributor: {other}; need NO_KEY, KEY_ROUND_ROBIN or RANDOM_NANO"
                )));
            }
        }
        Ok(())
    }

    /// The sizes of values; the mean of them, bytes.
    fn sizes(&mut self, w: &Yaml, fixed: u32) -> io::Result<u64> {
        let ranges: Vec<String> = w
            .get("messageSizeDistribution")
            .into_iter()
            .flat_map(|d| {
                d.keys()
                    .map(|range| format!("{range}:{}", d.text(range).unwrap_or_default()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let sizes = if ranges.is_empty() { fixed.max(8).to_string() } else { ranges.join(",") };
        let parsed: super::sizes::Sizes = sizes.parse().map_err(io::Error::other)?;
        self.word("value-bytes", &parsed);
        // There, so much of a payload is random; here, so much of it is noise.
        if w.text("useRandomizedPayloads") == Some("true")
            && let Some(ratio) = w.text("randomBytesRatio").and_then(|r| r.parse::<f64>().ok())
            && ratio > 0.0
        {
            self.word("compressible", 1.0 / ratio);
        }
        Ok(parsed.mean() as u64)
    }

    fn name_the_rest(&mut self, w: &Yaml) {
        const TAKEN: [&str; 19] = [
            "name",
            "topics",
            "partitionsPerTopic",
            "producersPerTopic",
            "subscriptionsPerTopic",
            "consumerPerSubscription",
            "producerRate",
            "producerStartRate",
            "testDurationMinutes",
            "warmupDurationMinutes",
            "keyDistributor",
            "messageSize",
            "messageSizeDistribution",
            "useRandomizedPayloads",
            "randomBytesRatio",
            "randomizedPayloadPoolSize",
            "acceptableBacklog",
            "logIntervalMillis",
            "messageRateReceivedForSubscription",
        ];
        for key in w.keys().filter(|k| !TAKEN.contains(k)) {
            let value = w.text(key).unwrap_or("...");
            let does_nothing = value == "0" && key.starts_with("consumerBacklog");
            if !does_nothing {
                self.left_out.push(format!("{key}: {value}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::pace::Pace;

    const DRIVER: &str = "name: Kafka\ndriverClass: io.openmessaging.benchmark.driver.kafka.KafkaBenchmarkDriver\n\
        replicationFactor: 3\nreset: true\ntopicConfig: |\n  min.insync.replicas=2\ncommonConfig: |\n  \
        bootstrap.servers=localhost:9092\nproducerConfig: |\n  acks=all\n  linger.ms=1\n  batch.size=131072\n  \
        compression.type=lz4\nconsumerConfig: |\n  auto.offset.reset=earliest\n  max.partition.fetch.bytes=10485760\n";
    const WORKLOAD: &str = "name: two topics\ntopics: 2\npartitionsPerTopic: 16\nmessageSize: 1024\n\
        payloadFile: \"payload/payload-1Kb.data\"\nuseRandomizedPayloads: true\nrandomBytesRatio: 0.5\n\
        subscriptionsPerTopic: 2\nconsumerPerSubscription: 3\nproducersPerTopic: 4\nproducerRate: 50000\n\
        keyDistributor: KEY_ROUND_ROBIN\nconsumerBacklogSizeGB: 0\ntestDurationMinutes: 15\n";

    fn of(driver: &str, workload: &str) -> io::Result<Meaning> {
        let options = Options {
            drivers: Vec::new(),
            workloads: Vec::new(),
            bootstrap: None,
            minutes: None,
            warmup_minutes: Some(0.5),
            replicas: None,
            extra: vec!["--threads=2".into()],
            out: PathBuf::new(),
        };
        let (driver, workload) = (yaml::read(driver)?, yaml::read(workload)?);
        meaning(&options, (&driver, Path::new("d.yaml")), (&workload, Path::new("w.yaml")))
    }

    #[test]
    fn the_files_become_a_load() {
        let meaning = of(DRIVER, WORKLOAD).unwrap();
        let load = options_of(&meaning.words).unwrap();
        assert_eq!((load.topics, load.partitions, load.replicas, load.clients), (2, 16, 3, 8));
        assert_eq!((load.groups, load.consumers, load.threads, load.idempotent), (2, 6, 2, true));
        assert_eq!((load.pace(), load.lengths()), (Pace::Steady(50_000.0), (30.0, 900.0)));
        assert_eq!((load.batch_bytes, load.linger_ms, load.fetch_bytes), (131_072, 1.0, 10_485_760));
        assert_eq!((load.compressible, load.value_bytes.max()), (2.0, 1024));
        assert_eq!(load.configs().unwrap(), [("min.insync.replicas".to_owned(), "2".to_owned())]);
        assert_eq!(meaning.left_out, ["payloadFile: payload/payload-1Kb.data"]);
        assert_eq!((meaning.about.workload.as_str(), meaning.about.driver.as_str()), ("two topics", "Kafka"));
        assert_eq!((meaning.about.message_size, meaning.about.consumers), (1024, 6));
        assert_eq!(plain(&meaning.about.workload), "two-topics");
    }

    #[test]
    fn no_rate_is_a_search_and_what_cannot_be_done_is_refused() {
        let sizes =
            "topics: 1\nmessageSizeDistribution:\n  \"0-256\": 3\n  \"1KB-1KB\": 1\nproducerRate: 0\n";
        let load = options_of(&of(DRIVER, sizes).unwrap().words).unwrap();
        assert!(load.find_max.is_some() && load.rate == Pace::Steady(10_000.0));
        assert_eq!(load.value_bytes.max(), 1024);
        for (driver, workload, what) in [
            ("driverClass: x.PulsarBenchmarkDriver\n", WORKLOAD, "need that of Kafka"),
            ("commonConfig: |\n  security.protocol=SSL\n", WORKLOAD, "PLAINTEXT"),
            ("producerConfig: |\n  transactional.id=x\n", WORKLOAD, "transactions"),
            (DRIVER, "topics: many\n", "whole number"),
            (DRIVER, "keyDistributor: ODD\n", "KEY_ROUND_ROBIN"),
        ] {
            let found = of(driver, workload).unwrap_err().to_string();
            assert!(found.contains(what), "{found}");
        }
    }
}
