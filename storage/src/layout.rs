//! How many cores a data directory is laid out for, which core owns a partition, and where files lie.
//!
//! Owner: the boot, before any core opens its store. Invariants: `DIR/cores/layout` rules; a partition's core is
//! a pure function of its id and the number of cores; the file is replaced as a whole (tmp, fsync, rename,
//! directory fsync), so there is always exactly one layout in force.
//!
//! Byte table: docs/storage-format.md.

use crate::disk::Disk;
use ringlog_wire::crc::crc32c;
use ringlog_wire::ids::PartitionId;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

const MAGIC: [u8; 4] = *b"RLL\x01";
const LEN: usize = 24;

/// The layout in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// One higher with each change.
    pub generation: u64,
    /// Number of data cores.
    pub cores: u16,
}

/// The core of partition `id` among `cores`: fixed by the topic id and the index alone, so every core and every
/// start agrees (architecture.md section 5).
///
/// # Panics
/// If `cores` is 0.
#[must_use]
pub fn owner(id: PartitionId, cores: u16) -> u16 {
    assert!(cores > 0, "there is at least one data core");
    // FNV-1a over the topic id; adding the index spreads one topic's partitions evenly.
    let hash = id
        .topic
        .0
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    let core = ((hash >> 16) ^ hash).wrapping_add(u64::from(id.index)) % u64::from(cores);
    u16::try_from(core).unwrap_or(0)
}

/// `DIR/cores`.
#[must_use]
pub fn cores_dir(dir: &Path) -> PathBuf {
    dir.join("cores")
}

/// `DIR/cores/<nn>`.
#[must_use]
pub fn core_dir(dir: &Path, core: u16) -> PathBuf {
    cores_dir(dir).join(format!("{core:02}"))
}

/// `DIR/cores/layout`.
#[must_use]
pub fn layout_path(dir: &Path) -> PathBuf {
    cores_dir(dir).join("layout")
}

/// The number in a core folder's name.
#[must_use]
pub fn parse_core(name: &str) -> Option<u16> {
    (name.len() >= 2 && name.bytes().all(|b| b.is_ascii_digit())).then(|| name.parse().ok()).flatten()
}

/// `commit-<k>.log`.
#[must_use]
pub fn log_name(number: u32) -> String {
    format!("commit-{number}.log")
}

/// The k of `commit-<k>.log`.
#[must_use]
pub fn parse_log_name(name: &str) -> Option<u32> {
    let k = name.strip_prefix("commit-")?.strip_suffix(".log")?;
    k.parse().ok().filter(|n| log_name(*n) == name)
}

/// A layout file that cannot be read.
#[derive(Debug)]
pub enum LayoutError {
    /// I/O.
    Io(io::Error),
    /// Damaged, or of a newer version.
    Bad,
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => write!(f, "cores/layout cannot be read: {e}"),
            Self::Bad => f.write_str("cores/layout is damaged, or a newer version wrote it"),
        }
    }
}

impl Layout {
    fn encode(self) -> [u8; LEN] {
        let mut out = Vec::with_capacity(LEN);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&u32::from(self.cores).to_le_bytes());
        out.extend_from_slice(&self.generation.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&crc32c(&out).to_le_bytes());
        out.try_into().expect("the parts add up to LEN")
    }

    /// Reads the file; `None` if it is damaged, or of a newer version.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; LEN] = bytes.try_into().ok()?;
        let (covered, crc) = bytes.split_last_chunk::<4>()?;
        let (magic, rest) = covered.split_first_chunk::<4>()?;
        let (cores, rest) = rest.split_first_chunk::<4>()?;
        let (generation, _) = rest.split_first_chunk::<8>()?;
        let cores = u16::try_from(u32::from_le_bytes(*cores)).ok().filter(|c| *c > 0)?;
        let sane = *magic == MAGIC && crc32c(covered) == u32::from_le_bytes(*crc);
        sane.then_some(Self { generation: u64::from_le_bytes(*generation), cores })
    }

    /// The layout of `dir`; `None` in a directory that has none yet.
    pub async fn read<D: Disk>(disk: &D, dir: &Path) -> Result<Option<Self>, LayoutError> {
        match disk.read_file(&layout_path(dir), 4096).await {
            Ok(bytes) => Self::decode(&bytes).map(Some).ok_or(LayoutError::Bad),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(LayoutError::Io(e)),
        }
    }

    /// Puts this layout in force. Durable on return; `DIR/cores` must exist.
    pub async fn write<D: Disk>(self, disk: &D, dir: &Path) -> io::Result<()> {
        disk.replace_file(&layout_path(dir), &self.encode()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_wire::ids::TopicId;

    #[test]
    fn the_file_goes_round_and_damage_is_seen() {
        let layout = Layout { generation: 5, cores: 3 };
        let bytes = layout.encode();
        assert_eq!(Layout::decode(&bytes), Some(layout));
        for at in 0..LEN {
            let mut bad = bytes;
            bad[at] ^= 1;
            assert_eq!(Layout::decode(&bad), None, "byte {at}");
        }
        assert_eq!(Layout::decode(&bytes[..LEN - 1]), None);
        assert_eq!(Layout::decode(&Layout { generation: 1, cores: 0 }.encode()), None);
    }

    #[test]
    fn names_go_round() {
        assert_eq!(parse_log_name(&log_name(12)), Some(12));
        assert_eq!(parse_log_name("commit-012.log"), None);
        assert_eq!(parse_log_name("commit-.log"), None);
        assert_eq!(parse_core("07"), Some(7));
        assert_eq!(parse_core("7"), None);
        assert_eq!(parse_core("layout"), None);
    }

    #[test]
    fn partitions_of_one_topic_spread_evenly() {
        let topic = TopicId([0xab; 16]);
        let mut seen = [0; 4];
        for index in 0..100 {
            seen[usize::from(owner(PartitionId { topic, index }, 4))] += 1;
        }
        assert_eq!(seen, [25; 4]);
    }
}
