//! Who is asked for what, who may push when, and that what is known of clients is bounded.

use super::*;
use crate::image::{MetadataDelta, RESOURCE_CLIENT_METRICS, dump, empty_for_tests};
use ringlog_wire::ids::TopicId;

const S: u64 = 1_000_000_000;

fn image(subscriptions: &[(&str, &[(&str, &str)])]) -> MetadataImage {
    let mut image = empty_for_tests();
    let one = |(name, set): &(&str, &[(&str, &str)])| {
        set.iter().map(|(k, v)| dump::config_record(RESOURCE_CLIENT_METRICS, name, k, v)).collect::<Vec<_>>()
    };
    let records: Vec<_> = subscriptions.iter().flat_map(one).collect();
    let (identity, end, epoch) = (image.identity().clone(), image.end().plus(9), image.epoch());
    image.apply(&MetadataDelta { identity, end, epoch, records: records.into() }).unwrap();
    image
}

fn traits(client: &str) -> Traits {
    let software = Software { name: "apache-kafka-java".into(), version: "4.3.1".into() };
    Traits::new(id(1), Some(client.into()), Some(Rc::new(software)), "10.0.0.1:4711".parse().unwrap())
}

fn id(n: u8) -> Uuid {
    TopicId([n; 16])
}

fn push(n: u8, subscription_id: i32) -> PushTelemetryRequest {
    PushTelemetryRequest { client_instance_id: id(n), subscription_id, ..Default::default() }
}

fn telemetry(subscriptions: &[(&str, &[(&str, &str)])]) -> Telemetry {
    let mut t = Telemetry::default();
    t.follow(&image(subscriptions));
    t
}

const ONE: &[(&str, &[(&str, &str)])] = &[("s", &[("metrics", "a"), ("interval.ms", "10000")])];

#[test]
fn a_client_is_asked_for_all_that_matches_it_at_the_shortest_interval() {
    let t = &mut telemetry(&[
        ("java", &[("metrics", "b,a"), ("match", "client_software_name=.*-java,client_source_port=47.*")]),
        ("me", &[("metrics", "a,c"), ("interval.ms", "7000"), ("match", "client_id=me")]),
        ("other", &[("metrics", "d"), ("interval.ms", "100"), ("match", "client_source_address=10.0.0.2")]),
    ]);
    let asked = t.get(id(1), &traits("me"), Instant(S)).unwrap();
    assert_eq!((asked.metrics, asked.interval_ms), (vec!["a".into(), "b".into(), "c".into()], 7000));
    let asked = t.get(id(2), &traits("you"), Instant(S)).unwrap();
    assert_eq!((asked.metrics, asked.interval_ms), (vec!["a".into(), "b".into()], 300_000));
    let t = &mut telemetry(&[("a", &[("metrics", "b,a")]), ("all", &[("metrics", "*,c")])]);
    assert_eq!(t.get(id(1), &traits("me"), Instant(S)).unwrap().metrics, ["*"]);
    let none = telemetry(&[]).get(id(1), &traits("me"), Instant(S)).unwrap();
    assert_eq!((none.metrics.len(), none.interval_ms), (0, 300_000));
}

#[test]
fn a_first_push_comes_at_any_time_and_the_next_after_the_interval() {
    let t = &mut telemetry(ONE);
    let me = traits("me");
    let subscription = t.get(id(1), &me, Instant(S)).unwrap().subscription_id;
    let mut at = |ns, n, s| t.push(&push(n, s), &me, (Instant(ns), 10));
    assert_eq!(at(2 * S, 1, subscription), Ok(10_000));
    assert_eq!(at(11 * S, 1, subscription), Err(ErrorCode::ThrottlingQuotaExceeded));
    assert_eq!(at(12 * S, 1, subscription), Ok(10_000));
    assert_eq!(at(23 * S, 1, subscription + 1), Err(ErrorCode::UnknownSubscriptionId));
    for reserved in [id(0), TopicId(1u128.to_be_bytes())] {
        let request = PushTelemetryRequest { client_instance_id: reserved, ..push(1, subscription) };
        assert_eq!(t.push(&request, &me, (Instant(S), 10)), Err(ErrorCode::InvalidRequest));
    }
    assert_eq!(t.get(id(1), &me, Instant(23 * S)).map(|a| a.interval_ms), Ok(10_000), "it was sent back");
    assert_eq!(t.get(id(1), &me, Instant(24 * S)), Err(ErrorCode::ThrottlingQuotaExceeded));
    assert_eq!(t.get(id(1), &me, Instant(33 * S)).map(|a| a.interval_ms), Ok(10_000));
    let counts = Counts { taken: 2, throttled: 2, unknown_subscription: 1, ..Counts::default() };
    assert_eq!(t.counts(), counts);
}

#[test]
fn content_that_cannot_be_taken_is_refused_and_nothing_follows_the_last_push() {
    let t = &mut telemetry(ONE);
    let me = traits("me");
    let subscription = t.get(id(1), &me, Instant(S)).unwrap().subscription_id;
    let good = push(1, subscription);
    let of = |compression_type, metrics: &'static [u8]| PushTelemetryRequest {
        compression_type,
        metrics: metrics.into(),
        ..good.clone()
    };
    let mut at = |s, request: &PushTelemetryRequest| t.push(request, &me, (Instant(s * S), 3));
    assert_eq!(at(1, &of(5, b"")), Err(ErrorCode::UnsupportedCompressionType));
    assert_eq!(at(20, &of(-1, b"")), Err(ErrorCode::UnsupportedCompressionType));
    assert_eq!(at(40, &of(0, b"abcd")), Err(ErrorCode::TelemetryTooLarge));
    assert_eq!(at(60, &of(4, b"abc")), Ok(10_000));
    let last = PushTelemetryRequest { terminating: true, ..good.clone() };
    assert_eq!(at(61, &last), Ok(10_000), "the last one may come early");
    assert_eq!(at(80, &good), Err(ErrorCode::InvalidRequest), "it has said goodbye");
    assert_eq!(at(100, &good), Ok(10_000), "as in Kafka, once");
    t.failed(id(1), ErrorCode::InvalidRecord);
    assert_eq!(t.counts().taken, 2);
}

#[test]
fn a_change_of_subscriptions_sends_everybody_back_to_get() {
    let t = &mut telemetry(ONE);
    let me = traits("me");
    let before = t.get(id(1), &me, Instant(S)).unwrap();
    let nobody = [("match", "client_id=nobody"), ("metrics", "c")];
    t.follow(&image(&[("s", &[("metrics", "b")]), ("bad", &[("interval.ms", "soon")]), ("none", &nobody)]));
    assert_eq!(
        t.push(&push(1, before.subscription_id), &me, (Instant(2 * S), 9)),
        Err(ErrorCode::UnknownSubscriptionId)
    );
    let after = t.get(id(1), &me, Instant(2 * S)).unwrap();
    assert_eq!(after.metrics, ["b"]);
    assert_ne!(after.subscription_id, before.subscription_id);
    let elsewhere = telemetry(&[("x", &[("metrics", "b")])]).get(id(1), &me, Instant(S)).unwrap();
    assert_eq!(elsewhere, after, "the same on another core, whatever the names of the subscriptions");
}

#[test]
fn clients_are_bounded_and_the_longest_silent_goes_first() {
    let t = &mut telemetry(ONE);
    let me = traits("me");
    let of = |n: usize| TopicId((n as u128 + 7).to_be_bytes());
    for n in 0..INSTANCES_MAX {
        t.get(of(n), &me, Instant(S)).unwrap();
    }
    assert!(t.get(of(0), &me, Instant(S)).is_err(), "known, and now the last that was heard of");
    t.get(of(INSTANCES_MAX), &me, Instant(S)).unwrap();
    assert_eq!((t.instances(), t.places.len(), t.counts().forgotten), (INSTANCES_MAX, INSTANCES_MAX, 1));
    assert!(t.get(of(0), &me, Instant(S)).is_err() && t.get(of(1), &me, Instant(S)).is_ok());
    t.forget(of(0));
    assert!(t.get(of(0), &me, Instant(S)).is_ok(), "a new connection begins anew");
    assert_eq!(t.instances(), t.places.len());
}

#[test]
fn addresses_are_written_as_java_writes_them() {
    let of = |peer: &str| Traits::new(id(1), None, None, peer.parse().unwrap());
    assert_eq!(of("[::1]:9").of(Trait::SourceAddress), Some("0:0:0:0:0:0:0:1"));
    assert_eq!(
        (of("1.2.3.4:9").of(Trait::SourcePort), of("1.2.3.4:9").of(Trait::ClientId)),
        (Some("9"), None)
    );
}
