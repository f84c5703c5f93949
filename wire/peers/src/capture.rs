//! A proxy between a client and a broker that keeps the frames it passes on, by API and version.
//!
//! Owner: a developer's shell; `wire/golden/README.md` tells what was captured with it. Invariants: bytes pass
//! unchanged; of each kind the first frames of different length are kept, up to a bound, so that the file stays
//! small. An entry is a line `NAME VERSION request|response LENGTH`, the frame without its size field, a newline.

use ringlog_wire::ApiKey;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Frames kept of one API, version and direction.
const KEPT: usize = 3;
/// Longer frames are passed on but not kept.
const LONGEST: usize = 16 << 10;

/// What is known of a connection's requests: correlation id to API and version.
type Asked = Arc<Mutex<BTreeMap<i32, (ApiKey, i16)>>>;

#[derive(Clone)]
struct Store {
    file: Arc<Mutex<File>>,
    lengths: Arc<Mutex<BTreeMap<String, BTreeSet<usize>>>>,
}

impl Store {
    fn keep(&self, api: ApiKey, version: i16, kind: &str, frame: &[u8]) -> io::Result<()> {
        let key = format!("{} {version} {kind}", api.name());
        let mut all = self.lengths.lock().expect("no thread panics with it");
        let lengths = all.entry(key.clone()).or_default();
        if frame.len() > LONGEST || lengths.len() >= KEPT || !lengths.insert(frame.len()) {
            return Ok(());
        }
        let entry = [format!("{key} {}\n", frame.len()).as_bytes(), frame, b"\n"].concat();
        self.file.lock().expect("no thread panics with it").write_all(&entry)
    }
}

/// Passes on what comes to `listen` until the process is killed.
pub fn run(listen: &str, upstream: &str, file: &str) -> Result<(), String> {
    let io = |e: io::Error| format!("{listen} -> {upstream}: {e}");
    let created = File::create(file).map_err(|e| format!("{file}: {e}"))?;
    let store = Store { file: Arc::new(Mutex::new(created)), lengths: Arc::default() };
    let listener = TcpListener::bind(listen).map_err(io)?;
    println!("capturing {listen} -> {upstream} into {file}");
    for client in listener.incoming() {
        let client = client.map_err(io)?;
        let server = TcpStream::connect(upstream).map_err(io)?;
        let asked = Asked::default();
        let (c, s) = (client.try_clone().map_err(io)?, server.try_clone().map_err(io)?);
        let (store_1, asked_1) = (store.clone(), asked.clone());
        std::thread::spawn(move || requests(client, server, &store_1, &asked_1));
        let store = store.clone();
        std::thread::spawn(move || responses(s, c, &store, &asked));
    }
    Ok(())
}

fn requests(mut from: TcpStream, mut to: TcpStream, store: &Store, asked: &Asked) {
    while pass(&mut from, &mut to, |frame| {
        let head: [u8; 8] = frame.get(..8).and_then(|h| h.try_into().ok()).unwrap_or_default();
        let (key, version) = (i16::from_be_bytes([head[0], head[1]]), i16::from_be_bytes([head[2], head[3]]));
        if let Ok(api) = ApiKey::try_from(key) {
            let id = i32::from_be_bytes([head[4], head[5], head[6], head[7]]);
            asked.lock().expect("no thread panics with it").insert(id, (api, version));
            if let Err(e) = store.keep(api, version, "request", frame) {
                eprintln!("{e}");
            }
        }
    })
    .is_ok()
    {}
    let _ = to.shutdown(Shutdown::Write);
}

fn responses(mut from: TcpStream, mut to: TcpStream, store: &Store, asked: &Asked) {
    while pass(&mut from, &mut to, |frame| {
        let id = frame.get(..4).and_then(|h| h.try_into().ok()).map(i32::from_be_bytes).unwrap_or_default();
        if let Some((api, version)) = asked.lock().expect("no thread panics with it").remove(&id)
            && let Err(e) = store.keep(api, version, "response", frame)
        {
            eprintln!("{e}");
        }
    })
    .is_ok()
    {}
    let _ = to.shutdown(Shutdown::Both);
}

/// Passes one frame on. `see` sees it before the other side does, so that an answer finds its question.
fn pass(from: &mut TcpStream, to: &mut TcpStream, see: impl FnOnce(&[u8])) -> io::Result<()> {
    let mut size = [0; 4];
    from.read_exact(&mut size)?;
    let mut frame = Vec::new();
    let announced = u64::from(u32::from_be_bytes(size));
    if from.take(announced).read_to_end(&mut frame)? as u64 != announced {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    see(&frame);
    to.write_all(&size)?;
    to.write_all(&frame)
}
