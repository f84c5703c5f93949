//! The lists of all messages, as macros that take a macro.
//!
//! Owner: `emit`. Invariant: every message of the facts is in the list, every request in the list of requests.

use std::fmt::Write as _;

use crate::facts::Set;

/// `list.rs`.
pub fn emit(sets: &[Set]) -> String {
    let messages = || sets.iter().flat_map(|s| &s.messages);
    let mut all = String::new();
    for m in messages() {
        let _ = writeln!(all, "        $case!({});", m.name);
    }
    let mut requests: Vec<_> = messages().filter(|m| m.kind == "request").collect();
    requests.sort_by_key(|m| m.key);
    let mut by_key = String::new();
    for m in requests {
        let _ = writeln!(by_key, "            {}", m.name);
    }
    format!(
        "//! Lists of all messages, for code that treats them alike. Generated; not to be edited.\n\n\
         /// Calls a macro with every message type of `generated`, one at a time, in the order of the facts.\n\
         #[macro_export]\nmacro_rules! for_each_message {{\n    ($case:ident) => {{\n{all}    }};\n}}\n\n\
         /// Calls a macro once with all request types of `generated`, by API key.\n\
         #[macro_export]\nmacro_rules! with_all_requests {{\n    ($case:ident) => {{\n        \
         $case! {{\n{by_key}        }}\n    }};\n}}\n"
    )
}
