//! A client that speaks the protocol's bytes over a simulated connection.
//!
//! Owner: a test or a swarm. Invariants: requests and answers go through the codecs of `wire`; an answer that
//! cannot be read, or has bytes behind it, fails the run: no fault of disk or network excuses it.

use crate::net::SimConn;
use bytes::{Buf, Bytes, BytesMut};
use ringlog_shard::env::Conn;
use ringlog_wire::ApiKey;
use ringlog_wire::message::{Request, Response};
use ringlog_wire::reader::Reader;
use ringlog_wire::writer::Sink;

/// The connection has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gone;

/// Longest answer that a client accepts, bytes.
const FRAME_MAX: usize = 1 << 28;

/// See the module's text.
pub struct Client {
    conn: SimConn,
    buf: BytesMut,
    next: i32,
    seed: u64,
}

impl Client {
    /// A client on `conn`; `seed` is named in failures.
    #[must_use]
    pub fn new(conn: SimConn, seed: u64) -> Self {
        Self { conn, buf: BytesMut::new(), next: 1, seed }
    }

    /// The connection.
    #[must_use]
    pub fn conn(&self) -> &SimConn {
        &self.conn
    }

    /// Sends a request and returns its correlation id.
    pub async fn send<R: Request>(&mut self, version: i16, request: &R) -> Result<i32, Gone> {
        let id = self.next;
        self.next += 1;
        let mut frame = Vec::new();
        frame.int16(R::API.key());
        frame.int16(version);
        frame.int32(id);
        frame.nullable_string(false, Some("sim")).expect("a short name");
        if ApiKey::try_from(R::API.key()).is_ok_and(|a| a.request_header_version(version) == 2) {
            frame.uvarint(0);
        }
        request
            .encode(&mut frame, version)
            .unwrap_or_else(|e| panic!("seed {}: {} v{version} cannot be sent: {e:?}", self.seed, R::NAME));
        let mut all = Vec::new();
        all.int32(i32::try_from(frame.len()).expect("a request is short"));
        all.raw(&frame);
        self.conn.write_all(&all).await.map_err(|_| Gone)?;
        Ok(id)
    }

    /// The next answer without its size. May be dropped and called again: nothing is lost.
    pub async fn frame(&mut self) -> Result<Bytes, Gone> {
        loop {
            if let Some(size) = self.buf.first_chunk::<4>() {
                let size = u32::from_be_bytes(*size) as usize;
                assert!(size <= FRAME_MAX, "seed {}: an answer of {size} bytes", self.seed);
                if self.buf.len() >= 4 + size {
                    self.buf.advance(4);
                    return Ok(self.buf.split_to(size).freeze());
                }
            }
            if self.conn.recv(&mut self.buf, 1 << 16).await.map_err(|_| Gone)? == 0 {
                return Err(Gone);
            }
        }
    }

    /// Reads an answer: its correlation id and body.
    pub fn decode<R: Response>(&self, frame: &Bytes, version: i16) -> (i32, R) {
        let mut r = Reader::new(frame, 1 << 26);
        let fail = |what: &str| -> ! { panic!("seed {}: {} v{version}: {what}", self.seed, R::NAME) };
        let Ok(id) = r.int32() else { fail("no correlation id") };
        if R::API.response_header_version(version) == 1 && r.skip_tags().is_err() {
            fail("a bad header");
        }
        let response = R::decode(&mut r, version).unwrap_or_else(|e| fail(&format!("{e:?}")));
        if r.remaining() != 0 {
            fail("bytes behind the answer");
        }
        (id, response)
    }
}
