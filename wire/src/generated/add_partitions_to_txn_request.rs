//! `AddPartitionsToTxnRequest`: request, key 24, versions 0-5, flexible 3+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `AddPartitionsToTxnRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnRequest {
    /// `Transactions` array of AddPartitionsToTxnTransaction, versions 4-5.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// `V3AndBelowTransactionalId` string, a transactionalId, versions 0-3.
    pub v3_and_below_transactional_id: String,
    /// `V3AndBelowProducerId` int64, a producerId, versions 0-3.
    pub v3_and_below_producer_id: i64,
    /// `V3AndBelowProducerEpoch` int16, versions 0-3.
    pub v3_and_below_producer_epoch: i16,
    /// `V3AndBelowTopics` array of AddPartitionsToTxnTopic, versions 0-3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
}

impl AddPartitionsToTxnRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            transactions: if version >= 4 { r.array(flexible, version, 14, AddPartitionsToTxnTransaction::decode)? } else { Vec::new() },
            v3_and_below_transactional_id: if version <= 3 { r.string(flexible)? } else { String::new() },
            v3_and_below_producer_id: if version <= 3 { r.int64()? } else { 0 },
            v3_and_below_producer_epoch: if version <= 3 { r.int16()? } else { 0 },
            v3_and_below_topics: if version <= 3 { r.array(flexible, version, if version <= 2 { 6 } else { 3 }, AddPartitionsToTxnTopic::decode)? } else { Vec::new() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=5).contains(&version) {
            return Err(EncodeError::Version { message: "AddPartitionsToTxnRequest", version });
        }
        let flexible = version >= 3;
        if version >= 4 {
            writer::array(s, flexible, &self.transactions, version, AddPartitionsToTxnTransaction::encode)?;
        } else {
            writer::absent(!self.transactions.is_empty(), "AddPartitionsToTxnRequest.Transactions", version)?;
        }
        if version <= 3 {
            s.string(flexible, &self.v3_and_below_transactional_id)?;
        } else {
            writer::absent(!self.v3_and_below_transactional_id.is_empty(), "AddPartitionsToTxnRequest.V3AndBelowTransactionalId", version)?;
        }
        if version <= 3 {
            s.int64(self.v3_and_below_producer_id);
        } else {
            writer::absent(self.v3_and_below_producer_id != 0, "AddPartitionsToTxnRequest.V3AndBelowProducerId", version)?;
        }
        if version <= 3 {
            s.int16(self.v3_and_below_producer_epoch);
        } else {
            writer::absent(self.v3_and_below_producer_epoch != 0, "AddPartitionsToTxnRequest.V3AndBelowProducerEpoch", version)?;
        }
        if version <= 3 {
            writer::array(s, flexible, &self.v3_and_below_topics, version, AddPartitionsToTxnTopic::encode)?;
        } else {
            writer::absent(!self.v3_and_below_topics.is_empty(), "AddPartitionsToTxnRequest.V3AndBelowTopics", version)?;
        }
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AddPartitionsToTxnTransaction` in `AddPartitionsToTxnRequest`, versions 4-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnTransaction {
    /// `TransactionalId` string, a transactionalId.
    pub transactional_id: String,
    /// `ProducerId` int64, a producerId.
    pub producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `VerifyOnly` bool.
    pub verify_only: bool,
    /// `Topics` array of AddPartitionsToTxnTopic.
    pub topics: Vec<AddPartitionsToTxnTopic>,
}

impl AddPartitionsToTxnTransaction {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            transactional_id: r.string(true)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            verify_only: r.boolean()?,
            topics: r.array(true, version, 3, AddPartitionsToTxnTopic::decode)?,
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        s.string(true, &self.transactional_id)?;
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        s.boolean(self.verify_only);
        writer::array(s, true, &self.topics, version, AddPartitionsToTxnTopic::encode)?;
        s.uvarint(0);
        Ok(())
    }
}

/// `AddPartitionsToTxnTopic` in `AddPartitionsToTxnRequest`, versions 0-5.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct AddPartitionsToTxnTopic {
    /// `Name` string, a topicName.
    pub name: String,
    /// `Partitions` array of int32.
    pub partitions: Vec<i32>,
}

impl AddPartitionsToTxnTopic {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            name: r.string(flexible)?,
            partitions: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version >= 3;
        s.string(flexible, &self.name)?;
        writer::array(s, flexible, &self.partitions, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

/// `AddPartitionsToTxnRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AddPartitionsToTxnRequestView<'a> {
    pub transactions: ArrayView<'a, AddPartitionsToTxnTransactionView<'a>>,
    pub v3_and_below_transactional_id: &'a str,
    pub v3_and_below_producer_id: i64,
    pub v3_and_below_producer_epoch: i16,
    pub v3_and_below_topics: ArrayView<'a, AddPartitionsToTxnTopicView<'a>>,
}

impl<'a> View<'a> for AddPartitionsToTxnRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 5)?;
        let flexible = version >= 3;
        let out = Self {
            transactions: if version >= 4 { r.array_view(flexible, version, (14, size_of::<AddPartitionsToTxnTransaction>()), AddPartitionsToTxnTransactionView::read)? } else { ArrayView::default() },
            v3_and_below_transactional_id: if version <= 3 { r.text(flexible)? } else { "" },
            v3_and_below_producer_id: if version <= 3 { r.int64()? } else { 0 },
            v3_and_below_producer_epoch: if version <= 3 { r.int16()? } else { 0 },
            v3_and_below_topics: if version <= 3 { r.array_view(flexible, version, (if version <= 2 { 6 } else { 3 }, size_of::<AddPartitionsToTxnTopic>()), AddPartitionsToTxnTopicView::read)? } else { ArrayView::default() },
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

/// `AddPartitionsToTxnTransaction`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AddPartitionsToTxnTransactionView<'a> {
    pub transactional_id: &'a str,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub verify_only: bool,
    pub topics: ArrayView<'a, AddPartitionsToTxnTopicView<'a>>,
}

impl<'a> View<'a> for AddPartitionsToTxnTransactionView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let out = Self {
            transactional_id: r.text(true)?,
            producer_id: r.int64()?,
            producer_epoch: r.int16()?,
            verify_only: r.boolean()?,
            topics: r.array_view(true, version, (3, size_of::<AddPartitionsToTxnTopic>()), AddPartitionsToTxnTopicView::read)?,
        };
        r.skip_tags()?;
        Ok(out)
    }
}

/// `AddPartitionsToTxnTopic`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AddPartitionsToTxnTopicView<'a> {
    pub name: &'a str,
    pub partitions: ArrayView<'a, i32>,
}

impl<'a> View<'a> for AddPartitionsToTxnTopicView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let out = Self {
            name: r.text(flexible)?,
            partitions: r.array_view(flexible, version, (4, size_of::<i32>()), |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }
}

impl Message for AddPartitionsToTxnRequest {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
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

impl crate::message::Request for AddPartitionsToTxnRequest {
    const API: ApiKey = ApiKey::AddPartitionsToTxn;
    type Response = super::AddPartitionsToTxnResponse;
    type View<'a> = AddPartitionsToTxnRequestView<'a>;
}
