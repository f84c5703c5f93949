//! Log lines: cores hand them to one thread, which writes standard error.
//!
//! Owner: the process; handles are cheap to clone. Invariants: `line` never blocks and never allocates without
//! bound: above the rate or with a full queue a line is dropped and counted, and the count is logged later.

use crate::cli::LogFormat;
use ringlog_shard::env::Level;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Lines waiting for the thread, at most.
const QUEUE_MAX: usize = 1024;
/// A line is cut here, bytes.
const LINE_MAX: usize = 2048;
/// Lines written a second, at most; what is above is counted.
const RATE_MAX: u32 = 200;

struct Line {
    level: Level,
    source: Source,
    wall: SystemTime,
    text: String,
}

/// Who says a line.
#[derive(Clone, Copy)]
enum Source {
    Part(&'static str),
    Core(u16),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Part(name) => f.write_str(name),
            Self::Core(core) => write!(f, "core {core}"),
        }
    }
}

/// A handle on the log.
#[derive(Clone)]
pub struct Log {
    queue: SyncSender<Line>,
    dropped: Arc<AtomicU64>,
    debug: bool,
}

/// Ends the thread when dropped, after it has written what was queued.
pub struct LogThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Log {
    /// Starts the thread. `debug`: keep debug lines.
    pub fn start(format: LogFormat, debug: bool) -> std::io::Result<(Self, LogThread)> {
        let (queue, lines) = sync_channel(QUEUE_MAX);
        let dropped = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let writer = Writer { format, dropped: Arc::clone(&dropped), stop: Arc::clone(&stop) };
        let thread = std::thread::Builder::new().name("log".into()).spawn(move || writer.run(&lines))?;
        Ok((Self { queue, dropped, debug }, LogThread { stop, thread: Some(thread) }))
    }

    /// Queues one line. `source`: the part of the program that says it. Never blocks.
    pub fn line(&self, level: Level, source: &'static str, text: &str) {
        self.queue(level, Source::Part(source), text);
    }

    /// Queues one line of a core. Never blocks.
    pub fn core_line(&self, level: Level, core: u16, text: &str) {
        self.queue(level, Source::Core(core), text);
    }

    fn queue(&self, level: Level, source: Source, text: &str) {
        if level == Level::Debug && !self.debug {
            return;
        }
        let text = clean(text);
        let line = Line { level, source, wall: SystemTime::now(), text };
        if let Err(TrySendError::Full(_)) = self.queue.try_send(line) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for LogThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One line, whatever a peer put into it: no control characters, no more than `LINE_MAX`.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LINE_MAX));
    for c in text.chars() {
        if out.len() + c.len_utf8() > LINE_MAX {
            out.push('…');
            break;
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

struct Writer {
    format: LogFormat,
    dropped: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    fn run(self, lines: &Receiver<Line>) {
        let mut second = Instant::now();
        let mut written = 0;
        loop {
            let next = lines.recv_timeout(Duration::from_millis(200));
            if second.elapsed() >= Duration::from_secs(1) {
                second = Instant::now();
                written = 0;
                self.report_dropped();
            }
            match next {
                Ok(line) if written < RATE_MAX || line.level == Level::Error => {
                    written += 1;
                    self.write(&line);
                }
                Ok(_) => {
                    self.dropped.fetch_add(1, Ordering::Relaxed);
                }
                Err(RecvTimeoutError::Timeout) if !self.stop.load(Ordering::Acquire) => {}
                Err(_) => break,
            }
        }
        self.report_dropped();
    }

    fn report_dropped(&self) {
        let n = self.dropped.swap(0, Ordering::Relaxed);
        if n > 0 {
            let text = format!("{n} log lines were left out");
            self.write(&Line {
                level: Level::Warn,
                source: Source::Part("log"),
                wall: SystemTime::now(),
                text,
            });
        }
    }

    fn write(&self, line: &Line) {
        let text = render(self.format, line);
        // Standard error may be closed or full: there is nobody left to tell.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

fn render(format: LogFormat, line: &Line) -> String {
    let time = timestamp(line.wall);
    let level = match line.level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    match format {
        LogFormat::Text => format!("{time} {level:<5} {}: {}\n", line.source, line.text),
        LogFormat::Json => {
            let object = serde_json::json!({
                "time": time, "level": level, "source": line.source.to_string(), "message": line.text,
            });
            format!("{object}\n")
        }
    }
}

/// RFC 3339 in UTC with milliseconds.
fn timestamp(wall: SystemTime) -> String {
    let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, rest) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    // Years begin in March here, so that the leap day is a year's last (days from civil, reversed).
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let milli = since.subsec_millis();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_civil_dates() {
        let at = |s, ms| timestamp(UNIX_EPOCH + Duration::from_secs(s) + Duration::from_millis(ms));
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000Z");
        assert_eq!(at(951_782_400, 7), "2000-02-29T00:00:00.007Z");
        assert_eq!(at(1_735_689_599, 999), "2024-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_line_stays_one_line_of_bounded_length() {
        assert_eq!(clean("a\nb\x1b[31m"), "a b [31m");
        assert!(clean(&"é".repeat(LINE_MAX)).len() <= LINE_MAX + '…'.len_utf8());
        let line =
            Line { level: Level::Warn, source: Source::Core(3), wall: UNIX_EPOCH, text: "x \"y\"".into() };
        assert_eq!(
            render(LogFormat::Json, &line),
            "{\"level\":\"warn\",\"message\":\"x \\\"y\\\"\",\"source\":\"core 3\",\"time\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
    }
}
