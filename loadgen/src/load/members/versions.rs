//! The versions that a broker takes (ApiVersions, KIP-35), and the group protocol that follows from them.
//!
//! Owner: the run. Invariant: a version is one that both sides have.

use super::super::options::GroupProtocol;
use crate::frames;
use crate::groups::ask::{HEARTBEAT, connect, good};
use ringlog_wire::api::ApiKey;
use ringlog_wire::generated::{ApiVersionsRequest, ApiVersionsResponse};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

/// Every broker takes it.
const API_VERSIONS: i16 = 0;

/// What a broker takes.
#[derive(Clone, Debug)]
pub struct Versions {
    broker: SocketAddr,
    /// By API.
    taken: BTreeMap<i16, RangeInclusive<i16>>,
}

impl Versions {
    /// Asks a broker. Errors: the socket's, and a refusal.
    pub fn ask(broker: SocketAddr) -> io::Result<Self> {
        let body = ApiVersionsRequest::default();
        let answer: ApiVersionsResponse = frames::call(&mut connect(broker)?, API_VERSIONS, &body)?;
        good("ApiVersions", answer.error_code)?;
        let taken = answer.api_keys.iter().map(|a| (a.api_key, a.min_version..=a.max_version)).collect();
        Ok(Self { broker, taken })
    }

    /// The newest version of `api` that it has in common with `ours`; `None`: there is none.
    #[must_use]
    pub fn common(&self, api: ApiKey, ours: &RangeInclusive<i16>) -> Option<i16> {
        let theirs = self.taken.get(&api.key())?;
        let newest = *theirs.end().min(ours.end());
        (newest >= *theirs.start().max(ours.start())).then_some(newest)
    }

    /// The same. Errors: there is none; says what was found and what is needed.
    pub fn newest(&self, api: ApiKey, ours: RangeInclusive<i16>) -> io::Result<i16> {
        self.common(api, &ours).ok_or_else(|| {
            let (broker, api, found) = (self.broker, api.name(), self.found(api));
            let (from, to) = ours.into_inner();
            io::Error::other(format!("found a broker ({broker}) with {found}; need {api} {from} to {to}"))
        })
    }

    fn found(&self, api: ApiKey) -> String {
        let taken = self.taken.get(&api.key());
        taken.map_or_else(
            || format!("no {}", api.name()),
            |v| format!("{} {} to {}", api.name(), v.start(), v.end()),
        )
    }

    /// What groups speak: what is `wanted`, else the consumer protocol where the broker has it.
    /// Errors: the consumer protocol is wanted and the broker does not have it.
    pub fn group_protocol(&self, wanted: Option<GroupProtocol>) -> io::Result<GroupProtocol> {
        let api = ApiKey::ConsumerGroupHeartbeat;
        let has = self.common(api, &(HEARTBEAT..=HEARTBEAT)).is_some();
        let (broker, found) = (self.broker, self.found(api));
        match wanted {
            None if !has => {
                eprintln!("{broker} has {found}: the groups speak the classic protocol");
                Ok(GroupProtocol::Classic)
            }
            Some(GroupProtocol::Consumer) if !has => Err(io::Error::other(format!(
                "found a broker ({broker}) with {found}; need {} {HEARTBEAT}, as Apache Kafka has it from 4.0 on, \
                 or --group-protocol classic",
                api.name()
            ))),
            wanted => Ok(wanted.unwrap_or(GroupProtocol::Consumer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_both_is_taken_and_what_is_missing_is_named() {
        let broker = "127.0.0.1:9092".parse().unwrap();
        let taken = BTreeMap::from([(ApiKey::JoinGroup.key(), 2..=7), (ApiKey::SyncGroup.key(), 0..=2)]);
        let versions = Versions { broker, taken };
        let newest = |api, ours| versions.newest(api, ours).map_err(|e| e.to_string());
        assert_eq!(newest(ApiKey::JoinGroup, 5..=9), Ok(7));
        assert_eq!(newest(ApiKey::JoinGroup, 0..=6), Ok(6));
        let old = newest(ApiKey::SyncGroup, 3..=5).unwrap_err();
        assert_eq!(old, "found a broker (127.0.0.1:9092) with SyncGroup 0 to 2; need SyncGroup 3 to 5");
        let none = newest(ApiKey::Heartbeat, 3..=4).unwrap_err();
        assert_eq!(none, "found a broker (127.0.0.1:9092) with no Heartbeat; need Heartbeat 3 to 4");
    }

    #[test]
    fn groups_speak_what_is_asked_for_or_else_what_the_broker_has() {
        use GroupProtocol::{Classic, Consumer};
        let of = |taken: &[(ApiKey, RangeInclusive<i16>)], wanted| {
            let taken = taken.iter().map(|(api, v)| (api.key(), v.clone())).collect();
            let versions = Versions { broker: "127.0.0.1:9092".parse().unwrap(), taken };
            versions.group_protocol(wanted).map_err(|e| e.to_string())
        };
        let (new, old) =
            ([(ApiKey::ConsumerGroupHeartbeat, 0..=1)], [(ApiKey::ConsumerGroupHeartbeat, 0..=0)]);
        assert_eq!((of(&new, None), of(&old, None), of(&[], None)), (Ok(Consumer), Ok(Classic), Ok(Classic)));
        assert_eq!((of(&new, Some(Classic)), of(&new, Some(Consumer))), (Ok(Classic), Ok(Consumer)));
        let missing = of(&[], Some(Consumer)).unwrap_err();
        assert!(missing.starts_with("found a broker (127.0.0.1:9092) with no ConsumerGroupHeartbeat; need "));
        assert!(missing.ends_with("or --group-protocol classic"), "{missing}");
    }
}
