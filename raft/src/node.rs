//! The state machine of one member of the quorum.
//!
//! Owner: the control core. Pure. Legal transitions (KIP-595):
//!
//! ```text
//! start -> Candidate(epoch + 1) -> Leader      (the only voter has its majority at once)
//!
//! leader's log:   ..... epoch_start ..... high_watermark <= durable <= log_end
//! ```
//! The driver carries effects out in order; what follows a `SaveQuorumState` waits until it is durable.

use crate::state::{LogState, QuorumState, Voter};
use ringlog_wire::ids::{LeaderEpoch, Offset};

/// Records of the first batch of a new log: LeaderChange, KRaftVersion, KRaftVoters.
const FIRST_BATCH_RECORDS: u64 = 3;

/// What the driver tells the state machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input<R> {
    /// Time passed. With one voter no timer runs.
    Tick {
        /// Milliseconds of a monotonic clock.
        now_ms: u64,
    },
    /// Records to append, as one atomic batch.
    Propose {
        /// What the driver will write.
        records: R,
        /// Number of records, at least 1.
        count: u32,
    },
    /// Everything below `end` is on stable storage.
    Durable {
        /// Exclusive.
        end: Offset,
    },
}

/// What the driver must do, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<R> {
    /// Replace `quorum-state` durably before anything after this effect.
    SaveQuorumState(QuorumState),
    /// Append the LeaderChange control record of a new epoch, as one batch; on a new log the batch also holds
    /// the KRaftVersion and KRaftVoters control records (KIP-853), three records in all.
    AppendLeaderChange {
        /// The new epoch.
        epoch: LeaderEpoch,
        /// Offset of the first record.
        base: Offset,
        /// True on a new log.
        first: bool,
        /// The voters; all of them granted their vote today.
        voters: Vec<Voter>,
    },
    /// Append a batch, then report `Durable`.
    Append {
        /// Epoch to stamp.
        epoch: LeaderEpoch,
        /// Offset of the first record.
        base: Offset,
        /// As proposed.
        records: R,
    },
    /// Records below this offset are committed: apply them, answer for them.
    AdvanceHighWatermark(Offset),
}

/// Why a member cannot start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StartError {
    /// This node is not in the set of voters.
    NotAVoter,
    /// More voters than this version can reach agreement with.
    TooManyVoters(usize),
    /// The log holds a newer epoch than `quorum-state`: one of the two is not this node's.
    EpochBehindLog,
    /// No epoch is left to lead.
    EpochExhausted,
}

/// Why a proposal was not taken; nothing changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// A batch needs at least one record.
    Empty,
    /// Offsets would pass 2^63 - 1.
    OffsetsExhausted,
}

/// One member of the quorum; `R` is the driver's form of a batch of records.
#[derive(Debug)]
pub struct Raft<R> {
    epoch: LeaderEpoch,
    epoch_start: Offset,
    log_end: Offset,
    durable: Offset,
    high_watermark: Option<Offset>,
    now_ms: u64,
    _records: std::marker::PhantomData<fn(R)>,
}

impl<R> Raft<R> {
    /// Starts from what is on disk and takes the leadership of a new epoch.
    ///
    /// `saved`: content of `quorum-state`, or `None` for a new node. Returns the effects of the election.
    /// Errors: see `StartError`; nothing may be written then.
    pub fn start(
        me: Voter,
        voters: &[Voter],
        saved: Option<QuorumState>,
        log: LogState,
    ) -> Result<(Self, Vec<Effect<R>>), StartError> {
        if voters.len() > 1 {
            return Err(StartError::TooManyVoters(voters.len()));
        }
        if !voters.contains(&me) {
            return Err(StartError::NotAVoter);
        }
        let seen = saved.unwrap_or_default().epoch;
        if log.last_epoch > seen {
            return Err(StartError::EpochBehindLog);
        }
        let epoch =
            seen.0.checked_add(1).filter(|e| *e < i32::MAX as u32).ok_or(StartError::EpochExhausted)?;
        let epoch = LeaderEpoch(epoch);
        let first = log.end == Offset::ZERO;
        let log_end = log.end.plus(if first { FIRST_BATCH_RECORDS } else { 1 });
        let raft = Self {
            epoch,
            epoch_start: log.end,
            log_end,
            durable: log.end,
            high_watermark: None,
            now_ms: 0,
            _records: std::marker::PhantomData,
        };
        let candidate = QuorumState { epoch, leader: None, voted: Some(me) };
        let leader = QuorumState { epoch, leader: Some(me.id), voted: Some(me) };
        Ok((
            raft,
            vec![
                Effect::SaveQuorumState(candidate),
                Effect::SaveQuorumState(leader),
                Effect::AppendLeaderChange { epoch, base: log.end, first, voters: voters.to_vec() },
            ],
        ))
    }

    /// Takes one input and returns what to do about it. O(1).
    ///
    /// # Panics
    /// If the driver reports as durable what was never appended.
    pub fn step(&mut self, input: Input<R>) -> Result<Vec<Effect<R>>, Refused> {
        match input {
            Input::Tick { now_ms } => {
                self.now_ms = self.now_ms.max(now_ms);
                Ok(Vec::new())
            }
            Input::Propose { records, count } => self.on_propose(records, count),
            Input::Durable { end } => Ok(self.on_durable(end)),
        }
    }

    fn on_propose(&mut self, records: R, count: u32) -> Result<Vec<Effect<R>>, Refused> {
        if count == 0 {
            return Err(Refused::Empty);
        }
        let base = self.log_end;
        let end = base.0.checked_add(u64::from(count)).filter(|e| i64::try_from(*e).is_ok());
        self.log_end = Offset(end.ok_or(Refused::OffsetsExhausted)?);
        Ok(vec![Effect::Append { epoch: self.epoch, base, records }])
    }

    fn on_durable(&mut self, end: Offset) -> Vec<Effect<R>> {
        assert!(end <= self.log_end, "durable {end} beyond the log's end {}", self.log_end);
        self.durable = self.durable.max(end);
        if self.durable <= self.epoch_start || self.high_watermark.is_some_and(|hw| self.durable <= hw) {
            return Vec::new();
        }
        self.high_watermark = Some(self.durable);
        vec![Effect::AdvanceHighWatermark(self.durable)]
    }

    /// The epoch this node leads.
    #[must_use]
    pub fn epoch(&self) -> LeaderEpoch {
        self.epoch
    }

    /// The next offset to assign.
    #[must_use]
    pub fn log_end(&self) -> Offset {
        self.log_end
    }

    /// Exclusive end of what is committed; `None` until the LeaderChange record of this epoch is.
    #[must_use]
    pub fn high_watermark(&self) -> Option<Offset> {
        self.high_watermark
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::{NodeId, TopicId};

    const ME: Voter = Voter { id: NodeId(1), directory: TopicId([7; 16]) };

    fn start(
        saved: Option<QuorumState>,
        end: u64,
        last: u32,
    ) -> (Raft<&'static str>, Vec<Effect<&'static str>>) {
        let log = LogState { end: Offset(end), last_epoch: LeaderEpoch(last) };
        Raft::start(ME, &[ME], saved, log).unwrap()
    }

    #[test]
    fn a_new_node_votes_for_itself_saves_leads_and_announces_it() {
        let (raft, effects) = start(None, 0, 0);
        let epoch = LeaderEpoch(1);
        assert_eq!(
            effects,
            [
                Effect::SaveQuorumState(QuorumState { epoch, leader: None, voted: Some(ME) }),
                Effect::SaveQuorumState(QuorumState { epoch, leader: Some(ME.id), voted: Some(ME) }),
                Effect::AppendLeaderChange { epoch, base: Offset(0), first: true, voters: vec![ME] },
            ]
        );
        assert_eq!(raft.high_watermark(), None);
        assert_eq!(raft.log_end(), Offset(3), "leader change, version, voters");
    }

    #[test]
    fn every_start_leads_a_new_epoch() {
        let saved = QuorumState { epoch: LeaderEpoch(41), leader: Some(ME.id), voted: Some(ME) };
        let (raft, effects) = start(Some(saved), 900, 40);
        let (epoch, base, voters) = (LeaderEpoch(42), Offset(900), vec![ME]);
        assert_eq!(raft.epoch(), epoch);
        assert_eq!(raft.log_end(), Offset(901));
        assert_eq!(effects.last(), Some(&Effect::AppendLeaderChange { epoch, base, first: false, voters }));
    }

    #[test]
    fn nothing_commits_before_the_leader_change_is_durable() {
        let saved = QuorumState { epoch: LeaderEpoch(1), leader: None, voted: None };
        let (mut raft, _) = start(Some(saved), 10, 1);
        let effects = raft.step(Input::Propose { records: "a", count: 3 }).unwrap();
        assert_eq!(effects, [Effect::Append { epoch: LeaderEpoch(2), base: Offset(11), records: "a" }]);
        assert_eq!(raft.step(Input::Durable { end: Offset(10) }).unwrap(), []);
        assert_eq!(raft.high_watermark(), None);
        let effects = raft.step(Input::Durable { end: Offset(11) }).unwrap();
        assert_eq!(effects, [Effect::AdvanceHighWatermark(Offset(11))]);
        assert_eq!(raft.step(Input::Durable { end: Offset(11) }).unwrap(), [], "no movement, no effect");
        let effects = raft.step(Input::Durable { end: Offset(14) }).unwrap();
        assert_eq!(effects, [Effect::AdvanceHighWatermark(Offset(14))]);
        assert_eq!(raft.step(Input::Durable { end: Offset(12) }).unwrap(), [], "never back");
        assert_eq!(raft.high_watermark(), Some(Offset(14)));
    }

    #[test]
    fn what_cannot_be_appended_is_refused() {
        let (mut raft, _) = start(None, 0, 0);
        assert_eq!(raft.step(Input::Propose { records: "", count: 0 }), Err(Refused::Empty));
        let (mut raft, _) = start(None, i64::MAX as u64 - 2, 0);
        assert_eq!(raft.step(Input::Propose { records: "", count: 5 }), Err(Refused::OffsetsExhausted));
        assert_eq!(raft.log_end(), Offset(i64::MAX as u64 - 1), "a refusal changes nothing");
    }

    #[test]
    fn a_wrong_start_is_refused() {
        let other = Voter { id: NodeId(2), directory: TopicId([8; 16]) };
        let log = LogState { end: Offset(5), last_epoch: LeaderEpoch(3) };
        let start = |voters: &[Voter], saved| Raft::<()>::start(ME, voters, saved, log).err();
        assert_eq!(start(&[other], None), Some(StartError::NotAVoter));
        assert_eq!(start(&[ME, other], None), Some(StartError::TooManyVoters(2)));
        let saved = QuorumState { epoch: LeaderEpoch(2), leader: None, voted: None };
        assert_eq!(start(&[ME], Some(saved)), Some(StartError::EpochBehindLog));
    }

    #[test]
    #[should_panic(expected = "beyond the log's end")]
    fn durable_beyond_the_end_is_our_own_bug() {
        let (mut raft, _) = start(None, 0, 0);
        let _ = raft.step(Input::Durable { end: Offset(4) });
    }
}
