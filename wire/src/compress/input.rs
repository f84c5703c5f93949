//! The compressed bytes as a reader that remembers whether it was asked for more than it had.
//!
//! Owner: one decoder. Why: some decoders treat a stream that ends early as its end; `overran` tells.

use bytes::{Buf, Bytes};
use std::io::{BufRead, Read, Result};

#[derive(Debug)]
pub(super) struct Input {
    bytes: Bytes,
    overran: bool,
}

impl Input {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self { bytes, overran: false }
    }

    /// Bytes not taken yet.
    pub(super) fn remaining(&self) -> usize {
        self.bytes.len()
    }

    /// True once a read wanted more than was left.
    pub(super) fn overran(&self) -> bool {
        self.overran
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        let n = self.bytes.len().min(out.len());
        self.overran |= n < out.len();
        let (head, _) = out.split_at_mut(n);
        self.bytes.copy_to_slice(head);
        Ok(n)
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        Ok(&self.bytes)
    }

    fn consume(&mut self, n: usize) {
        self.bytes.advance(n.min(self.bytes.len()));
    }
}
