//! Applying committed records to an image.
//!
//! Owner: the core that owns the image. Invariants: a record that contradicts the image is an error (the log
//! is damaged or not ours), never ignored; the returned changes name each partition once and only its last state.

use super::{
    Broker, Controller, Endpoint, MetadataDelta, MetadataImage, Partition, RESOURCE_BROKER,
    RESOURCE_CLIENT_METRICS, RESOURCE_GROUP, RESOURCE_TOPIC, Topic,
};
use crate::config::Overrides;
use crate::config::dynamic::shapes_topics;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    BrokerRegistrationChangeRecord, ConfigRecord, PartitionChangeRecord, PartitionRecord,
    RegisterBrokerRecord, RegisterControllerRecord, TopicRecord,
};
use ringlog_wire::ids::{LeaderEpoch, NodeId, PartitionId, TopicId};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

/// A record that does not fit the image: what was wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApplyError(pub String);

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a delta changed; every list in order and without repeats.
#[derive(Debug, Default)]
pub struct Changes {
    /// Topics that are new.
    pub added: BTreeSet<TopicId>,
    /// Partitions that are new.
    pub created: BTreeSet<PartitionId>,
    /// Partitions that existed and whose leader, epoch or replicas changed.
    pub changed: BTreeSet<PartitionId>,
    /// Topics whose effective configuration may have changed (new topics apart).
    pub reconfigured: BTreeSet<TopicId>,
    /// Topics that are gone, as they were last.
    pub deleted: BTreeMap<TopicId, Rc<Topic>>,
    /// True if brokers, controllers, features or broker configs changed.
    pub cluster: bool,
    /// True if a broker config changed that topics take something from.
    pub defaults: bool,
}

fn wrong<T>(what: impl Into<String>) -> Result<T, ApplyError> {
    Err(ApplyError(what.into()))
}

fn nodes(ids: &[i32]) -> Vec<NodeId> {
    ids.iter().filter_map(|id| u32::try_from(*id).ok()).map(NodeId).collect()
}

fn node(id: i32) -> Result<NodeId, ApplyError> {
    u32::try_from(id).map(NodeId).map_err(|_| ApplyError(format!("node id {id} is negative")))
}

/// Endpoints and features of a registration. Brokers and controllers have the same fields in types of their own.
macro_rules! registered {
    ($record:expr) => {{
        let endpoints = $record.end_points.iter().map(|e| Endpoint {
            listener: e.name.clone(),
            host: e.host.clone(),
            port: e.port,
            protocol: e.security_protocol,
        });
        let features = $record.features.iter();
        let features = features.map(|f| (f.name.clone(), f.min_supported_version, f.max_supported_version));
        (endpoints.collect(), features.collect())
    }};
}

impl MetadataImage {
    /// Applies a delta and says what it changed. O(records · log).
    ///
    /// Errors: the first record that does not fit; the image is then between two states and must not be used.
    pub fn apply(&mut self, delta: &MetadataDelta) -> Result<Changes, ApplyError> {
        let mut changes = Changes::default();
        for record in delta.records.iter() {
            self.apply_record(record, &mut changes)?;
        }
        if changes.defaults {
            self.refresh_all(&mut changes)?;
        }
        self.end = self.end.max(delta.end);
        self.epoch = self.epoch.max(delta.epoch);
        Ok(changes)
    }

    fn apply_record(&mut self, record: &MetadataRecord, changes: &mut Changes) -> Result<(), ApplyError> {
        use MetadataRecord as R;
        match record {
            R::Topic(r) => self.add_topic(r, changes),
            R::Partition(r) => self.add_partition(r, changes),
            R::PartitionChange(r) => self.change_partition(r, changes),
            R::RemoveTopic(r) => self.remove_topic(r.topic_id, changes),
            R::Config(r) => self.set_config(r, changes),
            R::ProducerIds(r) => {
                let next = u64::try_from(r.next_producer_id)
                    .map_err(|_| ApplyError("negative producer id".into()))?;
                if next < self.next_producer_id {
                    return wrong(format!("producer ids go back from {} to {next}", self.next_producer_id));
                }
                self.next_producer_id = next;
                Ok(())
            }
            R::RegisterBroker(r) => self.register_broker(r, changes),
            R::BrokerRegistrationChange(r) => self.change_broker(r, changes),
            R::UnregisterBroker(r) => {
                changes.cluster = true;
                self.brokers.remove(&node(r.broker_id)?);
                Ok(())
            }
            R::FenceBroker(r) => self.fence(r.id, true, changes),
            R::UnfenceBroker(r) => self.fence(r.id, false, changes),
            R::RegisterController(r) => self.register_controller(r, changes),
            R::FeatureLevel(r) => {
                changes.cluster = true;
                if r.feature_level == 0 {
                    self.features.remove(&r.name);
                } else {
                    self.features.insert(r.name.clone(), r.feature_level);
                }
                Ok(())
            }
            R::NoOp(_) | R::BeginTransaction(_) | R::EndTransaction(_) => Ok(()),
            other => wrong(format!("record type {} is not supported by this version", other.kind())),
        }
    }

    fn add_topic(&mut self, r: &TopicRecord, changes: &mut Changes) -> Result<(), ApplyError> {
        if self.topics.contains_key(&r.topic_id) || self.ids.contains_key(r.name.as_str()) {
            return wrong(format!("topic {} with id {} exists already", r.name, r.topic_id));
        }
        let name: Rc<str> = r.name.as_str().into();
        let overrides = Overrides::new();
        let config = Rc::new(self.config.effective_topic(&overrides, self.dynamic()));
        let topic =
            Topic { id: r.topic_id, name: Rc::clone(&name), partitions: Vec::new(), overrides, config };
        self.topics.insert(r.topic_id, Rc::new(topic));
        self.ids.insert(Rc::clone(&name), r.topic_id);
        self.names.insert(name);
        changes.added.insert(r.topic_id);
        Ok(())
    }

    fn topic_mut(&mut self, id: TopicId) -> Result<&mut Topic, ApplyError> {
        let topic =
            self.topics.get_mut(&id).ok_or_else(|| ApplyError(format!("no topic has the id {id}")))?;
        Ok(Rc::make_mut(topic))
    }

    fn add_partition(&mut self, r: &PartitionRecord, changes: &mut Changes) -> Result<(), ApplyError> {
        let partition = partition_of(r)?;
        let index = u32::try_from(r.partition_id).map_err(|_| ApplyError("negative partition".into()))?;
        let topic = self.topic_mut(r.topic_id)?;
        let id = PartitionId { topic: topic.id, index };
        if let Some(old) = topic.partitions.get_mut(index as usize) {
            *old = partition;
            changes.changed.insert(id);
        } else if topic.partitions.len() == index as usize {
            topic.partitions.push(partition);
            self.partitions += 1;
            changes.created.insert(id);
        } else {
            return wrong(format!("partition {index} of {} comes before its predecessors", topic.name));
        }
        Ok(())
    }

    fn change_partition(
        &mut self,
        r: &PartitionChangeRecord,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        let index = u32::try_from(r.partition_id).map_err(|_| ApplyError("negative partition".into()))?;
        let id = PartitionId { topic: r.topic_id, index };
        let topic = self.topic_mut(r.topic_id)?;
        let Some(p) = topic.partitions.get_mut(index as usize) else {
            return wrong(format!("no partition {index} in {}", topic.name));
        };
        let set = |to: &mut Vec<NodeId>, from: &Option<Vec<i32>>| {
            if let Some(ids) = from {
                *to = nodes(ids);
            }
        };
        set(&mut p.isr, &r.isr);
        set(&mut p.replicas, &r.replicas);
        set(&mut p.removing, &r.removing_replicas);
        set(&mut p.adding, &r.adding_replicas);
        set(&mut p.elr, &r.eligible_leader_replicas);
        set(&mut p.last_known_elr, &r.last_known_elr);
        if let Some(directories) = &r.directories {
            p.directories.clone_from(directories);
        }
        if r.leader_recovery_state >= 0 {
            p.recovery_state = r.leader_recovery_state;
        }
        // -2 keeps leader and epoch, -1 means no leader; naming a leader raises the epoch even if it stays.
        if r.leader != -2 {
            p.leader = u32::try_from(r.leader).ok().map(NodeId);
            p.leader_epoch = LeaderEpoch(p.leader_epoch.0 + 1);
        }
        p.partition_epoch += 1;
        if !changes.created.contains(&id) {
            changes.changed.insert(id);
        }
        Ok(())
    }

    fn remove_topic(&mut self, id: TopicId, changes: &mut Changes) -> Result<(), ApplyError> {
        let Some(topic) = self.topics.remove(&id) else { return wrong(format!("no topic has the id {id}")) };
        if planted(Bug::DeletedStillServed) {
            self.topics.insert(id, Rc::clone(&topic));
        }
        self.ids.remove(&topic.name);
        self.names.remove(&topic.name);
        self.partitions -= topic.partitions.len();
        changes.reconfigured.remove(&id);
        changes.changed.retain(|p| p.topic != id);
        changes.created.retain(|p| p.topic != id);
        // A topic that came and went within one delta never existed for those who act on changes.
        if !changes.added.remove(&id) {
            changes.deleted.insert(id, topic);
        }
        Ok(())
    }

    fn set_config(&mut self, r: &ConfigRecord, changes: &mut Changes) -> Result<(), ApplyError> {
        let put = |overrides: &mut Overrides| match &r.value {
            Some(value) => {
                overrides.insert(r.name.clone(), value.clone());
            }
            None => {
                overrides.remove(&r.name);
            }
        };
        match r.resource_type {
            RESOURCE_TOPIC => {
                let Some(id) = self.ids.get(r.resource_name.as_str()).copied() else {
                    return wrong(format!("a config of topic {}, which does not exist", r.resource_name));
                };
                put(&mut self.topic_mut(id)?.overrides);
                self.refresh_config(id)?;
                changes.reconfigured.insert(id);
            }
            RESOURCE_BROKER => {
                changes.cluster = true;
                let configs = self.broker_configs.entry(r.resource_name.clone()).or_default();
                put(configs);
                if configs.is_empty() {
                    self.broker_configs.remove(&r.resource_name);
                }
                changes.defaults |= shapes_topics(&r.name);
            }
            RESOURCE_GROUP => {
                let group = self.group_configs.entry(r.resource_name.clone()).or_default();
                put(group);
                if group.is_empty() {
                    self.group_configs.remove(&r.resource_name);
                }
            }
            RESOURCE_CLIENT_METRICS => {
                self.client_metrics_version += 1;
                let subscription = self.client_metrics.entry(r.resource_name.clone()).or_default();
                put(subscription);
                if subscription.is_empty() {
                    self.client_metrics.remove(&r.resource_name);
                }
            }
            // Loggers have no configs in the log.
            _ => {}
        }
        Ok(())
    }

    /// The broker's defaults changed: so may every topic. Those that set nothing themselves share one result.
    fn refresh_all(&mut self, changes: &mut Changes) -> Result<(), ApplyError> {
        let plain = Rc::new(self.config.effective_topic(&Overrides::new(), self.dynamic()));
        let ids: Vec<_> = self.topics.values().map(|t| (t.id, t.overrides.is_empty())).collect();
        for (id, is_plain) in ids {
            if is_plain {
                self.topic_mut(id)?.config = Rc::clone(&plain);
            } else {
                self.refresh_config(id)?;
            }
            if !changes.added.contains(&id) {
                changes.reconfigured.insert(id);
            }
        }
        Ok(())
    }

    fn refresh_config(&mut self, id: TopicId) -> Result<(), ApplyError> {
        let Some(topic) = self.topics.get(&id) else { return wrong(format!("no topic has the id {id}")) };
        let config = Rc::new(self.config.effective_topic(&topic.overrides, self.dynamic()));
        self.topic_mut(id)?.config = config;
        Ok(())
    }

    fn register_broker(&mut self, r: &RegisterBrokerRecord, changes: &mut Changes) -> Result<(), ApplyError> {
        changes.cluster = true;
        let (endpoints, features) = registered!(r);
        let id = node(r.broker_id)?;
        let broker = Broker {
            id,
            epoch: r.broker_epoch,
            incarnation: r.incarnation_id,
            endpoints,
            rack: r.rack.clone(),
            fenced: r.fenced,
            in_controlled_shutdown: r.in_controlled_shutdown,
            log_dirs: r.log_dirs.clone(),
            cordoned_log_dirs: r.cordoned_log_dirs.clone().unwrap_or_default(),
            features,
        };
        self.brokers.insert(id, broker);
        Ok(())
    }

    fn change_broker(
        &mut self,
        r: &BrokerRegistrationChangeRecord,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        changes.cluster = true;
        let Some(broker) = self.brokers.get_mut(&node(r.broker_id)?) else {
            return wrong(format!("a change of broker {}, which is not registered", r.broker_id));
        };
        // -1 unfences, 1 fences, 0 leaves as it is.
        match r.fenced {
            -1 => broker.fenced = false,
            1 => broker.fenced = true,
            _ => {}
        }
        if r.in_controlled_shutdown == 1 {
            broker.in_controlled_shutdown = true;
        }
        if !r.log_dirs.is_empty() {
            broker.log_dirs.clone_from(&r.log_dirs);
        }
        if let Some(cordoned) = &r.cordoned_log_dirs {
            broker.cordoned_log_dirs.clone_from(cordoned);
        }
        Ok(())
    }

    fn fence(&mut self, id: i32, fenced: bool, changes: &mut Changes) -> Result<(), ApplyError> {
        changes.cluster = true;
        match self.brokers.get_mut(&node(id)?) {
            Some(broker) => {
                broker.fenced = fenced;
                Ok(())
            }
            None => wrong(format!("broker {id} is fenced or unfenced, but not registered")),
        }
    }

    fn register_controller(
        &mut self,
        r: &RegisterControllerRecord,
        changes: &mut Changes,
    ) -> Result<(), ApplyError> {
        changes.cluster = true;
        let (endpoints, features) = registered!(r);
        let id = node(r.controller_id)?;
        let controller = Controller { id, incarnation: r.incarnation_id, endpoints, features };
        self.controllers.insert(id, controller);
        Ok(())
    }
}

fn partition_of(r: &PartitionRecord) -> Result<Partition, ApplyError> {
    let epochs = (u32::try_from(r.leader_epoch), u32::try_from(r.partition_epoch));
    let (Ok(leader_epoch), Ok(partition_epoch)) = epochs else {
        return wrong(format!("partition {} of {} has a negative epoch", r.partition_id, r.topic_id));
    };
    Ok(Partition {
        replicas: nodes(&r.replicas),
        isr: nodes(&r.isr),
        elr: nodes(r.eligible_leader_replicas.as_deref().unwrap_or_default()),
        last_known_elr: nodes(r.last_known_elr.as_deref().unwrap_or_default()),
        removing: nodes(&r.removing_replicas),
        adding: nodes(&r.adding_replicas),
        leader: u32::try_from(r.leader).ok().map(NodeId),
        leader_epoch: LeaderEpoch(leader_epoch),
        partition_epoch,
        recovery_state: r.leader_recovery_state,
        directories: r.directories.clone(),
    })
}
