//! Large groups: a hundred members share a thousand partitions, and one more comes.

use super::consumer::Member;
use super::*;
use std::time::Instant;

fn large() -> Rig {
    Rig::with(GroupConfig { consumer_max_size: 1000, consumer_session_ms: 60_000, ..config() })
}

/// Every member sends its next heartbeat; the longest that one took, microseconds.
fn round(rig: &mut Rig, members: &mut [Member]) -> u128 {
    let one = |m: &mut Member| {
        let began = Instant::now();
        assert_eq!(m.beat(rig), ErrorCode::None);
        began.elapsed().as_micros()
    };
    members.iter_mut().map(one).max().unwrap_or(0)
}

/// The time is printed, not judged: `cargo test -p ringlog-shard figures -- --nocapture`.
#[test]
fn a_member_more_moves_its_part_and_nobody_else_pauses() {
    let mut rig = large();
    rig.topic("t", 1000);
    let mut members: Vec<_> = (0..100).map(|n| Member::new(&format!("m{n:03}"), &["t"])).collect();
    for _ in 0..6 {
        round(&mut rig, &mut members);
    }
    assert!(members.iter().all(|m| m.owned.len() == 10));
    let before: Vec<_> = members.iter().map(|m| m.owned.clone()).collect();
    let (records, began) = (rig.log.len(), Instant::now());
    members.push(Member::new("m100", &["t"]));
    let (mut rounds, mut longest) = (0, 0);
    while rig.state() != "Stable" || rounds == 0 {
        longest = longest.max(round(&mut rig, &mut members));
        rounds += 1;
    }
    let took = began.elapsed();
    let moved: usize = members.iter().zip(&before).map(|(m, had)| had.difference(&m.owned).count()).sum();
    let paused = members.iter().zip(&before).filter(|(m, had)| m.owned != **had).count();
    assert_eq!((members[100].owned.len(), moved, paused), (9, 9, 9), "nine give one each, the others go on");
    assert!(rounds <= 4, "{rounds}");
    println!(
        "101st member: {took:?} in {rounds} rounds of heartbeats, the longest {longest} us, {} records",
        rig.log.len() - records
    );
}
