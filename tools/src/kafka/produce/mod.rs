//! `kafka-console-producer`: lines of standard input become records.
//!
//! Owner: one process; a thread reads the lines, so that what lingers is sent while the input is silent.
//! Invariant: with `--sync` each record is acknowledged before the next line is taken.

pub mod reader;
pub mod sender;

use super::{Json, Properties, Tool, login};
use crate::client::{Client, Failure};
use crate::opts::{Options, Spec, Stop, flag, maybe, parse, value};
use crate::out::Out;
use reader::{LineReader, Record};
use ringlog_wire::compress::Codec;
use sender::{Sender, Settings};
use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

const SPECS: &[Spec] = &[
    value(&["topic"], "Where to send to"),
    value(&["bootstrap-server"], "Broker to start from, HOST:PORT[,HOST:PORT]"),
    flag(&["sync"], "Wait for each record"),
    maybe(&["compression-codec"], "none, gzip (without a value), snappy, lz4 or zstd"),
    value(&["batch-size"], "Bytes of a batch (16384)"),
    value(&["message-send-max-retries"], "Attempts after the first (3)"),
    value(&["retry-backoff-ms"], "Pause before an attempt (100)"),
    value(&["timeout"], "How long records wait for company, in ms (1000)"),
    value(&["request-required-acks"], "all (or -1), 1 or 0 (-1)"),
    value(&["request-timeout-ms"], "How long an answer may take (1500)"),
    value(&["metadata-expiry-ms"], "Taken, without effect: metadata is read when a leader changes"),
    value(&["max-block-ms"], "How long to wait for the topic (60000)"),
    value(&["max-memory-bytes"], "Taken, without effect: at most a batch a partition is held"),
    value(&["max-partition-memory-bytes"], "Deprecated: --batch-size"),
    value(&["line-reader"], "Only org.apache.kafka.tools.LineMessageReader"),
    value(&["socket-buffer-size"], "Taken, without effect: the kernel sizes the buffers"),
    value(&["property"], "Deprecated: --reader-property"),
    value(&["reader-property"], "How lines are read: parse.key=true and others"),
    value(&["reader-config"], "Properties file for --reader-property"),
    value(&["producer-property"], "Deprecated: --command-property"),
    value(&["command-property"], "Producer config, key=value"),
    value(&["producer.config"], "Deprecated: --command-config"),
    value(&["command-config"], "Properties file for the producer"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "console-producer",
    about: "This tool helps to read data from standard input and publish it to Kafka.",
    specs: SPECS,
    json: Json::None,
    run,
    on_failure: |out, failure, _| out.complain(failure),
};

/// Lines that wait for the sender.
const LINES: usize = 4096;

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, super::COMMON], args).map_err(super::as_usage)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    o.require(&["topic"])?;
    super::check_bootstrap(&o)?;
    deprecated(&o, out)?;
    if let Some(class) = o.one("line-reader")?.filter(|c| *c != "org.apache.kafka.tools.LineMessageReader") {
        return Err(Stop::Refused(format!(
            "ringctl does not support --line-reader {class}: classes of Java cannot be loaded; lines are read as LineMessageReader reads them"
        )));
    }
    let mut properties = Vec::new();
    if let Some(path) = o.one("reader-config")? {
        properties.extend(super::properties(path)?);
    }
    for text in o.all("property").into_iter().chain(o.all("reader-property")) {
        properties.push(super::key_value(text));
    }
    let lines = LineReader::new(&properties)?;
    let mut config = Properties::of(
        &o,
        &["producer.config", "command-config"],
        &["producer-property", "command-property"],
    )?;
    let settings = settings(&o, &mut config)?;
    let linger = config.millis("linger.ms", o.number("timeout")?.unwrap_or(1000))?;
    let mut access = login(&o, "", "bootstrap-server")?;
    access.client_id = "console-producer".to_owned();
    if let Some(ms) = o.number::<u64>("max-block-ms")? {
        access.retry_for = Duration::from_millis(ms);
    }
    config.apply(&mut access)?;
    access.request_timeout = access.request_timeout.max(settings.timeout);
    let mut client = Client::connect(access)?;
    let topic = o.one("topic")?.unwrap_or_default();
    let mut sender = Sender::new(&mut client, topic, settings)?;
    if o.has("sync") {
        sync(&mut client, &mut sender, lines)
    } else {
        stream(&mut client, &mut sender, lines, (linger, topic), out)
    }
}

fn deprecated(o: &Options, out: &mut Out) -> Result<(), Stop> {
    let pairs = [
        (
            "command-config",
            "producer.config",
            "Options --command-config and --producer.config cannot be specified together.",
        ),
        (
            "command-property",
            "producer-property",
            "Options --command-property and --producer-property cannot be specified together.",
        ),
        (
            "reader-property",
            "property",
            "Options --reader-property and --property cannot be specified together.",
        ),
    ];
    for (new, old, message) in pairs {
        if o.has(new) && o.has(old) {
            return Err(Stop::Usage(message.to_owned()));
        }
    }
    for (old, new) in [
        ("producer-property", "command-property"),
        ("producer.config", "command-config"),
        ("property", "reader-property"),
    ] {
        if o.has(old) {
            out.line(format!(
                "Warning: --{old} is deprecated and will be removed in a future version. Use --{new} instead."
            ));
        }
    }
    if o.has("max-partition-memory-bytes") {
        out.line("Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.");
    }
    Ok(())
}

fn settings(o: &Options, config: &mut Properties) -> Result<Settings, Stop> {
    let codec = match (o.has("compression-codec"), o.one("compression-codec")?) {
        (true, None | Some("")) => "gzip",
        (true, Some(name)) => name,
        (false, _) => "none",
    };
    config.take("compression.type");
    let codec = Codec::from_name(codec).ok_or_else(|| {
        Failure::of_class("org.apache.kafka.common.config.ConfigException", format!("Invalid value {codec} for configuration compression.type: String must be one of: none, gzip, snappy, lz4, zstd"))
    })?;
    let acks = match (o.one("request-required-acks")?, config.take("acks")) {
        (Some(given), _) => given.to_owned(),
        (None, Some(configured)) => configured,
        (None, None) => "-1".to_owned(),
    };
    let acks = match acks.as_str() {
        "all" | "-1" => -1,
        "1" => 1,
        "0" => 0,
        other => {
            return Err(Failure::of_class(
                "org.apache.kafka.common.config.ConfigException",
                format!("Invalid value {other} for configuration acks: String must be one of: all, -1, 0, 1"),
            )
            .into());
        }
    };
    let _without_effect = (
        o.number::<i64>("metadata-expiry-ms")?,
        o.number::<i64>("max-memory-bytes")?,
        o.number::<i64>("socket-buffer-size")?,
    );
    let batch = match o.number("max-partition-memory-bytes")? {
        None => o.number("batch-size")?,
        some => some,
    };
    let retries = config.number("retries", o.number("message-send-max-retries")?.unwrap_or(3))?;
    let wanted = config.take("enable.idempotence").is_none_or(|v| v == "true");
    Ok(Settings {
        acks,
        codec,
        batch_size: config.number("batch.size", batch.unwrap_or(16_384))?,
        request_max: config.number("max.request.size", 1_048_576)?,
        timeout: config.millis("request.timeout.ms", o.number("request-timeout-ms")?.unwrap_or(1500))?,
        retries,
        backoff: config.millis("retry.backoff.ms", o.number("retry-backoff-ms")?.unwrap_or(100))?,
        idempotent: wanted && acks == -1 && retries > 0,
    })
}

fn sync(client: &mut Client, sender: &mut Sender, mut lines: LineReader) -> Result<(), Stop> {
    for line in std::io::stdin().lock().lines() {
        let record = lines.read(&line.map_err(unreadable)?)?;
        let sent = sender.add(&record).and_then(|_| sender.flush(client).map(|_| ()));
        if let Err(e) = sent {
            return Err(Failure {
                class: "java.util.concurrent.ExecutionException".to_owned(),
                message: format!("{e}\nCaused by: {e}"),
                ..e
            }
            .into());
        }
    }
    Ok(())
}

fn unreadable(e: std::io::Error) -> Failure {
    Failure::of_class("org.apache.kafka.common.KafkaException", format!("java.io.IOException: {e}"))
}

/// Reads lines on a thread of their own.
fn lines() -> Receiver<std::io::Result<String>> {
    let (to, from) = sync_channel(LINES);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if to.send(line).is_err() {
                break;
            }
        }
    });
    from
}

fn stream(
    client: &mut Client,
    sender: &mut Sender,
    mut reader: LineReader,
    (linger, topic): (Duration, &str),
    out: &mut Out,
) -> Result<(), Stop> {
    let input = lines();
    let mut oldest: Option<Instant> = None;
    loop {
        let wait = oldest
            .map_or(Duration::from_secs(3600), |at| (at + linger).saturating_duration_since(Instant::now()));
        let next = input.recv_timeout(wait);
        let mut due = oldest.is_some_and(|at| at.elapsed() >= linger);
        let mut over = false;
        match next {
            Ok(line) => {
                let record = match line.map_err(unreadable).and_then(|line| reader.read(&line)) {
                    Ok(record) => record,
                    Err(e) => {
                        send(client, sender, topic, out);
                        return Err(e.into());
                    }
                };
                match sender.add(&record) {
                    Ok(added) => due |= added.full,
                    Err(e) => report(out, topic, Some(&record), &e),
                }
                oldest = oldest.or_else(|| Some(Instant::now()));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => over = true,
        }
        if due || over {
            send(client, sender, topic, out);
            oldest = None;
        }
        if over {
            return Ok(());
        }
    }
}

fn send(client: &mut Client, sender: &mut Sender, topic: &str, out: &mut Out) {
    if !sender.is_empty()
        && let Err(e) = sender.flush(client)
    {
        report(out, topic, None, &e);
    }
}

/// A record that was not sent: said, and the next one is taken, as the Java tool does.
fn report(out: &mut Out, topic: &str, record: Option<&Record>, e: &Failure) {
    let part =
        |bytes: Option<&Vec<u8>>| bytes.map_or_else(|| "null".to_owned(), |b| format!("{} bytes", b.len()));
    match record {
        Some(r) => out.complain(format!(
            "ERROR Error when sending message to topic {topic} with key: {}, value: {} with error: {e}",
            part(r.key.as_ref()),
            part(r.value.as_ref())
        )),
        None => out.complain(format!("ERROR Error when sending messages to topic {topic} with error: {e}")),
    }
}
