//! DescribeConfigs 1-4 (KIP-133, KIP-226, KIP-569).
//!
//! Owner: one request. Invariants: every config of the table is answered, or those asked for; sources and
//! synonyms are Kafka's; a secret's value never leaves.

use super::RequestContext;
use crate::calls::yield_now;
use crate::config::broker_table::broker_configs;
use crate::config::client_metrics::{CLIENT_METRICS_CONFIGS, describe_client_metrics};
use crate::config::group::GROUP_CONFIGS;
use crate::config::topic::TOPIC_CONFIGS;
use crate::config::{ConfigDef, Described};
use crate::conn::Close;
use crate::control::names::check_topic_name;
use crate::control::plan::bounded;
use crate::core::Core;
use crate::env::Env;
use crate::image::{MetadataImage, RESOURCE_BROKER, RESOURCE_CLIENT_METRICS, RESOURCE_GROUP, RESOURCE_TOPIC};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_configs_request::DescribeConfigsResource;
use ringlog_wire::generated::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use ringlog_wire::generated::{DescribeConfigsRequest, DescribeConfigsResponse};
use std::rc::Rc;

/// Resources described before other tasks of the core get a turn (about 10 microseconds each).
const RESOURCES_PER_TURN: usize = 16;

/// Configs described in one response: 3,000 topics with everything, some 40 MB.
pub(super) const DESCRIBED_MAX: usize = 100_000;

/// Answers one request.
pub async fn handle<E: Env>(
    core: &Rc<Core<E>>,
    _ctx: &RequestContext<E>,
    request: DescribeConfigsRequest,
) -> Result<DescribeConfigsResponse, Close> {
    let mut results = Vec::new();
    let mut left = DESCRIBED_MAX;
    for resources in request.resources.chunks(RESOURCES_PER_TURN) {
        let portion = answer(&core.image.borrow(), &request, resources, &mut left);
        results.extend(portion);
        yield_now().await;
    }
    Ok(DescribeConfigsResponse { throttle_time_ms: 0, results })
}

/// The answers for some of the request's resources, in their order. `left`: configs that may still be described.
pub(super) fn answer(
    image: &MetadataImage,
    request: &DescribeConfigsRequest,
    resources: &[DescribeConfigsResource],
    left: &mut usize,
) -> Vec<DescribeConfigsResult> {
    let one = |resource: &DescribeConfigsResource| {
        let described = if *left == 0 {
            let message =
                format!("more than {DESCRIBED_MAX} configs in one request; ask for fewer at a time");
            Err((ErrorCode::PolicyViolation, message))
        } else {
            describe(image, resource)
        };
        let (error, message, configs) = match described {
            Ok(configs) => {
                *left = left.saturating_sub(configs.len());
                (ErrorCode::None, None, configs)
            }
            Err((error, message)) => (error, Some(bounded(message)), Vec::new()),
        };
        DescribeConfigsResult {
            error_code: error.code(),
            error_message: message,
            resource_type: resource.resource_type,
            resource_name: resource.resource_name.clone(),
            configs: configs.into_iter().map(|d| result(d, request)).collect(),
        }
    };
    resources.iter().map(one).collect()
}

type Refusal = (ErrorCode, String);

fn describe(image: &MetadataImage, resource: &DescribeConfigsResource) -> Result<Vec<Described>, Refusal> {
    let keys = resource.configuration_keys.as_deref().unwrap_or_default();
    let wanted = |def: &&'static ConfigDef| keys.is_empty() || keys.iter().any(|k| k == def.name);
    let (config, dynamic) = (image.broker_config(), image.dynamic());
    let name = &resource.resource_name;
    match resource.resource_type {
        RESOURCE_TOPIC => {
            check_topic_name(name).map_err(|why| (ErrorCode::InvalidTopicException, why))?;
            let Some(topic) = image.topic_named(name) else {
                return Err((ErrorCode::UnknownTopicOrPartition, String::new()));
            };
            let one = |def| config.describe_topic(def, &topic.overrides, dynamic);
            Ok(TOPIC_CONFIGS.iter().filter(wanted).map(one).collect())
        }
        // The empty broker name means: what is set for all brokers.
        RESOURCE_BROKER if name.is_empty() => {
            let one = |def| config.describe_default(def, dynamic);
            Ok(broker_configs().filter(wanted).filter_map(one).collect())
        }
        RESOURCE_BROKER => {
            let Ok(id) = name.parse::<i32>() else {
                return Err((
                    ErrorCode::InvalidRequest,
                    format!("Broker id must be an integer, but it is: {name}"),
                ));
            };
            if id != image.node().0 as i32 {
                let message = format!(
                    "Unexpected broker id, expected {} or empty string, but received {name}",
                    image.node().0
                );
                return Err((ErrorCode::InvalidRequest, message));
            }
            let one = |def| config.describe_broker(def, dynamic);
            Ok(broker_configs().filter(wanted).map(one).collect())
        }
        RESOURCE_GROUP => {
            if name.is_empty() {
                let message = "Group name must not be empty";
                return Err((ErrorCode::InvalidRequest, message.to_owned()));
            }
            let one = |def| config.describe_group(def, image.group_configs(name), dynamic);
            Ok(GROUP_CONFIGS.iter().filter(wanted).map(one).collect())
        }
        RESOURCE_CLIENT_METRICS => {
            if name.is_empty() {
                let message = "Client metrics subscription name must not be empty";
                return Err((ErrorCode::InvalidRequest, message.to_owned()));
            }
            let one = |def| describe_client_metrics(def, image.client_metrics(name));
            Ok(CLIENT_METRICS_CONFIGS.iter().filter(wanted).map(one).collect())
        }
        other => {
            let message = format!("Configs of resource type {other} are not available in this version.");
            Err((ErrorCode::InvalidRequest, message))
        }
    }
}

fn result(d: Described, request: &DescribeConfigsRequest) -> DescribeConfigsResourceResult {
    let sensitive = d.def.sensitive();
    let synonym = |s: crate::config::Synonym| DescribeConfigsSynonym {
        name: s.name.to_owned(),
        value: (!sensitive).then_some(s.value),
        source: s.source.wire(),
    };
    let synonyms = if request.include_synonyms { d.synonyms } else { Vec::new() };
    DescribeConfigsResourceResult {
        name: d.def.name.to_owned(),
        value: d.value.filter(|_| !sensitive),
        read_only: !d.def.dynamic,
        config_source: d.source.wire(),
        is_sensitive: sensitive,
        synonyms: synonyms.into_iter().map(synonym).collect(),
        config_type: d.def.kind.wire(),
        documentation: request.include_documentation.then(|| d.def.doc.to_owned()),
    }
}
