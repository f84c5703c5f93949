//! Stock clients against the real program: the broker process, the records, a load through librdkafka, the checker.
//!
//! Owner: each test or loop has a broker and a directory of its own. Invariants: a record is a pure function of
//! its number, so that what was read can be compared without being kept; ports lie below the ephemeral range.
#![forbid(unsafe_code)]

pub mod broker;
pub mod chance;
pub mod client;
pub mod device;
pub mod fuse;
pub mod load;
pub mod record;
pub mod verify;

/// The number after `--name` on the command line, or `default`.
///
/// Panics where the value is missing or no number: a loop that runs with another number than asked says nothing.
#[must_use]
pub fn flag(name: &str, default: u64) -> u64 {
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == format!("--{name}") {
            let value = args.next().unwrap_or_else(|| panic!("--{name} wants a number"));
            return value.parse().unwrap_or_else(|_| panic!("--{name} {value}: not a number"));
        }
    }
    default
}

/// The number in environment variable `name`, or `default`.
#[must_use]
pub fn count(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}
