//! One idempotent producer of librdkafka, and where each of its records was acknowledged.
//!
//! Owner: one thread of a load. Invariants: acks=all, retried for ever, so that only a fatal error refuses a record;
//! no record is acknowledged twice. What breaks them is an error of the next call: librdkafka reports deliveries also
//! while a producer is dropped, where a panic would end the process and leave the broker.

use crate::locked;
use crate::record::Record;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// A record that was not acknowledged yet.
const NOT_YET: (i32, i64) = (-1, -1);

/// Where each record of a client was acknowledged: partition and offset, by the record's place in the client.
#[derive(Default)]
pub struct Acks {
    at: Mutex<Vec<(i32, i64)>>,
    done: AtomicUsize,
    /// What went wrong first.
    wrong: OnceLock<String>,
}

impl Acks {
    /// How many records were acknowledged.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Acquire)
    }

    /// All of them, in the order in which they were sent. Errors: one is missing, was refused or came twice.
    pub fn all(&self) -> Result<Vec<(i32, i64)>, String> {
        self.sound()?;
        let at = locked(&self.at).clone();
        match at.iter().position(|at| *at == NOT_YET) {
            Some(n) => Err(format!("record {n} of {} was never acknowledged", at.len())),
            None => Ok(at),
        }
    }

    /// Errors: a record was refused, or acknowledged twice.
    fn sound(&self) -> Result<(), String> {
        self.wrong.get().map_or(Ok(()), |wrong| Err(wrong.clone()))
    }

    /// Where the record at `place` is, or why it is nowhere.
    fn note(&self, place: usize, delivered: Result<(i32, i64), &KafkaError>) {
        let wrong = match delivered {
            Err(e) => format!("record {place} was not delivered: {e}"),
            Ok(now) => {
                let before = std::mem::replace(&mut locked(&self.at)[place], now);
                if before == NOT_YET {
                    self.done.fetch_add(1, Ordering::Release);
                    return;
                }
                format!(
                    "record {place} was acknowledged twice: partition and offset {before:?}, then {now:?}"
                )
            }
        };
        // What went wrong before stays.
        let _ = self.wrong.set(wrong);
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
        let delivered = result.as_ref().map(|m| (m.partition(), m.offset())).map_err(|(e, _)| e);
        self.0.note(*place, delivered);
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
    /// `codec` and `linger_ms` as librdkafka names them. Errors: it takes them not.
    pub fn new(bootstrap: &str, topic: &str, codec: &str, linger_ms: u32) -> Result<Self, String> {
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
            .map_err(|e| format!("librdkafka makes no producer with {codec} and {linger_ms} ms: {e}"))?;
        Ok(Self { producer, topic: topic.to_owned(), acks, sent: 0 })
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

    /// Queues `record`, waiting for room. Errors: it is refused, or one before it was.
    pub fn send(&mut self, record: &Record) -> Result<(), String> {
        locked(&self.acks.at).push(NOT_YET);
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
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    message = back;
                    self.poll(Duration::from_millis(100))?;
                }
                Err((e, _)) => return Err(format!("a record was refused: {e}")),
            }
        }
    }

    /// Serves acknowledgements, waiting for one up to `wait`. Errors: a record was refused, or acknowledged twice.
    pub fn poll(&self, wait: Duration) -> Result<(), String> {
        self.producer.poll(wait);
        self.acks.sound()
    }

    /// Waits until everything is acknowledged. Errors: as `poll`, or `patience` passed without that.
    pub fn flush(&self, patience: Duration) -> Result<(), String> {
        let flushed = self.producer.flush(patience);
        self.acks.sound()?;
        flushed.map_err(|e| {
            let (left, sent) = (self.ahead(), self.sent);
            format!("{left} of {sent} records were not acknowledged within {patience:?}: {e}")
        })
    }
}

/// Creates `topic`, with `configs` by name and value. Errors: no answer, or a refusal.
pub fn create_topic(
    bootstrap: &str,
    topic: &str,
    partitions: i32,
    configs: &[(&str, &str)],
) -> Result<(), String> {
    let wrong = |e: &dyn Display| format!("{bootstrap} did not create the topic {topic}: {e}");
    let admin: AdminClient<_> =
        ClientConfig::new().set("bootstrap.servers", bootstrap).create().map_err(|e| wrong(&e))?;
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    for (name, value) in configs {
        new = new.set(name, value);
    }
    let created = wait(admin.create_topics([&new], &AdminOptions::new()));
    for result in created.map_err(|e| wrong(&e))? {
        result.map_err(|(_, code)| wrong(&code))?;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::{Acks, NOT_YET};
    use rdkafka::error::{KafkaError, RDKafkaErrorCode};

    fn check(acked: &[(usize, (i32, i64))], expect: Result<Vec<(i32, i64)>, &str>) {
        let acks = Acks { at: vec![NOT_YET; 2].into(), ..Acks::default() };
        acked.iter().for_each(|(place, at)| acks.note(*place, Ok(*at)));
        assert_eq!(acks.all(), expect.map_err(str::to_owned), "{acked:?}");
    }

    #[test]
    fn every_record_is_acknowledged_once() {
        check(&[(1, (0, 0)), (0, (0, 1))], Ok(vec![(0, 1), (0, 0)]));
        check(&[(0, (0, 0))], Err("record 1 of 2 was never acknowledged"));
        let twice = "record 0 was acknowledged twice: partition and offset (0, 0), then (0, 1)";
        check(&[(0, (0, 0)), (1, (1, 0)), (0, (0, 1))], Err(twice));
    }

    #[test]
    fn a_refusal_is_told_at_once_and_stays() {
        let acks = Acks { at: vec![NOT_YET; 2].into(), ..Acks::default() };
        acks.note(0, Err(&KafkaError::MessageProduction(RDKafkaErrorCode::MessageSizeTooLarge)));
        acks.note(1, Err(&KafkaError::MessageProduction(RDKafkaErrorCode::PurgeQueue)));
        assert!(acks.sound().is_err_and(|e| e.starts_with("record 0 was not delivered: ")));
    }
}
