//! Tagged sections (KIP-482): known tags are handed out, unknown ones skipped and counted.
//!
//! Owner: the decoding call. Invariants: a known tag comes once and is read to its end; while it is open, the reader
//! sees only its bytes; how many unknown tags one message may hold is bounded.

use super::{DecodeError, Reader};

/// The state of one tagged section. While a tag is open the reader sees only that tag's bytes.
#[derive(Debug)]
pub struct Tags<'a> {
    known: u64,
    seen: u64,
    left: u32,
    last: Option<u32>,
    open: Option<(u32, &'a [u8])>,
}

impl<'a> Tags<'a> {
    /// A section of `left` tags, of which those in `known` are handed out.
    pub(super) fn new(known: u64, left: u32) -> Self {
        Self { known, seen: 0, left, last: None, open: None }
    }

    /// The next known tag, with the reader at its value; `None` after the last. Unknown tags are skipped.
    ///
    /// Errors: `DuplicateTag`, `TagSize` if the tag before was not read to its end, `Truncated`.
    pub fn next(&mut self, r: &mut Reader<'a>) -> Result<Option<u32>, DecodeError> {
        if let Some((tag, after)) = self.open.take() {
            if !r.at.is_empty() {
                return Err(DecodeError::TagSize { tag, left: r.at.len() });
            }
            r.at = after;
        }
        while self.left > 0 {
            self.left -= 1;
            let tag = r.uvarint()?;
            let size = r.uvarint()? as usize;
            let value = r.take(size)?;
            r.tags_unordered |= self.last.is_some_and(|last| tag <= last);
            self.last = Some(tag);
            let bit = 1u64.checked_shl(tag).unwrap_or(0);
            if self.known & bit == 0 {
                let left = r.unknown_tags_left.checked_sub(1);
                r.unknown_tags_left = left.ok_or(DecodeError::UnknownTags)?;
                continue;
            }
            if self.seen & bit != 0 {
                return Err(DecodeError::DuplicateTag(tag));
            }
            self.seen |= bit;
            self.open = Some((tag, r.at));
            r.at = value;
            return Ok(Some(tag));
        }
        Ok(None)
    }
}
