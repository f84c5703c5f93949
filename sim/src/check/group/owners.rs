//! Who owns a partition, by what the members know themselves, and the epochs of the group.
//!
//! Owner: the facts of one group. Invariants: a claim ends when the member gives the partition up, learns that it is
//! out, or its lease ends; only claims within their leases are held against others.

use super::super::{Tp, Verdict, rule};
use std::collections::{BTreeMap, BTreeSet};

/// A member that may own partitions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Claim {
    /// The member's place in the plan, and which of its selves it is.
    pub who: (usize, u64),
    /// Its id for the broker, or its static name.
    pub identity: String,
    /// Generation, or member epoch.
    pub epoch: i32,
    /// Until when it surely belongs to the group, ns.
    pub until: u64,
}

#[derive(Clone, Debug)]
struct Owner {
    claim: Claim,
    /// When it was told, ns.
    since: u64,
}

/// See the module's text.
#[derive(Debug, Default)]
pub struct Owners {
    of: BTreeMap<Tp, Vec<Owner>>,
    given: BTreeMap<(i32, Tp), String>,
    /// The largest epoch that a durable answer told.
    epoch: i32,
    /// Epochs say nothing: the group changes its protocol, or may have been deleted.
    pub lax: bool,
    /// Leases by member, and since when one of them ran at every moment.
    leases: BTreeMap<(usize, u64), u64>,
    covered: Option<u64>,
    covered_until: u64,
    /// Since when epochs may have begun again.
    forgotten: u64,
}

impl Owners {
    /// A member was told, at `now`, that it owns exactly `all`.
    ///
    /// `revoking`: what it has to give back, and still has.
    pub fn told(&mut self, claim: &Claim, all: &BTreeSet<Tp>, revoking: &BTreeSet<Tp>, now: u64) -> Verdict {
        self.drop_others(claim.who, &(all | revoking));
        self.lease(claim, now);
        if claim.until <= now {
            // It comes too late to be relied on; the member learns the truth with its next heartbeat.
            self.give_up_all(claim.who);
            return Ok(());
        }
        for tp in all.iter().filter(|tp| !self.lax && !revoking.contains(tp)) {
            let before = self.given.entry((claim.epoch, *tp)).or_insert_with(|| claim.identity.clone());
            rule(*before == claim.identity, || {
                format!(
                    "partition {} of epoch {} was given to {before} and to {}",
                    tp.1, claim.epoch, claim.identity
                )
            })?;
        }
        for tp in all | revoking {
            let owners = self.of.entry(tp).or_default();
            owners.retain(|o| o.claim.until > now || o.claim.who == claim.who);
            if let Some(other) = owners.iter().find(|o| o.claim.who != claim.who) {
                return Err(format!(
                    "partition {} has two owners: {:?}, since {:.3} s, and {claim:?}",
                    tp.1,
                    other.claim,
                    other.since as f64 / 1e9
                ));
            }
            match owners.first_mut() {
                Some(own) => own.claim = claim.clone(),
                None => owners.push(Owner { claim: claim.clone(), since: now }),
            }
        }
        Ok(())
    }

    fn lease(&mut self, claim: &Claim, now: u64) {
        self.leases.insert(claim.who, claim.until);
        if claim.until <= now {
            return;
        }
        if self.covered.is_none() || self.covered_until < now {
            self.covered = Some(now);
        }
        self.covered_until = self.covered_until.max(claim.until);
    }

    /// Since when the group surely has members at every moment; `None`: it may have none now.
    #[must_use]
    pub fn covered_since(&self, now: u64) -> Option<u64> {
        self.covered.filter(|_| self.covered_until > now)
    }

    fn drop_others(&mut self, who: (usize, u64), keep: &BTreeSet<Tp>) {
        for (tp, owners) in &mut self.of {
            if !keep.contains(tp) {
                owners.retain(|o| o.claim.who != who);
            }
        }
    }

    /// A member gives a partition up.
    pub fn give_up(&mut self, who: (usize, u64), tp: Tp) {
        if let Some(owners) = self.of.get_mut(&tp) {
            owners.retain(|o| o.claim.who != who);
        }
    }

    /// A member gives everything up.
    pub fn give_up_all(&mut self, who: (usize, u64)) {
        self.drop_others(who, &BTreeSet::new());
    }

    /// A member is gone, or may be: its lease counts no more.
    pub fn leaves(&mut self, who: (usize, u64), now: u64) {
        self.give_up_all(who);
        self.leases.remove(&who);
        // The others still cover the group as long as their own leases run.
        self.covered_until =
            self.leases.values().copied().max().unwrap_or(0).max(now.min(self.covered_until));
    }

    /// True if `who` surely is a member at `now`.
    #[must_use]
    pub fn is_member(&self, who: (usize, u64), now: u64) -> bool {
        self.leases.get(&who).is_some_and(|until| *until > now)
    }

    /// A commit of `who` for `tp`, sent at `sent`, was acknowledged: no other member owned it all the while.
    pub fn committed(&self, who: (usize, u64), tp: Tp, sent: u64, now: u64) -> Verdict {
        let owners = self.of.get(&tp).into_iter().flatten();
        let mut others = owners.filter(|o| o.claim.who != who && o.since < sent && o.claim.until > now);
        others.next().map_or(Ok(()), |o| {
            Err(format!("a commit of {who:?} for partition {} was taken, which {:?} owns", tp.1, o.claim))
        })
    }

    /// Whoever owns `tp` at `now`.
    #[must_use]
    pub fn owner(&self, tp: Tp, now: u64) -> Option<&Claim> {
        self.of.get(&tp)?.iter().map(|o| &o.claim).find(|c| c.until > now)
    }

    /// The largest epoch that a durable answer told so far.
    #[must_use]
    pub fn epoch(&self) -> i32 {
        self.epoch
    }

    /// A durable answer to a request of time `sent` told this epoch.
    pub fn reached(&mut self, epoch: i32, sent: u64) {
        // An answer from before the deletion may come behind that of the deletion.
        if sent >= self.forgotten {
            self.epoch = self.epoch.max(epoch);
        }
    }

    /// Epochs may start again: the group may be deleted.
    pub fn forget_epochs(&mut self, now: u64) {
        self.epoch = 0;
        self.forgotten = now;
        self.given.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::TopicId;

    const TP: Tp = (TopicId::ZERO, 0);

    fn claim(who: usize, epoch: i32, until: u64) -> Claim {
        Claim { who: (who, 0), identity: format!("m{who}"), epoch, until }
    }

    #[test]
    fn two_owners_at_a_time_are_one_too_many() {
        let all = BTreeSet::from([TP]);
        let mut o = Owners::default();
        assert!(o.told(&claim(0, 1, 100), &all, &BTreeSet::new(), 10).is_ok());
        assert!(o.told(&claim(1, 2, 100), &all, &BTreeSet::new(), 20).is_err());
        let mut o = Owners::default();
        assert!(o.told(&claim(0, 1, 100), &all, &BTreeSet::new(), 10).is_ok());
        assert!(o.told(&claim(1, 2, 300), &all, &BTreeSet::new(), 100).is_ok(), "the lease is over");
        assert!(o.told(&claim(0, 1, 400), &all, &BTreeSet::new(), 110).is_err(), "and comes back too late");
        let mut o = Owners::default();
        assert!(o.told(&claim(0, 1, 100), &all, &BTreeSet::new(), 10).is_ok());
        o.give_up((0, 0), TP);
        assert!(o.told(&claim(1, 1, 300), &all, &BTreeSet::new(), 20).is_err(), "one owner in an epoch");
        assert!(o.told(&claim(1, 2, 300), &all, &BTreeSet::new(), 20).is_ok());
        assert!(o.committed((1, 0), TP, 30, 31).is_ok());
        assert!(o.committed((0, 0), TP, 30, 31).is_err());
        assert!(o.committed((0, 0), TP, 15, 31).is_ok(), "it was sent before");
    }

    #[test]
    fn a_group_is_covered_while_leases_run() {
        let mut o = Owners::default();
        assert_eq!(o.covered_since(5), None);
        o.told(&claim(0, 1, 100), &BTreeSet::new(), &BTreeSet::new(), 10).unwrap();
        o.told(&claim(1, 1, 200), &BTreeSet::new(), &BTreeSet::new(), 90).unwrap();
        assert_eq!(o.covered_since(150), Some(10));
        assert!(o.is_member((1, 0), 150) && !o.is_member((0, 0), 150));
        assert_eq!(o.covered_since(250), None);
        o.told(&claim(1, 1, 300), &BTreeSet::new(), &BTreeSet::new(), 260).unwrap();
        assert_eq!(o.covered_since(270), Some(260));
        o.leaves((1, 0), 280);
        assert_eq!(o.covered_since(290), None);
    }
}
