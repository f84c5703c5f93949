//! `ringctl produce`: records of standard input, read by a format of rpk or by kcat's delimiters.
//!
//! Owner: one process; a thread reads the input, so that what was read is sent while the input is silent.
//! Invariants: what stands before a mistake in the input is sent; the exit status is 0 only if all was acknowledged.

use super::print;
use super::read::Reader;
use crate::client::fetch::Read;
use crate::client::{Access, Client, Failure};
use crate::kafka::{Ack, Record, Sender, Settings};
use crate::opts::Stop;
use crate::out::Out;
use clap::Args;
use ringlog_wire::compress::Codec;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

/// What to send and how it is read.
#[derive(Args, Clone, Debug, Default)]
pub struct Produce {
    /// Where to; may be left out where the format has %t
    pub topic: Option<String>,
    /// How records stand in the input, in rpk's language: '%k %v\n'
    #[arg(short, long, conflicts_with_all = ["key_delimiter", "delimiter"])]
    pub format: Option<String>,
    /// What stands between key and value of a record (kcat)
    #[arg(short = 'K', long)]
    pub key_delimiter: Option<String>,
    /// What stands between records (kcat): \n if not given
    #[arg(short = 'D', long)]
    pub delimiter: Option<String>,
    /// The key of records that have none in the input
    #[arg(short, long)]
    pub key: Option<String>,
    /// A header of every record, NAME:VALUE or NAME=VALUE; may be repeated
    #[arg(short = 'H', long = "header")]
    pub headers: Vec<String>,
    /// The partition; by the key, or any, if not given
    #[arg(short, long)]
    pub partition: Option<i32>,
    /// none, gzip, snappy, lz4 or zstd
    #[arg(short = 'z', long, default_value = "none")]
    pub compression: String,
    /// Empty values are tombstones, empty keys are null
    #[arg(short = 'Z', long)]
    pub tombstone: bool,
    /// all, 1 or 0
    #[arg(long, default_value = "all")]
    pub acks: String,
    /// What is printed of each record that was acknowledged, in rpk's language: '%p %o\n'
    #[arg(long)]
    pub output_format: Option<String>,
}

/// Records that wait for the sender.
const WAITING: usize = 4096;
/// Bytes of a batch.
const BATCH: usize = 64 << 10;

type Headers = Vec<(String, Option<Vec<u8>>)>;
type Item = Result<(Option<String>, Record), String>;

/// What is printed of an acknowledged record.
enum Says {
    Nothing,
    Json,
    Format(print::Printer),
}

fn mistake(text: impl std::fmt::Display) -> Stop {
    Stop::Refused(format!("ringctl produce: {text}"))
}

impl Produce {
    fn settings(&self) -> Result<Settings, Stop> {
        let acks = match self.acks.as_str() {
            "all" | "-1" => -1,
            "1" => 1,
            "0" => 0,
            other => return Err(mistake(format!("--acks {other} is none of all, 1, 0"))),
        };
        let codec = Codec::from_name(&self.compression).ok_or_else(|| {
            mistake(format!("-z {} is none of none, gzip, snappy, lz4, zstd", self.compression))
        })?;
        Ok(Settings {
            acks,
            codec,
            batch_size: BATCH,
            request_max: 1 << 20,
            timeout: Duration::from_secs(30),
            retries: 10,
            backoff: Duration::from_millis(100),
            idempotent: acks == -1,
        })
    }

    fn headers(&self) -> Result<Headers, Stop> {
        let pair = |text: &String| {
            let (name, value) = text
                .split_once([':', '='])
                .ok_or_else(|| mistake(format!("-H {text} needs a value: NAME:VALUE or NAME=VALUE")))?;
            Ok((name.to_owned(), Some(value.as_bytes().to_vec())))
        };
        self.headers.iter().map(pair).collect()
    }

    /// Reads the input on a thread of its own. Errors: what is wrong with the format.
    fn input(&self) -> Result<Receiver<Item>, Stop> {
        let stdin = std::io::stdin();
        let mut reader = match &self.format {
            None if self.key_delimiter.is_some() || self.delimiter.is_some() => {
                Reader::kcat(stdin, self.delimiter.as_deref().unwrap_or("\\n"), self.key_delimiter.as_deref())
            }
            format => Reader::rpk(stdin, format.as_deref().unwrap_or(r"%v\n")),
        }
        .map_err(mistake)?;
        let (to, from) = sync_channel(WAITING);
        std::thread::spawn(move || {
            while let Some(item) = reader.next().transpose() {
                let over = item.is_err();
                if to.send(item).is_err() || over {
                    break;
                }
            }
        });
        Ok(from)
    }

    /// Sends the input. `json`: one object for each record that was acknowledged.
    pub fn run(&self, access: Access, json: bool, out: &mut Out) -> Result<(), Stop> {
        let settings = self.settings()?;
        let headers = self.headers()?;
        let says = match &self.output_format {
            _ if json => Says::Json,
            None => Says::Nothing,
            Some(format) => Says::Format(print::Printer::new(format).map_err(mistake)?),
        };
        let input = self.input()?;
        let client = Client::connect(access)?;
        let mut sending =
            Sending { client, settings, senders: BTreeMap::new(), waiting: BTreeMap::new(), says, count: 0 };
        loop {
            let item = match input.try_recv() {
                Ok(item) => Some(item),
                Err(TryRecvError::Disconnected) => None,
                // The input is slower than we are: what waits goes out before we do.
                Err(TryRecvError::Empty) => {
                    sending.flush(out)?;
                    input.recv().ok()
                }
            };
            match item {
                None => return sending.flush(out),
                Some(Err(why)) => {
                    sending.flush(out)?;
                    return Err(Failure::client(format!("{why}; the records before it are sent")).into());
                }
                Some(Ok((topic, record))) => {
                    let topic = topic.or_else(|| self.topic.clone()).ok_or_else(|| {
                        mistake("a topic is needed, on the command line or as %t in the format")
                    })?;
                    sending.add(&topic, self.filled(record, &headers), out)?;
                }
            }
        }
    }

    /// `record` with what the command line says of every record.
    fn filled(&self, mut record: Record, headers: &Headers) -> Record {
        let empty = |bytes: &Option<Vec<u8>>| bytes.as_ref().is_some_and(Vec::is_empty);
        if self.tombstone {
            record.value = record.value.take().filter(|v| !v.is_empty());
            if empty(&record.key) {
                record.key = None;
            }
        }
        record.key = record.key.or_else(|| self.key.as_ref().map(|k| k.as_bytes().to_vec()));
        record.partition = record.partition.or(self.partition);
        record.headers.extend_from_slice(headers);
        record
    }
}

struct Sending {
    client: Client,
    settings: Settings,
    senders: BTreeMap<String, Sender>,
    /// Records that were not acknowledged yet, if something is said of them.
    waiting: BTreeMap<(String, i32), VecDeque<Read>>,
    says: Says,
    count: u64,
}

impl Sending {
    fn add(&mut self, topic: &str, record: Record, out: &mut Out) -> Result<(), Stop> {
        if !self.senders.contains_key(topic) {
            let sender = Sender::new(&mut self.client, topic, self.settings.clone())?;
            self.senders.insert(topic.to_owned(), sender);
        }
        let Some(sender) = self.senders.get_mut(topic) else { return Ok(()) };
        let added = sender.add(&record)?;
        if !matches!(self.says, Says::Nothing) {
            let from = (topic.to_owned(), added.partition);
            let read = Read {
                from: from.clone(),
                timestamp: added.timestamp,
                key: record.key,
                value: record.value,
                headers: record.headers,
                ..Read::default()
            };
            self.waiting.entry(from).or_default().push_back(read);
        }
        if added.full { self.flush(out) } else { Ok(()) }
    }

    fn flush(&mut self, out: &mut Out) -> Result<(), Stop> {
        for (topic, sender) in &mut self.senders {
            if sender.is_empty() {
                continue;
            }
            for Ack { partition, base_offset, records } in sender.flush(&mut self.client)? {
                let Some(queue) = self.waiting.get_mut(&(topic.clone(), partition)) else { continue };
                for (i, mut read) in (0..).zip(queue.drain(..records.min(queue.len()))) {
                    read.offset = if base_offset < 0 { -1 } else { base_offset + i };
                    self.count += 1;
                    match &self.says {
                        Says::Nothing => {}
                        Says::Json => out.object(&json!({
                            "topic": topic,
                            "partition": partition,
                            "offset": crate::kafka::shape::positive(read.offset),
                            "timestamp": read.timestamp,
                        })),
                        Says::Format(printer) => out.raw(&printer.print(&read, self.count)),
                    }
                }
            }
        }
        out.flush();
        Ok(())
    }
}
