//! From where to where a consumer reads: the words of rpk's and kcat's `-o`.
//!
//! Owner: nobody, pure.

use crate::kafka::when;

/// One end of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Point {
    /// The log start.
    Start,
    /// The high watermark, as it is when the command starts.
    End,
    /// So many records behind the start.
    AfterStart(i64),
    /// So many records before the end.
    BeforeEnd(i64),
    /// The offset itself.
    At(i64),
    /// The first record of that time or later, in ms.
    Time(i64),
}

/// What to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// Where to begin.
    pub from: Point,
    /// Where to end, itself excluded; `None`: never.
    pub to: Option<Point>,
}

impl Default for Range {
    fn default() -> Self {
        Self { from: Point::Start, to: None }
    }
}

/// Reads the words of `-o`; kcat gives `s@` and `e@` each by an option of its own, so there may be several.
///
/// `now`: ms since 1970, for durations. Errors: what is none of them.
pub fn parse(words: &[String], now: i64) -> Result<Range, String> {
    let mut range = Range::default();
    for word in words {
        if let Some(time) = word.strip_prefix("s@") {
            range.from = Point::Time(at(time, now)?);
        } else if let Some(time) = word.strip_prefix("e@") {
            range.to = Some(Point::Time(at(time, now)?));
        } else {
            range = one(word, now)?;
        }
    }
    Ok(range)
}

fn one(word: &str, now: i64) -> Result<Range, String> {
    if let Some(times) = word.strip_prefix('@') {
        let (from, to) = split_times(times);
        let to = match to {
            None => None,
            Some("end") => Some(Point::End),
            Some(text) => Some(Point::Time(at(text.strip_prefix('@').unwrap_or(text), now)?)),
        };
        return Ok(Range { from: Point::Time(at(from, now)?), to });
    }
    match word.split_once(':') {
        None => Ok(Range { from: point(word)?, to: None }),
        Some((from, to)) => Ok(Range {
            from: if from.is_empty() { Point::Start } else { point(from)? },
            to: if to.is_empty() { None } else { Some(point(to)?) },
        }),
    }
}

/// Two times with a colon between; a time may hold colons of its own.
fn split_times(text: &str) -> (&str, Option<&str>) {
    if let Some((from, to)) = text.split_once(":@") {
        return (from, Some(to));
    }
    let at = match text.find('T') {
        // 2026-01-31T12:00:00Z:...
        Some(_) => text.find("Z:").map(|at| at + 1),
        None => text.find(':'),
    };
    match at {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

fn point(word: &str) -> Result<Point, String> {
    let wrong = || {
        format!(
            "'{word}' is no offset; there are start, end, N, +N, -N, FROM:TO, :end, @TIME, @FROM:TO, s@MS, e@MS"
        )
    };
    let number = |text: &str| text.parse::<i64>().ok().filter(|n| *n >= 0).ok_or_else(wrong);
    match word {
        "start" | "beginning" | "earliest" => Ok(Point::Start),
        "end" | "latest" => Ok(Point::End),
        _ => match word.split_at_checked(1) {
            Some(("+", rest)) => number(rest).map(Point::AfterStart),
            Some(("-", rest)) => number(rest).map(Point::BeforeEnd),
            _ => number(word).map(Point::At),
        },
    }
}

/// Milliseconds of a time: since 1970 in ms, s or ns by its digits, a date, a date with a time, or `-1h30m` ago.
fn at(text: &str, now: i64) -> Result<i64, String> {
    let wrong = || {
        format!(
            "'{text}' is no time; there are milliseconds since 1970, 2026-01-31, 2026-01-31T12:00:00Z, -1h30m"
        )
    };
    if let Some(ago) = text.strip_prefix('-') {
        return Ok(now - duration(ago).ok_or_else(wrong)?);
    }
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        let n: i64 = text.parse().map_err(|_| wrong())?;
        return Ok(match text.len() {
            ..=10 => n * 1000,
            11..=13 => n,
            _ => n / 1_000_000,
        });
    }
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    when::datetime(&whole).map_err(|_| wrong())
}

/// Milliseconds of Go's durations: `300ms`, `1h30m`, `1.5h`; days, too.
fn duration(text: &str) -> Option<i64> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let (size, unit) = [("ms", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7)]
            .into_iter()
            .find_map(|(unit, size)| tail.starts_with(unit).then_some((size, unit)))?;
        total += number.parse::<f64>().ok()? * size;
        rest = tail.get(unit.len()..)?;
    }
    (!text.is_empty()).then_some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    #[test]
    fn the_words_of_rpk_and_kcat() {
        let check = |words: &[&str], from: Point, to: Option<Point>| {
            let owned: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
            assert_eq!(parse(&owned, NOW), Ok(Range { from, to }), "{words:?}");
        };
        check(&[], Point::Start, None);
        check(&["start"], Point::Start, None);
        check(&["end"], Point::End, None);
        check(&[":end"], Point::Start, Some(Point::End));
        check(&["17"], Point::At(17), None);
        check(&["+3"], Point::AfterStart(3), None);
        check(&["-3"], Point::BeforeEnd(3), None);
        check(&["4:9"], Point::At(4), Some(Point::At(9)));
        check(&["-3:end"], Point::BeforeEnd(3), Some(Point::End));
        check(&["@1700000000123"], Point::Time(1_700_000_000_123), None);
        check(&["@1700000000"], Point::Time(1_700_000_000_000), None);
        check(&["@2020-01-01"], Point::Time(1_577_836_800_000), None);
        check(
            &["@2020-01-01T00:00:01Z:2020-01-01T00:00:02Z"],
            Point::Time(1_577_836_801_000),
            Some(Point::Time(1_577_836_802_000)),
        );
        check(&["@-1h:@-30m"], Point::Time(NOW - 3_600_000), Some(Point::Time(NOW - 1_800_000)));
        check(&["@-1m:end"], Point::Time(NOW - 60_000), Some(Point::End));
        check(
            &["s@5000000000000", "e@6000000000000"],
            Point::Time(5_000_000_000_000),
            Some(Point::Time(6_000_000_000_000)),
        );
        for bad in ["x", "--3", "1:x", "@yesterday", "@-1y", "-", "stored"] {
            assert!(parse(&[bad.to_owned()], NOW).is_err(), "{bad}");
        }
    }
}
