//! What the cores of a ringlog broker did in each interval, from its admin endpoint.
//!
//! Owner: the thread that watches the run. Invariants: a broker that does not answer within a second is asked no more,
//! and the run goes on; an answer is at most `ANSWER_MAX` bytes.

use super::stages;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// How long the endpoint may take.
const WITHIN: Duration = Duration::from_secs(1);
/// Reports closer together than this, seconds, are one: ages are told in milliseconds.
const REPORT_MIN: f64 = 0.2;
/// Bytes of an answer.
const ANSWER_MAX: u64 = 4 << 20;
/// Counters of a core whose rate is kept, and their names in the result.
const RATES: [(&str, &str); 5] = [
    ("received_bytes_total", "received_bytes"),
    ("sent_bytes_total", "sent_bytes"),
    ("commit_frames_total", "commits"),
    ("slow_turns_total", "slow_turns"),
    ("turns_total", "turns"),
];
/// Levels that are kept as they are.
const LEVELS: [&str; 4] = ["busy_percent", "connections", "produce_in_flight", "request_memory_bytes"];

/// The cores of one broker.
#[derive(Debug)]
pub struct Cores {
    admin: String,
    /// When the first answer came.
    began: Instant,
    /// By core: its last report, when it was made, and what was shown of it.
    before: BTreeMap<u64, (f64, Value, Value)>,
    /// By core: the report since which stages are shown.
    base: BTreeMap<u64, Value>,
    silent: bool,
}

impl Cores {
    /// Errors: nothing answers.
    pub fn new(admin: &str) -> io::Result<Self> {
        let mut one = Self::of(admin);
        let first = one.ask()?;
        one.take(0.0, &first);
        Ok(one)
    }

    fn of(admin: &str) -> Self {
        Self {
            admin: admin.to_owned(),
            began: Instant::now(),
            before: BTreeMap::new(),
            base: BTreeMap::new(),
            silent: false,
        }
    }

    /// What was reported until now is the warm-up: stages are shown from here on.
    pub fn forget_stages(&mut self) {
        self.base = self.before.iter().map(|(core, (_, report, _))| (*core, report.clone())).collect();
    }

    /// What each core did each second between its last two reports; `None` once the broker no longer answers.
    pub fn look(&mut self) -> Option<Value> {
        if self.silent {
            return None;
        }
        match self.ask() {
            Ok(now) => Some(self.take(self.began.elapsed().as_secs_f64(), &now)),
            Err(e) => {
                eprintln!("{e}: the cores are not shown from here on");
                self.silent = true;
                None
            }
        }
    }

    /// Cores report once a second: whose report is the old one yet is shown as before, not as idle.
    fn take(&mut self, at: f64, cores: &[Value]) -> Value {
        let mut all = Vec::new();
        for core in cores {
            let number = core.get("core").and_then(Value::as_u64).unwrap_or(0);
            let age = core.get("age_ms").and_then(Value::as_f64).unwrap_or(0.0) / 1000.0;
            let made = at - age;
            let shown = match self.before.get(&number) {
                Some((then, _, shown)) if made - then < REPORT_MIN => shown.clone(),
                Some((then, old, _)) => {
                    let mut shown = rates(old, core, made - then);
                    let base = self.base.entry(number).or_insert_with(|| old.clone());
                    if let (Some(object), true) = (shown.as_object_mut(), core.get("stages").is_some()) {
                        object.insert("stages".to_owned(), stages::since(base, core));
                    }
                    self.before.insert(number, (made, core.clone(), shown.clone()));
                    shown
                }
                None => {
                    let shown = rates(core, core, 1.0);
                    self.before.insert(number, (made, core.clone(), shown.clone()));
                    shown
                }
            };
            all.push(shown);
        }
        all.into()
    }

    fn ask(&self) -> io::Result<Vec<Value>> {
        let cannot = |e: io::Error| {
            io::Error::other(format!(
                "{}/v1/cores: {e}; need --admin HOST:PORT of a ringlog broker",
                self.admin
            ))
        };
        let answer = get(&self.admin, "/v1/cores").map_err(cannot)?;
        let mut shown: Value = serde_json::from_str(&answer).map_err(|e| cannot(e.into()))?;
        match shown.get_mut("cores").map(Value::take) {
            Some(Value::Array(cores)) => Ok(cores),
            _ => Err(cannot(io::Error::other("found an answer without cores"))),
        }
    }
}

/// Which broker it is, as its admin endpoint says; `None` for one that does not say its version.
/// Errors: nothing answers there.
pub fn broker(admin: &str) -> io::Result<Option<String>> {
    let answer = get(admin, "/v1/status/ready")?;
    let told: Value = serde_json::from_str(&answer).unwrap_or_default();
    let word = |name: &str| told.get(name).and_then(Value::as_str);
    Ok(word("version")
        .map(|version| format!("ringlog {version}, commit {}", word("commit").unwrap_or("unknown"))))
}

fn get(admin: &str, path: &str) -> io::Result<String> {
    let addr = admin.to_socket_addrs()?.next().ok_or_else(|| io::Error::other("found no address"))?;
    let mut socket = TcpStream::connect_timeout(&addr, WITHIN)?;
    socket.set_read_timeout(Some(WITHIN))?;
    socket
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {admin}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    socket.take(ANSWER_MAX).read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.split(' ').nth(1) == Some("200") => Ok(body.to_owned()),
        _ => Err(io::Error::other(format!("answered {:?}", answer.lines().next().unwrap_or_default()))),
    }
}

/// A figure of a core, wherever it stands; of directories and APIs the sum.
fn figure(core: &Value, name: &str) -> f64 {
    let directories = core.get("directories").and_then(Value::as_array).into_iter().flatten();
    let own = [core.get(name), core.get("runtime").and_then(|r| r.get(name))].into_iter().flatten();
    let apis = |v: &Value| v.as_object().map(|all| all.values().filter_map(Value::as_f64).sum::<f64>());
    let all = own.chain(directories.filter_map(|d| d.get(name)));
    all.filter_map(|v| v.as_f64().or_else(|| apis(v))).fold(0.0, |a, b| a + b)
}

fn rates(old: &Value, core: &Value, seconds: f64) -> Value {
    let rate = |name: &str| json!(((figure(core, name) - figure(old, name)) / seconds).max(0.0));
    let mut shown = Map::new();
    for name in ["core", "role"] {
        shown.insert(name.to_owned(), core.get(name).cloned().unwrap_or_default());
    }
    shown.insert("requests".to_owned(), rate("requests"));
    shown.extend(RATES.map(|(name, short)| (short.to_owned(), rate(name))));
    shown.extend(LEVELS.map(|name| (name.to_owned(), json!(figure(core, name)))));
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_has_what_it_did_each_second() {
        let core = |produce: u32, frames: u32, age_ms: u32| {
            json!({"core": 0, "role": "data", "age_ms": age_ms, "connections": 3, "busy_percent": 12.5,
                   "requests": {"Produce": produce, "Fetch": 5},
                   "directories": [{"commit_frames_total": frames}, {"commit_frames_total": 1}],
                   "runtime": {"slow_turns_total": 2},
                   "stages": {"produce": {"append": {"count": frames, "total_us": frames, "buckets": [[2.0, frames]]}}}})
        };
        let mut cores = Cores::of("");
        assert_eq!(cores.take(0.0, &[core(10, 4, 500)])[0]["requests"], json!(0.0));
        // The same report, half a second older; then one that was made two seconds after it.
        assert_eq!(cores.take(0.5, &[core(10, 4, 1000)])[0]["requests"], json!(0.0));
        let seen = cores.take(2.0, &[core(30, 8, 500)]);
        let one = &seen[0];
        assert_eq!(
            (&one["requests"], &one["commits"], &one["slow_turns"]),
            (&json!(10.0), &json!(2.0), &json!(0.0))
        );
        assert_eq!(one["busy_percent"], json!(12.5));
        assert_eq!((&one["connections"], &one["stages"][0]["requests"]), (&json!(3.0), &json!(4.0)));
        cores.forget_stages();
        let seen = cores.take(3.0, &[core(30, 9, 500)]);
        assert_eq!(seen[0]["stages"][0]["requests"], json!(1.0), "without the warm-up");
        assert_eq!(cores.take(3.4, &[core(30, 9, 900)])[0]["commits"], json!(1.0), "as before, not idle");
    }

    #[test]
    fn who_is_no_broker_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let served = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let (mut asked, mut some) = (Vec::new(), [0; 256]);
            while !asked.ends_with(b"\r\n\r\n") {
                let n = socket.read(&mut some).unwrap();
                asked.extend_from_slice(&some[..n]);
            }
            socket.write_all(b"HTTP/1.1 404 Not Found\r\n\r\nno").unwrap();
        });
        let refused = Cores::new(&at).unwrap_err().to_string();
        served.join().unwrap();
        assert!(refused.contains("404") && refused.contains("--admin"), "{refused}");
    }
}
