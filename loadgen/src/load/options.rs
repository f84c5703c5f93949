//! What `load` is asked for, and what a report repeats of it.
//!
//! Owner: the command line. Invariant: every value is in a range that the run takes.

use super::clock::seconds;
use super::pace::{self, Burst, Pace, Ramp};
use super::payload::Keys;
use super::schedule::Arrivals;
use super::search::Criterion;
use super::sizes::{self, Sizes};
use clap::{Args, ValueEnum};
use ringlog_wire::compress::Codec;
use std::io;
use std::path::PathBuf;

/// `ringlog-loadgen load`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Brokers to ask first
    #[arg(long, default_value = "127.0.0.1:9092", value_name = "HOST:PORT[,...]")]
    pub bootstrap: String,
    /// Topic; created if it is not there, and then removed after the run
    #[arg(long, default_value = "ringlog-load")]
    pub topic: String,
    /// Topics: with more than one, TOPIC-0 to TOPIC-N; client n writes to topic n modulo N
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub topics: u32,
    /// Partitions of a created topic
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub partitions: u32,
    /// Replicas of a created topic
    #[arg(long, default_value_t = 1)]
    pub replicas: i16,
    /// Config of a created topic
    #[arg(long = "topic-config", value_name = "KEY=VALUE")]
    pub topic_configs: Vec<String>,
    /// Leave the topics that the run created
    #[arg(long)]
    pub keep_topics: bool,
    /// Produce so much before the run, in large batches over all partitions
    #[arg(long, default_value = "0", value_parser = size, value_name = "BYTES")]
    pub fill: u64,
    /// Produce nothing: the run reads
    #[arg(long)]
    pub no_produce: bool,
    /// Records per second in all, or max: as many as are acknowledged
    #[arg(long, default_value = "1000", value_parser = pace::rate)]
    pub rate: Pace,
    /// Instead of one rate, a rate that climbs step by step
    #[arg(long, value_name = "FROM..TO/STEP", conflicts_with_all = ["burst", "find_max"])]
    pub ramp: Option<Ramp>,
    /// In a part of every period so many times the rate, as 10x100ms/1s
    #[arg(long, value_name = "TIMESxLENGTH/PERIOD", conflicts_with = "find_max")]
    pub burst: Option<Burst>,
    /// Search for the highest rate that keeps this, beginning at --rate: nothing refused, a backlog that does not grow,
    /// and a quantile of the response times below a bound
    #[arg(long, value_name = "pNN<TIME", num_args = 0..=1, default_missing_value = "p99<10ms")]
    pub find_max: Option<Criterion>,
    /// Length of a step of --ramp and of a try of --find-max
    #[arg(long, default_value = "10s", value_parser = seconds, value_name = "TIME")]
    pub step: f64,
    /// How the gaps between due times are
    #[arg(long, value_enum, default_value_t)]
    pub arrivals: Arrivals,
    /// Clients, each with a connection to every broker
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub clients: u32,
    /// Threads of the generator
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub threads: u32,
    /// Requests in flight on a connection
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub in_flight: u32,
    /// Which replicas acknowledge
    #[arg(long, value_enum, default_value_t = Acks::All)]
    pub acks: Acks,
    /// Produce with producer ids and sequences
    #[arg(long)]
    pub idempotent: bool,
    /// Bytes of a value, 8 at least: a size, a range 100-2000, or ranges with weights 0-256:3,1KB:1
    #[arg(long, default_value = "1024", value_name = "BYTES")]
    pub value_bytes: Sizes,
    /// How well values compress: 1 is noise, 4 is a quarter
    #[arg(long, default_value_t = 1.0, value_name = "RATIO")]
    pub compressible: f64,
    /// Codec of the batches
    #[arg(long, value_enum, default_value_t = CodecName::None)]
    pub codec: CodecName,
    /// How keys are distributed; a key's records go to one partition
    #[arg(long, value_enum, default_value_t)]
    pub keys: Keys,
    /// Number of keys
    #[arg(long, default_value_t = 10_000)]
    pub key_count: u64,
    /// A batch is sent with so many records
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub batch_records: u32,
    /// or so many bytes
    #[arg(long, default_value_t = 1 << 20)]
    pub batch_bytes: usize,
    /// or after so many milliseconds
    #[arg(long, default_value_t = 0.0)]
    pub linger_ms: f64,
    /// As --read tail
    #[arg(long, conflicts_with = "read")]
    pub consume: bool,
    /// Consumers read too: new records, and say how old they are when they come; or all from the first one on
    #[arg(long, value_enum)]
    pub read: Option<Read>,
    /// Consumers, which share the partitions; in groups, members of each
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub consumers: u32,
    /// Consumer groups that each read everything
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub groups: u32,
    /// What groups speak: consumer (KIP-848) where the broker has it, unless told otherwise
    #[arg(long, value_enum)]
    pub group_protocol: Option<GroupProtocol>,
    /// A member of the classic protocol that was not heard for so long is out; its heartbeats come three times as often
    #[arg(long, default_value_t = 45_000, value_parser = clap::value_parser!(u32).range(30..=1_800_000))]
    pub session_timeout_ms: u32,
    /// Bytes of each partition in one answer to a Fetch
    #[arg(long, default_value_t = 1 << 20, value_parser = clap::value_parser!(i32).range(1..=1 << 30))]
    pub fetch_bytes: i32,
    /// Longest wait of a Fetch for a record
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(i32).range(0..=60_000))]
    pub fetch_wait_ms: i32,
    /// Not counted; 0 without producers, else 5 s
    #[arg(long, value_parser = seconds, value_name = "TIME")]
    pub warmup: Option<f64>,
    /// Counted; as long as a --ramp needs, else 20 s. Memory is the same for an hour
    #[arg(long, visible_alias = "for", value_parser = seconds, value_name = "TIME")]
    pub duration: Option<f64>,
    /// Admin endpoint of a ringlog broker: what its cores do goes into the result
    #[arg(long, value_name = "HOST:PORT")]
    pub admin: Option<String>,
    /// Write the response times' percentile table here
    #[arg(long, value_name = "FILE")]
    pub hgrm: Option<PathBuf>,
    /// Write every interval's histograms here, as HdrHistogram's log
    #[arg(long, value_name = "FILE")]
    pub hlog: Option<PathBuf>,
    /// Write the result here as OpenMessaging Benchmark does
    #[arg(long, value_name = "FILE")]
    pub omb: Option<PathBuf>,
    /// Write the page here that `report` makes
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Form of the result
    #[arg(short = 'o', long, value_enum, default_value_t)]
    pub output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Acks {
    #[value(name = "0")]
    None,
    #[value(name = "1")]
    Leader,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CodecName {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Read {
    Tail,
    Beginning,
}

/// As `group.protocol` of Kafka's clients has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupProtocol {
    /// ConsumerGroupHeartbeat (KIP-848)
    Consumer,
    /// JoinGroup and SyncGroup, with the range assignor
    Classic,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    #[default]
    Text,
    Json,
}

fn size(text: &str) -> Result<u64, String> {
    sizes::bytes(text).ok_or_else(|| format!("found {text}; need bytes, as 1000000, 64MB or 1GB"))
}

impl Acks {
    /// As Produce has it.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Leader => 1,
            Self::All => -1,
        }
    }
}

impl CodecName {
    /// As a batch has it.
    #[must_use]
    pub fn codec(self) -> Codec {
        match self {
            Self::None => Codec::None,
            Self::Gzip => Codec::Gzip,
            Self::Snappy => Codec::Snappy,
            Self::Lz4 => Codec::Lz4,
            Self::Zstd => Codec::Zstd,
        }
    }
}

impl Options {
    /// Who reads.
    #[must_use]
    pub fn reads(&self) -> Option<Read> {
        self.read.or((self.consume || self.groups > 0).then_some(Read::Tail))
    }

    /// How many records are due when.
    #[must_use]
    pub fn pace(&self) -> Pace {
        let every = self.step.max(0.001) * 1e9;
        match (self.ramp, self.burst, self.rate) {
            (Some(Ramp { from, to, step }), ..) => Pace::Ramp { from, to, step, every },
            (_, Some(Burst { times, on, period }), Pace::Steady(rate)) => {
                Pace::Burst { rate, times, on: on * 1e9, period: period * 1e9 }
            }
            (.., rate) => rate,
        }
    }

    /// Seconds that are not counted, and that are.
    #[must_use]
    pub fn lengths(&self) -> (f64, f64) {
        let ramp = self.pace().length().map(|ns| ns / 1e9);
        let warmup = self.warmup.unwrap_or(if self.no_produce || ramp.is_some() { 0.0 } else { 5.0 });
        (warmup, self.duration.or(ramp).unwrap_or(20.0))
    }

    /// Names of the topics.
    #[must_use]
    pub fn topic_names(&self) -> Vec<String> {
        match self.topics {
            1 => vec![self.topic.clone()],
            n => (0..n).map(|i| format!("{}-{i}", self.topic)).collect(),
        }
    }

    /// Configs of created topics. Errors: one without a value.
    pub fn configs(&self) -> io::Result<Vec<(String, String)>> {
        let pair = |text: &String| {
            let (key, value) = text
                .split_once('=')
                .ok_or_else(|| io::Error::other(format!("found --topic-config {text}; need KEY=VALUE")))?;
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        };
        self.topic_configs.iter().map(pair).collect()
    }

    /// What does not go together, if so.
    pub fn check(&self) -> io::Result<()> {
        let wrong = |why: &str| Err(io::Error::other(why.to_owned()));
        if self.no_produce && self.reads().is_none() {
            return wrong(
                "found --no-produce without readers: nothing would be done; need --read or --groups",
            );
        }
        if self.burst.is_some() && self.pace() == Pace::Max {
            return wrong(
                "found --burst with --rate max: there is no rate to multiply; need a number as --rate",
            );
        }
        if self.find_max.is_some() && (self.no_produce || self.rate == Pace::Max) {
            return wrong("found --find-max without a rate; need a number as --rate to begin at");
        }
        Ok(())
    }

    /// What was asked for, as a report repeats it.
    #[must_use]
    pub fn asked(&self) -> Vec<(String, String)> {
        let rate = match self.pace() {
            Pace::Max => "max".to_owned(),
            Pace::Steady(rate) => rate.to_string(),
            Pace::Ramp { from, to, step, .. } => format!("{from}..{to}/{step}, {} s each", self.step),
            Pace::Burst { rate, times, on, period } => {
                format!("{rate}, and {times} times as many for {} of every {} s", on / 1e9, period / 1e9)
            }
        };
        let name = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
        let mut all =
            vec![("topics", self.topics.to_string()), ("partitions of each", self.partitions.to_string())];
        if !self.no_produce {
            all.extend([
                ("rate", rate),
                ("arrivals", name(&self.arrivals)),
                ("clients", self.clients.to_string()),
                ("in flight", self.in_flight.to_string()),
                ("acks", name(&self.acks)),
                ("idempotent", self.idempotent.to_string()),
                ("value bytes", self.value_bytes.to_string()),
                ("compressible", self.compressible.to_string()),
                ("codec", name(&self.codec)),
                ("keys", name(&self.keys)),
                ("batch records", self.batch_records.to_string()),
                ("batch bytes", self.batch_bytes.to_string()),
                ("linger ms", self.linger_ms.to_string()),
            ]);
        }
        if let Some(read) = self.reads() {
            all.extend([
                ("read", name(&read)),
                ("consumers", self.consumers.to_string()),
                ("groups", self.groups.to_string()),
                ("filled before, bytes", self.fill.to_string()),
            ]);
            all.extend(self.group_protocol.map(|p| ("group protocol", name(&p))));
        }
        all.extend([("topic", self.topic.clone()), ("warmup, s", self.lengths().0.to_string())]);
        all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}
