//! The ledger of a comparison: every message and version of ours, and what became of it.
//!
//! Owner: one comparison. Invariant: a pair that was not compared is printed as such; nothing is left out.

use ringlog_wire::sample::codecs;
use std::collections::BTreeMap;

/// What was compared of one message and version.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    /// Ours that the peer read and wrote again, equal.
    ours: u64,
    /// The peer's that we read and wrote again, equal.
    theirs: u64,
}

/// Everything of one peer.
pub struct Pairs {
    peer: String,
    tallies: BTreeMap<(&'static str, i16), Tally>,
    /// Messages and versions that only the peer has.
    only_theirs: Vec<String>,
    /// Known deviations of the peer: printed, not counted as differences.
    noted: Vec<String>,
    differences: Vec<String>,
}

/// Differences that are printed; the rest is counted.
const SHOWN: usize = 40;

impl Pairs {
    /// An empty ledger over all messages of ours.
    pub fn new(peer: &str) -> Self {
        let mut tallies = BTreeMap::new();
        for codec in codecs() {
            for version in codec.min..=codec.max {
                tallies.insert((codec.name, version), Tally::default());
            }
        }
        let (only_theirs, noted, differences) = (Vec::new(), Vec::new(), Vec::new());
        Self { peer: peer.into(), tallies, only_theirs, noted, differences }
    }

    /// The peer read `count` of ours and wrote the same bytes.
    pub fn ours_equal(&mut self, name: &str, version: i16, count: u64) {
        self.with(name, version, |t| t.ours += count);
    }

    /// We read `count` of the peer's and wrote the same bytes.
    pub fn theirs_equal(&mut self, name: &str, version: i16, count: u64) {
        self.with(name, version, |t| t.theirs += count);
    }

    fn with(&mut self, name: &str, version: i16, change: impl FnOnce(&mut Tally)) {
        match self.tallies.iter_mut().find(|((n, v), _)| *n == name && *v == version) {
            Some((_, tally)) => change(tally),
            None => self.differences.push(format!("{name} {version}: compared, but not ours")),
        }
    }

    /// Something is not equal.
    pub fn differs(&mut self, what: String) {
        self.differences.push(what);
    }

    /// The peer has something that we have not.
    pub fn only_theirs(&mut self, what: String) {
        self.only_theirs.push(what);
    }

    /// The peer deviates from Kafka here, and it is known why.
    pub fn note(&mut self, what: String) {
        self.noted.push(what);
    }

    /// Prints the pairs and the differences. Errors: there are differences, or nothing was compared.
    pub fn report(self) -> Result<(), String> {
        let peer = &self.peer;
        let mut unknown = Vec::new();
        let mut pairs = (0usize, 0u64, 0u64);
        for (name, versions) in self.by_message() {
            let compared: Vec<_> = versions.iter().filter(|(_, t)| t.ours + t.theirs > 0).collect();
            let missing: Vec<i16> =
                versions.iter().filter(|(_, t)| t.ours + t.theirs == 0).map(|(v, _)| *v).collect();
            if !missing.is_empty() {
                unknown.push(format!("{name} {}", ranges(&missing)));
            }
            if compared.is_empty() {
                continue;
            }
            let ours: u64 = compared.iter().map(|(_, t)| t.ours).sum();
            let theirs: u64 = compared.iter().map(|(_, t)| t.theirs).sum();
            let list: Vec<i16> = compared.iter().map(|(v, _)| *v).collect();
            println!("{peer}: equal  {name} {}: {ours} of ours, {theirs} of theirs", ranges(&list));
            pairs = (pairs.0 + compared.len(), pairs.1 + ours, pairs.2 + theirs);
        }
        let print = |what: &str, lines: &[String]| lines.iter().for_each(|l| println!("{peer}: {what} {l}"));
        print("not known to it:", &unknown);
        print("not known to us:", &self.only_theirs);
        print("noted:", &self.noted);
        print("DIFFERS", self.differences.get(..SHOWN).unwrap_or(&self.differences));
        let (known, all) = (pairs.0, self.tallies.len());
        println!(
            "{peer}: {known} of {all} pairs of message and version compared, {} of ours and {} of theirs equal, {} differ",
            pairs.1,
            pairs.2,
            self.differences.len()
        );
        if self.differences.is_empty() && known > 0 { Ok(()) } else { Err(format!("{peer}: differences")) }
    }

    fn by_message(&self) -> BTreeMap<&'static str, Vec<(i16, Tally)>> {
        let mut all: BTreeMap<&'static str, Vec<(i16, Tally)>> = BTreeMap::new();
        for ((name, version), tally) in &self.tallies {
            all.entry(name).or_default().push((*version, *tally));
        }
        all
    }
}

/// `1-3,5` for 1, 2, 3, 5.
fn ranges(versions: &[i16]) -> String {
    let mut out: Vec<(i16, i16)> = Vec::new();
    for v in versions {
        match out.last_mut() {
            Some(last) if last.1 + 1 == *v => last.1 = *v,
            _ => out.push((*v, *v)),
        }
    }
    let text = |(a, b): &(i16, i16)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    out.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_join_neighbours() {
        assert_eq!(ranges(&[1, 2, 3, 5]), "1-3,5");
        assert_eq!(ranges(&[]), "");
    }

    #[test]
    fn a_difference_fails_the_report_and_so_does_an_empty_one() {
        assert!(Pairs::new("x").report().is_err(), "nothing compared");
        let mut p = Pairs::new("x");
        p.ours_equal("FetchRequest", 4, 1);
        p.differs("FetchRequest 5".into());
        assert!(p.report().is_err());
        let mut p = Pairs::new("x");
        p.ours_equal("FetchRequest", 4, 1);
        assert!(p.report().is_ok());
    }
}
