//! Decides IncrementalAlterConfigs (KIP-339), for groups.
//!
//! Owner: the control core. Pure: an image and a request in, records and a response out. Invariants: a resource is
//! changed as a whole or not at all; what is set has been checked together with what stays.

use super::plan::{Refusal, bounded, refuse};
use crate::config::Overrides;
use crate::image::{MetadataImage, RESOURCE_GROUP, dump};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::incremental_alter_configs_response::AlterConfigsResourceResponse;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::{
    ConfigRecord, IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse,
};
use std::collections::BTreeMap;

/// Groups that may have configs of their own.
const GROUPS_MAX: usize = 10_000;

const SET: i8 = 0;
const DELETE: i8 = 1;

/// Plans the changes of `request`.
#[must_use]
pub fn plan_alter_configs(
    image: &MetadataImage,
    request: &IncrementalAlterConfigsRequest,
) -> (Vec<MetadataRecord>, IncrementalAlterConfigsResponse) {
    let mut times: BTreeMap<(i8, &str), usize> = BTreeMap::new();
    for r in &request.resources {
        *times.entry((r.resource_type, &r.resource_name)).or_default() += 1;
    }
    let (mut records, mut responses, mut added) = (Vec::new(), Vec::new(), 0);
    for asked in &request.resources {
        // Taken out at its first place, so that a repeated one is answered once.
        let Some(times) = times.remove(&(asked.resource_type, asked.resource_name.as_str())) else {
            continue;
        };
        let planned = match times {
            1 => plan_resource(image, asked, &mut added),
            _ => refuse(ErrorCode::InvalidRequest, "Each resource must appear at most once."),
        };
        let (error_code, error_message) = match planned {
            Ok(changes) => {
                records.extend(changes);
                (0, None)
            }
            Err((code, message)) => (code.code(), Some(bounded(message))),
        };
        responses.push(AlterConfigsResourceResponse {
            error_code,
            error_message,
            resource_type: asked.resource_type,
            resource_name: asked.resource_name.clone(),
        });
    }
    if request.validate_only {
        records.clear();
    }
    (records, IncrementalAlterConfigsResponse { throttle_time_ms: 0, responses })
}

fn plan_resource(
    image: &MetadataImage,
    asked: &AlterConfigsResource,
    added: &mut usize,
) -> Result<Vec<MetadataRecord>, Refusal> {
    if asked.resource_type != RESOURCE_GROUP {
        let message = format!(
            "Configs of resource type {} cannot be changed in this version: those of a topic are given when it is \
             created, those of the broker when it starts.",
            asked.resource_type
        );
        return refuse(ErrorCode::InvalidRequest, message);
    }
    let group = &asked.resource_name;
    if group.is_empty() {
        return refuse(ErrorCode::InvalidRequest, "Default group resources are not allowed.");
    }
    let before = image.group_configs(group);
    if before.is_empty() && image.configured_groups() + *added >= GROUPS_MAX {
        let message = format!("{GROUPS_MAX} groups have configs of their own, more may not.");
        return refuse(ErrorCode::PolicyViolation, message);
    }
    let mut after = before.clone();
    for config in &asked.configs {
        change(&mut after, config)?;
    }
    let checked = image.broker_config().check_group(&after);
    checked.map_err(|why| (ErrorCode::InvalidConfig, why))?;
    *added += usize::from(before.is_empty() && !after.is_empty());
    let set = after.iter().filter(|(name, value)| before.get(*name) != Some(*value));
    let mut records: Vec<_> =
        set.map(|(name, value)| dump::config_record(RESOURCE_GROUP, group, name, value)).collect();
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    records.extend(gone.map(|name| {
        MetadataRecord::Config(ConfigRecord {
            resource_type: RESOURCE_GROUP,
            resource_name: group.clone(),
            name: name.clone(),
            value: None,
        })
    }));
    Ok(records)
}

fn change(overrides: &mut Overrides, config: &AlterableConfig) -> Result<(), Refusal> {
    match (config.config_operation, &config.value) {
        (SET, Some(value)) => {
            overrides.insert(config.name.clone(), value.trim().to_owned());
        }
        (DELETE, _) => {
            overrides.remove(&config.name);
        }
        (SET, None) => {
            let message = format!("Null value not supported for : {}", config.name);
            return refuse(ErrorCode::InvalidRequest, message);
        }
        (operation, _) => {
            let message = format!("Config operation {operation} is for lists; {} is none.", config.name);
            return refuse(ErrorCode::InvalidConfig, message);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{MetadataDelta, empty_for_tests};

    const SESSION: &str = "consumer.session.timeout.ms";

    fn request(kind: i8, configs: &[(&str, i8, Option<&str>)]) -> IncrementalAlterConfigsRequest {
        let one = |(name, config_operation, value): &(&str, i8, Option<&str>)| AlterableConfig {
            name: (*name).to_owned(),
            config_operation: *config_operation,
            value: value.map(str::to_owned),
        };
        let configs = configs.iter().map(one).collect();
        let resource = AlterConfigsResource { resource_type: kind, resource_name: "g".into(), configs };
        IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false }
    }

    /// Plans and applies; the error and its message.
    fn alter(image: &mut MetadataImage, request: &IncrementalAlterConfigsRequest) -> (i16, String) {
        let (records, response) = plan_alter_configs(image, request);
        let (end, epoch) = (image.end().plus(records.len() as u64), image.epoch());
        let identity = image.identity().clone();
        image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
        let first = &response.responses[0];
        (first.error_code, first.error_message.clone().unwrap_or_default())
    }

    #[test]
    fn groups_are_configured_within_the_brokers_bounds() {
        let mut image = empty_for_tests();
        let set = |value| request(RESOURCE_GROUP, &[(SESSION, SET, Some(value))]);
        assert_eq!(alter(&mut image, &set("50000")), (0, String::new()));
        assert_eq!(image.group_configs("g").get(SESSION).map(String::as_str), Some("50000"));
        assert_eq!(image.broker_config().group_times(image.group_configs("g")).session_ms, 50_000);
        let again = image.dump();
        assert!(
            again.iter().any(|r| matches!(r, MetadataRecord::Config(c) if c.resource_type == RESOURCE_GROUP))
        );
        let low = "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms";
        assert_eq!(alter(&mut image, &set("1000")), (ErrorCode::InvalidConfig.code(), low.into()));
        assert!(alter(&mut image, &set("70000")).1.contains("must be less than or equal to"));
        assert!(alter(&mut image, &set("x")).1.ends_with("Not a number of type INT"));
        let odd = request(RESOURCE_GROUP, &[("foo.bar", SET, Some("1"))]);
        assert_eq!(alter(&mut image, &odd).1, "Unknown group config name: foo.bar");
        assert_eq!(alter(&mut image, &request(2, &[])).0, ErrorCode::InvalidRequest.code());
        let only = IncrementalAlterConfigsRequest {
            validate_only: true,
            ..request(RESOURCE_GROUP, &[(SESSION, DELETE, None)])
        };
        assert_eq!((alter(&mut image, &only).0, image.configured_groups()), (0, 1));
        let delete = request(RESOURCE_GROUP, &[(SESSION, DELETE, None)]);
        assert_eq!((alter(&mut image, &delete).0, image.configured_groups()), (0, 0));
    }
}
