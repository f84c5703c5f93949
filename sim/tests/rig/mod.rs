//! A partition log on an in-memory disk, driven by hand, with a plain list of batches as its model.
#![allow(dead_code)] // each test file uses its part

use bytes::Bytes;
use ringlog_sim::{MemDisk, block_on};
use ringlog_storage::buf::{AlignedBuf, Gauge};
use ringlog_storage::disk::{Disk, OpenMode};
use ringlog_storage::limits::BACKGROUND_BYTES;
use ringlog_storage::partition::files::SegmentFile;
use ringlog_storage::partition::{
    AppendBytes, AppendStamp, FlushWant, Head, LogConfig, PartitionImage, PartitionLog, Placement,
};
use ringlog_storage::read::{LogAt, ReadBudget, ReadError, ReadPart, ReadWant, Reader};
use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId, TopicId};
use std::cell::RefCell;
use std::path::Path;

pub const DIR: &str = "/data/t-0";

pub fn id() -> PartitionId {
    PartitionId { topic: TopicId([7; 16]), index: 0 }
}

pub fn batch(records: u32, payload: usize, seed: u64) -> Bytes {
    let mut b = Vec::with_capacity(61 + payload);
    b.extend_from_slice(&0i64.to_be_bytes());
    b.extend_from_slice(&(49 + payload as i32).to_be_bytes());
    b.extend_from_slice(&(-1i32).to_be_bytes());
    b.push(2);
    b.extend_from_slice(&[0; 6]);
    b.extend_from_slice(&(records as i32 - 1).to_be_bytes());
    b.extend_from_slice(&1000i64.to_be_bytes());
    b.extend_from_slice(&(1000 + seed as i64).to_be_bytes());
    b.extend_from_slice(&(-1i64).to_be_bytes());
    b.extend_from_slice(&(-1i16).to_be_bytes());
    b.extend_from_slice(&(-1i32).to_be_bytes());
    b.extend_from_slice(&(records as i32).to_be_bytes());
    b.extend((0..payload).map(|i| (seed as usize + i * 7) as u8));
    let crc = crc(&b[21..]);
    b[17..21].copy_from_slice(&crc.to_be_bytes());
    Bytes::from(b)
}

pub fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for b in bytes {
        crc ^= u32::from(*b);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
        }
    }
    !crc
}

pub struct Stored {
    pub base: u64,
    pub next: u64,
    pub bytes: Vec<u8>,
}

pub struct Rig {
    pub log: RefCell<PartitionLog>,
    pub config: LogConfig,
    pub disk: MemDisk,
    pub reader: Reader<MemDisk>,
    pub gauge: Gauge,
    pub model: Vec<Stored>,
    pub entries: Vec<(Placement, Vec<u8>)>,
    pub image: PartitionImage,
}

impl Rig {
    pub fn new(segment_bytes: u32) -> Self {
        let config = LogConfig { segment_bytes, ..LogConfig::default() };
        let gauge = Gauge::default();
        let disk = MemDisk::default();
        block_on(disk.create_dir(Path::new("/data"))).unwrap();
        block_on(disk.create_dir(Path::new(DIR))).unwrap();
        let log = PartitionLog::new(id(), config, gauge.clone(), Offset::ZERO, 0);
        let budget = ReadBudget { files_max: 2, index_max: 4096 };
        let reader = Reader::new(disk.clone(), budget, gauge.clone());
        let image = log.image();
        let (model, entries) = (Vec::new(), Vec::new());
        Self { log: RefCell::new(log), config, disk, reader, gauge, model, entries, image }
    }

    pub fn append(&mut self, records: u32, payload: usize, seed: u64) {
        self.append_batch(&batch(records, payload, seed));
    }

    pub fn append_batch(&mut self, b: &Bytes) {
        let max_timestamp = Head::parse(b.first_chunk().unwrap()).unwrap().max_timestamp;
        let stamp = AppendStamp { leader_epoch: LeaderEpoch(1), log_append_time: None, max_timestamp };
        let mut log = self.log.borrow_mut();
        let done = log.append(b, &stamp, 0).unwrap();
        log.take_roll();
        let end = log.end();
        log.raise_durable(end);
        let bytes = [&done.header, &b[Head::LEN..]].concat();
        self.entries.push((done.placement, bytes.clone()));
        self.model.push(Stored { base: done.base_offset.0, next: done.last_offset.0 + 1, bytes });
    }

    /// Writes what is due; returns false if nothing was.
    pub fn flush(&self, want: FlushWant) -> bool {
        let Some(job) = self.log.borrow_mut().flush_plan(want, BACKGROUND_BYTES) else { return false };
        block_on(async {
            let path = Path::new(DIR).join(SegmentFile::Log.name(job.segment));
            let file = self.disk.open(&path, OpenMode::DIRECT).await.unwrap();
            self.disk.write_at(&file, job.data.clone(), job.position).await.unwrap();
            if let Some(len) = job.truncate_to {
                self.disk.truncate(&file, len).await.unwrap();
            }
        });
        if self.log.borrow_mut().on_flushed(&job) {
            self.persist_index(job.segment);
        }
        true
    }

    pub fn persist_index(&self, segment: Offset) {
        let pending = self.log.borrow().pending_index(segment).unwrap();
        for (kind, data, pos) in [
            (SegmentFile::Index, &pending.index, pending.index_position),
            (SegmentFile::TimeIndex, &pending.time, pending.time_position),
        ] {
            block_on(async {
                let path = Path::new(DIR).join(kind.name(segment));
                let file = self.disk.open(&path, OpenMode::WRITE).await.unwrap();
                self.disk.write_at(&file, vec![Bytes::from(data.clone())], pos).await.unwrap();
            });
        }
        self.log.borrow_mut().on_index_persisted(segment, &pending);
    }

    pub fn at(&self) -> LogAt<'_> {
        LogAt { log: &self.log, dir: Path::new(DIR) }
    }

    pub fn read(&self, from: u64, max: usize, upto: u64) -> Result<Vec<u8>, ReadError> {
        block_on(async {
            let want = ReadWant { from: Offset(from), max_bytes: max, upto: Offset(upto) };
            let got = self.reader.read(self.at(), want).await?;
            let mut bytes = Vec::new();
            for part in got.parts {
                match part {
                    ReadPart::Bytes(b) => bytes.extend_from_slice(&b),
                    ReadPart::File(r) => {
                        let buf = AlignedBuf::zeroed(r.len, &self.gauge);
                        let (n, buf) = self.disk.read_at(&r.file, buf, r.pos, r.len).await;
                        assert_eq!(n.unwrap(), r.len);
                        bytes.extend_from_slice(&buf.as_slice()[..r.len]);
                    }
                }
            }
            assert_eq!(bytes.len(), got.len);
            Ok(bytes)
        })
    }

    /// Reads and compares with the model: the right first batch, whole batches in order, within the bounds.
    pub fn check_read(&self, from: u64, max: usize, upto: u64) -> Result<usize, String> {
        let what = format!("read from {from}, {max} bytes, up to {upto}");
        let got = self.read(from, max, upto).map_err(|e| format!("{what}: {e}"))?;
        let first = self.model.partition_point(|b| b.next <= from);
        let mut rest = got.as_slice();
        let mut batches = 0;
        for b in self.model.iter().skip(first) {
            if rest.is_empty() {
                break;
            }
            if b.next > upto {
                return Err(format!("{what}: goes beyond with {}..{}", b.base, b.next));
            }
            rest =
                rest.strip_prefix(b.bytes.as_slice()).ok_or(format!("{what}: other bytes at {}", b.base))?;
            batches += 1;
        }
        let expected = self.model.get(first).is_some_and(|b| b.next <= upto && from < upto);
        match (expected, batches) {
            (true, 0) => Err(format!("{what}: nothing came")),
            (false, 1..) => Err(format!("{what}: something came")),
            (_, 2..) if got.len() > max => Err(format!("{what}: {} bytes came", got.len())),
            _ => Ok(batches),
        }
    }

    pub fn checkpoint(&mut self) {
        self.image = self.log.borrow().image();
    }

    /// Forgets the memory, restores the last image and replays every entry.
    pub fn crash(&mut self) {
        let end = self.log.borrow().end();
        let mut log =
            PartitionLog::restore(id(), self.config, self.gauge.clone(), self.image.clone()).unwrap();
        if let Some((at, len)) = log.missing_block() {
            let file = self.disk.content(&Path::new(DIR).join(SegmentFile::Log.name(at.segment))).unwrap();
            let bytes = &file[at.pos as usize..at.pos as usize + len];
            log.replay(AppendBytes { segment: at.segment, position: at.pos, bytes }, 0).unwrap();
        }
        for (p, bytes) in &self.entries {
            log.replay(AppendBytes { segment: p.segment, position: p.position, bytes }, 0).unwrap();
        }
        assert_eq!(log.finish_replay(), Ok(0));
        assert_eq!(log.end(), end);
        self.log = RefCell::new(log);
    }
}

/// A log of closed and flushed segments, nothing of them in memory.
pub fn cold(segment_bytes: u32, batches: u64) -> Rig {
    let mut rig = Rig::new(segment_bytes);
    for n in 0..batches {
        rig.append(2, 300, n);
    }
    while rig.flush(FlushWant::WholeBlocks { min: 1 }) {}
    rig.log.borrow_mut().evict(usize::MAX);
    rig
}

pub fn spoil(rig: &Rig, kind: SegmentFile, change: impl FnOnce(&mut Vec<u8>)) {
    rig.disk.corrupt(&Path::new(DIR).join(kind.name(Offset(0))), change);
}
