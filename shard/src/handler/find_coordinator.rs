//! FindCoordinator 0-6: every answer is a refusal.
//!
//! Owner: one request. Invariants: what a transactional client gets ends its search at once: without this API it
//! would wait a minute. What a consumer with a group id gets is no error to its application: librdkafka looks
//! the coordinator up even for partitions that were assigned by hand, and reports any other error as a failed read.

use super::RequestContext;
use super::init_producer_id::NO_TRANSACTIONS;
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::find_coordinator_response::Coordinator;
use ringlog_wire::generated::{FindCoordinatorRequest, FindCoordinatorResponse};
use std::rc::Rc;

/// Keys in one request; a client asks for its own groups.
const KEYS_MAX: usize = 10_000;
const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;

/// Answers one request.
pub async fn handle<E: Env>(
    _core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: FindCoordinatorRequest,
) -> Result<FindCoordinatorResponse, Close> {
    if request.coordinator_keys.len() > KEYS_MAX {
        return Err(ctx.malformed(&format_args!("more than {KEYS_MAX} keys")));
    }
    Ok(answer(ctx.version, request))
}

pub(super) fn answer(version: i16, request: FindCoordinatorRequest) -> FindCoordinatorResponse {
    let (error, message) = match request.key_type {
        TRANSACTION => (ErrorCode::TransactionalIdAuthorizationFailed, NO_TRANSACTIONS),
        GROUP => (ErrorCode::CoordinatorNotAvailable, "consumer groups are not available in this version"),
        _ => (ErrorCode::InvalidRequest, "this key type is not available in this version"),
    };
    if version <= 3 {
        return FindCoordinatorResponse {
            error_code: error.code(),
            error_message: Some(message.to_owned()),
            node_id: -1,
            port: -1,
            ..Default::default()
        };
    }
    let one = |key| Coordinator {
        key,
        node_id: -1,
        host: String::new(),
        port: -1,
        error_code: error.code(),
        error_message: Some(message.to_owned()),
    };
    let coordinators = request.coordinator_keys.into_iter().map(one).collect();
    FindCoordinatorResponse { coordinators, ..Default::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_refused_and_only_groups_may_ask_again() {
        for (kind, code) in [(0, 15), (1, 53), (2, 42)] {
            let keys = vec!["a".to_owned(), "b".to_owned()];
            let request =
                FindCoordinatorRequest { key_type: kind, coordinator_keys: keys, ..Default::default() };
            let response = answer(4, request);
            let got: Vec<_> = response.coordinators.iter().map(|c| (c.key.as_str(), c.error_code)).collect();
            assert_eq!(got, [("a", code), ("b", code)]);
            assert_eq!(ErrorCode::from_code(code).unwrap().is_retriable(), kind == GROUP);
            let request = FindCoordinatorRequest { key_type: kind, key: "a".into(), ..Default::default() };
            assert_eq!(answer(3, request).error_code, code);
        }
    }
}
