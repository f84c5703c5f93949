//! IncrementalAlterConfigs 0-1 (KIP-339) and AlterConfigs 0-2.
//!
//! Owner: one request. Invariants: every resource that a request names is answered, also when the metadata log has
//! failed; a change is answered when every core has it.

use super::RequestContext;
use crate::conn::Close;
use crate::control::msg::{ControlReply, ControlRequest};
use crate::core::Core;
use crate::env::Env;
use ringlog_wire::generated::{
    AlterConfigsRequest, AlterConfigsResponse, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse, alter_configs_response, incremental_alter_configs_response,
};
use std::rc::Rc;

/// Answers one of the two APIs: `$request` through the control core, or each of its resources with why not.
macro_rules! altered {
    ($core:expr, $request:expr, $kind:ident, $response:ident, $of:ident) => {{
        let named: Vec<_> =
            $request.resources.iter().map(|r| (r.resource_type, r.resource_name.clone())).collect();
        match $core.control(ControlRequest::$kind($request)).await {
            ControlReply::$kind(response) => Ok(response),
            ControlReply::Failed(code, message) => {
                let one = |(resource_type, resource_name)| $of::AlterConfigsResourceResponse {
                    error_code: code.code(),
                    error_message: Some(message.clone()),
                    resource_type,
                    resource_name,
                };
                let responses = named.into_iter().map(one).collect();
                Ok($response { throttle_time_ms: 0, responses })
            }
            other => Err(Close::Internal(format!("the control core answered something else: {other:?}"))),
        }
    }};
}

/// Answers IncrementalAlterConfigs.
pub async fn incremental<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: IncrementalAlterConfigsRequest,
) -> Result<IncrementalAlterConfigsResponse, Close> {
    altered!(core, request, AlterConfigs, IncrementalAlterConfigsResponse, incremental_alter_configs_response)
}

/// Answers AlterConfigs.
pub async fn replace<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: AlterConfigsRequest,
) -> Result<AlterConfigsResponse, Close> {
    altered!(core, request, ReplaceConfigs, AlterConfigsResponse, alter_configs_response)
}
