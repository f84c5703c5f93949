//! The topics of a run and who leads their partitions, asked once before the load begins.
//!
//! Owner: the run. Invariants: every partition has a leader whose address is known, and that answers for it; a topic
//! that was there before the run is neither changed nor removed.

use crate::interrupt;
use crate::versions::{Caller, Versions};
use ringlog_wire::generated::{
    CreateTopicsRequest, DeleteTopicsRequest, InitProducerIdRequest, ListOffsetsRequest, MetadataRequest,
    create_topics_request::{CreatableTopic, CreatableTopicConfig},
    list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic},
    metadata_request::MetadataRequestTopic,
};
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

const TOPIC_ALREADY_EXISTS: i16 = 36;
const UNKNOWN_TOPIC: i16 = 3;
const COORDINATOR_LOADING: i16 = 14;
const COORDINATOR_UNAVAILABLE: i16 = 15;
/// How long a broker may take to lead new topics.
const LEADERS_WITHIN: Duration = Duration::from_secs(60);
/// Topics in one request.
const AT_ONCE: usize = 100;
/// Timestamps that ListOffsets takes for the ends of a log.
pub const LATEST: i64 = -1;
pub const EARLIEST: i64 = -2;

/// A partition. They are numbered topic by topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Which of `Cluster::topics`.
    pub topic: usize,
    /// Its number in the topic.
    pub partition: i32,
    /// Which of `Cluster::brokers` leads it.
    pub broker: usize,
}

/// The topics of a run.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The broker that was asked.
    pub bootstrap: Option<SocketAddr>,
    /// The distinct addresses of the leaders.
    pub brokers: Vec<SocketAddr>,
    /// Names.
    pub topics: Vec<String>,
    /// Ids, as many; zeros of a broker that has none (before Apache Kafka 2.8).
    pub ids: Vec<[u8; 16]>,
    /// All partitions, topic by topic.
    pub slots: Vec<Slot>,
    /// Topics that this run made.
    pub created: Vec<String>,
    /// What all the leaders take.
    pub versions: Arc<Versions>,
}

/// How topics are made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Partitions of each.
    pub partitions: u32,
    /// Replicas of each partition.
    pub replicas: i16,
    /// Their configs.
    pub configs: Vec<(String, String)>,
}

/// Connects to the first broker of `bootstrap` (HOST:PORT, separated by commas) that answers.
pub fn connect(bootstrap: &str) -> io::Result<(TcpStream, SocketAddr)> {
    let mut last = None;
    for name in bootstrap.split(',').map(str::trim).filter(|n| !n.is_empty()) {
        match name.to_socket_addrs() {
            Ok(addresses) => {
                for addr in addresses {
                    match TcpStream::connect_timeout(&addr, Duration::from_secs(5)) {
                        Ok(socket) => {
                            socket.set_nodelay(true)?;
                            return Ok((socket, addr));
                        }
                        Err(e) => last = Some(format!("{addr}: {e}")),
                    }
                }
            }
            Err(e) => last = Some(format!("{name}: {e}")),
        }
    }
    let why = last.unwrap_or_else(|| "no address is given".to_owned());
    Err(io::Error::other(format!("no broker answers ({why}); need --bootstrap HOST:PORT[,HOST:PORT...]")))
}

/// Creates the topics that are not there, and waits until every partition is led and answers.
/// Errors: the broker refuses, or needs more than a minute; what was made is removed again.
pub fn prepare(bootstrap: &str, names: Vec<String>, wanted: &Wanted) -> io::Result<Cluster> {
    let (socket, addr) = connect(bootstrap)?;
    let mut caller = Caller::over(socket)?;
    let mut cluster = Cluster { bootstrap: Some(addr), topics: names, ..Cluster::default() };
    let done =
        create(&mut caller, &mut cluster, wanted).and_then(|()| await_leaders(&mut caller, &mut cluster));
    match done {
        Ok(()) => Ok(cluster),
        Err(e) => {
            // Why they could not be served says more than that they could not be removed either.
            let _ = cluster.remove();
            Err(e)
        }
    }
}

fn create(caller: &mut Caller, cluster: &mut Cluster, wanted: &Wanted) -> io::Result<()> {
    let num_partitions = i32::try_from(wanted.partitions).map_err(io::Error::other)?;
    let config = |(name, value): &(String, String)| CreatableTopicConfig {
        name: name.clone(),
        value: Some(value.clone()),
    };
    for names in cluster.topics.chunks(AT_ONCE) {
        let one = |name: &String| CreatableTopic {
            name: name.clone(),
            num_partitions,
            replication_factor: wanted.replicas,
            configs: wanted.configs.iter().map(config).collect(),
            ..Default::default()
        };
        let topics = names.iter().map(one).collect();
        let body = CreateTopicsRequest { topics, timeout_ms: 60_000, validate_only: false };
        let answer = caller.call(&body)?;
        let made = answer.topics.iter().filter(|t| t.error_code == 0);
        cluster.created.extend(made.map(|t| t.name.clone()));
        let bad = answer.topics.iter().find(|t| t.error_code != 0 && t.error_code != TOPIC_ALREADY_EXISTS);
        if let Some(bad) = bad {
            let why = bad.error_message.clone().unwrap_or_default();
            return Err(io::Error::other(format!(
                "CreateTopics of {} answered {}: {why}",
                bad.name, bad.error_code
            )));
        }
    }
    Ok(())
}

/// Metadata alone is not enough: Apache Kafka shows the leaders of new partitions before it has made their logs, and
/// refuses records meanwhile.
fn await_leaders(caller: &mut Caller, cluster: &mut Cluster) -> io::Result<()> {
    let began = Instant::now();
    loop {
        if find_leaders(caller, cluster)? && cluster.answers()? {
            return Ok(());
        }
        if interrupt::is_asked() {
            return Err(interrupt::error());
        }
        if began.elapsed() > LEADERS_WITHIN {
            return Err(io::Error::other("not every partition is led after a minute"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// True if every partition has a leader.
fn find_leaders(caller: &mut Caller, cluster: &mut Cluster) -> io::Result<bool> {
    let (mut brokers, mut slots, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for (chunk, names) in cluster.topics.chunks(AT_ONCE).enumerate() {
        let named = |n: &String| MetadataRequestTopic { name: Some(n.clone()), ..Default::default() };
        let body = MetadataRequest { topics: Some(names.iter().map(named).collect()), ..Default::default() };
        let answer = caller.call(&body)?;
        for (at, name) in names.iter().enumerate() {
            let found = answer.topics.iter().find(|t| t.name.as_ref() == Some(name));
            let Some(found) = found.filter(|t| t.error_code == 0 && !t.partitions.is_empty()) else {
                return Ok(false);
            };
            ids.push(found.topic_id.0);
            let mut partitions: Vec<_> = found.partitions.iter().collect();
            partitions.sort_by_key(|p| p.partition_index);
            for p in partitions {
                let Some(broker) = answer.brokers.iter().find(|b| b.node_id == p.leader_id) else {
                    return Ok(false);
                };
                let addr = resolve(&broker.host, broker.port)?;
                let broker = brokers.iter().position(|b| *b == addr).unwrap_or_else(|| {
                    brokers.push(addr);
                    brokers.len() - 1
                });
                slots.push(Slot { topic: chunk * AT_ONCE + at, partition: p.partition_index, broker });
            }
        }
    }
    if cluster.versions.brokers() != brokers {
        cluster.versions = Arc::new(Versions::of_all(&brokers)?);
    }
    (cluster.brokers, cluster.slots, cluster.ids) = (brokers, slots, ids);
    Ok(true)
}

/// The first address of a broker as it is told to clients.
pub fn resolve(host: &str, port: i32) -> io::Result<SocketAddr> {
    let port = u16::try_from(port).map_err(io::Error::other)?;
    let found = (host, port).to_socket_addrs()?.next();
    found.ok_or_else(|| io::Error::other(format!("{host} has no address")))
}

impl Cluster {
    /// The slot of a partition, by the topic's id: for brokers that have ids.
    #[must_use]
    pub fn slot_of_id(&self, id: [u8; 16], partition: i32) -> Option<usize> {
        self.slot_in(self.ids.iter().position(|i| *i == id)?, partition)
    }

    /// The slot of a partition, by the topic's name.
    #[must_use]
    pub fn slot_of(&self, name: &str, partition: i32) -> Option<usize> {
        self.slot_in(self.topics.iter().position(|t| t == name)?, partition)
    }

    fn slot_in(&self, topic: usize, partition: i32) -> Option<usize> {
        let first = self.slots.partition_point(|s| s.topic < topic);
        let at = first + usize::try_from(partition).ok()?;
        self.slots.get(at).filter(|s| s.topic == topic && s.partition == partition).map(|_| at)
    }

    /// Name of the topic of a slot; empty for none.
    #[must_use]
    pub fn name(&self, slot: usize) -> &str {
        let topic = self.slots.get(slot).and_then(|s| self.topics.get(s.topic));
        topic.map(String::as_str).unwrap_or_default()
    }

    /// The offsets of `slots` at `timestamp` (`EARLIEST`, `LATEST`), each from its leader.
    /// Errors: a socket's, and the first partition that a broker refused, by its error code.
    pub fn offsets(&self, slots: &[usize], timestamp: i64) -> io::Result<Result<BTreeMap<usize, i64>, i16>> {
        let mut found = BTreeMap::new();
        for (broker, addr) in self.brokers.iter().enumerate() {
            let mut topics: Vec<ListOffsetsTopic> = Vec::new();
            let mine = |s: &&usize| self.slots.get(**s).is_some_and(|slot| slot.broker == broker);
            for at in slots.iter().filter(mine) {
                let partition_index = self.slots.get(*at).map_or(0, |s| s.partition);
                let asked = ListOffsetsPartition { partition_index, timestamp, current_leader_epoch: -1 };
                match topics.last_mut().filter(|t| t.name == self.name(*at)) {
                    Some(last) => last.partitions.push(asked),
                    None => topics
                        .push(ListOffsetsTopic { name: self.name(*at).to_owned(), partitions: vec![asked] }),
                }
            }
            if topics.is_empty() {
                continue;
            }
            let body =
                ListOffsetsRequest { replica_id: -1, isolation_level: 0, topics, ..Default::default() };
            let answer = Caller::with(*addr, &self.versions)?.call(&body)?;
            for topic in &answer.topics {
                for p in &topic.partitions {
                    if p.error_code != 0 {
                        return Ok(Err(p.error_code));
                    }
                    let at = self.slot_of(&topic.name, p.partition_index);
                    found.extend(at.map(|at| (at, p.offset)));
                }
            }
        }
        Ok(Ok(found))
    }

    fn answers(&self) -> io::Result<bool> {
        let all: Vec<usize> = (0..self.slots.len()).collect();
        Ok(self.offsets(&all, LATEST)?.is_ok_and(|found| found.len() == all.len()))
    }

    /// Removes the topics that this run made, once. Errors: the broker refuses.
    pub fn remove(&mut self) -> io::Result<()> {
        let Some(addr) = self.bootstrap.filter(|_| !self.created.is_empty()) else { return Ok(()) };
        let mut caller = Caller::connect(addr)?;
        for names in std::mem::take(&mut self.created).chunks(AT_ONCE) {
            let body =
                DeleteTopicsRequest { topic_names: names.to_vec(), timeout_ms: 60_000, ..Default::default() };
            let answer = caller.call(&body)?;
            let bad = answer.responses.iter().find(|t| t.error_code != 0 && t.error_code != UNKNOWN_TOPIC);
            if let Some(bad) = bad {
                let name = bad.name.clone().unwrap_or_default();
                return Err(io::Error::other(format!("DeleteTopics of {name} answered {}", bad.error_code)));
            }
        }
        Ok(())
    }
}

/// A producer id of its own, for an idempotent producer.
pub fn producer_id(addr: SocketAddr) -> io::Result<(i64, i16)> {
    let mut caller = Caller::connect(addr)?;
    let body = InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: 60_000,
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    let began = Instant::now();
    loop {
        let answer = caller.call(&body)?;
        match answer.error_code {
            0 => return Ok((answer.producer_id, answer.producer_epoch)),
            // A broker that has just started.
            COORDINATOR_LOADING | COORDINATOR_UNAVAILABLE if began.elapsed() < LEADERS_WITHIN => {
                std::thread::sleep(Duration::from_millis(50));
            }
            code => return Err(io::Error::other(format!("InitProducerId answered {code}"))),
        }
    }
}
