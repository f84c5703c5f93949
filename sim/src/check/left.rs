//! What is left in the data directories of a broker that has had time to tidy up.
//!
//! Owner: the run. Invariant: reads the simulated disk only. `-stray` folders stay, as with Kafka: they hold what a
//! crash left, and are the operator's. A folder of a deleted topic under its own name is not judged: a deletion that an
//! error or a crash cut off leaves it, and the next start puts it aside (docs/simulation.md, what is open).

use super::{Verdict, rule};
use crate::MemDisk;
use std::collections::BTreeMap;
use std::path::Path;

/// No folder of `dirs` waits to be removed or to be moved, and every replica is in one directory.
pub fn tidy(disk: &MemDisk, dirs: &[&str]) -> Verdict {
    // By name and topic id.
    let mut places: BTreeMap<(String, Vec<u8>), usize> = BTreeMap::new();
    for folder in disk.folders() {
        let inside = folder.parent().is_some_and(|p| dirs.iter().any(|d| Path::new(d) == p));
        let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        if !inside || name.ends_with("-stray") {
            continue;
        }
        let shown = folder.display();
        rule(!name.ends_with("-delete"), || format!("{shown} is still there"))?;
        rule(!name.ends_with("-future"), || format!("nothing moves, and {shown} is there"))?;
        let Some(metadata) = disk.content(&folder.join("partition.metadata")) else { continue };
        let there = places.entry((name, metadata)).or_default();
        *there += 1;
        rule(*there == 1, || format!("{shown} is in another directory, too"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::block_on;
    use ringlog_storage::disk::Disk;

    /// A disk with these folders, each of a partition of topic `id`.
    fn disk(folders: &[(&str, u8)]) -> MemDisk {
        let disk = MemDisk::default();
        block_on(async {
            for (folder, id) in folders {
                let dir = Path::new(folder);
                disk.create_dir(dir).await.unwrap();
                disk.replace_file(&dir.join("partition.metadata"), &[*id]).await.unwrap();
            }
        });
        disk
    }

    #[test]
    fn each_thing_that_must_not_be_left_is_found() {
        let judge = |folders: &[(&str, u8)]| tidy(&disk(folders), &["/d", "/e"]);
        let good = [("/d/t-0", 1), ("/e/t-1", 1), ("/d/u-0-stray", 1), ("/e/u-0-stray", 1), ("/f/t-0", 1)];
        assert!(judge(&good).is_ok());
        assert!(judge(&[("/d/t-0.00-delete", 1)]).unwrap_err().contains("still there"));
        assert!(judge(&[("/e/t-0.00-future", 1)]).unwrap_err().contains("nothing moves"));
        assert!(judge(&[("/d/t-0", 1), ("/e/t-0", 1)]).unwrap_err().contains("another directory"));
        assert!(judge(&[("/d/t-0", 1), ("/e/t-0", 2)]).is_ok(), "another topic of that name");
    }
}
