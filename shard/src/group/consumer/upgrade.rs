//! A classic group becomes a consumer group in place (KIP-848, online migration).
//!
//! Owner: the group. Pure. Invariants: members, generation and assignments stay what they are: the generation is
//! the first group epoch, so nobody has to move because of the change alone; what a member may still read is held
//! in its name; a group whose assignments carry an assignor's own data, or cannot be read, stays classic.

use super::Consumer;
use super::member::{ClassicSide, Member, MemberState, Partitions};
use crate::group::GroupId;
use crate::group::classic::{self, Classic};
use crate::group::protocol;
use crate::group::records::Record;
use crate::image::MetadataImage;
use bytes::Bytes;
use std::rc::Rc;

impl Consumer {
    /// The consumer group that `classic` becomes. Errors: why it must stay what it is.
    pub(in crate::group) fn of_classic(classic: &Classic, image: &MetadataImage) -> Result<Self, String> {
        let protocol = classic.protocol().unwrap_or_default();
        let (epoch, mut group) = (classic.generation(), Self::default());
        (group.epoch, group.target_epoch) = (epoch, epoch);
        // One that has not been through a rebalance owns nothing and may not know its id: it joins again.
        let settled = classic.members().filter(|(_, m)| !m.is_new);
        let read = settled.map(|(id, m)| Ok((Rc::from(id), read(m, &protocol, epoch, image)?)));
        let read: Vec<(Rc<str>, Read)> = read.collect::<Result<_, String>>()?;
        for (id, Read { member, given, .. }) in &read {
            let assigned = group.unheld(given);
            group.put_member(id, Member { assigned, ..member.clone() });
        }
        // What a cooperative member still had when it last joined, and was not given again, is in its hands until
        // it joins once more; if it has not been given anything yet, it goes on with that.
        for (id, Read { member, given, owned }) in read {
            let (extra, assigned) = (group.unheld(&owned), group.unheld_but(&id, &given));
            let member = match given.is_empty() {
                true => Member { assigned: extra, ..member },
                false if extra.is_empty() => Member { assigned, ..member },
                false => Member { assigned, revoking: extra, state: MemberState::Unrevoked, ..member },
            };
            group.target.insert(Rc::clone(&id), member.assigned.clone());
            group.put_member(&id, member);
        }
        group.topics_hash = group.hash_topics(image);
        group.seen = Some(image.end().0);
        Ok(group)
    }

    /// Those that are in nobody's hands.
    fn unheld(&self, all: &Partitions) -> Partitions {
        Partitions::collect(all.iter().filter(|p| !self.held.contains_key(p)))
    }

    /// Those that are in nobody's hands but maybe in `id`'s.
    fn unheld_but(&self, id: &Rc<str>, all: &Partitions) -> Partitions {
        Partitions::collect(all.iter().filter(|p| self.held.get(p).is_none_or(|held| held.by == *id)))
    }

    /// Everything there is to say of the group, in the order in which Kafka writes it.
    pub(in crate::group) fn records(&self, id: &GroupId) -> Vec<Record> {
        let mut records: Vec<_> = self.members.keys().map(|m| self.member_record(id, m)).collect();
        records.push(self.group_record(id));
        records.extend(self.members.keys().map(|m| self.target_record(id, m)));
        records.push(self.target_epoch_record(id));
        records.extend(self.members.keys().map(|m| self.current_record(id, m)));
        records
    }
}

/// A classic member, read.
struct Read {
    /// Without partitions.
    member: Member,
    /// What the leader gave it.
    given: Partitions,
    /// What it had when it last joined.
    owned: Partitions,
}

fn read(old: &classic::Member, protocol: &str, epoch: i32, image: &MetadataImage) -> Result<Read, String> {
    let malformed = "the embedded consumer protocol is malformed";
    let metadata = old.metadata(protocol).unwrap_or_default();
    let subscription = protocol::subscription(&metadata).map_err(|_| malformed.to_owned())?;
    let assignment = protocol::assignment(&old.assignment).map_err(|_| malformed.to_owned())?;
    if assignment.user_data.is_some_and(|d| !d.is_empty()) {
        let why = "an unsupported custom assignor is in use. Please refer to the documentation or switch to a \
                   default assignor before re-attempting the upgrade";
        return Err(why.to_owned());
    }
    let given = assignment.assigned_partitions.iter().map(|t| (t.topic.as_str(), t.partitions.as_slice()));
    let protocols: Rc<[(String, Bytes)]> = old.protocols.clone().into();
    let owned = protocol::owned(&subscription, image);
    let member = Member {
        instance: old.instance.clone(),
        rack: subscription.rack_id.filter(|r| !r.is_empty()),
        names: subscription.topics.iter().cloned().collect(),
        topics: subscription.topics.into_iter().collect(),
        rebalance_timeout_ms: i32::try_from(old.rebalance_ms).unwrap_or(i32::MAX),
        classic: Some(ClassicSide { session_ms: old.session_ms, protocols }),
        epoch,
        previous_epoch: epoch,
        state: MemberState::Stable,
        ..Member::new(old.client.clone())
    };
    Ok(Read { member, given: protocol::by_id(given, image), owned })
}
