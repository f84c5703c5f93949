//! Which partition of `__consumer_offsets` a group belongs to.
//!
//! Owner: constant rule. Pure. Invariant: the same as Apache Kafka's, since tools and other brokers rely on it.

/// The hash of a Java string: over UTF-16 units, wrapping.
#[must_use]
pub fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |h, unit| h.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// The partition of `group` among `partitions`. O(length of the name).
///
/// # Panics
/// If `partitions` is 0: a topic has at least one.
#[must_use]
pub fn partition_of(group: &str, partitions: u32) -> u32 {
    assert!(partitions > 0, "a topic has at least one partition");
    // The smallest number has no absolute value; Kafka takes 0 for it.
    let hash = java_hash(group).checked_abs().unwrap_or(0);
    hash.unsigned_abs() % partitions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_java() {
        // Values of String.hashCode.
        assert_eq!(java_hash(""), 0);
        assert_eq!(java_hash("a"), 97);
        assert_eq!(java_hash("group"), 98_629_247);
        assert_eq!(java_hash("polygenelubricants"), i32::MIN);
        // One character outside the basic plane is two units: 0xd83d * 31 + 0xde00.
        assert_eq!(java_hash("\u{1f600}"), 0xd83d * 31 + 0xde00);
    }

    #[test]
    fn the_smallest_hash_goes_to_partition_0() {
        assert_eq!(partition_of("polygenelubricants", 50), 0);
        assert_eq!(partition_of("group", 50), 47);
        assert_eq!(partition_of("anything", 1), 0);
    }
}
