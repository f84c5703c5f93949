//! Build script of the programs that say which commit they were built from.
//!
//! Owner: the build. Invariants: it never fails: without git, or outside a clone (a tarball), the commit is "unknown";
//! RINGLOG_COMMIT in the environment goes first; a clone of something else around the sources is not asked.

use std::path::Path;
use std::process::Command;

fn git(args: &[&str]) -> Option<String> {
    let out = Command::new("git").args(args).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?.trim().to_owned();
    (out.status.success() && !text.is_empty()).then_some(text)
}

/// The commit of the clone whose root is above this package.
fn of_clone() -> Option<String> {
    let package = std::env::var("CARGO_MANIFEST_DIR").ok()?;
    let root = Path::new(&package).parent()?.canonicalize().ok()?;
    if Path::new(&git(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()? != root {
        return None;
    }
    let dir = git(&["rev-parse", "--absolute-git-dir"])?;
    // The second changes with every commit, whatever the branch is called.
    for file in ["HEAD", "logs/HEAD"].map(|name| Path::new(&dir).join(name)) {
        if file.is_file() {
            println!("cargo::rerun-if-changed={}", file.display());
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn main() {
    println!("cargo::rerun-if-env-changed=RINGLOG_COMMIT");
    let given = std::env::var("RINGLOG_COMMIT").ok().filter(|c| !c.is_empty());
    let commit = given.or_else(of_clone).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=RINGLOG_COMMIT={commit}");
}
