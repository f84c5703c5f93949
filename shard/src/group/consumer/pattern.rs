//! The patterns with which members subscribe.
//!
//! Owner: one heartbeat. Pure. Invariants: a pattern is bounded in length and in what it compiles to, and matching
//! is linear in the topic's name; a pattern matches whole names, as Kafka's do.

use super::heartbeat::Refusal;
use regex_lite::{Regex, RegexBuilder};
use ringlog_wire::ErrorCode;

/// Longest pattern, bytes.
const PATTERN_MAX: usize = 1024;
/// Most bytes that a compiled pattern may use.
const COMPILED_MAX: usize = 256 << 10;

/// Compiles a pattern. Errors: INVALID_REGULAR_EXPRESSION, with the reason.
pub fn compile(pattern: &str) -> Result<Regex, Refusal> {
    let refuse = |why: String| (ErrorCode::InvalidRegularExpression, why);
    if pattern.len() > PATTERN_MAX {
        return Err(refuse(format!("SubscribedTopicRegex has more than {PATTERN_MAX} bytes.")));
    }
    let whole = format!("^(?:{pattern})$");
    let compiled = RegexBuilder::new(&whole).size_limit(COMPILED_MAX).build();
    compiled.map_err(|e| {
        refuse(format!("SubscribedTopicRegex `{pattern}` is not a valid regular expression: {e}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        let p = compile("orders|foo.*").unwrap();
        assert!(p.is_match("orders") && p.is_match("foobar"));
        assert!(!p.is_match("orders2") && !p.is_match("xfoo"));
        for bad in ["(", "a{1000}{1000}{1000}", &"a".repeat(1025)] {
            assert_eq!(compile(bad).unwrap_err().0, ErrorCode::InvalidRegularExpression, "{bad}");
        }
    }
}
