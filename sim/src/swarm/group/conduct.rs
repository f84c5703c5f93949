//! What happens to a group as a whole: its offsets or the group are deleted, it is listed, its members all stop and
//! come back with another protocol (KIP-848's offline way, and back).
//!
//! Owner: one task of the world per group. Invariant: a halt ends by itself, so that the liveness phase finds
//! everyone at work.

use super::{GroupRun, Link};
use crate::client::Gone;
use crate::swarm::world::Phase;
use ringlog_shard::env::Level;
use ringlog_wire::ErrorCode as E;
use ringlog_wire::generated::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use ringlog_wire::generated::{
    DeleteGroupsRequest, DeleteGroupsResponse, ListGroupsRequest, ListGroupsResponse, OffsetDeleteRequest,
    OffsetDeleteResponse,
};
use std::rc::Rc;

/// Conducts `group` until the healing.
pub(super) async fn run(group: Rc<GroupRun>) {
    let (world, rng) = (Rc::clone(&group.world), group.world.sim.rng().clone());
    loop {
        world.sim.sleep_ms(200 + rng.below(world.plan.life_ms)).await;
        if world.phase.get() != Phase::Safety {
            return;
        }
        if world.plan.groups.expires {
            // Retention goes by the wall clock.
            world.sim.skew_wall(i64::try_from(rng.below(300_000)).unwrap_or(0));
        }
        let stops = group.plan.speaks.len() > 1 && !group.plan.mixed;
        if (stops || group.plan.deletes) && rng.one_in(2) {
            halt(&group).await;
            if group.plan.deletes {
                change(&group).await;
            }
            if stops {
                group.turn.set(group.turn.get() + 1);
                group.facts.borrow_mut().forget_epochs(group.world.now());
            }
            group.say(|| format!("goes on with turn {}", group.turn.get()));
            group.halted.set(false);
        } else {
            change(&group).await;
        }
    }
}

/// Looks at the committed offsets all the time, until the healing: what a member commits may be seen by others the
/// moment before it is durable.
pub(super) async fn watch(group: Rc<GroupRun>) {
    let (world, rng) = (Rc::clone(&group.world), group.world.sim.rng().clone());
    while world.phase.get() == Phase::Safety {
        let Some((client, life)) = world.connect().await else { return };
        group.facts.borrow_mut().reached(life, world.now());
        let mut link = Link { client, life };
        while world.phase.get() == Phase::Safety && world.lives.get() == life && world.up.borrow().is_some() {
            match group.read_offsets(&mut link, (8, None), None).await {
                Ok(Ok(_)) => world.sim.exec().jitter(1 << (10 + rng.below(17))).await,
                Ok(Err(_)) => world.sim.sleep_ms(100).await,
                Err(Gone) => break,
            }
        }
        link.client.conn().cut();
        world.sim.sleep_ms(20 + rng.below(100)).await;
    }
}

/// Lets all members leave, some time at most.
async fn halt(group: &GroupRun) {
    group.say(|| "halts".into());
    group.halted.set(true);
    let until = group.world.now() + group.plan.session_ms * 3_000_000;
    while group.out.get() < group.plan.members.len() && group.world.now() < until {
        if group.world.phase.get() != Phase::Safety {
            return;
        }
        group.world.sim.sleep_ms(20).await;
    }
}

/// One look, or one deletion.
async fn change(group: &GroupRun) {
    let world = &group.world;
    let Some((client, life)) = world.connect().await else { return };
    group.facts.borrow_mut().reached(life, world.now());
    let mut link = Link { client, life };
    let rng = world.sim.rng();
    let _ = match (group.plan.deletes, rng.below(3)) {
        (true, 0) => delete_group(group, &mut link).await,
        (true, 1) => delete_offsets(group, &mut link).await,
        _ => list(group, &mut link).await,
    };
    link.client.conn().cut();
}

/// A group that surely has members is listed.
async fn list(group: &GroupRun, link: &mut Link) -> Result<(), Gone> {
    let version = i16::try_from(group.world.sim.rng().below(6)).unwrap_or(0);
    let (answer, sent): (ListGroupsResponse, _) =
        group.ask(link, version, &ListGroupsRequest::default(), 0).await?;
    if answer.error_code != 0 {
        group.refused(answer.error_code, "ListGroups");
        return Ok(());
    }
    // A coordinator whose disk has failed is not there any more, and its groups are not listed, as in Kafka.
    let up = group.world.up.borrow().clone();
    if up.is_none_or(|b| !b.logged(Level::Error, "R053").is_empty()) {
        return Ok(());
    }
    let covered = group.facts.borrow().owners.covered_since(group.world.now());
    let listed = answer.groups.iter().find(|g| g.group_id == group.plan.name);
    if covered.is_some_and(|since| since < sent) && listed.is_none() {
        group.judge(Err(format!("it has members and is not listed: {:?}", answer.groups)));
    }
    Ok(())
}

async fn delete_group(group: &GroupRun, link: &mut Link) -> Result<(), Gone> {
    let at = (group.world.now(), link.life);
    let all = group.partitions();
    let mut numbers = Vec::new();
    for tp in all {
        let mut facts = group.facts.borrow_mut();
        numbers.push((tp, facts.register(tp).delete(at)));
        facts.forget_epochs(at.0);
    }
    // Until the answer comes nobody knows.
    let lax = std::mem::replace(&mut group.facts.borrow_mut().owners.lax, true);
    let request = DeleteGroupsRequest { groups_names: vec![group.plan.name.clone()] };
    let (answer, _): (DeleteGroupsResponse, _) = group.ask(link, 2, &request, 0).await?;
    let code = answer.results.first().map_or(0, |r| r.error_code);
    group.say(|| format!("deleted: {code}"));
    let now = group.world.now();
    let mut facts = group.facts.borrow_mut();
    let refused = [E::NonEmptyGroup, E::GroupIdNotFound, E::CoordinatorLoadInProgress];
    let refused = refused.iter().any(|e| e.code() == code);
    if code != 0 && !refused {
        drop(facts);
        group.refused(code, "DeleteGroups");
        return Ok(());
    }
    facts.owners.lax = lax;
    facts.forget_epochs(now);
    for (tp, no) in numbers {
        if refused { facts.register(tp).refused(no) } else { facts.register(tp).done(no, now) }
    }
    Ok(())
}

async fn delete_offsets(group: &GroupRun, link: &mut Link) -> Result<(), Gone> {
    let rng = group.world.sim.rng();
    let all: Vec<_> = group.partitions().into_iter().filter(|_| rng.one_in(2)).collect();
    let at = (group.world.now(), link.life);
    let mut request = OffsetDeleteRequest { group_id: group.plan.name.clone(), ..Default::default() };
    let mut numbers = Vec::new();
    for tp in all {
        numbers.push((tp, group.facts.borrow_mut().register(tp).delete(at)));
        let partition = OffsetDeleteRequestPartition { partition_index: tp.1 };
        let name = group.topic_name(tp);
        match request.topics.iter_mut().find(|t| t.name == name) {
            Some(topic) => topic.partitions.push(partition),
            None => request
                .topics
                .push(OffsetDeleteRequestTopic { name: name.to_owned(), partitions: vec![partition] }),
        }
    }
    let (answer, _): (OffsetDeleteResponse, _) = group.ask(link, 0, &request, 0).await?;
    let refused =
        [E::NonEmptyGroup, E::GroupIdNotFound, E::CoordinatorLoadInProgress, E::GroupSubscribedToTopic];
    let refused = |code: i16| refused.iter().any(|e| e.code() == code);
    let (code, now) = (answer.error_code, group.world.now());
    if code != 0 && !refused(code) {
        group.refused(code, "OffsetDelete");
        return Ok(());
    }
    for (tp, no) in numbers {
        let name = group.topic_name(tp);
        let topic = answer.topics.iter().find(|t| t.name == name);
        let found = topic.and_then(|t| t.partitions.iter().find(|p| p.partition_index == tp.1));
        let code = found.map_or(code, |p| p.error_code);
        let mut facts = group.facts.borrow_mut();
        if refused(code) {
            facts.register(tp).refused(no);
        } else if code == 0 {
            facts.register(tp).done(no, now);
        }
    }
    Ok(())
}
