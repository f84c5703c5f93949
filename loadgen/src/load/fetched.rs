//! Reads an answer to Fetch where it lies: a consumer at full rate must not copy what it reads once more.
//!
//! Owner: one generator thread. Invariant: fields are in the order of the protocol, versions 4 (the first with
//! batches of Apache Kafka 0.11) to 12 (the newest that names topics).

use ringlog_wire::api::ApiKey;
use ringlog_wire::reader::{DecodeError, Reader};
use std::io;

/// What the answer says of one partition.
#[derive(Debug, PartialEq, Eq)]
pub struct Fetched<'a> {
    /// Its topic.
    pub topic: &'a str,
    /// Its number.
    pub partition: i32,
    /// 0, or why there is nothing.
    pub error_code: i16,
    /// End of what consumers may read.
    pub high_watermark: i64,
    /// Whole batches, the last one perhaps cut off.
    pub records: &'a [u8],
}

/// Hands every partition of an answer of `version` (header tags, if it has any, and body) to `each`; returns the
/// answer's own error code. Errors: those of `each`, and an answer that is none.
pub fn read<'a>(
    version: i16,
    body: &'a [u8],
    mut each: impl FnMut(Fetched<'a>) -> io::Result<()>,
) -> io::Result<i16> {
    let mut r = Reader::from_slice(body, usize::MAX);
    let bad = |e: DecodeError| io::Error::other(format!("an answer to Fetch that is none: {e}"));
    let flexible = is_flexible(version);
    let (error_code, topics) = begin(&mut r, version).map_err(bad)?;
    for _ in 0..topics {
        let topic = r.text(flexible).map_err(bad)?;
        let partitions = r.array_len(flexible, 1).map_err(bad)?.unwrap_or(0);
        for _ in 0..partitions {
            each(partition(&mut r, topic, version).map_err(bad)?)?;
        }
        skip_tags(&mut r, version).map_err(bad)?;
    }
    Ok(error_code)
}

fn is_flexible(version: i16) -> bool {
    ApiKey::Fetch.response_header_version(version) == 1
}

fn skip_tags(r: &mut Reader<'_>, version: i16) -> Result<(), DecodeError> {
    if is_flexible(version) { r.skip_tags() } else { Ok(()) }
}

fn begin(r: &mut Reader<'_>, version: i16) -> Result<(i16, u32), DecodeError> {
    skip_tags(r, version)?;
    let _throttled_ms = r.int32()?;
    let mut error_code = 0;
    if version >= 7 {
        error_code = r.int16()?;
        let _session = r.int32()?;
    }
    Ok((error_code, r.array_len(is_flexible(version), 1)?.unwrap_or(0)))
}

fn partition<'a>(r: &mut Reader<'a>, topic: &'a str, version: i16) -> Result<Fetched<'a>, DecodeError> {
    let flexible = is_flexible(version);
    let (partition, error_code, high_watermark) = (r.int32()?, r.int16()?, r.int64()?);
    let _last_stable = r.int64()?;
    if version >= 5 {
        let _log_start = r.int64()?;
    }
    for _ in 0..r.array_len(flexible, 16)?.unwrap_or(0) {
        let _producer_id = r.int64()?;
        let _first_offset = r.int64()?;
        skip_tags(r, version)?;
    }
    if version >= 11 {
        let _preferred_replica = r.int32()?;
    }
    let records = r.nullable_slice(flexible)?.unwrap_or_default();
    skip_tags(r, version)?;
    Ok(Fetched { topic, partition, error_code, high_watermark, records })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::versions::ours;
    use bytes::{Bytes, BytesMut};
    use ringlog_wire::generated::FetchResponse;
    use ringlog_wire::generated::fetch_response::{
        AbortedTransaction, FetchableTopicResponse, PartitionData,
    };
    use ringlog_wire::writer::Sink;

    fn answer(version: i16) -> BytesMut {
        let data = |partition_index, records: Option<&'static [u8]>| PartitionData {
            partition_index,
            error_code: i16::try_from(partition_index).unwrap(),
            high_watermark: 70,
            aborted_transactions: Some(vec![AbortedTransaction { producer_id: 1, first_offset: 2 }]),
            records: records.map(Bytes::from_static),
            ..Default::default()
        };
        let topic = |name: &str, partitions| FetchableTopicResponse {
            topic: name.to_owned(),
            partitions,
            ..Default::default()
        };
        let responses = vec![topic("a", vec![data(0, Some(b"xyz")), data(3, None)]), topic("b", vec![])];
        let mut out = BytesMut::new();
        if ApiKey::Fetch.response_header_version(version) == 1 {
            out.uvarint(0);
        }
        let error_code = if version >= 7 { 5 } else { 0 };
        FetchResponse { error_code, responses, ..Default::default() }.encode(&mut out, version).unwrap();
        out
    }

    #[test]
    fn it_reads_what_the_codec_writes_in_every_version() {
        for version in ours(ApiKey::Fetch) {
            let (body, mut seen) = (answer(version), Vec::new());
            let code = read(version, &body, |f| {
                seen.push((
                    f.topic.to_owned(),
                    f.partition,
                    f.error_code,
                    f.high_watermark,
                    f.records.to_vec(),
                ));
                Ok(())
            });
            assert_eq!(code.unwrap(), if version >= 7 { 5 } else { 0 }, "{version}");
            let expected =
                [("a".to_owned(), 0, 0, 70, b"xyz".to_vec()), ("a".to_owned(), 3, 3, 70, Vec::new())];
            assert_eq!(seen, expected, "{version}");
        }
    }

    #[test]
    fn an_answer_that_ends_early_is_an_error() {
        for version in ours(ApiKey::Fetch) {
            let body = answer(version);
            for end in 0..body.len() - 1 {
                let read = read(version, &body[..end], |_| Ok(()));
                assert!(read.is_err(), "{version}: {end} of {}", body.len());
            }
        }
    }
}
