//! Numbers in rpk's formats: digits, hexadecimal, and bytes of either order.
//!
//! Owner: nobody, pure.

/// How a number stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Number {
    /// Decimal digits.
    Ascii,
    /// So many hexadecimal digits.
    Hex(usize),
    /// So many bytes, the most significant first.
    Big(usize),
    /// So many bytes, the least significant first.
    Little(usize),
    /// `true` if it is not 0.
    Bool,
}

impl Number {
    /// What a modifier names; digits if there is none. Errors: it names nothing.
    pub fn parse(modifier: Option<&str>) -> Result<Self, String> {
        let Some(name) = modifier else { return Ok(Self::Ascii) };
        let bits = |text: &str| match text {
            "64" => Some(64),
            "32" => Some(32),
            "16" => Some(16),
            "8" => Some(8),
            _ => None,
        };
        let found = match name {
            "ascii" | "number" => Some(Self::Ascii),
            "byte" => Some(Self::Big(1)),
            "bool" => Some(Self::Bool),
            "hex4" => Some(Self::Hex(1)),
            _ => {
                let width = |prefix: &str| name.strip_prefix(prefix).and_then(bits);
                let hex = width("hex").map(|b| Self::Hex(b / 4));
                hex.or_else(|| width("big").map(|b| Self::Big(b / 8)))
                    .or_else(|| width("little").map(|b| Self::Little(b / 8)))
            }
        };
        found.ok_or_else(|| {
            format!(
                "'{name}' is no form of a number; there are ascii, hex64/32/16/8/4, big64/32/16/8, little64/32/16/8, byte, bool"
            )
        })
    }

    /// Writes `n`; what does not fit is cut on the left.
    pub fn write(self, n: i64, out: &mut Vec<u8>) {
        match self {
            Self::Ascii => out.extend_from_slice(n.to_string().as_bytes()),
            Self::Hex(digits) => {
                let all = format!("{n:016x}");
                out.extend_from_slice(all.as_bytes().get(16 - digits..).unwrap_or_default());
            }
            Self::Big(bytes) => out.extend_from_slice(n.to_be_bytes().get(8 - bytes..).unwrap_or_default()),
            Self::Little(bytes) => out.extend_from_slice(n.to_le_bytes().get(..bytes).unwrap_or_default()),
            Self::Bool => out.extend_from_slice(if n == 0 { b"false" } else { b"true" }),
        }
    }

    /// How many bytes it takes, if that does not depend on the number.
    pub fn width(self) -> Option<usize> {
        match self {
            Self::Hex(n) | Self::Big(n) | Self::Little(n) => Some(n),
            Self::Ascii | Self::Bool => None,
        }
    }

    /// The number that `bytes` of its width are. Errors: what they are not.
    pub fn read(self, bytes: &[u8]) -> Result<i64, String> {
        let shown = || String::from_utf8_lossy(bytes).into_owned();
        let sum = |it: &mut dyn Iterator<Item = &u8>| it.fold(0u64, |n, b| n << 8 | u64::from(*b)) as i64;
        match self {
            Self::Ascii => shown().parse().map_err(|_| format!("'{}' is no number", shown())),
            Self::Hex(_) => u64::from_str_radix(&shown(), 16)
                .map(|n| n as i64)
                .map_err(|_| format!("'{}' is no hexadecimal number", shown())),
            Self::Big(_) => Ok(sum(&mut bytes.iter())),
            Self::Little(_) => Ok(sum(&mut bytes.iter().rev())),
            Self::Bool => match bytes {
                b"true" => Ok(1),
                b"false" => Ok(0),
                _ => Err(format!("'{}' is neither true nor false", shown())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_written_and_read() {
        let check = |name: &str, n: i64, expect: &[u8]| {
            let form = Number::parse(Some(name)).unwrap();
            let mut out = Vec::new();
            form.write(n, &mut out);
            assert_eq!(out, expect, "{name}");
            assert_eq!(form.read(&out).unwrap(), n, "{name}");
        };
        check("ascii", -3, b"-3");
        check("hex32", 0x1ab, b"000001ab");
        check("hex4", 0xf, b"f");
        check("big16", 258, b"\x01\x02");
        check("little32", 258, b"\x02\x01\x00\x00");
        check("byte", 65, b"A");
        check("bool", 1, b"true");
        assert!(Number::parse(Some("big7")).is_err() && Number::Hex(2).read(b"zz").is_err());
    }
}
