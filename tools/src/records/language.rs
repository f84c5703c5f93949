//! The words of rpk's formats: text, escapes, verbs with what stands behind them in braces.
//!
//! Owner: nobody, pure. What a verb means is decided by who prints (`print.rs`) or reads (`read.rs`).

use crate::text;

/// One word of a format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Word {
    /// As it stands.
    Text(Vec<u8>),
    /// A percent sign and a letter or sign, and what its braces hold.
    Verb(char, Option<String>),
}

/// Cuts `format` into words; neighbouring text is one word.
///
/// Errors: a verb without letter, braces that do not close, an escape that there is not.
pub fn words(format: &str) -> Result<Vec<Word>, String> {
    let mut out = Vec::new();
    let mut text = Vec::new();
    let mut rest = format;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = behind;
        match c {
            '\\' => {
                let (byte, taken) = text::escape(behind)?;
                text.push(byte);
                rest = behind.get(taken..).unwrap_or_default();
            }
            '%' => {
                let verb = behind.chars().next().ok_or("a percent sign at the end; write %% for one")?;
                rest = behind.get(verb.len_utf8()..).unwrap_or_default();
                if matches!(verb, '%' | '{' | '}') {
                    text.push(verb as u8);
                    continue;
                }
                if !text.is_empty() {
                    out.push(Word::Text(std::mem::take(&mut text)));
                }
                let (modifier, left) = braces(verb, rest)?;
                rest = left;
                out.push(Word::Verb(verb, modifier));
            }
            other => text.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    if !text.is_empty() {
        out.push(Word::Text(text));
    }
    Ok(out)
}

/// What stands in braces behind `verb`, and what is left behind them.
fn braces(verb: char, rest: &str) -> Result<(Option<String>, &str), String> {
    let Some(inner) = rest.strip_prefix('{') else { return Ok((None, rest)) };
    let open = || format!("the brace behind %{verb} is not closed");
    let end = if verb == 'h' { nested(inner) } else { plain(inner) }.ok_or_else(open)?;
    let (body, tail) = inner.split_at(end);
    Ok((Some(body.to_owned()), tail.get(1..).unwrap_or_default()))
}

/// Where the brace closes that holds a format of its own.
fn nested(inner: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut last = ' ';
    for (at, c) in inner.char_indices() {
        match (last, c) {
            // Escaped braces are text.
            ('%', '{' | '}' | '%') => {
                last = ' ';
                continue;
            }
            (_, '{') => depth += 1,
            (_, '}') if depth == 0 => return Some(at),
            (_, '}') => depth -= 1,
            _ => {}
        }
        last = c;
    }
    None
}

/// Where the brace closes that holds a name, and perhaps text in brackets of the writer's choice: `go##...##`, `go[[...]]`.
fn plain(inner: &str) -> Option<usize> {
    let at = inner.find(['}', '[', '{', '#'])?;
    let (_, rest) = inner.split_at(at);
    if rest.starts_with('}') {
        return Some(at);
    }
    let (_, closing) = fences(rest);
    let body = rest.get(closing.len()..)?;
    let found = body.find(&format!("{closing}}}"))?;
    Some(at + closing.len() + found + closing.len())
}

/// The fence that `text` opens with, and the one that closes it.
fn fences(text: &str) -> (&str, String) {
    let first = text.chars().next().filter(|c| matches!(c, '[' | '{' | '#'));
    let end = text.find(|c| Some(c) != first).unwrap_or(text.len());
    let opening = text.get(..end).unwrap_or_default();
    let mirror = |c| match c {
        '[' => ']',
        '{' => '}',
        other => other,
    };
    (opening, opening.chars().rev().map(mirror).collect())
}

/// The text in the brackets of `modifier` if it is `name[...]`, with whatever fence.
pub fn fenced<'a>(modifier: &'a str, name: &str) -> Option<&'a str> {
    let rest = modifier.strip_prefix(name)?;
    let (opening, closing) = fences(rest);
    if opening.is_empty() {
        return None;
    }
    rest.strip_prefix(opening)?.strip_suffix(closing.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verb(c: char, inner: &str) -> Word {
        Word::Verb(c, Some(inner.to_owned()))
    }

    #[test]
    fn verbs_braces_and_escapes() {
        let all = words(r"%k\t%%%{x%}%v{hex}%h{%k{hex}=%v%} }%d{strftime##[%Y}##}\x41").unwrap();
        assert_eq!(
            all,
            [
                Word::Verb('k', None),
                Word::Text(b"\t%{x}".to_vec()),
                verb('v', "hex"),
                verb('h', "%k{hex}=%v%} "),
                verb('d', "strftime##[%Y}##"),
                Word::Text(b"A".to_vec()),
            ]
        );
        assert_eq!(fenced("strftime##[%Y}##", "strftime"), Some("[%Y}"));
        assert_eq!(fenced("go[2006]", "go"), Some("2006"));
        assert_eq!(fenced("go", "go"), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |format: &str, why: &str| assert_eq!(words(format).unwrap_err(), why);
        check("%v{hex", "the brace behind %v is not closed");
        check("%h{%k", "the brace behind %h is not closed");
        check("%d{go[2006}", "the brace behind %d is not closed");
        check("%", "a percent sign at the end; write %% for one");
        check(r"\q", r"\q is no escape; there are \t \n \r \\ \xNN");
    }
}
