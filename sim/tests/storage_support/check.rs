//! What is read back: the records of a partition tell by their tags which ones they are.

use super::{Options, id, open, read_all};
use ringlog_sim::{MemDisk, Sim};
use ringlog_storage::store::Partition;
use std::ops::Range;
use std::rc::Rc;

/// The tags of all records, in offset order.
pub async fn tags(p: &Rc<Partition<MemDisk>>) -> Vec<u64> {
    let tag = |v: &Vec<u8>| String::from_utf8_lossy(v).split('/').next().unwrap().parse().unwrap();
    read_all(p).await.iter().map(tag).collect()
}

/// The partition holds these records, of one record each, and no others.
pub async fn check_tags(p: &Rc<Partition<MemDisk>>, expected: Range<u64>, what: &str) {
    assert_eq!(tags(p).await, expected.collect::<Vec<_>>(), "{what}");
}

/// Opens the directory once more: partition 0 of topic `n` holds the records `0..count`.
pub async fn holds(s: &Sim, disk: &MemDisk, o: &Options, of: &[(u8, u64)], what: &str) {
    let store = open(s, disk, o).await.unwrap_or_else(|e| panic!("{what}: {e}"));
    for (n, count) in of {
        let p = store.partition(id(*n, 0)).unwrap_or_else(|| panic!("{what}: partition {n} is not there"));
        check_tags(&p, 0..*count, &format!("{what}: partition {n}")).await;
    }
}

/// Opens the directory once more: the partition holds all that was acknowledged, and of the rest a beginning.
pub async fn holds_acked(s: &Sim, disk: &MemDisk, o: &Options, acked: u64, what: &str) {
    let store = open(s, disk, o).await.unwrap_or_else(|e| panic!("{what}: {e}"));
    let there = tags(&store.partition(id(1, 0)).unwrap()).await;
    assert!(there.len() as u64 >= acked, "{what}: {} of {acked}", there.len());
    assert_eq!(there, (0..there.len() as u64).collect::<Vec<_>>(), "{what}");
}
