//! Failed writes, power cuts, a full disk.

use crate::rig::*;
use ringlog_shard::control::msg::{ControlReply, ControlRequest};
use ringlog_sim::Sim;
use ringlog_sim::config::broker_config;
use ringlog_wire::generated::DeleteTopicsRequest;
use ringlog_wire::ids::LeaderEpoch;
use std::path::PathBuf;

#[test]
fn after_a_failed_write_nothing_is_promised_any_more() {
    let sim = Sim::new(11);
    let disk = sim.disk();
    sim.run(async {
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        node.create(&sim, "kept", 1).await;
        disk.fail_after(Some(0));
        let request = || ControlRequest::CreateTopics(topics(&[("lost", 1)]));
        let failed =
            |reply: ControlReply| matches!(reply, ControlReply::Failed(code, _) if code.code() == 56);
        assert!(failed(node.call(&sim, 0, request()).await));
        disk.fail_after(None);
        assert!(failed(node.call(&sim, 1, request()).await), "no later success");
        node.node.kill();
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        assert_eq!(node.epoch_of(0, "kept", 0), LeaderEpoch(1));
    });
}

/// The sync of the last batch fails and loses it; the process is killed, the next one reads it all the same and appends
/// behind it. After a power cut nothing may be missing between the two.
#[test]
fn a_batch_that_only_the_page_cache_has_is_written_again_before_another_follows() {
    let sim = Sim::new(31);
    let disk = sim.disk();
    sim.run(async {
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        node.create(&sim, "kept", 1).await;
        disk.fail_next_sync(&PathBuf::from(LOG));
        let request = ControlRequest::CreateTopics(topics(&[("open", 1)]));
        assert!(matches!(node.call(&sim, 0, request).await, ControlReply::Failed(..)));
        node.node.kill();
        cut(&sim, &disk).await;
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        assert_eq!(node.epoch_of(0, "kept", 0), LeaderEpoch(2));
        assert_eq!(node.epoch_of(0, "open", 0), LeaderEpoch(2));
    });
}

#[test]
fn power_may_fail_at_any_moment_of_the_first_start() {
    let sim = Sim::new(12);
    sim.run(async {
        for operations in 0..40 {
            let disk = sim.disk();
            disk.fail_after(Some(operations));
            let node = Running::start(&sim, &disk, &broker_config(&[]));
            let over = |r: &Running| r.ended.borrow().is_some() || r.ready.lock().unwrap().is_some();
            node.until(&sim, over).await;
            node.node.cut_power(sim.rng());
            disk.fail_after(None);
            let node = Running::start(&sim, &disk, &broker_config(&[]));
            node.serving(&sim).await;
            assert_eq!(node.create(&sim, "t", 1).await.topics[0].error_code, 0);
            node.node.kill();
        }
    });
}

#[test]
fn power_may_fail_at_any_moment_of_snapshots_and_changes() {
    let sim = Sim::new(14);
    let small = broker_config(&[("metadata.log.max.record.bytes.between.snapshots", "300")]);
    sim.run(async {
        for operations in 0..120 {
            let disk = sim.disk();
            let node = Running::start(&sim, &disk, &small);
            node.serving(&sim).await;
            assert_eq!(node.create(&sim, "first", 2).await.topics[0].error_code, 0);
            disk.fail_after(Some(operations));
            let mut answered = vec!["first".to_owned()];
            for i in 0..12 {
                let name = format!("t{i}");
                match node.call(&sim, i % 2, ControlRequest::CreateTopics(topics(&[(&name, 1)]))).await {
                    ControlReply::CreateTopics(_) => answered.push(name),
                    ControlReply::Failed(..) => break,
                    other => panic!("{other:?}"),
                }
            }
            node.node.cut_power(sim.rng());
            disk.fail_after(None);
            for _ in 0..2 {
                let node = Running::start(&sim, &disk, &small);
                node.serving(&sim).await;
                for name in &answered {
                    assert!(
                        node.epoch_of(0, name, 0) > LeaderEpoch(0),
                        "{name} after {operations} operations"
                    );
                }
                node.node.cut_power(sim.rng());
            }
        }
    });
}

#[test]
fn a_full_disk_refuses_new_topics_lets_old_ones_go_and_heals() {
    let sim = Sim::new(15);
    let disk = sim.disk();
    sim.run(async {
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        assert_eq!(node.create(&sim, "old", 1).await.topics[0].error_code, 0);
        // What is reserved by now, and a little for small files.
        disk.set_capacity(Some((16 << 20) + (64 << 10)));
        let request = |name: &str, n| ControlRequest::CreateTopics(topics(&[(name, n)]));
        let mut created = 0;
        let refused = loop {
            match node.call(&sim, 0, request(&format!("t{created}"), 9000)).await {
                ControlReply::CreateTopics(response) => assert_eq!(response.topics[0].error_code, 0),
                ControlReply::Failed(code, message) => break (code.code(), message),
                other => panic!("{other:?}"),
            }
            let delete =
                DeleteTopicsRequest { topic_names: vec![format!("t{created}")], ..Default::default() };
            let reply = node.call(&sim, 0, ControlRequest::DeleteTopics(delete)).await;
            assert!(matches!(reply, ControlReply::DeleteTopics(_)));
            created += 1;
            assert!(created < 100, "the reserved space never ends");
        };
        assert_eq!(refused, (56, "the disk of the metadata log is full".to_owned()));
        let delete = DeleteTopicsRequest { topic_names: vec!["old".into()], ..Default::default() };
        let ControlReply::DeleteTopics(response) =
            node.call(&sim, 1, ControlRequest::DeleteTopics(delete)).await
        else {
            panic!("a deletion is refused")
        };
        assert_eq!(response.responses[0].error_code, 0);
        disk.set_capacity(None);
        assert_eq!(node.create(&sim, "new", 3).await.topics[0].error_code, 0);
        node.node.cut_power(sim.rng());
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        assert_eq!(node.epoch_of(0, "new", 2), LeaderEpoch(1));
        assert!(node.cores[0].image.borrow().as_ref().unwrap().topic_named("old").is_none());
    });
}
