//! docs/metrics.md and the dashboard hold what is exported, and everything that is.

use super::figures::{CORE, Figure, PHASE, RUNTIME, STORE};
use super::text::{Series, kind};
use super::{BUILD, Board, READY, clients, cores, groups};
use ringlog_shard::group::report::{GroupReport, GroupsReport, Lag};
use ringlog_shard::report::Report;
use std::collections::BTreeSet;

const DOC: &str = include_str!("../../../docs/metrics.md");

/// Where, name, labels, help.
type Row = (&'static str, String, Vec<&'static str>, &'static str);

fn of_figures<T>(rows: &mut Vec<Row>, figures: &[Figure<T>], labels: &[&'static str]) {
    for figure in figures {
        let (of_core, of_all) = cores::names(figure);
        rows.push(("/metrics", of_core, labels.to_vec(), figure.help));
        rows.extend(of_all.map(|name| ("/public_metrics", name, Vec::new(), figure.help)));
    }
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let plain = |place: &'static str, s: &Series| (place, s.name.to_owned(), s.labels.to_vec(), s.help);
    let public = [READY, BUILD].into_iter().chain(cores::PUBLIC).chain(groups::PUBLIC).chain(clients::SERIES);
    rows.extend(public.map(|s| plain("/public_metrics", &s)));
    rows.extend(cores::INTERNAL.iter().map(|s| plain("/metrics", s)));
    rows.extend(groups::INTERNAL.iter().map(|s| plain("/metrics", s)));
    of_figures(&mut rows, CORE, &["core"]);
    of_figures(&mut rows, STORE, &["core", "directory"]);
    of_figures(&mut rows, RUNTIME, &["core"]);
    of_figures(&mut rows, &[PHASE], &["core", "phase"]);
    rows.sort_by(|a, b| a.1.cmp(&b.1));
    rows
}

/// The table that stands in the document.
fn table(place: &str) -> String {
    let row = |(_, name, labels, help): &Row| {
        let labels: Vec<String> = labels.iter().map(|l| format!("`{l}`")).collect();
        format!("| `{name}` | {} | {} | {help} |\n", kind(name), labels.join(", "))
    };
    rows().iter().filter(|r| r.0 == place).map(row).collect()
}

#[test]
fn the_document_lists_every_series() {
    for place in ["/public_metrics", "/metrics"] {
        let table = table(place);
        assert!(DOC.contains(&table), "docs/metrics.md should have for {place}:\n{table}");
    }
    let listed = DOC.lines().filter(|l| l.starts_with("| `ringlog_") || l.starts_with("| `kafka_")).count();
    assert_eq!(listed, rows().len(), "and nothing else");
}

/// Every query of the dashboard asks for series that exist, with labels that they have.
#[test]
fn the_dashboard_asks_for_what_is_exported() {
    let dashboard: serde_json::Value =
        serde_json::from_str(include_str!("../../../packaging/grafana.json")).expect("JSON");
    let rows = rows();
    let mut asked = 0;
    for panel in dashboard["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let query = target["expr"].as_str().expect("a query");
            let words = || query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let names: Vec<&str> =
                words().filter(|w| w.starts_with("ringlog_") || w.starts_with("kafka_")).collect();
            let known: Vec<&Row> =
                names.iter().filter_map(|n| rows.iter().find(|r| r.1 == family(n))).collect();
            assert!(known.len() == names.len() && !names.is_empty(), "{query}");
            asked += names.len();
            // What a legend names is a label of the series.
            let legend = target["legendFormat"].as_str().unwrap_or_default();
            let labels = legend.split("{{").skip(1).filter_map(|l| l.split("}}").next());
            for label in labels.filter(|l| *l != "instance") {
                assert!(known.iter().all(|row| row.2.contains(&label)), "{legend} of {query}");
            }
            let rates = query.matches("rate(").count();
            let grow = |n: &&&str| n.ends_with("_total") || family(n) != **n;
            assert_eq!(rates, names.iter().filter(grow).count(), "{query}");
            assert_eq!(query.contains("histogram_quantile("), query.contains("_bucket{"), "{query}");
        }
    }
    assert!(asked > 30, "{asked}");
}

/// The family of a series: a histogram has three names in a query.
fn family(name: &str) -> &str {
    let ends = ["_bucket", "_sum", "_count"];
    let base = ends.iter().find_map(|end| name.strip_suffix(end));
    base.filter(|base| kind(base) == "histogram").unwrap_or(name)
}

/// A board that has something of everything.
fn board() -> Board {
    let board = Board { cores: cores::tests::cores(), ..Board::default() };
    let lag = Lag { topic: "t".into(), partition: 0, committed: 7, end: Some(9), behind_ms: 5 };
    let group = GroupReport {
        id: "g".into(),
        kind: "consumer",
        state: "Stable",
        members: 2,
        generation: 3,
        causes: Vec::new(),
        lags: vec![lag],
    };
    board.take(0, Report::Groups(GroupsReport { groups: vec![group], left_out: 0 }));
    board
}

#[test]
fn every_series_is_exported_where_the_document_says_with_its_labels() {
    let (public, internal) = (board().public().0, board().internal().0);
    for (place, name, labels, _) in rows() {
        let text = if place == "/metrics" { &internal } else { &public };
        let part = if kind(&name) == "histogram" { "_bucket" } else { "" };
        let begins = format!("{name}{part}{}", if labels.is_empty() { " " } else { "{" });
        let line = text.lines().find(|l| l.starts_with(&begins));
        let line = line.unwrap_or_else(|| panic!("{name} is not in {place}"));
        let at = |label: &&str| line.find(&format!("{label}=\""));
        assert!(labels.iter().map(at).is_sorted() && labels.iter().all(|l| at(l).is_some()), "{line}");
    }
    let known: BTreeSet<String> = rows().into_iter().map(|r| r.1).collect();
    for text in [&public, &internal] {
        let mut families = BTreeSet::new();
        for line in text.lines().filter_map(|l| l.strip_prefix("# TYPE ")) {
            let name = line.split(' ').next().unwrap_or_default();
            assert!(known.contains(name), "{name} is not documented");
            assert!(families.insert(name), "{name} begins twice");
        }
    }
}
