//! Wrong requests about configs, deletions and clients' metrics, as `wrong` has them for the other APIs.
//!
//! Owner: one comparison of answers. All of them only validate, or name what is not there: nothing here changes.

use crate::wrong::Cases;
use crate::wrong_admin;
use ringlog_wire::ApiKey;
use ringlog_wire::generated::*;
use ringlog_wire::ids::TopicId;

/// Adds the cases of `api`.
pub fn add(c: &mut Cases, api: ApiKey) {
    match api {
        ApiKey::DeleteRecords => delete_records(c),
        ApiKey::AlterConfigs => replace(c),
        ApiKey::IncrementalAlterConfigs => incremental(c),
        ApiKey::ListConfigResources => list_resources(c),
        ApiKey::GetTelemetrySubscriptions => subscriptions(c),
        ApiKey::PushTelemetry => push(c),
        _ => wrong_admin::add(c, api),
    }
}

fn delete_records(c: &mut Cases) {
    use delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
    let request = |name: &str, partition_index, offset| {
        let partitions = vec![DeleteRecordsPartition { partition_index, offset }];
        DeleteRecordsRequest {
            topics: vec![DeleteRecordsTopic { name: name.into(), partitions }],
            timeout_ms: 5000,
        }
    };
    c.add("to the start", &request("t", 0, 0));
    c.add("offset past the end", &request("t", 0, 1 << 40));
    c.add("negative offset", &request("t", 0, -7));
    c.add("unknown topic", &request("nobody", 0, 0));
    c.add("unknown partition", &request("t", 99, 0));
    c.add("negative partition", &request("t", -1, 0));
    c.add("nothing", &DeleteRecordsRequest { topics: Vec::new(), timeout_ms: 5000 });
}

fn replace(c: &mut Cases) {
    use alter_configs_request::{AlterConfigsResource, AlterableConfig};
    let request = |resource_type, name: &str, key: &str, value: Option<&str>| {
        let config = AlterableConfig { name: key.into(), value: value.map(Into::into) };
        AlterConfigsRequest {
            resources: vec![AlterConfigsResource {
                resource_type,
                resource_name: name.into(),
                configs: vec![config],
            }],
            validate_only: true,
        }
    };
    c.add("of a topic", &request(2, "t", "retention.ms", Some("100000")));
    c.add("unknown config of a topic", &request(2, "t", "what", Some("1")));
    c.add("topic config of a wrong type", &request(2, "t", "retention.ms", Some("soon")));
    c.add("null topic config", &request(2, "t", "retention.ms", None));
    c.add("of clients' metrics", &request(16, "s", "metrics", Some("a")));
    c.add("interval of clients' metrics", &request(16, "s", "interval.ms", Some("99")));
    c.add("unknown config of clients' metrics", &request(16, "s", "what", Some("a")));
    c.add("no name of clients' metrics", &request(16, "", "metrics", Some("a")));
    c.add("unknown topic", &request(2, "nobody", "retention.ms", Some("1")));
    c.add("of this broker", &request(4, "1", "log.cleaner.backoff.ms", Some("15000")));
    c.add("of all brokers", &request(4, "", "log.cleaner.backoff.ms", Some("15000")));
    c.add("read-only of a broker", &request(4, "1", "num.partitions", Some("2")));
    c.add("of another broker", &request(4, "7", "log.cleaner.backoff.ms", Some("15000")));
    c.add("type 99", &request(99, "t", "retention.ms", Some("1")));
    c.add("nothing", &AlterConfigsRequest { resources: Vec::new(), validate_only: true });
}

fn incremental(c: &mut Cases) {
    use incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
    let request = |resource_type, name: &str, key: &str, config_operation, value: Option<&str>| {
        let config = AlterableConfig { name: key.into(), config_operation, value: value.map(Into::into) };
        IncrementalAlterConfigsRequest {
            resources: vec![AlterConfigsResource {
                resource_type,
                resource_name: name.into(),
                configs: vec![config],
            }],
            validate_only: true,
        }
    };
    const GROUP: i8 = 32;
    let session = "consumer.session.timeout.ms";
    c.add("of a group", &request(GROUP, "g", session, 0, Some("50000")));
    c.add("unknown config of a group", &request(GROUP, "g", "what", 0, Some("1")));
    c.add("config of a wrong type", &request(GROUP, "g", session, 0, Some("soon")));
    c.add("config out of range", &request(GROUP, "g", session, 0, Some("1")));
    c.add("null config", &request(GROUP, "g", session, 0, None));
    c.add("taken back", &request(GROUP, "g", session, 1, None));
    c.add("appended to a number", &request(GROUP, "g", session, 2, Some("1")));
    c.add("operation 9", &request(GROUP, "g", session, 9, Some("50000")));
    c.add("no group", &request(GROUP, "", session, 0, Some("50000")));
    c.add("type 99", &request(99, "t", "retention.ms", 0, Some("1")));
    c.add("type 0", &request(0, "t", "retention.ms", 0, Some("1")));
    c.add("unknown topic", &request(2, "nobody", "retention.ms", 0, Some("1")));
    for (label, kind, name, key, op, value) in [
        ("of a topic", 2, "t", "retention.ms", 0, Some("100000")),
        ("unknown config of a topic", 2, "t", "what", 0, Some("1")),
        ("topic config of a wrong type", 2, "t", "retention.ms", 0, Some("soon")),
        ("topic config out of range", 2, "t", "retention.ms", 0, Some("-2")),
        ("null topic config", 2, "t", "retention.ms", 0, None),
        ("appended to a list", 2, "t", "cleanup.policy", 2, Some("compact")),
        ("taken off a list", 2, "t", "cleanup.policy", 3, Some("delete")),
        ("bad word appended", 2, "t", "cleanup.policy", 2, Some("burn")),
        ("appended to a number of a topic", 2, "t", "retention.ms", 2, Some("1")),
        ("of this broker", 4, "1", "log.cleaner.backoff.ms", 0, Some("15000")),
        ("of all brokers", 4, "", "log.cleaner.backoff.ms", 0, Some("15000")),
        ("read-only of a broker", 4, "1", "num.partitions", 0, Some("2")),
        ("read-only of all brokers", 4, "", "num.partitions", 0, Some("2")),
        ("broker config of a wrong type", 4, "1", "log.cleaner.backoff.ms", 0, Some("soon")),
        ("of another broker", 4, "7", "log.cleaner.backoff.ms", 0, Some("15000")),
        ("of no broker", 4, "x", "log.cleaner.backoff.ms", 0, Some("15000")),
        ("unknown config of a broker", 4, "1", "what", 0, Some("1")),
        ("of clients' metrics", 16, "s", "metrics", 0, Some("a, b,,a")),
        ("interval of clients' metrics", 16, "s", "interval.ms", 0, Some("100")),
        ("match of clients' metrics", 16, "s", "match", 0, Some("client_id=a.*, client_source_port = 90.*=")),
        ("no name of clients' metrics", 16, "", "metrics", 0, Some("a")),
        ("unknown config of clients' metrics", 16, "s", "what", 0, Some("1")),
        ("short interval of clients' metrics", 16, "s", "interval.ms", 0, Some("99")),
        ("long interval of clients' metrics", 16, "s", "interval.ms", 0, Some("3600001")),
        ("interval of clients' metrics of a wrong type", 16, "s", "interval.ms", 0, Some("soon")),
        ("match of clients' metrics without a pattern", 16, "s", "match", 0, Some("client_id=")),
        ("match of clients' metrics with two", 16, "s", "match", 0, Some("client_id=a=b")),
        ("match of clients' metrics with nothing", 16, "s", "match", 0, Some("client_id=a,")),
        ("match of clients' metrics by a wrong name", 16, "s", "match", 0, Some("rack=a")),
        ("match of clients' metrics with a wrong pattern", 16, "s", "match", 0, Some("client_id=(")),
        ("null config of clients' metrics", 16, "s", "metrics", 0, None),
        ("config of clients' metrics taken back", 16, "s", "metrics", 1, None),
        ("appended to clients' metrics", 16, "s", "metrics", 2, Some("c")),
        ("appended to the interval of clients' metrics", 16, "s", "interval.ms", 2, Some("c")),
    ] {
        c.add(label, &request(kind, name, key, op, value));
    }
    let mut keys = request(2, "t", "retention.ms", 0, Some("100000"));
    keys.resources.iter_mut().for_each(|r| r.configs.extend_from_within(..));
    c.add("config twice", &keys);
    c.add("nothing", &IncrementalAlterConfigsRequest { resources: Vec::new(), validate_only: true });
    let mut twice = request(GROUP, "g", session, 0, Some("50000"));
    twice.resources.extend_from_within(..);
    c.add("resource twice", &twice);
}

fn list_resources(c: &mut Cases) {
    let all: [(&str, &[i8]); 6] = [
        ("all", &[]),
        ("clients' metrics", &[16]),
        ("groups", &[32]),
        ("topics", &[2]),
        ("type 99", &[99]),
        ("type 0", &[0]),
    ];
    for (label, types) in all {
        c.add(label, &ListConfigResourcesRequest { resource_types: types.to_vec() });
    }
}

/// A client's id; not a random one, so that both brokers give the same answer.
fn client(n: u8) -> TopicId {
    TopicId(std::array::from_fn(|i| n.wrapping_mul(i as u8 + 1)))
}

/// The one client that is asked for metrics.
const ASKED: u8 = 8;

/// Sets up what one client is asked for: enough names that the order of Java's hash sets shows.
pub fn subscription() -> IncrementalAlterConfigsRequest {
    use incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
    let names: Vec<String> = (0..30).map(|n| format!("org.apache.kafka.m{n}")).collect();
    let config = |name: &str, value: String| AlterableConfig {
        name: name.into(),
        config_operation: 0,
        value: Some(value),
    };
    let configs = vec![
        config("metrics", names.join(",")),
        config("interval.ms", "200000".into()),
        config("match", format!("client_id=c,client_instance_id={}", client(ASKED))),
    ];
    let resource = AlterConfigsResource { resource_type: 16, resource_name: "of one client".into(), configs };
    IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false }
}

fn subscriptions(c: &mut Cases) {
    let of = |client_instance_id| GetTelemetrySubscriptionsRequest { client_instance_id };
    c.add("subscriptions", &of(client(7)));
    c.add("subscriptions at once again", &of(client(7)));
    c.add("subscriptions of a client that matches", &of(client(ASKED)));
    c.add("subscriptions of the reserved id", &of(TopicId(1u128.to_be_bytes())));
}

fn push(c: &mut Cases) {
    let of = |n, subscription_id, compression_type, terminating| PushTelemetryRequest {
        client_instance_id: client(n),
        subscription_id,
        terminating,
        compression_type,
        ..Default::default()
    };
    c.add("push without an id", &of(0, 0, 0, false));
    c.add("push for an unknown subscription", &of(9, 1, 0, false));
    c.add("push at once again", &of(9, 1, 0, false));
    c.add("last push", &of(9, 1, 0, true));
    c.add("push after the last one", &of(9, 1, 0, false));
    let kinds =
        [("push", 10, 0), ("push in zstd", 11, 4), ("push in codec 5", 12, 5), ("push in codec -1", 13, -1)];
    for (label, n, kind) in kinds {
        c.add(label, &of(n, nothing(n), kind, false));
    }
    let metrics = vec![0; (1 << 20) + 1].into();
    c.add("large push", &PushTelemetryRequest { metrics, ..of(14, nothing(14), 0, false) });
}

/// The id of the subscription of a client that nothing is asked of.
fn nothing(n: u8) -> i32 {
    let bits = u128::from_be_bytes(client(n).0);
    let halves = (bits >> 64) as u64 ^ bits as u64;
    (crc32c::crc32c(b"[]300000") ^ (halves >> 32) as u32 ^ halves as u32) as i32
}
