//! The contract that scripts rely on: start lines, READY, STOPPED, exit statuses, numbered errors.

use crate::broker::{Broker, PATIENCE, Temp, free_port, ringlog};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Output, Stdio};

fn run(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = ringlog(args).output().expect("runs");
    let text = |b: Vec<u8>| String::from_utf8(b).expect("text");
    (status.code().expect("not killed"), text(stdout), text(stderr))
}

fn dev<'a>(data: &'a str, kafka: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args =
        vec!["dev", "--data", data, "--kafka", kafka, "--admin", "127.0.0.1:0", "--memory", "256MiB"];
    args.extend(more);
    args
}

#[test]
fn ready_is_the_last_line_of_a_short_start_and_stop_is_clean() {
    let temp = Temp::new("ready");
    let broker = Broker::dev(&temp.data(), &[]);
    let lines = &broker.started;
    assert!(lines.len() <= 9, "{lines:?}");
    let ready = lines.last().expect("a line");
    assert!(ready.contains("  cluster ") && ready.ends_with("  node 1"), "{ready}");
    let told = format!("{}   clients will be told: {}", broker.kafka, broker.kafka);
    assert!(lines.iter().any(|l| l.contains(&told)), "{lines:?}");
    assert!(broker.ask_admin("/v1/status/ready").starts_with("HTTP/1.1 200 "));
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean, 0 records lost, "), "{last}");
    assert!(last.contains("turns above 1 ms: "), "{last}");
    assert!(status.success());
}

#[test]
fn a_service_manager_is_told_when_it_serves_and_when_it_stops() {
    let temp = Temp::new("notify");
    let path = temp.0.join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("set");
    let hear = || {
        let mut told = [0; 256];
        let n = socket.recv(&mut told).expect("a message");
        String::from_utf8_lossy(&told[..n]).into_owned()
    };
    let (data, kafka) = (temp.data(), format!("127.0.0.1:{}", free_port()));
    let mut command = ringlog(&dev(data.to_str().expect("text"), &kafka, &[]));
    let mut child = command.env("NOTIFY_SOCKET", &path).stdout(Stdio::null()).spawn().expect("starts");
    assert!(hear().starts_with("READY=1\nSTATUS=serving cluster "));
    std::net::TcpStream::connect(&kafka).expect("it serves");
    let asked = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status();
    assert!(asked.expect("kill").success());
    assert_eq!(hear(), "STOPPING=1\nSTATUS=draining\n");
    assert!(child.wait().expect("waited").success());
}

#[test]
fn interrupt_stops_as_cleanly_as_terminate() {
    let temp = Temp::new("interrupt");
    let mut broker = Broker::dev(&temp.data(), &[]);
    broker.signal("INT");
    let mut last = String::new();
    while let Some(line) = broker.next_line() {
        last = line;
    }
    assert!(last.starts_with("STOPPED clean"), "{last}");
}

#[test]
fn too_little_memory_is_refused_with_what_is_needed() {
    let temp = Temp::new("memory");
    let data = temp.data();
    let args = ["dev", "--data", data.to_str().expect("text"), "--memory", "70MiB", "--smp", "1"];
    let (code, _, stderr) = run(&args);
    assert_eq!(code, 78, "{stderr}");
    assert!(stderr.contains("error[P014]: ") && stderr.contains("need  at least 112 MiB in all"), "{stderr}");
}

#[test]
fn nobody_else_can_read_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let temp = Temp::new("modes");
    Broker::dev(&temp.data(), &[]).stop();
    let mut left = vec![temp.data()];
    while let Some(path) = left.pop() {
        let meta = std::fs::metadata(&path).expect("there");
        assert_eq!(meta.permissions().mode() & 0o077, 0, "{}", path.display());
        if meta.is_dir() {
            left.extend(std::fs::read_dir(&path).expect("read").map(|e| e.expect("entry").path()));
        }
    }
}

#[test]
fn json_lines_are_json() {
    let temp = Temp::new("json");
    let broker = Broker::dev(&temp.data(), &["--log-format", "json"]);
    let parsed: Vec<serde_json::Value> =
        broker.started.iter().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let ready = parsed.last().expect("a line");
    assert_eq!(ready["event"], "ready");
    assert_eq!(ready["node"], 1);
    assert_eq!(ready["kafka"][0], broker.kafka.to_string());
    let (last, status) = broker.stop();
    let last: serde_json::Value = serde_json::from_str(&last).expect("JSON");
    assert_eq!((&last["event"], &last["clean"]), (&"stopped".into(), &true.into()));
    assert!(status.success());
}

#[test]
fn the_cluster_keeps_its_name_until_fresh() {
    let temp = Temp::new("fresh");
    let cluster = |broker: &Broker| {
        let ready = broker.started.last().expect("READY").clone();
        ready.split("cluster ").nth(1).and_then(|r| r.split("  ").next()).expect("a cluster").to_owned()
    };
    let first = Broker::dev(&temp.data(), &[]);
    let name = cluster(&first);
    first.stop();
    let second = Broker::dev(&temp.data(), &[]);
    assert_eq!(cluster(&second), name);
    second.kill();
    let third = Broker::dev(&temp.data(), &["--fresh"]);
    assert_ne!(cluster(&third), name);
}

#[test]
fn a_directory_in_use_is_refused() {
    let temp = Temp::new("in-use");
    let broker = Broker::dev(&temp.data(), &[]);
    let data = temp.data();
    let kafka = format!("127.0.0.1:{}", free_port());
    let args = dev(data.to_str().expect("text"), &kafka, &["--set", "data.lock_wait_ms=200"]);
    let (code, stdout, stderr) = run(&args);
    assert_eq!(code, 69, "{stderr}");
    assert!(stderr.contains("error[P041]: ") && stderr.contains(&broker.id().to_string()), "{stderr}");
    assert!(stderr.contains("waiting for the lock of "), "{stderr}");
    assert_eq!(stdout, "");
    assert!(broker.ask_admin("/v1/status/ready").starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_port_in_use_is_refused() {
    let temp = Temp::new("port");
    let port = free_port();
    let held = TcpListener::bind(("127.0.0.1", port)).expect("bound");
    let kafka = held.local_addr().expect("address").to_string();
    let data = temp.data();
    let (code, _, stderr) =
        run(&dev(data.to_str().expect("text"), &kafka, &["--set", "data.lock_wait_ms=200"]));
    assert_eq!(code, 69, "{stderr}");
    assert!(stderr.contains(&format!("error[P030]: {kafka} is in use")), "{stderr}");
}

#[test]
fn a_foreign_directory_is_refused_and_untouched() {
    let temp = Temp::new("foreign");
    std::fs::create_dir(temp.data()).expect("created");
    std::fs::write(temp.data().join("thesis.tex"), "x").expect("written");
    let data = temp.data();
    let (code, _, stderr) = run(&dev(data.to_str().expect("text"), "127.0.0.1:1", &["--fresh"]));
    assert_eq!(code, 78, "{stderr}");
    assert!(stderr.contains("error[P042]: "), "{stderr}");
    assert!(temp.data().join("thesis.tex").exists());
}

#[test]
fn wrong_command_lines_end_with_64() {
    for args in [
        &[][..],
        &["dev", "--no-such-flag"],
        &["no-such-command"],
        &["dev", "--smp", "none"],
        &["dev", "--memory", "lots"],
        &["dev", "--kafka", "nowhere"],
        &["dev", "--kafka", "127.0.0.1:99999"],
        &["dev", "--set", "no-value"],
        &["explain", "P999"],
    ] {
        let (code, stdout, stderr) = run(args);
        assert_eq!(code, 64, "{args:?}: {stderr}");
        assert!(stderr.starts_with("error[P00"), "{args:?}: {stderr}");
        assert_eq!(stdout, "");
    }
    let (code, _, stderr) = run(&["dev", "--set", "num.partitons=3"]);
    assert_eq!(code, 78);
    assert!(
        stderr.contains("error[P021]: ") && stderr.contains("did you mean `num.partitions`?"),
        "{stderr}"
    );
    let (code, stdout, _) = run(&["explain", "p012"]);
    assert_eq!(code, 0);
    assert!(stdout.starts_with("P012: locked-memory limit too low\n"), "{stdout}");
}

#[test]
fn check_answers_in_text_and_json() {
    let temp = Temp::new("check");
    let data = temp.data();
    let (code, stdout, stderr) = run(&["check", "--data", data.to_str().expect("text")]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("clients will be told: 127.0.0.1:9092"), "{stdout}");
    let (_, stdout, _) = run(&["check", "-o", "json", "--data", data.to_str().expect("text")]);
    let answer: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(answer["ok"], true);
    assert!(!temp.data().exists(), "checking creates nothing");
}

#[test]
fn a_runtime_that_is_not_built_in_is_refused_with_how_to_build_it() {
    let temp = Temp::new("runtime");
    let data = temp.data();
    let kafka = format!("127.0.0.1:{}", free_port());
    let args = dev(data.to_str().expect("text"), &kafka, &["--runtime", "glommio"]);
    if cfg!(feature = "glommio") {
        let broker = Broker::dev(&temp.data(), &["--runtime", "glommio"]);
        assert!(
            broker.started.iter().any(|l| l.contains("io_uring ok (by glommio)")),
            "{:?}",
            broker.started
        );
        assert!(broker.stop().0.starts_with("STOPPED clean"));
    } else {
        let (code, stdout, stderr) = run(&args);
        assert_eq!((code, stdout.as_str()), (78, ""), "{stderr}");
        assert!(
            stderr.contains("error[P016]: this program was built without the glommio runtime"),
            "{stderr}"
        );
        assert!(stderr.contains("cargo build --release -p ringlog --features glommio"), "{stderr}");
        assert!(!temp.data().exists(), "nothing was begun");
    }
    let (code, _, stderr) = run(&dev(data.to_str().expect("text"), &kafka, &["--runtime", "tokio"]));
    assert_eq!(code, 64, "{stderr}");
    assert!(stderr.contains("`tokio` is neither uring nor glommio"), "{stderr}");
}

#[test]
fn start_reads_its_file_with_listeners_and_cores_d() {
    let temp = Temp::new("start");
    let (inside, outside, admin) = (free_port(), free_port(), free_port());
    let (a, b) = (temp.0.join("a"), temp.0.join("b"));
    let text = format!(
        "[node]\nid = 7\n[data]\ndirs = [{a:?}, {b:?}]\n[admin]\nbind = \"127.0.0.1:{admin}\"\n[memory]\n\
         total = \"256MiB\"\n[cpu]\nsmp = 1\n[listener.inside]\nbind = \"127.0.0.1:{inside}\"\n\
         [listener.outside]\nbind = \"127.0.0.1:{outside}\"\nadvertise = \"kafka.example:9\"\n"
    );
    let config = temp.0.join("ringlog.toml");
    std::fs::write(&config, text).expect("written");
    std::fs::create_dir(temp.0.join("cores.d")).expect("created");
    std::fs::write(temp.0.join("cores.d/0.toml"), "[core.default]\nspin_us = 0\n").expect("written");
    let address = |port| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let command = ringlog(&["start", "--config", config.to_str().expect("text")]);
    let broker = Broker::spawn(command, address(inside), address(admin));
    assert!(broker.started.last().is_some_and(|l| l.ends_with("  node 7")), "{:?}", broker.started);
    for (port, host, told) in [(inside, "127.0.0.1", i32::from(inside)), (outside, "kafka.example", 9)] {
        let mut client = crate::client::Client::connect(address(port));
        let metadata = client.metadata(&[]);
        let broker = metadata.brokers.first().expect("one broker");
        assert_eq!((broker.node_id, broker.host.as_str(), broker.port), (7, host, told));
    }
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean"), "{last}");
    assert!(status.success());
}
