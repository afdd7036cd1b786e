//! Turns of phrase that are not used here, each with its reason.
//!
//! Comments and strings do not count. Most have a lint of their own as well; these are the ones a
//! lint cannot see, or that could be switched off beside the code.

use crate::rust;
use crate::tree::{File, Problem};

struct Phrase {
    text: &'static str,
    reason: &'static str,
    only: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Everywhere,
    Product,
    Tests,
}

const PHRASES: [Phrase; 9] = [
    Phrase {
        text: "todo!",
        reason: "finish it or leave it out",
        only: Part::Everywhere,
    },
    Phrase {
        text: "unimplemented!",
        reason: "finish it or leave it out",
        only: Part::Everywhere,
    },
    Phrase {
        text: "macro_rules!",
        reason: "a macro of our own needs a decision record",
        only: Part::Everywhere,
    },
    Phrase {
        text: "#[allow(",
        reason: "use `#[expect(…, reason = \"…\")]`, which tells when it is stale",
        only: Part::Everywhere,
    },
    Phrase {
        text: "#![allow(",
        reason: "use `#[expect(…, reason = \"…\")]`, which tells when it is stale",
        only: Part::Everywhere,
    },
    Phrase {
        text: "#[ignore",
        reason: "a test that never runs proves nothing",
        only: Part::Everywhere,
    },
    Phrase {
        text: "::*;",
        reason: "a glob hides where a name comes from",
        only: Part::Product,
    },
    Phrase {
        text: "thread::sleep(",
        reason: "wait for the event, or move the clock",
        only: Part::Tests,
    },
    Phrase {
        text: "lazy_static",
        reason: "use `std::sync::LazyLock`",
        only: Part::Everywhere,
    },
];

/// Uses of the phrases above.
#[must_use]
pub fn phrases(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let code = rust::code(&file.text);
        let product = if file.is_test() {
            String::new()
        } else {
            rust::code(&rust::without_tests(&file.text))
        };
        let tests = if file.is_test() {
            code.clone()
        } else {
            rust::code(&rust::only_tests(&file.text))
        };
        for phrase in &PHRASES {
            let searched = match phrase.only {
                Part::Everywhere => &code,
                Part::Product => &product,
                Part::Tests => &tests,
            };
            problems.extend(uses(file, searched, phrase));
        }
    }
    problems
}

/// Crates' items handed on by another crate: a name has one home.
#[must_use]
pub fn handed_on(files: &[File], crates: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let code = rust::code(&file.text);
        for (place, start) in code.match_indices("pub use ") {
            let first = code[place + start.len()..]
                .split([':', ';', ' ', '{'])
                .next()
                .unwrap_or("");
            let module = code.contains(&format!("mod {first};"));
            if !module && crates.iter().any(|name| name.replace('-', "_") == first) {
                let what = format!("hands on items of `{first}`; import them from there");
                problems.push(Problem::new(&file.path, rust::line_at(&code, place), what));
            }
        }
    }
    problems
}

fn uses(file: &File, code: &str, phrase: &Phrase) -> Vec<Problem> {
    code.match_indices(phrase.text)
        .map(|(place, _)| {
            let what = format!("`{}`: {}", phrase.text, phrase.reason);
            Problem::new(&file.path, rust::line_at(code, place), what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{handed_on, phrases};
    use crate::tree::File;

    #[test]
    fn comments_and_strings_may_speak_of_anything() {
        let text = "// todo!\nfn a() -> &'static str { \"todo! use a::*;\" }\n";
        assert_eq!(phrases(&[File::new("crates/x/src/a.rs", text)]), []);
    }

    #[test]
    fn code_may_not() {
        let text = "use a::*;\nfn a() { todo!() }\n#[allow(dead_code)]\nfn b() {}\n";
        let found = phrases(&[File::new("crates/x/src/a.rs", text)]);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_test_may_import_its_subject_but_not_sleep() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    use super::*;\n    fn b() { std::thread::sleep(x); }\n}\n";
        let found = phrases(&[File::new("crates/x/src/a.rs", text)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].line, 5);
    }

    #[test]
    fn a_crate_hands_on_its_own_items_alone() {
        let crates = ["kernel".to_owned(), "store-libsql".to_owned()];
        let own = "mod kernel;\npub use kernel::Coins;\npub use crate::a::B;\nuse store_libsql::A;\n// pub use store_libsql::A;\n";
        assert_eq!(
            handed_on(&[File::new("crates/x/src/lib.rs", own)], &crates),
            []
        );
        let others = "pub use kernel::Coins;\npub use store_libsql::{Store};\n";
        assert_eq!(
            handed_on(&[File::new("crates/x/src/lib.rs", others)], &crates).len(),
            2
        );
    }
}
