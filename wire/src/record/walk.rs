//! The strict walk over uncompressed records, without allocation.
//!
//! Owner: whoever holds the bytes. Invariants: what it accepts, every strict consumer can read: lengths match
//! exactly, offset deltas rise, null is -1 and nothing else, header keys are UTF-8, no byte is left over.

use crate::record::cursor::{Cursor, CursorError};

/// The smallest record: length, attributes, two deltas, null key, null value, no headers.
pub const RECORD_MIN: usize = 7;

/// What is wrong with a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordFault {
    /// The bytes end inside the record.
    Truncated,
    /// A varint has too many bits.
    Varint,
    /// The record's length field is negative, or its fields do not fill it exactly.
    Length,
    /// Attributes other than 0.
    Attributes(u8),
    /// The offset delta is not the one that belongs here.
    OffsetDelta(i32),
    /// A length below -1, or a null header key.
    NegativeLength(i32),
    /// A header count below 0 or above what the bytes can hold.
    HeaderCount(i32),
    /// A header key that is not UTF-8.
    HeaderKeyUtf8,
    /// Bytes after the last record.
    Trailing(usize),
    /// Fewer records than the header counts.
    Missing,
}

impl From<CursorError> for RecordFault {
    fn from(e: CursorError) -> Self {
        match e {
            CursorError::Short => Self::Truncated,
            CursorError::Overflow => Self::Varint,
        }
    }
}

impl std::fmt::Display for RecordFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Truncated => f.write_str("the bytes end inside the record"),
            Self::Varint => f.write_str("a varint has too many bits"),
            Self::Length => f.write_str("the record length does not match its fields"),
            Self::Attributes(a) => write!(f, "unknown record attributes {a}"),
            Self::OffsetDelta(d) => write!(f, "offset delta {d} is out of order"),
            Self::NegativeLength(n) => write!(f, "invalid length {n}"),
            Self::HeaderCount(n) => write!(f, "invalid header count {n}"),
            Self::HeaderKeyUtf8 => f.write_str("a header key is not UTF-8"),
            Self::Trailing(n) => write!(f, "{n} bytes follow the last record"),
            Self::Missing => f.write_str("fewer records than the batch header counts"),
        }
    }
}

/// One record, borrowed. Null and empty stay apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    /// Relative to the batch's base offset.
    pub offset_delta: i32,
    /// Relative to the batch's base timestamp; 64 bits.
    pub timestamp_delta: i64,
    /// `None` is null.
    pub key: Option<&'a [u8]>,
    /// `None` is null.
    pub value: Option<&'a [u8]>,
    /// In order, duplicates kept.
    pub headers: Headers<'a>,
}

/// The headers of a record, checked when the record was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Headers<'a> {
    bytes: &'a [u8],
    left: u32,
}

impl Headers<'_> {
    /// How many are left.
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

/// One record header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header<'a> {
    /// Never null.
    pub key: &'a str,
    /// `None` is null.
    pub value: Option<&'a [u8]>,
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    fn next(&mut self) -> Option<Header<'a>> {
        self.left = self.left.checked_sub(1)?;
        let mut c = Cursor::new(self.bytes);
        let header = read_header(&mut c).ok();
        self.bytes = c.rest();
        header
    }
}

fn read_header<'a>(c: &mut Cursor<'a>) -> Result<Header<'a>, RecordFault> {
    let key = read_bytes(c)?.ok_or(RecordFault::NegativeLength(-1))?;
    let key = std::str::from_utf8(key).map_err(|_| RecordFault::HeaderKeyUtf8)?;
    Ok(Header { key, value: read_bytes(c)? })
}

#[inline(never)]
fn skip_headers(c: &mut Cursor<'_>, count: u32) -> Result<(), RecordFault> {
    (0..count).try_for_each(|_| read_header(c).map(|_| ()))
}

#[inline(always)]
fn read_bytes<'a>(c: &mut Cursor<'a>) -> Result<Option<&'a [u8]>, RecordFault> {
    match c.varint()? {
        -1 => Ok(None),
        n => {
            let n = usize::try_from(n).map_err(|_| RecordFault::NegativeLength(n))?;
            Ok(Some(c.take(n)?))
        }
    }
}

impl<'a> Record<'a> {
    /// Reads one record from the front of `c`. Any offset delta goes: the caller knows which belongs here.
    ///
    /// Errors: `Truncated` only if the record goes on behind the slice; a record whose fields overrun its own
    /// length is `Length`.
    #[inline(always)]
    pub fn read(c: &mut Cursor<'a>) -> Result<Self, RecordFault> {
        let length = c.varint()?;
        let length = usize::try_from(length).map_err(|_| RecordFault::Length)?;
        let body = c.take(length)?;
        Self::read_body(body).map_err(|e| if e == RecordFault::Truncated { RecordFault::Length } else { e })
    }

    #[inline(always)]
    fn read_body(body: &'a [u8]) -> Result<Self, RecordFault> {
        let mut c = Cursor::new(body);
        let attributes = c.u8()?;
        if attributes != 0 {
            return Err(RecordFault::Attributes(attributes));
        }
        let timestamp_delta = c.varlong()?;
        let offset_delta = c.varint()?;
        let key = read_bytes(&mut c)?;
        let value = read_bytes(&mut c)?;
        let count = c.varint()?;
        // A header takes two bytes at least: a count beyond that is refused before any loop.
        let left = u32::try_from(count).map_err(|_| RecordFault::HeaderCount(count))?;
        if left as usize > c.remaining() / 2 {
            return Err(RecordFault::HeaderCount(count));
        }
        let headers = Headers { bytes: c.rest(), left };
        if left > 0 {
            skip_headers(&mut c, left)?;
        }
        if c.remaining() != 0 {
            return Err(RecordFault::Length);
        }
        Ok(Self { offset_delta, timestamp_delta, key, value, headers })
    }
}

/// Walks the records of one batch; yields a fault once and then ends.
///
/// Offset deltas must rise strictly (compaction leaves gaps); validation of produced data asks for 0 to n-1.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    cursor: Cursor<'a>,
    left: u32,
    last_delta: i32,
    done: bool,
}

impl<'a> Records<'a> {
    /// `payload`: the uncompressed bytes after the header. `count`: recordsCount; below 0 counts as 0.
    #[must_use]
    pub fn new(payload: &'a [u8], count: i32) -> Self {
        Self { cursor: Cursor::new(payload), left: count.max(0) as u32, last_delta: -1, done: false }
    }

    fn read(&mut self) -> Result<Option<Record<'a>>, RecordFault> {
        if self.left == 0 {
            self.done = true;
            return match self.cursor.remaining() {
                0 => Ok(None),
                n => Err(RecordFault::Trailing(n)),
            };
        }
        if self.cursor.remaining() == 0 {
            return Err(RecordFault::Missing);
        }
        let record = Record::read(&mut self.cursor)?;
        if record.offset_delta <= self.last_delta {
            return Err(RecordFault::OffsetDelta(record.offset_delta));
        }
        self.last_delta = record.offset_delta;
        self.left -= 1;
        Ok(Some(record))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, RecordFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let item = self.read().transpose();
        if !matches!(item, Some(Ok(_))) {
            self.done = true;
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::build::put_record;

    fn one(delta: i32, headers: &[(&str, Option<&[u8]>)]) -> Vec<u8> {
        let mut out = Vec::new();
        put_record(&mut out, delta, 5_000_000_000, (None, Some(b"")), headers);
        out
    }

    #[test]
    fn nulls_empties_and_duplicate_headers_survive_in_order() {
        let headers: [(&str, Option<&[u8]>); 3] = [("h", Some(b"1")), ("h", None), ("é", Some(b""))];
        let bytes = one(0, &headers);
        let record = Records::new(&bytes, 1).next().unwrap().unwrap();
        assert_eq!((record.key, record.value), (None, Some(&b""[..])));
        assert_eq!(record.timestamp_delta, 5_000_000_000);
        let got: Vec<_> = record.headers.map(|h| (h.key, h.value)).collect();
        assert_eq!(got, headers);
    }

    #[test]
    fn each_fault_is_found() {
        let fault = |bytes: &[u8], count| Records::new(bytes, count).find_map(Result::err);
        let good = one(0, &[]);
        // length, attributes, 5 bytes of timestamp delta, offset delta, key length, ...
        assert_eq!(fault(&good, 1), None);
        assert_eq!(fault(&good, 2), Some(RecordFault::Missing));
        assert_eq!(fault(&good, 0), Some(RecordFault::Trailing(good.len())));
        assert_eq!(fault(&good[..good.len() - 1], 1), Some(RecordFault::Truncated));
        let at = |from_end: usize, b: u8| {
            let mut bad = good.clone();
            let at = bad.len() - from_end;
            bad[at] = b;
            fault(&bad, 1)
        };
        assert_eq!(at(3, 3), Some(RecordFault::NegativeLength(-2)));
        assert_eq!(at(1, 1), Some(RecordFault::HeaderCount(-1)));
        assert_eq!(at(1, 2), Some(RecordFault::HeaderCount(1)));
        assert_eq!(at(4, 1), Some(RecordFault::OffsetDelta(-1)));
        let mut bad = good.clone();
        bad[1] = 1;
        assert_eq!(fault(&bad, 1), Some(RecordFault::Attributes(1)));
        bad[0] = 1;
        assert_eq!(fault(&bad, 1), Some(RecordFault::Length));
        let mut bad = one(0, &[("ab", None)]);
        let at = bad.len() - 2;
        bad[at] = 0xff;
        assert_eq!(fault(&bad, 1), Some(RecordFault::HeaderKeyUtf8));
        assert_eq!(fault(&[good.clone(), good].concat(), 2), Some(RecordFault::OffsetDelta(0)));
    }

    #[test]
    fn a_record_of_the_least_size_has_seven_bytes() {
        let mut out = Vec::new();
        put_record(&mut out, 0, 0, (None, None), &[]);
        assert_eq!(out.len(), RECORD_MIN);
    }
}
