//! `kafka-dump-log`: prints segments, indexes, producer snapshots and snapshots of the metadata, as Kafka's tool does.
//!
//! Owner: one process, read only. Invariants: a segment is read batch by batch, whatever its size; damage is printed
//! or named, never skipped.

mod index;
mod json;
mod log;
mod shapes;
mod state;

use super::{Json, Tool};
use crate::client::Failure;
use crate::opts::{Options, Spec, Stop, flag, maybe, parse, unbuilt, value};
use crate::out::Out;
use std::path::Path;

const SPECS: &[Spec] = &[
    flag(&["print-data-log"], "Print keys and values"),
    flag(&["verify-index-only"], "Check an index without printing it"),
    flag(&["index-sanity-check"], "Only the check that a start makes"),
    value(
        &["files"],
        "Files, with commas between: .log, .index, .timeindex, .snapshot, .txnindex, .checkpoint",
    ),
    value(&["max-message-size"], "Taken, without effect: batches of any size are read (5242880)"),
    value(&["max-bytes"], "Read no more of a segment"),
    flag(&["deep-iteration"], "Print records too"),
    maybe(&["value-decoder-class"], "StringDecoder, LongDecoder or IntegerDecoder"),
    maybe(&["key-decoder-class"], "StringDecoder, LongDecoder or IntegerDecoder"),
    flag(&["offsets-decoder"], "Records of __consumer_offsets as JSON"),
    flag(&["transaction-log-decoder"], "Records of __transaction_state as JSON"),
    flag(&["cluster-metadata-decoder"], "Records of __cluster_metadata as JSON"),
    unbuilt(&["remote-log-metadata-decoder"], "ringlog has no remote storage"),
    unbuilt(&["share-group-state-decoder"], "ringlog has no share groups"),
    flag(&["skip-record-metadata"], "Keys and values only"),
];

/// The tool.
pub const TOOL: Tool = Tool {
    name: "dump-log",
    about: "This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly corrupt log segment.",
    specs: SPECS,
    json: Json::All,
    run,
    on_failure: |out, failure, _| out.complain(format!("Exception in thread \"main\" {failure}")),
};

/// How keys and values are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decoder {
    /// UTF-8.
    Text,
    /// Eight bytes.
    Long,
    /// Four bytes.
    Integer,
    /// Coordinators of groups.
    Offsets,
    /// Coordinators of transactions.
    Transactions,
    /// The metadata log.
    Metadata,
}

/// What to print.
pub struct How {
    /// Keys and values.
    pub contents: bool,
    /// Records.
    pub deep: bool,
    /// Not the offsets, times and sizes of records.
    pub bare: bool,
    /// How keys are read.
    pub key: Decoder,
    /// How values are read.
    pub value: Decoder,
    /// Bytes of a segment that are read.
    pub max_bytes: u64,
    /// Indexes are checked, not printed.
    pub verify_only: bool,
    /// Only the check that a start makes.
    pub sanity_only: bool,
}

fn run(args: &[String], out: &mut Out) -> Result<(), Stop> {
    let o = parse(&[SPECS, super::COMMON], args)?;
    if args.is_empty() {
        return Err(Stop::Usage(TOOL.about.to_owned()));
    }
    o.help_or_version()?;
    o.require(&["files"])?;
    let how = how(&o)?;
    let mut faults = index::Faults::default();
    for name in o.one("files")?.unwrap_or_default().split(',') {
        let path = Path::new(name);
        if !out.is_json() {
            out.line(format!("Dumping {name}"));
        }
        match path.extension().and_then(|e| e.to_str()) {
            Some("log" | "checkpoint") => log::dump(path, &how, out, &mut faults)?,
            Some("index") => index::offsets(path, &how, out, &mut faults)?,
            Some("timeindex") => index::times(path, &how, out, &mut faults)?,
            Some("snapshot") => state::producers(path, out)?,
            Some("txnindex") => state::aborted(path, out)?,
            _ => out.complain(format!("Ignoring unknown file {name}")),
        }
    }
    faults.print(out);
    Ok(())
}

fn decoder(o: &Options, name: &str) -> Result<Decoder, Stop> {
    let class = o.one(name)?.unwrap_or("StringDecoder");
    match class.rsplit('.').next() {
        Some("StringDecoder") => Ok(Decoder::Text),
        Some("LongDecoder") => Ok(Decoder::Long),
        Some("IntegerDecoder") => Ok(Decoder::Integer),
        _ => Err(Stop::Refused(format!(
            "ringctl does not support --{name} {class}: StringDecoder, LongDecoder and IntegerDecoder are built in"
        ))),
    }
}

fn how(o: &Options) -> Result<How, Stop> {
    let (mut key, mut value) = (decoder(o, "key-decoder-class")?, decoder(o, "value-decoder-class")?);
    let decoders = [
        ("offsets-decoder", Decoder::Offsets),
        ("transaction-log-decoder", Decoder::Transactions),
        ("cluster-metadata-decoder", Decoder::Metadata),
    ];
    if let Some((_, d)) = decoders.iter().find(|(name, _)| o.has(name)) {
        (key, value) = (*d, *d);
    }
    let classes = ["print-data-log", "key-decoder-class", "value-decoder-class"];
    let contents = classes.iter().any(|c| o.has(c)) || decoders.iter().any(|(name, _)| o.has(name));
    let _without_effect: Option<i64> = o.number("max-message-size")?;
    Ok(How {
        contents,
        deep: contents || o.has("deep-iteration"),
        bare: o.has("skip-record-metadata"),
        key,
        value,
        max_bytes: o.number("max-bytes")?.unwrap_or(u64::MAX),
        verify_only: o.has("verify-index-only"),
        sanity_only: o.has("index-sanity-check"),
    })
}

/// A file that cannot be read.
pub fn unreadable(path: &Path, e: &std::io::Error) -> Failure {
    let class = match e.kind() {
        std::io::ErrorKind::NotFound => "java.nio.file.NoSuchFileException",
        _ => "java.io.IOException",
    };
    Failure::of_class(class, path.display().to_string())
}

/// The offset in the name of a segment's file. Errors: the name is none.
pub fn base_offset(path: &Path) -> Result<i64, Failure> {
    let stem =
        path.file_name().and_then(|n| n.to_str()).and_then(|n| n.split('.').next()).unwrap_or_default();
    stem.parse().map_err(|_| {
        Failure::of_class("java.lang.NumberFormatException", format!("For input string: \"{stem}\""))
    })
}
