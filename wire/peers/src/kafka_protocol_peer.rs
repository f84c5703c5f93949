//! The crate `kafka-protocol` as a peer: it reads our bytes and writes them again.
//!
//! Owner: one comparison. It has no random values of its own, so that this way is the only one; that it writes
//! from what it read makes its reader and its writer a check of ours each.

use crate::pairs::Pairs;
use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{self as peer, ApiKey, RequestKind, ResponseKind};
use kafka_protocol::protocol::{Decodable, Encodable, Message, VersionRange};
use ringlog_wire::sample::codecs;

type Outcome = Result<Vec<u8>, String>;
type Again = Box<dyn Fn(Bytes, i16) -> Outcome>;

const NOT_SUPPORTED: &str = "specified version not supported by this message type";

/// Compares every message and version that both know, over seeds 0 to `seeds`.
///
/// Errors: something differs.
pub fn compare(seeds: u64) -> Result<(), String> {
    let mut pairs = Pairs::new("kafka-protocol");
    for codec in codecs() {
        let Some((known, again)) = find(codec.name) else { continue };
        for version in codec.min..=codec.max {
            if version < known.min || version > known.max {
                continue;
            }
            let samples = (0..seeds).map(|seed| (codec.sample)(seed, version));
            let all = std::iter::once((codec.default)(version)).chain(samples);
            for bytes in all {
                match again(Bytes::from(bytes.clone()), version) {
                    Ok(theirs) if theirs == bytes => pairs.ours_equal(codec.name, version, 1),
                    Ok(theirs) => {
                        let (ours, theirs) =
                            (crate::sample_lines::hex(&bytes), crate::sample_lines::hex(&theirs));
                        pairs.differs(format!("{} {version}: ours {ours} theirs {theirs}", codec.name));
                    }
                    // Its table of APIs joins the versions of request and response; the message knows better.
                    Err(e) if e.contains(NOT_SUPPORTED) => break,
                    Err(e) => pairs.differs(format!("{} {version}: {e}", codec.name)),
                }
            }
        }
        for version in (known.min..=known.max).filter(|v| *v < codec.min || *v > codec.max) {
            pairs.only_theirs(format!("{} {version}", codec.name));
        }
    }
    pairs.report()
}

/// The versions that the peer knows of a message, and the way through its codec.
fn find(name: &str) -> Option<(VersionRange, Again)> {
    let by_name = |suffix: &str| {
        let api = name.strip_suffix(suffix)?;
        ApiKey::iter().find(|key| format!("{key:?}") == api)
    };
    if let Some(key) = by_name("Request") {
        return Some((key.valid_versions(), Box::new(move |bytes, version| request(key, bytes, version))));
    }
    if let Some(key) = by_name("Response") {
        return Some((key.valid_versions(), Box::new(move |bytes, version| response(key, bytes, version))));
    }
    Some(match name {
        "RequestHeader" => data::<peer::RequestHeader>(),
        "ResponseHeader" => data::<peer::ResponseHeader>(),
        "ConsumerProtocolAssignment" => data::<peer::ConsumerProtocolAssignment>(),
        "ConsumerProtocolSubscription" => data::<peer::ConsumerProtocolSubscription>(),
        "DefaultPrincipalData" => data::<peer::DefaultPrincipalData>(),
        "EndTxnMarker" => data::<peer::EndTxnMarker>(),
        "KRaftVersionRecord" => data::<peer::KRaftVersionRecord>(),
        "LeaderChangeMessage" => data::<peer::LeaderChangeMessage>(),
        "SnapshotFooterRecord" => data::<peer::SnapshotFooterRecord>(),
        "SnapshotHeaderRecord" => data::<peer::SnapshotHeaderRecord>(),
        "VotersRecord" => data::<peer::VotersRecord>(),
        _ => return None,
    })
}

fn request(key: ApiKey, mut bytes: Bytes, version: i16) -> Outcome {
    let m = RequestKind::decode(key, &mut bytes, version).map_err(|e| format!("it cannot read: {e:#}"))?;
    let mut out = BytesMut::new();
    m.encode(&mut out, version).map_err(|e| format!("it cannot write: {e:#}"))?;
    finish(&bytes, out)
}

fn response(key: ApiKey, mut bytes: Bytes, version: i16) -> Outcome {
    let m = ResponseKind::decode(key, &mut bytes, version).map_err(|e| format!("it cannot read: {e:#}"))?;
    let mut out = BytesMut::new();
    m.encode(&mut out, version).map_err(|e| format!("it cannot write: {e:#}"))?;
    finish(&bytes, out)
}

fn data<M: Message + Decodable + Encodable>() -> (VersionRange, Again) {
    let again = |mut bytes: Bytes, version: i16| {
        let m = M::decode(&mut bytes, version).map_err(|e| format!("it cannot read: {e:#}"))?;
        let mut out = BytesMut::new();
        m.encode(&mut out, version).map_err(|e| format!("it cannot write: {e:#}"))?;
        finish(&bytes, out)
    };
    (M::VERSIONS, Box::new(again))
}

fn finish(rest: &Bytes, out: BytesMut) -> Outcome {
    if rest.is_empty() { Ok(out.to_vec()) } else { Err(format!("it leaves {} bytes", rest.len())) }
}
