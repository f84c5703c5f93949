//! Ordinary threads that make files and names durable, and many of them together.
//!
//! Owner: per data directory `sync` (files) and `names` (small files that are replaced, directories); shared by all
//! cores. Invariants: whoever is answered with success is durable; a job owns all that it touches. Where `MANY` wait,
//! one `syncfs` and one flush of the device stand for a sync of each: of ten thousand partitions that are stopped
//! or brought into a checkpoint nobody waits for ten thousand flushes (docs/decisions/0014). Below that each has its
//! own, because `syncfs` also waits for what other programs wrote to the same file system.

use super::file::UringFile;
use super::worker::{Reply, Waiting, reply};
use nix::errno::Errno;
use nix::unistd::syncfs;
use ringlog_storage::disk::UNFINISHED_SUFFIX;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// So many jobs that wait are done together.
const MANY: usize = 64;
/// And at most so many at once: each may hold a small file's content and an open file.
const GROUP_MAX: usize = 512;

/// What is to be durable.
pub(super) enum What {
    /// The bytes of a file (fdatasync).
    File(UringFile),
    /// The names in a directory.
    Directory(PathBuf),
    /// A small file with this content in the place of what has its name.
    Replaced(PathBuf, Vec<u8>),
}

struct Job {
    what: What,
    reply: Reply<()>,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Threads that are to end once no job is left.
    stops: usize,
    /// Threads that have not ended.
    running: usize,
}

struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One job, or all that wait if they are many; none when the thread is to end.
    fn next(&self) -> Option<Vec<Job>> {
        let mut state = self.lock();
        loop {
            let waiting = state.jobs.len();
            if waiting > 0 {
                let taken = if waiting < MANY { 1 } else { waiting.min(GROUP_MAX) };
                return Some(state.jobs.drain(..taken).collect());
            }
            if state.stops > 0 {
                state.stops -= 1;
                state.running -= 1;
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The sending side of such threads.
#[derive(Clone)]
pub(super) struct Syncer(Arc<Queue>);

impl Syncer {
    /// Starts `threads` threads. Errors: the process may not start more.
    pub(super) fn start(name: &str, threads: usize) -> io::Result<(Self, Vec<JoinHandle<()>>)> {
        let state = Mutex::new(State { running: threads, ..State::default() });
        let queue = Arc::new(Queue { state, changed: Condvar::new() });
        let spawn = |_| {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new().name(name.to_owned()).spawn(move || {
                while let Some(jobs) = queue.next() {
                    perform(jobs);
                }
            })
        };
        let threads = (0..threads).map(spawn).collect::<io::Result<Vec<_>>>()?;
        Ok((Self(queue), threads))
    }

    /// Ends one thread after the queued jobs.
    pub(super) fn stop(&self) {
        self.0.lock().stops += 1;
        self.0.changed.notify_one();
    }

    /// Durable when the future is ready with success. After the last thread's end it is an error.
    pub(super) fn run(&self, what: What) -> Waiting<()> {
        let (reply, waiting) = reply();
        let job = Job { what, reply };
        let mut state = self.0.lock();
        if state.running > 0 {
            state.jobs.push_back(job);
            self.0.changed.notify_one();
        }
        waiting
    }
}

fn perform(jobs: Vec<Job>) {
    if jobs.len() < MANY {
        return one_by_one(jobs);
    }
    let mut written = Vec::with_capacity(jobs.len());
    let mut replaced = false;
    for mut job in jobs {
        match begin(&job.what) {
            Ok(file) => {
                replaced |= matches!(job.what, What::Replaced(..));
                written.push((job, file));
            }
            Err(e) => job.reply.set(Err(e)),
        }
    }
    match sync_together(&written) {
        Err(Errno::ENOSPC | Errno::EDQUOT) => {
            // Of somebody else's file: ours have their space reserved, or told of it when they were written.
            return one_by_one(written.into_iter().map(|(job, _)| job).collect());
        }
        Err(e) => return answer(written, Err(e)),
        Ok(()) => {}
    }
    if !replaced {
        return answer(written, Ok(()));
    }
    let mut named = Vec::with_capacity(written.len());
    for (mut job, file) in written {
        match finish(&job.what) {
            Ok(()) => named.push((job, file)),
            Err(e) => job.reply.set(Err(e)),
        }
    }
    let done = sync_together(&named);
    answer(named, done);
}

fn answer(jobs: Vec<(Job, Option<File>)>, done: Result<(), Errno>) {
    for (mut job, _) in jobs {
        job.reply.set(done.map_err(io::Error::from));
    }
}

/// Writes what is not written yet; the file, if it is to be synced by a descriptor that nobody else has.
fn begin(what: &What) -> io::Result<Option<File>> {
    match what {
        What::File(_) => Ok(None),
        What::Directory(path) => File::open(or_here(path)).map(Some),
        What::Replaced(path, content) => {
            let mut file = File::create(unfinished(path))?;
            file.write_all(content)?;
            Ok(Some(file))
        }
    }
}

/// The new content under its name.
fn finish(what: &What) -> io::Result<()> {
    match what {
        What::Replaced(path, _) => fs::rename(unfinished(path), path),
        What::File(_) | What::Directory(_) => Ok(()),
    }
}

/// Everything that was written to the file system of these jobs, on stable storage.
fn sync_together(jobs: &[(Job, Option<File>)]) -> Result<(), Errno> {
    let Some((job, own)) = jobs.first() else { return Ok(()) };
    let file = match (&job.what, own) {
        (What::File(file), _) => file.std(),
        (_, Some(file)) => file,
        (_, None) => return Err(Errno::EBADF),
    };
    syncfs(file)?;
    // Not every file system flushes the device behind the last thing that it wrote (ext4 without a journal), or
    // where it wrote nothing itself (XFS after O_DIRECT): a sync of any file does.
    file.sync_all().map_err(|e| Errno::from_raw(e.raw_os_error().unwrap_or(libc::EIO)))
}

fn one_by_one(jobs: Vec<Job>) {
    for mut job in jobs {
        let done = match &job.what {
            What::File(file) => file.std().sync_data(),
            What::Directory(path) => sync_directory(path),
            What::Replaced(path, content) => replace(path, content),
        };
        job.reply.set(done);
    }
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let tmp = unfinished(path);
    let mut file = File::create(&tmp)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&tmp, path)?;
    sync_directory(path.parent().unwrap_or(Path::new(".")))
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(or_here(path))?.sync_all()
}

fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

fn unfinished(path: &Path) -> PathBuf {
    let mut tmp = path.as_os_str().to_owned();
    tmp.push(UNFINISHED_SUFFIX);
    PathBuf::from(tmp)
}
