//! A list that is nearly always of length 0 or 1 and then needs no memory of its own.
//!
//! Owner: a value. Invariant: elements keep their order; `first` is filled before `rest`.

/// The list. Grows without bound; who fills it bounds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Few<T> {
    first: Option<T>,
    rest: Vec<T>,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { first: None, rest: Vec::new() }
    }
}

impl<T> Few<T> {
    /// Puts `value` behind the others. Allocates from the second on.
    pub fn push(&mut self, value: T) {
        match self.first {
            None => self.first = Some(value),
            Some(_) => self.rest.push(value),
        }
    }

    /// Elements in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.rest)
    }

    /// Elements in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.first.iter_mut().chain(&mut self.rest)
    }

    /// Forgets all elements.
    pub fn clear(&mut self) {
        self.first = None;
        self.rest.clear();
    }

    /// The same list of other things, in place of this one.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Few<U> {
        Few { first: self.first.map(&mut f), rest: self.rest.into_iter().map(f).collect() }
    }

    /// True without elements.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::iter::Chain<std::option::IntoIter<T>, std::vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter().chain(self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_keep_their_order_and_one_needs_no_memory() {
        let mut few = Few::default();
        assert!(few.is_empty());
        few.push(1);
        assert_eq!(few.rest.capacity(), 0);
        few.push(2);
        few.push(3);
        assert_eq!(few.iter().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(few.map(|n| n * 2).into_iter().collect::<Vec<_>>(), [2, 4, 6]);
    }
}
