//! One message as Rust: structs with their defaults, encoders, traits; how it is read is in `read`.
//!
//! Owner: `emit`. Invariant: the encoder writes the fields in the order in which the decoder reads them,
//! under the same version conditions.

use std::fmt::Write as _;

use super::layout::{
    Shape, Type, condition, condition_expr, default_expr, default_is_rusts, default_null, differs,
    field_name, is_plain, optional, shapes,
};
use super::read::{Form, argument};
use crate::facts::{Field, Message, Versions};

/// Writes a line with indentation: `line!(out, 2, "x = {}", y)`.
macro_rules! line {
    ($out:expr, $depth:expr, $($arg:tt)*) => {{
        let _ = write!($out, "{:1$}", "", $depth * 4);
        let _ = writeln!($out, $($arg)*);
    }};
}
pub(super) use line;

/// The file of one message.
pub fn message(m: &Message) -> String {
    let shapes = shapes(m);
    let mut body = String::new();
    for shape in &shapes {
        definition(&mut body, m, shape);
        defaults(&mut body, shape);
        codec(&mut body, m, shape, &shapes);
    }
    if m.kind == "request" {
        for shape in &shapes {
            Codec { m, shape, shapes: &shapes }.view(&mut body);
        }
    }
    traits(&mut body, m);
    format!("{}{}{body}", head(m), uses(&body))
}

fn head(m: &Message) -> String {
    let key = m.key.map(|k| format!(", key {k}")).unwrap_or_default();
    let valid = m.valid.print();
    let flexible = match m.flexible {
        v if v.is_empty() => "never flexible".into(),
        v => format!("flexible {}", v.print()),
    };
    let unstable = if m.unstable { ", the highest unstable" } else { "" };
    format!(
        "//! `{}`: {}{key}, versions {valid}{unstable}, {flexible}. Generated; not to be edited.\n\n",
        m.name, m.kind
    )
}

fn uses(body: &str) -> String {
    let mut out = String::new();
    // Doc lines name Kafka's fields, which may contain a type's name.
    let code: Vec<&str> = body.lines().filter(|l| !l.trim_start().starts_with("///")).collect();
    let code = code.join("\n");
    let named = |wanted: &str| code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == wanted);
    if named("Bytes") {
        out.push_str("use bytes::Bytes;\n\n");
    }
    if named("ApiKey") {
        out.push_str("use crate::api::ApiKey;\n");
    }
    if named("Uuid") {
        out.push_str("use crate::ids::Uuid;\n");
    }
    out.push_str("use crate::message::Message;\n");
    out.push_str("use crate::reader::{DecodeError, Reader, check_version};\n");
    if named("View") {
        let array = if named("ArrayView") { "{ArrayView, View}" } else { "View" };
        let _ = writeln!(out, "use crate::view::{array};");
    }
    out.push_str("use crate::writer::{EncodeError, Encoded, Sink};\n");
    if body.contains("writer::") {
        out.push_str("use crate::writer;\n");
    }
    out
}

fn rust_type(f: &Field) -> String {
    let inner = Type::parse(&f.ty).rust();
    if optional(f) { format!("Option<{inner}>") } else { inner }
}

fn definition(out: &mut String, m: &Message, shape: &Shape<'_>) {
    let derived = if shape.fields.iter().all(default_is_rusts) { ", Default" } else { "" };
    line!(out, 0, "");
    if shape.name == m.name {
        line!(out, 0, "/// `{}`, versions {}.", m.name, m.valid.print());
    } else {
        line!(out, 0, "/// `{}` in `{}`, versions {}.", shape.name, m.name, shape.range.print());
    }
    line!(out, 0, "#[derive(Clone, PartialEq, Debug{derived})]");
    line!(out, 0, "pub struct {} {{", shape.name);
    for f in shape.fields {
        line!(out, 1, "/// {}.", field_doc(f, shape.range));
        line!(out, 1, "pub {}: {},", field_name(f), rust_type(f));
    }
    line!(out, 0, "}}");
}

fn field_doc(f: &Field, range: Versions) -> String {
    let mut doc = format!("`{}` {}", f.name, f.ty.replace("[]", "array of "));
    if let Some(entity) = &f.entity {
        let _ = write!(doc, ", a {entity}");
    }
    if !f.versions.covers(range) {
        let _ = write!(doc, ", versions {}", f.versions.and(range).print());
    }
    if optional(f) && !f.nullable.covers(f.versions.and(range)) {
        let _ = write!(doc, ", nullable {}", f.nullable.and(range).print());
    }
    if let Some((tag, _)) = f.tag {
        let _ = write!(doc, ", tag {tag}");
    }
    if !default_null(f) && !default_is_rusts(f) {
        let _ = write!(doc, ", default {}", default_expr(f));
    }
    doc
}

fn defaults(out: &mut String, shape: &Shape<'_>) {
    if shape.fields.iter().all(default_is_rusts) {
        return;
    }
    line!(out, 0, "\nimpl Default for {} {{", shape.name);
    line!(out, 1, "fn default() -> Self {{");
    line!(out, 2, "Self {{");
    for f in shape.fields {
        line!(out, 3, "{}: {},", field_name(f), default_expr(f));
    }
    line!(out, 2, "}}\n    }}\n}}");
}

/// The emitter of one struct's two functions.
pub(super) struct Codec<'a> {
    pub(super) m: &'a Message,
    pub(super) shape: &'a Shape<'a>,
    pub(super) shapes: &'a [Shape<'a>],
}

fn codec(out: &mut String, m: &Message, shape: &Shape<'_>, shapes: &[Shape<'_>]) {
    let c = Codec { m, shape, shapes };
    let root = shape.name == m.name;
    let (mut decode, mut encode) = (String::new(), String::new());
    if root {
        line!(decode, 2, "check_version(version, {}, {})?;", m.valid.lo, m.valid.hi);
        line!(encode, 2, "if !({}..={}).contains(&version) {{", m.valid.lo, m.valid.hi);
        line!(encode, 3, "return Err(EncodeError::Version {{ message: \"{}\", version }});", m.name);
        line!(encode, 2, "}}");
    }
    c.decode(&mut decode, Form::Owned);
    c.encode(&mut encode);
    line!(out, 0, "\nimpl {} {{", shape.name);
    line!(out, 1, "/// Reads the struct as `version` has it. Errors: any `DecodeError`.");
    let (r, version) = (argument(&decode, "r"), argument(&decode, "version"));
    line!(out, 1, "pub fn decode({r}: &mut Reader<'_>, {version}: i16) -> Result<Self, DecodeError> {{");
    out.push_str(&decode);
    line!(out, 1, "}}\n");
    line!(out, 1, "/// Writes the struct as `version` has it. Errors: see `EncodeError`.");
    let (s, version) = (argument(&encode, "s"), argument(&encode, "version"));
    line!(out, 1, "pub fn encode(&self, {s}: &mut dyn Sink, {version}: i16) -> Encoded {{");
    out.push_str(&encode);
    line!(out, 1, "}}\n}}");
}

impl Codec<'_> {
    pub(super) fn range(&self) -> Versions {
        self.shape.range
    }

    pub(super) fn flexible_in(&self, range: Versions, name: &str) -> String {
        condition_expr(self.m.flexible, range, name)
    }

    /// `flexible` in the body of a function: the local variable unless constant.
    pub(super) fn flexible(&self, f: &Field) -> String {
        if f.inflexible {
            return "false".into();
        }
        match self.flexible_in(self.range(), "version").as_str() {
            "true" => "true".into(),
            "false" => "false".into(),
            _ => "flexible".into(),
        }
    }

    pub(super) fn bind_flexible(&self, out: &mut String, body: &str) {
        let expr = self.flexible_in(self.range(), "version");
        if expr != "true" && expr != "false" && body.contains("flexible") {
            line!(out, 2, "let flexible = {expr};");
        }
    }

    pub(super) fn tagged(&self) -> Vec<&Field> {
        let mut tagged: Vec<_> = self.shape.fields.iter().filter(|f| f.tag.is_some()).collect();
        tagged.sort_by_key(|f| f.tag.map(|(tag, _)| tag));
        tagged
    }

    fn encode(&self, out: &mut String) {
        let mut body = String::new();
        for f in self.shape.fields.iter().filter(|f| f.tag.is_none()) {
            let lost = format!(
                "writer::absent({}, \"{}\", version)?;",
                differs(f, &format!("self.{}", field_name(f))),
                self.label(f)
            );
            match condition(f.versions, self.range(), "version").as_deref() {
                None => self.write_field(&mut body, f, 2),
                Some("false") if f.ignorable => {}
                Some("false") => line!(body, 2, "{lost}"),
                Some(c) => {
                    line!(body, 2, "if {c} {{");
                    self.write_field(&mut body, f, 3);
                    if !f.ignorable {
                        line!(body, 2, "}} else {{");
                        line!(body, 3, "{lost}");
                    }
                    line!(body, 2, "}}");
                }
            }
        }
        self.encode_tags(&mut body);
        line!(body, 2, "Ok(())");
        self.bind_flexible(out, &body);
        out.push_str(&body);
    }

    fn label(&self, f: &Field) -> String {
        format!("{}.{}", self.shape.name, f.name)
    }

    fn encode_tags(&self, out: &mut String) {
        let tagged = self.tagged();
        let flexible = condition(self.m.flexible, self.range(), "version");
        for f in &tagged {
            let versions = f.tag.map_or(Versions::NONE, |(_, v)| v);
            if f.ignorable || versions.covers(self.range()) {
                continue;
            }
            let differs = differs(f, &format!("self.{}", field_name(f)));
            line!(out, 2, "if {} {{", without(versions, self.range()));
            line!(out, 3, "writer::absent({differs}, \"{}\", version)?;", self.label(f));
            line!(out, 2, "}}");
        }
        let depth = match flexible.as_deref() {
            Some("false") => return,
            None => 2,
            Some(_) => 3,
        };
        if depth == 3 {
            line!(out, 2, "if flexible {{");
        }
        self.write_tags(out, &tagged, depth);
        if depth == 3 {
            line!(out, 2, "}}");
        }
    }

    fn write_tags(&self, out: &mut String, tagged: &[&Field], depth: usize) {
        let range = self.m.flexible.and(self.range());
        let mut count = Vec::new();
        for f in tagged {
            let Some((tag, versions)) = f.tag else { continue };
            let differs = differs(f, &format!("self.{}", field_name(f)));
            match condition(versions, range, "version") {
                None => line!(out, depth, "let tag{tag} = {differs};"),
                Some(c) => line!(out, depth, "let tag{tag} = {c} && {differs};"),
            }
            count.push(format!("u32::from(tag{tag})"));
        }
        let count = if count.is_empty() { "0".into() } else { count.join(" + ") };
        line!(out, depth, "s.uvarint({count});");
        for f in tagged {
            let Some((tag, _)) = f.tag else { continue };
            line!(out, depth, "if tag{tag} {{");
            line!(out, depth + 1, "writer::tagged(s, {tag}, &|s| {{");
            self.write_field(out, f, depth + 2);
            line!(out, depth + 2, "Ok(())");
            line!(out, depth + 1, "}})?;");
            line!(out, depth, "}}");
        }
    }

    fn write_field(&self, out: &mut String, f: &Field, depth: usize) {
        let place = format!("self.{}", field_name(f));
        let here = f.versions.and(self.range());
        if !optional(f) {
            line!(out, depth, "{}", self.write_value(f, &place));
            return;
        }
        let required = format!("writer::required(&{place}, \"{}\", version)?", self.label(f));
        let required = match Type::parse(&f.ty) {
            Type::Fixed { .. } => format!("*{required}"),
            _ => required,
        };
        match condition(f.nullable, here, "version").as_deref() {
            None => line!(out, depth, "{}", self.write_nullable(f, &place)),
            Some("false") => line!(out, depth, "{}", self.write_value(f, &required)),
            Some(c) => {
                line!(out, depth, "if {c} {{");
                line!(out, depth + 1, "{}", self.write_nullable(f, &place));
                line!(out, depth, "}} else {{");
                line!(out, depth + 1, "{}", self.write_value(f, &required));
                line!(out, depth, "}}");
            }
        }
    }

    fn string_writer(&self) -> String {
        let flexible = self.flexible_in(self.range(), "v");
        let v = if flexible.contains('v') { "v" } else { "_" };
        format!("|e, s, {v}| s.string({flexible}, e)")
    }

    fn write_value(&self, f: &Field, place: &str) -> String {
        let flexible = self.flexible(f);
        let by_ref = if place.starts_with("self.") { format!("&{place}") } else { place.to_owned() };
        match Type::parse(&f.ty) {
            Type::Fixed { call, .. } => format!("s.{call}({place});"),
            Type::String => format!("s.string({flexible}, {by_ref})?;"),
            Type::Bytes => format!("s.bytes({flexible}, {by_ref})?;"),
            Type::Struct(_) => format!("{place}.encode(s, version)?;"),
            Type::Array(element) => {
                format!("writer::array(s, {flexible}, {by_ref}, version, {})?;", self.encoder(&element))
            }
        }
    }

    fn write_nullable(&self, f: &Field, place: &str) -> String {
        let flexible = self.flexible(f);
        match Type::parse(&f.ty) {
            Type::Fixed { .. } => unreachable!("Kafka has no nullable number"),
            Type::String => format!("s.nullable_string({flexible}, {place}.as_deref())?;"),
            Type::Bytes => format!("s.nullable_bytes({flexible}, {place}.as_ref())?;"),
            Type::Struct(name) => {
                let tagged = if f.tag.is_some() { "tagged_" } else { "" };
                format!("writer::{tagged}nullable_struct(s, {place}.as_ref(), version, {name}::encode)?;")
            }
            Type::Array(element) => format!(
                "writer::nullable_array(s, {flexible}, {place}.as_deref(), version, {})?;",
                self.encoder(&element)
            ),
        }
    }

    fn encoder(&self, element: &Type) -> String {
        match element {
            Type::Fixed { call, .. } => format!("|e, s, _| {{ s.{call}(*e); Ok(()) }}"),
            Type::Struct(name) => format!("{name}::encode"),
            Type::String => self.string_writer(),
            other => unreachable!("Kafka has no array of {other:?}"),
        }
    }
}

/// The condition that `version` lies outside of `versions`, for a part of `range`.
fn without(versions: Versions, range: Versions) -> String {
    match versions.and(range) {
        v if v.is_empty() => "true".into(),
        v if v.lo == v.hi => format!("version != {}", v.lo),
        v if v.hi == range.hi => format!("version < {}", v.lo),
        v if v.lo == range.lo => format!("version > {}", v.hi),
        v => format!("!({}..={}).contains(&version)", v.lo, v.hi),
    }
}

fn traits(out: &mut String, m: &Message) {
    let flexible = if m.flexible.is_empty() { "i16::MAX".into() } else { m.flexible.lo.to_string() };
    line!(out, 0, "\nimpl Message for {} {{", m.name);
    line!(out, 1, "const NAME: &'static str = \"{}\";", m.name);
    line!(out, 1, "const MIN: i16 = {};", m.valid.lo);
    line!(out, 1, "const MAX: i16 = {};", m.valid.hi);
    line!(out, 1, "const FLEXIBLE_FROM: i16 = {flexible};\n");
    line!(out, 1, "fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {{");
    line!(out, 2, "Self::decode(r, version)");
    line!(out, 1, "}}\n");
    line!(out, 1, "fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded {{");
    line!(out, 2, "self.encode(s, version)");
    line!(out, 1, "}}\n}}");
    let api = |suffix: &str| m.name.trim_end_matches(suffix).to_owned();
    match m.kind.as_str() {
        "request" => {
            let api = api("Request");
            line!(out, 0, "\nimpl crate::message::Request for {} {{", m.name);
            line!(out, 1, "const API: ApiKey = ApiKey::{api};");
            line!(out, 1, "type Response = super::{api}Response;");
            let view = if is_plain(&shapes(m), &m.name) { "" } else { "View<'a>" };
            line!(out, 1, "type View<'a> = {}{view};", m.name);
            line!(out, 0, "}}");
        }
        "response" => {
            line!(out, 0, "\nimpl crate::message::Response for {} {{", m.name);
            line!(out, 1, "const API: ApiKey = ApiKey::{};", api("Response"));
            line!(out, 0, "}}");
        }
        _ => {}
    }
}
