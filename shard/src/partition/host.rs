//! The stores of this core and the partitions in them, as committed metadata says they should be.
//!
//! Owner: one core. Invariants: a partition is served only after its log is open; a partition whose topic is
//! gone is served no more before its files go; the first delta opens the stores, later ones change them.

use crate::config::TopicConfig;
use crate::control::{LOST, METADATA_TOPIC};
use crate::core::Core;
use crate::env::{Clock, Env, Lane, Level, Mesh};
use crate::handler::produce;
use crate::image::{Changes, MetadataDelta, MetadataImage, Topic};
use crate::limits::PARTITIONS_AT_ONCE;
use crate::msg::Outcome;
use crate::partition::Leader;
use ringlog_storage::limits::{LOCK_RETRY_MS, LOCK_WAIT_MAX_MS};
use ringlog_storage::partition::LogConfig;
use ringlog_storage::planted::{Bug, planted};
use ringlog_storage::store::wait::side_by_side;
use ringlog_storage::store::{
    Durable, Known, Named, OpenContext, Partition as Log, Store, StoreConfig, StoreError, prepare,
    put_strays_aside, remove_moved,
};
use ringlog_wire::ErrorCode;
use ringlog_wire::ids::PartitionId;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// What a topic's configuration means for its logs.
#[must_use]
pub fn log_config(image: &MetadataImage, config: &TopicConfig) -> LogConfig {
    // A compacted log closes its segments in time for `max.compaction.lag.ms`, as Kafka's do.
    let lag = if config.compact { config.max_compaction_lag_ms } else { u64::MAX };
    LogConfig {
        segment_bytes: config.segment_bytes,
        segment_ms: i64::try_from(config.segment_ms.min(lag)).unwrap_or(i64::MAX),
        segment_jitter_ms: i64::try_from(config.segment_jitter_ms).unwrap_or(i64::MAX),
        segment_index_bytes: config.segment_index_bytes,
        index_interval_bytes: config.index_interval_bytes,
        producer_expiration_ms: image.int("producer.id.expiration.ms"),
    }
}

/// What storage must know of a partition; `None` if there is no such partition.
#[must_use]
pub fn known(image: &MetadataImage, id: PartitionId) -> Option<Known> {
    let topic = image.topic(id.topic).filter(|t| t.partitions.len() > id.index as usize)?;
    Some(Known { topic: topic.name.to_string(), log: log_config(image, &topic.config) })
}

/// The same, if this node's replica is in its data directory `at`: a store takes nothing for its own that the metadata
/// log has elsewhere.
fn known_in(image: &MetadataImage, at: usize, id: PartitionId) -> Option<Known> {
    known(image, id).filter(|_| image.directory_of(id) == Some(at))
}

/// Makes every data directory ready for `env`'s number of data cores. Once, before any core opens a store.
///
/// Errors: the directory, and why it cannot be used.
pub async fn prepare_directories<E: Env>(
    env: &E,
    image: &MetadataImage,
) -> Result<(), (PathBuf, StoreError)> {
    let dirs = &image.broker_config().data_dirs;
    let lost = |at: usize| image.identity().directories.get(at) == Some(&LOST);
    // One that does not say who it is is not looked at: nothing is known of what it holds.
    for (at, dir) in dirs.iter().enumerate().filter(|(at, _)| !lost(*at)) {
        if dirs.len() > 1 {
            remove_left(env, image, (at, dir)).await;
        }
        put_aside(env, image, (at, dir)).await;
        let config = StoreConfig::new(dir.clone(), 0, env.mesh().data_cores(), env.random());
        let known = |id| known_in(image, at, id);
        let progress = |line: &str| env.log(Level::Info, line);
        let clock = env.clock();
        let pause = async |ms: u64| clock.sleep_until(clock.now().after(Duration::from_millis(ms))).await;
        let context = OpenContext { known: &known, progress: &progress, pause, now_ms: clock.wall_ms() };
        let prepared = prepare(env.disk(), &config, &context).await;
        // The cores will not open one behind the first either, and say so.
        if !matches!(prepared, Err(StoreError::Io(..)) if at > 0) {
            prepared.map_err(|e| (dir.clone(), e))?;
        }
    }
    Ok(())
}

/// Removes what an interrupted move of a replica left in directory `at`. What cannot be removed is no replica of
/// anybody, and only takes room.
async fn remove_left<E: Env>(env: &E, image: &MetadataImage, (at, dir): (usize, &Path)) {
    let elsewhere = |topic: &str, index| {
        let topic = image.topic_named(topic)?.id;
        let there = image.directory_of(PartitionId { topic, index }).filter(|there| *there != at)?;
        Some((topic, image.broker_config().data_dirs.get(there)?.clone()))
    };
    match remove_moved(env.disk(), dir, &elsewhere).await {
        Ok(names) => {
            for name in names {
                let line =
                    format!("{name} in {} is removed: its replica is in another directory", dir.display());
                env.log(Level::Info, &line);
            }
        }
        // A directory that is new.
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        Err(e) => {
            let line = format!("what moves of replicas left in {} cannot be removed: {e}", dir.display());
            env.log(Level::Warn, &line);
        }
    }
}

/// Puts folders aside whose topic the metadata log does not have, or has elsewhere: what is left of a deletion.
async fn put_aside<E: Env>(env: &E, image: &MetadataImage, (at, dir): (usize, &Path)) {
    let named = |topic: &str, index| {
        let id = image.topic_named(topic).map(|t| PartitionId { topic: t.id, index });
        match id.filter(|id| image.partition(*id).is_some()) {
            _ if topic == METADATA_TOPIC => Named::Here,
            None => Named::Nowhere,
            Some(id) => match image.directory_of(id).filter(|there| *there != at) {
                Some(_) => Named::Elsewhere(id.topic),
                None => Named::Here,
            },
        }
    };
    match put_strays_aside(env.disk(), dir, &named).await {
        Ok(names) => {
            for (name, aside) in names {
                let line = format!(
                    "{name} in {} is of no topic that there is and is called {aside} now: remove it if its topic \
                     was deleted",
                    dir.display()
                );
                env.log(Level::Warn, &line);
            }
        }
        // A directory that is new.
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        Err(e) => env.log(Level::Warn, &format!("folders of deleted topics in {}: {e}", dir.display())),
    }
}

impl<E: Env> Core<E> {
    /// Applies one delta. Returns the partitions of this core that could not be served.
    ///
    /// # Panics
    /// If a committed record does not fit the image: this core and the metadata log disagree.
    pub(crate) async fn apply(self: &Rc<Self>, delta: &MetadataDelta) -> Vec<PartitionId> {
        let changes = self.apply_to_image(delta);
        if self.stores.borrow().is_empty() {
            self.open_stores().await;
            self.resume_moves().await;
        }
        self.groups_topics_deleted(changes.deleted.values().map(|t| Rc::clone(&t.name)).collect());
        let deleted = changes.deleted.values().flat_map(|t| owned_of(self, t)).map(|(id, _)| id);
        side_by_side(deleted, PARTITIONS_AT_ONCE, |id| self.drop_partition(id)).await;
        let created = changes.created.into_iter().filter(|id| self.owns(*id));
        let serve = async |id| (!self.serve_partition(id).await).then_some(id);
        let mut failed: Vec<_> =
            side_by_side(created, PARTITIONS_AT_ONCE, serve).await.into_iter().flatten().collect();
        for id in changes.changed.into_iter().filter(|id| self.owns(*id)) {
            if !self.follow_leadership(id).await {
                failed.push(id);
            }
        }
        for topic in changes.reconfigured {
            self.reconfigure(topic);
        }
        self.unserved.borrow_mut().extend(failed.iter().copied());
        self.tell_directories().await;
        failed
    }

    fn apply_to_image(&self, delta: &MetadataDelta) -> Changes {
        let mut image = self.image.borrow_mut();
        if image.identity() != &delta.identity {
            assert!(image.topic_count() == 0, "the identity of the cluster never changes");
            *image = MetadataImage::new(delta.identity.clone(), Rc::clone(&self.config));
        }
        image.apply(delta).unwrap_or_else(|e| panic!("committed metadata does not fit: {e}"))
    }

    fn owns(&self, id: PartitionId) -> bool {
        self.router.owner(id) == self.router.here()
    }

    /// Opens one store per data directory, which recovers the partitions that the image knows.
    async fn open_stores(self: &Rc<Self>) {
        for (at, dir) in self.config.data_dirs.iter().enumerate() {
            // One that does not say who it is holds no partition of anybody.
            let lost = self.image.borrow().identity().directories.get(at) == Some(&LOST);
            let opened = match lost {
                true => Err(StoreError::Offline("its meta.properties cannot be read".to_owned())),
                false => self.open_store(at, dir.clone()).await,
            };
            match opened {
                Ok(store) => {
                    self.env.spawn(Lane::Commit, commit_loop(Rc::clone(self), Rc::clone(&store)));
                    let (past, behind) = (Rc::clone(&store), Rc::clone(&store));
                    self.env.spawn(Lane::Commit, async move { past.bypass_loop().await });
                    self.env.spawn(Lane::Flush, async move { behind.behind_loop().await });
                    self.stores.borrow_mut().push(Some(store));
                }
                Err(e) => {
                    let dir = dir.display();
                    self.env
                        .log(Level::Error, &format!("error[R050]: data directory {dir} is not used: {e}"));
                    self.stores.borrow_mut().push(None);
                }
            }
        }
    }

    async fn open_store(self: &Rc<Self>, at: usize, dir: PathBuf) -> Result<Rc<Store<E::Disk>>, StoreError> {
        let (here, cores) = (self.router.here().0, self.env.mesh().data_cores());
        let mut config = StoreConfig::new(dir, here, cores, self.env.random());
        config.tail_max = self.limits.tail_bytes_max;
        config.unflushed_max = self.limits.tail_bytes_max / 4 * 3;
        config.log_bytes_max = self.limits.commit_log_bytes_max;
        config.reserve = self.reserve();
        config.write_files_max = self.limits.write_files_max;
        config.erase_bytes = self.limits.erase_bytes;
        config.partitions = self.image.borrow().local_partitions().filter(|(id, _)| self.owns(*id)).count();
        let known = |id| known_in(&self.image.borrow(), at, id);
        let progress = |line: &str| self.env.log(Level::Info, line);
        let clock = self.env.clock();
        let pause = async |ms: u64| clock.sleep_until(clock.now().after(Duration::from_millis(ms))).await;
        let context = OpenContext { known: &known, progress: &progress, pause, now_ms: clock.wall_ms() };
        Store::open(self.env.disk().clone(), config, context).await
    }

    /// Starts to serve a partition of this core; its log is created unless recovery has found it.
    pub(crate) async fn serve_partition(self: &Rc<Self>, id: PartitionId) -> bool {
        let (known, directory, epoch) = {
            let image = self.image.borrow();
            let Some(known) = known(&image, id) else { return true };
            let Some(partition) = image.partition(id) else { return true };
            if partition.leader != Some(image.node()) {
                return true;
            }
            (known, image.directory_of(id), partition.leader_epoch)
        };
        let store = directory.and_then(|d| self.stores.borrow().get(d).cloned().flatten());
        let Some(store) = store else { return false };
        let log = match store.partition(id) {
            Some(log) => log,
            None => match self.create_log(&store, id, &known).await {
                Ok(log) => log,
                Err(e) => {
                    self.watch.note_refused(id, &e);
                    self.env
                        .log(Level::Error, &format!("error[R051]: partition {id:?} cannot be created: {e}"));
                    return false;
                }
            },
        };
        let leader = Rc::new(Leader::new(id, store, log, epoch));
        self.groups_served(&leader);
        self.leaders.borrow_mut().insert(id, leader);
        true
    }

    /// Creates a partition's log. A killed process's last operation may still be on its way to the folder that it had
    /// begun, and holds its file: that is waited for, as at the opening of a store.
    async fn create_log(
        &self,
        store: &Rc<Store<E::Disk>>,
        id: PartitionId,
        known: &Known,
    ) -> Result<Rc<Log<E::Disk>>, StoreError> {
        let clock = self.env.clock();
        let until = clock.now().after(Duration::from_millis(LOCK_WAIT_MAX_MS));
        loop {
            match store.create_partition(id, known, clock.wall_ms()).await {
                Err(StoreError::Io(_, e)) if e.kind() == ErrorKind::WouldBlock && clock.now() < until => {
                    clock.sleep_until(clock.now().after(Duration::from_millis(LOCK_RETRY_MS))).await;
                }
                done => return done,
            }
        }
    }

    /// A partition's leader or epoch changed. False if it should be served and cannot.
    async fn follow_leadership(self: &Rc<Self>, id: PartitionId) -> bool {
        let (led, epoch) = {
            let image = self.image.borrow();
            let Some(p) = image.partition(id) else { return true };
            (p.leader == Some(image.node()), p.leader_epoch)
        };
        match self.leader(id) {
            Some(leader) if led => leader.raise_epoch(epoch),
            Some(leader) => {
                self.leaders.borrow_mut().remove(&id);
                self.groups_ended(&leader);
                leader.fire_watches(&self.purgatory, &self.router);
                self.fail_waits(&leader, ErrorCode::NotLeaderOrFollower);
            }
            // One that could not be opened waits for the next start.
            None if led && !self.unserved.borrow().contains(&id) => return self.serve_partition(id).await,
            None => {}
        }
        true
    }

    async fn drop_partition(self: &Rc<Self>, id: PartitionId) {
        self.unserved.borrow_mut().remove(&id);
        self.watch.forget(id);
        let served_on = self.leaders.borrow().get(&id).filter(|_| planted(Bug::DeletedStillServed)).cloned();
        let removed = served_on.or_else(|| self.leaders.borrow_mut().remove(&id));
        let Some(leader) = removed else { return };
        self.groups_ended(&leader);
        leader.fire_watches(&self.purgatory, &self.router);
        self.fail_waits(&leader, ErrorCode::UnknownTopicOrPartition);
        // It may be about to move: where its files are is known afterwards.
        self.end_move(id).await;
        if let Err(e) = leader.store().delete_partition(id).await {
            self.env.log(Level::Error, &format!("error[R052]: partition {id:?} cannot be deleted: {e}"));
        }
    }

    fn fail_waits(&self, leader: &Leader<E>, error: ErrorCode) {
        leader.fail_waits(|token, at| {
            let outcome = Outcome::refused(0, error);
            produce::done(self, token, at, Some(outcome));
        });
    }

    fn reconfigure(&self, topic: ringlog_wire::ids::TopicId) {
        let image = self.image.borrow();
        let Some(topic) = image.topic(topic) else { return };
        let config = log_config(&image, &topic.config);
        for (id, _) in owned_of(self, topic) {
            if let Some(leader) = self.leader(id) {
                leader.log().set_config(config);
            }
        }
    }

    /// Why this core does not lead a partition that it was asked for.
    #[must_use]
    pub fn why_not_led(&self, id: PartitionId) -> ErrorCode {
        let image = self.image.borrow();
        match image.partition(id) {
            None => ErrorCode::UnknownTopicOrPartition,
            // Its directory could not be opened or its log not be created.
            Some(p) if p.leader == Some(image.node()) && self.is_served() => ErrorCode::KafkaStorageError,
            Some(_) => ErrorCode::NotLeaderOrFollower,
        }
    }
}

/// The partitions of `topic` that this core owns.
fn owned_of<E: Env>(core: &Core<E>, topic: &Rc<Topic>) -> Vec<(PartitionId, Rc<Topic>)> {
    let all = (0u32..).take(topic.partitions.len()).map(|index| PartitionId { topic: topic.id, index });
    all.filter(|id| core.owns(*id)).map(|id| (id, Rc::clone(topic))).collect()
}

/// Makes appends durable, frame after frame, and tells who waits. Ends when the store is closed or offline.
async fn commit_loop<E: Env>(core: Rc<Core<E>>, store: Rc<Store<E::Disk>>) {
    let mut durable: Vec<Durable<E::Disk>> = Vec::new();
    loop {
        let result = store.commit_next(&mut durable).await;
        for (log, end) in durable.drain(..) {
            if let Some(leader) = core.leader(log.id()) {
                leader.on_durable(end, &core.purgatory, &core.router, |token, at| {
                    produce::done(&core, token, at, None);
                });
                log.set_high_watermark(leader.high_watermark());
                core.groups_durable(log.id(), leader.high_watermark());
            }
        }
        if let Err(offline) = result {
            core.store_ended(&store, &offline.0);
            return;
        }
        if !core.limits.commit_window.is_zero() {
            let clock = core.env.clock();
            clock.sleep_until(clock.now().after(core.limits.commit_window)).await;
        }
    }
}

impl<E: Env> Core<E> {
    /// Nothing of `store` becomes durable any more: whoever waits is refused.
    fn store_ended(&self, store: &Rc<Store<E::Disk>>, why: &str) {
        if !self.stopping.is_raised() {
            let line = format!("error[R053]: {store:?} is offline until restart: {why}");
            self.env.log(Level::Error, &line);
        }
        let mut leaders: Vec<_> = self.leaders.borrow().values().cloned().collect();
        leaders.sort_by_key(|l| l.id);
        for leader in leaders.iter().filter(|l| Rc::ptr_eq(&l.store(), store)) {
            self.fail_waits(leader, ErrorCode::KafkaStorageError);
            self.groups_ended(leader);
        }
    }
}
