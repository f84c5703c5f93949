//! SyncGroup 0-5 and Heartbeat 0-4.
//!
//! Owner: the group. Pure. Invariants: an assignment is handed out only together with the record that holds all
//! of them; assignment bytes are the leader's, also empty ones (sharp edge 27).

use super::{Classic, State};
use crate::group::Ticket;
use crate::group::call::Answer;
use crate::group::limits::GROUP_BYTES_MAX;
use crate::group::state::Turn;
use crate::group::timers::TimerKind;
use bytes::Bytes;
use ringlog_storage::planted::{Bug, planted};
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::sync_group_request::SyncGroupRequestAssignment;
use ringlog_wire::generated::{HeartbeatRequest, SyncGroupRequest, SyncGroupResponse};
use std::rc::Rc;

impl Classic {
    /// Takes in one SyncGroup.
    pub(in crate::group) fn sync(&mut self, turn: &mut Turn<'_>, ticket: Ticket, request: SyncGroupRequest) {
        if let Err(error) = self.check_sync(&request) {
            return turn.fx.refuse(ticket, error);
        }
        let id: Rc<str> = request.member_id.as_str().into();
        self.unsynced.remove(&id);
        if self.unsynced.is_empty() {
            turn.timers.cancel(turn.id, TimerKind::Sync);
        }
        if self.state == State::Stable {
            self.touch(turn, &id);
            let response = self.synced(&id);
            return turn.fx.answer(ticket, Answer::Sync(response));
        }
        if self.leader.as_ref() == Some(&id) {
            let bytes: usize = request.assignments.iter().map(|a| a.assignment.len()).sum();
            if bytes > GROUP_BYTES_MAX {
                turn.fx.refuse(ticket, ErrorCode::UnknownServerError);
                return self.prepare(turn, format!("the assignments of leader {id} have {bytes} bytes"));
            }
        }
        if let Some(member) = self.members.get_mut(&id)
            && let Some(earlier) = member.sync.replace(ticket)
        {
            // The same member asks again on another connection: only the newest waits.
            turn.fx.refuse(earlier, ErrorCode::RebalanceInProgress);
        }
        if self.leader.as_ref() == Some(&id) {
            self.hand_out(turn, &request.assignments);
        }
    }

    fn check_sync(&self, request: &SyncGroupRequest) -> Result<(), ErrorCode> {
        self.check_member(&request.member_id, request.group_instance_id.as_deref())?;
        if request.generation_id != self.generation {
            return Err(ErrorCode::IllegalGeneration);
        }
        let differs = |said: &Option<String>, known: &Option<String>| said.is_some() && said != known;
        if differs(&request.protocol_type, &self.protocol_type)
            || differs(&request.protocol_name, &self.protocol)
        {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        match self.state {
            State::Empty => Err(ErrorCode::UnknownMemberId),
            State::Preparing => Err(ErrorCode::RebalanceInProgress),
            State::Completing | State::Stable => Ok(()),
        }
    }

    /// The leader has decided: everyone gets its part.
    fn hand_out(&mut self, turn: &mut Turn<'_>, assignments: &[SyncGroupRequestAssignment]) {
        for (id, member) in &mut self.members {
            let given = assignments.iter().rfind(|a| a.member_id == **id);
            member.assignment = given.map_or(Bytes::new(), |a| Bytes::copy_from_slice(&a.assignment));
        }
        self.enter(turn, State::Stable);
        let record = self.record(turn.id);
        self.recorded = true;
        turn.fx.records.push(record);
        let ids: Vec<_> = self.members.keys().cloned().collect();
        for id in ids {
            let response = self.synced(&id);
            let waiting = self.members.get_mut(&id).and_then(|m| m.sync.take());
            if let Some(ticket) = waiting {
                self.touch(turn, &id);
                turn.fx.answer(ticket, Answer::Sync(response));
            }
        }
    }

    fn synced(&self, id: &str) -> SyncGroupResponse {
        SyncGroupResponse {
            protocol_type: self.protocol_type.clone(),
            protocol_name: self.protocol.clone(),
            assignment: self.members.get(id).map(|m| m.assignment.clone()).unwrap_or_default(),
            ..Default::default()
        }
    }

    /// Takes in one Heartbeat.
    pub(in crate::group) fn heartbeat(
        &mut self,
        turn: &mut Turn<'_>,
        request: &HeartbeatRequest,
    ) -> Result<(), ErrorCode> {
        self.check_member(&request.member_id, request.group_instance_id.as_deref())?;
        if request.generation_id != self.generation && !planted(Bug::StaleHeartbeatAccepted) {
            return Err(ErrorCode::IllegalGeneration);
        }
        match self.state {
            State::Empty => Err(ErrorCode::UnknownMemberId),
            State::Preparing => {
                self.touch(turn, &request.member_id);
                Err(ErrorCode::RebalanceInProgress)
            }
            // Between join and sync a member may already send heartbeats.
            State::Completing | State::Stable => {
                self.touch(turn, &request.member_id);
                Ok(())
            }
        }
    }
}
