//! libFuzzer's entry: the target is the one that the binary is named after.
//!
//! Owner: `cargo fuzz run TARGET --features libfuzzer`, on nightly.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ringlog_wire_fuzz::all;

fuzz_target!(|input: &[u8]| {
    let name = env!("CARGO_BIN_NAME");
    let target = all().find(|t| t.name == name).expect("every binary is named after a target");
    (target.run)(input);
});
