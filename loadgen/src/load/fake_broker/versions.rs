//! The versions that a fake broker takes: all, or those of an older Apache Kafka.
//!
//! Owner: the broker. Source: the answers to ApiVersions of those releases, for the APIs that a load asks for.

use ringlog_wire::api::ApiKey;

/// By API: lowest and highest. What is not here the broker does not have.
pub type Release = &'static [(ApiKey, i16, i16)];

/// Apache Kafka 0.11, the first with batches.
pub const KAFKA_0_11: Release = &[
    (ApiKey::Produce, 0, 3),
    (ApiKey::Fetch, 0, 5),
    (ApiKey::ListOffsets, 0, 2),
    (ApiKey::Metadata, 0, 4),
    (ApiKey::FindCoordinator, 0, 1),
    (ApiKey::ApiVersions, 0, 1),
    (ApiKey::CreateTopics, 0, 2),
    (ApiKey::DeleteTopics, 0, 1),
    (ApiKey::InitProducerId, 0, 0),
];

/// Apache Kafka 2.4: Produce and Fetch are not flexible yet.
pub const KAFKA_2_4: Release = &[
    (ApiKey::Produce, 0, 8),
    (ApiKey::Fetch, 0, 11),
    (ApiKey::ListOffsets, 0, 5),
    (ApiKey::Metadata, 0, 9),
    (ApiKey::OffsetCommit, 0, 8),
    (ApiKey::FindCoordinator, 0, 3),
    (ApiKey::JoinGroup, 0, 6),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 4),
    (ApiKey::SyncGroup, 0, 4),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 0, 5),
    (ApiKey::DeleteTopics, 0, 4),
    (ApiKey::InitProducerId, 0, 2),
];

/// Apache Kafka 2.8, the first with ids of topics.
pub const KAFKA_2_8: Release = &[
    (ApiKey::Produce, 0, 9),
    (ApiKey::Fetch, 0, 12),
    (ApiKey::ListOffsets, 0, 6),
    (ApiKey::Metadata, 0, 11),
    (ApiKey::OffsetCommit, 0, 8),
    (ApiKey::FindCoordinator, 0, 3),
    (ApiKey::JoinGroup, 0, 7),
    (ApiKey::Heartbeat, 0, 4),
    (ApiKey::LeaveGroup, 0, 4),
    (ApiKey::SyncGroup, 0, 5),
    (ApiKey::ApiVersions, 0, 3),
    (ApiKey::CreateTopics, 0, 7),
    (ApiKey::DeleteTopics, 0, 6),
    (ApiKey::InitProducerId, 0, 4),
];

/// What it takes of `api`; all that the codec has of a broker of no `release`.
#[must_use]
pub fn taken(release: Option<Release>, api: ApiKey) -> Option<(i16, i16)> {
    match release {
        None => Some(api.advertised().into_inner()),
        Some(all) => all.iter().find(|(key, ..)| *key == api).map(|(_, min, max)| (*min, *max)),
    }
}
