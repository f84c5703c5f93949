//! LZ4 frames by lz4_flex, shaped as Kafka's magic 2 wants them (correct header checksum, 64 KiB blocks).
//!
//! Owner: one decoder. Memory: two blocks of the size that the frame states, 4 MiB each at most.

use super::CompressError;
use super::input::Input;
use bytes::Bytes;
use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};
use std::io::{Read, Write};

const FRAME_MAGIC: [u8; 4] = 0x184D_2204_u32.to_le_bytes();

pub(super) struct Lz4 {
    decoder: FrameDecoder<Input>,
}

impl Lz4 {
    pub(super) fn new(input: Bytes) -> Result<Self, CompressError> {
        // The library also reads the legacy format, whose blocks are 8 MiB and which no consumer accepts.
        if !input.starts_with(&FRAME_MAGIC) {
            return Err(CompressError::Corrupt("no lz4 frame"));
        }
        Ok(Self { decoder: FrameDecoder::new(Input::new(input)) })
    }

    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, CompressError> {
        let n = self.decoder.read(out).map_err(|_| CompressError::Corrupt("lz4"))?;
        let input = self.decoder.get_ref();
        if n == 0 && input.overran() {
            return Err(CompressError::Corrupt("the lz4 frame is cut off"));
        }
        if n == 0 && input.remaining() > 0 {
            return Err(CompressError::Corrupt("bytes after the lz4 frame"));
        }
        Ok(n)
    }
}

pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<(), CompressError> {
    let info = FrameInfo::new().block_size(BlockSize::Max64KB).block_mode(BlockMode::Independent);
    let mut encoder = FrameEncoder::with_frame_info(info, out);
    encoder.write_all(input).map_err(|_| CompressError::Corrupt("lz4 encoder"))?;
    encoder.try_finish().map_err(|_| CompressError::Corrupt("lz4 encoder"))
}
