//! Logs that are torn, damaged, lost or another node's.

use crate::rig::*;
use ringlog_sim::Sim;
use ringlog_sim::config::broker_config;
use ringlog_wire::ids::LeaderEpoch;
use std::path::PathBuf;

#[test]
fn a_torn_last_batch_is_cut_off_and_whatever_came_before_stays() {
    let sim = Sim::new(3);
    sim.run(async {
        let whole = batches(&used(&sim).await, LOG);
        let last = whole.last().unwrap().len;
        for keep in [0, 1, 11, 12, 40, 60, 61, last - 1] {
            let disk = used(&sim).await;
            disk.corrupt(&PathBuf::from(LOG), |bytes| bytes.truncate(bytes.len() - last + keep));
            let node = Running::start(&sim, &disk, &broker_config(&[]));
            node.serving(&sim).await;
            let found = node.cores[0].image.borrow().as_ref().unwrap().topic_named("t").is_some();
            assert!(!found, "the topic was in the last batch");
            assert_eq!(node.create(&sim, "t", 2).await.topics[0].error_code, 0);
            let told = node.node.log().iter().any(|(_, line)| line.contains("unfinished batch"));
            assert_eq!(told, keep > 0);
            node.node.kill();
            let again = Running::start(&sim, &disk, &broker_config(&[]));
            again.serving(&sim).await;
            assert_eq!(again.epoch_of(1, "t", 1), LeaderEpoch(1));
            again.node.kill();
        }
    });
}

#[test]
fn damage_before_a_good_batch_stops_the_start_and_changes_nothing() {
    let sim = Sim::new(4);
    sim.run(async {
        let whole = batches(&used(&sim).await, LOG);
        let mut at = 0;
        for batch in &whole[..whole.len() - 1] {
            // Length, epoch, magic, checksum, records.
            for byte in [9, 13, 16, 18, 61, batch.len - 1] {
                let disk = used(&sim).await;
                let path = PathBuf::from(LOG);
                disk.corrupt(&path, |bytes| bytes[at + byte] ^= 0x40);
                let before = disk.content(&path);
                let error = refused(&sim, &disk).await;
                assert!(error.contains("damaged"), "{error}");
                assert_eq!(disk.content(&path), before);
            }
            at += batch.len;
        }
    });
}

#[test]
fn a_lost_metadata_log_beside_data_stops_the_start() {
    let sim = Sim::new(5);
    sim.run(async {
        let disk = used(&sim).await;
        use ringlog_storage::disk::Disk;
        disk.create_dir(&PathBuf::from("/d/t-0")).await.unwrap();
        disk.unlink(&PathBuf::from(LOG)).await.unwrap();
        let error = refused(&sim, &disk).await;
        assert!(error.contains("holds partitions"), "{error}");
    });
}

#[test]
fn another_clusters_or_nodes_directory_is_refused() {
    let sim = Sim::new(6);
    sim.run(async {
        let disk = used(&sim).await;
        let meta = PathBuf::from("/d/meta.properties");
        disk.corrupt(&meta, |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            *bytes = text.replace("node.id=1", "node.id=2").into_bytes();
        });
        let error = refused(&sim, &disk).await;
        assert!(error.contains("node.id is 2, but this node is 1"), "{error}");
        disk.corrupt(&meta, |bytes| bytes.clear());
        assert!(refused(&sim, &disk).await.contains("meta.properties"));
    });
}
