//! Request and response headers, and whole response frames.
//!
//! Owner: the connection. Invariants: a request header is decoded by its API's own flexible version, so that
//! an unknown high version still yields its correlation id; a response is one allocation of its exact size.

use bytes::BytesMut;

use crate::api::ApiKey;
use crate::message::Response;
use crate::reader::{DecodeError, Reader};
use crate::writer::{Count, EncodeError, Sink};

/// A request header, version 1 or 2.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestHead {
    /// The API.
    pub api: ApiKey,
    /// The version of the body; perhaps one that cannot be decoded: see `ApiKey::decodes`.
    pub version: i16,
    /// Echoed in the response.
    pub correlation_id: i32,
    /// What the client calls itself. Bytes that are no UTF-8 are replaced, as Kafka does.
    pub client_id: Option<String>,
}

/// Reads a request header (KIP-482); the reader then stands at the body.
///
/// Errors: `UnknownType` for an API key that does not exist, `NegativeLength`, `Truncated`, `OverBudget`.
pub fn decode_request_head(r: &mut Reader<'_>) -> Result<RequestHead, DecodeError> {
    let api = ApiKey::try_from(r.int16()?)?;
    let version = r.int16()?;
    let correlation_id = r.int32()?;
    // The client id keeps its two-byte length in all header versions (KIP-511).
    let client_id = match r.int16()? {
        -1 => None,
        n => {
            let len = usize::try_from(n).map_err(|_| DecodeError::NegativeLength(i32::from(n)))?;
            let bytes = r.take(len)?;
            // A replaced byte grows to three.
            r.charge(len * 3)?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    };
    if api.request_header_version(version) == 2 {
        r.skip_tags()?;
    }
    Ok(RequestHead { api, version, correlation_id, client_id })
}

/// Writes a response header.
pub fn encode_response_head(s: &mut dyn Sink, api: ApiKey, version: i16, correlation_id: i32) {
    s.int32(correlation_id);
    if api.response_header_version(version) == 1 {
        s.uvarint(0);
    }
}

/// Bytes of a response header.
#[must_use]
pub const fn response_head_len(api: ApiKey, version: i16) -> usize {
    if api.response_header_version(version) == 1 { 5 } else { 4 }
}

/// A whole response frame: 4-byte size, header, body, in one allocation of the exact size.
///
/// Errors: see `EncodeError`. O(size).
pub fn encode_response<R: Response>(
    correlation_id: i32,
    version: i16,
    body: &R,
) -> Result<BytesMut, EncodeError> {
    let mut count = Count(0);
    body.encode(&mut count, version)?;
    let size = response_head_len(R::API, version) + count.0;
    let announced = i32::try_from(size).map_err(|_| EncodeError::TooLong(size))?;
    let mut frame = BytesMut::with_capacity(4 + size);
    frame.int32(announced);
    encode_response_head(&mut frame, R::API, version, correlation_id);
    body.encode(&mut frame, version)?;
    assert_eq!(frame.len(), 4 + size, "{}: counted and written length differ", R::NAME);
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{ApiVersionsResponse, MetadataResponse};

    #[test]
    fn heads_of_both_versions() {
        let v1 = [0, 3, 0, 1, 0, 0, 0, 7, 0, 1, b'c', 0xff];
        let mut r = Reader::from_slice(&v1, 64);
        let head = decode_request_head(&mut r).unwrap();
        let expect =
            RequestHead { api: ApiKey::Metadata, version: 1, correlation_id: 7, client_id: Some("c".into()) };
        assert_eq!((head, r.remaining()), (expect, 1));

        // ApiVersions of an unknown version: flexible, one unknown tag.
        let v2 = [0, 18, 0, 99, 0, 0, 0, 8, 0xff, 0xff, 1, 5, 1, 0, 0xaa];
        let mut r = Reader::from_slice(&v2, 64);
        let head = decode_request_head(&mut r).unwrap();
        let expect =
            RequestHead { api: ApiKey::ApiVersions, version: 99, correlation_id: 8, client_id: None };
        assert_eq!((head, r.remaining()), (expect, 1));
    }

    #[test]
    fn bad_heads() {
        let check =
            |bytes: &[u8], e| assert_eq!(decode_request_head(&mut Reader::from_slice(bytes, 64)), Err(e));
        check(&[0, 4, 0, 0, 0, 0, 0, 0, 0xff, 0xff], DecodeError::UnknownType(4));
        check(&[0, 3, 0, 1, 0, 0, 0, 7, 0xff, 0xfe], DecodeError::NegativeLength(-2));
        check(b"GET / HTTP/1.1\r\n", DecodeError::UnknownType(0x4745));
    }

    #[test]
    fn api_versions_response_header_has_no_tags() {
        let frame = encode_response(5, 4, &ApiVersionsResponse::default()).unwrap();
        // size, correlation, error, empty compact array, throttle, no tags
        assert_eq!(&frame[..], [0, 0, 0, 12, 0, 0, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0]);
        let frame = encode_response(5, 12, &MetadataResponse::default()).unwrap();
        assert_eq!(frame.len(), frame.capacity());
        assert_eq!(frame[8], 0, "an empty tagged section ends the header");
    }
}
