//! `ringctl doctor`: walks from the bootstrap address to every broker and partition, and says what is wrong.
//!
//! Owner: one process. Invariants: nothing is changed; every line that begins with FAIL names an address or a partition
//! and what to do.

use crate::client::{Access, Client, Conn, Failure};
use crate::out::Out;
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

/// Looks, prints, and returns how many faults there are.
pub fn look(access: &Access, out: &mut Out) -> usize {
    let mut faults = 0;
    let mut say = |out: &mut Out, fault: bool, text: String| {
        faults += usize::from(fault);
        out.line(format!("{} {text}", if fault { "FAIL" } else { "ok  " }));
    };
    for address in &access.bootstrap {
        match Conn::open(address, &access.client_id, access.request_timeout) {
            Ok(conn) => {
                let count = conn.versions().api_keys.len();
                say(out, false, format!("bootstrap {address} answers, {count} APIs"));
            }
            Err(e) => say(out, true, format!("bootstrap {address}: {}", e.message)),
        }
    }
    let mut client = match Client::connect(access.clone()) {
        Ok(client) => client,
        Err(_) => return faults,
    };
    if let Err(e) = cluster(&mut client, access, out, &mut say) {
        say(out, true, e.message);
    }
    faults
}

fn cluster(
    client: &mut Client,
    access: &Access,
    out: &mut Out,
    say: &mut dyn FnMut(&mut Out, bool, String),
) -> Result<(), Failure> {
    let metadata = client.metadata(None)?;
    let id = metadata.cluster_id.clone().unwrap_or_else(|| "none".to_owned());
    say(
        out,
        false,
        format!("cluster {id}, controller {}, {} brokers", metadata.controller_id, metadata.brokers.len()),
    );
    for broker in &metadata.brokers {
        let address = format!("{}:{}", broker.host, broker.port);
        match Conn::open(&address, &access.client_id, access.request_timeout) {
            Ok(conn) => {
                let missing: Vec<&str> =
                    NEEDED.iter().filter(|a| conn.version_of(**a).is_err()).map(|a| a.name()).collect();
                if missing.is_empty() {
                    say(
                        out,
                        false,
                        format!("broker {} is reached where it says, at {address}", broker.node_id),
                    );
                } else {
                    say(
                        out,
                        true,
                        format!("broker {} at {address} lacks {}", broker.node_id, missing.join(", ")),
                    );
                }
            }
            Err(e) => say(
                out,
                true,
                format!(
                    "broker {} advertises {address}, which cannot be reached from here: set its advertised address ({})",
                    broker.node_id, e.message
                ),
            ),
        }
    }
    let (mut partitions, mut before) = (0usize, 0usize);
    for topic in &metadata.topics {
        let name = topic.name.as_deref().unwrap_or("?");
        for p in &topic.partitions {
            partitions += 1;
            if p.leader_id < 0 {
                before += 1;
                say(
                    out,
                    true,
                    format!(
                        "{name}-{} has no leader: look at brokers {:?}",
                        p.partition_index, p.replica_nodes
                    ),
                );
            } else if p.isr_nodes.len() < p.replica_nodes.len() {
                before += 1;
                say(
                    out,
                    true,
                    format!(
                        "{name}-{} is under-replicated: in sync {:?} of {:?}",
                        p.partition_index, p.isr_nodes, p.replica_nodes
                    ),
                );
            } else if !p.offline_replicas.is_empty() {
                before += 1;
                say(
                    out,
                    true,
                    format!("{name}-{} is offline on brokers {:?}", p.partition_index, p.offline_replicas),
                );
            }
        }
    }
    if before == 0 {
        say(
            out,
            false,
            format!("{} topics, {partitions} partitions, all with leader and in sync", metadata.topics.len()),
        );
    }
    Ok(())
}
