//! Lengths of time as people write them.
//!
//! Owner: the command line. Invariant: a length is finite and not negative.

/// Longest that is taken, seconds: a month.
const LONGEST: f64 = 31.0 * 86_400.0;

/// Seconds from `90`, `90s`, `1.5m`, `1h`, `2d`, `100ms`. Errors: what is needed.
pub fn seconds(text: &str) -> Result<f64, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
    let found = units.into_iter().find_map(|(unit, of)| Some((text.trim().strip_suffix(unit)?, of)));
    let (digits, of) = found.unwrap_or((text, 1.0));
    let read = digits.trim().parse::<f64>().ok().map(|n| n * of);
    read.filter(|s| (0.0..=LONGEST).contains(s)).ok_or_else(|| {
        format!("found {text:?}; need a length of time as 30, 30s, 5m, 1h or 100ms, a month at most")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_units() {
        for (text, expected) in
            [("30", 30.0), ("100ms", 0.1), ("1.5m", 90.0), ("1h", 3600.0), ("2d", 172_800.0)]
        {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in ["", "-1", "x", "1w", "inf", "nan", "32d"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
