//! Every message in every version: round trips, truncation, flipped bits.

use bytes::Bytes;

use super::{Rng, Sample};
use crate::generated::samples::for_each_message;
use crate::generated::*;
use crate::message::Message;
use crate::reader::{DecodeError, Reader};
use crate::writer::EncodeError;

const BUDGET: usize = 1 << 20;

/// Why a version is not decoded, and not encoded.
type Refusals = (Option<DecodeError>, Result<usize, EncodeError>);

/// One message with its type taken out: the checks below are compiled once, not for every message.
struct Case {
    name: &'static str,
    versions: (i16, i16),
    /// The bytes of a seed's sample; of the default.
    sample: fn(u64, i16) -> Bytes,
    default: fn(i16) -> Bytes,
    /// True if the bytes decode to a seed's sample (the default without seed) and end there.
    is: fn(Option<u64>, &Bytes, i16) -> bool,
    /// Decodes and encodes again.
    again: fn(&Bytes, i16, usize) -> Result<Bytes, DecodeError>,
    /// What decoding nothing and measuring the default say of a version.
    refused: fn(i16) -> Refusals,
}

fn encoded<M: Message>(m: &M, version: i16) -> Bytes {
    let mut out = Vec::new();
    let result = m.encode(&mut out, version);
    assert_eq!(result, Ok(()), "{} v{version}", M::NAME);
    assert_eq!(m.encoded_len(version), Ok(out.len()), "{} v{version}", M::NAME);
    Bytes::from(out)
}

fn is<M: Message + Sample + PartialEq>(seed: Option<u64>, bytes: &Bytes, version: i16) -> bool {
    let m = seed.map_or_else(M::default, |seed| M::sample(&mut Rng(seed), version));
    let mut r = Reader::new(bytes, BUDGET);
    M::decode(&mut r, version) == Ok(m) && r.finish_strict() == Ok(())
}

fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    macro_rules! case {
        ($m:ident) => {
            all.push(Case {
                name: $m::NAME,
                versions: ($m::MIN, $m::MAX),
                sample: |seed, version| encoded(&$m::sample(&mut Rng(seed), version), version),
                default: |version| encoded(&$m::default(), version),
                is: is::<$m>,
                again: |bytes, version, budget| {
                    $m::decode(&mut Reader::new(bytes, budget), version).map(|m| encoded(&m, version))
                },
                refused: |version| {
                    let decoded = $m::decode(&mut Reader::new(&Bytes::new(), 0), version);
                    (decoded.err(), $m::default().encoded_len(version))
                },
            });
        };
    }
    for_each_message!(case);
    all
}

/// Runs `check` for every message and version.
fn each_version(check: impl Fn(&Case, i16)) {
    for case in cases() {
        (case.versions.0..=case.versions.1).for_each(|version| check(&case, version));
    }
}

#[test]
fn every_message_and_version_round_trips() {
    each_version(|case, version| {
        for seed in 0..6 {
            let bytes = (case.sample)(seed, version);
            assert!((case.is)(Some(seed), &bytes, version), "{} v{version} seed {seed} {bytes:?}", case.name);
        }
        assert!((case.is)(None, &(case.default)(version), version), "{} v{version} default", case.name);
    });
}

/// Every cut of a message fails; every flipped byte decodes or fails, within the budget.
#[test]
fn every_message_survives_damage() {
    each_version(|case, version| {
        let mut g = Rng(7);
        let bytes = (case.sample)(g.next(), version);
        for cut in 0..bytes.len() {
            let result = (case.again)(&bytes.slice(..cut), version, BUDGET);
            assert!(result.is_err(), "{} v{version} cut at {cut} of {}", case.name, bytes.len());
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.to_vec();
            bad[at] ^= g.below(255) as u8 + 1;
            if let Ok(again) = (case.again)(&Bytes::from(bad), version, BUDGET) {
                // Bytes, not values: NaN differs from itself.
                let back = (case.again)(&again, version, BUDGET);
                assert_eq!(back, Ok(again), "{} v{version} flipped at {at}", case.name);
            }
        }
    });
}

/// Bytes that never were a message decode or fail, within the budget.
#[test]
fn every_message_survives_garbage() {
    let g = std::cell::RefCell::new(Rng(99));
    each_version(|case, version| {
        let g = &mut *g.borrow_mut();
        for _ in 0..20 {
            // Mostly small bytes: as lengths and counts they get further than random ones.
            let bytes: Bytes = (0..g.below(200))
                .map(|_| if g.one_in(4) { g.next() as u8 } else { g.below(4) as u8 })
                .collect();
            let _ = (case.again)(&bytes, version, 4096);
        }
    });
}

#[test]
fn every_message_refuses_other_versions() {
    for case in cases() {
        let (min, max) = case.versions;
        for version in [min - 1, max + 1, i16::MIN, i16::MAX] {
            let decode = DecodeError::Version { found: version, min, max };
            let encode = EncodeError::Version { message: case.name, version };
            assert_eq!((case.refused)(version), (Some(decode), Err(encode)));
        }
    }
}

#[test]
fn a_five_byte_metadata_request_does_not_allocate() {
    // Issue of another codec: 154 GB asked for by these bytes.
    let bytes = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff, 0x0f]);
    let e = MetadataRequest::decode(&mut Reader::new(&bytes, BUDGET), 9).unwrap_err();
    assert_eq!(e, DecodeError::CountTooLarge { count: u32::MAX - 1, most: 0 });
}

#[test]
fn memory_is_bounded_by_the_budget_not_by_the_frame() {
    // A million empty topic names, 2 bytes each, would be 24 bytes each in memory.
    let count = 1_000_000u32;
    let mut bytes = count.to_be_bytes().to_vec();
    bytes.resize(4 + 2 * count as usize, 0);
    let bytes = Bytes::from(bytes);
    let mut r = Reader::new(&bytes, BUDGET);
    let e = MetadataRequest::decode(&mut r, 0).unwrap_err();
    assert!(matches!(e, DecodeError::OverBudget { .. }), "{e}");
    assert_eq!(r.budget_left(), BUDGET, "refused before anything was allocated");
}

#[test]
fn api_versions_request_of_a_java_client() {
    let bytes = Bytes::from_static(b"\x12apache-kafka-java\x064.3.1\x00");
    let mut r = Reader::new(&bytes, BUDGET);
    let m = ApiVersionsRequest::decode(&mut r, 4).unwrap();
    assert_eq!(m.client_software_name, "apache-kafka-java");
    assert_eq!(m.client_software_version, "4.3.1");
    assert_eq!(r.finish_strict(), Ok(()));
}

#[test]
fn metadata_response_v12_lays_out_as_specified() {
    use metadata_response::{MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic};
    let m = MetadataResponse {
        brokers: vec![MetadataResponseBroker { node_id: 1, host: "h".into(), port: 9092, rack: None }],
        cluster_id: Some("c".into()),
        controller_id: 1,
        topics: vec![MetadataResponseTopic {
            name: Some("t".into()),
            partitions: vec![MetadataResponsePartition {
                leader_id: 1,
                leader_epoch: 2,
                replica_nodes: vec![1],
                isr_nodes: vec![1],
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let expect: &[&[u8]] = &[
        &[0, 0, 0, 0],                                     // throttle
        &[2, 0, 0, 0, 1, 2, b'h', 0, 0, 0x23, 0x84, 0, 0], // one broker, no rack, no tags
        &[2, b'c', 0, 0, 0, 1],                            // cluster id, controller
        &[2, 0, 0, 2, b't'],                               // one topic: error, name
        &[0; 16],                                          // topic id
        &[0, 2],                                           // not internal, one partition
        &[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2],       // error, index, leader, epoch
        &[2, 0, 0, 0, 1, 2, 0, 0, 0, 1, 1, 0],             // replicas, isr, offline, no tags
        &[0x80, 0, 0, 0, 0, 0],                            // operations unknown, no tags twice
    ];
    assert_eq!(encoded(&m, 12), expect.concat());
}

#[test]
fn a_value_that_the_version_cannot_carry_is_refused_unless_ignorable() {
    let m = FetchRequest { replica_id: 3, ..Default::default() };
    let e = EncodeError::Field { field: "FetchRequest.ReplicaId", version: 15 };
    assert_eq!(m.encoded_len(15), Err(e));
    assert!(m.encoded_len(14).is_ok());
    let m = FetchRequest { session_id: 3, ..Default::default() };
    assert!(m.encoded_len(6).is_ok(), "ignorable");
    let m = MetadataRequest { topics: None, ..Default::default() };
    let e = EncodeError::Null { field: "MetadataRequest.Topics", version: 0 };
    assert_eq!(m.encoded_len(0), Err(e));
}
