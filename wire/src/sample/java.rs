//! Our samples against Kafka's own codec.
//!
//! Owner: CI. Invariant: Kafka decodes every sample and encodes it to the same bytes; a default object has
//! the same bytes on both sides. Kafka runs only where `RINGLOG_KAFKA_JARS` names a folder with its jars;
//! elsewhere a digest stands for the samples that it has accepted.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::Command;

use super::{Rng, Sample};
use crate::generated::samples::for_each_message;
use crate::generated::*;
use crate::message::Message;

/// CRC-32C of the samples that Kafka 4.3.1 accepted. To be changed only after a run with the jars.
const ACCEPTED: u32 = 115_159_327;

fn lines<M: Message + Sample>(out: &mut String) {
    for version in M::MIN..=M::MAX {
        for seed in 0..40 {
            let mut bytes = Vec::new();
            M::sample(&mut Rng(seed), version).encode(&mut bytes, version).unwrap();
            line(out, M::NAME, version, "sample", &bytes);
        }
        let mut bytes = Vec::new();
        M::default().encode(&mut bytes, version).unwrap();
        line(out, M::NAME, version, "default", &bytes);
    }
}

fn line(out: &mut String, name: &str, version: i16, kind: &str, bytes: &[u8]) {
    let _ = write!(out, "{name} {version} {kind} ");
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.push('\n');
}

#[test]
fn kafka_reads_and_writes_the_same_bytes() {
    let mut out = String::new();
    macro_rules! case {
        ($m:ident) => {
            lines::<$m>(&mut out);
        };
    }
    for_each_message!(case);
    let digest = crc32c::crc32c(out.as_bytes());
    if let Some(jars) = std::env::var_os("RINGLOG_KAFKA_JARS") {
        ask_kafka(jars, &out);
    } else {
        eprintln!("by digest only: RINGLOG_KAFKA_JARS does not name a folder with the jars of Kafka 4.3.1");
    }
    assert_eq!(
        digest, ACCEPTED,
        "samples or codec changed: run with RINGLOG_KAFKA_JARS set, then set ACCEPTED"
    );
}

fn ask_kafka(jars: OsString, samples: &str) {
    let file = std::env::temp_dir().join(format!("ringlog-codec-samples-{}", std::process::id()));
    std::fs::write(&file, samples).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/codegen/java/CodecCheck.java");
    let mut class_path = jars;
    class_path.push("/*");
    let output =
        Command::new("java").arg("-cp").arg(class_path).arg(source).arg(&file).output().expect("java runs");
    std::fs::remove_file(&file).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    eprintln!("{}", text.lines().last().unwrap_or_default());
    assert!(output.status.success(), "{}\n{errors}", text.lines().take(40).collect::<Vec<_>>().join("\n"));
}
