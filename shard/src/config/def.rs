//! One row of a configuration table: name, type, default, valid values, and the parser they define.
//!
//! Owner: constant data, shared by all cores. Invariants: every default parses; messages are Kafka's, because
//! operators and scripts search for them. Source: the names, types and defaults of Apache Kafka 4.3.1.

use std::fmt;

/// The type of a value, as DescribeConfigs numbers it (KIP-569).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `true` or `false`, in any case.
    Boolean,
    /// Free text.
    Text,
    /// 32-bit integer.
    Int,
    /// 16-bit integer.
    Short,
    /// 64-bit integer.
    Long,
    /// Floating point.
    Double,
    /// Comma-separated texts.
    List,
    /// A Java class name: shown, never loaded.
    Class,
    /// A secret: never shown.
    Password,
}

impl Kind {
    /// DescribeConfigs' number for the type.
    #[must_use]
    pub fn wire(self) -> i8 {
        match self {
            Self::Boolean => 1,
            Self::Text => 2,
            Self::Int => 3,
            Self::Short => 4,
            Self::Long => 5,
            Self::Double => 6,
            Self::List => 7,
            Self::Class => 8,
            Self::Password => 9,
        }
    }

    fn kafka_name(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::Text => "STRING",
            Self::Int => "INT",
            Self::Short => "SHORT",
            Self::Long => "LONG",
            Self::Double => "DOUBLE",
            Self::List => "LIST",
            Self::Class => "CLASS",
            Self::Password => "PASSWORD",
        }
    }
}

/// Which values are valid.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Valid {
    /// Every value of the type.
    Any,
    /// Integers from here on.
    Min(i64),
    /// Integers between, inclusive.
    Between(i64, i64),
    /// Integers between, inclusive, or this one.
    BetweenOr(i64, i64, i64),
    /// Numbers from 0 to 1.
    Ratio,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, in any case.
    OneOfAnyCase(&'static [&'static str]),
    /// Each element one of these words.
    EachOf(&'static [&'static str]),
    /// `*` or `partition:broker` pairs (KIP-73).
    Throttled,
}

/// A parsed value.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Boolean.
    Bool(bool),
    /// Int, Short, Long.
    Int(i64),
    /// Double.
    Double(f64),
    /// Text, Class, Password.
    Text(String),
    /// List, trimmed, duplicates kept out.
    List(Vec<String>),
}

impl fmt::Display for Value {
    /// The form that DescribeConfigs shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(v) => v.fmt(f),
            Self::Int(v) => v.fmt(f),
            Self::Double(v) => f.write_str(&java_double(*v)),
            Self::Text(v) => f.write_str(v),
            Self::List(v) => f.write_str(&v.join(",")),
        }
    }
}

/// A number as Java writes it: with an exponent from 10,000,000 on and below a thousandth.
fn java_double(v: f64) -> String {
    if v == 0.0 || (1e-3..1e7).contains(&v.abs()) {
        return format!("{v:?}");
    }
    let text = format!("{v:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub struct ConfigDef {
    /// Kafka's name.
    pub name: &'static str,
    /// Type.
    pub kind: Kind,
    /// Default in text form; `None` is null.
    pub default: Option<&'static str>,
    /// Valid values.
    pub valid: Valid,
    /// True if Kafka lets it change while running.
    pub dynamic: bool,
    /// What it does.
    pub doc: &'static str,
    /// Of a topic config: the broker config that gives its default, if there is one.
    pub broker_name: Option<&'static str>,
}

impl ConfigDef {
    /// A row with any value of `kind`, read-only, without a broker-wide default.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Self {
        Self { name, kind, default: Some(default), valid: Valid::Any, dynamic: false, doc, broker_name: None }
    }

    /// The same with the default null.
    #[must_use]
    pub const fn null(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, default: None, valid: Valid::Any, dynamic: false, doc, broker_name: None }
    }

    /// Restricts the values.
    #[must_use]
    pub const fn valid(mut self, valid: Valid) -> Self {
        self.valid = valid;
        self
    }

    /// At least `min`.
    #[must_use]
    pub const fn min(self, min: i64) -> Self {
        self.valid(Valid::Min(min))
    }

    /// May change while running.
    #[must_use]
    pub const fn dynamic(mut self) -> Self {
        self.dynamic = true;
        self
    }

    /// The default comes from this broker config.
    #[must_use]
    pub const fn from_broker(mut self, name: &'static str) -> Self {
        self.broker_name = Some(name);
        self
    }

    /// True for a secret.
    #[must_use]
    pub fn sensitive(&self) -> bool {
        self.kind == Kind::Password
    }

    /// Parses and checks `raw`. Errors: Kafka's message.
    pub fn parse(&self, raw: &str) -> Result<Value, String> {
        let value = self.parse_kind(raw.trim())?;
        self.check(&value)?;
        Ok(value)
    }

    fn refuse(&self, value: &dyn fmt::Display, why: &str) -> String {
        format!("Invalid value {value} for configuration {}: {why}", self.name)
    }

    fn parse_kind(&self, raw: &str) -> Result<Value, String> {
        let not_a_number = || self.refuse(&raw, &format!("Not a number of type {}", self.kind.kafka_name()));
        let int = |min: i64, max: i64| {
            let n = raw.parse::<i64>().ok().filter(|n| (min..=max).contains(n));
            n.map(Value::Int).ok_or_else(not_a_number)
        };
        match self.kind {
            Kind::Boolean if raw.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Kind::Boolean if raw.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            Kind::Boolean => Err(self.refuse(&raw, "Expected value to be either true or false")),
            Kind::Int => int(i64::from(i32::MIN), i64::from(i32::MAX)),
            Kind::Short => int(i64::from(i16::MIN), i64::from(i16::MAX)),
            Kind::Long => int(i64::MIN, i64::MAX),
            Kind::Double => {
                let n = raw.parse::<f64>().ok().filter(|n| n.is_finite());
                n.map(Value::Double).ok_or_else(not_a_number)
            }
            Kind::Text | Kind::Class | Kind::Password => Ok(Value::Text(raw.to_owned())),
            Kind::List => {
                let mut items: Vec<String> = Vec::new();
                for item in raw.split(',').map(str::trim).filter(|i| !i.is_empty()) {
                    if !items.iter().any(|i| i == item) {
                        items.push(item.to_owned());
                    }
                }
                Ok(Value::List(items))
            }
        }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let bad = |why: String| Err(self.refuse(value, &why));
        let one_of = |word: &str, words: &[&str]| {
            if words.contains(&word) {
                return Ok(());
            }
            Err(self.refuse(&word, &format!("String must be one of: {}", words.join(", "))))
        };
        match (self.valid, value) {
            (Valid::Min(min), Value::Int(n)) if *n < min => bad(format!("Value must be at least {min}")),
            (Valid::Between(min, _), Value::Int(n)) if *n < min => {
                bad(format!("Value must be at least {min}"))
            }
            (Valid::Between(_, max), Value::Int(n)) if *n > max => {
                bad(format!("Value must be no more than {max}"))
            }
            (Valid::BetweenOr(min, max, other), Value::Int(n)) if *n != other && !(min..=max).contains(n) => {
                bad(format!("Value must be between {min} and {max} or equal to {other}"))
            }
            (Valid::Ratio, Value::Double(n)) if *n < 0.0 => bad("Value must be at least 0".to_owned()),
            (Valid::Ratio, Value::Double(n)) if *n > 1.0 => bad("Value must be no more than 1".to_owned()),
            (Valid::OneOf(words), Value::Text(word)) => one_of(word, words),
            (Valid::OneOfAnyCase(words), Value::Text(word)) => {
                if words.iter().any(|w| w.eq_ignore_ascii_case(word)) {
                    return Ok(());
                }
                bad(format!("String must be one of (case insensitive): {}", words.join(", ")))
            }
            (Valid::EachOf(words), Value::List(items)) => items.iter().try_for_each(|i| one_of(i, words)),
            (Valid::Throttled, Value::List(items)) => self.check_throttled(items),
            _ => Ok(()),
        }
    }

    fn check_throttled(&self, items: &[String]) -> Result<(), String> {
        let pair = |item: &String| {
            item.split_once(':').is_some_and(|(p, b)| p.parse::<u32>().is_ok() && b.parse::<u32>().is_ok())
        };
        if items.iter().all(pair) || (items.len() == 1 && items.iter().all(|i| i == "*")) {
            return Ok(());
        }
        let why = format!(
            "{} must be the literal '*' or a list of replicas in the following format: \
             [partitionId]:[brokerId],[partitionId]:[brokerId],...",
            self.name
        );
        Err(self.refuse(&format_args!("[{}]", items.join(", ")), &why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_carry_kafkas_words() {
        let long = ConfigDef::new("retention.ms", Kind::Long, "1", "").min(-1);
        let no = |d: &ConfigDef, raw: &str| d.parse(raw).unwrap_err();
        assert_eq!(
            no(&long, "abc"),
            "Invalid value abc for configuration retention.ms: Not a number of type LONG"
        );
        assert_eq!(
            no(&long, "-5"),
            "Invalid value -5 for configuration retention.ms: Value must be at least -1"
        );
        assert_eq!(long.parse(" 12 "), Ok(Value::Int(12)));
        let int = ConfigDef::new("max.message.bytes", Kind::Int, "1", "").min(0);
        assert!(no(&int, "99999999999").ends_with("Not a number of type INT"));
        let ratio = ConfigDef::new("r", Kind::Double, "0.5", "").valid(Valid::Ratio);
        assert_eq!(no(&ratio, "2"), "Invalid value 2.0 for configuration r: Value must be no more than 1");
        let list = ConfigDef::new("cleanup.policy", Kind::List, "delete", "")
            .valid(Valid::EachOf(&["compact", "delete"]));
        assert_eq!(
            no(&list, "delete,zap"),
            "Invalid value zap for configuration cleanup.policy: String must be one of: compact, delete"
        );
        assert_eq!(list.parse("delete,delete").unwrap().to_string(), "delete");
        assert_eq!(list.parse("").unwrap(), Value::List(vec![]));
        let gzip = ConfigDef::new("g", Kind::Int, "-1", "").valid(Valid::BetweenOr(1, 9, -1));
        assert!(no(&gzip, "0").ends_with("Value must be between 1 and 9 or equal to -1"));
        assert_eq!(gzip.parse("-1"), Ok(Value::Int(-1)));
        let flag = ConfigDef::new("preallocate", Kind::Boolean, "false", "");
        assert!(no(&flag, "maybe").ends_with("Expected value to be either true or false"));
    }

    #[test]
    fn numbers_are_shown_as_java_shows_them() {
        for (v, text) in [
            (0.5, "0.5"),
            (1e6, "1000000.0"),
            (1e7, "1.0E7"),
            (f64::MAX, "1.7976931348623157E308"),
            (5e-4, "5.0E-4"),
        ] {
            assert_eq!(Value::Double(v).to_string(), text);
        }
    }

    #[test]
    fn throttled_replicas_are_pairs_or_a_star() {
        let def = ConfigDef::new("t", Kind::List, "", "").valid(Valid::Throttled);
        assert!(def.parse("0:1,2:3").is_ok());
        assert!(def.parse("*").is_ok());
        assert!(def.parse("").is_ok());
        let why = def.parse("abc,0:1").unwrap_err();
        assert!(
            why.starts_with("Invalid value [abc, 0:1] for configuration t: t must be the literal '*'"),
            "{why}"
        );
        assert!(def.parse("*,0:1").is_err());
    }
}
