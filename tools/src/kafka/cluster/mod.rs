//! Tools that look at brokers and at the cluster: versions, features, quorum, log directories, identity.
//!
//! Owner: one process each. Invariant: what is printed is what the Java tools print for the same answers.

pub mod features;
pub mod identity;
pub mod log_dirs;
pub mod quorum;
pub mod versions;

use super::complain;
use crate::opts::Stop;
use crate::out::Out;

/// Options of the tools that read their command line with argparse: before and behind the command.
pub struct Words {
    /// Values of options, by name.
    pub values: Vec<(String, String)>,
    /// Options without a value.
    pub flags: Vec<String>,
    /// The command.
    pub command: Option<String>,
}

impl Words {
    /// Reads `args`; `valued` and `flags` are the options' names.
    ///
    /// Errors: what is not recognized, in argparse's words behind `program`.
    pub fn read(args: &[String], valued: &[&str], flags: &[&str]) -> Result<Self, String> {
        let mut words = Self { values: Vec::new(), flags: Vec::new(), command: None };
        let mut rest = args.iter();
        while let Some(word) = rest.next() {
            let (name, inline) = match word.split_once('=') {
                Some((name, value)) if word.starts_with("--") => (name, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            let bare = name.trim_start_matches('-');
            if name.starts_with('-') && valued.contains(&bare) {
                let value = inline.or_else(|| rest.next().cloned());
                let value = value.ok_or_else(|| format!("argument --{bare}: expected one argument"))?;
                words.values.push((bare.to_owned(), value));
            } else if name.starts_with('-') && flags.contains(&bare) {
                words.flags.push(bare.to_owned());
            } else if !name.starts_with('-') && words.command.is_none() {
                words.command = Some(word.clone());
            } else {
                return Err(format!("unrecognized arguments: '{word}'"));
            }
        }
        Ok(words)
    }

    /// The last value of an option.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// True if an option without value was given.
    pub fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|f| f == name)
    }
}

/// Ends with argparse's form of a mistake.
pub fn mistake(out: &mut Out, program: &str, usage: &str, message: &str) -> Stop {
    out.complain(format!("usage: {program} {usage}\n{program}: error: {message}"));
    Stop::Exit(1)
}

/// The access that the words ask for.
pub fn access(words: &Words) -> Result<crate::client::Access, Stop> {
    let mut access =
        crate::client::Access::new(words.value("bootstrap-server").unwrap_or_default(), "adminclient-1");
    let mut configs = Vec::new();
    for option in ["command-config", "config"] {
        if let Some(path) = words.value(option) {
            configs.extend(super::properties(path)?);
        }
    }
    super::Properties(configs).apply(&mut access)?;
    Ok(access)
}
