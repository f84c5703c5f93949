//! `OffsetCommitValue`: coordinator-value, key 1, versions 0-4, flexible 4+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `OffsetCommitValue`, versions 0-4.
#[derive(Clone, PartialEq, Debug)]
pub struct OffsetCommitValue {
    /// `offset` int64.
    pub offset: i64,
    /// `leaderEpoch` int32, versions 3-4, default -1.
    pub leader_epoch: i32,
    /// `metadata` string.
    pub metadata: String,
    /// `commitTimestamp` int64.
    pub commit_timestamp: i64,
    /// `expireTimestamp` int64, versions 1, default -1.
    pub expire_timestamp: i64,
    /// `topicId` uuid, versions 4, tag 0.
    pub topic_id: Uuid,
}

impl Default for OffsetCommitValue {
    fn default() -> Self {
        Self {
            offset: 0,
            leader_epoch: -1,
            metadata: String::new(),
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::ZERO,
        }
    }
}

impl OffsetCommitValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version == 4;
        let mut out = Self {
            offset: r.int64()?,
            leader_epoch: if version >= 3 { r.int32()? } else { -1 },
            metadata: r.string(flexible)?,
            commit_timestamp: r.int64()?,
            expire_timestamp: if version == 1 { r.int64()? } else { -1 },
            topic_id: Uuid::ZERO,
        };
        if flexible {
            let mut tags = r.tags(0b1)?;
            while tags.next(r)?.is_some() {
                out.topic_id = r.uuid()?;
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "OffsetCommitValue", version });
        }
        let flexible = version == 4;
        s.int64(self.offset);
        if version >= 3 {
            s.int32(self.leader_epoch);
        }
        s.string(flexible, &self.metadata)?;
        s.int64(self.commit_timestamp);
        if version == 1 {
            s.int64(self.expire_timestamp);
        }
        if flexible {
            let tag0 = !self.topic_id.is_zero();
            s.uvarint(u32::from(tag0));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    s.uuid(self.topic_id);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

impl Message for OffsetCommitValue {
    const NAME: &'static str = "OffsetCommitValue";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
