//! librdkafka: everything that was acknowledged is read back, equal, in order, at the acknowledged offsets.
//!
//! RECORDS and KILLS set how much; the defaults are for CI.

use rdkafka::admin::AdminClient;
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use ringlog_clients::{Broker, Record, count};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PARTITIONS: i32 = 4;
const NOT_YET: (i32, i64) = (-1, -1);

/// Where each record was acknowledged.
struct Acks {
    at: Mutex<Vec<(i32, i64)>>,
    done: AtomicUsize,
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

    fn delivery(&self, result: &DeliveryResult<'_>, number: Box<usize>) {
        let message = result.as_ref().unwrap_or_else(|(e, _)| panic!("record {number} was not delivered: {e}"));
        let mut at = self.0.at.lock().expect("no panic before");
        assert_eq!(at[*number], NOT_YET, "record {number} was acknowledged twice");
        at[*number] = (message.partition(), message.offset());
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }
}

fn producer(bootstrap: &str, codec: &str, acks: &Arc<Acks>) -> BaseProducer<Context> {
    ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("compression.type", codec)
        .set("linger.ms", "5")
        .set("message.timeout.ms", "0")
        .set("reconnect.backoff.max.ms", "500")
        .set("queue.buffering.max.messages", "200000")
        .create_with_context(Context(Arc::clone(acks)))
        .expect("a producer")
}

fn send(producer: &BaseProducer<Context>, topic: &str, number: usize) {
    let record = Record::number(number);
    let mut headers = OwnedHeaders::new();
    for (key, value) in &record.headers {
        headers = headers.insert(Header { key, value: value.as_ref() });
    }
    let mut message = BaseRecord::<[u8], [u8], Box<usize>>::with_opaque_to(topic, Box::new(number)).headers(headers);
    if let Some(key) = &record.key {
        message = message.key(key);
    }
    if let Some(value) = &record.value {
        message = message.payload(value);
    }
    loop {
        match producer.send(message) {
            Ok(()) => return,
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                message = back;
                producer.poll(Duration::from_millis(100));
            }
            Err((e, _)) => panic!("record {number} was refused: {e}"),
        }
    }
}

fn create_topic(bootstrap: &str, topic: &str) {
    use rdkafka::admin::{AdminOptions, NewTopic, TopicReplication};
    let admin: AdminClient<_> =
        ClientConfig::new().set("bootstrap.servers", bootstrap).create().expect("an admin client");
    let new = NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(1));
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

/// Reads every partition from its start to its end and compares with what was acknowledged.
fn verify(bootstrap: &str, topic: &str, acks: &Acks) {
    let at = acks.at.lock().expect("no panic before");
    let mut expected: Vec<Vec<Option<usize>>> = vec![Vec::new(); PARTITIONS as usize];
    for (number, &(partition, offset)) in at.iter().enumerate() {
        assert_ne!((partition, offset), NOT_YET, "record {number} was never acknowledged");
        let log = &mut expected[partition as usize];
        let offset = offset as usize;
        if log.len() <= offset {
            log.resize(offset + 1, None);
        }
        assert_eq!(log[offset].replace(number), None, "{topic}-{partition} offset {offset} was given out twice");
    }
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("check.crcs", "true")
        .create()
        .expect("a consumer");
    let mut all = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        all.add_partition_offset(topic, partition, Offset::Beginning).expect("added");
    }
    consumer.assign(&all).expect("assigned");
    let mut next = vec![0usize; PARTITIONS as usize];
    let mut left = at.len();
    while left > 0 {
        let message = consumer.poll(Duration::from_secs(60)).expect("more records").expect("no error");
        let (partition, offset) = (message.partition() as usize, message.offset() as usize);
        assert_eq!(offset, next[partition], "{topic}-{partition} is dense and in order");
        next[partition] += 1;
        let number = expected[partition].get(offset).copied().flatten();
        let number = number.unwrap_or_else(|| panic!("{topic}-{partition} offset {offset} was never acknowledged"));
        let record = Record::number(number);
        let headers = message.headers().map_or_else(Vec::new, |h| {
            h.iter().map(|h| (h.key.to_owned(), h.value.map(<[u8]>::to_vec))).collect::<Vec<_>>()
        });
        let sent: Vec<(String, Option<Vec<u8>>)> =
            record.headers.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        assert_eq!(message.key(), record.key.as_deref(), "{topic}-{partition} offset {offset}: record {number}");
        assert_eq!(message.payload(), record.value.as_deref(), "{topic}-{partition} offset {offset}");
        assert_eq!(headers, sent, "{topic}-{partition} offset {offset}");
        left -= 1;
    }
    for (partition, next) in next.iter().enumerate() {
        let (low, high) =
            consumer.fetch_watermarks(topic, partition as i32, Duration::from_secs(30)).expect("watermarks");
        assert_eq!((low, high), (0, *next as i64), "{topic}-{partition}");
    }
    // Records of one key are in the order of their numbers: one partition, ascending.
    for log in &expected {
        let keyed: Vec<usize> = log.iter().flatten().copied().filter(|n| n % 11 != 0).collect();
        let mut last = std::collections::HashMap::new();
        for n in keyed {
            let before = last.insert(n % 1000, n);
            assert!(before.is_none_or(|b| b < n), "key {} went back", n % 1000);
        }
    }
}

fn acks(records: usize) -> Arc<Acks> {
    Arc::new(Acks { at: Mutex::new(vec![NOT_YET; records]), done: AtomicUsize::new(0) })
}

#[test]
fn every_codec_reads_back_equal_and_in_order() {
    let records = count("RECORDS", 100_000);
    let mut broker = Broker::new("codecs", 0);
    broker.start(0);
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let topic = format!("codec-{codec}");
        create_topic(&broker.bootstrap(), &topic);
        let acks = acks(records);
        let producer = producer(&broker.bootstrap(), codec, &acks);
        for number in 0..records {
            send(&producer, &topic, number);
        }
        producer.flush(Duration::from_secs(300)).expect("all delivered");
        verify(&broker.bootstrap(), &topic, &acks);
        println!("{codec}: {records} records read back");
    }
    broker.stop();
    broker.start(0);
    println!("and the broker starts again after a clean stop");
}

/// Kills the broker under load, sometimes in the middle of its recovery, with the number of cores changed.
#[test]
fn kill_9_under_load_loses_and_repeats_nothing() {
    let kills = count("KILLS", 6);
    let records = count("RECORDS", 100_000);
    let mut broker = Broker::new("kills", 5);
    broker.start(1);
    let bootstrap = broker.bootstrap();
    create_topic(&bootstrap, "killed");
    let acks = acks(records);
    let producer = producer(&bootstrap, "lz4", &acks);
    // The killer waits for progress, so that every kill comes under load, and none needs a clock.
    let progress = Arc::clone(&acks);
    let killer = std::thread::spawn(move || {
        let share = records / (kills + 1);
        for kill in 0..kills {
            let mark = share * (kill + 1);
            while progress.done.load(Ordering::Relaxed) < mark {
                std::thread::yield_now();
            }
            broker.kill();
            let cores = 1 + (kill + 1) % 2;
            if kill % 3 == 2 {
                // In the middle of recovery: right after the first line.
                let mut out = broker.launch(cores);
                let mut line = String::new();
                std::io::BufRead::read_line(&mut out, &mut line).expect("a line");
                broker.kill();
            }
            broker.start(cores);
        }
        broker
    });
    // Paced by what was acknowledged: the load lasts until the last kill.
    const AHEAD: usize = 5_000;
    for number in 0..records {
        while number > acks.done.load(Ordering::Relaxed) + AHEAD {
            producer.poll(Duration::from_millis(10));
        }
        send(&producer, "killed", number);
    }
    producer.flush(Duration::from_secs(300)).expect("all delivered");
    let mut broker = killer.join().expect("the killer ends");
    verify(&bootstrap, "killed", &acks);
    broker.stop();
    println!("{kills} kills, {records} records, all there, once, in order");
}
