//! A load of several clients at once, which goes on while the broker is killed and started again.
//!
//! Owner: a loop. Invariants: record k of client c has the number k * clients + c; a client is at most `AHEAD`
//! records ahead of its acknowledgements; nothing is sent while the load is settled; a client that cannot go on is an
//! error of the load, so that its owner ends the broker.

use crate::client::{Acks, Client};
use crate::locked;
use crate::record::Record;
use crate::verify::Sent;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How far a client may be ahead.
const AHEAD: usize = 100;
/// Who has no acknowledgement for so long, with a broker running, is stuck.
const PATIENCE: Duration = Duration::from_secs(120);
/// What the clients differ in: codec and linger.
const KINDS: [(&str, u32); 5] = [("lz4", 5), ("none", 0), ("zstd", 20), ("snappy", 0), ("gzip", 5)];

/// What the owner asks of the clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    Send,
    Settle,
    End,
}

#[derive(Debug, Default)]
struct State {
    asked: Asked,
    /// Clients of which everything is acknowledged, and which wait until something else is asked.
    settled: usize,
    /// Why the first client that could not go on ended.
    failed: Option<String>,
}

/// Where the clients and the owner of the load meet.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut locked(&self.state));
        self.changed.notify_all();
    }

    fn asked(&self) -> Asked {
        locked(&self.state).asked
    }

    /// A client cannot go on; the first says why.
    fn fail(&self, why: String) {
        self.change(|s| s.failed = s.failed.take().or(Some(why)));
    }

    /// Errors: a client has failed.
    fn sound(&self) -> Result<(), String> {
        locked(&self.state).failed.clone().map_or(Ok(()), Err)
    }

    /// The owner waits until `clients` are settled. Errors: one of them has failed.
    fn wait_for(&self, clients: usize) -> Result<(), String> {
        let waits = |s: &mut State| s.settled < clients && s.failed.is_none();
        drop(self.changed.wait_while(locked(&self.state), waits).unwrap_or_else(PoisonError::into_inner));
        self.sound()
    }

    /// A client waits until something else is asked.
    fn stay_settled(&self) {
        self.change(|s| s.settled += 1);
        let waits = |s: &mut State| s.asked == Asked::Settle;
        let state = self.changed.wait_while(locked(&self.state), waits);
        state.unwrap_or_else(PoisonError::into_inner).settled -= 1;
    }
}

/// Running clients.
pub struct Load {
    shared: Arc<Shared>,
    acks: Vec<Arc<Acks>>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts `clients` producers to `topic`. Errors: there are none, or one does not start.
    pub fn start(bootstrap: &str, topic: &str, clients: usize) -> Result<Self, String> {
        if clients == 0 {
            return Err("a load of no clients shows nothing; it needs one or more".into());
        }
        let mut load = Self { shared: Arc::default(), acks: Vec::new(), threads: Vec::new() };
        for (c, (codec, linger)) in KINDS.iter().cycle().take(clients).enumerate() {
            let client = Client::new(bootstrap, topic, codec, *linger)?;
            load.acks.push(client.acks());
            let shared = Arc::clone(&load.shared);
            let body = move || {
                let _panicked = Panicked(&shared, c);
                if let Err(e) = produce(client, &shared, c, clients) {
                    shared.fail(format!("client {c}: {e}"));
                }
            };
            let thread = Builder::new().name(format!("client {c}")).spawn(body);
            load.threads.push(thread.map_err(|e| format!("no thread for client {c} of {clients}: {e}"))?);
        }
        Ok(load)
    }

    /// How many records were acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.acks.iter().map(|a| a.done()).sum()
    }

    /// Errors: why a client could not go on.
    pub fn sound(&self) -> Result<(), String> {
        self.shared.sound()
    }

    /// Waits until all that was sent is acknowledged, calls `check` with it, goes on.
    ///
    /// Errors: a client could not go on, a record is missing or came twice, or those of `check`.
    pub fn settle(&self, check: impl FnOnce(&Sent) -> Result<(), String>) -> Result<(), String> {
        self.settle_then(Asked::Send, check)
    }

    /// Ends the clients, after everything is acknowledged and was given to `check`. Errors: as `settle`.
    pub fn finish(self, check: impl FnOnce(&Sent) -> Result<(), String>) -> Result<(), String> {
        self.settle_then(Asked::End, check)?;
        for thread in self.threads {
            // A panic is told by `Panicked`.
            let _ = thread.join();
        }
        self.acks.iter().try_for_each(|a| a.all().map(drop))?;
        self.shared.sound()
    }

    fn settle_then(
        &self,
        then: Asked,
        check: impl FnOnce(&Sent) -> Result<(), String>,
    ) -> Result<(), String> {
        self.shared.change(|s| s.asked = Asked::Settle);
        self.shared.wait_for(self.threads.len())?;
        let clients = self.acks.iter().map(|a| a.all()).collect::<Result<_, _>>()?;
        check(&Sent { clients, record: Record::of_load })?;
        self.shared.change(|s| s.asked = then);
        Ok(())
    }
}

/// Tells the owner of the load when the thread of this client panics: it would wait for it for ever.
struct Panicked<'a>(&'a Shared, usize);

impl Drop for Panicked<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail(format!("client {} panicked, see above", self.1));
        }
    }
}

fn produce(mut client: Client, shared: &Shared, c: usize, clients: usize) -> Result<(), String> {
    let mut k = 0;
    loop {
        match shared.asked() {
            Asked::End => return Ok(()),
            Asked::Settle => {
                client.flush(PATIENCE)?;
                shared.stay_settled();
            }
            Asked::Send if client.ahead() >= AHEAD => client.poll(Duration::from_millis(5))?,
            Asked::Send => {
                client.send(&Record::of_load(k * clients + c))?;
                client.poll(Duration::ZERO)?;
                k += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Panicked, Shared};
    use std::thread;

    #[test]
    fn the_owner_waits_for_all_and_all_go_on() {
        let shared = Shared::default();
        thread::scope(|s| {
            for round in 0..100 {
                shared.change(|s| s.asked = Asked::Settle);
                if round == 0 {
                    for _ in 0..3 {
                        s.spawn(|| {
                            while shared.asked() != Asked::End {
                                shared.stay_settled();
                            }
                        });
                    }
                }
                assert_eq!(shared.wait_for(3), Ok(()));
                shared.change(|s| s.asked = if round == 99 { Asked::End } else { Asked::Send });
            }
        });
        assert_eq!(shared.state.lock().unwrap().settled, 0);
    }

    #[test]
    fn a_client_that_panics_does_not_leave_the_owner_waiting() {
        let shared = Shared::default();
        shared.change(|s| s.asked = Asked::Settle);
        thread::scope(|s| {
            let client = s.spawn(|| {
                let _panicked = Panicked(&shared, 4);
                // A panic that says nothing.
                std::panic::resume_unwind(Box::new(()))
            });
            assert_eq!(shared.wait_for(1), Err("client 4 panicked, see above".to_owned()));
            assert!(client.join().is_err());
        });
    }
}
