//! DescribeLogDirs 1-5 and AlterReplicaLogDirs 1-2 (KIP-113, KIP-827, KIP-1066).
//!
//! Owner: the core of the connection; each core says what its stores hold. Invariants: every configured directory is
//! answered, in the configured order; one that any core cannot use is answered as failed, without partitions; a
//! partition is answered once, whatever the request repeats.

use super::RequestContext;
use crate::calls::Turn;
use crate::conn::Close;
use crate::control::names::TOPIC_NAME_MAX;
use crate::core::Core;
use crate::env::{CoreId, Env, Mesh};
use crate::image::MetadataImage;
use crate::limits::PARTITIONS_AT_ONCE;
use crate::msg::{DirLogs, LogSize, MoveItem, Reply, Request, Token};
use ringlog_storage::disk::Disk;
use ringlog_storage::store::wait::side_by_side;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::alter_replica_log_dirs_response::{
    AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult,
};
use ringlog_wire::generated::describe_log_dirs_request::DescribableLogDirTopic;
use ringlog_wire::generated::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use ringlog_wire::generated::{
    AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse, DescribeLogDirsRequest, DescribeLogDirsResponse,
};
use ringlog_wire::ids::{PartitionId, TopicId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What Kafka appends to a partition's folder while it moves: a dot, 32 hex digits and `-future`.
const FUTURE_SUFFIX: usize = 40;
/// Longest name of a folder.
const FOLDER_MAX: usize = 255;
const _: () = assert!(TOPIC_NAME_MAX < FOLDER_MAX, "a topic has a folder");

/// Answers DescribeLogDirs.
pub async fn describe<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DescribeLogDirsRequest,
) -> Result<DescribeLogDirsResponse, Close> {
    ctx.partitions_named(request.topics.iter().flatten().map(|t| t.partitions.len()))?;
    let wanted = request.topics.as_deref().map(wanted);
    let mut dirs = logs_here(core).await;
    let others = (0..core.env.mesh().data_cores()).map(CoreId).filter(|c| *c != core.router.here());
    let mut asked = Vec::new();
    for to in others {
        asked.push(core.router.ask(to, Request::LogDirs).await);
    }
    for token in asked {
        if let Reply::LogDirs(theirs) = core.router.answer(token).await {
            join(&mut dirs, theirs);
        }
    }
    let mut results = Vec::with_capacity(dirs.len());
    for (at, (path, dir)) in core.config.data_dirs.iter().zip(dirs).enumerate() {
        let topics = topics(&core.image.borrow(), dir.logs, wanted.as_ref());
        let is_cordoned = core.image.borrow().is_cordoned(at);
        results.push(DescribeLogDirsResult { is_cordoned, ..result(core, path, dir.online, topics).await });
    }
    Ok(DescribeLogDirsResponse { throttle_time_ms: 0, error_code: 0, results })
}

type Wanted<'a> = BTreeMap<&'a str, BTreeSet<i32>>;

fn wanted(topics: &[DescribableLogDirTopic]) -> Wanted<'_> {
    let mut all = Wanted::new();
    for t in topics {
        all.entry(&t.topic).or_default().extend(&t.partitions);
    }
    all
}

/// Adds what another core holds.
fn join(dirs: &mut [DirLogs], theirs: Vec<DirLogs>) {
    for (dir, their) in dirs.iter_mut().zip(theirs) {
        dir.online &= their.online;
        dir.logs.extend(their.logs);
    }
}

/// Logs by topic and partition, those that are wanted, in the order of their names.
fn topics(
    image: &MetadataImage,
    logs: Vec<LogSize>,
    wanted: Option<&Wanted<'_>>,
) -> Vec<DescribeLogDirsTopic> {
    let mut by_id: BTreeMap<TopicId, Vec<DescribeLogDirsPartition>> = BTreeMap::new();
    for LogSize { partition: id, size, lag, is_future } in logs {
        by_id.entry(id.topic).or_default().push(DescribeLogDirsPartition {
            partition_index: i32::try_from(id.index).unwrap_or(i32::MAX),
            partition_size: i64::try_from(size).unwrap_or(i64::MAX),
            offset_lag: i64::try_from(lag).unwrap_or(i64::MAX),
            is_future_key: is_future,
        });
    }
    let one = |(id, mut partitions): (TopicId, Vec<DescribeLogDirsPartition>)| {
        // A topic may be deleted while the cores answer.
        let name = &image.topic(id)?.name;
        if let Some(wanted) = wanted {
            let indexes = wanted.get(&**name)?;
            partitions.retain(|p| indexes.contains(&p.partition_index));
        }
        partitions.sort_by_key(|p| p.partition_index);
        (!partitions.is_empty()).then(|| DescribeLogDirsTopic { name: name.to_string(), partitions })
    };
    let mut topics: Vec<_> = by_id.into_iter().filter_map(one).collect();
    topics.sort_by(|a, b| a.name.cmp(&b.name));
    topics
}

async fn result<E: Env>(
    core: &Core<E>,
    path: &Path,
    online: bool,
    topics: Vec<DescribeLogDirsTopic>,
) -> DescribeLogDirsResult {
    let log_dir = path.display().to_string();
    let space = if online { core.env.disk().space(path).await.ok() } else { None };
    let Some(space) = space else {
        let error_code = ErrorCode::KafkaStorageError.code();
        return DescribeLogDirsResult { error_code, log_dir, ..Default::default() };
    };
    let bytes = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    DescribeLogDirsResult {
        error_code: 0,
        log_dir,
        topics,
        total_bytes: bytes(space.total),
        usable_bytes: bytes(space.free),
        is_cordoned: false,
    }
}

/// What the stores of this core hold, by directory.
async fn logs_here<E: Env>(core: &Core<E>) -> Vec<DirLogs> {
    let stores = core.stores.borrow().clone();
    let mut turn = Turn::default();
    let mut dirs = Vec::with_capacity(stores.len());
    for (at, store) in stores.into_iter().enumerate() {
        let mut dir = DirLogs { online: false, logs: Vec::new() };
        if let Some(store) = store.filter(|s| s.check_online().is_ok()) {
            dir.online = true;
            for partition in store.partitions() {
                turn.spend(0).await;
                // One that has just come is the replica once its leader goes on with it.
                if core.leader(partition.id()).is_some_and(|l| !Rc::ptr_eq(&l.log(), &partition)) {
                    continue;
                }
                let size = partition.log().borrow().segments().iter().map(|s| s.size).sum();
                // The one replica is the leader, which lags behind nobody.
                dir.logs.push(LogSize { partition: partition.id(), size, lag: 0, is_future: false });
            }
            dir.logs.extend(core.future_replicas(at));
        }
        dirs.push(dir);
    }
    dirs
}

/// Another core asks.
pub async fn logs_for<E: Env>(core: &Core<E>, from: CoreId, token: Token) {
    core.router.reply(from, token, Reply::LogDirs(logs_here(core).await));
}

/// Answers AlterReplicaLogDirs: moves begin, and go on behind the answer.
pub async fn alter<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: AlterReplicaLogDirsRequest,
) -> Result<AlterReplicaLogDirsResponse, Close> {
    ctx.partitions_named(request.dirs.iter().flat_map(|d| &d.topics).map(|t| t.partitions.len()))?;
    let is_online = |at: usize| {
        core.stores.borrow().get(at).and_then(Option::as_ref).is_some_and(|s| s.check_online().is_ok())
    };
    let mut asked = checked_all(&core.image.borrow(), request, &is_online);
    let items = (0u32..)
        .zip(&asked)
        .filter_map(|(slot, (_, place))| place.ok().map(|(partition, to)| MoveItem { partition, slot, to }));
    let items = items.collect();
    for (slot, error) in everywhere(core, items).await {
        if error != ErrorCode::None
            && let Some((_, place)) = asked.get_mut(slot as usize)
        {
            *place = Err(error);
        }
    }
    Ok(AlterReplicaLogDirsResponse { throttle_time_ms: 0, results: results(asked) })
}

/// What was asked of one partition, and where it is to go.
type Asked = ((String, i32), Result<(PartitionId, usize), ErrorCode>);

/// Every partition of the request once, by topic and index: one that stands below two directories goes to the last.
pub(super) fn checked_all(
    image: &MetadataImage,
    request: AlterReplicaLogDirsRequest,
    is_online: &dyn Fn(usize) -> bool,
) -> Vec<Asked> {
    let mut wanted = BTreeMap::new();
    for dir in request.dirs {
        let path = PathBuf::from(dir.path);
        let at = image.broker_config().data_dirs.iter().position(|d| *d == path);
        for topic in dir.topics {
            wanted.extend(topic.partitions.into_iter().map(|index| ((topic.name.clone(), index), at)));
        }
    }
    let one = |((topic, index), at): ((String, i32), Option<usize>)| {
        let place = checked(image, (&topic, index), at, is_online);
        ((topic, index), place)
    };
    wanted.into_iter().map(one).collect()
}

fn results(asked: Vec<Asked>) -> Vec<AlterReplicaLogDirTopicResult> {
    let mut results: Vec<AlterReplicaLogDirTopicResult> = Vec::new();
    for ((topic_name, partition_index), place) in asked {
        let error_code = place.err().unwrap_or(ErrorCode::None).code();
        let partition = AlterReplicaLogDirPartitionResult { partition_index, error_code };
        match results.last_mut().filter(|t| t.topic_name == topic_name) {
            Some(topic) => topic.partitions.push(partition),
            None => results.push(AlterReplicaLogDirTopicResult { topic_name, partitions: vec![partition] }),
        }
    }
    results
}

/// Where the replica is to go; in Kafka's order of checks.
fn checked(
    image: &MetadataImage,
    (topic, index): (&str, i32),
    to: Option<usize>,
    is_online: &dyn Fn(usize) -> bool,
) -> Result<(PartitionId, usize), ErrorCode> {
    if topic.len() + 1 + index.to_string().len() + FUTURE_SUFFIX > FOLDER_MAX {
        return Err(ErrorCode::InvalidTopicException);
    }
    let to = to.ok_or(ErrorCode::LogDirNotFound)?;
    if !is_online(to) {
        return Err(ErrorCode::KafkaStorageError);
    }
    if image.is_cordoned(to) {
        return Err(ErrorCode::InvalidReplicaAssignment);
    }
    let topic = image.topic_named(topic).ok_or(ErrorCode::ReplicaNotAvailable)?;
    let index = u32::try_from(index).map_err(|_| ErrorCode::ReplicaNotAvailable)?;
    let id = PartitionId { topic: topic.id, index };
    let partition = image.partition(id).ok_or(ErrorCode::ReplicaNotAvailable)?;
    if !partition.replicas.contains(&image.node()) {
        return Err(ErrorCode::ReplicaNotAvailable);
    }
    Ok((id, to))
}

async fn everywhere<E: Env>(core: &Rc<Core<E>>, items: Vec<MoveItem>) -> Vec<(u32, ErrorCode)> {
    let (here, others) = core.by_owner(items, |i| i.partition);
    let mut asked = Vec::with_capacity(others.len());
    for (to, items) in others {
        asked.push(core.router.ask(to, Request::MoveReplicas(items)).await);
    }
    let mut results = begin_here(core, here).await;
    for token in asked {
        if let Reply::MovesBegun(theirs) = core.router.answer(token).await {
            results.extend(theirs);
        }
    }
    results
}

async fn begin_here<E: Env>(core: &Core<E>, items: Vec<MoveItem>) -> Vec<(u32, ErrorCode)> {
    let begin = async |i: MoveItem| {
        (i.slot, core.move_replica(i.partition, i.to).await.err().unwrap_or(ErrorCode::None))
    };
    side_by_side(items, PARTITIONS_AT_ONCE, begin).await
}

/// Another core asks.
pub async fn move_for<E: Env>(core: &Core<E>, from: CoreId, token: Token, items: Vec<MoveItem>) {
    core.router.reply(from, token, Reply::MovesBegun(begin_here(core, items).await));
}
