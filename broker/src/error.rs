//! The numbered errors: what a person reads when the program cannot start or has to stop.
//!
//! Owner: the process. Invariant: a failure's code stands in the catalogue, which says how the process ends.

mod catalogue;

pub use catalogue::{entry, explain};

use std::fmt;

/// Why the process ends, as an exit status (the numbers of sysexits(3)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// 64: the command line is wrong.
    Usage,
    /// 69: something that is needed is not available now (port, directory, disk).
    Unavailable,
    /// 77: permission denied.
    Permission,
    /// 78: configuration or machine set-up is wrong.
    Config,
}

impl Exit {
    /// The exit status.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Usage => 64,
            Self::Unavailable => 69,
            Self::Permission => 77,
            Self::Config => 78,
        }
    }
}

/// An error that ends the program, in the form of `experience.md` section 3.
#[derive(Debug)]
pub struct Failure {
    /// `P012`; always in the catalogue.
    pub code: &'static str,
    /// What happened, one line.
    pub what: String,
    /// What was found, if that helps.
    pub found: Option<String>,
    /// What is needed instead.
    pub need: Option<String>,
    /// Lines to paste; the catalogue's if empty.
    pub fix: Vec<String>,
}

impl Failure {
    /// A failure with the catalogue's fix.
    #[must_use]
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        assert!(entry(code).is_some(), "error code {code} is in the catalogue");
        Self { code, what: what.into(), found: None, need: None, fix: Vec::new() }
    }

    /// Says what was found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says what is needed.
    #[must_use]
    pub fn need(mut self, need: impl Into<String>) -> Self {
        self.need = Some(need.into());
        self
    }

    /// Adds a line to paste, instead of the catalogue's.
    #[must_use]
    pub fn fix(mut self, line: impl Into<String>) -> Self {
        self.fix.push(line.into());
        self
    }

    /// How the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        entry(self.code).and_then(|e| e.exit).unwrap_or(Exit::Unavailable)
    }

    /// The same as one JSON object, for `--log-format json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!({
            "event": "error", "code": self.code, "what": self.what, "found": self.found,
            "need": self.need, "fix": self.fix_lines(), "exit": self.exit().status(),
        })
        .to_string()
    }

    fn fix_lines(&self) -> Vec<String> {
        if self.fix.is_empty() {
            entry(self.code).map_or_else(Vec::new, |e| e.fix.lines().map(str::to_owned).collect())
        } else {
            self.fix.clone()
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.what)?;
        match (&self.found, &self.need) {
            (Some(found), Some(need)) => write!(f, "\n  found   {found}      need  {need}")?,
            (Some(found), None) => write!(f, "\n  found   {found}")?,
            (None, Some(need)) => write!(f, "\n  need    {need}")?,
            (None, None) => {}
        }
        for (i, line) in self.fix_lines().iter().enumerate() {
            let label = if i == 0 { "fix     " } else { "        " };
            write!(f, "\n  {label}{line}")?;
        }
        write!(f, "\n  more    ringlog explain {}", self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_documented_one() {
        let e = Failure::new("P012", "locked-memory limit too low for 8 cores")
            .found("64 KiB (RLIMIT_MEMLOCK soft)")
            .need("at least 512 KiB")
            .fix("ulimit -l unlimited")
            .fix("LimitMEMLOCK=infinity");
        assert_eq!(
            e.to_string(),
            "error[P012]: locked-memory limit too low for 8 cores\n  \
             found   64 KiB (RLIMIT_MEMLOCK soft)      need  at least 512 KiB\n  \
             fix     ulimit -l unlimited\n          LimitMEMLOCK=infinity\n  more    ringlog explain P012"
        );
        assert_eq!(e.exit().status(), 78);
    }
}
