//! ListTransactions 0-2 (KIP-664, KIP-994, KIP-1152): there are none in this version.
//!
//! Owner: one request. Pure. Invariant: a state that nobody knows and a pattern that cannot be read are said, so that
//! a filter that could never match does not pass for one that matches nothing.

use super::RequestContext;
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use crate::group::consumer::pattern;
use ringlog_wire::generated::{ListTransactionsRequest, ListTransactionsResponse};
use std::rc::Rc;

/// The states of a transaction, as Kafka 4.3.1 names them.
const STATES: [&str; 8] = [
    "Empty",
    "Ongoing",
    "PrepareCommit",
    "PrepareAbort",
    "CompleteCommit",
    "CompleteAbort",
    "Dead",
    "PrepareEpochFence",
];

/// Answers one request.
pub async fn list<E: Env>(
    _core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: ListTransactionsRequest,
) -> Result<ListTransactionsResponse, Close> {
    Ok(answer(request))
}

pub(super) fn answer(request: ListTransactionsRequest) -> ListTransactionsResponse {
    let pattern = request.transactional_id_pattern.filter(|p| !p.is_empty());
    if let Some(Err((error, _))) = pattern.map(|p| pattern::compile(&p)) {
        return ListTransactionsResponse { error_code: error.code(), ..Default::default() };
    }
    let mut unknown_state_filters = request.state_filters;
    unknown_state_filters.retain(|state| !STATES.contains(&state.as_str()));
    ListTransactionsResponse { unknown_state_filters, ..Default::default() }
}
