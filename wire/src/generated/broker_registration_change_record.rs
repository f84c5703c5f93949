//! `BrokerRegistrationChangeRecord`: metadata, key 17, versions 0-3, flexible 0+. Generated; not to be edited.

use crate::ids::Uuid;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `BrokerRegistrationChangeRecord`, versions 0-3.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct BrokerRegistrationChangeRecord {
    /// `BrokerId` int32, a brokerId.
    pub broker_id: i32,
    /// `BrokerEpoch` int64.
    pub broker_epoch: i64,
    /// `Fenced` int8, tag 0.
    pub fenced: i8,
    /// `InControlledShutdown` int8, versions 1-3, tag 1.
    pub in_controlled_shutdown: i8,
    /// `LogDirs` array of uuid, versions 2-3, tag 2.
    pub log_dirs: Vec<Uuid>,
    /// `CordonedLogDirs` array of uuid, versions 3, tag 3.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
}

impl BrokerRegistrationChangeRecord {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 3)?;
        let mut out = Self {
            broker_id: r.int32()?,
            broker_epoch: r.int64()?,
            fenced: 0,
            in_controlled_shutdown: 0,
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
        };
        let mut tags = r.tags(0b1 | if version >= 1 { 0b10 } else { 0 } | if version >= 2 { 0b100 } else { 0 } | if version == 3 { 0b1000 } else { 0 })?;
        while let Some(tag) = tags.next(r)? {
            match tag {
                0 => out.fenced = r.int8()?,
                1 => out.in_controlled_shutdown = r.int8()?,
                2 => out.log_dirs = r.array(true, version, 16, |r, _| r.uuid())?,
                3 => out.cordoned_log_dirs = r.nullable_array(true, version, 16, |r, _| r.uuid())?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=3).contains(&version) {
            return Err(EncodeError::Version { message: "BrokerRegistrationChangeRecord", version });
        }
        s.int32(self.broker_id);
        s.int64(self.broker_epoch);
        if version < 1 {
            writer::absent(self.in_controlled_shutdown != 0, "BrokerRegistrationChangeRecord.InControlledShutdown", version)?;
        }
        if version < 2 {
            writer::absent(!self.log_dirs.is_empty(), "BrokerRegistrationChangeRecord.LogDirs", version)?;
        }
        if version != 3 {
            writer::absent(self.cordoned_log_dirs.is_some(), "BrokerRegistrationChangeRecord.CordonedLogDirs", version)?;
        }
        let tag0 = self.fenced != 0;
        let tag1 = version >= 1 && self.in_controlled_shutdown != 0;
        let tag2 = version >= 2 && !self.log_dirs.is_empty();
        let tag3 = version == 3 && self.cordoned_log_dirs.is_some();
        s.uvarint(u32::from(tag0) + u32::from(tag1) + u32::from(tag2) + u32::from(tag3));
        if tag0 {
            writer::tagged(s, 0, &|s| {
                s.int8(self.fenced);
                Ok(())
            })?;
        }
        if tag1 {
            writer::tagged(s, 1, &|s| {
                s.int8(self.in_controlled_shutdown);
                Ok(())
            })?;
        }
        if tag2 {
            writer::tagged(s, 2, &|s| {
                writer::array(s, true, &self.log_dirs, version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        if tag3 {
            writer::tagged(s, 3, &|s| {
                writer::nullable_array(s, true, self.cordoned_log_dirs.as_deref(), version, |e, s, _| { s.uuid(*e); Ok(()) })?;
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Message for BrokerRegistrationChangeRecord {
    const NAME: &'static str = "BrokerRegistrationChangeRecord";
    const MIN: i16 = 0;
    const MAX: i16 = 3;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
