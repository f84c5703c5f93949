//! A machine that forbids io_uring, or gives too little: each cause made for real, and named with its own fix first.
//!
//! Seccomp filters are installed in a thread without any privilege (no_new_privs) and reach the broker through exec.
//! `kernel.io_uring_disabled` belongs to the whole machine, so its cases are held to injected files
//! (`rt/uring/ring_cause.rs`).

use crate::broker::{Broker, Temp, free_port, keep_runtime, ringlog};
use crate::client::Client;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};

const SETUP: i64 = 425;
const ENTER: i64 = 426;
const REGISTER: i64 = 427;
const EPERM: u32 = 1;
const EACCES: u32 = 13;
const ENOSYS: u32 = 38;
/// nobody.
const NOBODY: u32 = 65534;

/// A filter that answers these system calls with `errno` and allows all others.
fn filter(calls: &[i64], errno: u32) -> BpfProgram {
    let rules: BTreeMap<i64, Vec<_>> = calls.iter().map(|call| (*call, Vec::new())).collect();
    let arch = std::env::consts::ARCH.try_into().expect("seccompiler knows this machine");
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno), arch);
    filter.expect("a filter").try_into().expect("a program")
}

/// Runs `command` under a filter. The filter stays with this thread and its children.
fn run_filtered(calls: &[i64], errno: u32, mut command: Command) -> Output {
    let program = filter(calls, errno);
    let body = move || {
        seccompiler::apply_filter(&program).expect("filters are allowed");
        command.output().expect("ringlog starts")
    };
    std::thread::spawn(body).join().expect("the thread ends")
}

/// Runs `ringlog ARGS` as nobody (if this is root) under limits set by the shell's `ulimit`.
fn limited(temp: &Temp, limits: &str, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limits} && exec \"$@\""), "sh", env!("CARGO_BIN_EXE_ringlog")]).args(args);
    keep_runtime(&mut command);
    if is_root() {
        use std::os::unix::process::CommandExt;
        std::os::unix::fs::chown(&temp.0, Some(NOBODY), Some(NOBODY)).expect("root may");
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").expect("ours").uid() == 0
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The lines of `text` from its numbered error on.
fn error_lines(text: &str) -> Vec<&str> {
    text.lines().skip_while(|l| !l.starts_with("error[")).collect()
}

fn dev(data: &Path) -> Command {
    let kafka = format!("127.0.0.1:{}", free_port());
    let data = data.to_str().expect("text");
    ringlog(&["dev", "--data", data, "--kafka", &kafka, "--admin", "off", "--memory", "256MiB"])
}

#[test]
fn a_filter_is_named_with_its_error_and_the_fix_for_filters() {
    let temp = Temp::new("filtered");
    let cases: [(&[i64], u32, &str); 6] = [
        (&[SETUP, ENTER, REGISTER], EPERM, "EPERM"),
        (&[SETUP, ENTER, REGISTER], EACCES, "EACCES"),
        (&[SETUP, ENTER, REGISTER], ENOSYS, "ENOSYS"),
        // Only one of the three calls: found at the start, not under load.
        (&[ENTER], EPERM, "EPERM"),
        (&[REGISTER], EPERM, "EPERM"),
        (&[REGISTER], ENOSYS, "ENOSYS"),
    ];
    for (calls, errno, name) in cases {
        let output = run_filtered(calls, errno, dev(&temp.data()));
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(78), "{text}");
        let lines = error_lines(&text);
        assert_eq!(lines[0], "error[P010]: io_uring is not allowed here (io_uring)", "{text}");
        assert!(
            lines[1].starts_with(&format!("  found   {name} from a seccomp filter      need  ")),
            "{text}"
        );
        assert!(lines[2].starts_with("  fix     docker run --security-opt seccomp="), "{text}");
        assert!(!text.contains("sysctl"), "{text}");
        assert!(output.stdout.is_empty() && !temp.data().exists(), "nothing was begun");
    }
}

#[test]
fn check_says_the_same() {
    let temp = Temp::new("check-filtered");
    let data = temp.data();
    let command = ringlog(&["check", "--data", data.to_str().expect("text"), "-o", "json"]);
    let output = run_filtered(&[SETUP], EPERM, command);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let item = json["checks"].as_array().expect("a list").iter().find(|c| c["name"] == "io_uring");
    let item = item.expect("io_uring is checked");
    let expected = ("fail", "P010", "EPERM from a seccomp filter");
    assert_eq!(
        (&item["state"], &item["code"], &item["found"]),
        (&expected.0.into(), &expected.1.into(), &expected.2.into())
    );
    assert_eq!(output.status.code(), Some(78));
}

#[test]
fn an_ordinary_user_with_8_mib_of_locked_memory_is_served() {
    let temp = Temp::new("nobody");
    let (kafka, admin) = (port(), port());
    let (k, a) = (kafka.to_string(), admin.to_string());
    let data = temp.data();
    let data = data.to_str().expect("text");
    let args = ["dev", "--data", data, "--kafka", &k, "--admin", &a, "--memory", "256MiB"];
    let broker = Broker::spawn(limited(&temp, "ulimit -l 8192", &args), kafka, admin);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 1);
    assert_eq!(client.produce("t", 0, &[b"kept".to_vec()]), Ok(0));
    assert_eq!(client.read_all("t", 0).len(), 1);
    let (last, status) = broker.stop();
    assert!(last.starts_with("STOPPED clean") && status.success(), "{last}");
}

fn port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port()))
}

#[test]
fn too_little_locked_memory_is_its_own_error() {
    let temp = Temp::new("memlock");
    let data = temp.data();
    let kafka = port().to_string();
    let args = ["dev", "--data", data.to_str().expect("text"), "--kafka", &kafka, "--admin", "off"];
    for kib in [0, 8, 64] {
        let output = limited(&temp, &format!("ulimit -l {kib}"), &args).output().expect("runs");
        let text = stderr(&output);
        // A kernel that does not count rings (before 5.12, or after accounting moved to cgroups) refuses by check.
        assert_eq!(output.status.code(), Some(78), "{kib} KiB: {text}");
        let lines = error_lines(&text);
        assert!(lines[0].starts_with("error[P012]: locked-memory limit too low"), "{kib} KiB: {text}");
        assert!(lines[1].contains("(RLIMIT_MEMLOCK soft)      need  "), "{text}");
        assert_eq!(lines[2], "  fix     ulimit -l 8192                        # this shell", "{text}");
    }
}

#[test]
fn few_descriptors_are_refused_or_lived_with() {
    let temp = Temp::new("nofile");
    let data = temp.data();
    let (kafka, admin) = (port(), port());
    let (k, a) = (kafka.to_string(), admin.to_string());
    let data = data.to_str().expect("text");
    let args = ["dev", "--data", data, "--kafka", &k, "--admin", &a, "--memory", "256MiB", "--smp", "1"];
    for count in [20, 255] {
        let output = limited(&temp, &format!("ulimit -n {count}"), &args).output().expect("runs");
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(78), "{text}");
        let lines = error_lines(&text);
        assert!(lines[0].starts_with("error[P013]: limit of open files too low"), "{text}");
        assert!(lines[1].starts_with(&format!("  found   {count} (RLIMIT_NOFILE ")), "{text}");
        assert!(lines[2].starts_with("  fix     ulimit -Hn 65536"), "{text}");
    }
    let broker = Broker::spawn(limited(&temp, "ulimit -n 256", &args), kafka, admin);
    let mut client = Client::connect(broker.kafka);
    client.create_topic("t", 20);
    for partition in 0..20 {
        assert_eq!(client.produce("t", partition, &[b"kept".to_vec()]), Ok(0));
    }
    assert!(broker.stop().0.starts_with("STOPPED clean"));
}
