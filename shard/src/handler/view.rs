//! What the metadata handlers see of a core, and what they answer alike: addresses, brokers, operations.
//!
//! Owner: one request. Pure. Invariants: a client is told an address of the listener that it used; this broker's
//! own address is the advertised one, else the local address of the connection, never a wildcard.

use crate::image::{Broker, MetadataImage};
use std::net::{IpAddr, SocketAddr};

/// "Not asked for", in the bit fields of authorized operations (KIP-430).
pub const NO_OPERATIONS: i32 = i32::MIN;
/// Operations on a topic that a client without limits has: READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE,
/// DESCRIBE_CONFIGS, ALTER_CONFIGS. Bit n is Kafka's operation n.
pub const TOPIC_OPERATIONS: i32 = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 11;
/// Operations on the cluster: CREATE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS,
/// IDEMPOTENT_WRITE.
pub const CLUSTER_OPERATIONS: i32 = 1 << 5 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12;

/// A core's image as one connection sees it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The image.
    pub image: &'a MetadataImage,
    /// The number of the connection's listener.
    pub listener: usize,
    /// The address that the client connected to.
    pub local: SocketAddr,
    /// The version of the request.
    pub version: i16,
}

impl View<'_> {
    /// Host and port of `broker` for this client; `None` if it does not have this listener.
    #[must_use]
    pub fn address(&self, broker: &Broker) -> Option<(String, u16)> {
        let listeners = &self.image.broker_config().listeners;
        let listener = listeners.get(self.listener)?;
        if broker.id == self.image.node() {
            let host = listener.advertised_host.clone().unwrap_or_else(|| text(self.local.ip()));
            return Some((host, listener.advertised_port.unwrap_or(self.local.port())));
        }
        let endpoint = broker.endpoints.iter().find(|e| e.listener == listener.name)?;
        Some((endpoint.host.clone(), endpoint.port))
    }

    /// The brokers that clients may talk to, with their addresses: unfenced ones that have this listener.
    pub fn alive(&self) -> impl Iterator<Item = (&Broker, String, u16)> {
        let alive = self.image.brokers().filter(|b| !b.fenced);
        alive.filter_map(|b| self.address(b).map(|(host, port)| (b, host, port)))
    }

    /// Who answers for the controller: with a KRaft controller behind it, any broker does.
    #[must_use]
    pub fn controller(&self) -> i32 {
        self.image.node().0 as i32
    }
}

/// An IPv4 address inside an IPv6 one (a dual-stack listener) is told as IPv4.
fn text(ip: IpAddr) -> String {
    ip.to_canonical().to_string()
}
