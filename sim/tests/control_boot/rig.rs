//! A control core with data cores that only apply metadata, and what its tests ask of it.

use ringlog_shard::config::BrokerConfig;
use ringlog_shard::control::batch;
use ringlog_shard::control::msg::{ControlReply, ControlRequest};
use ringlog_shard::control::{BootError, Control, ControlBoot, Ready};
use ringlog_shard::env::{CoreId, Env, Lane, Mesh};
use ringlog_shard::image::{MetadataDelta, MetadataImage};
use ringlog_shard::msg::{ShardMsg, Token};
use ringlog_sim::config::broker_config;
use ringlog_sim::env::SimEnv;
use ringlog_sim::{MemDisk, Node, Sim};
use ringlog_wire::generated::create_topics_request::CreatableTopic;
use ringlog_wire::generated::{CreateTopicsRequest, CreateTopicsResponse};
use ringlog_wire::ids::{LeaderEpoch, PartitionId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

pub const LOG: &str = "/d/__cluster_metadata-0/00000000000000000000.log";

/// A data core that only applies metadata.
pub struct Follower {
    pub env: SimEnv,
    pub image: RefCell<Option<MetadataImage>>,
    pub replies: RefCell<BTreeMap<u64, ControlReply>>,
    pub serving: RefCell<bool>,
    pub deltas: RefCell<Vec<Arc<MetadataDelta>>>,
}

pub async fn follow(f: Rc<Follower>, config: BrokerConfig) {
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

pub struct Running {
    pub node: Node,
    pub cores: Vec<Rc<Follower>>,
    pub ended: Rc<RefCell<Option<Result<(), BootError>>>>,
    pub ready: Arc<Mutex<Option<Ready>>>,
    pub next: RefCell<u64>,
}

impl Running {
    pub fn start(sim: &Sim, disk: &MemDisk, config: &BrokerConfig) -> Self {
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

    pub async fn until(&self, sim: &Sim, done: impl Fn(&Self) -> bool) {
        for _ in 0..10_000 {
            if done(self) {
                return;
            }
            sim.sleep_ms(1).await;
        }
        panic!("nothing happened; log: {:?}", self.node.log());
    }

    pub async fn serving(&self, sim: &Sim) {
        let on = |r: &Self| r.cores.iter().all(|c| *c.serving.borrow()) && r.ready.lock().unwrap().is_some();
        self.until(sim, on).await;
    }

    pub fn send(&self, core: usize, request: ControlRequest) -> u64 {
        let token = *self.next.borrow();
        *self.next.borrow_mut() += 1;
        let msg = ShardMsg::Control { token: Token(token), request };
        self.cores[core].env.mesh().try_send(CoreId(2), msg).unwrap();
        token
    }

    pub async fn call(&self, sim: &Sim, core: usize, request: ControlRequest) -> ControlReply {
        let token = self.send(core, request);
        self.until(sim, |r| r.cores[core].replies.borrow().contains_key(&token)).await;
        self.cores[core].replies.borrow_mut().remove(&token).unwrap()
    }

    pub async fn create(&self, sim: &Sim, name: &str, partitions: i32) -> CreateTopicsResponse {
        let request = ControlRequest::CreateTopics(topics(&[(name, partitions)]));
        match self.call(sim, 0, request).await {
            ControlReply::CreateTopics(response) => response,
            other => panic!("{other:?}"),
        }
    }

    pub fn epoch_of(&self, core: usize, topic: &str, index: u32) -> LeaderEpoch {
        let image = self.cores[core].image.borrow();
        let image = image.as_ref().unwrap();
        let topic = image.topic_named(topic).expect(topic).id;
        image.partition(PartitionId { topic, index }).unwrap().leader_epoch
    }
}

pub fn topics(list: &[(&str, i32)]) -> CreateTopicsRequest {
    let topic = |(name, n): &(&str, i32)| CreatableTopic {
        name: (*name).to_owned(),
        num_partitions: *n,
        replication_factor: -1,
        ..Default::default()
    };
    CreateTopicsRequest { topics: list.iter().map(topic).collect(), ..Default::default() }
}

pub fn batches(disk: &MemDisk, path: &str) -> Vec<batch::Batch> {
    let bytes = bytes::Bytes::from(disk.content(&PathBuf::from(path)).unwrap());
    let (mut at, mut out) = (0, Vec::new());
    while at < bytes.len() {
        let batch = batch::decode(&bytes.slice(at..)).unwrap();
        at += batch.len;
        out.push(batch);
    }
    out
}

pub async fn node_of(sim: &Sim, disk: &MemDisk) -> Node {
    let node = Running::start(sim, disk, &broker_config(&[]));
    node.serving(sim).await;
    node.node
}

pub async fn cut(sim: &Sim, disk: &MemDisk) {
    let node = node_of(sim, disk).await;
    node.cut_power(sim.rng());
}

/// The text of the error with which the start ends.
pub async fn refused(sim: &Sim, disk: &MemDisk) -> String {
    let node = Running::start(sim, disk, &broker_config(&[]));
    node.until(sim, |r| r.ended.borrow().is_some()).await;
    let ended = node.ended.borrow_mut().take();
    assert!(!*node.cores[0].serving.borrow());
    node.node.kill();
    ended.unwrap().unwrap_err().to_string()
}

/// A disk with one topic on it, its broker killed.
pub async fn used(sim: &Sim) -> MemDisk {
    let disk = sim.disk();
    let node = Running::start(sim, &disk, &broker_config(&[]));
    node.serving(sim).await;
    assert_eq!(node.create(sim, "t", 2).await.topics[0].error_code, 0);
    node.node.kill();
    disk
}
