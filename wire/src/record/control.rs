//! Control records: keys and transaction markers (KIP-98), Raft's own (KIP-595, 630, 853).
//!
//! Owner: coordinators, the metadata log, every reader of a log. Invariant: an unknown type is kept as its
//! number and ignored by readers; it is never an error.

use crate::record::cursor::{Cursor, CursorError};

/// What a control record says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ControlType {
    /// The transaction is aborted.
    Abort,
    /// The transaction is committed.
    Commit,
    /// A new Raft leader (KIP-595).
    LeaderChange,
    /// First record of a snapshot (KIP-630).
    SnapshotHeader,
    /// Last record of a snapshot (KIP-630).
    SnapshotFooter,
    /// The feature level kraft.version (KIP-853).
    KRaftVersion,
    /// The set of voters (KIP-853).
    KRaftVoters,
    /// A type of a later release; ignore it.
    Unknown(i16),
}

impl ControlType {
    /// From the number in the key.
    #[must_use]
    pub fn from_id(id: i16) -> Self {
        match id {
            0 => Self::Abort,
            1 => Self::Commit,
            2 => Self::LeaderChange,
            3 => Self::SnapshotHeader,
            4 => Self::SnapshotFooter,
            5 => Self::KRaftVersion,
            6 => Self::KRaftVoters,
            other => Self::Unknown(other),
        }
    }

    /// The number in the key.
    #[must_use]
    pub fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::LeaderChange => 2,
            Self::SnapshotHeader => 3,
            Self::SnapshotFooter => 4,
            Self::KRaftVersion => 5,
            Self::KRaftVoters => 6,
            Self::Unknown(id) => id,
        }
    }

    /// The key of such a record: version 0, type.
    #[must_use]
    pub fn encode_key(self) -> [u8; 4] {
        let [hi, lo] = self.id().to_be_bytes();
        [0, 0, hi, lo]
    }

    /// Reads a key. Later versions may be longer; what follows the type is ignored.
    ///
    /// Errors: fewer than four bytes.
    pub fn decode_key(key: &[u8]) -> Result<Self, CursorError> {
        let mut c = Cursor::new(key);
        let _version = c.i16()?;
        Ok(Self::from_id(c.i16()?))
    }
}

/// The value of a transaction marker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EndTxnMarker {
    /// Epoch of the transaction coordinator that wrote it.
    pub coordinator_epoch: i32,
}

impl EndTxnMarker {
    /// Version 0: version, epoch.
    #[must_use]
    pub fn encode(self) -> [u8; 6] {
        let [a, b, c, d] = self.coordinator_epoch.to_be_bytes();
        [0, 0, a, b, c, d]
    }

    /// Reads version 0 and later ones, which begin alike. Errors: fewer than six bytes.
    pub fn decode(value: &[u8]) -> Result<Self, CursorError> {
        let mut c = Cursor::new(value);
        let _version = c.i16()?;
        Ok(Self { coordinator_epoch: c.i32()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_round_trip_and_unknown_types_are_kept() {
        for id in -1..10 {
            let key = ControlType::from_id(id).encode_key();
            assert_eq!(ControlType::decode_key(&key).map(ControlType::id), Ok(id));
        }
        assert_eq!(ControlType::decode_key(&[0, 0, 0, 1, 9]), Ok(ControlType::Commit));
        assert_eq!(ControlType::decode_key(&[0, 0, 0]), Err(CursorError::Short));
        assert_eq!(ControlType::from_id(7), ControlType::Unknown(7));
    }

    #[test]
    fn a_marker_is_six_bytes() {
        let marker = EndTxnMarker { coordinator_epoch: 258 };
        assert_eq!(marker.encode(), [0, 0, 0, 0, 1, 2]);
        assert_eq!(EndTxnMarker::decode(&marker.encode()), Ok(marker));
        assert_eq!(EndTxnMarker::decode(&[0, 0, 1]), Err(CursorError::Short));
    }
}
