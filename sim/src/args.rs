//! The command line's words.
//!
//! Owner: `main`. Invariant: every word is known or refused, with the usage.

/// How long a hunt goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// Real minutes.
    Minutes(u64),
    /// Seeds.
    Seeds(u64),
}

/// What to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Job {
    /// Run this seed here.
    Replay(u64),
    /// Run seeds in children.
    Hunt(Span),
    /// Recover so many enumerated crash states.
    Crash(u64),
    /// The state of this seed with this number.
    CrashState(u64, u64),
    /// Hunt every planted bug, and print how many seeds each took.
    Catalogue,
    /// Be such a child: every `step`th seed from `from` on.
    Work {
        /// First seed.
        from: u64,
        /// Distance to the next.
        step: u64,
    },
}

/// The command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Args {
    /// What to do.
    pub job: Job,
    /// First seed of a hunt.
    pub from: u64,
    /// Children; 0 is one per processor.
    pub jobs: usize,
    /// Go on after a failure.
    pub keep_going: bool,
    /// Machine-readable output.
    pub json: bool,
    /// Narrate.
    pub verbose: bool,
    /// The bug to plant; for the catalogue those that it is about, with commas between.
    pub plant: Option<String>,
    /// Hunts of each bug of the catalogue.
    pub hunts: u64,
    /// Seconds behind which a bug of the catalogue, or a child, is given up; 0 is never.
    pub within_s: u64,
    /// Of the moments of a crash history one in so many is looked at.
    pub every: u64,
    /// Most combinations that are tried at such a moment.
    pub per_point: usize,
}

const USAGE: &str =
    "usage: ringlog-sim --seed S [-v] [-o json]         replay one seed, telling what happens with -v
       ringlog-sim --seeds N | --minutes N           hunt with seeds from --from F on (default: 1)
            [--from F] [--jobs J] [--keep-going] [-o json]
       ringlog-sim --crash [--states N]              recover N enumerated crash states (default: 1000000)
            [--every E] [--per-point P]              at one in E moments (default: 1), P of each (default: 256)
            [--from F] [--jobs J] [-o json]
       ringlog-sim --crash-state SEED:NUMBER         one of them again, with the same E and P
       ringlog-sim --catalogue                       find every planted bug (needs --features planted),
            [--hunts N] [--within S]                 each by N hunts (default: 3) in S seconds at most
            [--plant BUG,BUG] [--from F] [--jobs J]  or these; J side by side
       ... --plant BUG                               with this bug planted (needs --features planted)";

impl Args {
    /// Reads the words behind the program's name. Error: what to tell the user.
    pub fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut job, mut from, mut step) = (None, 1, None);
        let (mut jobs, mut keep_going, mut json, mut verbose) = (0, false, false, false);
        let (mut plant, mut hunts, mut within_s) = (None, 3, 0);
        let (mut states, mut every, mut per_point) = (1_000_000, 1, 256);
        let mut words = words;
        while let Some(word) = words.next() {
            let mut number = || -> Result<u64, String> {
                let value = words.next().ok_or_else(|| format!("{word} needs a number\n{USAGE}"))?;
                value.parse().map_err(|_| format!("{word} needs a number, not `{value}`\n{USAGE}"))
            };
            match word.as_str() {
                "--seed" => job = Some(Job::Replay(number()?)),
                "--seeds" => job = Some(Job::Hunt(Span::Seeds(number()?))),
                "--minutes" => job = Some(Job::Hunt(Span::Minutes(number()?))),
                "--from" => from = number()?,
                "--work-step" => step = Some(number()?),
                "--jobs" => jobs = usize::try_from(number()?).unwrap_or(0),
                "--crash" => job = Some(Job::Crash(states)),
                "--states" => states = number()?,
                "--every" => every = number()?.max(1),
                "--per-point" => per_point = usize::try_from(number()?).unwrap_or(usize::MAX),
                "--crash-state" => job = Some(state_of(words.next())?),
                "--catalogue" => job = Some(Job::Catalogue),
                "--hunts" => hunts = number()?,
                "--within" => within_s = number()?,
                "--plant" => plant = words.next(),
                "--keep-going" => keep_going = true,
                "-v" | "--verbose" => verbose = true,
                "-o" => match words.next().as_deref() {
                    Some("json") => json = true,
                    Some("text") => json = false,
                    _ => return Err(format!("-o knows json and text\n{USAGE}")),
                },
                other => return Err(format!("unknown word `{other}`\n{USAGE}")),
            }
        }
        if let Some(step) = step {
            job = Some(Job::Work { from, step });
        }
        let job = match job.ok_or(USAGE)? {
            Job::Crash(_) => Job::Crash(states),
            job => job,
        };
        Ok(Self { job, from, jobs, keep_going, json, verbose, plant, hunts, within_s, every, per_point })
    }
}

/// The two numbers that name a crash state.
fn state_of(word: Option<String>) -> Result<Job, String> {
    let word = word.unwrap_or_default();
    let numbers = word.split_once(':').map(|(a, b)| (a.parse(), b.parse()));
    let Some((Ok(seed), Ok(number))) = numbers else {
        return Err(format!("--crash-state needs SEED:NUMBER, not `{word}`\n{USAGE}"));
    };
    Ok(Job::CrashState(seed, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn words_are_known_or_refused() {
        assert_eq!(parse("--seed 7 -v").unwrap().job, Job::Replay(7));
        let hunt = parse("--minutes 2 --from 100 --jobs 3 -o json").unwrap();
        assert_eq!((hunt.job, hunt.from, hunt.jobs, hunt.json), (Job::Hunt(Span::Minutes(2)), 100, 3, true));
        assert_eq!(parse("--crash --states 50").unwrap().job, Job::Crash(50));
        assert_eq!(parse("--crash-state 7:427").unwrap().job, Job::CrashState(7, 427));
        let some = parse("--crash --every 16 --per-point 12").unwrap();
        assert_eq!((some.every, some.per_point, parse("--crash").unwrap().per_point), (16, 12, 256));
        let all = parse("--catalogue --hunts 2 --within 35 --jobs 4 --plant A,B").unwrap();
        assert_eq!((all.job, all.hunts, all.within_s, all.jobs), (Job::Catalogue, 2, 35, 4));
        assert_eq!((all.plant.as_deref(), parse("--catalogue").unwrap().hunts), (Some("A,B"), 3));
        assert!(parse("--crash-state 7").unwrap_err().contains("SEED:NUMBER"));
        assert!(parse("").unwrap_err().starts_with("usage"));
        assert!(parse("--seed x").unwrap_err().contains("not `x`"));
        assert!(parse("--sed 1").unwrap_err().contains("unknown word `--sed`"));
    }
}
