//! A load of several clients at once, which goes on while the broker is killed and started again.
//!
//! Owner: a loop. Invariants: record k of client c has the number k * clients + c; a client is at most `AHEAD`
//! records ahead of its acknowledgements; nothing is sent while the load is settled.

use crate::client::{Acks, Client};
use crate::record::Record;
use crate::verify::Sent;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::JoinHandle;
use std::time::Duration;

/// How far a client may be ahead.
const AHEAD: usize = 100;
/// Who has no acknowledgement for so long, with a broker running, is stuck.
const PATIENCE: Duration = Duration::from_secs(120);
/// What the clients differ in: codec and linger.
const KINDS: [(&str, u32); 5] = [("lz4", 5), ("none", 0), ("zstd", 20), ("snappy", 0), ("gzip", 5)];

struct Shared {
    pause: AtomicBool,
    end: AtomicBool,
    /// Every client and the owner of the load meet here when all is acknowledged, and again to go on.
    settled: Barrier,
}

/// Running clients.
pub struct Load {
    shared: Arc<Shared>,
    acks: Vec<Arc<Acks>>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts `clients` producers to `topic`.
    #[must_use]
    pub fn start(bootstrap: &str, topic: &str, clients: usize) -> Self {
        let shared = Arc::new(Shared {
            pause: AtomicBool::new(false),
            end: AtomicBool::new(false),
            settled: Barrier::new(clients + 1),
        });
        let mut load = Self { shared, acks: Vec::new(), threads: Vec::new() };
        for (c, (codec, linger)) in KINDS.iter().cycle().take(clients).enumerate() {
            let client = Client::new(bootstrap, topic, codec, *linger);
            load.acks.push(client.acks());
            let shared = Arc::clone(&load.shared);
            load.threads.push(std::thread::spawn(move || produce(client, &shared, c, clients)));
        }
        load
    }

    /// How many records were acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.acks.iter().map(|a| a.done()).sum()
    }

    /// Waits until all that was sent is acknowledged, calls `check` with it, goes on.
    pub fn settle(&self, check: impl FnOnce(&Sent)) {
        self.shared.pause.store(true, Ordering::Release);
        self.shared.settled.wait();
        check(&Sent { clients: self.acks.iter().map(|a| a.all()).collect(), record: Record::of_load });
        self.shared.pause.store(false, Ordering::Release);
        self.shared.settled.wait();
    }

    /// Ends the clients, after everything is acknowledged and was given to `check`.
    pub fn finish(self, check: impl FnOnce(&Sent)) {
        self.settle(|sent| {
            check(sent);
            self.shared.end.store(true, Ordering::Release);
        });
        for thread in self.threads {
            thread.join().expect("a client ends");
        }
    }
}

/// Ends the process when a client's thread panics: the owner of the load would wait for it for ever.
struct Alive;

impl Drop for Alive {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::exit(1);
        }
    }
}

fn produce(mut client: Client, shared: &Shared, c: usize, clients: usize) {
    let _alive = Alive;
    let mut k = 0;
    while !shared.end.load(Ordering::Acquire) {
        if shared.pause.load(Ordering::Acquire) {
            client.flush(PATIENCE);
            shared.settled.wait();
            shared.settled.wait();
        } else if client.ahead() >= AHEAD {
            client.poll(Duration::from_millis(5));
        } else {
            client.send(&Record::of_load(k * clients + c));
            client.poll(Duration::ZERO);
            k += 1;
        }
    }
}
