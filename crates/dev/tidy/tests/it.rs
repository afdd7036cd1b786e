//! Runs every rule over this repository; a failure lists each place, as an editor can open it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tidy::tree::{self, File, Problem};
use tidy::{headers, names, phrases, sizes};

static FILES: LazyLock<Vec<File>> =
    LazyLock::new(|| tree::read(&root()).expect("every file is text"));

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(3)
        .expect("this crate lies three folders deep")
        .to_owned()
}

#[track_caller]
fn none(mut problems: Vec<Problem>) {
    problems.sort();
    let list: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

#[test]
fn the_repository_is_read() {
    let own = file!().replace('\\', "/");
    assert!(
        FILES.iter().any(|file| own.ends_with(&file.path)),
        "{own} is not among {} files",
        FILES.len()
    );
    assert!(FILES.iter().any(|file| file.path == "dev"));
}

#[test]
fn files_open_with_what_they_are() {
    none(headers::headers(&FILES));
}

#[test]
fn modules_have_names_of_their_own() {
    none(headers::places(&FILES));
}

#[test]
fn names_say_something() {
    none(names::names(&FILES));
}

#[test]
fn phrases_that_are_not_used_here_are_not() {
    none(phrases::phrases(&FILES));
}

#[test]
fn files_are_small() {
    none(sizes::files(&FILES));
}

#[test]
fn the_spread_of_file_lengths_holds() {
    none(sizes::spread(&FILES));
}

#[test]
fn functions_are_small() {
    none(sizes::functions(&FILES));
}
