//! Whether a core that found no work should look on for a while before it sleeps.
//!
//! Owner: one per core. Invariant: spins that find nothing end soon (`VAIN_MAX`), and a few are tried again now
//! and then, so that a core spins where work comes within the spin time, be it after every other wait only, and
//! sleeps at once where it waits for a disk's reads or for nobody.

use std::cell::Cell;

/// After so many spins in vain, one after the other, the core rests from it.
const VAIN_MAX: u32 = 8;
/// Waits without a spin until some are tried again.
const REST: u32 = 32;
/// So many: a request and its commit are two waits, of which often only one is short.
const TRIES: u32 = 4;
const _: () = assert!(TRIES <= VAIN_MAX, "tries in vain lead to a rest again");

/// See the module's text.
#[derive(Default)]
pub(super) struct Spinning {
    /// Spins in vain since the last that found work.
    vain: Cell<u32>,
    /// Waits of this rest.
    rested: Cell<u32>,
}

impl Spinning {
    /// True if this wait should begin with a spin.
    pub(super) fn is_worth_it(&self) -> bool {
        if self.vain.get() < VAIN_MAX {
            return true;
        }
        self.rested.set(self.rested.get() + 1);
        if self.rested.get() == REST {
            self.rested.set(0);
            self.vain.set(VAIN_MAX - TRIES);
        }
        false
    }

    /// A spin is over.
    pub(super) fn on_spun(&self, found: bool) {
        self.vain.set(if found { 0 } else { self.vain.get() + 1 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of `waits` waits, the number that begin with a spin; every `nth` of those finds work (0: none).
    fn spins(spinning: &Spinning, waits: u32, nth: u32) -> u32 {
        let mut spins = 0;
        for _ in 0..waits {
            if spinning.is_worth_it() {
                spins += 1;
                spinning.on_spun(nth > 0 && spins % nth == 0);
            }
        }
        spins
    }

    #[test]
    fn a_core_spins_where_it_finds_work_and_seldom_elsewhere() {
        let spinning = Spinning::default();
        assert_eq!(spins(&spinning, 100, 2), 100, "every other spin finds work");
        assert_eq!(spins(&spinning, VAIN_MAX + REST, 0), VAIN_MAX);
        assert_eq!(spins(&spinning, 10 * (TRIES + REST), 0), 10 * TRIES);
        assert_eq!(spins(&spinning, 100, 2), 100, "the second try finds work");
    }
}
