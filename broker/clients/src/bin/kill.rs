//! SIGKILL at random moments, under load and in recovery, with the number of cores changed; then the checker.
//!
//! `--kills N` (20), `--seed S` (random), `--clients C` (5). Ends with 1 and a line `error: ...` where it could not go
//! on, with 2 for another word, with 101 where the checker finds a rule broken. Owner: this process. Invariants: the
//! clients live through all kills and retry; every `CHECK_EVERY` kills what is new is checked, and everything at the end.

use ringlog_clients::broker::{Broker, Temp};
use ringlog_clients::chance::Chance;
use ringlog_clients::client::create_topic;
use ringlog_clients::load::Load;
use ringlog_clients::program::program;
use ringlog_clients::verify::verify;
use std::process::ExitCode;
use std::time::Duration;

const TOPIC: &str = "killed";
const PARTITIONS: i32 = 6;
const CHECK_EVERY: u64 = 20;

/// What happened.
#[derive(Default)]
struct Tally {
    kills: u64,
    in_recovery: u64,
    cores_changed: u64,
    to_ready: Vec<Duration>,
}

impl Tally {
    fn worst(&self) -> Duration {
        self.to_ready.iter().max().copied().unwrap_or_default()
    }

    fn median(&mut self) -> Duration {
        self.to_ready.sort_unstable();
        self.to_ready.get(self.to_ready.len() / 2).copied().unwrap_or_default()
    }
}

fn main() -> ExitCode {
    program("kill", [("kills", 20), ("seed", u64::from(std::process::id())), ("clients", 5)], run)
}

fn run([kills, seed, clients]: [u64; 3], temp: &Temp) -> Result<ExitCode, String> {
    let clients = clients as usize;
    let mut chance = Chance::new(seed);
    let small = ["--set", "commit_log.size=64MiB"];
    let mut broker = Broker::new(&temp.path().join("data"), &temp.log(), 5)?.with(&small);
    println!("kill: seed {seed}, {kills} kills, {clients} clients");
    let mut tally = Tally::default();
    let mut cores = 1;
    tally.to_ready.push(broker.start(cores)?.to_ready);
    let bootstrap = broker.bootstrap();
    // Small segments, so that kills meet rolls.
    create_topic(&bootstrap, TOPIC, PARTITIONS, &[("segment.bytes", "8388608")])?;
    let load = Load::start(&bootstrap, TOPIC, clients)?;
    let mut checked = vec![0; PARTITIONS as usize];
    let mut check_at = CHECK_EVERY;
    while tally.kills < kills {
        std::thread::sleep(Duration::from_millis(chance.below(700)));
        broker.kill()?;
        tally.kills += 1;
        cores = restart(&mut broker, &mut chance, &mut tally, cores)?;
        load.sound()?;
        if tally.kills >= check_at {
            check_at += CHECK_EVERY;
            load.settle(|sent| {
                checked = verify(&bootstrap, TOPIC, sent, &checked)?;
                Ok(())
            })?;
            let (n, worst) = (load.acknowledged(), tally.worst());
            println!(
                "kill {} of {kills}: {n} records acknowledged and checked, slowest start {worst:.2?}",
                tally.kills
            );
        }
    }
    load.finish(|sent| {
        broker.stop()?;
        broker.start(1)?;
        let ends = verify(&bootstrap, TOPIC, sent, &[0; PARTITIONS as usize])?;
        println!("{} records, all there, once, in order", ends.iter().sum::<i64>());
        Ok(())
    })?;
    broker.stop()?;
    let Tally { kills, in_recovery, cores_changed, .. } = tally;
    let (median, worst) = (tally.median(), tally.worst());
    println!(
        "ok   kill: {kills} kills ({in_recovery} in recovery), cores changed {cores_changed} times, seed {seed}; \
         start to READY: median {median:.2?}, slowest {worst:.2?}"
    );
    Ok(ExitCode::SUCCESS)
}

/// Starts the broker again, sometimes with another number of cores, sometimes killing it while it recovers.
/// Result: its number of cores.
fn restart(
    broker: &mut Broker,
    chance: &mut Chance,
    tally: &mut Tally,
    before: usize,
) -> Result<usize, String> {
    let mut cores = before;
    let mut change = |chance: &mut Chance, tally: &mut Tally| {
        if chance.percent(50) {
            cores = 3 - cores;
            tally.cores_changed += 1;
        }
        cores
    };
    let window = tally.to_ready.iter().sum::<Duration>().as_micros() as u64 / tally.to_ready.len() as u64;
    while chance.percent(30) {
        let out = broker.launch(change(chance, tally))?;
        std::thread::sleep(Duration::from_micros(chance.below(window)));
        broker.kill()?;
        drop(out);
        tally.kills += 1;
        tally.in_recovery += 1;
    }
    let cores = change(chance, tally);
    tally.to_ready.push(broker.start(cores)?.to_ready);
    Ok(cores)
}
