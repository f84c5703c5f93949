//! Times of records as text: strftime's letters and Go's layouts, always UTC.
//!
//! Owner: nobody, pure. Invariant: a letter that is not known is refused when the format is read.

/// A time, taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Parts {
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    millis: u32,
    /// From Sunday.
    weekday: u32,
    /// From 1.
    of_year: u32,
    seconds: i64,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

fn split(ms: i64) -> Parts {
    let seconds = ms.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
    // Days from 0000-03-01 in eras of 400 years, so that the leap day is the last of its year.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let of_cycle = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_march = of_era - (365 * of_cycle + of_cycle / 4 - of_cycle / 100);
    let from_march = (5 * of_march + 2) / 153;
    let day = (of_march - (153 * from_march + 2) / 5 + 1) as u32;
    let month = ((from_march + 2) % 12 + 1) as u32;
    let year = of_cycle + era * 400 + i64::from(month <= 2);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let of_year = before.get(month as usize - 1).copied().unwrap_or(0) + day + u32::from(leap && month > 2);
    Parts {
        year,
        month,
        day,
        hour: of_day / 3600,
        minute: of_day / 60 % 60,
        second: of_day % 60,
        millis: ms.rem_euclid(1000) as u32,
        weekday: (days + 4).rem_euclid(7) as u32,
        of_year,
        seconds,
    }
}

fn name(names: &[&'static str], index: u32) -> &'static str {
    names.get(index as usize).copied().unwrap_or("?")
}

fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

fn half(hour: u32) -> u32 {
    if hour.is_multiple_of(12) { 12 } else { hour % 12 }
}

/// `ms` by one letter of strftime; `None` for a letter that there is not.
fn letter(c: char, p: &Parts) -> Option<String> {
    let month = name(&MONTHS, p.month - 1);
    let day = name(&DAYS, p.weekday);
    let two = |n: u32| format!("{n:02}");
    Some(match c {
        'Y' => p.year.to_string(),
        'C' => format!("{:02}", p.year / 100),
        'y' => format!("{:02}", p.year % 100),
        'm' => two(p.month),
        'd' => two(p.day),
        'e' => format!("{:2}", p.day),
        'H' => two(p.hour),
        'k' => format!("{:2}", p.hour),
        'I' => two(half(p.hour)),
        'l' => format!("{:2}", half(p.hour)),
        'M' => two(p.minute),
        'S' => two(p.second),
        'j' => format!("{:03}", p.of_year),
        'a' => short(day).to_owned(),
        'A' => day.to_owned(),
        'b' | 'h' => short(month).to_owned(),
        'B' => month.to_owned(),
        'p' => if p.hour < 12 { "AM" } else { "PM" }.to_owned(),
        'P' => if p.hour < 12 { "am" } else { "pm" }.to_owned(),
        's' => p.seconds.to_string(),
        'f' => format!("{:06}", p.millis * 1000),
        'u' => (if p.weekday == 0 { 7 } else { p.weekday }).to_string(),
        'w' => p.weekday.to_string(),
        'z' => "+0000".to_owned(),
        'Z' => "UTC".to_owned(),
        'n' => "\n".to_owned(),
        't' => "\t".to_owned(),
        '%' => "%".to_owned(),
        'F' => strftime_parts("%Y-%m-%d", p)?,
        'T' | 'X' => strftime_parts("%H:%M:%S", p)?,
        'R' => strftime_parts("%H:%M", p)?,
        'r' => strftime_parts("%I:%M:%S %p", p)?,
        'D' | 'x' => strftime_parts("%m/%d/%y", p)?,
        'c' => strftime_parts("%a %b %e %H:%M:%S %Y", p)?,
        _ => return None,
    })
}

fn strftime_parts(format: &str, p: &Parts) -> Option<String> {
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            out += &letter(chars.next()?, p)?;
        } else {
            out.push(c);
        }
    }
    Some(out)
}

/// `ms` since 1970 by strftime's letters. Errors: a letter that there is not, whatever the time.
pub fn strftime(format: &str, ms: i64) -> Result<String, String> {
    strftime_parts(format, &split(ms)).ok_or_else(|| {
        format!("strftime[{format}] has a letter that ringctl does not know; it knows a A b B c C d D e f F h H I j k l m M n p P r R s S t T u w x X y Y z Z %")
    })
}

/// Elements of Go's layouts, the longer before those that they begin with.
const LAYOUT: [(&str, &str); 27] = [
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("MST", "%Z"),
    ("2006", "%Y"),
    ("Z07:00", "Z"),
    ("Z0700", "Z"),
    ("Z07", "Z"),
    ("-07:00", "+00:00"),
    ("-0700", "%z"),
    ("-07", "+00"),
    ("002", "%j"),
    ("01", "%m"),
    ("02", "%d"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("15", "%H"),
    ("_2", "%e"),
    ("PM", "%p"),
    ("pm", "%P"),
    ("1", "month"),
    ("2", "day"),
    ("3", "hour"),
    ("4", "minute"),
];

/// `ms` since 1970 by a layout of Go's package time.
pub fn go(layout: &str, ms: i64) -> String {
    let p = split(ms);
    let mut out = String::new();
    let mut rest = layout;
    'next: while !rest.is_empty() {
        if let Some((digits, fixed)) = fraction(rest) {
            let all = format!("{:03}000000", p.millis);
            let text = all.get(..digits.min(9)).unwrap_or_default();
            let text = if fixed { text } else { text.trim_end_matches('0') };
            if !text.is_empty() {
                out.push('.');
                out += text;
            }
            rest = rest.get(1 + digits..).unwrap_or_default();
            continue;
        }
        for (element, means) in LAYOUT {
            if let Some(tail) = rest.strip_prefix(element) {
                out += &match means {
                    "month" => p.month.to_string(),
                    "day" => p.day.to_string(),
                    "hour" => half(p.hour).to_string(),
                    "minute" => p.minute.to_string(),
                    format => strftime_parts(format, &p).unwrap_or_default(),
                };
                rest = tail;
                continue 'next;
            }
        }
        if let Some(tail) = rest.strip_prefix('5') {
            out += &p.second.to_string();
            rest = tail;
            continue;
        }
        let c = rest.chars().next().unwrap_or_default();
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out
}

/// `.000` or `.999` at the front: how many digits, and whether zeros at the end stay.
fn fraction(rest: &str) -> Option<(usize, bool)> {
    let body = rest.strip_prefix(['.', ','])?;
    let digit = body.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let digits = body.chars().take_while(|c| *c == digit).count();
    let ends = body.chars().nth(digits).is_none_or(|c| !c.is_ascii_digit());
    ends.then_some((digits, digit == '0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_709_209_815_250; // 2024-02-29T12:30:15.250Z, a Thursday

    #[test]
    fn strftimes_letters() {
        let check = |format: &str, ms: i64, expect: &str| assert_eq!(strftime(format, ms).unwrap(), expect);
        check("%Y-%m-%dT%H:%M:%S%z", MS, "2024-02-29T12:30:15+0000");
        check(
            "%F %T.%f %a %A %b %B %j %p %I %y %s %%",
            MS,
            "2024-02-29 12:30:15.250000 Thu Thursday Feb February 060 PM 12 24 1709209815 %",
        );
        check("%F %R %u%w%e", -1, "1969-12-31 23:59 3331");
        check("%F", 951_782_400_000, "2000-02-29");
        check("%F %j", 4_107_542_400_000, "2100-03-01 060");
        assert!(strftime("%Q", 0).is_err());
    }

    #[test]
    fn gos_layouts() {
        let check = |layout: &str, expect: &str| assert_eq!(go(layout, MS), expect);
        check("2006-01-02T15:04:05.000Z07:00", "2024-02-29T12:30:15.250Z");
        check("Mon Jan _2 15:04:05.999 2006", "Thu Feb 29 12:30:15.25 2024");
        check("Monday, 02-Jan-06 15:04:05 MST", "Thursday, 29-Feb-24 12:30:15 UTC");
        check("1/2 3:4:5 PM -0700", "2/29 12:30:15 PM +0000");
    }
}
