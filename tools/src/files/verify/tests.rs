//! Data directories that the store wrote, stopped and killed, whole and with damage in every kind of file.

use super::{Grade, Refused, Report, verify};
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::disk::Disk;
use ringlog_storage::partition::files::MetaProperties;
use ringlog_storage::partition::{AppendStamp, LogConfig};
use ringlog_storage::store::{AppendReject, Known, OpenContext, Store, StoreConfig, prepare};
use ringlog_wire::ids::{LeaderEpoch, PartitionId, TopicId};
use ringlog_wire::record::build::{BatchBuilder, BatchOptions};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

const NOW_MS: i64 = 1_767_225_600_000;

/// A folder that goes with its owner.
struct Temp(PathBuf);

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A data directory with two partitions of several segments, stopped cleanly or killed.
fn directory(name: &str, clean: bool) -> Temp {
    let sim = Sim::new(3);
    let (disk, s) = (sim.disk(), sim.clone());
    let out = disk.clone();
    sim.run(async move { write(&s, &disk, clean).await });
    let temp = Temp(std::env::temp_dir().join(format!("ringctl-verify-{name}-{}", std::process::id())));
    let _ = fs::remove_dir_all(&temp.0);
    for path in out.paths() {
        let to = temp.0.join(path.strip_prefix("/data").unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(&to, out.content(&path).unwrap()).unwrap();
    }
    let meta = MetaProperties { cluster_id: "c".into(), node_id: 1, directory_id: TopicId([7; 16]) };
    fs::write(temp.0.join("meta.properties"), meta.to_file()).unwrap();
    temp
}

async fn write(sim: &Sim, disk: &MemDisk, clean: bool) {
    disk.create_dir(Path::new("/data")).await.unwrap();
    let log = LogConfig { segment_bytes: 48 << 10, index_interval_bytes: 2000, ..LogConfig::default() };
    let config = StoreConfig { log_bytes_max: 256 << 10, ..StoreConfig::new("/data".into(), 0, 1, 0x5a17) };
    let known = |id: PartitionId| Some(Known { topic: format!("t{}", id.topic.0[0]), log });
    let pause = async |ms| sim.sleep_ms(ms).await;
    let context = OpenContext { known: &known, progress: &|_| {}, pause, now_ms: NOW_MS };
    prepare(disk, &config, &context).await.unwrap();
    let store = Store::open(disk.clone(), config, context).await.unwrap();
    let (committing, flushing) = (Rc::clone(&store), Rc::clone(&store));
    sim.exec().spawn(9, async move {
        let mut durable = Vec::new();
        while committing.commit_next(&mut durable).await.is_ok() {}
    });
    sim.exec().spawn(9, async move { flushing.flush_loop().await });
    let stamp = AppendStamp { leader_epoch: LeaderEpoch(0), log_append_time: None, max_timestamp: NOW_MS };
    for topic in [1, 2] {
        let id = PartitionId { topic: TopicId([topic; 16]), index: 0 };
        let partition = store.create_partition(id, &known(id).unwrap(), NOW_MS).await.unwrap();
        for n in 0..60u32 {
            let mut b = BatchBuilder::new(BatchOptions::default());
            b.append(NOW_MS + i64::from(n), None, Some(&[n as u8; 3000]), &[]);
            let batch = b.build().unwrap();
            while let Err(e) = partition.append(&batch, &stamp, NOW_MS) {
                assert_eq!(e, AppendReject::Busy);
                store.room().await;
            }
        }
        while partition.offsets().durable < partition.offsets().end {
            store.room().await;
        }
    }
    if clean {
        store.close().await.unwrap();
    }
    sim.exec().kill(9);
}

fn report(dir: &Path) -> Report {
    verify(dir).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Files below `dir` whose names end so.
fn files(dir: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

#[test]
fn what_a_stop_and_what_a_kill_leaves_is_whole() {
    for clean in [true, false] {
        let dir = directory(if clean { "stopped" } else { "killed" }, clean);
        let report = report(&dir.0);
        assert_eq!(report.count(Grade::Damaged), 0, "clean {clean}: {:?}", report.findings);
        assert_eq!(report.partitions, 2);
        if clean {
            assert!(report.findings.is_empty(), "{:?}", report.findings);
            assert_eq!(report.batches, 120);
        }
    }
}

#[test]
fn damage_in_every_kind_of_file_is_named_with_its_place() {
    use Grade::{Damaged, Mends};
    let dir = directory("damage", true);
    let kinds = [
        ("layout", Damaged, 0),
        ("meta.properties", Damaged, 0),
        ("partition.metadata", Damaged, 0),
        (".log", Damaged, 3100),
        (".index", Mends, 7),
        (".timeindex", Mends, 3),
        (".snapshot", Mends, 8),
        ("leader-epoch-checkpoint", Mends, 0),
    ];
    for (end, grade, at) in kinds {
        let mut all = files(&dir.0, end);
        all.retain(|p| !p.to_string_lossy().contains("commit-"));
        let path = all.first().unwrap_or_else(|| panic!("no {end}"));
        let before = fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&before);
        flip(path, if end == "meta.properties" { text.find("node.id").unwrap() } else { at });
        let found = report(&dir.0);
        let mine: Vec<_> = found.findings.iter().filter(|f| f.file == *path).collect();
        assert!(mine.iter().any(|f| f.grade == grade), "{end}: {:?}", found.findings);
        assert!(mine.len() == found.findings.len(), "{end}: nothing else is blamed: {:?}", found.findings);
        if end == ".log" {
            let d = mine[0];
            assert!(d.position.is_some_and(|p| p > 3000 && p < 3100) && d.offset == Some(1), "{d:?}");
        }
        fs::write(path, before).unwrap();
    }
    assert!(report(&dir.0).findings.is_empty());
    // A whole segment that is gone, and one that is short.
    let log = &files(&dir.0.join("t1-0"), ".log")[0];
    let before = fs::read(log).unwrap();
    fs::write(log, &before[..before.len() - 4096]).unwrap();
    assert!(report(&dir.0).count(Grade::Damaged) > 0);
    fs::remove_file(log).unwrap();
    assert!(report(&dir.0).findings[0].why.contains("missing"));
}

#[test]
fn one_torn_checkpoint_mends_and_both_do_not() {
    let dir = directory("checkpoints", true);
    let slots: Vec<_> = [files(&dir.0, "checkpoint-a"), files(&dir.0, "checkpoint-b")].concat();
    let written: Vec<_> = slots.iter().filter(|p| fs::metadata(p).unwrap().len() > 0).collect();
    assert_eq!(written.len(), 2, "both were used");
    flip(written[0], 100);
    let one = report(&dir.0);
    let of_slot: Vec<_> = one.findings.iter().filter(|f| f.file == *written[0]).map(|f| f.grade).collect();
    assert_eq!(of_slot, [Grade::Mends]);
    flip(written[1], 100);
    let both = report(&dir.0);
    assert_eq!(both.count(Grade::Damaged), 2, "{:?}", both.findings);
    assert_eq!(both.batches, 120, "the segments are looked at all the same");
}

#[test]
fn a_durable_frame_that_is_damaged_is_found_by_the_one_behind_it() {
    let dir = directory("frames", false);
    let before = report(&dir.0);
    let mut damaged = 0;
    for log in files(&dir.0, ".log").into_iter().filter(|p| p.to_string_lossy().contains("commit-")) {
        let bytes = fs::read(&log).unwrap();
        for at in (0..bytes.len()).step_by(4096).filter(|at| bytes[*at..].starts_with(b"RLF\x01")) {
            flip(&log, at + 70);
            let found = report(&dir.0);
            assert!(found.frames < before.frames);
            damaged += usize::from(found.count(Grade::Damaged) > 0);
            flip(&log, at + 70);
        }
    }
    assert!(damaged > 1, "frames that a start needs are in the log");
    assert_eq!(report(&dir.0).frames, before.frames);
}

#[test]
fn what_is_no_data_directory_and_one_in_use_are_refused() {
    let temp = Temp(std::env::temp_dir().join(format!("ringctl-verify-refused-{}", std::process::id())));
    fs::create_dir_all(&temp.0).unwrap();
    assert!(matches!(verify(&temp.0), Err(Refused::NoDirectory)));
    let dir = directory("used", true);
    let lock = fs::File::create(dir.0.join(".lock")).unwrap();
    lock.lock().unwrap();
    assert!(matches!(verify(&dir.0), Err(Refused::InUse)));
    drop(lock);
    assert!(report(&dir.0).findings.is_empty());
}
