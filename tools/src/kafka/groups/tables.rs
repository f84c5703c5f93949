//! The tables of `--describe`: offsets, members, states.
//!
//! Owner: one command. Invariant: widths are Kafka's: 15 at least, more where a value needs it.

use super::look::Group;
use crate::client::commits::{Committed, committed};
use crate::client::offsets::{Partition, list_offsets};
use crate::client::{Client, Failure};
use crate::java::left;
use crate::out::Out;
use std::collections::{BTreeMap, BTreeSet};

const MISSING: &str = "-";

/// Says what state a group is in that has no rows to show, or soon others. Returns whether there is a table.
fn announce(out: &mut Out, group: &Group, rows: bool) -> Result<bool, Failure> {
    let id = &group.id;
    match group.state.as_str() {
        "Dead" => out.line(format!("\nError: Consumer group '{id}' does not exist.")),
        "Empty" => out.complain(format!("\nConsumer group '{id}' has no active members.")),
        "PreparingRebalance" | "CompletingRebalance" | "Assigning" | "Reconciling" => {
            out.complain(format!("\nWarning: Consumer group '{id}' is rebalancing."));
        }
        "Stable" => {}
        other => {
            return Err(Failure::client(format!(
                "Expected a valid consumer group state, but found '{other}'."
            )));
        }
    }
    Ok(group.state != "Dead" && rows)
}

fn width<'a>(least: usize, values: impl Iterator<Item = &'a str>) -> usize {
    values.map(|v| v.chars().count()).max().unwrap_or(0).max(least)
}

struct Row {
    partition: Option<Partition>,
    epoch: Option<i32>,
    offset: Option<i64>,
    end: Option<i64>,
    consumer: String,
    host: String,
    client: String,
}

fn rows_of(
    partitions: &BTreeSet<Partition>,
    offsets: &BTreeMap<Partition, Committed>,
    ends: &BTreeMap<Partition, i64>,
    (consumer, host, client): (&str, &str, &str),
) -> Vec<Row> {
    let row = |partition: Option<&Partition>| {
        let at = partition.and_then(|p| offsets.get(p));
        Row {
            partition: partition.cloned(),
            epoch: at.map(|c| c.epoch).filter(|e| *e >= 0),
            offset: at.map(|c| c.offset),
            end: partition.and_then(|p| ends.get(p)).copied(),
            consumer: consumer.to_owned(),
            host: host.to_owned(),
            client: client.to_owned(),
        }
    };
    if partitions.is_empty() { vec![row(None)] } else { partitions.iter().map(|p| row(Some(p))).collect() }
}

/// Committed offsets, and ends.
type Positions = (BTreeMap<Partition, Committed>, BTreeMap<Partition, i64>);

/// What a group committed, and where those partitions and the ones of its members end.
///
/// A partition without a leader, or whose topic is gone, has no end.
pub fn positions(client: &mut Client, group: &Group) -> Result<Positions, Failure> {
    let known = committed(client, &group.id, None)?;
    let mut wanted: BTreeSet<Partition> = known.keys().cloned().collect();
    wanted.extend(group.members.iter().flat_map(|m| m.has.iter().cloned()));
    let topics: BTreeSet<String> = wanted.iter().map(|p| p.0.clone()).collect();
    let metadata = client.metadata(Some(&topics.into_iter().collect::<Vec<_>>()))?;
    let wanted: Vec<Partition> = wanted.into_iter().collect();
    let found = list_offsets(client, &metadata, &wanted, (-1, 0)).into_iter();
    Ok((known, found.filter_map(|(p, at)| Some((p, at.ok()?.offset))).collect()))
}

/// The offsets of a group, its members' partitions first.
pub fn offsets(client: &mut Client, out: &mut Out, group: &Group, verbose: bool) -> Result<(), Failure> {
    let (known, ends) = positions(client, group)?;
    let mut members: Vec<_> = group.members.iter().filter(|m| !m.has.is_empty()).collect();
    members.sort_by_key(|m| std::cmp::Reverse(m.has.len()));
    let mut rows = Vec::new();
    let mut taken = BTreeSet::new();
    for member in members {
        taken.extend(member.has.iter().cloned());
        rows.extend(rows_of(&member.has, &known, &ends, (&member.id, &member.host, &member.client)));
    }
    let free: BTreeSet<Partition> = known.keys().filter(|p| !taken.contains(*p)).cloned().collect();
    if !free.is_empty() {
        rows.extend(rows_of(&free, &known, &ends, (MISSING, MISSING, MISSING)));
    }
    if announce(out, group, !rows.is_empty())? {
        print_offsets(out, &group.id, &rows, verbose);
    }
    Ok(())
}

fn print_offsets(out: &mut Out, group: &str, rows: &[Row], verbose: bool) {
    let g = width(15, std::iter::once(group));
    let topic = |r: &Row| r.partition.as_ref().map_or_else(|| MISSING.to_owned(), |p| p.0.clone());
    let topics: Vec<String> = rows.iter().map(topic).collect();
    let t = width(15, topics.iter().map(String::as_str));
    let c = width(15, rows.iter().map(|r| r.consumer.as_str()));
    let h = width(15, rows.iter().map(|r| r.host.as_str()));
    let line = |cells: [&str; 10]| {
        let [group, topic, partition, epoch, offset, end, lag, consumer, host, client] = cells;
        let epoch = if verbose { format!("{} ", left(epoch, 15)) } else { String::new() };
        format!(
            "{} {} {} {epoch}{} {} {} {} {} {client}",
            left(group, g),
            left(topic, t),
            left(partition, 10),
            left(offset, 15),
            left(end, 15),
            left(lag, 15),
            left(consumer, c),
            left(host, h)
        )
    };
    let head = [
        "GROUP",
        "TOPIC",
        "PARTITION",
        "LEADER-EPOCH",
        "CURRENT-OFFSET",
        "LOG-END-OFFSET",
        "LAG",
        "CONSUMER-ID",
        "HOST",
        "CLIENT-ID",
    ];
    out.line(format!("\n{}", line(head)));
    let number = |n: Option<i64>| n.map_or_else(|| MISSING.to_owned(), |n| n.to_string());
    for (row, topic) in rows.iter().zip(&topics) {
        let lag = row.offset.filter(|o| *o != -1).and_then(|o| Some(row.end? - o));
        out.line(line([
            group,
            topic,
            &number(row.partition.as_ref().map(|p| i64::from(p.1))),
            &number(row.epoch.map(i64::from)),
            &number(row.offset),
            &number(row.end),
            &number(lag),
            &row.consumer,
            &row.host,
            &row.client,
        ]));
    }
}

fn assignment(partitions: &BTreeSet<Partition>) -> String {
    let mut topics: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (topic, partition) in partitions {
        topics.entry(topic).or_default().push(partition.to_string());
    }
    let each = topics.iter().map(|(topic, partitions)| format!("{topic}:{}", partitions.join(",")));
    let text = each.collect::<Vec<_>>().join(";");
    if text.is_empty() { MISSING.to_owned() } else { text }
}

/// The members of a group.
pub fn members(out: &mut Out, group: &Group, verbose: bool) -> Result<(), Failure> {
    let shown = announce(out, group, !group.members.is_empty())?;
    let members: &[_] = if group.state == "Dead" { &[] } else { &group.members };
    let wide = |least: usize, values: Vec<&str>| if shown { width(least, values.into_iter()) } else { least };
    let g = wide(15, vec![&group.id]);
    let c = wide(15, members.iter().map(|m| m.id.as_str()).collect());
    let i = wide(17, members.iter().filter_map(|m| m.instance.as_deref()).collect());
    let h = wide(15, members.iter().map(|m| m.host.as_str()).collect());
    let k = wide(15, members.iter().map(|m| m.client.as_str()).collect());
    let with_instance = members.iter().any(|m| m.instance.as_deref().is_some_and(|i| !i.is_empty()));
    let upgrades = members.iter().any(|m| m.kind == 0);
    let has: Vec<String> = members.iter().map(|m| assignment(&m.has)).collect();
    let target: Vec<String> =
        members.iter().map(|m| m.target.as_ref().map_or_else(|| MISSING.to_owned(), assignment)).collect();
    let a = wide(20, has.iter().map(String::as_str).collect());
    let t = wide(20, target.iter().map(String::as_str).collect());
    let line = |cells: [&str; 6]| {
        let [group, consumer, instance, host, client, count] = cells;
        let instance = if with_instance { format!("{} ", left(instance, i)) } else { String::new() };
        format!(
            "{} {} {instance}{} {} {} ",
            left(group, g),
            left(consumer, c),
            left(host, h),
            left(client, k),
            left(count, 15)
        )
    };
    let more = |epoch: &str, has: &str, target_epoch: &str, target: &str, upgraded: &str| {
        let plain =
            format!("{} {} {} {}", left(epoch, 15), left(has, a), left(target_epoch, 15), left(target, t));
        if upgrades { format!("{plain} {upgraded}") } else { plain }
    };
    let mut head = line(["GROUP", "CONSUMER-ID", "GROUP-INSTANCE-ID", "HOST", "CLIENT-ID", "#PARTITIONS"]);
    if verbose {
        head += &more("CURRENT-EPOCH", "CURRENT-ASSIGNMENT", "TARGET-EPOCH", "TARGET-ASSIGNMENT", "UPGRADED");
    }
    out.line(format!("\n{head}"));
    let number = |n: Option<i32>| n.map_or_else(|| MISSING.to_owned(), |n| n.to_string());
    for ((member, has), target) in members.iter().zip(&has).zip(&target) {
        let count = member.has.len().to_string();
        let instance = member.instance.as_deref().unwrap_or_default();
        let mut text = line([&group.id, &member.id, instance, &member.host, &member.client, &count]);
        if verbose {
            let target_epoch = member.epoch.and(group.target_epoch);
            let upgraded = if member.kind == 0 { "false" } else { "true" };
            text += &more(&number(member.epoch), has, &number(target_epoch), target, upgraded);
        }
        out.line(text);
    }
    Ok(())
}

/// The state of a group.
pub fn state(client: &mut Client, out: &mut Out, group: &Group, verbose: bool) -> Result<(), Failure> {
    if !announce(out, group, true)? {
        return Ok(());
    }
    let at = client.brokers().get(&group.coordinator);
    let coordinator = at.map_or_else(String::new, |b| format!("{}:{}  ({})", b.host, b.port, b.node_id));
    let g = width(15, std::iter::once(group.id.as_str()));
    let c = width(25, std::iter::once(coordinator.as_str()));
    let line = |cells: [&str; 7]| {
        let [group, coordinator, strategy, state, epoch, target, members] = cells;
        let epochs =
            if verbose { format!("{} {} ", left(epoch, 15), left(target, 25)) } else { String::new() };
        format!(
            "{} {} {} {} {epochs}{members}",
            left(group, g),
            left(coordinator, c),
            left(strategy, 20),
            left(state, 20)
        )
    };
    let head = line([
        "GROUP",
        "COORDINATOR (ID)",
        "ASSIGNMENT-STRATEGY",
        "STATE",
        "GROUP-EPOCH",
        "TARGET-ASSIGNMENT-EPOCH",
        "#MEMBERS",
    ]);
    let number = |n: Option<i32>| n.map_or_else(|| MISSING.to_owned(), |n| n.to_string());
    let assignor = if group.assignor.is_empty() { MISSING } else { &group.assignor };
    out.line(format!("\n{head}"));
    out.line(line([
        &group.id,
        &coordinator,
        assignor,
        &group.state,
        &number(group.epoch),
        &number(group.target_epoch),
        &group.members.len().to_string(),
    ]));
    Ok(())
}
