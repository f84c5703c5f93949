//! A client of one connection that says nothing by itself: it sends what it is given and tells what came back.
//!
//! Owner: one comparison. Invariant: every question has an outcome; after anything but an answer it dials anew.

use ringlog_wire::ApiKey;
use ringlog_wire::generated::*;
use ringlog_wire::header::response_head_len;
use ringlog_wire::message::Message;
use ringlog_wire::reader::Reader;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The APIs whose answers hold nothing that differs from broker to broker: they are compared with all their texts.
const WORD_FOR_WORD: [ApiKey; 12] = [
    ApiKey::AlterReplicaLogDirs,
    ApiKey::ElectLeaders,
    ApiKey::AlterPartitionReassignments,
    ApiKey::ListPartitionReassignments,
    ApiKey::UpdateFeatures,
    ApiKey::DescribeProducers,
    ApiKey::UnregisterBroker,
    ApiKey::ListTransactions,
    ApiKey::IncrementalAlterConfigs,
    ApiKey::AlterConfigs,
    ApiKey::GetTelemetrySubscriptions,
    ApiKey::PushTelemetry,
];

/// What a broker did with a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It answered, with these error codes in the order of the answer.
    Codes(Vec<i16>),
    /// It answered this, word for word.
    Says(String),
    /// It answered with something that we cannot read.
    Unreadable(String),
    /// It closed the connection.
    Closed,
    /// Neither, in the time given.
    Silent,
}

impl Outcome {
    /// One word, for counting.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Codes(_) | Self::Says(_) => "answers",
            Self::Unreadable(_) => "unreadable",
            Self::Closed => "closes",
            Self::Silent => "silent",
        }
    }
}

/// A broker's address and the connection to it, if there is one.
pub struct Dial {
    address: String,
    stream: Option<TcpStream>,
    wait: Duration,
}

impl Dial {
    /// Nothing is dialled before the first question.
    pub fn new(address: &str, wait: Duration) -> Self {
        Self { address: address.into(), stream: None, wait }
    }

    /// Sends a request of `api` and `version` and tells what came back.
    ///
    /// Errors: the broker cannot be reached at all.
    pub fn ask(&mut self, api: ApiKey, version: i16, body: &[u8]) -> Result<Outcome, String> {
        let mut frame = head(api.key(), version, api.request_header_version(version));
        frame.extend_from_slice(body);
        Ok(match self.raw(&frame)? {
            Ok(answer) => read(api, version, &answer),
            Err(outcome) => outcome,
        })
    }

    /// Sends a frame as it is. Returns the answer, or the outcome without one.
    ///
    /// Errors: the broker cannot be reached at all.
    pub fn raw(&mut self, frame: &[u8]) -> Result<Result<Vec<u8>, Outcome>, String> {
        let sized = [&(frame.len() as u32).to_be_bytes()[..], frame].concat();
        self.bytes(&sized)
    }

    /// Sends bytes that need be no frame.
    ///
    /// Errors: the broker cannot be reached at all.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<Result<Vec<u8>, Outcome>, String> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.dial().map_err(|e| format!("{}: {e}", self.address))?,
        };
        let done = stream.write_all(bytes).and_then(|()| answer(&mut stream));
        Ok(match done {
            Ok(answer) => {
                self.stream = Some(stream);
                Ok(answer)
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Err(Outcome::Silent)
            }
            Err(_) => Err(Outcome::Closed),
        })
    }

    fn dial(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(self.wait))?;
        Ok(stream)
    }
}

/// A request header of client `c`, correlation id 7.
pub fn head(key: i16, version: i16, header_version: i16) -> Vec<u8> {
    let mut out = [&key.to_be_bytes()[..], &version.to_be_bytes(), &[0, 0, 0, 7, 0, 1, b'c']].concat();
    if header_version == 2 {
        out.push(0);
    }
    out
}

fn answer(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut size = [0; 4];
    stream.read_exact(&mut size)?;
    let size = u64::from(u32::from_be_bytes(size));
    let mut out = Vec::new();
    if stream.take(size).read_to_end(&mut out)? as u64 == size {
        Ok(out)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn read(api: ApiKey, version: i16, frame: &[u8]) -> Outcome {
    let body = frame.get(response_head_len(api, version)..).unwrap_or_default();
    // KIP-511: an unknown version of ApiVersions is answered in version 0.
    let version = if api == ApiKey::ApiVersions && !api.decodes(version) { 0 } else { version };
    match text(api, version, body) {
        // How sums are asked for is decided (docs/deviations.md); everything else of that answer is compared.
        Ok(text) if WORD_FOR_WORD.contains(&api) => {
            Outcome::Says(text.replace("delta_temporality: true", "delta_temporality: false"))
        }
        Ok(text) => Outcome::Codes(codes(&text)),
        Err(e) => Outcome::Unreadable(e),
    }
}

fn text(api: ApiKey, version: i16, body: &[u8]) -> Result<String, String> {
    match api {
        ApiKey::Produce => debug::<ProduceResponse>(body, version),
        ApiKey::Fetch => debug::<FetchResponse>(body, version),
        ApiKey::ListOffsets => debug::<ListOffsetsResponse>(body, version),
        ApiKey::Metadata => debug::<MetadataResponse>(body, version),
        ApiKey::FindCoordinator => debug::<FindCoordinatorResponse>(body, version),
        ApiKey::ApiVersions => debug::<ApiVersionsResponse>(body, version),
        ApiKey::CreateTopics => debug::<CreateTopicsResponse>(body, version),
        ApiKey::DeleteTopics => debug::<DeleteTopicsResponse>(body, version),
        ApiKey::InitProducerId => debug::<InitProducerIdResponse>(body, version),
        ApiKey::OffsetForLeaderEpoch => debug::<OffsetForLeaderEpochResponse>(body, version),
        ApiKey::AlterConfigs => debug::<AlterConfigsResponse>(body, version),
        ApiKey::DeleteRecords => debug::<DeleteRecordsResponse>(body, version),
        ApiKey::DescribeConfigs => debug::<DescribeConfigsResponse>(body, version),
        ApiKey::CreatePartitions => debug::<CreatePartitionsResponse>(body, version),
        ApiKey::DescribeCluster => debug::<DescribeClusterResponse>(body, version),
        ApiKey::DescribeTopicPartitions => debug::<DescribeTopicPartitionsResponse>(body, version),
        ApiKey::OffsetCommit => debug::<OffsetCommitResponse>(body, version),
        ApiKey::OffsetFetch => debug::<OffsetFetchResponse>(body, version),
        ApiKey::JoinGroup => debug::<JoinGroupResponse>(body, version),
        ApiKey::SyncGroup => debug::<SyncGroupResponse>(body, version),
        ApiKey::Heartbeat => debug::<HeartbeatResponse>(body, version),
        ApiKey::LeaveGroup => debug::<LeaveGroupResponse>(body, version),
        ApiKey::DescribeGroups => debug::<DescribeGroupsResponse>(body, version),
        ApiKey::ListGroups => debug::<ListGroupsResponse>(body, version),
        ApiKey::DeleteGroups => debug::<DeleteGroupsResponse>(body, version),
        ApiKey::OffsetDelete => debug::<OffsetDeleteResponse>(body, version),
        ApiKey::ConsumerGroupHeartbeat => debug::<ConsumerGroupHeartbeatResponse>(body, version),
        ApiKey::ConsumerGroupDescribe => debug::<ConsumerGroupDescribeResponse>(body, version),
        ApiKey::IncrementalAlterConfigs => debug::<IncrementalAlterConfigsResponse>(body, version),
        ApiKey::ListConfigResources => debug::<ListConfigResourcesResponse>(body, version),
        ApiKey::AlterReplicaLogDirs => debug::<AlterReplicaLogDirsResponse>(body, version),
        ApiKey::DescribeLogDirs => debug::<DescribeLogDirsResponse>(body, version),
        ApiKey::ElectLeaders => debug::<ElectLeadersResponse>(body, version),
        ApiKey::AlterPartitionReassignments => debug::<AlterPartitionReassignmentsResponse>(body, version),
        ApiKey::ListPartitionReassignments => debug::<ListPartitionReassignmentsResponse>(body, version),
        ApiKey::DescribeQuorum => debug::<DescribeQuorumResponse>(body, version),
        ApiKey::UpdateFeatures => debug::<UpdateFeaturesResponse>(body, version),
        ApiKey::DescribeProducers => debug::<DescribeProducersResponse>(body, version),
        ApiKey::UnregisterBroker => debug::<UnregisterBrokerResponse>(body, version),
        ApiKey::ListTransactions => debug::<ListTransactionsResponse>(body, version),
        ApiKey::GetTelemetrySubscriptions => debug::<GetTelemetrySubscriptionsResponse>(body, version),
        ApiKey::PushTelemetry => debug::<PushTelemetryResponse>(body, version),
        // An API that is advertised and not in this list is a gap of this program: it must not pass in silence.
        _ => Err(format!("{} is missing in dial.rs", api.name())),
    }
}

fn debug<M: Message + std::fmt::Debug>(body: &[u8], version: i16) -> Result<String, String> {
    let mut r = Reader::from_slice(body, 64 << 20);
    let m = M::decode(&mut r, version).map_err(|e| e.to_string())?;
    r.finish_strict().map_err(|e| e.to_string())?;
    Ok(format!("{m:?}"))
}

/// The numbers behind `error_code:` in what a message prints.
fn codes(text: &str) -> Vec<i16> {
    let behind = text.split("error_code: ").skip(1);
    behind.filter_map(|t| t.split(|c: char| c != '-' && !c.is_ascii_digit()).next()?.parse().ok()).collect()
}
