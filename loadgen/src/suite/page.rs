//! The page of a suite: its ratios, its figures, and the loads of its last round.
//!
//! Owner: the suite. Invariant: every number stands in suite.json too.

use super::short;
use super::targets::{Row, median, spread, verdicts};
use super::works::Work;
use crate::html::{escape, page_of};
use serde_json::{Value, json};
use std::fmt::Write;

/// Every measurement and every ratio.
#[must_use]
pub fn json(asked: &[(String, String)], rows: &[Row]) -> Value {
    let one = |r: &Row| json!({ "work": r.work, "peer": r.peer, "figures": r.figures });
    let verdict = |v: super::targets::Verdict| {
        let t = v.target;
        json!({
            "target": t.number, "work": t.left.0, "peer": t.left.1, "figure": t.left.2,
            "beside": t.right.map(|(work, peer, _)| json!({ "work": work, "peer": peer })),
            "value": v.left, "other": v.right, "ratio": v.ratio, "times": t.times, "at_least": t.at_least, "met": v.met,
        })
    };
    json!({
        "asked": asked.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "measurements": rows.iter().map(one).collect::<Vec<_>>(),
        "ratios": verdicts(rows).into_iter().map(verdict).collect::<Vec<_>>(),
    })
}

/// The page. Writing to a string cannot fail, here and below.
#[must_use]
pub fn page(
    asked: &[(String, String)],
    chosen: &[Work],
    rows: &[Row],
    loads: Vec<(String, Value)>,
) -> String {
    let mut out = String::from(
        "<h2>Targets</h2><table><tr><th></th><th class=\"left\">figure</th><th class=\"left\">beside</th><th>ratio</th><th>target</th><th></th></tr>",
    );
    for v in verdicts(rows) {
        let t = v.target;
        let beside = t.right.map_or(String::new(), |(work, peer, _)| match work == t.left.0 {
            true => peer.to_owned(),
            false => format!("{peer}, {work}"),
        });
        let _ = write!(
            out,
            "<tr><td>{}</td><td class=\"left\">{}: {}</td><td class=\"left\">{}</td><td>{}</td><td>{} {}</td><td class=\"{}\">{}</td></tr>",
            t.number,
            escape(t.left.0),
            escape(t.left.2),
            escape(&beside),
            short(v.ratio),
            if t.at_least { "≥" } else { "≤" },
            t.times,
            if v.met { "soft" } else { "warn" },
            if v.met { "reached" } else { "missed" },
        );
    }
    out.push_str("</table><h2>Figures, medians (lowest to highest)</h2><table><tr><th></th><th class=\"left\">work</th><th class=\"left\">peer</th><th></th></tr>");
    for work in chosen {
        for peer in work.kind.peers() {
            let mine = rows.iter().find(|r| r.work == work.name && r.peer == *peer);
            let cell = |name: &str| {
                let side = (work.name, *peer, mine?.figures.keys().copied().find(|k| *k == name)?);
                let (low, high) = spread(rows, side)?;
                let (name, m) = (escape(name), short(median(rows, side)?));
                Some(format!(
                    "<span class=\"whole\">{name} <b>{m}</b> <span class=\"soft\">({}–{})</span></span>",
                    short(low),
                    short(high)
                ))
            };
            let names = mine.into_iter().flat_map(|r| r.figures.keys());
            let cells: Vec<String> = names.filter_map(|n| cell(n)).collect();
            let shown = if cells.is_empty() { "not measured".to_owned() } else { cells.join(" · ") };
            let _ = write!(
                out,
                "<tr><td>{}</td><td class=\"left\">{}</td><td class=\"left\">{}</td><td class=\"left\">{shown}</td></tr>",
                work.number,
                escape(work.name),
                escape(peer),
            );
        }
    }
    out.push_str("</table><h2>What was asked for</h2><table>");
    for (key, value) in asked {
        let _ = write!(
            out,
            "<tr><td class=\"soft\">{}</td><td class=\"left\">{}</td></tr>",
            escape(key),
            escape(value)
        );
    }
    out.push_str("</table>");
    page_of("Suite", &out, loads)
}
