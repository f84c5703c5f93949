//! "did you mean": the known name nearest to a mistyped one.
//!
//! Pure. Invariant: a suggestion is at most a third of the name away, so that a wild guess is never offered.

/// The candidate nearest to `name`, if one is near enough. O(candidates × length²).
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.len() / 3).max(2);
    candidates.map(|c| (distance(name, c), c)).filter(|(d, _)| *d <= limit).min().map(|(_, c)| c)
}

/// Damerau-Levenshtein with adjacent swaps, on bytes.
fn distance(a: &str, b: &str) -> usize {
    let b = b.as_bytes();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (i, ca) in a.bytes().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        let mut left_byte = None;
        for (j, &cb) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let substituted = at(&last, j) + usize::from(ca != cb);
            let mut best = substituted.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            if j > 0 && previous == Some(cb) && left_byte == Some(ca) {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
            left_byte = Some(cb);
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(ca);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_near_and_refuses_the_far() {
        let keys = ["spin_us", "commit_window_us", "memory"];
        assert_eq!(nearest("spin_su", keys.into_iter()), Some("spin_us"));
        assert_eq!(nearest("memmory", keys.into_iter()), Some("memory"));
        assert_eq!(nearest("listener", keys.into_iter()), None);
        assert_eq!(distance("abcd", "acbd"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
