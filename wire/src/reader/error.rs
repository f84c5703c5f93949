//! What can be wrong with bytes that claim to be a message.
//!
//! Owner: the decoding call, which passes it on. Invariant: small and `Copy`, so bad frames cost no allocation.

use super::{STRING_MAX, UNKNOWN_TAGS_MAX};
use std::fmt;

/// Why bytes are not the message they claim to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// A field needs more bytes than are left.
    Truncated {
        /// Bytes the field needs.
        needed: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// The decoded form would pass the heap budget.
    OverBudget {
        /// Bytes the next element or string needs.
        needed: usize,
        /// Bytes of budget left.
        left: usize,
    },
    /// A field is null that may not be null in this version.
    Null,
    /// A length or count below -1.
    NegativeLength(i32),
    /// More elements announced than the remaining bytes can hold.
    CountTooLarge {
        /// The announced count.
        count: u32,
        /// The most that fit.
        most: usize,
    },
    /// A string longer than `STRING_MAX`.
    StringTooLong(usize),
    /// More than `UNKNOWN_TAGS_MAX` unknown tagged fields.
    UnknownTags,
    /// A varint of more than 5 bytes (10 for 64 bits), or one with excess bits.
    Varint,
    /// A string that is no UTF-8.
    Utf8,
    /// The same known tag twice in one struct.
    DuplicateTag(u32),
    /// A known tagged field whose content is shorter than its announced size.
    TagSize {
        /// The tag.
        tag: u32,
        /// Bytes left over.
        left: usize,
    },
    /// Tags not in ascending order, where order is asked for.
    TagOrder,
    /// Bytes after the end of the message, where none may be.
    TrailingBytes(usize),
    /// A version outside the decode range.
    Version {
        /// The version found.
        found: i16,
        /// The lowest known.
        min: i16,
        /// The highest known.
        max: i16,
    },
    /// A record or API type that does not exist.
    UnknownType(i32),
    /// A metadata record frame of an unknown frame version (KIP-631).
    FrameVersion(u32),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Truncated { needed, left } => write!(f, "{needed} bytes needed, {left} left"),
            Self::OverBudget { needed, left } => {
                write!(f, "{needed} bytes of memory needed, {left} left in the budget")
            }
            Self::Null => f.write_str("null where a value is required"),
            Self::NegativeLength(n) => write!(f, "length {n}"),
            Self::CountTooLarge { count, most } => {
                write!(f, "{count} elements announced, at most {most} fit")
            }
            Self::StringTooLong(n) => write!(f, "string of {n} bytes, at most {STRING_MAX} may be"),
            Self::UnknownTags => write!(f, "more than {UNKNOWN_TAGS_MAX} unknown tagged fields"),
            Self::Varint => f.write_str("varint too long"),
            Self::Utf8 => f.write_str("string is not UTF-8"),
            Self::DuplicateTag(tag) => write!(f, "tag {tag} twice"),
            Self::TagSize { tag, left } => {
                write!(f, "tag {tag} announces {left} bytes more than its value has")
            }
            Self::TagOrder => f.write_str("tags out of order"),
            Self::TrailingBytes(n) => write!(f, "{n} bytes after the end"),
            Self::Version { found, min, max } => write!(f, "version {found}, known are {min} to {max}"),
            Self::UnknownType(t) => write!(f, "unknown type {t}"),
            Self::FrameVersion(v) => write!(f, "record frame version {v}, known is 1"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// `Ok` if `min <= version <= max`. Errors: `DecodeError::Version`.
pub fn check_version(version: i16, min: i16, max: i16) -> Result<(), DecodeError> {
    if (min..=max).contains(&version) {
        Ok(())
    } else {
        Err(DecodeError::Version { found: version, min, max })
    }
}
