//! A broker on a simulated node, and a client that speaks the protocol's bytes.

use bytes::{Buf, Bytes, BytesMut};
use ringlog_shard::config::BrokerConfig;
use ringlog_shard::control::{Control, ControlBoot};
use ringlog_shard::env::{Conn, CoreId, Env, Lane, Mesh};
use ringlog_shard::limits::Limits;
use ringlog_shard::msg::ShardMsg;
use ringlog_shard::{Core, CoreBoot};
use ringlog_sim::config::broker_config;
use ringlog_sim::net::SimConn;
use ringlog_sim::{MemDisk, Node, Sim};
use ringlog_wire::ApiKey;
use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::fetch_response::PartitionData;
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::produce_response::PartitionProduceResponse;
use ringlog_wire::generated::{
    CreateTopicsRequest, FetchRequest, FetchResponse, MetadataRequest, ProduceRequest, ProduceResponse,
};
use ringlog_wire::ids::TopicId;
use ringlog_wire::message::{Request, Response};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::batch::Batches;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::writer::Sink;
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs a test with the dice of `seed` and an empty disk.
pub fn simulate(seed: u64, test: impl AsyncFnOnce(&Sim, &MemDisk)) {
    let sim = Sim::new(seed);
    let disk = sim.disk();
    sim.run(test(&sim, &disk));
}

/// One running broker.
pub struct Broker {
    pub sim: Sim,
    pub node: Node,
    cores: u16,
    ended: Rc<Cell<u16>>,
}

impl Broker {
    /// Starts a broker with `cores` data cores and waits until it accepts connections.
    pub async fn start(sim: &Sim, disk: &MemDisk, cores: u16, limits: Limits) -> Self {
        // Few coordinators: most tests have none, and each partition costs a start some work.
        Self::start_with(sim, disk, cores, (limits, &[("offsets.topic.num.partitions", "4")])).await
    }

    /// The same with static configs of choice.
    pub async fn start_with(
        sim: &Sim,
        disk: &MemDisk,
        cores: u16,
        (limits, configs): (Limits, &[(&str, &str)]),
    ) -> Self {
        Self::start_as(sim, disk, cores, (limits, broker_config(configs))).await
    }

    /// The same with any configuration.
    pub async fn start_as(
        sim: &Sim,
        disk: &MemDisk,
        cores: u16,
        (limits, config): (Limits, BrokerConfig),
    ) -> Self {
        ringlog_sim::plant::from_env();
        let node = sim.node(disk, cores, 1);
        let ready = Arc::new(AtomicBool::new(false));
        let ended = Rc::new(Cell::new(0));
        for env in node.envs().iter().take(usize::from(cores)) {
            let boot = CoreBoot { config: config.clone(), limits: limits.clone() };
            let (env2, ended) = (env.clone(), Rc::clone(&ended));
            env.spawn(Lane::Produce, async move {
                Core::run(env2, boot).await;
                ended.set(ended.get() + 1);
            });
        }
        let told = Arc::clone(&ready);
        let boot = ControlBoot {
            config,
            cluster_id: None,
            on_ready: Box::new(move |_| told.store(true, Ordering::SeqCst)),
        };
        let env = node.envs()[usize::from(cores)].clone();
        node.envs()[usize::from(cores)].spawn(Lane::Consensus, async move {
            Control::run(env, boot).await.unwrap();
        });
        let broker = Self { sim: sim.clone(), node, cores, ended };
        broker.until(|| ready.load(Ordering::SeqCst)).await;
        broker
    }

    /// Waits in virtual time until `done`.
    pub async fn until(&self, mut done: impl FnMut() -> bool) {
        for _ in 0..20_000 {
            if done() {
                return;
            }
            self.sim.sleep_ms(1).await;
        }
        panic!("nothing happened in 20 s; log: {:?}", self.node.log());
    }

    /// A client on a connection to data core `core`.
    pub fn client(&self, core: u16) -> Client {
        let conn = self.node.network().connect(usize::from(core), 0);
        Client { conn, buf: BytesMut::new(), next: 1 }
    }

    /// Asks all cores to stop and waits until the data cores have ended.
    pub async fn stop(&self) {
        let env = &self.node.envs()[usize::from(self.cores)];
        for core in 0..=self.cores {
            let mut sent = false;
            while !sent {
                sent = env.mesh().try_send(CoreId(core), ShardMsg::Stop).is_ok();
                self.sim.sleep_ms(1).await;
            }
        }
        self.until(|| self.ended.get() == self.cores).await;
    }

    /// Log lines that contain `text`.
    pub fn logged(&self, text: &str) -> usize {
        self.node.log().iter().filter(|(_, line)| line.contains(text)).count()
    }
}

/// Runs `test` against a fresh broker with `cores` data cores; under several seeds.
pub fn with_broker<F: Future<Output = ()>>(cores: u16, test: impl Fn(Rc<Broker>) -> F) {
    with_limits(cores, Limits::default(), test);
}

/// The same for a test that looks at the disk.
pub fn with_disk<F: Future<Output = ()>>(cores: u16, test: impl Fn(Rc<Broker>, MemDisk) -> F) {
    with_all(cores, Limits::default(), test);
}

/// The same with other limits. Commit logs are small: a test writes little, and many run at once.
pub fn with_limits<F: Future<Output = ()>>(cores: u16, limits: Limits, test: impl Fn(Rc<Broker>) -> F) {
    with_all(cores, limits, |broker, _| test(broker));
}

fn with_all<F: Future<Output = ()>>(cores: u16, limits: Limits, test: impl Fn(Rc<Broker>, MemDisk) -> F) {
    let limits = Limits { commit_log_bytes_max: 8 << 20, ..limits };
    for seed in 0..3 {
        let sim = Sim::new(seed);
        let disk = sim.disk();
        sim.run(async {
            let broker = Rc::new(Broker::start(&sim, &disk, cores, limits.clone()).await);
            test(Rc::clone(&broker), disk.clone()).await;
            // Ends the tasks, which hold each other alive otherwise.
            if let Ok(broker) = Rc::try_unwrap(broker) {
                broker.node.kill();
            }
        });
    }
}

/// A client that can say anything.
pub struct Client {
    pub conn: SimConn,
    buf: BytesMut,
    next: i32,
}

impl Client {
    /// Sends a request and returns its correlation id.
    pub async fn send<R: Request>(&mut self, version: i16, request: &R) -> i32 {
        let id = self.next;
        self.next += 1;
        let mut body = Vec::new();
        request.encode(&mut body, version).unwrap();
        self.send_raw(R::API.key(), version, id, &body).await;
        id
    }

    /// Sends a request with any body.
    pub async fn send_raw(&mut self, api: i16, version: i16, id: i32, body: &[u8]) {
        let mut frame = Vec::new();
        frame.int16(api);
        frame.int16(version);
        frame.int32(id);
        frame.nullable_string(false, Some("test")).unwrap();
        if ApiKey::try_from(api).is_ok_and(|a| a.request_header_version(version) == 2) {
            frame.uvarint(0);
        }
        frame.raw(body);
        let mut all = Vec::new();
        all.int32(frame.len() as i32);
        all.raw(&frame);
        self.conn.write_all(&all).await.unwrap();
    }

    /// The next response frame without its size; `None` when the broker has closed.
    pub async fn frame(&mut self) -> Option<Bytes> {
        loop {
            if let Some(size) = self.buf.first_chunk::<4>() {
                let size = u32::from_be_bytes(*size) as usize;
                if self.buf.len() >= 4 + size {
                    self.buf.advance(4);
                    return Some(self.buf.split_to(size).freeze());
                }
            }
            if self.conn.recv(&mut self.buf, 1 << 16).await.unwrap_or(0) == 0 {
                return None;
            }
        }
    }

    /// The next response and its correlation id.
    pub async fn receive<R: Response>(&mut self, version: i16) -> (i32, R) {
        let frame = self.frame().await.expect("the broker has closed the connection");
        let mut r = Reader::new(&frame, 1 << 24);
        let id = r.int32().unwrap();
        if R::API.response_header_version(version) == 1 {
            r.skip_tags().unwrap();
        }
        let response = R::decode(&mut r, version).unwrap();
        assert_eq!(r.remaining(), 0, "{} v{version}: bytes behind the response", R::NAME);
        (id, response)
    }

    /// Sends a request and waits for its response.
    pub async fn call<R: Request>(&mut self, version: i16, request: &R) -> R::Response {
        let id = self.send(version, request).await;
        let (answered, response) = self.receive::<R::Response>(version).await;
        assert_eq!(answered, id);
        response
    }

    /// True if the broker closes the connection without another byte.
    pub async fn is_closed(&mut self) -> bool {
        self.frame().await.is_none()
    }

    /// Creates a topic and returns its id.
    pub async fn create(&mut self, name: &str, partitions: i32, configs: &[(&str, &str)]) -> TopicId {
        let configs = configs
            .iter()
            .map(|(k, v)| CreatableTopicConfig { name: (*k).to_owned(), value: Some((*v).to_owned()) });
        let topic = CreatableTopic {
            name: name.to_owned(),
            num_partitions: partitions,
            replication_factor: 1,
            configs: configs.collect(),
            ..CreatableTopic::default()
        };
        let request =
            CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, ..CreateTopicsRequest::default() };
        let response = self.call(7, &request).await;
        assert_eq!(response.topics[0].error_code, 0, "{:?}", response.topics[0].error_message);
        response.topics[0].topic_id
    }

    /// Deletes a topic by name.
    pub async fn delete(&mut self, name: &str) {
        let request = ringlog_wire::generated::DeleteTopicsRequest {
            topic_names: vec![name.to_owned()],
            timeout_ms: 10_000,
            ..Default::default()
        };
        let response = self.call(5, &request).await;
        assert_eq!(response.responses[0].error_code, 0);
    }

    /// The id of a topic, from Metadata.
    pub async fn topic_id(&mut self, name: &str) -> TopicId {
        let topic = ringlog_wire::generated::metadata_request::MetadataRequestTopic {
            name: Some(name.to_owned()),
            ..Default::default()
        };
        let request = MetadataRequest { topics: Some(vec![topic]), ..MetadataRequest::default() };
        self.call(12, &request).await.topics[0].topic_id
    }

    /// Produces `batch` with version 9 and returns the partition's answer.
    pub async fn produce(&mut self, topic: &str, index: i32, batch: Bytes) -> PartitionProduceResponse {
        self.produce_as(9, -1, topic, index, Some(batch)).await
    }

    /// Produces one partition's records.
    pub async fn produce_as(
        &mut self,
        version: i16,
        acks: i16,
        topic: &str,
        index: i32,
        records: Option<Bytes>,
    ) -> PartitionProduceResponse {
        let request = produce_request(acks, topic, vec![(index, records)]);
        let response: ProduceResponse = self.call(version, &request).await;
        response.responses[0].partition_responses[0].clone()
    }

    /// Fetches one partition with version 11, no session, no wait.
    pub async fn fetch(&mut self, topic: &str, index: i32, offset: i64) -> PartitionData {
        let response = self.call(11, &fetch_request(topic, &[(index, offset)])).await;
        response.responses[0].partitions[0].clone()
    }
}

/// A produce request for partitions of one topic.
pub fn produce_request(acks: i16, topic: &str, records: Vec<(i32, Option<Bytes>)>) -> ProduceRequest {
    let partition_data =
        records.into_iter().map(|(index, records)| PartitionProduceData { index, records }).collect();
    let topic = TopicProduceData { name: topic.to_owned(), partition_data, ..TopicProduceData::default() };
    ProduceRequest { acks, timeout_ms: 30_000, topic_data: vec![topic], ..ProduceRequest::default() }
}

/// A fetch request for partitions of one topic at offsets, without waiting.
pub fn fetch_request(topic: &str, at: &[(i32, i64)]) -> FetchRequest {
    let partitions = at.iter().map(|(partition, fetch_offset)| FetchPartition {
        partition: *partition,
        fetch_offset: *fetch_offset,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    });
    let topic =
        FetchTopic { topic: topic.to_owned(), partitions: partitions.collect(), ..FetchTopic::default() };
    FetchRequest { min_bytes: 1, max_bytes: 1 << 26, topics: vec![topic], ..FetchRequest::default() }
}

/// The partitions of a response: index, error, bytes of records.
pub fn summary(response: &FetchResponse) -> Vec<(i32, i16, usize)> {
    let all = response.responses.iter().flat_map(|t| &t.partitions);
    all.map(|p| (p.partition_index, p.error_code, p.records.as_ref().map_or(usize::MAX, Bytes::len)))
        .collect()
}

/// A batch of records with these values.
pub fn batch(values: &[&[u8]]) -> Bytes {
    batch_with(BatchOptions::default(), values)
}

/// The same with header fields of choice. Timestamps count from the simulator's first moment.
pub fn batch_with(options: BatchOptions, values: &[&[u8]]) -> Bytes {
    let mut b = BatchBuilder::new(options);
    for (value, i) in values.iter().zip(0..) {
        b.append(1_767_225_601_000 + i, Some(b"k"), Some(value), &[]);
    }
    b.build().unwrap()
}

/// A batch of an idempotent producer.
pub fn idempotent(id: i64, epoch: i16, sequence: i32, values: &[&[u8]]) -> Bytes {
    let options = BatchOptions {
        producer_id: id,
        producer_epoch: epoch,
        base_sequence: sequence,
        ..BatchOptions::default()
    };
    batch_with(options, values)
}

/// All records in fetched bytes: offset and value. Every batch must have a right CRC.
pub fn records(bytes: &Bytes) -> Vec<(i64, Vec<u8>)> {
    let mut all = Vec::new();
    for batch in Batches::new(bytes) {
        let batch = batch.unwrap();
        batch.check_crc().unwrap();
        let codec = batch.header().attributes.codec().unwrap();
        let payload = Bytes::copy_from_slice(batch.payload());
        let plain = ringlog_wire::compress::decompress(codec, &payload, &Default::default());
        let plain = plain.unwrap();
        let records = ringlog_wire::record::walk::Records::new(&plain, batch.header().records_count);
        for record in records {
            let record = record.unwrap();
            let offset = batch.header().base_offset + i64::from(record.offset_delta);
            all.push((offset, record.value.unwrap_or_default().to_vec()));
        }
    }
    all
}
