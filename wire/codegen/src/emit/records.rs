//! The enums of records: one for the metadata log, a key and a value enum for each coordinator's log.
//!
//! Owner: `emit`. Invariant: a record type of the facts is a variant; no two share a number.

use std::fmt::Write as _;

use crate::facts::{Message, Set};

/// `records.rs`.
pub fn emit(sets: &[Set]) -> String {
    let mut out = String::from(
        "//! Records of the metadata log and of the coordinators' logs, by type. Generated; not to be edited.\n\n\
         use crate::message::Message;\nuse crate::reader::{DecodeError, Reader};\n\
         use crate::writer::{Encoded, Sink};\n\nuse super::*;\n",
    );
    for set in sets {
        let of = |kind: &str| {
            let mut list: Vec<&Message> = set.messages.iter().filter(|m| m.kind == kind).collect();
            list.sort_by_key(|m| m.key);
            list
        };
        match set.name.as_str() {
            "metadata" => record_enum(&mut out, "MetadataRecord", "Record", &of("metadata")),
            "group" | "transaction" | "share" => {
                let name = format!(
                    "{}{}",
                    set.name.get(..1).unwrap_or("").to_uppercase(),
                    set.name.get(1..).unwrap_or("")
                );
                record_enum(&mut out, &format!("{name}RecordKey"), "Key", &of("coordinator-key"));
                record_enum(&mut out, &format!("{name}RecordValue"), "Value", &of("coordinator-value"));
            }
            _ => {}
        }
    }
    out
}

fn record_enum(out: &mut String, name: &str, suffix: &str, messages: &[&Message]) {
    let arms = |f: &dyn Fn(&str, &Message) -> String| -> String {
        messages.iter().map(|m| format!("            {},\n", f(m.name.trim_end_matches(suffix), m))).collect()
    };
    let mut variants = String::new();
    for m in messages {
        let variant = m.name.trim_end_matches(suffix);
        let key = m.key.unwrap_or(-1);
        let _ = writeln!(
            variants,
            "    /// Type {key}, versions {}.\n    {variant}({}),",
            m.valid.print(),
            m.name
        );
    }
    let decode =
        arms(&|v, m| format!("{} => Self::{v}({}::decode(r, version)?)", m.key.unwrap_or(-1), m.name));
    let encode = arms(&|v, _| format!("Self::{v}(m) => m.encode(s, version)"));
    let kind = arms(&|v, m| format!("Self::{v}(_) => {}", m.key.unwrap_or(-1)));
    let versions = arms(&|v, m| format!("Self::{v}(_) => ({0}::MIN, {0}::MAX)", m.name));
    let _ = write!(
        out,
        "\n/// `{name}`: one variant per record type.\n#[derive(Clone, PartialEq, Debug)]\npub enum {name} {{\n{variants}}}\n\n\
         impl {name} {{\n    /// Reads the message of type `kind`. Errors: `UnknownType`, or the message's own.\n    \
         pub fn decode_as(kind: i16, r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {{\n        \
         Ok(match kind {{\n{decode}            _ => return Err(DecodeError::UnknownType(i32::from(kind))),\n        }})\n    }}\n\n    \
         /// Writes the message without its type and version. Errors: the message's own.\n    \
         pub fn encode_body(&self, s: &mut dyn Sink, version: i16) -> Encoded {{\n        match self {{\n{encode}        }}\n    }}\n\n    \
         /// The record type.\n    #[must_use]\n    pub fn kind(&self) -> i16 {{\n        match self {{\n{kind}        }}\n    }}\n\n    \
         /// The lowest and the highest version.\n    #[must_use]\n    pub fn versions(&self) -> (i16, i16) {{\n        match self {{\n{versions}        }}\n    }}\n}}\n"
    );
}
