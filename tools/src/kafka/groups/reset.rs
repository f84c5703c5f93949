//! `--reset-offsets`: where to, for which partitions, said or done.
//!
//! Owner: one command. Invariants: a group with members is not touched; an offset outside the log is moved to its
//! nearest end; the order of what is printed is that of Java's hash maps.

use super::{look, time};
use crate::client::commits::{Who, commit, committed};
use crate::client::offsets::{At, Partition, list_offsets};
use crate::client::{Client, Failure, check};
use crate::java::{DEFAULT, hash_order, left, partition_hash, string_hash};
use crate::opts::{Options, Stop};
use crate::out::Out;
use ringlog_wire::ErrorCode;
use std::collections::{BTreeMap, BTreeSet};

type Offsets = BTreeMap<Partition, i64>;

/// An exception of Java inside a RuntimeException, printed with all its causes.
fn wrapped(e: &Failure) -> Failure {
    let future = format!("java.util.concurrent.ExecutionException: {e}");
    Failure {
        class: "java.lang.RuntimeException".to_owned(),
        message: format!("{future}\nCaused by: {future}\nCaused by: {e}"),
        ..e.clone()
    }
}

/// Plans, and with `--execute` does it; prints the plan.
pub fn reset(client: &mut Client, o: &Options, out: &mut Out, groups: Vec<String>) -> Result<(), Stop> {
    let mut plans: Vec<(String, Offsets)> = Vec::new();
    let groups = hash_order(groups, DEFAULT, |g| string_hash(g));
    for group in groups {
        match look::describe(client, &group) {
            Ok(found) if !matches!(found.state.as_str(), "Empty" | "Dead") => {
                out.line(format!(
                    "\nError: Assignments can only be reset if the group '{group}' is inactive, but the current state is {}.",
                    found.state
                ));
                plans.push((group, Offsets::new()));
                continue;
            }
            // A group that is not there yet can be given offsets.
            Err(e) if !e.is(ErrorCode::GroupIdNotFound) => return Err(wrapped(&e).into()),
            _ => {}
        }
        let partitions = partitions(client, o, &group)?;
        let plan = plan(client, o, out, (&group, &partitions))?;
        if o.has("execute") {
            let who = Who { group: &group, member: "", epoch: -1, instance: None };
            commit(client, who, &plan).map_err(|e| wrapped(&e))?;
        }
        plans.push((group, plan));
    }
    let plans = hash_order(plans, DEFAULT, |(g, _)| string_hash(g));
    if out.is_json() {
        for (group, plan) in &plans {
            for ((topic, partition), offset) in plan {
                let done = o.has("execute");
                out.object(&serde_json::json!({
                    "group": group, "topic": topic, "partition": partition, "offset": offset, "executed": done,
                }));
            }
        }
    } else if o.has("export") {
        export(o, out, &plans);
    } else {
        print(out, &plans);
    }
    Ok(())
}

fn ordered(plan: &Offsets) -> Vec<(&Partition, &i64)> {
    hash_order(plan.iter().collect(), DEFAULT, |(p, _)| partition_hash(&p.0, p.1))
}

fn print(out: &mut Out, plans: &[(String, Offsets)]) {
    let widest = |texts: Vec<usize>| texts.into_iter().max().unwrap_or(0).max(15);
    let g = widest(plans.iter().map(|(g, _)| g.len()).collect());
    let t = widest(plans.iter().flat_map(|(_, plan)| plan.keys().map(|p| p.0.len())).collect());
    if !plans.is_empty() {
        out.raw(
            format!("\n{} {} {} NEW-OFFSET", left("GROUP", g), left("TOPIC", t), left("PARTITION", 10))
                .as_bytes(),
        );
    }
    for (group, plan) in plans {
        for (partition, offset) in ordered(plan) {
            let row =
                format!("\n{} {} {} {offset}", left(group, g), left(&partition.0, t), left(partition.1, 10));
            out.raw(row.as_bytes());
        }
    }
    out.line("");
}

fn export(o: &Options, out: &mut Out, plans: &[(String, Offsets)]) {
    let single = o.all("group").len() == 1;
    for (group, plan) in plans {
        for (partition, offset) in ordered(plan) {
            let group = if single { String::new() } else { format!("{},", csv(group)) };
            out.line(format!("{group}{},{},{offset}", csv(&partition.0), partition.1));
        }
    }
    out.line("");
}

/// A field of a CSV file, quoted where it must be.
fn csv(text: &str) -> String {
    if text.contains(['"', ',', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// `topic` or `topic:0,1` of an option. Errors: Java's IllegalArgumentException.
pub fn topic_partitions(text: &str) -> Result<(String, Option<Vec<i32>>), Stop> {
    let Some((topic, list)) = text.split_once(':') else { return Ok((text.to_owned(), None)) };
    if list.is_empty() || list.contains(':') {
        return Err(Stop::Usage(format!("Invalid topic arg '{text}', expected topic name and partitions")));
    }
    let numbers = list.split(',').map(|p| {
        p.parse::<i32>()
            .map_err(|_| Stop::Usage(format!("Invalid partition '{p}' specified in topic arg '{text}''")))
    });
    Ok((topic.to_owned(), Some(numbers.collect::<Result<_, _>>()?)))
}

fn partitions(client: &mut Client, o: &Options, group: &str) -> Result<Vec<Partition>, Stop> {
    if o.has("all-topics") {
        return Ok(committed(client, group, None).map_err(|e| wrapped(&e))?.into_keys().collect());
    }
    if !o.has("topic") {
        if o.has("from-file") {
            return Ok(Vec::new());
        }
        return Err(Stop::Usage(
            "One of the reset scopes should be defined: --all-topics, --topic.".to_owned(),
        ));
    }
    let mut all = Vec::new();
    let mut missing = Vec::new();
    for text in o.all("topic") {
        let (topic, named) = topic_partitions(text)?;
        let found = client.metadata(Some(std::slice::from_ref(&topic)))?.topics.into_iter().next();
        let found =
            found.ok_or_else(|| Failure::kafka(3, None)).and_then(|t| check(t.error_code, None).map(|()| t));
        let there: BTreeSet<i32> = match (&named, found) {
            (_, Ok(t)) => t.partitions.iter().map(|p| p.partition_index).collect(),
            (None, Err(e)) => return Err(e.into()),
            (Some(_), Err(e)) => return Err(wrapped(&e).into()),
        };
        match named {
            Some(named) => {
                missing.extend(named.iter().filter(|p| !there.contains(p)).map(|p| format!("{topic}-{p}")));
                all.extend(named.into_iter().map(|p| (topic.clone(), p)));
            }
            None => all.extend(there.into_iter().map(|p| (topic.clone(), p))),
        }
    }
    if !missing.is_empty() {
        let text = format!("The partitions \"{}\" do not exist", missing.join(","));
        return Err(Failure::kafka(3, Some(&text)).into());
    }
    Ok(all)
}

/// Offsets of `wanted` at `timestamp`. Errors: of any of them.
fn at(client: &mut Client, wanted: &[Partition], timestamp: i64) -> Result<BTreeMap<Partition, At>, Failure> {
    let topics: BTreeSet<String> = wanted.iter().map(|p| p.0.clone()).collect();
    let metadata = client.metadata(Some(&topics.into_iter().collect::<Vec<_>>()))?;
    let found = list_offsets(client, &metadata, wanted, (timestamp, 0));
    found.into_iter().map(|(p, at)| at.map(|at| (p, at))).collect::<Result<_, _>>().map_err(|e| wrapped(&e))
}

fn ends(client: &mut Client, wanted: &[Partition], timestamp: i64) -> Result<Offsets, Failure> {
    Ok(at(client, wanted, timestamp)?.into_iter().map(|(p, at)| (p, at.offset)).collect())
}

/// Moves what lies outside the log to its nearest end.
fn within(client: &mut Client, wanted: Offsets) -> Result<Offsets, Failure> {
    let partitions: Vec<Partition> = wanted.keys().cloned().collect();
    let (first, last) = (ends(client, &partitions, -2)?, ends(client, &partitions, -1)?);
    let bound = |p: &Partition, offset: i64| match (first.get(p), last.get(p)) {
        (_, Some(&last)) if offset > last => last,
        (Some(&first), _) if offset < first => first,
        _ => offset,
    };
    Ok(wanted.into_iter().map(|(p, offset)| (p.clone(), bound(&p, offset))).collect())
}

fn at_time(
    client: &mut Client,
    out: &mut Out,
    wanted: &[Partition],
    timestamp: i64,
) -> Result<Offsets, Failure> {
    let found = at(client, wanted, timestamp)?;
    let (mut plan, mut late) = (Offsets::new(), Vec::new());
    for (partition, at) in found {
        if at.offset >= 0 {
            plan.insert(partition, at.offset);
        } else {
            late.push(partition);
        }
    }
    for partition in hash_order(late.clone(), DEFAULT, |p| partition_hash(&p.0, p.1)) {
        out.line(format!(
            "\nWarn: Partition {} from topic {} is empty. Falling back to latest known offset.",
            partition.1, partition.0
        ));
    }
    plan.extend(ends(client, &late, -1)?);
    Ok(plan)
}

fn plan(
    client: &mut Client,
    o: &Options,
    out: &mut Out,
    (group, wanted): (&str, &[Partition]),
) -> Result<Offsets, Stop> {
    if let Some(offset) = o.number::<i64>("to-offset")? {
        return Ok(within(client, wanted.iter().map(|p| (p.clone(), offset)).collect())?);
    }
    if o.has("to-earliest") {
        return Ok(ends(client, wanted, -2)?);
    }
    if o.has("to-latest") {
        return Ok(ends(client, wanted, -1)?);
    }
    if let Some(by) = o.number::<i64>("shift-by")? {
        let now = committed(client, group, None).map_err(|e| wrapped(&e))?;
        let mut moved = Offsets::new();
        for p in wanted {
            let at = now.get(p).ok_or_else(|| {
                Stop::Usage(format!(
                    "Cannot shift offset for partition {}-{} since there is no current committed offset",
                    p.0, p.1
                ))
            })?;
            moved.insert(p.clone(), at.offset.saturating_add(by));
        }
        return Ok(within(client, moved)?);
    }
    if let Some(text) = o.one("to-datetime")? {
        let timestamp = time::datetime(text).map_err(|e| Failure {
            class: "java.lang.RuntimeException".to_owned(),
            message: format!("{e}\nCaused by: {e}"),
            ..e
        })?;
        return Ok(at_time(client, out, wanted, timestamp)?);
    }
    if let Some(text) = o.one("by-duration")? {
        let by = time::duration(text)?;
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |d| d.as_millis() as i64);
        return Ok(at_time(client, out, wanted, now - by)?);
    }
    if let Some(path) = o.one("from-file")? {
        let mut all = from_file(o, path)?;
        let Some(own) = all.remove(group) else {
            out.line(format!("\nError: No reset plan for group {group} found"));
            return Ok(Offsets::new());
        };
        return Ok(within(client, own)?);
    }
    if o.has("to-current") {
        let now = committed(client, group, None).map_err(|e| wrapped(&e))?;
        let (with, without): (Vec<_>, Vec<_>) = wanted.iter().cloned().partition(|p| now.contains_key(p));
        let mut plan = ends(client, &without, -1)?;
        plan.extend(with.into_iter().filter_map(|p| now.get(&p).map(|at| (p.clone(), at.offset))));
        return Ok(plan);
    }
    Err(Stop::Usage("Option '[reset-offsets]' requires one of the following scenarios: [[shift-by], [from-file], [to-datetime], [by-duration], [to-latest], [to-current], [to-earliest], [to-offset]]".to_owned()))
}

fn from_file(o: &Options, path: &str) -> Result<BTreeMap<String, Offsets>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        Failure::of_class(
            "java.lang.RuntimeException",
            format!("java.nio.file.NoSuchFileException: {path} ({e})"),
        )
    })?;
    let groups = o.all("group");
    let mut all: BTreeMap<String, Offsets> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let bad = || {
            Failure::of_class(
                "java.lang.RuntimeException",
                format!(
                    "{path}: '{line}' is neither TOPIC,PARTITION,OFFSET (of one --group) nor GROUP,TOPIC,PARTITION,OFFSET"
                ),
            )
        };
        let fields: Vec<&str> = line.split(',').map(|f| f.trim().trim_matches('"')).collect();
        let (group, topic, partition, offset) = match (fields.as_slice(), groups.as_slice()) {
            ([topic, partition, offset], [group]) => (*group, *topic, *partition, *offset),
            ([group, topic, partition, offset], _) => (*group, *topic, *partition, *offset),
            _ => return Err(bad()),
        };
        let partition = partition.parse().map_err(|_| bad())?;
        let offset = offset.parse().map_err(|_| bad())?;
        all.entry(group.to_owned()).or_default().insert((topic.to_owned(), partition), offset);
    }
    Ok(all)
}
