//! The stock tools of Apache Kafka 4.3.1, by their names, options and texts.
//!
//! Owner: one process. Invariants: output, standard error and exit status are those of the Java tools, but for stack
//! traces (left out) and the words of `--help` (ours); an option that is not built is refused.

mod all_groups;
mod client_metrics;
mod cluster;
mod configs;
mod consume;
mod delete_records;
mod describe;
mod dump;
mod elect;
mod get_offsets;
mod groups;
mod produce;
mod reassign;
pub mod shape;
mod topics;
mod transactions;

pub use consume::{Joined, Print, read_as_member};
pub use describe::{BROKER, TOPIC, describe_configs};
pub use groups::time as when;
pub use produce::reader::Record;
pub use produce::sender::{Ack, Sender, Settings};

use crate::client::{Access, Failure};
use crate::opts::{Options, Spec, Stop, flag, help};
use crate::out::Out;
use std::time::Duration;

/// The release whose texts these are.
const RELEASE: &str = "4.3.1";
/// Exit status of sysexits.h for a command line that cannot be done.
const EX_USAGE: u8 = 64;

/// Options that every tool has.
const COMMON: &[Spec] = &[flag(&["help"], "Print this"), flag(&["version"], "Print the version")];

/// One tool.
pub struct Tool {
    /// Its name, without `kafka-`.
    pub name: &'static str,
    /// What it is for; printed above the help.
    pub about: &'static str,
    /// Its options.
    pub specs: &'static [Spec],
    /// What of it has JSON.
    pub json: Json,
    /// What it does.
    pub run: fn(&[String], &mut Out) -> Result<(), Stop>,
    /// How it says that it failed; it then ends with 1.
    pub on_failure: fn(&mut Out, &Failure, &[String]),
}

/// A tool's `on_failure` as several have it: the message, then the exception.
fn complain(out: &mut Out, failure: &Failure, _: &[String]) {
    // The first line is the message alone, without what it holds or what caused it.
    let first = failure.message.lines().next().unwrap_or_default();
    out.complain(format!("{first}\n{failure}\n"));
}

/// What of a tool `-o json` is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Json {
    /// Everything that it prints.
    All,
    /// What it does with one of these words on its command line.
    With(&'static [&'static str]),
    /// Nothing.
    None,
}

/// All tools.
pub const TOOLS: &[Tool] = &[
    all_groups::TOOL,
    client_metrics::TOOL,
    cluster::features::TOOL,
    cluster::identity::TOOL,
    cluster::log_dirs::TOOL,
    cluster::quorum::TOOL,
    cluster::versions::TOOL,
    configs::TOOL,
    consume::TOOL,
    delete_records::TOOL,
    dump::TOOL,
    elect::TOOL,
    get_offsets::TOOL,
    groups::TOOL,
    produce::TOOL,
    reassign::TOOL,
    topics::TOOL,
    transactions::TOOL,
];

/// The tool called `name`: `kafka-topics`, `kafka-topics.sh` or `topics`.
pub fn find(name: &str) -> Option<&'static Tool> {
    let bare = name.strip_suffix(".sh").unwrap_or(name);
    let bare = bare.strip_prefix("kafka-").unwrap_or(bare);
    TOOLS.iter().find(|t| t.name == bare)
}

/// Takes `-o json` and `-o text` out of a stock tool's command line; true for JSON.
///
/// The tools of Kafka have no option of that name.
fn output(args: &[String], mut json: bool) -> (Vec<String>, bool) {
    let mut left: Vec<String> = Vec::with_capacity(args.len());
    for word in args {
        match (left.last().map(String::as_str), word.as_str()) {
            (Some("-o"), form @ ("json" | "text")) => {
                json = form == "json";
                left.pop();
            }
            _ => left.push(word.clone()),
        }
    }
    (left, json)
}

/// Says that there is no JSON of what is asked for; `None` if there is.
fn without_json(tool: &Tool, args: &[String]) -> Option<String> {
    let name = tool.name;
    match tool.json {
        Json::All => None,
        Json::None => {
            Some(format!("ringctl: -o json is for what lists or describes; kafka-{name} does neither"))
        }
        Json::With(words) if args.iter().any(|a| words.contains(&a.as_str())) => None,
        Json::With(words) => Some(format!("ringctl: of kafka-{name}, -o json is for: {}", words.join(", "))),
    }
}

/// Runs `tool` for a command of ringctl's own and returns its exit status: what fails is said in one line.
pub fn run_verb(tool: &Tool, args: &[String], json: bool) -> u8 {
    let mut out = Out::new(json).of_verb();
    let status = match (tool.run)(args, &mut out) {
        Ok(()) => 0,
        Err(Stop::Exit(status)) => status,
        Err(Stop::Help | Stop::Version) => 0,
        Err(Stop::Usage(message) | Stop::Refused(message)) => {
            out.complain(format!("ringctl: {message}"));
            EX_USAGE
        }
        Err(Stop::Failed(failure)) => {
            out.complain(format!("ringctl: {}", plain(&failure.message)));
            1
        }
    };
    out.flush();
    status
}

/// The first line of a message, without the Java class in front of it.
fn plain(message: &str) -> &str {
    let line = message.lines().next().unwrap_or_default();
    match line.split_once(": ") {
        Some((class, rest))
            if !class.contains(' ') && class.contains('.') && class.ends_with("Exception") =>
        {
            rest
        }
        _ => line,
    }
}

/// Runs `tool` and returns its exit status. `json`: one object a line instead of its text.
pub fn run(tool: &Tool, args: &[String], json: bool) -> u8 {
    let (args, json) = output(args, json);
    let args = args.as_slice();
    let asks = args.iter().any(|a| a == "--help" || a == "--version");
    if let Some(why) = without_json(tool, args).filter(|_| json && !asks) {
        Out::new(false).complain(why);
        return EX_USAGE;
    }
    let mut out = Out::new(json && !asks);
    let status = match (tool.run)(args, &mut out) {
        Ok(()) => 0,
        Err(Stop::Exit(status)) => status,
        Err(Stop::Version) => {
            out.line(RELEASE);
            0
        }
        Err(Stop::Help) => {
            usage(tool, &mut out, tool.about);
            1
        }
        Err(Stop::Usage(message)) => {
            usage(tool, &mut out, &message);
            1
        }
        Err(Stop::Refused(message)) => {
            out.complain(message);
            EX_USAGE
        }
        Err(Stop::Failed(failure)) => {
            (tool.on_failure)(&mut out, &failure, args);
            1
        }
    };
    out.flush();
    status
}

fn usage(tool: &Tool, out: &mut Out, message: &str) {
    out.complain(message);
    out.complain(help(&[tool.specs, COMMON]).join("\n"));
}

/// Properties files have one `key=value` a line; `#` and `!` begin comments.
///
/// Errors: the file cannot be read.
pub fn properties(path: &str) -> Result<Vec<(String, String)>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::of_class("java.nio.file.NoSuchFileException", format!("{path} ({e})")))?;
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with(['#', '!']));
    Ok(lines
        .map(|line| {
            let (key, value) = line.split_once(['=', ':']).unwrap_or((line, ""));
            (key.trim().to_owned(), value.trim().to_owned())
        })
        .collect())
}

/// The text of a file that an option names.
///
/// Errors: it cannot be read.
fn read_file(path: &str) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|e| {
        let cause = match e.kind() {
            std::io::ErrorKind::NotFound => format!("java.nio.file.NoSuchFileException: {path}"),
            _ => format!("java.io.IOException: {path} ({e})"),
        };
        Failure::of_class("java.io.IOException", format!("Unable to read file {path}\nCaused by: {cause}"))
    })
}

/// How to reach the cluster that the options name; `config`: the option of the properties file, or nothing.
///
/// Errors: the properties ask for what this client does not have.
pub fn login(o: &Options, config: &str, bootstrap: &str) -> Result<Access, Stop> {
    let mut access = Access::new(o.one(bootstrap)?.unwrap_or_default(), "adminclient-1");
    Properties::of(o, &[config], &[])?.apply(&mut access)?;
    Ok(access)
}

/// Turns what is wrong with a command line into a message above the help, for the tools that print it so.
fn as_usage(stop: Stop) -> Stop {
    match stop {
        Stop::Failed(failure) => Stop::Usage(failure.message),
        other => other,
    }
}

/// `key=value`; without a sign the value is empty.
fn key_value(text: &str) -> (String, String) {
    let (key, value) = text.split_once('=').unwrap_or((text, ""));
    (key.to_owned(), value.to_owned())
}

/// `--bootstrap-server` must be there and a list of HOST:PORT.
fn check_bootstrap(o: &Options) -> Result<(), Stop> {
    let given = o.one("bootstrap-server").map_err(as_usage)?.unwrap_or_default();
    if given.is_empty() {
        return Err(Stop::Usage("Error while validating the bootstrap address\n".to_owned()));
    }
    let fits = |a: &str| {
        a.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    if !given.split(',').all(|a| fits(a.trim())) {
        return Err(Stop::Usage("Please provide valid host:port like host1:9091,host2:9092\n".to_owned()));
    }
    Ok(())
}

/// Configs of a Java client that say nothing to this one: how it reconnects, measures and buffers.
const WITHOUT_EFFECT: &[&str] = &[
    "buffer.memory",
    "client.dns.lookup",
    "client.rack",
    "connections.max.idle.ms",
    "delivery.timeout.ms",
    "enable.metrics.push",
    "key.deserializer",
    "key.serializer",
    "max.block.ms",
    "max.in.flight.requests.per.connection",
    "metadata.max.age.ms",
    "receive.buffer.bytes",
    "reconnect.backoff.max.ms",
    "reconnect.backoff.ms",
    "retries",
    "retry.backoff.max.ms",
    "retry.backoff.ms",
    "send.buffer.bytes",
    "socket.connection.setup.timeout.max.ms",
    "socket.connection.setup.timeout.ms",
    "value.deserializer",
    "value.serializer",
];

/// Configs of a Java client, as far as nobody has taken them.
pub struct Properties(Vec<(String, String)>);

impl Properties {
    /// From files, then from `key=value` options, the later ones winning.
    fn of(o: &Options, files: &[&str], pairs: &[&str]) -> Result<Self, Stop> {
        let mut all = Vec::new();
        for name in files {
            if let Some(path) = o.one(name)? {
                all.extend(properties(path)?);
            }
        }
        for name in pairs {
            all.extend(o.all(name).into_iter().map(key_value));
        }
        Ok(Self(all))
    }

    /// Takes `key` out and returns its value.
    fn take(&mut self, key: &str) -> Option<String> {
        let value = self.0.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.clone());
        self.0.retain(|(k, _)| k != key);
        value
    }

    /// Takes `key` out as a number.
    fn number<T: std::str::FromStr>(&mut self, key: &str, default: T) -> Result<T, Failure> {
        match self.take(key) {
            None => Ok(default),
            Some(text) => text.trim().parse().map_err(|_| {
                Failure::of_class(
                    "org.apache.kafka.common.config.ConfigException",
                    format!("Invalid value {text} for configuration {key}: Not a number of type INT"),
                )
            }),
        }
    }

    /// Takes `key` out as milliseconds.
    fn millis(&mut self, key: &str, default: u64) -> Result<Duration, Failure> {
        self.number(key, default).map(Duration::from_millis)
    }

    /// What concerns every client; what is left then is refused.
    fn apply(mut self, access: &mut Access) -> Result<(), Stop> {
        if let Some(id) = self.take("client.id") {
            access.client_id = id;
        }
        if let Some(list) = self.take("bootstrap.servers") {
            access.bootstrap = Access::new(&list, "").bootstrap;
        }
        let (request, all) = (access.request_timeout.as_millis() as u64, access.retry_for.as_millis() as u64);
        access.request_timeout = self.millis("request.timeout.ms", request)?;
        access.retry_for = self.millis("default.api.timeout.ms", all)?;
        match self.take("security.protocol") {
            None => {}
            Some(p) if p == "PLAINTEXT" => {}
            Some(p) => {
                return Err(Stop::Refused(format!(
                    "ringctl does not support security.protocol={p}: use a PLAINTEXT listener"
                )));
            }
        }
        match self.0.iter().find(|(k, _)| !WITHOUT_EFFECT.contains(&k.as_str())) {
            Some((key, value)) => Err(Stop::Refused(format!(
                "ringctl does not support the client config {key}={value}: leave it out"
            ))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_without_its_java_class() {
        assert_eq!(plain("org.apache.kafka.common.errors.XException: it is: so\nCaused by: y"), "it is: so");
        assert_eq!(plain("Cannot connect to a:1: refused"), "Cannot connect to a:1: refused");
    }
}
