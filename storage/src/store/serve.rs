//! Reading a partition: what the store adds to `read` is where the files lie.
//!
//! Owner: the store. Invariant: reads go on while the directory is offline; what is durable stays readable.

use super::Partition;
use crate::disk::Disk;
use crate::read::{ReadBatches, ReadError, ReadWant};
use std::io;

impl<D: Disk> Partition<D> {
    /// Whole batches from `want.from` on, below `want.upto`: the caller's high watermark, last stable offset or
    /// durable offset. From memory it does not suspend.
    ///
    /// Errors: out of range with log start and end, I/O, a corrupt segment.
    pub async fn read(&self, want: ReadWant) -> Result<ReadBatches<D::File>, ReadError> {
        let Some(store) = self.store() else {
            return Err(ReadError::Io(io::Error::other("the store is gone")));
        };
        store.reader.read(self.log(), self.dir(), want).await
    }
}
