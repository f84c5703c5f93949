//! Requests read in place: one walk that checks all, counts what owned structs would take, and allocates nothing.
//!
//! Owner: the call that serves the request. Invariants: `check` has walked every element, so iterators over a view
//! cannot fail; a view charges exactly what its owned form does, hence `owned_size` is known before anything is
//! allocated, and whoever bounds memory can wait or refuse with nothing but the frame in hand.
//!
//! ```text
//!   frame ──check──► Checked ──view()──► XRequestView      borrowed: nothing on the heap
//!                       │ owned_size()
//!                       └─────into_owned()──► XRequest     after the caller has charged owned_size
//! ```

use std::fmt;

use bytes::Bytes;

use crate::message::{Message, Request};
use crate::reader::{DecodeError, ElementDecoder, Reader};

/// What the first slice of a frame costs, whatever the message: the count that its slices share.
const SHARED_FRAME: usize = 64;

/// A struct of a request, borrowed from its frame.
pub trait View<'a>: Sized {
    /// Reads the struct as `version` has it, and walks what is in it.
    ///
    /// Charges what the owned form would take. Errors: any `DecodeError`. O(bytes × nesting), no allocation.
    fn read(r: &mut Reader<'a>, version: i16) -> Result<Self, DecodeError>;
}

/// An array inside a frame. It was walked when its view was made; iterating reads its elements again.
pub struct ArrayView<'a, T> {
    reader: Reader<'a>,
    left: u32,
    version: i16,
    read: ElementDecoder<'a, T>,
}

impl<T> Clone for ArrayView<'_, T> {
    fn clone(&self) -> Self {
        Self { reader: self.reader.clone(), ..*self }
    }
}

/// No elements: what a version without the field has.
impl<T> Default for ArrayView<'_, T> {
    fn default() -> Self {
        let read = |_: &mut Reader<'_>, _| Err(DecodeError::Null);
        Self { reader: Reader::from_slice(&[], 0), left: 0, version: 0, read }
    }
}

/// As a list; O(elements).
impl<T: fmt::Debug> fmt::Debug for ArrayView<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// Yields the elements in the frame's order. O(bytes of the element) each, no allocation.
impl<T> Iterator for ArrayView<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        // Walked before with the same function and version: an error here cannot be.
        (self.read)(&mut self.reader, self.version).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl<T> ArrayView<'_, T> {
    /// The elements, from the first not yet yielded on.
    #[must_use]
    pub fn iter(&self) -> Self {
        self.clone()
    }

    /// Elements not yet yielded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left as usize
    }

    /// True if none is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

impl<'a> Reader<'a> {
    /// An array that may be null, for a view: every element is walked, none is kept.
    ///
    /// `(smallest, owned)`: fewest bytes of one element on the wire, in this version, and its size in an owned
    /// array, which is charged. `read`: reads one element. Errors: those of `read`, `CountTooLarge`, `OverBudget`.
    pub fn nullable_array_view<T>(
        &mut self,
        flexible: bool,
        version: i16,
        (smallest, owned): (usize, usize),
        read: ElementDecoder<'a, T>,
    ) -> Result<Option<ArrayView<'a, T>>, DecodeError> {
        let Some(count) = self.array_len(flexible, smallest)? else { return Ok(None) };
        self.charge_array(count, owned)?;
        let reader = self.again();
        for _ in 0..count {
            read(self, version)?;
        }
        Ok(Some(ArrayView { reader, left: count, version, read }))
    }

    /// An array that may not be null, for a view.
    pub fn array_view<T>(
        &mut self,
        flexible: bool,
        version: i16,
        sizes: (usize, usize),
        read: ElementDecoder<'a, T>,
    ) -> Result<ArrayView<'a, T>, DecodeError> {
        self.nullable_array_view(flexible, version, sizes, read)?.ok_or(DecodeError::Null)
    }
}

/// What a walk over a request body found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Walked {
    /// Heap bytes of the owned form.
    pub owned_size: usize,
    /// Trailing bytes or unordered tags were tolerated, as Kafka does; for a metric.
    pub odd: bool,
}

/// A request body that was walked from end to end.
pub struct Checked<'a, R: Request> {
    body: &'a Bytes,
    version: i16,
    walked: Walked,
    view: R::View<'a>,
}

/// Walks the body of a request, by its type.
///
/// `body`: the frame behind the request header. `owned_max`: most heap bytes that the owned form may take; the walk
/// stops where it is passed. Errors: `OverBudget` for that, else any `DecodeError`: not a request of this version.
pub fn check<R: Request>(
    body: &Bytes,
    version: i16,
    owned_max: usize,
) -> Result<Checked<'_, R>, DecodeError> {
    let mut r = Reader::new(body, owned_max);
    let view = R::View::read(&mut r, version)?;
    let owned_size = owned_max - r.budget_left() + SHARED_FRAME;
    let walked = Walked { owned_size, odd: r.finish_lenient() };
    Ok(Checked { body, version, walked, view })
}

/// Walks the body of a request and keeps nothing of it. Arguments and errors: those of `check`.
pub(crate) fn walk<R: Request>(body: &Bytes, version: i16, owned_max: usize) -> Result<Walked, DecodeError> {
    Ok(check::<R>(body, version, owned_max)?.walked)
}

impl<'a, R: Request> Checked<'a, R> {
    /// Heap bytes that `into_owned` takes at most; to be charged before it is called.
    #[must_use]
    pub fn owned_size(&self) -> usize {
        self.walked.owned_size
    }

    /// What the walk found.
    #[must_use]
    pub fn walked(&self) -> Walked {
        self.walked
    }

    /// The request, borrowed from the frame.
    #[must_use]
    pub fn view(&self) -> &R::View<'a> {
        &self.view
    }

    /// The request as owned structs; its byte fields share the frame, which lives as long as they do.
    ///
    /// Errors: none after `check`; the type says so because a peer's bytes must not be able to panic.
    pub fn into_owned(self) -> Result<R, DecodeError> {
        <R as Message>::decode(&mut Reader::new(self.body, self.walked.owned_size), self.version)
    }
}

#[cfg(test)]
mod tests;
