//! The configuration of a simulated broker: one plaintext listener, one data directory.
//!
//! Owner: a test.

use ringlog_shard::config::{BrokerConfig, Listener, SecurityProtocol};
use ringlog_wire::ids::NodeId;
use std::collections::BTreeMap;

/// Broker 1 on 127.0.0.1:9092 with its data in `/d`; `statics` are configs that an operator set.
///
/// # Panics
/// If one of them is no config of a broker: the test's defect.
#[must_use]
pub fn broker_config(statics: &[(&str, &str)]) -> BrokerConfig {
    let listener = Listener {
        name: "PLAINTEXT".into(),
        protocol: SecurityProtocol::Plaintext,
        advertised_host: None,
        advertised_port: None,
        bound: ("127.0.0.1".into(), 9092),
    };
    let statics: BTreeMap<_, _> = statics.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    BrokerConfig::new(NodeId(1), vec![listener], vec!["/d".into()], &statics)
        .expect("a test sets what exists")
}
