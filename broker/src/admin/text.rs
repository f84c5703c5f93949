//! Prometheus' text format: families, labels, values.
//!
//! Owner: one answer. Invariant: every family that is written is one of the documented `Series`, but for those that
//! clients name.

use std::fmt::{Display, Write};

/// The type of a family, by the convention of names.
#[must_use]
pub fn kind(name: &str) -> &'static str {
    if name.ends_with("_total") {
        "counter"
    } else if name.ends_with("_duration_seconds") {
        "histogram"
    } else {
        "gauge"
    }
}

/// A family of series of our own.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    /// Its name; the unit is its end.
    pub name: &'static str,
    /// Names of its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

impl Series {
    /// By the convention of names.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        kind(self.name)
    }
}

/// An answer that is being written.
#[derive(Default)]
pub struct Text(pub String);

impl Text {
    /// Begins a family.
    pub fn family(&mut self, series: &Series) {
        self.head(series.name, series.kind(), series.help);
    }

    /// Begins a family of any name.
    pub fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// One value, with its labels.
    pub fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (i, (label, text)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"", if i == 0 { '{' } else { ',' });
            for c in text.chars() {
                match c {
                    '\\' => self.0.push_str("\\\\"),
                    '"' => self.0.push_str("\\\""),
                    '\n' => self.0.push_str("\\n"),
                    c => self.0.push(c),
                }
            }
            self.0.push('"');
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }

    /// A value of `series`; `values`: of its labels, in their order.
    pub fn value(&mut self, series: &Series, values: &[&str], value: impl Display) {
        let labels: Vec<(&str, &str)> = series.labels.iter().copied().zip(values.iter().copied()).collect();
        self.line(series.name, &labels, value);
    }

    /// A family of one value without labels.
    pub fn single(&mut self, series: &Series, value: impl Display) {
        self.family(series);
        self.value(series, &[], value);
    }
}
