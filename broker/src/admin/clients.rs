//! The metrics that clients push (KIP-714), for whoever scrapes `/client_metrics`.
//!
//! Owner: the process; cores put the newest push of each client here, the admin threads read. Invariants: at most
//! `CLIENTS_MAX` clients and `POINTS_MAX` points, those whose last push is the oldest go first and are counted; a
//! client that has missed three pushes is not shown; the lock covers the exchange of pointers only; a client cannot
//! write into series of ours, since the names of its own begin with `client_`.

use super::text::{Series, Text};
use ringlog_shard::telemetry::ClientReport;
use ringlog_shard::telemetry::otlp::Point;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Clients that are shown.
const CLIENTS_MAX: usize = 1000;
/// Points of all of them.
const POINTS_MAX: usize = 50_000;
/// A client is shown at least so long after a push.
const SHOWN_MIN: Duration = Duration::from_secs(60);

/// What is counted here.
pub const SERIES: [Series; 4] = [
    Series { name: "ringlog_client_metrics_clients", labels: &[], help: "Clients whose metrics are shown." },
    Series { name: "ringlog_client_metrics_points", labels: &[], help: "Their numbers." },
    Series {
        name: "ringlog_client_metrics_clients_dropped_total",
        labels: &[],
        help: "Clients that are not shown any more because there were too many.",
    },
    Series {
        name: "ringlog_client_metrics_points_left_out_total",
        labels: &[],
        help: "Numbers that were pushed and not taken: NaN, histograms, sums since the last push, more than a push may have.",
    },
];

/// One client's newest push.
struct Shown {
    report: ClientReport,
    at: Instant,
}

impl Shown {
    fn is_over(&self, now: Instant) -> bool {
        let interval = Duration::from_millis(u64::try_from(self.report.interval_ms).unwrap_or(0));
        now.saturating_duration_since(self.at) > SHOWN_MIN.max(3 * interval)
    }
}

#[derive(Default)]
struct Table {
    clients: HashMap<[u8; 16], (u64, Arc<Shown>)>,
    /// Clients by their last push.
    order: BTreeMap<u64, [u8; 16]>,
    next: u64,
    points: usize,
    dropped: u64,
    left_out: u64,
}

impl Table {
    fn remove(&mut self, id: [u8; 16]) -> Option<Arc<Shown>> {
        let (place, shown) = self.clients.remove(&id)?;
        self.order.remove(&place);
        self.points -= shown.report.pushed.points.len();
        Some(shown)
    }

    /// Takes out the client whose last push is the oldest, if `too_many` or it is over.
    fn shed(&mut self, now: Instant) -> Option<Arc<Shown>> {
        let (_, id) = self.order.first_key_value()?;
        let id = *id;
        let too_many = self.clients.len() > CLIENTS_MAX || self.points > POINTS_MAX;
        let over = self.clients.get(&id).is_some_and(|(_, shown)| shown.is_over(now));
        if !too_many && !over {
            return None;
        }
        self.dropped += u64::from(too_many && !over);
        self.remove(id)
    }
}

/// All clients.
#[derive(Clone, Default)]
pub struct Clients(Arc<Mutex<Table>>);

impl Clients {
    /// Takes over what a client pushed at `now`, instead of what it pushed before.
    pub fn put(&self, report: ClientReport, now: Instant) {
        let id = report.instance.0;
        let shown = Arc::new(Shown { report, at: now });
        let mut gone = Vec::new();
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        gone.extend(table.remove(id));
        let place = table.next;
        table.next += 1;
        table.points += shown.report.pushed.points.len();
        table.left_out += shown.report.pushed.left_out;
        table.clients.insert(id, (place, shown));
        table.order.insert(place, id);
        while let Some(old) = table.shed(now) {
            gone.push(old);
        }
        drop(table);
        drop(gone);
    }

    /// The clients that are not over, by their last push, and the counters.
    fn all(&self, now: Instant) -> (Vec<Arc<Shown>>, [u64; 4]) {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = table.order.values().filter_map(|id| Some(Arc::clone(&table.clients.get(id)?.1)));
        let all: Vec<_> = all.filter(|shown| !shown.is_over(now)).collect();
        let points = all.iter().map(|shown| shown.report.pushed.points.len()).sum::<usize>();
        let counted = [all.len() as u64, points as u64, table.dropped, table.left_out];
        (all, counted)
    }

    /// How many there are.
    pub(super) fn counters(&self, out: &mut Text) {
        let (_, counted) = self.all(Instant::now());
        SERIES.iter().zip(counted).for_each(|(series, n)| out.single(series, n));
    }

    /// What they pushed.
    pub(super) fn metrics(&self) -> String {
        let (all, _) = self.all(Instant::now());
        let mut families: BTreeMap<String, Vec<(&Shown, &Point)>> = BTreeMap::new();
        for shown in &all {
            for point in &shown.report.pushed.points {
                families.entry(series_name(point)).or_default().push((shown, point));
            }
        }
        let mut out = Text::default();
        for (name, members) in &families {
            let kind = if name.ends_with("_total") { "counter" } else { "gauge" };
            let told = members.first().map_or("", |(_, point)| point.name.as_str());
            out.head(name, kind, &told.replace(['\\', '\n'], "_"));
            for (shown, point) in members {
                client_line(&mut out, name, &shown.report, point);
            }
        }
        out.0
    }
}

fn client_line(out: &mut Text, name: &str, client: &ClientReport, point: &Point) {
    let id = client.instance.to_string();
    let mut labels = vec![
        ("client_instance_id", id.as_str()),
        ("client_id", client.client_id.as_str()),
        ("client_software_name", client.software_name.as_str()),
        ("client_software_version", client.software_version.as_str()),
    ];
    let keys: Vec<String> = point.labels.iter().map(|(key, _)| legal(key)).collect();
    for (key, (_, value)) in keys.iter().zip(&point.labels) {
        // Names that become the same: the first one stays. Those in front are the broker's own word.
        if !labels.iter().any(|(known, _)| known == key) {
            labels.push((key, value));
        }
    }
    out.line(name, &labels, point.value);
}

/// The name under which a client's metric is shown: the kind goes by the name, so a family has one kind only.
fn series_name(point: &Point) -> String {
    let name = format!("client_{}", legal(&point.name));
    let bare = name.strip_suffix("_total").unwrap_or(&name);
    if point.counter { format!("{bare}_total") } else { bare.to_owned() }
}

/// With an underscore for everything that a name may not have.
fn legal(name: &str) -> String {
    let mut out: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    // Two in front are Prometheus' own.
    if out.starts_with(|c: char| c.is_ascii_digit() || c == '_') {
        out.insert_str(0, "x_");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_shard::telemetry::otlp::Pushed;
    use ringlog_wire::ids::TopicId;

    fn point(name: &str, counter: bool, labels: &[(&str, &str)]) -> Point {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Point { name: name.into(), counter, labels, value: 1.5 }
    }

    fn report(n: u128, points: Vec<Point>) -> ClientReport {
        ClientReport {
            instance: TopicId(n.to_be_bytes()),
            client_id: "a\"b".into(),
            software_name: "java".into(),
            software_version: "4.3.1".into(),
            interval_ms: 100_000,
            pushed: Pushed { points, left_out: 2 },
        }
    }

    #[test]
    fn a_client_has_its_names_under_ours() {
        let clients = Clients::default();
        let labels = [("node.id", "1"), ("client_id", "spoofed"), ("__name__", "x"), ("node id", "2")];
        let points = vec![
            point("org.apache.kafka.producer.queue", false, &labels),
            point("ringlog_connections", true, &[]),
            point("a.total", false, &[]),
            point("a.total", true, &[]),
        ];
        clients.put(report(7, points), Instant::now());
        let text = clients.metrics();
        let who = "client_instance_id=\"AAAAAAAAAAAAAAAAAAAABw\",client_id=\"a\\\"b\",\
                   client_software_name=\"java\",client_software_version=\"4.3.1\"";
        for line in [
            format!("client_org_apache_kafka_producer_queue{{{who},node_id=\"1\",x___name__=\"x\"}} 1.5\n"),
            format!("client_ringlog_connections_total{{{who}}} 1.5\n"),
            format!("# TYPE client_a gauge\nclient_a{{{who}}} 1.5\n"),
            format!("# TYPE client_a_total counter\nclient_a_total{{{who}}} 1.5\n"),
        ] {
            assert!(text.contains(&line), "{line}\n{text}");
        }
        assert!(text.lines().all(|l| l.starts_with("client_") || l.starts_with("# ")), "{text}");
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_and_the_silent_are_not_shown() {
        let clients = Clients::default();
        let now = Instant::now();
        let one = || vec![point("m", false, &[])];
        for n in 0..=CLIENTS_MAX as u128 {
            clients.put(report(n, one()), now);
        }
        clients.put(report(1, one()), now);
        let (all, counted) = clients.all(now);
        let pushes = CLIENTS_MAX as u64 + 2;
        assert_eq!(counted, [CLIENTS_MAX as u64, CLIENTS_MAX as u64, 1, 2 * pushes]);
        assert_eq!((all[0].report.instance.0[15], all.last().map(|s| s.report.instance.0[15])), (2, Some(1)));
        // As many points as fit, but for one: all who were there go.
        let many = vec![point("m", false, &[]); POINTS_MAX];
        clients.put(report(5000, many), now);
        assert_eq!(clients.all(now).1[..3], [1, POINTS_MAX as u64, CLIENTS_MAX as u64 + 1]);
        assert_eq!(clients.all(now + Duration::from_secs(300)).1[0], 1);
        let later = now + Duration::from_secs(301);
        assert_eq!(clients.all(later).1[..2], [0, 0], "three intervals without a push");
        clients.put(report(1, one()), later);
        assert_eq!(
            clients.all(later).1[..3],
            [1, 1, CLIENTS_MAX as u64 + 1],
            "that one was over, not dropped"
        );
    }
}
