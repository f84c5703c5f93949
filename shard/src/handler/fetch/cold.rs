//! Cold partitions of one fetch, looked for on disk side by side.
//!
//! Owner: one fetch, at the partitions' owner. Invariants: at most `COLD_READS` at the same time, begun in the
//! order of the items; that a read was begun early changes when it ends, not what is answered.

use super::read::{Cold, Step, begin};
use crate::core::Core;
use crate::env::{Env, FileOf};
use crate::limits::COLD_READS;
use crate::msg::ReadItem;
use ringlog_storage::read::{ReadBatches, ReadError};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

type Read<E> = Result<ReadBatches<FileOf<E>>, ReadError>;

enum State<E: Env> {
    Running(Pin<Box<dyn Future<Output = Read<E>>>>),
    Done(Option<Read<E>>),
}

/// The reads that were begun and not yet used.
pub struct Ahead<E: Env> {
    /// Of which item, by its place among the items.
    reads: VecDeque<(usize, State<E>)>,
    /// The first item that was not looked at.
    next: usize,
}

impl<E: Env> Default for Ahead<E> {
    fn default() -> Self {
        Self { reads: VecDeque::new(), next: 0 }
    }
}

fn start<E: Env>(cold: Cold<E>) -> State<E> {
    State::Running(Box::pin(async move { cold.leader.read(cold.from, cold.limit).await }))
}

impl<E: Env> Ahead<E> {
    /// What the item at `n`, found to be `cold`, gives. Meanwhile the cold ones behind it are begun, as if `room`
    /// bytes were left for each.
    pub async fn read(
        &mut self,
        core: &Core<E>,
        (items, n): (&[ReadItem], usize),
        room: usize,
        cold: Cold<E>,
    ) -> Read<E> {
        // Those that were begun and then found in memory are not needed.
        while self.reads.front().is_some_and(|(at, _)| *at < n) {
            self.reads.pop_front();
        }
        if self.reads.front().is_none_or(|(at, _)| *at > n) {
            self.reads.push_front((n, start(cold)));
        }
        self.next = self.next.max(n + 1);
        while self.reads.len() < COLD_READS {
            let Some(item) = items.get(self.next) else { break };
            if let Step::Cold(cold) = begin(core, item, false, room) {
                self.reads.push_back((self.next, start(cold)));
            }
            self.next += 1;
        }
        std::future::poll_fn(|cx| {
            for (_, state) in &mut self.reads {
                if let State::Running(read) = state
                    && let Poll::Ready(result) = read.as_mut().poll(cx)
                {
                    *state = State::Done(Some(result));
                }
            }
            match self.reads.front_mut() {
                Some((_, State::Done(result))) => Poll::Ready(result.take().expect("a result is taken once")),
                _ => Poll::Pending,
            }
        })
        .await
    }
}
