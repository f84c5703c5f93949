//! A small blocking client: bootstrap, versions, metadata, and calls to any broker, to one, or to a coordinator.
//!
//! Owner: one command, one thread. Invariants: every call is bounded in attempts and in time; what fails says the
//! address and what to do; nothing runs in the background.

pub mod commits;
mod conn;
mod failure;
pub mod fetch;
pub mod offsets;

pub use conn::{Conn, shout};
pub use failure::{Failure, check};

use ringlog_wire::generated::find_coordinator_request::FindCoordinatorRequest;
use ringlog_wire::generated::metadata_request::{MetadataRequest, MetadataRequestTopic};
use ringlog_wire::generated::metadata_response::{MetadataResponse, MetadataResponseBroker};
use ringlog_wire::message::Request;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How often a bootstrap list is gone through before the command gives up.
const ROUNDS: usize = 4;
/// Pause between attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// How to reach a cluster.
#[derive(Clone, Debug)]
pub struct Access {
    /// HOST:PORT, several.
    pub bootstrap: Vec<String>,
    /// What the broker's log calls us.
    pub client_id: String,
    /// How long one answer may take.
    pub request_timeout: Duration,
    /// How long a retriable refusal is retried.
    pub retry_for: Duration,
}

impl Access {
    /// With Kafka's defaults: 30 s for an answer, 60 s of retries.
    pub fn new(bootstrap: &str, client_id: &str) -> Self {
        Self {
            bootstrap: bootstrap.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect(),
            client_id: client_id.to_owned(),
            request_timeout: Duration::from_secs(30),
            retry_for: Duration::from_secs(60),
        }
    }
}

/// Connections of one command.
pub struct Client {
    access: Access,
    any: Option<Conn>,
    nodes: BTreeMap<i32, Conn>,
    brokers: BTreeMap<i32, MetadataResponseBroker>,
    coordinators: BTreeMap<String, i32>,
}

impl Client {
    /// Connects to the first bootstrap address that answers. Errors: none does; the last reason.
    pub fn connect(access: Access) -> Result<Self, Failure> {
        let mut client = Self {
            access,
            any: None,
            nodes: BTreeMap::new(),
            brokers: BTreeMap::new(),
            coordinators: BTreeMap::new(),
        };
        client.bootstrap()?;
        Ok(client)
    }

    fn bootstrap(&mut self) -> Result<&mut Conn, Failure> {
        if self.any.is_none() {
            self.any = Some(self.dial()?);
        }
        self.any.as_mut().ok_or_else(|| Failure::client("No broker is connected".to_owned()))
    }

    fn dial(&self) -> Result<Conn, Failure> {
        let mut last = Failure::of_class(
            "org.apache.kafka.common.config.ConfigException",
            "No address is given: --bootstrap-server HOST:PORT (ringctl's own commands: -b).",
        );
        for round in 0..ROUNDS {
            if round > 0 {
                std::thread::sleep(PAUSE);
            }
            for address in &self.access.bootstrap {
                match Conn::open(address, &self.access.client_id, self.access.request_timeout) {
                    Ok(conn) => return Ok(conn),
                    Err(e) => last = e,
                }
            }
        }
        Err(last)
    }

    /// The connection to a bootstrap broker.
    pub fn first(&mut self) -> Result<&mut Conn, Failure> {
        self.bootstrap()
    }

    /// How long retriable refusals are retried.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.access.retry_for
    }

    /// A call that any broker answers. A lost connection is replaced once.
    pub fn any<R: Request>(&mut self, request: &R) -> Result<R::Response, Failure> {
        match self.bootstrap()?.call(request) {
            Err(e) if e.lost => {
                self.any = None;
                self.bootstrap()?.call(request)
            }
            other => other,
        }
    }

    /// The connection to broker `id`, whose address the metadata names.
    pub fn node(&mut self, id: i32) -> Result<&mut Conn, Failure> {
        if !self.nodes.contains_key(&id) {
            if !self.brokers.contains_key(&id) {
                self.metadata(Some(&[]))?;
            }
            let broker = self.brokers.get(&id).ok_or_else(|| {
                Failure::kafka(8, Some(&format!("Broker {id} is not in the cluster's metadata.")))
            })?;
            let address = format!("{}:{}", broker.host, broker.port);
            let conn =
                Conn::open(&address, &self.access.client_id, self.access.request_timeout).map_err(|e| {
                    Failure::client(format!(
                        "{} (broker {id} advertises this address; advertised.listeners must be reachable from here)",
                        e.message
                    ))
                })?;
            self.nodes.insert(id, conn);
        }
        self.nodes.get_mut(&id).ok_or_else(|| Failure::client(format!("Broker {id} is not connected")))
    }

    /// A call to broker `id`. A lost connection is replaced once.
    pub fn on<R: Request>(&mut self, id: i32, request: &R) -> Result<R::Response, Failure> {
        match self.node(id)?.call(request) {
            Err(e) if e.lost => {
                self.nodes.remove(&id);
                self.node(id)?.call(request)
            }
            other => other,
        }
    }

    /// Drops the connection to broker `id`, so that the next call opens one.
    pub fn forget(&mut self, id: i32) {
        self.nodes.remove(&id);
    }

    /// Metadata of `topics` (`None`: all, empty: brokers only); no topic is created.
    pub fn metadata(&mut self, topics: Option<&[String]>) -> Result<MetadataResponse, Failure> {
        self.metadata_with(topics, false)
    }

    /// Metadata of `topics`; `create`: the broker may create them.
    pub fn metadata_with(
        &mut self,
        topics: Option<&[String]>,
        create: bool,
    ) -> Result<MetadataResponse, Failure> {
        let request = MetadataRequest {
            topics: topics.map(|names| {
                names
                    .iter()
                    .map(|name| MetadataRequestTopic { name: Some(name.clone()), ..Default::default() })
                    .collect()
            }),
            allow_auto_topic_creation: create,
            ..Default::default()
        };
        let answer = self.any(&request)?;
        check(answer.error_code, None)?;
        self.brokers = answer.brokers.iter().map(|b| (b.node_id, b.clone())).collect();
        Ok(answer)
    }

    /// The cluster's brokers, as the last metadata named them.
    pub fn brokers(&self) -> &BTreeMap<i32, MetadataResponseBroker> {
        &self.brokers
    }

    /// The coordinator of `group` (KIP-699). Retries while there is none.
    pub fn coordinator(&mut self, group: &str) -> Result<i32, Failure> {
        if let Some(&id) = self.coordinators.get(group) {
            return Ok(id);
        }
        let id = self.retry(|c| {
            let request =
                FindCoordinatorRequest { coordinator_keys: vec![group.to_owned()], ..Default::default() };
            let answer = c.any(&request)?;
            let found = answer.coordinators.first().ok_or_else(|| Failure::kafka(15, None))?;
            check(found.error_code, found.error_message.as_deref())?;
            c.brokers.insert(
                found.node_id,
                MetadataResponseBroker {
                    node_id: found.node_id,
                    host: found.host.clone(),
                    port: found.port,
                    rack: None,
                },
            );
            Ok(found.node_id)
        })?;
        self.coordinators.insert(group.to_owned(), id);
        Ok(id)
    }

    /// Forgets who coordinates `group`.
    pub fn forget_coordinator(&mut self, group: &str) {
        self.coordinators.remove(group);
    }

    /// `call` with the coordinator of `group`, again where the coordinator moved or loads.
    ///
    /// `refused`: the code of the answer that decides whether to try again.
    pub fn coordinated<R: Request>(
        &mut self,
        group: &str,
        request: &R,
        refused: impl Fn(&R::Response) -> i16,
    ) -> Result<R::Response, Failure> {
        let deadline = self.deadline();
        loop {
            let id = self.coordinator(group)?;
            let answer = self.on(id, request)?;
            let again = matches!(refused(&answer), 14..=16);
            if !again || Instant::now() >= deadline {
                return Ok(answer);
            }
            self.forget_coordinator(group);
            std::thread::sleep(PAUSE);
        }
    }

    /// `attempt` until it succeeds, fails for good, or the time for retries is over.
    pub fn retry<T>(
        &mut self,
        mut attempt: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let deadline = self.deadline();
        loop {
            match attempt(self) {
                Err(e) if e.is_retriable() && !e.lost && Instant::now() < deadline => {
                    // What is not there is no news worth a minute of waiting.
                    if e.is(ringlog_wire::ErrorCode::UnknownTopicOrPartition) {
                        return Err(e);
                    }
                    std::thread::sleep(PAUSE);
                }
                other => return other,
            }
        }
    }
}
