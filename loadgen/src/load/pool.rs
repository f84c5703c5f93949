//! Buffers that are used again: a record on its way costs no allocation once the load is steady.
//!
//! Owner: one generator thread. Invariant: at most `KEPT` buffers of each kind wait, none of them above `LARGE`.

/// Buffers that wait for their next use, at most, of each kind.
const KEPT: usize = 4096;
/// A buffer above this is given back to the allocator, bytes.
const LARGE: usize = 4 << 20;

/// The buffers of a thread.
#[derive(Debug, Default)]
pub struct Pool {
    bytes: Vec<Vec<u8>>,
    times: Vec<Vec<u64>>,
}

impl Pool {
    /// An empty buffer of bytes.
    pub fn bytes(&mut self) -> Vec<u8> {
        self.bytes.pop().unwrap_or_default()
    }

    /// An empty buffer of times.
    pub fn times(&mut self) -> Vec<u64> {
        self.times.pop().unwrap_or_default()
    }

    /// Takes a buffer of bytes back.
    pub fn put_bytes(&mut self, mut buffer: Vec<u8>) {
        if self.bytes.len() < KEPT && buffer.capacity() <= LARGE {
            buffer.clear();
            self.bytes.push(buffer);
        }
    }

    /// Takes a buffer of times back.
    pub fn put_times(&mut self, mut buffer: Vec<u64>) {
        if self.times.len() < KEPT && buffer.capacity() * 8 <= LARGE {
            buffer.clear();
            self.times.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_large_ones_do_not() {
        let mut pool = Pool::default();
        let mut buffer = pool.bytes();
        buffer.extend_from_slice(&[7; 100]);
        let capacity = buffer.capacity();
        pool.put_bytes(buffer);
        pool.put_bytes(Vec::with_capacity(LARGE + 1));
        let again = pool.bytes();
        assert_eq!((again.len(), again.capacity()), (0, capacity));
        assert_eq!(pool.bytes().capacity(), 0);
        pool.put_times(vec![1, 2]);
        assert!(pool.times().is_empty());
    }
}
