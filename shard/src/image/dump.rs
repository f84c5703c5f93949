//! The records that rebuild an image: the content of a metadata snapshot (KIP-630).
//!
//! Owner: the control core. Pure. Invariant: applying the dump to an empty image gives an equal image.

use super::{
    Endpoint, FeatureRanges, MetadataImage, Partition, RESOURCE_BROKER, RESOURCE_CLIENT_METRICS,
    RESOURCE_GROUP, RESOURCE_TOPIC, Topic,
};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::register_broker_record::{BrokerEndpoint, BrokerFeature};
use ringlog_wire::generated::register_controller_record::{ControllerEndpoint, ControllerFeature};
use ringlog_wire::generated::{
    ConfigRecord, FeatureLevelRecord, PartitionRecord, ProducerIdsRecord, RegisterBrokerRecord,
    RegisterControllerRecord, TopicRecord,
};
use ringlog_wire::ids::NodeId;

/// The record version that goes with `record` at metadata.version 30 (4.3-IV0).
#[must_use]
pub fn record_version(record: &MetadataRecord) -> i16 {
    match record {
        MetadataRecord::RegisterBroker(_) => 4,
        MetadataRecord::BrokerRegistrationChange(_) => 3,
        MetadataRecord::Partition(_) | MetadataRecord::PartitionChange(_) => 2,
        _ => 0,
    }
}

fn wire(ids: &[NodeId]) -> Vec<i32> {
    ids.iter().map(|n| n.0 as i32).collect()
}

fn wire_elr(ids: &[NodeId]) -> Option<Vec<i32>> {
    (!ids.is_empty()).then(|| wire(ids))
}

/// The PartitionRecord of one partition.
#[must_use]
pub fn partition_record(topic: &Topic, index: u32, p: &Partition) -> MetadataRecord {
    MetadataRecord::Partition(PartitionRecord {
        partition_id: index as i32,
        topic_id: topic.id,
        replicas: wire(&p.replicas),
        isr: wire(&p.isr),
        removing_replicas: wire(&p.removing),
        adding_replicas: wire(&p.adding),
        leader: p.leader.map_or(-1, |n| n.0 as i32),
        leader_recovery_state: p.recovery_state,
        leader_epoch: p.leader_epoch.to_wire(),
        partition_epoch: p.partition_epoch as i32,
        directories: p.directories.clone(),
        eligible_leader_replicas: wire_elr(&p.elr),
        last_known_elr: wire_elr(&p.last_known_elr),
    })
}

/// A config record.
#[must_use]
pub fn config_record(resource_type: i8, resource: &str, name: &str, value: &str) -> MetadataRecord {
    MetadataRecord::Config(ConfigRecord {
        resource_type,
        resource_name: resource.to_owned(),
        name: name.to_owned(),
        value: Some(value.to_owned()),
    })
}

/// The parts of a broker's registration record.
#[must_use]
pub fn broker_endpoints(endpoints: &[Endpoint]) -> Vec<BrokerEndpoint> {
    let one = |e: &Endpoint| BrokerEndpoint {
        name: e.listener.clone(),
        host: e.host.clone(),
        port: e.port,
        security_protocol: e.protocol,
    };
    endpoints.iter().map(one).collect()
}

/// Features in the form of a broker's registration record.
#[must_use]
pub fn broker_features(features: &FeatureRanges) -> Vec<BrokerFeature> {
    let one = |(name, min, max): &(String, i16, i16)| BrokerFeature {
        name: name.clone(),
        min_supported_version: *min,
        max_supported_version: *max,
    };
    features.iter().map(one).collect()
}

/// Features in the form of a controller's registration record.
#[must_use]
pub fn controller_features(features: &FeatureRanges) -> Vec<ControllerFeature> {
    let one = |(name, min, max): &(String, i16, i16)| ControllerFeature {
        name: name.clone(),
        min_supported_version: *min,
        max_supported_version: *max,
    };
    features.iter().map(one).collect()
}

impl MetadataImage {
    /// The records that rebuild this image. O(size).
    #[must_use]
    pub fn dump(&self) -> Vec<MetadataRecord> {
        let mut out = Vec::new();
        for (name, level) in &self.features {
            let record = FeatureLevelRecord { name: name.clone(), feature_level: *level };
            out.push(MetadataRecord::FeatureLevel(record));
        }
        self.dump_registrations(&mut out);
        for topic in self.topics() {
            let record = TopicRecord { name: topic.name.to_string(), topic_id: topic.id };
            out.push(MetadataRecord::Topic(record));
            for (name, value) in &topic.overrides {
                out.push(config_record(RESOURCE_TOPIC, &topic.name, name, value));
            }
            out.extend(topic.partitions.iter().zip(0u32..).map(|(p, i)| partition_record(topic, i, p)));
        }
        for (resource, configs) in &self.broker_configs {
            out.extend(configs.iter().map(|(k, v)| config_record(RESOURCE_BROKER, resource, k, v)));
        }
        for (group, configs) in &self.group_configs {
            out.extend(configs.iter().map(|(k, v)| config_record(RESOURCE_GROUP, group, k, v)));
        }
        for (subscription, configs) in &self.client_metrics {
            let one = |(k, v): (&String, &String)| config_record(RESOURCE_CLIENT_METRICS, subscription, k, v);
            out.extend(configs.iter().map(one));
        }
        if self.next_producer_id > 0 {
            out.push(MetadataRecord::ProducerIds(ProducerIdsRecord {
                broker_id: self.node().0 as i32,
                broker_epoch: self.broker(self.node()).map_or(-1, |b| b.epoch),
                next_producer_id: self.next_producer_id as i64,
            }));
        }
        out
    }

    fn dump_registrations(&self, out: &mut Vec<MetadataRecord>) {
        for c in self.controllers.values() {
            let endpoints = c.endpoints.iter().map(|e| ControllerEndpoint {
                name: e.listener.clone(),
                host: e.host.clone(),
                port: e.port,
                security_protocol: e.protocol,
            });
            out.push(MetadataRecord::RegisterController(RegisterControllerRecord {
                controller_id: c.id.0 as i32,
                incarnation_id: c.incarnation,
                zk_migration_ready: false,
                end_points: endpoints.collect(),
                features: controller_features(&c.features),
            }));
        }
        for b in self.brokers.values() {
            out.push(MetadataRecord::RegisterBroker(RegisterBrokerRecord {
                broker_id: b.id.0 as i32,
                is_migrating_zk_broker: false,
                incarnation_id: b.incarnation,
                broker_epoch: b.epoch,
                end_points: broker_endpoints(&b.endpoints),
                features: broker_features(&b.features),
                rack: b.rack.clone(),
                fenced: b.fenced,
                in_controlled_shutdown: b.in_controlled_shutdown,
                log_dirs: b.log_dirs.clone(),
                cordoned_log_dirs: Some(b.cordoned_log_dirs.clone()),
            }));
        }
    }
}
