//! A peer in another language: a program that compares our samples and brings its own.
//!
//! Owner: one comparison. The program is called with three more arguments: the file of our samples, the file that
//! it is to write its own samples to, and how many of each message and version. It prints lines:
//!
//! ```text
//! same NAME VERSION COUNT     read and written again, equal
//! differs TEXT                anything that is not
//! more TEXT                   a message that it has and that our samples lack
//! unknown NAME VERSION        it cannot know this one; listed, not a difference
//! note TEXT                   a known deviation of its own
//! ```

use crate::pairs::Pairs;
use crate::sample_lines;
use ringlog_wire::sample::{Codec, codecs, lines};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs `command` and judges what it says and brings.
///
/// Errors: it does not run, does not account for every pair of ours, or something differs.
pub fn compare(name: &str, seeds: u64, command: &[&str]) -> Result<(), String> {
    let io = |e: std::io::Error| format!("{name}: {e}");
    let dir = std::env::temp_dir().join(format!("ringlog-peers-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).map_err(io)?;
    let (ours, theirs) = (dir.join("ours"), dir.join("theirs"));
    let samples = lines(seeds);
    std::fs::write(&ours, &samples).map_err(io)?;
    let said = run(command, &ours, &theirs, seeds);
    let brought = std::fs::read_to_string(&theirs);
    std::fs::remove_dir_all(&dir).map_err(io)?;
    let mut pairs = Pairs::new(name);
    judge_ours(&mut pairs, &said?, &samples);
    judge_theirs(&mut pairs, &brought.map_err(io)?);
    pairs.report()?;
    println!("{name}: CRC-32C of the samples it accepted: {}", crc32c::crc32c(samples.as_bytes()));
    Ok(())
}

fn run(command: &[&str], ours: &Path, theirs: &Path, seeds: u64) -> Result<String, String> {
    let (program, args) = command.split_first().ok_or("no command")?;
    let output = Command::new(program)
        .args(args)
        .args([ours, theirs])
        .arg(seeds.to_string())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("{program}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{program}: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|e| e.to_string())
}

fn judge_ours(pairs: &mut Pairs, said: &str, samples: &str) {
    let mut open: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for line in samples.lines() {
        let mut words = line.split(' ');
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            *open.entry((name, version)).or_default() += 1;
        }
    }
    for line in said.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["same", name, version, count] => {
                let counted = open.remove(&(*name, *version));
                match (counted, version.parse(), count.parse()) {
                    (Some(sent), Ok(version), Ok(count)) if sent == count => {
                        pairs.ours_equal(name, version, count);
                    }
                    _ => pairs.differs(format!("{line}: {counted:?} were sent")),
                }
            }
            ["unknown", name, version] => {
                open.remove(&(*name, *version));
            }
            ["differs", ..] => pairs.differs(line.into()),
            ["more", rest @ ..] => pairs.only_theirs(rest.join(" ")),
            ["note", rest @ ..] => pairs.note(rest.join(" ")),
            _ => pairs.differs(format!("not understood: {line}")),
        }
    }
    for ((name, version), _) in open {
        pairs.differs(format!("{name} {version}: the driver says nothing of it"));
    }
}

fn judge_theirs(pairs: &mut Pairs, brought: &str) {
    let known: BTreeMap<&str, Codec> = codecs().into_iter().map(|c| (c.name, c)).collect();
    for line in brought.lines() {
        let sample = match sample_lines::parse(line) {
            Ok(sample) => sample,
            Err(e) => {
                pairs.differs(e);
                continue;
            }
        };
        let Some(codec) = known.get(sample.name) else {
            pairs.differs(format!("{}: brought, but not ours", sample.name));
            continue;
        };
        match (codec.again)(&sample.bytes, sample.version) {
            Ok(bytes) if bytes == sample.bytes => pairs.theirs_equal(sample.name, sample.version, 1),
            Ok(bytes) => pairs.differs(format!("{line}: we write {}", sample_lines::hex(&bytes))),
            Err(e) => pairs.differs(format!("{line}: we cannot read it: {e}")),
        }
    }
}
