//! The little HTTP that the admin endpoint speaks: one GET per connection.
//!
//! Owner: `THREADS` ordinary threads, off the cores. Invariants: `REQUEST_MAX` bytes and `REQUEST_TIME` for a request,
//! `ANSWER_TIME` for its answer, and nothing is kept between connections: a client that is slow, hostile or many costs
//! itself and other readers time, never a core.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Requests that are answered at the same time.
const THREADS: usize = 4;
/// A request's head is not longer than this.
const REQUEST_MAX: usize = 8 << 10;
/// A request's head must have arrived after this time.
const REQUEST_TIME: Duration = Duration::from_secs(2);
/// An answer must have left after this time.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// An answer: status and body; a body that begins with a brace is JSON, another one Prometheus' text.
pub type Answer = (u16, String);

/// Serves `listener` on threads of its own for the life of the process. Errors: no thread, no descriptor.
pub fn serve(
    listener: &TcpListener,
    answer: impl Fn(&str) -> Option<Answer> + Clone + Send + 'static,
) -> io::Result<()> {
    for n in 0..THREADS {
        let (listener, answer) = (listener.try_clone()?, answer.clone());
        let run = move || {
            loop {
                match listener.accept() {
                    // A client that goes away or is slow is its own problem.
                    Ok((mut stream, _)) => drop(handle(&mut stream, &answer)),
                    // No descriptors left: wait for some to come back.
                    Err(_) => std::thread::sleep(Duration::from_millis(100)),
                }
            }
        };
        std::thread::Builder::new().name(format!("admin-{n}")).spawn(run)?;
    }
    Ok(())
}

fn handle(stream: &mut TcpStream, answer: &impl Fn(&str) -> Option<Answer>) -> io::Result<()> {
    let deadline = Instant::now() + REQUEST_TIME;
    let mut head = Vec::new();
    let mut piece = [0u8; 1024];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || head.len() > REQUEST_MAX {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        let n = stream.read(&mut piece)?;
        if n == 0 {
            return Ok(());
        }
        head.extend_from_slice(piece.get(..n).unwrap_or_default());
    }
    let (code, body) = route(&head, answer);
    send(stream, respond(code, &body).as_bytes())
}

/// Sends all of it within `ANSWER_TIME`, however little the client takes at once.
fn send(stream: &mut TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    let deadline = Instant::now() + ANSWER_TIME;
    while !bytes.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
        let n = stream.write(bytes)?;
        bytes = bytes.get(n..).unwrap_or_default();
        if n == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
    }
    Ok(())
}

fn route(head: &[u8], answer: &impl Fn(&str) -> Option<Answer>) -> Answer {
    let error = |code, text: &str| (code, serde_json::json!({ "error": text }).to_string());
    let line = head.split(|b| *b == b'\r').next().unwrap_or_default();
    let words: Vec<&str> = std::str::from_utf8(line).unwrap_or_default().split(' ').collect();
    let [method, target, version] = words.as_slice() else { return error(400, "not HTTP") };
    if !matches!(*version, "HTTP/1.0" | "HTTP/1.1") {
        return error(400, "not HTTP/1");
    }
    let path = target.split('?').next().unwrap_or_default();
    match answer(path) {
        Some(_) if *method != "GET" => error(405, "GET only"),
        Some(answer) => answer,
        None => error(404, &format!("not found; there are {}", super::PATHS.join(", "))),
    }
}

fn respond(code: u16, body: &str) -> String {
    let reason = match code {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        _ => "Service Unavailable",
    };
    let end = if body.ends_with('\n') { "" } else { "\n" };
    let length = body.len() + end.len();
    let kind = if body.starts_with('{') { "application/json" } else { "text/plain; version=0.0.4" };
    format!(
        "HTTP/1.1 {code} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}{end}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Shutdown, SocketAddr};

    fn start() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        serve(&listener, |path| (path == "/a").then(|| (200, "x".repeat(100_000)))).expect("threads");
        listener.local_addr().expect("bound")
    }

    /// What comes back until the end, however it ends.
    fn ask(address: SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).expect("connect");
        stream.write_all(request).expect("send");
        stream.shutdown(Shutdown::Write).expect("shutdown");
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8(answer).expect("text")
    }

    #[test]
    fn what_is_no_request_gets_an_error_or_nothing() {
        let at = start();
        let status = |request: &[u8]| ask(at, request).get(9..12).map(str::to_owned);
        for (request, code) in [
            (&b"GET /a HTTP/1.1\r\n\r\n"[..], Some("200")),
            (b"GET /a?b=c HTTP/1.0\r\nHost: x\r\n\r\n", Some("200")),
            (b"GET /b HTTP/1.1\r\n\r\n", Some("404")),
            (b"POST /a HTTP/1.1\r\n\r\n", Some("405")),
            (b"POST /b HTTP/1.1\r\n\r\n", Some("404")),
            (b"GET /a HTTP/2\r\n\r\n", Some("400")),
            (b"GET /a HTTP/1.1 and more\r\n\r\n", Some("400")),
            (b"GET  /a HTTP/1.1\r\n\r\n", Some("400")),
            (b"\r\n\r\n", Some("400")),
            (b"\xff\xfe /a HTTP/1.1\r\n\r\n", Some("400")),
            (b"\x16\x03\x01\r\n\r\n", Some("400")),
            (b"GET /a HTTP/1.1", None),
            (b"", None),
        ] {
            assert_eq!(status(request).as_deref(), code, "{}", String::from_utf8_lossy(request));
        }
        let endless = [b"GET /a HTTP/1.1\r\nX: ".as_slice(), &[b'x'; REQUEST_MAX]].concat();
        assert_eq!(status(&endless), None, "a head without an end");
    }

    #[test]
    fn those_that_say_nothing_leave_room_for_others() {
        let at = start();
        let silent: Vec<_> = (0..THREADS - 1).map(|_| TcpStream::connect(at).expect("connect")).collect();
        let answer = ask(at, b"GET /a HTTP/1.1\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("xx\n"));
        assert!(answer.contains("\r\nContent-Length: 100001\r\n"));
        drop(silent);
    }
}
