//! The image of the cluster's metadata: what committed records add up to.
//!
//! Owner: one copy per core, changed only by `apply` with committed records, in log order.
//! Invariants: names and ids of topics are one to one; partition indexes of a topic are dense from 0; a topic's
//! effective configuration is always the one that its overrides and the broker's defaults give.

mod apply;
pub mod delta;
pub mod dump;
pub mod places;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::empty as empty_for_tests;

pub use apply::{ApplyError, Changes};
pub use delta::{Identity, MetadataDelta};

use crate::config::{BrokerConfig, Dynamic, Overrides, TopicConfig, Value};
use hashbrown::HashMap;
use ringlog_wire::ids::{LeaderEpoch, NodeId, Offset, PartitionId, TopicId, Uuid};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Resource type TOPIC of config records and DescribeConfigs.
pub const RESOURCE_TOPIC: i8 = 2;
/// Resource type BROKER of config records and DescribeConfigs.
pub const RESOURCE_BROKER: i8 = 4;

/// Resource type CLIENT_METRICS of config records and DescribeConfigs (KIP-714).
pub const RESOURCE_CLIENT_METRICS: i8 = 16;

/// Resource type GROUP of config records and DescribeConfigs (KIP-848).
pub const RESOURCE_GROUP: i8 = 32;

/// One partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partition {
    /// Assigned brokers, the preferred leader first.
    pub replicas: Vec<NodeId>,
    /// In-sync replicas.
    pub isr: Vec<NodeId>,
    /// Eligible leader replicas (KIP-966).
    pub elr: Vec<NodeId>,
    /// The last known eligible leader (KIP-966).
    pub last_known_elr: Vec<NodeId>,
    /// Brokers being removed by a reassignment.
    pub removing: Vec<NodeId>,
    /// Brokers being added by a reassignment.
    pub adding: Vec<NodeId>,
    /// The leader, if there is one.
    pub leader: Option<NodeId>,
    /// Raised with every election.
    pub leader_epoch: LeaderEpoch,
    /// Raised with every change.
    pub partition_epoch: u32,
    /// 1 while the leader recovers from an unclean election.
    pub recovery_state: i8,
    /// Data directory of each replica, in the order of `replicas`.
    pub directories: Vec<Uuid>,
}

/// One topic.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// Its name.
    pub name: Rc<str>,
    /// By partition index.
    pub partitions: Vec<Partition>,
    /// The configs that the topic itself sets.
    pub overrides: Overrides,
    /// Its effective configuration.
    pub config: Rc<TopicConfig>,
}

/// One endpoint of a broker or controller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Listener name.
    pub listener: String,
    /// Host that clients are told.
    pub host: String,
    /// Port that clients are told.
    pub port: u16,
    /// Kafka's number of the security protocol.
    pub protocol: i16,
}

/// A name with a range of versions.
pub type FeatureRanges = Vec<(String, i16, i16)>;

/// One registered broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broker {
    /// `node.id`.
    pub id: NodeId,
    /// Offset of its registration record.
    pub epoch: i64,
    /// Random per start.
    pub incarnation: Uuid,
    /// Where it listens.
    pub endpoints: Vec<Endpoint>,
    /// Its rack.
    pub rack: Option<String>,
    /// True if it may not lead.
    pub fenced: bool,
    /// True while it hands its leaderships over.
    pub in_controlled_shutdown: bool,
    /// Ids of its data directories.
    pub log_dirs: Vec<Uuid>,
    /// Those of them that get no new partitions (KIP-1066).
    pub cordoned_log_dirs: Vec<Uuid>,
    /// What versions of features it takes.
    pub features: FeatureRanges,
}

/// One registered controller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Controller {
    /// `node.id`.
    pub id: NodeId,
    /// Random per start.
    pub incarnation: Uuid,
    /// Where it listens.
    pub endpoints: Vec<Endpoint>,
    /// What versions of features it takes.
    pub features: FeatureRanges,
}

/// The image.
#[derive(Debug)]
pub struct MetadataImage {
    identity: Identity,
    config: Rc<BrokerConfig>,
    end: Offset,
    epoch: LeaderEpoch,
    features: BTreeMap<String, i16>,
    brokers: BTreeMap<NodeId, Broker>,
    controllers: BTreeMap<NodeId, Controller>,
    topics: HashMap<TopicId, Rc<Topic>>,
    ids: HashMap<Rc<str>, TopicId>,
    names: BTreeSet<Rc<str>>,
    partitions: usize,
    broker_configs: BTreeMap<String, Overrides>,
    group_configs: BTreeMap<String, Overrides>,
    client_metrics: BTreeMap<String, Overrides>,
    /// Raised with every change of `client_metrics`.
    client_metrics_version: u64,
    next_producer_id: u64,
    places: places::Places,
}

impl MetadataImage {
    /// An empty image of the cluster `identity`.
    #[must_use]
    pub fn new(identity: Identity, config: Rc<BrokerConfig>) -> Self {
        Self {
            identity,
            config,
            end: Offset::ZERO,
            epoch: LeaderEpoch(0),
            features: BTreeMap::new(),
            brokers: BTreeMap::new(),
            controllers: BTreeMap::new(),
            topics: HashMap::new(),
            ids: HashMap::new(),
            names: BTreeSet::new(),
            partitions: 0,
            broker_configs: BTreeMap::new(),
            group_configs: BTreeMap::new(),
            client_metrics: BTreeMap::new(),
            client_metrics_version: 0,
            next_producer_id: 0,
            places: places::Places::default(),
        }
    }

    /// Who this cluster and this node are.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// This broker's configuration.
    #[must_use]
    pub fn broker_config(&self) -> &Rc<BrokerConfig> {
        &self.config
    }

    /// This node.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.config.node_id
    }

    /// Exclusive end of the records applied.
    #[must_use]
    pub fn end(&self) -> Offset {
        self.end
    }

    /// Epoch of the last record applied.
    #[must_use]
    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    /// The topic with this id. O(1).
    #[must_use]
    pub fn topic(&self, id: TopicId) -> Option<&Rc<Topic>> {
        self.topics.get(&id)
    }

    /// The topic with this name. O(1).
    #[must_use]
    pub fn topic_named(&self, name: &str) -> Option<&Rc<Topic>> {
        self.ids.get(name).and_then(|id| self.topics.get(id))
    }

    /// One partition. O(1).
    #[must_use]
    pub fn partition(&self, id: PartitionId) -> Option<&Partition> {
        self.topics.get(&id.topic).and_then(|t| t.partitions.get(id.index as usize))
    }

    /// All topics in the order of their names, from `from` on.
    pub fn topics_from(&self, from: &str) -> impl Iterator<Item = &Rc<Topic>> {
        self.names
            .range::<str, _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded))
            .filter_map(|name| self.topic_named(name))
    }

    /// All topics in the order of their names.
    pub fn topics(&self) -> impl Iterator<Item = &Rc<Topic>> {
        self.topics_from("")
    }

    /// Number of topics.
    #[must_use]
    pub fn topic_count(&self) -> usize {
        self.topics.len()
    }

    /// Number of partitions of all topics.
    #[must_use]
    pub fn partition_count(&self) -> usize {
        self.partitions
    }

    /// A broker's registration.
    #[must_use]
    pub fn broker(&self, id: NodeId) -> Option<&Broker> {
        self.brokers.get(&id)
    }

    /// All registered brokers by id.
    pub fn brokers(&self) -> impl Iterator<Item = &Broker> {
        self.brokers.values()
    }

    /// Finalized features: name and level.
    pub fn features(&self) -> impl Iterator<Item = (&str, i16)> {
        self.features.iter().map(|(name, level)| (name.as_str(), *level))
    }

    /// What group `group` sets for itself.
    #[must_use]
    pub fn group_configs(&self, group: &str) -> &Overrides {
        static EMPTY: Overrides = Overrides::new();
        self.group_configs.get(group).unwrap_or(&EMPTY)
    }

    /// Number of groups that set something for themselves.
    #[must_use]
    pub fn configured_groups(&self) -> usize {
        self.group_configs.len()
    }

    /// Groups that set something for themselves, by name.
    pub fn groups_with_configs(&self) -> impl Iterator<Item = &str> {
        self.group_configs.keys().map(String::as_str)
    }

    /// What the subscription `name` to clients' metrics sets; empty if there is none.
    #[must_use]
    pub fn client_metrics(&self, name: &str) -> &Overrides {
        static EMPTY: Overrides = Overrides::new();
        self.client_metrics.get(name).unwrap_or(&EMPTY)
    }

    /// All subscriptions to clients' metrics, by name.
    pub fn client_metrics_subscriptions(&self) -> impl ExactSizeIterator<Item = (&str, &Overrides)> {
        self.client_metrics.iter().map(|(name, set)| (name.as_str(), set))
    }

    /// Changes with the subscriptions.
    #[must_use]
    pub fn client_metrics_version(&self) -> u64 {
        self.client_metrics_version
    }

    /// Broker configs set in the metadata log for the broker `name`; the empty name: for all.
    #[must_use]
    pub fn broker_configs(&self, name: &str) -> &Overrides {
        static EMPTY: Overrides = Overrides::new();
        self.broker_configs.get(name).unwrap_or(&EMPTY)
    }

    /// Broker configs set in the metadata log, as they hold for this node.
    #[must_use]
    pub fn dynamic(&self) -> Dynamic<'_> {
        Dynamic { own: self.broker_configs(&self.node().0.to_string()), default: self.broker_configs("") }
    }

    /// The effective integer of a broker config, as of now. 0 if the config is null or no integer.
    #[must_use]
    pub fn int(&self, name: &str) -> i64 {
        match self.config.effective(name, self.dynamic()) {
            Some(Value::Int(n)) => n,
            _ => 0,
        }
    }

    /// The effective number of a broker config, as of now; infinite if the config is null or no number.
    #[must_use]
    pub fn number(&self, name: &str) -> f64 {
        match self.config.effective(name, self.dynamic()) {
            Some(Value::Double(n)) => n,
            _ => f64::INFINITY,
        }
    }

    /// The first producer id that no block holds.
    #[must_use]
    pub fn next_producer_id(&self) -> u64 {
        self.next_producer_id
    }

    /// Which of this node's data directories (index in their configured order) holds its replica of `id`;
    /// `None` if it holds none, or the directory is not there.
    #[must_use]
    pub fn directory_of(&self, id: PartitionId) -> Option<usize> {
        let partition = self.partition(id)?;
        let at = partition.replicas.iter().position(|r| *r == self.node())?;
        let directory = partition.directories.get(at)?;
        self.identity.directories.iter().position(|d| d == directory)
    }

    /// The partitions that this node holds a replica of, in no particular order.
    pub fn local_partitions(&self) -> impl Iterator<Item = (PartitionId, &Rc<Topic>)> {
        let node = self.node();
        self.topics().flat_map(move |topic| {
            let held = topic.partitions.iter().zip(0u32..).filter(move |(p, _)| p.replicas.contains(&node));
            held.map(move |(_, index)| (PartitionId { topic: topic.id, index }, topic))
        })
    }
}
