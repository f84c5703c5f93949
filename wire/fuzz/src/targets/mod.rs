//! Every decoder as a fuzz target: a function of bytes that panics where a promise of `wire` is broken.
//!
//! Owner: the tests of `wire`, which replay and mutate the corpus, and the crate `wire/fuzz`, which hunts.
//! Invariants: no target asserts that bytes are accepted; it asserts what must hold once they are.

mod hot;
mod messages;
mod records;

pub use messages::codecs;

/// One decoder under test.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// Runs it on one input.
    pub run: fn(&[u8]),
    /// Valid inputs of every message and version; written by `write_fuzz_corpus`.
    pub corpus: &'static str,
    /// Inputs that once failed.
    pub found: &'static str,
}

macro_rules! targets {
    ($($name:ident: $run:path,)*) => {
        /// All of them.
        pub const TARGETS: &[Target] = &[$(Target {
            name: stringify!($name),
            run: $run,
            corpus: include_str!(concat!("../../corpus/", stringify!($name), ".hex")),
            found: include_str!(concat!("../../corpus/found/", stringify!($name), ".hex")),
        }),*];
    };
}

targets! {
    request: messages::request,
    response: messages::response,
    data: messages::data,
    metadata_record: messages::metadata_record,
    coordinator_record: messages::coordinator_record,
    batch: records::batch,
    compressed: records::compressed,
    control: records::control,
    hot_produce: hot::produce,
    hot_fetch: hot::fetch,
}

impl Target {
    /// The committed inputs: one a line, in hex; `#` begins a remark.
    #[must_use]
    pub fn inputs(&self) -> Vec<Vec<u8>> {
        let lines = self.corpus.lines().chain(self.found.lines());
        let lines = lines.map(|line| line.split('#').next().unwrap_or_default().trim());
        lines.filter(|line| !line.is_empty()).map(from_hex).collect()
    }
}

fn from_hex(line: &str) -> Vec<u8> {
    let digits: Vec<u8> = line.chars().map(|c| c.to_digit(16).expect("a corpus is hex") as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}
