//! The APIs of consumer groups: from the request to the coordinator's core and back.
//!
//! Owner: one request, on the core of its connection. Invariants: topics are looked up here, so that coordinators
//! hear of existing partitions only; what a version cannot carry is left out here, after the answer.

pub mod admin;
pub mod commit;
pub mod consumer;
pub mod fetch;
pub mod members;

use super::RequestContext;
use crate::core::Core;
use crate::env::{Env, Mesh};
use crate::group::OFFSETS_TOPIC;
use crate::group::call::{Answer, Ask, Call, Client};
use crate::group::place::partition_of;
use crate::image::Topic;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::TopicId;
use std::rc::Rc;

/// Asks the coordinator of `group`.
async fn ask<E: Env>(core: &Rc<Core<E>>, group: &str, ask: Ask) -> Answer {
    let partitions = core.image.borrow().topic_named(OFFSETS_TOPIC).map(|t| t.partitions.len());
    let count = partitions.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let Some(count) = count else { return Answer::Refused(ErrorCode::NotCoordinator) };
    let mut partition = partition_of(group, count);
    if planted(Bug::OtherOffsetsPartition) {
        partition = (partition + u32::from(core.env.mesh().data_cores())) % count;
    }
    core.ask_group(Call { partition, ask }).await
}

/// Who asks.
fn client<E: Env>(ctx: &RequestContext<E>) -> Client {
    Client {
        id: ctx.client_id.as_deref().unwrap_or_default().to_owned(),
        // As Java prints an address without a name.
        host: format!("/{}", ctx.connection.peer.ip().to_canonical()),
    }
}

/// The topic that a request names, by id or by name; the error if there is none.
fn topic<E: Env>(core: &Core<E>, name: &str, id: TopicId, by_id: bool) -> Result<Rc<Topic>, ErrorCode> {
    let image = core.image.borrow();
    let (found, error) = match by_id {
        true => (image.topic(id), ErrorCode::UnknownTopicId),
        false => (image.topic_named(name), ErrorCode::UnknownTopicOrPartition),
    };
    found.cloned().ok_or(error)
}

/// True if `topic` has partition `index`.
fn has_partition(topic: &Topic, index: i32) -> bool {
    usize::try_from(index).is_ok_and(|i| i < topic.partitions.len())
}
