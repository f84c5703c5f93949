//! One idempotent producer of librdkafka, and where each of its records was acknowledged.
//!
//! Owner: one thread of a load. Invariants: acks=all, retried for ever, so that only a fatal error refuses a record;
//! no record is acknowledged twice.

use crate::record::Record;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A record that was not acknowledged yet.
const NOT_YET: (i32, i64) = (-1, -1);

/// Where each record of a client was acknowledged: partition and offset, by the record's place in the client.
#[derive(Default)]
pub struct Acks {
    at: Mutex<Vec<(i32, i64)>>,
    done: AtomicUsize,
}

impl Acks {
    /// How many records were acknowledged.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Acquire)
    }

    /// All of them, in the order in which they were sent. Panics where one is missing.
    #[must_use]
    pub fn all(&self) -> Vec<(i32, i64)> {
        let at = self.at.lock().expect("no panic before").clone();
        if let Some(n) = at.iter().position(|at| *at == NOT_YET) {
            panic!("record {n} of {} was never acknowledged", at.len());
        }
        at
    }
}

#[derive(Clone)]
struct Context(Arc<Acks>);

impl ClientContext for Context {
    fn error(&self, error: KafkaError, reason: &str) {
        // A killed broker is no news here; anything fatal shows as a failed delivery.
        let down = [RDKafkaErrorCode::BrokerTransportFailure, RDKafkaErrorCode::AllBrokersDown];
        if !error.rdkafka_error_code().is_some_and(|code| down.contains(&code)) {
            eprintln!("client: {error}: {reason}");
        }
    }
}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, place: Box<usize>) {
        let message =
            result.as_ref().unwrap_or_else(|(e, _)| panic!("record {place} was not delivered: {e}"));
        let mut at = self.0.at.lock().expect("no panic before");
        assert_eq!(at[*place], NOT_YET, "record {place} was acknowledged twice");
        at[*place] = (message.partition(), message.offset());
        self.0.done.fetch_add(1, Ordering::Release);
    }
}

/// A producer and what it sent.
pub struct Client {
    producer: BaseProducer<Context>,
    topic: String,
    acks: Arc<Acks>,
    sent: usize,
}

impl Client {
    /// `codec` and `linger_ms` as librdkafka names them.
    #[must_use]
    pub fn new(bootstrap: &str, topic: &str, codec: &str, linger_ms: u32) -> Self {
        let acks = Arc::new(Acks::default());
        let producer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("compression.type", codec)
            .set("linger.ms", linger_ms.to_string())
            .set("message.timeout.ms", "0")
            .set("reconnect.backoff.ms", "20")
            .set("reconnect.backoff.max.ms", "200")
            .set("retry.backoff.ms", "20")
            .set("queue.buffering.max.messages", "200000")
            .create_with_context(Context(Arc::clone(&acks)))
            .expect("a producer");
        Self { producer, topic: topic.to_owned(), acks, sent: 0 }
    }

    /// Where its records were acknowledged.
    #[must_use]
    pub fn acks(&self) -> Arc<Acks> {
        Arc::clone(&self.acks)
    }

    /// How many were sent and not acknowledged yet.
    #[must_use]
    pub fn ahead(&self) -> usize {
        self.sent - self.acks.done()
    }

    /// Queues `record`, waiting for room.
    pub fn send(&mut self, record: &Record) {
        self.acks.at.lock().expect("no panic before").push(NOT_YET);
        let mut headers = OwnedHeaders::new();
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: value.as_ref() });
        }
        let place = Box::new(self.sent);
        self.sent += 1;
        let mut message =
            BaseRecord::<[u8], [u8], Box<usize>>::with_opaque_to(&self.topic, place).headers(headers);
        if let Some(key) = &record.key {
            message = message.key(key);
        }
        if let Some(value) = &record.value {
            message = message.payload(value);
        }
        loop {
            match self.producer.send(message) {
                Ok(()) => return,
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    message = back;
                    self.poll(Duration::from_millis(100));
                }
                Err((e, _)) => panic!("a record was refused: {e}"),
            }
        }
    }

    /// Serves acknowledgements, waiting for one up to `wait`.
    pub fn poll(&self, wait: Duration) {
        self.producer.poll(wait);
    }

    /// Waits until everything is acknowledged. Panics after `patience` without that.
    pub fn flush(&self, patience: Duration) {
        self.producer.flush(patience).expect("all delivered");
    }
}

/// Creates `topic`, with `configs` by name and value.
pub fn create_topic(bootstrap: &str, topic: &str, partitions: i32, configs: &[(&str, &str)]) {
    let admin: AdminClient<_> =
        ClientConfig::new().set("bootstrap.servers", bootstrap).create().expect("an admin client");
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    for (name, value) in configs {
        new = new.set(name, value);
    }
    let created = wait(admin.create_topics([&new], &AdminOptions::new()));
    for result in created.expect("an answer") {
        result.expect("created");
    }
}

/// Runs one future on this thread.
fn wait<F: Future>(future: F) -> F::Output {
    struct Thread(std::thread::Thread);
    impl std::task::Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Thread(std::thread::current())).into();
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
            std::task::Poll::Ready(out) => return out,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}
