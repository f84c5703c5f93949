//! The same strict record walk as `walk`, fed in pieces as a decompressor yields them.
//!
//! Owner: one check of one batch. Invariants: constant memory whatever a record's size; a record that lies
//! whole in a piece takes the slice parser, only one that straddles pieces takes the byte-wise states.
//!
//! ```text
//! Length → Attributes → TimestampDelta → OffsetDelta → KeyLength → Key → ValueLength → Value → HeaderCount
//!    ↑                                                  ┌────────────────────────────────────────┘
//!    │                                                  ↓
//!    └────────────── body used up ←── HeaderValue ← HeaderValueLength ← HeaderKey ← HeaderKeyLength
//! ```

use crate::record::cursor::{Cursor, unzigzag32, unzigzag64};
use crate::record::walk::{Record, RecordFault};

/// What a check needs to know of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordFacts {
    /// Relative to the batch's base timestamp.
    pub timestamp_delta: i64,
    /// Relative to the batch's base offset.
    pub offset_delta: i32,
    /// The key is null.
    pub key_is_null: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Length,
    Attributes,
    TimestampDelta,
    OffsetDelta,
    KeyLength,
    Key,
    ValueLength,
    Value,
    HeaderCount,
    HeaderKeyLength,
    HeaderKey,
    HeaderValueLength,
    HeaderValue,
}

/// Push parser over the records of one batch.
#[derive(Clone, Debug)]
pub struct RecordScan {
    state: State,
    records_left: u32,
    facts: RecordFacts,
    /// Bytes of the record's body not consumed yet.
    body_left: usize,
    /// Bytes of the current key, value, header key or header value not consumed yet.
    field_left: usize,
    headers_left: u32,
    varint: u64,
    shift: u32,
    utf8: Utf8Check,
}

impl RecordScan {
    /// `count`: recordsCount; below 0 counts as 0.
    #[must_use]
    pub fn new(count: i32) -> Self {
        Self {
            state: State::Length,
            records_left: count.max(0) as u32,
            facts: RecordFacts { timestamp_delta: 0, offset_delta: 0, key_is_null: false },
            body_left: 0,
            field_left: 0,
            headers_left: 0,
            varint: 0,
            shift: 0,
            utf8: Utf8Check::default(),
        }
    }

    /// Takes the next piece and calls `on_record` for every record that ends in it. O(piece).
    ///
    /// Errors: the first fault; the scan must be dropped then.
    pub fn push(
        &mut self,
        mut piece: &[u8],
        on_record: &mut impl FnMut(RecordFacts) -> Result<(), RecordFault>,
    ) -> Result<(), RecordFault> {
        while !piece.is_empty() {
            if self.state == State::Length && self.varint == 0 && self.shift == 0 {
                if self.records_left == 0 {
                    return Err(RecordFault::Trailing(piece.len()));
                }
                let mut c = Cursor::new(piece);
                match Record::read(&mut c) {
                    Ok(r) => {
                        piece = c.rest();
                        self.records_left -= 1;
                        let (timestamp_delta, offset_delta) = (r.timestamp_delta, r.offset_delta);
                        on_record(RecordFacts {
                            timestamp_delta,
                            offset_delta,
                            key_is_null: r.key.is_none(),
                        })?;
                        continue;
                    }
                    Err(RecordFault::Truncated) => {}
                    Err(e) => return Err(e),
                }
            }
            piece = self.advance(piece)?;
            if self.state == State::Length && self.shift == 0 {
                self.records_left -= 1;
                on_record(self.facts)?;
            }
        }
        Ok(())
    }

    /// The decompressor has no more. Errors: a record is cut off, or records are missing.
    pub fn finish(&self) -> Result<(), RecordFault> {
        match (self.state, self.shift, self.records_left) {
            (State::Length, 0, 0) => Ok(()),
            (State::Length, 0, _) => Err(RecordFault::Missing),
            _ => Err(RecordFault::Truncated),
        }
    }

    /// Consumes one field or the part of it that is there. Returns the rest of the piece.
    fn advance<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], RecordFault> {
        match self.state {
            State::Key | State::Value | State::HeaderValue => self.skip(piece),
            State::HeaderKey => self.header_key(piece),
            _ => {
                let (&b, rest) = piece.split_first().ok_or(RecordFault::Truncated)?;
                if self.state != State::Length {
                    self.body_left = self.body_left.checked_sub(1).ok_or(RecordFault::Length)?;
                }
                if self.state == State::Attributes {
                    if b != 0 {
                        return Err(RecordFault::Attributes(b));
                    }
                    self.enter(State::TimestampDelta)?;
                } else if let Some(v) = self.varint_byte(b)? {
                    self.on_varint(v)?;
                }
                Ok(rest)
            }
        }
    }

    fn varint_byte(&mut self, b: u8) -> Result<Option<u64>, RecordFault> {
        let bits = u64::from(b & 0x7f);
        if self.shift == 63 && bits > 1 {
            return Err(RecordFault::Varint);
        }
        self.varint |= bits << self.shift;
        if b >= 0x80 {
            self.shift += 7;
            let last = if self.state == State::TimestampDelta { 63 } else { 28 };
            return if self.shift > last { Err(RecordFault::Varint) } else { Ok(None) };
        }
        self.shift = 0;
        Ok(Some(std::mem::take(&mut self.varint)))
    }

    fn on_varint(&mut self, raw: u64) -> Result<(), RecordFault> {
        if self.state == State::TimestampDelta {
            self.facts.timestamp_delta = unzigzag64(raw);
            return self.enter(State::OffsetDelta);
        }
        let v = u32::try_from(raw).map(unzigzag32).map_err(|_| RecordFault::Varint)?;
        match self.state {
            State::Length => {
                self.body_left = usize::try_from(v).map_err(|_| RecordFault::Length)?;
                self.enter(State::Attributes)
            }
            State::OffsetDelta => {
                self.facts.offset_delta = v;
                self.enter(State::KeyLength)
            }
            State::KeyLength => {
                self.facts.key_is_null = v == -1;
                self.field(v, State::Key, State::ValueLength)
            }
            State::ValueLength => self.field(v, State::Value, State::HeaderCount),
            State::HeaderCount => {
                self.headers_left = u32::try_from(v).map_err(|_| RecordFault::HeaderCount(v))?;
                if self.headers_left as usize > self.body_left / 2 {
                    return Err(RecordFault::HeaderCount(v));
                }
                self.next_header()
            }
            State::HeaderKeyLength if v < 0 => Err(RecordFault::NegativeLength(v)),
            State::HeaderKeyLength => {
                self.utf8 = Utf8Check::default();
                self.field(v, State::HeaderKey, State::HeaderValueLength)
            }
            State::HeaderValueLength => {
                self.headers_left -= 1;
                self.field(v, State::HeaderValue, State::HeaderKeyLength)
            }
            _ => unreachable!("the other states read no varint"),
        }
    }

    /// Enters `content` for a field of `length` bytes, or what comes after it if there are none.
    fn field(&mut self, length: i32, content: State, after: State) -> Result<(), RecordFault> {
        if length < -1 {
            return Err(RecordFault::NegativeLength(length));
        }
        self.field_left = length.max(0) as usize;
        if self.field_left > self.body_left {
            return Err(RecordFault::Length);
        }
        if self.field_left > 0 { self.enter(content) } else { self.after_field(after) }
    }

    fn after_field(&mut self, after: State) -> Result<(), RecordFault> {
        if after == State::HeaderKeyLength { self.next_header() } else { self.enter(after) }
    }

    fn next_header(&mut self) -> Result<(), RecordFault> {
        if self.headers_left > 0 {
            return self.enter(State::HeaderKeyLength);
        }
        if self.body_left != 0 {
            return Err(RecordFault::Length);
        }
        self.state = State::Length;
        Ok(())
    }

    /// Every state but the first needs at least one more byte of the body.
    fn enter(&mut self, state: State) -> Result<(), RecordFault> {
        if self.body_left == 0 {
            return Err(RecordFault::Length);
        }
        self.state = state;
        Ok(())
    }

    fn take<'a>(&mut self, piece: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), RecordFault> {
        let n = self.field_left.min(piece.len());
        self.field_left -= n;
        self.body_left = self.body_left.checked_sub(n).ok_or(RecordFault::Length)?;
        piece.split_at_checked(n).ok_or(RecordFault::Truncated)
    }

    fn skip<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], RecordFault> {
        let (_, rest) = self.take(piece)?;
        if self.field_left == 0 {
            let after = match self.state {
                State::Key => State::ValueLength,
                State::Value => State::HeaderCount,
                _ => State::HeaderKeyLength,
            };
            self.after_field(after)?;
        }
        Ok(rest)
    }

    fn header_key<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], RecordFault> {
        let (key, rest) = self.take(piece)?;
        let ok = self.utf8.push(key) && (self.field_left > 0 || self.utf8.is_complete());
        if !ok {
            return Err(RecordFault::HeaderKeyUtf8);
        }
        if self.field_left == 0 {
            self.enter(State::HeaderValueLength)?;
        }
        Ok(rest)
    }
}

/// UTF-8 validity of text that arrives in pieces: keeps the at most three bytes of a cut character.
#[derive(Clone, Copy, Debug, Default)]
struct Utf8Check {
    carry: [u8; 4],
    carried: usize,
}

impl Utf8Check {
    fn push(&mut self, mut piece: &[u8]) -> bool {
        while self.carried > 0 {
            let Some((&b, rest)) = piece.split_first() else { return true };
            let Some(slot) = self.carry.get_mut(self.carried) else { return false };
            *slot = b;
            self.carried += 1;
            piece = rest;
            match std::str::from_utf8(self.carry.get(..self.carried).unwrap_or_default()) {
                Ok(_) => self.carried = 0,
                Err(e) if e.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        let Err(e) = std::str::from_utf8(piece) else { return true };
        let tail = piece.get(e.valid_up_to()..).unwrap_or_default();
        for (slot, b) in self.carry.iter_mut().zip(tail) {
            *slot = *b;
        }
        self.carried = tail.len();
        e.error_len().is_none()
    }

    fn is_complete(self) -> bool {
        self.carried == 0
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
