//! LeaveGroup 0-5 (KIP-345: several members at once; KIP-800: reasons).
//!
//! Owner: the group. Pure. Invariant: every member named is answered, in the order of the request.

use super::Classic;
use crate::group::state::{Turn, cut};
use crate::group::timers::TimerKind;
use ringlog_wire::ErrorCode;
use ringlog_wire::generated::LeaveGroupResponse;
use ringlog_wire::generated::leave_group_request::MemberIdentity;
use ringlog_wire::generated::leave_group_response::MemberResponse;
use std::rc::Rc;

impl Classic {
    /// Takes in one LeaveGroup.
    pub(in crate::group) fn leave(
        &mut self,
        turn: &mut Turn<'_>,
        leaving: &[MemberIdentity],
    ) -> LeaveGroupResponse {
        let mut why = None;
        let mut members = Vec::with_capacity(leaving.len());
        for identity in leaving {
            let result = self.leave_one(turn, identity);
            if let Ok(id) = &result {
                let reason = identity.reason.as_deref().map(cut).filter(|r| !r.is_empty());
                let reason = reason.map_or_else(String::new, |r| format!("; client reason: {r}"));
                why.get_or_insert_with(|| format!("member {id} left{reason}"));
            }
            members.push(MemberResponse {
                member_id: identity.member_id.clone(),
                group_instance_id: identity.group_instance_id.clone(),
                error_code: result.err().unwrap_or(ErrorCode::None).code(),
            });
        }
        if let Some(why) = why
            && !self.is_empty()
        {
            self.rebalance(turn, why);
        }
        LeaveGroupResponse { members, ..Default::default() }
    }

    fn leave_one(&mut self, turn: &mut Turn<'_>, identity: &MemberIdentity) -> Result<Rc<str>, ErrorCode> {
        let instance = identity.group_instance_id.as_deref();
        let id: Rc<str> = match (identity.member_id.as_str(), instance) {
            // A tool names a static member without knowing its id.
            ("", Some(name)) => self.statics.get(name).cloned().ok_or(ErrorCode::UnknownMemberId)?,
            (id, _) => id.into(),
        };
        if self.pending.remove(&id) {
            turn.timers.cancel(turn.id, TimerKind::Pending(Rc::clone(&id)));
            return Ok(id);
        }
        self.check_member(&id, instance)?;
        self.remove(turn, &id);
        Ok(id)
    }
}
