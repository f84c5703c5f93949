//! Frames that real clients and Apache Kafka sent one another, read and written again to the same bytes.
//!
//! Owner: CI. `wire/golden/README.md` tells where they come from and how a file is laid out. Every entry is judged:
//! header, body, and the hot views beside the generated codec.

use super::codecs;
use crate::ApiKey;
use crate::compress::DecodeLimits;
use crate::generated::{FetchRequest, FetchResponse, ProduceRequest};
use crate::header::{decode_request_head, response_head_len};
use crate::hot::fetch_request::FetchRequestBuf;
use crate::hot::produce_request::ProduceView;
use crate::reader::Reader;
use crate::record::batch::BatchHeader;
use crate::record::validate::{ProduceRules, TimestampType, validate};
use bytes::Bytes;
use std::collections::BTreeSet;
use std::path::Path;

struct Entry {
    client: String,
    api: ApiKey,
    version: i16,
    request: bool,
    frame: Bytes,
}

impl Entry {
    /// `Fetch 18 request of java-4.3.1`, for messages.
    fn what(&self) -> String {
        let kind = if self.request { "request" } else { "response" };
        format!("{} {} {kind} of {}", self.api.name(), self.version, self.client)
    }
}

/// Everything in `wire/golden`.
fn entries() -> Vec<Entry> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut all = Vec::new();
    for file in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if file.extension().is_some_and(|e| e == "frames") {
            let client = file.file_stem().unwrap().to_str().unwrap();
            let mut rest = Bytes::from(std::fs::read(&file).unwrap());
            while !rest.is_empty() {
                all.push(entry(client, &mut rest));
            }
        }
    }
    all
}

fn entry(client: &str, rest: &mut Bytes) -> Entry {
    let end = rest.iter().position(|b| *b == b'\n').unwrap();
    let line = rest.split_to(end + 1);
    let line = std::str::from_utf8(&line[..end]).unwrap();
    let [name, version, kind, length] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    let frame = rest.split_to(length.parse().unwrap());
    assert_eq!(&rest.split_to(1)[..], b"\n", "{line}");
    let api = crate::api::ALL.into_iter().find(|a| a.name() == name).unwrap();
    Entry { client: client.into(), api, version: version.parse().unwrap(), request: kind == "request", frame }
}

fn again(name: &str, bytes: &[u8], version: i16) -> Vec<u8> {
    let codec = codecs().into_iter().find(|c| c.name == name).unwrap();
    (codec.again)(bytes, version).unwrap_or_else(|e| panic!("{name} {version}: {e}"))
}

/// The body of a frame; its header is checked on the way.
fn body(e: &Entry) -> Bytes {
    if !e.request {
        let head = response_head_len(e.api, e.version);
        let header = again("ResponseHeader", &e.frame[..head], e.api.response_header_version(e.version));
        assert_eq!(header, e.frame[..head], "{}", e.what());
        return e.frame.slice(head..);
    }
    let mut r = Reader::new(&e.frame, 1 << 16);
    let head = decode_request_head(&mut r).unwrap();
    assert_eq!((head.api, head.version), (e.api, e.version), "{}", e.what());
    let at = e.frame.len() - r.remaining();
    let header = again("RequestHeader", &e.frame[..at], e.api.request_header_version(e.version));
    assert_eq!(header, e.frame[..at], "{}", e.what());
    e.frame.slice(at..)
}

#[test]
fn frames_of_real_clients_are_written_again_as_they_were() {
    let all = entries();
    let mut apis = BTreeSet::new();
    for e in &all {
        let body = body(e);
        // A version above ours (KIP-511): only the header is readable, and the answer is of version 0.
        let version = if e.api.decodes(e.version) { e.version } else { 0 };
        if version != e.version && e.request {
            assert_eq!((e.api, e.version), (ApiKey::ApiVersions, 5), "{}", e.what());
            continue;
        }
        let name = format!("{}{}", e.api.name(), if e.request { "Request" } else { "Response" });
        assert_eq!(again(&name, &body, version), body, "{}", e.what());
        apis.insert((e.api.name(), e.client.clone()));
    }
    for client in ["confluent-kafka", "franz-go", "java", "kafka-python", "kafkajs", "kcat", "sarama"] {
        for api in ["ApiVersions", "Metadata", "Produce", "Fetch", "ListOffsets", "FindCoordinator"] {
            let there = apis.iter().any(|(a, c)| *a == api && c.starts_with(&format!("{client}-")));
            assert!(there, "no {api} of {client}");
        }
    }
}

#[test]
fn the_hot_view_of_produce_reads_what_real_clients_send() {
    let mut batches = 0;
    for e in entries().iter().filter(|e| e.api == ApiKey::Produce && e.request) {
        let body = body(e);
        let want = ProduceRequest::decode(&mut Reader::new(&body, 1 << 20), e.version).unwrap();
        let view = ProduceView::parse(&body, e.version, 1000).unwrap();
        assert!(!view.is_odd(), "{}", e.what());
        assert_eq!((view.acks(), view.timeout_ms()), (want.acks, want.timeout_ms));
        assert_eq!(view.transactional_id(), want.transactional_id.as_deref());
        let (mut walk, mut got) = (view.walk(), Vec::new());
        while walk.next_topic().is_some() {
            while let Some(p) = walk.next_partition() {
                got.push((p.index, p.records.map(|r| body.slice_ref(r))));
            }
        }
        let want: Vec<_> = want.topic_data.into_iter().flat_map(|t| t.partition_data).collect();
        assert_eq!(got, want.into_iter().map(|p| (p.index, p.records)).collect::<Vec<_>>());
        for (_, records) in got {
            let records = records.unwrap();
            let now_ms = BatchHeader::parse(&records).unwrap().max_timestamp;
            let rules = ProduceRules {
                produce_version: e.version,
                max_message_bytes: 1 << 20,
                compacted: false,
                timestamp_type: TimestampType::CreateTime,
                before_max_ms: i64::MAX,
                after_max_ms: 3_600_000,
                now_ms,
                limits: DecodeLimits::default(),
            };
            assert!(validate(&records, rules).is_ok(), "{}", e.what());
            batches += 1;
        }
    }
    assert!(batches >= 7, "{batches}: one of each client");
}

#[test]
fn the_hot_view_of_fetch_reads_what_real_clients_send() {
    let mut buf = FetchRequestBuf::default();
    for e in entries().iter().filter(|e| e.api == ApiKey::Fetch && e.request) {
        let body = body(e);
        let want = FetchRequest::decode(&mut Reader::new(&body, 1 << 20), e.version).unwrap();
        buf.decode(body, e.version, 1000).unwrap();
        assert!(!buf.odd, "{}", e.what());
        assert_eq!((buf.session_id, buf.session_epoch), (want.session_id, want.session_epoch));
        assert_eq!(
            (buf.max_wait_ms, buf.min_bytes, buf.max_bytes),
            (want.max_wait_ms, want.min_bytes, want.max_bytes)
        );
        assert_eq!(buf.rack_id(), want.rack_id);
        let got: Vec<_> = buf.topics().map(|(name, id, p)| (name.to_owned(), id, p.to_vec())).collect();
        assert_eq!(got.len(), want.topics.len());
        for ((name, id, partitions), want) in got.into_iter().zip(want.topics) {
            assert_eq!((name, id), (want.topic, want.topic_id));
            let got: Vec<_> = partitions.iter().map(|p| (p.index, p.fetch_offset, p.max_bytes)).collect();
            let want = want.partitions.iter().map(|p| (p.partition, p.fetch_offset, p.partition_max_bytes));
            assert_eq!(got, want.collect::<Vec<_>>());
        }
    }
}

#[test]
fn batches_that_kafka_serves_are_read() {
    let mut batches = 0;
    for e in entries().iter().filter(|e| e.api == ApiKey::Fetch && !e.request) {
        let body = body(e);
        let m = FetchResponse::decode(&mut Reader::new(&body, 1 << 20), e.version).unwrap();
        for p in m.responses.into_iter().flat_map(|t| t.partitions) {
            let mut records = p.records.unwrap_or_default();
            while !records.is_empty() {
                let header = BatchHeader::parse(&records).unwrap();
                let batch = records.split_to(header.size());
                assert_eq!(
                    crate::crc::crc32c(&batch[crate::record::batch::CRC_START..]),
                    header.crc,
                    "{}",
                    e.what()
                );
                batches += 1;
            }
        }
    }
    assert!(batches >= 7, "{batches}");
}
