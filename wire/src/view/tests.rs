//! Views of every request in every version beside their owned form: the same fields, errors and charges.

use bytes::Bytes;

use super::*;
use crate::ApiKey;
use crate::generated::*;
use crate::sample::{Rng, Sample};

const MAX: usize = 1 << 20;

/// `Debug` of owned structs as that of views: names without `View`, bytes as lists of numbers.
fn as_views_print(owned: &str) -> String {
    let mut out = String::new();
    let mut rest = owned;
    while let Some(at) = rest.find("b\"") {
        // Names of fields and texts of samples hold no `b"`.
        let (head, tail) = rest.split_at(at);
        let mut bytes: Vec<u8> = Vec::new();
        let mut chars = tail[2..].char_indices();
        loop {
            match chars.next().unwrap() {
                (end, '"') => {
                    rest = &tail[2 + end + 1..];
                    break;
                }
                (_, '\\') => bytes.push(match chars.next().unwrap().1 {
                    'x' => {
                        let (from, _) = chars.next().unwrap();
                        chars.next().unwrap();
                        u8::from_str_radix(&tail[2 + from..][..2], 16).unwrap()
                    }
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    '0' => 0,
                    other => other as u8,
                }),
                (_, plain) => bytes.push(plain as u8),
            }
        }
        out.push_str(head);
        out.push_str(&format!("{bytes:?}"));
    }
    out.push_str(rest);
    out
}

fn encoded<R: Request + Sample>(seed: u64, version: i16) -> (R, Bytes) {
    let request = R::sample(&mut Rng(seed), version);
    let mut out = Vec::new();
    Message::encode(&request, &mut out, version).unwrap();
    (request, Bytes::from(out))
}

fn owned<R: Request>(body: &Bytes, version: i16, max: usize) -> (Result<R, DecodeError>, usize) {
    let mut r = Reader::new(body, max);
    let request = <R as Message>::decode(&mut r, version);
    (request, max - r.budget_left() + SHARED_FRAME)
}

fn alike<R>()
where
    R: Request + Sample + PartialEq + fmt::Debug,
    for<'a> R::View<'a>: fmt::Debug,
{
    for version in R::MIN..=R::MAX {
        for seed in 0..20 {
            let (request, body) = encoded::<R>(seed, version);
            let checked = check::<R>(&body, version, MAX).unwrap();
            let view = format!("{:?}", checked.view()).replace("View {", " {").replace("View,", ",");
            assert_eq!(view, as_views_print(&format!("{request:?}")), "{} v{version} seed {seed}", R::NAME);
            let (again, size) = owned::<R>(&body, version, MAX);
            assert_eq!(checked.owned_size(), size, "{} v{version} seed {seed}", R::NAME);
            assert_eq!(R::API.walk(&body, version, MAX), Ok(checked.walked()));
            assert_eq!(checked.into_owned(), again);
        }
    }
}

/// Cuts and flipped bytes: the view fails exactly where the owned form does, with the same error.
fn judged_alike<R: Request + Sample + PartialEq + fmt::Debug>() {
    let mut g = Rng(11);
    for version in R::MIN..=R::MAX {
        let (_, good) = encoded::<R>(5, version);
        let cuts = (0..good.len()).map(|cut| good.slice(..cut));
        let flips = (0..good.len()).map(|at| {
            let mut bad = good.to_vec();
            bad[at] ^= g.below(255) as u8 + 1;
            Bytes::from(bad)
        });
        for bad in cuts.chain(flips) {
            for max in [MAX, 100] {
                let walked = R::API.walk(&bad, version, max).map(|w| w.owned_size);
                let (owned, size) = owned::<R>(&bad, version, max);
                assert_eq!(walked, owned.map(|_| size), "{} v{version} {bad:?}", R::NAME);
            }
        }
    }
}

macro_rules! each_request {
    ($($m:ident)*) => {
        #[test]
        fn views_read_what_owned_structs_read_and_charge_the_same() {
            $(alike::<$m>();)*
        }

        #[test]
        fn views_and_owned_structs_refuse_the_same_bytes() {
            $(judged_alike::<$m>();)*
        }

        #[test]
        fn every_api_is_compared_here() {
            assert_eq!([$($m::API),*].as_slice(), crate::api::ALL.as_slice());
        }
    };
}
crate::with_all_requests!(each_request);

#[test]
fn a_view_borrows_and_iterates_more_than_once() {
    let body = Bytes::from_static(b"\0\0\0\x02\0\x01a\0\x02bc");
    let checked = check::<MetadataRequest>(&body, 0, MAX).unwrap();
    let topics = checked.view().topics.as_ref().unwrap();
    for _ in 0..2 {
        assert_eq!(topics.iter().map(|t| t.name.unwrap()).collect::<Vec<_>>(), ["a", "bc"]);
    }
    assert!(body.as_ptr_range().contains(&topics.iter().next().unwrap().name.unwrap().as_ptr()));
}

#[test]
fn the_walk_ends_where_the_owned_form_would_be_too_large() {
    // A million empty topic names, 2 bytes each, would be 40 bytes each in memory.
    let mut body = 1_000_000i32.to_be_bytes().to_vec();
    body.resize(2_000_004, 0);
    let body = Bytes::from(body);
    let size = ApiKey::Metadata.walk(&body, 0, usize::MAX).unwrap().owned_size;
    assert!(size >= 40_000_000, "{size}");
    let e = ApiKey::Metadata.walk(&body, 0, size - SHARED_FRAME - 1).unwrap_err();
    assert!(matches!(e, DecodeError::OverBudget { .. }), "{e}");
    let checked = check::<MetadataRequest>(&body, 0, size - SHARED_FRAME).unwrap();
    assert_eq!(checked.into_owned().unwrap().topics.unwrap().len(), 1_000_000);
}

#[test]
fn a_flood_of_unknown_tags_is_refused() {
    // ApiVersions 4: two empty names, then tags of no content with ever the same number.
    let flood = |tags: u32| {
        let mut body = vec![1, 1];
        crate::writer::Sink::uvarint(&mut body, tags);
        body.resize(body.len() + 2 * tags as usize, 0);
        ApiKey::ApiVersions.walk(&Bytes::from(body), 4, MAX)
    };
    assert!(flood(crate::reader::UNKNOWN_TAGS_MAX).is_ok());
    assert_eq!(flood(crate::reader::UNKNOWN_TAGS_MAX + 1), Err(DecodeError::UnknownTags));
}
