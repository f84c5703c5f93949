//! Snapshots: when one is written, and what it replaces.

use crate::rig::*;
use ringlog_shard::control::msg::ControlRequest;
use ringlog_sim::Sim;
use ringlog_sim::config::broker_config;
use ringlog_wire::generated::DeleteTopicsRequest;
use ringlog_wire::ids::LeaderEpoch;

#[test]
fn a_snapshot_replaces_the_log_before_it() {
    let sim = Sim::new(9);
    let disk = sim.disk();
    sim.run(async {
        let small = broker_config(&[("metadata.log.max.record.bytes.between.snapshots", "2000")]);
        let mut cluster = String::new();
        for starts in 0..6 {
            let node = Running::start(&sim, &disk, &small);
            node.serving(&sim).await;
            let id = node.ready.lock().unwrap().as_ref().unwrap().cluster_id.clone();
            assert!(cluster.is_empty() || cluster == id);
            cluster = id;
            for i in 0..5 {
                let name = format!("t{starts}-{i}");
                assert_eq!(node.create(&sim, &name, 3).await.topics[0].error_code, 0);
            }
            let delete =
                DeleteTopicsRequest { topic_names: vec![format!("t{starts}-0")], ..Default::default() };
            node.call(&sim, 0, ControlRequest::DeleteTopics(delete)).await;
            if starts % 2 == 0 { node.node.kill() } else { node.node.cut_power(sim.rng()) }
        }
        let node = Running::start(&sim, &disk, &small);
        node.serving(&sim).await;
        let image = node.cores[0].image.borrow();
        let image = image.as_ref().unwrap();
        assert_eq!(image.topic_count(), 24);
        assert_eq!(node.epoch_of(0, "t0-4", 2), LeaderEpoch(6));
        let files: Vec<_> = disk.paths().iter().map(|p| p.display().to_string()).collect();
        assert!(files.iter().filter(|f| f.ends_with(".checkpoint")).count() == 1, "{files:?}");
        assert!(files.iter().filter(|f| f.ends_with(".log")).count() <= 2, "{files:?}");
        assert!(!files.iter().any(|f| f == LOG), "{files:?}");
    });
}

#[test]
fn a_log_that_grew_a_little_gets_its_snapshot_in_time() {
    let sim = Sim::new(13);
    let disk = sim.disk();
    sim.run(async {
        let hourly = broker_config(&[("metadata.log.max.snapshot.interval.ms", "5000")]);
        let node = Running::start(&sim, &disk, &hourly);
        node.serving(&sim).await;
        let snapshots =
            || disk.paths().iter().filter(|p| p.extension().is_some_and(|e| e == "checkpoint")).count();
        sim.sleep_ms(4000).await;
        assert_eq!(snapshots(), 0);
        sim.sleep_ms(2000).await;
        assert_eq!(snapshots(), 1);
        node.create(&sim, "t", 1).await;
        node.node.kill();
        let node = Running::start(&sim, &disk, &hourly);
        node.serving(&sim).await;
        assert_eq!(node.epoch_of(0, "t", 0), LeaderEpoch(1));
    });
}

#[test]
fn a_damaged_snapshot_without_its_log_stops_the_start() {
    let sim = Sim::new(10);
    let disk = sim.disk();
    sim.run(async {
        let small = broker_config(&[("metadata.log.max.record.bytes.between.snapshots", "1")]);
        let node = Running::start(&sim, &disk, &small);
        node.serving(&sim).await;
        node.create(&sim, "t", 1).await;
        sim.sleep_ms(50).await;
        node.node.kill();
        let snapshot = disk.paths().into_iter().find(|p| p.extension().is_some_and(|e| e == "checkpoint"));
        disk.corrupt(&snapshot.unwrap(), |bytes| bytes[70] ^= 1);
        let error = refused(&sim, &disk).await;
        assert!(error.contains("damaged"), "{error}");
    });
}
