//! What a connection's core asks a coordinator, and the answers: messages between cores.
//!
//! Owner: a message belongs to the core that received it. Invariants: every call is answered exactly once, maybe
//! much later; a call names topics that exist, by name: the core of the connection has looked them up.

use ringlog_wire::ErrorCode;
use ringlog_wire::generated::describe_groups_response::DescribedGroup;
use ringlog_wire::generated::list_groups_response::ListedGroup;
use ringlog_wire::generated::offset_commit_request::OffsetCommitRequestPartition;
use ringlog_wire::generated::offset_fetch_response::OffsetFetchResponsePartitions;
use ringlog_wire::generated::{
    ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, HeartbeatRequest, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, ListGroupsRequest, SyncGroupRequest,
    SyncGroupResponse, consumer_group_describe_response,
};
use ringlog_wire::ids::TopicId;

/// One question.
#[derive(Debug)]
pub struct Call {
    /// The partition of `__consumer_offsets`, which names the coordinator.
    pub partition: u32,
    /// The question.
    pub ask: Ask,
}

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// What it calls itself.
    pub id: String,
    /// Its address, as Kafka writes it: `/127.0.0.1`.
    pub host: String,
}

/// What is asked.
#[derive(Debug)]
pub enum Ask {
    /// JoinGroup; the answer may take as long as the rebalance.
    Join {
        /// As sent; before version 1 the rebalance timeout is the session timeout.
        request: JoinGroupRequest,
        /// Of the request.
        version: i16,
        /// Who joins.
        client: Client,
    },
    /// SyncGroup; the answer may take until the leader has sent the assignments.
    Sync(SyncGroupRequest),
    /// Heartbeat.
    Heartbeat(HeartbeatRequest),
    /// LeaveGroup, always with a list of members.
    Leave(LeaveGroupRequest),
    /// OffsetCommit.
    Commit(CommitAsk),
    /// OffsetFetch of one group.
    Fetch(FetchAsk),
    /// OffsetDelete.
    DeleteOffsets {
        /// The group.
        group: String,
        /// Topics and partitions.
        topics: Vec<(String, Vec<i32>)>,
    },
    /// DeleteGroups, one of them.
    Delete {
        /// The group.
        group: String,
    },
    /// DescribeGroups, one of them.
    Describe {
        /// The group.
        group: String,
    },
    /// ConsumerGroupHeartbeat (KIP-848).
    ConsumerHeartbeat {
        /// As sent.
        request: ConsumerGroupHeartbeatRequest,
        /// Its version.
        version: i16,
        /// Who sends it.
        client: Client,
    },
    /// ConsumerGroupDescribe, one of them.
    ConsumerDescribe {
        /// The group.
        group: String,
    },
    /// ListGroups: those of every coordinator on the core; the call's partition says nothing.
    List(ListGroupsRequest),
}

/// Offsets to be committed.
#[derive(Debug, Default)]
pub struct CommitAsk {
    /// The group.
    pub group: String,
    /// The member, empty for none.
    pub member: String,
    /// Its static name.
    pub instance: Option<String>,
    /// Generation, or member epoch; negative for none.
    pub generation: i32,
    /// How long to keep them, milliseconds; `None` for the broker's retention.
    pub retention_ms: Option<i64>,
    /// What.
    pub topics: Vec<CommitTopic>,
}

/// Offsets of one topic.
#[derive(Debug)]
pub struct CommitTopic {
    /// The topic.
    pub name: String,
    /// Its id.
    pub id: TopicId,
    /// As sent.
    pub partitions: Vec<OffsetCommitRequestPartition>,
}

/// Offsets that are asked for.
#[derive(Debug, Default)]
pub struct FetchAsk {
    /// The group.
    pub group: String,
    /// Member and member epoch, if the client says them (KIP-848).
    pub member: Option<(String, i32)>,
    /// `None` for all.
    pub topics: Option<Vec<(String, Vec<i32>)>>,
}

/// Committed offsets by topic.
pub type FetchedOffsets = Vec<(String, Vec<OffsetFetchResponsePartitions>)>;

/// One answer.
#[derive(Debug)]
pub enum Answer {
    /// To `Join`.
    Join(JoinGroupResponse),
    /// To `Sync`.
    Sync(SyncGroupResponse),
    /// To `Heartbeat`, `Commit` and `Delete`: done.
    Done,
    /// To `Leave`.
    Leave(LeaveGroupResponse),
    /// To `Fetch`.
    Offsets(FetchedOffsets),
    /// To `DeleteOffsets`: the topics and partitions asked for, with an error each.
    Deleted(Vec<(String, Vec<(i32, ErrorCode)>)>),
    /// To `Describe`.
    Described(Box<DescribedGroup>),
    /// To `ConsumerHeartbeat`; an error has its reason.
    ConsumerHeartbeat(ConsumerGroupHeartbeatResponse),
    /// To `ConsumerDescribe`.
    ConsumerDescribed(Box<consumer_group_describe_response::DescribedGroup>),
    /// To `List`.
    Listed(Vec<ListedGroup>),
    /// To any: nothing was done.
    Refused(ErrorCode),
}

impl Answer {
    /// The error that the answer stands for, where it has nothing else to say.
    #[must_use]
    pub fn error(&self) -> ErrorCode {
        match self {
            Self::Refused(error) => *error,
            _ => ErrorCode::None,
        }
    }
}
