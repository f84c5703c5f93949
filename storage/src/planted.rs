//! Planted bugs: places where the code can be made wrong on purpose, to see that the simulator finds it.
//!
//! Owner: the simulator's feature `planted`. Invariants: without the feature `planted()` is the constant `false`
//! and nothing of it is left in the code; the broker refuses to be compiled with it; at most one bug is active.

macro_rules! bugs {
    ($($name:ident, $what:literal;)*) => {
        /// A bug of the catalogue (docs/simulation.md).
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Bug {
            $(#[doc = $what] $name,)*
        }

        impl Bug {
            /// The catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What is wrong.
            #[must_use]
            pub fn what(self) -> &'static str {
                match self {
                    $(Self::$name => $what,)*
                }
            }
        }
    };
}

bugs! {
    AckBeforeDurable, "acknowledged before it is durable";
    StableMarkPassesFrame, "a completed frame makes everything appended meanwhile count as durable";
    RecycleBeforeFlush, "a log file is used again although it holds bytes that are in no segment";
    CheckpointBeforeSync, "a checkpoint speaks of segment bytes that were not synced";
    CheckpointNotSynced, "a log file is used again before the checkpoint that allows it is durable";
    CheckpointOnlySynced, "a start syncs the checkpoint that it found, and does not write it again";
    LastFrameOnlySynced, "a start syncs the last frame that it found, and does not write it again";
    CarryNotAwaited, "a checkpoint beside a recycling speaks of a carried block whose frame is not durable";
    MetadataOnlySynced, "a start syncs the end of the metadata log that it found, and does not write it again";
    NewestCheckpointOverwritten, "the newer slot is overwritten, not the older";
    FailedSyncRetried, "a sync that failed is tried again";
    FailedSyncForgotten, "another task's sync that failed is not known to the checkpoint that is being made";
    DirectorySyncSkipped, "the name of a new segment is relied on before its directory is synced";
    BypassNotSynced, "a large batch is acknowledged before its segment is synced";
    BesideNotAwaited, "a frame counts before the large batch that is written beside it is durable";
    BesideBeforeSync, "a large batch is written beside its frame before a sync of what lies below it in its segment";
    BesideBelieved, "recovery does not look whether the large batch is there that the last frame names";
    TakenBackStays, "a last frame that is taken back stays in its file";
    BesideNotWrittenAgain, "a start reads the large batch that the last frame names, and does not write it again";
    PaddingLeft, "a closed segment keeps the padding of its last block";
    LateWriteAfterRecovery, "files are opened without waiting for the lock of a killed process";
    IndexLockNotAwaited, "recovery does not wait for the lock of an index file that a killed process writes";
    TailCutBelowDurable, "recovery cuts a segment below what was flushed";
    BlockNotCarried, "the last block of a partition is not written again before its log file goes";
    StaleFrameAccepted, "a frame of an earlier generation counts as the next one";
    TornFrameAccepted, "a frame whose checksum is wrong counts";
    ReplayEndsWithFile, "the commit log ends with its first file";
    ProducersLostWithCheckpoint, "a checkpoint brings back no producers";
    DedupLostOnRecovery, "replaying a batch forgets the producers";
    DuplicateAppended, "a batch that came twice is appended twice";
    DuplicateAnsweredEarly, "a duplicate is answered before its original is durable";
    GapAccepted, "a sequence that does not follow is accepted";
    IndexOffByOneBatch, "an index entry leads to the batch behind its own";
    TimeIndexLate, "a time index entry says less than the largest timestamp";
    ReadAboveHighWatermark, "readers see what is not durable";
    WakeUpLost, "a fetch that parks after its data came is not woken";
    WaitsOutOfOrder, "produce requests wait in the wrong order";
    FullQueueDrops, "an answer to a core whose queue is full is dropped";
    PumpNotWoken, "an answer that found the queue full is sent with the next one only";
    AnswerOfAnotherPartition, "the owner answers for another partition of the request";
    ProducerIdTwice, "two producers get the same id";
    EpochsLostWithCheckpoint, "a checkpoint brings back no leader epochs";
    OlderCheckpointWins, "a start takes the older of two checkpoints";
    DedupWindowOfFour, "of each producer four batches are remembered, not five";
    DrainForgetsPartition, "a change of the number of cores forgets the last partition of a core";
    RecycledOneTooMany, "a log file more than the checkpoint allows is used again";
    HoldReleasedEarly, "a flush of whole blocks lets go of the log file with the rest";
    ExtentNotReplayed, "recovery skips what says that a large batch is in its segment";
    FrameForgetsLast, "the last partition of a full frame is not told that it is durable";
    AppendTimeOfDuplicate, "a duplicate is answered with the time of its repetition";
    MaxTimestampTooLarge, "a batch counts with a larger timestamp than it has";
    MidBatchSkipped, "a read from the middle of a batch in memory begins behind it";
    SessionKeepsPosition, "a fetch session does not take the first change of a request over";
    WatchFirstOnly, "a fetch that parks watches one partition of another core";
    CreditLost, "the credit of an answer is lost while others are owed";
    FrameKeepsFirstEnd, "a frame tells a partition that its first batch is durable, not its last";
    FrontNotCleared, "a log file is used again with its old first frame";
    WaitEndsOneEarly, "a produce request ends when its last record is the next to be durable";
    DuplicateOffsetOfNewest, "a duplicate is answered with the offset of its producer's newest batch";
    StaleEpochAccepted, "a batch of an earlier producer epoch is accepted";
    ParkEndsEarly, "a fetch waits for half of its time only";
    IndexNotTruncated, "an index keeps entries that an earlier life wrote behind it";
    SpaceNotReserved, "batches are accepted without space for their segment";
    ChargeKept, "the bytes of a large request count as held for ever";
    PumpDropsRefused, "an answer that finds the queue full a second time is lost";
    FlushedByItsStart, "recovery takes an entry that begins in flushed bytes for flushed";
    HoldsOneTooFew, "a partition lets go of a log file whose bytes are flushed in part only";
    CheckpointOfUndurable, "a checkpoint speaks of frames that are not durable";
    CheckpointsAtOnce, "two checkpoints are written at the same time";
    FrameKeepsLastPlace, "a frame tells a partition where its last bytes begin, not its first";
    FailedFrameCounts, "a frame whose write failed counts as durable";
    LogFileNameNotSynced, "a log file takes frames before its name is durable";
    NoRoomKept, "appends take the room that recycling needs";
    StopBeforeBypass, "a stop does not wait for large batches that are on their way";
    CutNotSynced, "what a start cuts off a segment may come back";
    DrainForgetsProducers, "a change of the number of cores forgets producers";
    AppendsSideBySide, "what another core sends is appended in any order while the log is full";
    WindowKeptOverEpoch, "a new producer epoch keeps the batches of the former";
    FirstWatchOnly, "of all fetches that wait for a partition one is woken";
    FireForgotten, "a wake-up that comes before its fetch waits is forgotten";
    WokenUnread, "a fetch that was woken answers what it read before";
    WatchAtHighWatermark, "a fetch waits for what is there since it was read";
    FetchTooLarge, "answers of several cores are put together whatever their size";
    WriterNotWoken, "an answer that is ready waits for the next one";
    ReaderNotWoken, "a connection that waits for its answers to be sent is not read any more";
    CreditNotAwaited, "requests go to another core without a credit";
    TimeoutForgotten, "only the latest deadline of produce requests is watched";
    LatestIsEnd, "ListOffsets answers the log end for the newest offset";
    DeletedStillServed, "a deleted topic is served on";
    ReplacedBeforeCheckpoint, "compaction replaces segments that no checkpoint knows as closed";
    LogStartNotInCheckpoint, "a checkpoint leaves out a log start that is on its way to the commit log";
    LogStartNotLogged, "a log start moves that the commit log does not hold";
    LogStartAnsweredEarly, "a log start is answered before it is durable";
    StartsNotWritten, "the file that says where logs start is not written before a checkpoint";
    DropNotTold, "readers are not told that segments left";
    FilesGoBeforeCheckpoint, "files go that the checkpoint in force knows";
    RetentionByWallClock, "retention by time asks the wall clock alone";
    RetentionOneTooMany, "retention by size takes the segment that must stay";
    RetentionKeepsActive, "the active segment never gets too old";
    LowWatermarkAsAsked, "DeleteRecords answers what was asked for, not where the log starts";
    MissingFileEndsPass, "compaction gives a log up because retention took a segment from under it";
    NewestSuperseded, "the last record of a key supersedes itself";
    MarkerGoesAtOnce, "a delete marker goes with what it deleted";
    MinLagIgnored, "compaction takes what is too young";
    LastHeaderDropped, "a batch without records goes although its header is needed";
    CleanedNotSynced, "a compacted segment takes its place before it is synced";
    ReplacementNotTold, "readers are not told that a compacted segment took the place of others";
    ReplacementForgottenEarly, "the note of a replacement goes before a checkpoint knows it";
    MovedNotSynced, "a replica takes effect in another directory before its files there are synced";
    TailNotMoved, "what came since the last copy does not move with a replica";
    AppendsNotHeld, "appends to the former replica go on while the last bytes of it are copied";
    MoveBeforeCheckpoint, "the metadata log names a directory whose checkpoint does not know the replica";
    FormerGoesEarly, "the former replica goes before the metadata log says that it moved";
    RequestNotKept, "that a move was asked for goes with its folder's name, before the metadata log names the target";
    CommitAckedEarly, "answers of a coordinator leave before its records are durable";
    OffsetShownEarly, "a fetch of offsets shows what is not durable yet";
    StaleGenerationCommits, "a commit of an earlier generation is taken";
    StaleEpochCommits, "a commit of an earlier member epoch is taken";
    StaleHeartbeatAccepted, "a heartbeat of an earlier generation is answered as good";
    EmptyWhileLoading, "a coordinator that still loads answers that nothing is committed";
    GivenBeforeRevoked, "a partition is given while another member has it";
    RevocationAssumed, "a partition counts as given back although its member says that it has it";
    OwnersLostOnLoad, "a loaded consumer group does not know which partitions are taken";
    StaticNotFenced, "the former self of a static member may go on";
    GenerationNotBumped, "a rebalance of a classic group goes on with its generation";
    GroupEpochNotBumped, "a change of a consumer group starts no new epoch";
    OffsetTombstoneIgnored, "replay passes over the tombstones of offsets";
    OlderOffsetReplayed, "replay keeps the first offset of a partition";
    MemberTombstoneIgnored, "replay passes over the tombstones of members";
    MemberNotExpired, "a member that is silent for its session timeout stays";
    DeadlinesLostOnLoad, "members of a loaded group have no deadline";
    RetentionOfLiveGroup, "offsets of a group with members expire";
    OtherOffsetsPartition, "the coordinator of a group depends on the number of cores";
    RefusedStateKept, "a coordinator goes on although its records were refused";
    OffsetsLostOnUpgrade, "a group that changes its protocol loses its offsets";
    DeletedGroupNotRecorded, "a deleted group leaves its offsets in the log";
    LeaverKeepsPartitions, "what a member held that goes is never free";
}

/// True in builds that can be made wrong.
pub const ENABLED: bool = cfg!(feature = "planted");

/// True if `bug` is planted. The constant `false` without the feature.
#[cfg(not(feature = "planted"))]
#[must_use]
#[inline(always)]
pub const fn planted(_bug: Bug) -> bool {
    false
}

#[cfg(feature = "planted")]
static ACTIVE: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(usize::MAX);

/// True if `bug` is planted.
#[cfg(feature = "planted")]
#[must_use]
pub fn planted(bug: Bug) -> bool {
    ACTIVE.load(std::sync::atomic::Ordering::Relaxed) == bug as usize
}

/// Plants `bug` in this process, for good.
#[cfg(feature = "planted")]
pub fn plant(bug: Bug) {
    ACTIVE.store(bug as usize, std::sync::atomic::Ordering::Relaxed);
}
