//! When records are due: an open loop knows it before anything is sent, whatever the server does.
//!
//! Owner: one generator thread. Invariant: due times never depend on answers, unless the rate is "max", where a
//! record is due as soon as there is room for it.

use super::pace::Pace;

/// How the gaps between due times are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Arrivals {
    /// All alike.
    #[default]
    Even,
    /// As of many clients that know nothing of one another: exponentially distributed.
    Poisson,
}

/// The due times of one thread, in nanoseconds on the run's clock.
#[derive(Debug)]
pub struct Schedule {
    arrivals: Arrivals,
    pace: Pace,
    threads: f64,
    due: f64,
    random: Random,
}

impl Schedule {
    /// The part of thread `index` of `threads`: their records interleave.
    #[must_use]
    pub fn new(pace: Pace, arrivals: Arrivals, (index, threads): (usize, usize)) -> Self {
        let first = pace.at(0.0).map_or(0.0, |rate| 1e9 / rate);
        let due = first * index as f64;
        Self { arrivals, pace, threads: threads as f64, due, random: Random::new(index as u64) }
    }

    /// When the next record is due; `now` in a closed loop.
    #[must_use]
    pub fn due(&self, now: u64) -> u64 {
        if self.pace == Pace::Max { now } else { self.due as u64 }
    }

    /// That record was taken.
    pub fn advance(&mut self) {
        let Some(rate) = self.pace.at(self.due) else { return };
        let gap = 1e9 * self.threads / rate;
        self.due += match self.arrivals {
            Arrivals::Even => gap,
            // 1 - x is in (0, 1].
            Arrivals::Poisson => -(1.0 - self.random.unit()).ln() * gap,
        };
    }
}

/// SplitMix64: the same run has the same load.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6a09_e667_f3bc_c908)
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In 0..n; 0 if n is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Due times of `n` records of every thread, sorted.
    fn due(arrivals: Arrivals, threads: usize, n: usize) -> Vec<u64> {
        let mut all = Vec::new();
        for index in 0..threads {
            let mut schedule = Schedule::new(Pace::Steady(1000.0), arrivals, (index, threads));
            for _ in 0..n {
                all.push(schedule.due(u64::MAX));
                schedule.advance();
            }
        }
        all.sort_unstable();
        all
    }

    #[test]
    fn the_threads_together_keep_the_rate() {
        let even = due(Arrivals::Even, 4, 250);
        assert!(even.windows(2).all(|w| w[1] - w[0] == 1_000_000), "a millisecond between any two");
        assert_eq!(even.len() as u64 * 1_000_000, even[999] + 1_000_000);
    }

    #[test]
    fn random_gaps_have_the_mean_that_was_asked_for_and_vary_as_much() {
        let all = due(Arrivals::Poisson, 1, 100_000);
        let gaps: Vec<f64> = all.windows(2).map(|w| (w[1] - w[0]) as f64).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let deviation = (gaps.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / gaps.len() as f64).sqrt();
        assert!((0.98e6..1.02e6).contains(&mean), "{mean}");
        assert!((0.97..1.03).contains(&(deviation / mean)), "{deviation}");
    }

    #[test]
    fn small_numbers_come_equally_often() {
        let mut random = Random::new(7);
        let mut seen = [0u32; 5];
        for _ in 0..50_000 {
            seen[random.below(5) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (9_600..10_400).contains(n)), "{seen:?}");
    }
}
