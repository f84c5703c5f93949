//! Cutting a byte stream into request frames, and telling what a peer speaks that does not speak Kafka.
//!
//! Owner: pure, one call per read. Invariants: nothing is allocated for an announced length; the first bad
//! frame of a connection ends it.

use std::fmt;

/// Fixed part of every request header: api key, version, correlation id.
pub const HEADER_MIN: usize = 8;

/// Why a stream cannot be a Kafka client's. `code` is the number of the log line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadStream {
    /// A TLS handshake.
    Tls,
    /// An HTTP request.
    Http,
    /// A length below the smallest header, or negative.
    TooShort(i32),
    /// A length above `socket.request.max.bytes`.
    TooLong(i32),
}

impl BadStream {
    /// The number under which the line is documented.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Tls => "R031",
            Self::Http => "R032",
            Self::TooShort(_) => "R033",
            Self::TooLong(_) => "R034",
        }
    }
}

impl fmt::Display for BadStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls => f.write_str("speaks TLS on a plaintext listener; use security.protocol=PLAINTEXT"),
            Self::Http => f.write_str("speaks HTTP on a Kafka listener"),
            Self::TooShort(n) => write!(f, "sent a request of {n} bytes, shorter than its header"),
            Self::TooLong(n) => write!(f, "announced a request of {n} bytes, above socket.request.max.bytes"),
        }
    }
}

/// What the front of a receive buffer holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Front {
    /// A whole frame of this many bytes behind its length field.
    Frame(usize),
    /// At least this many bytes are missing.
    Missing(usize),
    /// No frame will ever come of it.
    Bad(BadStream),
}

/// Looks at the front of `buf`. `first`: no frame has been read on this connection yet. O(1).
#[must_use]
pub fn front(buf: &[u8], first: bool, max: usize) -> Front {
    let Some((length, rest)) = buf.split_first_chunk::<4>() else { return Front::Missing(4 - buf.len()) };
    let announced = i32::from_be_bytes(*length);
    if first && let Some(other) = other_protocol(*length) {
        return Front::Bad(other);
    }
    let Ok(len) = usize::try_from(announced) else { return Front::Bad(BadStream::TooShort(announced)) };
    if len < HEADER_MIN {
        return Front::Bad(BadStream::TooShort(announced));
    }
    if len > max {
        return Front::Bad(BadStream::TooLong(announced));
    }
    if rest.len() >= len { Front::Frame(len) } else { Front::Missing(len - rest.len()) }
}

/// The protocol whose first bytes these are. All of them read as frames of at least 300 MB.
fn other_protocol(start: [u8; 4]) -> Option<BadStream> {
    match &start {
        // Record type handshake, version 3.x.
        [0x16, 0x03, ..] => Some(BadStream::Tls),
        b"GET " | b"POST" | b"PUT " | b"HEAD" | b"OPTI" | b"DELE" | b"PATC" | b"CONN" | b"PRI " => {
            Some(BadStream::Http)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 1000;

    #[test]
    fn a_frame_is_whole_or_says_how_much_is_missing() {
        assert_eq!(front(&[], true, MAX), Front::Missing(4));
        assert_eq!(front(&[0, 0], true, MAX), Front::Missing(2));
        assert_eq!(front(&[0, 0, 0, 10, 1, 2], true, MAX), Front::Missing(8));
        let mut whole = vec![0, 0, 0, 10];
        whole.extend([7; 12]);
        assert_eq!(front(&whole, true, MAX), Front::Frame(10));
    }

    #[test]
    fn bad_lengths_end_the_stream_before_a_byte_is_allocated() {
        assert_eq!(front(&(-1i32).to_be_bytes(), false, MAX), Front::Bad(BadStream::TooShort(-1)));
        assert_eq!(front(&7i32.to_be_bytes(), false, MAX), Front::Bad(BadStream::TooShort(7)));
        assert_eq!(front(&1001i32.to_be_bytes(), false, MAX), Front::Bad(BadStream::TooLong(1001)));
        assert_eq!(front(&i32::MAX.to_be_bytes(), false, MAX), Front::Bad(BadStream::TooLong(i32::MAX)));
    }

    #[test]
    fn other_protocols_are_named_on_the_first_frame_only() {
        assert_eq!(front(b"GET / HTTP/1.1", true, MAX), Front::Bad(BadStream::Http));
        assert_eq!(front(b"PRI * HTTP/2.0", true, usize::MAX), Front::Bad(BadStream::Http));
        assert_eq!(front(&[0x16, 0x03, 0x01, 0x02, 0], true, usize::MAX), Front::Bad(BadStream::Tls));
        assert!(matches!(front(b"GET / HTTP/1.1", false, MAX), Front::Bad(BadStream::TooLong(_))));
    }
}
