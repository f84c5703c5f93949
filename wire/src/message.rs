//! What all generated messages have in common.
//!
//! Owner: nobody. The impls are generated; handlers and tests are written against these traits.

use crate::api::ApiKey;
use crate::reader::{DecodeError, Reader};
use crate::view::View;
use crate::writer::{Count, EncodeError, Encoded, Sink};

/// A message with versions: a request, a response, a record or stored data.
pub trait Message: Sized + Default {
    /// Kafka's name, for example `FetchRequest`.
    const NAME: &'static str;
    /// The lowest version that can be decoded and encoded.
    const MIN: i16;
    /// The highest, unstable or not.
    const MAX: i16;
    /// The first flexible version (KIP-482); `i16::MAX` if there is none.
    const FLEXIBLE_FROM: i16;

    /// Reads one message. Errors: any `DecodeError`; `Version` outside `MIN..=MAX`.
    fn decode(r: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError>;

    /// Writes the message. Errors: see `EncodeError`; `s` then holds a part of it.
    fn encode(&self, s: &mut dyn Sink, version: i16) -> Encoded;

    /// Bytes that `encode` would write. O(size), no allocation.
    fn encoded_len(&self, version: i16) -> Result<usize, EncodeError> {
        let mut count = Count(0);
        self.encode(&mut count, version)?;
        Ok(count.0)
    }
}

/// A request body.
pub trait Request: Message {
    /// Its API.
    const API: ApiKey;
    /// The body that answers it.
    type Response: Response;
    /// The body read in place.
    type View<'a>: View<'a>;
}

/// A response body.
pub trait Response: Message {
    /// Its API.
    const API: ApiKey;
}
