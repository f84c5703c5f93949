//! Random values of every struct, compiled for tests and for the feature `samples` only.
//!
//! Owner: `emit`. Invariant: a sample sets only what its version carries, so that a round trip gives it back.

use std::fmt::Write as _;

use super::layout::{Shape, Type, condition, default_expr, field_name, optional, shapes, snake};
use crate::facts::{Field, Set};

/// `samples.rs`: `Sample` for every struct.
pub fn emit(sets: &[Set]) -> String {
    let mut out = String::from(
        "//! Random values of every message, for tests. Generated; not to be edited.\n\n\
         use crate::ids::Uuid;\nuse crate::sample::{Rng, Sample};\n\npub(crate) use crate::for_each_message;\n",
    );
    for m in sets.iter().flat_map(|s| &s.messages) {
        let module = snake(&m.name);
        for shape in shapes(m) {
            sample(&mut out, &module, &shape);
        }
    }
    out
}

fn sample(out: &mut String, module: &str, shape: &Shape<'_>) {
    let mut body = String::new();
    for f in shape.fields {
        let value = value(f, module, shape);
        let value = match condition(f.versions, shape.range, "v") {
            None => value,
            Some(c) => format!("if {c} {{ {value} }} else {{ {} }}", default(f, module)),
        };
        let value = match f.tag {
            Some(_) => format!("if g.one_in(3) {{ {} }} else {{ {value} }}", default(f, module)),
            None => value,
        };
        let _ = writeln!(body, "            {}: {value},", field_name(f));
    }
    let g = if body.contains('g') { "g" } else { "_g" };
    let v = if body.contains("v)") || body.contains("v ") { "v" } else { "_v" };
    let name = shape.name;
    let _ = write!(
        out,
        "\nimpl Sample for super::{module}::{name} {{\n    fn sample({g}: &mut Rng, {v}: i16) -> Self {{\n        \
         Self {{\n{body}        }}\n    }}\n}}\n"
    );
}

fn default(f: &Field, module: &str) -> String {
    match Type::parse(&f.ty) {
        Type::Struct(name) => default_expr(f).replace(&name, &format!("super::{module}::{name}")),
        _ => default_expr(f).replace("Bytes::new", "bytes::Bytes::new"),
    }
}

fn value(f: &Field, module: &str, shape: &Shape<'_>) -> String {
    let one = |ty: &Type| match ty {
        Type::Fixed { rust: "bool", .. } => "g.one_in(2)".into(),
        Type::Fixed { rust: "f64", .. } => "g.float64()".into(),
        Type::Fixed { rust: "Uuid", .. } => "g.uuid()".into(),
        Type::Fixed { rust: "i64", .. } => "g.number()".into(),
        Type::Fixed { rust, .. } => format!("g.number() as {rust}"),
        Type::String => "g.string()".into(),
        Type::Bytes => "g.bytes()".into(),
        Type::Struct(name) => format!("super::{module}::{name}::sample(g, v)"),
        Type::Array(_) => unreachable!("Kafka has no array of arrays"),
    };
    let value = match Type::parse(&f.ty) {
        Type::Array(element) => {
            let count = if matches!(*element, Type::Struct(_)) { "g.below(3)" } else { "g.count()" };
            format!("(0..{count}).map(|_| {}).collect()", one(&element))
        }
        ty => one(&ty),
    };
    if !optional(f) {
        return value;
    }
    match condition(f.nullable, f.versions.and(shape.range), "v").as_deref() {
        None => format!("if g.one_in(3) {{ None }} else {{ Some({value}) }}"),
        Some("false") => format!("Some({value})"),
        Some(c) => format!("if {c} && g.one_in(3) {{ None }} else {{ Some({value}) }}"),
    }
}
