//! Memory of tails comes back under its budget, in few long writes, and nobody waits long for a core that gives it
//! back.
// Tests may panic, also outside of test functions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "storage_support/mod.rs"]
mod support;

use ringlog_sim::{MemDisk, Sim};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use support::{Options, Running, append, batch, id, open, simulate};

const TAIL_MAX: usize = 8 << 20;
/// What the loop may give back in one turn, bytes: half a megabyte and the chunk that exceeds it.
const TURN_MAX: usize = (512 << 10) + (64 << 10);

/// The budget is exceeded by many small tails: all of it at once would keep the core for milliseconds.
#[test]
fn memory_goes_back_in_slices_until_it_is_below_the_budget() {
    for seed in 0..5 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options {
                log_bytes: 64 << 20,
                unflushed_max: 64 << 20,
                tail_max: TAIL_MAX,
                ..Options::default()
            };
            let store = open(s, disk, &o).await.unwrap();
            let most = Rc::new(Cell::new(0));
            let (watched, seen) = (Rc::clone(&store), Rc::clone(&most));
            s.exec().spawn(100, async move {
                let mut flush = pin!(watched.flush_loop());
                poll_fn(|cx| {
                    let before = watched.tail_memory();
                    let done = flush.as_mut().poll(cx);
                    seen.set(seen.get().max(before.saturating_sub(watched.tail_memory())));
                    done
                })
                .await;
            });
            let run = Running::with_commits(s, disk, &o, (100, store));
            for n in 0..100 {
                for index in 0..64 {
                    let p = run.ensure(id(1, index)).await;
                    append(&run.store, &p, &batch(n, 1, 3000)).await.unwrap();
                }
            }
            s.sleep_ms(1000).await;
            run.store.tick(support::NOW_MS).await;
            let used = run.store.tail_memory();
            assert!(used <= TAIL_MAX, "seed {seed}: {used} bytes");
            assert!((100_000..=TURN_MAX).contains(&most.get()), "seed {seed}: {} bytes", most.get());
            run.kill();
        });
    }
}

/// Many partitions hold the budget, none with enough for a flush of its own. Were all of them flushed each time, the
/// writes would be as long as half of the budget's share of each; those with the most are longer.
#[test]
fn of_many_small_tails_the_longest_are_flushed() {
    const PARTITIONS: usize = 64;
    const SHARE: usize = 32 << 10;
    for seed in 0..5 {
        simulate(seed, async |s: &Sim, disk: &MemDisk| {
            let o = Options {
                log_bytes: 64 << 20,
                unflushed_max: PARTITIONS * SHARE,
                ..Options::with_segments(64 << 20)
            };
            let run = Running::start(s, disk, &o, 100).await.unwrap();
            for n in 0..400 {
                for index in 0..PARTITIONS {
                    let p = run.ensure(id(1, index as u32)).await;
                    // Of lengths that differ, as of partitions that are written now and then.
                    run.append(&p, &batch(n, 1, 100 + (n as usize * 131 + index * 977) % 1900))
                        .await
                        .unwrap();
                }
                s.sleep_ms(1).await;
            }
            let stats = run.store.stats();
            assert!(stats.segment_writes > 500, "seed {seed}: {stats:?}");
            let mean = stats.segment_bytes as usize / stats.segment_writes as usize;
            assert!(mean > SHARE * 5 / 8, "seed {seed}: writes of {mean} bytes");
            run.kill();
        });
    }
}
