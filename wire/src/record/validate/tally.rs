//! What the records of a batch say together: order, keys, timestamps.
//!
//! Owner: one check. Invariant: memory is bounded by [`RECORD_ERRORS_MAX`], whatever the batch counts.

use super::outcome::{
    ProduceReject, ProduceRules, RECORD_ERRORS_MAX, RecordError, RejectKind, TimestampType, Validated,
};
use crate::record::batch::{Attributes, BatchHeader, NO_TIMESTAMP};
use crate::record::scan::RecordFacts;
use crate::record::walk::RecordFault;
use std::borrow::Cow;

/// Collects what the records say: order, keys, timestamps.
#[derive(Debug)]
pub(super) struct Tally {
    next_index: i32,
    base_timestamp: i64,
    compacted: bool,
    /// Record timestamps within these bounds pass; `None` on a LogAppendTime topic.
    window: Option<(i64, i64)>,
    /// The batch claims LogAppendTime, which is the broker's to say.
    claims_append_time: bool,
    topic_append_time: bool,
    max_timestamp: i64,
    max_index: u32,
    errors: Vec<RecordError>,
    error_count: usize,
    timestamp_error: bool,
}

impl Tally {
    #[inline(always)]
    pub(super) fn new(h: &BatchHeader, rules: &ProduceRules) -> Self {
        let topic_append_time = rules.timestamp_type == TimestampType::LogAppendTime;
        let oldest = rules.now_ms.saturating_sub(rules.before_max_ms);
        let newest = rules.now_ms.saturating_add(rules.after_max_ms);
        Self {
            next_index: 0,
            base_timestamp: h.base_timestamp,
            compacted: rules.compacted,
            window: (!topic_append_time).then_some((oldest, newest)),
            claims_append_time: h.attributes.0 & Attributes::LOG_APPEND_TIME != 0,
            topic_append_time,
            max_timestamp: NO_TIMESTAMP,
            max_index: 0,
            errors: Vec::new(),
            error_count: 0,
            timestamp_error: false,
        }
    }

    #[inline]
    pub(super) fn on_record(&mut self, r: RecordFacts) -> Result<(), RecordFault> {
        let index = self.next_index;
        if r.offset_delta != index {
            return Err(RecordFault::OffsetDelta(r.offset_delta));
        }
        // Cannot overflow: the scan stops at recordsCount, an i32.
        self.next_index = index.wrapping_add(1);
        let timestamp = self.base_timestamp.checked_add(r.timestamp_delta).ok_or(RecordFault::Varint)?;
        if timestamp > self.max_timestamp {
            self.max_timestamp = timestamp;
            self.max_index = index as u32;
        }
        if self.compacted && r.key_is_null {
            self.error(index, Cow::Borrowed("Compacted topic cannot accept a message without a key"));
            return Ok(());
        }
        self.check_timestamp(index, timestamp);
        Ok(())
    }

    fn check_timestamp(&mut self, index: i32, timestamp: i64) {
        if timestamp != NO_TIMESTAMP
            && let Some((oldest, newest)) = self.window
        {
            if timestamp < oldest || timestamp > newest {
                self.out_of_range(index, timestamp, (oldest, newest));
            }
        } else if self.claims_append_time && (self.topic_append_time || timestamp == NO_TIMESTAMP) {
            self.timestamp_error = true;
            self.error(index, Cow::Borrowed("A producer must not set the timestamp type LogAppendTime"));
        }
    }

    #[cold]
    fn out_of_range(&mut self, index: i32, timestamp: i64, (oldest, newest): (i64, i64)) {
        self.timestamp_error = true;
        let text = format!("Timestamp {timestamp} is out of range; it should be within [{oldest}, {newest}]");
        self.error(index, Cow::Owned(text));
    }

    #[cold]
    fn error(&mut self, batch_index: i32, message: Cow<'static, str>) {
        self.error_count += 1;
        if self.errors.len() < RECORD_ERRORS_MAX {
            self.errors.push(RecordError { batch_index, message });
        }
    }

    /// All records were seen: whether they pass.
    #[inline(always)]
    pub(super) fn verdict(&mut self) -> Result<(), ProduceReject> {
        if self.error_count > 0 { Err(self.reject()) } else { Ok(()) }
    }

    /// What passed. To be asked after a good [`Tally::verdict`].
    #[inline(always)]
    pub(super) fn passed(&self, header: &BatchHeader, rules: &ProduceRules) -> Validated {
        let (max_timestamp, max_timestamp_delta, log_append_time) = match rules.timestamp_type {
            TimestampType::CreateTime => (self.max_timestamp, self.max_index, None),
            TimestampType::LogAppendTime => (rules.now_ms, 0, Some(rules.now_ms)),
        };
        Validated { header: *header, max_timestamp, max_timestamp_delta, log_append_time }
    }

    #[cold]
    fn reject(&mut self) -> ProduceReject {
        let record_errors = std::mem::take(&mut self.errors);
        let (kind, message) = if self.timestamp_error {
            let text = "One or more records have been rejected due to invalid timestamp";
            (RejectKind::InvalidTimestamp, Cow::Borrowed(text))
        } else {
            let (n, first) = (self.error_count, record_errors.first());
            let first = first.map_or("", |e| &*e.message);
            (
                RejectKind::InvalidRecord,
                Cow::Owned(format!("{n} records have been rejected; the first: {first}")),
            )
        };
        ProduceReject { kind, message, record_errors }
    }

    #[cold]
    pub(super) fn fault(&self, fault: RecordFault) -> ProduceReject {
        let index = self.next_index;
        let message: Cow<'static, str> = Cow::Owned(format!("Invalid record {index} in the batch: {fault}"));
        let record_errors = vec![RecordError { batch_index: index, message: message.clone() }];
        ProduceReject { kind: RejectKind::InvalidRecord, message, record_errors }
    }
}
