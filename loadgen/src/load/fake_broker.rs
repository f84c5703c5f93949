//! A broker in this process, for tests: it keeps what is produced in memory, and counts what it was asked.
//!
//! Owner: one test. Invariant: it speaks through the protocol's codecs, so that what the generator writes and reads by
//! hand is held against them.

#[path = "fake_broker/classic.rs"]
mod classic;
#[path = "fake_broker/versions.rs"]
pub mod versions;

use bytes::{Bytes, BytesMut};
pub use classic::Group;
use ringlog_wire::api::ApiKey;
use ringlog_wire::generated::*;
use ringlog_wire::ids::TopicId;
use ringlog_wire::reader::Reader;
use ringlog_wire::record::batch::BatchView;
use ringlog_wire::writer::Sink;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How long a test waits for what must come, with a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// One partition.
#[derive(Default)]
pub struct Log {
    batches: Vec<(i64, Bytes)>,
    next: i64,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} records", self.next)
    }
}

/// All that it has and has seen.
#[derive(Debug, Default)]
pub struct State {
    /// Where it listens.
    pub port: i32,
    /// By name.
    pub topics: BTreeMap<String, Vec<Log>>,
    /// Topics that were removed.
    pub removed: usize,
    /// By group and member: what it says that it owns.
    pub members: BTreeMap<(String, String), BTreeSet<(usize, i32)>>,
    /// By name: groups of the classic protocol.
    pub classic: BTreeMap<String, Group>,
    /// Requests of members of the classic protocol that are refused first, with these codes.
    pub refused: Vec<i16>,
    /// It has the versions of this release of Apache Kafka; `None`: all.
    pub release: Option<versions::Release>,
    /// By API and version: what it was asked.
    pub asked: BTreeSet<(i16, i16)>,
    /// Members that left.
    pub left: usize,
    /// Heartbeats and InitProducerId that are refused first, as by a coordinator that has not loaded.
    pub loading: usize,
    /// By group, topic and partition.
    pub committed: BTreeMap<(String, String, i32), i64>,
    /// Records that were produced.
    pub records: usize,
}

/// The broker; clones are the same.
#[derive(Clone, Default)]
pub struct Broker(Arc<(Mutex<State>, Condvar)>);

fn id(topic: usize) -> [u8; 16] {
    [topic as u8 + 1; 16]
}

impl State {
    fn index(&self, name: &str) -> usize {
        self.topics.keys().position(|t| t == name).unwrap()
    }

    fn metadata(&self, q: &MetadataRequest) -> MetadataResponse {
        let broker = metadata_response::MetadataResponseBroker {
            node_id: 1,
            host: "127.0.0.1".into(),
            port: self.port,
            rack: None,
        };
        let one = |asked: &metadata_request::MetadataRequestTopic| {
            let name = asked.name.clone().unwrap();
            let partition = |p| metadata_response::MetadataResponsePartition {
                partition_index: p as i32,
                leader_id: 1,
                ..Default::default()
            };
            let count = self.topics.get(&name).map_or(0, Vec::len);
            metadata_response::MetadataResponseTopic {
                error_code: if count == 0 { 3 } else { 0 },
                topic_id: if count == 0 { Default::default() } else { TopicId(id(self.index(&name))) },
                name: Some(name),
                partitions: (0..count).map(partition).collect(),
                ..Default::default()
            }
        };
        let topics = q.topics.iter().flatten().map(one).collect();
        MetadataResponse { brokers: vec![broker], topics, ..Default::default() }
    }

    fn create(&mut self, q: &CreateTopicsRequest) -> CreateTopicsResponse {
        let mut topics = Vec::new();
        for t in &q.topics {
            let old = self.topics.contains_key(&t.name);
            let logs = || (0..t.num_partitions).map(|_| Log::default()).collect();
            self.topics.entry(t.name.clone()).or_insert_with(logs);
            topics.push(create_topics_response::CreatableTopicResult {
                name: t.name.clone(),
                error_code: if old { 36 } else { 0 },
                ..Default::default()
            });
        }
        CreateTopicsResponse { topics, ..Default::default() }
    }

    fn delete(&mut self, q: &DeleteTopicsRequest) -> DeleteTopicsResponse {
        self.removed += q.topic_names.iter().filter(|n| self.topics.contains_key(*n)).count();
        let gone = |n: &String| delete_topics_response::DeletableTopicResult {
            name: Some(n.clone()),
            ..Default::default()
        };
        DeleteTopicsResponse { responses: q.topic_names.iter().map(gone).collect(), ..Default::default() }
    }

    fn offsets(&self, q: &ListOffsetsRequest) -> ListOffsetsResponse {
        let one =
            |t: &list_offsets_request::ListOffsetsTopic| list_offsets_response::ListOffsetsTopicResponse {
                name: t.name.clone(),
                partitions: (t.partitions.iter())
                    .map(|p| list_offsets_response::ListOffsetsPartitionResponse {
                        partition_index: p.partition_index,
                        offset: if p.timestamp == -1 {
                            self.topics[&t.name][p.partition_index as usize].next
                        } else {
                            0
                        },
                        ..Default::default()
                    })
                    .collect(),
            };
        ListOffsetsResponse { topics: q.topics.iter().map(one).collect(), ..Default::default() }
    }

    fn produce(&mut self, q: &ProduceRequest) -> ProduceResponse {
        let mut responses = Vec::new();
        for t in &q.topic_data {
            let mut partition_responses = Vec::new();
            for p in &t.partition_data {
                let mut bytes = p.records.clone().unwrap().to_vec();
                let view = BatchView::first(&bytes).unwrap();
                view.check_crc().unwrap();
                let count = i64::from(view.header().records_count);
                let log = &mut self.topics.get_mut(&t.name).unwrap()[p.index as usize];
                bytes[..8].copy_from_slice(&log.next.to_be_bytes());
                log.batches.push((log.next, bytes.into()));
                log.next += count;
                self.records += count as usize;
                partition_responses.push(produce_response::PartitionProduceResponse {
                    index: p.index,
                    ..Default::default()
                });
            }
            let name = t.name.clone();
            responses.push(produce_response::TopicProduceResponse {
                name,
                partition_responses,
                ..Default::default()
            });
        }
        ProduceResponse { responses, ..Default::default() }
    }

    fn fetch(&self, q: &FetchRequest) -> Option<FetchResponse> {
        let mut some = false;
        let mut one = |t: &fetch_request::FetchTopic| fetch_response::FetchableTopicResponse {
            topic: t.topic.clone(),
            partitions: (t.partitions.iter())
                .map(|p| {
                    let log = &self.topics[&t.topic][p.partition as usize];
                    let from = log.batches.partition_point(|(at, _)| *at <= p.fetch_offset).saturating_sub(1);
                    let mut records = BytesMut::new();
                    if p.fetch_offset < log.next {
                        let batches = log.batches[from..].iter();
                        batches.take_while(|_| true).take(50).for_each(|(_, b)| records.extend_from_slice(b));
                    }
                    some |= !records.is_empty();
                    fetch_response::PartitionData {
                        partition_index: p.partition,
                        high_watermark: log.next,
                        records: Some(records.freeze()),
                        ..Default::default()
                    }
                })
                .collect(),
            ..Default::default()
        };
        let responses = q.topics.iter().map(&mut one).collect();
        some.then(|| FetchResponse { responses, ..Default::default() })
    }

    /// Partitions in turn; none that another member still says it owns.
    fn heartbeat(&mut self, q: &ConsumerGroupHeartbeatRequest) -> ConsumerGroupHeartbeatResponse {
        let me = (q.group_id.clone(), q.member_id.clone());
        if self.loading > 0 {
            self.loading -= 1;
            return ConsumerGroupHeartbeatResponse { error_code: 16, ..Default::default() };
        }
        if q.member_epoch < 0 {
            self.members.remove(&me);
            self.left += 1;
            return ConsumerGroupHeartbeatResponse::default();
        }
        let topic = |t: TopicId| (0..self.topics.len()).find(|n| id(*n) == t.0).unwrap();
        let owned = q.topic_partitions.iter().flatten();
        let owned = owned.flat_map(|t| t.partitions.iter().map(move |p| (topic(t.topic_id), *p))).collect();
        self.members.insert(me.clone(), owned);
        let mine: Vec<_> = self.members.keys().filter(|(group, _)| *group == q.group_id).collect();
        let turn = mine.iter().position(|m| **m == me).unwrap();
        let all = self.topics.values().enumerate();
        let all: Vec<_> = all.flat_map(|(t, logs)| (0..logs.len()).map(move |p| (t, p as i32))).collect();
        let of_others = |slot: &(usize, i32)| {
            self.members.iter().any(|(m, owned)| m.0 == q.group_id && *m != me && owned.contains(slot))
        };
        let given = all.into_iter().skip(turn).step_by(mine.len()).filter(|s| !of_others(s));
        let one = |(t, p): (usize, i32)| consumer_group_heartbeat_response::TopicPartitions {
            topic_id: TopicId(id(t)),
            partitions: vec![p],
        };
        let topic_partitions = given.map(one).collect();
        ConsumerGroupHeartbeatResponse {
            member_epoch: q.member_epoch.max(1),
            heartbeat_interval_ms: 5,
            assignment: Some(consumer_group_heartbeat_response::Assignment { topic_partitions }),
            ..Default::default()
        }
    }

    fn commit(&mut self, q: &OffsetCommitRequest) -> OffsetCommitResponse {
        use offset_commit_response::{OffsetCommitResponsePartition, OffsetCommitResponseTopic};
        let group = self.classic.get(&q.group_id);
        let error_code = group.map_or(0, |g| g.check(&q.member_id, q.generation_id_or_member_epoch));
        let mut topics = Vec::new();
        for t in &q.topics {
            for p in t.partitions.iter().filter(|_| error_code == 0) {
                let at = (q.group_id.clone(), t.name.clone(), p.partition_index);
                self.committed.insert(at, p.committed_offset);
            }
            let one = |p: &offset_commit_request::OffsetCommitRequestPartition| {
                OffsetCommitResponsePartition { partition_index: p.partition_index, error_code }
            };
            let partitions = t.partitions.iter().map(one).collect();
            topics.push(OffsetCommitResponseTopic { name: t.name.clone(), partitions, ..Default::default() });
        }
        OffsetCommitResponse { topics, ..Default::default() }
    }

    fn api_versions(&self) -> ApiVersionsResponse {
        let one = |api: ApiKey| {
            let (min_version, max_version) = versions::taken(self.release, api)?;
            Some(api_versions_response::ApiVersion { api_key: api.key(), min_version, max_version })
        };
        let api_keys = ringlog_wire::api::ALL.into_iter().filter_map(one).collect();
        ApiVersionsResponse { api_keys, ..Default::default() }
    }
}

/// Starts one on a free port.
pub fn begin() -> Broker {
    let broker = Broker::default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    broker.0.0.lock().unwrap().port = i32::from(listener.local_addr().unwrap().port());
    let theirs = broker.clone();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let (broker, socket) = (theirs.clone(), socket.unwrap());
            // It ends when the client hangs up.
            std::thread::spawn(move || broker.serve(socket));
        }
    });
    broker
}

macro_rules! answer {
    ($q:ty, $r:expr, $v:expr, $out:expr, $of:expr) => {{
        let q = <$q>::decode(&mut $r, $v).unwrap();
        $r.finish_strict().unwrap();
        #[allow(clippy::redundant_closure_call)]
        ($of)(&q).encode(&mut $out, $v).unwrap();
    }};
}

impl Broker {
    /// What it has now.
    pub fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    /// Waits until it has what `holds` asks for. Panics with what it has when that does not come.
    pub fn wait_until(&self, holds: impl Fn(&State) -> bool) {
        let (state, waited) = self.0.1.wait_timeout_while(self.state(), PATIENCE, |s| !holds(s)).unwrap();
        let late = waited.timed_out().then(|| format!("{state:?}"));
        // A panic with the lock would be one of every thread that serves.
        drop(state);
        assert_eq!(late, None, "not within {PATIENCE:?}");
    }

    fn serve(&self, mut socket: TcpStream) -> io::Result<()> {
        socket.set_nodelay(true)?;
        loop {
            let mut size = [0; 4];
            socket.read_exact(&mut size)?;
            let mut frame = vec![0; u32::from_be_bytes(size) as usize];
            socket.read_exact(&mut frame)?;
            let out = self.answer(&Bytes::from(frame));
            socket.write_all(&u32::try_from(out.len()).unwrap().to_be_bytes())?;
            socket.write_all(&out)?;
        }
    }

    fn answer(&self, frame: &Bytes) -> BytesMut {
        let mut r = Reader::new(frame, 64 << 20);
        let (key, v, correlation) = (r.int16().unwrap(), r.int16().unwrap(), r.int32().unwrap());
        r.nullable_string(false).unwrap();
        let api = ApiKey::try_from(key).unwrap();
        let taken = versions::taken(self.state().release, api).is_some_and(|(min, max)| min <= v && v <= max);
        assert!(taken, "{api:?} {v}");
        self.state().asked.insert((key, v));
        if api.request_header_version(v) == 2 {
            r.skip_tags().unwrap();
        }
        let mut out = BytesMut::new();
        out.int32(correlation);
        if api.response_header_version(v) == 1 {
            out.uvarint(0);
        }
        match key {
            0 => answer!(ProduceRequest, r, v, out, |q| self.state().produce(q)),
            1 => {
                let q = FetchRequest::decode(&mut r, v).unwrap();
                let (mut state, came) = (self.state(), &self.0.1);
                if state.fetch(&q).is_none() {
                    state = came.wait_timeout(state, Duration::from_millis(20)).unwrap().0;
                }
                state.fetch(&q).unwrap_or_default().encode(&mut out, v).unwrap();
            }
            2 => answer!(ListOffsetsRequest, r, v, out, |q| self.state().offsets(q)),
            3 => answer!(MetadataRequest, r, v, out, |q| self.state().metadata(q)),
            8 => answer!(OffsetCommitRequest, r, v, out, |q| self.state().commit(q)),
            10 => answer!(FindCoordinatorRequest, r, v, out, |q: &FindCoordinatorRequest| {
                let (host, port) = ("127.0.0.1".to_owned(), self.state().port);
                if v < 4 {
                    return FindCoordinatorResponse { host, port, ..Default::default() };
                }
                let key = q.coordinator_keys[0].clone();
                let found = find_coordinator_response::Coordinator { key, host, port, ..Default::default() };
                FindCoordinatorResponse { coordinators: vec![found], ..Default::default() }
            }),
            11 => answer!(JoinGroupRequest, r, v, out, |q| self.join(q)),
            12 => answer!(HeartbeatRequest, r, v, out, |q| self.state().beat(q)),
            13 => answer!(LeaveGroupRequest, r, v, out, |q| self.state().leave(q)),
            14 => answer!(SyncGroupRequest, r, v, out, |q| self.sync(q)),
            18 => answer!(ApiVersionsRequest, r, v, out, |_| self.state().api_versions()),
            19 => answer!(CreateTopicsRequest, r, v, out, |q| self.state().create(q)),
            20 => answer!(DeleteTopicsRequest, r, v, out, |q| self.state().delete(q)),
            22 => answer!(InitProducerIdRequest, r, v, out, |_| {
                let mut state = self.state();
                let error_code = if state.loading > 0 { 14 } else { 0 };
                state.loading = state.loading.saturating_sub(1);
                InitProducerIdResponse { producer_id: 7, error_code, ..Default::default() }
            }),
            68 => answer!(ConsumerGroupHeartbeatRequest, r, v, out, |q| self.state().heartbeat(q)),
            other => panic!("the generator asked for {other}"),
        }
        self.0.1.notify_all();
        out
    }
}
