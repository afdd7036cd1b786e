//! What a crate's header promises under a number (`E1  …`), some test names.
//!
//! A test names an invariant in its own name (`e1_the_books_balance`) or in a comment beside it.
//! Not here: whether the test proves it.

use std::collections::BTreeMap;

use crate::rust;
use crate::tree::{File, Problem};

/// Invariants that no test names, and numbers that two crates use.
#[must_use]
pub fn unnamed(files: &[File]) -> Vec<Problem> {
    let tests: Vec<String> = files
        .iter()
        .filter(|file| file.is_rust())
        .map(test_text)
        .collect();
    let mut problems = Vec::new();
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for file in files
        .iter()
        .filter(|file| file.path.ends_with("/src/lib.rs"))
    {
        for (line, invariant) in promised(&file.text) {
            if !tests.iter().any(|text| names(text, &invariant)) {
                problems.push(Problem::new(
                    &file.path,
                    line,
                    format!("no test names `{invariant}`"),
                ));
            }
            if let Some(other) = owners.insert(invariant.clone(), &file.path) {
                problems.push(Problem::new(
                    &file.path,
                    line,
                    format!("`{invariant}` is also in {other}"),
                ));
            }
        }
    }
    problems
}

/// The invariants of a crate's header, each with its line.
#[must_use]
pub fn promised(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, line) in text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .enumerate()
    {
        for part in line.trim_start_matches("//!").split("  ") {
            let first = part.split_whitespace().next().unwrap_or("");
            // Alone before two spaces, so that `E1  Coins` is one and a sentence about `L2` is not.
            if is_number(first) && part.trim() == first {
                found.push((at + 1, first.to_owned()));
            }
        }
    }
    found
}

fn is_number(word: &str) -> bool {
    let mut chars = word.chars();
    let letter = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    let digits = chars.as_str();
    letter && !digits.is_empty() && digits.len() <= 2 && digits.chars().all(|c| c.is_ascii_digit())
}

fn test_text(file: &File) -> String {
    if file.is_test() {
        file.text.clone()
    } else {
        rust::only_tests(&file.text)
    }
}

fn names(text: &str, invariant: &str) -> bool {
    let lower = invariant.to_lowercase();
    rust::words(text)
        .any(|(_, word)| word == invariant || word.split('_').any(|part| part == lower))
}

#[cfg(test)]
mod tests {
    use super::{promised, unnamed};
    use crate::tree::File;

    const HEADER: &str = "//! The ledger.\n//!\n//! E1  Balances sum to zero.    E2  A transfer is never changed.\n//! E3 is no number here.\npub mod a;\n";

    #[test]
    fn numbers_are_read_from_the_header_alone() {
        let found: Vec<_> = promised(HEADER).into_iter().map(|(_, name)| name).collect();
        assert_eq!(found, ["E1", "E2"]);
    }

    #[test]
    fn each_number_is_named_by_a_test() {
        let lib = File::new("crates/x/src/lib.rs", HEADER);
        let named = File::new(
            "crates/x/src/tests/books.rs",
            "// E2 holds\nfn e1_the_books_balance() {}\n",
        );
        assert_eq!(unnamed(&[lib.clone(), named]), []);
        let silent = File::new("crates/x/src/tests/books.rs", "fn the_books_balance() {}\n");
        assert_eq!(unnamed(&[lib, silent]).len(), 2);
    }

    #[test]
    fn a_number_belongs_to_one_crate() {
        let one = File::new("crates/x/src/lib.rs", "//! A  B1  c\n//! B1  Holds.\n");
        let two = File::new("crates/y/src/lib.rs", "//! B1  Holds.\n");
        let test = File::new("crates/y/tests/it.rs", "// B1\n");
        assert!(
            unnamed(&[one, two, test])
                .iter()
                .any(|problem| problem.what.contains("also in"))
        );
    }
}
