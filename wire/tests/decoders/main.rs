//! Every decoder against bytes that mean harm: the fuzz corpus replayed and mutated, and heap measured.
//!
//! Owner: CI. The targets and the corpus are those of `wire/fuzz`, which hunts for longer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod memory;
#[path = "../../fuzz/src/mutate.rs"]
mod mutate;
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use mutate::{Rng, mutated};
use targets::TARGETS;

/// Mutations of each target here; the seeds are the numbers below.
const MUTATIONS: u64 = 20_000;

#[test]
fn every_target_survives_its_corpus_and_mutations_of_it() {
    for target in TARGETS {
        let inputs = target.inputs();
        assert!(inputs.len() >= 10, "{} has a corpus", target.name);
        inputs.iter().for_each(|input| (target.run)(input));
        for seed in 0..MUTATIONS {
            let input = mutated(&mut Rng(seed), &inputs);
            let survived = std::panic::catch_unwind(|| (target.run)(&input));
            assert!(survived.is_ok(), "{} seed {seed}: {input:02x?}", target.name);
        }
    }
}
