//! InitProducerId 0-5 without a transactional id (KIP-98, KIP-360); with one it is refused at once.
//!
//! Owner: the core's block of producer ids; one request. Invariants: an id is handed out once, ever: blocks come
//! from durable records, and what a core has left at its end is lost; no answer waits for anything but a block.

use super::RequestContext;
use crate::conn::Close;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::Env;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{InitProducerIdRequest, InitProducerIdResponse};
use std::cell::Cell;
use std::rc::Rc;

/// Why transactional clients are refused.
pub const NO_TRANSACTIONS: &str = "transactions are not available in this version";

/// The producer ids that a core may still hand out.
#[derive(Debug, Default)]
pub struct ProducerIds {
    next: Cell<u64>,
    end: Cell<u64>,
}

impl ProducerIds {
    /// Takes one id, if there is one.
    #[must_use]
    pub fn take(&self) -> Option<u64> {
        let id = self.next.get();
        if id >= self.end.get() {
            return None;
        }
        self.next.set(if planted(Bug::ProducerIdTwice) { id } else { id + 1 });
        Some(id)
    }

    /// Takes over a new block. What was left of the last one is lost: another task may have been faster.
    pub fn refill(&self, first: u64, count: u32) {
        self.next.set(first);
        self.end.set(first + u64::from(count));
    }
}

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: InitProducerIdRequest,
) -> Result<InitProducerIdResponse, Close> {
    if let Err(error) = check(&request) {
        return Ok(refused(error));
    }
    let id = loop {
        if let Some(id) = core.producer_ids.take() {
            break id;
        }
        match core.control(ControlRequest::ProducerIds).await {
            ControlReply::ProducerIds { first, count } => core.producer_ids.refill(first, count),
            ControlReply::Failed(error, _) => return Ok(refused(error)),
            other => return Err(Close::Internal(format!("no producer ids, but {other:?}"))),
        }
    };
    Ok(InitProducerIdResponse {
        producer_id: i64::try_from(id).unwrap_or(-1),
        producer_epoch: 0,
        ..Default::default()
    })
}

/// Which requests get an id. A non-transactional producer gets a new one whatever it had before, as in Kafka:
/// its epoch is bumped by the client itself (KIP-360).
fn check(request: &InitProducerIdRequest) -> Result<(), ErrorCode> {
    match &request.transactional_id {
        Some(id) if id.is_empty() => Err(ErrorCode::InvalidRequest),
        Some(_) => Err(ErrorCode::TransactionalIdAuthorizationFailed),
        // An id without its epoch, or an epoch without its id, is no identity.
        None if (request.producer_id == -1) != (request.producer_epoch == -1) => {
            Err(ErrorCode::InvalidRequest)
        }
        None => Ok(()),
    }
}

pub(super) fn refused(error: ErrorCode) -> InitProducerIdResponse {
    InitProducerIdResponse {
        error_code: error.code(),
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_the_block_and_then_no_more() {
        let ids = ProducerIds::default();
        assert_eq!(ids.take(), None);
        ids.refill(1000, 2);
        assert_eq!((ids.take(), ids.take(), ids.take()), (Some(1000), Some(1001), None));
    }

    #[test]
    fn a_transactional_id_is_refused_for_good() {
        let request = |id: Option<&str>| InitProducerIdRequest {
            transactional_id: id.map(Into::into),
            ..Default::default()
        };
        assert_eq!(check(&request(None)), Ok(()));
        let half = InitProducerIdRequest { producer_id: 5, ..request(None) };
        assert_eq!(check(&half), Err(ErrorCode::InvalidRequest));
        assert_eq!(check(&InitProducerIdRequest { producer_epoch: 1, ..half }), Ok(()));
        let error = check(&request(Some("t"))).unwrap_err();
        assert_eq!(error, ErrorCode::TransactionalIdAuthorizationFailed);
        assert!(!error.is_retriable());
        assert_eq!(check(&request(Some(""))), Err(ErrorCode::InvalidRequest));
    }
}
