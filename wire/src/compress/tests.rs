//! Round trips, cuts, flips and bombs for every codec.

use super::*;

const ALL: [Codec; 4] = [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd];

fn text(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i * i / 7) as u8 ^ (i >> 9) as u8).collect()
}

fn pack(codec: Codec, input: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    compress(codec, None, input, &mut out).unwrap();
    out
}

fn unpack(codec: Codec, input: Vec<u8>) -> Result<Vec<u8>, CompressError> {
    decompress(codec, &Bytes::from(input), &DecodeLimits::default())
}

#[test]
fn every_codec_gives_back_what_it_took() {
    for codec in ALL {
        for n in [1, 100, PIECE, 100_000, 1 << 20] {
            assert_eq!(unpack(codec, pack(codec, &text(n))), Ok(text(n)), "{codec:?} {n}");
        }
    }
    assert_eq!(unpack(Codec::Snappy, snappy::compress_raw(&text(300_000))), Ok(text(300_000)));
    assert_eq!(unpack(Codec::None, text(50_000)), Ok(text(50_000)));
}

#[test]
fn a_stream_cut_anywhere_or_with_a_tail_is_refused() {
    for codec in ALL {
        let whole = pack(codec, &text(5000));
        for cut in 0..whole.len() {
            let got = unpack(codec, whole[..cut].to_vec());
            // snappy-java's framing has no end mark: a cut between chunks is shorter, not wrong.
            let header_only = codec == Codec::Snappy && cut == 16;
            assert!(got.is_err() || header_only, "{codec:?} cut at {cut} gave {:?}", got.map(|g| g.len()));
        }
        for tail in [&[0u8][..], &[1, 2, 3, 4, 5, 6, 7, 8]] {
            assert!(unpack(codec, [&whole, tail].concat()).is_err(), "{codec:?} with a tail");
        }
    }
}

#[test]
fn flipped_bytes_never_panic() {
    for codec in ALL {
        let whole = pack(codec, &text(3000));
        for at in 0..whole.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bad = whole.clone();
                bad[at] ^= flip;
                if let Ok(got) = unpack(codec, bad) {
                    assert!(got.len() <= DecodeLimits::default().output_max);
                }
            }
        }
    }
}

#[test]
fn bombs_stop_at_the_cap() {
    let limits = DecodeLimits { free_output: 1 << 20, output_max: 4 << 20, ..DecodeLimits::default() };
    for codec in ALL {
        let bomb = Bytes::from(pack(codec, &vec![0; 8 << 20]));
        let mut decoder = Decoder::new(codec, bomb, &limits).unwrap();
        let (mut got, mut piece) = (0, [0; PIECE]);
        let end = loop {
            match decoder.read(&mut piece) {
                Ok(0) => panic!("{codec:?} gave all {got} bytes"),
                Ok(n) => got += n,
                Err(e) => break e,
            }
        };
        assert_eq!(end, CompressError::OverCap, "{codec:?}");
        assert!(got <= 4 << 20, "{codec:?} gave {got}");
    }
}

#[test]
fn a_snappy_block_that_announces_gigabytes_is_refused_before_memory_is_taken() {
    let block = [0xff, 0xff, 0xff, 0xff, 0x0f, 0, b'a'];
    assert_eq!(
        unpack(Codec::Snappy, block.to_vec()),
        Err(CompressError::Corrupt("a snappy block announces more than it can hold"))
    );
}

#[test]
fn a_zstd_window_above_the_limit_is_refused() {
    let packed = Bytes::from(pack(Codec::Zstd, &text(1 << 20)));
    let limits = DecodeLimits { zstd_window_log_max: 10, ..DecodeLimits::default() };
    assert_eq!(decompress(Codec::Zstd, &packed, &limits), Err(CompressError::Corrupt("zstd")));
}

#[test]
fn a_zstd_stream_is_not_touched_by_the_one_before_it() {
    let good = pack(Codec::Zstd, &text(50_000));
    let mut torn = good.clone();
    torn.truncate(good.len() / 2);
    for _ in 0..4 {
        assert!(unpack(Codec::Zstd, torn.clone()).is_err());
        // Given up half way, with output still inside.
        let mut half = Decoder::new(Codec::Zstd, good.clone().into(), &DecodeLimits::default()).unwrap();
        assert!(half.read(&mut [0; 100]).is_ok_and(|n| n > 0));
        let narrow = DecodeLimits { zstd_window_log_max: 10, ..DecodeLimits::default() };
        assert!(decompress(Codec::Zstd, &Bytes::from(good.clone()), &narrow).is_err());
        // Two at once, then more than are kept.
        let mut all: Vec<_> = (0..5)
            .map(|_| Decoder::new(Codec::Zstd, good.clone().into(), &DecodeLimits::default()).unwrap())
            .collect();
        drop(half);
        let mut got = vec![Vec::new(); all.len()];
        let mut piece = [0; 1000];
        while all.iter_mut().zip(&mut got).any(|(d, g)| {
            let n = d.read(&mut piece).unwrap();
            g.extend_from_slice(&piece[..n]);
            n > 0
        }) {}
        for (mut d, mut g) in all.into_iter().zip(got) {
            loop {
                match d.read(&mut piece).unwrap() {
                    0 => break,
                    n => g.extend_from_slice(&piece[..n]),
                }
            }
            assert_eq!(g, text(50_000));
        }
        assert_eq!(unpack(Codec::Zstd, [&good[..], &good].concat()).unwrap().len(), 100_000, "two frames");
    }
}

#[test]
fn the_ratio_caps_small_inputs_first() {
    let limits = DecodeLimits::default();
    assert_eq!(limits.cap(0), 16 << 20);
    assert_eq!(limits.cap(1024), 17 << 20);
    assert_eq!(limits.cap(usize::MAX), 100 << 20);
}

#[test]
fn names_and_numbers() {
    for id in 0..5 {
        let codec = Codec::from_id(id).unwrap();
        assert_eq!((codec.id(), Codec::from_name(codec.name())), (id, Some(codec)));
    }
    assert_eq!((Codec::from_id(5), Codec::from_name("producer")), (None, None));
}

#[test]
fn levels_out_of_range_are_errors() {
    let mut out = Vec::new();
    assert_eq!(compress(Codec::Gzip, Some(10), b"a", &mut out), Err(CompressError::Level(10)));
    assert_eq!(compress(Codec::Zstd, Some(23), b"a", &mut out), Err(CompressError::Level(23)));
    compress(Codec::Zstd, Some(-5), b"a", &mut out).unwrap();
}
