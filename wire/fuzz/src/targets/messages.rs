//! Generated codecs: requests by their header, responses by key and version, records in their frames, all else.
//!
//! Owner: `targets`. Promises: what is read can be written; what was written reads back to the same bytes; the
//! length known before is the length written; a walk and a decode judge alike.

use std::sync::OnceLock;

use bytes::Bytes;
use ringlog_wire::ApiKey;
use ringlog_wire::for_each_message;
use ringlog_wire::frames::decode_prefixed;
use ringlog_wire::generated::records::{
    GroupRecordKey, GroupRecordValue, MetadataRecord, ShareRecordKey, ShareRecordValue, TransactionRecordKey,
    TransactionRecordValue,
};
use ringlog_wire::generated::*;
use ringlog_wire::header::decode_request_head;
use ringlog_wire::message::Message;
use ringlog_wire::reader::{DecodeError, Reader};

/// Heap that a target's decode may use.
const BUDGET: usize = 1 << 20;

/// One message's codec, with its type taken out.
#[derive(Clone, Copy)]
pub struct Codec {
    /// Kafka's name.
    pub name: &'static str,
    /// The lowest and the highest version.
    pub versions: (i16, i16),
    /// Decodes within a budget and drops the result; returns what was charged.
    pub decode: fn(&Bytes, i16, usize) -> Result<usize, DecodeError>,
    /// Decodes, encodes, decodes, encodes; false if the bytes are no such message.
    reread: fn(&Bytes, i16, Ending) -> bool,
}

/// What may stand behind a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Anything, as in a request.
    Lenient,
    /// Nothing, as in stored data.
    Strict,
}

/// Every message, in the order of the facts.
pub fn codecs() -> &'static [Codec] {
    static ALL: OnceLock<Vec<Codec>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        macro_rules! case {
            ($m:ident) => {
                all.push(Codec {
                    name: $m::NAME,
                    versions: ($m::MIN, $m::MAX),
                    decode: decode::<$m>,
                    reread: reread::<$m>,
                });
            };
        }
        for_each_message!(case);
        all
    })
}

fn decode<M: Message>(bytes: &Bytes, version: i16, budget: usize) -> Result<usize, DecodeError> {
    let mut r = Reader::new(bytes, budget);
    M::decode(&mut r, version)?;
    Ok(budget - r.budget_left())
}

fn encoded<M: Message>(m: &M, version: i16) -> Bytes {
    let mut out = Vec::new();
    m.encode(&mut out, version).expect("what was read can be written");
    assert_eq!(m.encoded_len(version), Ok(out.len()), "{}: the length known before", M::NAME);
    Bytes::from(out)
}

fn reread<M: Message>(bytes: &Bytes, version: i16, ending: Ending) -> bool {
    let mut r = Reader::new(bytes, BUDGET);
    let Ok(first) = M::decode(&mut r, version) else { return false };
    if ending == Ending::Strict && r.finish_strict().is_err() {
        return false;
    }
    let written = encoded(&first, version);
    let mut r = Reader::new(&written, usize::MAX);
    let second = M::decode(&mut r, version).expect("what was written can be read");
    assert_eq!(r.finish_strict(), Ok(()), "{}: what was written ends", M::NAME);
    assert_eq!(encoded(&second, version), written, "{}: written twice", M::NAME);
    true
}

fn by_name(name: &str) -> &'static Codec {
    codecs().iter().find(|c| c.name == name).expect("every API has its two messages")
}

/// A whole request frame, without its length: what a client may send.
pub fn request(input: &[u8]) {
    let frame = Bytes::copy_from_slice(input);
    let mut r = Reader::new(&frame, BUDGET);
    let Ok(head) = decode_request_head(&mut r) else { return };
    let body = frame.slice(frame.len() - r.remaining()..);
    let walked = head.api.walk(&body, head.version, BUDGET);
    let codec = by_name(&format!("{}Request", head.api.name()));
    let owned = (codec.reread)(&body, head.version, Ending::Lenient);
    assert_eq!(walked.is_ok(), owned, "{} v{}: {walked:?}", codec.name, head.version);
    if let Ok(walked) = walked {
        let charged = (codec.decode)(&body, head.version, walked.owned_size);
        assert!(charged.is_ok_and(|c| c <= walked.owned_size), "{}: {charged:?} {walked:?}", codec.name);
    }
}

/// API key, version, body of a response.
pub fn response(input: &[u8]) {
    let Some((&[k0, k1, v0, v1], body)) = input.split_first_chunk::<4>() else { return };
    let Ok(api) = ApiKey::try_from(i16::from_be_bytes([k0, k1])) else { return };
    let codec = by_name(&format!("{}Response", api.name()));
    let version = i16::from_be_bytes([v0, v1]);
    (codec.reread)(&Bytes::copy_from_slice(body), version, Ending::Strict);
}

/// Any message by a number made from its name (or else by place), version, body: headers, quorum state, producer
/// snapshot, consumer protocol, principal, control records, and all the rest.
pub fn data(input: &[u8]) {
    let Some((&[hi, lo, version], body)) = input.split_first_chunk::<3>() else { return };
    let number = u16::from_be_bytes([hi, lo]);
    let all = codecs();
    let by_number = all.iter().find(|c| name_number(c.name) == number);
    let Some(codec) = by_number.or_else(|| all.get(usize::from(number) % all.len())) else { return };
    (codec.reread)(&Bytes::copy_from_slice(body), i16::from(version), Ending::Strict);
    let prefixed = Bytes::copy_from_slice(input.get(1..).unwrap_or_default());
    let _ = decode_prefixed::<ConsumerProtocolSubscription>(&prefixed, BUDGET);
    let _ = decode_prefixed::<ConsumerProtocolAssignment>(&prefixed, BUDGET);
}

/// Stays the same when messages are added.
fn name_number(name: &str) -> u16 {
    name.bytes().fold(0u16, |n, b| n.wrapping_mul(31).wrapping_add(u16::from(b)))
}

/// The value of a record of the metadata log.
pub fn metadata_record(input: &[u8]) {
    let value = Bytes::copy_from_slice(input);
    let Ok((record, version)) = MetadataRecord::decode_value(&value, BUDGET) else { return };
    let mut written = Vec::new();
    record.encode_value(&mut written, version).expect("what was read can be written");
    let (again, _) =
        MetadataRecord::decode_value(&Bytes::from(written.clone()), usize::MAX).expect("reads back");
    let mut twice = Vec::new();
    again.encode_value(&mut twice, version).expect("what was read can be written");
    assert_eq!(twice, written);
}

/// Log (0 groups, 1 transactions, 2 share groups), then 0 and a key, or 1, the key's type and a value.
pub fn coordinator_record(input: &[u8]) {
    let Some((&[log, part], rest)) = input.split_first_chunk::<2>() else { return };
    macro_rules! log {
        ($key:ident, $value:ident) => {
            if part == 0 {
                let Ok(key) = $key::decode_key(&Bytes::copy_from_slice(rest), BUDGET) else { return };
                let mut written = Vec::new();
                key.encode_key(&mut written).expect("what was read can be written");
                assert_eq!($key::decode_key(&Bytes::from(written), usize::MAX), Ok(key));
            } else {
                let Some((&kind, rest)) = rest.split_first_chunk::<2>() else { return };
                let (kind, value) = (i16::from_be_bytes(kind), Bytes::copy_from_slice(rest));
                let Ok((value, version)) = $value::decode_value(kind, &value, BUDGET) else { return };
                let mut written = Vec::new();
                value.encode_value(&mut written, version).expect("what was read can be written");
                let again = $value::decode_value(kind, &Bytes::from(written), usize::MAX);
                assert_eq!(again, Ok((value, version)));
            }
        };
    }
    match log {
        0 => log!(GroupRecordKey, GroupRecordValue),
        1 => log!(TransactionRecordKey, TransactionRecordValue),
        _ => log!(ShareRecordKey, ShareRecordValue),
    }
}
