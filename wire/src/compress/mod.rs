//! The four codecs of record batches, streaming out and bounded.
//!
//! Owner: one check or one recompression. Invariants: a decoder's memory depends on its codec's window, never on
//! an announced length; what it gives is capped by the caller; the input must be one whole stream with no byte
//! left over, else `Corrupt`.

mod gzip;
mod input;
mod lz4;
mod snappy;
mod zstd;

use bytes::Bytes;

/// Compression of a batch's records (bits 0 to 2 of its attributes).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Codec {
    /// Stored as they are.
    #[default]
    None,
    /// RFC 1952.
    Gzip,
    /// Raw snappy block, or snappy-java's chunked framing.
    Snappy,
    /// LZ4 frame format.
    Lz4,
    /// RFC 8878 (KIP-110; Produce 7 and Fetch 10 on).
    Zstd,
}

impl Codec {
    /// From the attribute bits; `None` for 5 to 7.
    #[must_use]
    pub fn from_id(id: u8) -> Option<Self> {
        [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd].get(usize::from(id)).copied()
    }

    /// The attribute bits.
    #[must_use]
    pub fn id(self) -> u8 {
        self as u8
    }

    /// The name in configs (`compression.type`).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// From the name in configs; `uncompressed` is the topic config's word for none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "uncompressed" {
            return Some(Self::None);
        }
        (0..5).filter_map(Self::from_id).find(|c| c.name() == name)
    }
}

/// Why a stream could not be (de)compressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CompressError {
    /// The stream is no valid stream of its codec.
    Corrupt(&'static str),
    /// The output would pass the caller's cap; nothing beyond the cap was produced.
    OverCap,
    /// The result does not fit a batch (2^31-1 bytes).
    TooLarge,
    /// A batch without records cannot be built.
    Empty,
    /// The codec refused its level.
    Level(i32),
}

impl std::fmt::Display for CompressError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Corrupt(what) => write!(f, "corrupt compressed data: {what}"),
            Self::OverCap => f.write_str("decompressed size is above the limit"),
            Self::TooLarge => f.write_str("the batch is above 2^31-1 bytes"),
            Self::Empty => f.write_str("a batch needs a record"),
            Self::Level(l) => write!(f, "compression level {l} is out of range"),
        }
    }
}

impl std::error::Error for CompressError {}

/// What a decoder may give and take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeLimits {
    /// Bytes of output, absolute.
    pub output_max: usize,
    /// Output allowed whatever the input's size; beyond it the ratio rules.
    pub free_output: usize,
    /// Output per byte of input beyond `free_output`.
    pub ratio_max: usize,
    /// Greatest zstd window, as a power of two. Memory is touched only as far as output reaches.
    pub zstd_window_log_max: u32,
}

impl Default for DecodeLimits {
    /// 100 MiB at most; 16 MiB free, then 1,024 : 1 (gzip's own limit is 1,032 : 1); zstd windows to 128 MiB,
    /// which is what its levels up to 22 use and what Java's consumers accept.
    fn default() -> Self {
        Self { output_max: 100 << 20, free_output: 16 << 20, ratio_max: 1024, zstd_window_log_max: 27 }
    }
}

impl DecodeLimits {
    /// Most memory that a decoder of `input_len` compressed bytes takes, besides the input: to be charged before
    /// the decoder is made.
    #[must_use]
    pub fn memory(&self, codec: Codec, input_len: usize) -> usize {
        const CONTEXT: usize = 256 << 10;
        const LZ4_BLOCK_MAX: usize = 4 << 20;
        let cap = self.cap(input_len);
        match codec {
            Codec::None => 0,
            Codec::Gzip => CONTEXT,
            // A raw block is unpacked whole.
            Codec::Snappy => CONTEXT.saturating_add(cap),
            // A block as it came, and unpacked behind the window before it.
            Codec::Lz4 => CONTEXT.saturating_add(2 * cap.min(LZ4_BLOCK_MAX)),
            Codec::Zstd => CONTEXT.saturating_add(cap.min(1 << self.zstd_window_log_max.min(31))),
        }
    }

    /// The cap on the output of `input_len` compressed bytes.
    #[must_use]
    pub fn cap(&self, input_len: usize) -> usize {
        self.output_max.min(self.free_output.saturating_add(input_len.saturating_mul(self.ratio_max)))
    }
}

/// A running decompression.
pub struct Decoder {
    inner: Inner,
    left: usize,
}

enum Inner {
    Gzip(Box<gzip::Gzip>),
    Snappy(Box<snappy::Snappy>),
    Lz4(Box<lz4::Lz4>),
    Zstd(Box<zstd::Zstd>),
    Plain(Bytes),
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("left", &self.left).finish_non_exhaustive()
    }
}

impl Decoder {
    /// Starts on `input`, which is shared, not copied.
    ///
    /// Errors: a stream that is refused by its first bytes.
    pub fn new(codec: Codec, input: Bytes, limits: &DecodeLimits) -> Result<Self, CompressError> {
        let left = limits.cap(input.len());
        let inner = match codec {
            Codec::None => Inner::Plain(input),
            Codec::Gzip => Inner::Gzip(Box::new(gzip::Gzip::new(input))),
            Codec::Snappy => Inner::Snappy(Box::new(snappy::Snappy::new(input, left)?)),
            Codec::Lz4 => Inner::Lz4(Box::new(lz4::Lz4::new(input)?)),
            Codec::Zstd => Inner::Zstd(Box::new(zstd::Zstd::new(input, limits.zstd_window_log_max)?)),
        };
        Ok(Self { inner, left })
    }

    /// Fills the front of `out` and returns how many bytes; 0 is the end of a whole, valid stream.
    ///
    /// Errors: `Corrupt`; `OverCap` once more than the cap has come out.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, CompressError> {
        let n = match &mut self.inner {
            Inner::Gzip(d) => d.read(out)?,
            Inner::Snappy(d) => d.read(out)?,
            Inner::Lz4(d) => d.read(out)?,
            Inner::Zstd(d) => d.read(out)?,
            Inner::Plain(bytes) => {
                let n = bytes.len().min(out.len());
                let piece = bytes.split_to(n);
                out.iter_mut().zip(&piece).for_each(|(o, b)| *o = *b);
                n
            }
        };
        self.left = self.left.checked_sub(n).ok_or(CompressError::OverCap)?;
        Ok(n)
    }
}

/// Compresses `input` whole and appends it to `out`. `level`: for gzip and zstd; `None` is Kafka's default.
///
/// The streams are shaped as the Java client shapes them, so that every client reads them.
/// Errors: `Level`. O(input).
pub fn compress(
    codec: Codec,
    level: Option<i32>,
    input: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), CompressError> {
    match codec {
        Codec::None => {
            out.extend_from_slice(input);
            Ok(())
        }
        Codec::Gzip => gzip::compress(level, input, out),
        Codec::Snappy => snappy::compress(input, out),
        Codec::Lz4 => lz4::compress(input, out),
        Codec::Zstd => zstd::compress(level, input, out),
    }
}

/// Decompresses `input` whole.
///
/// Errors: as [`Decoder`]. Memory grows with the output, up to the cap.
pub fn decompress(codec: Codec, input: &Bytes, limits: &DecodeLimits) -> Result<Vec<u8>, CompressError> {
    let mut decoder = Decoder::new(codec, input.clone(), limits)?;
    let mut out = Vec::new();
    let mut piece = [0u8; PIECE];
    loop {
        match decoder.read(&mut piece)? {
            0 => return Ok(out),
            n => out.extend_from_slice(piece.get(..n).unwrap_or_default()),
        }
    }
}

/// Bytes that one call of [`Decoder::read`] is usually asked for; lives on the stack.
pub const PIECE: usize = 16 << 10;

#[cfg(test)]
mod tests;
