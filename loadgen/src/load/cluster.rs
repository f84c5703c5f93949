//! Who leads which partition, asked once before the load begins.
//!
//! Owner: the run. Invariant: every partition of the topic has a leader whose address is known.

use crate::frames;
use ringlog_wire::generated::{
    CreateTopicsRequest, CreateTopicsResponse, InitProducerIdRequest, InitProducerIdResponse,
    MetadataRequest, MetadataResponse, create_topics_request::CreatableTopic,
    metadata_request::MetadataRequestTopic,
};
use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

const METADATA: i16 = 12;
const CREATE_TOPICS: i16 = 7;
const INIT_PRODUCER_ID: i16 = 4;
const TOPIC_ALREADY_EXISTS: i16 = 36;
/// How long a broker may take to lead a new topic.
const LEADERS_WITHIN: Duration = Duration::from_secs(60);

/// The leaders of one topic.
#[derive(Clone, Debug)]
pub struct Leaders {
    /// The distinct addresses.
    pub brokers: Vec<SocketAddr>,
    /// By partition: which of `brokers`.
    pub of: Vec<usize>,
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

/// Creates `topic` if it is not there, and waits until every partition is led. An existing topic is taken as it is.
pub fn prepare(bootstrap: &str, topic: &str, (partitions, replicas): (u32, i16)) -> io::Result<Leaders> {
    let (mut socket, addr) = connect(bootstrap)?;
    let creatable = CreatableTopic {
        name: topic.to_owned(),
        num_partitions: i32::try_from(partitions).map_err(io::Error::other)?,
        replication_factor: replicas,
        ..Default::default()
    };
    let body = CreateTopicsRequest { topics: vec![creatable], timeout_ms: 60_000, validate_only: false };
    let answer: CreateTopicsResponse = frames::call(&mut socket, CREATE_TOPICS, &body)?;
    let refused = answer.topics.iter().find(|t| t.error_code != 0 && t.error_code != TOPIC_ALREADY_EXISTS);
    if let Some(bad) = refused {
        let why = bad.error_message.clone().unwrap_or_default();
        return Err(io::Error::other(format!("CreateTopics of {topic} answered {}: {why}", bad.error_code)));
    }
    let began = Instant::now();
    loop {
        if let Some(leaders) = leaders(&mut socket, topic)? {
            frames::wait_for_leaders(
                addr,
                topic,
                u32::try_from(leaders.of.len()).map_err(io::Error::other)?,
            )?;
            return Ok(leaders);
        }
        if began.elapsed() > LEADERS_WITHIN {
            return Err(io::Error::other(format!("not every partition of {topic} is led after a minute")));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn leaders(socket: &mut TcpStream, topic: &str) -> io::Result<Option<Leaders>> {
    let named = MetadataRequestTopic { name: Some(topic.to_owned()), ..Default::default() };
    let body = MetadataRequest { topics: Some(vec![named]), ..Default::default() };
    let answer: MetadataResponse = frames::call(socket, METADATA, &body)?;
    let mut all = Leaders { brokers: Vec::new(), of: Vec::new() };
    let Some(found) = answer.topics.first().filter(|t| t.error_code == 0 && !t.partitions.is_empty()) else {
        return Ok(None);
    };
    let mut partitions: Vec<_> = found.partitions.iter().collect();
    partitions.sort_by_key(|p| p.partition_index);
    for partition in partitions {
        let Some(broker) = answer.brokers.iter().find(|b| b.node_id == partition.leader_id) else {
            return Ok(None);
        };
        let port = u16::try_from(broker.port).map_err(io::Error::other)?;
        let addr = (broker.host.as_str(), port).to_socket_addrs()?.next();
        let addr = addr.ok_or_else(|| io::Error::other(format!("{} has no address", broker.host)))?;
        let at = all.brokers.iter().position(|b| *b == addr).unwrap_or_else(|| {
            all.brokers.push(addr);
            all.brokers.len() - 1
        });
        all.of.push(at);
    }
    Ok(Some(all))
}

/// A producer id of its own, for an idempotent producer.
pub fn producer_id(addr: SocketAddr) -> io::Result<(i64, i16)> {
    let mut socket = TcpStream::connect(addr)?;
    let body = InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: 60_000,
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    let answer: InitProducerIdResponse = frames::call(&mut socket, INIT_PRODUCER_ID, &body)?;
    if answer.error_code != 0 {
        return Err(io::Error::other(format!("InitProducerId answered {}", answer.error_code)));
    }
    Ok((answer.producer_id, answer.producer_epoch))
}
