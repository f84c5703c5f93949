//! The bounds of the coordinators, and what an operator may set of them.
//!
//! Owner: constants, and one `GroupConfig` per core. Invariant: at a bound a request is refused; nothing aborts.

use crate::config::BrokerConfig;
use crate::image::MetadataImage;
use std::time::Duration;

/// Groups of one coordinator; there are `offsets.topic.num.partitions` coordinators.
pub const GROUPS_MAX: usize = 100_000;
/// Members of one group, whatever `group.max.size` says.
pub const MEMBERS_MAX: usize = 20_000;
/// Member ids of one group that were given out and not yet used.
pub const PENDING_MAX: usize = 20_000;
/// Bytes of member metadata, and of assignments, that one group may hold.
pub const GROUP_BYTES_MAX: usize = 32 << 20;
/// Bytes of records that one event may write: they go into one batch.
pub const BATCH_BYTES_MAX: usize = 64 << 20;
/// Bytes of records that an event writes in one batch where it need not be whole.
pub const BATCH_BYTES: usize = 512 << 10;
/// Protocols that one member may offer.
pub const PROTOCOLS_MAX: usize = 1000;
/// The last rebalances whose causes are kept, per group.
pub const CAUSES_MAX: usize = 20;
/// Bytes of a client's own words that are kept as a cause.
pub const CAUSE_BYTES_MAX: usize = 256;
/// Groups, or members, that one request may name.
pub const NAMES_MAX: usize = 10_000;
/// How long a member may wait in its first join: it has no id yet, so it cannot send heartbeats.
pub const NEW_MEMBER_JOIN_MS: u64 = 300_000;
/// Pause before a coordinator whose records were refused is loaded again.
pub const RELOAD_PAUSE: Duration = Duration::from_secs(1);
/// Bytes read at once while loading.
pub const LOAD_BYTES: usize = 1 << 20;

const _: () = assert!(BATCH_BYTES < BATCH_BYTES_MAX, "a part is smaller than the whole");
const _: () =
    assert!(2 * GROUP_BYTES_MAX <= BATCH_BYTES_MAX, "a group's metadata and assignments fit a batch");

/// What an operator may set. Times in milliseconds; names are Kafka's.
#[derive(Clone, Debug)]
pub struct GroupConfig {
    /// `group.min.session.timeout.ms`.
    pub min_session_ms: i32,
    /// `group.max.session.timeout.ms`.
    pub max_session_ms: i32,
    /// `group.initial.rebalance.delay.ms`.
    pub initial_delay_ms: u64,
    /// `group.max.size`, at most `MEMBERS_MAX`.
    pub max_size: usize,
    /// `group.consumer.session.timeout.ms` (KIP-848).
    pub consumer_session_ms: u64,
    /// `group.consumer.heartbeat.interval.ms`.
    pub consumer_heartbeat_ms: i32,
    /// `group.consumer.assignment.interval.ms`.
    pub consumer_assignment_ms: u64,
    /// `group.consumer.max.size`, at most `MEMBERS_MAX`.
    pub consumer_max_size: usize,
    /// `group.consumer.migration.policy`.
    pub migration: MigrationPolicy,
    /// `offset.metadata.max.bytes`.
    pub metadata_max: usize,
    /// `offsets.retention.minutes`, in milliseconds.
    pub retention_ms: i64,
    /// `offsets.retention.check.interval.ms`.
    pub retention_check_ms: u64,
}

/// What holds for one group of the consumer protocol, milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Times {
    /// How long a member may be silent.
    pub session_ms: u64,
    /// How often members send heartbeats.
    pub heartbeat_ms: i32,
    /// The least time between two targets.
    pub assignment_ms: u64,
}

/// Which groups may change their protocol while they have members (KIP-848).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MigrationPolicy {
    /// Classic to consumer and back.
    Bidirectional,
    /// Classic to consumer.
    Upgrade,
    /// Consumer to classic.
    Downgrade,
    /// None.
    Disabled,
}

impl MigrationPolicy {
    fn parse(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "upgrade" => Self::Upgrade,
            "downgrade" => Self::Downgrade,
            "disabled" => Self::Disabled,
            // The table takes no other word.
            _ => Self::Bidirectional,
        }
    }

    /// May a classic group become a consumer group?
    #[must_use]
    pub fn allows_upgrade(self) -> bool {
        matches!(self, Self::Bidirectional | Self::Upgrade)
    }

    /// May a consumer group become a classic group?
    #[must_use]
    pub fn allows_downgrade(self) -> bool {
        matches!(self, Self::Bidirectional | Self::Downgrade)
    }
}

impl GroupConfig {
    /// What holds for group `id`: its own configs, else the broker's.
    #[must_use]
    pub fn times(&self, image: &MetadataImage, id: &str) -> Times {
        let own = image.group_configs(id);
        if own.is_empty() {
            return Times {
                session_ms: self.consumer_session_ms,
                heartbeat_ms: self.consumer_heartbeat_ms,
                assignment_ms: self.consumer_assignment_ms,
            };
        }
        let times = image.broker_config().group_times(own);
        let unsigned = |ms: i64| u64::try_from(ms).unwrap_or(0);
        Times {
            session_ms: unsigned(times.session_ms),
            heartbeat_ms: i32::try_from(times.heartbeat_ms).unwrap_or(i32::MAX),
            assignment_ms: unsigned(times.assignment_ms),
        }
    }

    /// Takes the values out of the broker's configuration.
    #[must_use]
    pub fn new(config: &BrokerConfig) -> Self {
        let int = |name| i32::try_from(config.int(name)).unwrap_or(i32::MAX);
        let unsigned = |name| u64::try_from(config.int(name)).unwrap_or(0);
        Self {
            min_session_ms: int("group.min.session.timeout.ms"),
            max_session_ms: int("group.max.session.timeout.ms"),
            initial_delay_ms: unsigned("group.initial.rebalance.delay.ms"),
            max_size: usize::try_from(int("group.max.size")).unwrap_or(1).min(MEMBERS_MAX),
            consumer_session_ms: unsigned("group.consumer.session.timeout.ms"),
            consumer_heartbeat_ms: int("group.consumer.heartbeat.interval.ms"),
            consumer_assignment_ms: unsigned("group.consumer.assignment.interval.ms"),
            consumer_max_size: usize::try_from(int("group.consumer.max.size")).unwrap_or(1).min(MEMBERS_MAX),
            migration: MigrationPolicy::parse(&config.text("group.consumer.migration.policy")),
            metadata_max: usize::try_from(int("offset.metadata.max.bytes")).unwrap_or(0),
            retention_ms: config.int("offsets.retention.minutes").saturating_mul(60_000),
            retention_check_ms: unsigned("offsets.retention.check.interval.ms").max(1),
        }
    }
}
