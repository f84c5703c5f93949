//! Zstandard (RFC 8878) by the reference library, window bounded.
//!
//! Owner: one decoder. Memory: the context and the frame's window; the window's pages are touched only as far
//! as output reaches, so a small stream that states a great window costs little.

use super::CompressError;
use super::input::Input;
use bytes::Bytes;
use std::io::Read;
use zstd::stream::read::Decoder;

pub(super) struct Zstd {
    decoder: Decoder<'static, Input>,
}

impl Zstd {
    pub(super) fn new(input: Bytes, window_log_max: u32) -> Result<Self, CompressError> {
        if input.is_empty() {
            return Err(CompressError::Corrupt("no zstd frame"));
        }
        let mut decoder =
            Decoder::with_buffer(Input::new(input)).map_err(|_| CompressError::Corrupt("zstd context"))?;
        decoder.window_log_max(window_log_max).map_err(|_| CompressError::Corrupt("zstd window limit"))?;
        Ok(Self { decoder })
    }

    /// Several frames in a row are one stream; a frame cut off or foreign bytes between are errors.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, CompressError> {
        self.decoder.read(out).map_err(|_| CompressError::Corrupt("zstd"))
    }
}

/// `level`: what the library accepts (-131072 to 22); `None` is 3, Kafka's default.
pub(super) fn compress(level: Option<i32>, input: &[u8], out: &mut Vec<u8>) -> Result<(), CompressError> {
    let level = level.unwrap_or(3);
    if !zstd::compression_level_range().contains(&level) {
        return Err(CompressError::Level(level));
    }
    let packed = zstd::bulk::compress(input, level).map_err(|_| CompressError::Corrupt("zstd encoder"))?;
    out.extend_from_slice(&packed);
    Ok(())
}
