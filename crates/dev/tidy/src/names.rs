//! Names of types and files that say nothing: `AccountManager` manages what, `utils` hold which?
//!
//! `Handler` is a word of Discord libraries and is free in `chat` alone.

use crate::rust;
use crate::tree::{File, Problem};

const BANNED: [&str; 10] = [
    "Manager", "Service", "Helper", "Util", "Handler", "Data", "Info", "Impl", "Base", "Common",
];

/// Of these the product's own words are made too (the data directory): they say nothing only where
/// they are the noun.
const AS_NOUN: [&str; 2] = ["Data", "Info"];

const DECLARES: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

/// Types and files with a banned word in their name.
#[must_use]
pub fn names(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        if let Some(word) = banned(&camel(file.name().trim_end_matches(".rs")), file) {
            problems.push(Problem::new(
                &file.path,
                1,
                format!("the file's name says only `{word}`"),
            ));
        }
        problems.extend(types(file));
    }
    problems
}

fn types(file: &File) -> Vec<Problem> {
    let code = rust::code(&file.text);
    let words: Vec<_> = rust::words(&code).collect();
    let mut problems = Vec::new();
    for pair in words.windows(2) {
        let ((_, keyword), (place, name)) = (pair[0], pair[1]);
        if !DECLARES.contains(&keyword) || keyword == "type" && is_given(&code, place) {
            continue;
        }
        if let Some(word) = banned(name, file) {
            let what = format!("`{name}`: `{word}` says nothing; name what it does");
            problems.push(Problem::new(&file.path, rust::line_at(&code, place), what));
        }
    }
    problems
}

/// Whether a type's name is not ours to choose: inside an `impl`, where it is set, the trait has named it.
fn is_given(code: &str, place: usize) -> bool {
    let start = code[..place].rfind('\n').map_or(0, |end| end + 1);
    let line = code[start..].lines().next().unwrap_or("");
    line.starts_with(' ') && line.trim_start().starts_with("type ") && line.contains('=')
}

/// The first banned word among the capitalised parts of a name.
fn banned(name: &str, file: &File) -> Option<&'static str> {
    let in_chat = file.path.starts_with("crates/foundation/chat/");
    let parts = parts(name);
    BANNED.iter().copied().find(|word| {
        let plural = format!("{word}s");
        let is = |part: &String| part == word || *part == plural;
        let hit = if AS_NOUN.contains(word) {
            parts.last().is_some_and(is)
        } else {
            parts.iter().any(is)
        };
        hit && !(in_chat && *word == "Handler")
    })
}

/// `OpenCaseInfo` in its parts.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for c in name.chars() {
        match parts.last_mut() {
            Some(last) if !c.is_uppercase() => last.push(c),
            _ => parts.push(c.to_string()),
        }
    }
    parts
}

/// A file's name as a type's would be: `account_utils` is `AccountUtils`.
fn camel(stem: &str) -> String {
    stem.split('_')
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::tree::File;

    #[test]
    fn names_of_the_domain_pass() {
        let file = File::new(
            "crates/x/src/ledger.rs",
            "struct Transfer;\nenum Database {}\ntype Basement = u8;\nstruct DataDir;\n",
        );
        assert_eq!(names(&[file]), []);
    }

    #[test]
    fn empty_words_are_reported_in_types_and_files() {
        let types = File::new(
            "crates/x/src/a.rs",
            "struct AccountManager;\n// struct RuleInfo;\nenum UserData {}\n",
        );
        let file = File::new("crates/x/src/string_utils.rs", "");
        let found = names(&[types, file]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[1].line, 3);
    }

    #[test]
    fn a_trait_of_others_has_named_its_types_already() {
        let given = "impl Connected for Held {\n    type ConnectInfo = Peer;\n}\n";
        assert_eq!(names(&[File::new("crates/x/src/a.rs", given)]), []);
        let ours = "trait Connected {\n    type ConnectInfo;\n}\ntype PeerInfo = Peer;\n";
        assert_eq!(names(&[File::new("crates/x/src/a.rs", ours)]).len(), 2);
    }

    #[test]
    fn handler_is_free_in_chat_alone() {
        let text = "trait CommandHandler {}\n";
        assert_eq!(
            names(&[File::new("crates/foundation/chat/src/a.rs", text)]),
            []
        );
        assert_eq!(names(&[File::new("crates/app/src/a.rs", text)]).len(), 1);
    }
}
