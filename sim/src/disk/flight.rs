//! A write on its way to the device, which a killed process cannot call back.
//!
//! The model. A process hands its buffer to the kernel and waits. Killed meanwhile, it leaves the write behind:
//! it never lands, has landed, or lands up to three seconds later, when a new process may be running; and until
//! it has, the file's descriptor stays open in the kernel, and its lock held (reliability.md section 5, row 2).
//! At a power cut the write that never came back is one more volatile change.
//!
//! The device reads the memory when the write lands, not when it was handed in: bytes that changed in between
//! are a broken promise of the code under test, and the run fails.
//!
//! Owner: the operation; dropping it unfinished is the death of the process.

use super::{MemFile, State};
use crate::exec::{Exec, WORLD};
use crate::world;
use bytes::Bytes;
use std::sync::{Arc, Mutex};

/// Longest time that a write lands after the death of its process, ns.
const LATE_MAX: u64 = 3_000_000_000;

/// See the module's text.
pub struct Flight {
    exec: Option<Exec>,
    state: Arc<Mutex<State>>,
    file: MemFile,
    pos: u64,
    data: Vec<Bytes>,
    sum: u32,
    landed: bool,
    done: bool,
}

fn sum(data: &[Bytes]) -> u32 {
    data.iter().fold(0, |sum, part| crc32c::crc32c_append(sum, part))
}

impl Flight {
    pub fn new(
        exec: Option<&Exec>,
        state: &Arc<Mutex<State>>,
        file: &MemFile,
        pos: u64,
        data: Vec<Bytes>,
    ) -> Self {
        let sum = sum(&data);
        let (exec, state) = (exec.cloned(), Arc::clone(state));
        Self { exec, state, file: file.clone(), pos, data, sum, landed: false, done: false }
    }

    /// The device takes the bytes.
    pub fn land(&mut self) {
        let _world = world::enter();
        if std::mem::replace(&mut self.landed, true) {
            return;
        }
        let seed = self.exec.as_ref().map_or(0, Exec::seed);
        assert_eq!(sum(&self.data), self.sum, "seed {seed}: a buffer changed while the disk had it");
        let mut state = self.state.lock().expect("one thread");
        let Some(inode) = state.inodes.get_mut(&self.file.inode()) else { return };
        let mut at = self.pos;
        for part in &self.data {
            inode.write(at, part);
            at += part.len() as u64;
        }
    }

    /// The process has its answer.
    pub fn end(&mut self) {
        self.done = true;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let Some(exec) = self.exec.clone().filter(|e| !e.is_ending()) else { return };
        if self.done || self.landed {
            return;
        }
        match exec.rng().below(4) {
            0 => {}
            1 => self.land(),
            _ => {
                let (at, epoch) = {
                    // Any order of magnitude: most are soon, when the next process has just begun.
                    let most = LATE_MAX >> exec.rng().below(8);
                    let at = exec.now() + exec.rng().below(most);
                    (at, self.state.lock().expect("one thread").power)
                };
                let mut late = Self {
                    exec: None,
                    state: Arc::clone(&self.state),
                    file: self.file.clone(),
                    pos: self.pos,
                    data: std::mem::take(&mut self.data),
                    sum: self.sum,
                    landed: false,
                    done: true,
                };
                let timer = exec.clone();
                exec.spawn(WORLD, async move {
                    timer.sleep_until(at).await;
                    let alive = {
                        let mut state = late.state.lock().expect("one thread");
                        state.happened.late += u64::from(state.power == epoch);
                        state.power == epoch
                    };
                    if alive {
                        late.land();
                    }
                });
            }
        }
    }
}
