//! Clients' metrics (KIP-714): subscriptions over the wire, pushes on any core, what an operator is shown of both.

use crate::harness::*;
use bytes::Bytes;
use ringlog_shard::env::Conn;
use ringlog_shard::limits::Limits;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::compress::{Codec, compress};
use ringlog_wire::generated::describe_configs_request::DescribeConfigsResource;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{
    ApiVersionsRequest, DescribeConfigsRequest, GetTelemetrySubscriptionsRequest,
    GetTelemetrySubscriptionsResponse, IncrementalAlterConfigsRequest, ListConfigResourcesRequest,
    PushTelemetryRequest,
};
use ringlog_wire::ids::TopicId;

const CLIENT_METRICS: i8 = 16;

async fn subscribe(c: &mut Client, name: &str, configs: &[(&str, &str)]) {
    let one = |(name, value): &(&str, &str)| AlterableConfig {
        name: (*name).to_owned(),
        config_operation: 0,
        value: Some((*value).to_owned()),
    };
    let resource = AlterConfigsResource {
        resource_type: CLIENT_METRICS,
        resource_name: name.to_owned(),
        configs: configs.iter().map(one).collect(),
    };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    assert_eq!(c.call(1, &request).await.responses[0].error_code, 0);
}

async fn get(c: &mut Client, id: TopicId) -> GetTelemetrySubscriptionsResponse {
    c.call(0, &GetTelemetrySubscriptionsRequest { client_instance_id: id }).await
}

async fn push(c: &mut Client, asked: &GetTelemetrySubscriptionsResponse, codec: Codec, plain: &[u8]) -> i16 {
    let mut packed = Vec::new();
    compress(codec, None, plain, &mut packed).unwrap();
    let request = PushTelemetryRequest {
        client_instance_id: asked.client_instance_id,
        subscription_id: asked.subscription_id,
        terminating: true,
        compression_type: codec.id().cast_signed(),
        metrics: Bytes::from(packed),
    };
    c.call(0, &request).await.error_code
}

/// A protobuf field of bytes.
fn field(number: u8, value: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, value.len() as u8], value].concat()
}

/// `MetricsData` with one gauge.
fn gauge(name: &str, value: f64) -> Vec<u8> {
    let point = [&[4 << 3 | 1][..], &value.to_le_bytes()].concat();
    let metric = [field(1, name.as_bytes()), field(5, &field(1, &point))].concat();
    field(1, &field(2, &field(2, &metric)))
}

#[test]
fn what_clients_push_on_any_core_is_shown_with_who_they_are() {
    with_broker(2, |b| async move {
        let (mut c, mut other) = (b.client(0), b.client(1));
        subscribe(
            &mut c,
            "all",
            &[("metrics", "*"), ("interval.ms", "1000"), ("match", "client_software_name=simulated")],
        )
        .await;
        let listed = c.call(0, &ListConfigResourcesRequest::default()).await.config_resources;
        assert_eq!(listed.iter().map(|r| r.resource_name.as_str()).collect::<Vec<_>>(), ["all"]);
        let resource = DescribeConfigsResource {
            resource_type: CLIENT_METRICS,
            resource_name: "all".into(),
            configuration_keys: None,
        };
        let request = DescribeConfigsRequest { resources: vec![resource], ..Default::default() };
        let described = c.call(4, &request).await.results.remove(0).configs;
        let values =
            described.iter().map(|d| (d.name.as_str(), d.value.as_deref().unwrap(), d.config_source));
        let expected =
            [("interval.ms", "1000", 7), ("match", "client_software_name=simulated", 7), ("metrics", "*", 7)];
        assert_eq!(values.collect::<Vec<_>>(), expected);

        let asked = get(&mut c, TopicId::ZERO).await;
        assert_eq!(
            (asked.push_interval_ms, asked.requested_metrics.len()),
            (300_000, 0),
            "it is not simulated yet"
        );
        for client in [&mut c, &mut other] {
            let software = ApiVersionsRequest {
                client_software_name: "simulated".into(),
                client_software_version: "1".into(),
            };
            assert_eq!(client.call(3, &software).await.error_code, 0);
        }
        let asked = get(&mut c, TopicId::ZERO).await;
        assert_eq!((asked.push_interval_ms, asked.telemetry_max_bytes), (1000, 1 << 20));
        assert_eq!(
            (&asked.requested_metrics[..], &asked.accepted_compression_types[..]),
            (&["*".to_owned()][..], &[4, 3, 1, 2][..])
        );
        // The other core has never heard of it.
        for (codec, n) in [(Codec::Zstd, 1), (Codec::None, 2)] {
            let name = format!("a.{n}");
            assert_eq!(
                push(&mut c, &asked, codec, &gauge(&name, 0.5)).await,
                if n == 1 { 0 } else { E::InvalidRequest.code() }
            );
            assert_eq!(
                push(&mut other, &asked, codec, &gauge(&name, 0.5)).await,
                if n == 1 { 0 } else { E::InvalidRequest.code() }
            );
        }
        for env in &b.node.envs()[..2] {
            let clients = env.shown().clients;
            assert_eq!(clients.len(), 1);
            assert_eq!((clients[0].instance, clients[0].interval_ms), (asked.client_instance_id, 1000));
            assert_eq!(
                (clients[0].client_id.as_str(), clients[0].software_name.as_str()),
                ("test", "simulated")
            );
            assert_eq!(
                (clients[0].pushed.points[0].name.as_str(), clients[0].pushed.points[0].value),
                ("a.1", 0.5)
            );
        }
        b.sim.sleep_ms(1500).await;
        let shown = b.node.envs()[0].shown().core;
        assert_eq!((shown.connections, shown.telemetry.0, shown.telemetry.1.taken), (1, 1, 1));
        assert_eq!(shown.requests.iter().find(|(api, _)| *api == 72), Some(&(72, 2)));
        c.conn.shutdown();
        b.sim.sleep_ms(1500).await;
        let shown = b.node.envs()[0].shown().core;
        assert_eq!((shown.connections, shown.telemetry.0), (0, 0), "it is forgotten with its connection");
    });
}

#[test]
fn pushes_that_cannot_be_read_are_refused_and_shown_to_nobody() {
    with_broker(1, |b| async move {
        for (codec, plain, error) in [
            (Codec::Zstd, vec![0; (1 << 20) + 1], E::TelemetryTooLarge),
            (Codec::Gzip, vec![0; 50 << 20], E::TelemetryTooLarge),
            (Codec::None, vec![0; (1 << 20) + 1], E::TelemetryTooLarge),
            (Codec::Lz4, vec![0xff; 100], E::InvalidRecord),
            (Codec::None, b"{}".to_vec(), E::InvalidRecord),
        ] {
            let mut c = b.client(0);
            let asked = get(&mut c, TopicId::ZERO).await;
            assert_eq!(push(&mut c, &asked, codec, &plain).await, error.code());
        }
        let mut c = b.client(0);
        let asked = get(&mut c, TopicId::ZERO).await;
        let torn = PushTelemetryRequest {
            client_instance_id: asked.client_instance_id,
            subscription_id: asked.subscription_id,
            compression_type: 4,
            metrics: Bytes::from_static(b"no zstd"),
            ..Default::default()
        };
        assert_eq!(c.call(0, &torn).await.error_code, E::InvalidRecord.code());
        assert_eq!(b.node.envs()[0].shown().clients.len(), 0);
    });
}

#[test]
fn without_a_receiver_the_apis_are_not_there() {
    with_limits(1, Limits { telemetry: false, ..Limits::default() }, |b| async move {
        let mut c = b.client(0);
        let listed = c.call(2, &ApiVersionsRequest::default()).await.api_keys;
        assert!(listed.len() > 20 && !listed.iter().any(|api| matches!(api.api_key, 71 | 72)));
        c.send(0, &GetTelemetrySubscriptionsRequest::default()).await;
        assert!(c.is_closed().await);
    });
}

#[test]
fn traffic_is_counted_by_core_and_by_topic() {
    with_broker(2, |b| async move {
        let mut c = b.client(0);
        c.create("t", 4, &[]).await;
        c.create("idle", 1, &[]).await;
        let mut bytes = 0;
        for index in 0..4 {
            let one = batch(&[b"x"]);
            bytes += one.len() as u64;
            assert_eq!(c.produce("t", index, one).await.error_code, 0);
            assert_eq!(c.fetch("t", index, 0).await.error_code, 0);
        }
        b.sim.sleep_ms(6000).await;
        let shown: Vec<_> = b.node.envs()[..2].iter().map(|e| e.shown()).collect();
        let of = |name: &str| {
            let parts = shown.iter().flat_map(|s| &s.topics.topics).filter(|t| t.name == name);
            parts.fold((0, 0, 0), |sum, t| (sum.0 + t.batches_in, sum.1 + t.bytes_in, sum.2 + t.bytes_out))
        };
        assert_eq!((of("t"), of("idle")), ((4, bytes, bytes), (0, 0, 0)));
        let core = &shown[0].core;
        assert_eq!((core.topics, core.all_partitions, core.connections), (2, 5, 1));
        let requests = |key: i16| core.requests.iter().find(|(k, _)| *k == key).map(|(_, n)| *n);
        assert_eq!((requests(0), requests(1), requests(19)), (Some(4), Some(4), Some(2)));
        assert!(core.received > bytes && core.sent > bytes, "{core:?}");
        assert_eq!(shown.iter().map(|s| s.core.partitions).sum::<usize>(), 5);
        assert!(core.stores[0].online && shown.iter().any(|s| s.core.stores[0].stats.frames > 0));
    });
}
