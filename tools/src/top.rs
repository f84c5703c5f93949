//! `ringctl top`: what each core of a broker does, once a second, from the admin endpoint's `/v1/cores`.
//!
//! Owner: one process. Invariants: the broker is asked once a second at most, and its cores never are (the endpoint
//! answers from their last reports); an answer has a bound in bytes and time; a rate is shown once two reports are there.

use crate::client::Failure;
use crate::out::Out;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{IsTerminal, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Longest answer that is read.
const ANSWER_MAX: u64 = 16 << 20;
/// An answer must have come after this time.
const PATIENCE: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_secs(1);

/// Shows the cores of the broker at `admin` until it is stopped; once without a terminal, or as JSON, which has what was
/// counted instead of rates.
///
/// Errors: the endpoint does not answer, or not with cores.
pub fn run(admin: &str, out: &mut Out) -> Result<(), Failure> {
    let mut before = get(admin, "/v1/cores")?;
    if out.is_json() {
        cores(&before)?.iter().for_each(|core| out.object(core));
        return Ok(());
    }
    let live = std::io::stdout().is_terminal();
    loop {
        let began = Instant::now();
        std::thread::sleep(EVERY);
        let now = get(admin, "/v1/cores")?;
        let seconds = began.elapsed().as_secs_f64();
        let table = table(&cores(&before)?, &cores(&now)?, seconds);
        if !live {
            out.raw(table.as_bytes());
            return Ok(());
        }
        // From the first corner on, and nothing of the last table below.
        out.raw(format!("\x1b[H{}\x1b[J", table.replace('\n', "\x1b[K\n")).as_bytes());
        out.flush();
        if out.is_closed() {
            return Ok(());
        }
        before = now;
    }
}

fn failed(what: impl Into<String>) -> Failure {
    Failure::client(what.into())
}

/// The body of a GET.
fn get(admin: &str, path: &str) -> Result<String, Failure> {
    let cannot = |e: std::io::Error| {
        failed(format!("the admin endpoint {admin} does not answer: {e} (--admin HOST:PORT)"))
    };
    let address = admin.to_socket_addrs().map_err(cannot)?.next();
    let address = address.ok_or_else(|| failed(format!("{admin} has no address")))?;
    let ask = || {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {admin}\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.take(ANSWER_MAX).read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().map_err(cannot)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.split(' ').nth(1) == Some("200") => Ok(body.trim_end().to_owned()),
        _ => Err(failed(format!("{admin}{path} answered: {}", answer.lines().next().unwrap_or_default()))),
    }
}

fn cores(text: &str) -> Result<Vec<Value>, Failure> {
    let mut shown: Value =
        serde_json::from_str(text).map_err(|e| failed(format!("/v1/cores is no JSON: {e}")))?;
    match shown.get_mut("cores").map(Value::take) {
        Some(Value::Array(cores)) => Ok(cores),
        _ => Err(failed("/v1/cores has no cores")),
    }
}

/// A figure of a core, wherever it stands; of directories and APIs the sum.
fn figure(core: &Value, name: &str) -> f64 {
    // The sum of nothing would be -0.
    let sum =
        |values: &mut dyn Iterator<Item = &Value>| values.filter_map(Value::as_f64).fold(0.0, |a, b| a + b);
    match name {
        "requests" => {
            sum(&mut core.get(name).and_then(Value::as_object).into_iter().flatten().map(|(_, n)| n))
        }
        _ => {
            let directories = core.get("directories").and_then(Value::as_array).into_iter().flatten();
            let own = [core.get(name), core.get("runtime").and_then(|r| r.get(name))].into_iter().flatten();
            sum(&mut own.chain(directories.filter_map(|d| d.get(name))))
        }
    }
}

/// One line a core: what it has, and what it did in between.
fn table(before: &[Value], now: &[Value], seconds: f64) -> String {
    let mut out = format!(
        "{:>4} {:<7} {:>6} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>6}\n",
        "CORE",
        "ROLE",
        "CONNS",
        "PARTS",
        "REQ/S",
        "IN/S",
        "OUT/S",
        "COMMIT/S",
        "DISK/S",
        "REQ MEM",
        "TAILS",
        "SLOW"
    );
    for core in now {
        let number = core.get("core").and_then(Value::as_u64).unwrap_or(0);
        let role = core.get("role").and_then(Value::as_str).unwrap_or("");
        let old = before.iter().find(|b| b.get("core") == core.get("core"));
        let rate = |name| {
            let gone = figure(core, name) - old.map_or(0.0, |o| figure(o, name));
            short((gone / seconds.max(0.001)).max(0.0))
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{number:>4} {role:<7} {:>6} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>6}",
            figure(core, "connections"),
            figure(core, "partitions_served"),
            rate("requests"),
            rate("received_bytes_total"),
            rate("sent_bytes_total"),
            rate("commit_frames_total"),
            rate("commit_bytes_total"),
            short(figure(core, "request_memory_bytes")),
            short(figure(core, "tail_bytes")),
            figure(core, "slow_turns_total"),
        );
    }
    out
}

/// At most four digits and a letter.
fn short(n: f64) -> String {
    let units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")];
    match units.into_iter().find(|(from, _)| n >= *from) {
        Some((_, "k")) => format!("{:.1}k", n / 1e3),
        Some((from, unit)) => format!("{:.1}{unit}", n / from),
        None => format!("{n:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const BEFORE: &str = r#"{"cores":[{"core":0,"role":"data","connections":2,"requests":{"Produce":100,"Fetch":50},
        "directories":[{"commit_frames_total":5,"tail_bytes":7},{"commit_frames_total":6,"tail_bytes":1000000}],
        "runtime":{"slow_turns_total":1}},{"core":1,"role":"control","runtime":{"slow_turns_total":0}}]}"#;

    #[test]
    fn rates_are_what_happened_in_between() {
        let before = cores(BEFORE).unwrap();
        let now = cores(&BEFORE.replace(":100,", ":20100,").replace(":6,", ":26,")).unwrap();
        let shown = table(&before, &now, 2.0);
        let words: Vec<&str> = shown.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(words, ["0", "data", "2", "0", "10.0k", "0", "0", "10", "0", "0", "1.0M", "1"], "{shown}");
        assert!(shown.lines().nth(2).unwrap().starts_with("   1 control"));
        assert_eq!(["9999", "10.0k", "2.5G"].map(str::to_owned), [9999.0, 10_000.0, 2.5e9].map(short));
    }

    #[test]
    fn answers_that_are_not_cores_are_named() {
        for (answer, what) in [
            ("HTTP/1.1 404 Not Found\r\n\r\n{}", "answered: HTTP/1.1 404 Not Found"),
            ("nonsense", "answered: nonsense"),
            ("HTTP/1.1 200 OK\r\n\r\n{\"cores\":[]}", ""),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let at = listener.local_addr().unwrap().to_string();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut head = [0; 512];
                assert!(stream.read(&mut head).unwrap() > 0);
                stream.write_all(answer.as_bytes()).unwrap();
            });
            let got = get(&at, "/v1/cores");
            server.join().unwrap();
            match got {
                Ok(body) => assert_eq!((body.as_str(), what), ("{\"cores\":[]}", "")),
                Err(e) => assert!(e.message.contains(what) && !what.is_empty(), "{}", e.message),
            }
        }
        assert!(cores("[]").is_err() && cores("{").is_err());
    }
}
