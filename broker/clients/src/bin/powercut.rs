//! Power cuts at random moments, under load and in recovery, on a real ext4 over a device that forgets what was not
//! flushed; then the checker.
//!
//! `--cuts N` (10), `--seed S` (random), `--clients C` (4). Needs root, /dev/fuse and a loop device; says so where
//! they are missing and ends with 69; with 1 and a line `error: ...` where it could not go on, with 2 for another word,
//! with 101 where the checker finds a rule broken. Owner: this process. Invariants: the clients live through all cuts
//! and retry; every `CHECK_EVERY` cuts what is new is checked, and everything at the end.

use ringlog_clients::broker::{Broker, Temp};
use ringlog_clients::chance::Chance;
use ringlog_clients::client::create_topic;
use ringlog_clients::device::{Cut, Device};
use ringlog_clients::load::Load;
use ringlog_clients::program::program;
use ringlog_clients::verify::verify;
use std::process::ExitCode;
use std::time::Duration;

const TOPIC: &str = "cut";
const PARTITIONS: i32 = 6;
const CHECK_EVERY: u64 = 10;
/// A start slower than this is told.
const SLOW: Duration = Duration::from_secs(2);
const DEVICE_LEN: u64 = 6 << 30;

/// What happened.
#[derive(Default)]
struct Tally {
    cuts: u64,
    in_recovery: u64,
    cores_changed: u64,
    total: Cut,
    worst: Duration,
}

fn main() -> ExitCode {
    program("powercut", [("cuts", 10), ("seed", u64::from(std::process::id())), ("clients", 4)], run)
}

fn run([cuts, seed, clients]: [u64; 3], temp: &Temp) -> Result<ExitCode, String> {
    let clients = clients as usize;
    let mut chance = Chance::new(seed);
    let mut device = match Device::new(temp.path(), DEVICE_LEN) {
        Ok(device) => device,
        Err(missing) => {
            println!("MISSING: {missing} -> no power can be cut here");
            return Ok(ExitCode::from(69));
        }
    };
    println!("powercut: seed {seed}, {cuts} cuts, {clients} clients");
    let data = device.mounted().join("data");
    let mut broker = Broker::new(&data, &temp.log(), 7)?.with(&["--set", "commit_log.size=64MiB"]);
    let mut tally = Tally::default();
    let mut cores = 1;
    broker.start(cores)?;
    let bootstrap = broker.bootstrap();
    create_topic(&bootstrap, TOPIC, PARTITIONS, &[("segment.bytes", "4194304")])?;
    let load = Load::start(&bootstrap, TOPIC, clients)?;
    let mut checked = vec![0; PARTITIONS as usize];
    let mut check_at = CHECK_EVERY;
    while tally.cuts < cuts {
        std::thread::sleep(Duration::from_millis(chance.below(1200)));
        device.arm(chance.below(60), &mut chance);
        cut(&mut device, &mut broker, Duration::from_secs(1), &mut tally)?;
        cores = restart(&mut device, &mut broker, &mut chance, &mut tally, cores)?;
        load.sound()?;
        if tally.cuts >= check_at {
            check_at = tally.cuts + CHECK_EVERY;
            load.settle(|sent| {
                checked = verify(&bootstrap, TOPIC, sent, &checked)?;
                Ok(())
            })?;
            let (n, worst) = (load.acknowledged(), tally.worst);
            println!(
                "cut {} of {cuts}: {n} records acknowledged and checked, slowest start {worst:.2?}",
                tally.cuts
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
    let Tally { cuts, in_recovery, cores_changed, total, worst } = tally;
    println!(
        "ok   powercut: {cuts} cuts ({in_recovery} in recovery), cores changed {cores_changed} times, seed {seed}; \
         {} flushes, {} sectors lost of {} that were not flushed; slowest start to READY {worst:.2?}",
        device.work().0,
        total.cached - total.survived,
        total.cached,
    );
    Ok(ExitCode::SUCCESS)
}

/// Waits for the armed cut, up to `patience`, then for the end of the broker, and powers the device again.
fn cut(
    device: &mut Device,
    broker: &mut Broker,
    patience: Duration,
    tally: &mut Tally,
) -> Result<(), String> {
    // What is acknowledged after the cut was flushed before it, or the broker lies.
    let cut = device.wait_for_cut(patience)?;
    // Without its device it may have ended by itself.
    broker.end()?;
    device.power().map_err(|e| format!("the device has no power again: {e}"))?;
    tally.cuts += 1;
    tally.total.cached += cut.cached;
    tally.total.survived += cut.survived;
    Ok(())
}

/// Starts the broker again, sometimes with another number of cores, sometimes cutting the power while it recovers.
/// Result: its number of cores.
fn restart(
    device: &mut Device,
    broker: &mut Broker,
    chance: &mut Chance,
    tally: &mut Tally,
    mut cores: usize,
) -> Result<usize, String> {
    loop {
        if chance.percent(50) {
            cores = 3 - cores;
            tally.cores_changed += 1;
        }
        if chance.percent(70) {
            let before = device.work();
            let took = broker.start(cores)?.to_ready;
            if took > SLOW {
                let (flushes, sectors) = device.work();
                let (flushes, mib) = (flushes - before.0, (sectors - before.1) / 2048);
                println!(
                    "cut {}: the start took {took:.2?}, {flushes} flushes, {mib} MiB written",
                    tally.cuts
                );
            }
            tally.worst = tally.worst.max(took);
            return Ok(cores);
        }
        device.arm(chance.below(100), chance);
        let out = broker.launch(cores)?;
        cut(device, broker, Duration::from_millis(600), tally)?;
        drop(out);
        tally.in_recovery += 1;
    }
}
