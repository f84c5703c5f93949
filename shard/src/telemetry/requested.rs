//! What all subscriptions that match a client add up to, and the id of that.
//!
//! Owner: one request. Pure. Invariant: the id is the one that Apache Kafka gives (its sets are Java's hash sets, whose
//! order goes into it), so that a client may go from one to the other, and from core to core, without asking again.

use crate::config::client_metrics::{ALL, INTERVAL_DEFAULT_MS, Subscription};
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::Uuid;

/// What a client is to push.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Requested {
    /// Beginnings of names, without repeats, in the order of a Java hash set; `*` alone for all.
    pub metrics: Vec<String>,
    /// Between two pushes.
    pub interval_ms: i32,
}

/// Adds up the subscriptions of one client: all their metrics, the shortest interval.
pub fn requested<'a>(subscriptions: impl Iterator<Item = &'a Subscription>) -> Requested {
    let mut metrics: Vec<String> = Vec::new();
    let mut interval_ms = INTERVAL_DEFAULT_MS;
    for subscription in subscriptions {
        interval_ms = interval_ms.min(subscription.interval_ms);
        let own = subscription.metrics.clone();
        // As `new HashSet(collection)` sizes its table.
        let table = (own.len() * 4 / 3 + 1).max(16);
        for metric in hash_order(own, table) {
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
    }
    if metrics.iter().any(|m| m == ALL) {
        metrics = vec![ALL.to_owned()];
    }
    Requested { metrics: hash_order(metrics, 16), interval_ms }
}

/// The id of what is asked of the client `id`: a CRC of metrics and interval, mixed with the client's own id.
pub fn subscription_id(requested: &Requested, id: Uuid) -> i32 {
    let text = format!("[{}]{}", requested.metrics.join(", "), requested.interval_ms);
    let crc = crc32c(text.as_bytes());
    // `Uuid.hashCode`: both halves, and of these both halves.
    let bits = u128::from_be_bytes(id.0);
    let halves = (bits >> 64) as u64 ^ bits as u64;
    let hash = (halves >> 32) as u32 ^ halves as u32;
    (crc ^ hash).cast_signed()
}

/// `String.hashCode`.
fn string_hash(s: &str) -> u32 {
    s.encode_utf16().fold(0u32, |h, unit| h.wrapping_mul(31).wrapping_add(u32::from(unit)))
}

/// The order of a `java.util.HashSet` that the items were put into one by one; `table` as given to its constructor.
fn hash_order(mut items: Vec<String>, table: usize) -> Vec<String> {
    let mut table = table.next_power_of_two();
    while items.len() > table / 4 * 3 {
        table *= 2;
    }
    items.sort_by_key(|item| {
        let h = string_hash(item);
        (h ^ (h >> 16)) as usize & (table - 1)
    });
    items
}
