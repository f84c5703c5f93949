//! Apache Kafka from the directory of a distribution: one node, broker and controller, its storage formatted first.
//!
//! Owner: the benchmark. Invariant: what is started here is given to the caller, or ended here.

use crate::peer::{Running, pinned};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take until it accepts connections.
const ACCEPTS_WITHIN: Duration = Duration::from_secs(60);
/// With which a Java machine ends after SIGTERM.
const TERMINATED: i32 = 143;

/// Starts it on 127.0.0.1:`port` (its controller on the next port) with its data below `dir`.
/// Errors: no such distribution, or it ends before it accepts connections.
pub fn start(home: &Path, dir: &Path, (port, cpus): (u16, &str), more: &[String]) -> io::Result<Running> {
    let program = |name: &str| {
        let path = home.join("bin").join(name);
        let found = path.is_file().then_some(path);
        found.ok_or_else(|| {
            io::Error::other(format!(
                "found no bin/{name} in {}; need a distribution of Apache Kafka",
                home.display()
            ))
        })
    };
    let (storage, server) = (program("kafka-storage.sh")?, program("kafka-server-start.sh")?);
    let dir = dir.canonicalize()?;
    let settings = dir.join("server.properties");
    std::fs::write(&settings, properties(&dir, port, more))?;
    if !dir.join("data/meta.properties").exists() {
        let made = Command::new(&storage).arg("random-uuid").stderr(Stdio::null()).output()?;
        let id = String::from_utf8_lossy(&made.stdout).lines().last().unwrap_or_default().trim().to_owned();
        let mut format = Command::new(&storage);
        format.args(["format", "--standalone", "-t", &id, "-c"]).arg(&settings).stdout(Stdio::null());
        if !format.status()?.success() {
            return Err(io::Error::other(format!("{format:?} failed")));
        }
    }
    let log = std::fs::File::create(dir.join("server.log"))?;
    let mut command = pinned(cpus, &server);
    command.arg(&settings).stdout(log.try_clone()?).stderr(log);
    let mut child = command.spawn()?;
    let (began, addr) = (Instant::now(), SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    while TcpStream::connect(addr).is_err() {
        let ended = child.try_wait()?;
        if ended.is_some() || began.elapsed() > ACCEPTS_WITHIN {
            let _ = child.kill();
            let _ = child.wait();
            return Err(io::Error::other(format!(
                "Apache Kafka did not start; see {}",
                dir.join("server.log").display()
            )));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(Running::of(child, TERMINATED))
}

/// One node that answers clients on `port`.
fn properties(dir: &Path, port: u16, more: &[String]) -> String {
    let controller = port + 1;
    let fixed = [
        "process.roles=broker,controller".to_owned(),
        "node.id=1".to_owned(),
        format!("controller.quorum.bootstrap.servers=127.0.0.1:{controller}"),
        format!("listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}"),
        format!("advertised.listeners=PLAINTEXT://127.0.0.1:{port}"),
        "controller.listener.names=CONTROLLER".to_owned(),
        "inter.broker.listener.name=PLAINTEXT".to_owned(),
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned(),
        format!("log.dirs={}", dir.join("data").display()),
        "offsets.topic.replication.factor=1".to_owned(),
        "transaction.state.log.replication.factor=1".to_owned(),
        "transaction.state.log.min.isr=1".to_owned(),
        "group.initial.rebalance.delay.ms=0".to_owned(),
    ];
    fixed.iter().chain(more).fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_no_distribution_is_named() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let why = start(here, here, (1, "0"), &[]).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(why.contains("bin/kafka-storage.sh") && why.contains("distribution"), "{why}");
        let settings = properties(Path::new("/d"), 9092, &["log.flush.interval.messages=1".into()]);
        assert!(
            settings.contains("listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093\n"),
            "{settings}"
        );
        assert!(
            settings.ends_with("log.flush.interval.messages=1\n") && settings.contains("log.dirs=/d/data\n")
        );
    }
}
