//! Manifests say versions once, in the root, and why each library is there.
//!
//! So a version or feature is changed in one place, and everything is built once. Each crate takes
//! the workspace's lints. Not here: whether a library is still used in the code.

use crate::tree::{File, Problem};

const NEEDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Words a reason must at least have.
const REASON_WORDS: usize = 2;

/// One `key = value` line of a manifest, with its section and its comment.
struct Entry<'a> {
    line: usize,
    section: &'a str,
    key: &'a str,
    value: &'a str,
    comment: &'a str,
}

/// Crates that state versions of their own or leave the workspace's lints.
#[must_use]
pub fn members(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in manifests(files) {
        let mut linted = false;
        for entry in entries(&file.text) {
            linted |= entry.section == "lints" && entry.key == "workspace" && entry.value == "true";
            let takes =
                entry.key.ends_with(".workspace") || entry.value.contains("workspace = true");
            if NEEDS.iter().any(|needs| entry.section.ends_with(needs)) && !takes {
                let what = format!(
                    "`{}`: take it from the workspace (`{}.workspace = true`)",
                    entry.key, entry.key
                );
                problems.push(Problem::new(&file.path, entry.line, what));
            }
        }
        if !linted {
            problems.push(Problem::new(
                &file.path,
                1,
                "does not take the workspace's lints",
            ));
        }
    }
    problems
}

/// Libraries in the root's table without a reason beside them.
#[must_use]
pub fn reasons(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for entry in table(files) {
        let reasoned = entry.comment.split_whitespace().count() >= REASON_WORDS;
        if !entry.value.contains("path =") && !reasoned {
            problems.push(Problem::new(
                "Cargo.toml",
                entry.line,
                format!("`{}`: say why it is here, in a comment", entry.key),
            ));
        }
    }
    problems
}

/// Libraries in the root's table that no crate takes.
#[must_use]
pub fn unused(files: &[File]) -> Vec<Problem> {
    let members: Vec<&File> = manifests(files).collect();
    let taken = |name: &str| {
        members.iter().any(|file| {
            entries(&file.text).any(|entry| {
                let key = entry.key.trim_end_matches(".workspace");
                key == name && NEEDS.iter().any(|needs| entry.section.ends_with(needs))
            })
        })
    };
    table(files)
        .filter(|entry| !taken(entry.key))
        .map(|entry| {
            Problem::new(
                "Cargo.toml",
                entry.line,
                format!("no crate takes `{}`", entry.key),
            )
        })
        .collect()
}

fn table(files: &[File]) -> impl Iterator<Item = Entry<'_>> {
    let root = files.iter().filter(|file| file.path == "Cargo.toml");
    root.flat_map(|file| entries(&file.text))
        .filter(|entry| entry.section == "workspace.dependencies")
}

fn manifests(files: &[File]) -> impl Iterator<Item = &File> {
    files
        .iter()
        .filter(|file| file.path.starts_with("crates/") && file.name() == "Cargo.toml")
}

/// The lines of a manifest; a value over several lines shows only its first.
fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut section = "";
    text.lines().enumerate().filter_map(move |(at, line)| {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_start_matches('[').split(']').next().unwrap_or("");
            return None;
        }
        let (key, rest) = line
            .split_once('=')
            .filter(|(key, _)| !key.trim_start().starts_with('#'))?;
        // No value here holds a `#` of its own.
        let (value, comment) = rest.split_once('#').unwrap_or((rest, ""));
        Some(Entry {
            line: at + 1,
            section,
            key: key.trim(),
            value: value.trim(),
            comment,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{members, reasons, unused};
    use crate::tree::File;

    fn root(line: &str) -> File {
        File::new(
            "Cargo.toml",
            &format!("[workspace]\nmembers = [\n]\n\n[workspace.dependencies]\n{line}\n"),
        )
    }

    fn member(lines: &str) -> File {
        File::new(
            "crates/x/Cargo.toml",
            &format!("[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n\n{lines}\n"),
        )
    }

    #[test]
    fn crates_take_everything_from_the_workspace() {
        assert_eq!(
            members(&[member(
                "[dependencies]\nserde.workspace = true\na = { workspace = true, optional = true }"
            )]),
            []
        );
        assert_eq!(
            members(&[member("[dev-dependencies]\nserde = \"1\"")]).len(),
            1
        );
        assert_eq!(
            members(&[member("[target.'cfg(unix)'.dependencies]\nserde = \"1\"")]).len(),
            1
        );
        assert_eq!(
            members(&[File::new("crates/x/Cargo.toml", "[package]\n")]).len(),
            1
        );
    }

    #[test]
    fn a_library_has_a_reason() {
        assert_eq!(
            reasons(&[
                root("serde = \"1\"  # the wire at the edges"),
                root("x = { path = \"x\" }")
            ]),
            []
        );
        assert_eq!(reasons(&[root("serde = \"1\"")]).len(), 1);
        assert_eq!(reasons(&[root("serde = \"1\"  # serde")]).len(), 1);
    }

    #[test]
    fn a_library_that_nobody_takes_is_reported() {
        let taken = member("[dependencies]\nserde.workspace = true");
        assert_eq!(unused(&[root("serde = \"1\""), taken.clone()]), []);
        assert_eq!(unused(&[root("toml = \"1\""), taken]).len(), 1);
    }
}
