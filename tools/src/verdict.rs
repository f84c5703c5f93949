//! Lines that say of one check after the other whether it is as it should be: those of `doctor` and `selftest`.
//!
//! Owner: one command. Invariant: a line begins with `ok`, `warn` or `FAIL`; only the last makes the command fail.

use crate::out::Out;
use serde_json::{Value, json};

/// Prints verdicts and counts faults.
pub struct Verdicts<'a> {
    out: &'a mut Out,
    /// How many checks failed.
    pub faults: usize,
}

impl<'a> Verdicts<'a> {
    /// None yet.
    pub fn new(out: &'a mut Out) -> Self {
        Self { out, faults: 0 }
    }

    fn say(&mut self, verdict: &str, check: &str, text: String, values: Value) {
        if self.out.is_json() {
            let verdict = verdict.to_ascii_lowercase();
            self.out.object(&json!({"check": check, "verdict": verdict, "text": text, "values": values}));
        } else {
            self.out.line(format!("{verdict:<4} {text}"));
        }
        self.out.flush();
    }

    /// It is as it should be.
    pub fn ok(&mut self, check: &str, text: String) {
        self.say("ok", check, text, Value::Null);
    }

    /// It is as it should be, with figures for a program.
    pub fn measured(&mut self, check: &str, text: String, values: Value) {
        self.say("ok", check, text, values);
    }

    /// Nothing is broken, but somebody should know.
    pub fn warn(&mut self, check: &str, text: String) {
        self.say("warn", check, text, Value::Null);
    }

    /// It is not as it should be.
    pub fn fail(&mut self, check: &str, text: String) {
        self.faults += 1;
        self.say("FAIL", check, text, Value::Null);
    }
}
