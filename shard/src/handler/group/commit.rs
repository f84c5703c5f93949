//! OffsetCommit 2-10 and OffsetDelete 0 (KIP-211, KIP-496, KIP-848).
//!
//! Owner: one request. Invariants: every partition is answered, in the order of the request; what is refused here
//! does not keep the rest from being committed. An offset may be any number: kafkajs commits -2 where it wants to
//! begin at the earliest record, and reads it back.

use super::super::RequestContext;
use super::{ask, has_partition, topic};
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use crate::group::call::{Answer, Ask, CommitAsk, CommitTopic};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use ringlog_wire::generated::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use ringlog_wire::generated::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use ringlog_wire::generated::{
    OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Answers OffsetCommit.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: OffsetCommitRequest,
) -> Result<OffsetCommitResponse, Close> {
    ctx.partitions_named(request.topics.iter().map(|t| t.partitions.len()))?;
    let mut topics = Vec::with_capacity(request.topics.len());
    let mut good = Vec::with_capacity(request.topics.len());
    for t in request.topics {
        let (response, taken) = check_topic(core, ctx.version, t);
        topics.push(response);
        good.extend(taken);
    }
    if !good.is_empty() {
        let commit = CommitAsk {
            group: request.group_id.clone(),
            member: request.member_id,
            instance: request.group_instance_id,
            generation: request.generation_id_or_member_epoch,
            retention_ms: (request.retention_time_ms >= 0).then_some(request.retention_time_ms),
            topics: good,
        };
        let answer = ask(core, &request.group_id, Ask::Commit(commit)).await;
        let code = match answer.error() {
            // Kafka tells older clients of no group what they know from a group that has gone on.
            ErrorCode::GroupIdNotFound if ctx.version < 9 => ErrorCode::IllegalGeneration,
            error => error,
        }
        .code();
        let open = topics.iter_mut().flat_map(|t| &mut t.partitions).filter(|p| p.error_code == 0);
        open.for_each(|p| p.error_code = code);
    }
    Ok(OffsetCommitResponse { throttle_time_ms: 0, topics })
}

/// The answer for one topic, and what of it may be committed.
fn check_topic<E: Env>(
    core: &Core<E>,
    version: i16,
    asked: OffsetCommitRequestTopic,
) -> (OffsetCommitResponseTopic, Option<CommitTopic>) {
    let by_id = version >= 10;
    let found = topic(core, &asked.name, asked.topic_id, by_id);
    let max = core.groups.config().metadata_max;
    let check = |p: &OffsetCommitRequestPartition| {
        let topic = found.as_ref().map_err(|e| *e)?;
        if !has_partition(topic, p.partition_index) {
            return Err(ErrorCode::UnknownTopicOrPartition);
        }
        if p.committed_metadata.as_ref().is_some_and(|m| m.encode_utf16().count() > max) {
            return Err(ErrorCode::OffsetMetadataTooLarge);
        }
        Ok(())
    };
    let mut partitions = Vec::with_capacity(asked.partitions.len());
    let mut good = Vec::with_capacity(asked.partitions.len());
    for p in asked.partitions {
        let error_code = check(&p).err().unwrap_or(ErrorCode::None).code();
        partitions.push(OffsetCommitResponsePartition { partition_index: p.partition_index, error_code });
        if error_code == 0 {
            good.push(p);
        }
    }
    let taken = found.ok().filter(|_| !good.is_empty()).map(|t| CommitTopic {
        name: t.name.to_string(),
        id: t.id,
        partitions: good,
    });
    (OffsetCommitResponseTopic { name: asked.name, topic_id: asked.topic_id, partitions }, taken)
}

/// Answers OffsetDelete.
pub async fn delete<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: OffsetDeleteRequest,
) -> Result<OffsetDeleteResponse, Close> {
    ctx.partitions_named(request.topics.iter().map(|t| t.partitions.len()))?;
    if request.group_id.is_empty() {
        let error_code = ErrorCode::InvalidGroupId.code();
        return Ok(OffsetDeleteResponse { error_code, ..Default::default() });
    }
    let exists = |topic: &str, partition: i32| {
        core.image.borrow().topic_named(topic).is_some_and(|t| has_partition(t, partition))
    };
    let known = request.topics.iter().map(|t| {
        let partitions = t.partitions.iter().map(|p| p.partition_index);
        (t.name.clone(), partitions.filter(|p| exists(&t.name, *p)).collect())
    });
    let asked = Ask::DeleteOffsets { group: request.group_id.clone(), topics: known.collect() };
    let deleted = match ask(core, &request.group_id, asked).await {
        Answer::Deleted(deleted) => deleted,
        other => {
            let error_code = other.error().code();
            return Ok(OffsetDeleteResponse { error_code, ..Default::default() });
        }
    };
    let topics = request.topics.into_iter().zip(deleted).map(|(asked, (name, codes))| {
        let codes: BTreeMap<i32, ErrorCode> = codes.into_iter().collect();
        let partition = |partition_index: i32| {
            let known = codes.get(&partition_index).copied();
            let error_code = known.unwrap_or(ErrorCode::UnknownTopicOrPartition).code();
            OffsetDeleteResponsePartition { partition_index, error_code }
        };
        let partitions = asked.partitions.iter().map(|p| partition(p.partition_index)).collect();
        OffsetDeleteResponseTopic { name, partitions }
    });
    Ok(OffsetDeleteResponse { topics: topics.collect(), ..Default::default() })
}
