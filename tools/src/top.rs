//! `ringctl top`: what each core of a broker does, once a second, from the admin endpoint's `/v1/cores`.
//!
//! Owner: one process. Invariants: the broker is asked once a second at most, and its cores never are (the endpoint
//! answers from their last reports); an answer has a bound in bytes and time; a rate is shown once two reports are there.

use crate::client::Failure;
use crate::out::Out;
use serde_json::Value;
use std::io::{IsTerminal, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Longest answer that is read.
const ANSWER_MAX: u64 = 16 << 20;
/// An answer must have come after this time.
const PATIENCE: Duration = Duration::from_secs(5);
const EVERY: Duration = Duration::from_secs(1);

/// Shows the cores of the broker at `admin` until it is stopped; once without a terminal, or as JSON, which has what was
/// counted instead of rates. On a terminal it goes on while the broker is away.
///
/// Errors: the endpoint does not answer at first, or not with cores.
pub fn run(admin: &str, out: &mut Out) -> Result<(), Failure> {
    let first = cores(&get(admin, "/v1/cores")?)?;
    if out.is_json() {
        first.iter().for_each(|core| out.object(core));
        return Ok(());
    }
    let live = std::io::stdout().is_terminal();
    let mut before = Some((Instant::now(), first));
    while !out.is_closed() {
        std::thread::sleep(EVERY);
        let now = get(admin, "/v1/cores").and_then(|text| cores(&text));
        let lines = match (&now, &before) {
            (Err(e), _) if live => vec![format!("{}; asking again", e.message)],
            (Err(e), _) => return Err(e.clone()),
            (Ok(now), Some((at, before))) => table(before, now, at.elapsed().as_secs_f64()),
            (Ok(_), None) => vec!["it answers again".to_owned()],
        };
        if !live {
            lines.iter().for_each(|line| out.line(line));
            return Ok(());
        }
        let title = format!("ringlog at {admin}, each second; Ctrl-C ends it");
        out.raw(screen(&title, &lines, size()).as_bytes());
        out.flush();
        before = now.ok().map(|now| (Instant::now(), now));
    }
    Ok(())
}

/// Columns and lines of the terminal.
fn size() -> (usize, usize) {
    terminal_size::terminal_size().map_or((80, 24), |(w, h)| (usize::from(w.0), usize::from(h.0)))
}

/// What is drawn over the last picture: nothing of it stays, nothing wraps or scrolls. `(columns, height)`: the terminal.
fn screen(title: &str, lines: &[String], (columns, height): (usize, usize)) -> String {
    // The cursor stands on the last line, which stays empty.
    let room = height.saturating_sub(2);
    let mut shown: Vec<String> = lines.to_vec();
    if lines.len() > room {
        // The sum is the last line.
        let hidden = lines.len() - room + 1;
        let sum = shown.pop();
        shown.truncate(room.saturating_sub(2));
        shown.push(format!("     {hidden} more cores: a higher window shows them, and so does -o json"));
        shown.extend(sum);
    }
    let mut out = "\x1b[H".to_owned();
    for line in [title].into_iter().chain(shown.iter().map(String::as_str)) {
        out.extend(line.chars().take(columns));
        out.push_str("\x1b[K\r\n");
    }
    out + "\x1b[J"
}

fn failed(what: impl Into<String>) -> Failure {
    Failure::client(what.into())
}

/// The body of a GET.
fn get(admin: &str, path: &str) -> Result<String, Failure> {
    let cannot = |e: std::io::Error| {
        failed(format!(
            "the admin endpoint {admin} does not answer: {e}. Does the broker run, and is that its [admin] bind? Give it as --admin HOST:PORT"
        ))
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
        _ => {
            let said = answer.lines().next().unwrap_or("nothing");
            Err(failed(format!(
                "{admin}{path} answered: {said}; the admin endpoint of a broker is needed ([admin] bind, 127.0.0.1:9644 if it is not set): --admin HOST:PORT"
            )))
        }
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

/// Headings and widths of the columns behind core and role; the whole is not wider than 80 columns.
const COLUMNS: [(&str, usize); 11] = [
    ("BUSY", 4),
    ("CONNS", 5),
    ("PARTS", 5),
    ("REQ/S", 5),
    ("IN/S", 5),
    ("OUT/S", 5),
    ("COMMITS", 7),
    ("DISK/S", 6),
    ("MEM", 5),
    ("TAILS", 5),
    ("SLOW", 5),
];

/// One line a core: what it has, and what it did in between; then the sum of all; of shares the mean of the data cores.
fn table(before: &[Value], now: &[Value], seconds: f64) -> Vec<String> {
    let row = |core: &str, role: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells = COLUMNS.iter().zip(cells).map(|((_, width), cell)| format!(" {cell:>width$}"));
        format!("{core:>4} {role:<7}{}", cells.collect::<String>())
    };
    let line = |core: &str, role: &str, (busy, figures): (Option<f64>, [f64; 10])| {
        let busy = busy.map_or_else(|| "-".to_owned(), |percent| format!("{percent:.0}%"));
        row(core, role, &mut std::iter::once(busy).chain(figures.map(short)))
    };
    let mut lines = vec![row("CORE", "ROLE", &mut COLUMNS.iter().map(|(heading, _)| (*heading).to_owned()))];
    let (mut sums, mut shares) = ([0.0; 10], Vec::new());
    for core in now {
        let number = core.get("core").and_then(Value::as_u64).unwrap_or(0);
        let role = core.get("role").and_then(Value::as_str).unwrap_or("");
        let old = before.iter().find(|b| b.get("core") == core.get("core"));
        let rate = |name| {
            let gone = figure(core, name) - old.map_or(0.0, |o| figure(o, name));
            (gone / seconds.max(0.001)).max(0.0)
        };
        let figures = [
            figure(core, "connections"),
            figure(core, "partitions_served"),
            rate("requests"),
            rate("received_bytes_total"),
            rate("sent_bytes_total"),
            rate("commit_frames_total"),
            rate("commit_bytes_total"),
            figure(core, "request_memory_bytes"),
            figure(core, "tail_bytes"),
            figure(core, "slow_turns_total"),
        ];
        sums.iter_mut().zip(figures).for_each(|(sum, n)| *sum += n);
        // None of a core that has just started, and of an older broker.
        let busy = core.get("busy_percent").and_then(Value::as_f64);
        shares.extend(busy.filter(|_| role == "data"));
        lines.push(line(&number.to_string(), role, (busy, figures)));
    }
    let mean = (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
    lines.push(line("all", "", (mean, sums)));
    lines
}

/// At most four digits and a letter.
fn short(n: f64) -> String {
    let units = [(1e15, 1e15, "P"), (1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")];
    let Some((_, unit, letter)) = units.into_iter().find(|(from, ..)| n >= *from) else {
        return format!("{n:.0}");
    };
    let n = n / unit;
    if n < 99.95 { format!("{n:.1}{letter}") } else { format!("{n:.0}{letter}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    const BEFORE: &str = r#"{"cores":[{"core":0,"role":"data","busy_percent":41.6,"connections":2,"requests":{"Produce":100,"Fetch":50},
        "directories":[{"commit_frames_total":5,"tail_bytes":7},{"commit_frames_total":6,"tail_bytes":1000000}],
        "runtime":{"slow_turns_total":1}},{"core":1,"role":"control","runtime":{"slow_turns_total":0}}]}"#;

    /// Two answers of a broker with two data cores, a second apart, while clients wrote and read.
    const RECORDED: &str = include_str!("top_recorded.json");
    const PICTURE: &str = include_str!("top_recorded.txt");

    #[test]
    fn rates_are_what_happened_in_between() {
        let before = cores(BEFORE).unwrap();
        let now = cores(&BEFORE.replace(":100,", ":20100,").replace(":6,", ":26,")).unwrap();
        let shown = table(&before, &now, 2.0);
        let words: Vec<&str> = shown[1].split_whitespace().collect();
        assert_eq!(
            words,
            ["0", "data", "42%", "2", "0", "10.0k", "0", "0", "10", "0", "0", "1.0M", "1"],
            "{shown:?}"
        );
        assert!(shown[2].starts_with("   1 control    - ") && shown[3].starts_with(" all          42% "));
        for (n, text) in
            [(9999.4, "9999"), (10_000.0, "10.0k"), (999_999.0, "1000k"), (2.5e9, "2.5G"), (1.5e8, "150M")]
        {
            assert_eq!(short(n), text);
        }
    }

    #[test]
    fn a_picture_fits_its_terminal() {
        let answer: Value = serde_json::from_str(RECORDED).unwrap();
        let [before, now] = ["before", "now"].map(|at| cores(&answer[at].to_string()).unwrap());
        let lines = table(&before, &now, 1.0);
        assert_eq!(lines, PICTURE.lines().collect::<Vec<_>>(), "\n{}", lines.join("\n"));
        assert!(lines.iter().all(|line| line.len() <= 80));
        let many: Vec<Value> = (0..40).flat_map(|_| now.clone()).collect();
        for (columns, height) in [(80, 24), (120, 40), (40, 10)] {
            for lines in [&lines, &table(&before, &many, 1.0)] {
                let shown = screen("title", lines, (columns, height));
                let rows: Vec<&str> = shown.split("\r\n").collect();
                assert!(rows.len() <= height, "{shown}");
                let width = |row: &&str| row.replace("\x1b[H", "").replace("\x1b[K", "").len();
                assert!(rows.iter().all(|row| width(row) <= columns), "{shown}");
                assert_eq!(rows.len() == height, shown.contains(" more cores"));
                assert!(rows[rows.len() - 2].starts_with(" all"), "the sum is always there");
            }
        }
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
