//! Telling a client who leads, inside an answer that refuses it (KIP-951).
//!
//! Owner: the answering call. Invariant: a leader that is named has its endpoint in the same answer.

use crate::conn::Connection;
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::ids::TopicId;
use ringlog_wire::writer::{Encoded, Sink};

/// Leader and epoch of a partition, if the image knows them. `name` counts where `id` is zero.
#[must_use]
pub fn current<E: Env>(core: &Core<E>, name: &str, id: TopicId, index: i32) -> Option<(i32, i32)> {
    let image = core.image.borrow();
    let topic = if id.is_zero() { image.topic_named(name)? } else { image.topic(id)? };
    let partition = topic.partitions.get(usize::try_from(index).ok()?)?;
    let leader = i32::try_from(partition.leader?.0).ok()?;
    Some((leader, partition.leader_epoch.to_wire()))
}

/// The `CurrentLeader` struct of Produce and Fetch.
pub fn encode(s: &mut dyn Sink, id: i32, epoch: i32) -> Encoded {
    s.int32(id);
    s.int32(epoch);
    s.uvarint(0);
    Ok(())
}

/// The `NodeEndpoints` array of Produce and Fetch: every broker that is not fenced.
pub fn node_endpoints<E: Env>(core: &Core<E>, connection: &Connection<E>, s: &mut dyn Sink) -> Encoded {
    let image = core.image.borrow();
    let here = image.node();
    let listener = core.config.listeners.get(connection.listener).map_or("", |l| l.name.as_str());
    let brokers: Vec<_> = image
        .brokers()
        .filter(|b| !b.fenced)
        .filter_map(|b| {
            let (host, port) = if b.id == here {
                connection.advertised(&core.config)
            } else {
                let e = b.endpoints.iter().find(|e| e.listener == listener)?;
                (e.host.clone(), e.port)
            };
            Some((b, host, port))
        })
        .collect();
    s.count(true, brokers.len())?;
    for (broker, host, port) in brokers {
        s.int32(i32::try_from(broker.id.0).unwrap_or(-1));
        s.string(true, &host)?;
        s.int32(i32::from(port));
        s.nullable_string(true, broker.rack.as_deref())?;
        s.uvarint(0);
    }
    Ok(())
}
