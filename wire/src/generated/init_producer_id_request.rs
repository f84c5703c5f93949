//! `InitProducerIdRequest`: request, key 22, versions 0-6, the highest unstable, flexible 2+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::View;
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `InitProducerIdRequest`, versions 0-6.
#[derive(Clone, PartialEq, Debug)]
pub struct InitProducerIdRequest {
    /// `TransactionalId` string, a transactionalId, default Some(String::new()).
    pub transactional_id: Option<String>,
    /// `TransactionTimeoutMs` int32.
    pub transaction_timeout_ms: i32,
    /// `ProducerId` int64, a producerId, versions 3-6, default -1.
    pub producer_id: i64,
    /// `ProducerEpoch` int16, versions 3-6, default -1.
    pub producer_epoch: i16,
    /// `Enable2Pc` bool, versions 6.
    pub enable2_pc: bool,
    /// `KeepPreparedTxn` bool, versions 6.
    pub keep_prepared_txn: bool,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: Some(String::new()),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable2_pc: false,
            keep_prepared_txn: false,
        }
    }
}

impl InitProducerIdRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 2;
        let out = Self {
            transactional_id: r.nullable_string(flexible)?,
            transaction_timeout_ms: r.int32()?,
            producer_id: if version >= 3 { r.int64()? } else { -1 },
            producer_epoch: if version >= 3 { r.int16()? } else { -1 },
            enable2_pc: if version == 6 { r.boolean()? } else { false },
            keep_prepared_txn: if version == 6 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=6).contains(&version) {
            return Err(EncodeError::Version { message: "InitProducerIdRequest", version });
        }
        let flexible = version >= 2;
        s.nullable_string(flexible, self.transactional_id.as_deref())?;
        s.int32(self.transaction_timeout_ms);
        if version >= 3 {
            s.int64(self.producer_id);
        } else {
            writer::absent(self.producer_id != -1, "InitProducerIdRequest.ProducerId", version)?;
        }
        if version >= 3 {
            s.int16(self.producer_epoch);
        } else {
            writer::absent(self.producer_epoch != -1, "InitProducerIdRequest.ProducerEpoch", version)?;
        }
        if version == 6 {
            s.boolean(self.enable2_pc);
        } else {
            writer::absent(self.enable2_pc, "InitProducerIdRequest.Enable2Pc", version)?;
        }
        if version == 6 {
            s.boolean(self.keep_prepared_txn);
        } else {
            writer::absent(self.keep_prepared_txn, "InitProducerIdRequest.KeepPreparedTxn", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `InitProducerIdRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct InitProducerIdRequestView<'a> {
    pub transactional_id: Option<&'a str>,
    pub transaction_timeout_ms: i32,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub enable2_pc: bool,
    pub keep_prepared_txn: bool,
}

impl<'a> View<'a> for InitProducerIdRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 6)?;
        let flexible = version >= 2;
        let out = Self {
            transactional_id: r.nullable_text(flexible)?,
            transaction_timeout_ms: r.int32()?,
            producer_id: if version >= 3 { r.int64()? } else { -1 },
            producer_epoch: if version >= 3 { r.int16()? } else { -1 },
            enable2_pc: if version == 6 { r.boolean()? } else { false },
            keep_prepared_txn: if version == 6 { r.boolean()? } else { false },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for InitProducerIdRequest {
    const NAME: &'static str = "InitProducerIdRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 6;
    const FLEXIBLE_FROM: i16 = 2;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for InitProducerIdRequest {
    const API: ApiKey = ApiKey::InitProducerId;
    type Response = super::InitProducerIdResponse;
    type View<'a> = InitProducerIdRequestView<'a>;
}
