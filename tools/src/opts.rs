//! Command lines as the Java tools read them (jopt-simple), with its words for what is wrong with them.
//!
//! Owner: one command. Invariants: an option that is not in the table is refused; one that is in it but not built is
//! refused by name, never ignored; abbreviations are not taken, as the tools of Kafka 4 do not take them.

use crate::client::Failure;

/// How an option takes a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// None: its presence is all.
    Nothing,
    /// One, always.
    Value,
    /// One, if the next word is no option.
    Maybe,
    /// It is Kafka's, and not built here; the text says why or what to use.
    Unbuilt(&'static str),
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name, and other names of the same.
    pub names: &'static [&'static str],
    /// Whether it takes a value.
    pub takes: Takes,
    /// One line of help.
    pub help: &'static str,
}

/// An option without value.
pub const fn flag(names: &'static [&'static str], help: &'static str) -> Spec {
    Spec { names, takes: Takes::Nothing, help }
}
/// An option with a value.
pub const fn value(names: &'static [&'static str], help: &'static str) -> Spec {
    Spec { names, takes: Takes::Value, help }
}
/// An option whose value may be missing.
pub const fn maybe(names: &'static [&'static str], help: &'static str) -> Spec {
    Spec { names, takes: Takes::Maybe, help }
}
/// An option of Kafka that is refused.
pub const fn unbuilt(names: &'static [&'static str], why: &'static str) -> Spec {
    Spec { names, takes: Takes::Unbuilt(why), help: "Not supported" }
}

/// Why a command ends early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The command line does not fit together: the message, then the help; status 1.
    Usage(String),
    /// `--help`: the text, then the help; status 0.
    Help,
    /// `--version`.
    Version,
    /// It failed.
    Failed(Failure),
    /// An option that is Kafka's and not built: status 64.
    Refused(String),
    /// Everything is said; the status.
    Exit(u8),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What a command line says.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name (the first of its spec) and value, in order.
    given: Vec<(&'static str, Option<String>)>,
    /// Words that are no options.
    pub rest: Vec<String>,
}

fn optional(kind: &str, message: String) -> Stop {
    Stop::Failed(Failure::of_class(&format!("joptsimple.{kind}"), message))
}

/// Reads `args` by `specs`.
///
/// Errors: jopt-simple's, with its class and words; `Refused` for what is not built.
pub fn parse(specs: &[&[Spec]], args: &[String]) -> Result<Options, Stop> {
    let find = |name: &str| specs.iter().flat_map(|s| s.iter()).find(|s| s.names.contains(&name));
    let mut out = Options::default();
    let mut words = args.iter().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            out.rest.extend(words.by_ref().cloned());
            break;
        }
        let body = match word.strip_prefix("--").or_else(|| word.strip_prefix('-')) {
            Some(body) if !body.is_empty() => body,
            _ => {
                out.rest.push(word.clone());
                continue;
            }
        };
        let (name, inline) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (body, None),
        };
        let spec = find(name).ok_or_else(|| {
            // A single dash introduces a cluster of letters, of which the first unknown one is named.
            let shown = if word.starts_with("--") { name } else { name.get(..1).unwrap_or(name) };
            optional("UnrecognizedOptionException", format!("{shown} is not a recognized option"))
        })?;
        let first = spec.names.first().copied().unwrap_or_default();
        let value = match spec.takes {
            Takes::Unbuilt(why) => {
                return Err(Stop::Refused(format!("ringctl does not support --{name}: {why}")));
            }
            // A value behind an equals sign says nothing, as jopt-simple has it.
            Takes::Nothing => None,
            Takes::Value => match inline.or_else(|| words.next().cloned()) {
                None => {
                    return Err(optional(
                        "OptionMissingRequiredArgumentException",
                        format!("Option {} requires an argument", shown(spec)),
                    ));
                }
                some => some,
            },
            Takes::Maybe => {
                let free = words.peek().is_some_and(|next| !next.starts_with('-'));
                inline.or_else(|| if free { words.next().cloned() } else { None })
            }
        };
        out.given.push((first, value));
    }
    Ok(out)
}

/// jopt-simple's name of an option: all its names, sorted, in brackets where there are several.
fn shown(spec: &Spec) -> String {
    let mut names = spec.names.to_vec();
    names.sort_unstable();
    match names.as_slice() {
        [one] => (*one).to_owned(),
        _ => format!("[{}]", names.join(", ")),
    }
}

impl Options {
    /// True if `name` was given.
    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(n, _)| *n == name)
    }

    /// The options that were given, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.given.iter().map(|(name, _)| *name)
    }

    /// All values of `name`, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.given.iter().filter(|(n, _)| *n == name).filter_map(|(_, v)| v.as_deref()).collect()
    }

    /// The value of `name`. Errors: it was given more than once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Stop> {
        match self.all(name).as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => Err(optional(
                "MultipleArgumentsForOptionException",
                format!("Found multiple arguments for option {name}, but you asked for only one"),
            )),
        }
    }

    /// The value of `name` as a number. Errors: it is none, in jopt-simple's words.
    pub fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Stop> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        match text.parse() {
            Ok(n) => Ok(Some(n)),
            Err(_) => Err(optional(
                "OptionArgumentConversionException",
                format!("Cannot parse argument '{text}' of option {name}"),
            )),
        }
    }

    /// Ends with the help or the version, if they are asked for.
    pub fn help_or_version(&self) -> Result<(), Stop> {
        match (self.has("help"), self.has("version")) {
            (true, _) => Err(Stop::Help),
            (false, true) => Err(Stop::Version),
            _ => Ok(()),
        }
    }

    /// All of `names` must be given.
    pub fn require(&self, names: &[&str]) -> Result<(), Stop> {
        match names.iter().find(|name| !self.has(name)) {
            Some(missing) => Err(Stop::Usage(format!("Missing required argument \"[{missing}]\""))),
            None => Ok(()),
        }
    }

    /// `used` excludes all of `names`.
    pub fn exclude(&self, used: &str, names: &[&str]) -> Result<(), Stop> {
        if !self.has(used) {
            return Ok(());
        }
        match names.iter().find(|name| self.has(name)) {
            Some(other) => {
                Err(Stop::Usage(format!("Option \"[{used}]\" can't be used with option \"[{other}]\"")))
            }
            None => Ok(()),
        }
    }
}

/// Lines of help, sorted by name as the Java tools sort theirs; the words are ours.
pub fn help(specs: &[&[Spec]]) -> Vec<String> {
    let mut lines: Vec<String> = specs
        .iter()
        .flat_map(|s| s.iter())
        .map(|s| {
            let names = s.names.iter().map(|n| format!("--{n}")).collect::<Vec<_>>().join(", ");
            let takes = match s.takes {
                Takes::Value => " VALUE",
                Takes::Maybe => " [VALUE]",
                Takes::Nothing | Takes::Unbuilt(_) => "",
            };
            let why = match s.takes {
                Takes::Unbuilt(why) => format!(": {why}"),
                _ => String::new(),
            };
            format!("  {:<42} {}{why}", format!("{names}{takes}"), s.help)
        })
        .collect();
    lines.sort();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[Spec] =
        &[value(&["topic"], "t"), flag(&["list"], "l"), maybe(&["state"], "s"), unbuilt(&["zk"], "gone")];

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(ToOwned::to_owned).collect()
    }
    fn check(line: &str, message: &str) {
        match parse(&[SPECS], &words(line)) {
            Err(Stop::Failed(f)) => assert_eq!(f.message, message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_stand_behind_or_after_an_equals_sign() {
        let o = parse(&[SPECS], &words("--topic a --topic=b=c --list --state --list x")).unwrap();
        assert_eq!(o.all("topic"), ["a", "b=c"]);
        assert!(o.has("list") && o.has("state") && o.all("state").is_empty());
        assert_eq!(o.rest, ["x"]);
        let o = parse(&[SPECS], &words("--state Stable")).unwrap();
        assert_eq!(o.one("state").unwrap(), Some("Stable"));
    }

    #[test]
    fn mistakes_are_named_in_the_words_of_jopt_simple() {
        check("--nonsense", "nonsense is not a recognized option");
        check("--topic", "Option topic requires an argument");
        assert_eq!(
            parse(&[SPECS], &words("--zk x")).unwrap_err(),
            Stop::Refused("ringctl does not support --zk: gone".to_owned())
        );
        let twice = parse(&[SPECS], &words("--topic a --topic b")).unwrap();
        assert!(
            matches!(twice.one("topic"), Err(Stop::Failed(f)) if f.message.starts_with("Found multiple"))
        );
    }
}
