//! One line chart as SVG: grid, ticks, lines, and the names of the lines beside their ends.
//!
//! Owner: the page. Invariants: colours come from the page's style sheet by class, so that light and dark are one
//! picture; a value outside its scale is drawn at its edge; text is escaped.

use std::fmt::Write;

/// Size of the picture, in its own units.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 260.0;
/// Room for what stands beside the plot: left, right, top, bottom.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 96.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 42.0;
/// Names of lines stand at least so far from one another.
const NAME_GAP: f64 = 14.0;

/// A line.
pub struct Line {
    /// Its name, beside its end.
    pub name: String,
    /// Its class in the style sheet.
    pub class: &'static str,
    /// Its points, by x.
    pub points: Vec<(f64, f64)>,
}

/// What stands at an axis.
pub struct Axis {
    /// What it shows, with its unit.
    pub label: String,
    /// From and to.
    pub range: (f64, f64),
    /// Whether steps are factors of ten.
    pub log: bool,
    /// Where a line of the grid is, and its text.
    pub ticks: Vec<(f64, String)>,
}

impl Axis {
    /// A scale from zero to a round number of at least `max`.
    #[must_use]
    pub fn linear(label: &str, max: f64) -> Self {
        let max = if max.is_finite() && max > 0.0 { max } else { 1.0 };
        let power = 10f64.powf(max.log10().floor());
        let step =
            [0.2, 0.5, 1.0, 2.0].map(|s| s * power).into_iter().find(|s| max / s <= 6.0).unwrap_or(power);
        let steps = (max / step).ceil();
        let ticks = (0..=steps as u32).map(|i| f64::from(i) * step).map(|v| (v, short(v))).collect();
        Self { label: label.to_owned(), range: (0.0, steps * step), log: false, ticks }
    }

    /// A scale of factors of ten around `min` to `max`, both above zero.
    #[must_use]
    pub fn log(label: &str, (min, max): (f64, f64)) -> Self {
        let low = min.max(1e-3).log10().floor();
        let high = max.max(1e-3).log10().ceil().max(low + 1.0);
        let ticks = (low as i32..=high as i32).map(|p| 10f64.powi(p)).map(|v| (v, short(v))).collect();
        Self { label: label.to_owned(), range: (10f64.powf(low), 10f64.powf(high)), log: true, ticks }
    }

    /// Quantiles: each step to the right is a tenth of the records. Points are at -log10(1 - q).
    #[must_use]
    pub fn quantiles(most: f64) -> Self {
        let names = ["0", "p90", "p99", "p99.9", "p99.99", "p99.999", "p99.9999"];
        let last = most.ceil().clamp(2.0, 6.0);
        let ticks = names.iter().enumerate().map(|(i, n)| (i as f64, (*n).to_owned()));
        let ticks = ticks.take_while(|(i, _)| *i <= last).collect();
        Self { label: "share of records at most as slow".to_owned(), range: (0.0, last), log: false, ticks }
    }

    /// Where `value` is, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let of = |v: f64| if self.log { v.max(f64::MIN_POSITIVE).log10() } else { v };
        let (from, to) = (of(self.range.0), of(self.range.1));
        ((of(value) - from) / (to - from)).clamp(0.0, 1.0)
    }
}

/// A number for an axis.
#[must_use]
pub fn short(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 1e9 => (value / 1e9, "G"),
        v if v >= 1e6 => (value / 1e6, "M"),
        v if v >= 1e4 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let digits = usize::from(scaled.fract().abs() > 1e-9 && scaled.abs() < 100.0) * 2;
    let text = format!("{scaled:.digits$}");
    let text = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    format!("{text}{unit}")
}

/// Text that HTML takes as text.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The chart.
#[must_use]
pub fn chart(title: &str, x: &Axis, y: &Axis, lines: &[Line]) -> String {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let at_x = |v: f64| LEFT + x.place(v) * (right - LEFT);
    let at_y = |v: f64| bottom - y.place(v) * (bottom - TOP);
    let mut out = format!(
        "<figure><figcaption>{}</figcaption><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">",
        escape(title),
        escape(title)
    );
    // Writing to a string cannot fail, here and below.
    for (value, text) in &x.ticks {
        let at = at_x(*value);
        let _ = write!(out, "<path class=\"grid\" d=\"M{at:.1} {TOP}V{bottom}\"/>");
        let _ = write!(
            out,
            "<text x=\"{at:.1}\" y=\"{:.1}\" class=\"mid\">{}</text>",
            bottom + 16.0,
            escape(text)
        );
    }
    for (value, text) in &y.ticks {
        let at = at_y(*value);
        let _ = write!(out, "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{right}\"/>");
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" class=\"end\">{}</text>",
            LEFT - 6.0,
            at + 4.0,
            escape(text)
        );
    }
    let middle = (LEFT + right) / 2.0;
    let _ =
        write!(out, "<text x=\"{middle}\" y=\"{}\" class=\"mid\">{}</text>", HEIGHT - 8.0, escape(&x.label));
    let _ = write!(
        out,
        "<text transform=\"translate(14 {}) rotate(-90)\" class=\"mid\">{}</text>",
        (TOP + bottom) / 2.0,
        escape(&y.label)
    );
    for line in lines {
        let points: Vec<String> =
            line.points.iter().map(|(px, py)| format!("{:.1} {:.1}", at_x(*px), at_y(*py))).collect();
        if !points.is_empty() {
            let _ = write!(out, "<path class=\"line {}\" d=\"M{}\"/>", line.class, points.join("L"));
        }
    }
    for (name, class, at) in names(lines, at_y) {
        let _ = write!(
            out,
            "<text x=\"{}\" y=\"{:.1}\" class=\"{class}\">{}</text>",
            right + 6.0,
            at + 4.0,
            escape(name)
        );
    }
    out.push_str("</svg></figure>");
    out
}

/// Names and heights, moved apart where lines end close to one another.
fn names(lines: &[Line], at_y: impl Fn(f64) -> f64) -> Vec<(&str, &'static str, f64)> {
    let ends = lines.iter().filter_map(|l| Some((l.name.as_str(), l.class, at_y(l.points.last()?.1))));
    let mut ends: Vec<_> = ends.collect();
    ends.sort_by(|a, b| b.2.total_cmp(&a.2));
    // From the lowest up: each one at least a gap above the one before.
    let mut above = HEIGHT - BOTTOM;
    for end in &mut ends {
        end.2 = end.2.min(above);
        above = end.2 - NAME_GAP;
    }
    // From the top down, where they were pushed out of the picture.
    let mut below = TOP;
    for end in ends.iter_mut().rev() {
        end.2 = end.2.max(below);
        below = end.2 + NAME_GAP;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_begin_and_end_at_round_numbers() {
        let axis = Axis::linear("records/s", 43_210.0);
        assert_eq!(axis.range, (0.0, 50_000.0));
        assert_eq!(axis.ticks.last().unwrap().1, "50k");
        assert_eq!(Axis::linear("", 0.0).range, (0.0, 1.0));
        assert_eq!(Axis::linear("", 3.0).ticks.len(), 7);
        let axis = Axis::log("µs", (37.0, 8_100.0));
        assert_eq!((axis.range.0.round(), axis.range.1.round()), (10.0, 10_000.0));
        assert_eq!(axis.ticks.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), ["10", "100", "1000", "10k"]);
        assert!((axis.place(1000.0) - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!((axis.place(0.0), axis.place(1e9)), (0.0, 1.0));
        assert_eq!(Axis::quantiles(3.2).ticks.last().unwrap().1, "p99.99");
    }

    #[test]
    fn names_of_lines_that_end_together_stand_apart() {
        let line =
            |name: &str, y: f64| Line { name: name.into(), class: "a", points: vec![(0.0, y), (1.0, y)] };
        let lines = [line("one", 5.0), line("two", 5.1), line("three", 4.9)];
        for at_y in [|y| HEIGHT - y * 10.0, |y| TOP + y] {
            let placed = names(&lines, at_y);
            assert!(placed.windows(2).all(|w| w[0].2 - w[1].2 >= NAME_GAP), "{placed:?}");
            assert!(placed.iter().all(|n| (TOP..=HEIGHT).contains(&n.2)), "{placed:?}");
        }
    }

    #[test]
    fn what_others_wrote_is_text() {
        let y = Axis::linear("<y>", 1.0);
        let svg = chart("a<b", &Axis::quantiles(3.0), &y, &[]);
        assert!(svg.contains("a&lt;b") && svg.contains("&lt;y&gt;") && !svg.contains("<b"), "{svg}");
    }
}
