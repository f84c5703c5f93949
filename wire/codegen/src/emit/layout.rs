//! What the facts mean on the wire and in Rust: names, types, defaults, sizes, version conditions.
//!
//! Owner: `emit`. Invariant: everything here is a pure function of one message's facts.

use crate::facts::{Field, Message, Versions};

/// A wire type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// A number, bool or uuid.
    Fixed { rust: &'static str, call: &'static str, size: usize },
    /// A string.
    String,
    /// `bytes` and `records`.
    Bytes,
    /// A struct of the same message.
    Struct(String),
    /// An array of anything but arrays.
    Array(Box<Type>),
}

impl Type {
    /// Parses a type of the facts. Panics on one that Kafka does not have: the facts are ours.
    pub fn parse(text: &str) -> Self {
        if let Some(element) = text.strip_prefix("[]") {
            return Self::Array(Box::new(Self::parse(element)));
        }
        let (rust, call, size) = match text {
            "bool" => ("bool", "boolean", 1),
            "int8" => ("i8", "int8", 1),
            "int16" => ("i16", "int16", 2),
            "int32" => ("i32", "int32", 4),
            "int64" => ("i64", "int64", 8),
            "uint16" => ("u16", "uint16", 2),
            "uint32" => ("u32", "uint32", 4),
            "float64" => ("f64", "float64", 8),
            "uuid" => ("Uuid", "uuid", 16),
            "string" => return Self::String,
            "bytes" | "records" => return Self::Bytes,
            name => {
                assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "unknown type {name}");
                return Self::Struct(name.into());
            }
        };
        Self::Fixed { rust, call, size }
    }

    /// The Rust type, not counting `Option`.
    pub fn rust(&self) -> String {
        match self {
            Self::Fixed { rust, .. } => (*rust).into(),
            Self::String => "String".into(),
            Self::Bytes => "Bytes".into(),
            Self::Struct(name) => name.clone(),
            Self::Array(element) => format!("Vec<{}>", element.rust()),
        }
    }
}

/// A struct of a message, with the versions that can reach it.
pub struct Shape<'a> {
    /// Its name; the message's own for the root.
    pub name: &'a str,
    /// Versions in which it can occur.
    pub range: Versions,
    /// Its fields.
    pub fields: &'a [Field],
}

/// The root first, then every struct in order of appearance.
pub fn shapes(m: &Message) -> Vec<Shape<'_>> {
    let mut out = vec![Shape { name: &m.name, range: m.valid, fields: &m.fields }];
    nested(&m.fields, m.valid, &mut out);
    for s in &m.structs {
        let range = m.valid.and(s.versions);
        out.push(Shape { name: &s.name, range, fields: &s.fields });
        nested(&s.fields, range, &mut out);
    }
    out
}

fn nested<'a>(fields: &'a [Field], range: Versions, out: &mut Vec<Shape<'a>>) {
    for f in fields.iter().filter(|f| !f.fields.is_empty()) {
        let range = range.and(f.versions);
        out.push(Shape { name: f.ty.trim_start_matches("[]"), range, fields: &f.fields });
        nested(&f.fields, range, out);
    }
}

/// `versions` as a Rust condition inside `range`: `None` if always true. `name`: the version variable.
pub fn condition(versions: Versions, range: Versions, name: &str) -> Option<String> {
    let v = versions.and(range);
    if versions.covers(range) {
        None
    } else if v.is_empty() {
        Some("false".into())
    } else if v.lo == v.hi {
        Some(format!("{name} == {}", v.lo))
    } else if v.hi == range.hi {
        Some(format!("{name} >= {}", v.lo))
    } else if v.lo == range.lo {
        Some(format!("{name} <= {}", v.hi))
    } else {
        Some(format!("({}..={}).contains(&{name})", v.lo, v.hi))
    }
}

/// The condition as an expression: `true` where there is none.
pub fn condition_expr(versions: Versions, range: Versions, name: &str) -> String {
    condition(versions, range, name).unwrap_or_else(|| "true".into())
}

/// True if the struct `name` holds numbers only: nothing in it is on the heap, or could be borrowed.
pub fn is_plain(shapes: &[Shape<'_>], name: &str) -> bool {
    let shape = shapes.iter().find(|s| s.name == name);
    shape.is_some_and(|s| {
        s.fields.iter().all(|f| match Type::parse(&f.ty) {
            Type::Fixed { .. } => true,
            Type::Struct(inner) => is_plain(shapes, &inner),
            _ => false,
        })
    })
}

/// True if the field is an `Option` in Rust.
pub fn optional(f: &Field) -> bool {
    !f.nullable.is_empty()
}

/// True if the default is null: stated, or of type `records`, where Kafka's is always null.
pub fn default_null(f: &Field) -> bool {
    optional(f) && (f.default.as_deref() == Some("null") || f.ty == "records")
}

/// The default as a Rust expression.
pub fn default_expr(f: &Field) -> String {
    if default_null(f) {
        return "None".into();
    }
    let text = f.default.as_deref();
    let value = match Type::parse(&f.ty) {
        Type::Fixed { rust: "bool", .. } => text.unwrap_or("false").into(),
        Type::Fixed { rust: "f64", .. } => format!("{}_f64", text.unwrap_or("0")),
        Type::Fixed { rust: "Uuid", .. } => {
            assert!(text.is_none(), "{} has a uuid default", f.name);
            "Uuid::ZERO".into()
        }
        Type::Fixed { .. } => match text.unwrap_or("0") {
            "0x7fffffff" => "i32::MAX".into(),
            "-2147483648" => "i32::MIN".into(),
            "9223372036854775807" => "i64::MAX".into(),
            number => {
                assert!(number.parse::<i64>().is_ok(), "{} has default {number}", f.name);
                number.into()
            }
        },
        Type::String => {
            assert!(text.is_none(), "{} has default {text:?}", f.name);
            "String::new()".into()
        }
        Type::Bytes => "Bytes::new()".into(),
        Type::Struct(name) => format!("{name}::default()"),
        Type::Array(_) => "Vec::new()".into(),
    };
    if optional(f) { format!("Some({value})") } else { value }
}

/// True if `Default::default()` of the Rust type is the default.
pub fn default_is_rusts(f: &Field) -> bool {
    matches!(
        default_expr(f).as_str(),
        "None" | "false" | "0" | "0_f64" | "Uuid::ZERO" | "String::new()" | "Bytes::new()" | "Vec::new()"
    ) || (!optional(f) && matches!(Type::parse(&f.ty), Type::Struct(_)))
}

/// A Rust condition: the field differs from its default. `place`: for example `self.x`.
pub fn differs(f: &Field, place: &str) -> String {
    let default = default_expr(f);
    match (default.as_str(), Type::parse(&f.ty)) {
        ("None", _) => format!("{place}.is_some()"),
        ("true", _) => format!("!{place}"),
        ("false", _) => place.into(),
        ("Uuid::ZERO", _) => format!("!{place}.is_zero()"),
        ("String::new()" | "Bytes::new()" | "Vec::new()", _) => format!("!{place}.is_empty()"),
        (_, Type::Struct(_)) if optional(f) => {
            format!("{place}.as_ref() != Some(&Default::default())")
        }
        (_, Type::String | Type::Bytes | Type::Array(_)) => {
            format!("{place}.as_ref().is_none_or(|v| !v.is_empty())")
        }
        (value, _) => format!("{place} != {value}"),
    }
}

/// The fewest bytes of `ty` on the wire in `version`.
pub fn smallest(m: &Message, shapes: &[Shape<'_>], ty: &Type, version: i16) -> usize {
    let flexible = m.flexible.contains(version);
    match ty {
        Type::Fixed { size, .. } => *size,
        Type::String => 2 - usize::from(flexible),
        Type::Bytes | Type::Array(_) => 4 - 3 * usize::from(flexible),
        Type::Struct(name) => {
            let shape =
                shapes.iter().find(|s| s.name == name).expect("every struct is defined in its message");
            let fields = shape.fields.iter().filter(|f| f.versions.contains(version));
            let plain = fields.filter(|f| !f.tag.is_some_and(|(_, v)| v.contains(version)));
            let sum: usize = plain
                .map(|f| match Type::parse(&f.ty) {
                    Type::Struct(_) if f.nullable.contains(version) => 1,
                    ty => smallest(m, shapes, &ty, version),
                })
                .sum();
            sum + usize::from(flexible)
        }
    }
}

/// `smallest` as a Rust expression over the versions of `range`.
pub fn smallest_expr(m: &Message, shapes: &[Shape<'_>], ty: &Type, range: Versions) -> String {
    let mut runs: Vec<(i16, usize)> = Vec::new();
    for version in range.lo..=range.hi {
        let size = smallest(m, shapes, ty, version);
        match runs.last_mut() {
            Some((last, same)) if *same == size => *last = version,
            _ => runs.push((version, size)),
        }
    }
    let Some((_, final_size)) = runs.pop() else { return "1".into() };
    let mut out = String::new();
    for (last, size) in runs {
        out.push_str(&format!("if version <= {last} {{ {size} }} else "));
    }
    if out.is_empty() { final_size.to_string() } else { format!("{out}{{ {final_size} }}") }
}

/// `CamelCase` or `camelCase` to `snake_case`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|b| chars.get(b));
        let after = chars.get(i + 1);
        let word_starts = before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit())
            || (before.is_some_and(|b| b.is_uppercase()) && after.is_some_and(|a| a.is_lowercase()));
        if c.is_uppercase() && word_starts {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// A field's name in Rust.
pub fn field_name(f: &Field) -> String {
    match snake(&f.name).as_str() {
        "type" => "r#type".into(),
        "match" => "r#match".into(),
        name => name.into(),
    }
}
