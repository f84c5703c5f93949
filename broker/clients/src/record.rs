//! The records that every client sends, each made from its number.
//!
//! Owner: nobody, a pure function. Invariant: `python/records.py`, the Go, Java and Node.js clients make the same.

/// One record.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Null for every 11th.
    pub key: Option<Vec<u8>>,
    /// Null for every 13th, empty for every 17th.
    pub value: Option<Vec<u8>>,
    /// Name and value; names repeat, values may be null.
    pub headers: Vec<(&'static str, Option<Vec<u8>>)>,
}

impl Record {
    /// The record with number `n`.
    #[must_use]
    pub fn number(n: usize) -> Self {
        let key = (!n.is_multiple_of(11)).then(|| format!("key-{}", n % 1000).into_bytes());
        let value = match n {
            n if n % 13 == 0 => None,
            n if n % 17 == 0 => Some(Vec::new()),
            n => Some(format!("value {n} {}", "abcdefgh".repeat(n % 23)).into_bytes()),
        };
        let headers = match n % 5 {
            0 => vec![("h", Some(n.to_string().into_bytes())), ("h", None), ("g", Some(Vec::new()))],
            1 => vec![("trace", Some(b"1".to_vec()))],
            _ => Vec::new(),
        };
        Self { key, value, headers }
    }

    /// The record with number `n` of a load that also has large ones: every 401st spans many blocks, every 211th
    /// goes around the commit log.
    #[must_use]
    pub fn of_load(n: usize) -> Self {
        let mut record = Self::number(n);
        let len = match n {
            n if n % 211 == 0 => 300_000 + n % 400_000,
            n if n % 401 == 0 => 20_000 + n % 60_000,
            _ => return record,
        };
        // Hard to compress, so that a codec does not make it small again.
        let mut chance = crate::chance::Chance::new(n as u64);
        let mut value = Vec::with_capacity(len + 8);
        while value.len() < len {
            value.extend_from_slice(&chance.bits().to_le_bytes());
        }
        record.value = Some(value);
        record
    }
}
