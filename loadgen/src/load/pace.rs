//! How many records are due each second: always as many, rising in steps, or in bursts.
//!
//! Owner: one run. Invariants: the pace depends on the time since the run began alone; every rate is above zero.

use super::clock::seconds;
use std::str::FromStr;

/// Records per second in all, over time. Times are nanoseconds since the run began.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pace {
    /// As many as are answered: a closed loop.
    Max,
    /// Always as many.
    Steady(f64),
    /// From a rate to another in steps, each as long; then the last one stays.
    Ramp {
        /// The first.
        from: f64,
        /// The last; below the first, the ramp goes down.
        to: f64,
        /// Between two.
        step: f64,
        /// Length of a step, ns.
        every: f64,
    },
    /// So many, and in a part of each period several times as many.
    Burst {
        /// Outside of bursts.
        rate: f64,
        /// Times as many within.
        times: f64,
        /// Length of a burst, ns.
        on: f64,
        /// From one burst's beginning to the next, ns.
        period: f64,
    },
}

impl Pace {
    /// The rate at `at`; `None` for the closed loop.
    #[must_use]
    pub fn at(&self, at: f64) -> Option<f64> {
        match *self {
            Self::Max => None,
            Self::Steady(rate) => Some(rate),
            Self::Ramp { from, to, step, every } => {
                let gone = (at / every).floor() * step;
                Some(if to >= from { (from + gone).min(to) } else { (from - gone).max(to) })
            }
            Self::Burst { rate, times, on, period } => {
                Some(if at % period < on { rate * times } else { rate })
            }
        }
    }

    /// How long it takes until the last rate is reached and has lasted a step, ns; `None` if it has no end.
    #[must_use]
    pub fn length(&self) -> Option<f64> {
        match *self {
            Self::Ramp { from, to, step, every } => Some((((to - from).abs() / step).ceil() + 1.0) * every),
            _ => None,
        }
    }
}

/// A rate: records per second, or max.
pub fn rate(text: &str) -> Result<Pace, String> {
    match (text, number(text)) {
        ("max", _) => Ok(Pace::Max),
        (_, Some(rate)) => Ok(Pace::Steady(rate)),
        _ => Err(format!("found {text}; need records per second above 0, or max")),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0)
}

/// `FROM..TO/STEP`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Ramp {
    /// The first rate.
    pub from: f64,
    /// The last.
    pub to: f64,
    /// Between two.
    pub step: f64,
}

impl FromStr for Ramp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once("..").and_then(|(from, rest)| {
            let (to, step) = rest.split_once('/')?;
            Some(Self { from: number(from)?, to: number(to)?, step: number(step)? })
        });
        parts.ok_or_else(|| {
            format!("found {text}; need FROM..TO/STEP in records per second above 0, as 1000..20000/1000")
        })
    }
}

/// `TIMESxLENGTH/PERIOD`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Burst {
    /// Times as many records.
    pub times: f64,
    /// Length of a burst, seconds.
    pub on: f64,
    /// From one to the next, seconds.
    pub period: f64,
}

impl FromStr for Burst {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('x').and_then(|(times, rest)| {
            let (on, period) = rest.split_once('/')?;
            let one = Self { times: number(times)?, on: seconds(on).ok()?, period: seconds(period).ok()? };
            (one.on > 0.0 && one.on < one.period).then_some(one)
        });
        parts.ok_or_else(|| {
            format!("found {text}; need TIMESxLENGTH/PERIOD, as 10x100ms/1s: for 100 ms of every second ten times as many")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::schedule::{Arrivals, Schedule};
    use super::*;

    #[test]
    fn a_ramp_climbs_or_falls_in_steps_and_stays() {
        let pace = Pace::Ramp { from: 100.0, to: 300.0, step: 150.0, every: 2e9 };
        let rates: Vec<f64> = (0..8).filter_map(|s| pace.at(f64::from(s) * 1e9)).collect();
        assert_eq!(rates, [100.0, 100.0, 250.0, 250.0, 300.0, 300.0, 300.0, 300.0]);
        assert_eq!(pace.length(), Some(6e9));
        let down = Pace::Ramp { from: 300.0, to: 100.0, step: 100.0, every: 1e9 };
        assert_eq!((down.at(1e9), down.at(9e9)), (Some(200.0), Some(100.0)));
    }

    #[test]
    fn bursts_have_their_share_of_records() {
        let pace = Pace::Burst { rate: 100.0, times: 10.0, on: 1e8, period: 1e9 };
        let mut schedule = Schedule::new(pace, Arrivals::Even, (0, 1));
        let (mut within, mut outside) = (0, 0);
        while schedule.due(0) < 10_000_000_000 {
            if schedule.due(0) % 1_000_000_000 < 100_000_000 {
                within += 1
            } else {
                outside += 1
            }
            schedule.advance();
        }
        assert!((980..=1020).contains(&within) && (880..=920).contains(&outside), "{within}, {outside}");
    }

    #[test]
    fn what_is_no_pace_is_refused() {
        assert_eq!((rate("max"), rate("2.5")), (Ok(Pace::Max), Ok(Pace::Steady(2.5))));
        for text in ["", "0", "-1", "inf", "nan", "10k"] {
            assert!(rate(text).is_err(), "{text}");
        }
        assert_eq!("1..9/2".parse(), Ok(Ramp { from: 1.0, to: 9.0, step: 2.0 }));
        assert_eq!("10x100ms/1s".parse(), Ok(Burst { times: 10.0, on: 0.1, period: 1.0 }));
        for text in ["", "1..2", "0..2/1", "1..2/0", "1.2/3"] {
            assert!(text.parse::<Ramp>().is_err(), "{text}");
        }
        for text in ["", "10x1s", "10x2s/1s", "0x1s/2s", "10x0s/1s"] {
            assert!(text.parse::<Burst>().is_err(), "{text}");
        }
    }
}
