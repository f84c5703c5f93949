//! What must hold of consumer groups, from the answers their members got (shared rules G1 to G6).
//!
//! - `offsets` (G1, G2, G6): the committed offset of a partition is a register. What a fetch of offsets shows was
//!   written, was not refused, and was not surely overwritten before the fetch was asked; what was shown once counts
//!   as acknowledged, over every crash. Nothing shows only before the first commit, after a deletion that a client
//!   asked for, or when retention may have struck: while nobody surely was a member.
//! - `owners` (G3, G4): a partition has one owner at a time and one in an epoch; a commit, and a heartbeat, of a
//!   member whose partition another one owns by now is refused; epochs never fall; a member that keeps its promises
//!   is not put out.
//! - `progress`: every record is processed, and in the end every group rests: each partition owned, everything
//!   committed.
//!
//! Time: a member surely belongs to its group from an answer that says so until its *lease* ends: the session
//! timeout after that answer's request was *sent*, since the broker cannot have started to count earlier. What lies
//! behind a lease is not judged.
//!
//! Owner: one `GroupFacts` per group of a run. Invariant: facts come from bytes that crossed the network.

mod offsets;
mod owners;
mod progress;

pub use offsets::{Register, Shown};
pub use owners::{Claim, Owners};
pub use progress::Progress;

use super::{Tp, Verdict};
use std::collections::BTreeMap;

/// Everything known of one group.
#[derive(Debug, Default)]
pub struct GroupFacts {
    /// The committed offset of every partition.
    pub offsets: BTreeMap<Tp, Register>,
    /// Who owns what, and the epochs.
    pub owners: Owners,
    /// What was processed.
    pub progress: BTreeMap<Tp, Progress>,
    /// When the lives of the broker began, as clients noticed, with their numbers.
    lives: Vec<(u64, u64)>,
}

impl GroupFacts {
    /// A client has reached life `life` of the broker: nothing sent to an earlier one takes effect any more.
    pub fn reached(&mut self, life: u64, now: u64) {
        if self.lives.last().is_none_or(|(known, _)| *known < life) {
            self.lives.push((life, now));
        }
    }

    /// The register of a partition.
    pub fn register(&mut self, tp: Tp) -> &mut Register {
        self.offsets.entry(tp).or_default()
    }

    /// A fetch of offsets, asked for at `asked`, showed this of `tp`. `expires`: retention runs in this plan.
    pub fn fetched(
        &mut self,
        tp: Tp,
        shown: Option<&Shown>,
        (asked, now): (u64, u64),
        expires: bool,
    ) -> Verdict {
        // Retention strikes only while nobody is a member (G6).
        let kept_since = if expires { self.owners.covered_since(now) } else { Some(0) };
        let register = self.offsets.entry(tp).or_default();
        register.shown(shown, (asked, now), kept_since, &self.lives)
    }

    /// Somebody asks for the deletion of the group, or of offsets: epochs may start again.
    pub fn forget_epochs(&mut self, now: u64) {
        self.owners.forget_epochs(now);
    }
}
