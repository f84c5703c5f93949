//! Every message in every version: round trips, truncation, flipped bits.

use bytes::Bytes;

use super::{Rng, Sample};
use crate::generated::samples::for_each_message;
use crate::generated::*;
use crate::message::Message;
use crate::reader::{DecodeError, Reader};
use crate::writer::EncodeError;

const BUDGET: usize = 1 << 20;

fn encoded<M: Message>(m: &M, version: i16) -> Bytes {
    let mut out = Vec::new();
    let result = m.encode(&mut out, version);
    assert_eq!(result, Ok(()), "{} v{version}", M::NAME);
    assert_eq!(m.encoded_len(version), Ok(out.len()), "{} v{version}", M::NAME);
    Bytes::from(out)
}

fn round_trip<M: Message + Sample + PartialEq + std::fmt::Debug>() {
    for version in M::MIN..=M::MAX {
        for seed in 0..6 {
            let m = M::sample(&mut Rng(seed), version);
            let bytes = encoded(&m, version);
            let mut r = Reader::new(&bytes, BUDGET);
            let back = M::decode(&mut r, version);
            assert_eq!(back.as_ref(), Ok(&m), "{} v{version} seed {seed} {bytes:?}", M::NAME);
            assert_eq!(r.finish_strict(), Ok(()), "{} v{version} seed {seed}", M::NAME);
        }
        let default = encoded(&M::default(), version);
        let back = M::decode(&mut Reader::new(&default, BUDGET), version);
        assert_eq!(back, Ok(M::default()), "{} v{version} default", M::NAME);
    }
}

/// Every cut of a message fails; every flipped byte decodes or fails, within the budget.
fn damage<M: Message + Sample + PartialEq + std::fmt::Debug>() {
    for version in M::MIN..=M::MAX {
        let mut g = Rng(7);
        let bytes = encoded(&M::sample(&mut g, version), version);
        for cut in 0..bytes.len() {
            let short = bytes.slice(..cut);
            let result = M::decode(&mut Reader::new(&short, BUDGET), version);
            assert!(result.is_err(), "{} v{version} cut at {cut} of {}", M::NAME, bytes.len());
        }
        for at in 0..bytes.len() {
            let mut bad = bytes.to_vec();
            bad[at] ^= g.below(255) as u8 + 1;
            let bad = Bytes::from(bad);
            let mut r = Reader::new(&bad, BUDGET);
            if let Ok(m) = M::decode(&mut r, version) {
                let again = encoded(&m, version);
                let back = M::decode(&mut Reader::new(&again, BUDGET), version);
                // NaN is the one value that differs from itself.
                assert!(back.is_ok(), "{} v{version} flipped at {at}", M::NAME);
            }
        }
    }
}

/// Bytes that never were a message decode or fail, within the budget.
fn garbage<M: Message>() {
    let mut g = Rng(99);
    for version in M::MIN..=M::MAX {
        for _ in 0..20 {
            // Mostly small bytes: as lengths and counts they get further than random ones.
            let bytes: Bytes = (0..g.below(200))
                .map(|_| if g.one_in(4) { g.next() as u8 } else { g.below(4) as u8 })
                .collect();
            let mut r = Reader::new(&bytes, 4096);
            let decoded = M::decode(&mut r, version);
            if let Ok(m) = decoded {
                assert!(m.encoded_len(version).is_ok(), "{} v{version} {bytes:?}", M::NAME);
            }
        }
    }
}

fn version_bounds<M: Message + std::fmt::Debug>() {
    let empty = Bytes::new();
    for version in [M::MIN - 1, M::MAX + 1, i16::MIN, i16::MAX] {
        let e = DecodeError::Version { found: version, min: M::MIN, max: M::MAX };
        assert_eq!(M::decode(&mut Reader::new(&empty, 0), version).err(), Some(e));
        let e = EncodeError::Version { message: M::NAME, version };
        assert_eq!(M::default().encoded_len(version), Err(e));
    }
}

macro_rules! round_trip_case {
    ($m:ident) => {
        round_trip::<$m>();
    };
}

macro_rules! damage_case {
    ($m:ident) => {
        damage::<$m>();
    };
}

macro_rules! garbage_case {
    ($m:ident) => {
        garbage::<$m>();
    };
}

macro_rules! bounds_case {
    ($m:ident) => {
        version_bounds::<$m>();
    };
}

#[test]
fn every_message_and_version_round_trips() {
    for_each_message!(round_trip_case);
}

#[test]
fn every_message_survives_damage() {
    for_each_message!(damage_case);
}

#[test]
fn every_message_survives_garbage() {
    for_each_message!(garbage_case);
}

#[test]
fn every_message_refuses_other_versions() {
    for_each_message!(bounds_case);
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
