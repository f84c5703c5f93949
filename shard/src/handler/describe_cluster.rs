//! DescribeCluster 0-2 (KIP-700, KIP-919, KIP-1073).
//!
//! Owner: one request. Invariant: a question about controllers is refused here: this is a broker's listener.

use super::RequestContext;
use super::view::{CLUSTER_OPERATIONS, NO_OPERATIONS, View};
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_cluster_response::DescribeClusterBroker;
use ringlog_wire::generated::{DescribeClusterRequest, DescribeClusterResponse};
use std::rc::Rc;

/// Endpoint type of brokers; controllers are 2.
const BROKERS: i8 = 1;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: DescribeClusterRequest,
) -> Result<DescribeClusterResponse, Close> {
    Ok(answer(ctx.view(&core.image.borrow()), &request))
}

pub(super) fn answer(view: View<'_>, request: &DescribeClusterRequest) -> DescribeClusterResponse {
    let refused = |error: ErrorCode, message: &str| DescribeClusterResponse {
        error_code: error.code(),
        error_message: Some(message.to_owned()),
        endpoint_type: request.endpoint_type,
        cluster_authorized_operations: NO_OPERATIONS,
        ..Default::default()
    };
    match request.endpoint_type {
        BROKERS => {}
        2 => {
            let message = "The request was sent to an endpoint of the wrong type: this is a broker.";
            return refused(ErrorCode::MismatchedEndpointType, message);
        }
        _ => return refused(ErrorCode::UnsupportedEndpointType, "Unsupported endpoint type."),
    }
    let shown = view.image.brokers().filter(|b| request.include_fenced_brokers || !b.fenced);
    let brokers = shown.filter_map(|b| {
        let (host, port) = view.address(b)?;
        let port = i32::from(port);
        let (rack, is_fenced) = (b.rack.clone(), b.fenced);
        Some(DescribeClusterBroker { broker_id: b.id.0 as i32, host, port, rack, is_fenced })
    });
    DescribeClusterResponse {
        endpoint_type: BROKERS,
        cluster_id: view.image.identity().cluster_id.to_string(),
        controller_id: view.controller(),
        brokers: brokers.collect(),
        cluster_authorized_operations: match request.include_cluster_authorized_operations {
            true => CLUSTER_OPERATIONS,
            false => NO_OPERATIONS,
        },
        ..Default::default()
    }
}
