//! UnregisterBroker 0 (KIP-631).
//!
//! Owner: one request. Pure but for the image. Invariant: the node that answers stays registered.

use super::RequestContext;
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use crate::image::MetadataImage;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::{UnregisterBrokerRequest, UnregisterBrokerResponse};
use ringlog_wire::ids::NodeId;
use std::rc::Rc;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: UnregisterBrokerRequest,
) -> Result<UnregisterBrokerResponse, Close> {
    Ok(answer(&core.image.borrow(), request.broker_id))
}

pub(super) fn answer(image: &MetadataImage, id: i32) -> UnregisterBrokerResponse {
    let registered = u32::try_from(id).is_ok_and(|n| image.broker(NodeId(n)).is_some());
    let (error, message) = if registered {
        let message = format!(
            "Broker {id} is this node: it is running, and nobody could take over its partitions. Stop it instead."
        );
        (ErrorCode::InvalidRequest, message)
    } else {
        (ErrorCode::BrokerIdNotRegistered, format!("Broker ID {id} is not currently registered"))
    };
    UnregisterBrokerResponse { throttle_time_ms: 0, error_code: error.code(), error_message: Some(message) }
}
