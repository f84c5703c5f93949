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
