//! The reader of pushes: what real clients send, what is left out, and that no bytes break it.

use super::*;

/// A field that is a message or a text.
pub fn bytes(number: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut n = value.len();
    while n > 0x7f {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out.extend_from_slice(value);
    out
}

fn attribute(key: &str, value: &str) -> Vec<u8> {
    [bytes(1, key.as_bytes()), bytes(2, &bytes(1, value.as_bytes()))].concat()
}

fn point(value: f64, labels: &[(&str, &str)]) -> Vec<u8> {
    let mut out = [&[4 << 3 | 1][..], &value.to_le_bytes()].concat();
    labels.iter().for_each(|(k, v)| out.extend(bytes(7, &attribute(k, v))));
    out
}

fn metric(name: &str, kind: u8, data: &[Vec<u8>]) -> Vec<u8> {
    bytes(2, &[bytes(1, name.as_bytes()), bytes(kind, &data.concat())].concat())
}

fn push(metrics: &[Vec<u8>]) -> Vec<u8> {
    let resource = bytes(1, &bytes(1, &attribute("client_rack", "r1")));
    bytes(1, &[resource, bytes(2, &metrics.concat())].concat())
}

/// One gauge with a label.
pub fn sample() -> Vec<u8> {
    push(&[metric("a.b", 5, &[bytes(1, &point(1.5, &[("node_id", "1")]))])])
}

const DELTA: [u8; 2] = [2 << 3, 1];
const CUMULATIVE: [u8; 2] = [2 << 3, 2];
const MONOTONIC: [u8; 2] = [3 << 3, 1];

#[test]
fn gauges_and_cumulative_sums_are_taken_with_their_labels() {
    let whole = [&[6 << 3 | 1][..], &(-7i64).to_le_bytes()].concat();
    let pushed = read(&push(&[
        metric("a.b", 5, &[bytes(1, &point(1.5, &[("node_id", "1"), ("client_rack", "own")]))]),
        metric("c", 7, &[bytes(1, &whole), CUMULATIVE.to_vec(), MONOTONIC.to_vec()]),
        metric("d", 7, &[bytes(1, &point(2.0, &[])), DELTA.to_vec()]),
        metric("histogram", 9, &[bytes(1, &point(3.0, &[])), bytes(1, &[])]),
        metric("none", 5, &[bytes(1, &[])]),
        metric("nan", 5, &[bytes(1, &point(f64::NAN, &[]))]),
        metric(&"n".repeat(NAME_MAX + 1), 5, &[bytes(1, &point(1.0, &[]))]),
    ]))
    .unwrap();
    let of = |k: &str, v: &str| (k.to_owned(), v.to_owned());
    let expected = [
        Point {
            name: "a.b".into(),
            counter: false,
            labels: vec![of("node_id", "1"), of("client_rack", "own")],
            value: 1.5,
        },
        Point { name: "c".into(), counter: true, labels: vec![of("client_rack", "r1")], value: -7.0 },
    ];
    assert_eq!(pushed.points, expected);
    assert_eq!(pushed.left_out, 6);
}

#[test]
fn what_is_too_much_is_left_out() {
    let one = metric("m", 5, &[bytes(1, &point(1.0, &[]))]);
    let pushed = read(&push(&vec![one; POINTS_MAX + 3])).unwrap();
    assert_eq!((pushed.points.len(), pushed.left_out), (POINTS_MAX, 3));
    let keys: Vec<String> = (0..40).map(|n| format!("k{n}")).collect();
    let many: Vec<(&str, &str)> = keys.iter().map(|k| (k.as_str(), "v")).collect();
    let long = format!("{}ä", "x".repeat(VALUE_MAX - 1));
    let pushed = read(&push(&[
        metric("m", 5, &[bytes(1, &point(1.0, &many))]),
        metric("m", 5, &[bytes(1, &point(1.0, &[("", "v"), (&"k".repeat(65), "v"), ("k", &long)]))]),
    ]))
    .unwrap();
    assert_eq!(pushed.points[0].labels.len(), LABELS_MAX);
    assert_eq!(pushed.points[1].labels[0], ("k".to_owned(), "x".repeat(VALUE_MAX - 1)), "at a character");
}

#[test]
fn no_bytes_break_it() {
    assert_eq!(read(&[]), Ok(Pushed::default()));
    for bad in [&[0x0a, 5, 1][..], &[0x0a], &[0x0b], &[0x80; 11], &[0x08, 1], &[0x0a, 3, 0x12, 1, 0xff]] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
    let sample = push(&[
        metric("a.b", 5, &[bytes(1, &point(1.5, &[("node_id", "1"), ("k", "v")]))]),
        metric("c", 7, &[bytes(1, &point(2.0, &[])), CUMULATIVE.to_vec()]),
    ]);
    assert_eq!(read(&sample).unwrap().points.len(), 2);
    (0..sample.len()).for_each(|n| drop(read(&sample[..n])));
    // Every byte with every value, and pairs of changes from a fixed sequence.
    for at in 0..sample.len() {
        for value in 0..=255 {
            let mut bytes = sample.clone();
            bytes[at] = value;
            drop(read(&bytes));
        }
    }
    let mut state = 1u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    for _ in 0..20_000 {
        let mut bytes = sample.clone();
        for _ in 0..1 + next(8) {
            let at = next(bytes.len());
            bytes[at] = next(256) as u8;
        }
        bytes.truncate(1 + next(bytes.len()));
        drop(read(&bytes));
    }
}
