//! DescribeTopicPartitions 0 (KIP-966): topics in the order of their names, cut at a limit, with a cursor.
//!
//! Owner: one request. Pure but for the borrow of the image. Invariants: at most the limit of partitions is
//! answered; a cursor names the next one; following cursors gives every partition exactly once.

use super::RequestContext;
use super::metadata::{leader, offline, wire_nodes};
use super::view::{TOPIC_OPERATIONS, View};
use crate::conn::Close;
use crate::control::names::{check_topic_name, is_internal};
use crate::core::Core;
use crate::env::Env;
use crate::image::{Partition, Topic};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_topic_partitions_request::Cursor as AskedCursor;
use ringlog_wire::generated::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
};
use ringlog_wire::generated::{DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DescribeTopicPartitionsRequest,
) -> Result<DescribeTopicPartitionsResponse, Close> {
    let cap = core.config.int("max.request.partition.size.limit");
    let image = core.image.borrow();
    Ok(answer(ctx.view(&image), &request, usize::try_from(cap).unwrap_or(1)))
}

/// The answer from the image. `cap`: the broker's own limit of partitions.
#[must_use]
pub fn answer(
    view: View<'_>,
    request: &DescribeTopicPartitionsRequest,
    cap: usize,
) -> DescribeTopicPartitionsResponse {
    let limit = usize::try_from(request.response_partition_limit).unwrap_or(0).clamp(1, cap.max(1));
    let (start, first) = match &request.cursor {
        Some(c) => (c.topic_name.as_str(), usize::try_from(c.partition_index).unwrap_or(0)),
        None => ("", 0),
    };
    let mut page = Page { view, left: limit, topics: Vec::new(), next: None };
    let names: BTreeSet<_> = request.topics.iter().map(|t| t.name.as_str()).collect();
    let nowhere = |c: &AskedCursor| {
        c.partition_index < 0 || (!names.is_empty() && !names.contains(c.topic_name.as_str()))
    };
    if request.cursor.as_ref().is_some_and(nowhere) {
        // As Kafka: the request has no error of its own, so each of its topics tells.
        names.into_iter().for_each(|name| page.add_failed(name, ErrorCode::InvalidRequest));
        return DescribeTopicPartitionsResponse { topics: page.topics, ..Default::default() };
    }
    let at = |name: &str| if name == start { first } else { 0 };
    if names.is_empty() {
        for topic in view.image.topics_from(start) {
            if !page.add(topic, at(&topic.name)) {
                break;
            }
        }
    } else {
        for name in names.range(start..) {
            let more = match view.image.topic_named(name) {
                Some(topic) => page.add(topic, at(name)),
                None => page.add_unknown(name),
            };
            if !more {
                break;
            }
        }
    }
    DescribeTopicPartitionsResponse { throttle_time_ms: 0, topics: page.topics, next_cursor: page.next }
}

/// One response being filled.
struct Page<'a> {
    view: View<'a>,
    /// Partitions that still fit.
    left: usize,
    topics: Vec<DescribeTopicPartitionsResponseTopic>,
    next: Option<Cursor>,
}

impl Page<'_> {
    /// Adds a topic from partition `first` on; false if the page is full and a cursor is set.
    fn add(&mut self, topic: &Topic, first: usize) -> bool {
        if self.left == 0 {
            return self.end(&topic.name, first);
        }
        let from = topic.partitions.get(first..).unwrap_or_default();
        let taken = from.len().min(self.left);
        let partitions = from.iter().zip(first..).take(taken).map(|(p, i)| partition(self.view, p, i));
        self.topics.push(DescribeTopicPartitionsResponseTopic {
            error_code: 0,
            name: Some(topic.name.to_string()),
            topic_id: topic.id,
            is_internal: is_internal(&topic.name),
            partitions: partitions.collect(),
            topic_authorized_operations: TOPIC_OPERATIONS,
        });
        self.left -= taken;
        taken == from.len() || self.end(&topic.name, first + taken)
    }

    fn add_unknown(&mut self, name: &str) -> bool {
        let invalid = check_topic_name(name).is_err();
        let error =
            if invalid { ErrorCode::InvalidTopicException } else { ErrorCode::UnknownTopicOrPartition };
        self.add_failed(name, error);
        true
    }

    fn add_failed(&mut self, name: &str, error: ErrorCode) {
        self.topics.push(DescribeTopicPartitionsResponseTopic {
            error_code: error.code(),
            name: Some(name.to_owned()),
            topic_id: TopicId::ZERO,
            is_internal: is_internal(name),
            ..Default::default()
        });
    }

    fn end(&mut self, name: &str, index: usize) -> bool {
        let partition_index = i32::try_from(index).unwrap_or(i32::MAX);
        self.next = Some(Cursor { topic_name: name.to_owned(), partition_index });
        false
    }
}

fn partition(view: View<'_>, p: &Partition, index: usize) -> DescribeTopicPartitionsResponsePartition {
    let (leader_id, error_code) = leader(view, p);
    DescribeTopicPartitionsResponsePartition {
        error_code,
        partition_index: i32::try_from(index).unwrap_or(i32::MAX),
        leader_id,
        leader_epoch: p.leader_epoch.to_wire(),
        replica_nodes: wire_nodes(&p.replicas),
        isr_nodes: wire_nodes(&p.isr),
        eligible_leader_replicas: Some(wire_nodes(&p.elr)),
        last_known_elr: Some(wire_nodes(&p.last_known_elr)),
        offline_replicas: offline(view, p),
    }
}
