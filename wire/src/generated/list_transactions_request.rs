//! `ListTransactionsRequest`: request, key 66, versions 0-2, flexible 0+. Generated; not to be edited.

use crate::api::ApiKey;
use crate::message::Message;
use crate::reader::{DecodeError, Reader, check_version};
use crate::view::{ArrayView, View};
use crate::writer::{EncodeError, Encoded, Sink};
use crate::writer;

/// `ListTransactionsRequest`, versions 0-2.
#[derive(Clone, PartialEq, Debug)]
pub struct ListTransactionsRequest {
    /// `StateFilters` array of string.
    pub state_filters: Vec<String>,
    /// `ProducerIdFilters` array of int64, a producerId.
    pub producer_id_filters: Vec<i64>,
    /// `DurationFilter` int64, versions 1-2, default -1.
    pub duration_filter: i64,
    /// `TransactionalIdPattern` string, versions 2.
    pub transactional_id_pattern: Option<String>,
}

impl Default for ListTransactionsRequest {
    fn default() -> Self {
        Self {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
        }
    }
}

impl ListTransactionsRequest {
    /// Reads the struct as `version` has it. Errors: any `DecodeError`.
    pub fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            state_filters: r.array(true, version, 1, |r, _| r.string(true))?,
            producer_id_filters: r.array(true, version, 8, |r, _| r.int64())?,
            duration_filter: if version >= 1 { r.int64()? } else { -1 },
            transactional_id_pattern: if version == 2 { r.nullable_string(true)? } else { None },
        };
        r.skip_tags()?;
        Ok(out)
    }

    /// Writes the struct as `version` has it. Errors: see `EncodeError`.
    pub fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        if !(0..=2).contains(&version) {
            return Err(EncodeError::Version { message: "ListTransactionsRequest", version });
        }
        writer::array(s, true, &self.state_filters, version, |e, s, _| s.string(true, e))?;
        writer::array(s, true, &self.producer_id_filters, version, |e, s, _| { s.int64(*e); Ok(()) })?;
        if version >= 1 {
            s.int64(self.duration_filter);
        } else {
            writer::absent(self.duration_filter != -1, "ListTransactionsRequest.DurationFilter", version)?;
        }
        if version == 2 {
            s.nullable_string(true, self.transactional_id_pattern.as_deref())?;
        } else {
            writer::absent(self.transactional_id_pattern.is_some(), "ListTransactionsRequest.TransactionalIdPattern", version)?;
        }
        s.uvarint(0);
        Ok(())
    }
}

/// `ListTransactionsRequest`, borrowed from its frame. Its fields are explained there.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ListTransactionsRequestView<'a> {
    pub state_filters: ArrayView<'a, &'a str>,
    pub producer_id_filters: ArrayView<'a, i64>,
    pub duration_filter: i64,
    pub transactional_id_pattern: Option<&'a str>,
}

impl<'a> View<'a> for ListTransactionsRequestView<'a> {
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError> {
        check_version(version, 0, 2)?;
        let out = Self {
            state_filters: r.array_view(true, version, (1, size_of::<String>()), |r, _| r.text(true))?,
            producer_id_filters: r.array_view(true, version, (8, size_of::<i64>()), |r, _| r.int64())?,
            duration_filter: if version >= 1 { r.int64()? } else { -1 },
            transactional_id_pattern: if version == 2 { r.nullable_text(true)? } else { None },
        };
        r.skip_tags()?;
        Ok(out)
    }
}

impl Message for ListTransactionsRequest {
    const NAME: &'static str = "ListTransactionsRequest";
    const MIN: i16 = 0;
    const MAX: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;

    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        Self::decode(r, version)
    }

    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {
        self.encode(s, version)
    }
}

impl crate::message::Request for ListTransactionsRequest {
    const API: ApiKey = ApiKey::ListTransactions;
    type Response = super::ListTransactionsResponse;
    type View<'a> = ListTransactionsRequestView<'a>;
}
