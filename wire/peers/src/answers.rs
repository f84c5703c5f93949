//! Our broker's answers beside Apache Kafka's: wrong requests, hostile frames, and an honest client all the while.
//!
//! Owner: CI and a developer's shell. Every API and version that both advertise is asked. What differs is printed;
//! it is an error unless `known.txt` lists it, and that file's reader is sent to docs/deviations.md.

use crate::dial::{Dial, Outcome, head};
use crate::honest::Honest;
use crate::{deleted, hostile, sample_lines, wrong, wrong_configs};
use ringlog_wire::ApiKey;
use ringlog_wire::generated::{ApiVersionsResponse, CreateTopicsRequest, MetadataResponse};
use ringlog_wire::header::response_head_len;
use ringlog_wire::ids::TopicId;
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use std::collections::BTreeMap;
use std::time::Duration;

const WAIT: Duration = Duration::from_millis(1500);
/// Differences that are decided; a line is `API: CASE`, and `*` is every case.
const KNOWN: &str = include_str!("known.txt");

struct Brokers {
    ours: Dial,
    kafka: Dial,
    ours_id: TopicId,
    kafka_id: TopicId,
}

/// Compares the broker at `ours`, whose process is `pid`, with the one at `kafka`.
/// `frames`: hostile frames for each API.
///
/// Errors: an unlisted difference, an unanswered question, an honest client that was hurt.
pub fn run(ours: &str, pid: u32, kafka: &str, frames: usize) -> Result<(), String> {
    let (mut a, mut b) = (Dial::new(ours, WAIT), Dial::new(kafka, WAIT));
    for dial in [&mut a, &mut b] {
        create(dial, "t")?;
        create(dial, "honest")?;
        let mut body = Vec::new();
        wrong_configs::subscription().encode(&mut body, 1).map_err(|e| e.to_string())?;
        dial.ask(ApiKey::IncrementalAlterConfigs, 1, &body)?;
    }
    let (ours_id, kafka_id) = (topic_id(&mut a)?, topic_id(&mut b)?);
    for dial in [&mut a, &mut b] {
        wait_for_coordinators(dial)?;
    }
    let ranges = served(&mut a)?;
    let mut brokers = Brokers { ours: a, kafka: b, ours_id, kafka_id };
    let honest = Honest::start(ours, pid);
    let mut failures = Vec::new();
    deleted::compare(&mut brokers.ours, &mut brokers.kafka, &mut failures)?;
    for (api, min, max) in ranges {
        wrong_requests(&mut brokers, (api, min, max), &mut failures)?;
        hostile_frames(&mut brokers, (api, min, max), frames, &mut failures)?;
    }
    beyond_apis(&mut brokers, &mut failures)?;
    honest.finish(&mut failures);
    if failures.is_empty() {
        println!("answers: ok");
        return Ok(());
    }
    failures.iter().for_each(|f| println!("FAILED {f}"));
    Err(format!("answers: {} failures", failures.len()))
}

/// Asks once and decodes the answer.
pub fn exchange<M: Message>(dial: &mut Dial, api: ApiKey, version: i16, body: &[u8]) -> Result<M, String> {
    let mut frame = head(api.key(), version, api.request_header_version(version));
    frame.extend_from_slice(body);
    let answer = dial.raw(&frame)?.map_err(|o| format!("{}: {o:?}", api.name()))?;
    let body = answer.get(response_head_len(api, version)..).unwrap_or_default();
    M::decode(&mut Reader::from_slice(body, 64 << 20), version).map_err(|e| e.to_string())
}

/// Creates a topic of one partition, unless it exists.
pub fn create(dial: &mut Dial, name: &str) -> Result<(), String> {
    create_with(dial, name, &[])
}

/// The same with configs.
pub fn create_with(dial: &mut Dial, name: &str, configs: &[(&str, &str)]) -> Result<(), String> {
    use ringlog_wire::generated::create_topics_request::{CreatableTopic, CreatableTopicConfig};
    let config = |(k, v): &(&str, &str)| CreatableTopicConfig { name: (*k).into(), value: Some((*v).into()) };
    let topic = CreatableTopic {
        name: name.into(),
        num_partitions: 1,
        replication_factor: 1,
        configs: configs.iter().map(config).collect(),
        ..Default::default()
    };
    let mut body = Vec::new();
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, validate_only: false };
    request.encode(&mut body, 7).map_err(|e| e.to_string())?;
    dial.ask(ApiKey::CreateTopics, 7, &body)?;
    Ok(())
}

/// Asks for a coordinator, which makes `__consumer_offsets`, until every partition of it is served.
fn wait_for_coordinators(dial: &mut Dial) -> Result<(), String> {
    use ringlog_wire::generated::{DescribeGroupsRequest, FindCoordinatorRequest};
    let mut ask = |api, version, m: &dyn Fn(&mut Vec<u8>)| {
        let mut body = Vec::new();
        m(&mut body);
        dial.ask(api, version, &body)
    };
    let find = FindCoordinatorRequest { key: "g".into(), ..Default::default() };
    // Names enough to meet each of the 50 partitions.
    let groups = (0..400).map(|n| format!("group-{n}")).chain(["nobody", "g", "joins", ""].map(String::from));
    let describe = DescribeGroupsRequest { groups: groups.collect(), ..Default::default() };
    for _ in 0..200 {
        ask(ApiKey::FindCoordinator, 0, &|out| find.encode(out, 0).expect("short"))?;
        let seen = ask(ApiKey::DescribeGroups, 0, &|out| describe.encode(out, 0).expect("short"))?;
        // COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR.
        if matches!(&seen, Outcome::Codes(c) if !c.iter().any(|c| (14..=16).contains(c))) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("the coordinators do not come up".into())
}

/// The id of topic `t`.
pub fn topic_id(dial: &mut Dial) -> Result<TopicId, String> {
    let m: MetadataResponse = exchange(dial, ApiKey::Metadata, 12, &[0, 0, 0, 0])?;
    let found = m.topics.iter().find(|t| t.name.as_deref() == Some("t")).map(|t| t.topic_id);
    found.ok_or_else(|| "topic t is missing".into())
}

/// What our broker advertises and can decode.
fn served(dial: &mut Dial) -> Result<Vec<(ApiKey, i16, i16)>, String> {
    let m: ApiVersionsResponse = exchange(dial, ApiKey::ApiVersions, 0, &[])?;
    let known = |k: &ringlog_wire::generated::api_versions_response::ApiVersion| {
        let api = ApiKey::try_from(k.api_key).ok()?;
        Some((api, k.min_version.max(api.facts().min), k.max_version))
    };
    Ok(m.api_keys.iter().filter_map(known).collect())
}

fn is_known(api: ApiKey, label: &str) -> bool {
    KNOWN
        .lines()
        .filter_map(|l| l.split_once(": "))
        .any(|(a, case)| a == api.name() && (case == label || case == "*"))
}

fn wrong_requests(
    brokers: &mut Brokers,
    (api, min, max): (ApiKey, i16, i16),
    failures: &mut Vec<String>,
) -> Result<(), String> {
    let mut asked = 0;
    // Label and both outcomes, with the versions that gave them.
    let mut differences: BTreeMap<(&str, String), Vec<i16>> = BTreeMap::new();
    for version in min..=max {
        let ours = wrong::cases(api, version, brokers.ours_id);
        let kafka = wrong::cases(api, version, brokers.kafka_id);
        for ((label, mine), (_, theirs)) in ours.into_iter().zip(kafka) {
            let a = brokers.ours.ask(api, version, &mine)?;
            let mut b = brokers.kafka.ask(api, version, &theirs)?;
            if b == Outcome::Silent && a != b {
                // Once more: a slow moment of its, or no answer at all?
                b = brokers.kafka.ask(api, version, &theirs)?;
            }
            asked += 1;
            if a == Outcome::Silent {
                failures.push(format!("{} {version} {label}: no answer", api.name()));
            }
            if a != b {
                let versions = differences.entry((label, format!("ours {a:?}, Kafka {b:?}"))).or_default();
                versions.push(version);
            }
        }
    }
    println!(
        "{} {min}-{max}: {asked} wrong requests, {} kinds answered differently",
        api.name(),
        differences.len()
    );
    for ((label, outcomes), versions) in differences {
        let line = format!("{}: {label}: versions {versions:?}: {outcomes}", api.name());
        if is_known(api, label) {
            println!("  known  {line}");
        } else {
            failures.push(line);
        }
    }
    Ok(())
}

fn hostile_frames(
    brokers: &mut Brokers,
    (api, min, max): (ApiKey, i16, i16),
    frames: usize,
    failures: &mut Vec<String>,
) -> Result<(), String> {
    let versions = (max - min + 1) as usize;
    let mut seen: BTreeMap<(&str, &str), (usize, String)> = BTreeMap::new();
    for version in min..=max {
        let bodies = hostile::bodies(api, version, brokers.ours_id, frames / versions + 1);
        for body in bodies {
            let a = brokers.ours.ask(api, version, &body)?;
            // A count of partitions that fits 31 bits is a list of so many there: it is busy with it for ever after.
            let b = match api {
                ApiKey::CreatePartitions => "not asked",
                _ => brokers.kafka.ask(api, version, &body)?.word(),
            };
            let one = seen.entry((a.word(), b)).or_default();
            one.0 += 1;
            if one.1.is_empty() {
                one.1 = format!("v{version} {}", sample_lines::hex(body.get(..80).unwrap_or(&body)));
            }
        }
    }
    for ((ours, kafka), (count, example)) in seen {
        println!("  hostile: ours {ours}, Kafka {kafka}: {count}");
        if ours == "unreadable" || (ours == "silent" && kafka != "silent") {
            failures.push(format!("{} hostile: ours {ours}, Kafka {kafka}: {example}", api.name()));
        } else if ours != kafka && kafka != "not asked" {
            println!("    e.g. {example}");
        }
    }
    Ok(())
}

/// Keys and versions that nobody serves, and bytes that are no frames.
fn beyond_apis(brokers: &mut Brokers, failures: &mut Vec<String>) -> Result<(), String> {
    let frames: Vec<(String, Vec<u8>)> = hostile::beyond();
    let count = frames.len();
    for (label, bytes) in frames {
        let word = |r: Result<Vec<u8>, Outcome>| r.map_or_else(|o| o.word(), |_| "answers");
        let a = word(brokers.ours.bytes(&bytes)?);
        let b = word(brokers.kafka.bytes(&bytes)?);
        if a != b {
            failures.push(format!("{label}: ours {a}, Kafka {b}"));
        }
    }
    println!("frames beyond every API: {count}");
    Ok(())
}
