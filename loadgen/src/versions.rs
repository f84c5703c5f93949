//! The versions that a broker takes (ApiVersions, KIP-35), and the calls that are made in the newest one in common.
//!
//! Owner: the run. Invariant: a request goes in a version that both sides have; all versions that we write and read
//! stand in `ours`.

use crate::frames::{self, Memory};
use crate::load::options::GroupProtocol;
use ringlog_wire::api::ApiKey;
use ringlog_wire::error_code::ErrorCode;
use ringlog_wire::generated::{ApiVersionsRequest, ApiVersionsResponse};
use ringlog_wire::message::Request;
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Every broker takes it.
const API_VERSIONS: i16 = 0;
const NONE: RangeInclusive<i16> = RangeInclusive::new(1, 0);

/// The versions of `api` that the generator writes and reads; empty for what it never asks.
#[must_use]
pub const fn ours(api: ApiKey) -> RangeInclusive<i16> {
    match api {
        // From the batches of Apache Kafka 0.11 on; up to the newest that name topics.
        ApiKey::Produce => 3..=12,
        ApiKey::Fetch => 4..=12,
        ApiKey::ListOffsets => 1..=7,
        ApiKey::Metadata => 1..=12,
        ApiKey::CreateTopics => 2..=7,
        ApiKey::DeleteTopics => 1..=5,
        ApiKey::InitProducerId => 0..=4,
        ApiKey::FindCoordinator => 0..=6,
        // An id that the coordinator gives (KIP-394): 2.3; the others as of 2.4, the newest that name topics.
        ApiKey::JoinGroup => 5..=9,
        ApiKey::SyncGroup | ApiKey::LeaveGroup => 3..=5,
        ApiKey::Heartbeat => 3..=4,
        ApiKey::OffsetCommit => 7..=9,
        // Many groups in one request.
        ApiKey::OffsetFetch => 8..=9,
        // The released version of Apache Kafka 4.0 (KIP-848).
        ApiKey::ConsumerGroupHeartbeat => 1..=1,
        _ => NONE,
    }
}

/// What a broker takes, or each of several.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// Who was asked.
    brokers: Vec<SocketAddr>,
    /// By API.
    taken: BTreeMap<i16, RangeInclusive<i16>>,
}

impl Versions {
    /// Asks a broker. Errors: the socket's, and a refusal.
    pub fn ask(broker: SocketAddr) -> io::Result<Self> {
        Self::ask_over(&mut connect(broker)?)
    }

    fn ask_over(socket: &mut TcpStream) -> io::Result<Self> {
        let answer: ApiVersionsResponse =
            frames::call(socket, &mut Memory::default(), API_VERSIONS, &ApiVersionsRequest::default())?;
        good("ApiVersions", answer.error_code)?;
        let taken = answer.api_keys.iter().map(|a| (a.api_key, a.min_version..=a.max_version)).collect();
        Ok(Self { brokers: vec![socket.peer_addr()?], taken })
    }

    /// What all of `brokers` take. Errors: those of `ask`.
    pub fn of_all(brokers: &[SocketAddr]) -> io::Result<Self> {
        let mut all = Self::default();
        for (at, broker) in brokers.iter().enumerate() {
            let one = Self::ask(*broker)?;
            all = if at == 0 { one } else { all.and(&one) };
        }
        Ok(all)
    }

    /// What both take. What only one has, or in other versions, stays as an empty range.
    fn and(mut self, other: &Self) -> Self {
        for (api, mine) in &mut self.taken {
            let theirs = other.taken.get(api).cloned().unwrap_or(NONE);
            *mine = *mine.start().max(theirs.start())..=*mine.end().min(theirs.end());
        }
        self.brokers.extend(&other.brokers);
        self
    }

    /// Who was asked.
    #[must_use]
    pub fn brokers(&self) -> &[SocketAddr] {
        &self.brokers
    }

    /// The newest version of `api` in common with `ours`; `None`: there is none.
    fn common(&self, api: ApiKey, ours: &RangeInclusive<i16>) -> Option<i16> {
        let theirs = self.taken.get(&api.key())?;
        let newest = *theirs.end().min(ours.end());
        (newest >= *theirs.start().max(ours.start())).then_some(newest)
    }

    /// The newest version of `api` in common. Errors: there is none; says what was found and what is needed.
    pub fn newest(&self, api: ApiKey) -> io::Result<i16> {
        self.newest_of(api, ours(api))
    }

    /// The same for a client that has only the versions `ours`.
    pub fn newest_of(&self, api: ApiKey, ours: RangeInclusive<i16>) -> io::Result<i16> {
        self.common(api, &ours).ok_or_else(|| {
            let (api, found) = (api.name(), self.found(api));
            io::Error::other(format!("found {found}; need {api} {}", words(&ours)))
        })
    }

    /// The brokers, and what they have of `api`.
    fn found(&self, api: ApiKey) -> String {
        let name = api.name();
        let taken = self.taken.get(&api.key()).filter(|v| !v.is_empty());
        let has = taken.map_or_else(|| format!("no {name}"), |v| format!("{name} {}", words(v)));
        match self.brokers.as_slice() {
            [one] => format!("a broker ({one}) with {has}"),
            all => {
                let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                format!("brokers ({}) with {has} in common", all.join(", "))
            }
        }
    }

    /// What groups speak: what is `wanted`, else the consumer protocol where the broker has it.
    /// Errors: the consumer protocol is wanted and the broker does not have it.
    pub fn group_protocol(&self, wanted: Option<GroupProtocol>) -> io::Result<GroupProtocol> {
        let missing = self.newest(ApiKey::ConsumerGroupHeartbeat).err();
        match (wanted, missing) {
            (None, Some(_)) => {
                let found = self.found(ApiKey::ConsumerGroupHeartbeat);
                eprintln!("found {found}: the groups speak the classic protocol");
                Ok(GroupProtocol::Classic)
            }
            (Some(GroupProtocol::Consumer), Some(missing)) => Err(io::Error::other(format!(
                "{missing}, as Apache Kafka has it from 4.0 on, or --group-protocol classic"
            ))),
            (wanted, _) => Ok(wanted.unwrap_or(GroupProtocol::Consumer)),
        }
    }
}

fn words(versions: &RangeInclusive<i16>) -> String {
    match (versions.start(), versions.end()) {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from} to {to}"),
    }
}

/// A connection that sends at once.
pub fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(addr)?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

/// An error code by Kafka's name, or its number.
#[must_use]
pub fn name_of(code: i16) -> String {
    ErrorCode::from_code(code).map_or_else(|| code.to_string(), |e| e.name().to_owned())
}

/// An error code that should be none.
pub fn good(what: &str, code: i16) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::other(format!("{what} answered {}", name_of(code)))) }
}

/// A connection for blocking calls, each in the newest version in common.
#[derive(Debug)]
pub struct Caller {
    socket: TcpStream,
    memory: Memory,
    versions: Arc<Versions>,
}

impl Caller {
    /// Connects, and asks the broker for its versions. Errors: the socket's, and a refusal.
    pub fn connect(addr: SocketAddr) -> io::Result<Self> {
        Self::over(connect(addr)?)
    }

    /// The same over a connection that is there.
    pub fn over(mut socket: TcpStream) -> io::Result<Self> {
        let versions = Arc::new(Versions::ask_over(&mut socket)?);
        Ok(Self { socket, memory: Memory::default(), versions })
    }

    /// Connects to a broker that takes `versions`, as it was asked before.
    pub fn with(addr: SocketAddr, versions: &Arc<Versions>) -> io::Result<Self> {
        Ok(Self { socket: connect(addr)?, memory: Memory::default(), versions: Arc::clone(versions) })
    }

    /// What the broker takes.
    #[must_use]
    pub fn versions(&self) -> &Arc<Versions> {
        &self.versions
    }

    /// The version in which `call` sends `api`. Errors: there is none.
    pub fn version(&self, api: ApiKey) -> io::Result<i16> {
        self.versions.newest(api)
    }

    /// Sends one request and waits for its answer. Errors: no version in common, the socket's, and an answer that is
    /// none.
    pub fn call<Q: Request>(&mut self, body: &Q) -> io::Result<Q::Response> {
        frames::call(&mut self.socket, &mut self.memory, self.versions.newest(Q::API)?, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(port: u16, taken: &[(ApiKey, RangeInclusive<i16>)]) -> Versions {
        let taken = taken.iter().map(|(api, v)| (api.key(), v.clone())).collect();
        Versions { brokers: vec![SocketAddr::from(([127, 0, 0, 1], port))], taken }
    }

    #[test]
    fn the_newest_version_of_both_is_taken_and_what_is_missing_is_named() {
        use ApiKey::{Fetch, Heartbeat, JoinGroup, Produce, SyncGroup};
        let versions = of(9092, &[(JoinGroup, 2..=7), (SyncGroup, 0..=2), (Produce, 0..=13)]);
        let newest = |api| versions.newest(api).map_err(|e| e.to_string());
        assert_eq!((newest(JoinGroup), newest(Produce)), (Ok(7), Ok(12)));
        assert_eq!(versions.newest_of(Produce, 3..=3).ok(), Some(3));
        let old = newest(SyncGroup).unwrap_err();
        assert_eq!(old, "found a broker (127.0.0.1:9092) with SyncGroup 0 to 2; need SyncGroup 3 to 5");
        let none = newest(Heartbeat).unwrap_err();
        assert_eq!(none, "found a broker (127.0.0.1:9092) with no Heartbeat; need Heartbeat 3 to 4");
        assert!(newest(ApiKey::DescribeAcls).is_err(), "what nobody asks for has no version");
        // Of several brokers every one has it.
        let (one, other) =
            (of(1, &[(Produce, 3..=9), (Fetch, 4..=6)]), of(2, &[(Produce, 0..=8), (Fetch, 7..=9)]));
        let both = one.and(&other);
        assert_eq!(both.newest(Produce).unwrap(), 8);
        let none = both.newest(Fetch).unwrap_err().to_string();
        assert_eq!(
            none,
            "found brokers (127.0.0.1:1, 127.0.0.1:2) with no Fetch in common; need Fetch 4 to 12"
        );
    }

    #[test]
    fn what_is_written_can_be_encoded() {
        for api in ringlog_wire::api::ALL {
            assert!(ours(api).all(|version| api.decodes(version)), "{api:?}");
        }
    }

    #[test]
    fn groups_speak_what_is_asked_for_or_else_what_the_broker_has() {
        use GroupProtocol::{Classic, Consumer};
        let spoken = |taken: &[(ApiKey, RangeInclusive<i16>)], wanted| {
            of(9092, taken).group_protocol(wanted).map_err(|e| e.to_string())
        };
        let (new, old) =
            ([(ApiKey::ConsumerGroupHeartbeat, 0..=1)], [(ApiKey::ConsumerGroupHeartbeat, 0..=0)]);
        assert_eq!(
            (spoken(&new, None), spoken(&old, None), spoken(&[], None)),
            (Ok(Consumer), Ok(Classic), Ok(Classic))
        );
        assert_eq!((spoken(&new, Some(Classic)), spoken(&new, Some(Consumer))), (Ok(Classic), Ok(Consumer)));
        let missing = spoken(&[], Some(Consumer)).unwrap_err();
        assert!(missing.starts_with("found a broker (127.0.0.1:9092) with no ConsumerGroupHeartbeat; need "));
        assert!(missing.ends_with("or --group-protocol classic"), "{missing}");
    }
}
