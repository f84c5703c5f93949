//! Hand-written codecs of Produce and Fetch (architecture.md D9).
//!
//! Owner: the connection's core. Invariants: nothing is allocated per record or per partition of a request but
//! amortized room in reused vectors; record bytes are never copied; what these accept and write is what the
//! generated codecs accept and write (tests compare them in every version).

pub mod fetch_request;
pub mod fetch_response;
pub mod produce_request;
pub mod produce_response;

#[cfg(test)]
mod tests;

use crate::reader::{DecodeError, Reader};
use crate::writer::{self, Encoded, Sink};

/// A leader that an answer points to (KIP-951): id and epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CurrentLeader {
    /// The leader's id; -1 for none known.
    pub leader_id: i32,
    /// Its epoch; -1 for none known.
    pub leader_epoch: i32,
}

impl CurrentLeader {
    fn write(self, s: &mut dyn Sink) -> Encoded {
        s.int32(self.leader_id);
        s.int32(self.leader_epoch);
        s.uvarint(0);
        Ok(())
    }
}

/// Where a leader listens (KIP-951).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Endpoint<'a> {
    /// The broker's id.
    pub node_id: i32,
    /// As advertised on the client's listener.
    pub host: &'a str,
    /// As advertised.
    pub port: i32,
    /// `broker.rack`.
    pub rack: Option<&'a str>,
}

/// The tagged section of a response: tag 0 holds the endpoints, if there are any.
fn write_endpoints(s: &mut dyn Sink, endpoints: &[Endpoint<'_>]) -> Encoded {
    if endpoints.is_empty() {
        s.uvarint(0);
        return Ok(());
    }
    s.uvarint(1);
    writer::tagged(s, 0, &|s| {
        s.count(true, endpoints.len())?;
        for e in endpoints {
            s.int32(e.node_id);
            s.string(true, e.host)?;
            s.int32(e.port);
            s.nullable_string(true, e.rack)?;
            s.uvarint(0);
        }
        Ok(())
    })
}

/// A topic's name: what comes from a `&str` reader must not be null.
#[inline]
fn name<'a>(r: &mut Reader<'a>, flexible: bool) -> Result<&'a str, DecodeError> {
    r.nullable_str(flexible)?.ok_or(DecodeError::Null)
}

/// Takes an array's `count` from what may still come. Errors: `Null`, `CountTooLarge`.
#[inline]
fn bounded(count: Option<u32>, left: &mut usize) -> Result<u32, DecodeError> {
    let count = count.ok_or(DecodeError::Null)?;
    let most = *left;
    *left = most.checked_sub(count as usize).ok_or(DecodeError::CountTooLarge { count, most })?;
    Ok(count)
}
