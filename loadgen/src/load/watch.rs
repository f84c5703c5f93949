//! The run as it goes: a line for every interval, and what the result keeps of each.
//!
//! Owner: the thread that started the run. Invariants: at most `INTERVALS_MAX` intervals are kept, however long the run
//! is: longer runs have longer ones; histograms go into the log at once and are not kept.

use super::cores::Cores;
use super::hlog::Log;
use super::measure::Counts;
use super::omb::result::Series;
use super::pace::Pace;
use super::report::{Interval, progress, step_json};
use serde_json::Value;
use std::io;
use std::sync::mpsc::Receiver;
use std::time::Instant;

/// Intervals of a result, at most.
const INTERVALS_MAX: f64 = 1800.0;

/// Length of an interval of a run of so many seconds, ns.
#[must_use]
pub fn interval_of(seconds: f64) -> u64 {
    ((seconds / INTERVALS_MAX).ceil().max(1.0) * 1e9) as u64
}

/// What is kept of a run that goes on.
pub struct Watch {
    /// End of the warm-up and of the run, seconds.
    pub counted: (f64, f64),
    /// How many records are due.
    pub pace: Pace,
    /// Whether lines are printed.
    pub quiet: bool,
    /// Gets every interval's histograms.
    pub log: Option<Log>,
    /// Asked after every interval.
    pub cores: Option<Cores>,
    /// Intervals as JSON, those of the warm-up too.
    pub intervals: Vec<Value>,
    /// Steps of a ramp as JSON.
    pub steps: Vec<Value>,
    /// What OpenMessaging Benchmark keeps of every counted interval.
    pub series: Series,
    /// Records without an answer at the first counted second and at the last.
    pub backlog: Option<(i64, i64)>,
    step: Option<(f64, Counts, f64)>,
}

impl Watch {
    /// Nothing yet.
    #[must_use]
    pub fn new(pace: Pace, counted: (f64, f64)) -> Self {
        Self {
            counted,
            pace,
            quiet: false,
            log: None,
            cores: None,
            intervals: Vec::new(),
            steps: Vec::new(),
            series: Series::default(),
            backlog: None,
            step: None,
        }
    }

    /// Takes what `threads` threads send until all have ended; a line when every one has said its part.
    /// Errors: the log cannot be written.
    pub fn follow(&mut self, parts: &Receiver<Counts>, threads: usize) -> io::Result<()> {
        let (mut came, mut sum, mut backlog) = (0, Counts::default(), 0i64);
        let began = Instant::now();
        let mut last = began;
        while let Ok(counts) = parts.recv() {
            sum.add(&counts);
            came += 1;
            let seconds = last.elapsed().as_secs_f64();
            // What is left at the end is no interval.
            if came < threads || seconds < 0.5 {
                continue;
            }
            let counts = std::mem::take(&mut sum);
            backlog += counts.taken as i64 - (counts.acked + counts.failed()) as i64;
            let from = last.duration_since(began).as_secs_f64();
            (came, last) = (0, Instant::now());
            self.interval(Interval { from, counts, backlog: backlog.max(0), seconds })?;
        }
        self.end_step();
        Ok(())
    }

    fn interval(&mut self, interval: Interval) -> io::Result<()> {
        // What is waited for behind the end is no part of what was asked for.
        if interval.from + 0.05 >= self.counted.1 {
            return Ok(());
        }
        // Nor is it time of the load: the last interval would have fewer records a second.
        let seconds = interval.seconds.min(self.counted.1 - interval.from);
        let interval = Interval { seconds, ..interval };
        if !self.quiet {
            eprintln!("{}", progress(&interval));
        }
        if let Some(log) = &mut self.log {
            log.interval(&interval)?;
        }
        let mut json = interval.json();
        if let (Some(cores), Some(object)) = (&mut self.cores, json.as_object_mut())
            && let Some(seen) = cores.look()
        {
            object.insert("cores".to_owned(), seen);
        }
        if let Some(cores) =
            self.cores.as_mut().filter(|_| interval.from + interval.seconds < self.counted.0 + 0.01)
        {
            cores.forget_stages();
        }
        self.intervals.push(json);
        // An interval that began in the warm-up has records of it.
        if interval.from + 0.01 >= self.counted.0 {
            let first = self.backlog.map_or(interval.backlog, |(first, _)| first);
            self.backlog = Some((first, interval.backlog));
            self.series.add(&interval);
            self.step(interval);
        }
        Ok(())
    }

    /// Steps of a ramp: intervals of one rate belong together.
    fn step(&mut self, interval: Interval) {
        if !matches!(self.pace, Pace::Ramp { .. }) {
            return;
        }
        let rate = self.pace.at((interval.from + interval.seconds / 2.0) * 1e9).unwrap_or(0.0);
        if self.step.as_ref().is_some_and(|(r, ..)| *r != rate) {
            self.end_step();
        }
        let (_, counts, seconds) = self.step.get_or_insert_with(|| (rate, Counts::default(), 0.0));
        counts.add(&interval.counts);
        *seconds += interval.seconds;
    }

    fn end_step(&mut self) {
        if let Some((rate, counts, seconds)) = self.step.take() {
            self.steps.push(step_json(rate, &counts, seconds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn an_hour_has_as_many_intervals_as_half_of_it() {
        assert_eq!(interval_of(20.0), 1_000_000_000);
        assert_eq!(interval_of(3600.0), 2_000_000_000);
        assert!(7.0 * 86_400.0 / (interval_of(7.0 * 86_400.0) as f64 / 1e9) <= INTERVALS_MAX);
    }

    #[test]
    fn the_steps_of_a_ramp_are_told_apart_and_the_backlog_is_that_of_counted_intervals() {
        let mut watch = Watch::new(Pace::Ramp { from: 10.0, to: 20.0, step: 10.0, every: 2e9 }, (1.0, 5.0));
        watch.quiet = true;
        for second in 0..6 {
            let counts = Counts { taken: 10, acked: 10, ..Default::default() };
            let (from, backlog) = (f64::from(second), i64::from(second));
            watch.interval(Interval { from, counts, backlog, seconds: 1.0 }).unwrap();
        }
        watch.end_step();
        let rates: Vec<_> =
            watch.steps.iter().map(|s| (s["rate"].as_f64(), s["acknowledged"].as_u64())).collect();
        assert_eq!(rates, [(Some(10.0), Some(10)), (Some(20.0), Some(30))]);
        assert_eq!((watch.backlog, watch.intervals.len()), (Some((1, 4)), 5));
    }

    #[test]
    fn the_last_interval_is_as_long_as_the_load_and_not_as_the_wait_behind_it() {
        let mut watch = Watch::new(Pace::Steady(40.0), (0.0, 4.5));
        watch.quiet = true;
        let counts = Counts { taken: 20, acked: 20, ..Default::default() };
        watch.interval(Interval { from: 4.0, counts, backlog: 0, seconds: 1.1 }).unwrap();
        let last = &watch.intervals[0];
        assert_eq!((last["records_per_second"].as_f64(), last["second"].as_f64()), (Some(40.0), Some(4.5)));
    }

    #[test]
    fn it_ends_with_the_last_thread() {
        let (sender, parts) = channel();
        sender.send(Counts { taken: 3, ..Default::default() }).unwrap();
        drop(sender);
        let mut watch = Watch::new(Pace::Max, (0.0, 9.0));
        watch.follow(&parts, 2).unwrap();
        assert!(watch.intervals.is_empty(), "half of the threads make no interval");
    }
}
