//! What is there before a run: so many bytes of records, in large batches, spread over all partitions.
//!
//! Owner: the run, before its clock starts. Invariants: every batch is acknowledged by all replicas before the fill
//! is over; the records carry no stamp of a run.

use super::cluster::Cluster;
use crate::versions::connect;
use crate::{frames, interrupt};
use ringlog_wire::api::ApiKey;
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::io;
use std::net::TcpStream;

/// Bytes of one batch.
const BATCH: u64 = 128 << 10;
/// Bytes of a record's value.
const VALUE: usize = 1024;

/// Produces at least `bytes` of records. Errors: a broker's, a refusal, and an interruption.
pub fn fill(cluster: &Cluster, bytes: u64) -> io::Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_err(io::Error::other)?;
    let now_ms = i64::try_from(now.as_millis()).map_err(io::Error::other)?;
    let value: Vec<u8> = (0..VALUE).map(|i| (i * 31 % 251) as u8).collect();
    let mut builder = BatchBuilder::new(BatchOptions::default());
    while (builder.size() as u64) < BATCH {
        builder.append(now_ms, None, Some(&value), &[]);
    }
    let records = builder.build().map_err(io::Error::other)?;
    let version = cluster.versions.newest(ApiKey::Produce)?;
    let mut sockets: Vec<TcpStream> =
        cluster.brokers.iter().map(|b| connect(*b)).collect::<io::Result<_>>()?;
    let (mut memory, batches) = (frames::Memory::default(), bytes.div_ceil(records.len() as u64));
    let slots = cluster.slots.iter().enumerate().cycle();
    for (at, slot) in slots.take(usize::try_from(batches).map_err(io::Error::other)?) {
        if interrupt::is_asked() {
            return Err(interrupt::error());
        }
        let partition = u32::try_from(slot.partition).map_err(io::Error::other)?;
        let frame = frames::produce_request(version, (cluster.name(at), partition), &records)?;
        let Some(socket) = sockets.get_mut(slot.broker) else { continue };
        if let Some(why) = frames::produce(socket, &frame, &mut memory)? {
            return Err(io::Error::other(format!("while the topics were filled, {why}")));
        }
    }
    Ok(())
}
