//! The committed offset of one partition as a register: every write has a number, which its metadata carries.
//!
//! Owner: the facts of one group. Invariants: a write is noted before its first byte is sent; one without an answer
//! may have taken effect at any time until the life of the broker that it was sent to is over.

use super::super::{Verdict, rule};

/// What is known of a write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// No answer, or one that leaves it open.
    Open,
    /// It was acknowledged, or seen, at this time.
    Done(u64),
    /// It was refused.
    Refused,
}

#[derive(Clone, Debug)]
struct Write {
    /// `None`: the offset is deleted.
    offset: Option<i64>,
    leader_epoch: i32,
    sent: u64,
    /// The broker's life that it was sent to.
    life: u64,
    fate: Fate,
}

/// An offset as an answer shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The offset.
    pub offset: i64,
    /// The epoch, -1 where the version has none.
    pub leader_epoch: i32,
    /// The metadata.
    pub metadata: String,
}

/// See the module's text.
#[derive(Clone, Debug, Default)]
pub struct Register {
    writes: Vec<Write>,
}

impl Register {
    /// A commit is about to be sent. Returns its number and metadata.
    pub fn commit(&mut self, offset: i64, leader_epoch: i32, (sent, life): (u64, u64)) -> (usize, String) {
        let no = self.writes.len();
        self.writes.push(Write { offset: Some(offset), leader_epoch, sent, life, fate: Fate::Open });
        (no, format!("w{no}"))
    }

    /// A deletion is about to be sent. Returns its number.
    pub fn delete(&mut self, (sent, life): (u64, u64)) -> usize {
        self.writes.push(Write { offset: None, leader_epoch: -1, sent, life, fate: Fate::Open });
        self.writes.len() - 1
    }

    /// The write was acknowledged.
    pub fn done(&mut self, no: usize, now: u64) {
        if let Some(w) = self.writes.get_mut(no) {
            w.fate = Fate::Done(now);
        }
    }

    /// The write was refused, and surely had no effect.
    pub fn refused(&mut self, no: usize) {
        if let Some(w) = self.writes.get_mut(no) {
            w.fate = Fate::Refused;
        }
    }

    /// The largest offset that is surely committed: acknowledged, with no deletion since or on its way.
    #[must_use]
    pub fn floor(&self, asked: u64) -> i64 {
        let done = |w: &Write| matches!(w.fate, Fate::Done(at) if at < asked);
        let last_gone = self.writes.iter().rposition(|w| w.offset.is_none() && w.fate != Fate::Refused);
        let gone_at = last_gone.and_then(|n| self.writes.get(n)).map(|w| match w.fate {
            Fate::Done(at) => at,
            _ => u64::MAX,
        });
        let counts = |w: &&Write| done(w) && gone_at.is_none_or(|at| w.sent > at);
        self.writes.iter().filter(counts).filter_map(|w| w.offset).max().unwrap_or(-1)
    }

    /// True if a commit of at least `end` was acknowledged, sent after any deletion.
    #[must_use]
    pub fn is_committed(&self, end: i64) -> bool {
        let newest = self.writes.iter().rev().take_while(|w| w.offset.is_some());
        newest.filter(|w| matches!(w.fate, Fate::Done(_))).any(|w| w.offset >= Some(end))
    }

    /// True if this shows a commit of this life that nobody knows yet to have taken effect.
    #[must_use]
    pub fn is_news(&self, shown: &Shown, life: u64) -> bool {
        let no = shown.metadata.strip_prefix('w').and_then(|n| n.parse::<usize>().ok());
        no.and_then(|no| self.writes.get(no)).is_some_and(|w| w.fate == Fate::Open && w.life == life)
    }

    /// An answer showed this. `kept_since`: since when retention cannot strike. `lives`: life and beginning.
    pub(super) fn shown(
        &mut self,
        shown: Option<&Shown>,
        (asked, now): (u64, u64),
        kept_since: Option<u64>,
        lives: &[(u64, u64)],
    ) -> Verdict {
        let Some(shown) = shown else { return self.nothing((asked, now), kept_since, lives) };
        let no = shown.metadata.strip_prefix('w').and_then(|n| n.parse::<usize>().ok());
        let known = no.and_then(|no| Some((no, self.writes.get(no)?)));
        let Some((no, write)) = known else { return Err(format!("{shown:?} was never committed")) };
        let same = write.offset == Some(shown.offset)
            && (shown.leader_epoch == -1 || shown.leader_epoch == write.leader_epoch);
        rule(same, || format!("{shown:?} shows what was committed as {write:?}"))?;
        rule(write.fate != Fate::Refused, || {
            format!("{shown:?} shows a commit that was refused: {write:?}")
        })?;
        if let Some(newer) = self.overwritten(no, asked, lives) {
            return Err(format!(
                "the committed offset went back: {shown:?} ({write:?}) after {newer:?} was acknowledged or seen"
            ));
        }
        let floor = self.floor(asked);
        let sure = matches!(write.fate, Fate::Done(_));
        rule(!sure || shown.offset >= floor, || {
            format!("the committed offset is {} after {floor} was acknowledged", shown.offset)
        })?;
        if !sure {
            self.done(no, now);
        }
        Ok(())
    }

    fn nothing(
        &mut self,
        (asked, now): (u64, u64),
        kept_since: Option<u64>,
        lives: &[(u64, u64)],
    ) -> Verdict {
        let committed = self.writes.iter().filter(|w| w.offset.is_some());
        let sure = committed.filter(|w| matches!(w.fate, Fate::Done(at) if at < asked));
        let Some(newest) = sure.max_by_key(|w| w.sent).cloned() else { return Ok(()) };
        let mut deleted = self.writes.iter().enumerate().filter(|(_, w)| w.offset.is_none());
        let possible = |(no, w): &(usize, &Write)| {
            w.fate != Fate::Refused && self.overwritten(*no, asked, lives).is_none()
        };
        if let Some((no, _)) = deleted.rfind(possible) {
            if self.writes.get(no).is_some_and(|w| w.fate == Fate::Open) {
                self.done(no, now);
            }
            return Ok(());
        }
        rule(kept_since.is_none_or(|since| since > newest.sent), || {
            format!("no offset is committed, although there was {newest:?}")
        })?;
        let sent = match newest.fate {
            Fate::Done(at) => at + 1,
            _ => newest.sent,
        };
        self.writes.push(Write { offset: None, leader_epoch: -1, sent, life: 0, fate: Fate::Done(now) });
        Ok(())
    }

    /// A write that surely came behind write `no`, and surely before the question at `asked`.
    fn overwritten(&self, no: usize, asked: u64, lives: &[(u64, u64)]) -> Option<&Write> {
        let write = self.writes.get(no)?;
        let end = match write.fate {
            Fate::Done(at) => at,
            _ => lives.iter().find(|(life, _)| *life > write.life).map_or(u64::MAX, |(_, began)| *began),
        };
        self.writes.iter().find(|m| matches!(m.fate, Fate::Done(at) if at < asked) && end < m.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(offset: i64, no: usize) -> Shown {
        Shown { offset, leader_epoch: -1, metadata: format!("w{no}") }
    }

    #[test]
    fn an_offset_that_was_acknowledged_never_goes_back() {
        let mut r = Register::default();
        let (a, _) = r.commit(5, 0, (10, 1));
        r.done(a, 20);
        let (b, _) = r.commit(7, 0, (30, 1));
        assert!(r.shown(Some(&shown(5, a)), (35, 36), Some(0), &[(1, 0)]).is_ok(), "the second one is open");
        r.done(b, 40);
        assert!(r.shown(Some(&shown(7, b)), (50, 51), Some(0), &[(1, 0)]).is_ok());
        assert!(r.shown(Some(&shown(5, a)), (50, 51), Some(0), &[(1, 0)]).is_err());
        assert!(r.shown(None, (50, 51), Some(0), &[(1, 0)]).is_err());
        assert!(r.shown(Some(&shown(6, b)), (50, 51), Some(0), &[(1, 0)]).is_err());
    }

    #[test]
    fn what_was_seen_once_counts_as_acknowledged() {
        let mut r = Register::default();
        let (a, _) = r.commit(5, 0, (10, 1));
        r.done(a, 20);
        let (b, _) = r.commit(7, 0, (30, 1));
        assert!(r.shown(Some(&shown(7, b)), (50, 51), Some(0), &[(1, 0)]).is_ok());
        assert!(r.shown(Some(&shown(5, a)), (60, 61), Some(0), &[(1, 0)]).is_err());
    }

    #[test]
    fn an_open_commit_of_an_earlier_life_takes_no_effect_behind_a_later_one() {
        let mut r = Register::default();
        let (a, _) = r.commit(5, 0, (10, 1));
        let (b, _) = r.commit(7, 0, (100, 2));
        r.done(b, 110);
        assert!(r.clone().shown(Some(&shown(5, a)), (120, 121), Some(0), &[(1, 0)]).is_ok());
        assert!(r.shown(Some(&shown(5, a)), (120, 121), Some(0), &[(1, 0), (2, 50)]).is_err());
    }

    #[test]
    fn nothing_shows_after_a_deletion_or_when_retention_may_strike() {
        let mut r = Register::default();
        let (a, _) = r.commit(5, 0, (10, 1));
        r.done(a, 20);
        assert!(r.clone().shown(None, (50, 51), Some(25), &[]).is_ok());
        let d = r.delete((30, 1));
        r.done(d, 40);
        assert!(r.shown(None, (50, 51), Some(0), &[]).is_ok());
        assert!(r.shown(Some(&shown(5, a)), (50, 51), Some(0), &[]).is_err());
        let (b, _) = r.commit(1, 0, (60, 1));
        r.done(b, 70);
        assert!(r.shown(Some(&shown(1, b)), (80, 81), Some(0), &[]).is_ok());
        assert!(r.shown(None, (80, 81), Some(0), &[]).is_err());
    }
}
