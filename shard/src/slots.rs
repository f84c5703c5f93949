//! A table of waiting things, named by tokens that never name another thing.
//!
//! Owner: one core. Invariants: a token is good until its slot is taken out, and never again; the table never
//! holds more than its bound; freed slots are used again, so a steady load allocates nothing.

use crate::msg::Token;

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

/// The table.
#[derive(Debug)]
pub struct Slots<T> {
    max: usize,
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

impl<T> Slots<T> {
    /// An empty table for at most `max` things (below 2^32).
    #[must_use]
    pub fn new(max: usize) -> Self {
        Self { max: max.min(u32::MAX as usize), slots: Vec::new(), free: Vec::new() }
    }

    /// Things in the table.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// True without things.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True at the bound.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.len() >= self.max
    }

    /// Puts `value` in. Error: the table is full; the value comes back.
    pub fn insert(&mut self, value: T) -> Result<Token, T> {
        if let Some(index) = self.free.pop() {
            let slot = self.slots.get_mut(index as usize).expect("free names slots that exist");
            slot.value = Some(value);
            return Ok(token(slot.generation, index));
        }
        if self.slots.len() >= self.max {
            return Err(value);
        }
        let index = u32::try_from(self.slots.len()).expect("max is below 2^32");
        self.slots.push(Slot { generation: 0, value: Some(value) });
        Ok(token(0, index))
    }

    /// The thing that `token` names, if it is still there.
    #[must_use]
    pub fn peek(&self, token: Token) -> Option<&T> {
        let (generation, index) = parts(token);
        self.slots.get(index).filter(|s| s.generation == generation)?.value.as_ref()
    }

    /// The thing that `token` names, if it is still there.
    pub fn peek_mut(&mut self, token: Token) -> Option<&mut T> {
        let (generation, index) = parts(token);
        self.slots.get_mut(index).filter(|s| s.generation == generation)?.value.as_mut()
    }

    /// Takes the thing out; its token is dead from here on.
    pub fn remove(&mut self, token: Token) -> Option<T> {
        let (generation, index) = parts(token);
        let slot = self.slots.get_mut(index).filter(|s| s.generation == generation)?;
        let value = slot.value.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(token.0 as u32);
        Some(value)
    }

    /// The tokens of all things that `pick` accepts. O(slots).
    pub fn tokens(&self, pick: impl FnMut(&T) -> bool) -> Vec<Token> {
        self.tokens_among(0, usize::MAX, pick)
    }

    /// The tokens of the things among the `len` slots from `start` on that `pick` accepts.
    pub fn tokens_among(&self, start: usize, len: usize, mut pick: impl FnMut(&T) -> bool) -> Vec<Token> {
        let some = self.slots.iter().zip(0u32..).skip(start).take(len);
        some.filter(|(s, _)| s.value.as_ref().is_some_and(&mut pick))
            .map(|(s, index)| token(s.generation, index))
            .collect()
    }

    /// Slots that exist, taken or free.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots.len()
    }
}

fn token(generation: u32, index: u32) -> Token {
    Token(u64::from(generation) << 32 | u64::from(index))
}

fn parts(token: Token) -> (u32, usize) {
    ((token.0 >> 32) as u32, token.0 as u32 as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_dies_with_its_thing() {
        let mut slots = Slots::new(2);
        let a = slots.insert('a').unwrap();
        assert_eq!(slots.remove(a), Some('a'));
        let b = slots.insert('b').unwrap();
        assert_eq!(slots.peek(a), None, "the slot is the same, the token is not");
        assert_eq!(slots.remove(a), None);
        assert_eq!(slots.peek(b), Some(&'b'));
        assert_eq!(slots.tokens(|_| true), [b]);
        assert_eq!(
            (slots.tokens_among(0, 1, |_| true), slots.tokens_among(1, 9, |_| true)),
            (vec![b], vec![])
        );
    }

    #[test]
    fn a_full_table_refuses() {
        let mut slots = Slots::new(1);
        let a = slots.insert('a').unwrap();
        assert!(slots.is_full());
        assert_eq!(slots.insert('b'), Err('b'));
        slots.remove(a);
        assert!(slots.insert('b').is_ok());
    }
}
