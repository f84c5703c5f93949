//! The sinks under every generated encoder, and the shapes shared by all messages.
//!
//! Owner: the encoding call. Invariants: the counting sink and the writing sinks see the same calls, hence the
//! length known before encoding is exact; nothing is written that the version cannot carry.

use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::ids::Uuid;

/// Why a message cannot be written in the version asked for. Ours, never the peer's fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EncodeError {
    /// The version lies outside the message's range.
    Version {
        /// The message.
        message: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A field holds a value that the version cannot carry, and that must not be dropped.
    Field {
        /// `Message.field`.
        field: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A field is `None` where the version does not allow null.
    Null {
        /// `Message.field`.
        field: &'static str,
        /// The version asked for.
        version: i16,
    },
    /// A string, byte field or array too long for its length prefix.
    TooLong(usize),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Version { message, version } => write!(f, "{message} has no version {version}"),
            Self::Field { field, version } => {
                write!(f, "{field} is set, version {version} has no place for it")
            }
            Self::Null { field, version } => {
                write!(f, "{field} is null, version {version} does not allow it")
            }
            Self::TooLong(len) => write!(f, "length {len} does not fit its prefix"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// What an encode call returns.
pub type Encoded = Result<(), EncodeError>;

/// Where encoded bytes go. Only `raw` is to be implemented.
pub trait Sink {
    /// Appends `bytes`.
    fn raw(&mut self, bytes: &[u8]);

    /// One signed byte.
    fn int8(&mut self, v: i8) {
        self.raw(&v.to_be_bytes());
    }

    /// Two bytes, signed.
    fn int16(&mut self, v: i16) {
        self.raw(&v.to_be_bytes());
    }

    /// Four bytes, signed.
    fn int32(&mut self, v: i32) {
        self.raw(&v.to_be_bytes());
    }

    /// Eight bytes, signed.
    fn int64(&mut self, v: i64) {
        self.raw(&v.to_be_bytes());
    }

    /// Two bytes, unsigned.
    fn uint16(&mut self, v: u16) {
        self.raw(&v.to_be_bytes());
    }

    /// Four bytes, unsigned.
    fn uint32(&mut self, v: u32) {
        self.raw(&v.to_be_bytes());
    }

    /// Eight bytes, IEEE 754.
    fn float64(&mut self, v: f64) {
        self.raw(&v.to_be_bytes());
    }

    /// One byte, 0 or 1.
    fn boolean(&mut self, v: bool) {
        self.raw(&[u8::from(v)]);
    }

    /// Sixteen bytes.
    fn uuid(&mut self, v: Uuid) {
        self.raw(&v.0);
    }

    /// An unsigned varint, 1 to 5 bytes.
    fn uvarint(&mut self, v: u32) {
        self.base128(u64::from(v));
    }

    /// A zigzag varint, 1 to 5 bytes.
    fn varint(&mut self, v: i32) {
        self.uvarint(((v << 1) ^ (v >> 31)) as u32);
    }

    /// A zigzag varint, 1 to 10 bytes.
    fn varlong(&mut self, v: i64) {
        self.base128(((v << 1) ^ (v >> 63)) as u64);
    }

    /// An unsigned varint of up to 64 bits.
    fn base128(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.raw(&[v as u8 | 0x80]);
            v >>= 7;
        }
        self.raw(&[v as u8]);
    }

    /// A string. Errors: `TooLong` above 32767 bytes, Kafka's bound in every version.
    fn string(&mut self, flexible: bool, v: &str) -> Encoded {
        let len = i16::try_from(v.len()).map_err(|_| EncodeError::TooLong(v.len()))?;
        if flexible {
            self.uvarint(u32::from(len.unsigned_abs()) + 1);
        } else {
            self.int16(len);
        }
        self.raw(v.as_bytes());
        Ok(())
    }

    /// A string or null.
    fn nullable_string(&mut self, flexible: bool, v: Option<&str>) -> Encoded {
        match v {
            Some(v) => self.string(flexible, v)?,
            None if flexible => self.uvarint(0),
            None => self.int16(-1),
        }
        Ok(())
    }

    /// A count or wide length.
    fn count(&mut self, flexible: bool, n: usize) -> Encoded {
        if flexible {
            self.uvarint(compact(n)?);
        } else {
            self.int32(i32::try_from(n).map_err(|_| EncodeError::TooLong(n))?);
        }
        Ok(())
    }

    /// The null of byte fields and arrays.
    fn null(&mut self, flexible: bool) {
        if flexible {
            self.uvarint(0);
        } else {
            self.int32(-1);
        }
    }

    /// Bytes or records.
    fn bytes(&mut self, flexible: bool, v: &[u8]) -> Encoded {
        self.count(flexible, v.len())?;
        self.raw(v);
        Ok(())
    }

    /// Bytes or records or null.
    fn nullable_bytes(&mut self, flexible: bool, v: Option<&Bytes>) -> Encoded {
        match v {
            Some(v) => self.bytes(flexible, v),
            None => {
                self.null(flexible);
                Ok(())
            }
        }
    }
}

fn compact(len: usize) -> Result<u32, EncodeError> {
    // Kafka's lengths are signed 32-bit numbers, hence the cap below u32.
    i32::try_from(len).ok().and_then(|n| n.checked_add(1)).map(|n| n as u32).ok_or(EncodeError::TooLong(len))
}

/// Counts instead of writing.
#[derive(Default, Clone, Copy, Debug)]
pub struct Count(pub usize);

impl Sink for Count {
    fn raw(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

impl Sink for BytesMut {
    fn raw(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Vec<u8> {
    fn raw(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// How an array encodes one element.
pub type ElementEncoder<T> = fn(&T, &mut dyn Sink, i16) -> Encoded;

/// An array. `encode` writes one element.
pub fn array<T>(
    s: &mut dyn Sink,
    flexible: bool,
    items: &[T],
    version: i16,
    encode: ElementEncoder<T>,
) -> Encoded {
    s.count(flexible, items.len())?;
    items.iter().try_for_each(|item| encode(item, s, version))
}

/// An array or null.
pub fn nullable_array<T>(
    s: &mut dyn Sink,
    flexible: bool,
    items: Option<&[T]>,
    version: i16,
    encode: ElementEncoder<T>,
) -> Encoded {
    match items {
        Some(items) => array(s, flexible, items, version, encode),
        None => {
            s.null(flexible);
            Ok(())
        }
    }
}

/// A struct behind a marker byte.
pub fn nullable_struct<T>(
    s: &mut dyn Sink,
    v: Option<&T>,
    version: i16,
    encode: ElementEncoder<T>,
) -> Encoded {
    match v {
        Some(v) => {
            s.int8(1);
            encode(v, s, version)
        }
        None => {
            s.int8(-1);
            Ok(())
        }
    }
}

/// A nullable struct in a tagged field: the marker is an unsigned varint.
pub fn tagged_nullable_struct<T>(
    s: &mut dyn Sink,
    v: Option<&T>,
    version: i16,
    encode: ElementEncoder<T>,
) -> Encoded {
    s.uvarint(u32::from(v.is_some()));
    v.map_or(Ok(()), |v| encode(v, s, version))
}

/// One tagged field: tag, size, value (KIP-482). `body` runs twice, first to be counted.
pub fn tagged(s: &mut dyn Sink, tag: u32, body: &dyn Fn(&mut dyn Sink) -> Encoded) -> Encoded {
    let mut size = Count(0);
    body(&mut size)?;
    s.uvarint(tag);
    s.uvarint(u32::try_from(size.0).map_err(|_| EncodeError::TooLong(size.0))?);
    body(s)
}

/// The value of a field that this version requires. Errors: `EncodeError::Null`.
pub fn required<'a, T>(v: &'a Option<T>, field: &'static str, version: i16) -> Result<&'a T, EncodeError> {
    v.as_ref().ok_or(EncodeError::Null { field, version })
}

/// `Ok` unless a field that this version lacks holds a value. Errors: `EncodeError::Field`.
pub fn absent(set: bool, field: &'static str, version: i16) -> Encoded {
    if set { Err(EncodeError::Field { field, version }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Reader;

    #[test]
    fn numbers_come_back_through_the_reader() {
        let mut out = Vec::new();
        for v in [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN] {
            out.clear();
            out.varlong(v);
            assert_eq!(Reader::from_slice(&out, 0).varlong(), Ok(v));
            out.clear();
            out.varint(v as i32);
            assert_eq!(Reader::from_slice(&out, 0).varint(), Ok(v as i32));
        }
    }

    #[test]
    fn a_string_too_long_for_its_prefix_is_refused() {
        let long = "x".repeat(32768);
        assert_eq!(Count(0).string(false, &long), Err(EncodeError::TooLong(32768)));
        assert_eq!(Count(0).string(true, &long), Err(EncodeError::TooLong(32768)));
        let mut count = Count(0);
        assert_eq!(count.string(true, &long[1..]), Ok(()));
        assert_eq!(count.0, 32767 + 3);
    }
}
