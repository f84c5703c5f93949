//! Prints a commit log file: every whole frame with its place in the chain, and the entries in it.
//!
//! Owner: one call. Invariants: a frame is shown only if its CRC fits; no input panics it. A recycled file shows
//! the frames of its newest generation first; frames of older generations behind them are marked as stale.

use ringlog_storage::buf::BLOCK;
use ringlog_storage::commit::entry::{Entry, decode};
use ringlog_storage::commit::frame::{FrameHeader, HEADER_LEN};
use ringlog_storage::limits::FRAME_MAX;
use serde_json::json;

/// The lines for one file. Errors: it holds no frame at all.
pub fn show(file: &[u8], as_json: bool) -> Result<Vec<String>, String> {
    let salt = FrameHeader::salt_of(file).ok_or("no frame at its front: the file was never used")?;
    let mut out = Vec::new();
    let mut newest = None;
    let mut position = 0;
    while let Some(rest) = file.get(position..).filter(|rest| rest.len() >= HEADER_LEN) {
        let header = FrameHeader::parse(rest, salt, FRAME_MAX).filter(|h| h.verifies(rest));
        let Some(header) = header else {
            position += BLOCK;
            continue;
        };
        let generation = *newest.get_or_insert(header.link.generation);
        frame(&header, position, header.link.generation < generation, as_json, &mut out);
        entries(rest.get(HEADER_LEN..header.len).unwrap_or_default(), as_json, &mut out);
        position += header.disk_len();
    }
    Ok(out)
}

fn frame(header: &FrameHeader, position: usize, stale: bool, as_json: bool, out: &mut Vec<String>) {
    let link = &header.link;
    out.push(if as_json {
        json!({"frame": link.sequence, "generation": link.generation, "position": position,
               "size": header.len, "prevCrc": link.prev_crc, "crc": header.crc, "stale": stale})
        .to_string()
    } else {
        format!(
            "frame: {} generation: {} position: {position} size: {} prevCrc: {} crc: {}{}",
            link.sequence,
            link.generation,
            header.len,
            link.prev_crc,
            header.crc,
            if stale { " stale" } else { "" }
        )
    });
}

fn entries(mut payload: &[u8], as_json: bool, out: &mut Vec<String>) {
    while !payload.is_empty() {
        match decode(payload) {
            Ok((entry, rest)) => {
                out.push(if as_json { as_object(&entry) } else { as_line(&entry) });
                payload = rest;
            }
            Err(e) => {
                out.push(if as_json {
                    json!({"error": e.to_string()}).to_string()
                } else {
                    format!("  {e}")
                });
                return;
            }
        }
    }
}

fn as_line(entry: &Entry<'_>) -> String {
    match entry {
        Entry::Append(a) => format!(
            "  append {:?} epoch: {} baseOffset: {} segment: {} position: {} size: {}",
            a.partition,
            a.epoch.0,
            a.base_offset,
            a.place.segment,
            a.place.pos,
            a.bytes.len()
        ),
        Entry::Truncate { partition, offset, place } => format!(
            "  truncate {partition:?} offset: {offset} segment: {} position: {}",
            place.segment, place.pos
        ),
        Entry::LogStart { partition, offset } => format!("  log_start {partition:?} offset: {offset}"),
        Entry::Extent(e) => format!(
            "  extent {:?} epoch: {} segment: {} position: {} size: {} crc: {} beside: {}",
            e.partition, e.epoch.0, e.place.segment, e.place.pos, e.len, e.crc, e.beside
        ),
        Entry::Closed => "  closed".to_owned(),
    }
}

fn as_object(entry: &Entry<'_>) -> String {
    let id =
        |p: &ringlog_wire::ids::PartitionId| json!({"topicId": p.topic.to_string(), "partition": p.index});
    match entry {
        Entry::Append(a) => json!({"entry": "append", "of": id(&a.partition), "epoch": a.epoch.0,
            "baseOffset": a.base_offset.0, "segment": a.place.segment.0, "position": a.place.pos,
            "size": a.bytes.len()}),
        Entry::Truncate { partition, offset, place } => json!({"entry": "truncate", "of": id(partition),
            "offset": offset.0, "segment": place.segment.0, "position": place.pos}),
        Entry::LogStart { partition, offset } => {
            json!({"entry": "log_start", "of": id(partition), "offset": offset.0})
        }
        Entry::Extent(e) => json!({"entry": "extent", "of": id(&e.partition), "epoch": e.epoch.0,
            "segment": e.place.segment.0, "position": e.place.pos, "size": e.len, "crc": e.crc, "beside": e.beside}),
        Entry::Closed => json!({"entry": "closed"}),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_storage::buf::Gauge;
    use ringlog_storage::commit::entry::{append_head, bare_head};
    use ringlog_storage::commit::{FrameBuf, Link};
    use ringlog_wire::ids::{LeaderEpoch, Offset, PartitionId, TopicId};

    fn file() -> Vec<u8> {
        let partition = PartitionId { topic: TopicId::METADATA, index: 3 };
        let place = ringlog_storage::partition::LogPosition { segment: Offset(0), pos: 8192 };
        let mut file = Vec::new();
        for (generation, sequence) in [(5, 40), (5, 41), (4, 12)] {
            let mut frame = FrameBuf::new(BLOCK, &Gauge::default());
            frame.push(&append_head(partition, LeaderEpoch(2), Offset(77), place, 3), &[b"abc"]);
            frame.push(&bare_head(&Entry::Closed), &[]);
            let (buf, len, _) = frame.seal(&Link { salt: 9, generation, sequence, prev_crc: 1 });
            file.extend_from_slice(&buf.as_slice()[..len]);
        }
        file
    }

    #[test]
    fn frames_entries_and_stale_frames_are_shown() {
        let lines = show(&file(), false).unwrap();
        assert_eq!(lines.len(), 9);
        assert!(lines[0].starts_with("frame: 40 generation: 5 position: 0 size: "), "{}", lines[0]);
        assert_eq!(
            lines[1],
            "  append AAAAAAAAAAAAAAAAAAAAAQ-3 epoch: 2 baseOffset: 77 segment: 0 position: 8192 size: 3"
        );
        assert_eq!(lines[2], "  closed");
        assert!(!lines[3].ends_with("stale") && lines[6].ends_with("stale"));
        for line in show(&file(), true).unwrap() {
            let _: serde_json::Value = serde_json::from_str(&line).unwrap();
        }
    }

    #[test]
    fn damaged_and_foreign_files_are_said_to_be_so() {
        assert!(show(&[], false).is_err());
        assert!(show(&[7; 5000], false).is_err());
        let mut damaged = file();
        damaged[100] ^= 1;
        assert!(show(&damaged, false).unwrap()[0].starts_with("frame: 41 "));
        for at in 0..damaged.len() {
            let _ = show(&damaged[..at / 7], false);
        }
    }
}
