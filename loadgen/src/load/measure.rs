//! What is counted: records, bytes, errors, latencies, and whether the generator kept its own schedule.
//!
//! Owner: one generator thread; the run adds them up, interval by interval. Invariant: latencies are in nanoseconds,
//! and the headline is from the due time of a record, so that a stall of the server counts for every record that was
//! due meanwhile.

use hdrhistogram::Histogram;
use std::collections::BTreeMap;

/// Longest latency that is told apart, ns.
pub const LONGEST: u64 = 600_000_000_000;
/// Shortest, ns.
pub const SHORTEST: u64 = 1_000;
/// Digits of a latency that are kept.
pub const SIGNIFICANT: u8 = 3;

fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(SHORTEST, LONGEST, SIGNIFICANT).expect("the bounds are constants")
}

/// The counts of an interval, or of a run.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Records that were due and taken.
    pub taken: u64,
    /// Records that were acknowledged.
    pub acked: u64,
    /// Their bytes, keys and values.
    pub acked_bytes: u64,
    /// Requests that were answered.
    pub requests: u64,
    /// Records that consumers read.
    pub read: u64,
    /// Bytes of the batches that they came in.
    pub read_bytes: u64,
    /// Records that were refused, by what was answered.
    pub errors: BTreeMap<String, u64>,
    /// From a record's due time to its acknowledgement.
    pub response: Histogram<u64>,
    /// From the sending of its request to its acknowledgement.
    pub service: Histogram<u64>,
    /// From its due time until a consumer had it.
    pub end_to_end: Histogram<u64>,
    /// From the sending of a Fetch to its answer, which may have waited for records.
    pub fetch: Histogram<u64>,
    /// From its due time until the generator took it: what the generator itself was late by.
    pub late: Histogram<u64>,
    /// Time in which the threads were not waiting, ns.
    pub busy: u64,
    /// The generator gave up: what waited for a place in flight took too much memory.
    pub gave_up: bool,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            taken: 0,
            acked: 0,
            acked_bytes: 0,
            requests: 0,
            read: 0,
            read_bytes: 0,
            errors: BTreeMap::new(),
            response: histogram(),
            service: histogram(),
            end_to_end: histogram(),
            fetch: histogram(),
            late: histogram(),
            busy: 0,
            gave_up: false,
        }
    }
}

impl Counts {
    /// Adds another thread's or interval's.
    pub fn add(&mut self, other: &Self) {
        self.taken += other.taken;
        self.acked += other.acked;
        self.acked_bytes += other.acked_bytes;
        self.requests += other.requests;
        self.read += other.read;
        self.read_bytes += other.read_bytes;
        self.busy += other.busy;
        self.gave_up |= other.gave_up;
        for (what, n) in &other.errors {
            *self.errors.entry(what.clone()).or_default() += n;
        }
        let pairs = [
            (&mut self.response, &other.response),
            (&mut self.service, &other.service),
            (&mut self.end_to_end, &other.end_to_end),
            (&mut self.fetch, &other.fetch),
            (&mut self.late, &other.late),
        ];
        for (mine, theirs) in pairs {
            mine.add(theirs).expect("all have the same bounds");
        }
    }

    /// Records that were refused.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Records of which nothing is known yet.
    #[must_use]
    pub fn backlog(&self) -> u64 {
        self.taken.saturating_sub(self.acked + self.failed())
    }
}

/// A thread's counts: of the interval that runs, and of all that was due after the warm-up.
#[derive(Debug, Default)]
pub struct Book {
    /// Since the last progress line.
    pub interval: Counts,
    /// What the result is made of.
    pub measured: Counts,
    /// End of the warm-up, ns.
    from: u64,
}

impl Book {
    /// Counts for the result what is due from `from` on, ns.
    #[must_use]
    pub fn new(from: u64) -> Self {
        Self { from, ..Self::default() }
    }

    fn each(&mut self, due: u64, count: impl Fn(&mut Counts)) {
        count(&mut self.interval);
        if due >= self.from {
            count(&mut self.measured);
        }
    }

    /// A record was taken.
    pub fn taken(&mut self, due: u64, now: u64) {
        self.each(due, |c| {
            c.taken += 1;
            c.late.saturating_record(now.saturating_sub(due));
        });
    }

    /// A request that was sent at `sent` was acknowledged.
    pub fn acked(&mut self, due: &[u64], bytes: u64, (sent, now): (u64, u64)) {
        let each = bytes / (due.len() as u64).max(1);
        for due in due {
            self.each(*due, |c| {
                c.acked += 1;
                c.acked_bytes += each;
                c.response.saturating_record(now.saturating_sub(*due));
                c.service.saturating_record(now.saturating_sub(sent));
            });
        }
        self.each(due.first().copied().unwrap_or(0), |c| c.requests += 1);
    }

    /// A request was sent that nobody acknowledges.
    pub fn sent(&mut self, due: &[u64], bytes: u64) {
        let each = bytes / (due.len() as u64).max(1);
        for due in due {
            self.each(*due, |c| {
                c.acked += 1;
                c.acked_bytes += each;
            });
        }
        self.each(due.first().copied().unwrap_or(0), |c| c.requests += 1);
    }

    /// A request was refused.
    pub fn refused(&mut self, due: &[u64], why: &str) {
        for due in due {
            self.each(*due, |c| *c.errors.entry(why.to_owned()).or_default() += 1);
        }
        self.each(due.first().copied().unwrap_or(0), |c| c.requests += 1);
    }

    /// A consumer has the record.
    pub fn read(&mut self, due: u64, now: u64) {
        self.each(due, |c| {
            c.read += 1;
            c.end_to_end.saturating_record(now.saturating_sub(due));
        });
    }

    /// Bytes of batches came whose records were counted one by one.
    pub fn read_bytes(&mut self, bytes: u64, now: u64) {
        self.each(now, |c| c.read_bytes += bytes);
    }

    /// Records came whose age nobody asks for.
    pub fn caught_up(&mut self, records: u64, bytes: u64, now: u64) {
        self.each(now, |c| {
            c.read += records;
            c.read_bytes += bytes;
        });
    }

    /// A Fetch that was sent at `sent` was answered.
    pub fn fetched(&mut self, sent: u64, now: u64) {
        self.each(now, |c| c.fetch.saturating_record(now.saturating_sub(sent)));
    }

    /// The thread was busy for so long, ns.
    pub fn busy(&mut self, now: u64, ns: u64) {
        self.each(now, |c| c.busy += ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_due_in_the_warm_up_is_shown_and_not_counted() {
        let mut book = Book::new(1000);
        for due in [999, 1000, 1500, 1999] {
            book.taken(due, due + 10);
        }
        book.acked(&[999, 1000], 200, (200_000, 300_000));
        book.refused(&[1500], "NO");
        book.read(999, 4000);
        book.read(1000, 4000);
        let all = &book.interval;
        assert_eq!((all.taken, all.acked, all.failed(), all.read, all.backlog()), (4, 2, 1, 2, 1));
        let after = &book.measured;
        assert_eq!(
            (after.taken, after.acked, after.acked_bytes, after.failed(), after.read),
            (3, 1, 100, 1, 1)
        );
        assert_eq!((after.response.max() / 1000, after.service.max() / 1000), (299, 100), "microseconds");
        let mut sum = book.interval.clone();
        sum.add(after);
        assert_eq!((sum.taken, sum.errors["NO"], sum.response.len()), (7, 2, 3));
    }
}
