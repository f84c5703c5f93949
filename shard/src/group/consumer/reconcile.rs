//! The way of one member to its target: revoke first, then take what is free (KIP-848, server-side reconciliation).
//!
//! Owner: the group. Pure. Invariants: a partition is given only when `held` has nobody for it; a member's epoch
//! rises only when it has nothing left to give back.

use super::member::{Member, MemberState, Partitions};
use super::{Consumer, Held};
use crate::group::state::Turn;
use crate::group::timers::TimerKind;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ids::TopicId;
use std::rc::Rc;

impl Consumer {
    /// Moves member `id` on, as far as it can go now. `owned`: what it says it has; `None` if it did not say.
    /// Returns true if what it may read has changed.
    pub(super) fn reconcile(
        &mut self,
        turn: &mut Turn<'_>,
        id: &Rc<str>,
        owned: Option<&Partitions>,
    ) -> bool {
        let Some(member) = self.members.get(id) else { return false };
        let next = match member.state {
            MemberState::Stable if member.epoch == self.target_epoch => None,
            MemberState::Unrevoked => {
                let back = owned.is_some_and(|owned| !member.revoking.iter().any(|p| owned.contains(p)));
                back.then(|| self.next(id, member, owned))
            }
            MemberState::Stable | MemberState::Unreleased => Some(self.next(id, member, owned)),
        };
        let Some(next) = next.filter(|next| next != member) else { return false };
        let changed = next.assigned != member.assigned;
        self.put_current(turn, id, next);
        changed
    }

    /// The member after its next step.
    fn next(&self, id: &Rc<str>, member: &Member, owned: Option<&Partitions>) -> Member {
        let nothing = Partitions::default();
        let target = self.target.get(id).unwrap_or(&nothing);
        let keep = Partitions::collect(member.assigned.iter().filter(|p| target.contains(*p)));
        let revoking = Partitions::collect(member.assigned.iter().filter(|p| !target.contains(*p)));
        let still =
            |p: (TopicId, i32)| owned.is_none_or(|o| o.contains(p)) && !planted(Bug::RevocationAssumed);
        if revoking.iter().any(still) {
            return Member { state: MemberState::Unrevoked, assigned: keep, revoking, ..member.clone() };
        }
        // What the member itself holds but gives back now is not in its target.
        let taken = |p: &(TopicId, i32)| self.held.get(p).is_some_and(|held| held.by != *id);
        let free = |p: &(TopicId, i32)| !taken(p) || planted(Bug::GivenBeforeRevoked);
        let wanted = target.iter().filter(|p| !keep.contains(*p));
        let (now, later): (Vec<_>, Vec<_>) = wanted.partition(free);
        let previous_epoch =
            if member.epoch == self.target_epoch { member.previous_epoch } else { member.epoch };
        Member {
            epoch: self.target_epoch,
            previous_epoch,
            state: if later.is_empty() { MemberState::Stable } else { MemberState::Unreleased },
            assigned: Partitions::collect(keep.iter().chain(now)),
            revoking: nothing,
            ..member.clone()
        }
    }

    /// Replaces member `id`, writes its current assignment and moves its deadline for giving back.
    pub(super) fn put_current(&mut self, turn: &mut Turn<'_>, id: &Rc<str>, next: Member) {
        // A member of the classic protocol has deadlines for joining and syncing instead.
        let revokes = next.state == MemberState::Unrevoked && next.classic.is_none();
        let (key, due) = (TimerKind::Revocation(Rc::clone(id)), turn.now.ms + next.rebalance_ms());
        self.put_member(id, next);
        turn.fx.records.push(self.current_record(turn.id, id));
        if revokes {
            turn.timers.arm(turn.id, key, due);
        } else {
            turn.timers.cancel(turn.id, key);
        }
    }

    /// Replaces member `id` and keeps `held` and `statics` in step.
    pub(super) fn put_member(&mut self, id: &Rc<str>, next: Member) {
        let since = |p: &(TopicId, i32)| match self.held.get(p) {
            Some(held) if held.by == *id => held.since,
            _ => next.epoch,
        };
        let all = next.assigned.iter().chain(next.revoking.iter());
        let all: Vec<_> = all.map(|p| (p, Held { by: Rc::clone(id), since: since(&p) })).collect();
        self.let_go(id);
        self.held.extend(all);
        if let Some(instance) = &next.instance {
            self.statics.insert(instance.clone(), Rc::clone(id));
        }
        let native = usize::from(next.classic.is_none());
        let before = self.members.insert(Rc::clone(id), next);
        let before = before.map_or(0, |m| usize::from(m.classic.is_none()));
        self.natives = self.natives + native - before;
    }

    /// Takes member `id` out, and keeps `held`, `statics` and `natives` in step.
    pub(super) fn take_member(&mut self, id: &Rc<str>) -> Option<Member> {
        if !planted(Bug::LeaverKeepsPartitions) {
            self.let_go(id);
        }
        let member = self.members.remove(id)?;
        if let Some(instance) = &member.instance
            && self.statics.get(instance) == Some(id)
        {
            self.statics.remove(instance);
        }
        self.natives -= usize::from(member.classic.is_none());
        Some(member)
    }

    /// Takes what member `id` holds out of `held`.
    pub(super) fn let_go(&mut self, id: &Rc<str>) {
        let Some(member) = self.members.get(id) else { return };
        for p in member.assigned.iter().chain(member.revoking.iter()) {
            if self.held.get(&p).is_some_and(|held| held.by == *id) {
                self.held.remove(&p);
            }
        }
    }
}
