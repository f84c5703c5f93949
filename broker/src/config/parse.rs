//! Text to values: sizes, addresses, CPU lists, switches.
//!
//! Pure. Invariants: every error says what is accepted; nothing is clamped silently.

use std::fmt;

/// A host and a port as a person wrote them; resolved only when used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostPort {
    /// Name or address; IPv6 without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl HostPort {
    /// From parts.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port }
    }

    /// Parses `HOST:PORT` or `[IPv6]:PORT`.
    pub fn parse(s: &str) -> Result<Self, String> {
        let bad = || format!("`{s}` is not HOST:PORT (an IPv6 host goes in brackets)");
        let (host, port) = s.rsplit_once(':').ok_or_else(bad)?;
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        let beyond = || if digits { format!("`{s}`: a port is at most 65535") } else { bad() };
        let port = port.parse().map_err(|_| beyond())?;
        let host = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(v6) => v6,
            None if host.contains(':') => return Err(bad()),
            None => host,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
        // A KRaft endpoint's host travels as an int16-length string.
        if host.is_empty() || host.len() > 255 || !host.chars().all(plain) {
            return Err(bad());
        }
        Ok(Self::new(host, port))
    }

    /// True for 0.0.0.0, :: and the like: an address to listen on, not to connect to.
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        self.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_unspecified())
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// Bytes from `4096`, `512KiB`, `2GiB`, `2G` (binary), `2GB` (decimal).
pub fn size(s: &str) -> Result<u64, String> {
    let bad = || format!("`{s}` is not a size (4096, 512MiB, 2GiB, 2G)");
    let digits = s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let (number, unit) = s.split_at_checked(digits).ok_or_else(bad)?;
    let number: u64 = number.parse().map_err(|_| bad())?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(bad()),
    };
    number.checked_mul(factor).ok_or_else(bad)
}

/// Bytes as a person reads them.
#[must_use]
pub fn show_size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (name, unit) in UNITS {
        if bytes >= unit {
            let tenths = bytes / (unit / 10).max(1);
            let (whole, tenth) = (tenths / 10, tenths % 10);
            return if tenth == 0 || whole >= 100 {
                format!("{whole} {name}")
            } else {
                format!("{whole}.{tenth} {name}")
            };
        }
    }
    format!("{bytes} B")
}

/// A list of numbers in the form of cpuset(7): `0-3,8`. Sorted, without duplicates.
pub fn cpu_list(s: &str) -> Result<Vec<u16>, String> {
    let bad = || format!("`{s}` is not a list of numbers such as 0-3,8");
    let mut out = Vec::new();
    for part in s.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let from: u16 = from.trim().parse().map_err(|_| bad())?;
        let to: u16 = to.trim().parse().map_err(|_| bad())?;
        if from > to || to >= CPU_MAX {
            return Err(bad());
        }
        out.extend(from..=to);
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// CPUs and cores are numbered below this (the kernel's own largest).
const CPU_MAX: u16 = 8192;

/// A list of numbers as `cpu_list` reads it, shortest form.
#[must_use]
pub fn show_cpu_list(cpus: &[u16]) -> String {
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for &cpu in cpus {
        match parts.last_mut() {
            Some((_, end)) if *end + 1 == cpu => *end = cpu,
            _ => parts.push((cpu, cpu)),
        }
    }
    let show = |&(a, b): &(u16, u16)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    parts.iter().map(show).collect::<Vec<_>>().join(",")
}

/// `true` or `false`.
pub fn switch(s: &str) -> Result<bool, String> {
    match s {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{s}` is neither true nor false")),
    }
}

/// A number between `min` and `max`.
pub fn number(s: &str, min: u64, max: u64) -> Result<u64, String> {
    match s.parse::<u64>() {
        Ok(n) if (min..=max).contains(&n) => Ok(n),
        _ => Err(format!("`{s}` is not a number from {min} to {max}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("2GiB"), Ok(2 << 30));
        assert_eq!(size("2g"), Ok(2 << 30));
        assert_eq!(size("3GB"), Ok(3_000_000_000));
        for bad in ["", "GiB", "1.5G", "-1", "2XB", "99999999999999999999", "18446744073709551615K"] {
            assert!(size(bad).is_err(), "{bad}");
        }
        assert_eq!(show_size(8 << 20), "8 MiB");
        assert_eq!(show_size((3 << 30) / 2), "1.5 GiB");
        assert_eq!(show_size(100), "100 B");
    }

    #[test]
    fn addresses() {
        assert_eq!(HostPort::parse("[::1]:9092"), Ok(HostPort::new("::1", 9092)));
        assert_eq!(HostPort::parse("[::1]:9092").map(|h| h.to_string()), Ok("[::1]:9092".into()));
        for bad in ["9092", "host", "host:", "host:70000", ":9092", "::1:9092", "a b:1"] {
            assert!(HostPort::parse(bad).is_err(), "{bad}");
        }
        assert!(HostPort::parse("0.0.0.0:1").is_ok_and(|h| h.is_unspecified()));
        assert!(HostPort::parse("[::]:1").is_ok_and(|h| h.is_unspecified()));
        assert!(HostPort::parse("h:1").is_ok_and(|h| !h.is_unspecified()));
    }

    #[test]
    fn lists() {
        assert_eq!(cpu_list("0-2,8,2"), Ok(vec![0, 1, 2, 8]));
        assert_eq!(show_cpu_list(&[0, 1, 2, 8]), "0-2,8");
        for bad in ["", "a", "3-1", "1,", "0-99999"] {
            assert!(cpu_list(bad).is_err(), "{bad}");
        }
    }
}
