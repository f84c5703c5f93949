//! `ringctl verify DIR`: reads a whole data directory of a stopped broker and says what of it is damaged.
//!
//! Owner: one process, read only. Invariants: nothing is written; no input panics; what a crash may leave (a torn tail
//! behind what was acknowledged, a half written checkpoint beside a whole one) is no damage; what the broker makes anew
//! by itself is told apart from what it cannot. Bounds of memory: one commit log file, 24 bytes for each batch of a
//! segment.

mod core;
mod partition;
#[cfg(test)]
mod tests;

use ringlog_storage::checkpoint::Record;
use ringlog_storage::layout::{self, Layout};
use ringlog_storage::partition::files::{META_PROPERTIES, MetaProperties, PARTITION_METADATA};
use serde_json::json;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit statuses of sysexits.h: damage; no data directory; it cannot be read; a broker runs on it.
const EX_DATAERR: u8 = 65;
const EX_NOINPUT: u8 = 66;
const EX_IOERR: u8 = 74;
const EX_TEMPFAIL: u8 = 75;
/// End of the names of folders whose partitions are deleted.
const DELETED: &str = "-delete";
/// Bytes read at once.
const PIECE: usize = 1 << 20;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Grade {
    /// Acknowledged data, or what leads to it, is not what was written.
    Damaged,
    /// The broker makes it anew, or reads around it.
    Mends,
}

/// Something that is not as it should be.
#[derive(Debug)]
struct Finding {
    grade: Grade,
    file: PathBuf,
    /// Where in the file.
    position: Option<u64>,
    /// The first offset concerned.
    offset: Option<u64>,
    why: String,
}

/// What was read, and what was found.
#[derive(Debug, Default)]
struct Report {
    findings: Vec<Finding>,
    partitions: u64,
    segments: u64,
    batches: u64,
    bytes: u64,
    frames: u64,
}

impl Report {
    fn add(&mut self, grade: Grade, file: &Path, why: impl Into<String>) {
        self.at(grade, file, None, None, why);
    }

    fn at(
        &mut self,
        grade: Grade,
        file: &Path,
        position: Option<u64>,
        offset: Option<u64>,
        why: impl Into<String>,
    ) {
        self.findings.push(Finding { grade, file: file.to_owned(), position, offset, why: why.into() });
    }

    fn count(&self, grade: Grade) -> usize {
        self.findings.iter().filter(|f| f.grade == grade).count()
    }

    fn print(&self, json: bool) {
        let mut out = io::stdout().lock();
        for f in &self.findings {
            let line = if json { f.as_object() } else { f.as_line() };
            if writeln!(out, "{line}").is_err() {
                return;
            }
        }
        let (damaged, mends) = (self.count(Grade::Damaged), self.count(Grade::Mends));
        let Self { partitions, segments, batches, bytes, frames, .. } = self;
        let _ = if json {
            writeln!(
                out,
                "{}",
                json!({"partitions": partitions, "segments": segments, "batches": batches, "bytes": bytes,
                    "frames": frames, "damaged": damaged, "mends": mends})
            )
        } else {
            writeln!(
                out,
                "verified {partitions} partitions: {segments} segments with {batches} batches in {bytes} bytes, and \
                 {frames} frames of commit logs: {damaged} damaged, {mends} that mend themselves"
            )
        };
    }
}

impl Finding {
    fn as_line(&self) -> String {
        let grade = match self.grade {
            Grade::Damaged => "DAMAGED",
            Grade::Mends => "mends",
        };
        let at = self.position.map(|p| format!(" at byte {p}")).unwrap_or_default();
        let offset = self.offset.map(|o| format!(" (offset {o})")).unwrap_or_default();
        format!("{grade}: {}{at}{offset}: {}", self.file.display(), self.why)
    }

    fn as_object(&self) -> String {
        let grade = match self.grade {
            Grade::Damaged => "damaged",
            Grade::Mends => "mends",
        };
        json!({"finding": grade, "file": self.file.display().to_string(), "position": self.position,
            "offset": self.offset, "why": self.why})
        .to_string()
    }
}

/// Verifies `dir` and prints what was found.
pub fn run(dir: &Path, json: bool) -> ExitCode {
    let (status, said) = match verify(dir) {
        Ok(report) => {
            report.print(json);
            let damaged = report.count(Grade::Damaged) > 0;
            return ExitCode::from(if damaged { EX_DATAERR } else { 0 });
        }
        Err(Refused::NoDirectory) => {
            (EX_NOINPUT, format!("{} is no data directory of ringlog: it has no cores/layout", dir.display()))
        }
        Err(Refused::InUse) => {
            let why = "a broker runs on it, and what it writes meanwhile would look torn: stop it first";
            (EX_TEMPFAIL, format!("{}: {why}", dir.display()))
        }
        Err(Refused::Io(path, e)) => (EX_IOERR, format!("{}: {e}", path.display())),
    };
    eprintln!("ringctl: {said}");
    ExitCode::from(status)
}

/// Why nothing was verified.
#[derive(Debug)]
enum Refused {
    NoDirectory,
    InUse,
    Io(PathBuf, io::Error),
}

/// For `map_err`: names the file.
fn on(path: &Path) -> impl FnOnce(io::Error) -> Refused {
    let path = path.to_owned();
    move |e| Refused::Io(path, e)
}

fn verify(dir: &Path) -> Result<Report, Refused> {
    let layout_path = layout::layout_path(dir);
    let layout = match fs::read(&layout_path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Refused::NoDirectory),
        read => read.map_err(on(&layout_path))?,
    };
    let _held = lock(dir)?;
    let mut report = Report::default();
    let layout = Layout::decode(&layout);
    if layout.is_none() {
        report.add(Grade::Damaged, &layout_path, "damaged, or a newer version wrote it");
    }
    let meta = dir.join(META_PROPERTIES);
    match fs::read_to_string(&meta) {
        Ok(text) => {
            if let Err(e) = MetaProperties::parse(&text) {
                report.add(Grade::Damaged, &meta, e.0);
            }
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => report.add(Grade::Damaged, &meta, "missing"),
        Err(e) if e.kind() == io::ErrorKind::InvalidData => {
            report.add(Grade::Damaged, &meta, "it is no text")
        }
        Err(e) => return Err(Refused::Io(meta, e)),
    }
    let mut known: BTreeMap<String, Record> = BTreeMap::new();
    for entry in list(&layout::cores_dir(dir))? {
        if layout::parse_core(&entry).is_some() {
            for record in core::verify(&layout::cores_dir(dir).join(entry), &mut report)? {
                known.insert(format!("{}-{}", record.name, record.index), record);
            }
        }
    }
    for name in list(dir)? {
        let path = dir.join(&name);
        if name == "__cluster_metadata-0" {
            partition::metadata_log(&path, &mut report)?;
        } else if !name.ends_with(DELETED) && path.join(PARTITION_METADATA).exists() {
            partition::verify(&path, known.get(&name), &mut report)?;
        }
    }
    Ok(report)
}

/// The lock that a broker would hold. `None`: there never was one.
fn lock(dir: &Path) -> Result<Option<File>, Refused> {
    let path = dir.join(".lock");
    let file = match File::open(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(on(&path))?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Refused::InUse),
        Err(TryLockError::Error(e)) => Err(Refused::Io(path, e)),
    }
}

/// Names in a folder, sorted; those that are no text are not ours.
fn list(dir: &Path) -> Result<Vec<String>, Refused> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(on(dir))? {
        names.extend(entry.map_err(on(dir))?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// The content of a small file; `None` if there is none.
fn small(path: &Path) -> Result<Option<Vec<u8>>, Refused> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Refused::Io(path.to_owned(), e)),
    }
}

/// Gives the first `limit` bytes of a file to `take`, piece by piece. Returns how many there were.
fn pieces(path: &Path, limit: u64, take: &mut dyn FnMut(&[u8])) -> Result<u64, Refused> {
    let mut file = File::open(path).map_err(on(path))?.take(limit);
    let mut piece = vec![0; PIECE];
    let mut all = 0;
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(all),
            Ok(n) => {
                take(piece.get(..n).unwrap_or_default());
                all += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(Refused::Io(path.to_owned(), e)),
        }
    }
}
