//! One core's folder: checkpoints, the chain of commit log frames, and the small files beside them.
//!
//! Owner: one verification. Invariants: the newest whole checkpoint rules, as at a start; a chain that ends is a torn
//! tail, a chain that goes on behind a gap has lost a durable frame (docs/storage-format.md).

use super::{Grade, Refused, Report, list, on, small};
use ringlog_storage::buf::BLOCK;
use ringlog_storage::checkpoint::{Checkpoint, Record, SLOTS, encode};
use ringlog_storage::clean::replacement::{self, Replacement};
use ringlog_storage::commit::frame::{FrameHeader, HEADER_LEN, Link};
use ringlog_storage::layout;
use ringlog_storage::limits::FRAME_MAX;
use ringlog_storage::partition::files::{LOG_START_OFFSETS, parse_log_start_offsets};
use std::path::Path;

/// Verifies a core's folder. Returns what its newest checkpoint knows.
pub(super) fn verify(dir: &Path, report: &mut Report) -> Result<Vec<Record>, Refused> {
    let newest = checkpoints(dir, report)?;
    let starts = dir.join(LOG_START_OFFSETS);
    if let Some(bytes) = small(&starts)?
        && let Err(e) = parse_log_start_offsets(&String::from_utf8_lossy(&bytes))
    {
        report.add(Grade::Damaged, &starts, e.0);
    }
    let replacing = dir.join(replacement::NAME);
    if let Some(bytes) = small(&replacing)?
        && !bytes.is_empty()
        && Replacement::decode(&bytes).is_none()
    {
        report.add(
            Grade::Mends,
            &replacing,
            "what compaction was replacing is not told whole: it begins again",
        );
    }
    chain(dir, newest.as_ref(), report)?;
    Ok(newest.map(|c| c.records).unwrap_or_default())
}

fn checkpoints(dir: &Path, report: &mut Report) -> Result<Option<Checkpoint>, Refused> {
    let mut newest: Option<Checkpoint> = None;
    let mut bad = Vec::new();
    for name in SLOTS {
        let path = dir.join(name);
        let Some(bytes) = small(&path)?.filter(|b| !b.is_empty()) else { continue };
        match encode::decode(&bytes) {
            Ok(c) if newest.as_ref().is_none_or(|n| n.generation < c.generation) => newest = Some(c),
            Ok(_) => {}
            Err(e) => bad.push((path, e)),
        }
    }
    for (path, e) in bad {
        // One is torn when the power fails while it is written; the other one is there for that.
        let (grade, then) = match newest {
            Some(_) => (Grade::Mends, "the other one is used"),
            None => (Grade::Damaged, "a start reads every segment instead"),
        };
        report.add(grade, &path, format!("{e}: {then}"));
    }
    Ok(newest)
}

/// A whole frame and where it is.
struct Frame {
    header: FrameHeader,
    file: u32,
    position: u64,
}

fn chain(dir: &Path, newest: Option<&Checkpoint>, report: &mut Report) -> Result<(), Refused> {
    let mut frames = Vec::new();
    for name in list(dir)? {
        let Some(file) = layout::parse_log_name(&name) else { continue };
        let path = dir.join(&name);
        let bytes = std::fs::read(&path).map_err(on(&path))?;
        let Some(salt) = newest.map(|c| c.head.salt).or_else(|| FrameHeader::salt_of(&bytes)) else {
            continue;
        };
        frames.extend(whole_frames(&bytes, salt, file));
    }
    report.frames += frames.len() as u64;
    let Some(Checkpoint { head, .. }) = newest else { return Ok(()) };
    frames.retain(|f| {
        let Link { generation, sequence, .. } = f.header.link;
        generation >= head.first_generation && sequence >= head.first_sequence
    });
    frames.sort_by_key(|f| f.header.link.sequence);
    let (mut next, mut crc) = (head.first_sequence, head.first_prev_crc);
    let mut last = None;
    for frame in &frames {
        let link = &frame.header.link;
        if (link.sequence, link.prev_crc) != (next, crc) {
            let (file, position) = last.unwrap_or((frame.file, 0));
            let why = format!(
                "frame {next} of the commit log is missing or damaged, though frame {} behind it is whole ({} at byte {})",
                link.sequence,
                layout::log_name(frame.file),
                frame.position
            );
            report.at(Grade::Damaged, &dir.join(layout::log_name(file)), Some(position), None, why);
            return Ok(());
        }
        (next, crc) = (next + 1, frame.header.crc);
        last = Some((frame.file, frame.position + frame.header.disk_len() as u64));
    }
    if head.log_used && last.is_none() {
        let why = format!("the newest checkpoint needs frame {next} of the commit log, which is in no file");
        report.add(Grade::Damaged, dir, why);
    }
    Ok(())
}

fn whole_frames(bytes: &[u8], salt: u64, file: u32) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut position = 0;
    while let Some(rest) = bytes.get(position..).filter(|rest| rest.len() >= HEADER_LEN) {
        let header = FrameHeader::parse(rest, salt, FRAME_MAX).filter(|h| h.verifies(rest));
        let Some(header) = header else {
            position += BLOCK;
            continue;
        };
        frames.push(Frame { header, file, position: position as u64 });
        position += header.disk_len();
    }
    frames
}
