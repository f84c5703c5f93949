//! A client that speaks the protocol byte by byte, one request at a time.

use crate::broker::PATIENCE;
use bytes::{Bytes, BytesMut};
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::metadata_request::MetadataRequestTopic;
use ringlog_wire::generated::produce_request::{PartitionProduceData, TopicProduceData};
use ringlog_wire::generated::{
    CreateTopicsRequest, FetchRequest, MetadataRequest, MetadataResponse, ProduceRequest,
};
use ringlog_wire::message::{Message, Request};
use ringlog_wire::reader::Reader;
use ringlog_wire::record::batch::Batches;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use ringlog_wire::writer::Sink;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// One connection.
pub struct Client {
    pub stream: TcpStream,
    correlation: i32,
}

/// A record as it was read: offset, key, value.
pub type Read1 = (i64, Option<Vec<u8>>, Option<Vec<u8>>);

impl Client {
    pub fn connect(at: SocketAddr) -> Self {
        let stream = TcpStream::connect(at).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
        stream.set_nodelay(true).expect("nodelay");
        Self { stream, correlation: 0 }
    }

    /// Sends `request` and waits for its answer.
    pub fn call<R: Request>(&mut self, version: i16, request: &R) -> R::Response {
        self.send(version, request);
        self.receive::<R>(version).expect("an answer")
    }

    /// Sends `request`.
    pub fn send<R: Request>(&mut self, version: i16, request: &R) {
        self.correlation += 1;
        let mut frame = BytesMut::new();
        frame.int32(0);
        frame.int16(R::API as i16);
        frame.int16(version);
        frame.int32(self.correlation);
        frame.int16(4);
        frame.raw(b"test");
        if R::API.request_header_version(version) == 2 {
            frame.uvarint(0);
        }
        request.encode(&mut frame, version).expect("encodes");
        let size = i32::try_from(frame.len() - 4).expect("fits").to_be_bytes();
        frame.get_mut(..4).expect("written above").copy_from_slice(&size);
        self.stream.write_all(&frame).expect("sent");
    }

    /// Waits for the answer to the last `send`; `None` if the connection was closed.
    pub fn receive<R: Request>(&mut self, version: i16) -> Option<R::Response> {
        let mut size = [0; 4];
        self.stream.read_exact(&mut size).ok()?;
        let mut frame = vec![0; usize::try_from(i32::from_be_bytes(size)).expect("a length")];
        self.stream.read_exact(&mut frame).ok()?;
        let frame = Bytes::from(frame);
        let mut reader = Reader::new(&frame, 64 << 20);
        assert_eq!(reader.int32().expect("correlation id"), self.correlation);
        if R::API.response_header_version(version) == 1 {
            reader.skip_tags().expect("tags");
        }
        let response = <R::Response as Message>::decode(&mut reader, version).expect("decodes");
        reader.finish_strict().expect("nothing is left");
        Some(response)
    }

    /// Creates `topic` with `partitions` partitions.
    pub fn create_topic(&mut self, topic: &str, partitions: i32) {
        let topic = CreatableTopic {
            name: topic.to_owned(),
            num_partitions: partitions,
            replication_factor: 1,
            ..CreatableTopic::default()
        };
        let request = CreateTopicsRequest { topics: vec![topic], ..CreateTopicsRequest::default() };
        let answer = self.call(5, &request);
        let result = answer.topics.first().expect("one result");
        assert_eq!((result.error_code, &result.error_message), (0, &None));
    }

    /// Metadata of `topics`.
    pub fn metadata(&mut self, topics: &[&str]) -> MetadataResponse {
        let one = |t: &&str| MetadataRequestTopic {
            name: Some((*t).to_owned()),
            ..MetadataRequestTopic::default()
        };
        let request = MetadataRequest {
            topics: Some(topics.iter().map(one).collect()),
            allow_auto_topic_creation: false,
            ..MetadataRequest::default()
        };
        self.call(9, &request)
    }

    /// Produces one batch of `values` with acks=all; result: the base offset, or the error code.
    pub fn produce(&mut self, topic: &str, partition: i32, values: &[Vec<u8>]) -> Result<i64, i16> {
        self.send_produce(topic, partition, values);
        self.produced().expect("an answer")
    }

    /// Sends what `produce` sends.
    pub fn send_produce(&mut self, topic: &str, partition: i32, values: &[Vec<u8>]) {
        let mut batch = BatchBuilder::new(BatchOptions::default());
        for value in values {
            batch.append(1_700_000_000_000, None, Some(value), &[]);
        }
        let records = Some(batch.build().expect("a batch"));
        let data = PartitionProduceData { index: partition, records };
        let data = TopicProduceData {
            name: topic.to_owned(),
            partition_data: vec![data],
            ..TopicProduceData::default()
        };
        let request = ProduceRequest {
            acks: -1,
            timeout_ms: 30_000,
            topic_data: vec![data],
            ..ProduceRequest::default()
        };
        self.send(9, &request);
    }

    /// The answer to `send_produce`; `None` if the connection was closed.
    pub fn produced(&mut self) -> Option<Result<i64, i16>> {
        let answer = self.receive::<ProduceRequest>(9)?;
        let result =
            answer.responses.first().and_then(|t| t.partition_responses.first()).expect("one result");
        Some(if result.error_code == 0 { Ok(result.base_offset) } else { Err(result.error_code) })
    }

    /// Reads `topic`-`partition` from its start to its end.
    pub fn read_all(&mut self, topic: &str, partition: i32) -> Vec<Read1> {
        let mut out: Vec<Read1> = Vec::new();
        let mut next = 0;
        loop {
            let fetch = FetchPartition {
                partition,
                fetch_offset: next,
                partition_max_bytes: 1 << 20,
                ..FetchPartition::default()
            };
            let request = FetchRequest {
                max_wait_ms: 1000,
                min_bytes: 0,
                max_bytes: 16 << 20,
                topics: vec![FetchTopic {
                    topic: topic.to_owned(),
                    partitions: vec![fetch],
                    ..FetchTopic::default()
                }],
                ..FetchRequest::default()
            };
            let answer = self.call(12, &request);
            let data = answer.responses.first().and_then(|t| t.partitions.first()).expect("one partition");
            assert_eq!(data.error_code, 0, "fetch of {topic}-{partition} from {next}");
            let records = data.records.clone().unwrap_or_default();
            let before = next;
            for batch in Batches::new(&records) {
                let batch = batch.expect("a batch");
                batch.check_crc().expect("its CRC");
                for record in batch.records() {
                    let record = record.expect("a record");
                    let offset = batch.header().base_offset + i64::from(record.offset_delta);
                    if offset >= next {
                        let owned = |b: Option<&[u8]>| b.map(<[u8]>::to_vec);
                        out.push((offset, owned(record.key), owned(record.value)));
                        next = offset + 1;
                    }
                }
            }
            if next == before {
                assert_eq!(data.high_watermark, next, "an empty answer below the high watermark");
                return out;
            }
        }
    }
}
