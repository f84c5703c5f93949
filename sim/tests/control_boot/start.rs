//! First start, restart, requests: what the records of the log say.

use crate::rig::*;
use ringlog_raft::QuorumState;
use ringlog_shard::control::batch::{Content, ControlKind};
use ringlog_shard::control::msg::{ControlReply, ControlRequest};
use ringlog_shard::control::quorum_file::parse_quorum_state;
use ringlog_sim::config::broker_config;
use ringlog_sim::{Node, Sim};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{LeaderEpoch, NodeId};
use std::path::PathBuf;

#[test]
fn a_new_node_writes_kafkas_first_records_and_serves() {
    let sim = Sim::new(1);
    let disk = sim.disk();
    sim.run(async {
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        let ready = node.ready.lock().unwrap().clone().unwrap();
        assert_eq!((ready.topics, ready.partitions, ready.cluster_id.len()), (0, 0, 22));
    });
    let found = batches(&disk, LOG);
    let Content::Control(first) = &found[0].content else { panic!("{found:?}") };
    let kinds: Vec<_> = first.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [ControlKind::LeaderChange, ControlKind::KRaftVersion, ControlKind::KRaftVoters]);
    let Content::Data(second) = &found[1].content else { panic!("{found:?}") };
    let MetadataRecord::FeatureLevel(level) = &second[0] else { panic!("{second:?}") };
    assert_eq!((level.name.as_str(), level.feature_level), ("metadata.version", 30));
    let quorum = disk.content(&PathBuf::from("/d/__cluster_metadata-0/quorum-state")).unwrap();
    let state: QuorumState = parse_quorum_state(&quorum).unwrap();
    assert_eq!((state.epoch, state.leader), (LeaderEpoch(1), Some(NodeId(1))));
    let meta = String::from_utf8(disk.content(&PathBuf::from("/d/meta.properties")).unwrap()).unwrap();
    assert!(meta.contains("node.id=1") && meta.contains("version=1"));
}

#[test]
fn a_topic_is_answered_when_every_core_has_it_and_each_start_raises_its_epoch() {
    let sim = Sim::new(2);
    let disk = sim.disk();
    sim.run(async {
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        let response = node.create(&sim, "t", 3).await;
        assert_eq!((response.topics[0].error_code, response.topics[0].num_partitions), (0, 3));
        for core in 0..2 {
            assert_eq!(node.epoch_of(core, "t", 2), LeaderEpoch(0));
        }
        let again = node.create(&sim, "t", 3).await;
        assert_eq!(again.topics[0].error_code, 36);
        node.node.kill();
        for starts in 1..4u32 {
            // Alternately SIGKILL and loss of power; answered means durable in both.
            if starts % 2 == 0 { Node::kill(node_of(&sim, &disk).await) } else { cut(&sim, &disk).await }
        }
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        assert_eq!(node.epoch_of(1, "t", 2), LeaderEpoch(4));
        assert_eq!(node.ready.lock().unwrap().as_ref().unwrap().partitions, 3);
    });
}

#[test]
fn requests_that_arrive_together_share_one_batch() {
    let sim = Sim::new(7);
    let disk = sim.disk();
    sim.run(async {
        let node = Running::start(&sim, &disk, &broker_config(&[]));
        node.serving(&sim).await;
        let before = batches(&disk, LOG).len();
        let tokens: Vec<_> = (0..20)
            .map(|i| node.send(i % 2, ControlRequest::CreateTopics(topics(&[(&format!("t{i}"), 1)]))))
            .collect();
        // The same name again, decided against what is planned but not yet written.
        let twice = node.send(0, ControlRequest::CreateTopics(topics(&[("t0", 1)])));
        let answered = |r: &Running| {
            r.cores[0].replies.borrow().len() + r.cores[1].replies.borrow().len() == tokens.len() + 1
        };
        node.until(&sim, answered).await;
        let reply = node.cores[0].replies.borrow_mut().remove(&twice).unwrap();
        let ControlReply::CreateTopics(response) = reply else { panic!("{reply:?}") };
        assert!([0, 36].contains(&response.topics[0].error_code));
        let written = batches(&disk, LOG).len() - before;
        assert!(written <= 4, "{written} batches for 20 topics");
        assert_eq!(node.cores[1].image.borrow().as_ref().unwrap().topic_count(), 20);
    });
}

#[test]
fn producer_ids_are_never_given_twice() {
    let sim = Sim::new(8);
    let disk = sim.disk();
    sim.run(async {
        let mut firsts = Vec::new();
        for start in 0..3 {
            let node = Running::start(&sim, &disk, &broker_config(&[]));
            node.serving(&sim).await;
            for core in [0, 1, 0] {
                match node.call(&sim, core, ControlRequest::ProducerIds).await {
                    ControlReply::ProducerIds { first, count } => firsts.push((first, count)),
                    other => panic!("{other:?}"),
                }
            }
            if start == 1 { node.node.cut_power(sim.rng()) } else { node.node.kill() }
        }
        let expect: Vec<_> = (0..9).map(|n| (n * 1000, 1000)).collect();
        assert_eq!(firsts, expect);
    });
}
