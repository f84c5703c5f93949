//! How busy each core was in the last second: the share of it in which it neither slept nor looked for work in vain.
//!
//! Owner: the process, behind `Cores`' lock. Invariant: a share is of two readings of the cores' counters that are
//! about a second apart, whoever asks and how often; turns count when they are over, so that no share is above 100 %.

use std::time::{Duration, Instant};

/// Readings are at least so far apart: cores report once a second, not to the millisecond.
const APART: Duration = Duration::from_millis(900);

/// The last reading, and the shares since the one before.
#[derive(Debug, Default)]
pub struct Busy {
    last: Option<(Instant, Vec<u64>)>,
    percent: Vec<f64>,
}

impl Busy {
    /// Takes a reading if the last one is old enough. `busy_us`: of each core since its start, microseconds.
    pub fn note(&mut self, now: Instant, busy_us: impl FnOnce() -> Vec<u64>) {
        let gone = self.last.as_ref().map(|(at, _)| now.saturating_duration_since(*at));
        if gone.is_some_and(|gone| gone < APART) {
            return;
        }
        let read = busy_us();
        if let (Some((_, before)), Some(gone)) = (&self.last, gone) {
            let share = |(now, before): (&u64, &u64)| {
                let percent = now.saturating_sub(*before) as f64 / gone.as_micros() as f64 * 100.0;
                (percent.min(100.0) * 10.0).round() / 10.0
            };
            self.percent = read.iter().zip(before).map(share).collect();
        }
        self.last = Some((now, read));
    }

    /// By core, to a tenth; the last is the control core. Empty before there are two readings.
    pub fn percent(&self) -> &[f64] {
        &self.percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_last_second_whoever_notes_it() {
        let (mut busy, start) = (Busy::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        busy.note(at(0), || vec![5_000_000, 70]);
        assert!(busy.percent().is_empty(), "one reading is no share");
        busy.note(at(500), || panic!("too early"));
        busy.note(at(1000), || vec![5_250_000, 70]);
        assert_eq!(busy.percent(), [25.0, 0.0]);
        busy.note(at(1899), || panic!("too early"));
        busy.note(at(2000), || vec![6_300_000, 1_070]);
        assert_eq!(busy.percent(), [100.0, 0.1], "a turn that began before");
    }
}
