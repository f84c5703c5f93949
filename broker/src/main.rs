//! `ringlog`: the program. Command line, configuration, boot; the cores' work is in `ringlog-shard`.
//!
//! Owner: the process. Invariants: an error that ends the program has a number and an exit status of 64, 69, 77
//! or 78; standard output carries the start lines, READY and STOPPED and nothing else, the log goes to standard
//! error.

mod admin;
mod boot;
mod check;
mod cli;
mod config;
mod cores;
mod dirs;
mod error;
mod log;
mod machine;
mod plan;
mod rt;
mod supervisor;

use clap::Parser;
use clap::error::ErrorKind;
use cli::{Cli, Command, LogFormat, Output};
use config::{Mode, Settings};
use error::{Exit, Failure};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

// The simulator's catalogue of bugs is for the simulator.
const _: () = assert!(!ringlog_storage::planted::ENABLED, "a broker is never built with planted bugs");

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return command_line(&e),
    };
    let json = wants_json(&cli.command);
    match run(cli.command) {
        Ok(code) => code,
        Err(failure) => {
            let text = if json { failure.to_json() } else { failure.to_string() };
            let _ = writeln!(std::io::stderr(), "{text}");
            ExitCode::from(failure.exit().status())
        }
    }
}

/// Help and version are answers; everything else is P001.
fn command_line(e: &clap::Error) -> ExitCode {
    if matches!(e.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = e.print();
        return ExitCode::SUCCESS;
    }
    if e.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = write!(std::io::stderr(), "error[P001]: a command is missing\n\n{e}");
        return ExitCode::from(Exit::Usage.status());
    }
    let text = e.to_string();
    let text = text.trim_start_matches("error: ");
    let _ = write!(std::io::stderr(), "error[P001]: {text}");
    ExitCode::from(Exit::Usage.status())
}

fn wants_json(command: &Command) -> bool {
    let common = match command {
        Command::Dev(dev) => &dev.common,
        Command::Start(start) => &start.common,
        Command::Check(check) => return check.output == Output::Json,
        Command::Config(cli::Config::Show(show)) => return show.of.output == Output::Json,
        Command::Config(cli::Config::Explain { output, .. }) => return *output == Output::Json,
        Command::Config(cli::Config::Schema) | Command::Explain { .. } => return false,
    };
    common.log_format == Some(LogFormat::Json)
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Dev(dev) => {
            let home = dirs::dev_home(variable);
            let settings = config::load(
                Mode::Dev { home: home.as_deref() },
                environment(),
                dev.data.as_deref(),
                &dev.common,
            )?;
            boot::run(&settings, boot::Start { dev: true, fresh: dev.fresh })
        }
        Command::Start(start) => {
            let mode = Mode::Start { config: &start.config };
            let settings = config::load(mode, environment(), start.data.as_deref(), &start.common)?;
            boot::run(&settings, boot::Start { dev: false, fresh: false })
        }
        Command::Check(check) => check_machine(&check),
        Command::Config(command) => {
            say(&match command {
                cli::Config::Show(show) => {
                    let (settings, _, plan) = planned(&show.of)?;
                    config::show(&settings, &plan, show.origin, show.of.output)
                }
                cli::Config::Explain { key, output } => config::explain(key.as_deref(), output)?,
                cli::Config::Schema => config::schema(),
            });
            Ok(ExitCode::SUCCESS)
        }
        Command::Explain { what } => {
            let text = match error::entry(&what) {
                Some(entry) => error::explain(entry),
                None if what.contains('.') => config::explain(Some(&what), Output::Text)?,
                None => {
                    return Err(Failure::new("P002", format!("there is no error `{what}`"))
                        .fix("docs/errors.md lists them; ringlog config explain lists the keys"));
                }
            };
            say(&text);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The settings, the machine, and what a start would make of both.
fn planned(of: &cli::Check) -> Result<(Settings, machine::Machine, plan::Plan), Failure> {
    let home: Option<PathBuf> = dirs::dev_home(variable);
    let mode = match &of.config {
        Some(config) => Mode::Start { config },
        None => Mode::Dev { home: home.as_deref() },
    };
    let settings: Settings = config::load(mode, environment(), of.data.as_deref(), &of.common)?;
    let machine = machine::Machine::read();
    let plan = plan::plan(&settings, &machine, of.config.is_none())?;
    Ok((settings, machine, plan))
}

fn check_machine(check: &cli::Check) -> Result<ExitCode, Failure> {
    let (settings, machine, _) = planned(check)?;
    let items = check::items(&settings, &machine);
    say(&check::render(&items, check.output));
    let failed = items.iter().find(|i| i.state == check::State::Fail);
    Ok(failed.and_then(check::Item::failure).map_or(ExitCode::SUCCESS, |f| ExitCode::from(f.exit().status())))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Only what is text: another program's odd variable is no reason to fail.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
}

/// Standard output, without an error where nobody reads it any more.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
