//! `ringctl doctor`: walks from the bootstrap address to every broker and partition, and says what is wrong.
//!
//! Owner: one process. Invariants: nothing is changed; every line that begins with FAIL names an address or a partition
//! and what to do.

use crate::client::{Access, Client, Conn, Failure};
use crate::verdict::Verdicts;
use ringlog_wire::api::ApiKey;

/// What a client cannot do without.
const NEEDED: [ApiKey; 6] = [
    ApiKey::Metadata,
    ApiKey::Produce,
    ApiKey::Fetch,
    ApiKey::ListOffsets,
    ApiKey::FindCoordinator,
    ApiKey::InitProducerId,
];

/// Looks and says what it finds.
pub fn look(access: &Access, say: &mut Verdicts<'_>) {
    for address in &access.bootstrap {
        match Conn::open(address, &access.client_id, access.request_timeout) {
            Ok(conn) => {
                let count = conn.versions().api_keys.len();
                say.ok("bootstrap", format!("bootstrap {address} answers, {count} APIs"));
            }
            Err(e) => say.fail("bootstrap", format!("bootstrap {address}: {}", e.message)),
        }
    }
    // That there is none was said just now.
    let Ok(mut client) = Client::connect(access.clone()) else { return };
    if let Err(e) = cluster(&mut client, access, say) {
        say.fail("cluster", e.message);
    }
}

fn cluster(client: &mut Client, access: &Access, say: &mut Verdicts<'_>) -> Result<(), Failure> {
    let metadata = client.metadata(None)?;
    let id = metadata.cluster_id.clone().unwrap_or_else(|| "none".to_owned());
    let brokers = metadata.brokers.len();
    say.ok("cluster", format!("cluster {id}, controller {}, {brokers} brokers", metadata.controller_id));
    for broker in &metadata.brokers {
        let (node, address) = (broker.node_id, format!("{}:{}", broker.host, broker.port));
        match Conn::open(&address, &access.client_id, access.request_timeout) {
            Ok(conn) => {
                let missing: Vec<&str> =
                    NEEDED.iter().filter(|a| conn.version_of(**a).is_err()).map(|a| a.name()).collect();
                if missing.is_empty() {
                    say.ok("broker", format!("broker {node} is reached where it says, at {address}"));
                } else {
                    say.fail("broker", format!("broker {node} at {address} lacks {}", missing.join(", ")));
                }
            }
            Err(e) => say.fail(
                "broker",
                format!(
                    "broker {node} advertises {address}, which cannot be reached from here: set its advertised address ({})",
                    e.message
                ),
            ),
        }
    }
    let (mut partitions, mut faults) = (0usize, 0usize);
    for topic in &metadata.topics {
        let name = topic.name.as_deref().unwrap_or("?");
        for p in &topic.partitions {
            partitions += 1;
            let at = format!("{name}-{}", p.partition_index);
            let fault = if p.leader_id < 0 {
                format!("{at} has no leader: look at brokers {:?}", p.replica_nodes)
            } else if p.isr_nodes.len() < p.replica_nodes.len() {
                format!("{at} is under-replicated: in sync {:?} of {:?}", p.isr_nodes, p.replica_nodes)
            } else if !p.offline_replicas.is_empty() {
                format!("{at} is offline on brokers {:?}", p.offline_replicas)
            } else {
                continue;
            };
            faults += 1;
            say.fail("partition", fault);
        }
    }
    if faults == 0 {
        let topics = metadata.topics.len();
        say.ok("partition", format!("{topics} topics, {partitions} partitions, all with leader and in sync"));
    }
    Ok(())
}
