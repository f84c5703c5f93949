//! A broker whose disk fills: produce is refused with the reason, everything else goes on, and it heals by itself.

use crate::harness::*;
use ringlog_shard::limits::Limits;
use ringlog_sim::{MemDisk, Sim};
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use ringlog_wire::generated::{DeleteRecordsRequest, DescribeLogDirsRequest};

const RESERVE: u64 = 4 << 20;

/// Leaves `free` bytes to the broker.
fn leave_free(disk: &MemDisk, free: u64) {
    disk.set_capacity(Some(disk.used() + free));
}

async fn start(sim: &Sim, disk: &MemDisk) -> Broker {
    let limits = Limits { commit_log_bytes_max: 8 << 20, ..Limits::default() };
    let configs = [
        ("offsets.topic.num.partitions", "1"),
        ("ringlog.log.dir.reserve.bytes", "4194304"),
        ("log.retention.check.interval.ms", "1000"),
    ];
    Broker::start_with(sim, disk, 2, (limits, &configs)).await
}

/// Produces until it is refused. Returns the answer and how much was taken.
async fn fill(c: &mut Client, topic: &str) -> (i16, String, u64) {
    for n in 0..2000 {
        let answer = c.produce(topic, 0, batch(&[&[7; 30_000]])).await;
        if answer.error_code != 0 {
            return (answer.error_code, answer.error_message.unwrap_or_default(), n);
        }
    }
    panic!("the disk has an end");
}

#[test]
fn a_full_disk_refuses_produce_with_its_numbers_and_deleting_a_topic_heals_it() {
    for seed in 0..5 {
        simulate(seed, async |sim: &Sim, disk: &MemDisk| {
            let b = start(sim, disk).await;
            let mut c = b.client(0);
            for topic in ["a", "b", "c"] {
                c.create(topic, 1, &[("segment.bytes", "1048576"), ("file.delete.delay.ms", "0")]).await;
            }
            sim.sleep_ms(2000).await;
            leave_free(disk, 3 * RESERVE);
            let (code, why, taken) = fill(&mut c, "a").await;
            assert_eq!(code, E::KafkaStorageError.code());
            for part in ["/d", "4194304", "ringlog.log.dir.reserve.bytes", "delete topics or records"] {
                assert!(why.contains(part), "{part} in: {why}");
            }
            sim.sleep_ms(2500).await;
            assert_eq!(b.logged("warn[R057]"), 1, "one line, not one for each core: {:?}", b.node.log());
            // The other core may have room reserved; the directory is full for it as well.
            for topic in ["a", "b", "c"] {
                let refused = c.produce(topic, 0, batch(&[b"x"])).await;
                assert_eq!(refused.error_code, E::KafkaStorageError.code(), "seed {seed} {topic}");
            }
            let got = c.fetch("a", 0, taken as i64 - 1).await;
            assert_eq!((got.error_code, got.high_watermark), (0, taken as i64));
            let dirs = c.call(4, &DescribeLogDirsRequest { topics: None }).await;
            assert_eq!(dirs.results[0].error_code, 0, "it is online");
            // Topics can be made meanwhile, and serve when there is room.
            c.create("d", 3, &[]).await;

            if seed % 2 == 0 {
                c.delete("a").await;
            } else {
                let partitions = vec![DeleteRecordsPartition { partition_index: 0, offset: -1 }];
                let topics = vec![DeleteRecordsTopic { name: "a".to_owned(), partitions }];
                let gone = c.call(2, &DeleteRecordsRequest { topics, timeout_ms: 5000 }).await;
                assert_eq!(gone.topics[0].partitions[0].error_code, 0);
            }
            b.until(|| b.logged("has room again") > 0).await;
            assert_eq!(b.logged("warn[R057]"), 1);
            for topic in ["b", "c", "d"] {
                assert_eq!(c.produce(topic, 0, batch(&[b"x"])).await.error_code, 0, "seed {seed} {topic}");
            }
            b.node.kill();
        });
    }
}

#[test]
fn a_topic_made_on_a_disk_without_a_free_byte_is_served_when_there_is_room() {
    simulate(3, async |sim: &Sim, disk: &MemDisk| {
        let b = start(sim, disk).await;
        let mut c = b.client(0);
        c.create("before", 1, &[]).await;
        // A file of the commit log that is being filled would give its space back.
        sim.sleep_ms(5000).await;
        leave_free(disk, 0);
        sim.sleep_ms(1500).await;
        // The metadata log has room of its own; the partition's folder has not.
        c.create("after", 1, &[]).await;
        assert!(b.logged("error[R051]") > 0, "{:?}", b.node.log());
        let refused = c.produce("after", 0, batch(&[b"x"])).await;
        assert_eq!(refused.error_code, E::KafkaStorageError.code());
        disk.set_capacity(None);
        b.until(|| b.logged("could be created and is served now") == 1).await;
        assert_eq!(c.produce("after", 0, batch(&[b"x"])).await.error_code, 0);
        b.node.kill();
    });
}
