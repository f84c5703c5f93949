//! `EndTxnRequest`: request, key 26, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};

/// `EndTxnRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EndTxnRequest {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `Committed` bool.
    pub committed: bool,
}

impl EndTxnRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            transactional_id: r.string(flexible)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            committed: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "EndTxnRequest", version });
        }
        let flexible = version >= 3;
        s.string(flexible, &self.transactional_id)?;
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        s.boolean(self.committed);
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `EndTxnRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct EndTxnRequestView<'a> {
    pub transactional_id: &'a str,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub committed: bool,
}

impl<'a> View<'a> for EndTxnRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            transactional_id: r.text(flexible)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            committed: r.boolean()?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for EndTxnRequest {
    const NAME: &'static str = "EndTxnRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for EndTxnRequest {
    const API: ApiKey = ApiKey::EndTxn;
    type Response = super::EndTxnResponse;
    type View<'a> = EndTxnRequestView<'a>;
}
