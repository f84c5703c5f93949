//! The coordinator of a group: found, asked over one connection, and found again when it has moved.
//!
//! Owner: the thread of the members, with blocking calls. Invariant: no call takes longer than the bounds below.

use super::super::cluster::{Cluster, resolve};
use super::versions::Versions;
use crate::frames::call;
use crate::groups::ask::{good, name_of};
use ringlog_wire::api::ApiKey;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{FindCoordinatorRequest, FindCoordinatorResponse};
use ringlog_wire::message::Request;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long a broker may take to accept a connection, and to answer: clients' `request.timeout.ms`.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// How long a commit or a farewell waits for a group's coordinator.
const FOUND_WITHIN: Duration = Duration::from_secs(30);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// What a coordinator's error code says about the coordinator itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It has not loaded its groups yet.
    Loading,
    /// It is another broker, or none.
    Moved,
}

/// The trouble of an error code, if it is one.
#[must_use]
pub fn trouble(code: i16) -> Option<Trouble> {
    match ErrorCode::from_code(code)? {
        ErrorCode::CoordinatorLoadInProgress => Some(Trouble::Loading),
        ErrorCode::CoordinatorNotAvailable | ErrorCode::NotCoordinator => Some(Trouble::Moved),
        _ => None,
    }
}

/// Connects for blocking calls. Errors: no connection within five seconds.
fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect_timeout(&addr, CONNECTED_WITHIN)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(ANSWERED_WITHIN))?;
    Ok(socket)
}

/// The coordinator of one group.
pub struct Coordinator {
    group: String,
    /// Whom to ask where it is.
    brokers: Vec<SocketAddr>,
    version: i16,
    addr: Option<SocketAddr>,
    /// When nobody knew it last, and why.
    unknown: Option<(Instant, String)>,
    socket: Option<TcpStream>,
}

impl Coordinator {
    /// That of `group`, not looked for yet. Errors: a broker without FindCoordinator.
    pub fn new(group: &str, cluster: &Cluster, versions: &Versions) -> io::Result<Self> {
        let mut brokers: Vec<SocketAddr> = cluster.bootstrap.into_iter().collect();
        brokers.extend(cluster.brokers.iter().filter(|b| Some(**b) != cluster.bootstrap));
        let version = versions.newest(ApiKey::FindCoordinator, 0..=6)?;
        Ok(Self { group: group.to_owned(), brokers, version, addr: None, unknown: None, socket: None })
    }

    /// The group's name.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Where it is, or why nobody knows; asked of each broker at most once in a while.
    /// Errors: a broker refuses to say.
    pub fn find(&mut self) -> io::Result<Result<SocketAddr, String>> {
        if let Some(addr) = self.addr {
            return Ok(Ok(addr));
        }
        if let Some((_, why)) = self.unknown.as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Ok(Err(why.clone()));
        }
        let mut why = "no broker is known".to_owned();
        for broker in &self.brokers {
            match self.ask_where(*broker) {
                Err(e) => why = e.to_string(),
                Ok((code, ..)) if trouble(code).is_some() => why = name_of(code),
                Ok((code, host, port)) => {
                    good(&format!("FindCoordinator of {}", self.group), code)?;
                    let addr = resolve(&host, port)?;
                    self.addr = Some(addr);
                    return Ok(Ok(addr));
                }
            }
        }
        self.unknown = Some((Instant::now(), why.clone()));
        Ok(Err(why))
    }

    /// The error code, host and port that `broker` answers (versions 4 and later for many groups, KIP-699).
    fn ask_where(&self, broker: SocketAddr) -> io::Result<(i16, String, i32)> {
        let group = self.group.clone();
        let body = match self.version {
            ..4 => FindCoordinatorRequest { key: group, ..Default::default() },
            _ => FindCoordinatorRequest { coordinator_keys: vec![group], ..Default::default() },
        };
        let answer: FindCoordinatorResponse = call(&mut connect(broker)?, self.version, &body)?;
        if self.version < 4 {
            return Ok((answer.error_code, answer.host, answer.port));
        }
        let found = answer.coordinators.into_iter().find(|c| c.key == self.group);
        let found = found.ok_or_else(|| io::Error::other("FindCoordinator answered for another group"))?;
        Ok((found.error_code, found.host, found.port))
    }

    /// It is no longer at `addr`.
    pub fn is_gone_from(&mut self, addr: SocketAddr) {
        if self.addr == Some(addr) {
            self.addr = None;
            self.socket = None;
        }
    }

    /// Asks it, and again wherever it is then, while `code` of the answer is trouble.
    /// Errors: it still is after half a minute.
    pub fn ask<Q: Request>(
        &mut self,
        version: i16,
        body: &Q,
        code: fn(&Q::Response) -> i16,
    ) -> io::Result<Q::Response> {
        let began = Instant::now();
        loop {
            let why = match self.find()? {
                Err(why) => why,
                Ok(addr) => match self.ask_at(addr, version, body).map(|a| (trouble(code(&a)), a)) {
                    Ok((None, answer)) => return Ok(answer),
                    Ok((Some(trouble), answer)) => {
                        if trouble == Trouble::Moved {
                            self.is_gone_from(addr);
                        }
                        name_of(code(&answer))
                    }
                    Err(e) => {
                        self.is_gone_from(addr);
                        e.to_string()
                    }
                },
            };
            if began.elapsed() > FOUND_WITHIN {
                let (api, group, after) = (Q::API.name(), &self.group, FOUND_WITHIN.as_secs());
                return Err(io::Error::other(format!("{api} of {group}: {why}, {after} s long")));
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn ask_at<Q: Request>(&mut self, addr: SocketAddr, version: i16, body: &Q) -> io::Result<Q::Response> {
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => connect(addr)?,
        };
        let answer = call(&mut socket, version, body)?;
        self.socket = Some(socket);
        Ok(answer)
    }
}
