//! FindCoordinator 0-6 (KIP-699): which broker coordinates a group.
//!
//! Owner: one request. Invariants: the coordinator of a group is the leader of its partition of
//! `__consumer_offsets`, which is created by the first one who asks and is served before that answer leaves;
//! what a transactional client gets ends its search at once: without this API it would wait a minute.

use super::RequestContext;
use super::init_producer_id::NO_TRANSACTIONS;
use super::metadata::leader;
use super::view::View;
use crate::conn::Close;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::Env;
use crate::group::OFFSETS_TOPIC;
use crate::group::place::partition_of;
use crate::image::MetadataImage;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use ringlog_wire::generated::find_coordinator_response::Coordinator;
use ringlog_wire::generated::{CreateTopicsRequest, FindCoordinatorRequest, FindCoordinatorResponse};
use std::rc::Rc;

/// Keys in one request; a client asks for its own groups.
const KEYS_MAX: usize = 10_000;
const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;

/// Where a coordinator is, or why that cannot be said.
type Found = Result<(i32, String, i32), (ErrorCode, String)>;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: FindCoordinatorRequest,
) -> Result<FindCoordinatorResponse, Close> {
    if request.coordinator_keys.len() > KEYS_MAX {
        return Err(ctx.malformed(&format_args!("more than {KEYS_MAX} keys")));
    }
    let known = core.image.borrow().topic_named(OFFSETS_TOPIC).is_some();
    let refused = match request.key_type {
        GROUP if !known => create(core).await.err(),
        _ => None,
    };
    let image = core.image.borrow();
    let view = ctx.view(&image);
    Ok(answer(ctx.version, &request, |key| match &refused {
        Some(why) => Err((ErrorCode::CoordinatorNotAvailable, why.clone())),
        None => find(view, request.key_type, key),
    }))
}

/// Creates `__consumer_offsets`. Error: why it could not be.
async fn create<E: Env>(core: &Rc<Core<E>>) -> Result<(), String> {
    let request = offsets_topic(&core.image.borrow());
    match core.control(ControlRequest::CreateTopics(request)).await {
        ControlReply::CreateTopics(response) => {
            let exists = ErrorCode::TopicAlreadyExists.code();
            match response.topics.into_iter().find(|t| t.error_code != 0 && t.error_code != exists) {
                Some(topic) => Err(topic.error_message.unwrap_or_default()),
                None => Ok(()),
            }
        }
        ControlReply::Failed(_, why) => Err(why),
        other => Err(format!("{other:?}")),
    }
}

/// The request that creates the topic as it is configured.
fn offsets_topic(image: &MetadataImage) -> CreateTopicsRequest {
    let config = image.broker_config();
    let set = |name: &str, value: String| CreatableTopicConfig { name: name.to_owned(), value: Some(value) };
    let brokers = i64::try_from(image.brokers().count()).unwrap_or(1).max(1);
    let topic = CreatableTopic {
        name: OFFSETS_TOPIC.to_owned(),
        num_partitions: i32::try_from(config.int("offsets.topic.num.partitions")).unwrap_or(50),
        replication_factor: i16::try_from(config.int("offsets.topic.replication.factor").min(brokers))
            .unwrap_or(1),
        configs: vec![
            set("cleanup.policy", "compact".to_owned()),
            set("compression.type", "producer".to_owned()),
            set("segment.bytes", config.int("offsets.topic.segment.bytes").to_string()),
        ],
        ..Default::default()
    };
    CreateTopicsRequest { topics: vec![topic], timeout_ms: 30_000, ..Default::default() }
}

fn find(view: View<'_>, key_type: i8, key: &str) -> Found {
    let refuse = |code, why: &str| Err((code, why.to_owned()));
    match key_type {
        GROUP => {}
        TRANSACTION => return refuse(ErrorCode::TransactionalIdAuthorizationFailed, NO_TRANSACTIONS),
        _ => return refuse(ErrorCode::InvalidRequest, "this key type is not available in this version"),
    }
    let partition = view.image.topic_named(OFFSETS_TOPIC).and_then(|topic| {
        let count = u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX);
        topic.partitions.get(partition_of(key, count.max(1)) as usize)
    });
    let broker = partition.map(|p| leader(view, p)).and_then(|(id, error)| {
        let id = u32::try_from(id).ok().filter(|_| error == 0)?;
        view.alive().find(|(b, _, _)| b.id.0 == id)
    });
    match broker {
        Some((b, host, port)) => Ok((b.id.0 as i32, host, i32::from(port))),
        None => refuse(ErrorCode::CoordinatorNotAvailable, "the coordinator's partition has no leader"),
    }
}

pub(super) fn answer(
    version: i16,
    request: &FindCoordinatorRequest,
    find: impl Fn(&str) -> Found,
) -> FindCoordinatorResponse {
    if version <= 3 {
        let one = coordinator(&request.key, find(&request.key));
        return FindCoordinatorResponse {
            error_code: one.error_code,
            // Version 0 has no place for words.
            error_message: one.error_message.filter(|_| version >= 1),
            node_id: one.node_id,
            host: one.host,
            port: one.port,
            ..Default::default()
        };
    }
    let coordinators = request.coordinator_keys.iter().map(|key| coordinator(key, find(key)));
    FindCoordinatorResponse { coordinators: coordinators.collect(), ..Default::default() }
}

fn coordinator(key: &str, found: Found) -> Coordinator {
    let (node_id, host, port, error_code, error_message) = match found {
        Ok((node, host, port)) => (node, host, port, 0, None),
        Err((error, message)) => (-1, String::new(), -1, error.code(), Some(message)),
    };
    Coordinator { key: key.to_owned(), node_id, host, port, error_code, error_message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::empty_for_tests;

    fn request(key_type: i8) -> FindCoordinatorRequest {
        let coordinator_keys = vec!["a".to_owned(), "b".to_owned()];
        FindCoordinatorRequest { key_type, key: "a".into(), coordinator_keys }
    }

    #[test]
    fn what_is_not_there_is_refused_and_only_groups_may_ask_again() {
        let image = empty_for_tests();
        let local = "127.0.0.1:9092".parse().unwrap();
        for (kind, code) in [(0, 15), (1, 53), (2, 42)] {
            let view = View { image: &image, listener: 0, local, version: 4 };
            let response = answer(4, &request(kind), |key| find(view, kind, key));
            let got: Vec<_> = response.coordinators.iter().map(|c| (c.key.as_str(), c.error_code)).collect();
            assert_eq!(got, [("a", code), ("b", code)]);
            assert_eq!(ErrorCode::from_code(code).unwrap().is_retriable(), kind == GROUP);
            assert_eq!(answer(3, &request(kind), |key| find(view, kind, key)).error_code, code);
        }
    }

    #[test]
    fn the_topic_is_asked_for_as_configured() {
        let request = offsets_topic(&empty_for_tests());
        let topic = &request.topics[0];
        assert_eq!(
            (topic.name.as_str(), topic.num_partitions, topic.replication_factor),
            (OFFSETS_TOPIC, 50, 1)
        );
        let configs: Vec<_> =
            topic.configs.iter().map(|c| (c.name.as_str(), c.value.as_deref().unwrap())).collect();
        assert_eq!(
            configs,
            [("cleanup.policy", "compact"), ("compression.type", "producer"), ("segment.bytes", "104857600")]
        );
    }
}
