//! Hostile frames for every API and version, advertised or not, while an honest client works beside them.
//!
//! Owner: CI and a developer's shell. Needs our broker only. Invariants: every API key of Kafka and every version from
//! below the first to behind the last gets its share; a connection that is closed is dialled anew; an answer that does
//! not come at once is not waited for.

use crate::dial::{Dial, Outcome, head};
use crate::honest::Honest;
use crate::{answers, hostile};
use ringlog_wire::ApiKey;
use ringlog_wire::sample::codecs;
use std::collections::BTreeMap;
use std::time::Duration;

/// A parked fetch or join is left behind with its connection.
const PATIENCE: Duration = Duration::from_millis(50);

/// Sends at least `frames` frames of each API to the broker at `address`, whose process is `pid`.
///
/// Errors: the honest client was hurt, memory grew, or the broker cannot be reached any more.
pub fn run(address: &str, pid: u32, frames: usize) -> Result<(), String> {
    let mut asked = Dial::new(address, Duration::from_secs(10));
    answers::create(&mut asked, "t")?;
    answers::create(&mut asked, "honest")?;
    let id = answers::topic_id(&mut asked)?;
    let honest = Honest::start(address, pid);
    let mut dial = Dial::new(address, PATIENCE);
    let (mut pairs, mut sent) = (0, 0);
    let known = codecs();
    for api in (0..=i16::MAX).filter_map(|key| ApiKey::try_from(key).ok()) {
        let name = format!("{}Request", api.name());
        let codec = known.iter().find(|c| c.name == name);
        let (first, last) = codec.map_or((0, 0), |c| (c.min, c.max));
        let versions = first - 2..=last + 2;
        let each = frames.div_ceil(versions.clone().count());
        let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
        for version in versions {
            pairs += 1;
            for body in hostile::bodies(api, version.clamp(first, last), id, each) {
                let mut frame = head(api.key(), version, api.request_header_version(version));
                frame.extend_from_slice(&body);
                let word = dial.raw(&frame)?.map_or_else(|o: Outcome| o.word(), |_| "answers");
                *outcomes.entry(word).or_default() += 1;
                sent += 1;
            }
        }
        println!("{} {}-{}: {outcomes:?}", api.name(), first - 2, last + 2);
    }
    for (_, bytes) in hostile::beyond() {
        let _ = dial.bytes(&bytes)?;
    }
    let mut failures = Vec::new();
    honest.finish(&mut failures);
    println!("siege: {sent} hostile frames of {pairs} pairs of API and version");
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}
