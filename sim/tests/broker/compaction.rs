//! Compaction in a running broker: user topics and `__consumer_offsets`, and what clients see of it.

use crate::groups::{commit, committed, find};
use crate::harness::*;
use ringlog_shard::limits::Limits;
use ringlog_sim::Sim;
use ringlog_wire::record::batch::Batches;

const VALUE: usize = 60_000;

/// Every record from `from` to the end: offset and first byte of its value.
async fn read_on(c: &mut Client, topic: &str, mut from: i64) -> Vec<(i64, u8)> {
    let mut all = Vec::new();
    loop {
        let got = c.fetch(topic, 0, from).await;
        assert_eq!(got.error_code, 0);
        let bytes = got.records.unwrap_or_default();
        let found = records(&bytes);
        all.extend(found.iter().filter(|(o, _)| *o >= from).map(|(o, v)| (*o, v[0])));
        // A batch without records moves a reader on, too.
        let Some(last) = Batches::new(&bytes).last() else { return all };
        from = last.unwrap().header().next_offset();
    }
}

#[test]
fn the_last_record_of_a_key_stays_and_readers_go_on() {
    with_broker(1, |b| async move {
        let mut c = b.client(0);
        c.create("t", 1, &[("cleanup.policy", "compact"), ("segment.bytes", "1048576")]).await;
        c.create("kept", 1, &[("segment.bytes", "1048576")]).await;
        for n in 0..50u8 {
            for topic in ["t", "kept"] {
                let answer = c.produce(topic, 0, batch(&[&[n; VALUE]])).await;
                assert_eq!((answer.error_code, answer.base_offset), (0, i64::from(n)));
            }
        }
        b.until(|| b.logged("compacted") > 0).await;
        let left = read_on(&mut c, "t", 0).await;
        assert!(left.len() < 40, "two closed segments became one record: {left:?}");
        assert_eq!(left.last(), Some(&(49, 49)));
        assert!(left.iter().all(|(offset, value)| *offset == i64::from(*value)));
        // From an offset that compaction took, a reader goes on with the next that is there.
        let first = left[0].0;
        assert!(first > 5);
        assert_eq!(read_on(&mut c, "t", 5).await, left);
        assert_eq!(read_on(&mut c, "kept", 0).await.len(), 50, "another policy");
        let answer = c.produce("t", 0, batch(&[&[50; 10]])).await;
        assert_eq!((answer.error_code, answer.base_offset), (0, 50));
    });
}

/// What a group committed survives the compaction of what it had committed before, and the restart behind it.
#[test]
fn offsets_of_groups_are_compacted_and_load_again() {
    let sim = Sim::new(5);
    let disk = sim.disk();
    let limits = Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() };
    let compacted = sim.clone().run(async move {
        let small = [("offsets.topic.num.partitions", "1"), ("offsets.topic.segment.bytes", "1048576")];
        let b = Broker::start_with(&sim, &disk, 1, (limits.clone(), &small)).await;
        let mut c = b.client(0);
        c.create("t", 1, &[]).await;
        find(&mut c, 3, "g0").await;
        let mut n = 0;
        while b.logged("compacted") == 0 {
            for group in 0..100 {
                assert_eq!(commit(&mut c, &format!("g{group}"), n).await, 0);
            }
            n += 1;
        }
        let lines = b.logged("compacted");
        b.node.kill();
        let b = Broker::start_with(&sim, &disk, 1, (limits, &small)).await;
        let mut c = b.client(0);
        for group in 0..100 {
            assert_eq!(committed(&mut c, &format!("g{group}")).await, n - 1);
        }
        b.node.kill();
        lines
    });
    assert!(compacted > 0);
}
