//! Typed configuration of topics, groups, subscriptions to clients' metrics, and of this broker (names, types and defaults of Kafka 4.3).
//!
//! Owner: the tables are constant; a `BrokerConfig` is built once at start. Pure.
//! Invariants: what is accepted at creation is what later reads parse; sources and synonyms are Kafka's.

pub mod broker;
pub mod broker_table;
pub mod client_metrics;
pub mod def;
pub mod dynamic;
pub mod group;
pub mod topic;

pub use broker::{
    BadConfig, BrokerConfig, Described, Listener, Overrides, SecurityProtocol, Source, Synonym,
};
pub use def::{ConfigDef, Kind, Valid, Value};
pub use dynamic::Dynamic;
pub use topic::{CompressionType, TimestampType, TopicConfig};
