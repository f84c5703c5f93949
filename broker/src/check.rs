//! Can this machine run the broker? The same questions for `ringlog check` and for every start.
//!
//! Owner: the process. Invariants: a start refuses exactly what `check` calls a failure; checking changes nothing
//! (a probe file is made and removed where the data will be).

use crate::cli::Output;
use crate::config::{Given, Listener, Runtime, Settings, parse};
use crate::error::{Failure, entry};
use crate::machine::{Machine, file_system};
use crate::rt::sys;
use crate::rt::uring::{RingCause, try_ring};
use std::io;
use std::path::Path;

/// The reactor's flags exist from here on.
const KERNEL_MIN: (u32, u32) = (6, 1);
/// Below this the ring cannot register its buffers.
const MEMLOCK_MIN: u64 = 64 << 10;
/// Below this glommio makes no executor.
const MEMLOCK_MIN_GLOMMIO: u64 = 512 << 10;
/// What the broker is built to live with.
const MEMLOCK_GOOD: u64 = 8 << 20;
/// Descriptors: the least that makes sense, and what is comfortable.
const NOFILE_MIN: u64 = 256;
const NOFILE_GOOD: u64 = 8192;
/// A new data directory needs room for its commit logs.
const SPACE_MIN: u64 = 64 << 20;
const SPACE_GOOD: u64 = 1 << 30;

/// How a check ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, could be better.
    Warn,
    /// The broker refuses to start.
    Fail,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Item {
    /// What was looked at.
    pub name: String,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What is needed; empty if it is ok.
    pub need: String,
    /// The numbered error that a start would give.
    pub code: &'static str,
    /// Lines to paste; the catalogue's if empty.
    pub fix: Vec<String>,
}

impl Item {
    fn new(name: impl Into<String>, code: &'static str, state: State, found: String, need: &str) -> Self {
        let need = if state == State::Ok { String::new() } else { need.to_owned() };
        Self { name: name.into(), state, found, need, code, fix: Vec::new() }
    }

    /// The error of a start that meets this item, if it fails.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        if self.state != State::Fail {
            return None;
        }
        let title = entry(self.code).map_or("", |e| e.title);
        let failure = Failure::new(self.code, format!("{title} ({})", self.name)).found(self.found.clone());
        let failure = if self.need.is_empty() { failure } else { failure.need(self.need.clone()) };
        Some(Failure { fix: self.fix.clone(), ..failure })
    }
}

/// Looks at everything.
#[must_use]
pub fn items(settings: &Settings, machine: &Machine) -> Vec<Item> {
    let mut out = vec![kernel(machine), ring(), memlock(settings.runtime), nofile()];
    if settings.runtime == Runtime::Glommio {
        let state = if cfg!(feature = "glommio") { State::Ok } else { State::Fail };
        let found = if state == State::Ok { "glommio" } else { "uring only" };
        out.push(Item::new("runtime", "P016", state, found.to_owned(), "a build with the feature glommio"));
    }
    for (at, dir) in settings.data_dirs.iter().enumerate() {
        let mut items = data_dir(dir);
        // One that cannot be used is offline, if it is not the first: the others go on.
        items.iter_mut().filter(|i| at > 0 && i.code == "P040" && i.state == State::Fail).for_each(|i| {
            i.state = State::Warn;
        });
        out.extend(items);
    }
    out.extend(settings.listeners.iter().map(advertised));
    let set = |g: &Given| {
        Item::new(format!("key {}", g.key), "P022", State::Ok, format!("set by {}", g.origin), "")
    };
    out.extend(settings.given.iter().map(set));
    out
}

fn kernel(machine: &Machine) -> Item {
    let state = match machine.kernel_version() {
        Some(v) if v >= KERNEL_MIN => State::Ok,
        Some(_) => State::Fail,
        None => State::Warn,
    };
    Item::new("kernel", "P011", state, format!("Linux {}", machine.kernel), "Linux 6.1 or later")
}

fn ring() -> Item {
    match try_ring() {
        Ok(()) => Item::new("io_uring", "P010", State::Ok, "allowed".to_owned(), ""),
        Err(cause) => {
            let refused = ring_refused(&cause);
            let found = refused.found.unwrap_or_default();
            let need = refused.need.unwrap_or_default();
            let item = Item::new("io_uring", refused.code, State::Fail, found, &need);
            Item { fix: refused.fix, ..item }
        }
    }
}

/// What to say where the kernel refuses a ring, the fix of the true cause first.
#[must_use]
pub fn ring_refused(cause: &RingCause) -> Failure {
    let (code, need) = match cause {
        RingCause::Sysctl(_) => ("P010", "0"),
        RingCause::Seccomp(_) | RingCause::SecurityModule | RingCause::NotBuilt(_) => {
            ("P010", "io_uring_setup, io_uring_enter, io_uring_register allowed")
        }
        RingCause::KernelTooOld(_) => ("P011", "Linux 6.1 or later"),
        RingCause::Memlock(_) => ("P012", "8 MiB of locked memory"),
        RingCause::Nofile(_) => ("P013", "at least 256 open files, better 8192"),
        RingCause::Other(_) => ("P050", "a ring for each core"),
    };
    let title = entry(code).map_or("", |e| e.title);
    let found = match cause {
        RingCause::Memlock(bytes) => {
            format!("{} (RLIMIT_MEMLOCK soft)", show_limit(*bytes, parse::show_size))
        }
        RingCause::Nofile(count) => format!("{} (RLIMIT_NOFILE soft)", show_limit(*count, |n| n.to_string())),
        other => other.to_string(),
    };
    let failure = Failure::new(code, title).found(found).need(need);
    let lines: &[&str] = match cause {
        RingCause::Sysctl(1) => &[
            "sysctl -w kernel.io_uring_disabled=0",
            "sysctl -w kernel.io_uring_group=GID    # or for one group only, of which the broker is a member",
        ],
        RingCause::Sysctl(_) => &["sysctl -w kernel.io_uring_disabled=0"],
        RingCause::Seccomp(_) => &[
            "docker run --security-opt seccomp=unconfined                     # or a profile with the three calls",
            "SystemCallFilter=io_uring_setup io_uring_enter io_uring_register # systemd unit, beside its other filters",
        ],
        RingCause::SecurityModule => {
            &["journalctl -k | grep -iE 'avc|apparmor|denied'    # says which rule; allow io_uring in it"]
        }
        RingCause::NotBuilt(_) => &["Boot a kernel that was built with CONFIG_IO_URING=y."],
        _ => &[],
    };
    lines.iter().fold(failure, |f, line| f.fix(*line))
}

fn show_limit(limit: u64, show: impl Fn(u64) -> String) -> String {
    if limit == u64::MAX { "unlimited".into() } else { show(limit) }
}

/// The error of a start that asks for what was not built in.
#[cfg(not(feature = "glommio"))]
#[must_use]
pub fn not_built_in() -> Failure {
    Failure::new("P016", entry("P016").map_or("", |e| e.title))
}

fn memlock(runtime: Runtime) -> Item {
    let Ok(limit) = sys::memlock() else {
        return Item::new("memlock", "P012", State::Warn, "unknown".into(), "8 MiB");
    };
    let (least, need) = match runtime {
        Runtime::Uring => (MEMLOCK_MIN, "at least 64 KiB, better 8 MiB"),
        Runtime::Glommio => (MEMLOCK_MIN_GLOMMIO, "at least 512 KiB, better 8 MiB"),
    };
    let state = match limit.soft {
        n if n < least => State::Fail,
        n if n < MEMLOCK_GOOD => State::Warn,
        _ => State::Ok,
    };
    let found = format!("{} (RLIMIT_MEMLOCK soft)", show_limit(limit.soft, parse::show_size));
    Item::new("memlock", "P012", state, found, need)
}

fn nofile() -> Item {
    let Ok(limit) = sys::nofile() else {
        return Item::new("nofile", "P013", State::Warn, "unknown".into(), "8192");
    };
    let state = match limit.hard {
        n if n < NOFILE_MIN => State::Fail,
        n if n < NOFILE_GOOD => State::Warn,
        _ => State::Ok,
    };
    let found = format!("{} (RLIMIT_NOFILE hard)", show_limit(limit.hard, |n| n.to_string()));
    Item::new("nofile", "P013", state, found, "at least 256, better 8192")
}

fn data_dir(dir: &Path) -> Vec<Item> {
    let shown = dir.display();
    // A relative path such as `data` ends in an empty ancestor, which is the working directory.
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let Some(existing) = absolute.ancestors().find(|d| d.is_dir()) else {
        let found = "no existing directory on its path".to_owned();
        return vec![Item::new(
            format!("data {shown}"),
            "P040",
            State::Fail,
            found,
            "a path that can be created",
        )];
    };
    let existing = std::fs::canonicalize(existing).unwrap_or_else(|_| existing.to_owned());
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let (kind, device) =
        file_system(&existing, &mounts).unwrap_or_else(|| ("unknown".into(), "unknown".into()));
    let known = matches!(kind.as_str(), "ext4" | "xfs");
    let state = if known { State::Ok } else { State::Warn };
    let mut out = vec![Item::new(
        format!("file system of {shown}"),
        "P044",
        state,
        format!("{kind} on {device}"),
        "ext4 or xfs",
    )];
    let (state, code, found) = match sys::direct_io(&existing) {
        Ok(Some(align)) if align.offset <= 4096 && align.memory <= 4096 => {
            (State::Ok, "P044", format!("alignment {} B", align.offset))
        }
        Ok(Some(align)) => (State::Fail, "P044", format!("alignment {} B", align.offset)),
        Ok(None) => (State::Fail, "P044", "none".to_owned()),
        // Only a question of free descriptors or blocks: the start finds out when it opens the directory.
        Err(e) if e.kind() == io::ErrorKind::StorageFull => (State::Warn, "P045", e.to_string()),
        Err(e) => (State::Fail, "P040", format!("cannot write in {}: {e}", existing.display())),
    };
    out.push(Item::new(format!("O_DIRECT in {shown}"), code, state, found, "alignment of at most 4096 B"));
    out.push(space(dir, &existing));
    out
}

fn space(dir: &Path, existing: &Path) -> Item {
    let name = format!("free space of {}", dir.display());
    let Ok((free, total)) = sys::space(existing) else {
        return Item::new(name, "P045", State::Warn, "unknown".into(), "1 GiB");
    };
    // A directory that has its commit logs starts on a full disk too.
    let new = !dir.join("cores/layout").exists();
    let state = match free {
        n if n < SPACE_MIN && new => State::Fail,
        n if n < SPACE_GOOD => State::Warn,
        _ => State::Ok,
    };
    let found = format!("{} of {}", parse::show_size(free), parse::show_size(total));
    Item::new(name, "P045", state, found, "at least 64 MiB for a new directory, better 1 GiB")
}

/// What clients of `listener` will be told.
#[must_use]
pub fn told(listener: &Listener) -> String {
    match (&listener.advertise, &listener.bind) {
        (Some(told), _) => told.to_string(),
        (None, Some(bind)) if !bind.is_unspecified() => bind.to_string(),
        _ => "the address that each client connects to".to_owned(),
    }
}

fn advertised(listener: &Listener) -> Item {
    let bind = listener.bind.as_ref().map_or_else(String::new, ToString::to_string);
    let found = format!("{bind}, clients will be told: {}", told(listener));
    Item::new(format!("listener {}", listener.name), "P034", State::Ok, found, "")
}

/// The answer as `ringlog check` prints it.
#[must_use]
pub fn render(items: &[Item], output: Output) -> String {
    let failed = items.iter().filter(|i| i.state == State::Fail).count();
    if output == Output::Json {
        let list: Vec<_> = items
            .iter()
            .map(|i| {
                serde_json::json!({
                    "name": i.name, "state": i.state.word().to_ascii_lowercase(), "found": i.found,
                    "need": i.need, "code": i.code,
                })
            })
            .collect();
        return format!("{}\n", serde_json::json!({ "ok": failed == 0, "checks": list }));
    }
    let width = items.iter().map(|i| i.name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for item in items {
        out.push_str(&format!("{:<4}  {:<width$}  {}", item.state.word(), item.name, item.found));
        if item.state != State::Ok {
            out.push_str(&format!("      need  {}   (ringlog explain {})", item.need, item.code));
        }
        out.push('\n');
    }
    let verdict = if failed == 0 {
        "This machine can run ringlog.".into()
    } else {
        format!("{failed} of the checks failed.")
    };
    out.push_str(&verdict);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::HostPort;

    #[test]
    fn an_old_kernel_fails_with_its_number() {
        let machine = |k: &str| Machine { cpus: vec![0], memory: 1 << 30, kernel: k.into() };
        assert_eq!(kernel(&machine("6.1.0-9")).state, State::Ok);
        let old = kernel(&machine("5.15.0"));
        let failure = old.failure().expect("too old");
        assert_eq!((failure.code, failure.exit().status()), ("P011", 78));
        assert!(kernel(&machine("6.18.0")).failure().is_none());
    }

    #[test]
    fn clients_are_never_told_an_unspecified_address() {
        let mut listener = Listener { bind: Some(HostPort::new("0.0.0.0", 9092)), ..Listener::default() };
        assert_eq!(told(&listener), "the address that each client connects to");
        listener.advertise = Some(HostPort::new("k.example", 1));
        assert_eq!(told(&listener), "k.example:1");
        listener.advertise = None;
        listener.bind = Some(HostPort::new("127.0.0.1", 2));
        assert_eq!(told(&listener), "127.0.0.1:2");
    }

    #[test]
    fn both_forms_say_the_same() {
        let items = [
            Item::new("a", "P011", State::Ok, "x".into(), "y"),
            Item::new("bb", "P012", State::Fail, "64 KiB".into(), "8 MiB"),
        ];
        let text = render(&items, Output::Text);
        assert_eq!(
            text,
            "ok    a   x\nFAIL  bb  64 KiB      need  8 MiB   (ringlog explain P012)\n1 of the checks failed.\n"
        );
        let json: serde_json::Value = serde_json::from_str(&render(&items, Output::Json)).expect("json");
        assert_eq!(json["ok"], false);
        assert_eq!(json["checks"][1]["state"], "fail");
    }
}
