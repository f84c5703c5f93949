//! A tiny bounded cursor over borrowed bytes, and the varints of the record format.
//!
//! Owner: the record parsers. Invariants: never reads past its slice, never allocates; after an error the
//! cursor's position is unspecified and the caller drops it.

/// Why a primitive could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CursorError {
    /// Fewer bytes are left than the value needs.
    Short,
    /// A varint has more bits than its type.
    Overflow,
}

/// Reads big-endian primitives and varints from the front of a slice.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts at the first byte of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// How many bytes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Result<[u8; N], CursorError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(CursorError::Short)?;
        self.rest = rest;
        Ok(*head)
    }

    /// One byte.
    #[inline]
    pub fn u8(&mut self) -> Result<u8, CursorError> {
        self.chunk::<1>().map(|[b]| b)
    }

    /// One signed byte.
    #[inline]
    pub fn i8(&mut self) -> Result<i8, CursorError> {
        self.chunk().map(i8::from_be_bytes)
    }

    /// Two bytes.
    #[inline]
    pub fn i16(&mut self) -> Result<i16, CursorError> {
        self.chunk().map(i16::from_be_bytes)
    }

    /// Four bytes.
    #[inline]
    pub fn i32(&mut self) -> Result<i32, CursorError> {
        self.chunk().map(i32::from_be_bytes)
    }

    /// Four bytes, unsigned.
    #[inline]
    pub fn u32(&mut self) -> Result<u32, CursorError> {
        self.chunk().map(u32::from_be_bytes)
    }

    /// Eight bytes.
    #[inline]
    pub fn i64(&mut self) -> Result<i64, CursorError> {
        self.chunk().map(i64::from_be_bytes)
    }

    /// The next `n` bytes, borrowed.
    #[inline]
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], CursorError> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or(CursorError::Short)?;
        self.rest = rest;
        Ok(head)
    }

    /// An unsigned varint of at most 32 bits (LEB128) in at most five bytes, which is what Kafka's readers take.
    #[inline(always)]
    pub fn uvarint(&mut self) -> Result<u32, CursorError> {
        match self.short_uvarint() {
            Some(value) => Ok(value),
            None => self.long_uvarint(28).and_then(|v| u32::try_from(v).map_err(|_| CursorError::Overflow)),
        }
    }

    /// An unsigned varint of at most 64 bits in at most ten bytes.
    #[inline(always)]
    pub fn uvarlong(&mut self) -> Result<u64, CursorError> {
        match self.short_uvarint() {
            Some(value) => Ok(u64::from(value)),
            None => self.long_uvarint(63),
        }
    }

    /// An unsigned varint of one or two bytes; `None`, and nothing read, for any other. Nearly all of a record are.
    // Always inlined: a call for each field takes as long as the rest of a small record (docs/wire.md).
    #[inline(always)]
    pub fn short_uvarint(&mut self) -> Option<u32> {
        let (value, rest) = match self.rest {
            [a @ 0..=0x7f, rest @ ..] => (u32::from(*a), rest),
            [a, b @ 0..=0x7f, rest @ ..] => (u32::from(*a & 0x7f) | u32::from(*b) << 7, rest),
            _ => return None,
        };
        self.rest = rest;
        Some(value)
    }

    /// `shift_max`: of the last byte that may come.
    #[inline(never)]
    fn long_uvarint(&mut self, shift_max: u32) -> Result<u64, CursorError> {
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let b = self.u8()?;
            let bits = u64::from(b & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(CursorError::Overflow);
            }
            value |= bits << shift;
            if b < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > shift_max {
                return Err(CursorError::Overflow);
            }
        }
    }

    /// A zigzag varint of 32 bits.
    #[inline(always)]
    pub fn varint(&mut self) -> Result<i32, CursorError> {
        self.uvarint().map(unzigzag32)
    }

    /// A zigzag varint of 64 bits (timestamp deltas).
    #[inline(always)]
    pub fn varlong(&mut self) -> Result<i64, CursorError> {
        self.uvarlong().map(unzigzag64)
    }
}

/// Undoes the zigzag mapping of 32 bits.
#[inline]
#[must_use]
pub fn unzigzag32(v: u32) -> i32 {
    (v >> 1) as i32 ^ -((v & 1) as i32)
}

/// Undoes the zigzag mapping of 64 bits.
#[inline]
#[must_use]
pub fn unzigzag64(v: u64) -> i64 {
    (v >> 1) as i64 ^ -((v & 1) as i64)
}

/// Appends an unsigned varint.
pub fn put_uvarint(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

/// Appends a zigzag varint; serves 32 and 64 bits, whose encodings agree.
pub fn put_varint(out: &mut Vec<u8>, v: i64) {
    put_uvarint(out, zigzag(v));
}

fn zigzag(v: i64) -> u64 {
    ((v << 1) ^ (v >> 63)) as u64
}

/// Bytes that [`put_uvarint`] writes for `v`.
#[must_use]
pub fn uvarint_len(v: u64) -> usize {
    (64 - (v | 1).leading_zeros() as usize).div_ceil(7)
}

/// Bytes that [`put_varint`] writes for `v`.
#[must_use]
pub fn varint_len(v: i64) -> usize {
    uvarint_len(zigzag(v))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_round_trip_and_know_their_length() {
        let ends = [
            0,
            1,
            -1,
            63,
            64,
            -64,
            -65,
            8191,
            8192,
            i64::from(i32::MAX),
            i64::from(i32::MIN),
            i64::MAX,
            i64::MIN,
        ];
        for v in ends {
            let mut out = Vec::new();
            put_varint(&mut out, v);
            assert_eq!(out.len(), varint_len(v), "{v}");
            assert_eq!(Cursor::new(&out).varlong(), Ok(v));
            let narrow = Cursor::new(&out).varint();
            assert_eq!(narrow, i32::try_from(v).map_err(|_| CursorError::Overflow), "{v}");
            for cut in 0..out.len() {
                assert_eq!(Cursor::new(&out[..cut]).varlong(), Err(CursorError::Short));
            }
        }
    }

    #[test]
    fn overlong_varints_are_errors() {
        assert_eq!(Cursor::new(&[0xff; 11]).varlong(), Err(CursorError::Overflow));
        assert_eq!(Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0x1f]).varint(), Err(CursorError::Overflow));
        assert_eq!(Cursor::new(&[0xff, 0xff, 0xff, 0xff, 0x0f]).uvarint(), Ok(u32::MAX));
        // Kafka's readers stop at the fifth byte, and at the tenth of a 64-bit one, even if only zeros follow.
        assert_eq!(Cursor::new(&[0x81, 0x80, 0x80, 0x80, 0x00]).uvarint(), Ok(1));
        assert_eq!(Cursor::new(&[0x81, 0x80, 0x80, 0x80, 0x80, 0x00]).uvarint(), Err(CursorError::Overflow));
        assert_eq!(Cursor::new(&[0x81, 0x80, 0x80, 0x80, 0x80, 0x00]).uvarlong(), Ok(1));
        let over = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(Cursor::new(&over).uvarlong(), Err(CursorError::Overflow));
    }
}
