//! Drives the state machine of consensus: carries its effects out on the metadata log.
//!
//! Owner: the control core. Invariants: effects are carried out in order, each durable before the next; one
//! batch is in flight; what `append` returns is committed. A failed write or sync is final.

use super::batch::{self, BATCH_MAX, ControlKind, Stamp};
use super::boot::BootError;
use super::log::{LogError, MetadataLog};
use super::msg::QuorumStand;
use super::snapshot;
use crate::config::BrokerConfig;
use crate::env::{Clock, Env};
use crate::image::dump::record_version;
use crate::image::{Identity, MetadataDelta, MetadataImage};
use ringlog_raft::{Effect, Input, LogState, QuorumState, Raft, Voter};
use ringlog_wire::generated::leader_change_message::Voter as WireVoter;
use ringlog_wire::generated::records::MetadataRecord;
use ringlog_wire::generated::voters_record::{KRaftVersionFeature, Voter as RecordVoter};
use ringlog_wire::generated::{KRaftVersionRecord, LeaderChangeMessage, VotersRecord};
use ringlog_wire::ids::{LeaderEpoch, Offset, Uuid};
use std::io;
use std::sync::Arc;

type Records = Arc<[MetadataRecord]>;

/// One batch that consensus wants appended.
struct Append {
    stamp: Stamp,
    end: Offset,
    bytes: Vec<u8>,
}

/// The quorum as this node sees it, with its log.
pub(super) struct Quorum<E: Env> {
    env: E,
    raft: Raft<Records>,
    log: MetadataLog<E::Disk>,
    identity: Identity,
    me: Voter,
}

impl<E: Env> Quorum<E> {
    /// Starts consensus from what is on disk and leads a new epoch; durable on return.
    pub async fn start(
        env: E,
        log: MetadataLog<E::Disk>,
        identity: &Identity,
        config: &BrokerConfig,
        (saved, end): (Option<QuorumState>, LogState),
    ) -> Result<Self, BootError> {
        let directory = identity.directories.first().copied().unwrap_or(Uuid::ZERO);
        let me = Voter { id: config.node_id, directory };
        let (raft, effects) = Raft::start(me, &[me], saved, end).map_err(BootError::Quorum)?;
        let mut quorum = Self { env, raft, log, identity: identity.clone(), me };
        let done = quorum.carry_out(effects).await;
        done.map_err(|e| BootError::Log(LogError::Io("quorum-state".into(), e)))?;
        Ok(quorum)
    }

    /// The next offset to assign.
    pub fn log_end(&self) -> Offset {
        self.raft.log_end()
    }

    /// Appends `records` as one batch and returns them committed.
    ///
    /// Errors: of the system call; final. The records may or may not be on disk then.
    pub async fn append(&mut self, records: Vec<MetadataRecord>) -> Result<MetadataDelta, BootError> {
        let records: Records = records.into();
        let count = u32::try_from(records.len()).expect("batches are far below 2^32 records");
        let input = Input::Propose { records: Arc::clone(&records), count };
        let effects = self.raft.step(input).expect("a batch has records, and offsets do not run out");
        let done = self.carry_out(effects).await;
        done.map_err(|e| BootError::Log(LogError::Io("metadata log".into(), e)))?;
        let end = self.raft.log_end();
        assert_eq!(self.raft.high_watermark(), Some(end), "the only voter's durable log is committed");
        Ok(MetadataDelta { identity: self.identity.clone(), end, epoch: self.raft.epoch(), records })
    }

    /// Where the quorum stands: what is planned and not yet written is not in it.
    pub fn stand(&self) -> QuorumStand {
        QuorumStand {
            leader: self.me.id,
            directory: self.me.directory,
            epoch: self.raft.epoch(),
            high_watermark: self.raft.high_watermark().unwrap_or(Offset::ZERO),
            log_end: self.raft.log_end(),
        }
    }

    /// Bytes that can be appended without running out of space; see `MetadataLog::make_room`.
    pub async fn make_room(&mut self) -> u64 {
        self.log.make_room().await
    }

    /// Carries effects out in order, and feeds what they cause back into the state machine.
    async fn carry_out(&mut self, effects: Vec<Effect<Records>>) -> io::Result<()> {
        for effect in effects {
            let append = match effect {
                Effect::SaveQuorumState(state) => {
                    self.log.save_quorum(&state).await?;
                    continue;
                }
                // The caller looks at the high watermark itself.
                Effect::AdvanceHighWatermark(_) => continue,
                Effect::AppendLeaderChange { epoch, base, first, voters } => {
                    self.leader_change(epoch, base, first, &voters)
                }
                Effect::Append { epoch, base, records } => {
                    let stamp = self.stamp(base, epoch);
                    let bytes = batch::encode(stamp, &records, record_version).map_err(io::Error::other)?;
                    Append { stamp, end: base.plus(records.len() as u64), bytes }
                }
            };
            assert!(append.bytes.len() <= BATCH_MAX, "the planner keeps batches small");
            self.log.append(append.bytes, (append.stamp.epoch, append.stamp.base)).await?;
            let more = self.raft.step(Input::Durable { end: append.end }).expect("durable is always taken");
            assert!(more.iter().all(|e| matches!(e, Effect::AdvanceHighWatermark(_))));
        }
        Ok(())
    }

    fn stamp(&self, base: Offset, epoch: LeaderEpoch) -> Stamp {
        Stamp { base, epoch, timestamp: self.env.clock().wall_ms() }
    }

    fn leader_change(&self, epoch: LeaderEpoch, base: Offset, first: bool, voters: &[Voter]) -> Append {
        // Kafka 4.3.1 and its tools read version 0 only, which has no directory ids.
        let version: i16 = 0;
        let voter = |v: &Voter| WireVoter { voter_id: v.id.0 as i32, voter_directory_id: Uuid::ZERO };
        let voters: Vec<_> = voters.iter().map(voter).collect();
        let message = LeaderChangeMessage {
            version,
            leader_id: self.me.id.0 as i32,
            voters: voters.clone(),
            granting_voters: voters,
        };
        let mut value = Vec::new();
        message.encode(&mut value, version).expect("a leader change encodes in its own version");
        let mut records = vec![(ControlKind::LeaderChange, value)];
        if first {
            records.extend(self.voter_records());
        }
        let stamp = self.stamp(base, epoch);
        Append { stamp, end: base.plus(records.len() as u64), bytes: batch::encode_control(stamp, &records) }
    }

    /// KRaftVersion and KRaftVoters, as they stand at the start of a log and of a snapshot.
    fn voter_records(&self) -> Vec<(ControlKind, Vec<u8>)> {
        let mut version = Vec::new();
        let record = KRaftVersionRecord { version: 0, k_raft_version: 1 };
        record.encode(&mut version, 0).expect("version 0 holds it");
        let voter = RecordVoter {
            voter_id: self.me.id.0 as i32,
            voter_directory_id: self.me.directory,
            endpoints: Vec::new(),
            k_raft_version_feature: KRaftVersionFeature {
                min_supported_version: 0,
                max_supported_version: 1,
            },
        };
        let mut voters = Vec::new();
        let record = VotersRecord { version: 0, voters: vec![voter] };
        record.encode(&mut voters, 0).expect("version 0 holds it");
        vec![(ControlKind::KRaftVersion, version), (ControlKind::KRaftVoters, voters)]
    }

    /// Writes a snapshot of `image`, which must hold everything appended, if the log has grown by `limit` bytes
    /// since the last one. Returns true if one was written. Errors: of the system call.
    pub async fn snapshot_if_due(&mut self, image: &MetadataImage, limit: u64) -> io::Result<bool> {
        if self.log.since_snapshot() < limit {
            return Ok(false);
        }
        assert_eq!(image.end(), self.raft.log_end(), "a snapshot covers the whole log");
        let epoch = self.raft.epoch();
        let now = self.env.clock().wall_ms();
        let content = snapshot::encode(epoch, now, &self.voter_records(), &image.dump());
        let content = content.map_err(io::Error::other)?;
        self.log.snapshot(image.end(), epoch, content).await?;
        Ok(true)
    }
}
