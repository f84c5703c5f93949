//! `AddOffsetsToTxnRequest`: request, key 25, versions 0-4, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `AddOffsetsToTxnRequest`, versions 0-4.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddOffsetsToTxnRequest {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `GroupId` string, a groupId.
    pub group_id: String,
}

impl AddOffsetsToTxnRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version >= 3;
        let out = Self {
            transactional_id: r.string(flexible)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            group_id: r.string(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=4).contains(&version) {
            return Err(EncodeError::Version { message: "AddOffsetsToTxnRequest", version });
        }
        let flexible = version >= 3;
        s.string(flexible, &self.transactional_id)?;
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        s.string(flexible, &self.group_id)?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AddOffsetsToTxnRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AddOffsetsToTxnRequestView<'a> {
    pub transactional_id: &'a str,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub group_id: &'a str,
}

impl<'a> View<'a> for AddOffsetsToTxnRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 4)?;
        let flexible = version >= 3;
        let out = Self {
            transactional_id: r.text(flexible)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            group_id: r.text(flexible)?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for AddOffsetsToTxnRequest {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 4;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for AddOffsetsToTxnRequest {
    const API: ApiKey = ApiKey::AddOffsetsToTxn;
    type Response = super::AddOffsetsToTxnResponse;
    type View<'a> = AddOffsetsToTxnRequestView<'a>;
}
