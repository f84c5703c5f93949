//! Reading a partition: what the store adds to `read` is where the files lie.
//!
//! Owner: the store. Invariant: reads go on while the directory is offline; what is durable stays readable.

use super::{Partition, Store};
use crate::disk::Disk;
use crate::read::timestamp::FoundRecord;
use crate::read::{LogAt, ReadBatches, ReadError, ReadWant};
use ringlog_wire::ids::Offset;
use std::io;
use std::rc::Rc;

impl<D: Disk> Partition<D> {
    /// Whole batches from `want.from` on, below `want.upto`: the caller's high watermark, last stable offset or
    /// durable offset. From memory it does not suspend.
    ///
    /// Errors: out of range with log start and end, I/O, a corrupt segment.
    pub async fn read(&self, want: ReadWant) -> Result<ReadBatches<D::File>, ReadError> {
        let want = self.undamaged(want)?;
        self.read_store()?.reader.read(self.log_at(), want).await
    }

    /// The same, if no file is needed; `None`: only `read` can tell. Never suspends.
    ///
    /// Errors: out of range with log start and end.
    pub fn read_memory(&self, want: ReadWant) -> Option<Result<ReadBatches<D::File>, ReadError>> {
        match self.read_store() {
            Ok(store) => store.reader.read_memory(self.log_at(), want),
            Err(e) => Some(Err(e)),
        }
    }

    /// The first record at or after `timestamp` below `upto`, exact also inside compressed batches (KIP-79).
    ///
    /// Errors: I/O, a corrupt segment.
    pub async fn find_timestamp(
        &self,
        timestamp: i64,
        upto: Offset,
    ) -> Result<Option<FoundRecord>, ReadError> {
        self.read_store()?.reader.find_timestamp(self.log_at(), timestamp, upto).await
    }

    /// The first record that has the largest timestamp below `upto` (KIP-734).
    ///
    /// Errors: I/O, a corrupt segment.
    pub async fn max_timestamp(&self, upto: Offset) -> Result<Option<FoundRecord>, ReadError> {
        self.read_store()?.reader.max_timestamp(self.log_at(), upto).await
    }

    fn read_store(&self) -> Result<Rc<Store<D>>, ReadError> {
        self.store().ok_or_else(|| ReadError::Io(io::Error::other("the store is gone")))
    }

    fn log_at(&self) -> LogAt<'_> {
        LogAt { log: self.log(), dir: self.dir() }
    }
}
