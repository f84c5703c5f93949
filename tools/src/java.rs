//! What Java decides about text that the stock tools print: the order of hash maps, and how values are padded.
//!
//! Owner: nobody, pure. Invariant: the order is that of `java.util.HashMap` in OpenJDK 8 and later, without tree bins
//! (a bin becomes a tree above 8 entries that collide in a table of at least 64).

/// `String.hashCode`.
pub fn string_hash(s: &str) -> i32 {
    s.encode_utf16().fold(0i32, |h, unit| h.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// The hash code of `org.apache.kafka.common.TopicPartition`.
pub fn partition_hash(topic: &str, partition: i32) -> i32 {
    (31 + partition).wrapping_mul(31).wrapping_add(string_hash(topic))
}

/// `java.util.HashMap`'s order of `items`, put in as they stand; `capacity` as given to its constructor.
///
/// `hash`: the item's `hashCode`. O(n log n).
pub fn hash_order<T>(items: Vec<T>, capacity: usize, hash: impl Fn(&T) -> i32) -> Vec<T> {
    let mut table = capacity.max(1).next_power_of_two();
    while items.len() > table / 4 * 3 && items.len() > table * 3 / 4 {
        table *= 2;
    }
    let mut items = items;
    items.sort_by_key(|item| {
        let h = hash(item) as u32;
        (h ^ (h >> 16)) as usize & (table - 1)
    });
    items
}

/// The default capacity of a `HashMap`.
pub const DEFAULT: usize = 16;

/// `%-Ns` of Java's formatter: padded on the right to `width` characters.
pub fn left(text: impl std::fmt::Display, width: usize) -> String {
    format!("{:<width$}", text.to_string())
}

/// Rows of cells as the tools print tables: each column as wide as its widest cell, a tab behind each cell.
pub fn table(rows: Vec<Vec<String>>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(String::len).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        row.iter().zip(&widths).map(|(cell, width)| format!("{}\t", left(cell, *width))).collect()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_codes_are_javas() {
        assert_eq!(string_hash(""), 0);
        assert_eq!(string_hash("plain"), 106_748_362);
        assert_eq!(string_hash("polygenelubricants"), i32::MIN);
    }

    #[test]
    fn the_order_is_that_of_a_java_hash_map() {
        let names = ["defaults", "dotted.name", "placed", "plain", "small", "times"];
        let ordered = hash_order(names.to_vec(), 6, |n| string_hash(n));
        assert_eq!(ordered, ["small", "dotted.name", "times", "placed", "defaults", "plain"]);
    }
}
