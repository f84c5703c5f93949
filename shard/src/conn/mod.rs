//! One client connection: its two tasks, its budget, and how it ends.
//!
//! Owner: one core; a connection never moves. Invariants: requests are handled in their order, and answered in
//! it; produce is pipelined, everything else waits until earlier answers are out of the handlers; a peer that
//! sends nonsense, or reads too slowly, costs itself its connection and others nothing.

pub mod budget;
pub mod frame;
pub mod queue;
mod serve;

pub use serve::{accept_loop, end_idle};

use crate::config::BrokerConfig;
use crate::core::Core;
use crate::env::{Conn, Env, FileOf, Instant, Net};
use crate::msg::Token;
use crate::telemetry::{Software, Telemetry};
use budget::Held;
use queue::ResponseQueue;
use ringlog_wire::ids::Uuid;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

/// Bytes that are kept of the name of a client's library.
const SOFTWARE_MAX: usize = 128;

/// The connection type of an `Env`.
pub type ConnOf<E> = <<E as Env>::Net as Net>::Conn;

/// Why a connection is closed by us. One numbered log line, at most one per connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Close {
    /// Not a Kafka client.
    Stream(frame::BadStream),
    /// An API that does not exist here, or a version outside its range.
    Unsupported {
        /// The API key as sent.
        api: i16,
        /// The version as sent.
        version: i16,
    },
    /// A request that cannot be decoded.
    Malformed {
        /// The API key as sent.
        api: i16,
        /// What is wrong with it.
        why: String,
    },
    /// A request that would need more memory than the core has for requests, or that waited for it in vain.
    Memory(budget::Refused),
    /// An acks=0 request that failed: closing is the only way to tell (Kafka does the same).
    UnansweredFailure(ringlog_wire::ErrorCode),
    /// We could not build the answer: our defect, never the client's.
    Internal(String),
}

impl Close {
    /// The number under which the line is documented.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Stream(s) => s.code(),
            Self::Unsupported { .. } => "R035",
            Self::Malformed { .. } => "R036",
            Self::UnansweredFailure(_) => "R037",
            Self::Internal(_) => "R038",
            Self::Memory(_) => "R041",
        }
    }
}

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(s) => s.fmt(f),
            Self::Unsupported { api, version } => {
                write!(f, "asked for API {api} version {version}, which is not served")
            }
            Self::Malformed { api, why } => write!(f, "sent a malformed request of API {api}: {why}"),
            Self::Memory(r) => write!(
                f,
                "sent a request that needs {} bytes of memory; queued.max.request.bytes is {}",
                r.needed, r.max
            ),
            Self::UnansweredFailure(e) => write!(f, "produced with acks=0 and failed: {}", e.name()),
            Self::Internal(why) => write!(f, "could not be answered: {why}"),
        }
    }
}

/// One connection, shared by its tasks and by whatever answers it.
pub struct Connection<E: Env> {
    /// The socket.
    pub socket: ConnOf<E>,
    /// The client's address.
    pub peer: SocketAddr,
    /// The address that the client connected to: what it is told to connect to again.
    pub local: SocketAddr,
    /// Index of the listener in the configuration.
    pub listener: usize,
    /// Answers in order.
    pub queue: RefCell<ResponseQueue<FileOf<E>>>,
    /// Request bytes that this connection holds.
    pub held: Rc<Held>,
    /// When a byte last moved in either direction.
    pub active: Cell<Instant>,
    /// A request other than produce is being handled.
    pub busy: Cell<bool>,
    /// What the client calls itself; kept to share one string among its requests.
    client_id: RefCell<Option<Rc<str>>>,
    /// The library that the client says it is.
    software: RefCell<Option<Rc<Software>>>,
    /// The id under which it pushes metrics.
    instance: Cell<Option<Uuid>>,
    /// The client sends nothing more.
    left: Cell<bool>,
    /// The watch of its parked fetch.
    parked: Cell<Option<Token>>,
}

impl<E: Env> Connection<E> {
    /// Ends the connection at once; nothing more is read or answered.
    pub fn kill(&self) {
        self.queue.borrow_mut().kill();
        self.socket.shutdown();
        self.held.wake();
    }

    /// The client has closed its end. A fetch of it that waits answers at once with what there is: nobody may be
    /// there to take it, and its slot is wanted.
    fn on_left(&self, core: &Core<E>) {
        self.left.set(true);
        if let Some(watch) = self.parked.get() {
            core.purgatory.fire(watch, &core.router);
        }
    }

    /// True if the client has closed its end.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.left.get()
    }

    /// Notes the watch of its parked fetch, or that there is none.
    pub fn set_parked(&self, watch: Option<Token>) {
        self.parked.set(watch);
    }

    /// The library that the client says it is.
    #[must_use]
    pub fn software(&self) -> Option<Rc<Software>> {
        self.software.borrow().clone()
    }

    /// Notes what the client says of its library, at most `SOFTWARE_MAX` bytes of each; both are ASCII.
    pub fn set_software(&self, name: &str, version: &str) {
        let cut = |s: &str| s.get(..SOFTWARE_MAX).unwrap_or(s).to_owned();
        *self.software.borrow_mut() = Some(Rc::new(Software { name: cut(name), version: cut(version) }));
    }

    /// The client pushes metrics as `id`: it is known until this connection ends, or says another one.
    pub fn is_client(&self, id: Uuid, telemetry: &mut Telemetry) {
        if let Some(before) = self.instance.replace(Some(id)).filter(|before| *before != id) {
            telemetry.forget(before);
        }
    }

    /// Host and port that this client is told for this broker: what the listener advertises, else the address
    /// that the client itself connected to; never a wildcard address.
    #[must_use]
    pub fn advertised(&self, config: &BrokerConfig) -> (String, u16) {
        let listener = config.listeners.get(self.listener);
        let host = listener.and_then(|l| l.advertised_host.clone());
        let port = listener.and_then(|l| l.advertised_port);
        (host.unwrap_or_else(|| self.local.ip().to_string()), port.unwrap_or_else(|| self.local.port()))
    }

    /// The client's name for itself, as one shared string.
    fn client_id(&self, bytes: Option<&[u8]>) -> Option<Rc<str>> {
        let bytes = bytes?;
        let mut known = self.client_id.borrow_mut();
        match &*known {
            Some(known) if known.as_bytes() == bytes => Some(Rc::clone(known)),
            _ => {
                let text: Rc<str> = Rc::from(String::from_utf8_lossy(bytes).as_ref());
                *known = Some(Rc::clone(&text));
                Some(text)
            }
        }
    }
}
