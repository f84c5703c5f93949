//! FindCoordinator 0-6: every answer is a refusal that ends the client's search at once.
//!
//! Owner: one request. Invariant: no error here is one that clients retry, since there is nothing to wait for.
//! A transactional client looks its coordinator up before anything else; without this API it would wait a minute.

use super::RequestContext;
use super::init_producer_id::NO_TRANSACTIONS;
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::find_coordinator_response::Coordinator;
use ringlog_wire::generated::{FindCoordinatorRequest, FindCoordinatorResponse};
use std::rc::Rc;

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;

/// Answers one request.
pub async fn handle<E: Env>(
    _core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: FindCoordinatorRequest,
) -> Result<FindCoordinatorResponse, Close> {
    Ok(answer(ctx.version, request))
}

pub(super) fn answer(version: i16, request: FindCoordinatorRequest) -> FindCoordinatorResponse {
    let (error, message) = match request.key_type {
        TRANSACTION => (ErrorCode::TransactionalIdAuthorizationFailed, NO_TRANSACTIONS),
        GROUP => (ErrorCode::GroupAuthorizationFailed, "consumer groups are not available in this version"),
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
    fn every_key_is_refused_for_good() {
        for (kind, code) in [(0, 30), (1, 53), (2, 42)] {
            let keys = vec!["a".to_owned(), "b".to_owned()];
            let request =
                FindCoordinatorRequest { key_type: kind, coordinator_keys: keys, ..Default::default() };
            let response = answer(4, request);
            let got: Vec<_> = response.coordinators.iter().map(|c| (c.key.as_str(), c.error_code)).collect();
            assert_eq!(got, [("a", code), ("b", code)]);
            assert!(!ErrorCode::from_code(code).unwrap().is_retriable());
            let request = FindCoordinatorRequest { key_type: kind, key: "a".into(), ..Default::default() };
            assert_eq!(answer(3, request).error_code, code);
        }
    }
}
