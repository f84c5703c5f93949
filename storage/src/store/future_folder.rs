//! The folders of future replicas, which say by their names alone which moves were asked for (KIP-113).
//!
//! Owner: the core that owns the partition; the folder of a move that has begun belongs to its `FutureReplica`.
//! A folder is there from the answer to the request on, so a process that ends takes no move with it that still waits.
//! Bound: one for each partition and directory.

use super::delete::remove_folder;
use super::future::FUTURE_SUFFIX;
use super::open::make_dir;
use super::partition::folder;
use super::{Partition, Store, StoreError};
use crate::disk::Disk;
use std::io;
use std::path::Path;

/// The number in the name of a future replica's folder; any that no other move of the partition has.
pub type Unique = u128;

impl<D: Disk> Store<D> {
    /// Makes the folder of a future replica, `name`, in this directory; durable on return.
    ///
    /// Errors: it cannot be made. But for a lack of room the directory is offline.
    pub async fn make_future(&self, name: &str) -> Result<(), StoreError> {
        let made = make_dir(&self.disk, &self.config.dir.join(name)).await;
        if let Err(StoreError::Io(what, e)) = &made
            && e.kind() != io::ErrorKind::StorageFull
        {
            self.go_offline(what, e);
        }
        made
    }

    /// Removes it, if it is there; it and others that went before stay away over a power cut.
    ///
    /// Errors: I/O; it may be there still.
    pub async fn remove_future(&self, name: &str) -> io::Result<()> {
        remove_folder(&self.disk, &self.config.dir.join(name)).await?;
        self.disk.sync_dir(&self.config.dir).await
    }
}

/// The name of the folder of a future replica of `partition`.
#[must_use]
pub fn future_name<D: Disk>(partition: &Partition<D>, unique: Unique) -> String {
    name_of(&folder(partition.topic(), partition.id().index), unique)
}

fn name_of(folder: &str, unique: Unique) -> String {
    format!("{folder}.{unique:032x}{FUTURE_SUFFIX}")
}

/// The partition folder's name that a future replica in `folder` is to take, and the number in its own name; `None`
/// for another folder.
#[must_use]
pub fn parse_future(folder: &str) -> Option<(&str, Unique)> {
    let (name, unique) = folder.strip_suffix(FUTURE_SUFFIX)?.rsplit_once('.')?;
    let digits =
        unique.len() == 32 && unique.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    Some((name, Unique::from_str_radix(unique, 16).ok().filter(|_| digits)?))
}

/// What a start does with the folder of a future replica that an earlier life did not finish.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Left {
    /// It is another core's.
    Alone,
    /// Nobody wants it.
    Removed,
    /// The move begins anew: what was copied goes.
    Emptied,
}

/// Asks `what` about the folder of every future replica in `dir`, by its name, and does so.
///
/// Before any move begins in `dir`. What was removed, by an earlier life as well, stays away over a power cut.
/// Errors: I/O.
pub async fn take_up_futures<D: Disk>(
    disk: &D,
    dir: &Path,
    what: &mut dyn FnMut(&str) -> Left,
) -> io::Result<()> {
    for entry in disk.list(dir).await?.into_iter().filter(|e| e.is_dir && parse_future(&e.name).is_some()) {
        let path = dir.join(&entry.name);
        match what(&entry.name) {
            Left::Alone => {}
            Left::Removed => remove_folder(disk, &path).await?,
            Left::Emptied => {
                for file in disk.list(&path).await?.into_iter().filter(|e| !e.is_dir) {
                    disk.unlink(&path.join(&file.name)).await?;
                }
            }
        }
    }
    disk.sync_dir(dir).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_future_replicas_go_round() {
        let name = name_of("a.b-future-12", 0xab);
        assert_eq!(name, "a.b-future-12.000000000000000000000000000000ab-future");
        assert_eq!(parse_future(&name), Some(("a.b-future-12", 0xab)));
        let largest = name_of("t-0", Unique::MAX);
        assert_eq!(parse_future(&largest), Some(("t-0", Unique::MAX)));
        let upper = "t-0.000000000000000000000000000000AB-future";
        for other in
            ["t-0", "t-future", "t-0.ab-future", "t-0.000000000000000000000000000000ab-delete", upper]
        {
            assert_eq!(parse_future(other), None, "{other}");
        }
    }
}
