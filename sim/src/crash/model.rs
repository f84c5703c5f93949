//! What a directory must hold: the checker, outside the code under test.
//!
//! A history notes with its time what was asked of the store and what the store said. `Model::at` is the sum of that
//! up to a moment; `verify` compares it with what a recovery gives back: every partition's log is an exact prefix
//! of what was appended, on batch boundaries, and holds everything that was acknowledged or shown before.
//! Owner: one history. Invariant: nothing of storage is used here but the batches that it hands out.

use super::disk::CrashDisk;
use bytes::Bytes;
use ringlog_storage::partition::LogConfig;
use ringlog_storage::read::{ReadPart, ReadWant};
use ringlog_storage::store::{Known, Partition};
use ringlog_wire::ids::{Offset, PartitionId, TopicId};
use ringlog_wire::record::batch::BatchView;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The wall clock of every history, ms.
pub(super) const NOW_MS: i64 = 1_767_225_600_000;

/// A batch, told by its numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch {
    pub tag: u64,
    pub count: u64,
    pub size: usize,
    /// Keys count from it.
    pub key: Option<u64>,
}

/// What happened.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A process starts with so many data cores.
    Start(u16),
    /// All stores are open; where each log ends now. What is readable now must never vanish.
    Opened(Vec<(PartitionId, u64)>),
    /// The metadata log says that the partition exists.
    Created(PartitionId),
    /// The metadata log says that it is gone.
    Deleted(PartitionId),
    /// A batch was appended.
    Appended(PartitionId, Batch),
    /// Everything below the offset is acknowledged.
    Acked(PartitionId, u64),
    /// The log may start there from now on.
    Asked(PartitionId, u64),
    /// It was answered that the log starts there.
    Started(PartitionId, u64),
}

/// One partition's log as far as it is known.
#[derive(Clone, Default, Debug)]
pub(super) struct Log {
    pub batches: Vec<Batch>,
    /// What followed them and a start left out: nobody was told of it. Its bytes may lie in the segment until the next
    /// append, which cuts them off first; only a start without any checkpoint looks there.
    pub left_out: Vec<Batch>,
    /// Everything below must come back.
    pub acked: u64,
    /// Furthest log start that was answered, and that was asked for.
    pub started: u64,
    pub asked: u64,
}

/// What must be there.
#[derive(Clone, Default, Debug)]
pub(super) struct Model {
    pub cores: u16,
    /// Partitions made so far: the ids of topics are never used again.
    pub made: u8,
    pub logs: BTreeMap<PartitionId, Log>,
}

impl Log {
    /// Offset behind the last batch.
    pub fn end(&self) -> u64 {
        self.batches.iter().map(|b| b.count).sum()
    }

    fn cut(&mut self, end: u64) {
        let mut left_out = Vec::new();
        while self.end() > end {
            left_out.extend(self.batches.pop());
        }
        if !left_out.is_empty() {
            left_out.reverse();
            self.left_out = left_out;
        }
    }
}

impl Model {
    /// Takes note of one event.
    pub fn on(&mut self, event: &Event) {
        match event {
            Event::Start(cores) => self.cores = *cores,
            Event::Opened(ends) => {
                for (id, end) in ends {
                    let log = self.logs.entry(*id).or_default();
                    log.cut(*end);
                    log.acked = *end;
                }
            }
            Event::Created(id) => {
                self.made += 1;
                self.logs.insert(*id, Log::default());
            }
            Event::Deleted(id) => drop(self.logs.remove(id)),
            Event::Appended(id, batch) => {
                if let Some(log) = self.logs.get_mut(id) {
                    log.batches.push(*batch);
                    log.left_out.clear();
                }
            }
            Event::Acked(id, offset) => {
                if let Some(log) = self.logs.get_mut(id) {
                    log.acked = log.acked.max(*offset);
                }
            }
            Event::Asked(id, offset) => {
                if let Some(log) = self.logs.get_mut(id) {
                    log.asked = log.asked.max(*offset);
                }
            }
            Event::Started(id, offset) => {
                if let Some(log) = self.logs.get_mut(id) {
                    log.started = log.started.max(*offset);
                }
            }
        }
    }

    /// Both checkpoints are lost: what starts left out may be there again.
    pub fn on_lost_checkpoints(&mut self) {
        for log in self.logs.values_mut() {
            log.batches.append(&mut log.left_out);
        }
    }

    /// What the metadata log says of `id`.
    pub fn known(&self, id: PartitionId, config: LogConfig) -> Option<Known> {
        let [name, ..] = id.topic.0;
        self.logs.contains_key(&id).then(|| Known { topic: format!("t{name}"), log: config })
    }
}

/// The id of a partition of topic number `topic`.
pub(super) fn id(topic: u8, index: u32) -> PartitionId {
    PartitionId { topic: TopicId([topic; 16]), index }
}

impl Batch {
    /// Its bytes, as a producer sends them.
    pub fn bytes(&self) -> Bytes {
        let mut b = BatchBuilder::new(BatchOptions::default());
        for n in 0..self.count {
            b.append(
                NOW_MS,
                self.key_of(n).as_deref().map(str::as_bytes),
                self.kept_value(n).as_deref(),
                &[],
            );
        }
        b.build().expect("a small batch of the model can be built")
    }

    pub fn value(&self, n: u64) -> Vec<u8> {
        let mut value = format!("{}/{n}/", self.tag).into_bytes();
        value.resize(self.size.max(value.len()), self.tag.to_le_bytes().first().copied().unwrap_or(0));
        value
    }
}

/// Compares a recovered partition with its model; returns where it ends.
pub(super) async fn verify(p: &Rc<Partition<CrashDisk>>, log: &Log) -> Result<u64, String> {
    let end = p.offsets().end.0;
    if end < log.acked {
        return Err(format!("{p:?}: {} acknowledged, {end} recovered", log.acked));
    }
    let mut batches = log.batches.iter();
    let mut at = 0;
    while at < end {
        let bytes = read_at(p, at, end).await?;
        if bytes.is_empty() {
            return Err(format!("{p:?}: nothing at {at} below {end}"));
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let expected = batches.next().ok_or_else(|| format!("{p:?}: more than was appended at {at}"))?;
            let size = compare(rest, at, expected).map_err(|e| format!("{p:?} at {at}: {e}"))?;
            at += expected.count;
            rest = rest.get(size..).unwrap_or_default();
        }
    }
    Ok(end)
}

/// Batches from `at` on, below `end`.
pub(super) async fn read_at(p: &Rc<Partition<CrashDisk>>, at: u64, end: u64) -> Result<Vec<u8>, String> {
    let want = ReadWant { from: Offset(at), max_bytes: 256 << 10, upto: Offset(end) };
    let got = p.read(want).await.map_err(|e| format!("{p:?}: reading at {at}: {e:?}"))?;
    let mut bytes = Vec::new();
    for part in got.parts {
        match part {
            ReadPart::Bytes(b) => bytes.extend_from_slice(&b),
            ReadPart::File(r) => bytes.extend_from_slice(&r.file.read(r.pos, r.len)),
        }
    }
    Ok(bytes)
}

/// Checks the first batch in `bytes`; returns its length.
fn compare(bytes: &[u8], base: u64, expected: &Batch) -> Result<usize, String> {
    let view = BatchView::first(bytes).map_err(|e| format!("no batch: {e:?}"))?;
    view.check_crc().map_err(|e| format!("{e:?}"))?;
    let header = view.header();
    if header.base_offset != Offset(base).to_wire()
        || header.next_offset() != Offset(base + expected.count).to_wire()
    {
        return Err(format!("offsets {} to {}", header.base_offset, header.next_offset()));
    }
    for (record, n) in view.records().zip(0..) {
        let record = record.map_err(|e| format!("{e:?}"))?;
        if record.value != Some(expected.value(n).as_slice()) {
            return Err(format!("not record {n} of batch {}", expected.tag));
        }
    }
    Ok(header.size())
}
