//! The table of keys: name, meaning, and how its text becomes a setting.
//!
//! Pure. Invariants: file, environment and flags all set values through `apply`, so a key means the same
//! wherever it is written; a key that is not here (and no Kafka broker config) does not exist.

use super::suggest::nearest;
use super::{Completion, CoreSettings, CoreSpec, HostPort, Listener, Runtime, Settings, parse};
use crate::cli::LogFormat;
use ringlog_shard::config::broker_table::{broker_config, broker_configs};
use std::path::PathBuf;

/// Why a key was refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Reject {
    /// No such key; perhaps this one was meant.
    Unknown(Option<String>),
    /// The value is wrong; the text says what is accepted.
    Value(String),
}

type Set = fn(&mut Settings, &str) -> Result<(), String>;

/// The plain keys. Lists come joined with commas.
pub(super) static KEYS: &[(&str, Set)] = &[
    ("admin.bind", |s, v| {
        s.admin = if v == "off" { None } else { Some(HostPort::parse(v)?) };
        Ok(())
    }),
    ("commit_log.completion", |s, v| {
        s.completion = completion(v)?;
        Ok(())
    }),
    ("commit_log.size", |s, v| {
        let size = parse::size(v)?;
        if size < COMMIT_LOG_MIN {
            return Err(format!(
                "`{v}` is below the smallest commit log, {}",
                parse::show_size(COMMIT_LOG_MIN)
            ));
        }
        s.commit_log_size = Some(size);
        Ok(())
    }),
    ("commit_log.window_us", |s, v| {
        s.commit_window_us = microseconds(v)?;
        Ok(())
    }),
    ("cpu.set", |s, v| {
        s.cpuset = Some(parse::cpu_list(v)?);
        Ok(())
    }),
    ("cpu.smp", |s, v| {
        s.smp = Some(parse::number(v, 1, SMP_MAX)? as u16);
        Ok(())
    }),
    ("data.dirs", |s, v| {
        if v.starts_with('[') || v.contains('"') {
            return Err(format!("`{v}` is written as in a file; here: data.dirs=/first,/second"));
        }
        let dirs: Vec<PathBuf> = v.split(',').filter(|d| !d.is_empty()).map(PathBuf::from).collect();
        if dirs.is_empty() {
            return Err("at least one directory is needed".into());
        }
        s.data_dirs = dirs;
        Ok(())
    }),
    ("data.lock_wait_ms", |s, v| {
        s.lock_wait_ms = parse::number(v, 0, 600_000)? as u32;
        Ok(())
    }),
    ("log.debug", |s, v| {
        s.log_debug = parse::switch(v)?;
        Ok(())
    }),
    ("log.format", |s, v| {
        s.log_format = match v {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err(format!("`{v}` is neither text nor json")),
        };
        Ok(())
    }),
    ("memory.total", |s, v| {
        s.memory = Some(parse::size(v)?);
        Ok(())
    }),
    ("node.cluster_id", |s, v| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if v.is_empty() || v.len() > 64 || !v.chars().all(plain) {
            return Err(format!("`{v}` is no cluster id (1 to 64 letters, digits, - and _)"));
        }
        s.cluster_id = Some(v.to_owned());
        Ok(())
    }),
    ("node.id", |s, v| {
        s.node_id = parse::number(v, 0, i32::MAX as u64)? as u32;
        Ok(())
    }),
    ("node.rack", |s, v| {
        s.rack = Some(v.to_owned());
        Ok(())
    }),
    ("runtime.kind", |s, v| {
        s.runtime = match v {
            "uring" => Runtime::Uring,
            "glommio" => Runtime::Glommio,
            _ => return Err(format!("`{v}` is neither uring nor glommio")),
        };
        Ok(())
    }),
    ("runtime.spin_us", |s, v| {
        s.spin_us = microseconds(v)?;
        Ok(())
    }),
];

pub(super) const LISTENER_KEYS: [&str; 2] = ["bind", "advertise"];
pub(super) const CORE_KEYS: [&str; 5] = ["cpu", "memory", "spin_us", "commit_window_us", "completion"];
/// A commit log is at least four files of this quarter (architecture.md D2).
const COMMIT_LOG_MIN: u64 = 16 << 20;
/// Kafka's names for what has a key of its own here, so that one fact has one name.
pub(super) const OWN: [(&str, &str); 7] = [
    ("node.id", "node.id"),
    ("broker.id", "node.id"),
    ("broker.rack", "node.rack"),
    ("log.dirs", "data.dirs"),
    ("log.dir", "data.dirs"),
    ("listeners", "listener.NAME.bind"),
    ("advertised.listeners", "listener.NAME.advertise"),
];
/// Data cores: the mesh is one ring per ordered pair, so this bounds it.
pub(super) const SMP_MAX: u64 = 256;

/// Sets `key` to `value`. Kafka's own broker configs may be named with or without `kafka.` before them.
pub fn apply(settings: &mut Settings, key: &str, value: &str) -> Result<(), Reject> {
    if let Some((_, set)) = KEYS.iter().find(|(name, _)| *name == key) {
        return set(settings, value).map_err(Reject::Value);
    }
    if let Some(rest) = key.strip_prefix("listener.") {
        return listener(settings, rest, value);
    }
    if let Some(rest) = key.strip_prefix("core.") {
        return core(settings, rest, value);
    }
    let kafka = key.strip_prefix("kafka.").unwrap_or(key);
    if let Some((_, instead)) = OWN.iter().find(|(name, _)| *name == kafka) {
        return Err(Reject::Unknown(Some((*instead).to_owned())));
    }
    if let Some(def) = broker_config(kafka) {
        def.parse(value).map_err(Reject::Value)?;
        settings.kafka.insert(def.name.to_owned(), value.to_owned());
        return Ok(());
    }
    let ours = KEYS.iter().map(|(name, _)| *name);
    let theirs = broker_configs().map(|def| def.name);
    Err(Reject::Unknown(nearest(key, ours.chain(theirs)).map(str::to_owned)))
}

fn listener(settings: &mut Settings, rest: &str, value: &str) -> Result<(), Reject> {
    let unknown = |near: Option<String>| Reject::Unknown(near.map(|k| format!("listener.{k}")));
    let Some((name, key)) = rest.rsplit_once('.') else { return Err(unknown(Some(format!("{rest}.bind")))) };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err(Reject::Value(format!(
            "`{name}` is no listener name (1 to 64 letters, digits, - and _)"
        )));
    }
    if !LISTENER_KEYS.contains(&key) {
        return Err(unknown(nearest(key, LISTENER_KEYS.into_iter()).map(|k| format!("{name}.{k}"))));
    }
    let address = HostPort::parse(value).map_err(Reject::Value)?;
    let name = name.to_ascii_uppercase();
    let at = match settings.listeners.binary_search_by(|l| l.name.cmp(&name)) {
        Ok(at) => at,
        Err(at) => {
            settings.listeners.insert(at, Listener { name, ..Listener::default() });
            at
        }
    };
    if let Some(listener) = settings.listeners.get_mut(at) {
        match key {
            "bind" => listener.bind = Some(address),
            _ => listener.advertise = Some(address),
        }
    }
    Ok(())
}

fn core(settings: &mut Settings, rest: &str, value: &str) -> Result<(), Reject> {
    let Some((cores, key)) = rest.rsplit_once('.') else { return Err(Reject::Unknown(None)) };
    let spec = if cores == "default" {
        CoreSpec::Default
    } else {
        CoreSpec::Cores(parse::cpu_list(cores).map_err(Reject::Value)?)
    };
    let mut patch = CoreSettings::default();
    match key {
        "cpu" => patch.cpu = Some(parse::number(value, 0, 8191).map_err(Reject::Value)? as u16),
        "memory" => patch.memory = Some(parse::size(value).map_err(Reject::Value)?),
        "spin_us" => patch.spin_us = Some(microseconds(value).map_err(Reject::Value)?),
        "commit_window_us" => patch.commit_window_us = Some(microseconds(value).map_err(Reject::Value)?),
        "completion" => patch.completion = Some(completion(value).map_err(Reject::Value)?),
        _ => {
            let near = nearest(key, CORE_KEYS.into_iter());
            return Err(Reject::Unknown(near.map(|k| format!("core.{cores}.{k}"))));
        }
    }
    settings.cores.push((spec, patch));
    Ok(())
}

fn completion(v: &str) -> Result<Completion, String> {
    match v {
        "auto" => Ok(Completion::Auto),
        "ring" => Ok(Completion::Ring),
        "flusher" => Ok(Completion::Flusher),
        _ => Err(format!("`{v}` is none of auto, ring, flusher")),
    }
}

fn microseconds(v: &str) -> Result<u32, String> {
    parse::number(v, 0, 1_000_000).map(|n| n as u32)
}
