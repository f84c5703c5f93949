//! The control core: the metadata log, the decisions on it, and the way of their results to the data cores.
//!
//! Owner: one control core per process (architecture.md D6). Invariants: data cores see committed, durable
//! records only, in log order; a change is answered when every data core has applied it; requests that arrive
//! while a batch is written share the next one.

pub mod alter_configs;
pub mod batch;
pub mod boot;
pub mod change_topics;
pub mod create_topics;
pub mod directories;
pub mod features;
mod identity;
pub mod log;
pub mod msg;
pub mod names;
pub mod plan;
#[cfg(test)]
mod plan_tests;
mod quorum;
pub mod quorum_file;
pub mod snapshot;
pub mod start;

pub use boot::{BootError, ControlBoot, Ready};
pub(crate) use create_topics::METADATA_TOPIC;
pub use identity::LOST;

use crate::calls::{First, Inbox, first};
use crate::env::{Clock, CoreId, Env, FileOf, Full, Instant, Lane, Level, Mesh};
use crate::image::dump::record_version;
use crate::image::{MetadataDelta, MetadataImage};
use crate::msg::{DirState, ShardMsg, Token};
use crate::partition::host::prepare_directories;
use change_topics::{plan_create_partitions, plan_delete_topics};
use create_topics::{auto_create_request, plan_create_topics};
use directories::Directories;
use msg::{ControlReply, ControlRequest};
use quorum::Quorum;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::ProducerIdsRecord;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{Offset, PartitionId};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Producer ids in one block, as in Kafka (KIP-730).
pub const PRODUCER_ID_BLOCK: u32 = 1000;
/// Records of a start in one batch: at about 40 bytes each it stays far below `batch::BATCH_MAX`.
const START_RECORDS_MAX: usize = 20_000;
/// Bytes of records from which a batch is written, whoever else waits.
const BATCH_BYTES: usize = 3 << 20;
/// Bytes of records that one request may cause.
const REQUEST_BYTES_MAX: usize = 4 << 20;
/// Bytes of the log that are kept for deletions and producer ids when the disk is full.
const KEPT_BYTES: usize = 256 << 10;
const _: () = assert!(BATCH_BYTES + REQUEST_BYTES_MAX < batch::BATCH_MAX, "the last request still fits");

/// Records that a data core gets at once: applying them takes it well below a millisecond.
const DELTA_RECORDS_MAX: usize = 500;

/// What must be true before an answer goes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Due {
    /// The records are durable.
    Committed,
    /// And every data core has applied them.
    Applied,
}

struct Answer {
    to: CoreId,
    token: Token,
    reply: ControlReply,
    due: Due,
}

/// The control core.
pub struct Control<E: Env> {
    env: E,
    inbox: Rc<Inbox<(CoreId, ShardMsg<FileOf<E>>)>>,
    quorum: Quorum<E>,
    /// Includes what is planned but not yet written; never shown to a client.
    image: MetadataImage,
    planned: Vec<MetadataRecord>,
    planned_bytes: usize,
    /// Bytes that the log can still take.
    room: u64,
    answers: Vec<Answer>,
    /// Answers that wait for data cores, by the end of what they must have applied.
    waiting: VecDeque<(Offset, Vec<Answer>)>,
    /// What each data core has applied.
    applied: Vec<Offset>,
    failed: Vec<PartitionId>,
    directories: Directories,
    snapshot_bytes: u64,
    snapshot_every: Duration,
    /// When a snapshot is due even if the log has grown little.
    snapshot_at: Instant,
    broken: Option<String>,
}

impl<E: Env> Control<E> {
    /// Runs the control core: starts the quorum, brings every data core up to date, says ready, then serves
    /// requests until `Stop`. Errors: why the start failed; data cores then never accept a connection.
    pub async fn run(env: E, boot: ControlBoot) -> Result<(), BootError> {
        let (quorum, image) = boot::boot(&env, &boot).await?;
        // Before any core opens a store: the number of cores may have changed since the last run.
        prepare_directories(&env, &image).await.map_err(|(dir, e)| BootError::from_store(dir, e))?;
        let inbox = Rc::new(Inbox::default());
        env.spawn(Lane::Consensus, receive(env.clone(), Rc::clone(&inbox)));
        let snapshot_bytes = boot.config.int("metadata.log.max.record.bytes.between.snapshots");
        let snapshot_every = match boot.config.int("metadata.log.max.snapshot.interval.ms") {
            0 => Duration::MAX,
            ms => Duration::from_millis(u64::try_from(ms).unwrap_or(u64::MAX)),
        };
        let snapshot_at = env.clock().now().after(snapshot_every);
        let data_cores = env.mesh().data_cores();
        let mut control = Self {
            applied: vec![Offset::ZERO; usize::from(data_cores)],
            env,
            inbox,
            quorum,
            image,
            planned: Vec::new(),
            planned_bytes: 0,
            room: 0,
            answers: Vec::new(),
            waiting: VecDeque::new(),
            failed: Vec::new(),
            directories: Directories::new(&boot.config.data_dirs, data_cores),
            snapshot_bytes: u64::try_from(snapshot_bytes).unwrap_or(u64::MAX),
            snapshot_every,
            snapshot_at,
            broken: None,
        };
        if control.bring_up().await? {
            (boot.on_ready)(Ready {
                cluster_id: control.image.identity().cluster_id.to_string(),
                partitions: control.image.local_partitions().count(),
                topics: control.image.topic_count(),
                failed: control.failed.len(),
            });
            control.serve().await;
        }
        Ok(())
    }

    /// Sends the image, waits for recovery, raises the epochs, lets connections in. False: stopped meanwhile.
    async fn bring_up(&mut self) -> Result<bool, BootError> {
        let all = MetadataDelta {
            identity: self.image.identity().clone(),
            end: self.image.end(),
            epoch: self.image.epoch(),
            records: self.image.dump().into(),
        };
        self.broadcast_whole(all).await;
        if !self.await_applied().await {
            return Ok(false);
        }
        let incarnation = identity::random_id(&mut || self.env.random());
        let records = start::start_records(&self.image, incarnation, self.quorum.log_end());
        for chunk in records.chunks(START_RECORDS_MAX) {
            let delta = self.quorum.append(chunk.to_vec()).await?;
            self.image.apply(&delta).map_err(BootError::Record)?;
            self.broadcast(delta).await;
        }
        self.snapshot().await;
        if !self.await_applied().await {
            return Ok(false);
        }
        for core in 0..self.env.mesh().data_cores() {
            self.send(CoreId(core), ShardMsg::Serve).await;
        }
        Ok(true)
    }

    /// Waits until every data core has applied the whole image. False: stopped meanwhile.
    async fn await_applied(&mut self) -> bool {
        while self.applied.iter().any(|at| *at < self.image.end()) {
            match self.inbox.take().await {
                (from, ShardMsg::DeltaApplied { offset, failed }) => self.on_applied(from, offset, failed),
                (from, ShardMsg::Directory { at, state }) => self.on_directory(from, at, state).await,
                (_, ShardMsg::Stop) => return false,
                (from, ShardMsg::Control { token, .. }) => {
                    let message = "the broker is starting".to_owned();
                    let reply = ControlReply::Failed(ErrorCode::BrokerNotAvailable, message);
                    self.send(from, ShardMsg::ControlReply { token, reply }).await;
                }
                _ => unreachable!("data cores send the control core nothing else"),
            }
        }
        true
    }

    async fn serve(&mut self) {
        loop {
            let waited = first(self.inbox.take(), self.env.clock().sleep_until(self.snapshot_at)).await;
            let mut next = match waited {
                First::Left(message) => Some(message),
                First::Right(()) => None,
            };
            self.room = self.quorum.make_room().await;
            while let Some((from, msg)) = next {
                match msg {
                    ShardMsg::Control { token, request } => self.plan(from, token, request),
                    ShardMsg::DeltaApplied { offset, failed } => self.on_applied(from, offset, failed),
                    ShardMsg::Directory { at, state } => self.on_directory(from, at, state).await,
                    ShardMsg::Stop => return self.commit().await,
                    _ => unreachable!("data cores send the control core nothing else"),
                }
                let full = self.planned_bytes >= BATCH_BYTES;
                next = if full || self.inbox.is_empty() { None } else { Some(self.inbox.take().await) };
            }
            self.commit().await;
            self.answer_applied().await;
            self.snapshot().await;
        }
    }

    /// Decides one request against everything decided before it.
    fn plan(&mut self, to: CoreId, token: Token, request: ControlRequest) {
        // Whoever moves a replica must know whether its record may be durable: what is refused here is not.
        let moves = matches!(request, ControlRequest::MoveReplica { .. });
        let refused = |code| if moves { ErrorCode::OperationNotAttempted } else { code };
        if let Some(why) = &self.broken {
            let reply = ControlReply::Failed(refused(ErrorCode::KafkaStorageError), why.clone());
            self.answers.push(Answer { to, token, reply, due: Due::Committed });
            return;
        }
        let due = match request {
            ControlRequest::ProducerIds | ControlRequest::DescribeQuorum => Due::Committed,
            // A core that waits for the move's end before it applies the deletion of the topic must not be waited for.
            ControlRequest::MoveReplica { .. } => Due::Committed,
            _ => Due::Applied,
        };
        let kept = match request {
            ControlRequest::ProducerIds | ControlRequest::DeleteTopics(_) => 0,
            _ => KEPT_BYTES,
        };
        let (records, reply) = self.decide(request);
        let bytes =
            records.iter().map(|r| batch::record_len(r, record_version(r)).unwrap_or(0)).sum::<usize>();
        if let Err((code, message)) = self.check_room(bytes, kept) {
            let reply = ControlReply::Failed(refused(code), message);
            self.answers.push(Answer { to, token, reply, due: Due::Committed });
            return;
        }
        let end = self.quorum.log_end().plus((self.planned.len() + records.len()) as u64);
        let delta = MetadataDelta {
            identity: self.image.identity().clone(),
            end,
            epoch: self.image.epoch(),
            records: records.clone().into(),
        };
        self.image.apply(&delta).unwrap_or_else(|e| panic!("a planned record does not fit: {e}"));
        self.planned.extend(records);
        self.planned_bytes += bytes;
        self.answers.push(Answer { to, token, reply, due });
    }

    /// Refuses a change that is too large for a batch, or for what is left of a full disk.
    fn check_room(&self, bytes: usize, kept: usize) -> Result<(), plan::Refusal> {
        if bytes > REQUEST_BYTES_MAX {
            let message =
                format!("the request needs {bytes} bytes of metadata, the limit is {REQUEST_BYTES_MAX}");
            return Err((ErrorCode::PolicyViolation, message));
        }
        let needed = (self.planned_bytes + bytes + kept + batch::HEADER_LEN) as u64;
        if bytes > 0 && needed > self.room {
            let message = "the disk of the metadata log is full".to_owned();
            return Err((ErrorCode::KafkaStorageError, message));
        }
        Ok(())
    }

    /// What a request comes to, if nothing stands in its way.
    fn decide(&self, request: ControlRequest) -> (Vec<MetadataRecord>, ControlReply) {
        let mut new_id = || identity::random_id(&mut || self.env.random());
        match request {
            ControlRequest::CreateTopics(request) => {
                let (records, response) = plan_create_topics(&self.image, &request, &mut new_id);
                (records, ControlReply::CreateTopics(response))
            }
            ControlRequest::AutoCreate(names) => {
                let request = auto_create_request(names);
                let (records, response) = plan_create_topics(&self.image, &request, &mut new_id);
                (records, ControlReply::CreateTopics(response))
            }
            ControlRequest::DeleteTopics(request) => {
                let (records, response) = plan_delete_topics(&self.image, &request);
                (records, ControlReply::DeleteTopics(response))
            }
            ControlRequest::CreatePartitions(request) => {
                let (records, response) = plan_create_partitions(&self.image, &request);
                (records, ControlReply::CreatePartitions(response))
            }
            ControlRequest::AlterConfigs(request) => {
                let (records, response) = alter_configs::plan_alter_configs(&self.image, &request);
                (records, ControlReply::AlterConfigs(response))
            }
            ControlRequest::ReplaceConfigs(request) => {
                let (records, response) = alter_configs::plan_replace_configs(&self.image, &request);
                (records, ControlReply::ReplaceConfigs(response))
            }
            ControlRequest::MoveReplica { partition, directory } => {
                match plan::plan_move(&self.image, partition, directory) {
                    Ok(records) => (records, ControlReply::ReplicaMoved),
                    Err((code, message)) => (Vec::new(), ControlReply::Failed(code, message)),
                }
            }
            ControlRequest::ProducerIds => self.plan_producer_ids(),
            ControlRequest::DescribeQuorum => (Vec::new(), ControlReply::Quorum(self.quorum.stand())),
            ControlRequest::UpdateFeatures { updates, validate_only } => {
                match features::plan_features(&self.image, &updates) {
                    Ok(_) if validate_only => (Vec::new(), ControlReply::FeaturesUpdated),
                    Ok(records) => (records, ControlReply::FeaturesUpdated),
                    Err((code, message)) => (Vec::new(), ControlReply::Failed(code, message)),
                }
            }
        }
    }

    fn plan_producer_ids(&self) -> (Vec<MetadataRecord>, ControlReply) {
        let first = self.image.next_producer_id();
        let next = first.checked_add(u64::from(PRODUCER_ID_BLOCK)).and_then(|n| i64::try_from(n).ok());
        let Some(next) = next else {
            let reply =
                ControlReply::Failed(ErrorCode::UnknownServerError, "producer ids are exhausted".to_owned());
            return (Vec::new(), reply);
        };
        let record = MetadataRecord::ProducerIds(ProducerIdsRecord {
            broker_id: self.image.node().0 as i32,
            broker_epoch: self.image.broker(self.image.node()).map_or(-1, |b| b.epoch),
            next_producer_id: next,
        });
        (vec![record], ControlReply::ProducerIds { first, count: PRODUCER_ID_BLOCK })
    }

    /// Writes what is planned, tells the data cores, and answers what needs no more.
    async fn commit(&mut self) {
        let answers = std::mem::take(&mut self.answers);
        let records = std::mem::take(&mut self.planned);
        self.planned_bytes = 0;
        if !records.is_empty() {
            match self.quorum.append(records).await {
                Ok(delta) => self.broadcast(delta).await,
                Err(e) => return self.fail(&e, answers).await,
            }
        }
        let (now, later): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.due == Due::Committed);
        for answer in now {
            self.answer(answer).await;
        }
        if !later.is_empty() {
            self.waiting.push_back((self.quorum.log_end(), later));
        }
    }

    /// The metadata log has failed: nothing can change any more; data cores go on with what they know.
    async fn fail(&mut self, error: &BootError, answers: Vec<Answer>) {
        let why = format!("the metadata log has failed, no change is possible until a restart: {error}");
        self.env.log(Level::Error, &why);
        for answer in answers {
            let reply = ControlReply::Failed(ErrorCode::KafkaStorageError, why.clone());
            self.answer(Answer { reply, ..answer }).await;
        }
        self.broken = Some(why);
    }

    fn on_applied(&mut self, from: CoreId, offset: Offset, failed: Vec<PartitionId>) {
        if let Some(at) = self.applied.get_mut(usize::from(from.0)) {
            *at = (*at).max(offset);
        }
        for partition in &failed {
            let name = self.image.topic(partition.topic).map_or("?", |t| &t.name);
            let line = format!("partition {name}-{} could not be opened; it is offline", partition.index);
            self.env.log(Level::Error, &line);
        }
        self.failed.extend(failed);
    }

    async fn on_directory(&mut self, from: CoreId, at: usize, state: DirState) {
        if let DirState::Full(shortage, _) = state {
            for core in (0..self.env.mesh().data_cores()).map(CoreId).filter(|core| *core != from) {
                self.send(core, ShardMsg::Full { at, shortage }).await;
            }
        }
        if let Some((level, line)) = self.directories.note(from, at, state) {
            self.env.log(level, &line);
        }
        self.image.set_directory(at, self.directories.is_offline(at), self.directories.is_full(at));
    }

    async fn answer_applied(&mut self) {
        let applied = self.applied.iter().min().copied().unwrap_or(Offset(u64::MAX));
        while self.waiting.front().is_some_and(|(end, _)| *end <= applied) {
            let Some((_, answers)) = self.waiting.pop_front() else { return };
            for answer in answers {
                self.answer(answer).await;
            }
        }
    }

    /// Writes a snapshot when the log has grown enough, or a little for long. A failure before it is in place
    /// costs nothing.
    async fn snapshot(&mut self) {
        if self.broken.is_some() || !self.planned.is_empty() {
            return;
        }
        let now = self.env.clock().now();
        let mut limit = self.snapshot_bytes;
        if now >= self.snapshot_at {
            self.snapshot_at = now.after(self.snapshot_every);
            limit = 1;
        }
        if let Err(e) = self.quorum.snapshot_if_due(&self.image, limit).await {
            self.env.log(Level::Warn, &format!("no metadata snapshot could be written: {e}"));
        }
    }

    async fn answer(&self, answer: Answer) {
        self.send(answer.to, ShardMsg::ControlReply { token: answer.token, reply: answer.reply }).await;
    }

    /// Sends committed records to every data core, in portions that none of them needs long for.
    async fn broadcast(&self, delta: MetadataDelta) {
        let mut left = delta.records.len();
        for records in delta.records.chunks(DELTA_RECORDS_MAX) {
            left -= records.len();
            let end = Offset(delta.end.0.saturating_sub(left as u64));
            self.broadcast_whole(MetadataDelta { end, records: records.into(), ..delta.clone() }).await;
        }
    }

    /// Sends a delta in one piece: the first one must name every partition, since recovery drops the others.
    async fn broadcast_whole(&self, delta: MetadataDelta) {
        let delta = Arc::new(delta);
        for core in 0..self.env.mesh().data_cores() {
            self.send(CoreId(core), ShardMsg::Delta(Arc::clone(&delta))).await;
        }
    }

    /// Data cores always drain their rings, so this wait ends.
    async fn send(&self, to: CoreId, msg: ShardMsg<FileOf<E>>) {
        let mut msg = msg;
        while let Err(Full(back)) = self.env.mesh().try_send(to, msg) {
            msg = back;
            self.env.mesh().room(to).await;
        }
    }
}

/// Takes every message off the mesh at once, so that a slow disk never fills a ring. Bounded by the requests
/// that data cores may have open.
async fn receive<E: Env>(env: E, inbox: Rc<Inbox<(CoreId, ShardMsg<FileOf<E>>)>>) {
    loop {
        inbox.put(env.mesh().recv().await);
    }
}
