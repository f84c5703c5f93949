//! `kafka-reassign-partitions`: moves partitions between brokers, and replicas between directories of a broker.
//!
//! Owner: one process. Invariants: nothing is changed before the whole plan has been checked; what is said to have
//! begun was accepted by the broker.

mod file;
mod place;
mod state;
mod throttle;

use super::{COMMON, Json, Tool, login, read_file};
use crate::client::offsets::Partition;
use crate::client::{Client, Failure, check};
use crate::opts::{Options, Spec, Stop, flag, parse, unbuilt, value};
use crate::out::Out;
use file::{Plan, Replica, partition_name};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::alter_partition_reassignments_request::{
    AlterPartitionReassignmentsRequest, ReassignablePartition, ReassignableTopic,
};
use ringlog_wire::generated::alter_replica_log_dirs_request::{
    AlterReplicaLogDir, AlterReplicaLogDirTopic, AlterReplicaLogDirsRequest,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const SPECS: &[Spec] = &[
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    unbuilt(&["bootstrap-controller"], "give a broker by --bootstrap-server"),
    value(&["command-config"], "Properties file for the client"),
    flag(&["generate"], "Propose an assignment of --topics-to-move-json-file to --broker-list"),
    flag(&["execute"], "Begin what --reassignment-json-file asks for"),
    flag(&["verify"], "Say how far --reassignment-json-file is; take throttles away when it is done"),
    flag(&["cancel"], "Cancel what --reassignment-json-file asked for"),
    flag(&["list"], "Print what is going on"),
    value(
        &["reassignment-json-file"],
        "{\"version\":1,\"partitions\":[{\"topic\":\"t\",\"partition\":0,\"replicas\":[1],\"log_dirs\":[\"any\"]}]}",
    ),
    value(&["topics-to-move-json-file"], "{\"version\":1,\"topics\":[{\"topic\":\"t\"}]}"),
    value(&["broker-list"], "Brokers to move to: 1,2,3"),
    flag(&["disable-rack-aware"], "Propose without regard to racks"),
    value(&["throttle"], "Bytes a second between brokers"),
    value(&["replica-alter-log-dirs-throttle"], "Bytes a second between directories of a broker"),
    value(&["timeout"], "Milliseconds to wait for moves between directories to begin; 10000"),
    flag(&["additional"], "Begin it though others are going on"),
    flag(&["preserve-throttles"], "Leave throttles as they are"),
    flag(&["disallow-replication-factor-change"], "Refuse a plan that changes the number of replicas"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "reassign-partitions",
    about: "This tool helps to move topic partitions between replicas.",
    specs: SPECS,
    json: Json::With(&["--list", "--verify", "--generate"]),
    run,
    on_failure: complain,
};

const ACTIONS: &[&str] = &["generate", "execute", "verify", "cancel", "list"];
const EXISTING: &str = "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.";
const MUST_VERIFY: &str = "Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.";
/// Between attempts to begin a move of directories.
const PAUSE: Duration = Duration::from_millis(100);

/// The Java tool says on standard output that it failed, but for what is wrong with its command line.
fn complain(out: &mut Out, failure: &Failure, _: &[String]) {
    if failure.class.starts_with("joptsimple.") {
        return out.complain(format!("Exception in thread \"main\" {failure}"));
    }
    let (head, trace) = match failure.code {
        Some(_) => (failure.to_string(), failure.of_future()),
        None => (failure.message.lines().next().unwrap_or_default().to_owned(), failure.to_string()),
    };
    out.line(format!("Error: {head}\n{trace}\n"));
}

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    let action = action(&o)?;
    let mut access = login(&o, "command-config", "bootstrap-server")?;
    "reassign-partitions-tool".clone_into(&mut access.client_id);
    let mut client = Client::connect(access)?;
    let client = &mut client;
    let plan = |o: &Options| {
        let path = o.one("reassignment-json-file")?.unwrap_or_default();
        Ok::<_, Stop>(file::plan(&read_file(path)?)?)
    };
    match action {
        "generate" => generate(client, &o, out),
        "execute" => execute(client, &o, &plan(&o)?, out),
        "verify" => state::verify(client, &plan(&o)?, o.has("preserve-throttles"), out),
        "cancel" => cancel(client, &o, &plan(&o)?, out),
        _ => state::list(client, out),
    }
}

/// The one action, if all that belongs to it is there and nothing else.
fn action(o: &Options) -> Result<&'static str, Stop> {
    let given: Vec<&'static str> = ACTIONS.iter().copied().filter(|action| o.has(action)).collect();
    let [action] = given.as_slice() else {
        let all = ACTIONS.iter().map(|a| format!("--{a}")).collect::<Vec<_>>().join(", ");
        return Err(Stop::Usage(format!("Command must include exactly one action: {all}")));
    };
    if !o.has("bootstrap-server") {
        return Err(Stop::Usage(
            "Please specify either --bootstrap-server or --bootstrap-controller".to_owned(),
        ));
    }
    let (needed, allowed): (&[&str], &[&str]) = match *action {
        "generate" => (&["topics-to-move-json-file", "broker-list"], &["disable-rack-aware"]),
        "execute" => (
            &["reassignment-json-file"],
            &[
                "additional",
                "throttle",
                "replica-alter-log-dirs-throttle",
                "timeout",
                "disallow-replication-factor-change",
            ],
        ),
        "verify" => (&["reassignment-json-file"], &["preserve-throttles"]),
        "cancel" => (&["reassignment-json-file"], &["preserve-throttles", "timeout"]),
        _ => (&[], &[]),
    };
    o.require(needed)?;
    let fits = |name: &&str| {
        [*action, "bootstrap-server", "command-config"].contains(name)
            || needed.contains(name)
            || allowed.contains(name)
    };
    match o.names().find(|name| !fits(name)) {
        Some(other) => {
            Err(Stop::Usage(format!("Option \"[{other}]\" can't be used with action \"[{action}]\"")))
        }
        None => Ok(action),
    }
}

/// Prints `text` and fails, as the Java tool does where its message says all.
fn tersely(out: &mut Out, text: impl std::fmt::Display) -> Stop {
    out.line(text);
    Stop::Exit(1)
}

fn generate(client: &mut Client, o: &Options, out: &mut Out) -> Result<(), Stop> {
    let content = read_file(o.one("topics-to-move-json-file")?.unwrap_or_default())?;
    let brokers = file::brokers(o.one("broker-list")?.unwrap_or_default())?;
    let topics = file::topics(&content)?;
    let current = place::replicas_of(client, topics.into_iter().collect())?;
    let brokers = place::usable(client, &brokers, !o.has("disable-rack-aware"))?;
    let proposed = place::propose(&current, &brokers)?;
    let directories = place::current_directories(client, &current)?;
    let (current, proposed) = (file::json(&current, &directories), file::json(&proposed, &BTreeMap::new()));
    if out.is_json() {
        let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        out.object(&json!({"current": parsed(&current), "proposed": parsed(&proposed)}));
        return Ok(());
    }
    out.line(format!("Current partition replica assignment\n{current}\n"));
    out.line(format!("Proposed partition reassignment configuration\n{proposed}"));
    Ok(())
}

fn execute(client: &mut Client, o: &Options, plan: &Plan, out: &mut Out) -> Result<(), Stop> {
    file::check_plan(plan)?;
    let ongoing = state::ongoing(client, None)?;
    if !ongoing.is_empty() && !o.has("additional") {
        return Err(tersely(out, EXISTING));
    }
    place::check_brokers(client, plan.partitions.iter().flat_map(|(_, on)| on.iter().copied()).collect())?;
    let wanted: BTreeSet<Partition> = plan.partitions.iter().map(|(p, _)| p.clone()).collect();
    let current = place::replicas_of_partitions(client, &wanted)?;
    let directories = place::current_directories(client, &current)?;
    out.line(format!(
        "Current partition replica assignment\n\n{}\n\nSave this to use as the --reassignment-json-file option during rollback",
        file::json(&current, &directories)
    ));
    let rate = |name| Ok::<_, Stop>(o.number::<i64>(name)?.filter(|rate| *rate >= 0));
    let (brokers, moves) = (rate("throttle")?, rate("replica-alter-log-dirs-throttle")?);
    if brokers.is_some() || moves.is_some() {
        out.line(MUST_VERIFY);
    }
    if let Some(rate) = brokers {
        throttle::between_brokers(client, &ongoing, &current, (plan, rate), out)?;
    }
    if let Some(rate) = moves {
        throttle::between_directories(client, plan.directories.keys(), rate, out)?;
    }
    let targets = plan.partitions.iter().map(|(p, on)| (p.clone(), Some(on.clone()))).collect();
    let errors = alter(client, targets, !o.has("disallow-replication-factor-change"))?;
    if !errors.is_empty() {
        return Err(tersely(out, format!("Error reassigning partition(s):\n{}", errors.join("\n"))));
    }
    let names: Vec<String> = wanted.iter().map(partition_name).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    out.line(format!("Successfully started partition reassignment{plural} for {}", names.join(",")));
    if plan.directories.is_empty() {
        return Ok(());
    }
    begin_moves(client, plan.directories.clone(), patience(o)?, out)
}

fn patience(o: &Options) -> Result<Duration, Stop> {
    let millis = o.number::<i64>("timeout")?.unwrap_or(10_000);
    Ok(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
}

/// Asks for new brokers of partitions, or (`None`) for an end of what goes on; returns a line for each that is refused.
fn alter(
    client: &mut Client,
    targets: BTreeMap<Partition, Option<Vec<i32>>>,
    allow_replication_factor_change: bool,
) -> Result<Vec<String>, Failure> {
    let mut topics: BTreeMap<String, Vec<ReassignablePartition>> = BTreeMap::new();
    for ((topic, partition_index), replicas) in targets {
        topics.entry(topic).or_default().push(ReassignablePartition { partition_index, replicas });
    }
    let of = |(name, partitions)| ReassignableTopic { name, partitions };
    let request = AlterPartitionReassignmentsRequest {
        timeout_ms: 60_000,
        allow_replication_factor_change,
        topics: topics.into_iter().map(of).collect(),
    };
    let answer = client.any(&request)?;
    check(answer.error_code, answer.error_message.as_deref())?;
    let mut errors: BTreeMap<Partition, Failure> = BTreeMap::new();
    for topic in answer.responses {
        for p in topic.partitions {
            if let Err(e) = check(p.error_code, p.error_message.as_deref()) {
                errors.insert((topic.name.clone(), p.partition_index), e);
            }
        }
    }
    Ok(errors.iter().map(|(partition, e)| format!("{}: {}", partition_name(partition), e.message)).collect())
}

/// Has brokers move replicas to other directories; a replica that a broker does not have yet is asked for again.
fn begin_moves(
    client: &mut Client,
    mut pending: BTreeMap<Replica, String>,
    patience: Duration,
    out: &mut Out,
) -> Result<(), Stop> {
    let began = Instant::now();
    loop {
        let mut begun: Vec<Replica> = Vec::new();
        let brokers: BTreeSet<i32> = pending.keys().map(|(_, broker)| *broker).collect();
        for broker in brokers {
            begun.extend(move_on(client, broker, &pending)?);
        }
        begun.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        for replica in begun {
            let directory = pending.remove(&replica).unwrap_or_default();
            let (partition, broker) = (partition_name(&replica.0), replica.1);
            out.line(format!(
                "Successfully started moving log directory to {directory} for replica {partition} with broker {broker} "
            ));
        }
        if pending.is_empty() {
            return Ok(());
        }
        if began.elapsed() >= patience {
            let names: Vec<String> = pending.keys().map(file::name).collect();
            let plural = if names.len() == 1 { "" } else { "s" };
            return Err(tersely(
                out,
                format!(
                    "Timed out before log directory move{plural} could be started for: {}",
                    names.join(",")
                ),
            ));
        }
        std::thread::sleep(PAUSE);
    }
}

/// Asks `broker` for its part of `pending`; returns what it took.
fn move_on(
    client: &mut Client,
    broker: i32,
    pending: &BTreeMap<Replica, String>,
) -> Result<Vec<Replica>, Failure> {
    let mut paths: BTreeMap<&str, BTreeMap<&str, Vec<i32>>> = BTreeMap::new();
    for (((topic, index), _), path) in pending.iter().filter(|((_, on), _)| *on == broker) {
        paths.entry(path).or_default().entry(topic).or_default().push(*index);
    }
    let topic =
        |(name, partitions): (&str, Vec<i32>)| AlterReplicaLogDirTopic { name: name.to_owned(), partitions };
    let dirs = paths.into_iter().map(|(path, topics)| AlterReplicaLogDir {
        path: path.to_owned(),
        topics: topics.into_iter().map(topic).collect(),
    });
    let answer = client.on(broker, &AlterReplicaLogDirsRequest { dirs: dirs.collect() })?;
    let mut begun = Vec::new();
    for topic in answer.results {
        for p in topic.partitions {
            let replica = ((topic.topic_name.clone(), p.partition_index), broker);
            match check(p.error_code, None) {
                Ok(()) => begun.push(replica),
                Err(e) if e.is(ErrorCode::ReplicaNotAvailable) => {}
                Err(e) => {
                    let why = format!("Failed to alter dir for {}", file::name(&replica));
                    return Err(file::refused(format!("{why}\nCaused by: {}", e.of_future())));
                }
            }
        }
    }
    Ok(begun)
}

fn cancel(client: &mut Client, o: &Options, plan: &Plan, out: &mut Out) -> Result<(), Stop> {
    let wanted: BTreeSet<Partition> = plan.partitions.iter().map(|(p, _)| p.clone()).collect();
    let mut ongoing = state::ongoing(client, Some(&wanted))?;
    ongoing.retain(|_, r| !r.adding_replicas.is_empty() || !r.removing_replicas.is_empty());
    if ongoing.is_empty() {
        out.line("None of the specified partition reassignments are active.");
    } else {
        let errors = alter(client, ongoing.keys().map(|p| (p.clone(), None)).collect(), true)?;
        if !errors.is_empty() {
            let plural = if errors.len() == 1 { "" } else { "s" };
            return Err(tersely(
                out,
                format!("Error cancelling partition reassignment{plural} for:\n{}", errors.join("\n")),
            ));
        }
        let names: Vec<String> = ongoing.keys().map(partition_name).collect();
        let plural = if names.len() == 1 { "" } else { "s" };
        out.line(format!("Successfully cancelled partition reassignment{plural} for: {}", names.join(",")));
    }
    let places = place::directories(client, plan.directories.keys().cloned())?;
    let back: BTreeMap<Replica, String> = places
        .into_iter()
        .filter(|(_, place)| place.future.is_some())
        .filter_map(|(replica, place)| Some((replica, place.current?)))
        .collect();
    if back.is_empty() {
        // The Java tool forgets the end of this line.
        out.raw(b"None of the specified partition moves are active.");
    } else {
        begin_moves(client, back, patience(o)?, out)?;
    }
    if !o.has("preserve-throttles") {
        throttle::clear(client, plan, out)?;
    }
    Ok(())
}
