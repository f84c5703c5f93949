//! gzip (RFC 1952) by flate2: one member, its CRC and length checked.
//!
//! Owner: one decoder. Memory: the 32 KiB window and zlib's state.

use super::CompressError;
use super::input::Input;
use bytes::Bytes;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};

pub(super) struct Gzip {
    decoder: GzDecoder<Input>,
}

impl Gzip {
    pub(super) fn new(input: Bytes) -> Self {
        Self { decoder: GzDecoder::new(Input::new(input)) }
    }

    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, CompressError> {
        let n = self.decoder.read(out).map_err(|_| CompressError::Corrupt("gzip"))?;
        if n == 0 && self.decoder.get_ref().remaining() > 0 {
            return Err(CompressError::Corrupt("bytes after the gzip stream"));
        }
        Ok(n)
    }
}

/// `level`: 1 to 9; -1 or `None` is zlib's default.
pub(super) fn compress(level: Option<i32>, input: &[u8], out: &mut Vec<u8>) -> Result<(), CompressError> {
    let level = match level {
        None | Some(-1) => Compression::default(),
        Some(l @ 1..=9) => Compression::new(l as u32),
        Some(l) => return Err(CompressError::Level(l)),
    };
    let mut encoder = GzEncoder::new(out, level);
    encoder
        .write_all(input)
        .and_then(|()| encoder.try_finish())
        .map_err(|_| CompressError::Corrupt("gzip encoder"))
}
