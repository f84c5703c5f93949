//! The layers: built-in < file < cores.d < environment < flags.
//!
//! Owner: the process, once. Invariants: a later layer replaces a value of an earlier one, never merges it;
//! what comes out is complete and consistent (listeners have addresses, an advertised address can be reached).

use super::file::{self, Item};
use super::keys::{self, Reject};
use super::{HostPort, Listener, Origin, Settings};
use crate::cli::{Common, LogFormat};
use crate::error::Failure;
use std::path::{Path, PathBuf};

/// What the settings are for.
#[derive(Clone, Copy, Debug)]
pub enum Mode<'a> {
    /// `ringlog dev`: no file; the data directory has a default.
    Dev {
        /// The default data directory; `None` if the user has no home.
        home: Option<&'a Path>,
    },
    /// `ringlog start`.
    Start {
        /// The file.
        config: &'a Path,
    },
}

/// The default listener's name, where none is configured.
const PLAINTEXT: &str = "PLAINTEXT";
/// Environment variables that set keys begin so.
const ENV_PREFIX: &str = "RINGLOG__";
/// At most so many files are read from cores.d.
const CORES_D_MAX: usize = 1024;

/// Builds the settings. `env`: the environment, `data`: `--data`. Errors: P002, P02x, P034.
pub fn load(
    mode: Mode<'_>,
    env: impl Iterator<Item = (String, String)>,
    data: Option<&Path>,
    flags: &Common,
) -> Result<Settings, Failure> {
    let mut settings = Settings::default();
    if let Mode::Start { config } = mode {
        apply_file(&mut settings, config, false)?;
        for path in cores_d(config)? {
            apply_file(&mut settings, &path, true)?;
        }
    }
    apply_env(&mut settings, env)?;
    apply_flags(&mut settings, data, flags)?;
    if let (Mode::Dev { home: Some(home) }, true) = (mode, settings.data_dirs.is_empty()) {
        settings.data_dirs.push(home.to_owned());
    }
    check_complete(&mut settings)?;
    Ok(settings)
}

fn apply_file(settings: &mut Settings, path: &Path, cores_only: bool) -> Result<(), Failure> {
    let shown = path.display().to_string();
    for Item { key, value, line } in file::read(path)? {
        if cores_only && !key.starts_with("core.") {
            let what = format!("unknown key `{key}` in {shown}:{line}   cores.d holds [core.N] tables only");
            return Err(Failure::new("P021", what));
        }
        let origin = Origin::File { path: shown.clone(), line };
        set(settings, &key, &value, origin, &format!("in {shown}:{line}"))?;
    }
    Ok(())
}

/// `cores.d/*.toml` beside the file, in order of their names.
fn cores_d(config: &Path) -> Result<Vec<PathBuf>, Failure> {
    let dir = config.parent().unwrap_or(Path::new("")).join("cores.d");
    let fail = |e: std::io::Error| Failure::new("P020", format!("cannot read {}: {e}", dir.display()));
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(fail(e)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(fail)?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            paths.push(path);
        }
        if paths.len() > CORES_D_MAX {
            return Err(Failure::new(
                "P020",
                format!("{} holds more than {CORES_D_MAX} files", dir.display()),
            ));
        }
    }
    paths.sort();
    Ok(paths)
}

fn apply_env(settings: &mut Settings, env: impl Iterator<Item = (String, String)>) -> Result<(), Failure> {
    let mut ours: Vec<(String, String)> = env.filter(|(name, _)| name.starts_with(ENV_PREFIX)).collect();
    ours.sort();
    for (name, value) in ours {
        let rest = name.strip_prefix(ENV_PREFIX).unwrap_or_default();
        let mut key = rest.to_ascii_lowercase().replace("__", ".");
        // Kafka's names have dots where an environment variable can only have underscores.
        if let Some(kafka) = key.strip_prefix("kafka.") {
            key = format!("kafka.{}", kafka.replace('_', "."));
        }
        set(settings, &key, &value, Origin::Env(name.clone()), &format!("in the environment ({name})"))?;
    }
    Ok(())
}

fn apply_flags(settings: &mut Settings, data: Option<&Path>, flags: &Common) -> Result<(), Failure> {
    for pair in &flags.set {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(Failure::new("P002", format!("--set `{pair}`: KEY=VALUE is needed")));
        };
        set(settings, key, value, Origin::Flag("--set".into()), "in --set")?;
    }
    if let Some(data) = data {
        settings.data_dirs = vec![data.to_owned()];
        settings.note("data.dirs", &data.display().to_string(), Origin::Flag("--data".into()));
    }
    let listener = match settings.listeners.as_slice() {
        [] => Some(PLAINTEXT.to_owned()),
        [one] => Some(one.name.clone()),
        _ => None,
    };
    for (flag, value, key) in
        [("--kafka", &flags.kafka, "bind"), ("--advertise", &flags.advertise, "advertise")]
    {
        let Some(value) = value else { continue };
        let Some(name) = &listener else {
            let what = format!("{flag} says nothing where there are several listeners");
            return Err(Failure::new("P002", what).fix(format!("--set listener.NAME.{key}={value}")));
        };
        flag_value(settings, flag, &format!("listener.{name}.{key}"), value)?;
    }
    let plain = [
        ("--admin", &flags.admin, "admin.bind"),
        ("--smp", &flags.smp, "cpu.smp"),
        ("--runtime", &flags.runtime, "runtime.kind"),
        ("--cpuset", &flags.cpuset, "cpu.set"),
        ("--memory", &flags.memory, "memory.total"),
    ];
    for (flag, value, key) in plain {
        if let Some(value) = value {
            flag_value(settings, flag, key, value)?;
        }
    }
    if let Some(format) = flags.log_format {
        settings.log_format = format;
        let text = if format == LogFormat::Json { "json" } else { "text" };
        settings.note("log.format", text, Origin::Flag("--log-format".into()));
    }
    Ok(())
}

/// A flag of its own: a bad value is the command line's fault (64), not the configuration's.
fn flag_value(settings: &mut Settings, flag: &str, key: &str, value: &str) -> Result<(), Failure> {
    match keys::apply(settings, key, value) {
        Ok(()) => {
            settings.note(key, value, Origin::Flag(flag.to_owned()));
            Ok(())
        }
        Err(Reject::Value(why)) => Err(Failure::new("P002", format!("{flag}: {why}"))),
        Err(Reject::Unknown(_)) => Err(Failure::new("P002", format!("{flag} sets `{key}`, which is no key"))),
    }
}

fn set(settings: &mut Settings, key: &str, value: &str, origin: Origin, place: &str) -> Result<(), Failure> {
    match keys::apply(settings, key, value) {
        Ok(()) => {
            settings.note(key, value, origin);
            Ok(())
        }
        Err(Reject::Unknown(near)) => {
            let mut what = format!("unknown key `{key}` {place}");
            if let Some(near) = near {
                what.push_str(&format!("   did you mean `{near}`?"));
            }
            Err(Failure::new("P021", what))
        }
        Err(Reject::Value(why)) => Err(Failure::new("P022", format!("`{key}` {place}: {why}"))),
    }
}

fn check_complete(settings: &mut Settings) -> Result<(), Failure> {
    if settings.data_dirs.is_empty() {
        return Err(Failure::new("P024", "no data directory: `data.dirs` is not set"));
    }
    let mut seen: Vec<&PathBuf> = settings.data_dirs.iter().collect();
    seen.sort();
    if seen.windows(2).any(|w| w.first() == w.last()) {
        return Err(Failure::new("P022", "`data.dirs` names one directory twice"));
    }
    if settings.listeners.is_empty() {
        settings.listeners.push(Listener { name: PLAINTEXT.into(), ..Listener::default() });
    }
    let only = settings.listeners.len() == 1;
    for listener in &mut settings.listeners {
        if listener.bind.is_none() && only {
            listener.bind = Some(HostPort::new("127.0.0.1", 9092));
        }
        let Some(_) = listener.bind else {
            let what = format!("listener {} has no address", listener.name);
            let key = format!("[listener.{}]", listener.name.to_ascii_lowercase());
            return Err(Failure::new("P024", what).fix(key).fix("bind = \"0.0.0.0:9092\""));
        };
        let told = listener.advertise.as_ref();
        if let Some(told) = told.filter(|told| told.is_unspecified() || told.port == 0) {
            let what = format!("listener {} would tell clients to connect to {told}", listener.name);
            return Err(Failure::new("P034", what));
        }
    }
    Ok(())
}
