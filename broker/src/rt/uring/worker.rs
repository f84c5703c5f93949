//! Ordinary threads for calls that block, and the future that waits for one.
//!
//! Owner: per data directory `meta` (names, sizes, small files) and `read` (cold fetches), and `compute` for long
//! computations, shared by all cores; what makes things durable is in `syncer`. Invariants: jobs start in order; a
//! job owns all that it touches, so a dropped future loses only the answer. Waiting jobs are bounded by the tasks that wait for them.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

/// One blocking call.
pub(in crate::rt) type Job = Box<dyn FnOnce() + Send>;

enum Order {
    Run(Job),
    Stop,
}

/// The sending side of an ordinary thread.
#[derive(Clone)]
pub(in crate::rt) struct Worker(Sender<Order>);

/// Both ends of an answer.
pub(in crate::rt) fn reply<T>() -> (Reply<T>, Waiting<T>) {
    let answer = Arc::new(Mutex::new(Answer { value: None, waker: None }));
    (Reply { answer: Arc::clone(&answer) }, Waiting(answer))
}

struct Answer<T> {
    value: Option<T>,
    waker: Option<Waker>,
}

impl Worker {
    /// Starts `threads` threads. Errors: the process may not start more.
    pub(in crate::rt) fn start(name: &str, threads: usize) -> io::Result<(Self, Vec<JoinHandle<()>>)> {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        let spawn = |_| {
            let receiver = Arc::clone(&receiver);
            std::thread::Builder::new().name(name.to_owned()).spawn(move || serve(&receiver))
        };
        let threads = (0..threads).map(spawn).collect::<io::Result<Vec<_>>>()?;
        Ok((Self(sender), threads))
    }

    /// Queues a job; after `stop` it is dropped.
    pub(in crate::rt) fn submit(&self, job: Job) {
        let _ = self.0.send(Order::Run(job));
    }

    /// Ends one thread after the queued jobs.
    pub(in crate::rt) fn stop(&self) {
        let _ = self.0.send(Order::Stop);
    }

    /// Queues `call` now; the result is the value of the future.
    pub(in crate::rt) fn begin<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Waiting<T> {
        let (mut reply, waiting) = reply();
        self.submit(Box::new(move || reply.set(call())));
        waiting
    }

    /// Runs `call` on a thread and waits for its result without blocking the core.
    pub(in crate::rt) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        self.begin(call).await
    }
}

/// The result of a job to come.
pub(in crate::rt) struct Waiting<T>(Arc<Mutex<Answer<io::Result<T>>>>);

impl<T> Future for Waiting<T> {
    type Output = io::Result<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut answer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match answer.value.take() {
            Some(value) => Poll::Ready(value),
            None => {
                answer.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The end that answers, even if the job is dropped unrun.
pub(in crate::rt) struct Reply<T> {
    answer: Arc<Mutex<Answer<io::Result<T>>>>,
}

impl<T> Reply<T> {
    /// Gives the answer; a second one is too late.
    pub(in crate::rt) fn set(&mut self, value: io::Result<T>) {
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
        self.set(Err(io::Error::other("the thread of this call has stopped")));
    }
}

fn serve(jobs: &Mutex<Receiver<Order>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(Order::Run(job)) => job(),
            Ok(Order::Stop) | Err(_) => return,
        }
    }
}
