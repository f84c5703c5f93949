//! What a steady load allocates: nothing per record, nothing per partition, next to nothing per request.
//!
//! The allocator of this test binary counts what the broker's tasks ask for; what the simulated kernel, disk and
//! wire take is not the broker's. Buffers of a block and more are counted apart: they are the memory of the log.
#![allow(unsafe_code)]

use crate::harness::*;
use ringlog_shard::limits::Limits;
use ringlog_sim::{Sim, world};
use ringlog_wire::generated::{FetchResponse, ProduceRequest, ProduceResponse};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;

/// A buffer of the log is at least this long; nothing else of a small request is.
const BLOCK: usize = 4096;

thread_local! {
    static SMALL: Cell<u64> = const { Cell::new(0) };
    static BLOCKS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

fn count(size: usize) {
    if world::is_broker() {
        let counter = if size < BLOCK { &SMALL } else { &BLOCKS };
        counter.set(counter.get() + 1);
    }
}

// SAFETY: every call is handed to the system's allocator as it came; counting touches only cells of this thread
// that need no initialization and no allocation.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Small allocations and blocks of `ROUNDS` calls of `call`, after as many that warm up.
async fn steady(mut call: impl AsyncFnMut()) -> (u64, u64) {
    for _ in 0..ROUNDS {
        call().await;
    }
    let before = (SMALL.get(), BLOCKS.get());
    for _ in 0..ROUNDS {
        call().await;
    }
    (SMALL.get() - before.0, BLOCKS.get() - before.1)
}

const ROUNDS: u64 = 100;

/// Runs `test` against a broker whose commit log does not fill up meanwhile: flushing has memory of its own.
fn with_room<F: Future<Output = ()>>(cores: u16, test: impl Fn(Broker) -> F) {
    let sim = Sim::new(1);
    let disk = sim.disk();
    let limits = Limits { commit_log_bytes_max: 128 << 20, ..Limits::default() };
    sim.run(async {
        let broker = Broker::start(&sim, &disk, cores, limits).await;
        // The commit log's files are filled with zeros in the background.
        sim.sleep_ms(20_000).await;
        test(broker).await;
    });
}

async fn produced(b: &Broker, partitions: i32, records: usize) -> (u64, u64) {
    let mut c = b.client(0);
    let topic = format!("p{partitions}-{records}");
    c.create(&topic, partitions, &[]).await;
    let batch = batch(&vec![&b"v"[..]; records]);
    let all = (0..partitions).map(|i| (i, Some(batch.clone())));
    let request: ProduceRequest = produce_request(-1, &topic, all.collect());
    steady(async || {
        let response: ProduceResponse = c.call(9, &request).await;
        let mut all = response.responses.iter().flat_map(|t| &t.partition_responses);
        assert!(all.all(|p| p.error_code == 0));
    })
    .await
}

#[test]
fn a_steady_produce_allocates_nothing_per_record_partition_or_request() {
    for cores in [1, 2] {
        with_room(cores, |b| async move {
            for (partitions, records) in [(1, 1), (1, 100), (100, 1), (100, 100)] {
                let (small, blocks) = produced(&b, partitions, records).await;
                println!(
                    "{cores} cores, {partitions} partitions, {records} records: {small}, {blocks} blocks"
                );
                // A list grows now and then: that of a tail's marks, of a frame's partitions, of those who wait.
                let lists = 8 * partitions as u64 + ROUNDS / 10;
                assert!(small <= lists, "{small} in {ROUNDS} requests of {partitions} partitions");
                // The tail takes its memory in chunks that double up to 256 KiB.
                assert!(blocks <= 6 * partitions as u64 + ROUNDS / 10, "{blocks} blocks");
            }
        });
    }
}

async fn fetched(b: &Broker, partitions: i32, records: usize, from: i64) -> (u64, u64) {
    let mut c = b.client(0);
    let topic = format!("f{partitions}-{records}-{from}");
    c.create(&topic, partitions, &[]).await;
    let batch = batch(&vec![&b"v"[..]; records]);
    for i in 0..partitions {
        c.produce(&topic, i, batch.clone()).await;
    }
    let at: Vec<_> = (0..partitions).map(|i| (i, from)).collect();
    let request = fetch_request(&topic, &at);
    let expected = if from == 0 { batch.len() } else { 0 };
    steady(async || {
        let response: FetchResponse = c.call(11, &request).await;
        assert!(summary(&response).iter().all(|(_, e, n)| *e == 0 && *n == expected));
    })
    .await
}

#[test]
fn a_steady_fetch_allocates_nothing_per_record_and_one_handle_per_partition_that_brings_some() {
    for (cores, crossing) in [(1, 0), (2, 12)] {
        with_room(cores, |b| async move {
            for (partitions, records) in [(1, 1), (1, 100), (100, 1), (100, 100)] {
                let (small, blocks) = fetched(&b, partitions, records, 0).await;
                println!(
                    "{cores} cores, {partitions} partitions, {records} records: {small}, {blocks} blocks"
                );
                // One handle for each slice of a tail. What crosses to another core and back has lists of its own.
                let handles = ROUNDS * partitions as u64;
                let heads = if partitions > 1 { 4 * ROUNDS } else { 0 };
                assert!(small <= handles + heads + crossing * ROUNDS + ROUNDS / 10, "{small}");
                assert!(blocks <= heads + crossing * ROUNDS, "{blocks} blocks");
                let (small, blocks) = fetched(&b, partitions, records, records as i64).await;
                println!("{cores} cores, {partitions} partitions, nothing new: {small}, {blocks} blocks");
                assert!(small <= heads + crossing * ROUNDS + ROUNDS / 10, "{small} with nothing to bring");
                assert!(blocks <= heads + crossing * ROUNDS, "{blocks} blocks");
            }
        });
    }
}
