//! Pushes of clients' metrics (KIP-714) as a fuzz target: the reader is `shard`'s, and needs nothing of it.
//!
//! Owner: this crate alone; the tests of `shard` mutate a sample of their own. Invariant: it asserts nothing of what is
//! refused, and of what is taken that it is within the bounds.

use crate::targets::Target;
use std::collections::BTreeSet;

#[path = "../../../shard/src/telemetry/otlp.rs"]
pub mod reader;

/// The target.
pub const TARGET: Target = Target {
    name: "otlp",
    run,
    corpus: include_str!("../corpus/otlp.hex"),
    found: include_str!("../corpus/found/otlp.hex"),
};

fn run(bytes: &[u8]) {
    let Ok(pushed) = reader::read(bytes) else { return };
    assert!(pushed.points.len() <= reader::POINTS_MAX);
    // A point has a key and a length at least.
    assert!(pushed.points.len() as u64 + pushed.left_out <= bytes.len() as u64 / 2);
    for point in &pushed.points {
        assert!((1..=reader::NAME_MAX).contains(&point.name.len()) && point.value.is_finite());
        assert!(point.labels.len() <= reader::LABELS_MAX);
        let fits = |(key, value): &(String, String)| {
            (1..=reader::KEY_MAX).contains(&key.len()) && value.len() <= reader::VALUE_MAX
        };
        assert!(point.labels.iter().all(fits));
        let keys: BTreeSet<&String> = point.labels.iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), point.labels.len(), "a label stands twice");
    }
    assert_eq!(reader::read(bytes).as_ref(), Ok(&pushed));
}
