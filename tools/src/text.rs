//! Bytes as text and text as bytes: hexadecimal, base64, the escapes that rpk and kcat know.
//!
//! Owner: nobody, pure. Invariant: what is written is read back equal; what cannot be read is refused with its place.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base64; `padded`: with `=` at the end.
pub fn base64(bytes: &[u8], padded: bool) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4u32 {
            let symbol = ALPHABET.get((word >> (18 - 6 * i)) as usize & 63).copied().unwrap_or(b'=');
            if i as usize <= chunk.len() {
                out.push(char::from(symbol));
            } else if padded {
                out.push('=');
            }
        }
    }
    out
}

/// Bytes of base64, with padding or without. Errors: a symbol that is none, or a length that none has.
pub fn from_base64(text: &[u8]) -> Result<Vec<u8>, String> {
    let bare = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(bare.len() / 4 * 3 + 2);
    for chunk in bare.chunks(4) {
        if chunk.len() == 1 {
            return Err("base64 ends in the middle of a byte".to_owned());
        }
        let mut word = 0u32;
        for symbol in chunk {
            let value = ALPHABET.iter().position(|s| s == symbol);
            let value = value.ok_or_else(|| format!("'{}' is no symbol of base64", char::from(*symbol)))?;
            word = word << 6 | value as u32;
        }
        word <<= 6 * (4 - chunk.len());
        out.extend(word.to_be_bytes().get(1..chunk.len()).unwrap_or_default());
    }
    Ok(out)
}

/// Lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes of hexadecimal. Errors: a digit that is none, or an odd number of them.
pub fn from_hex(text: &[u8]) -> Result<Vec<u8>, String> {
    if !text.len().is_multiple_of(2) {
        return Err("an odd number of hexadecimal digits".to_owned());
    }
    let digit = |b: u8| {
        char::from(b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
            .ok_or_else(|| format!("'{}' is no hexadecimal digit", char::from(b)))
    };
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Ok(digit(*high)? << 4 | digit(*low)?),
            _ => Err("an odd number of hexadecimal digits".to_owned()),
        })
        .collect()
}

/// The byte that an escape stands for: `rest` begins behind the backslash; returns it and how many characters it took.
///
/// Errors: an escape that neither rpk nor kcat has.
pub fn escape(rest: &str) -> Result<(u8, usize), String> {
    match rest.chars().next() {
        Some('n') => Ok((b'\n', 1)),
        Some('t') => Ok((b'\t', 1)),
        Some('r') => Ok((b'\r', 1)),
        Some('\\') => Ok((b'\\', 1)),
        Some('x') => {
            let digits = rest.get(1..3).ok_or_else(|| "\\x needs two hexadecimal digits".to_owned())?;
            let byte = u8::from_str_radix(digits, 16)
                .map_err(|_| format!("\\x{digits} is no byte: two hexadecimal digits are needed"))?;
            Ok((byte, 3))
        }
        Some(other) => Err(format!("\\{other} is no escape; there are \\t \\n \\r \\\\ \\xNN")),
        None => Err("a backslash at the end; write \\\\ for one".to_owned()),
    }
}

/// `text` with its escapes replaced.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (head, tail) = rest.split_at(at);
        out.extend_from_slice(head.as_bytes());
        let behind = tail.get(1..).unwrap_or_default();
        let (byte, taken) = escape(behind)?;
        out.push(byte);
        rest = behind.get(taken..).unwrap_or_default();
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for bytes in [&b""[..], b"f", b"fo", b"foo", b"\xff\x00\x10"] {
            for padded in [true, false] {
                assert_eq!(from_base64(base64(bytes, padded).as_bytes()).unwrap(), bytes);
            }
            assert_eq!(from_hex(hex(bytes).as_bytes()).unwrap(), bytes);
        }
        assert_eq!(base64(b"fo", true), "Zm8=");
        assert_eq!(base64(b"fo", false), "Zm8");
        assert!(from_base64(b"A").is_err() && from_base64(b"A?==").is_err());
        assert!(from_hex(b"0").is_err() && from_hex(b"0g").is_err());
    }

    #[test]
    fn escapes_are_those_of_rpk_and_kcat() {
        assert_eq!(unescape(r"a\tb\x41\\\n").unwrap(), b"a\tbA\\\n");
        for bad in [r"\q", "\\", r"\x4", r"\xzz"] {
            assert!(unescape(bad).is_err(), "{bad}");
        }
    }
}
