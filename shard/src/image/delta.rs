//! Committed metadata on its way from the control core to the data cores.
//!
//! Owner: whoever holds it; it is `Send` and shared by reference count. Invariant: records are committed and
//! durable, complete batches, in log order.

use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::ids::{LeaderEpoch, Offset, Uuid};
use std::sync::Arc;

/// Who this cluster and this node are; fixed for the life of the process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// `cluster.id`, 22 characters.
    pub cluster_id: Arc<str>,
    /// `directory.id` of each data directory, in their configured order.
    pub directories: Arc<[Uuid]>,
}

/// Committed records and where they end.
#[derive(Clone, Debug)]
pub struct MetadataDelta {
    /// Who the cluster is.
    pub identity: Identity,
    /// Exclusive end of the records.
    pub end: Offset,
    /// Epoch of the last of them.
    pub epoch: LeaderEpoch,
    /// The records.
    pub records: Arc<[MetadataRecord]>,
}
