//! Reads the metrics that clients push: `MetricsData` of OpenTelemetry's protocol, in protobuf (KIP-714).
//!
//! Owner: one push, on a thread that is no core. Pure. Invariants: no input panics; the depth is that of the format,
//! nothing recurses; what comes out is bounded by `POINTS_MAX` and the lengths below, and what was left out is counted.
//! Only numbers are taken: gauges and cumulative sums, which is what is asked for and what clients have.

use std::fmt;

/// Points of one push.
pub const POINTS_MAX: usize = 1000;
/// Longest name of a metric, bytes.
pub const NAME_MAX: usize = 200;
/// Labels of one point.
pub const LABELS_MAX: usize = 16;
/// Longest name of a label, bytes.
pub const KEY_MAX: usize = 64;
/// Longest value of a label, bytes; a longer one is cut.
pub const VALUE_MAX: usize = 128;

/// What a push told.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pushed {
    /// What was taken.
    pub points: Vec<Point>,
    /// Points that were not: beyond a bound, histograms, sums since the last push.
    pub left_out: u64,
}

/// One number of a client.
#[derive(Clone, PartialEq, Debug)]
pub struct Point {
    /// Of the metric, such as `org.apache.kafka.producer.record.queue.time.max`.
    pub name: String,
    /// True for a sum that only grows.
    pub counter: bool,
    /// Of the point and of what it is about; no name twice.
    pub labels: Vec<(String, String)>,
    /// The number.
    pub value: f64,
}

/// Bytes that are no `MetricsData`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed(&'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The value of one field.
#[derive(Clone, Copy)]
enum Field<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Fixed32,
    Bytes(&'a [u8]),
}

/// The fields of one message, in their order.
#[derive(Clone, Copy)]
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(Malformed("a number is cut off"))?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed("a number has more than ten bytes"))
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.0.split_at_checked(n).ok_or(Malformed("a field is cut off"))?;
        self.0 = rest;
        Ok(head)
    }

    /// The next field's number and value.
    fn field(&mut self) -> Result<(u64, Field<'a>), Malformed> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Field::Varint(self.varint()?),
            1 => {
                let bytes = self.take(8)?.first_chunk().ok_or(Malformed("a field is cut off"))?;
                Field::Fixed64(*bytes)
            }
            2 => {
                let n = usize::try_from(self.varint()?).map_err(|_| Malformed("a field is cut off"))?;
                Field::Bytes(self.take(n)?)
            }
            5 => {
                self.take(4)?;
                Field::Fixed32
            }
            _ => return Err(Malformed("a field has a type that proto3 does not have")),
        };
        Ok((key >> 3, value))
    }

    /// The messages that the field `number` holds.
    fn messages(self, number: u64) -> impl Iterator<Item = Result<Fields<'a>, Malformed>> {
        self.filter_map(move |field| match field {
            Ok((n, Field::Bytes(bytes))) if n == number => Some(Ok(Fields(bytes))),
            Ok((n, _)) if n == number => Some(Err(Malformed("a message is no bytes"))),
            Ok(_) => None,
            Err(e) => Some(Err(e)),
        })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Reads a whole push. Errors: the first thing that is not in the format.
pub fn read(bytes: &[u8]) -> Result<Pushed, Malformed> {
    let mut pushed = Pushed::default();
    for resource in Fields(bytes).messages(1) {
        let resource = resource?;
        let mut about = Vec::new();
        for attributes in resource.messages(1) {
            labels(attributes?, 1, &mut about)?;
        }
        for scope in resource.messages(2) {
            for metric in scope?.messages(2) {
                read_metric(metric?, &about, &mut pushed)?;
            }
        }
    }
    Ok(pushed)
}

fn read_metric(metric: Fields<'_>, about: &[(String, String)], pushed: &mut Pushed) -> Result<(), Malformed> {
    let mut name = "";
    for field in metric {
        if let (1, Field::Bytes(bytes)) = field? {
            name = text(bytes)?;
        }
    }
    let named = !name.is_empty() && name.len() <= NAME_MAX;
    for field in metric {
        let (number, Field::Bytes(data)) = field? else { continue };
        let data = Fields(data);
        // Gauge, Sum; then Histogram, ExponentialHistogram and Summary, whose points stand in the field 1, too.
        let (taken, counter) = match number {
            5 => (true, false),
            7 => sum_of(data)?,
            9..=11 => (false, false),
            _ => continue,
        };
        for point in data.messages(1) {
            let point = point?;
            let value =
                if taken && named && pushed.points.len() < POINTS_MAX { number_of(point)? } else { None };
            let Some(value) = value else {
                pushed.left_out += 1;
                continue;
            };
            let mut all = Vec::new();
            labels(point, 7, &mut all)?;
            about.iter().for_each(|(key, value)| add_label(&mut all, key, value));
            pushed.points.push(Point { name: name.to_owned(), counter, labels: all, value });
        }
    }
    Ok(())
}

/// If a sum is one from the client's start, and if it only grows.
fn sum_of(sum: Fields<'_>) -> Result<(bool, bool), Malformed> {
    const CUMULATIVE: u64 = 2;
    let (mut cumulative, mut monotonic) = (false, false);
    for field in sum {
        match field? {
            (2, Field::Varint(temporality)) => cumulative = temporality == CUMULATIVE,
            (3, Field::Varint(flag)) => monotonic = flag != 0,
            _ => {}
        }
    }
    Ok((cumulative, monotonic))
}

/// The value of a point; `None`: it has none that can be shown.
fn number_of(point: Fields<'_>) -> Result<Option<f64>, Malformed> {
    let mut value = None;
    for field in point {
        match field? {
            (4, Field::Fixed64(bytes)) => value = Some(f64::from_le_bytes(bytes)),
            (6, Field::Fixed64(bytes)) => value = Some(i64::from_le_bytes(bytes) as f64),
            _ => {}
        }
    }
    Ok(value.filter(|v| v.is_finite()))
}

/// Adds the attributes in the field `number` of `message`.
fn labels(message: Fields<'_>, number: u64, to: &mut Vec<(String, String)>) -> Result<(), Malformed> {
    for pair in message.messages(number) {
        let (mut key, mut value) = ("", None);
        for field in pair? {
            match field? {
                (1, Field::Bytes(bytes)) => key = text(bytes)?,
                (2, Field::Bytes(bytes)) => value = label_value(Fields(bytes))?,
                _ => {}
            }
        }
        if let Some(value) = value {
            add_label(to, key, &value);
        }
    }
    Ok(())
}

fn add_label(to: &mut Vec<(String, String)>, key: &str, value: &str) {
    let fits = !key.is_empty() && key.len() <= KEY_MAX && to.len() < LABELS_MAX;
    if fits && !to.iter().any(|(known, _)| known == key) {
        to.push((key.to_owned(), cut(value).to_owned()));
    }
}

/// The first `VALUE_MAX` bytes, or a little less.
#[must_use]
pub fn cut(value: &str) -> &str {
    let end = (0..=VALUE_MAX.min(value.len())).rev().find(|at| value.is_char_boundary(*at)).unwrap_or(0);
    value.get(..end).unwrap_or_default()
}

/// A label's value as text; `None` for lists, maps and bytes.
fn label_value(any: Fields<'_>) -> Result<Option<String>, Malformed> {
    let mut value = None;
    for field in any {
        value = match field? {
            (1, Field::Bytes(bytes)) => Some(cut(text(bytes)?).to_owned()),
            (2, Field::Varint(flag)) => Some((flag != 0).to_string()),
            (3, Field::Varint(n)) => Some((n as i64).to_string()),
            (4, Field::Fixed64(bytes)) => Some(f64::from_le_bytes(bytes).to_string()),
            _ => value,
        };
    }
    Ok(value)
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed("a text is no UTF-8"))
}

#[cfg(test)]
#[path = "otlp_tests.rs"]
pub mod tests;
