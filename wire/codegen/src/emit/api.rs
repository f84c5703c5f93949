//! The table of APIs.
//!
//! Owner: `emit`. Invariant: every request has its response, with the same key and versions.

use std::fmt::Write as _;

use crate::facts::{Message, Set};

/// `api.rs`: the enum and the table behind it.
pub fn emit(sets: &[Set], release: &str) -> String {
    let all = || sets.iter().flat_map(|s| &s.messages);
    let mut requests: Vec<&Message> = all().filter(|m| m.kind == "request").collect();
    requests.sort_by_key(|m| m.key);
    let mut variants = String::new();
    let mut from = String::new();
    let mut table = String::new();
    let mut list = String::new();
    let mut walk = String::new();
    for request in requests {
        let name = request.name.trim_end_matches("Request");
        let key = request.key.expect("a request has an API key");
        let response = all()
            .find(|m| m.kind == "response" && m.key == request.key)
            .expect("every request has a response");
        assert_eq!((&response.valid, &response.flexible), (&request.valid, &request.flexible), "{name}");
        let _ =
            writeln!(variants, "    /// `{name}`, versions {}.\n    {name} = {key},", request.valid.print());
        let _ = writeln!(from, "            {key} => Self::{name},");
        let _ = writeln!(list, "    ApiKey::{name},");
        let _ =
            writeln!(walk, "            Self::{name} => walk::<{}>(body, version, owned_max),", request.name);
        let flexible = if request.flexible.is_empty() { i16::MAX } else { request.flexible.lo };
        let _ = writeln!(
            table,
            "            Self::{name} => ApiFacts::new(\"{name}\", ({}, {}, {}), {flexible}, ({}, {})),",
            request.valid.lo,
            request.valid.hi,
            request.valid.hi - i16::from(request.unstable),
            request.listeners.iter().any(|l| l == "broker"),
            request.listeners.iter().any(|l| l == "controller"),
        );
    }
    let count = list.lines().count();
    format!(
        "//! The APIs of Kafka {release}: keys, versions, listeners. Generated; not to be edited.\n\n\
         use bytes::Bytes;\n\n\
         use super::*;\nuse crate::api::ApiFacts;\nuse crate::reader::DecodeError;\nuse crate::view::{{Walked, walk}};\n\n\
         /// An API, by its key.\n\
         #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]\n#[repr(i16)]\n\
         pub enum ApiKey {{\n{variants}}}\n\n\
         /// All APIs by ascending key.\npub const ALL: [ApiKey; {count}] = [\n{list}];\n\n\
         impl TryFrom<i16> for ApiKey {{\n    type Error = DecodeError;\n\n    \
         fn try_from(key: i16) -> Result<Self, DecodeError> {{\n        Ok(match key {{\n{from}            \
         _ => return Err(DecodeError::UnknownType(i32::from(key))),\n        }})\n    }}\n}}\n\n\
         impl ApiKey {{\n    /// What the definitions say about the API.\n    \
         #[must_use]\n    pub const fn facts(self) -> ApiFacts {{\n        match self {{\n{table}        }}\n    }}\n\n    \
         /// Walks a request body, by its API. Arguments and errors are those of `view::check`.\n    \
         pub fn walk(self, body: &Bytes, version: i16, owned_max: usize) -> Result<Walked, DecodeError> {{\n        \
         match self {{\n{walk}        }}\n    }}\n}}\n"
    )
}
