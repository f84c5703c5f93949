//! Planting a bug by its name, for the binary and for tests.
//!
//! Owner: whoever starts the code under test. Invariant: nothing happens without the feature `planted`.

/// Plants the bug that `RINGLOG_PLANT` names, in a build that can be made wrong.
///
/// # Panics
/// If there is no such bug.
pub fn from_env() {
    #[cfg(feature = "planted")]
    if let Ok(name) = std::env::var("RINGLOG_PLANT") {
        named(&name).unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Plants the bug called `name`.
///
/// Errors: no such bug; the text lists them.
#[cfg(feature = "planted")]
pub fn named(name: &str) -> Result<(), String> {
    use ringlog_storage::planted::{Bug, plant};
    let bug = Bug::ALL.iter().find(|b| format!("{b:?}") == name);
    bug.map(|bug| plant(*bug)).ok_or_else(|| format!("no bug `{name}`; there are {:?}", Bug::ALL))
}
