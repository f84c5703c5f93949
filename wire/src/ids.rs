//! Newtypes for the ids and offsets that travel on the wire and live on disk.
//!
//! Invariant: the value -1 ("none") exists at the codec boundary only; inside the broker absence is `Option`.

use std::fmt;

/// A topic's UUID (KIP-516), 16 bytes in network order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TopicId(pub [u8; 16]);

impl TopicId {
    /// The all-zero id: "no topic id" on the wire.
    pub const ZERO: Self = Self([0; 16]);
    /// The id of `__cluster_metadata` (KIP-500).
    pub const METADATA: Self = Self([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    /// True for the all-zero id.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }
}

/// Every `uuid` field of the protocol, whatever it identifies (topic, directory, incarnation).
pub type Uuid = TopicId;

const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Kafka prints UUIDs as base64url without padding, 22 characters.
impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        let mut text = [0u8; 22];
        for (i, c) in text.iter_mut().enumerate() {
            let shift = 122 - 6 * i as i32;
            let six = if shift >= 0 { (bits >> shift) as usize } else { (bits << -shift) as usize } & 63;
            *c = BASE64_URL.get(six).copied().unwrap_or(b'?');
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or("?"))
    }
}

impl fmt::Debug for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for TopicId {
    type Err = ();

    /// Parses 22 base64url characters. Errors: wrong length, other characters or non-zero spare bits.
    fn from_str(s: &str) -> Result<Self, ()> {
        if s.len() != 22 {
            return Err(());
        }
        let mut bits: u128 = 0;
        for (i, c) in s.bytes().enumerate() {
            let six = BASE64_URL.iter().position(|&b| b == c).ok_or(())? as u128;
            if i == 21 {
                if six & 0b1111 != 0 {
                    return Err(());
                }
                bits = (bits << 2) | (six >> 4);
            } else {
                bits = (bits << 6) | six;
            }
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

/// One partition of one topic: the key of every map on a core.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionId {
    /// The topic.
    pub topic: TopicId,
    /// The partition's index, from 0.
    pub index: u32,
}

impl fmt::Debug for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.topic, self.index)
    }
}

/// An offset in a partition's log. Exclusive ends unless the name says `last_*`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Offset(pub u64);

impl Offset {
    /// Offset 0.
    pub const ZERO: Self = Self(0);

    /// The wire form. Offsets stay below 2^63: they come from `from_wire` or from appends that assert it.
    #[must_use]
    pub fn to_wire(self) -> i64 {
        self.0 as i64
    }

    /// `None` for a negative value.
    #[must_use]
    pub fn from_wire(v: i64) -> Option<Self> {
        u64::try_from(v).ok().map(Self)
    }

    /// `self + n`.
    #[must_use]
    pub fn plus(self, n: u64) -> Self {
        Self(self.0 + n)
    }

    /// Records between `earlier` and `self`; 0 if `earlier` is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A leader epoch (KIP-101), from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct LeaderEpoch(pub u32);

impl LeaderEpoch {
    /// The wire form.
    #[must_use]
    pub fn to_wire(self) -> i32 {
        self.0 as i32
    }

    /// `None` for a negative value ("unknown" on the wire).
    #[must_use]
    pub fn from_wire(v: i32) -> Option<Self> {
        u32::try_from(v).ok().map(Self)
    }
}

/// A producer id (KIP-98), from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ProducerId(pub u64);

/// A producer epoch (KIP-98), 0 to 32767.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ProducerEpoch(pub u16);

/// A broker or controller id (`node.id`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topic_id_prints_as_kafka_does_and_parses_back() {
        assert_eq!(TopicId::METADATA.to_string(), "AAAAAAAAAAAAAAAAAAAAAQ");
        let id = TopicId([0xff; 16]);
        assert_eq!(id.to_string(), "_____________________w");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("_____________________x".parse::<TopicId>(), Err(()));
    }
}
