//! Times of `--to-datetime` and `--by-duration`, as Java reads them.
//!
//! Owner: nobody, pure. Invariant: without a zone a time is UTC, as Kafka's tools have it.

use crate::client::Failure;

fn parse_error(message: impl Into<String>) -> Failure {
    Failure::of_class("java.text.ParseException", message)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Milliseconds of `yyyy-MM-ddTHH:mm:ss[.SSS][zone]`.
///
/// Errors: Java's ParseException.
pub fn datetime(text: &str) -> Result<i64, Failure> {
    let Some((date, time)) = text.split_once('T').filter(|(_, time)| !time.is_empty()) else {
        return Err(parse_error(
            "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format",
        ));
    };
    let bad = || parse_error(format!("Unparseable date: \"{text}\""));
    let number = |s: &str| s.parse::<i64>().map_err(|_| bad());
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let offset_min = match zone.get(..1) {
        Some("Z") => 0,
        Some(sign) => {
            let digits = zone.get(1..).unwrap_or_default().replace(':', "");
            let (hours, minutes) = digits.split_at_checked(2).ok_or_else(bad)?;
            let minutes = if minutes.is_empty() { 0 } else { number(minutes)? };
            (number(hours)? * 60 + minutes) * if sign == "-" { -1 } else { 1 }
        }
        None => 0,
    };
    let (clock, millis) = clock.split_once('.').unwrap_or((clock, "0"));
    let fields = |s: &str, by: char| s.split(by).map(number).collect::<Result<Vec<_>, _>>();
    let (date, clock) = (fields(date, '-')?, fields(clock, ':')?);
    let ([year, month, day], [hour, minute, second]) = (date.as_slice(), clock.as_slice()) else {
        return Err(bad());
    };
    let seconds = days(*year, *month, *day) * 86_400 + hour * 3600 + minute * 60 + second - offset_min * 60;
    Ok(seconds * 1000 + number(millis)?)
}

/// Milliseconds of an ISO 8601 duration, `PnDTnHnMnS`.
///
/// Errors: Java's DateTimeParseException.
pub fn duration(text: &str) -> Result<i64, Failure> {
    let bad = || {
        Failure::of_class("java.time.format.DateTimeParseException", "Text cannot be parsed to a Duration")
    };
    let upper = text.to_ascii_uppercase();
    let (negative, body) = match upper.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, upper.strip_prefix('+').unwrap_or(&upper)),
    };
    let body = body.strip_prefix('P').ok_or_else(bad)?;
    let (date, time) = body.split_once('T').unwrap_or((body, ""));
    if body.is_empty() || body.ends_with('T') {
        return Err(bad());
    }
    let mut millis = 0.0;
    for (part, units) in [
        (date, [("D", 86_400_000.0)].as_slice()),
        (time, &[("H", 3_600_000.0), ("M", 60_000.0), ("S", 1000.0)]),
    ] {
        let mut rest = part;
        for (unit, size) in units {
            if let Some((number, tail)) = rest.split_once(unit) {
                millis += number.parse::<f64>().map_err(|_| bad())? * size;
                rest = tail;
            }
        }
        if !rest.is_empty() {
            return Err(bad());
        }
    }
    let millis = millis as i64;
    Ok(if negative { -millis } else { millis })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_javas() {
        assert_eq!(datetime("1970-01-01T00:00:00.000").unwrap(), 0);
        assert_eq!(datetime("2020-01-01T00:00:00.000Z").unwrap(), 1_577_836_800_000);
        assert_eq!(datetime("2024-02-29T12:30:15.250+02:00").unwrap(), 1_709_202_615_250);
        assert_eq!(datetime("2024-02-29T12:30:15").unwrap(), 1_709_209_815_000);
        assert!(datetime("yesterday").unwrap_err().message.starts_with("Error parsing timestamp."));
        assert!(datetime("2020-01T00").is_err());
    }

    #[test]
    fn durations_are_iso_8601() {
        assert_eq!(duration("PT0S").unwrap(), 0);
        assert_eq!(duration("P1DT2H3M4.5S").unwrap(), 93_784_500);
        assert_eq!(duration("-PT1H").unwrap(), -3_600_000);
        for bad in ["", "P", "PT", "1H", "PT1X"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
