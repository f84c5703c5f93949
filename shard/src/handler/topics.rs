//! CreateTopics 2-7, DeleteTopics 1-6, CreatePartitions 0-3: asked of the control core.
//!
//! Owner: one request. Invariant: a request is answered for every topic it names, also when the metadata log
//! has failed.

use super::RequestContext;
use crate::conn::Close;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::generated::create_partitions_response::CreatePartitionsTopicResult;
use ringlog_wire::generated::create_topics_response::CreatableTopicResult;
use ringlog_wire::generated::delete_topics_response::DeletableTopicResult;
use ringlog_wire::generated::{
    CreatePartitionsRequest, CreatePartitionsResponse, CreateTopicsRequest, CreateTopicsResponse,
    DeleteTopicsRequest, DeleteTopicsResponse,
};
use ringlog_wire::ids::TopicId;
use std::rc::Rc;

fn unexpected<T>(reply: &ControlReply) -> Result<T, Close> {
    Err(Close::Internal(format!("the control core answered something else: {reply:?}")))
}

/// CreateTopics.
pub async fn create<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: CreateTopicsRequest,
) -> Result<CreateTopicsResponse, Close> {
    let names: Vec<_> = request.topics.iter().map(|t| t.name.clone()).collect();
    match core.control(ControlRequest::CreateTopics(request)).await {
        ControlReply::CreateTopics(response) => Ok(response),
        ControlReply::Failed(code, message) => {
            let topics = names.into_iter().map(|name| CreatableTopicResult {
                name,
                error_code: code.code(),
                error_message: Some(message.clone()),
                configs: Some(Vec::new()),
                ..Default::default()
            });
            Ok(CreateTopicsResponse { topics: topics.collect(), ..Default::default() })
        }
        other => unexpected(&other),
    }
}

/// DeleteTopics.
pub async fn delete<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: DeleteTopicsRequest,
) -> Result<DeleteTopicsResponse, Close> {
    let names = request.topic_names.iter().map(|n| (Some(n.clone()), TopicId::ZERO));
    let asked: Vec<_> = names.chain(request.topics.iter().map(|t| (t.name.clone(), t.topic_id))).collect();
    match core.control(ControlRequest::DeleteTopics(request)).await {
        ControlReply::DeleteTopics(response) => Ok(response),
        ControlReply::Failed(code, message) => {
            let responses = asked.into_iter().map(|(name, topic_id)| DeletableTopicResult {
                name,
                topic_id,
                error_code: code.code(),
                error_message: Some(message.clone()),
            });
            Ok(DeleteTopicsResponse { responses: responses.collect(), ..Default::default() })
        }
        other => unexpected(&other),
    }
}

/// CreatePartitions.
pub async fn create_partitions<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: CreatePartitionsRequest,
) -> Result<CreatePartitionsResponse, Close> {
    let names: Vec<_> = request.topics.iter().map(|t| t.name.clone()).collect();
    match core.control(ControlRequest::CreatePartitions(request)).await {
        ControlReply::CreatePartitions(response) => Ok(response),
        ControlReply::Failed(code, message) => {
            let results = names.into_iter().map(|name| CreatePartitionsTopicResult {
                name,
                error_code: code.code(),
                error_message: Some(message.clone()),
            });
            Ok(CreatePartitionsResponse { results: results.collect(), ..Default::default() })
        }
        other => unexpected(&other),
    }
}
