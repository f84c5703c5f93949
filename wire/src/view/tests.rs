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

/// One request with its type taken out: the checks below are compiled once, not 89 times.
struct Case {
    api: ApiKey,
    /// Seed and version to the owned form, printed, and its bytes.
    sample: fn(u64, i16) -> (String, Bytes),
    /// The view, printed.
    view: fn(&Bytes, i16) -> Result<String, DecodeError>,
    /// The owned form, printed, after a walk.
    checked: fn(&Bytes, i16) -> Result<String, DecodeError>,
    /// Decodes without a walk: what it charged of a budget.
    owned: fn(&Bytes, i16, usize) -> Result<usize, DecodeError>,
}

fn sample<R: Request + Sample + fmt::Debug>(seed: u64, version: i16) -> (String, Bytes) {
    let request = R::sample(&mut Rng(seed), version);
    let mut out = Vec::new();
    Message::encode(&request, &mut out, version).unwrap();
    (format!("{request:?}"), Bytes::from(out))
}

fn owned<R: Request>(body: &Bytes, version: i16, max: usize) -> Result<usize, DecodeError> {
    let mut r = Reader::new(body, max);
    <R as Message>::decode(&mut r, version)?;
    Ok(max - r.budget_left() + SHARED_FRAME)
}

macro_rules! each_request {
    ($($m:ident)*) => {
        fn cases() -> Vec<Case> {
            vec![$(Case {
                api: $m::API,
                sample: sample::<$m>,
                view: |body, version| Ok(format!("{:?}", check::<$m>(body, version, MAX)?.view())),
                checked: |body, version| Ok(format!("{:?}", check::<$m>(body, version, MAX)?.into_owned()?)),
                owned: owned::<$m>,
            }),*]
        }
    };
}
crate::with_all_requests!(each_request);

#[test]
fn views_read_what_owned_structs_read_and_charge_the_same() {
    let cases = cases();
    assert!(cases.iter().map(|c| c.api).eq(crate::api::ALL), "every API is compared");
    for case in cases {
        for version in case.api.facts().min..=case.api.facts().max {
            for seed in 0..20 {
                let (request, body) = (case.sample)(seed, version);
                let place = format!("{:?} v{version} seed {seed}", case.api);
                let view = (case.view)(&body, version).unwrap();
                let view = view.replace("View {", " {").replace("View,", ",");
                assert_eq!(view, as_views_print(&request), "{place}");
                let walked = case.api.walk(&body, version, MAX).unwrap();
                assert!(!walked.odd, "{place}");
                assert_eq!(Ok(walked.owned_size), (case.owned)(&body, version, MAX), "{place}");
                assert_eq!((case.checked)(&body, version), Ok(request), "{place}");
            }
        }
    }
}

/// Cuts and flipped bytes: the view fails exactly where the owned form does, with the same error.
#[test]
fn views_and_owned_structs_refuse_the_same_bytes() {
    let mut g = Rng(11);
    for case in cases() {
        for version in case.api.facts().min..=case.api.facts().max {
            let (_, good) = (case.sample)(5, version);
            let cuts = (0..good.len()).map(|cut| good.slice(..cut));
            let flips = (0..good.len()).map(|at| {
                let mut bad = good.to_vec();
                bad[at] ^= g.below(255) as u8 + 1;
                Bytes::from(bad)
            });
            for bad in cuts.chain(flips) {
                for max in [MAX, 100] {
                    let walked = case.api.walk(&bad, version, max).map(|w| w.owned_size);
                    assert_eq!(walked, (case.owned)(&bad, version, max), "{:?} v{version} {bad:?}", case.api);
                }
            }
        }
    }
}

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
