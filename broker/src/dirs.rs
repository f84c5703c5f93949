//! Data directories: found, made, locked, recognized, wiped.
//!
//! Owner: the process holds the lock of each directory for its whole life. Invariants: nothing is written into
//! or removed from a directory that is neither empty nor ours; `cores/` is what makes a directory ours, and it
//! is created before anything else is.

use crate::error::Failure;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The lock file; Kafka uses the same name.
const LOCK: &str = ".lock";
/// What makes a directory ours.
const MARK: &str = "cores";
/// How often a held lock is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// A data directory: locked, or given up because its device does not let it be used.
#[derive(Debug)]
pub struct DataDir {
    /// Absolute path.
    pub path: PathBuf,
    /// `None`: it is offline from the start.
    _lock: Option<File>,
}

/// Opens every directory as `open` does. One behind the first, which has the metadata log, that cannot be read or
/// written is offline, and `failed` is told why; the others go on. Errors: those of the first, and what no device is to
/// blame for: another process, a directory that is not ours, no space.
pub fn open_all(
    paths: &[PathBuf],
    open: impl Fn(&Path) -> Result<DataDir, Failure>,
    failed: impl Fn(&Failure),
) -> Result<Vec<DataDir>, Failure> {
    let mut dirs = Vec::with_capacity(paths.len());
    for (at, path) in paths.iter().enumerate() {
        dirs.push(match open(path) {
            Err(failure) if at > 0 && matches!(failure.code, "P040" | "P048") => {
                failed(&failure);
                DataDir { path: std::path::absolute(path).unwrap_or_else(|_| path.clone()), _lock: None }
            }
            opened => opened?,
        });
    }
    Ok(dirs)
}

/// `ringlog dev`'s default directory for this environment: $XDG_DATA_HOME/ringlog/dev, else under $HOME.
#[must_use]
pub fn dev_home(var: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name: &str| var(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let base = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))?;
    Some(base.join("ringlog/dev"))
}

/// Creates `path` if needed, locks it and makes sure that it is ours. `fresh`: wipe it first.
/// Waits at most `wait` for the lock and calls `progress` about once a second. Errors: P040, P041, P042, P048.
pub fn open(path: &Path, fresh: bool, wait: Duration, progress: impl Fn(&str)) -> Result<DataDir, Failure> {
    let make = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    make.map_err(|e| unusable(path, "create", &e))?;
    let path = fs::canonicalize(path).map_err(|e| unusable(path, "open", &e))?;
    // Before the lock file is created: a foreign directory stays as it is.
    recognize(&path)?;
    let lock = lock(&path, wait, progress)?;
    if fresh {
        wipe(&path).map_err(|e| failed(&path, "wipe", &e))?;
    }
    let mark = path.join(MARK);
    match fs::DirBuilder::new().mode(0o700).create(&mark) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(unusable(&path, "write in", &e)),
        _ => {}
    }
    File::open(&path).and_then(|d| d.sync_all()).map_err(|e| failed(&path, "sync", &e))?;
    Ok(DataDir { path, _lock: Some(lock) })
}

fn recognize(path: &Path) -> Result<(), Failure> {
    let mut foreign = None;
    for entry in fs::read_dir(path).map_err(|e| unusable(path, "read", &e))? {
        let name = entry.map_err(|e| unusable(path, "read", &e))?.file_name();
        let name = name.to_string_lossy().into_owned();
        match name.as_str() {
            MARK => return Ok(()),
            LOCK | "lost+found" => {}
            _ if name.starts_with(".ringlog-probe-") => {}
            _ => foreign = Some(name),
        }
    }
    let Some(name) = foreign else { return Ok(()) };
    let kafka = path.join("meta.properties").exists();
    let by = if kafka { "; it looks like a log directory of Apache Kafka" } else { "" };
    Err(Failure::new("P042", format!("{} is not a ringlog data directory", path.display()))
        .found(format!("`{name}` in it{by}"))
        .need(format!("an empty directory, or one with `{MARK}/` in it")))
}

fn lock(path: &Path, wait: Duration, progress: impl Fn(&str)) -> Result<File, Failure> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path.join(LOCK));
    let mut file = file.map_err(|e| unusable(path, "write in", &e))?;
    let started = Instant::now();
    let mut told = 0;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(e)) => return Err(failed(path, "lock", &e)),
            Err(TryLockError::WouldBlock) => {}
        }
        let waited = started.elapsed();
        if waited >= wait {
            let owner = owner(&mut file);
            return Err(Failure::new("P041", format!("{} is in use by another process", path.display()))
                .found(format!("its lock held by {owner}, for the {:.1}s waited", waited.as_secs_f64())));
        }
        if waited.as_secs() >= told {
            told = waited.as_secs() + 1;
            let owner = owner(&mut file);
            let (so_far, most) = (waited.as_secs(), wait.as_secs());
            progress(&format!(
                "waiting for the lock of {}, held by {owner} ({so_far} of {most} s)",
                path.display()
            ));
        }
        std::thread::sleep(RETRY);
    }
    // For the message of the next process only: a failure changes nothing.
    let _ = file.set_len(0).and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()));
    Ok(file)
}

fn owner(file: &mut File) -> String {
    use std::io::Seek;
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(32).read_to_string(&mut text));
    let _ = file.rewind();
    match text.trim().parse::<u32>() {
        Ok(pid) if read.is_ok() => format!("process {pid}"),
        _ => "another process".into(),
    }
}

/// Removes everything but the lock. The mark goes last: a crash in the middle leaves a directory that is ours.
fn wipe(path: &Path) -> io::Result<()> {
    let remove = |entry: &fs::DirEntry| {
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())
        } else {
            fs::remove_file(entry.path())
        }
    };
    let mut mark = None;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        match entry.file_name().to_str() {
            Some(MARK) => mark = Some(entry),
            Some(LOCK | "lost+found") => {}
            _ => remove(&entry)?,
        }
    }
    mark.as_ref().map_or(Ok(()), remove)
}

fn unusable(path: &Path, verb: &str, e: &io::Error) -> Failure {
    match e.kind() {
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::ReadOnlyFilesystem => {
            Failure::new("P040", format!("cannot {verb} {}: {e}", path.display()))
        }
        io::ErrorKind::StorageFull => Failure::new("P045", format!("cannot {verb} {}: {e}", path.display())),
        _ => failed(path, verb, e),
    }
}

fn failed(path: &Path, verb: &str, e: &io::Error) -> Failure {
    Failure::new("P048", format!("cannot {verb} {}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    struct Temp(PathBuf);

    impl Temp {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("ringlog-dirs-{name}-{}", std::process::id())))
        }
    }

    impl Drop for Temp {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn try_open(path: &Path, fresh: bool) -> Result<DataDir, Failure> {
        open(path, fresh, Duration::ZERO, |_| {})
    }

    #[test]
    fn a_new_directory_is_private_ours_and_locked() {
        let dir = Temp::new("new");
        let held = try_open(&dir.0.join("a/b"), false).expect("made");
        let mode = |p: &Path| fs::metadata(p).expect("stat").permissions().mode() & 0o777;
        assert_eq!((mode(&held.path), mode(&held.path.join(LOCK))), (0o700, 0o600));
        let second = try_open(&held.path, false).expect_err("locked");
        assert_eq!(second.code, "P041");
        assert!(second.found.is_some_and(|f| f.contains(&std::process::id().to_string())));
        let path = held.path.clone();
        drop(held);
        try_open(&path, false).expect("free again");
    }

    #[test]
    fn a_foreign_directory_is_refused_and_untouched() {
        let dir = Temp::new("foreign");
        fs::create_dir_all(&dir.0).expect("create");
        fs::write(dir.0.join("letter.txt"), "dear").expect("write");
        for fresh in [false, true] {
            assert_eq!(try_open(&dir.0, fresh).expect_err("foreign").code, "P042");
        }
        assert_eq!(fs::read_dir(&dir.0).expect("list").count(), 1);
    }

    #[test]
    fn fresh_wipes_ours() {
        let dir = Temp::new("fresh");
        drop(try_open(&dir.0, false).expect("made"));
        fs::create_dir_all(dir.0.join("topic-0")).expect("create");
        fs::write(dir.0.join("topic-0/0.log"), "x").expect("write");
        drop(try_open(&dir.0, false).expect("kept"));
        assert!(dir.0.join("topic-0").exists());
        drop(try_open(&dir.0, true).expect("wiped"));
        assert!(!dir.0.join("topic-0").exists());
    }

    #[test]
    fn a_directory_behind_the_first_that_cannot_be_used_is_offline() {
        let dir = Temp::new("offline");
        fs::create_dir_all(&dir.0).expect("create");
        let (good, file) = (dir.0.join("good"), dir.0.join("file"));
        fs::write(&file, "no directory").expect("write");
        let told = std::cell::RefCell::new(Vec::new());
        let open = |paths: &[PathBuf]| {
            let failed = |f: &Failure| told.borrow_mut().push(f.code);
            open_all(paths, |p| try_open(p, false), failed)
        };
        let dirs = open(&[good.clone(), file.clone()]).expect("the first is well");
        assert!(dirs[0]._lock.is_some() && dirs[1]._lock.is_none() && dirs[1].path == file);
        assert_eq!(told.borrow().len(), 1);
        drop(dirs);
        assert!(open(&[file, good.clone()]).is_err(), "the first has the metadata log");
        let foreign = dir.0.clone();
        assert_eq!(open(&[good, foreign]).expect_err("not ours").code, "P042");
    }

    #[test]
    fn dev_home_follows_xdg() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| (*v).to_owned())
        };
        assert_eq!(dev_home(env(&[("XDG_DATA_HOME", "/x"), ("HOME", "/h")])), Some("/x/ringlog/dev".into()));
        assert_eq!(
            dev_home(env(&[("XDG_DATA_HOME", "rel"), ("HOME", "/h")])),
            Some("/h/.local/share/ringlog/dev".into())
        );
        assert_eq!(dev_home(env(&[])), None);
    }
}
