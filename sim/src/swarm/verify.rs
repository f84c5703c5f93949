//! Reads every partition from its start to its end, and holds the whole log against everything known.
//!
//! Owner: the run, after each recovery that it looks into and at the end. Invariant: nobody produces meanwhile.

use super::world::World;
use crate::check::history::Fetched;
use crate::check::{Tp, lookup, whole};
use crate::client::{Client, Gone};
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use ringlog_wire::generated::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use ringlog_wire::generated::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use ringlog_wire::generated::{
    FetchRequest, FetchResponse, ListOffsetsRequest, ListOffsetsResponse, MetadataRequest, MetadataResponse,
    OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse,
};
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Verifies all partitions of the broker that is up. Tries again when a connection is lost.
pub async fn all(world: &Rc<World>) {
    let parts: Vec<(String, Tp)> = {
        let topics = world.topics.borrow();
        let of = |t: &super::world::Topic| {
            let (name, id) = (t.name.clone(), t.id);
            (0..t.partitions).map(move |p| (name.clone(), (id, p))).collect::<Vec<_>>()
        };
        topics.iter().flat_map(of).collect()
    };
    for (name, tp) in parts {
        let mut tries = 0;
        loop {
            let Some((mut client, life)) = world.connect().await else { return };
            let done = one(world, &mut client, life, (&name, tp)).await;
            client.conn().cut();
            if done.is_ok() {
                break;
            }
            tries += 1;
            if tries > 20 {
                world.fail(&format!("{name}-{}: every connection is lost", tp.1));
            }
            world.sim.sleep_ms(50).await;
        }
    }
}

/// The ids of all topics that there are.
pub async fn topics(world: &Rc<World>) -> BTreeSet<TopicId> {
    loop {
        let Some((mut client, life)) = world.connect().await else { return BTreeSet::new() };
        let known = known(world, &mut client, life).await;
        client.conn().cut();
        if let Ok(known) = known {
            return known;
        }
        world.sim.sleep_ms(50).await;
    }
}

async fn known(world: &Rc<World>, client: &mut Client, life: u64) -> Result<BTreeSet<TopicId>, Gone> {
    let sent = world.now();
    client.send(12, &MetadataRequest { topics: None, ..MetadataRequest::default() }).await?;
    let frame = world.answer(client, life, (sent, 0), "Metadata of all topics").await?;
    let (_, response): (i32, MetadataResponse) = client.decode(&frame, 12);
    Ok(response.topics.iter().map(|t| t.topic_id).collect())
}

async fn one(world: &Rc<World>, client: &mut Client, life: u64, (name, tp): (&str, Tp)) -> Result<(), Gone> {
    let mut next = 0;
    let mut bytes: Vec<u8> = Vec::new();
    let end = loop {
        let floor = world.history.borrow_mut().facts(tp).floor;
        let request = fetch(name, tp, next);
        let sent = world.now();
        client.send(11, &request).await?;
        let frame = world.answer(client, life, (sent, 0), "Fetch of a whole log").await?;
        let (_, response): (i32, FetchResponse) = client.decode(&frame, 11);
        let data = response.responses.first().and_then(|t| t.partitions.first());
        let Some(data) = data else { world.fail("a fetch of one partition has no answer") };
        if data.error_code != 0 {
            world.fail(&format!("{name}-{} cannot be read at {next}: error {}", tp.1, data.error_code));
        }
        let records = data.records.as_deref().unwrap_or_default();
        let fetched = Fetched {
            from: next,
            floor,
            high_watermark: data.high_watermark,
            log_start: data.log_start_offset,
            records,
            now: world.now(),
        };
        let verdict = world.history.borrow_mut().fetched(tp, &fetched);
        let after = match verdict {
            Ok(after) => after,
            Err(why) => world.fail(&format!("{name}-{}: {why}", tp.1)),
        };
        bytes.extend_from_slice(records);
        if after == next {
            if data.high_watermark != next {
                world.fail(&format!("{name}-{}: nothing at {next} below {}", tp.1, data.high_watermark));
            }
            break next;
        }
        next = after;
    };
    let verdict = whole::check(&mut world.history.borrow_mut(), tp, end);
    world.judge(Some(tp), verdict);
    lookups(world, client, life, (name, tp), &bytes).await
}

fn fetch(name: &str, tp: Tp, from: i64) -> FetchRequest {
    let one = FetchPartition {
        partition: tp.1,
        fetch_offset: from,
        partition_max_bytes: 1 << 20,
        ..FetchPartition::default()
    };
    let topic = FetchTopic { topic: name.to_owned(), partitions: vec![one], ..FetchTopic::default() };
    FetchRequest { min_bytes: 1, max_bytes: 1 << 24, topics: vec![topic], ..FetchRequest::default() }
}

/// Holds ListOffsets and OffsetForLeaderEpoch against the bytes of the whole log.
async fn lookups(
    world: &Rc<World>,
    client: &mut Client,
    life: u64,
    (name, tp): (&str, Tp),
    log: &[u8],
) -> Result<(), Gone> {
    let facts = match lookup::Facts::read(log) {
        Ok(facts) => facts,
        Err(why) => world.fail(&format!("{name}-{}: {why}", tp.1)),
    };
    for timestamp in facts.questions(world.sim.rng()) {
        let one = ListOffsetsPartition { partition_index: tp.1, current_leader_epoch: -1, timestamp };
        let topic = ListOffsetsTopic { name: name.to_owned(), partitions: vec![one] };
        let request = ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
        let sent = world.now();
        client.send(7, &request).await?;
        let frame = world.answer(client, life, (sent, 0), "ListOffsets").await?;
        let (_, response): (i32, ListOffsetsResponse) = client.decode(&frame, 7);
        let answer = response.topics.first().and_then(|t| t.partitions.first());
        let Some(p) = answer else { world.fail("ListOffsets has no answer") };
        if p.error_code != 0 {
            world.fail(&format!("{name}-{}: ListOffsets of {timestamp}: error {}", tp.1, p.error_code));
        }
        world.judge(Some(tp), facts.offset_answer(timestamp, (p.offset, p.timestamp, p.leader_epoch)));
    }
    for epoch in facts.epochs() {
        let one = OffsetForLeaderPartition { partition: tp.1, current_leader_epoch: -1, leader_epoch: epoch };
        let topic = OffsetForLeaderTopic { topic: name.to_owned(), partitions: vec![one] };
        let request = OffsetForLeaderEpochRequest { replica_id: -1, topics: vec![topic] };
        let sent = world.now();
        client.send(4, &request).await?;
        let frame = world.answer(client, life, (sent, 0), "OffsetForLeaderEpoch").await?;
        let (_, response): (i32, OffsetForLeaderEpochResponse) = client.decode(&frame, 4);
        let answer = response.topics.first().and_then(|t| t.partitions.first());
        let Some(p) = answer else { world.fail("OffsetForLeaderEpoch has no answer") };
        world.judge(Some(tp), facts.epoch_answer(epoch, (p.error_code, p.leader_epoch, p.end_offset)));
    }
    Ok(())
}
