//! A file: the descriptor and threads of `rt/uring`, and for O_DIRECT a file of glommio beside it.
//!
//! Owner: whoever holds a clone. Invariants: both descriptors are of one open file, so that one lock covers what is
//! written through either; glommio's stays on the core that opened it (`dma`), and closes when the last clone is
//! gone, wherever that was.

use super::dma::DmaKey;
use crate::rt::uring::UringFile;
use ringlog_storage::disk::DiskFile;
use std::sync::Arc;

pub(super) struct Inner {
    pub(super) plain: UringFile,
    pub(super) dma: Option<DmaKey>,
}

/// An open file; clones share it.
#[derive(Clone)]
pub struct GlommioFile(pub(super) Arc<Inner>);

impl DiskFile for GlommioFile {}

impl std::fmt::Debug for GlommioFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GlommioFile")
            .field("fd", &self.0.plain.fd())
            .field("direct", &self.0.dma.is_some())
            .finish()
    }
}

impl GlommioFile {
    pub(super) fn new(plain: UringFile, dma: Option<DmaKey>) -> Self {
        Self(Arc::new(Inner { plain, dma }))
    }
}
