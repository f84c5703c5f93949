//! The data directory after a clean stop, read as stock tools would read it.
//!
//! Everything is in segments then: the files of a partition hold its whole log, in Kafka's names and formats, and
//! the indexes lead to batches. Also the budgets that show on disk: the commit log, and the length of segments.
//!
//! Owner: the run. Invariant: reads the simulated disk only; nothing runs meanwhile.

use super::{Verdict, rule};
use crate::MemDisk;
use ringlog_wire::ids::TopicId;
use ringlog_wire::record::batch::Batches;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A segment's batches: base offset, next offset, position, size.
type Index = Vec<(i64, i64, u64, usize)>;

/// Checks the folder of partition `name` (`topic-0`) of topic `id`, in one of `dirs`: it holds exactly the offsets
/// `0..end`.
pub fn partition(disk: &MemDisk, dirs: &[&str], (name, id): (&str, TopicId), end: i64) -> Verdict {
    let is_it = |dir: &PathBuf| {
        let metadata = disk.content(&dir.join("partition.metadata")).unwrap_or_default();
        String::from_utf8_lossy(&metadata).contains(&id.to_string())
    };
    let dir = dirs.iter().map(|dir| PathBuf::from(dir).join(name)).find(is_it).ok_or("has no folder")?;
    let files: BTreeMap<String, PathBuf> = disk
        .paths()
        .into_iter()
        .filter(|p| p.parent() == Some(&dir))
        .filter_map(|p| Some((p.file_name()?.to_str()?.to_owned(), p.clone())))
        .collect();
    let mut next = 0;
    for (file, path) in files.iter().filter(|(f, _)| f.ends_with(".log")) {
        let base: i64 = file.trim_end_matches(".log").parse().map_err(|_| format!("a file {file}"))?;
        rule(base == next, || format!("segment {file} after offset {next}"))?;
        let content = disk.content(path).unwrap_or_default();
        let mut batches = Index::new();
        let mut position = 0;
        for batch in Batches::new(&content) {
            let batch = batch.map_err(|e| {
                format!("{file} at byte {position} of {}, offset {next} of {end}: {e:?}", content.len())
            })?;
            batch.check_crc().map_err(|e| format!("{file} at byte {position}: {e:?}"))?;
            let h = batch.header();
            rule(h.base_offset == next, || {
                format!("{file} at byte {position}: {} after {next}", h.base_offset)
            })?;
            next = h.next_offset();
            batches.push((h.base_offset, next, position, h.size()));
            position += h.size() as u64;
        }
        let index = files.get(&file.replace(".log", ".index")).and_then(|p| disk.content(p));
        offsets(&batches, base, &index.unwrap_or_default()).map_err(|e| format!("{file}: {e}"))?;
    }
    rule(next == end, || format!("the segments end at {next}, the log at {end}"))
}

/// Every entry of an offset index leads to the front of a batch, and says its last offset or less.
fn offsets(batches: &Index, base: i64, index: &[u8]) -> Verdict {
    let mut before = (-1, 0);
    for entry in index.chunks_exact(8) {
        let (Some(relative), Some(position)) = (entry.first_chunk::<4>(), entry.last_chunk::<4>()) else {
            continue;
        };
        let (relative, position) = (i32::from_be_bytes(*relative), u32::from_be_bytes(*position));
        let offset = base + i64::from(relative);
        let found = batches.iter().find(|(_, _, p, _)| *p == u64::from(position));
        let (first, next, _, _) = found.ok_or_else(|| format!("an index entry leads to byte {position}"))?;
        rule((*first..*next).contains(&offset), || {
            format!("an index entry says {offset} at byte {position}, where {first}..{next} lies")
        })?;
        rule(relative > before.0 && (position > before.1 || before.0 < 0), || {
            format!("index entries go back at {offset}")
        })?;
        before = (relative, position);
    }
    Ok(())
}

/// The commit logs of all cores keep to their budget. `gone`: partitions that may have been there besides: a log that
/// has grown for them keeps its size.
pub fn commit_log(disk: &MemDisk, budget: u64, gone: u64) -> Verdict {
    let mut of_core: BTreeMap<PathBuf, u64> = BTreeMap::new();
    let mut partitions = gone;
    for path in disk.paths() {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        partitions += u64::from(name == "partition.metadata");
        if name.starts_with("commit-") && name.ends_with(".log") {
            let len = disk.content(&path).map_or(0, |c| c.len() as u64);
            *of_core.entry(path.parent().map(PathBuf::from).unwrap_or_default()).or_default() += len;
        }
    }
    // At least four files of 64 KiB and 32 KiB a partition, whatever the budget says; a file more while one is exchanged.
    let least = (256 << 10).max(partitions * (32 << 10));
    let most = budget.max(least) / 4 * 5;
    for (core, len) in of_core {
        rule(len <= most, || format!("{}: {len} bytes of commit log, {most} allowed", core.display()))?;
    }
    Ok(())
}
