//! How long ringlog takes to serve again after SIGKILL under load.
//!
//! Owner: one run of the program. Writers produce without a pause, the broker is killed in the midst of it and
//! started at once, again and again, on data that only grows. A wrong answer ends the run.

use crate::frames;
use crate::peer::Peer;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const TOPIC: &str = "restart";
/// Record bytes of one produced batch.
const BATCH: usize = 128 << 10;
const WRITERS: u32 = 4;
/// Acknowledged between two kills at least, MiB.
const BETWEEN: u64 = 64;
/// How often the kill loop looks at what was acknowledged.
const LOOK: Duration = Duration::from_millis(1);

/// What the loop is asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The broker's binary
    #[arg(long)]
    pub ringlog: PathBuf,
    /// Where it keeps its data
    #[arg(long, default_value = "target/bench/restart")]
    pub dir: PathBuf,
    /// Its processors, as taskset takes them
    #[arg(long, default_value = "0,1")]
    pub server_cpus: String,
    /// First of the ports used
    #[arg(long, default_value_t = 27_000)]
    pub port: u16,
    /// Kills
    #[arg(long, default_value_t = 8)]
    pub kills: u32,
    /// MiB of records that are there before the first kill
    #[arg(long, default_value_t = 1024)]
    pub mib: u64,
    /// Partitions
    #[arg(long, default_value_t = 8)]
    pub partitions: u32,
}

/// What the writers share.
#[derive(Default)]
struct Load {
    /// Bytes of acknowledged batches.
    acked: AtomicU64,
    stop: AtomicBool,
}

/// One kill.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// Acknowledged before it, MiB.
    pub mib: u64,
    /// From the start of the next process until READY.
    pub ready: Duration,
    /// The same until the first acknowledgement.
    pub first: Duration,
}

/// Runs the loop and prints a line for every kill. Errors: the broker's, and a refused record.
pub fn run(options: &Options) -> io::Result<()> {
    let last = kills(options, |n, kill| {
        println!(
            "kill {n}: {} MiB acknowledged, READY {} ms after the start, first acknowledgement {} ms",
            kill.mib,
            kill.ready.as_millis(),
            kill.first.as_millis()
        );
    })?;
    println!("{last}");
    Ok(())
}

/// Runs the loop; `each` is told of every kill. Returns the last line that the broker printed. Errors: as `run`.
pub fn kills(options: &Options, mut each: impl FnMut(u32, Kill)) -> io::Result<String> {
    let peer = Peer::Ringlog(options.ringlog.clone());
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    match std::fs::remove_dir_all(&options.dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => std::fs::create_dir_all(&options.dir)?,
    }
    let mut running = peer.start(&options.dir, options.port, &options.server_cpus)?;
    frames::create_topic(addr, TOPIC, options.partitions)?;
    let version = frames::produce_version(addr)?;
    let load = Load::default();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (load, partitions) = (&load, options.partitions);
            scope.spawn(move || write(addr, (version, writer % partitions), load));
        }
        let kills = || {
            let mut due = options.mib << 20;
            for kill in 1..=options.kills {
                await_acked(&load, due)?;
                // Dropped, it is killed and waited for.
                drop(running);
                let (at, before) = (Instant::now(), load.acked.load(Ordering::Relaxed));
                running = peer.start(&options.dir, options.port, &options.server_cpus)?;
                let ready = at.elapsed();
                await_acked(&load, before + 1)?;
                let first = at.elapsed();
                each(kill, Kill { mib: before >> 20, ready, first });
                due = before + (BETWEEN << 20);
            }
            running.stop()
        };
        let stopped = kills();
        load.stop.store(true, Ordering::Relaxed);
        stopped
    })
}

/// Waits until `due` bytes are acknowledged. Errors: a writer gave up.
fn await_acked(load: &Load, due: u64) -> io::Result<()> {
    while load.acked.load(Ordering::Relaxed) < due {
        if load.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("a record was refused"));
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Produces to `partition` until the end, over a new connection whenever the old one is gone.
fn write(addr: SocketAddr, (version, partition): (i16, u32), load: &Load) {
    let records = frames::large_batch(BATCH);
    let frame = records.and_then(|r| frames::produce_request(version, (TOPIC, partition), &r));
    let Ok(frame) = frame else { return load.stop.store(true, Ordering::Relaxed) };
    while !load.stop.load(Ordering::Relaxed) {
        // The end of a connection is a kill; what was not answered was not acknowledged.
        let _ = TcpStream::connect(addr).and_then(|socket| write_on(socket, &frame, load));
        std::thread::sleep(LOOK);
    }
}

fn write_on(mut socket: TcpStream, frame: &[u8], load: &Load) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut memory = frames::Memory::default();
    while !load.stop.load(Ordering::Relaxed) {
        if let Some(why) = frames::produce(&mut socket, frame, &mut memory)? {
            eprintln!("ringlog-loadgen: {why}");
            load.stop.store(true, Ordering::Relaxed);
        }
        load.acked.fetch_add(BATCH as u64, Ordering::Relaxed);
    }
    Ok(())
}
