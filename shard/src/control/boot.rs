//! The start of the control core: identity, metadata log, leadership of a new epoch.
//!
//! Owner: the control core. Invariants: no file is written before its lock is held; a log that is damaged where
//! it was durable stops the start; when this is done the quorum has a leader, and a new cluster its first records.

use super::log::{LogError, MetadataLog};
use super::quorum::Quorum;
use super::{identity, start};
use crate::config::BrokerConfig;
use crate::env::{Clock, Env, Level};
use crate::image::{ApplyError, Identity, MetadataDelta, MetadataImage};
use ringlog_raft::StartError;
use ringlog_storage::disk::Disk;
use ringlog_storage::store::StoreError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// How long a start waits for another process to let go of the metadata log.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(10);
const LOCK_RETRY: Duration = Duration::from_millis(50);

/// What the control core is given at its start.
pub struct ControlBoot {
    /// The broker's configuration; at least one data directory.
    pub config: BrokerConfig,
    /// The name of a new cluster; a random one without it. An existing cluster must have this name.
    pub cluster_id: Option<String>,
    /// Called once, when every data core serves and connections are accepted.
    pub on_ready: Box<dyn FnOnce(Ready) + Send>,
}

/// What is known when everything serves.
#[derive(Clone, Debug)]
pub struct Ready {
    /// `cluster.id`.
    pub cluster_id: String,
    /// Partitions that this node holds.
    pub partitions: usize,
    /// Topics of the cluster.
    pub topics: usize,
    /// Partitions that could not be opened.
    pub failed: usize,
}

/// Why the control core cannot start, or had to end.
#[derive(Debug)]
pub enum BootError {
    /// No data directory is configured.
    NoDirectory,
    /// A system call failed.
    Io(PathBuf, io::Error),
    /// A `meta.properties` contradicts another, or the configuration.
    Identity(PathBuf, String),
    /// The metadata log is unusable.
    Log(LogError),
    /// Another process holds the metadata log.
    Locked(PathBuf),
    /// The metadata log and `quorum-state` contradict each other.
    Quorum(StartError),
    /// A record of the metadata log does not fit the ones before.
    Record(ApplyError),
}

impl BootError {
    /// A data directory that cannot be made ready for this number of cores.
    pub(super) fn from_store(dir: PathBuf, e: StoreError) -> Self {
        match e {
            StoreError::Locked(path) => Self::Locked(path),
            StoreError::Io(_, e) => Self::Io(dir, e),
            e => Self::Identity(dir, e.to_string()),
        }
    }
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDirectory => f.write_str("no data directory is configured"),
            Self::Io(path, e) => write!(f, "{}: {e}", path.display()),
            Self::Identity(path, why) => write!(f, "{}: {why}", path.display()),
            Self::Log(e) => e.fmt(f),
            Self::Locked(path) => write!(f, "another process uses {}", path.display()),
            Self::Quorum(e) => write!(f, "the metadata quorum cannot start: {e:?}"),
            Self::Record(e) => write!(f, "the metadata log is damaged: {e}"),
        }
    }
}

impl std::error::Error for BootError {}

/// Opens identity and log, takes the leadership, and returns the image with everything that is committed.
pub(super) async fn boot<E: Env>(
    env: &E,
    boot: &ControlBoot,
) -> Result<(Quorum<E>, MetadataImage), BootError> {
    let dirs = &boot.config.data_dirs;
    let first = dirs.first().ok_or(BootError::NoDirectory)?;
    env.disk().create_dir(first).await.map_err(|e| BootError::Io(first.clone(), e))?;
    let (log, loaded) = open_log(env, first).await?;
    let mut random = || env.random();
    let identity =
        identity::load(env.disk(), dirs, boot.config.node_id, boot.cluster_id.as_deref(), &mut random)
            .await?;
    if loaded.torn > 0 {
        let line = format!("the metadata log ended in {} bytes of an unfinished batch; cut off", loaded.torn);
        env.log(Level::Warn, &line);
    }
    let mut image = MetadataImage::new(identity.clone(), Rc::new(boot.config.clone()));
    let end = loaded.log;
    let delta = delta(&identity, &end, loaded.records.into());
    image.apply(&delta).map_err(BootError::Record)?;
    let mut quorum = Quorum::start(env.clone(), log, &identity, &boot.config, (loaded.quorum, end)).await?;
    if image.features().next().is_none() {
        let records = start::bootstrap_records();
        let committed = quorum.append(records).await?;
        image.apply(&committed).map_err(BootError::Record)?;
    }
    Ok((quorum, image))
}

fn delta(
    identity: &Identity,
    log: &ringlog_raft::LogState,
    records: std::sync::Arc<[ringlog_wire::generated::records::MetadataRecord]>,
) -> MetadataDelta {
    MetadataDelta { identity: identity.clone(), end: log.end, epoch: log.last_epoch, records }
}

/// Opens the log, waiting a while for a process that is about to end.
async fn open_log<E: Env>(
    env: &E,
    dir: &std::path::Path,
) -> Result<(MetadataLog<E::Disk>, super::log::Loaded), BootError> {
    let until = env.clock().now().after(LOCK_WAIT_MAX);
    let mut told = false;
    loop {
        match MetadataLog::open(env.disk(), dir).await {
            Err(LogError::Io(_, e)) if e.kind() == io::ErrorKind::WouldBlock => {
                if env.clock().now() >= until {
                    return Err(BootError::Locked(dir.to_owned()));
                }
                if !told {
                    told = true;
                    env.log(Level::Info, &format!("waiting for another process to leave {}", dir.display()));
                }
                env.clock().sleep_until(env.clock().now().after(LOCK_RETRY)).await;
            }
            opened => return opened.map_err(BootError::Log),
        }
    }
}
