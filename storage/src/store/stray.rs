//! Folders of partitions that the metadata log does not know: they get a name that ends in `-stray`, Kafka's, and stay.
//!
//! Owner: whoever opens the data directory. Such a folder is what a deletion left that was cut off between its record
//! in the metadata log and the durable name of the folder, or belongs to a metadata log that somebody took away:
//! which of the two, nobody here can tell, so nothing of it is removed.

use super::adopt::topic_in;
use super::{Store, StoreError};
use crate::disk::Disk;
use ringlog_wire::ids::TopicId;
use std::io;
use std::path::Path;

/// End of the name of such a folder: Kafka's.
const STRAY_SUFFIX: &str = "-stray";

impl<D: Disk> Store<D> {
    /// Gives folder `name` of this directory a name that nobody looks for; durable on return.
    pub(super) async fn put_aside(&self, name: &str) -> Result<(), StoreError> {
        let done = async {
            rename(&self.disk, &self.config.dir, name).await?;
            self.disk.sync_dir(&self.config.dir).await
        };
        let from = self.config.dir.join(name);
        done.await.map_err(|e| StoreError::Io(format!("putting {} aside", from.display()), e))
    }
}

/// What the metadata log says of a partition, by its topic's name and its index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// There is none.
    Nowhere,
    /// It is in this directory, or nobody knows where: whoever opens it looks at the folder's id.
    Here,
    /// It is in another directory of this node, and of this topic.
    Elsewhere(TopicId),
}

/// Puts the partition folders of `dir` aside that belong to no topic that there is. Returns their names and the new ones.
///
/// Before any store of `dir` opens. Errors: I/O on `dir`.
pub async fn put_strays_aside<D: Disk>(
    disk: &D,
    dir: &Path,
    named: &dyn Fn(&str, u32) -> Named,
) -> io::Result<Vec<(String, String)>> {
    let mut aside = Vec::new();
    for entry in disk.list(dir).await?.into_iter().filter(|e| e.is_dir) {
        let Some((topic, index)) = entry.name.rsplit_once('-') else { continue };
        let Ok(index) = index.parse() else { continue };
        let named = named(topic, index);
        if named == Named::Here {
            continue;
        }
        // A folder without a topic id is not a partition's.
        let Some(id) = topic_in(disk, &dir.join(&entry.name)).await else { continue };
        if named != Named::Elsewhere(id) {
            let to = rename(disk, dir, &entry.name).await?;
            aside.push((entry.name, to));
        }
    }
    if !aside.is_empty() {
        disk.sync_dir(dir).await?;
    }
    Ok(aside)
}

async fn rename<D: Disk>(disk: &D, dir: &Path, name: &str) -> io::Result<String> {
    let mut to = format!("{name}{STRAY_SUFFIX}");
    let mut n = 1;
    while disk.list(&dir.join(&to)).await.is_ok() {
        to = format!("{name}.{n}{STRAY_SUFFIX}");
        n += 1;
    }
    disk.rename(&dir.join(name), &dir.join(&to)).await?;
    Ok(to)
}
