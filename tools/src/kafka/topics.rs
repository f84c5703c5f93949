//! `kafka-topics`: list, describe, create, alter and delete topics.
//!
//! Owner: one process. Invariant: what it prints is what Kafka 4.3.1's prints, in the order of its hash maps.

use super::describe::{Part, describe_configs, is_default, partitions_of};
use super::{Json, Tool, login, shape};
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, string_hash};
use crate::opts::{Options, Spec, Stop, flag, parse, value};
use crate::out::Out;
use crate::regex::Regex;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::create_partitions_request::{
    CreatePartitionsAssignment, CreatePartitionsRequest, CreatePartitionsTopic,
};
use ringlog_wire::generated::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig, CreateTopicsRequest,
};
use ringlog_wire::generated::delete_topics_request::{DeleteTopicState, DeleteTopicsRequest};
use ringlog_wire::generated::list_partition_reassignments_request::ListPartitionReassignmentsRequest;
use ringlog_wire::generated::list_partition_reassignments_response::OngoingPartitionReassignment;
use ringlog_wire::generated::metadata_response::MetadataResponseTopic;
use std::collections::BTreeMap;

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    value(&["command-config"], "Properties file for the client"),
    flag(&["list"], "List the topics"),
    flag(&["create"], "Create a topic"),
    flag(&["delete"], "Delete topics"),
    flag(&["alter"], "Raise the number of partitions"),
    flag(&["describe"], "Show topics and their partitions"),
    value(&["topic"], "Name, or a pattern except with --create"),
    value(&["topic-id"], "Id of the topic to describe"),
    value(&["config"], "name=value for the new topic; may be repeated"),
    value(&["delete-config"], "Ignored by Kafka since 4.0; a warning"),
    value(&["partitions"], "Number of partitions"),
    value(&["replication-factor"], "Replicas of each partition"),
    value(&["replica-assignment"], "Brokers of each partition: 1:2,2:3"),
    flag(&["under-replicated-partitions"], "Only partitions with too few in-sync replicas"),
    flag(&["unavailable-partitions"], "Only partitions without a live leader"),
    flag(&["under-min-isr-partitions"], "Only partitions below min.insync.replicas"),
    flag(&["at-min-isr-partitions"], "Only partitions at min.insync.replicas"),
    flag(&["topics-with-overrides"], "Only topics with configs of their own"),
    flag(&["if-exists"], "Do nothing where the topic does not exist"),
    flag(&["if-not-exists"], "Do nothing where the topic exists"),
    flag(&["exclude-internal"], "Leave internal topics out"),
    value(&["partition-size-limit-per-response"], "Partitions in one answer (KIP-966)"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "topics",
    about: "This tool helps to create, delete, describe, or change a topic.",
    specs: SPECS,
    json: Json::With(&["--list", "--describe"]),
    run,
    on_failure: |out, failure, _| out.complain(format!("{}\n{failure}\n", failure.message)),
};

/// The id that stands for none.
const ZERO: &str = "AAAAAAAAAAAAAAAAAAAAAA";

const ACTIONS: [&str; 5] = ["create", "list", "alter", "describe", "delete"];

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, super::COMMON], args)?;
    check_args(args, &o, out)?;
    let access = login(&o, "command-config", "bootstrap-server")?;
    let done = Client::connect(access).map_err(Stop::from).and_then(|mut client| act(&mut client, &o, out));
    match done {
        Err(Stop::Failed(failure)) if !out.is_verb() => {
            out.line(format!("Error while executing topic command : {}", failure.message));
            Err(Stop::Exit(1))
        }
        other => other,
    }
}

fn act(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    if o.has("create") {
        create(client, o, out)
    } else if o.has("alter") {
        alter(client, o)
    } else if o.has("list") {
        let topics = topics(client, o)?;
        if out.is_json() {
            topics.iter().for_each(|t| out.object(&shape::topic(t)));
            return Ok(());
        }
        out.line(topics.iter().filter_map(|t| t.name.as_deref()).collect::<Vec<_>>().join("\n"));
        Ok(())
    } else if o.has("describe") {
        describe(client, o, out)
    } else {
        delete(client, o)
    }
}

fn check_args(args: &[String], o: &Options, out: &mut Out) -> Result<(), Stop> {
    if args.is_empty() {
        return Err(Stop::Usage("Create, delete, describe, or change a topic.".to_owned()));
    }
    o.help_or_version()?;
    if ACTIONS.iter().filter(|a| o.has(a)).count() != 1 {
        return Err(Stop::Usage(
            "Command must include exactly one action: --list, --describe, --create, --alter or --delete"
                .to_owned(),
        ));
    }
    if o.has("delete-config") {
        out.complain("delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.");
    }
    if !o.has("bootstrap-server") {
        return Err(Failure::illegal("--bootstrap-server must be specified").into());
    }
    if o.has("describe") && o.has("if-exists") {
        if !o.has("topic") && !o.has("topic-id") {
            return Err(Stop::Usage("--topic or --topic-id is required to describe a topic".to_owned()));
        }
        if o.has("topic") && o.has("topic-id") {
            out.line("Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID");
        }
    }
    if !o.has("list") && !o.has("describe") {
        o.require(&["topic"])?;
    }
    if o.has("alter") {
        if o.has("config") {
            return Err(Stop::Usage("Option combination \"[[bootstrap-server], [config]]\" can't be used with option \"[alter]\" (To alter topic configurations, the kafka-configs tool can be used.)".to_owned()));
        }
        o.require(&["partitions"])?;
    }
    check_together(o)
}

fn check_together(o: &Options) -> Result<(), Stop> {
    let but = |keep: &[&str]| ACTIONS.iter().copied().filter(|a| !keep.contains(a)).collect::<Vec<_>>();
    o.exclude("config", &but(&["alter", "create"]))?;
    o.exclude("partitions", &but(&["alter", "create"]))?;
    o.exclude("replication-factor", &but(&["create"]))?;
    o.exclude("replica-assignment", &but(&["alter", "create"]))?;
    if o.has("create") {
        o.exclude("replica-assignment", &["partitions", "replication-factor"])?;
    }
    let reports = [
        "under-replicated-partitions",
        "under-min-isr-partitions",
        "at-min-isr-partitions",
        "unavailable-partitions",
    ];
    for report in reports {
        o.exclude(report, &but(&["describe"]))?;
        o.exclude(report, &["topics-with-overrides"])?;
    }
    o.exclude("topics-with-overrides", &but(&["describe"]))?;
    o.exclude("if-exists", &but(&["alter", "delete", "describe"]))?;
    o.exclude("if-not-exists", &but(&["create"]))?;
    o.exclude("exclude-internal", &but(&["list", "describe"]))
}

/// The topics that `--topic` and `--exclude-internal` leave, by name.
fn topics(client: &mut Client, o: &Options) -> Result<Vec<MetadataResponseTopic>, Stop> {
    let mut all = client.metadata(None)?.topics;
    all.sort_by(|a, b| a.name.cmp(&b.name));
    if o.has("exclude-internal") {
        all.retain(|t| !t.is_internal);
    }
    if let Some(pattern) = o.one("topic")? {
        let pattern = include_list(pattern)?;
        all.retain(|t| t.name.as_deref().is_some_and(|name| pattern.matches(name)));
    }
    Ok(all)
}

/// A list of patterns as Kafka reads it: commas are alternatives, blanks and quotes are dropped.
pub fn include_list(raw: &str) -> Result<Regex, Failure> {
    let joined: String = raw.trim().replace(',', "|").replace(' ', "");
    let bare = joined.trim_matches(['"', '\'']);
    Regex::new(bare).map_err(|why| {
        Failure::of_class("java.lang.RuntimeException", format!("{bare} is an invalid regex. ({why})"))
    })
}

fn must_exist(found: bool, o: &Options) -> Result<(), Stop> {
    match o.one("topic")? {
        Some(topic) if !found && !topic.is_empty() && !o.has("if-exists") => {
            Err(Failure::illegal(format!("Topic '{topic}' does not exist as expected")).into())
        }
        _ => Ok(()),
    }
}

type Assignment = Vec<Vec<i32>>;

fn assignment(o: &Options) -> Result<Assignment, Stop> {
    let mut all: Assignment = Vec::new();
    let Some(text) = o.one("replica-assignment")? else { return Ok(all) };
    for (i, part) in text.split(',').enumerate() {
        let brokers = part
            .split(':')
            .map(|b| {
                let b = b.trim();
                b.parse::<i32>().map_err(|_| {
                    Failure::of_class("java.lang.NumberFormatException", format!("For input string: \"{b}\""))
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let twice: Vec<String> = brokers
            .iter()
            .enumerate()
            .filter(|(i, b)| brokers.iter().take(*i).any(|other| other == *b))
            .map(|(_, b)| b.to_string())
            .collect();
        if !twice.is_empty() {
            return Err(Failure::client(format!(
                "Partition replica lists may not contain duplicate entries: {}",
                twice.join(",")
            ))
            .into());
        }
        if all.first().is_some_and(|first| first.len() != brokers.len()) {
            let list = brokers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(
                Failure::client(format!("Partition {i} has different replication factor: [{list}]")).into()
            );
        }
        all.push(brokers);
    }
    Ok(all)
}

fn create(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    let name = o.one("topic")?.unwrap_or_default().to_owned();
    let partitions: Option<i32> = o.number("partitions")?;
    let factor: Option<i32> = o.number("replication-factor")?;
    let assigned = assignment(o)?;
    let mut configs: Vec<CreatableTopicConfig> = Vec::new();
    for text in o.all("config") {
        let (key, value) = text.split_once('=').ok_or_else(|| {
            Failure::illegal("requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\".")
        })?;
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        configs.retain(|c| c.name != key);
        configs.push(CreatableTopicConfig { name: key, value: Some(value) });
    }
    if name.contains(['.', '_']) {
        out.line("WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.");
    }
    if factor.is_some_and(|f| !(1..=i32::from(i16::MAX)).contains(&f)) {
        return Err(Failure::illegal("The replication factor must be between 1 and 32767 inclusive").into());
    }
    if partitions.is_some_and(|p| p < 1) {
        return Err(Failure::illegal("The partitions must be greater than 0").into());
    }
    let placed = !assigned.is_empty();
    let request = CreateTopicsRequest {
        topics: vec![CreatableTopic {
            name: name.clone(),
            num_partitions: if placed { -1 } else { partitions.unwrap_or(-1) },
            replication_factor: if placed {
                -1
            } else {
                factor.and_then(|f| i16::try_from(f).ok()).unwrap_or(-1)
            },
            assignments: (0..)
                .zip(assigned)
                .map(|(partition_index, broker_ids)| CreatableReplicaAssignment {
                    partition_index,
                    broker_ids,
                })
                .collect(),
            configs: hash_order(configs, DEFAULT, |c| string_hash(&c.name)),
        }],
        timeout_ms: 30_000,
        validate_only: false,
    };
    let created = client.retry(|c| {
        let answer = c.any(&request)?;
        answer.topics.iter().try_for_each(|t| check(t.error_code, t.error_message.as_deref()))
    });
    match created {
        Err(e) if e.is(ErrorCode::TopicAlreadyExists) && o.has("if-not-exists") => Ok(()),
        Err(e) => Err(e.into()),
        Ok(()) => {
            out.line(format!("Created topic {name}."));
            Ok(())
        }
    }
}

fn alter(client: &mut Client, o: &Options) -> Result<(), Stop> {
    let assigned = assignment(o)?;
    let count: i32 = o.number("partitions")?.unwrap_or_default();
    let found = topics(client, o)?;
    must_exist(!found.is_empty(), o)?;
    if found.is_empty() {
        return Ok(());
    }
    let topics = found
        .iter()
        .map(|t| CreatePartitionsTopic {
            name: t.name.clone().unwrap_or_default(),
            count,
            assignments: (!assigned.is_empty()).then(|| {
                assigned
                    .iter()
                    .skip(t.partitions.len())
                    .map(|brokers| CreatePartitionsAssignment { broker_ids: brokers.clone() })
                    .collect()
            }),
        })
        .collect();
    let request = CreatePartitionsRequest { topics, timeout_ms: 30_000, validate_only: false };
    let answer = client.any(&request)?;
    answer.results.iter().try_for_each(|t| check(t.error_code, t.error_message.as_deref()))?;
    Ok(())
}

fn delete(client: &mut Client, o: &Options) -> Result<(), Stop> {
    let found = topics(client, o)?;
    must_exist(!found.is_empty(), o)?;
    if found.is_empty() {
        return Ok(());
    }
    let topics =
        found.iter().map(|t| DeleteTopicState { name: t.name.clone(), ..Default::default() }).collect();
    let request = DeleteTopicsRequest { topics, timeout_ms: 30_000, ..Default::default() };
    let answer = client.any(&request)?;
    answer.responses.iter().try_for_each(|t| check(t.error_code, t.error_message.as_deref()))?;
    Ok(())
}

/// What the report options ask for.
struct Wanted {
    under_replicated: bool,
    unavailable: bool,
    under_min: bool,
    at_min: bool,
    overrides: bool,
}

impl Wanted {
    fn is_report(&self) -> bool {
        self.under_replicated || self.unavailable || self.under_min || self.at_min
    }
}

fn describe(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    let limit: i32 = o.number("partition-size-limit-per-response")?.unwrap_or(2000);
    let wanted = Wanted {
        under_replicated: o.has("under-replicated-partitions"),
        unavailable: o.has("unavailable-partitions"),
        under_min: o.has("under-min-isr-partitions"),
        at_min: o.has("at-min-isr-partitions"),
        overrides: o.has("topics-with-overrides"),
    };
    let id = o.one("topic-id")?.filter(|id| !id.is_empty() && *id != ZERO);
    let found = match id {
        Some(text) => {
            let mut all = client.metadata(None)?.topics;
            all.retain(|t| t.topic_id.to_string() == text && !(t.is_internal && o.has("exclude-internal")));
            if all.is_empty() && !o.has("if-exists") {
                return Err(Failure::illegal(format!("TopicId '{text}' does not exist as expected")).into());
            }
            all
        }
        None => {
            let all = topics(client, o)?;
            must_exist(!all.is_empty(), o)?;
            all
        }
    };
    let n = found.len();
    let found = if out.is_json() {
        found
    } else {
        hash_order(found, n, |t| string_hash(t.name.as_deref().unwrap_or_default()))
    };
    let names: Vec<String> = found.iter().filter_map(|t| t.name.clone()).collect();
    let mut configs: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for result in describe_configs(client, 2, &names, None)? {
        check(result.error_code, result.error_message.as_deref())?;
        configs.insert(
            result.resource_name.clone(),
            hash_order(result.configs, DEFAULT, |c| string_hash(&c.name)),
        );
    }
    let moving = reassignments(client)?;
    for topic in &found {
        let name = topic.name.as_deref().unwrap_or_default();
        let parts = partitions_of(client, topic, limit)?;
        let entries = configs.get(name).map(Vec::as_slice).unwrap_or_default();
        let own: Vec<String> = entries
            .iter()
            .filter(|c| !is_default(c))
            .map(|c| format!("{}={}", c.name, c.value.as_deref().unwrap_or("null")))
            .collect();
        let min: usize = entries
            .iter()
            .find(|c| c.name == "min.insync.replicas")
            .and_then(|c| c.value.as_deref()?.parse().ok())
            .unwrap_or(1);
        let change = |p: &Part| moving.get(&(name.to_owned(), p.index));
        if out.is_json() {
            let shown = parts.iter().filter(|p| shows(&wanted, client, p, change(p), min));
            let shown: Vec<_> = shown.map(|p| shape::partition(p, change(p))).collect();
            let nothing = (wanted.overrides && own.is_empty()) || (wanted.is_report() && shown.is_empty());
            if !nothing {
                out.object(&shape::described(topic, entries, shown));
            }
            continue;
        }
        if !wanted.is_report() && (!wanted.overrides || !own.is_empty()) {
            let replicas = parts.first().map_or(0, |p| factor(p, change(p)));
            out.line(format!(
                "Topic: {name}\tTopicId: {}\tPartitionCount: {}\tReplicationFactor: {replicas}\tConfigs: {}",
                topic.topic_id,
                parts.len(),
                own.join(",")
            ));
        }
        if wanted.overrides {
            continue;
        }
        for part in &parts {
            if shows(&wanted, client, part, change(part), min) {
                print_partition(out, name, part, change(part));
            }
        }
    }
    Ok(())
}

fn factor(part: &Part, change: Option<&OngoingPartitionReassignment>) -> usize {
    let moving = change.filter(|c| {
        part.replicas.iter().any(|r| c.adding_replicas.contains(r) || c.removing_replicas.contains(r))
    });
    moving.map_or(part.replicas.len(), |c| c.replicas.len() - c.adding_replicas.len())
}

fn shows(
    wanted: &Wanted,
    client: &Client,
    part: &Part,
    change: Option<&OngoingPartitionReassignment>,
    min: usize,
) -> bool {
    let led = part.leader >= 0;
    !wanted.is_report()
        || (wanted.under_replicated && factor(part, change) > part.isr.len())
        || (wanted.unavailable && !(led && client.brokers().contains_key(&part.leader)))
        || (wanted.under_min && (!led || part.isr.len() < min))
        || (wanted.at_min && part.isr.len() == min)
}

fn print_partition(out: &mut Out, topic: &str, part: &Part, change: Option<&OngoingPartitionReassignment>) {
    let ids = |ids: &[i32]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let maybe = |list: &Option<Vec<i32>>| list.as_deref().map_or_else(|| "N/A".to_owned(), ids);
    let leader = if part.leader >= 0 { part.leader.to_string() } else { "none".to_owned() };
    let moving = change.map_or_else(String::new, |c| {
        format!(
            "\tAdding Replicas: {}\tRemoving Replicas: {}",
            ids(&c.adding_replicas),
            ids(&c.removing_replicas)
        )
    });
    out.line(format!(
        "\tTopic: {topic}\tPartition: {}\tLeader: {leader}\tReplicas: {}\tIsr: {}{moving}\tElr: {}\tLastKnownElr: {}",
        part.index,
        ids(&part.replicas),
        ids(&part.isr),
        maybe(&part.elr),
        maybe(&part.last_known_elr)
    ));
}

/// Reassignments in progress; none where the broker does not say (as the Java tool has it).
fn reassignments(client: &mut Client) -> Result<BTreeMap<(String, i32), OngoingPartitionReassignment>, Stop> {
    let request = ListPartitionReassignmentsRequest { timeout_ms: 30_000, topics: None };
    let answer = match client.any(&request) {
        Ok(answer) => answer,
        Err(e) if e.class.ends_with("UnsupportedVersionException") => return Ok(BTreeMap::new()),
        Err(e) => return Err(e.into()),
    };
    if matches!(answer.error_code, 31 | 35) {
        return Ok(BTreeMap::new());
    }
    check(answer.error_code, answer.error_message.as_deref())?;
    let mut all = BTreeMap::new();
    for topic in answer.topics {
        for part in topic.partitions {
            all.insert((topic.name.clone(), part.partition_index), part);
        }
    }
    Ok(all)
}
