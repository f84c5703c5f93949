//! Where a log should start by the rules of retention: Kafka's, with a clock that cannot be fooled.
//!
//! Owner: the partition's core; `store::front` moves the log start there. Pure. Invariants: segments go whole and
//! oldest first; nothing above the high watermark goes; no segment goes by time before the steady clock says that
//! it is as old as its topic keeps records, whatever the wall clock was set to meanwhile.
//!
//! By time a segment goes when both are true:
//! - by the wall clock its largest timestamp is more than `retention.ms` ago (Kafka's rule; a segment without
//!   timestamps counts from its creation);
//! - by the steady clock nothing was appended to it for `retention.ms`. What was appended before this process began
//!   counts from its largest timestamp or its creation, whichever is later, to the wall clock at the start, and from
//!   there by the steady clock.

use super::PartitionLog;
use super::segments::Segment;
use crate::planted::{Bug, planted};
use ringlog_wire::ids::Offset;

/// One moment on both clocks, ms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// The wall clock: it may jump.
    pub wall_ms: i64,
    /// A clock that never jumps; only differences mean something.
    pub steady_ms: u64,
}

/// What is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetentionWant {
    /// `retention.ms`; `None` is no limit.
    pub retention_ms: Option<u64>,
    /// `retention.bytes`; `None` is no limit.
    pub retention_bytes: Option<u64>,
    /// Nothing above goes.
    pub high_watermark: Offset,
    /// Now.
    pub now: Moment,
    /// When this process began.
    pub began: Moment,
}

impl RetentionWant {
    /// True if `segment` is too old on both clocks.
    fn is_over(&self, segment: &Segment, keep_ms: u64) -> bool {
        let newest = segment.max_timestamp.map_or(segment.created_ms, |m| m.timestamp);
        let since = |then: i64| u64::try_from(self.now.wall_ms.saturating_sub(then)).unwrap_or(0);
        let steady = match segment.appended {
            Some(then) => self.now.steady_ms.saturating_sub(then),
            None => {
                let before = self.began.wall_ms.saturating_sub(newest.max(segment.created_ms));
                let life = self.now.steady_ms.saturating_sub(self.began.steady_ms);
                life.saturating_add(u64::try_from(before).unwrap_or(0))
            }
        };
        since(newest) > keep_ms && (steady >= keep_ms || planted(Bug::RetentionByWallClock))
    }
}

impl PartitionLog {
    /// Where the log should start, if that is further than it does. O(segments).
    ///
    /// The log's end means: all of it goes, and the active segment, if it holds something, is closed for that.
    /// Source: Kafka's UnifiedLog.deleteOldSegments.
    #[must_use]
    pub fn retention_start(&self, want: &RetentionWant) -> Option<Offset> {
        let mut start = self.log_start();
        let mut left: u64 = self.segments.iter().map(|s| s.size).sum();
        let mut by_time = want.retention_ms;
        for segment in self.segments.iter() {
            let end = self.segments.end_of(segment.base, self.end());
            if end > want.high_watermark || segment.size == 0 && end == self.end() {
                break;
            }
            let stays = planted(Bug::RetentionKeepsActive) && end == self.end();
            let over =
                !stays && by_time.is_some_and(|keep| self.is_below_start(end) || want.is_over(segment, keep));
            if !over {
                // From here on by size alone: the first segment that is young enough keeps all behind it.
                by_time = None;
                let beyond = want.retention_bytes.and_then(|keep| left.checked_sub(keep));
                if !self.is_below_start(end)
                    && beyond.is_none_or(|beyond| beyond < segment.size && !planted(Bug::RetentionOneTooMany))
                {
                    break;
                }
            }
            left -= segment.size;
            start = start.max(end);
        }
        (start > self.log_start()).then_some(start)
    }

    fn is_below_start(&self, end: Offset) -> bool {
        end <= self.log_start()
    }
}

#[cfg(test)]
mod tests {
    use super::super::LogConfig;
    use super::super::index::TimestampAt;
    use super::*;
    use crate::buf::Gauge;
    use ringlog_wire::ids::{PartitionId, TopicId};

    const DAY: i64 = 24 * 3600 * 1000;
    const KEEP: u64 = 7 * DAY as u64;

    /// A log with segments of ten offsets and 100 bytes each, whose largest timestamps are `times`.
    fn log(times: &[Option<i64>]) -> PartitionLog {
        let id = PartitionId { topic: TopicId([1; 16]), index: 0 };
        let mut log = PartitionLog::new(id, LogConfig::default(), Gauge::default(), Offset(0), 0);
        for (i, time) in times.iter().enumerate() {
            let base = Offset(10 * i as u64);
            if i > 0 {
                log.segments.push(Segment::new(base, 0));
            }
            let active = log.segments.active_mut();
            active.size = 100;
            active.max_timestamp = time.map(|timestamp| TimestampAt { timestamp, offset: base });
        }
        let end = Offset(10 * times.len() as u64);
        log.state.raise_end(end);
        log.state.raise_durable(end, end);
        log
    }

    fn want(now_wall: i64, now_steady: u64) -> RetentionWant {
        RetentionWant {
            retention_ms: Some(KEEP),
            retention_bytes: None,
            high_watermark: Offset(u64::MAX),
            now: Moment { wall_ms: now_wall, steady_ms: now_steady },
            began: Moment { wall_ms: 0, steady_ms: 0 },
        }
    }

    #[test]
    fn by_time_the_oldest_go_up_to_the_first_young_one() {
        let now = 30 * DAY;
        let of = |times: &[i64]| {
            let log = log(&times.iter().map(|t| Some(*t)).collect::<Vec<_>>());
            log.retention_start(&want(now, now as u64)).map(|o| o.0)
        };
        assert_eq!(of(&[DAY, 2 * DAY, 25 * DAY]), Some(20));
        assert_eq!(of(&[DAY, 25 * DAY, 2 * DAY]), Some(10), "what lies behind a young one stays");
        assert_eq!(of(&[DAY, 2 * DAY, 3 * DAY]), Some(30), "also the active one");
        assert_eq!(of(&[23 * DAY]), None, "exactly as old as allowed");
        assert_eq!(of(&[23 * DAY - 1]), Some(10));
        assert_eq!(of(&[99 * DAY, DAY]), None, "a timestamp of the future");
    }

    #[test]
    fn nothing_above_the_high_watermark_goes() {
        let old = log(&[Some(0), Some(0), Some(0)]);
        let now = 30 * DAY;
        let below = |hw| {
            let want = RetentionWant { high_watermark: Offset(hw), ..want(now, now as u64) };
            old.retention_start(&want).map(|o| o.0)
        };
        assert_eq!((below(19), below(20), below(30)), (Some(10), Some(20), Some(30)));
    }

    #[test]
    fn a_jump_of_the_wall_clock_takes_nothing() {
        let mut young = log(&[Some(0), Some(0)]);
        assert_eq!(young.retention_start(&want(30 * DAY, DAY as u64)), None, "a day after the start");
        let after_start = want(30 * DAY, KEEP);
        assert_eq!(young.retention_start(&after_start), Some(Offset(20)), "a week after the start");
        young.note_append(KEEP - 1);
        assert_eq!(
            young.retention_start(&after_start),
            Some(Offset(10)),
            "the last segment was just written to"
        );
        let before = RetentionWant { began: Moment { wall_ms: 10 * DAY, steady_ms: KEEP }, ..after_start };
        let old = log(&[Some(0), Some(9 * DAY)]);
        assert_eq!(
            old.retention_start(&before),
            Some(Offset(10)),
            "what an earlier life wrote, by the wall at the start"
        );
        let back = want(-DAY, KEEP * 9);
        assert_eq!(old.retention_start(&back), None, "a clock that was set back takes nothing either");
    }

    #[test]
    fn by_size_whole_segments_go_while_enough_stays() {
        let log = log(&[Some(0), None, Some(0), Some(0)]);
        let keep = |bytes| {
            let want = RetentionWant { retention_ms: None, retention_bytes: Some(bytes), ..want(0, 0) };
            log.retention_start(&want).map(|o| o.0)
        };
        assert_eq!(keep(400), None);
        assert_eq!(keep(301), None, "less than limit would stay");
        assert_eq!(keep(300), Some(10));
        assert_eq!(keep(100), Some(30));
        assert_eq!(keep(0), Some(40));
    }
}
