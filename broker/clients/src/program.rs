//! How a loop begins and ends: the numbers that it is asked for, a directory, its exit status.
//!
//! Owner: the process. Invariants: what cannot go on is one line `error: ...` that says what was found and where to
//! look; the status is then 1, and 2 for a wrong command line. What the checker finds broken is its panic (101).

use crate::broker::Temp;
use std::process::ExitCode;

/// The status of a wrong command line.
const WRONG_WORDS: u8 = 2;

/// Runs the loop `name` with the numbers of the command line, in the order of `known`: names and defaults.
///
/// `run` has ended the broker when it returns. Its directory goes away unless it failed.
pub fn program<const N: usize>(
    name: &str,
    known: [(&str, u64); N],
    run: impl FnOnce([u64; N], &Temp) -> Result<ExitCode, String>,
) -> ExitCode {
    let words = std::env::args_os().skip(1).map(|w| w.to_string_lossy().into_owned());
    let asked = match numbers(words, known) {
        Ok(asked) => asked,
        Err(e) => {
            eprintln!("error: {e}");
            return ExitCode::from(WRONG_WORDS);
        }
    };
    let in_directory = |temp: Temp| {
        let status = run(asked, &temp)?;
        temp.remove();
        Ok(status)
    };
    Temp::new(name).and_then(in_directory).unwrap_or_else(|e| {
        eprintln!("error: {e}");
        ExitCode::FAILURE
    })
}

/// The number after `--name` among `words`, or its default, for each of `known`.
///
/// Errors: another word, or a value that is missing or no number: a loop that runs with another number than asked
/// says nothing.
fn numbers<const N: usize>(
    words: impl IntoIterator<Item = String>,
    known: [(&str, u64); N],
) -> Result<[u64; N], String> {
    let mut values = known.map(|(_, default)| default);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let found =
            known.iter().zip(&mut values).find(|((name, _), _)| word.strip_prefix("--") == Some(name));
        let Some((_, value)) = found else {
            let all = known.map(|(name, default)| format!("--{name} N ({default})")).join(", ");
            return Err(format!("{word:?} is no option; there are {all}"));
        };
        let number = words.next().ok_or_else(|| format!("{word} wants a number"))?;
        *value = number.parse().map_err(|_| format!("{word} {number}: not a number"))?;
    }
    Ok(values)
}

/// The number in environment variable `name`, or `default`. Errors: it is no number.
pub fn count(name: &str, default: usize) -> Result<usize, String> {
    let Some(value) = std::env::var_os(name) else { return Ok(default) };
    let number = value.to_str().and_then(|v| v.parse().ok());
    number.ok_or_else(|| format!("{name}={}: not a number", value.display()))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    fn check(words: &str, expect: Result<[u64; 2], &str>) {
        let asked = numbers(words.split_whitespace().map(str::to_owned), [("kills", 20), ("seed", 7)]);
        assert_eq!(asked, expect.map_err(str::to_owned), "{words}");
    }

    #[test]
    fn every_word_of_the_command_line_counts() {
        check("", Ok([20, 7]));
        check("--seed 1", Ok([20, 1]));
        check("--seed 1 --kills 3", Ok([3, 1]));
        check("--kills", Err("--kills wants a number"));
        check("--kills many", Err("--kills many: not a number"));
        check("--kills -1", Err("--kills -1: not a number"));
        check("--kils 3", Err("\"--kils\" is no option; there are --kills N (20), --seed N (7)"));
        check("3", Err("\"3\" is no option; there are --kills N (20), --seed N (7)"));
    }
}
