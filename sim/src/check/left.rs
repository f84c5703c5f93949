//! What is left in the data directories of a broker that has had time to tidy up.
//!
//! Owner: the run. Invariant: reads the simulated disk only. `-stray` folders stay, as with Kafka: they hold what a
//! crash left, and are the operator's. A start has put those of topics aside that were gone by then.

use super::{Verdict, rule};
use crate::MemDisk;
use ringlog_wire::ids::TopicId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// No folder of `dirs` waits to be removed or to be moved, each is of one of `topics`, and every replica is in one
/// directory.
pub fn tidy(disk: &MemDisk, dirs: &[&str], topics: &BTreeSet<TopicId>) -> Verdict {
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
        let text = String::from_utf8_lossy(&metadata);
        let id = text.lines().find_map(|l| l.strip_prefix("topic_id: ")).and_then(|id| id.parse().ok());
        let known = id.is_some_and(|id| id == TopicId::METADATA || topics.contains(&id));
        rule(known, || format!("{shown} is of a topic that is gone: {text:?}"))?;
        let there = places.entry((name, metadata)).or_default();
        *there += 1;
        rule(*there == 1, || format!("{shown} is in another directory, too"))?;
    }
    Ok(())
}

/// No file is open that has no name any more: while somebody holds it, its space is gone.
pub fn closed(disk: &MemDisk) -> Verdict {
    let held = disk.nameless();
    rule(held == 0, || format!("{held} files that were removed are still open"))
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
                let text = format!("version: 0\ntopic_id: {}\n", TopicId([*id; 16]));
                disk.replace_file(&dir.join("partition.metadata"), text.as_bytes()).await.unwrap();
            }
        });
        disk
    }

    #[test]
    fn each_thing_that_must_not_be_left_is_found() {
        let topics = BTreeSet::from([TopicId([1; 16]), TopicId([2; 16])]);
        let judge = |folders: &[(&str, u8)]| tidy(&disk(folders), &["/d", "/e"], &topics);
        let good = [("/d/t-0", 1), ("/e/t-1", 1), ("/d/u-0-stray", 1), ("/e/u-0-stray", 1), ("/f/t-0", 1)];
        assert!(judge(&good).is_ok());
        assert!(judge(&[("/d/t-0.00-delete", 1)]).unwrap_err().contains("still there"));
        assert!(judge(&[("/e/t-0.00-future", 1)]).unwrap_err().contains("nothing moves"));
        assert!(judge(&[("/d/t-0", 1), ("/e/t-0", 1)]).unwrap_err().contains("another directory"));
        assert!(judge(&[("/d/t-0", 1), ("/e/t-0", 2)]).is_ok(), "another topic of that name");
        assert!(judge(&[("/d/t-0", 3)]).unwrap_err().contains("a topic that is gone"));
    }
}
