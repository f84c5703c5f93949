//! A client that asks for much and reads nothing for a while.
//!
//! Its answers stay with the broker, more than that keeps ready for one connection, so that its requests are not read
//! any more. When it reads again, all of them must be answered, in their order.
//!
//! Owner: one task of the world, and one for each burst of requests. Invariant: what the answers hold is judged by the
//! other consumers.

use super::world::{Phase, World};
use crate::client::{Client, Gone};
use crate::exec::WORLD;
use ringlog_wire::generated::FetchRequest;
use ringlog_wire::generated::fetch_request::{FetchPartition, FetchTopic};
use std::rc::Rc;

/// Requests of a burst, at most.
const BURST_MAX: u64 = 12;
/// Longest time for which nothing is read, ms, and longest pause between two bursts.
const SILENT_MS: u64 = 1500;
const REST_MS: u64 = 4000;
/// Bytes of an answer, at most.
const BYTES_MAX: i32 = 512 << 10;
/// Of its requests: the last with names of topics.
const VERSION: i16 = 12;

/// Runs until the safety phase ends.
pub async fn run(world: Rc<World>) {
    while world.phase.get() == Phase::Safety {
        world.sim.sleep_ms(world.sim.rng().below(REST_MS)).await;
        let Some((mut client, life)) = world.connect().await else { return };
        let _ = burst(&world, &mut client, life).await;
        client.conn().cut();
    }
}

/// Sends requests, waits, and reads the answers.
async fn burst(world: &Rc<World>, client: &mut Client, life: u64) -> Result<(), Gone> {
    let rng = world.sim.rng().clone();
    let count = 1 + rng.below(BURST_MAX);
    let (sender, request) = (Rc::clone(world), request(world));
    let mut writer = Client::new(client.conn().clone(), world.seed());
    world.sim.exec().spawn(WORLD, async move {
        for _ in 0..count {
            // A pipe that is full takes the next one when answers were read.
            if sender.send(&mut writer, VERSION, &request).await.is_err() {
                return;
            }
        }
    });
    world.sim.sleep_ms(rng.below(SILENT_MS)).await;
    for expected in 1..=count {
        let frame = world.answer(client, life, (world.now(), 0), "Fetch of a hoard").await?;
        let id = frame.first_chunk::<4>().map_or(-1, |id| i32::from_be_bytes(*id));
        if u64::try_from(id) != Ok(expected) {
            world.fail(&format!("answer {expected} of a connection is that of request {id}"));
        }
    }
    Ok(())
}

/// Everything from the start of all logs.
fn request(world: &World) -> FetchRequest {
    let partition = |index| FetchPartition {
        partition: index,
        partition_max_bytes: BYTES_MAX,
        ..FetchPartition::default()
    };
    let topics = world.topics.borrow();
    let topic = |t: &super::world::Topic| FetchTopic {
        topic: t.name.clone(),
        partitions: (0..t.partitions).map(partition).collect(),
        ..FetchTopic::default()
    };
    let topics = topics.iter().map(topic).collect();
    FetchRequest { max_bytes: BYTES_MAX, session_epoch: -1, topics, ..FetchRequest::default() }
}
