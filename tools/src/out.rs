//! Standard output and standard error of a command.
//!
//! Owner: one command. Invariants: what was printed stands before what is complained about later; a reader that has
//! seen enough ends the command quietly; where JSON is asked for, standard output holds one object a line and nothing
//! else, and text goes to standard error.

use serde_json::Value;
use std::fmt::Display;
use std::io::{BufWriter, Stdout, Write};

/// Where a command prints.
pub struct Out {
    out: BufWriter<Stdout>,
    closed: bool,
    json: bool,
    verb: bool,
}

impl Out {
    /// The process's own. `json`: one object a line is asked for.
    pub fn new(json: bool) -> Self {
        Self { out: BufWriter::with_capacity(1 << 16, std::io::stdout()), closed: false, json, verb: false }
    }

    /// The same for a tool that runs as a command of ringctl's own: what fails is one line, and a status.
    pub fn of_verb(self) -> Self {
        Self { verb: true, ..self }
    }

    /// True where a tool runs as a command of ringctl's own.
    pub fn is_verb(&self) -> bool {
        self.verb
    }

    /// True where JSON is asked for.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// One JSON object, on a line of its own.
    pub fn object(&mut self, object: &Value) {
        self.closed |= writeln!(self.out, "{object}").is_err();
    }

    /// One line of text.
    pub fn line(&mut self, text: impl Display) {
        if self.json {
            return self.complain(text);
        }
        self.closed |= writeln!(self.out, "{text}").is_err();
    }

    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.closed |= self.out.write_all(bytes).is_err();
    }

    /// One line of standard error, behind everything printed so far.
    pub fn complain(&mut self, text: impl Display) {
        self.flush();
        // Nobody is left to hear that standard error is closed.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Text on standard error, without the end of the line.
    pub fn mutter(&mut self, text: impl Display) {
        self.flush();
        let _ = write!(std::io::stderr(), "{text}");
    }

    /// Lets everything out.
    pub fn flush(&mut self) {
        self.closed |= self.out.flush().is_err();
    }

    /// True if nobody reads any more.
    pub fn is_closed(&self) -> bool {
        self.closed
    }
}
