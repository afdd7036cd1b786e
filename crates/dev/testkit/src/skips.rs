//! How a test says that it could not run here, so that `./dev test` counts it as skipped.
//!
//! A test runner knows only passed and failed, and hides what a passing test prints; so the line
//! also goes into the file that the run names. Skipping is for what a machine cannot have, never
//! for what a test has found.

use std::fs::OpenOptions;
use std::io::Write;

/// Names the file that collects the skips of a run.
pub const SKIPS_VARIABLE: &str = "GUILDHALL_TEST_SKIPS";

/// Notes that the test `name` does not run, and why; the test then returns.
///
/// # Panics
/// When the file of the run cannot be written: a skip that is not counted would pass as proof.
#[expect(
    clippy::print_stdout,
    reason = "a person who runs one test reads it here"
)]
pub fn skip(name: &str, reason: &str) {
    println!("SKIP: {name}: {reason}");
    let Some(path) = path() else { return };
    let line = format!("SKIP: {name}: {reason}\n");
    let written = OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    assert!(
        written.is_ok(),
        "the skip of {name} cannot be noted in {path}: {written:?}"
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test run hands its tests the file's name this way"
)]
fn path() -> Option<String> {
    std::env::var(SKIPS_VARIABLE)
        .ok()
        .filter(|path| !path.is_empty())
}
