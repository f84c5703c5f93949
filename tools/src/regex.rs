//! The part of Java's regular expressions that names of topics need, matched against a whole name.
//!
//! Owner: one command. Invariants: matching is bounded in steps; what is not understood is refused, never guessed.
//! Has: literals, `.`, classes, groups, `|`, `*`, `+`, `?`, `{n,m}`, `\d \w \s \D \W \S`, escaped punctuation.

/// Steps that one match may take: catastrophic patterns end here.
const STEPS: usize = 1_000_000;

#[derive(Clone, Debug)]
enum Node {
    Char(char),
    Any,
    Class(Vec<(char, char)>, bool),
    Group(Vec<Vec<Node>>),
    Repeat(Box<Node>, usize, usize),
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regex(Vec<Vec<Node>>);

struct Parser<'a> {
    at: std::iter::Peekable<std::str::Chars<'a>>,
}

impl Regex {
    /// Reads `pattern`. Errors: what is not understood.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let mut p = Parser { at: pattern.chars().peekable() };
        let branches = p.branches()?;
        match p.at.next() {
            None => Ok(Self(branches)),
            Some(c) => Err(format!("Unmatched '{c}' in the pattern {pattern}")),
        }
    }

    /// True if the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut steps = 0;
        self.0.iter().any(|branch| run(branch, &text, 0, &mut steps, &mut |at| at == text.len()))
    }
}

impl Parser<'_> {
    fn branches(&mut self) -> Result<Vec<Vec<Node>>, String> {
        let mut all = Vec::new();
        let mut branch = Vec::new();
        loop {
            match self.at.peek().copied() {
                None | Some(')') => {
                    all.push(branch);
                    return Ok(all);
                }
                Some('|') => {
                    self.at.next();
                    all.push(std::mem::take(&mut branch));
                }
                Some(_) => {
                    let atom = self.atom()?;
                    let atom = self.repeated(atom)?;
                    branch.push(atom);
                }
            }
        }
    }

    fn atom(&mut self) -> Result<Node, String> {
        match self.at.next() {
            Some('.') => Ok(Node::Any),
            Some('(') => {
                if self.at.peek() == Some(&'?') {
                    self.at.next();
                    if self.at.next() != Some(':') {
                        return Err("Only plain groups and (?: are supported in patterns".to_owned());
                    }
                }
                let inner = self.branches()?;
                match self.at.next() {
                    Some(')') => Ok(Node::Group(inner)),
                    _ => Err("Unclosed group".to_owned()),
                }
            }
            Some('[') => self.class(),
            Some('\\') => self.escape(),
            Some(c @ ('*' | '+' | '?')) => Err(format!("Dangling meta character '{c}'")),
            // An anchor says nothing where the whole name must match; in the middle it would never match.
            Some('^' | '$') => Ok(Node::Group(vec![Vec::new()])),
            Some(c) => Ok(Node::Char(c)),
            None => Err("The pattern ends too early".to_owned()),
        }
    }

    fn escape(&mut self) -> Result<Node, String> {
        let word = vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
        let space = vec![(' ', ' '), ('\t', '\r')];
        match self.at.next() {
            Some('d') => Ok(Node::Class(vec![('0', '9')], false)),
            Some('D') => Ok(Node::Class(vec![('0', '9')], true)),
            Some('w') => Ok(Node::Class(word, false)),
            Some('W') => Ok(Node::Class(word, true)),
            Some('s') => Ok(Node::Class(space, false)),
            Some('S') => Ok(Node::Class(space, true)),
            Some(c) if !c.is_alphanumeric() => Ok(Node::Char(c)),
            Some(c) => Err(format!("The escape \\{c} is not supported in patterns")),
            None => Err("The pattern ends in a backslash".to_owned()),
        }
    }

    fn class(&mut self) -> Result<Node, String> {
        let negated = self.at.peek() == Some(&'^');
        if negated {
            self.at.next();
        }
        let mut ranges = Vec::new();
        loop {
            let low = match self.at.next() {
                Some(']') if !ranges.is_empty() => return Ok(Node::Class(ranges, negated)),
                Some('\\') => match self.escape()? {
                    Node::Char(c) => c,
                    Node::Class(inner, false) => {
                        ranges.extend(inner);
                        continue;
                    }
                    _ => return Err("This escape is not supported in a character class".to_owned()),
                },
                Some('[') => return Err("Nested character classes are not supported".to_owned()),
                Some(c) => c,
                None => return Err("Unclosed character class".to_owned()),
            };
            let mut ahead = self.at.clone();
            let high = match (ahead.next(), ahead.next()) {
                (Some('-'), Some(high)) if high != ']' => {
                    self.at = ahead;
                    high
                }
                _ => low,
            };
            if high < low {
                return Err("Illegal character range".to_owned());
            }
            ranges.push((low, high));
        }
    }

    fn repeated(&mut self, atom: Node) -> Result<Node, String> {
        let (low, high) = match self.at.peek().copied() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let text: String = self.at.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let number =
                    |s: &str| s.parse::<usize>().map_err(|_| format!("Illegal repetition {{{text}}}"));
                let (low, high) = match text.split_once(',') {
                    None => (number(&text)?, number(&text)?),
                    Some((low, "")) => (number(low)?, usize::MAX),
                    Some((low, high)) => (number(low)?, number(high)?),
                };
                return Ok(Node::Repeat(Box::new(atom), low, high));
            }
            _ => return Ok(atom),
        };
        self.at.next();
        Ok(Node::Repeat(Box::new(atom), low, high))
    }
}

/// Matches `nodes` from `at`, then asks `then` whether the rest may follow.
fn run(
    nodes: &[Node],
    text: &[char],
    at: usize,
    steps: &mut usize,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    *steps += 1;
    if *steps > STEPS {
        return false;
    }
    let Some((node, rest)) = nodes.split_first() else { return then(at) };
    let here = text.get(at).copied();
    match node {
        Node::Char(c) => here == Some(*c) && run(rest, text, at + 1, steps, then),
        Node::Any => here.is_some() && run(rest, text, at + 1, steps, then),
        Node::Class(ranges, negated) => {
            here.is_some_and(|c| ranges.iter().any(|(l, h)| (*l..=*h).contains(&c)) != *negated)
                && run(rest, text, at + 1, steps, then)
        }
        Node::Group(branches) => branches.iter().any(|branch| {
            let mut count = *steps;
            let ok = run(branch, text, at, &mut count, &mut |end| {
                let mut inner = *steps;
                let ok = run(rest, text, end, &mut inner, then);
                *steps = inner;
                ok
            });
            *steps = count.max(*steps);
            ok
        }),
        Node::Repeat(inner, low, high) => {
            let one = std::slice::from_ref(inner.as_ref());
            if *high > 0 {
                let next = Node::Repeat(
                    inner.clone(),
                    low.saturating_sub(1),
                    if *high == usize::MAX { *high } else { high - 1 },
                );
                let mut count = *steps;
                let ok = run(one, text, at, &mut count, &mut |end| {
                    // A repetition that takes nothing would go on for ever.
                    end > at && {
                        let mut inner = *steps + 1;
                        let mut tail = vec![next.clone()];
                        tail.extend_from_slice(rest);
                        let ok = run(&tail, text, end, &mut inner, then);
                        *steps = inner;
                        ok
                    }
                });
                *steps = count.max(*steps);
                if ok {
                    return true;
                }
            }
            *low == 0 && run(rest, text, at, steps, then)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        let check = |pattern: &str, text: &str, expect: bool| {
            assert_eq!(Regex::new(pattern).unwrap().matches(text), expect, "{pattern} on {text}");
        };
        check("plain", "plain", true);
        check("plain", "plainer", false);
        check("a.c", "abc", true);
        check(r"a\.c", "abc", false);
        check("dotted.*", "dotted.name", true);
        check("(a|b)+c?", "ababc", true);
        check("a|b", "b", true);
        check("[a-c]{2,3}", "abc", true);
        check("[a-c]{2,3}", "abca", false);
        check("[^0-9]*", "ab1", false);
        check(r"t\d+", "t42", true);
        check("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false);
        check("", "", true);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in ["(", "a)", "[a", "*a", "(?<=a)b", r"\p"] {
            assert!(Regex::new(bad).is_err(), "{bad}");
        }
    }
}
