//! The coordinator of a group: found, asked over one connection, and found again when it has moved.
//!
//! Owner: the thread of the members, with blocking calls. Invariants: no call takes longer than the bounds below; a
//! coordinator is one that was asked for its versions.

use super::super::cluster::{Cluster, resolve};
use crate::versions::{Caller, Versions, good, name_of};
use ringlog_wire::api::ApiKey;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::FindCoordinatorRequest;
use ringlog_wire::message::Request;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
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

/// Connects for blocking calls. Errors: no connection within five seconds, no versions within thirty.
fn connect(addr: SocketAddr) -> io::Result<Caller> {
    let socket = TcpStream::connect_timeout(&addr, CONNECTED_WITHIN)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(ANSWERED_WITHIN))?;
    Caller::over(socket)
}

/// Where a coordinator is, and what it takes.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its address.
    pub addr: SocketAddr,
    /// As it was asked there.
    pub versions: Arc<Versions>,
}

/// The coordinator of one group.
pub struct Coordinator {
    group: String,
    /// Whom to ask where it is.
    brokers: Vec<SocketAddr>,
    place: Option<Place>,
    /// When nobody knew it last, and why.
    unknown: Option<(Instant, String)>,
    caller: Option<Caller>,
}

impl Coordinator {
    /// That of `group`, not looked for yet.
    #[must_use]
    pub fn new(group: &str, cluster: &Cluster) -> Self {
        let mut brokers: Vec<SocketAddr> = cluster.bootstrap.into_iter().collect();
        brokers.extend(cluster.brokers.iter().filter(|b| Some(**b) != cluster.bootstrap));
        Self { group: group.to_owned(), brokers, place: None, unknown: None, caller: None }
    }

    /// The group's name.
    #[must_use]
    pub fn group(&self) -> &str {
        &self.group
    }

    /// Where it is, or why nobody knows; asked of each broker at most once in a while.
    /// Errors: a broker refuses to say.
    pub fn find(&mut self) -> io::Result<Result<Place, String>> {
        if let Some(place) = &self.place {
            return Ok(Ok(place.clone()));
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
                    match connect(addr) {
                        Err(e) => why = e.to_string(),
                        Ok(caller) => {
                            let place = Place { addr, versions: Arc::clone(caller.versions()) };
                            (self.place, self.caller) = (Some(place.clone()), Some(caller));
                            return Ok(Ok(place));
                        }
                    }
                }
            }
        }
        self.unknown = Some((Instant::now(), why.clone()));
        Ok(Err(why))
    }

    /// The error code, host and port that `broker` answers (versions 4 and later for many groups, KIP-699).
    fn ask_where(&self, broker: SocketAddr) -> io::Result<(i16, String, i32)> {
        let group = self.group.clone();
        let mut caller = connect(broker)?;
        let version = caller.version(ApiKey::FindCoordinator)?;
        let body = match version {
            ..4 => FindCoordinatorRequest { key: group, ..Default::default() },
            _ => FindCoordinatorRequest { coordinator_keys: vec![group], ..Default::default() },
        };
        let answer = caller.call(&body)?;
        if version < 4 {
            return Ok((answer.error_code, answer.host, answer.port));
        }
        let found = answer.coordinators.into_iter().find(|c| c.key == self.group);
        let found = found.ok_or_else(|| io::Error::other("FindCoordinator answered for another group"))?;
        Ok((found.error_code, found.host, found.port))
    }

    /// It is no longer at `addr`.
    pub fn is_gone_from(&mut self, addr: SocketAddr) {
        if self.place.as_ref().is_some_and(|p| p.addr == addr) {
            self.place = None;
            self.caller = None;
        }
    }

    /// Asks it, and again wherever it is then, while `code` of the answer is trouble.
    /// Errors: it still is after half a minute.
    pub fn ask<Q: Request>(&mut self, body: &Q, code: fn(&Q::Response) -> i16) -> io::Result<Q::Response> {
        let began = Instant::now();
        loop {
            let why = match self.find()? {
                Err(why) => why,
                Ok(Place { addr, .. }) => match self.ask_at(addr, body).map(|a| (trouble(code(&a)), a)) {
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

    fn ask_at<Q: Request>(&mut self, addr: SocketAddr, body: &Q) -> io::Result<Q::Response> {
        let mut caller = match self.caller.take() {
            Some(caller) => caller,
            None => connect(addr)?,
        };
        let answer = caller.call(body)?;
        self.caller = Some(caller);
        Ok(answer)
    }
}
