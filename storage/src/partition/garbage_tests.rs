//! Every decoder of a file against damaged and random bytes: an error or a sound value, never a panic.

use super::batch::Head;
use super::epoch_cache::EpochCache;
use super::files::{MetaProperties, SegmentFile, parse_log_start_offsets, parse_partition_metadata};
use super::index::{OffsetEntry, TimeEntry, decode_offsets, decode_times, encode_offsets, encode_times};
use super::snapshot;
use super::tests::{batch_of, id, new_log, put};
use super::{AppendBytes, PartitionLog};

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// `good` with a few bytes changed, or cut, or wholly random.
    fn damage(&mut self, good: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        match self.next() % 4 {
            0 => bytes.truncate((self.next() as usize) % (bytes.len() + 1)),
            1 => bytes.iter_mut().for_each(|b| *b = self.next() as u8),
            _ => {
                for _ in 0..1 + self.next() % 4 {
                    let at = self.next() as usize % bytes.len().max(1);
                    let edge = [0, 0x7f, 0x80, 0xff, self.next() as u8][self.next() as usize % 5];
                    bytes.iter_mut().skip(at).take(1).for_each(|b| *b = edge);
                }
            }
        }
        bytes
    }
}

#[test]
fn no_decoder_panics_and_what_it_accepts_is_sound() {
    let mut rng = Rng(0x9e37_79b9_7f4a_7c15);
    let offsets: Vec<_> = (1..40).map(|i| OffsetEntry { relative: i * 7, position: i * 4000 }).collect();
    let times: Vec<_> =
        (1..40).map(|i| TimeEntry { timestamp: 1000 + i64::from(i), relative: i * 7 }).collect();
    let (mut log, _) = new_log(1 << 20);
    put(&mut log, &batch_of(3, 40, 1, 9, 0, 0));
    let (index, time, snap) =
        (encode_offsets(&offsets), encode_times(&times), snapshot::encode(log.producers()));
    let header = batch_of(3, 40, 1, 9, 0, 0);
    let texts = [
        log.epochs().to_file(),
        super::files::partition_metadata(id().topic),
        "0\n1\na 0 7\n".to_owned(),
        "cluster.id=c\nnode.id=1\ndirectory.id=CQkJCQkJCQkJCQkJCQkJCQ\nversion=1\n".to_owned(),
        SegmentFile::Log.name(log.end()),
    ];
    for _ in 0..20_000 {
        if let Ok(entries) = decode_offsets(&rng.damage(&index), 200_000) {
            assert!(
                entries.windows(2).all(|w| w[0].relative < w[1].relative && w[0].position < w[1].position)
            );
        }
        if let Ok(entries) = decode_times(&rng.damage(&time)) {
            assert!(entries.windows(2).all(|w| w[0].timestamp < w[1].timestamp));
        }
        let damaged = rng.damage(&snap);
        assert!(snapshot::decode(&damaged, 0).is_err() || damaged == snap);
        if let Some(Ok(head)) = rng.damage(&header).first_chunk().map(Head::parse) {
            assert!(head.size >= 61 && i64::try_from(head.next_offset().0).is_ok());
        }
        for text in &texts {
            let text = String::from_utf8_lossy(&rng.damage(text.as_bytes())).into_owned();
            let _ =
                (EpochCache::parse(&text), parse_partition_metadata(&text), parse_log_start_offsets(&text));
            let _ = (MetaProperties::parse(&text), SegmentFile::parse(&text));
        }
    }
}

#[test]
fn replay_of_damaged_entries_never_panics() {
    let mut rng = Rng(77);
    let (mut log, gauge) = new_log(2_000);
    let image = log.image();
    let entries: Vec<_> =
        (0..12u8).map(|i| put(&mut log, &batch_of(2, 200, i, 9, 0, 2 * i32::from(i)))).collect();
    for round in 0..3_000 {
        let mut again = PartitionLog::restore(id(), *log.config(), gauge.clone(), image.clone()).unwrap();
        let bad = rng.next() as usize % entries.len();
        let mut refused = false;
        for (i, (p, bytes)) in entries.iter().enumerate() {
            let damaged = if i == bad { rng.damage(bytes) } else { bytes.clone() };
            let entry = AppendBytes { segment: p.segment, position: p.position, bytes: &damaged };
            refused |= again.replay(entry, 0).is_err();
            if refused {
                break;
            }
        }
        if !refused && again.finish_replay().is_ok() {
            assert_eq!(again.durable(), again.end(), "round {round}"); // the frame's CRC vouches for the bytes
        }
    }
}
