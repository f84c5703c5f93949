//! A client that changes configs of topics while they are written, and asks what they are.
//!
//! What a log was made with is not what it goes on with: entries of an index lie closer or wider, segments roll at
//! another time, and a start finds files that other rules made. What was acknowledged is what is shown from then on,
//! over every crash.
//!
//! Owner: one task of the world. Invariant: nobody else changes these configs.

use super::plan::pick;
use super::world::{Phase, World};
use crate::client::{Client, Gone};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_configs_request::DescribeConfigsResource;
use ringlog_wire::generated::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use ringlog_wire::generated::{
    DescribeConfigsRequest, DescribeConfigsResponse, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Longest pause between two requests, ms.
const THINK_MS: u64 = 700;
/// How long data cores may take to hear of a change when nothing is wrong, ns.
const HEARD_MAX: u64 = 2_000_000_000;
/// Kafka's number for topics, and for setting a config.
const TOPIC: i8 = 2;
const SET: i8 = 0;

/// What is changed, and to what.
const CONFIGS: [(&str, &[&str]); 3] = [
    ("index.interval.bytes", &["0", "200", "4096", "100000"]),
    ("segment.index.bytes", &["16", "48", "800", "1000000"]),
    ("segment.ms", &["50", "300", "2000", "600000"]),
];

/// What is known of one config of one topic.
#[derive(Clone, Default, Debug)]
struct Value {
    /// The last that was acknowledged.
    known: Option<String>,
    /// Those without an answer, each with the life that it was sent to: they may take effect until it is over.
    doubted: Vec<(String, u64)>,
    /// When the last change was known, ns.
    at: u64,
}

struct Alter {
    world: Rc<World>,
    values: BTreeMap<(String, &'static str), Value>,
}

/// Runs until the safety phase ends.
pub async fn run(world: Rc<World>) {
    let mut alter = Alter { world: Rc::clone(&world), values: BTreeMap::new() };
    while world.phase.get() == Phase::Safety {
        let Some((mut client, life)) = world.connect().await else { return };
        let _ = alter.work(&mut client, life).await;
        client.conn().cut();
        world.sim.sleep_ms(20 + world.sim.rng().below(100)).await;
    }
}

impl Alter {
    async fn work(&mut self, client: &mut Client, life: u64) -> Result<(), Gone> {
        while self.world.phase.get() == Phase::Safety {
            if self.world.lives.get() != life || self.world.up.borrow().is_none() {
                return Err(Gone);
            }
            let rng = self.world.sim.rng().clone();
            self.world.sim.sleep_ms(rng.below(THINK_MS)).await;
            let topics: Vec<String> = self.world.plan.topics.iter().map(|t| t.name.clone()).collect();
            let n = usize::try_from(rng.below(topics.len() as u64)).unwrap_or(0);
            let Some(topic) = topics.get(n).cloned() else { return Err(Gone) };
            let (name, values) = pick(&rng, &CONFIGS);
            if rng.one_in(3) {
                self.look(client, life, (topic, name)).await?;
            } else {
                self.change(client, life, (topic, name), pick(&rng, values)).await?;
            }
        }
        Ok(())
    }

    async fn change(
        &mut self,
        client: &mut Client,
        life: u64,
        of: (String, &'static str),
        to: &str,
    ) -> Result<(), Gone> {
        let config =
            AlterableConfig { name: of.1.to_owned(), config_operation: SET, value: Some(to.to_owned()) };
        let resource =
            AlterConfigsResource { resource_type: TOPIC, resource_name: of.0.clone(), configs: vec![config] };
        let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
        self.values.entry(of.clone()).or_default().doubted.push((to.to_owned(), life));
        let sent = self.world.now();
        client.send(1, &request).await?;
        let frame =
            self.world.answer(client, life, (sent, 10_000_000_000), "IncrementalAlterConfigs").await?;
        let (_, response): (i32, IncrementalAlterConfigsResponse) = client.decode(&frame, 1);
        let code = response.responses.first().map_or(ErrorCode::UnknownServerError.code(), |r| r.error_code);
        if code != 0 {
            self.world.unprovoked(code, &format!("a change of {of:?} to {to}"));
            return Ok(());
        }
        let value = self.values.entry(of).or_default();
        value.known = Some(to.to_owned());
        value.at = self.world.now();
        // Its own, and those of lives that are over.
        value.doubted.pop();
        value.doubted.retain(|(_, of_life)| *of_life == life);
        Ok(())
    }

    async fn look(&self, client: &mut Client, life: u64, of: (String, &'static str)) -> Result<(), Gone> {
        let resource = DescribeConfigsResource {
            resource_type: TOPIC,
            resource_name: of.0.clone(),
            configuration_keys: Some(vec![of.1.to_owned()]),
        };
        let request =
            DescribeConfigsRequest { resources: vec![resource], ..DescribeConfigsRequest::default() };
        let sent = self.world.now();
        client.send(4, &request).await?;
        let frame = self.world.answer(client, life, (sent, 0), "DescribeConfigs").await?;
        let (_, response): (i32, DescribeConfigsResponse) = client.decode(&frame, 4);
        let Some(answer) = response.results.first() else { self.world.fail("DescribeConfigs has no answer") };
        if answer.error_code != 0 {
            self.world.unprovoked(answer.error_code, &format!("a question for {of:?}"));
            return Ok(());
        }
        let shown = answer.configs.first().and_then(|c| c.value.clone());
        let Some(value) = self.values.get(&of) else { return Ok(()) };
        let known = value.known.is_none() || value.known == shown;
        let doubted = value.doubted.iter().any(|(v, _)| Some(v) == shown.as_ref());
        let heard = self.world.now() > value.at + HEARD_MAX && !self.world.provoked();
        if !known && !doubted && heard {
            self.world.fail(&format!("{of:?} is shown as {shown:?}, known is {value:?}"));
        }
        Ok(())
    }
}
