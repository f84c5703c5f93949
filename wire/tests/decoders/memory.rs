//! What hostile bytes can make a decoder take, by a counting allocator, for every API and version.
//!
//! Owner: CI. Promises: a walk over a request takes nothing; its owned form takes at most what the walk said; any
//! other message takes at most its budget. Every offset of every sample is overwritten with every hostile length,
//! and bytes are put behind it, so that counts which lie find elements to read.

use allocation_counter::measure;
use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::api::ALL;
use ringlog_wire::header::decode_request_head;
use ringlog_wire::hot::fetch_request::FetchRequestBuf;
use ringlog_wire::hot::produce_request::ProduceView;
use ringlog_wire::reader::Reader;

use crate::mutate::{HOSTILE, set};
use crate::targets::{TARGETS, codecs};

/// What a decode may use here: less than some of the bombs would take.
const BUDGET: usize = 256 << 10;

/// Bytes behind a sample: none, and enough of either kind to be elements of any array.
const TAILS: [(u8, usize); 3] = [(0, 0), (0, 4096), (1, 4096)];

/// The allocator is the process's: what other threads do must not be in the way, hence one test at a time.
fn heap(f: impl FnOnce()) -> (u64, u64) {
    let info = measure(f);
    (info.count_total, info.bytes_max)
}

/// Every sample with every hostile length at every offset, before every tail.
fn hostile(sample: &[u8], mut on: impl FnMut(Bytes)) {
    for (fill, len) in TAILS {
        let mut frame = sample.to_vec();
        frame.resize(sample.len() + len, fill);
        on(Bytes::from(frame.clone()));
        for at in 0..sample.len() {
            for length in HOSTILE {
                let mut bad = frame.clone();
                set(&mut bad, at, length);
                on(Bytes::from(bad));
            }
        }
    }
}

/// Request bodies of the corpus, with API and version.
fn requests() -> Vec<(ApiKey, i16, Bytes)> {
    let target = TARGETS.iter().find(|t| t.name == "request").unwrap();
    let requests = target.inputs().into_iter().map(|frame| {
        let frame = Bytes::from(frame);
        let mut r = Reader::new(&frame, BUDGET);
        let head = decode_request_head(&mut r).unwrap();
        (head.api, head.version, frame.slice(frame.len() - r.remaining()..))
    });
    requests.collect()
}

#[test]
fn requests_take_nothing_as_views_and_what_was_said_as_structs() {
    let requests = requests();
    let all = ALL.iter().flat_map(|api| {
        let facts = api.facts();
        (facts.min..=facts.max).map(|version| (*api, version))
    });
    assert!(
        all.eq(requests.iter().map(|(api, version, _)| (*api, *version))),
        "every API and version is here"
    );
    let (mut frames, mut owned_frames, mut tightest) = (0u64, 0u64, u64::MAX);
    for (api, version, sample) in requests {
        let name = format!("{}Request", api.name());
        let codec = codecs().iter().find(|c| c.name == name).unwrap();
        hostile(&sample, |body| {
            let mut walked = None;
            let (count, _) = heap(|| walked = api.walk(&body, version, BUDGET).ok());
            assert_eq!(count, 0, "{name} v{version}: a walk allocates: {body:?}");
            frames += 1;
            let Some(walked) = walked else { return };
            let mut decoded = false;
            let (_, peak) = heap(|| decoded = (codec.decode)(&body, version, walked.owned_size).is_ok());
            assert!(decoded, "{name} v{version}: what was walked decodes within what was said: {body:?}");
            let said = walked.owned_size as u64;
            assert!(peak <= said, "{name} v{version}: {peak} of {said}: {body:?}");
            owned_frames += 1;
            tightest = tightest.min(said - peak);
        });
    }
    println!(
        "{frames} hostile frames walked without an allocation, {owned_frames} decoded within what was said"
    );
    assert!(owned_frames > 100_000 && tightest <= 64, "{owned_frames} frames, {tightest} bytes to spare");
}

#[test]
fn every_message_stays_within_its_budget() {
    let data = TARGETS.iter().find(|t| t.name == "data").unwrap().inputs();
    let responses = TARGETS.iter().find(|t| t.name == "response").unwrap().inputs();
    let bodies: Vec<Vec<u8>> =
        data.iter().map(|i| i[3..].to_vec()).chain(responses.iter().map(|i| i[4..].to_vec())).collect();
    // What the first slice of a frame costs stands beside the budget.
    let most = BUDGET as u64 + 64;
    for (i, codec) in codecs().iter().enumerate() {
        for version in codec.versions.0..=codec.versions.1 {
            // Foreign samples: as good a source of odd bytes as any, and 4 KiB of either tail behind them.
            let body = &bodies[(i * 31 + version as usize) % bodies.len()];
            let short = &body[..body.len().min(24)];
            hostile(short, |body| {
                let (_, peak) = heap(|| {
                    let _ = (codec.decode)(&body, version, BUDGET);
                });
                assert!(peak <= most, "{} v{version}: {peak}: {body:?}", codec.name);
            });
        }
    }
}

#[test]
fn the_hot_readers_take_nothing_or_what_was_said() {
    let mut fetch = FetchRequestBuf::default();
    for (api, version, sample) in requests() {
        hostile(&sample, |body| match api {
            ApiKey::Produce => {
                let (count, _) = heap(|| {
                    if let Ok(view) = &ProduceView::parse(&body, version, 2000) {
                        let mut walk = view.walk();
                        while walk.next_topic().is_some() {}
                    }
                });
                assert_eq!(count, 0);
            }
            ApiKey::Fetch => {
                let said = FetchRequestBuf::memory_max(body.len(), 2000) as u64;
                let (_, peak) = heap(|| {
                    let _ = fetch.decode(body, version, 2000);
                });
                assert!(peak <= said, "{peak} of {said}: version {version}");
                fetch = FetchRequestBuf::default();
            }
            _ => {}
        });
    }
}
