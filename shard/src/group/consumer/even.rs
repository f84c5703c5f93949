//! The uniform assignor where all members read the same topics: quotas, no search.
//!
//! Owner: one computation. Pure. Invariants: loads differ by one at most; a member keeps of what it has as much as
//! its quota allows, and the larger quotas go to members that have more than the smaller one, so nothing moves that
//! balance does not ask for; who is near a free partition gets it first.

use super::assign::{Subscribers, Targets, Topics, racks};
use super::member::Partitions;
use crate::image::MetadataImage;
use ringlog_wire::ids::TopicId;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A member that has room.
struct Room<'a> {
    id: &'a Rc<str>,
    rack: Option<&'a str>,
    left: usize,
}

/// The target of every member.
pub fn uniform(members: &Subscribers<'_>, topics: &Topics<'_>, image: &MetadataImage) -> Targets {
    let mut free: BTreeSet<(TopicId, i32)> = BTreeSet::new();
    for (topic, described) in topics {
        free.extend((0i32..).take(described.partitions.len()).map(|p| (*topic, p)));
    }
    let total = free.len();
    let mut targets = Targets::new();
    for (id, member) in members {
        let before = member.before.into_iter().flat_map(Partitions::iter);
        targets.insert(Rc::clone(id), before.filter(|p| free.remove(p)).collect());
    }
    let share = total.checked_div(members.len()).unwrap_or(0);
    let mut larger = total.checked_rem(members.len()).unwrap_or(0);
    for own in targets.values_mut().filter(|own| own.len() > share) {
        let quota = share + usize::from(larger > 0);
        larger -= quota - share;
        // The last ones: what a member has had longest stays.
        while own.len() > quota {
            free.extend(own.pop_last());
        }
    }
    let mut rooms = Vec::new();
    for (id, member) in members {
        let has = targets.get(id).map_or(0, BTreeSet::len);
        if has > share {
            continue;
        }
        let quota = share + usize::from(larger > 0);
        larger -= quota - share;
        rooms.push(Room { id, rack: member.rack, left: quota - has });
    }
    give(free, rooms, (topics, image), &mut targets);
    targets
}

/// Hands the free partitions out: near ones first.
fn give(
    free: BTreeSet<(TopicId, i32)>,
    mut rooms: Vec<Room<'_>>,
    (topics, image): (&Topics<'_>, &MetadataImage),
    targets: &mut Targets,
) {
    let mut put = |room: &mut Room<'_>, p| {
        room.left -= 1;
        targets.entry(Rc::clone(room.id)).or_default().insert(p);
    };
    let mut far = Vec::new();
    let any_rack = rooms.iter().any(|r| r.rack.is_some());
    for p in free {
        let near = if any_rack { racks(topics, image, p) } else { BTreeSet::new() };
        let is_near = |r: &&mut Room<'_>| r.left > 0 && r.rack.is_some_and(|rack| near.contains(rack));
        match rooms.iter_mut().filter(is_near).max_by_key(|r| r.left) {
            Some(room) => put(room, p),
            None => far.push(p),
        }
    }
    let mut rooms = rooms.iter_mut().filter(|r| r.left > 0).peekable();
    for p in far {
        while rooms.next_if(|r| r.left == 0).is_some() {}
        let room = rooms.peek_mut().expect("the quotas add up to the partitions");
        put(room, p);
    }
}
