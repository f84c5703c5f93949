//! How a struct is read from the wire: into an owned struct, or into a view that borrows from the frame.
//!
//! Owner: `emit`. Invariant: both forms read the same fields under the same conditions and charge the same heap, so
//! that a walk over the view says what the owned form will take.

use super::code::{Codec, line};
use super::layout::{
    Shape, Type, condition, default_expr, default_null, field_name, is_plain, optional, smallest_expr,
};
use crate::facts::{Field, Versions};
use std::fmt::Write as _;

/// What a reading function returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The struct that a handler keeps.
    Owned,
    /// The struct that borrows.
    View,
}

impl Form {
    fn default(self, f: &Field, shapes: &[Shape<'_>]) -> String {
        match self {
            Self::Owned => default_expr(f),
            Self::View => view_default(f, shapes),
        }
    }

    /// The function that reads the struct `name`.
    fn struct_reader(self, name: &str, shapes: &[Shape<'_>]) -> String {
        match self {
            Self::View if !is_plain(shapes, name) => format!("{name}View::read"),
            _ => format!("{name}::decode"),
        }
    }

    /// The reader's methods for strings and for bytes.
    fn methods(self) -> (&'static str, &'static str) {
        match self {
            Self::Owned => ("string", "bytes"),
            Self::View => ("text", "slice"),
        }
    }
}

impl Codec<'_> {
    /// The body of the function that reads the struct in `form`.
    pub fn decode(&self, out: &mut String, form: Form) {
        let mut body = String::new();
        let flexible = self.flexible_in(self.range(), "version");
        let tagged = self.tagged();
        let open = if flexible == "false" {
            "Ok(Self {"
        } else if tagged.is_empty() {
            "let out = Self {"
        } else {
            "let mut out = Self {"
        };
        line!(body, 2, "{open}");
        for f in self.shape.fields {
            let present = match f.tag {
                Some(_) => Versions::NONE,
                None => f.versions,
            };
            let value = match condition(present, self.range(), "version").as_deref() {
                None => self.read(f, form),
                Some("false") => form.default(f, self.shapes),
                Some(c) => {
                    format!("if {c} {{ {} }} else {{ {} }}", self.read(f, form), form.default(f, self.shapes))
                }
            };
            line!(body, 3, "{}: {value},", field_name(f));
        }
        if flexible == "false" {
            line!(body, 2, "}})");
        } else {
            line!(body, 2, "}};");
            let depth = if flexible == "true" { 2 } else { 3 };
            if depth == 3 {
                line!(body, 2, "if flexible {{");
            }
            self.decode_tags(&mut body, &tagged, depth, form);
            if depth == 3 {
                line!(body, 2, "}}");
            }
            line!(body, 2, "Ok(out)");
        }
        self.bind_flexible(out, &body);
        out.push_str(&body);
    }

    fn decode_tags(&self, out: &mut String, tagged: &[&Field], depth: usize, form: Form) {
        if tagged.is_empty() {
            line!(out, depth, "r.skip_tags()?;");
            return;
        }
        let flexible = self.m.flexible.and(self.range());
        let (mut always, mut masks) = (0u64, Vec::new());
        for (tag, versions) in tagged.iter().filter_map(|f| f.tag) {
            match condition(versions, flexible, "version") {
                None => always |= 1 << tag,
                Some(c) => masks.push(format!("if {c} {{ {:#b} }} else {{ 0 }}", 1u64 << tag)),
            }
        }
        if always != 0 {
            masks.insert(0, format!("{always:#b}"));
        }
        line!(out, depth, "let mut tags = r.tags({})?;", masks.join(" | "));
        // `next` returns known tags only: a single one needs no match.
        if let [f] = tagged {
            line!(out, depth, "while tags.next(r)?.is_some() {{");
            line!(out, depth + 1, "out.{} = {};", field_name(f), self.read(f, form));
            line!(out, depth, "}}");
            return;
        }
        line!(out, depth, "while let Some(tag) = tags.next(r)? {{");
        line!(out, depth + 1, "match tag {{");
        for f in tagged {
            let tag = f.tag.map_or(0, |(tag, _)| tag);
            line!(out, depth + 2, "{tag} => out.{} = {},", field_name(f), self.read(f, form));
        }
        line!(out, depth + 2, "_ => {{}}");
        line!(out, depth + 1, "}}");
        line!(out, depth, "}}");
    }

    /// The expression that reads a field in the versions that carry it.
    fn read(&self, f: &Field, form: Form) -> String {
        let here = f.versions.and(self.range());
        if !optional(f) {
            return self.read_value(f, false, form);
        }
        match condition(f.nullable, here, "version").as_deref() {
            None => self.read_value(f, true, form),
            Some("false") => format!("Some({})", self.read_value(f, false, form)),
            Some(c) => format!(
                "if {c} {{ {} }} else {{ Some({}) }}",
                self.read_value(f, true, form),
                self.read_value(f, false, form)
            ),
        }
    }

    fn read_value(&self, f: &Field, nullable: bool, form: Form) -> String {
        let flexible = self.flexible(f);
        let prefix = if nullable { "nullable_" } else { "" };
        let (string, bytes) = form.methods();
        match Type::parse(&f.ty) {
            Type::Fixed { call, .. } => format!("r.{call}()?"),
            Type::String => format!("r.{prefix}{string}({flexible})?"),
            Type::Bytes => format!("r.{prefix}{bytes}({flexible})?"),
            Type::Struct(name) if nullable && f.tag.is_some() => {
                format!("r.tagged_nullable_struct(version, {})?", form.struct_reader(&name, self.shapes))
            }
            Type::Struct(name) if nullable => {
                format!("r.nullable_struct(version, {})?", form.struct_reader(&name, self.shapes))
            }
            Type::Struct(name) => format!("{}(r, version)?", form.struct_reader(&name, self.shapes)),
            Type::Array(element) => {
                let here = f.versions.and(self.range());
                let min = smallest_expr(self.m, self.shapes, &element, here);
                let read = match &*element {
                    Type::Fixed { call, .. } => format!("|r, _| r.{call}()"),
                    Type::Struct(name) => form.struct_reader(name, self.shapes),
                    Type::String => self.string_reader(string),
                    other => unreachable!("Kafka has no array of {other:?}"),
                };
                let (array, size) = match form {
                    Form::Owned => ("array", min),
                    Form::View => ("array_view", format!("({min}, size_of::<{}>())", element.rust())),
                };
                format!("r.{prefix}{array}({flexible}, version, {size}, {read})?")
            }
        }
    }

    fn string_reader(&self, method: &str) -> String {
        let flexible = self.flexible_in(self.range(), "v");
        let v = if flexible.contains('v') { "v" } else { "_" };
        format!("|r, {v}| r.{method}({flexible})")
    }

    /// The view of the struct: definition, reading function, default where another struct needs one.
    ///
    /// A struct of numbers only is its own view.
    pub fn view(&self, out: &mut String) {
        let name = self.shape.name;
        if is_plain(self.shapes, name) {
            if name == self.m.name {
                line!(out, 0, "\nimpl View<'_> for {name} {{");
                line!(out, 1, "fn read(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {{");
                line!(out, 2, "Self::decode(r, version)\n    }}\n}}");
            }
            return;
        }
        line!(out, 0, "\n/// `{name}`, borrowed from its frame. Its fields are explained there.");
        line!(out, 0, "#[derive(Clone, Debug)]\n#[allow(missing_docs)]");
        line!(out, 0, "pub struct {name}View<'a> {{");
        for f in self.shape.fields {
            let inner = self.view_type(&Type::parse(&f.ty));
            let ty = if optional(f) { format!("Option<{inner}>") } else { inner };
            line!(out, 1, "pub {}: {ty},", field_name(f));
        }
        line!(out, 0, "}}");
        let structs = self.shapes.iter().flat_map(|s| s.fields);
        if structs.filter(|f| f.ty == name).any(|f| !default_null(f)) {
            line!(out, 0, "\nimpl Default for {name}View<'_> {{");
            line!(out, 1, "fn default() -> Self {{");
            line!(out, 2, "Self {{");
            for f in self.shape.fields {
                line!(out, 3, "{}: {},", field_name(f), view_default(f, self.shapes));
            }
            line!(out, 2, "}}\n    }}\n}}");
        }
        let mut body = String::new();
        if name == self.m.name {
            line!(body, 2, "check_version(version, {}, {})?;", self.m.valid.lo, self.m.valid.hi);
        }
        self.decode(&mut body, Form::View);
        let version = argument(&body, "version");
        line!(out, 0, "\nimpl<'a> View<'a> for {name}View<'a> {{");
        line!(out, 1, "fn read(r: &mut Reader<'a>, {version}: i16) -> Result<Self, DecodeError> {{");
        out.push_str(&body);
        line!(out, 1, "}}\n}}");
    }

    fn view_type(&self, ty: &Type) -> String {
        match ty {
            Type::Fixed { rust, .. } => (*rust).into(),
            Type::String => "&'a str".into(),
            Type::Bytes => "&'a [u8]".into(),
            Type::Struct(name) if is_plain(self.shapes, name) => name.clone(),
            Type::Struct(name) => format!("{name}View<'a>"),
            Type::Array(element) => format!("ArrayView<'a, {}>", self.view_type(element)),
        }
    }
}

/// The default of a field of a view.
fn view_default(f: &Field, shapes: &[Shape<'_>]) -> String {
    let value = match Type::parse(&f.ty) {
        _ if default_null(f) => return "None".into(),
        Type::Fixed { .. } => return default_expr(f),
        Type::String => "\"\"".into(),
        Type::Bytes => "&[]".into(),
        Type::Struct(name) if is_plain(shapes, &name) => format!("{name}::default()"),
        Type::Struct(name) => format!("{name}View::default()"),
        Type::Array(_) => "ArrayView::default()".into(),
    };
    if optional(f) { format!("Some({value})") } else { value }
}

/// The name of a function's argument: with an underscore if `body` does not use it.
pub fn argument(body: &str, wanted: &str) -> String {
    let used = body.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == wanted);
    if used { wanted.to_owned() } else { format!("_{wanted}") }
}
