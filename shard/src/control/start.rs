//! The records that a start adds: the bootstrap of a new cluster, and what this process is.
//!
//! Owner: the control core. Pure. Invariants: a new log begins with the level of metadata.version; no feature is
//! finalized that this version does not have; every start raises the leader epoch of each partition that this
//! node leads (architecture.md D7), before it may be led.

use super::identity::LOST;
use crate::config::BrokerConfig;
use crate::image::{Endpoint, FeatureRanges, MetadataImage, dump};
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    BrokerRegistrationChangeRecord, FeatureLevelRecord, PartitionChangeRecord, RegisterBrokerRecord,
    RegisterControllerRecord,
};
use ringlog_wire::ids::{Offset, Uuid};

/// The metadata.version of this program: 4.3-IV0.
pub const METADATA_VERSION: i16 = 30;
/// The lowest metadata.version that 4.x reads: 3.3-IV3.
pub const METADATA_VERSION_MIN: i16 = 7;

/// The feature that stands for the consumer protocol (KIP-848), and its level.
pub const GROUP_VERSION: (&str, i16) = ("group.version", 1);

/// The features that this program supports: name, lowest and highest level.
#[must_use]
pub fn supported_features() -> FeatureRanges {
    vec![
        (GROUP_VERSION.0.to_owned(), 0, GROUP_VERSION.1),
        ("kraft.version".to_owned(), 0, 1),
        ("metadata.version".to_owned(), METADATA_VERSION_MIN, METADATA_VERSION),
    ]
}

/// The first records of a new cluster.
#[must_use]
pub fn bootstrap_records() -> Vec<MetadataRecord> {
    let level = |name: &str, feature_level| {
        MetadataRecord::FeatureLevel(FeatureLevelRecord { name: name.to_owned(), feature_level })
    };
    vec![level("metadata.version", METADATA_VERSION), level(GROUP_VERSION.0, GROUP_VERSION.1)]
}

/// Where this broker's registration says it listens.
#[must_use]
pub fn endpoints(config: &BrokerConfig) -> Vec<Endpoint> {
    let one = |l: &crate::config::Listener| Endpoint {
        listener: l.name.clone(),
        host: l.advertised_host.clone().unwrap_or_else(|| l.bound.0.clone()),
        port: l.advertised_port.unwrap_or(l.bound.1),
        protocol: l.protocol.wire(),
    };
    config.listeners.iter().map(one).collect()
}

/// The records of this start, to be appended from `base` on: registrations, new leader epochs, unfencing.
#[must_use]
pub fn start_records(image: &MetadataImage, incarnation: Uuid, base: Offset) -> Vec<MetadataRecord> {
    let config = image.broker_config();
    let id = config.node_id.0 as i32;
    let mut records = vec![MetadataRecord::RegisterController(RegisterControllerRecord {
        controller_id: id,
        incarnation_id: incarnation,
        zk_migration_ready: false,
        end_points: Vec::new(),
        features: dump::controller_features(&supported_features()),
    })];
    // A broker's epoch is the offset of its registration (KIP-631).
    let broker_epoch = base.plus(1).to_wire();
    let log_dirs: Vec<Uuid> = image.identity().directories.iter().copied().filter(|id| *id != LOST).collect();
    records.push(MetadataRecord::RegisterBroker(RegisterBrokerRecord {
        broker_id: id,
        is_migrating_zk_broker: false,
        incarnation_id: incarnation,
        broker_epoch,
        end_points: dump::broker_endpoints(&endpoints(config)),
        features: dump::broker_features(&supported_features()),
        rack: config.rack.clone(),
        fenced: true,
        in_controlled_shutdown: false,
        cordoned_log_dirs: Some(image.cordoned(image.dynamic(), &log_dirs)),
        log_dirs,
    }));
    for (partition, _) in image.local_partitions() {
        let state = image.partition(partition).expect("it was just listed");
        let leads = match state.leader {
            Some(leader) => leader == config.node_id,
            None => state.isr.contains(&config.node_id),
        };
        if leads {
            records.push(MetadataRecord::PartitionChange(PartitionChangeRecord {
                partition_id: partition.index as i32,
                topic_id: partition.topic,
                leader: id,
                ..Default::default()
            }));
        }
    }
    records.push(MetadataRecord::BrokerRegistrationChange(BrokerRegistrationChangeRecord {
        broker_id: id,
        broker_epoch,
        fenced: -1,
        ..Default::default()
    }));
    records
}
