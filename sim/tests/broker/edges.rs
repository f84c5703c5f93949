//! The table in `docs/sharp-edges.md` names tests that exist, and every edge of what is built.

use std::collections::BTreeSet;
use std::path::Path;

/// Edges that must stand in the table: those of what is built, which is not yet transactions, tiering,
/// configuration and security.
const BUILT: &[u32] =
    &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28];

#[test]
fn every_sharp_edge_has_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/sharp-edges.md")).unwrap();
    let mut edges = BTreeSet::new();
    for row in page.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| edge")) {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [edge, _, tests] = cells[..] else { panic!("a row has three cells: {row}") };
        edges.insert(edge.parse::<u32>().unwrap());
        for named in tests.split("; ") {
            let (file, test) = named.trim_start_matches('`').split_once("` ").unwrap();
            let source = std::fs::read_to_string(root.join(file)).unwrap();
            let at = source.find(&format!("fn {test}()")).unwrap_or_else(|| panic!("{file} has no {test}"));
            assert!(source[..at].trim_end().ends_with("#[test]"), "{file}: {test} is no test");
        }
    }
    for edge in BUILT {
        assert!(edges.contains(edge), "edge {edge} is not in the table");
    }
}
