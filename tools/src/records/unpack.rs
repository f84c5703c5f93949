//! `%v{unpack[...]}`: numbers and text inside bytes, in the letters of rpk.
//!
//! Owner: nobody, pure. Invariant: bytes that are too short for a letter are said in the output, no record is lost.

/// One letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item {
    Int { bytes: usize, signed: bool, little: bool },
    Char,
    Rest,
    End,
}

/// A pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unpack(Vec<Item>);

impl Unpack {
    /// Reads a pattern; numbers are little-endian until a `>`, and `x` stands for nothing.
    ///
    /// Errors: a letter that there is not, or one behind `s` or `$`.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut little = true;
        for c in pattern.chars() {
            if matches!(items.last(), Some(Item::Rest | Item::End)) {
                return Err(format!("'{c}' stands behind the end of what unpack[{pattern}] reads"));
            }
            let int = |bytes, signed| Item::Int { bytes, signed, little };
            items.push(match c {
                'x' => continue,
                '<' | '>' => {
                    little = c == '<';
                    continue;
                }
                'b' => int(1, true),
                'B' => int(1, false),
                'h' => int(2, true),
                'H' => int(2, false),
                'i' => int(4, true),
                'I' => int(4, false),
                'q' => int(8, true),
                'Q' => int(8, false),
                'c' | '.' => Item::Char,
                's' => Item::Rest,
                '$' => Item::End,
                c => {
                    return Err(format!(
                        "'{c}' is no letter of unpack; there are x < > b B h H i I q Q c . s $"
                    ));
                }
            });
        }
        Ok(Self(items))
    }

    /// Appends what `bytes` hold; where they are too short, rpk's words for it.
    pub fn write(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        for item in &self.0 {
            let (text, taken) = match *item {
                Item::Int { bytes, signed, little } => match rest.split_at_checked(bytes) {
                    Some((raw, _)) => (number(raw, signed, little).into_bytes(), bytes),
                    None => (format!("%!(have {} bytes, need {bytes})", rest.len()).into_bytes(), rest.len()),
                },
                Item::Char => match rest.first() {
                    Some(byte) => (vec![*byte], 1),
                    None => (b"%!c(no bytes available)".to_vec(), 0),
                },
                Item::Rest => (rest.to_vec(), rest.len()),
                Item::End if rest.is_empty() => (Vec::new(), 0),
                Item::End => (b"%!$(not end-of-input)".to_vec(), rest.len()),
            };
            out.extend(text);
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
}

fn number(raw: &[u8], signed: bool, little: bool) -> String {
    let join = |n: u64, b: &u8| n << 8 | u64::from(*b);
    let n = if little { raw.iter().rev().fold(0, join) } else { raw.iter().fold(0, join) };
    let shift = 64 - 8 * raw.len() as u32;
    if signed { ((n << shift) as i64 >> shift).to_string() } else { n.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_take_their_bytes_in_the_order_that_was_named() {
        let check = |pattern: &str, bytes: &[u8], expect: &str| {
            let mut out = Vec::new();
            Unpack::parse(pattern).unwrap().write(bytes, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expect, "{pattern}");
        };
        check(">i<HxBs", b"\xff\xff\xff\xfe\x01\x02\xffabc", "-2513255abc");
        check("h", b"\x01\x02", "513");
        check("b$", b"\x80", "-128");
        check("b$", b"\x80a", "-128%!$(not end-of-input)");
        check("qc", b"abc", "%!(have 3 bytes, need 8)%!c(no bytes available)");
        check("c.", b"ab", "ab");
        assert!(Unpack::parse("k").is_err() && Unpack::parse("sb").is_err());
    }
}
