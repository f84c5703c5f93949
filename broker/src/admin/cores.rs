//! The cores as an operator sees them: `/v1/cores`, the metrics of each, and their sums.
//!
//! Owner: the process; each core puts its newest report here, the admin threads read. Invariants: a question never
//! enters a core; the lock covers the exchange of pointers only; an answer is bounded by cores, APIs and `TOPICS_MAX`.

use super::busy::Busy;
use super::figures::{CORE, Figure, PHASE, RUNTIME, STORE};
use super::stages;
use super::text::{Series, Text, kind};
use crate::rt::uring;
use ringlog_shard::report::{CoreReport, TopicReport, TopicsReport};
use ringlog_wire::ApiKey;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// Of all cores together, besides the sums of figures.
pub const PUBLIC: [Series; 9] = [
    Series { name: "ringlog_topics", labels: &[], help: "Topics of the cluster." },
    Series { name: "ringlog_partitions", labels: &[], help: "Partitions of the cluster." },
    Series { name: "ringlog_requests_total", labels: &["api"], help: "Requests, by API." },
    Series { name: "ringlog_topic_batches_in_total", labels: &["topic"], help: "Batches appended." },
    Series { name: "ringlog_topic_in_bytes_total", labels: &["topic"], help: "Bytes appended, as stored." },
    Series { name: "ringlog_topic_out_bytes_total", labels: &["topic"], help: "Bytes read for consumers." },
    Series {
        name: "ringlog_topics_left_out",
        labels: &[],
        help: "Topics that are not shown: the first 1,000 by name are.",
    },
    Series {
        name: "ringlog_scrub_last_pass_timestamp_seconds",
        labels: &[],
        help: "When the last full pass of scrubbing ended on the core where that is longest ago, Unix time; 0: on one of them none has since the start.",
    },
    Series { name: "ringlog_stage_duration_seconds", labels: &["api", "stage"], help: stages::HELP },
];
/// Of each core, besides its figures.
pub const INTERNAL: [Series; 4] = [
    Series { name: "ringlog_core_requests_total", labels: &["core", "api"], help: "Requests, by API." },
    Series {
        name: "ringlog_core_messages_waiting",
        labels: &["core", "to"],
        help: "Messages that another core has not taken yet.",
    },
    Series {
        name: "ringlog_core_report_age_seconds",
        labels: &["core"],
        help: "Age of the core's report; above 2 the core is stuck.",
    },
    Series {
        name: "ringlog_core_stage_duration_seconds",
        labels: &["core", "api", "stage"],
        help: stages::HELP,
    },
];

struct Seen {
    report: CoreReport,
    at: Instant,
}

#[derive(Default)]
struct Inner {
    reports: Mutex<BTreeMap<u16, Arc<Seen>>>,
    topics: Mutex<BTreeMap<u16, Arc<TopicsReport>>>,
    live: OnceLock<uring::Live>,
    busy: Mutex<Busy>,
}

/// The newest report of each core, and the counters of its runtime.
#[derive(Clone, Default)]
pub struct Cores(Arc<Inner>);

fn put<T>(map: &Mutex<BTreeMap<u16, Arc<T>>>, core: u16, report: T) {
    let report = Arc::new(report);
    let old = map.lock().unwrap_or_else(PoisonError::into_inner).insert(core, report);
    drop(old);
}

fn all<T>(map: &Mutex<BTreeMap<u16, Arc<T>>>) -> Vec<(u16, Arc<T>)> {
    map.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(k, v)| (*k, Arc::clone(v))).collect()
}

/// The series of a figure: of a core, and of all if it is summed.
pub fn names<T>(figure: &Figure<T>) -> (String, Option<String>) {
    let name = figure.name;
    (format!("ringlog_core_{name}"), figure.summed.then(|| format!("ringlog_{name}")))
}

fn sums<T>(out: &mut Text, figures: &[Figure<T>], of: &[&T]) {
    for figure in figures {
        if let (_, Some(name)) = names(figure) {
            out.head(&name, kind(&name), figure.help);
            out.line(&name, &[], of.iter().map(|t| (figure.of)(t)).sum::<u64>());
        }
    }
}

/// `of`: the values of the labels of each.
fn each<T>(out: &mut Text, figures: &[Figure<T>], labels: &[&str], of: &[(Vec<String>, &T)]) {
    for figure in figures {
        let (name, _) = names(figure);
        out.head(&name, kind(&name), figure.help);
        for (values, t) in of {
            let labels: Vec<(&str, &str)> =
                labels.iter().copied().zip(values.iter().map(String::as_str)).collect();
            out.line(&name, &labels, (figure.of)(t));
        }
    }
}

fn fields<T>(figures: &[Figure<T>], of: &T) -> Map<String, Value> {
    figures.iter().map(|f| (f.name.to_owned(), json!((f.of)(of)))).collect()
}

fn api_name(key: i16) -> &'static str {
    ApiKey::try_from(key).map_or("unknown", ApiKey::name)
}

impl Cores {
    /// Takes over the figures of a core. Once a second, whichever core comes first notes how busy all of them were.
    pub fn put(&self, core: u16, report: CoreReport) {
        let at = Instant::now();
        put(&self.0.reports, core, Seen { report, at });
        // Another core that is at it right now does it for both.
        if let (Some(live), Ok(mut busy)) = (self.0.live.get(), self.0.busy.try_lock()) {
            busy.note(at, || live.busy_us().collect());
        }
    }

    /// Takes over the traffic of a core's topics.
    pub fn put_topics(&self, core: u16, report: TopicsReport) {
        put(&self.0.topics, core, report);
    }

    /// The runtime that counts; once.
    pub fn set_live(&self, live: uring::Live) {
        let _ = self.0.live.set(live);
    }

    fn live(&self) -> Vec<uring::CoreReport> {
        self.0.live.get().map(uring::Live::read).unwrap_or_default()
    }

    /// All cores, one object each; the last is the control core, which has no clients.
    pub(super) fn json(&self) -> String {
        let reports = all(&self.0.reports);
        let live = self.live();
        let busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).percent().to_vec();
        let one = |(core, runtime): (u16, &uring::CoreReport)| {
            let seen = reports.iter().find(|(of, _)| *of == core).map(|(_, seen)| seen);
            let role = if usize::from(core) + 1 == live.len() { "control" } else { "data" };
            let mut object = Map::from_iter([("core".into(), json!(core)), ("role".into(), json!(role))]);
            let mut turns = fields(RUNTIME, runtime);
            let slow = runtime.phases.iter().filter(|p| p.turns > 0);
            let slow = slow.map(|p| json!({"phase": p.name, "turns": p.turns, "slowest_us": p.slowest_us}));
            turns.insert("slow_turns_by_phase".into(), slow.collect());
            object.insert("runtime".into(), Value::Object(turns));
            object.extend(busy.get(usize::from(core)).map(|share| ("busy_percent".into(), json!(share))));
            let Some(seen) = seen else { return Value::Object(object) };
            object.extend(fields(CORE, &seen.report));
            object.insert("age_ms".into(), json!(seen.at.elapsed().as_millis() as u64));
            let requests = seen.report.requests.iter();
            let requests = requests.map(|(key, n)| (api_name(*key).to_owned(), json!(n)));
            object.insert("requests".into(), Value::Object(requests.collect()));
            object.insert("messages_waiting".into(), json!(seen.report.waiting));
            let stores = seen.report.stores.iter().map(|s| {
                let mut store = fields(STORE, s);
                store.insert("directory".into(), json!(s.directory));
                Value::Object(store)
            });
            object.insert("directories".into(), stores.collect());
            object.insert("stages".into(), stages::json(&seen.report.stages));
            Value::Object(object)
        };
        json!({ "cores": (0u16..).zip(&live).map(one).collect::<Vec<_>>() }).to_string()
    }

    /// What each core tells.
    pub(super) fn internal(&self, out: &mut Text) {
        let reports = all(&self.0.reports);
        let live = self.live();
        let label = |core: u16| vec![core.to_string()];
        let of: Vec<_> = reports.iter().map(|(core, seen)| (label(*core), &seen.report)).collect();
        each(out, CORE, &["core"], &of);
        let stores = reports.iter().flat_map(|(core, seen)| {
            seen.report.stores.iter().map(|s| (vec![core.to_string(), s.directory.to_string()], s))
        });
        each(out, STORE, &["core", "directory"], &stores.collect::<Vec<_>>());
        let of: Vec<_> = (0u16..).zip(&live).map(|(core, r)| (label(core), r)).collect();
        each(out, RUNTIME, &["core"], &of);
        let phases = (0u16..).zip(&live).flat_map(|(core, r)| {
            r.phases.iter().map(move |p| (vec![core.to_string(), p.name.to_owned()], p))
        });
        each(out, &[PHASE], &["core", "phase"], &phases.collect::<Vec<_>>());
        let [requests, waiting, age, durations] = &INTERNAL;
        out.family(requests);
        for (core, seen) in &reports {
            let core = core.to_string();
            seen.report.requests.iter().for_each(|(key, n)| out.value(requests, &[&core, api_name(*key)], n));
        }
        out.family(waiting);
        for (core, seen) in &reports {
            let to = seen.report.waiting.iter().enumerate();
            to.for_each(|(to, n)| out.value(waiting, &[&core.to_string(), &to.to_string()], n));
        }
        out.family(age);
        for (core, seen) in &reports {
            out.value(age, &[&core.to_string()], seen.at.elapsed().as_secs_f64());
        }
        out.family(durations);
        for (core, seen) in &reports {
            stages::text(out, durations, Some(*core), &[&seen.report.stages]);
        }
    }

    /// The sums over all cores, and the topics.
    pub(super) fn public(&self, out: &mut Text) {
        let reports = all(&self.0.reports);
        let live = self.live();
        let cores: Vec<&CoreReport> = reports.iter().map(|(_, seen)| &seen.report).collect();
        let [topics, partitions, requests, batches_in, in_bytes, out_bytes, left_out, scrubbed, durations] =
            &PUBLIC;
        let most = |of: fn(&CoreReport) -> usize| cores.iter().map(|r| of(r)).max().unwrap_or(0);
        out.single(topics, most(|r| r.topics));
        out.single(partitions, most(|r| r.all_partitions));
        out.single(scrubbed, cores.iter().map(|r| r.scrubbed.1).min().unwrap_or(0));
        sums(out, CORE, &cores);
        sums(out, STORE, &cores.iter().flat_map(|r| &r.stores).collect::<Vec<_>>());
        sums(out, RUNTIME, &live.iter().collect::<Vec<_>>());
        let mut by_api: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, n) in cores.iter().flat_map(|r| &r.requests) {
            *by_api.entry(api_name(*key)).or_default() += n;
        }
        out.family(requests);
        by_api.into_iter().for_each(|(api, n)| out.value(requests, &[api], n));
        let reports = all(&self.0.topics);
        let by_topic = by_topic(&reports);
        for (series, of) in [
            (batches_in, (|t| t.batches_in) as fn(&TopicReport) -> u64),
            (in_bytes, |t| t.bytes_in),
            (out_bytes, |t| t.bytes_out),
        ] {
            out.family(series);
            for (topic, parts) in &by_topic {
                out.value(series, &[topic], parts.iter().map(|part| of(part)).sum::<u64>());
            }
        }
        out.single(left_out, reports.iter().map(|(_, r)| r.left_out).max().unwrap_or(0));
        out.family(durations);
        stages::text(out, durations, None, &cores.iter().map(|r| &r.stages).collect::<Vec<_>>());
    }
}

/// What each core tells of each topic.
fn by_topic(reports: &[(u16, Arc<TopicsReport>)]) -> BTreeMap<&str, Vec<&TopicReport>> {
    let mut all: BTreeMap<&str, Vec<&TopicReport>> = BTreeMap::new();
    for topic in reports.iter().flat_map(|(_, report)| &report.topics) {
        all.entry(&topic.name).or_default().push(topic);
    }
    all
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use ringlog_shard::report::StoreReport;

    /// A core with something of everything.
    pub fn sample() -> CoreReport {
        CoreReport {
            connections: 3,
            requests: vec![(0, 5), (1, 7)],
            received: 100,
            request_bytes: (10, 1000),
            stores: vec![StoreReport {
                directory: 0,
                online: true,
                stats: ringlog_storage::store::StoreStats { frames: 4, ..Default::default() },
                tail_bytes: 9,
            }],
            waiting: vec![0, 2, 1],
            topics: 2,
            all_partitions: 6,
            scrubbed: (1, 1_700_000_000),
            ..CoreReport::default()
        }
    }

    pub fn cores() -> Cores {
        let cores = Cores::default();
        let topic =
            |name: &str, bytes_in| TopicReport { name: name.into(), batches_in: 1, bytes_in, bytes_out: 8 };
        for core in 0..2 {
            let mut report = sample();
            report.scrubbed.1 += u64::from(core);
            cores.put(core, report);
            let topics = vec![topic("a", 10), topic(if core == 0 { "b" } else { "c\"" }, 1)];
            cores.put_topics(core, TopicsReport { topics, left_out: 3 });
        }
        cores.set_live(uring::Live::sample(3));
        cores
    }

    #[test]
    fn sums_and_parts_agree() {
        let (mut public, mut internal) = (Text::default(), Text::default());
        cores().public(&mut public);
        cores().internal(&mut internal);
        for line in [
            "ringlog_connections 6\n",
            "ringlog_commit_frames_total 8\n",
            "ringlog_requests_total{api=\"Fetch\"} 14\n",
            "ringlog_partitions 6\n",
            "ringlog_topic_in_bytes_total{topic=\"a\"} 20\n",
            "ringlog_topic_out_bytes_total{topic=\"c\\\"\"} 8\n",
            "ringlog_topics_left_out 3\n",
            "ringlog_slow_turns_total 3\n",
            "ringlog_scrub_passes_total 2\n",
            "ringlog_scrub_last_pass_timestamp_seconds 1700000000\n",
        ] {
            assert!(public.0.contains(line), "{line}\n{}", public.0);
        }
        for line in [
            "ringlog_core_connections{core=\"1\"} 3\n",
            "ringlog_core_tail_bytes{core=\"0\",directory=\"0\"} 9\n",
            "ringlog_core_requests_total{core=\"0\",api=\"Produce\"} 5\n",
            "ringlog_core_messages_waiting{core=\"1\",to=\"1\"} 2\n",
            "ringlog_core_slow_turns_total{core=\"2\"} 1\n",
        ] {
            assert!(internal.0.contains(line), "{line}\n{}", internal.0);
        }
    }

    #[test]
    fn every_core_says_how_busy_it_was_once_there_are_two_readings() {
        let cores = cores();
        let now = Instant::now();
        let shown = || -> Value { serde_json::from_str(&cores.json()).expect("JSON") };
        cores.0.busy.lock().unwrap().note(now, || vec![0, 0, 0]);
        assert_eq!(shown()["cores"][0]["busy_percent"], Value::Null);
        let later = now + std::time::Duration::from_secs(1);
        cores.0.busy.lock().unwrap().note(later, || vec![420_000, 1_000_000, 5_000]);
        let share = |core: usize| shown()["cores"][core]["busy_percent"].clone();
        assert_eq!((share(0), share(1), share(2)), (json!(42.0), json!(100.0), json!(0.5)));
    }

    #[test]
    fn every_core_is_an_object_and_the_last_is_the_control_core() {
        let shown: Value = serde_json::from_str(&cores().json()).expect("JSON");
        let list = shown["cores"].as_array().expect("a list");
        assert_eq!(list.len(), 3);
        assert_eq!((&list[0]["role"], &list[0]["connections"]), (&json!("data"), &json!(3)));
        assert_eq!((&list[1]["requests"]["Fetch"], &list[1]["messages_waiting"][1]), (&json!(7), &json!(2)));
        assert_eq!(list[0]["directories"][0]["commit_frames_total"], json!(4));
        assert_eq!((&list[2]["role"], &list[2]["connections"]), (&json!("control"), &Value::Null));
        assert_eq!(list[2]["runtime"]["slow_turns_total"], json!(1));
        assert!(list[0]["age_ms"].as_u64().is_some());
    }
}
