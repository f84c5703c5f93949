//! The targets: which figure of which peer beside which other, and how many times it may or must be.
//!
//! Owner: the suite. Invariant: a ratio is of medians of one run; where a side was not measured there is none.

use std::collections::BTreeMap;

/// Names of peers in tables.
pub const BARE: &str = "bare";
pub const OURS: &str = "ringlog";
pub const GLOMMIO: &str = "ringlog by glommio";
pub const KAFKA: &str = "Apache Kafka";
pub const SYNCED: &str = "Apache Kafka, flush.messages=1";

/// Figures of one measurement, by name.
pub type Figures = BTreeMap<&'static str, f64>;

/// One measurement.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was done.
    pub work: &'static str,
    /// By whom.
    pub peer: &'static str,
    /// What came of it.
    pub figures: Figures,
}

/// A figure: of which work, of which peer, which.
pub type Side = (&'static str, &'static str, &'static str);

/// A target: `left` is at least, or at most, `times` as much as `right`.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its number.
    pub number: &'static str,
    /// What is compared.
    pub left: Side,
    /// With what; `None`: with one of its own unit.
    pub right: Option<Side>,
    /// How many times.
    pub times: f64,
    /// At least, or else at most.
    pub at_least: bool,
}

const fn at_least(number: &'static str, left: Side, times: f64, right: Side) -> Target {
    Target { number, left, right: Some(right), times, at_least: true }
}

const fn at_most(number: &'static str, left: Side, times: f64, right: Side) -> Target {
    Target { number, left, right: Some(right), times, at_least: false }
}

const fn below(number: &'static str, left: Side, bound: f64) -> Target {
    Target { number, left, right: None, times: bound, at_least: false }
}

/// All of them.
pub const TARGETS: [Target; 35] = [
    at_least("P1", ("produce 64x1", OURS, "rate"), 0.8, ("produce 64x1", BARE, "rate")),
    at_least("P1", ("produce 64x1", OURS, "rate"), 2.0, ("produce 64x1", KAFKA, "rate")),
    at_least("P1", ("produce 64x1", OURS, "rate"), 15.0, ("produce 64x1", SYNCED, "rate")),
    at_most("P1", ("produce 64x1", OURS, "p99 ms"), 0.3, ("produce 64x1", KAFKA, "p99 ms")),
    at_most("P2", ("produce 1x1", OURS, "p50 ms"), 1.3, ("4 KiB DSYNC", BARE, "p50 ms")),
    at_most("P2", ("produce 1x1", OURS, "p99 ms"), 2.0, ("4 KiB DSYNC", BARE, "p99 ms")),
    at_least("P3", ("produce 64x1000", OURS, "rate"), 0.8, ("produce 64x1", OURS, "rate")),
    at_most("P3", ("produce 64x1000", OURS, "p99 ms"), 1.5, ("produce 64x1", OURS, "p99 ms")),
    at_least("P3", ("produce 64x10000", OURS, "rate"), 0.8, ("produce 64x1", OURS, "rate")),
    at_most("P3", ("produce 64x10000", OURS, "p99 ms"), 1.5, ("produce 64x1", OURS, "p99 ms")),
    at_least("P3", ("produce 64x1000", OURS, "rate"), 2.0, ("produce 64x1000", KAFKA, "rate")),
    at_least("P3", ("first 10 s 64x1000", OURS, "rate"), 10.0, ("first 10 s 64x1000", KAFKA, "rate")),
    at_least("P4", ("batches 64 KiB", OURS, "MiB/CPU s"), 3.0, ("batches 64 KiB", KAFKA, "MiB/CPU s")),
    at_least("P4", ("batches 256 KiB", OURS, "MiB/CPU s"), 3.0, ("batches 256 KiB", KAFKA, "MiB/CPU s")),
    at_least("P4", ("batches 64 KiB", OURS, "MiB/s"), 0.5, ("batches 64 KiB", BARE, "MiB/s")),
    at_least("P4", ("batches 256 KiB", OURS, "MiB/s"), 0.8, ("batches 256 KiB", BARE, "MiB/s")),
    at_least("P5", ("fetch warm", OURS, "MiB/s"), 0.9, ("fetch warm", BARE, "MiB/s")),
    at_least("P5", ("fetch warm", OURS, "MiB/s"), 1.0, ("fetch warm", KAFKA, "MiB/s")),
    at_least("P5", ("fetch warm", OURS, "MiB/CPU s"), 1.0, ("fetch warm", KAFKA, "MiB/CPU s")),
    at_least("P5", ("fetch cold", OURS, "MiB/s"), 0.85, ("fetch cold", BARE, "MiB/s")),
    at_least("P5", ("fetch cold", OURS, "MiB/s"), 1.0, ("fetch cold", KAFKA, "MiB/s")),
    at_most("P6", ("end to end 2,000/s", OURS, "p99 ms"), 0.1, ("end to end 2,000/s", KAFKA, "p99 ms")),
    at_most("P6", ("end to end 2,000/s", OURS, "p99.9 ms"), 0.1, ("end to end 2,000/s", KAFKA, "p99.9 ms")),
    at_most("P6", ("end to end 10,000/s", OURS, "p99 ms"), 0.1, ("end to end 10,000/s", KAFKA, "p99 ms")),
    at_most("P6", ("end to end 10,000/s", OURS, "p99.9 ms"), 0.1, ("end to end 10,000/s", KAFKA, "p99.9 ms")),
    at_most("P6", (HALF, OURS, "p99 ms"), 0.1, (HALF, KAFKA, "p99 ms")),
    at_most("P6", (HALF, OURS, "p99.9 ms"), 0.1, (HALF, KAFKA, "p99.9 ms")),
    below("P7", ("kill -9", OURS, "READY s"), 1.0),
    below("P7", ("kill -9", OURS, "first answer s"), 1.5),
    below("P8", ("idle", OURS, "CPU %"), 1.0),
    below("P8", ("idle", OURS, "MiB"), 128.0),
    at_most("P8", ("1,000 long polls", OURS, "CPU µs each"), 1.5, ("1,000 long polls", BARE, "CPU µs each")),
    at_most(
        "P8",
        ("1,000 long polls", OURS, "CPU µs each"),
        0.334,
        ("1,000 long polls", KAFKA, "CPU µs each"),
    ),
    at_most("P8", ("idle", OURS, "CPU %"), 1.0, ("idle", KAFKA, "CPU %")),
    at_most("P8", ("idle", OURS, "MiB"), 1.0, ("idle", KAFKA, "MiB")),
];

/// The end to end work whose rate is found in the run itself.
pub const HALF: &str = "end to end, half of Kafka's";

/// What became of a target.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The target.
    pub target: Target,
    /// The left side; the ratio, or where there is no right side the figure itself.
    pub left: f64,
    /// The right side.
    pub right: Option<f64>,
    /// `left / right`.
    pub ratio: f64,
    /// It is reached.
    pub met: bool,
}

/// Median of a figure over the rounds; `None` where it was not measured.
#[must_use]
pub fn median(rows: &[Row], (work, peer, figure): Side) -> Option<f64> {
    let mine = rows.iter().filter(|r| r.work == work && r.peer == peer);
    let mut values: Vec<f64> = mine.filter_map(|r| r.figures.get(figure).copied()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Lowest and highest of a figure over the rounds.
#[must_use]
pub fn spread(rows: &[Row], (work, peer, figure): Side) -> Option<(f64, f64)> {
    let mine = rows.iter().filter(|r| r.work == work && r.peer == peer);
    let values = mine.filter_map(|r| r.figures.get(figure).copied());
    values.fold(None, |s: Option<(f64, f64)>, v| Some(s.map_or((v, v), |(a, b)| (a.min(v), b.max(v)))))
}

/// What became of every target whose sides were measured.
#[must_use]
pub fn verdicts(rows: &[Row]) -> Vec<Verdict> {
    let one = |target: &Target| {
        let left = median(rows, target.left)?;
        let right = match target.right {
            Some(side) => Some(median(rows, side)?),
            None => None,
        };
        let ratio = left / right.unwrap_or(1.0);
        let met = if target.at_least { ratio >= target.times } else { ratio <= target.times };
        Some(Verdict { target: *target, left, right, ratio, met })
    };
    TARGETS.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(work: &'static str, peer: &'static str, rate: f64) -> Row {
        Row { work, peer, figures: Figures::from([("rate", rate), ("p99 ms", 1.0)]) }
    }

    #[test]
    fn a_target_is_a_ratio_of_medians_and_needs_both_sides() {
        let mut rows: Vec<Row> = [90.0, 100.0, 10.0].map(|r| row("produce 64x1", OURS, r)).to_vec();
        assert!(verdicts(&rows).is_empty(), "nothing to compare with");
        rows.extend([40.0, 50.0, 60.0].map(|r| row("produce 64x1", KAFKA, r)));
        let seen = verdicts(&rows);
        let rate = seen.iter().find(|v| v.target.left.2 == "rate").unwrap();
        assert_eq!((rate.left, rate.right, rate.ratio, rate.met), (90.0, Some(50.0), 1.8, false));
        let tail = seen.iter().find(|v| v.target.left.2 == "p99 ms").unwrap();
        assert_eq!((tail.ratio, tail.met), (1.0, false));
        assert_eq!(spread(&rows, ("produce 64x1", OURS, "rate")), Some((10.0, 100.0)));
        rows.push(Row { work: "kill -9", peer: OURS, figures: Figures::from([("READY s", 0.3)]) });
        let ready = verdicts(&rows).pop().unwrap();
        assert_eq!((ready.target.number, ready.ratio, ready.met), ("P7", 0.3, true));
    }

    #[test]
    fn every_target_compares_like_with_like() {
        for t in TARGETS {
            assert_eq!(t.left.1, OURS);
            assert!(t.right.is_none_or(|r| r.2 == t.left.2), "{t:?}");
        }
    }
}
