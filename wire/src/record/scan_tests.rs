//! The push parser must agree with the slice parser on every input and every way of cutting it.

use super::*;
use crate::record::build::put_record;
use crate::record::walk::Records;

fn by_scan(bytes: &[u8], count: i32, piece: usize) -> Result<Vec<RecordFacts>, RecordFault> {
    let mut scan = RecordScan::new(count);
    let mut seen = Vec::new();
    for part in bytes.chunks(piece) {
        scan.push(part, &mut |f| {
            seen.push(f);
            Ok(())
        })?;
    }
    scan.finish().map(|()| seen)
}

fn by_walk(bytes: &[u8], count: i32) -> Result<Vec<RecordFacts>, RecordFault> {
    Records::new(bytes, count)
        .map(|r| {
            r.map(|r| RecordFacts {
                timestamp_delta: r.timestamp_delta,
                offset_delta: r.offset_delta,
                key_is_null: r.key.is_none(),
            })
        })
        .collect()
}

fn sample() -> Vec<u8> {
    let mut out = Vec::new();
    put_record(
        &mut out,
        0,
        0,
        (None, Some(b"value")),
        &[("häder", Some(b"x")), ("häder", None), ("", Some(b""))],
    );
    put_record(&mut out, 1, -70_000_000_000, (Some(b""), None), &[]);
    put_record(&mut out, 2, 1, (Some(&[7; 300]), Some(&[9; 200])), &[("日本", Some(&[1; 70]))]);
    out
}

#[test]
fn every_cut_gives_the_same_records() {
    let bytes = sample();
    let expect = by_walk(&bytes, 3).unwrap();
    assert_eq!(expect.len(), 3);
    for piece in 1..=bytes.len() {
        assert_eq!(by_scan(&bytes, 3, piece), Ok(expect.clone()), "pieces of {piece}");
    }
    for cut in 0..bytes.len() {
        assert!(by_scan(&bytes[..cut], 3, 5).is_err(), "cut at {cut}");
    }
    assert!(matches!(by_scan(&bytes, 2, 7), Err(RecordFault::Trailing(_))));
    assert_eq!(by_scan(&bytes, 4, 7), Err(RecordFault::Missing));
}

#[test]
fn flipped_bytes_are_judged_alike() {
    let good = sample();
    for at in 0..good.len() {
        for flip in [1u8, 2, 3, 0x7f, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= flip;
            let walk = by_walk(&bad, 3);
            for piece in [1, 3, 64, bad.len()] {
                let scan = by_scan(&bad, 3, piece);
                // The scan leaves the order of offset deltas to its caller.
                let order = matches!(walk, Err(RecordFault::OffsetDelta(_)));
                assert!(
                    scan.is_ok() == walk.is_ok() || order,
                    "byte {at} ^ {flip}, pieces of {piece}: {scan:?} {walk:?}"
                );
                if let (Ok(a), Ok(b)) = (&scan, &walk) {
                    assert_eq!(a, b);
                }
            }
        }
    }
}

#[test]
fn utf8_may_be_cut_anywhere_but_not_end_cut() {
    let text = "aé日𝄞".as_bytes();
    for cut in 0..=text.len() {
        let mut check = Utf8Check::default();
        assert!(check.push(&text[..cut]) && check.push(&text[cut..]) && check.is_complete(), "cut {cut}");
    }
    let mut check = Utf8Check::default();
    assert!(check.push(&text[..2]));
    assert!(!check.is_complete());
    assert!(!check.push(b"a"));
}

#[test]
fn a_varint_of_more_bytes_than_readers_take_is_refused() {
    // An empty value whose length takes five bytes, as many as Kafka's readers take, then six.
    for (length, expect) in
        [(&[0x80u8, 0x80, 0x80, 0x80, 0][..], None), (&[0x80, 0x80, 0x80, 0x80, 0x80, 0], Some(()))]
    {
        let body = [&[0, 0, 0, 1][..], length, &[0]].concat();
        let bytes = [&[body.len() as u8 * 2][..], &body].concat();
        let fault = expect.map(|()| RecordFault::Varint);
        assert_eq!(by_walk(&bytes, 1).err(), fault);
        for piece in 1..=bytes.len() {
            assert_eq!(by_scan(&bytes, 1, piece).err(), fault, "pieces of {piece}");
        }
    }
}
