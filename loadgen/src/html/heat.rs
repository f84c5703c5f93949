//! What each core did over time, as a map: a row for each core, a column for each interval, the darker the more.
//!
//! Owner: the page. Invariants: colour is opacity of one class of the style sheet, so that light and dark are one
//! picture; a share is as dark as it is near to all, other figures as near as they are to the most; at most `COLUMNS_MAX` columns are drawn: of longer runs each is the mean of several intervals.

use super::plot::{escape, short};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Columns of a map.
const COLUMNS_MAX: usize = 120;
/// Size of the picture, in its own units.
const WIDTH: f64 = 560.0;
const LEFT: f64 = 96.0;
const RIGHT: f64 = 8.0;
const ROW: f64 = 22.0;
const BOTTOM: f64 = 34.0;

/// By core: its name, and its values, one for each interval.
type Rows = BTreeMap<u64, (String, Vec<f64>)>;

/// The values of `figure` of each core; nothing where no interval has cores.
fn rows(intervals: &[Value], figure: &str) -> Rows {
    let mut all = Rows::new();
    for cores in intervals.iter().filter_map(|i| i.get("cores")?.as_array()) {
        for core in cores {
            let Some(number) = core.get("core").and_then(Value::as_u64) else { continue };
            let role = core.get("role").and_then(Value::as_str).unwrap_or_default();
            let row = all.entry(number).or_insert_with(|| (format!("core {number} {role}"), Vec::new()));
            row.1.push(core.get(figure).and_then(Value::as_f64).unwrap_or(0.0));
        }
    }
    all
}

/// The map of a figure, darkest at `full`, or at the most that there was; empty if there is nothing to show.
#[must_use]
pub fn map(intervals: &[Value], (figure, full): (&str, Option<f64>), title: &str) -> String {
    let rows = rows(intervals, figure);
    let most = rows.values().flat_map(|(_, v)| v).copied().fold(0.0, f64::max);
    if most <= 0.0 {
        return String::new();
    }
    let full = full.unwrap_or(most);
    let height = ROW * rows.len() as f64 + BOTTOM;
    let mut out = format!(
        "<figure><figcaption>{}, at most {}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">",
        escape(title),
        short(most),
        escape(title)
    );
    for (at, (name, values)) in rows.values().enumerate() {
        let top = ROW * at as f64;
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" class=\"end\">{}</text>",
            LEFT - 6.0,
            top + ROW / 2.0 + 4.0,
            escape(name)
        );
        let each = values.len().div_ceil(COLUMNS_MAX).max(1);
        let columns: Vec<f64> =
            values.chunks(each).map(|some| some.iter().sum::<f64>() / some.len() as f64).collect();
        let wide = (WIDTH - LEFT - RIGHT) / columns.len().max(1) as f64;
        for (n, value) in columns.iter().enumerate() {
            let _ = write!(
                out,
                "<rect class=\"heat\" x=\"{:.2}\" y=\"{top:.1}\" width=\"{:.2}\" height=\"{:.1}\" fill-opacity=\"{:.3}\"><title>{}</title></rect>",
                LEFT + wide * n as f64,
                wide,
                ROW - 2.0,
                0.04 + 0.96 * (value / full).min(1.0),
                short(*value)
            );
        }
    }
    let _ = write!(
        out,
        "<text x=\"{LEFT}\" y=\"{:.1}\">the run begins</text><text x=\"{}\" y=\"{:.1}\" class=\"end\">and ends</text></svg></figure>",
        height - 12.0,
        WIDTH - RIGHT,
        height - 12.0
    );
    out
}

/// Times of the stages of requests on each core; empty if the broker gave none.
#[must_use]
pub fn stages(intervals: &[Value]) -> String {
    let last = intervals.iter().rev().find_map(|i| i.get("cores")?.as_array());
    let mut rows = String::new();
    for core in last.into_iter().flatten() {
        let number = core.get("core").and_then(Value::as_u64).unwrap_or(0);
        for stage in core.get("stages").and_then(Value::as_array).into_iter().flatten() {
            let name = stage.get("stage").and_then(Value::as_str).unwrap_or_default();
            let _ = write!(rows, "<tr><td class=\"left\">core {number} {}</td>", escape(name));
            for (figure, digits) in [("requests", 0), ("mean_us", 1), ("p50_us", 1), ("p99_us", 1)] {
                let value = stage.get(figure).and_then(Value::as_f64);
                let shown = value.map_or_else(|| "-".to_owned(), |v| format!("{v:.digits$}"));
                let _ = write!(rows, "<td>{shown}</td>");
            }
            rows.push_str("</tr>");
        }
    }
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<h3>Stages of requests</h3><p class=\"soft\">After the warm-up, as the broker counted them; quantiles are \
         ends of buckets, a quarter too large at most. What each stage is from and to: docs/metrics.md.</p>\
         <table><tr><th></th><th>requests</th><th>mean, µs</th><th>p50, µs</th><th>p99, µs</th></tr>{rows}</table>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_map_has_a_row_for_each_core_and_bounded_columns() {
        let interval = |n: u32| {
            json!({ "cores": [{ "core": 0, "role": "data", "requests": n, "stages": [{ "stage": "produce <append>", "requests": 9, "mean_us": 1.25, "p50_us": 2.0, "p99_us": null }] },
                              { "core": 1, "role": "<control>", "requests": 0 }] })
        };
        let all: Vec<Value> = (0..1000).map(interval).collect();
        let svg = map(&all, ("requests", None), "Requests/s");
        assert_eq!(svg.matches("<rect").count(), 2 * 112, "nine intervals each");
        assert!(svg.contains("core 1 &lt;control&gt;") && svg.contains("at most 999"), "{}", &svg[..300]);
        assert!(svg.contains("fill-opacity=\"0.040\"") && !svg.contains("fill-opacity=\"1.1"));
        assert!(map(&all, ("commits", None), "").is_empty());
        assert!(map(&[json!({})], ("requests", None), "").is_empty());
        let share = map(&all[..51], ("requests", Some(100.0)), "Busy");
        assert!(share.contains("fill-opacity=\"0.520\"") && !share.contains("fill-opacity=\"1.000\""));
        let row = "core 0 produce &lt;append&gt;</td><td>9</td><td>1.2</td><td>2.0</td><td>-</td></tr>";
        assert!(stages(&all).contains(row), "{}", stages(&all));
        assert!(stages(&[json!({})]).is_empty());
    }
}
