//! The rules for topic names.
//!
//! Owner: constant rules. Pure. Invariant: what passes can be a directory name and a metric name.
//! Source: the rules and messages of Apache Kafka 4.3.1.

use std::fmt::Write;

/// Longest name of a topic, bytes.
pub const TOPIC_NAME_MAX: usize = 249;

/// Topics that the broker itself writes.
#[must_use]
pub fn is_internal(name: &str) -> bool {
    matches!(name, "__consumer_offsets" | "__transaction_state" | "__share_group_state")
}

/// Checks a topic name. Errors: Kafka's message.
pub fn check_topic_name(name: &str) -> Result<(), String> {
    let mut why = "Topic name is invalid: ".to_owned();
    let bad = match name {
        "" => write!(why, "the empty string is not allowed"),
        "." => write!(why, "'.' is not allowed"),
        ".." => write!(why, "'..' is not allowed"),
        n if n.len() > TOPIC_NAME_MAX => {
            write!(why, "the length of '{n}' is longer than the max allowed length {TOPIC_NAME_MAX}")
        }
        n if n.bytes().any(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))) => {
            write!(
                why,
                "'{n}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
            )
        }
        _ => return Ok(()),
    };
    bad.map_err(|_| "Topic name is invalid".to_owned())?;
    Err(why)
}

/// A name as messages show it: one that no topic can have is cut, since a request may name it many times.
#[must_use]
pub fn shown(name: &str) -> &str {
    let end = (0..=name.len().min(TOPIC_NAME_MAX)).rev().find(|at| name.is_char_boundary(*at));
    name.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// The form under which names collide, because metrics do not tell '.' from '_'.
#[must_use]
pub fn collision_key(name: &str) -> String {
    name.replace('.', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_kafka_does() {
        for good in ["a", "a.b", "A_1-2", "__consumer_offsets", "...", &"x".repeat(249)] {
            assert_eq!(check_topic_name(good), Ok(()), "{good}");
        }
        let no = |name: &str| check_topic_name(name).unwrap_err();
        assert_eq!(no(""), "Topic name is invalid: the empty string is not allowed");
        assert_eq!(no(".."), "Topic name is invalid: '..' is not allowed");
        assert_eq!(
            no("a b"),
            "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        );
        assert!(no(&"x".repeat(250)).ends_with("is longer than the max allowed length 249"));
        assert_eq!(collision_key("a.b_c"), collision_key("a_b.c"));
        assert_eq!((shown("short"), shown(&"ä".repeat(300)).len()), ("short", 248));
    }
}
