//! A consumer group goes back to the classic protocol in place, when the last member that spoke the other one is
//! gone (KIP-848, online migration).
//!
//! Owner: the group. Pure. Invariants: members and what they may read stay what they are, and the group epoch
//! becomes the generation; nobody leads, so that the group rebalances from there, also after a restart.

use super::{Consumer, Partitions, group_tombstones};
use crate::group::classic::{self, Classic};
use crate::group::limits::GroupConfig;
use crate::group::protocol;
use crate::group::state::Turn;
use std::collections::BTreeMap;
use std::rc::Rc;

impl Consumer {
    /// True if the group has classic members only and may become a classic group.
    pub(in crate::group) fn wants_classic(&self, config: &GroupConfig) -> bool {
        self.natives == 0
            && !self.members.is_empty()
            && config.migration.allows_downgrade()
            && self.members.len() <= config.max_size
    }

    /// The classic group that this one becomes; the records of both are written.
    pub(in crate::group) fn to_classic(&self, turn: &mut Turn<'_>) -> Classic {
        let sides = self.members.iter().filter_map(|(id, m)| Some((id, m, m.classic.as_ref()?)));
        let members: BTreeMap<Rc<str>, classic::Member> = sides
            .map(|(id, m, side)| {
                let member = classic::Member {
                    instance: m.instance.clone(),
                    client: m.client.clone(),
                    session_ms: side.session_ms,
                    rebalance_ms: m.rebalance_ms(),
                    protocols: side.protocols.to_vec(),
                    assignment: Default::default(),
                    join: None,
                    sync: None,
                    is_new: false,
                };
                (Rc::clone(id), member)
            })
            .collect();
        let mut group = Classic::of_members(members, self.epoch, turn.now.wall_ms);
        // Not the targets, as Kafka does: parts of those may still be in other hands.
        let nothing = Partitions::default();
        group.give(|id, metadata| {
            let assigned = self.members.get(id).map_or(&nothing, |m| &m.assigned);
            protocol::write(assigned, metadata, turn.now.image)
        });
        for id in self.members.keys() {
            super::leave::cancel_timers(turn.timers, turn.id, id);
            turn.fx.records.extend(super::record::member_tombstones(turn.id, id));
        }
        turn.fx.records.extend(group_tombstones(turn.id));
        group.settle(turn);
        group
    }
}
