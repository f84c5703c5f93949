//! Frames that no client should send: cut off, flipped, with lengths and counts that promise too much.
//!
//! Owner: one comparison of answers. Invariant: the same arguments give the same frames.

use crate::dial::head;
use crate::wrong;
use ringlog_wire::ApiKey;
use ringlog_wire::ids::TopicId;
use ringlog_wire::sample::{Codec, codecs};

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

/// What lengths and counts are replaced with: negative, huge, varints that do not end.
const LENGTHS: [&[u8]; 8] = [
    &[0xff, 0xff, 0xff, 0xff],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0xff, 0xfe],
    &[0x7f, 0xff],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0x80, 0x80, 0x80, 0x80, 0x10],
    &[0x80, 0x00],
];

/// `count` bodies of one API and version. `id`: of a topic that exists.
pub fn bodies(api: ApiKey, version: i16, id: TopicId, count: usize) -> Vec<Vec<u8>> {
    // Random requests of these would wait, or change what the other cases rely on.
    let quiet =
        !matches!(api, ApiKey::Produce | ApiKey::Fetch | ApiKey::CreateTopics | ApiKey::CreatePartitions);
    let name = format!("{}Request", api.name());
    let codec: Option<Codec> = codecs().into_iter().find(|c| c.name == name).filter(|_| quiet);
    let small = wrong::cases(api, version, id).into_iter().map(|(_, b)| b).filter(|b| b.len() < 1000);
    let mut bases: Vec<Vec<u8>> = small.collect();
    if let Some(codec) = codec {
        bases.extend((0..20).map(|seed| (codec.sample)(seed, version)));
    }
    let mut dice = Dice(u64::from(api.key() as u16) << 16 | version as u64);
    (0..count)
        .map(|n| bend(bases.get(n % bases.len().max(1)).cloned().unwrap_or_default(), &mut dice))
        .collect()
}

fn bend(mut body: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let at = dice.below(body.len());
    match dice.below(5) {
        0 => body.truncate(at),
        1 => body.iter_mut().skip(at).take(1).for_each(|b| *b ^= dice.below(255) as u8 + 1),
        2 => {
            let length = LENGTHS.get(dice.below(LENGTHS.len())).copied().unwrap_or_default();
            body.iter_mut().skip(at).zip(length).for_each(|(b, l)| *b = *l);
        }
        3 => {
            let length = LENGTHS.get(dice.below(LENGTHS.len())).copied().unwrap_or_default();
            body.truncate(at);
            body.extend_from_slice(length);
            body.resize(body.len() + dice.below(64), 0);
        }
        _ => body = (0..dice.below(100)).map(|_| dice.below(256) as u8).collect(),
    }
    body
}

/// What is sent, size field included, and what it is called.
pub fn beyond() -> Vec<(String, Vec<u8>)> {
    let sized = |frame: &[u8]| [&(frame.len() as u32).to_be_bytes()[..], frame].concat();
    let mut all = Vec::new();
    for key in [-1, 4, 5, 6, 7, 52, 58, 62, 67, 93, 1000, i16::MAX, i16::MIN] {
        all.push((format!("API key {key}"), sized(&head(key, 0, 1))));
    }
    for (api, version) in [
        (ApiKey::Produce, 99),
        (ApiKey::Produce, 2),
        (ApiKey::Produce, -1),
        (ApiKey::Fetch, 3),
        (ApiKey::Fetch, 99),
        (ApiKey::Metadata, 99),
        (ApiKey::ApiVersions, 99),
        (ApiKey::ApiVersions, -1),
        (ApiKey::CreateTopics, 1),
    ] {
        all.push((format!("{} {version}", api.name()), sized(&head(api.key(), version, 1))));
    }
    all.push(("size -1".into(), (-1i32).to_be_bytes().to_vec()));
    all.push(("size of 2 GiB".into(), i32::MAX.to_be_bytes().to_vec()));
    all.push(("size above socket.request.max.bytes".into(), (104_857_601i32).to_be_bytes().to_vec()));
    all.push(("HTTP".into(), b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()));
    all.push(("TLS".into(), [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[0; 64]].concat()));
    all.push(("half a header".into(), sized(&[0, 3, 0, 1])));
    all.push(("client id of -2".into(), sized(&[0, 3, 0, 1, 0, 0, 0, 7, 0xff, 0xfe])));
    all.push(("client id beyond the frame".into(), sized(&[0, 3, 0, 1, 0, 0, 0, 7, 0x7f, 0xff])));
    all
}
