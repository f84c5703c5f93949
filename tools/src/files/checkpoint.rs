//! Prints a checkpoint: what it covers, then one line for each partition.
//!
//! Owner: one call. Invariant: a checkpoint whose CRC or version does not fit is an error, never half shown.

use ringlog_storage::checkpoint::encode::decode;
use ringlog_storage::checkpoint::{Checkpoint, Record};
use serde_json::json;

/// The lines for one file. Errors: it is no whole checkpoint of a version known here.
pub fn show(file: &[u8], as_json: bool) -> Result<Vec<String>, String> {
    let checkpoint = decode(file).map_err(|e| e.to_string())?;
    let mut out = vec![head(&checkpoint, as_json)];
    out.extend(checkpoint.records.iter().map(|r| if as_json { as_object(r) } else { as_line(r) }));
    Ok(out)
}

fn head(c: &Checkpoint, as_json: bool) -> String {
    let h = &c.head;
    if as_json {
        return json!({"checkpoint": c.generation, "core": h.core, "cores": h.cores, "clean": h.clean,
            "layoutGeneration": h.layout_generation, "firstGeneration": h.first_generation,
            "firstFrame": h.first_sequence, "partitions": c.records.len()})
        .to_string();
    }
    format!(
        "checkpoint: {} core: {} of {} clean: {} layout: {} firstGeneration: {} firstFrame: {} partitions: {}",
        c.generation,
        h.core,
        h.cores,
        h.clean,
        h.layout_generation,
        h.first_generation,
        h.first_sequence,
        c.records.len()
    )
}

fn as_line(r: &Record) -> String {
    let flushed = r.segments.last().map_or((0, 0), |s| (s.base, s.flushed));
    format!(
        "{}-{} topicId: {} logStart: {} highWatermark: {} end: {} segments: {} flushed: {}@{} producers: {}",
        r.name,
        r.index,
        r.id().topic,
        r.log_start,
        r.high_watermark,
        r.end,
        r.segments.len(),
        flushed.1,
        flushed.0,
        r.producers.len()
    )
}

fn as_object(r: &Record) -> String {
    let segments: Vec<_> =
        r.segments.iter().map(|s| json!({"base": s.base, "size": s.size, "flushed": s.flushed})).collect();
    json!({"topic": r.name, "partition": r.index, "topicId": r.id().topic.to_string(), "logStart": r.log_start,
        "highWatermark": r.high_watermark, "end": r.end, "segments": segments, "producers": r.producers.len()})
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_storage::checkpoint::{Encoder, Head};

    fn file() -> Vec<u8> {
        let head = Head {
            layout_generation: 1,
            core: 0,
            cores: 2,
            salt: 7,
            first_generation: 3,
            first_sequence: 99,
            first_prev_crc: 5,
            log_used: true,
            clean: false,
        };
        Encoder::new(&head).finish(12).to_vec()
    }

    #[test]
    fn a_whole_checkpoint_is_shown_and_a_damaged_one_refused() {
        let lines = show(&file(), false).unwrap();
        assert!(lines[0].starts_with("checkpoint: 12 core: 0 of 2 clean: false"), "{}", lines[0]);
        let object: serde_json::Value = serde_json::from_str(&show(&file(), true).unwrap()[0]).unwrap();
        assert_eq!(object["firstFrame"], 99);
        let (used, body) = (28, ringlog_storage::checkpoint::encode::HEADER_LEN);
        // Between them lies padding, which nothing reads.
        for at in (0..used).chain(body..file().len()) {
            let mut damaged = file();
            damaged[at] ^= 1;
            assert!(show(&damaged, false).is_err(), "byte {at} changed unseen");
        }
    }
}
