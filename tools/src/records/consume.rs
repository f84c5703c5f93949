//! `ringctl consume`: reads a range of partitions, or as a member of a group, and prints by a format.
//!
//! Owner: one process. Invariants: a partition ends before the record at which its range ends; without a group nothing
//! is committed; nothing creates a topic.

use super::range::{Point, Range, parse};
use super::{kcat, print};
use crate::client::fetch::{Fetcher, How, Reset};
use crate::client::offsets::{Partition, list_offsets};
use crate::client::{Access, Client, Failure, check};
use crate::kafka::{Joined, Print, read_as_member, shape};
use crate::opts::Stop;
use crate::out::Out;
use crate::regex::Regex;
use clap::Args;
use ringlog_wire::ErrorCode;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What to read and how to print it.
#[derive(Args, Clone, Debug, Default)]
pub struct Consume {
    /// Topics; patterns with --regex
    #[arg(required = true)]
    pub topics: Vec<String>,
    /// How a record is printed, in rpk's language: '%t %p %o %k %v\n', or json
    #[arg(short, long, conflicts_with_all = ["kcat_format", "kcat_json"])]
    pub format: Option<String>,
    /// How a record is printed, in kcat's language: '%t [%p] at offset %o: %s\n'
    #[arg(long, conflicts_with = "kcat_json")]
    pub kcat_format: Option<String>,
    /// Print kcat's JSON
    #[arg(short = 'J', long)]
    pub kcat_json: bool,
    /// From where to where: start, end, N, +N, -N, FROM:TO, :end, @TIME, @FROM:TO; also by -o
    #[arg(long, allow_hyphen_values = true)]
    pub offset: Vec<String>,
    /// Only these partitions, with commas between
    #[arg(short, long, value_delimiter = ',')]
    pub partitions: Vec<i32>,
    /// End after so many records
    #[arg(short, long, visible_short_alias = 'c')]
    pub num: Option<u64>,
    /// End where the partitions ended when the command began
    #[arg(short, long)]
    pub exit: bool,
    /// Read as a member of this group, and commit
    #[arg(short, long)]
    pub group: Option<String>,
    /// Topics are patterns
    #[arg(short, long)]
    pub regex: bool,
    /// Hide records of transactions that are open or aborted
    #[arg(long)]
    pub read_committed: bool,
}

const HOW: How = How {
    committed: false,
    // Where retention was faster than we are, reading goes on with what is left.
    reset: Reset::Earliest,
    wait: Duration::from_millis(500),
    min_bytes: 1,
    max_bytes: 50 << 20,
    partition_bytes: 1 << 20,
};

/// What a mistake of the command line is.
fn mistake(text: impl std::fmt::Display) -> Stop {
    Stop::Refused(format!("ringctl consume: {text}"))
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

impl Consume {
    /// How a record is printed; `json`: `-o json` was given. `leaders` are for kcat's JSON.
    fn printer(&self, json: bool, leaders: Rc<BTreeMap<Partition, i32>>) -> Result<Print, Stop> {
        let line = |text: String| format!("{text}\n").into_bytes();
        if json || self.format.as_deref() == Some("json") {
            return Ok(Box::new(move |r, _| line(shape::record(r).to_string())));
        }
        if self.kcat_json {
            return Ok(Box::new(move |r, _| {
                line(kcat::envelope(r, leaders.get(&r.from).copied().unwrap_or(-1)).to_string())
            }));
        }
        if let Some(format) = &self.kcat_format {
            let printer = kcat::Printer::new(format).map_err(mistake)?;
            return Ok(Box::new(move |r, _| printer.print(r)));
        }
        let printer = print::Printer::new(self.format.as_deref().unwrap_or(r"%v\n")).map_err(mistake)?;
        Ok(Box::new(move |r, n| printer.print(r, n)))
    }

    /// Reads and prints. `json`: as `-o json`; `offsets`: what else stood behind `-o`.
    pub fn run(&self, access: Access, json: bool, offsets: &[String], out: &mut Out) -> Result<(), Stop> {
        let words = [offsets, &self.offset].concat();
        let mut range = parse(&words, now()).map_err(mistake)?;
        if self.exit && range.to.is_none() {
            range.to = Some(Point::End);
        }
        // What is wrong with a format is said before anything is asked.
        drop(self.printer(json, Rc::default())?);
        let mut client = Client::connect(access)?;
        if let Some(group) = &self.group {
            return self.member(&mut client, group, (json, &range, words.is_empty()), out);
        }
        let leaders = Rc::new(self.partitions(&mut client)?);
        let printer = self.printer(json, Rc::clone(&leaders))?;
        let how = How { committed: self.read_committed, ..HOW };
        let all: Vec<Partition> = leaders.keys().cloned().collect();
        let ends = Ends::of(&mut client, &all, self.read_committed)?;
        let from = ends.places(&mut client, range.from)?;
        let to = range.to.map(|to| ends.places(&mut client, to)).transpose()?;
        Reading { how, from, to, num: self.num, print: printer }.run(&mut client, out)
    }

    /// The partitions that are meant, and their leaders.
    fn partitions(&self, client: &mut Client) -> Result<BTreeMap<Partition, i32>, Stop> {
        let metadata = client.metadata((!self.regex).then_some(self.topics.as_slice()))?;
        let patterns = self.topics.iter().map(|t| Regex::new(t));
        let patterns =
            if self.regex { patterns.collect::<Result<Vec<_>, _>>().map_err(mistake)? } else { Vec::new() };
        let mut found = BTreeMap::new();
        for topic in metadata.topics {
            let name = topic.name.clone().unwrap_or_default();
            if self.regex && (topic.is_internal || !patterns.iter().any(|p| p.matches(&name))) {
                continue;
            }
            check(topic.error_code, None).map_err(|e| {
                let message = match e.code {
                    Some(ErrorCode::UnknownTopicOrPartition) => {
                        format!("topic '{name}' does not exist; see `ringctl topic list`")
                    }
                    _ => format!("topic '{name}': {}", e.message),
                };
                Failure { message, ..e }
            })?;
            for p in topic.partitions {
                if self.partitions.is_empty() || self.partitions.contains(&p.partition_index) {
                    found.insert((name.clone(), p.partition_index), p.leader_id);
                }
            }
        }
        if found.is_empty() {
            return Err(Failure::client(format!(
                "No partition fits {}: see `ringctl topic describe`",
                self.topics.join(" ")
            ))
            .into());
        }
        Ok(found)
    }

    fn member(
        &self,
        client: &mut Client,
        group: &str,
        (json, range, anywhere): (bool, &Range, bool),
        out: &mut Out,
    ) -> Result<(), Stop> {
        let reset = match range.from {
            _ if anywhere => Reset::Earliest,
            Point::Start => Reset::Earliest,
            Point::End => Reset::Latest,
            _ => {
                return Err(mistake(
                    "a member of a group reads from what is committed, else from start or end: -o start, -o end",
                ));
            }
        };
        if range.to.is_some() || !self.partitions.is_empty() {
            return Err(mistake(
                "a member of a group reads on, what the group gives it: leave -p, -e and an end out",
            ));
        }
        let escape = |t: &String| if self.regex { t.clone() } else { t.replace('.', "\\.") };
        let pattern = self.topics.iter().map(escape).collect::<Vec<_>>().join("|");
        let joined = Joined {
            group: group.to_owned(),
            topics: Regex::new(&pattern).map_err(mistake)?,
            how: How { committed: self.read_committed, reset, ..HOW },
            num: self.num,
            print: self.printer(json, Rc::default())?,
        };
        read_as_member(client, joined, out)
    }
}

/// Where partitions begin and end.
struct Ends {
    metadata: ringlog_wire::generated::metadata_response::MetadataResponse,
    isolation: i8,
    starts: BTreeMap<Partition, i64>,
    ends: BTreeMap<Partition, i64>,
}

impl Ends {
    fn of(client: &mut Client, all: &[Partition], committed: bool) -> Result<Self, Failure> {
        let mut names: Vec<String> = all.iter().map(|p| p.0.clone()).collect();
        names.dedup();
        let metadata = client.metadata(Some(&names))?;
        let mut at = |time| -> Result<BTreeMap<Partition, i64>, Failure> {
            let found = list_offsets(client, &metadata, all, (time, i8::from(committed)));
            found.into_iter().map(|(p, at)| Ok((p, at?.offset))).collect()
        };
        let (starts, ends) = (at(-2)?, at(-1)?);
        Ok(Self { metadata, isolation: i8::from(committed), starts, ends })
    }

    /// The offset of `point` in each partition, inside of what is there.
    fn places(&self, client: &mut Client, point: Point) -> Result<BTreeMap<Partition, i64>, Failure> {
        let mut times = BTreeMap::new();
        if let Point::Time(ms) = point {
            let all: Vec<Partition> = self.ends.keys().cloned().collect();
            for (p, at) in list_offsets(client, &self.metadata, &all, (ms, self.isolation)) {
                times.insert(p, at?.offset);
            }
        }
        let place = |(p, &end): (&Partition, &i64)| {
            let start = self.starts.get(p).copied().unwrap_or(0);
            let at = match point {
                Point::Start => start,
                Point::End => end,
                Point::AfterStart(n) => start.saturating_add(n),
                Point::BeforeEnd(n) => end.saturating_sub(n),
                Point::At(n) => n,
                // No record is that young.
                Point::Time(_) => times.get(p).copied().filter(|n| *n >= 0).unwrap_or(end),
            };
            (p.clone(), at.clamp(start, end.max(start)))
        };
        Ok(self.ends.iter().map(place).collect())
    }
}

struct Reading {
    how: How,
    from: BTreeMap<Partition, i64>,
    /// Where each partition ends; `None`: never.
    to: Option<BTreeMap<Partition, i64>>,
    num: Option<u64>,
    print: Print,
}

impl Reading {
    fn ends(&self, partition: &Partition) -> i64 {
        self.to.as_ref().and_then(|to| to.get(partition)).copied().unwrap_or(i64::MAX)
    }

    fn run(self, client: &mut Client, out: &mut Out) -> Result<(), Stop> {
        let mut fetcher = Fetcher::new(self.how);
        let mut count = 0u64;
        let mut positions = self.from.clone();
        loop {
            positions.retain(|p, at| *at < self.ends(p));
            if positions.is_empty() || self.num.is_some_and(|n| count >= n) {
                return Ok(());
            }
            fetcher.assign(positions);
            fetcher.poll(client)?;
            while let Some(record) = fetcher.next() {
                if record.offset < self.ends(&record.from) {
                    count += 1;
                    out.raw(&(self.print)(&record, count));
                    if self.num.is_some_and(|n| count >= n) {
                        out.flush();
                        return Ok(());
                    }
                }
            }
            out.flush();
            if out.is_closed() {
                return Ok(());
            }
            positions = fetcher.positions();
        }
    }
}
