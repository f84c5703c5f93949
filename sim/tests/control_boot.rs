//! The control core with real data cores, in memory: start, restart, power loss, damage, grouping, snapshots.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing)]

use ringlog_raft::QuorumState;
use ringlog_shard::config::BrokerConfig;
use ringlog_shard::control::batch::{self, Content, ControlKind};
use ringlog_shard::control::msg::{ControlReply, ControlRequest};
use ringlog_shard::control::quorum_file::parse_quorum_state;
use ringlog_shard::control::{BootError, Control, ControlBoot, Ready};
use ringlog_shard::env::{CoreId, Env, Lane, Mesh};
use ringlog_shard::image::{MetadataDelta, MetadataImage};
use ringlog_shard::msg::{ShardMsg, Token};
use ringlog_sim::config::broker_config;
use ringlog_sim::env::SimEnv;
use ringlog_sim::{MemDisk, Node, Sim};
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest};
use ringlog_wire::ids::{LeaderEpoch, NodeId, PartitionId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

const LOG: &str = "/d/__cluster_metadata-0/00000000000000000000.log";

/// A data core that only applies metadata.
struct Follower {
    env: SimEnv,
    image: RefCell<Option<MetadataImage>>,
    replies: RefCell<BTreeMap<u64, ControlReply>>,
    serving: RefCell<bool>,
    deltas: RefCell<Vec<Arc<MetadataDelta>>>,
}

async fn follow(f: Rc<Follower>, config: BrokerConfig) {
    loop {
        let (_, msg) = f.env.mesh().recv().await;
        match msg {
            ShardMsg::Delta(delta) => {
                let mut image = f.image.borrow_mut();
                let image = image.get_or_insert_with(|| {
                    MetadataImage::new(delta.identity.clone(), Rc::new(config.clone()))
                });
                image.apply(&delta).unwrap();
                f.deltas.borrow_mut().push(Arc::clone(&delta));
                let msg = ShardMsg::DeltaApplied { offset: delta.end, failed: Vec::new() };
                f.env.mesh().try_send(CoreId(f.env.mesh().data_cores()), msg).unwrap();
            }
            ShardMsg::ControlReply { token, reply } => {
                f.replies.borrow_mut().insert(token.0, reply);
            }
            ShardMsg::Serve => *f.serving.borrow_mut() = true,
            _ => {}
        }
    }
}

struct Running {
    node: Node,
    cores: Vec<Rc<Follower>>,
    ended: Rc<RefCell<Option<Result<(), BootError>>>>,
    ready: Arc<Mutex<Option<Ready>>>,
    next: RefCell<u64>,
}

impl Running {
    fn start(sim: &Sim, disk: &MemDisk, config: &BrokerConfig) -> Self {
        let node = sim.node(disk, 2, 1);
        let cores: Vec<_> = node.envs()[..2]
            .iter()
            .map(|env| {
                let f = Rc::new(Follower {
                    env: env.clone(),
                    image: RefCell::default(),
                    replies: RefCell::default(),
                    serving: RefCell::default(),
                    deltas: RefCell::default(),
                });
                env.spawn(Lane::Commit, follow(Rc::clone(&f), config.clone()));
                f
            })
            .collect();
        let ready = Arc::new(Mutex::new(None));
        let told = Arc::clone(&ready);
        let boot = ControlBoot {
            config: config.clone(),
            cluster_id: None,
            on_ready: Box::new(move |r| *told.lock().unwrap() = Some(r)),
        };
        let ended = Rc::new(RefCell::new(None));
        let (env, result) = (node.envs()[2].clone(), Rc::clone(&ended));
        node.envs()[2].spawn(Lane::Consensus, async move {
            let end = Control::run(env, boot).await;
            *result.borrow_mut() = Some(end);
        });
        Self { node, cores, ended, ready, next: RefCell::new(0) }
    }

    async fn until(&self, sim: &Sim, done: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if done(self) {
                return;
            }
            sim.sleep_ms(1).await;
        }
        panic!("nothing happened; log: {:?}", self.node.log());
    }

    async fn serving(&self, sim: &Sim) {
        let on = |r: &Self| r.cores.iter().all(|c| *c.serving.borrow()) && r.ready.lock().unwrap().is_some();
        self.until(sim, on).await;
    }

    fn send(&self, core: usize, request: ControlRequest) -> u64 {
        let token = *self.next.borrow();
        *self.next.borrow_mut() += 1;
        let msg = ShardMsg::Control { token: Token(token), request };
        self.cores[core].env.mesh().try_send(CoreId(2), msg).unwrap();
        token
    }

    async fn call(&self, sim: &Sim, core: usize, request: ControlRequest) -> ControlReply {
        let token = self.send(core, request);
        self.until(sim, |r| r.cores[core].replies.borrow().contains_key(&token)).await;
        self.cores[core].replies.borrow_mut().remove(&token).unwrap()
    }

    async fn create(&self, sim: &Sim, name: &str, partitions: i32) -> CreateTopicsResponse {
        let request = ControlRequest::CreateTopics(topics(&[(name, partitions)]));
        match self.call(sim, 0, request).await {
            ControlReply::CreateTopics(response) => response,
            other => panic!("{other:?}"),
        }
    }

    fn epoch_of(&self, core: usize, topic: &str, index: u32) -> LeaderEpoch {
        let image = self.cores[core].image.borrow();
        let image = image.as_ref().unwrap();
        let topic = image.topic_named(topic).expect(topic).id;
        image.partition(PartitionId { topic, index }).unwrap().leader_epoch
    }
}

fn topics(list: &[(&str, i32)]) -> CreateTopicsRequest {
    let topic = |(name, n): &(&str, i32)| CreatableTopic {
        name: (*name).to_owned(),
        num_partitions: *n,
        replication_factor: -1,
        ..Default::default()
    };
    CreateTopicsRequest { topics: list.iter().map(topic).collect(), ..Default::default() }
}

fn batches(disk: &MemDisk, path: &str) -> Vec<batch::Batch> {
    let bytes = bytes::Bytes::from(disk.content(&PathBuf::from(path)).unwrap());
    let (mut at, mut out) = (0, Vec::new());
    while at < bytes.len() {
        let batch = batch::decode(&bytes.slice(at..)).unwrap();
        at += batch.len;
        out.push(batch);
    }
    out
}

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

async fn node_of(sim: &Sim, disk: &MemDisk) -> Node {
    let node = Running::start(sim, disk, &broker_config(&[]));
    node.serving(sim).await;
    node.node
}

async fn cut(sim: &Sim, disk: &MemDisk) {
    let node = node_of(sim, disk).await;
    node.cut_power(sim.rng());
}

/// The text of the error with which the start ends.
async fn refused(sim: &Sim, disk: &MemDisk) -> String {
    let node = Running::start(sim, disk, &broker_config(&[]));
    node.until(sim, |r| r.ended.borrow().is_some()).await;
    let ended = node.ended.borrow_mut().take();
    assert!(!*node.cores[0].serving.borrow());
    node.node.kill();
    ended.unwrap().unwrap_err().to_string()
}

/// A disk with one topic on it, its broker killed.
async fn used(sim: &Sim) -> MemDisk {
    let disk = sim.disk();
    let node = Running::start(sim, &disk, &broker_config(&[]));
    node.serving(sim).await;
    assert_eq!(node.create(sim, "t", 2).await.topics[0].error_code, 0);
    node.node.kill();
    disk
}

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
