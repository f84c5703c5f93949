//! Zstandard (RFC 8878) by the reference library, window bounded.
//!
//! Owner: one decoder. Memory: the context and the frame's window; the window's pages are touched only as far
//! as output reaches, so a small stream that states a great window costs little.
//! A context is kept for the thread's next decoder: making one took most of the time of a small batch
//! (docs/benchmarks.md). At most `KEPT` of at most `KEPT_SIZE` bytes each stay, whatever peers send.

use super::CompressError;
use bytes::{Buf, Bytes};
use std::cell::RefCell;
use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, ResetDirective};

/// Contexts kept by a thread: one for the running check, one for a check that was interrupted.
const KEPT: usize = 2;
/// A context that grew beyond this is freed: that of a Java producer's default level, 2 MiB of window, is kept.
const KEPT_SIZE: usize = 4 << 20;

thread_local! {
    static IDLE: RefCell<Vec<DCtx<'static>>> = const { RefCell::new(Vec::new()) };
}

/// A context, given back to its thread when dropped.
struct Context(Option<DCtx<'static>>);

impl Context {
    fn take(window_log_max: u32) -> Result<Self, CompressError> {
        let idle = IDLE.with_borrow_mut(Vec::pop);
        let mut context = idle.or_else(DCtx::try_create).ok_or(CompressError::Corrupt("zstd context"))?;
        // What the last stream left, an error included, ends here.
        let reset = context.reset(ResetDirective::SessionAndParameters);
        reset.map_err(|_| CompressError::Corrupt("zstd context"))?;
        let limit = context.set_parameter(DParameter::WindowLogMax(window_log_max));
        limit.map_err(|_| CompressError::Corrupt("zstd window limit"))?;
        Ok(Self(Some(context)))
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let Some(context) = self.0.take().filter(|c| c.sizeof() <= KEPT_SIZE) else { return };
        // A thread that is ending has no list any more: the context is freed.
        let _ = IDLE.try_with(|idle| {
            let mut idle = idle.borrow_mut();
            if idle.len() < KEPT {
                idle.push(context);
            }
        });
    }
}

pub(super) struct Zstd {
    context: Context,
    input: Bytes,
    /// The last call ended a frame, and all of its output was given.
    frame_ended: bool,
}

impl Zstd {
    pub(super) fn new(input: Bytes, window_log_max: u32) -> Result<Self, CompressError> {
        if input.is_empty() {
            return Err(CompressError::Corrupt("no zstd frame"));
        }
        Ok(Self { context: Context::take(window_log_max)?, input, frame_ended: false })
    }

    /// Several frames in a row are one stream; a frame cut off or foreign bytes between are errors.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, CompressError> {
        let Some(context) = &mut self.context.0 else { return Err(CompressError::Corrupt("zstd context")) };
        loop {
            if self.frame_ended && self.input.is_empty() {
                return Ok(0);
            }
            let (mut from, mut to) = (InBuffer::around(&self.input), OutBuffer::around(&mut *out));
            let left =
                context.decompress_stream(&mut to, &mut from).map_err(|_| CompressError::Corrupt("zstd"))?;
            let (taken, given) = (from.pos(), to.pos());
            self.input.advance(taken);
            self.frame_ended = left == 0;
            if given > 0 {
                return Ok(given);
            }
            if taken == 0 && !self.frame_ended {
                return Err(CompressError::Corrupt("the zstd frame is cut off"));
            }
        }
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
