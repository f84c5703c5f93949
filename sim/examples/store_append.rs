//! What one append costs the core: tail copy, frame copy, bookkeeping, sealing; the disk answers at once.
//!
//! `cargo run --release -p ringlog-sim --example store_append -- [partitions] [appends]`
//! Prints nanoseconds of wall time per append for groups of 64 appends of 1 KiB, as 64 connections would make.

use bytes::Bytes;
use ringlog_sim::{MemDisk, block_on};
use ringlog_storage::disk::Disk;
use ringlog_storage::partition::{AppendStamp, LogConfig};
use ringlog_storage::store::{AppendReject, Known, OpenContext, Store, StoreConfig, prepare};
use ringlog_wire::ids::{LeaderEpoch, PartitionId, TopicId};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Instant;

/// Polls everything once.
fn turn(tasks: &mut [std::pin::Pin<&mut dyn Future<Output = ()>>]) {
    let mut cx = Context::from_waker(Waker::noop());
    for task in tasks {
        let _ = task.as_mut().poll(&mut cx);
    }
}

fn batch() -> Bytes {
    let mut b = BatchBuilder::new(BatchOptions::default());
    b.append(1, None, Some(&[7; 950]), &[]);
    b.build().expect("a small batch")
}

fn main() {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<u32>().expect("a number"));
    let (partitions, appends) = (args.next().unwrap_or(1), args.next().unwrap_or(200_000));
    let disk = MemDisk::default();
    let known = |_| Some(Known { topic: "t".into(), log: LogConfig::default() });
    let mut config = StoreConfig::new(PathBuf::from("/d"), 0, 1, 1);
    config.partitions = partitions as usize;
    let store = block_on(async {
        disk.create_dir(Path::new("/d")).await.expect("memory");
        let context = || OpenContext { known: &known, progress: &|_| {}, pause: async |_| {}, now_ms: 0 };
        prepare(&disk, &config, &context()).await.expect("memory");
        Store::open(disk.clone(), config.clone(), context()).await.expect("memory")
    });
    let mut commit = pin!(async {
        let mut durable = Vec::new();
        while store.commit_next(&mut durable).await.is_ok() {}
    });
    let mut flush = pin!(store.flush_loop());
    let mut all = Vec::new();
    for index in 0..partitions {
        let id = PartitionId { topic: TopicId([1; 16]), index };
        let known = known(id).expect("known");
        all.push(block_on(store.create_partition(id, &known, 0)).expect("memory"));
    }
    let batch = batch();
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: None, max_timestamp: 1 };
    let (mut spent, mut done, mut busy) = (0u128, 0u32, 0u32);
    let mut next = all.iter().cycle();
    while done < appends {
        let start = Instant::now();
        for _ in 0..64 {
            let Some(p) = next.next() else { return };
            match p.append(&batch, &stamp, 0) {
                Ok(_) => done += 1,
                Err(AppendReject::Busy) => busy += 1,
                Err(e) => panic!("{e:?}"),
            }
        }
        spent += start.elapsed().as_nanos();
        turn(&mut [commit.as_mut(), flush.as_mut()]);
    }
    let stats = store.stats();
    println!(
        "{partitions} partitions, {} bytes: {} ns per append, {busy} busy, {stats:?}",
        batch.len(),
        spent / u128::from(done)
    );
}
