//! Telling a client who leads, inside an answer that refuses it (KIP-951).
//!
//! Owner: the answering call. Invariant: a leader that is named has its endpoint in the same answer.

use crate::conn::Connection;
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::hot::{CurrentLeader, Endpoint};
use ringlog_wire::ids::TopicId;

/// Leader and epoch of a partition, if the image knows them. `name` counts where `id` is zero.
#[must_use]
pub fn current<E: Env>(core: &Core<E>, name: &str, id: TopicId, index: i32) -> Option<CurrentLeader> {
    let image = core.image.borrow();
    let topic = if id.is_zero() { image.topic_named(name)? } else { image.topic(id)? };
    let partition = topic.partitions.get(usize::try_from(index).ok()?)?;
    let leader_id = i32::try_from(partition.leader?.0).ok()?;
    Some(CurrentLeader { leader_id, leader_epoch: partition.leader_epoch.to_wire() })
}

/// Where every broker that is not fenced listens for this client.
pub struct Endpoints(Vec<(i32, String, i32, Option<String>)>);

impl Endpoints {
    /// As the image says now.
    #[must_use]
    pub fn of<E: Env>(core: &Core<E>, connection: &Connection<E>) -> Self {
        let image = core.image.borrow();
        let here = image.node();
        let listener = core.config.listeners.get(connection.listener).map_or("", |l| l.name.as_str());
        let brokers = image.brokers().filter(|b| !b.fenced).filter_map(|b| {
            let (host, port) = if b.id == here {
                connection.advertised(&core.config)
            } else {
                let e = b.endpoints.iter().find(|e| e.listener == listener)?;
                (e.host.clone(), e.port)
            };
            Some((i32::try_from(b.id.0).unwrap_or(-1), host, i32::from(port), b.rack.clone()))
        });
        Self(brokers.collect())
    }

    /// The `NodeEndpoints` array of Produce and Fetch.
    #[must_use]
    pub fn list(&self) -> Vec<Endpoint<'_>> {
        let all = self.0.iter();
        all.map(|(node_id, host, port, rack)| Endpoint {
            node_id: *node_id,
            host,
            port: *port,
            rack: rack.as_deref(),
        })
        .collect()
    }
}
