//! `TransactionLogValue`: coordinator-value, key 0, versions 0-1, flexible 1+. Generated; not to be edited.

use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `TransactionLogValue`, versions 0-1.
#[derive(Clone, PartialEq, Debug)]
pub struct TransactionLogValue {
    /// `ProducerId` int64.
    pub producer_id: i64,
    /// `PreviousProducerId` int64, versions 1, tag 0, default -1.
    pub previous_producer_id: i64,
    /// `NextProducerId` int64, versions 1, tag 1, default -1.
    pub next_producer_id: i64,
    /// `ProducerEpoch` int16.
    pub producer_epoch: i16,
    /// `NextProducerEpoch` int16, versions 1, tag 3, default -1.
    pub next_producer_epoch: i16,
    /// `TransactionTimeoutMs` int32.
    pub transaction_timeout_ms: i32,
    /// `TransactionStatus` int8.
    pub transaction_status: i8,
    /// `TransactionPartitions` array of PartitionsSchema, default Some(Vec::new()).
    pub transaction_partitions: Option<Vec<PartitionsSchema>>,
    /// `TransactionLastUpdateTimestampMs` int64.
    pub transaction_last_update_timestamp_ms: i64,
    /// `TransactionStartTimestampMs` int64.
    pub transaction_start_timestamp_ms: i64,
    /// `ClientTransactionVersion` int16, versions 1, tag 2.
    pub client_transaction_version: i16,
}

impl Default for TransactionLogValue {
    fn default() -> Self {
        Self {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
        }
    }
}

impl TransactionLogValue {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 1)?;
        let flexible = version == 1;
        let mut out = Self {
            producer_id: r.int64()?,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: r.int16()?,
            next_producer_epoch: -1,
            transaction_timeout_ms: r.int32()?,
            transaction_status: r.int8()?,
            transaction_partitions: r.nullable_array(flexible, version, if version <= 0 { 6 } else { 3 }, PartitionsSchema::decode)?,
            transaction_last_update_timestamp_ms: r.int64()?,
            transaction_start_timestamp_ms: r.int64()?,
            client_transaction_version: 0,
        };
        if flexible {
            let mut tags = r.tags(0b1111)?;
            while let Some(tag) = tags.next(r)? {
                match tag {
                    0 => out.previous_producer_id = r.int64()?,
                    1 => out.next_producer_id = r.int64()?,
                    2 => out.client_transaction_version = r.int16()?,
                    3 => out.next_producer_epoch = r.int16()?,
                    _ => {}
                }
            }
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=1).contains(&version) {
            return Err(EncodeError::Version { message: "TransactionLogValue", version });
        }
        let flexible = version == 1;
        s.int64(self.producer_id);
        s.int16(self.producer_epoch);
        s.int32(self.transaction_timeout_ms);
        s.int8(self.transaction_status);
        writer::nullable_array(s, flexible, self.transaction_partitions.as_deref(), version, PartitionsSchema::encode)?;
        s.int64(self.transaction_last_update_timestamp_ms);
        s.int64(self.transaction_start_timestamp_ms);
        if version != 1 {
            writer::absent(self.previous_producer_id != -1, "TransactionLogValue.PreviousProducerId", version)?;
        }
        if version != 1 {
            writer::absent(self.next_producer_id != -1, "TransactionLogValue.NextProducerId", version)?;
        }
        if version != 1 {
            writer::absent(self.client_transaction_version != 0, "TransactionLogValue.ClientTransactionVersion", version)?;
        }
        if version != 1 {
            writer::absent(self.next_producer_epoch != -1, "TransactionLogValue.NextProducerEpoch", version)?;
        }
        if flexible {
            let tag0 = self.previous_producer_id != -1;
            let tag1 = self.next_producer_id != -1;
            let tag2 = self.client_transaction_version != 0;
            let tag3 = self.next_producer_epoch != -1;
            s.uvarint(u32::from(tag0) + u32::from(tag1) + u32::from(tag2) + u32::from(tag3));
            if tag0 {
                writer::tagged(s, 0, &|s| {
                    s.int64(self.previous_producer_id);
                    Ok(())
                })?;
            }
            if tag1 {
                writer::tagged(s, 1, &|s| {
                    s.int64(self.next_producer_id);
                    Ok(())
                })?;
            }
            if tag2 {
                writer::tagged(s, 2, &|s| {
                    s.int16(self.client_transaction_version);
                    Ok(())
                })?;
            }
            if tag3 {
                writer::tagged(s, 3, &|s| {
                    s.int16(self.next_producer_epoch);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }
}

/// `PartitionsSchema` in `TransactionLogValue`, versions 0-1.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PartitionsSchema {
    /// `Topic` string.
    pub topic: String,
    /// `PartitionIds` array of int32.
    pub partition_ids: Vec<i32>,
}

impl PartitionsSchema {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version == 1;
        let out = Self {
            topic: r.string(flexible)?,
            partition_ids: r.array(flexible, version, 4, |r, _| r.int32())?,
        };
        if flexible {
            r.skip_tags()?;
        }
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        let flexible = version == 1;
        s.string(flexible, &self.topic)?;
        writer::array(s, flexible, &self.partition_ids, version, |e, s, _| { s.int32(*e); Ok(()) })?;
        if flexible {
            s.uvarint(0);
        }
        Ok(())
    }
}

impl Message for TransactionLogValue {
    const NAME: &'static str = "TransactionLogValue";
    const MIN: i16 = 0;
    const MAX: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}
