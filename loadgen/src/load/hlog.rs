//! HdrHistogram's interval log: every interval's histograms, as the tools of that library read them.
//!
//! Owner: the run. Invariants: histograms are in its V2 compressed encoding, in nanoseconds; a line is written when its
//! interval is over, so that memory does not grow with the run.

use super::measure::{LONGEST, SHORTEST, SIGNIFICANT};
use super::report::Interval;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use hdrhistogram::Histogram;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// First bytes of a V2 encoding, and of a compressed one; the second lowest digit says that counts have varying lengths.
const V2: u32 = 0x1c84_9313;
const V2_COMPRESSED: u32 = 0x1c84_9314;
/// Values are in nanoseconds, the log's readers show milliseconds.
const MAX_DIVISOR: f64 = 1e6;

/// The log.
pub struct Log {
    out: BufWriter<File>,
}

impl Log {
    /// Begins a log of a run that begins now. Errors: the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let wrong = |e: io::Error| io::Error::other(format!("{}: {e}", path.display()));
        let mut out = BufWriter::new(File::create(path).map_err(wrong)?);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        writeln!(
            out,
            "#[ringlog-loadgen: values in nanoseconds, maxima in milliseconds; times since the start]"
        )?;
        writeln!(out, "#[Histogram log format version 1.3]")?;
        writeln!(out, "#[StartTime: {:.3} (seconds since epoch)]", since.as_secs_f64())?;
        writeln!(out, "#[BaseTime: {:.3} (seconds since epoch)]", since.as_secs_f64())?;
        writeln!(
            out,
            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\""
        )?;
        Ok(Self { out })
    }

    /// The histograms of an interval, each under a tag of its own; empty ones are left out.
    pub fn interval(&mut self, interval: &Interval) -> io::Result<()> {
        let c = &interval.counts;
        let all = [
            ("response", &c.response),
            ("service", &c.service),
            ("endToEnd", &c.end_to_end),
            ("fetch", &c.fetch),
        ];
        for (tag, histogram) in all.into_iter().filter(|(_, h)| !h.is_empty()) {
            writeln!(
                self.out,
                "Tag={tag},{:.3},{:.3},{:.3},{}",
                interval.from,
                interval.seconds,
                histogram.max() as f64 / MAX_DIVISOR,
                base64(&compressed(histogram)?)
            )?;
        }
        self.out.flush()
    }
}

/// The V2 compressed encoding.
fn compressed(histogram: &Histogram<u64>) -> io::Result<Vec<u8>> {
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(&encoded(histogram))?;
    let inner = deflate.finish()?;
    let mut out = V2_COMPRESSED.to_be_bytes().to_vec();
    out.extend_from_slice(&u32::try_from(inner.len()).map_err(io::Error::other)?.to_be_bytes());
    out.extend_from_slice(&inner);
    Ok(out)
}

/// The V2 encoding: a header, and the counts by index, runs of zeros as one negative number.
fn encoded(histogram: &Histogram<u64>) -> Vec<u8> {
    let (mut counts, mut next) = (Vec::new(), 0);
    for step in histogram.iter_recorded() {
        let at = index(step.value_iterated_to());
        if at > next {
            put_zigzag(&mut counts, next - at);
        }
        put_zigzag(&mut counts, i64::try_from(step.count_at_value()).unwrap_or(i64::MAX));
        next = at + 1;
    }
    let mut out = V2.to_be_bytes().to_vec();
    out.extend_from_slice(&(counts.len() as u32).to_be_bytes());
    // No shift of the index.
    out.extend_from_slice(&0u32.to_be_bytes());
    out.extend_from_slice(&u32::from(SIGNIFICANT).to_be_bytes());
    out.extend_from_slice(&SHORTEST.to_be_bytes());
    out.extend_from_slice(&LONGEST.to_be_bytes());
    out.extend_from_slice(&1f64.to_be_bytes());
    out.extend_from_slice(&counts);
    out
}

/// Where the count of `value` is: buckets that double, each of 1,024 equal parts but the first, which has 2,048.
fn index(value: u64) -> i64 {
    let (unit, half) = (SHORTEST.ilog2(), 10);
    let mask = (1u64 << (half + 1 + unit)) - 1;
    let bucket = (value | mask).ilog2() - (unit + half);
    let part = value >> (bucket + unit);
    ((i64::from(bucket) + 1) << half) + part as i64 - (1 << half)
}

/// A number of 64 bits with its sign in the lowest one, seven bits a byte, at most nine bytes.
fn put_zigzag(out: &mut Vec<u8>, value: i64) {
    let mut left = ((value << 1) ^ (value >> 63)) as u64;
    for _ in 0..8 {
        if left < 0x80 {
            break;
        }
        out.push(left as u8 | 0x80);
        left >>= 7;
    }
    out.push(left as u8);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |n: u32| DIGITS.get(n as usize & 63).map_or('=', |d| char::from(*d));
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        out.push(digit(bits >> 18));
        out.push(digit(bits >> 12));
        out.push(if three.len() > 1 { digit(bits >> 6) } else { '=' });
        out.push(if three.len() > 2 { digit(bits) } else { '=' });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::measure::Counts;

    /// Counts by index, as a reader takes the payload apart.
    fn decoded(bytes: &[u8]) -> Vec<(i64, i64)> {
        let (mut at, mut index, mut out) = (40, 0, Vec::new());
        while at < bytes.len() {
            let (mut shift, mut raw) = (0, 0u64);
            loop {
                let byte = bytes[at];
                at += 1;
                raw |= u64::from(if shift == 56 { byte } else { byte & 0x7f }) << shift;
                shift += 7;
                if byte < 0x80 || shift == 63 {
                    break;
                }
            }
            let value = (raw >> 1) as i64 ^ -((raw & 1) as i64);
            if value < 0 {
                index -= value;
            } else {
                out.push((index, value));
                index += 1;
            }
        }
        out
    }

    #[test]
    fn an_encoding_has_every_count_at_its_index() {
        let mut histogram = Counts::default().response;
        // The last index of the first bucket, the first of the second, far away, and the least.
        for (value, n) in
            [(0u64, 3u64), (512 * 2047, 1), (512 * 2048, 70_000), (512 * 2050, 2), (60_000_000_000, 1)]
        {
            histogram.record_n(value, n).unwrap();
        }
        let bytes = encoded(&histogram);
        assert_eq!(&bytes[..4], [0x1c, 0x84, 0x93, 0x13]);
        assert_eq!(u32::from_be_bytes(bytes[4..8].try_into().unwrap()) as usize, bytes.len() - 40);
        let far = index(60_000_000_000);
        assert_eq!(decoded(&bytes), [(0, 3), (2047, 1), (2048, 70_000), (2049, 2), (far, 1)]);
        // 60 s lie in the bucket of 2^35 and more: 16 doublings of 1,024 parts behind the first 1,024.
        assert_eq!(far, (16 << 10) + (60_000_000_000i64 >> 25), "{far}");
    }

    #[test]
    fn base64_is_that_of_everyone() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        // Every reader of such logs knows them by these letters.
        assert!(base64(&compressed(&Counts::default().late).unwrap()).starts_with("HISTFAAA"));
    }
}
