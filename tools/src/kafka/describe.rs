//! What several tools ask a cluster: configs of resources, partitions with their eligible leaders.
//!
//! Owner: one process. Invariant: answers are taken as the Java client takes them, with the same fallbacks.

use crate::client::{Client, Failure, check};
use ringlog_wire::api::ApiKey;
use ringlog_wire::generated::describe_configs_request::{DescribeConfigsRequest, DescribeConfigsResource};
use ringlog_wire::generated::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult,
};
use ringlog_wire::generated::describe_topic_partitions_request::{
    Cursor, DescribeTopicPartitionsRequest, TopicRequest,
};
use ringlog_wire::generated::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig, IncrementalAlterConfigsRequest,
};
use ringlog_wire::generated::list_config_resources_request::ListConfigResourcesRequest;
use ringlog_wire::generated::metadata_response::MetadataResponseTopic;

/// A topic's config, as the wire numbers the types of resources.
pub const TOPIC: i8 = 2;
/// A broker's config.
pub const BROKER: i8 = 4;

/// The source of a config that nobody set.
pub const DEFAULT_CONFIG: i8 = 5;

/// True if nobody set it.
pub fn is_default(entry: &DescribeConfigsResourceResult) -> bool {
    entry.config_source == DEFAULT_CONFIG
}

/// Where a config comes from, in Kafka's words.
pub fn source_name(source: i8) -> &'static str {
    match source {
        1 => "DYNAMIC_TOPIC_CONFIG",
        2 => "DYNAMIC_BROKER_CONFIG",
        3 => "DYNAMIC_DEFAULT_BROKER_CONFIG",
        4 => "STATIC_BROKER_CONFIG",
        5 => "DEFAULT_CONFIG",
        6 => "DYNAMIC_BROKER_LOGGER_CONFIG",
        7 => "DYNAMIC_CLIENT_METRICS_CONFIG",
        8 => "DYNAMIC_GROUP_CONFIG",
        _ => "UNKNOWN",
    }
}

/// Configs of resources of one kind, with synonyms. `broker`: whom to ask; anyone if `None`.
pub fn describe_configs(
    client: &mut Client,
    kind: i8,
    names: &[String],
    broker: Option<i32>,
) -> Result<Vec<DescribeConfigsResult>, Failure> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let request = DescribeConfigsRequest {
        resources: names
            .iter()
            .map(|name| DescribeConfigsResource {
                resource_type: kind,
                resource_name: name.clone(),
                configuration_keys: None,
            })
            .collect(),
        include_synonyms: true,
        include_documentation: false,
    };
    let answer = match broker {
        Some(id) => client.on(id, &request)?,
        None => client.any(&request)?,
    };
    Ok(answer.results)
}

/// Names of the resources of `kind` that have configs (KIP-1142), as the broker lists them.
pub fn configured(client: &mut Client, kind: i8) -> Result<Vec<String>, Failure> {
    let answer = client.any(&ListConfigResourcesRequest { resource_types: vec![kind] })?;
    check(answer.error_code, None)?;
    Ok(answer.config_resources.into_iter().map(|r| r.resource_name).collect())
}

/// Sets configs of one resource, and unsets those without a value (KIP-339). `broker`: whom to ask; anyone if `None`.
///
/// Errors: what the broker says of it; then nothing was changed.
pub fn alter_configs(
    client: &mut Client,
    (kind, name): (i8, &str),
    configs: impl IntoIterator<Item = (String, Option<String>)>,
    broker: Option<i32>,
) -> Result<(), Failure> {
    let configs = configs.into_iter().map(|(name, value)| AlterableConfig {
        name,
        config_operation: i8::from(value.is_none()),
        value,
    });
    let resource = AlterConfigsResource {
        resource_type: kind,
        resource_name: name.to_owned(),
        configs: configs.collect(),
    };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    let answer = match broker {
        Some(id) => client.on(id, &request)?,
        None => client.any(&request)?,
    };
    answer.responses.iter().try_for_each(|r| check(r.error_code, r.error_message.as_deref()))
}

/// One partition.
pub struct Part {
    /// Its number.
    pub index: i32,
    /// Its leader; -1 for none.
    pub leader: i32,
    /// Who has it.
    pub replicas: Vec<i32>,
    /// Who is in sync.
    pub isr: Vec<i32>,
    /// Eligible leaders (KIP-966); `None` where the broker cannot say.
    pub elr: Option<Vec<i32>>,
    /// Those known last.
    pub last_known_elr: Option<Vec<i32>>,
}

/// The partitions of `topic`, by number; `limit` of them in one answer.
///
/// Asks by DescribeTopicPartitions where the broker has it, else takes what the metadata said.
pub fn partitions_of(
    client: &mut Client,
    topic: &MetadataResponseTopic,
    limit: i32,
) -> Result<Vec<Part>, Failure> {
    let mut parts: Vec<Part> = Vec::new();
    if client.first()?.version_of(ApiKey::DescribeTopicPartitions).is_err() {
        for p in &topic.partitions {
            parts.push(Part {
                index: p.partition_index,
                leader: p.leader_id,
                replicas: p.replica_nodes.clone(),
                isr: p.isr_nodes.clone(),
                elr: None,
                last_known_elr: None,
            });
        }
    } else {
        let name = topic.name.clone().unwrap_or_default();
        let mut cursor: Option<Cursor> = None;
        loop {
            let request = DescribeTopicPartitionsRequest {
                topics: vec![TopicRequest { name: name.clone() }],
                response_partition_limit: limit,
                cursor: cursor.take(),
            };
            let answer = client.any(&request)?;
            for topic in answer.topics {
                check(topic.error_code, None)?;
                for p in topic.partitions {
                    parts.push(Part {
                        index: p.partition_index,
                        leader: p.leader_id,
                        replicas: p.replica_nodes,
                        isr: p.isr_nodes,
                        elr: Some(p.eligible_leader_replicas.unwrap_or_default()),
                        last_known_elr: Some(p.last_known_elr.unwrap_or_default()),
                    });
                }
            }
            let last = parts.last().map_or(-1, |p| p.index);
            match answer.next_cursor {
                // An answer that does not move on would be asked for again for ever.
                Some(next) if next.partition_index > last => {
                    cursor =
                        Some(Cursor { topic_name: next.topic_name, partition_index: next.partition_index });
                }
                _ => break,
            }
        }
    }
    parts.sort_by_key(|p| p.index);
    Ok(parts)
}
