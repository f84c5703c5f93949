//! The operator's command line: Kafka's stock tools by their names, and the decoders of ringlog's own files.
//!
//! Owner: one process. Called as `kafka-topics` (a link to it) or as `ringctl as kafka-topics` it is that tool, with
//! its options, text and exit status; otherwise it has verbs of its own.

mod client;
mod doctor;
mod files;
mod generate;
mod java;
mod kafka;
mod opts;
mod out;
mod records;
mod regex;
mod selftest;
mod text;
mod top;
mod verbs;
mod verdict;

use clap::{CommandFactory, Parser, Subcommand};
use opts::Stop;
use out::Out;
use records::consume::Consume;
use records::produce::Produce;
use selftest::Selftest;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use verbs::{Cluster, Config, Group, Topic};
use verdict::Verdicts;

/// Exit status of sysexits.h for a command line that cannot be done.
const EX_USAGE: u8 = 64;
/// Exit status of sysexits.h for a file that is not there.
const EX_NOINPUT: u8 = 66;
/// Exit status of sysexits.h for a cluster that is not as it should be.
const EX_UNAVAILABLE: u8 = 69;

/// Speaks to Kafka clusters and reads ringlog's files.
#[derive(Parser)]
#[command(name = "ringctl", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// text, or json: one object a line; with consume also from where to read (see there)
    #[arg(short = 'o', long, global = true, allow_hyphen_values = true)]
    output: Vec<String>,
    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a stock tool of Apache Kafka: `as kafka-topics --list ...`
    #[command(disable_help_flag = true)]
    As {
        /// The tool's name and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Topics: list, describe, create, grow, delete
    #[command(subcommand)]
    Topic(Topic),
    /// Consumer groups: list, describe, reset, delete
    #[command(subcommand)]
    Group(Group),
    /// Configs: describe, alter
    #[command(subcommand)]
    Config(Config),
    /// Sends what stands in standard input, by a format of rpk or delimiters of kcat
    Produce(Produce),
    /// Prints records, by a format of rpk or kcat
    Consume(Consume),
    /// Prints segments, indexes and snapshots; options are those of kafka-dump-log
    Log {
        /// The files, with commas between
        files: String,
        /// Options of kafka-dump-log
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
    /// Walks from the bootstrap address to every broker and partition, and says what is wrong
    Doctor,
    /// Writes, reads and commits in a topic of its own, and says whether that went as it must
    Selftest(Selftest),
    /// Shows what each core of a broker does, once a second
    Top {
        /// The broker's admin endpoint, HOST:PORT
        #[arg(long, default_value = "127.0.0.1:9644")]
        admin: String,
    },
    /// Writes completions or man pages
    #[command(hide = true)]
    Generate(generate::Generate),
    /// Prints the frames and entries of commit log files (DATA/cores/NN/commit-K.log)
    CommitLog {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Reads a whole data directory of a stopped broker and names what is damaged
    Verify {
        /// The data directory
        dir: PathBuf,
    },
    /// Prints checkpoints (DATA/cores/NN/checkpoint-a, -b)
    Checkpoint {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let mut words = std::env::args();
    let program = words.next().unwrap_or_default();
    let called = Path::new(&program).file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
    if let Some(tool) = called.strip_prefix("kafka-").and_then(kafka::find) {
        return ExitCode::from(kafka::run(tool, &words.collect::<Vec<_>>(), false));
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Nobody is left to hear that standard output is closed.
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { EX_USAGE } else { 0 });
        }
    };
    let (json, offsets) = match output(&cli) {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("ringctl: {why}");
            return ExitCode::from(EX_USAGE);
        }
    };
    run(cli, json, &offsets)
}

/// Whether `-o` asks for JSON, and what of it is an offset of `consume`.
fn output(cli: &Cli) -> Result<(bool, Vec<String>), String> {
    let (forms, offsets): (Vec<_>, Vec<_>) =
        cli.output.iter().cloned().partition(|o| matches!(o.as_str(), "json" | "text"));
    let json = forms.last().is_some_and(|o| o == "json");
    let acts = matches!(
        cli.command,
        Command::Topic(Topic::Create { .. } | Topic::Grow { .. } | Topic::Delete { .. })
            | Command::Group(Group::Delete { .. })
            | Command::Config(Config::Alter { .. })
            | Command::Generate(_)
    );
    match offsets.first() {
        Some(other) if !matches!(cli.command, Command::Consume(_)) => {
            Err(format!("-o {other} is neither text nor json"))
        }
        _ if json && acts => Err("-o json is for what lists, describes or checks".to_owned()),
        _ => Ok((json, offsets)),
    }
}

fn run(cli: Cli, json: bool, offsets: &[String]) -> ExitCode {
    let access = || client::Access::new(&cli.cluster.address(), "ringctl");
    match &cli.command {
        Command::As { words } => stock(words, json),
        Command::Topic(command) => ExitCode::from(verbs::topic(&cli.cluster, command, json)),
        Command::Group(command) => ExitCode::from(verbs::group(&cli.cluster, command, json)),
        Command::Config(command) => ExitCode::from(verbs::config(&cli.cluster, command, json)),
        Command::Produce(asked) => own(json, |out| asked.run(access(), json, out)),
        Command::Consume(asked) => own(json, |out| asked.run(access(), json, offsets, out)),
        Command::Log { files, options } => {
            if let Some((missing, why)) =
                files.split(',').find_map(|f| Some((f, std::fs::metadata(f).err()?)))
            {
                eprintln!(
                    "ringctl: {missing}: {why}; segments are DATA/TOPIC-PARTITION/*.log, indexes and snapshots lie beside them"
                );
                return ExitCode::from(EX_NOINPUT);
            }
            let words = vec!["dump-log".to_owned(), "--files".to_owned(), files.clone()];
            stock(&[words, options.clone()].concat(), json)
        }
        Command::Doctor => verdicts(json, |say| doctor::look(&access(), say)),
        Command::Selftest(asked) => verdicts(json, |say| selftest::run(asked, access(), say)),
        Command::Top { admin } => own(json, |out| Ok(top::run(admin, out)?)),
        Command::Generate(what) => generate::run(what, &mut Cli::command()),
        Command::CommitLog { files } => files::commit_logs(files, json),
        Command::Checkpoint { files } => files::checkpoints(files, json),
        Command::Verify { dir } => files::verify(dir, json),
    }
}

/// Runs a command that is no stock tool: a failure is said in one line.
fn own(json: bool, run: impl FnOnce(&mut Out) -> Result<(), Stop>) -> ExitCode {
    let mut out = Out::new(json);
    let status = match run(&mut out) {
        Ok(()) => 0,
        Err(Stop::Refused(why)) => {
            out.complain(why);
            EX_USAGE
        }
        Err(Stop::Failed(e)) => {
            out.complain(format!("ringctl: {}", e.message));
            1
        }
        Err(Stop::Exit(status)) => status,
        Err(Stop::Usage(why)) => {
            out.complain(format!("ringctl: {why}"));
            EX_USAGE
        }
        Err(Stop::Help | Stop::Version) => 0,
    };
    out.flush();
    ExitCode::from(status)
}

/// Runs checks; fails if one does.
fn verdicts(json: bool, run: impl FnOnce(&mut Verdicts<'_>)) -> ExitCode {
    let mut out = Out::new(json);
    let mut say = Verdicts::new(&mut out);
    run(&mut say);
    let faults = say.faults;
    out.flush();
    ExitCode::from(if faults == 0 { 0 } else { EX_UNAVAILABLE })
}

/// Runs the stock tool that the first of `words` names.
fn stock(words: &[String], json: bool) -> ExitCode {
    if words == ["--list"] {
        for tool in kafka::TOOLS {
            println!("{}", tool.name);
        }
        return ExitCode::SUCCESS;
    }
    let (name, args) = words.split_first().map_or(("", words), |(name, args)| (name.as_str(), args));
    match kafka::find(name) {
        Some(tool) => ExitCode::from(kafka::run(tool, args, json)),
        None => {
            let names: Vec<String> = kafka::TOOLS.iter().map(|t| format!("kafka-{}", t.name)).collect();
            eprintln!("ringctl: no tool named '{name}'; there are: {}", names.join(" "));
            ExitCode::from(EX_USAGE)
        }
    }
}
