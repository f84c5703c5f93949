//! OffsetCommit beside a durable produce whose record is as large, on one connection and on 64.
//!
//! Owner: one run. Each connection has one request in flight; each group lies in the partition of
//! `__consumer_offsets` that its name says, and as many partitions are produced to.

use super::Options;
use super::ask;
use crate::client::{self, Measured, Plan};
use crate::frames;
use crate::versions::Versions;
use ringlog_wire::ErrorCode;
use ringlog_wire::api::ApiKey;
use std::io;
use std::time::Duration;

const TOPIC: &str = "beside";
/// As many as `__consumer_offsets` has.
const PARTITIONS: u32 = 50;
/// Bytes of the value that is produced: key and value of an offset's record.
const VALUE: usize = 64;
const CONNECTIONS: [usize; 2] = [1, 64];
/// The newest version that names topics.
const OFFSET_COMMIT: i16 = 9;

/// Runs it. Errors: the broker's, and a refused request.
pub fn run(options: &Options) -> io::Result<()> {
    let broker = options.start(true, &[])?;
    frames::create_topic(options.addr(), TOPIC, PARTITIONS)?;
    let versions = Versions::ask(options.addr())?;
    let produce = versions.newest(ApiKey::Produce)?;
    // `check_commit` reads the flexible versions only.
    let version = versions.newest_of(ApiKey::OffsetCommit, OFFSET_COMMIT..=OFFSET_COMMIT)?;
    let produces = frames::produce_requests(produce, (TOPIC, PARTITIONS), VALUE)?;
    let commit = |n: usize| {
        let body = ask::commit(&format!("group-{n:02}"), ("", -1), TOPIC, (1, 7));
        frames::request(version, &body)
    };
    let commits: Vec<Vec<u8>> = (0..64).map(commit).collect::<io::Result<_>>()?;
    ask::find_coordinator(options.addr(), "group-00")?;
    for connections in CONNECTIONS {
        for (name, requests, check) in
            [("produce", &produces, frames::check_produce(produce)), ("OffsetCommit", &commits, check_commit)]
        {
            let duration = Duration::from_secs(options.seconds);
            let plan = Plan { connections, warmup: Duration::from_secs(1), duration, check };
            let cpu = broker.cpu_seconds();
            let m = client::run(options.addr(), requests, plan)?;
            // The warm-up is in the CPU time, and about as dear as the rest.
            let all = m.requests as f64 * (m.seconds + 1.0) / m.seconds;
            print(name, connections, &m, (broker.cpu_seconds() - cpu) / all);
        }
    }
    broker.stop().map(drop)
}

fn print(name: &str, connections: usize, m: &Measured, cpu: f64) {
    println!(
        "commits: {name:>12}, {connections:>2} connections: {:>7.0} req/s, p50 {:.3} ms, p99 {:.3} ms, {:.1} us of CPU each",
        m.rate(),
        m.ms(0.5),
        m.ms(0.99),
        cpu * 1e6
    );
}

/// What is wrong with an OffsetCommit answer (header tags and body) of one partition, if anything.
fn check_commit(body: &[u8]) -> Option<String> {
    // Header tags, throttle time, two array lengths around the name, index, then the error code.
    let name = usize::from(body.get(6).copied()?);
    let at = 1 + 4 + 1 + name + 1 + 4;
    let code = body.get(at..at + 2).and_then(|c| c.try_into().ok()).map(i16::from_be_bytes)?;
    let known = || ErrorCode::from_code(code).map_or_else(|| code.to_string(), |e| e.name().to_owned());
    (code != 0).then(|| format!("OffsetCommit answered {}", known()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::BytesMut;
    use ringlog_wire::generated::OffsetCommitResponse;
    use ringlog_wire::generated::offset_commit_response::{
        OffsetCommitResponsePartition, OffsetCommitResponseTopic,
    };
    use ringlog_wire::writer::Sink;

    #[test]
    fn the_quick_check_reads_the_error_code_where_the_codec_writes_it() {
        for (error_code, wrong) in [(0, false), (15, true)] {
            let partition = OffsetCommitResponsePartition { partition_index: 3, error_code };
            let topic = OffsetCommitResponseTopic {
                name: TOPIC.to_owned(),
                partitions: vec![partition],
                ..Default::default()
            };
            let answer = OffsetCommitResponse { topics: vec![topic], ..Default::default() };
            let mut body = BytesMut::new();
            body.uvarint(0);
            answer.encode(&mut body, OFFSET_COMMIT).unwrap();
            assert_eq!(check_commit(&body).is_some(), wrong, "error code {error_code}");
        }
    }
}
