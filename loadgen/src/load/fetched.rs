//! Reads an answer to Fetch where it lies: a consumer at full rate must not copy what it reads once more.
//!
//! Owner: one generator thread. Invariant: fields are in the order of version 12 of the protocol.

use ringlog_wire::reader::{DecodeError, Reader};
use std::io;

/// The newest Fetch that names topics.
pub const FETCH: i16 = 12;

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

/// Hands every partition of an answer (header tags and body) to `each`; returns the answer's own error code.
/// Errors: those of `each`, and an answer that is none.
pub fn read<'a>(body: &'a [u8], mut each: impl FnMut(Fetched<'a>) -> io::Result<()>) -> io::Result<i16> {
    let mut r = Reader::from_slice(body, usize::MAX);
    let bad = |e: DecodeError| io::Error::other(format!("an answer to Fetch that is none: {e}"));
    let (error_code, topics) = begin(&mut r).map_err(bad)?;
    for _ in 0..topics {
        let topic = r.text(true).map_err(bad)?;
        let partitions = r.array_len(true, 1).map_err(bad)?.unwrap_or(0);
        for _ in 0..partitions {
            each(partition(&mut r, topic).map_err(bad)?)?;
        }
        r.skip_tags().map_err(bad)?;
    }
    Ok(error_code)
}

fn begin(r: &mut Reader<'_>) -> Result<(i16, u32), DecodeError> {
    r.skip_tags()?;
    let _throttled_ms = r.int32()?;
    let error_code = r.int16()?;
    let _session = r.int32()?;
    Ok((error_code, r.array_len(true, 1)?.unwrap_or(0)))
}

fn partition<'a>(r: &mut Reader<'a>, topic: &'a str) -> Result<Fetched<'a>, DecodeError> {
    let (partition, error_code, high_watermark) = (r.int32()?, r.int16()?, r.int64()?);
    let _last_stable = r.int64()?;
    let _log_start = r.int64()?;
    for _ in 0..r.array_len(true, 17)?.unwrap_or(0) {
        let _producer_id = r.int64()?;
        let _first_offset = r.int64()?;
        r.skip_tags()?;
    }
    let _preferred_replica = r.int32()?;
    let records = r.nullable_slice(true)?.unwrap_or_default();
    r.skip_tags()?;
    Ok(Fetched { topic, partition, error_code, high_watermark, records })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::{Bytes, BytesMut};
    use ringlog_wire::generated::FetchResponse;
    use ringlog_wire::generated::fetch_response::{
        AbortedTransaction, FetchableTopicResponse, PartitionData,
    };
    use ringlog_wire::writer::Sink;

    fn answer() -> BytesMut {
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
        out.uvarint(0);
        FetchResponse { error_code: 5, responses, ..Default::default() }.encode(&mut out, FETCH).unwrap();
        out
    }

    #[test]
    fn it_reads_what_the_codec_writes() {
        let (body, mut seen) = (answer(), Vec::new());
        let code = read(&body, |f| {
            seen.push((f.topic.to_owned(), f.partition, f.error_code, f.high_watermark, f.records.to_vec()));
            Ok(())
        });
        assert_eq!(code.unwrap(), 5);
        assert_eq!(
            seen,
            [("a".to_owned(), 0, 0, 70, b"xyz".to_vec()), ("a".to_owned(), 3, 3, 70, Vec::new())]
        );
    }

    #[test]
    fn an_answer_that_ends_early_is_an_error() {
        let body = answer();
        for end in 0..body.len() - 1 {
            assert!(read(&body[..end], |_| Ok(())).is_err(), "{end} of {}", body.len());
        }
    }
}
