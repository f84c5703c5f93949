//! The bounded reader under every generated decoder.
//!
//! Owner: the decoding call. Invariants: no input makes it panic; an announced count is at most what the remaining
//! bytes can hold; everything that a decode puts on the heap is charged to a budget before it is allocated. A view
//! charges what its owned form would, and allocates nothing. Byte fields are slices of the frame, not copies.

mod error;
mod tags;

pub use error::{DecodeError, check_version};
pub use tags::Tags;

use crate::ids::Uuid;
use bytes::Bytes;

/// The longest string, in bytes, whatever its length field could say: Kafka's own bound.
pub const STRING_MAX: usize = i16::MAX as usize;

/// Most unknown tagged fields in one message. Skipping costs a few ns each, so this is a core's turn of about 1 ms;
/// a later release's client would need as many structs in one request to come near it.
pub const UNKNOWN_TAGS_MAX: u32 = 1 << 18;

/// What an allocation of `bytes` takes from the heap: with the allocator's own word, rounded as allocators do.
#[must_use]
pub const fn heap_size(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { bytes.saturating_add(8 + 15) & !15 }
}

/// How an array decodes one element: reader and message version in, element out.
pub type ElementDecoder<'a, T> = fn(&mut Reader<'a>, i16) -> Result<T, DecodeError>;

/// A cursor over one frame. After an error the cursor is of no further use.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    at: &'a [u8],
    frame: Option<&'a Bytes>,
    budget: usize,
    unknown_tags_left: u32,
    tags_unordered: bool,
}

impl<'a> Reader<'a> {
    /// Reads `frame`; byte fields become slices that share it. `budget`: heap bytes the decoded form may use.
    #[must_use]
    pub fn new(frame: &'a Bytes, budget: usize) -> Self {
        Self { frame: Some(frame), ..Self::from_slice(frame, budget) }
    }

    /// Reads borrowed bytes; byte fields are copied and charged to `budget`.
    #[must_use]
    pub fn from_slice(bytes: &'a [u8], budget: usize) -> Self {
        let unknown_tags_left = UNKNOWN_TAGS_MAX;
        Self { at: bytes, frame: None, budget, unknown_tags_left, tags_unordered: false }
    }

    /// Reads once more what was read before, from here on: nothing is charged.
    pub(crate) fn again(&self) -> Self {
        Self::from_slice(self.at, usize::MAX)
    }

    /// The bytes not yet read, for a reader of its own over a common shape.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.at
    }

    /// Goes on at `rest`, the end of what [`Reader::rest`] gave.
    pub(crate) fn go_on_at(&mut self, rest: &'a [u8]) {
        self.at = rest;
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
        self.charge(heap_size(len))?;
        Ok(Bytes::copy_from_slice(slice))
    }

    /// Takes `bytes` from the heap budget. Errors: `OverBudget`.
    pub fn charge(&mut self, bytes: usize) -> Result<(), DecodeError> {
        let left = self.budget;
        self.budget = left.checked_sub(bytes).ok_or(DecodeError::OverBudget { needed: bytes, left })?;
        Ok(())
    }

    /// Takes an array of `count` elements of `size` bytes each from the heap budget. Errors: `OverBudget`.
    pub(crate) fn charge_array(&mut self, count: u32, size: usize) -> Result<(), DecodeError> {
        self.charge(heap_size((count as usize).saturating_mul(size)))
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
    // Lengths and counts of a small message are one byte: the loop took a fifth of the time of such a request.
    #[inline]
    pub fn uvarint(&mut self) -> Result<u32, DecodeError> {
        if let [byte @ 0..=0x7f, rest @ ..] = self.at {
            self.at = rest;
            return Ok(u32::from(*byte));
        }
        self.long_uvarint()
    }

    #[inline(never)]
    fn long_uvarint(&mut self) -> Result<u32, DecodeError> {
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
    #[inline]
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
    #[inline]
    pub fn nullable_str(&mut self, flexible: bool) -> Result<Option<&'a str>, DecodeError> {
        let Some(len) = self.length(flexible, false)? else { return Ok(None) };
        if len as usize > STRING_MAX {
            return Err(DecodeError::StringTooLong(len as usize));
        }
        let bytes = self.take(len as usize)?;
        std::str::from_utf8(bytes).map(Some).map_err(|_| DecodeError::Utf8)
    }

    /// A string that may be null, for a view: charged as its owned form. `flexible`: compact length.
    pub fn nullable_text(&mut self, flexible: bool) -> Result<Option<&'a str>, DecodeError> {
        let text = self.nullable_str(flexible)?;
        self.charge(heap_size(text.map_or(0, str::len)))?;
        Ok(text)
    }

    /// A string that may not be null, for a view.
    pub fn text(&mut self, flexible: bool) -> Result<&'a str, DecodeError> {
        self.nullable_text(flexible)?.ok_or(DecodeError::Null)
    }

    /// A string that may be null. `flexible`: compact length.
    pub fn nullable_string(&mut self, flexible: bool) -> Result<Option<String>, DecodeError> {
        Ok(self.nullable_text(flexible)?.map(str::to_owned))
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

    /// Bytes or records that may be null, for a view: a slice of the frame, which the owned form would share.
    pub fn nullable_slice(&mut self, flexible: bool) -> Result<Option<&'a [u8]>, DecodeError> {
        match self.length(flexible, true)? {
            None => Ok(None),
            Some(len) => self.take(len as usize).map(Some),
        }
    }

    /// Bytes or records that may not be null, for a view.
    pub fn slice(&mut self, flexible: bool) -> Result<&'a [u8], DecodeError> {
        self.nullable_slice(flexible)?.ok_or(DecodeError::Null)
    }

    /// The length of an array, `None` for null. `smallest`: fewest bytes of one element on the wire.
    ///
    /// Errors: `CountTooLarge` if the remaining bytes cannot hold that many.
    #[inline]
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
        decode: ElementDecoder<'a, T>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(count) = self.array_len(flexible, smallest)? else { return Ok(None) };
        self.charge_array(count, size_of::<T>())?;
        let mut items = Vec::with_capacity(count as usize);
        for _ in 0..count {
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
        decode: ElementDecoder<'a, T>,
    ) -> Result<Vec<T>, DecodeError> {
        self.nullable_array(flexible, version, smallest, decode)?.ok_or(DecodeError::Null)
    }

    /// A struct behind a marker byte: negative is null.
    pub fn nullable_struct<T>(
        &mut self,
        version: i16,
        decode: ElementDecoder<'a, T>,
    ) -> Result<Option<T>, DecodeError> {
        if self.int8()? < 0 { Ok(None) } else { decode(self, version).map(Some) }
    }

    /// A nullable struct in a tagged field: an unsigned varint is the marker, 0 is null.
    pub fn tagged_nullable_struct<T>(
        &mut self,
        version: i16,
        decode: ElementDecoder<'a, T>,
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
        Ok(Tags::new(known, count))
    }

    /// Skips a tagged section of a struct that knows no tags.
    #[inline]
    pub fn skip_tags(&mut self) -> Result<(), DecodeError> {
        if let [0, rest @ ..] = self.at {
            self.at = rest;
            return Ok(());
        }
        self.skip_some_tags()
    }

    #[inline(never)]
    fn skip_some_tags(&mut self) -> Result<(), DecodeError> {
        let mut tags = self.tags(0)?;
        while tags.next(self)?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests;
