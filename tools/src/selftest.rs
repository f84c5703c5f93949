//! `ringctl selftest`: writes, reads and commits in a topic of its own, and says whether that went as it must.
//!
//! Owner: one process. Invariants: what it created it deletes, also where a check fails; a disk is written to only in
//! a folder that was named; one check that fails does not hide the next.

use crate::client::commits::{Who, commit, committed};
use crate::client::fetch::{Fetcher, How, Read, Reset};
use crate::client::{Access, Client, Failure, check};
use crate::kafka::{Record, Sender, Settings, describe_configs};
use crate::verdict::Verdicts;
use clap::Args;
use ringlog_wire::compress::Codec;
use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreateTopicsRequest};
use ringlog_wire::generated::delete_groups_request::DeleteGroupsRequest;
use ringlog_wire::generated::delete_topics_request::{DeleteTopicState, DeleteTopicsRequest};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How much to do.
#[derive(Args, Clone, Debug)]
pub struct Selftest {
    /// Records to write one by one, each acknowledged before the next
    #[arg(short = 'n', long, default_value_t = 200, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    pub num: usize,
    /// Bytes of a record's value
    #[arg(long, default_value_t = 1024)]
    pub size: usize,
    /// A folder on the broker's disk, to measure how long a sync takes there
    #[arg(long)]
    pub data: Option<PathBuf>,
}

const CODECS: [Codec; 5] = [Codec::None, Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

/// Sorted durations.
struct Times(Vec<Duration>);

impl Times {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort();
        Self(all)
    }
    fn at(&self, part: f64) -> Duration {
        let place = ((self.0.len() as f64 * part) as usize).min(self.0.len().saturating_sub(1));
        self.0.get(place).copied().unwrap_or_default()
    }
    fn text(&self) -> String {
        let ms = |d: Duration| format!("{:.2}", d.as_secs_f64() * 1e3);
        format!("p50 {} ms, p99 {} ms, max {} ms", ms(self.at(0.5)), ms(self.at(0.99)), ms(self.at(1.0)))
    }
    fn values(&self) -> serde_json::Value {
        let us = |d: Duration| u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
        json!({"count": self.0.len(), "p50_us": us(self.at(0.5)), "p99_us": us(self.at(0.99)), "max_us": us(self.at(1.0))})
    }
}

/// Runs all checks.
pub fn run(asked: &Selftest, access: Access, say: &mut Verdicts<'_>) {
    let address = access.bootstrap.join(",");
    let began = Instant::now();
    let mut client = match Client::connect(access) {
        Ok(client) => client,
        Err(e) => return say.fail("broker", e.message),
    };
    say.ok("broker", format!("{address} answers after {:.1} ms", began.elapsed().as_secs_f64() * 1e3));
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    let name = format!("ringctl-selftest-{:x}", nanos ^ u128::from(std::process::id()));
    let sync = asked.data.as_deref().and_then(|folder| disk(folder, &name, asked.num, say));
    if let Err(e) = create(&mut client, &name) {
        return say.fail("create", format!("a topic cannot be created: {}", e.message));
    }
    say.ok("create", format!("topic {name} is created"));
    let written = write(&mut client, &name, asked, say);
    if let Some(written) = &written {
        read(&mut client, &name, written, say);
        durable(&mut client, &name, (written, sync.as_ref()), say);
    }
    codecs(&mut client, &name, say);
    group(&mut client, &name, say);
    match delete(&mut client, &name) {
        Ok(()) => say.ok("clean", format!("topic {name} is deleted")),
        Err(e) => say.fail(
            "clean",
            format!("topic {name} is left behind: {}; ringctl topic delete {name}", e.message),
        ),
    }
}

fn create(client: &mut Client, name: &str) -> Result<(), Failure> {
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: name.to_owned(),
            num_partitions: 1,
            replication_factor: -1,
            ..Default::default()
        }],
        timeout_ms: 30_000,
        validate_only: false,
    };
    let answer = client.any(&request)?;
    answer.topics.iter().try_for_each(|t| check(t.error_code, t.error_message.as_deref()))
}

fn delete(client: &mut Client, name: &str) -> Result<(), Failure> {
    let topics = vec![DeleteTopicState { name: Some(name.to_owned()), ..Default::default() }];
    let answer = client.any(&DeleteTopicsRequest { topics, timeout_ms: 30_000, ..Default::default() })?;
    answer.responses.iter().try_for_each(|t| check(t.error_code, t.error_message.as_deref()))
}

fn settings(codec: Codec) -> Settings {
    Settings {
        acks: -1,
        codec,
        batch_size: 1 << 20,
        request_max: 1 << 20,
        timeout: Duration::from_secs(30),
        retries: 10,
        backoff: Duration::from_millis(100),
        idempotent: true,
    }
}

/// The value of record `i`: its number, and filling that does not compress to nothing.
fn value(i: usize, size: usize) -> Vec<u8> {
    let mut bytes = format!("{i} ").into_bytes();
    let mut state = i as u64 ^ 0x9e37_79b9_7f4a_7c15;
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size.max(1));
    bytes
}

/// What was acknowledged.
struct Written {
    values: Vec<Vec<u8>>,
    offsets: Vec<i64>,
    times: Times,
}

fn write(client: &mut Client, name: &str, asked: &Selftest, say: &mut Verdicts<'_>) -> Option<Written> {
    let mut send = || -> Result<Written, Failure> {
        let mut sender = Sender::new(client, name, settings(Codec::None))?;
        let (mut values, mut offsets, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..asked.num {
            let value = value(i, asked.size);
            let began = Instant::now();
            sender.add(&Record { value: Some(value.clone()), ..Record::default() })?;
            let acks = sender.flush(client)?;
            times.push(began.elapsed());
            offsets.extend(acks.iter().map(|a| a.base_offset));
            values.push(value);
        }
        Ok(Written { values, offsets, times: Times::of(times) })
    };
    match send() {
        Err(e) => {
            say.fail("produce", format!("records are not acknowledged: {}", e.message));
            None
        }
        Ok(written) => {
            let count = written.values.len();
            if written.offsets.iter().copied().eq(0..count as i64) {
                let text =
                    format!("{count} records of {} bytes, one by one: {}", asked.size, written.times.text());
                say.measured("produce", text, written.times.values());
            } else {
                say.fail("produce", format!("the offsets of {count} records are not 0, 1, 2 and so on"));
            }
            Some(written)
        }
    }
}

/// Everything of partition 0 from `from` on, until `count` records came.
fn fetch(client: &mut Client, name: &str, from: i64, count: usize) -> Result<Vec<Read>, Failure> {
    let mut fetcher = Fetcher::new(How {
        committed: false,
        reset: Reset::None,
        wait: Duration::from_millis(500),
        min_bytes: 1,
        max_bytes: 50 << 20,
        partition_bytes: 1 << 20,
    });
    fetcher.assign(BTreeMap::from([((name.to_owned(), 0), from)]));
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut all = Vec::new();
    while all.len() < count && Instant::now() < deadline {
        fetcher.poll(client)?;
        while let Some(record) = fetcher.next() {
            all.push(record);
        }
    }
    Ok(all)
}

fn read(client: &mut Client, name: &str, written: &Written, say: &mut Verdicts<'_>) {
    let count = written.values.len();
    let began = Instant::now();
    let found = match fetch(client, name, 0, count) {
        Ok(found) => found,
        Err(e) => return say.fail("fetch", format!("records cannot be read back: {}", e.message)),
    };
    let took = began.elapsed().as_secs_f64() * 1e3;
    let equal = found.iter().zip(&written.values).filter(|(r, v)| r.value.as_ref() == Some(v)).count();
    if found.len() == count && equal == count {
        say.ok("fetch", format!("{count} records are read back, equal, in {took:.1} ms"));
    } else {
        say.fail("fetch", format!("{count} records were acknowledged, {} are read back, {equal} of them equal and in their place", found.len()));
    }
    if found.iter().map(|r| r.offset).eq(0..found.len() as i64) {
        say.ok("order", "offsets are dense and in the order of sending".to_owned());
    } else {
        say.fail("order", "offsets have gaps, or another order than that of sending".to_owned());
    }
}

fn codecs(client: &mut Client, name: &str, say: &mut Verdicts<'_>) {
    let mut bad = Vec::new();
    for codec in CODECS {
        let values: Vec<Vec<u8>> = (0..10).map(|i| value(i, 512)).collect();
        let mut one = || -> Result<bool, Failure> {
            let mut sender = Sender::new(client, name, settings(codec))?;
            for value in &values {
                sender.add(&Record { value: Some(value.clone()), ..Record::default() })?;
            }
            let base = sender.flush(client)?.first().map_or(0, |a| a.base_offset);
            let found = fetch(client, name, base, values.len())?;
            Ok(found.iter().map(|r| r.value.clone().unwrap_or_default()).eq(values.iter().cloned()))
        };
        match one() {
            Ok(true) => {}
            Ok(false) => bad.push(format!("{}: other bytes come back", codec.name())),
            Err(e) => bad.push(format!("{}: {}", codec.name(), e.message)),
        }
    }
    if bad.is_empty() {
        say.ok("codecs", "batches of none, gzip, snappy, lz4 and zstd are read back equal".to_owned());
    } else {
        say.fail("codecs", bad.join("; "));
    }
}

fn group(client: &mut Client, name: &str, say: &mut Verdicts<'_>) {
    let mut all = || -> Result<bool, Failure> {
        let partition = (name.to_owned(), 0);
        let who = Who { group: name, member: "", epoch: -1, instance: None };
        commit(client, who, &BTreeMap::from([(partition.clone(), 7)]))?;
        let found = committed(client, name, None)?.get(&partition).map(|c| c.offset);
        let request = DeleteGroupsRequest { groups_names: vec![name.to_owned()] };
        let refused =
            |a: &ringlog_wire::generated::DeleteGroupsResponse| a.results.first().map_or(0, |r| r.error_code);
        let answer = client.coordinated(name, &request, refused)?;
        check(refused(&answer), None)?;
        Ok(found == Some(7))
    };
    match all() {
        Ok(true) => say.ok("group", "an offset is committed, read back, and its group deleted".to_owned()),
        Ok(false) => say.fail("group", "a committed offset does not come back".to_owned()),
        Err(e) => say.fail("group", format!("a group cannot commit: {}", e.message)),
    }
}

/// What an acknowledgement is worth, as far as a client can tell.
fn durable(
    client: &mut Client,
    name: &str,
    (written, sync): (&Written, Option<&Times>),
    say: &mut Verdicts<'_>,
) {
    if let Some(sync) = sync
        && written.times.at(0.5) < sync.at(0.5)
    {
        return say.warn(
            "durable",
            "records are acknowledged faster than this disk syncs: an acknowledgement does not wait for the disk".to_owned(),
        );
    }
    let results = describe_configs(client, crate::kafka::TOPIC, &[name.to_owned()], None);
    let entries = results.ok().and_then(|r| r.into_iter().next()).map(|r| r.configs).unwrap_or_default();
    let config = |name: &str| entries.iter().find(|c| c.name == name).and_then(|c| c.value.clone());
    let copies = client.metadata(Some(&[name.to_owned()])).ok().and_then(|m| {
        let topic = m.topics.into_iter().next()?;
        topic.partitions.first().map(|p| p.replica_nodes.len())
    });
    // A broker that has such configs syncs before it acknowledges, and cannot be told not to.
    let node = client.brokers().keys().next().copied().unwrap_or(0);
    let broker = describe_configs(client, crate::kafka::BROKER, &[node.to_string()], Some(node));
    let ringlog =
        broker.is_ok_and(|r| r.iter().flat_map(|r| &r.configs).any(|c| c.name.starts_with("ringlog.")));
    let every = config("flush.messages").is_some_and(|n| n == "1");
    let copies = copies.unwrap_or(1);
    if every || ringlog {
        say.ok("durable", format!("every acknowledged record is synced, on {copies} broker(s)"));
    } else {
        let least = config("min.insync.replicas").unwrap_or_else(|| "1".to_owned());
        say.warn("durable", format!("acknowledged records are in the memory of {least} to {copies} broker(s), and on disk later (flush.messages is not 1)"));
    }
}

/// How long a sync takes in `folder`.
fn disk(folder: &Path, name: &str, count: usize, say: &mut Verdicts<'_>) -> Option<Times> {
    let path = folder.join(name);
    let measure = || -> std::io::Result<Times> {
        let mut file = std::fs::File::create_new(&path)?;
        // Written before it is measured, so that a sync is of data alone.
        file.write_all(&[0; 4096])?;
        file.sync_all()?;
        let mut times = Vec::new();
        for i in 0..count.clamp(1, 1000) {
            let began = Instant::now();
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&[i as u8; 4096])?;
            file.sync_data()?;
            times.push(began.elapsed());
        }
        Ok(Times::of(times))
    };
    let found = measure();
    // Nobody else has a file of this name; where creating it failed there is none.
    let removed = std::fs::remove_file(&path);
    match (found, removed) {
        (Ok(times), Ok(())) => {
            say.measured(
                "sync",
                format!("4 KiB written and synced in {}: {}", folder.display(), times.text()),
                times.values(),
            );
            Some(times)
        }
        (Err(e), _) | (_, Err(e)) => {
            say.fail(
                "sync",
                format!("{}: {e}; --data needs a folder that can be written to", path.display()),
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let times = Times::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(times.text(), "p50 51.00 ms, p99 100.00 ms, max 100.00 ms");
        assert_eq!(Times::of(Vec::new()).at(0.5), Duration::ZERO);
    }

    #[test]
    fn values_name_their_record() {
        assert!(value(17, 100).starts_with(b"17 ") && value(17, 100).len() == 100);
        assert_ne!(value(1, 64), value(2, 64));
    }
}
