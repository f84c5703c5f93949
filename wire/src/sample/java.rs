//! The samples are those that Kafka's own codec accepted.
//!
//! Owner: CI. `wire/peers/run` asks Kafka (both ways, every message and version) and prints the digest; this test
//! holds where there is no Java: whoever changes a codec or its samples is sent there.

use super::lines;

/// CRC-32C of the samples that Kafka 4.3.1 accepted. To be changed only after `wire/peers/run java`.
const ACCEPTED: u32 = 209_219_612;

#[test]
fn the_samples_are_those_that_kafka_accepted() {
    let digest = crate::crc::crc32c(lines(40).as_bytes());
    assert_eq!(digest, ACCEPTED, "samples or codec changed: run `wire/peers/run java`, then set ACCEPTED");
}
