//! ListConfigResources 0-1 (KIP-1142); version 0 was ListClientMetricsResources (KIP-714).
//!
//! Owner: one request. Pure but for the image. Invariant: kinds that nobody knows are refused as a whole.

use super::RequestContext;
use crate::conn::Close;
use crate::core::Core;
use crate::env::Env;
use crate::image::{MetadataImage, RESOURCE_BROKER, RESOURCE_CLIENT_METRICS, RESOURCE_GROUP, RESOURCE_TOPIC};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::list_config_resources_response::ConfigResource;
use ringlog_wire::generated::{ListConfigResourcesRequest, ListConfigResourcesResponse};
use std::rc::Rc;

/// Loggers of a broker.
const RESOURCE_BROKER_LOGGER: i8 = 8;
/// All kinds that a request may name.
const KINDS: [i8; 5] =
    [RESOURCE_TOPIC, RESOURCE_BROKER, RESOURCE_BROKER_LOGGER, RESOURCE_CLIENT_METRICS, RESOURCE_GROUP];

/// Answers ListConfigResources.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    ctx: &RequestContext<E>,
    request: ListConfigResourcesRequest,
) -> Result<ListConfigResourcesResponse, Close> {
    let kinds: &[i8] = if ctx.version == 0 { &[RESOURCE_CLIENT_METRICS] } else { &request.resource_types };
    Ok(listed(&core.image.borrow(), kinds))
}

fn listed(image: &MetadataImage, kinds: &[i8]) -> ListConfigResourcesResponse {
    if kinds.iter().any(|k| !KINDS.contains(k)) {
        let error_code = ErrorCode::UnsupportedVersion.code();
        return ListConfigResourcesResponse { error_code, ..Default::default() };
    }
    let kinds = if kinds.is_empty() { &KINDS } else { kinds };
    let mut config_resources = Vec::new();
    for kind in KINDS.into_iter().filter(|k| kinds.contains(k)) {
        let names: Vec<String> = match kind {
            RESOURCE_TOPIC => image.topics().map(|t| t.name.to_string()).collect(),
            RESOURCE_BROKER | RESOURCE_BROKER_LOGGER => image.brokers().map(|b| b.id.0.to_string()).collect(),
            RESOURCE_GROUP => image.groups_with_configs().map(str::to_owned).collect(),
            _ => image.client_metrics_subscriptions().map(|(name, _)| name.to_owned()).collect(),
        };
        let one = |resource_name| ConfigResource { resource_name, resource_type: kind };
        config_resources.extend(names.into_iter().map(one));
    }
    ListConfigResourcesResponse { config_resources, ..Default::default() }
}
