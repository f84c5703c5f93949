//! The page around the charts.
//!
//! Owner: the command `report`. Invariant: what a result lacks is left out, not drawn as zero.

use super::Run;
use super::heat;
use super::plot::{Axis, Line, chart, escape};
use serde_json::Value;
use std::fmt::Write;

/// Colours by run, and by quantile from the calm one to the loudest.
const RUN_CLASSES: [&str; super::RUNS_MAX] = ["r0", "r1", "r2", "r3", "r4", "r5"];
/// Characters that have room beside a plot.
const NAME_MAX: usize = 12;
const QUANTILES: [(&str, &str); 5] =
    [("p50", "q0"), ("p90", "q1"), ("p99", "q2"), ("p99.9", "q3"), ("p99.99", "q4")];

const STYLE: &str = "
:root{color-scheme:light dark;--paper:#fff;--ink:#1c1e21;--soft:#667;--grid:#e3e5e9;--card:#f6f7f9;--warn:#a15c00;
--r0:#1f6feb;--r1:#c2410c;--r2:#0f8a5f;--r3:#8b3fc7;--r4:#b8860b;--r5:#c2185b;
--q0:#5596e6;--q1:#2f7bdc;--q2:#1a5fc4;--q3:#10458f;--q4:#0a2a5e}
@media(prefers-color-scheme:dark){:root{--paper:#14161a;--ink:#e6e8eb;--soft:#9aa3af;--grid:#2b2f36;--card:#1c1f25;
--warn:#f0b429;--r0:#6ea8fe;--r1:#fb923c;--r2:#4ade9f;--r3:#c79bf2;--r4:#e5c04b;--r5:#f472b6;
--q0:#4674b5;--q1:#5c92dc;--q2:#84b4fd;--q3:#b3d2ff;--q4:#e3efff}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1080px;padding:24px;background:var(--paper);color:var(--ink);
font:15px/1.45 system-ui,sans-serif}h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:32px 0 8px}
.soft,th{color:var(--soft)}table{border-collapse:collapse;font-variant-numeric:tabular-nums;display:block;max-width:100%;
overflow-x:auto}
th,td{padding:3px 14px 3px 0;text-align:right;font-weight:normal;vertical-align:top}th:first-child,td:first-child{text-align:left}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:16px}
figure{margin:0;background:var(--card);border-radius:8px;padding:12px}figcaption{font-size:14px;margin-bottom:4px}
svg{width:100%;height:auto;display:block}text{font:12px system-ui,sans-serif;fill:var(--soft)}
.mid{text-anchor:middle}.end{text-anchor:end}.grid{stroke:var(--grid);fill:none}.line{fill:none;stroke-width:1.8;
stroke-linejoin:round}.warn{color:var(--warn)}.dash{stroke-dasharray:5 4}
.line.r0{stroke:var(--r0)}.line.r1{stroke:var(--r1)}.line.r2{stroke:var(--r2)}.line.r3{stroke:var(--r3)}
.line.r4{stroke:var(--r4)}.line.r5{stroke:var(--r5)}text.r0{fill:var(--r0)}text.r1{fill:var(--r1)}
text.r2{fill:var(--r2)}text.r3{fill:var(--r3)}text.r4{fill:var(--r4)}text.r5{fill:var(--r5)}
.line.q0{stroke:var(--q0)}.line.q1{stroke:var(--q1)}.line.q2{stroke:var(--q2)}.line.q3{stroke:var(--q3)}
.line.q4{stroke:var(--q4)}text.q0,text.q1,text.q2,text.q3,text.q4{fill:var(--ink)}
.heat{fill:var(--r0);shape-rendering:crispEdges}h3{font-size:15px;margin:20px 0 6px}td.left,th.left{text-align:left}
.whole{white-space:nowrap}p.key{margin:0 0 8px}p.key span{margin-right:20px}span.r0{color:var(--r0)}
span.r1{color:var(--r1)}span.r2{color:var(--r2)}span.r3{color:var(--r3)}span.r4{color:var(--r4)}span.r5{color:var(--r5)}
";

/// The whole page.
#[must_use]
pub fn page(runs: &[Run]) -> String {
    let names: Vec<String> = runs.iter().map(|r| r.name.clone()).collect();
    let head = format!(
        "<h1>{}</h1><p class=\"soft\">Response times count from the moment a record was due; \
         service times from the sending of its request.</p>",
        escape(&names.join(" · ")),
    );
    around(&format!("Load: {}", names.join(", ")), &(head + &sections(runs)))
}

/// A page with a body.
#[must_use]
pub fn around(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title>\
         <style>{STYLE}</style>{body}</html>\n",
        escape(title)
    )
}

/// What there is to show of the runs; nothing without any.
#[must_use]
pub fn sections(runs: &[Run]) -> String {
    let mut out = String::new();
    if runs.is_empty() {
        return out;
    }
    for run in runs {
        if let Some(why) =
            run.result.get("generator").and_then(|g| g.get("bottleneck")).and_then(Value::as_str)
        {
            let _ = write!(
                out,
                "<p class=\"warn\">{}: the generator was the bottleneck, not the broker: {}</p>",
                escape(&run.name),
                escape(why)
            );
        }
    }
    out.push_str(&table(runs));
    let (labels, key) = labels(runs);
    let _ = write!(out, "<h2>Latency by share of records</h2>{key}<div class=\"charts\">");
    for (kind, title) in [
        ("response", "Response time, from the due time to the acknowledgement"),
        ("service", "Service time, from the sending to the acknowledgement"),
        ("end_to_end", "End to end, from the due time until a consumer has it"),
        ("fetch", "Fetch, from its sending to its answer"),
    ] {
        out.push_str(&percentiles((runs, &labels), kind, title));
    }
    out.push_str("</div>");
    for run in runs {
        out.push_str(&over_time(run));
    }
    out.push_str("<h2>What was asked for</h2>");
    out.push_str(&asked(runs));
    out
}

/// Figures, a column for each run.
fn table(runs: &[Run]) -> String {
    let rows: [(&str, &[&str]); 15] = [
        ("records/s acknowledged", &["records_per_second"]),
        ("response p50, µs", &["response_us", "p50"]),
        ("response p99, µs", &["response_us", "p99"]),
        ("response p99.9, µs", &["response_us", "p99.9"]),
        ("response p99.99, µs", &["response_us", "p99.99"]),
        ("response max, µs", &["response_us", "max"]),
        ("service p99, µs", &["service_us", "p99"]),
        ("read, MiB/s", &["read_mib_per_second"]),
        ("fetch p99, µs", &["fetch_us", "p99"]),
        ("end to end p50, µs", &["end_to_end_us", "p50"]),
        ("end to end p99, µs", &["end_to_end_us", "p99"]),
        ("end to end p99.9, µs", &["end_to_end_us", "p99.9"]),
        ("generator late by, p99, µs", &["late_us", "p99"]),
        ("generator busy, share", &["generator", "busy"]),
        ("records without an answer", &["unanswered"]),
    ];
    let heads: String = runs.iter().map(|r| format!("<th>{}</th>", escape(&r.name))).collect();
    let mut out = format!("<table><tr><th></th>{heads}</tr>");
    for (name, path) in rows {
        if runs.iter().all(|r| r.number(path) == 0.0) && path.first() != Some(&"unanswered") {
            continue;
        }
        let digits = usize::from(name.ends_with("share")) + 1;
        let cell = |r: &Run| match r.number(path) {
            0.0 if path.first() != Some(&"unanswered") => "<td></td>".to_owned(),
            n => format!("<td>{n:.digits$}</td>"),
        };
        let cells: String = runs.iter().map(cell).collect();
        let _ = write!(out, "<tr><td class=\"soft\">{name}</td>{cells}</tr>");
    }
    for run in runs {
        for (what, n) in run.result.get("refused").and_then(Value::as_object).into_iter().flatten() {
            let _ = write!(
                out,
                "<tr><td class=\"warn\" colspan=\"{}\">{}: {n} refused with {}</td></tr>",
                runs.len() + 1,
                escape(&run.name),
                escape(what)
            );
        }
    }
    out.push_str("</table>");
    out
}

/// The points [-log10(1 - q), µs] of a kind of latency.
fn points(run: &Run, kind: &str) -> Vec<(f64, f64)> {
    let all = run.result.get("percentiles").and_then(|p| p.get(kind)).and_then(Value::as_array);
    let pair = |p: &Value| Some((p.get(0)?.as_f64()?, p.get(1)?.as_f64()?));
    let points = all.into_iter().flatten().filter_map(pair).filter(|(q, _)| *q < 1.0);
    points.map(|(q, us)| (-(1.0 - q).log10(), us)).collect()
}

/// What stands beside the ends of the runs' lines: their names, or their numbers with a key if one is too long.
fn labels(runs: &[Run]) -> (Vec<String>, String) {
    if runs.iter().all(|r| r.name.chars().count() <= NAME_MAX) {
        return (runs.iter().map(|r| r.name.clone()).collect(), String::new());
    }
    let numbers = (1..=runs.len()).map(|n| n.to_string()).collect();
    let one = |(n, (run, class)): (usize, (&Run, &&str))| {
        format!("<span class=\"{class}\">{}: {}</span> ", n + 1, escape(&run.name))
    };
    let key: String = runs.iter().zip(&RUN_CLASSES).enumerate().map(one).collect();
    (numbers, format!("<p class=\"key\">{key}</p>"))
}

fn percentiles((runs, labels): (&[Run], &[String]), kind: &str, title: &str) -> String {
    let line = |((run, class), label): ((&Run, &&'static str), &String)| Line {
        name: label.clone(),
        class,
        points: points(run, kind),
    };
    let lines = runs.iter().zip(&RUN_CLASSES).zip(labels).map(line);
    let lines: Vec<Line> = lines.filter(|l| !l.points.is_empty()).collect();
    let all = || lines.iter().flat_map(|l| &l.points);
    if all().next().is_none() {
        return String::new();
    }
    let most = all().map(|p| p.0).fold(0.0, f64::max);
    let (min, max) = all().map(|p| p.1).fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
    chart(title, &Axis::quantiles(most), &Axis::log("µs", (min, max)), &lines)
}

/// Second by second.
fn over_time(run: &Run) -> String {
    let intervals = run.result.get("intervals").and_then(Value::as_array).cloned().unwrap_or_default();
    if intervals.is_empty() {
        return String::new();
    }
    let number = |v: &Value, path: &[&str]| {
        path.iter().try_fold(v, |value, key| value.get(key)).and_then(Value::as_f64).unwrap_or(0.0)
    };
    let series = |path: &[&str]| -> Vec<(f64, f64)> {
        intervals.iter().map(|i| (number(i, &["second"]), number(i, path))).collect()
    };
    let seconds = intervals.iter().map(|i| number(i, &["second"])).fold(1.0, f64::max);
    let time = || Axis::linear("seconds since the run began", seconds);
    let mut out = format!("<h2>{}, second by second</h2><div class=\"charts\">", escape(&run.name));
    for (kind, title) in [("response_us", "Response time"), ("end_to_end_us", "End to end")] {
        let line = |(name, class): (&str, &'static str)| Line {
            name: name.to_owned(),
            class,
            points: series(&[kind, name]).into_iter().filter(|p| p.1 > 0.0).collect(),
        };
        let lines: Vec<Line> = QUANTILES.into_iter().map(line).collect();
        let (min, max) = lines
            .iter()
            .flat_map(|l| &l.points)
            .fold((f64::MAX, 0.0f64), |(a, b), p| (a.min(p.1), b.max(p.1)));
        if max > 0.0 {
            out.push_str(&chart(title, &time(), &Axis::log("µs", (min, max)), &lines));
        }
    }
    out.push_str(&both(&series(&["response_us", "p99"]), &series(&["service_us", "p99"]), &time()));
    let one = |title: &str, label: &str, lines: Vec<Line>| {
        // A record is whole: no scale of tenths of one.
        let least = if label == "records" { 5.0 } else { 0.0 };
        let max = lines.iter().flat_map(|l| &l.points).map(|p| p.1).fold(least, f64::max);
        chart(title, &time(), &Axis::linear(label, max), &lines)
    };
    let line = |name: &str, class, path: &[&str]| Line { name: name.to_owned(), class, points: series(path) };
    out.push_str(&one(
        "Throughput",
        "records/s",
        vec![line("due", "r4", &["due_per_second"]), line("acknowledged", "r0", &["records_per_second"])],
    ));
    out.push_str(&one(
        "Backlog and refusals",
        "records",
        vec![line("backlog", "r1", &["backlog"]), line("refused", "r5", &["refused"])],
    ));
    let read = series(&["read_mib_per_second"]);
    if read.iter().any(|p| p.1 > 0.0) {
        out.push_str(&one(
            "Read",
            "MiB/s",
            vec![Line { name: "read".to_owned(), class: "r2", points: read }],
        ));
    }
    for (figure, title) in [
        (("busy_percent", Some(100.0)), "Busy, % of each core's time"),
        (("requests", None), "Requests/s of each core"),
        (("commits", None), "Durable writes/s of each core"),
        (("slow_turns", None), "Turns above 1 ms of each core, a second"),
    ] {
        out.push_str(&heat::map(&intervals, figure, title));
    }
    out.push_str("</div>");
    out.push_str(&heat::stages(&intervals));
    out.push_str(&steps(run));
    out
}

/// What waits for a place in flight is the difference.
fn both(response: &[(f64, f64)], service: &[(f64, f64)], time: &Axis) -> String {
    let line = |name: &str, class, points: &[(f64, f64)]| {
        let points = points.iter().copied().filter(|p| p.1 > 0.0).collect();
        Line { name: name.to_owned(), class, points }
    };
    let lines = [line("response", "r1", response), line("service", "r0", service)];
    let values = || lines.iter().flat_map(|l| &l.points).map(|p| p.1);
    let (min, max) = values().fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
    if max > 0.0 {
        chart("Response beside service, p99", time, &Axis::log("µs", (min, max)), &lines)
    } else {
        String::new()
    }
}

/// Steps of a ramp, or tries of a search.
fn steps(run: &Run) -> String {
    let all = run.result.get("steps").and_then(Value::as_array).cloned().unwrap_or_default();
    if all.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<h3>Steps</h3><table><tr><th>due/s</th><th>acknowledged/s</th><th>p50, µs</th><th>p99, µs</th><th>p99.9, µs</th><th></th></tr>",
    );
    for step in &all {
        let number = |path: &[&str]| {
            path.iter().try_fold(step, |v, key| v.get(key)).and_then(Value::as_f64).unwrap_or(0.0)
        };
        let missed = step.get("missed").and_then(Value::as_str).unwrap_or_default();
        let _ = write!(
            out,
            "<tr><td>{:.0}</td><td>{:.0}</td><td>{:.1}</td><td>{:.1}</td><td>{:.1}</td><td class=\"warn left\">{}</td></tr>",
            number(&["rate"]),
            number(&["records_per_second"]),
            number(&["response_us", "p50"]),
            number(&["response_us", "p99"]),
            number(&["response_us", "p99.9"]),
            escape(missed)
        );
    }
    out + "</table>"
}

/// The settings, and where they differ between runs all of them.
fn asked(runs: &[Run]) -> String {
    let heads: String = runs.iter().map(|r| format!("<th>{}</th>", escape(&r.name))).collect();
    let mut out = format!("<table><tr><th></th>{heads}</tr>");
    for section in ["asked", "environment"] {
        let of = |run: &Run| run.result.get(section).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut keys: Vec<String> = runs.iter().flat_map(|r| of(r).into_iter().map(|(k, _)| k)).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let text = |run: &Run| match of(run).get(&key) {
                Some(Value::String(s)) => s.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            };
            let cells: String = runs.iter().map(|r| format!("<td>{}</td>", escape(&text(r)))).collect();
            let _ = write!(out, "<tr><td class=\"soft\">{}</td>{cells}</tr>", escape(&key));
        }
    }
    out.push_str("</table>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str) -> Run {
        let interval = |second: u32| {
            serde_json::json!({
                "second": second, "records_per_second": 1000, "due_per_second": 1001, "backlog": second, "refused": 0,
                "response_us": { "p50": 100, "p90": 200, "p99": 900, "p99.9": 2000, "p99.99": 3000 },
            })
        };
        Run {
            name: name.into(),
            result: serde_json::json!({
                "response_us": { "p50": 100.0 }, "records_per_second": 1000.0,
                "percentiles": { "response": [[0.0, 50.0], [0.9, 200.0], [0.999, 2000.0], [1.0, 3000.0]] },
                "intervals": [interval(1), interval(2)],
                "asked": { "rate": "1000" }, "refused": { "NOT_LEADER <x>": 3 },
                "generator": { "bottleneck": "busy" },
            }),
        }
    }

    #[test]
    fn the_page_has_a_chart_for_what_is_there_and_none_for_what_is_not() {
        let html = page(&[run("a"), run("b<i>")]);
        assert_eq!(html.matches("<figure>").count(), 1 + 2 * 4, "percentiles once, four over time for each");
        assert!(!html.contains("End to end,") && !html.contains("<i>"), "{html}");
        assert!(
            html.contains("b&lt;i&gt;: the generator was the bottleneck")
                && html.contains("NOT_LEADER &lt;x&gt;")
        );
        assert!(!html.contains("class=\"key\""));
        let long = page(&[run("a"), run("one with <a> long name")]);
        assert!(long.contains("<span class=\"r1\">2: one with &lt;a&gt; long name</span>"), "{long}");
        assert!(long.contains("class=\"r1\">2</text>"), "its line has the number");
        for loads in ["http:", "https:", "src=", "@import", "url("] {
            assert!(!html.contains(loads), "{loads}");
        }
    }
}
