//! Every Rust file opens by saying what it is, and lies where its name says.
//!
//! A header is a sentence, not a title: the name of the file is already known.
//! Not here: whether the sentence is true.

use crate::tree::{File, Problem};

/// Words a header's first line must at least have, once the file has anything in it.
const WORDS_MIN: usize = 3;

/// Files without a header, or with one that says nothing.
#[must_use]
pub fn headers(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let first = file.text.lines().next().unwrap_or("");
        let Some(sentence) = first.strip_prefix("//!") else {
            problems.push(Problem::new(&file.path, 1, "opens without a `//!` header"));
            continue;
        };
        if has_code(file) && sentence.split_whitespace().count() < WORDS_MIN {
            problems.push(Problem::new(
                &file.path,
                1,
                "the header names the file; say what it is and what holds",
            ));
        }
    }
    problems
}

/// Modules in `mod.rs`, where every editor tab has the same name, and preludes.
#[must_use]
pub fn places(files: &[File]) -> Vec<Problem> {
    files
        .iter()
        .filter(|file| matches!(file.name(), "mod.rs" | "prelude.rs" | "build.rs"))
        .map(|file| {
            Problem::new(
                &file.path,
                1,
                format!("no `{}` here: see CONTRIBUTING.md", file.name()),
            )
        })
        .collect()
}

fn has_code(file: &File) -> bool {
    file.text
        .lines()
        .any(|line| !line.trim().is_empty() && !line.starts_with("//!"))
}

#[cfg(test)]
mod tests {
    use super::{headers, places};
    use crate::tree::File;

    #[test]
    fn a_header_is_a_sentence() {
        let good = File::new("a.rs", "//! The ledger of a guild's coins.\nfn a() {}\n");
        assert_eq!(headers(&[good]), []);
        let title = File::new("a.rs", "//! ledger\nfn a() {}\n");
        let none = File::new("b.rs", "fn a() {}\n");
        assert_eq!(headers(&[title, none]).len(), 2);
    }

    #[test]
    fn a_module_has_a_name_of_its_own() {
        assert_eq!(places(&[File::new("crates/x/src/ledger.rs", "")]), []);
        assert_eq!(
            places(&[File::new("crates/x/src/ledger/mod.rs", "")]).len(),
            1
        );
    }
}
