//! A static member comes back under a new id (KIP-345, KIP-814).
//!
//! Owner: the group. Pure. Invariants: whoever waits in the old id's name is fenced; the group rebalances only if
//! the static member's return changes the protocol, or the leader may have the old id in its hands; a new id is
//! told when a record holds it, so that no restart fences the member that came back.

use super::join::Joiner;
use super::{Classic, State};
use crate::group::call::Answer;
use crate::group::state::Turn;
use crate::group::timers::TimerKind;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::JoinGroupResponse;
use std::rc::Rc;

impl Classic {
    /// The static member `old` starts again as `id`.
    pub(super) fn replace_static(&mut self, turn: &mut Turn<'_>, join: Joiner, old: &Rc<str>, id: Rc<str>) {
        let old_leader = self.leader.clone();
        self.rename(turn, old, &id);
        self.renamed = true;
        self.update(&id, &join);
        self.touch(turn, &id);
        match self.state {
            State::Stable if self.choose_protocol() == self.protocol => {
                let response = self.replaced(&join, &id, old_leader);
                if let Some(member) = self.members.get_mut(&id) {
                    member.join = None;
                }
                self.renamed = false;
                let record = self.record(turn.id);
                turn.fx.records.push(record);
                turn.fx.answer(join.ticket, Answer::Join(response));
            }
            State::Stable | State::Completing => {
                let why = join.because(&format!("static member {old} came back as {id}"));
                self.prepare(turn, why);
            }
            State::Preparing => self.complete_if_all_joined(turn),
            State::Empty => unreachable!("an empty group has no static members"),
        }
    }

    fn rename(&mut self, turn: &mut Turn<'_>, old: &Rc<str>, id: &Rc<str>) {
        let mut member = self.members.remove(old).expect("a static name belongs to a member");
        for ticket in [member.join.take(), member.sync.take()].into_iter().flatten() {
            turn.fx.refuse(ticket, ErrorCode::FencedInstanceId);
        }
        turn.timers.cancel(turn.id, TimerKind::Session(Rc::clone(old)));
        if self.unsynced.remove(old) {
            self.unsynced.insert(Rc::clone(id));
        }
        if self.leader.as_ref() == Some(old) {
            self.leader = Some(Rc::clone(id));
        }
        if let Some(instance) = &member.instance {
            self.statics.insert(instance.clone(), Rc::clone(id));
        }
        self.members.insert(Rc::clone(id), member);
    }

    /// What it is told when nothing else changes. Before version 9 it must not believe that it leads, or it would
    /// assign again; from then on it may, and is told to skip that.
    fn replaced(&self, join: &Joiner, id: &Rc<str>, old_leader: Option<Rc<str>>) -> JoinGroupResponse {
        if join.version >= 9 {
            let skip_assignment = self.leader.as_ref() == Some(id);
            return JoinGroupResponse { skip_assignment, ..self.joined(id) };
        }
        let leader = old_leader.as_deref().unwrap_or_default().to_owned();
        JoinGroupResponse { leader, members: Vec::new(), ..self.joined(id) }
    }
}
