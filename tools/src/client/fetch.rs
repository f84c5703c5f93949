//! Reads records of partitions at positions that this side keeps.
//!
//! Owner: one command. Invariants: a position moves only past records that were handed out; with read_committed nothing
//! of an aborted transaction and no control record is handed out; each fetch is one request, without a session.

use super::offsets::{Partition, list_offsets};
use super::{Client, Failure, check};
use bytes::Bytes;
use ringlog_wire::ErrorCode;
use ringlog_wire::api::ApiKey;
use ringlog_wire::compress::{Codec, DecodeLimits, decompress};
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchRequest, FetchTopic};
use ringlog_wire::generated::fetch_response::PartitionData;
use ringlog_wire::generated::metadata_response::MetadataResponse;
use ringlog_wire::record::batch::{BatchHeader, BatchView, HEADER_LEN};
use ringlog_wire::record::control::ControlType;
use ringlog_wire::record::walk::Records;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// What a record has from its batch, and from the answer that brought it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Batch {
    /// The leader epoch at its append.
    pub leader_epoch: i32,
    /// -1 for none.
    pub producer_id: i64,
    /// -1 for none.
    pub producer_epoch: i16,
    /// `None` for a codec that is not known.
    pub codec: Option<Codec>,
    /// Part of a transaction.
    pub transactional: bool,
    /// A marker.
    pub control: bool,
    /// Where the partition began.
    pub log_start: i64,
    /// Up to where transactions had ended.
    pub last_stable: i64,
    /// Where the partition ended.
    pub high_watermark: i64,
}

/// A record as it was read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Read {
    /// Its topic and partition.
    pub from: Partition,
    /// Its offset.
    pub offset: i64,
    /// Its time.
    pub timestamp: i64,
    /// True if the broker stamped it.
    pub log_append_time: bool,
    /// `None` is null.
    pub key: Option<Vec<u8>>,
    /// `None` is null.
    pub value: Option<Vec<u8>>,
    /// In order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// What it shares with its neighbours.
    pub batch: Batch,
}

/// What to do where a position does not exist.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reset {
    /// Go to the beginning.
    Earliest,
    /// Go to the end.
    Latest,
    /// Fail.
    None,
}

/// How to fetch.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// Hide what is not committed.
    pub committed: bool,
    /// Where to go from a position that does not exist.
    pub reset: Reset,
    /// How long the broker waits for `min_bytes`.
    pub wait: Duration,
    /// What it waits for.
    pub min_bytes: i32,
    /// Of one answer.
    pub max_bytes: i32,
    /// Of one partition in it.
    pub partition_bytes: i32,
}

/// Positions of a set of partitions.
pub struct Fetcher {
    how: How,
    positions: BTreeMap<Partition, i64>,
    metadata: MetadataResponse,
    ready: VecDeque<Read>,
}

impl Fetcher {
    /// None yet.
    pub fn new(how: How) -> Self {
        Self {
            how,
            positions: BTreeMap::new(),
            metadata: MetadataResponse::default(),
            ready: VecDeque::new(),
        }
    }

    /// Reads `positions` from now on, and nothing else; records of partitions that left are dropped.
    pub fn assign(&mut self, positions: BTreeMap<Partition, i64>) {
        self.ready.retain(|r| positions.contains_key(&r.from));
        self.positions = positions;
    }

    /// Where each partition is read next; what is ready but not handed out counts as unread.
    pub fn positions(&self) -> BTreeMap<Partition, i64> {
        let mut all = self.positions.clone();
        for read in self.ready.iter().rev() {
            all.insert(read.from.clone(), read.offset);
        }
        all
    }

    /// The offset at which `partition` starts by the reset policy.
    pub fn start(
        &mut self,
        client: &mut Client,
        wanted: &[Partition],
        reset: Reset,
    ) -> Result<BTreeMap<Partition, i64>, Failure> {
        let timestamp = if reset == Reset::Earliest { -2 } else { -1 };
        let isolation = i8::from(self.how.committed);
        let topics: BTreeSet<String> = wanted.iter().map(|p| p.0.clone()).collect();
        self.metadata = client.metadata(Some(&topics.into_iter().collect::<Vec<_>>()))?;
        let found = list_offsets(client, &self.metadata, wanted, (timestamp, isolation));
        let mut positions = BTreeMap::new();
        for (partition, at) in found {
            match at {
                Ok(at) => {
                    positions.insert(partition, at.offset);
                }
                Err(e) if e.is_retriable() => {}
                Err(e) => return Err(e),
            }
        }
        Ok(positions)
    }

    /// The next record that was fetched already.
    pub fn next(&mut self) -> Option<Read> {
        self.ready.pop_front()
    }

    /// Fetches once from every leader. Errors: what waiting does not heal.
    pub fn poll(&mut self, client: &mut Client) -> Result<(), Failure> {
        let missing = self.positions.keys().any(|p| self.leader(p).is_none());
        if missing {
            let topics: BTreeSet<String> = self.positions.keys().map(|p| p.0.clone()).collect();
            self.metadata = client.metadata(Some(&topics.into_iter().collect::<Vec<_>>()))?;
        }
        let mut by_leader: BTreeMap<i32, Vec<(Partition, i64)>> = BTreeMap::new();
        for (partition, &offset) in &self.positions {
            if let Some(leader) = self.leader(partition) {
                by_leader.entry(leader).or_default().push((partition.clone(), offset));
            }
        }
        if by_leader.is_empty() {
            std::thread::sleep(self.how.wait.min(Duration::from_millis(100)));
        }
        let wait = self.how.wait / u32::try_from(by_leader.len().max(1)).unwrap_or(1);
        for (leader, wanted) in by_leader {
            match self.fetch(client, leader, &wanted, wait) {
                Err(e) if e.is_retriable() => {
                    client.forget(leader);
                    self.metadata = MetadataResponse::default();
                    std::thread::sleep(Duration::from_millis(50));
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn leader(&self, partition: &Partition) -> Option<i32> {
        let topic = self.metadata.topics.iter().find(|t| t.name.as_deref() == Some(partition.0.as_str()))?;
        let found = topic.partitions.iter().find(|p| p.partition_index == partition.1)?;
        (found.leader_id >= 0).then_some(found.leader_id)
    }

    fn fetch(
        &mut self,
        client: &mut Client,
        leader: i32,
        wanted: &[(Partition, i64)],
        wait: Duration,
    ) -> Result<(), Failure> {
        let conn = client.node(leader)?;
        let version = conn.version_of(ApiKey::Fetch)?;
        let mut topics: Vec<FetchTopic> = Vec::new();
        let mut names = BTreeMap::new();
        for (partition, offset) in wanted {
            let name = partition.0.clone();
            let id = self
                .metadata
                .topics
                .iter()
                .find(|t| t.name.as_deref() == Some(name.as_str()))
                .map(|t| t.topic_id)
                .unwrap_or_default();
            names.insert(id, name.clone());
            let asked = FetchPartition {
                partition: partition.1,
                current_leader_epoch: -1,
                fetch_offset: *offset,
                last_fetched_epoch: -1,
                log_start_offset: -1,
                partition_max_bytes: self.how.partition_bytes,
                ..Default::default()
            };
            let (topic, topic_id) =
                if version >= 13 { (String::new(), id) } else { (name, Default::default()) };
            match topics.iter_mut().find(|t| t.topic == topic && t.topic_id == topic_id) {
                Some(known) => known.partitions.push(asked),
                None => topics.push(FetchTopic { topic, topic_id, partitions: vec![asked] }),
            }
        }
        let request = FetchRequest {
            replica_id: -1,
            max_wait_ms: i32::try_from(wait.as_millis()).unwrap_or(i32::MAX),
            min_bytes: self.how.min_bytes,
            max_bytes: self.how.max_bytes,
            isolation_level: i8::from(self.how.committed),
            session_id: 0,
            session_epoch: -1,
            topics,
            ..Default::default()
        };
        let answer = conn.call_at(&request, version)?;
        check(answer.error_code, None)?;
        for topic in answer.responses {
            let name = if version >= 13 {
                names.get(&topic.topic_id).cloned().unwrap_or_default()
            } else {
                topic.topic
            };
            for data in topic.partitions {
                self.take(client, (name.clone(), data.partition_index), data)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, client: &mut Client, from: Partition, data: PartitionData) -> Result<(), Failure> {
        match check(data.error_code, None) {
            Err(e) if e.is(ErrorCode::OffsetOutOfRange) && self.how.reset != Reset::None => {
                let starts = self.start(client, std::slice::from_ref(&from), self.how.reset)?;
                self.positions.extend(starts);
                return Ok(());
            }
            Err(e) if e.is_retriable() || e.is(ErrorCode::UnknownTopicId) => {
                self.metadata = MetadataResponse::default();
                return Ok(());
            }
            other => other?,
        }
        let Some(&position) = self.positions.get(&from) else { return Ok(()) };
        let bytes = data.records.unwrap_or_default();
        let mut aborted: Vec<(i64, i64)> = Vec::new();
        if self.how.committed {
            let all = data.aborted_transactions.unwrap_or_default();
            aborted.extend(all.iter().map(|a| (a.first_offset, a.producer_id)));
            aborted.sort_unstable();
        }
        let marks = Batch {
            log_start: data.log_start_offset,
            last_stable: data.last_stable_offset,
            high_watermark: data.high_watermark,
            ..Batch::default()
        };
        let next = collect((&from, marks), &bytes, position, &aborted, &mut self.ready)?;
        self.positions.insert(from, next);
        Ok(())
    }
}

/// Appends the records of `bytes` from `position` on to `ready`; returns the next position.
///
/// `aborted`: first offset and producer of aborted transactions, by offset; `marks`: what the answer says of all.
fn collect(
    (from, marks): (&Partition, Batch),
    bytes: &Bytes,
    position: i64,
    aborted: &[(i64, i64)],
    ready: &mut VecDeque<Read>,
) -> Result<i64, Failure> {
    let mut next = position;
    let mut rest = bytes.clone();
    let mut ongoing: BTreeSet<i64> = BTreeSet::new();
    let mut to_come = aborted.iter().peekable();
    while rest.len() >= HEADER_LEN {
        let bad = |why: String| {
            Failure::client(format!(
                "A batch of {}-{} at offset {next} cannot be read: {why}",
                from.0, from.1
            ))
        };
        let header = BatchHeader::parse(&rest).map_err(|e| bad(format!("{e:?}")))?;
        if header.size() > rest.len() {
            // The answer ends in the middle of a batch: its bytes come with the next one.
            break;
        }
        let whole = rest.split_to(header.size());
        let view = BatchView::first(&whole).map_err(|e| bad(format!("{e:?}")))?;
        view.check_crc().map_err(|e| bad(format!("{e:?}")))?;
        while let Some((_, producer)) = to_come.next_if(|(first, _)| *first <= header.last_offset()) {
            ongoing.insert(*producer);
        }
        let payload = payload(&header, &whole).map_err(|e| bad(format!("{e:?}")))?;
        let dropped = header.attributes.is_transactional() && ongoing.contains(&header.producer_id);
        if header.attributes.is_control() {
            let first = Records::new(&payload, header.records_count).next();
            let marker = first.and_then(Result::ok).and_then(|r| r.key.map(ControlType::decode_key));
            if matches!(marker, Some(Ok(ControlType::Abort))) {
                ongoing.remove(&header.producer_id);
            }
        } else if !dropped {
            let batch = Batch {
                leader_epoch: header.partition_leader_epoch,
                producer_id: header.producer_id,
                producer_epoch: header.producer_epoch,
                codec: header.attributes.codec(),
                transactional: header.attributes.is_transactional(),
                control: false,
                ..marks
            };
            for record in Records::new(&payload, header.records_count) {
                let record = record.map_err(|e| bad(format!("{e:?}")))?;
                let offset = header.base_offset + i64::from(record.offset_delta);
                if offset < position {
                    continue;
                }
                ready.push_back(Read {
                    from: from.clone(),
                    offset,
                    timestamp: header.timestamp_of(record.timestamp_delta),
                    log_append_time: header.attributes.is_log_append_time(),
                    key: record.key.map(<[u8]>::to_vec),
                    value: record.value.map(<[u8]>::to_vec),
                    headers: record
                        .headers
                        .map(|h| (h.key.to_owned(), h.value.map(<[u8]>::to_vec)))
                        .collect(),
                    batch,
                });
            }
        }
        next = next.max(header.last_offset() + 1);
    }
    Ok(next)
}

/// The records of a batch, decompressed. Errors: an unknown codec, or broken data.
pub fn payload(header: &BatchHeader, whole: &Bytes) -> Result<Bytes, ringlog_wire::compress::CompressError> {
    let packed = whole.slice(HEADER_LEN.min(whole.len())..);
    match header.attributes.codec() {
        None | Some(Codec::None) => Ok(packed),
        Some(codec) => decompress(codec, &packed, &DecodeLimits::default()).map(Bytes::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
    use ringlog_wire::record::control::ControlType;

    fn batch(base_offset: i64, producer_id: i64, transactional: bool, values: &[&str]) -> Bytes {
        let mut b = BatchBuilder::new(BatchOptions {
            base_offset,
            producer_id,
            transactional,
            codec: Codec::Zstd,
            ..Default::default()
        });
        for value in values {
            b.append(5, None, Some(value.as_bytes()), &[]);
        }
        b.build().unwrap()
    }
    fn marker(base_offset: i64, producer_id: i64, kind: ControlType) -> Bytes {
        let mut b = BatchBuilder::new(BatchOptions {
            base_offset,
            producer_id,
            transactional: true,
            control: true,
            ..Default::default()
        });
        b.append(5, Some(&kind.encode_key()), Some(&[0, 0, 0, 0, 0, 0]), &[]);
        b.build().unwrap()
    }

    #[test]
    fn aborted_and_control_records_are_hidden_and_positions_pass_them() {
        let all: Vec<u8> = [
            batch(0, 7, true, &["gone", "gone"]),
            batch(2, -1, false, &["stays"]),
            marker(3, 7, ControlType::Abort),
            batch(4, 7, true, &["again"]),
            marker(5, 7, ControlType::Commit),
        ]
        .concat();
        let mut ready = VecDeque::new();
        let from = ("t".to_owned(), 0);
        let next =
            collect((&from, Batch::default()), &Bytes::from(all.clone()), 1, &[(0, 7)], &mut ready).unwrap();
        let values: Vec<_> = ready.iter().map(|r| (r.offset, r.value.clone().unwrap())).collect();
        assert_eq!(next, 6);
        assert_eq!(values, [(2, b"stays".to_vec()), (4, b"again".to_vec())]);
        // The last batch is cut: it is left for the next answer.
        ready.clear();
        let cut = Bytes::from(all).slice(..batch(0, 7, true, &["gone", "gone"]).len() + 70);
        assert_eq!(collect((&from, Batch::default()), &cut, 1, &[], &mut ready).unwrap(), 2);
        assert_eq!(ready.len(), 1, "offset 0 was asked for by nobody");
    }
}
