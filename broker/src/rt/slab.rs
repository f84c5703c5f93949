//! Numbered places for the tasks of one core.
//!
//! Owner: one per core thread. Invariants: a number names one value and never a later one in its place (generation);
//! places are used again, the one let go last first.

/// See the module's text.
#[derive(Debug)]
pub(super) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }
}

/// The place and the generation that `id` names.
fn split(id: u64) -> (usize, u32) {
    (id as u32 as usize, (id >> 32) as u32)
}

impl<T> Slab<T> {
    /// Adds what `make` gives for its number, and returns the number. O(1) amortised.
    ///
    /// # Panics
    /// With 2^32 values in it, which no memory holds.
    pub(super) fn insert(&mut self, make: impl FnOnce(u64) -> T) -> u64 {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, value: None });
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 tasks")
        });
        let slot = self.slots.get_mut(index as usize).expect("a free place is one of the slab");
        let id = (u64::from(slot.generation) << 32) | u64::from(index);
        slot.value = Some(make(id));
        id
    }

    /// What `id` names, if it is still there. O(1).
    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut T> {
        let (index, generation) = split(id);
        self.slots.get_mut(index).filter(|s| s.generation == generation)?.value.as_mut()
    }

    /// The same, to look at.
    #[cfg(feature = "glommio")]
    pub(super) fn get(&self, id: u64) -> Option<&T> {
        let (index, generation) = split(id);
        self.slots.get(index).filter(|s| s.generation == generation)?.value.as_ref()
    }

    /// Takes out what `id` names; from then on it names nothing. O(1).
    pub(super) fn remove(&mut self, id: u64) -> Option<T> {
        let (index, generation) = split(id);
        let slot = self.slots.get_mut(index).filter(|s| s.generation == generation)?;
        let value = slot.value.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(id as u32);
        Some(value)
    }

    /// Takes out all that are there. O(places).
    pub(super) fn remove_all(&mut self) -> Vec<T> {
        let ids = (0u64..).zip(&self.slots).map(|(index, s)| (u64::from(s.generation) << 32) | index);
        let ids: Vec<u64> = ids.collect();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_never_names_a_later_value_in_its_place() {
        let mut slab = Slab::default();
        let first = slab.insert(|id| (id, 'a'));
        let second = slab.insert(|id| (id, 'b'));
        assert_eq!(slab.get_mut(first), Some(&mut (first, 'a')));
        assert_eq!(slab.remove(first), Some((first, 'a')));
        assert_eq!(slab.get_mut(first), None);
        assert_eq!(slab.remove(first), None);
        let third = slab.insert(|id| (id, 'c'));
        assert_ne!(third, first);
        assert_eq!(third as u32, first as u32, "its place is used again");
        assert_eq!(slab.get_mut(first), None);
        assert_eq!(slab.get_mut(third), Some(&mut (third, 'c')));
        assert_eq!(slab.remove_all(), [(third, 'c'), (second, 'b')]);
        assert_eq!(slab.remove_all(), []);
        assert_eq!(slab.get_mut(third), None);
        assert_eq!(slab.get_mut(u64::MAX), None);
    }
}
