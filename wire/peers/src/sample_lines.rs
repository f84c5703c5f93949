//! Samples as lines of text, `NAME VERSION KIND HEX`: what drivers read and write (`sample::lines` makes ours).
//!
//! Owner: one comparison.

use std::fmt::Write as _;

/// A line, taken apart.
pub struct Line<'a> {
    /// Kafka's name of the message.
    pub name: &'a str,
    /// Its version.
    pub version: i16,
    /// The encoded message.
    pub bytes: Vec<u8>,
}

/// Two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

/// Takes `NAME VERSION KIND HEX` apart. Errors: the line has another form.
pub fn parse(line: &str) -> Result<Line<'_>, String> {
    let bad = || format!("no sample line: {line}");
    let mut words = line.split(' ');
    let name = words.next().ok_or_else(bad)?;
    let version = words.next().and_then(|w| w.parse().ok()).ok_or_else(bad)?;
    let digits = words.nth(1).ok_or_else(bad)?;
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|two| std::str::from_utf8(two).ok().and_then(|t| u8::from_str_radix(t, 16).ok()))
        .collect();
    Ok(Line { name, version, bytes: bytes.ok_or_else(bad)? })
}
