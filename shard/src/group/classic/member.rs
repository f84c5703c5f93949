//! One member of a classic group.
//!
//! Owner: its group. Pure. Invariants: bytes are the member's own copies, so a waiting member pins no request;
//! at most one join and one sync of a member wait.

use crate::group::Ticket;
use crate::group::call::Client;
use bytes::Bytes;
use ringlog_wire::generated::join_group_request::JoinGroupRequestProtocol;

/// The member.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its static name (KIP-345).
    pub instance: Option<String>,
    /// Who it is.
    pub client: Client,
    /// How long it may be silent, milliseconds.
    pub session_ms: u64,
    /// How long it may take to join a rebalance, milliseconds.
    pub rebalance_ms: u64,
    /// What it can do, the preferred first: name and metadata.
    pub protocols: Vec<(String, Bytes)>,
    /// What the leader gave it.
    pub assignment: Bytes,
    /// It waits for the rebalance.
    pub join: Option<Ticket>,
    /// It waits for its assignment.
    pub sync: Option<Ticket>,
    /// It has not been through a rebalance: it does not know its id yet.
    pub is_new: bool,
}

impl Member {
    /// Its metadata for `protocol`.
    #[must_use]
    pub fn metadata(&self, protocol: &str) -> Option<Bytes> {
        self.protocols.iter().find(|(name, _)| name == protocol).map(|(_, bytes)| bytes.clone())
    }

    /// True if it can do exactly `protocols`, byte by byte.
    #[must_use]
    pub fn offers(&self, protocols: &[JoinGroupRequestProtocol]) -> bool {
        let same = |((name, bytes), p): (&(String, Bytes), &JoinGroupRequestProtocol)| {
            *name == p.name && *bytes == p.metadata
        };
        self.protocols.len() == protocols.len() && self.protocols.iter().zip(protocols).all(same)
    }

    /// Bytes of its metadata.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.protocols.iter().map(|(name, bytes)| name.len() + bytes.len()).sum()
    }
}

/// The member's own copies of what it offers.
#[must_use]
pub fn copied(protocols: &[JoinGroupRequestProtocol]) -> Vec<(String, Bytes)> {
    protocols.iter().map(|p| (p.name.clone(), Bytes::copy_from_slice(&p.metadata))).collect()
}
