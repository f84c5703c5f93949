//! The fuzz corpus: one sample of every message and version, batches and streams of every codec.
//!
//! Owner: the test below, which holds the committed files to what the messages of today give. After the facts or the
//! samples changed, `RINGLOG_WRITE_CORPUS=1 cargo test -p ringlog-wire --lib corpus` writes them. What the inputs mean is said by the targets in
//! `wire/fuzz/src/targets`; past findings stand in `wire/fuzz/corpus/found` and are not touched.

use super::{Rng, Sample};
use crate::ApiKey;
use crate::compress::{Codec, compress};
use crate::generated::samples::for_each_message;
use crate::generated::*;
use crate::message::Message;
use crate::record::build::{BatchBuilder, BatchOptions};
use crate::record::control::{self, ControlType};
use crate::writer::Sink;

/// Longest sample kept.
const SAMPLE_MAX: usize = 300;

#[derive(Default)]
struct Corpus(Vec<(&'static str, Vec<Vec<u8>>)>);

impl Corpus {
    fn add(&mut self, target: &'static str, input: Vec<u8>) {
        match self.0.iter_mut().find(|(name, _)| *name == target) {
            Some((_, inputs)) => inputs.push(input),
            None => self.0.push((target, vec![input])),
        }
    }

    /// Path and text of each file.
    fn files(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().map(|(target, inputs)| {
            let mut text = format!("# Valid inputs of {target}, written by wire/src/sample/corpus.rs.\n");
            for input in inputs {
                text.extend(input.iter().map(|b| format!("{b:02x}")));
                text.push('\n');
            }
            (format!("{}/fuzz/corpus/{target}.hex", env!("CARGO_MANIFEST_DIR")), text)
        })
    }
}

/// The longest of some samples that is not too long.
fn body<M: Message + Sample>(version: i16) -> Vec<u8> {
    let samples = (0..60).map(|seed| {
        let mut out = Vec::new();
        M::sample(&mut Rng(seed), version).encode(&mut out, version).unwrap();
        out
    });
    let mut small: Vec<_> = samples.filter(|s| s.len() <= SAMPLE_MAX).collect();
    small.sort_by_key(Vec::len);
    small.pop().unwrap_or_else(|| {
        let mut out = Vec::new();
        M::default().encode(&mut out, version).unwrap();
        out
    })
}

fn name_number(name: &str) -> u16 {
    name.bytes().fold(0u16, |n, b| n.wrapping_mul(31).wrapping_add(u16::from(b)))
}

fn api(name: &str) -> Option<ApiKey> {
    crate::api::ALL.into_iter().find(|api| api.name() == name)
}

fn add_message<M: Message + Sample>(corpus: &mut Corpus, kinds: &[(&str, &'static str, i16)]) {
    for version in M::MIN..=M::MAX {
        let body = body::<M>(version);
        if let Some(api) = M::NAME.strip_suffix("Request").and_then(api) {
            let mut frame = Vec::new();
            frame.int16(api.key());
            frame.int16(version);
            frame.int32(7);
            frame.string(false, "c").unwrap();
            if api.request_header_version(version) == 2 {
                frame.uvarint(0);
            }
            corpus.add("request", [frame.as_slice(), &body].concat());
            let hot = match api {
                ApiKey::Produce => "hot_produce",
                ApiKey::Fetch => "hot_fetch",
                _ => continue,
            };
            corpus.add(hot, [&[version as u8], body.as_slice()].concat());
        } else if let Some(api) = M::NAME.strip_suffix("Response").and_then(api) {
            let mut head = Vec::new();
            head.int16(api.key());
            head.int16(version);
            corpus.add("response", [head.as_slice(), &body].concat());
        } else {
            let number = name_number(M::NAME).to_be_bytes();
            corpus.add("data", [number.as_slice(), &[version as u8], &body].concat());
        }
        for (name, target, kind) in kinds {
            if *name == M::NAME {
                corpus.add(target, framed(target, M::NAME, *kind, version, &body));
            }
        }
    }
}

/// A record's body in the frame that its log has.
fn framed(target: &str, name: &str, kind: i16, version: i16, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if target == "metadata_record" {
        out.uvarint(1);
        out.uvarint(kind as u32);
        out.uvarint(version as u32);
    } else {
        let log = match name {
            "TransactionLogKey" | "TransactionLogValue" => 1,
            _ if name.starts_with("ShareSnapshot") || name.starts_with("ShareUpdate") => 2,
            _ => 0,
        };
        out.extend_from_slice(&[log, u8::from(name.ends_with("Value"))]);
        out.int16(kind);
        if name.ends_with("Value") {
            out.int16(version);
        }
    }
    out.extend_from_slice(body);
    out
}

/// Record types by the facts: name, target, number.
fn record_kinds() -> Vec<(String, &'static str, i16)> {
    let mut kinds = Vec::new();
    for file in ["metadata", "group", "transaction", "share"] {
        let text =
            std::fs::read_to_string(format!("{}/facts/{file}.facts", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for line in text.lines().filter(|l| !l.starts_with([' ', '#'])) {
            let name = line.split(' ').next().unwrap();
            let key = line.split(' ').find_map(|w| w.strip_prefix("key="));
            let target = if file == "metadata" { "metadata_record" } else { "coordinator_record" };
            if let Some(key) = key {
                kinds.push((name.to_owned(), target, key.parse().unwrap()));
            }
        }
    }
    kinds
}

fn add_batches(corpus: &mut Corpus) {
    for codec in (0..5).filter_map(Codec::from_id) {
        for records in [1usize, 3, 40] {
            let producer = BatchOptions {
                codec,
                producer_id: 1,
                producer_epoch: 0,
                base_sequence: 0,
                ..Default::default()
            };
            let mut b = BatchBuilder::new(BatchOptions { transactional: records == 3, ..producer });
            for i in 0..records {
                b.append(
                    2000 + i as i64,
                    Some(b"key"),
                    Some(b"a value, a value"),
                    &[("h", Some(b"x")), ("h", None)],
                );
            }
            b.append(9000, None, None, &[]);
            let batch = b.build().unwrap();
            for options in [1u8, 0, 5, 0xe9] {
                corpus.add("batch", [&[options], batch.as_ref()].concat());
            }
            corpus.add("batch", [&[1], batch.as_ref(), batch.as_ref()].concat());
        }
        let text = b"one two three, one two three, one two three".repeat(8);
        for input in [&b""[..], b"x", &text] {
            let mut out = vec![codec.id()];
            compress(codec, None, input, &mut out).unwrap();
            corpus.add("compressed", out);
        }
    }
    // Snappy as other clients send it: a raw block, here one literal and one copy.
    corpus.add("compressed", vec![2, 8, 0x0c, b'a', b'b', b'c', b'd', 0x0d, 4]);
    for kind in (-1..9).map(ControlType::from_id) {
        corpus.add("control", kind.encode_key().to_vec());
    }
    corpus.add("control", control::EndTxnMarker { coordinator_epoch: 5 }.encode().to_vec());
}

#[test]
fn the_committed_corpus_is_that_of_todays_messages() {
    let mut corpus = Corpus::default();
    let kinds = record_kinds();
    let kinds: Vec<_> = kinds.iter().map(|(name, target, kind)| (name.as_str(), *target, *kind)).collect();
    macro_rules! case {
        ($m:ident) => {
            add_message::<$m>(&mut corpus, &kinds);
        };
    }
    for_each_message!(case);
    add_batches(&mut corpus);
    for (path, text) in corpus.files() {
        if std::env::var_os("RINGLOG_WRITE_CORPUS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(
            committed == text,
            "{path} is old: RINGLOG_WRITE_CORPUS=1 cargo test -p ringlog-wire --lib corpus"
        );
    }
}
