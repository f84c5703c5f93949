//! The bounded reader under every generated decoder.
//!
//! Owner: the decoding call. Invariants: no input makes it panic; no announced length or count is allocated
//! (an array's count is at most what the remaining bytes can hold, and its vector grows as elements arrive);
//! everything a decode puts on the heap is charged to a budget. Byte fields are slices of the frame, not copies.

use std::fmt;

use bytes::Bytes;

use crate::ids::Uuid;

/// Elements reserved at once by an array before any of them is decoded.
const FIRST_CAPACITY_MAX: usize = 8;

/// Why bytes are not the message they claim to be. Small and `Copy`: bad frames cost no allocation.
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

/// How an array decodes one element: reader and message version in, element out.
pub type ElementDecoder<T> = fn(&mut Reader<'_>, i16) -> Result<T, DecodeError>;

/// A cursor over one frame. After an error the cursor is of no further use.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    at: &'a [u8],
    frame: Option<&'a Bytes>,
    budget: usize,
    tags_unordered: bool,
}

impl<'a> Reader<'a> {
    /// Reads `frame`; byte fields become slices that share it. `budget`: heap bytes the decoded form may use.
    #[must_use]
    pub fn new(frame: &'a Bytes, budget: usize) -> Self {
        Self { at: frame, frame: Some(frame), budget, tags_unordered: false }
    }

    /// Reads borrowed bytes; byte fields are copied and charged to `budget`.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8], budget: usize) -> Self {
        Self { at: bytes, frame: None, budget, tags_unordered: false }
    }

    /// Bytes not yet read.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.at.len()
    }

    /// Heap bytes that may still be used.
    #[must_use]
    pub fn budget_left(&self) -> usize {
        self.budget
    }

    /// Ends a request: Kafka tolerates trailing bytes and unordered tags there.
    ///
    /// Returns true if either was seen, for a metric.
    #[must_use]
    pub fn finish_lenient(&self) -> bool {
        self.tags_unordered || !self.at.is_empty()
    }

    /// Ends stored or replayed data. Errors: `TrailingBytes`, `TagOrder`.
    pub fn finish_strict(&self) -> Result<(), DecodeError> {
        match (self.tags_unordered, self.at.len()) {
            (true, _) => Err(DecodeError::TagOrder),
            (false, 0) => Ok(()),
            (false, n) => Err(DecodeError::TrailingBytes(n)),
        }
    }

    /// The next `len` bytes. Errors: `Truncated`.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let left = self.at.len();
        let (head, rest) =
            self.at.split_at_checked(len).ok_or(DecodeError::Truncated { needed: len, left })?;
        self.at = rest;
        Ok(head)
    }

    fn take_array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let left = self.at.len();
        let (head, rest) =
            self.at.split_first_chunk::<N>().ok_or(DecodeError::Truncated { needed: N, left })?;
        self.at = rest;
        Ok(*head)
    }

    /// The next `len` bytes as a slice of the frame (or a charged copy). Errors: `Truncated`, `OverBudget`.
    pub fn take_bytes(&mut self, len: usize) -> Result<Bytes, DecodeError> {
        let slice = self.take(len)?;
        if let Some(frame) = self.frame {
            return Ok(frame.slice_ref(slice));
        }
        self.charge(len)?;
        Ok(Bytes::copy_from_slice(slice))
    }

    /// Takes `bytes` from the heap budget. Errors: `OverBudget`.
    pub fn charge(&mut self, bytes: usize) -> Result<(), DecodeError> {
        let left = self.budget;
        self.budget = left.checked_sub(bytes).ok_or(DecodeError::OverBudget { needed: bytes, left })?;
        Ok(())
    }

    /// One signed byte.
    pub fn int8(&mut self) -> Result<i8, DecodeError> {
        Ok(i8::from_be_bytes(self.take_array()?))
    }

    /// Two bytes, signed.
    pub fn int16(&mut self) -> Result<i16, DecodeError> {
        Ok(i16::from_be_bytes(self.take_array()?))
    }

    /// Four bytes, signed.
    pub fn int32(&mut self) -> Result<i32, DecodeError> {
        Ok(i32::from_be_bytes(self.take_array()?))
    }

    /// Eight bytes, signed.
    pub fn int64(&mut self) -> Result<i64, DecodeError> {
        Ok(i64::from_be_bytes(self.take_array()?))
    }

    /// Two bytes, unsigned.
    pub fn uint16(&mut self) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.take_array()?))
    }

    /// Four bytes, unsigned.
    pub fn uint32(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.take_array()?))
    }

    /// Eight bytes, IEEE 754.
    pub fn float64(&mut self) -> Result<f64, DecodeError> {
        Ok(f64::from_be_bytes(self.take_array()?))
    }

    /// One byte; everything but 0 is true, as in Kafka.
    pub fn boolean(&mut self) -> Result<bool, DecodeError> {
        Ok(self.int8()? != 0)
    }

    /// Sixteen bytes.
    pub fn uuid(&mut self) -> Result<Uuid, DecodeError> {
        Ok(crate::ids::TopicId(self.take_array()?))
    }

    /// An unsigned varint of at most 5 bytes. Errors: `Varint` if longer or above 32 bits.
    pub fn uvarint(&mut self) -> Result<u32, DecodeError> {
        let value = self.base128(5)?;
        u32::try_from(value).map_err(|_| DecodeError::Varint)
    }

    /// A zigzag varint of at most 5 bytes.
    pub fn varint(&mut self) -> Result<i32, DecodeError> {
        let value = self.uvarint()?;
        Ok((value >> 1) as i32 ^ -((value & 1) as i32))
    }

    /// A zigzag varint of at most 10 bytes.
    pub fn varlong(&mut self) -> Result<i64, DecodeError> {
        let value = self.base128(10)?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn base128(&mut self, bytes_max: u32) -> Result<u64, DecodeError> {
        let mut value = 0u64;
        for i in 0..bytes_max {
            let [byte] = self.take_array::<1>()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit of a 64-bit value.
            if i == 9 && bits > 1 {
                return Err(DecodeError::Varint);
            }
            value |= bits << (7 * i);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Varint)
    }

    /// A length: `None` for null. `wide`: four bytes instead of two where not flexible.
    fn length(&mut self, flexible: bool, wide: bool) -> Result<Option<u32>, DecodeError> {
        if flexible {
            return Ok(self.uvarint()?.checked_sub(1));
        }
        let length = if wide { self.int32()? } else { i32::from(self.int16()?) };
        match length {
            -1 => Ok(None),
            n => u32::try_from(n).map(Some).map_err(|_| DecodeError::NegativeLength(n)),
        }
    }

    /// A string that may be null, borrowed from the frame. `flexible`: compact length.
    pub fn nullable_str(&mut self, flexible: bool) -> Result<Option<&'a str>, DecodeError> {
        let Some(len) = self.length(flexible, false)? else { return Ok(None) };
        let bytes = self.take(len as usize)?;
        std::str::from_utf8(bytes).map(Some).map_err(|_| DecodeError::Utf8)
    }

    /// A string that may be null. `flexible`: compact length.
    pub fn nullable_string(&mut self, flexible: bool) -> Result<Option<String>, DecodeError> {
        let Some(text) = self.nullable_str(flexible)? else { return Ok(None) };
        self.charge(text.len())?;
        Ok(Some(text.to_owned()))
    }

    /// A string that may not be null.
    pub fn string(&mut self, flexible: bool) -> Result<String, DecodeError> {
        self.nullable_string(flexible)?.ok_or(DecodeError::Null)
    }

    /// Bytes or records that may be null.
    pub fn nullable_bytes(&mut self, flexible: bool) -> Result<Option<Bytes>, DecodeError> {
        match self.length(flexible, true)? {
            None => Ok(None),
            Some(len) => self.take_bytes(len as usize).map(Some),
        }
    }

    /// Bytes or records that may not be null.
    pub fn bytes(&mut self, flexible: bool) -> Result<Bytes, DecodeError> {
        self.nullable_bytes(flexible)?.ok_or(DecodeError::Null)
    }

    /// The length of an array, `None` for null. `smallest`: fewest bytes of one element on the wire.
    ///
    /// Errors: `CountTooLarge` if the remaining bytes cannot hold that many.
    pub fn array_len(&mut self, flexible: bool, smallest: usize) -> Result<Option<u32>, DecodeError> {
        let Some(count) = self.length(flexible, true)? else { return Ok(None) };
        let most = self.at.len() / smallest.max(1);
        if count as usize > most {
            return Err(DecodeError::CountTooLarge { count, most });
        }
        Ok(Some(count))
    }

    /// An array that may be null.
    ///
    /// `smallest`: fewest bytes of one element on the wire, in this version. `decode`: reads one element.
    pub fn nullable_array<T>(
        &mut self,
        flexible: bool,
        version: i16,
        smallest: usize,
        decode: ElementDecoder<T>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(count) = self.array_len(flexible, smallest)? else { return Ok(None) };
        let mut items = Vec::with_capacity((count as usize).min(FIRST_CAPACITY_MAX));
        for _ in 0..count {
            self.charge(size_of::<T>())?;
            items.push(decode(self, version)?);
        }
        Ok(Some(items))
    }

    /// An array that may not be null.
    pub fn array<T>(
        &mut self,
        flexible: bool,
        version: i16,
        smallest: usize,
        decode: ElementDecoder<T>,
    ) -> Result<Vec<T>, DecodeError> {
        self.nullable_array(flexible, version, smallest, decode)?.ok_or(DecodeError::Null)
    }

    /// A struct behind a marker byte: negative is null.
    pub fn nullable_struct<T>(
        &mut self,
        version: i16,
        decode: ElementDecoder<T>,
    ) -> Result<Option<T>, DecodeError> {
        if self.int8()? < 0 { Ok(None) } else { decode(self, version).map(Some) }
    }

    /// A nullable struct in a tagged field: an unsigned varint is the marker, 0 is null.
    pub fn tagged_nullable_struct<T>(
        &mut self,
        version: i16,
        decode: ElementDecoder<T>,
    ) -> Result<Option<T>, DecodeError> {
        if self.uvarint()? == 0 { Ok(None) } else { decode(self, version).map(Some) }
    }

    /// Starts a tagged section (KIP-482). `known`: bit t set if tag t is known in this version.
    ///
    /// Errors: `CountTooLarge` if the count passes what the remaining bytes can hold.
    pub fn tags(&mut self, known: u64) -> Result<Tags<'a>, DecodeError> {
        let count = self.uvarint()?;
        let most = self.at.len() / 2;
        if count as usize > most {
            return Err(DecodeError::CountTooLarge { count, most });
        }
        Ok(Tags { known, seen: 0, left: count, last: None, open: None })
    }

    /// Skips a tagged section of a struct that knows no tags.
    pub fn skip_tags(&mut self) -> Result<(), DecodeError> {
        let mut tags = self.tags(0)?;
        while tags.next(self)?.is_some() {}
        Ok(())
    }
}

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

#[cfg(test)]
mod tests;
