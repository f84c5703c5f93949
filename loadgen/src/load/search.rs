//! The search for the highest rate that a broker keeps: doubled until it fails, then halved intervals.
//!
//! Owner: one search. Invariants: the answer was tried and passed; a failed rate is never tried again; a search ends
//! after `TRIES_MAX` tries.

use super::measure::Counts;
use super::report::Summary;

/// Tries of one search, at most.
const TRIES_MAX: usize = 40;
/// It ends when the highest rate that passed is within this share of the lowest that failed.
const PRECISION: f64 = 0.05;
/// A backlog may grow by this share of the records that were due: what is in flight at the end is none.
const BACKLOG_SHARE: f64 = 0.01;

/// What a rate must keep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Criterion {
    /// Quantile of the response times,
    pub quantile: f64,
    /// and what it must stay below, ns.
    pub below: f64,
}

impl std::str::FromStr for Criterion {
    type Err = String;

    /// `p99<10ms`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('<').and_then(|(quantile, below)| {
            let percent: f64 = quantile.trim().strip_prefix('p')?.parse().ok()?;
            // Below a second only the unit of milliseconds is exact enough; microseconds are ours alone.
            let below = match below.trim().strip_suffix("us") {
                Some(us) => us.trim().parse::<f64>().ok()? * 1e-6,
                None => super::clock::seconds(below).ok()?,
            };
            let one = Self { quantile: percent / 100.0, below: below * 1e9 };
            (percent > 0.0 && percent < 100.0 && one.below > 0.0).then_some(one)
        });
        parts.ok_or_else(|| format!("found {text}; need pNN<TIME, as p99<10ms or p99.9<500us"))
    }
}

impl Criterion {
    /// Why the run did not keep it, if so.
    #[must_use]
    pub fn missed(&self, run: &Summary) -> Option<String> {
        let c: &Counts = &run.counts;
        let late = c.response.value_at_quantile(self.quantile) as f64;
        if c.gave_up {
            return Some("more waited for a place in flight than memory is kept for".to_owned());
        }
        if c.failed() > 0 {
            return Some(format!("{} records were refused", c.failed()));
        }
        if c.acked == 0 {
            return Some("nothing was acknowledged".to_owned());
        }
        let grown = run.backlog_growth() as f64;
        if grown > (c.taken as f64 * BACKLOG_SHARE).max(10.0) {
            return Some(format!("the backlog grew by {grown:.0} records"));
        }
        (late >= self.below).then(|| {
            format!(
                "p{} was {:.1} µs, {:.1} are allowed",
                self.quantile * 100.0,
                late / 1e3,
                self.below / 1e3
            )
        })
    }
}

/// A search under way.
#[derive(Debug)]
pub struct Search {
    next: f64,
    passed: Option<f64>,
    failed: Option<f64>,
    tries: usize,
}

impl Search {
    /// Begins at `rate`.
    #[must_use]
    pub fn new(rate: f64) -> Self {
        Self { next: rate, passed: None, failed: None, tries: 0 }
    }

    /// The rate to try; `None` when the search is over.
    #[must_use]
    pub fn next(&self) -> Option<f64> {
        let close = match (self.passed, self.failed) {
            (Some(passed), Some(failed)) => passed >= failed * (1.0 - PRECISION),
            (None, Some(failed)) => failed < 1.0,
            _ => false,
        };
        (!close && self.tries < TRIES_MAX).then_some(self.next)
    }

    /// The rate that was to be tried passed or failed.
    pub fn told(&mut self, passed: bool) {
        self.tries += 1;
        match passed {
            true => self.passed = Some(self.next),
            false => self.failed = Some(self.next),
        }
        self.next = match (self.passed, self.failed) {
            (Some(passed), Some(failed)) => (passed + failed) / 2.0,
            (Some(passed), None) => passed * 2.0,
            (None, _) => self.next / 2.0,
        };
    }

    /// The highest rate that passed.
    #[must_use]
    pub fn best(&self) -> Option<f64> {
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(first: f64, limit: f64) -> (Option<f64>, usize) {
        let mut search = Search::new(first);
        let mut tried = Vec::new();
        while let Some(rate) = search.next() {
            assert!(!tried.contains(&rate), "{rate} was tried before: {tried:?}");
            tried.push(rate);
            search.told(rate <= limit);
        }
        (search.best(), tried.len())
    }

    #[test]
    fn the_search_finds_the_limit_from_below_and_from_above() {
        for (first, limit) in [(1000.0, 37_000.0), (1000.0, 1000.0), (64_000.0, 700.0), (10.0, 2e6)] {
            let (best, tries) = found(first, limit);
            let best = best.unwrap();
            assert!(best <= limit && best >= limit * 0.95, "{first}: {best} of {limit}");
            assert!(tries <= 25, "{tries}");
        }
        assert_eq!(found(1000.0, 0.0).0, None, "nothing passes");
        assert_eq!(found(1000.0, f64::MAX).1, TRIES_MAX, "everything passes: it ends all the same");
    }

    #[test]
    fn a_criterion_is_a_quantile_and_a_time() {
        assert_eq!("p99<10ms".parse(), Ok(Criterion { quantile: 0.99, below: 1e7 }));
        let one: Criterion = "p99.9<500us".parse().unwrap();
        assert!((one.quantile - 0.999).abs() < 1e-12 && (one.below - 5e5).abs() < 1e-3);
        for text in ["", "p99", "p0<1s", "p100<1s", "99<1s", "p99<0"] {
            assert!(text.parse::<Criterion>().is_err(), "{text}");
        }
    }
}
