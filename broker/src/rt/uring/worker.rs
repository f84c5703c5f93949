//! An ordinary thread for calls that block, and the future that waits for one.
//!
//! Owner: two per data directory (`meta`: names, sizes, small files; `sync`: fdatasync), shared by all cores.
//! Invariants: jobs run in order; a job owns all that it touches, so a dropped future loses only the answer.
//! Waiting jobs are bounded by the tasks that wait for them (one each).

use std::future::poll_fn;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread::JoinHandle;

/// One blocking call.
pub(super) type Job = Box<dyn FnOnce() + Send>;

enum Order {
    Run(Job),
    Stop,
}

/// The sending side of an ordinary thread.
#[derive(Clone)]
pub(super) struct Worker(Sender<Order>);

struct Answer<T> {
    value: Option<T>,
    waker: Option<Waker>,
}

impl Worker {
    /// Starts the thread. Errors: the process may not start more threads.
    pub(super) fn start(name: &str) -> io::Result<(Self, JoinHandle<()>)> {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || serve(&receiver))?;
        Ok((Self(sender), thread))
    }

    /// Queues a job; after `stop` it is dropped.
    pub(super) fn submit(&self, job: Job) {
        let _ = self.0.send(Order::Run(job));
    }

    /// Ends the thread after the queued jobs.
    pub(super) fn stop(&self) {
        let _ = self.0.send(Order::Stop);
    }

    /// Runs `call` on the thread and waits for its result without blocking the core.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let answer = Arc::new(Mutex::new(Answer { value: None, waker: None }));
        let mut reply = Reply { answer: Arc::clone(&answer) };
        self.submit(Box::new(move || reply.set(call())));
        poll_fn(|cx| {
            let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
            match answer.value.take() {
                Some(value) => Poll::Ready(value),
                None => {
                    answer.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

/// Answers even if the job is dropped unrun.
struct Reply<T> {
    answer: Arc<Mutex<Answer<io::Result<T>>>>,
}

impl<T> Reply<T> {
    fn set(&mut self, value: io::Result<T>) {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        if answer.value.is_none() {
            answer.value = Some(value);
        }
        let waker = answer.waker.take();
        drop(answer);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        // After an answer was taken nobody listens any more, so a second one is harmless.
        self.set(Err(io::Error::other("the data directory's thread has stopped")));
    }
}

fn serve(jobs: &Receiver<Order>) {
    while let Ok(Order::Run(job)) = jobs.recv() {
        job();
    }
}
