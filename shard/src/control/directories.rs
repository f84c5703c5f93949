//! What the data cores say of the data directories, put together.
//!
//! Owner: the control core. Invariants: a directory counts as full or offline as soon as one core says so, and as well
//! again when none does; the operator is told once when it becomes full and once when it has room again, however many
//! cores there are.

use crate::env::{CoreId, Level};
use crate::msg::DirState;
use std::path::PathBuf;

/// See the module's text.
#[derive(Debug)]
pub struct Directories {
    /// By place in the configured list: the path, and what each core says.
    dirs: Vec<(PathBuf, Vec<DirState>)>,
}

impl Directories {
    /// All are well.
    #[must_use]
    pub fn new(paths: &[PathBuf], cores: u16) -> Self {
        let states = vec![DirState::Online; usize::from(cores)];
        Self { dirs: paths.iter().map(|p| (p.clone(), states.clone())).collect() }
    }

    /// Core `from` says what it can do with directory `at`. Returns the line that is due, if one is.
    pub fn note(&mut self, from: CoreId, at: usize, state: DirState) -> Option<(Level, String)> {
        let (path, states) = self.dirs.get_mut(at)?;
        let was_full = is_full(states);
        let place = states.get_mut(usize::from(from.0))?;
        *place = state;
        match (was_full, states.iter().find_map(why_full)) {
            (false, Some(why)) => Some((Level::Warn, format!("warn[R057]: {why}"))),
            (true, None) => {
                let line = format!("data directory {} has room again; produce to it goes on", path.display());
                Some((Level::Info, line))
            }
            _ => None,
        }
    }

    /// True while a core cannot use directory `at`.
    #[must_use]
    pub fn is_offline(&self, at: usize) -> bool {
        self.dirs.get(at).is_some_and(|(_, states)| states.contains(&DirState::Offline))
    }

    /// True while records are refused in directory `at`.
    #[must_use]
    pub fn is_full(&self, at: usize) -> bool {
        self.dirs.get(at).is_some_and(|(_, states)| is_full(states))
    }
}

fn is_full(states: &[DirState]) -> bool {
    states.iter().any(|s| why_full(s).is_some())
}

fn why_full(state: &DirState) -> Option<&str> {
    match state {
        DirState::Full(_, why) => Some(why),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringlog_storage::store::Shortage;

    #[test]
    fn one_line_each_way_however_many_cores_say_it() {
        let mut dirs = Directories::new(&["/a".into(), "/b".into()], 2);
        let shortage = Shortage { free: 1, reserve: 2, wanted: 3 };
        let full = || DirState::Full(shortage, "1 byte is free".into());
        let mut note = |core, at, state| dirs.note(CoreId(core), at, state).map(|(_, line)| line);
        assert_eq!(note(0, 1, DirState::Online), None);
        assert_eq!(note(0, 1, full()).as_deref(), Some("warn[R057]: 1 byte is free"));
        assert_eq!(note(1, 1, full()), None);
        assert_eq!(note(0, 1, full()), None, "other numbers are no news");
        assert_eq!(note(0, 1, DirState::Online), None, "the other core is still without room");
        let healed = note(1, 1, DirState::Online);
        assert_eq!(healed.as_deref(), Some("data directory /b has room again; produce to it goes on"));
        assert_eq!(note(1, 7, full()), None, "no such directory");
        assert!(!dirs.is_full(1) && !dirs.is_offline(1));
        dirs.note(CoreId(1), 0, DirState::Offline);
        assert!(dirs.is_offline(0) && !dirs.is_offline(1));
    }
}
