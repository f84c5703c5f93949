//! One blocking connection to one broker: frames, versions both sides speak, one request at a time.
//!
//! Owner: a [`super::Client`]. Invariants: every wait has a bound; after an error the connection is not used again;
//! an answer is decoded against a budget, whatever it announces.

use super::Failure;
use bytes::{Bytes, BytesMut};
use ringlog_wire::api::ApiKey;
use ringlog_wire::generated::{ApiVersionsRequest, ApiVersionsResponse};
use ringlog_wire::message::{Message, Request};
use ringlog_wire::reader::Reader;
use ringlog_wire::writer::{Count, Sink};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// The largest answer that is taken: Kafka's own bound for a response.
const ANSWER_MAX: usize = 512 << 20;
/// Heap bytes that one decoded answer may take.
const DECODE_MAX: usize = 2 << 30;

/// How long a connection attempt may take.
const CONNECT: Duration = Duration::from_secs(5);

/// What to do where an address is not that of a broker.
const GIVE: &str = "Give a broker's address as HOST:PORT with --bootstrap-server (ringctl's own commands: -b, or the variable RINGCTL_BOOTSTRAP).";

/// A connection whose broker has said what it speaks.
pub struct Conn {
    stream: TcpStream,
    address: String,
    client_id: String,
    next: i32,
    versions: ApiVersionsResponse,
    ranges: BTreeMap<i16, (i16, i16)>,
}

impl Conn {
    /// Connects to `address` (HOST:PORT) and asks for the versions of its APIs (KIP-35, KIP-511).
    ///
    /// `patience` bounds every later answer. Errors: the address, what happened and what to do.
    pub fn open(address: &str, client_id: &str, patience: Duration) -> Result<Self, Failure> {
        let failed = |e: &dyn std::fmt::Display| {
            Failure::client(format!("Cannot connect to {address}: {e}. Is a broker listening there? {GIVE}"))
        };
        let mut last = None;
        let mut stream = None;
        let named = address
            .to_socket_addrs()
            .map_err(|e| Failure::client(format!("{address} is the address of nothing: {e}. {GIVE}")))?;
        for at in named {
            match TcpStream::connect_timeout(&at, CONNECT) {
                Ok(s) => {
                    stream = Some(s);
                    break;
                }
                Err(e) => last = Some(e),
            }
        }
        let Some(stream) = stream else {
            return Err(match last {
                Some(e) => failed(&e),
                None => failed(&"the name has no address"),
            });
        };
        let slack = patience + Duration::from_secs(5);
        stream.set_read_timeout(Some(slack)).map_err(|e| failed(&e))?;
        stream.set_write_timeout(Some(slack)).map_err(|e| failed(&e))?;
        stream.set_nodelay(true).map_err(|e| failed(&e))?;
        let mut conn = Self {
            stream,
            address: address.to_owned(),
            client_id: client_id.to_owned(),
            next: 0,
            versions: ApiVersionsResponse::default(),
            ranges: BTreeMap::new(),
        };
        conn.negotiate()?;
        Ok(conn)
    }

    fn negotiate(&mut self) -> Result<(), Failure> {
        let request = ApiVersionsRequest {
            client_software_name: "ringctl".to_owned(),
            client_software_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let api = ApiKey::ApiVersions;
        let mut version = api.facts().stable_max;
        loop {
            let body = if version >= 3 { request.clone() } else { ApiVersionsRequest::default() };
            let frame = self.exchange(&body, version)?;
            // A broker that does not know the version answers in version 0, and lists what it knows.
            let answer = self
                .decode::<ApiVersionsResponse>(api, &frame, version)
                .or_else(|_| self.decode::<ApiVersionsResponse>(api, &frame, 0))?;
            if answer.error_code == 35 && version > 0 {
                let known =
                    answer.api_keys.iter().find(|k| k.api_key == api.key()).map_or(0, |k| k.max_version);
                version = known.clamp(0, version - 1);
                continue;
            }
            super::check(answer.error_code, None)?;
            self.ranges =
                answer.api_keys.iter().map(|k| (k.api_key, (k.min_version, k.max_version))).collect();
            self.versions = answer;
            return Ok(());
        }
    }

    /// What the broker answered to ApiVersions.
    pub fn versions(&self) -> &ApiVersionsResponse {
        &self.versions
    }

    /// The highest version of `api` that both sides speak. Errors: there is none.
    pub fn version_of(&self, api: ApiKey) -> Result<i16, Failure> {
        let facts = api.facts();
        let unknown = |why: String| {
            Failure::of_class("org.apache.kafka.common.errors.UnsupportedVersionException", why)
        };
        let Some(&(min, max)) = self.ranges.get(&api.key()) else {
            return Err(unknown(format!(
                "The node does not support {} (broker {})",
                shout(api.name()),
                self.address
            )));
        };
        let version = max.min(facts.stable_max);
        if version < min.max(facts.min) {
            return Err(unknown(format!(
                "The broker {} speaks {} in versions {min} to {max}, this program {} to {}: a nearer release of one of them is needed",
                self.address,
                api.name(),
                facts.min,
                facts.stable_max
            )));
        }
        Ok(version)
    }

    /// Sends `request` in the highest common version and waits for its answer.
    pub fn call<R: Request>(&mut self, request: &R) -> Result<R::Response, Failure> {
        let version = self.version_of(R::API)?;
        self.call_at(request, version)
    }

    /// Sends `request` in `version` and waits for its answer.
    pub fn call_at<R: Request>(&mut self, request: &R, version: i16) -> Result<R::Response, Failure> {
        let frame = self.exchange(request, version)?;
        self.decode(R::API, &frame, version)
    }

    /// Sends `request` in `version`; nothing answers it (a produce with acks=0).
    pub fn send<R: Request>(&mut self, request: &R, version: i16) -> Result<(), Failure> {
        self.next = self.next.wrapping_add(1);
        let unfit = |e: ringlog_wire::writer::EncodeError| {
            Failure::client(format!("The broker {} is too old for this command: {e}", self.address))
        };
        let api = R::API;
        let mut body = Count(0);
        request.encode(&mut body, version).map_err(unfit)?;
        let flexible = api.request_header_version(version) == 2;
        let size = 2 + 2 + 4 + 2 + self.client_id.len() + usize::from(flexible) + body.0;
        let announced =
            i32::try_from(size).map_err(|_| Failure::client("A request is above 2 GiB".to_owned()))?;
        let mut frame = BytesMut::with_capacity(4 + size);
        frame.int32(announced);
        frame.int16(api.key());
        frame.int16(version);
        frame.int32(self.next);
        frame.string(false, &self.client_id).map_err(unfit)?;
        if flexible {
            frame.uvarint(0);
        }
        request.encode(&mut frame, version).map_err(unfit)?;
        self.stream.write_all(&frame).map_err(|e| self.lost(&e))
    }

    fn exchange<R: Request>(&mut self, request: &R, version: i16) -> Result<Bytes, Failure> {
        self.send(request, version)?;
        let mut size = [0u8; 4];
        self.stream.read_exact(&mut size).map_err(|e| self.lost(&e))?;
        let size = usize::try_from(i32::from_be_bytes(size)).unwrap_or(usize::MAX);
        if size > ANSWER_MAX {
            return Err(Failure::client(format!(
                "{} answers in what is not Kafka's protocol; is this the port of a plaintext Kafka listener?",
                self.address
            )));
        }
        let mut frame = vec![0u8; size];
        self.stream.read_exact(&mut frame).map_err(|e| self.lost(&e))?;
        Ok(Bytes::from(frame))
    }

    fn decode<M: Message>(&self, api: ApiKey, frame: &Bytes, version: i16) -> Result<M, Failure> {
        let mut r = Reader::new(frame, DECODE_MAX);
        let read = || -> Result<(i32, M), ringlog_wire::reader::DecodeError> {
            let correlation = r.int32()?;
            if api.response_header_version(version) == 1 {
                r.skip_tags()?;
            }
            Ok((correlation, M::decode(&mut r, version)?))
        };
        let mut read = read;
        let bad = |why: String| {
            Failure::client(format!("The answer of {} to {} cannot be read: {why}", self.address, api.name()))
        };
        let (correlation, message) = read().map_err(|e| bad(e.to_string()))?;
        if correlation != self.next {
            return Err(bad(format!("it answers request {correlation}, request {} was sent", self.next)));
        }
        Ok(message)
    }

    fn lost(&self, e: &std::io::Error) -> Failure {
        use std::io::ErrorKind::{TimedOut, UnexpectedEof, WouldBlock};
        let why = match e.kind() {
            UnexpectedEof => "it closed the connection".to_owned(),
            TimedOut | WouldBlock => "it does not answer".to_owned(),
            _ => e.to_string(),
        };
        Failure::lost(format!(
            "Lost the broker at {}: {why}. Look at its log; a TLS or SASL listener ends plaintext connections.",
            self.address
        ))
    }
}

/// Kafka's constant for an API: `DescribeConfigs` is `DESCRIBE_CONFIGS`.
pub fn shout(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.chars().enumerate() {
        if i > 0 && c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}
