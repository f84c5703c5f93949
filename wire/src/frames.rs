//! How messages are framed where no request or response is: in records, and as opaque bytes inside messages.
//!
//! Owner: nobody. Invariant: stored data is read strictly: no trailing bytes, tags in order.
//! Metadata (KIP-631): no key; value = frame version 1, type, version as unsigned varints, then the message.
//! Coordinators: key = int16 type, then the key message (version 0); value = int16 version, then the message.
//! Clients' subscriptions and assignments, and principals: int16 version, then the message.

use bytes::Bytes;

use crate::generated::records::{
    GroupRecordKey, GroupRecordValue, MetadataRecord, ShareRecordKey, ShareRecordValue, TransactionRecordKey,
    TransactionRecordValue,
};
use crate::message::Message;
use crate::reader::{DecodeError, Reader};
use crate::writer::{Encoded, Sink};

const METADATA_FRAME_VERSION: u32 = 1;

impl MetadataRecord {
    /// Reads the value of one record of the metadata log. `budget`: heap bytes the result may use.
    ///
    /// Returns the record and its version. Errors: `FrameVersion`, `UnknownType`, or the message's own.
    pub fn decode_value(value: &Bytes, budget: usize) -> Result<(Self, i16), DecodeError> {
        let mut r = Reader::new(value, budget);
        let frame = r.uvarint()?;
        if frame != METADATA_FRAME_VERSION {
            return Err(DecodeError::FrameVersion(frame));
        }
        let kind = small(r.uvarint()?)?;
        let version = small(r.uvarint()?)?;
        let record = Self::decode_as(kind, &mut r, version)?;
        r.finish_strict()?;
        Ok((record, version))
    }

    /// Writes the value of one record of the metadata log. Errors: see `EncodeError`.
    pub fn encode_value(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.uvarint(METADATA_FRAME_VERSION);
        s.uvarint(u32::from(self.kind().unsigned_abs()));
        s.uvarint(u32::from(version.unsigned_abs()));
        self.encode_body(s, version)
    }
}

/// Reads what a consumer put into JoinGroup or SyncGroup: int16 version, then the message (KIP-429, KIP-792).
///
/// A version above the known ones is read as the highest known, whose fields come first; the rest is ignored.
/// Returns the version as sent. Errors: `Version` below 0, or the message's own.
pub fn decode_prefixed<M: Message>(bytes: &Bytes, budget: usize) -> Result<(M, i16), DecodeError> {
    let mut r = Reader::new(bytes, budget);
    let version = r.int16()?;
    let message = M::decode(&mut r, version.min(M::MAX))?;
    Ok((message, version))
}

/// Writes int16 version, then the message. Errors: see `EncodeError`.
pub fn encode_prefixed<M: Message>(message: &M, s: &mut dyn Sink, version: i16) -> Encoded {
    s.int16(version);
    message.encode(s, version)
}

fn small(v: u32) -> Result<i16, DecodeError> {
    i16::try_from(v).map_err(|_| DecodeError::UnknownType(i32::try_from(v).unwrap_or(i32::MAX)))
}

macro_rules! coordinator {
    ($key:ident, $value:ident) => {
        impl $key {
            /// Reads a record's key. Errors: `UnknownType`, or the message's own.
            pub fn decode_key(key: &Bytes, budget: usize) -> Result<Self, DecodeError> {
                let mut r = Reader::new(key, budget);
                let kind = r.int16()?;
                let decoded = Self::decode_as(kind, &mut r, 0)?;
                r.finish_strict()?;
                Ok(decoded)
            }

            /// Writes a record's key. Errors: see `EncodeError`.
            pub fn encode_key(&self, s: &mut dyn Sink) -> Encoded {
                s.int16(self.kind());
                self.encode_body(s, 0)
            }
        }

        impl $value {
            /// Reads the value of a record whose key is of type `kind`; returns its version too.
            ///
            /// Errors: `UnknownType`, or the message's own.
            pub fn decode_value(kind: i16, value: &Bytes, budget: usize) -> Result<(Self, i16), DecodeError> {
                let mut r = Reader::new(value, budget);
                let version = r.int16()?;
                let decoded = Self::decode_as(kind, &mut r, version)?;
                r.finish_strict()?;
                Ok((decoded, version))
            }

            /// Writes a record's value. Errors: see `EncodeError`.
            pub fn encode_value(&self, s: &mut dyn Sink, version: i16) -> Encoded {
                s.int16(version);
                self.encode_body(s, version)
            }
        }
    };
}

coordinator!(GroupRecordKey, GroupRecordValue);
coordinator!(TransactionRecordKey, TransactionRecordValue);
coordinator!(ShareRecordKey, ShareRecordValue);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{
        ConsumerProtocolSubscription, FeatureLevelRecord, OffsetCommitKey, OffsetCommitValue,
    };

    #[test]
    fn metadata_values_carry_frame_type_and_version() {
        let record = MetadataRecord::FeatureLevel(FeatureLevelRecord {
            name: "metadata.version".into(),
            feature_level: 30,
        });
        let mut value = Vec::new();
        record.encode_value(&mut value, 0).unwrap();
        // Frame 1, type 12, version 0, compact string, int16, no tags.
        assert_eq!(value, b"\x01\x0c\x00\x11metadata.version\x00\x1e\x00");
        let value = Bytes::from(value);
        assert_eq!(MetadataRecord::decode_value(&value, 1 << 10), Ok((record, 0)));

        let check = |bytes: &'static [u8], e| {
            assert_eq!(MetadataRecord::decode_value(&Bytes::from_static(bytes), 1 << 10), Err(e));
        };
        check(&[2, 12, 0], DecodeError::FrameVersion(2));
        check(&[1, 13, 0], DecodeError::UnknownType(13));
        check(&[1, 20, 1], DecodeError::Version { found: 1, min: 0, max: 0 });
        check(&[1, 20, 0, 0, 9], DecodeError::TrailingBytes(1));
    }

    #[test]
    fn a_subscription_of_a_later_version_is_read_as_the_highest_known() {
        let m = ConsumerProtocolSubscription { topics: vec!["t".into()], ..Default::default() };
        let mut bytes = Vec::new();
        encode_prefixed(&m, &mut bytes, 3).unwrap();
        assert_eq!(bytes[..2], [0, 3]);
        assert_eq!(decode_prefixed(&Bytes::from(bytes.clone()), 1 << 10), Ok((m.clone(), 3)));
        bytes[1] = 9;
        bytes.push(0xaa);
        assert_eq!(decode_prefixed(&Bytes::from(bytes.clone()), 1 << 10), Ok((m, 9)));
        bytes[0] = 0x80;
        let e = decode_prefixed::<ConsumerProtocolSubscription>(&Bytes::from(bytes), 1 << 10).unwrap_err();
        assert!(matches!(e, DecodeError::Version { .. }), "{e}");
    }

    #[test]
    fn coordinator_keys_carry_their_type_and_values_their_version() {
        let key = GroupRecordKey::OffsetCommit(OffsetCommitKey {
            group: "g".into(),
            topic: "t".into(),
            partition: 1,
        });
        let mut bytes = Vec::new();
        key.encode_key(&mut bytes).unwrap();
        assert_eq!(bytes, b"\x00\x01\x00\x01g\x00\x01t\x00\x00\x00\x01");
        assert_eq!(GroupRecordKey::decode_key(&Bytes::from(bytes), 1 << 10), Ok(key));

        let value = GroupRecordValue::OffsetCommit(OffsetCommitValue { offset: 5, ..Default::default() });
        let mut bytes = Vec::new();
        value.encode_value(&mut bytes, 3).unwrap();
        let bytes = Bytes::from(bytes);
        assert_eq!(GroupRecordValue::decode_value(1, &bytes, 1 << 10), Ok((value, 3)));
    }
}
