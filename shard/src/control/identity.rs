//! Who this cluster and this node are: `meta.properties` of every data directory (KIP-631, KIP-858).
//!
//! Owner: the control core, at start. Invariants: all directories of a node name the same cluster and node; a
//! directory's id is unique and never changes; nothing is written into a directory of another cluster or node.

use super::BootError;
use crate::image::Identity;
use ringlog_storage::disk::Disk;
use ringlog_storage::partition::files::MetaProperties;
use ringlog_wire::ids::{NodeId, Uuid};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const FILE: &str = "meta.properties";
const FILE_MAX: usize = 64 << 10;
/// The id of a directory that cannot be read: Kafka's reserved one for what is lost (KIP-858). No partition is there.
pub const LOST: Uuid = ringlog_wire::ids::TopicId([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);

/// A random id that Kafka would make: version 4, not reserved, not starting with '-' (shells take it for an
/// option). `random` gives eight random bytes.
pub fn random_id(random: &mut dyn FnMut() -> u64) -> Uuid {
    loop {
        let mut bits = (u128::from(random()) << 64) | u128::from(random());
        bits &= !(0xf000_u128 << 64) & !(0b11_u128 << 62);
        bits |= (0x4000_u128 << 64) | (0b10_u128 << 62);
        let id = ringlog_wire::ids::TopicId(bits.to_be_bytes());
        if !id.to_string().starts_with('-') {
            return id;
        }
    }
}

/// Reads the identity, or makes what is new: a cluster id if no directory has one, ids of new directories.
///
/// `cluster_id`: what a new cluster shall be called, and what an existing one must be called, if given.
/// One behind the first that cannot be read or written is `LOST`: it is offline in this life.
/// Errors: directories that contradict each other or the configuration; system calls on the first.
pub async fn load<D: Disk>(
    disk: &D,
    dirs: &[PathBuf],
    node: NodeId,
    cluster_id: Option<&str>,
    random: &mut dyn FnMut() -> u64,
) -> Result<Identity, BootError> {
    let mut found = Vec::new();
    for (at, dir) in dirs.iter().enumerate() {
        found.push(match read(disk, dir).await {
            // Never made anew: what cannot be read now may be there again.
            Err(BootError::Io(..)) if at > 0 => Found::Lost,
            read => read?.map_or(Found::New, Found::Known),
        });
    }
    let mut cluster = cluster_id.map(str::to_owned);
    let mut ids = BTreeSet::new();
    for (dir, meta) in dirs.iter().zip(&found) {
        let Found::Known(meta) = meta else { continue };
        let wrong = |why: String| Err(BootError::Identity(dir.join(FILE), why));
        if meta.node_id != node.0 {
            return wrong(format!("node.id is {}, but this node is {}", meta.node_id, node.0));
        }
        match &cluster {
            Some(known) if *known != meta.cluster_id => {
                return wrong(format!("cluster.id is {}, not {known}", meta.cluster_id));
            }
            _ => cluster = Some(meta.cluster_id.clone()),
        }
        if !ids.insert(meta.directory_id) {
            return wrong(format!("another data directory has the id {} too", meta.directory_id));
        }
    }
    let cluster_id = cluster.unwrap_or_else(|| random_id(random).to_string());
    let mut directories = Vec::new();
    for (at, (dir, meta)) in dirs.iter().zip(found).enumerate() {
        let directory_id = match meta {
            Found::Known(meta) => meta.directory_id,
            Found::Lost => LOST,
            Found::New => match create(disk, dir, node, &cluster_id, random_id(random)).await {
                Err(BootError::Io(..)) if at > 0 => LOST,
                created => created?,
            },
        };
        directories.push(directory_id);
    }
    Ok(Identity { cluster_id: cluster_id.into(), directories: Arc::from(directories) })
}

/// What a directory says of itself.
enum Found {
    Known(MetaProperties),
    New,
    Lost,
}

async fn read<D: Disk>(disk: &D, dir: &Path) -> Result<Option<MetaProperties>, BootError> {
    let path = dir.join(FILE);
    let text = match disk.read_file(&path, FILE_MAX).await {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(BootError::Io(path, e)),
    };
    let parsed = std::str::from_utf8(&text).ok().map(MetaProperties::parse);
    match parsed {
        Some(Ok(meta)) => Ok(Some(meta)),
        Some(Err(bad)) => Err(BootError::Identity(path, bad.0.to_owned())),
        None => Err(BootError::Identity(path, "it is no text".to_owned())),
    }
}

async fn create<D: Disk>(
    disk: &D,
    dir: &Path,
    node: NodeId,
    cluster_id: &str,
    directory_id: Uuid,
) -> Result<Uuid, BootError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |e| BootError::Io(path, e)
    };
    disk.create_dir(dir).await.map_err(io(dir))?;
    let meta = MetaProperties { cluster_id: cluster_id.to_owned(), node_id: node.0, directory_id };
    let path = dir.join(FILE);
    disk.replace_file(&path, meta.to_file().as_bytes()).await.map_err(io(&path))?;
    Ok(directory_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_random_uuids_of_version_4() {
        let mut n = 0u64;
        let mut random = || {
            n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
            n
        };
        let (a, b) = (random_id(&mut random), random_id(&mut random));
        assert_ne!(a, b);
        assert_eq!((a.0[6] >> 4, a.0[8] >> 6), (4, 2));
    }
}
