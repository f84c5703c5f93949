//! Reading a partition of `__consumer_offsets` from its start to its end, record by record.
//!
//! Owner: one load. Invariants: a coordinator is complete or it is not handed out; what is read is checked, and a
//! partition that cannot be read never answers as if it were empty.

use super::coordinator::Coordinator;
use super::limits::LOAD_BYTES;
use crate::calls::yield_now;
use crate::env::{Env, FileOf};
use crate::partition::Leader;
use bytes::{Bytes, BytesMut};
use ringlog_storage::buf::{AlignedBuf, Gauge};
use ringlog_storage::disk::{Disk, FileRegion};
use ringlog_storage::read::ReadPart;
use ringlog_wire::compress::{Codec, decompress};
use ringlog_wire::ids::Offset;
use ringlog_wire::record::batch::Batches;
use ringlog_wire::record::walk::Records;

/// Replays `leader`'s partition into `coordinator`. Returns how many records there were.
///
/// Errors: what could not be read, for a person.
pub async fn load<E: Env>(env: &E, leader: &Leader<E>, coordinator: &mut Coordinator) -> Result<u64, String> {
    let mut from = leader.log_start();
    let mut count = 0;
    while from < leader.high_watermark() {
        let read = leader.read(from, LOAD_BYTES).await.map_err(|e| e.to_string())?;
        if read.len == 0 {
            // Compaction has taken the end of the log.
            break;
        }
        let mut bytes = BytesMut::with_capacity(read.len);
        for part in read.parts {
            match part {
                ReadPart::Bytes(b) => bytes.extend_from_slice(&b),
                ReadPart::File(region) => read_region(env, &region, &mut bytes).await?,
            }
        }
        let (records, next) = replay(&bytes.freeze(), coordinator).await?;
        count += records;
        if next <= from {
            return Err(format!("the log does not go on behind offset {from}"));
        }
        from = next;
        yield_now().await;
    }
    Ok(count)
}

async fn read_region<E: Env>(
    env: &E,
    region: &FileRegion<FileOf<E>>,
    into: &mut BytesMut,
) -> Result<(), String> {
    let mut buf = AlignedBuf::zeroed(region.len.min(LOAD_BYTES), &Gauge::default());
    let mut at = 0;
    while at < region.len {
        let len = (region.len - at).min(buf.capacity());
        let (read, back) = env.disk().read_at(&region.file, buf, region.pos + at as u64, len).await;
        buf = back;
        match read {
            Ok(0) => return Err("a segment ends before its index says so".to_owned()),
            Ok(n) => {
                into.extend_from_slice(buf.as_slice().get(..n.min(len)).unwrap_or_default());
                at += n.min(len);
            }
            Err(e) => return Err(e.to_string()),
        }
    }
    Ok(())
}

/// Records that are replayed before other tasks of the core get a turn: well below a millisecond.
const RECORDS_PER_TURN: u64 = 256;

/// Replays whole batches. Returns the number of records, and the offset behind them.
async fn replay(bytes: &Bytes, coordinator: &mut Coordinator) -> Result<(u64, Offset), String> {
    let mut count = 0;
    let mut next = Offset::ZERO;
    for batch in Batches::new(bytes) {
        let batch = batch.map_err(|e| format!("{e:?}"))?;
        let header = *batch.header();
        let at = |what: &dyn std::fmt::Display| format!("batch at offset {}: {what}", header.base_offset);
        batch.check_crc().map_err(|e| at(&format_args!("{e:?}")))?;
        next = Offset::from_wire(header.next_offset()).ok_or_else(|| at(&"its offsets are negative"))?;
        if header.attributes.is_control() {
            continue;
        }
        let payload = bytes.slice_ref(batch.payload());
        let codec = header.attributes.codec().ok_or_else(|| at(&"unknown compression"))?;
        let payload = match codec {
            Codec::None => payload,
            codec => decompress(codec, &payload, &Default::default())
                .map_err(|e| at(&format_args!("{e:?}")))?
                .into(),
        };
        for record in Records::new(&payload, header.records_count) {
            let record = record.map_err(|e| at(&e))?;
            let Some(key) = record.key else { continue };
            let (key, value) = (payload.slice_ref(key), record.value.map(|v| payload.slice_ref(v)));
            coordinator.replay(&key, value.as_ref()).map_err(|e| at(&format_args!("{e:?}")))?;
            count += 1;
            if count % RECORDS_PER_TURN == 0 {
                yield_now().await;
            }
        }
    }
    Ok((count, next))
}
