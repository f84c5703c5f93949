//! The configuration of a simulated broker: one plaintext listener, one data directory or several.
//!
//! Owner: a test.

use ringlog_shard::config::{BrokerConfig, Listener, Overrides, SecurityProtocol};
use ringlog_wire::ids::NodeId;

/// The data directory of every simulated broker.
pub const DATA_DIR: &str = "/d";
/// The data directories of one that has two.
pub const DATA_DIRS: &[&str] = &[DATA_DIR, "/e"];

/// Broker 1 on 127.0.0.1:9092 with its data in `/d`; `statics` are configs that an operator set.
///
/// # Panics
/// If one of them is no config of a broker: the test's defect.
#[must_use]
pub fn broker_config(statics: &[(&str, &str)]) -> BrokerConfig {
    let statics = statics.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    broker_config_in(&[DATA_DIR], &statics)
}

/// The same with these data directories.
///
/// # Panics
/// As [`broker_config`].
#[must_use]
pub fn broker_config_in(dirs: &[&str], statics: &Overrides) -> BrokerConfig {
    let listener = Listener {
        name: "PLAINTEXT".into(),
        protocol: SecurityProtocol::Plaintext,
        advertised_host: None,
        advertised_port: None,
        bound: ("127.0.0.1".into(), 9092),
    };
    BrokerConfig::new(NodeId(1), vec![listener], dirs.iter().map(Into::into).collect(), statics)
        .unwrap_or_else(|e| panic!("what a test sets is valid: {}", e.0))
}
