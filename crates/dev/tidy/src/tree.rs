//! Files as the rules see them, and the problems that rules find.
//!
//! Paths are relative to the repository's root, with `/` between their parts.
//! Generated folders, version control and installed packages are never read.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

/// Folders that hold nothing that a person wrote. Generated code keeps to its generator's style, not to ours; a test
/// holds that what lies in such a folder is what the generator writes, so nothing else hides there.
const FOREIGN: [&str; 7] = [
    ".git",
    "target",
    "generated",
    "node_modules",
    "data",
    "__pycache__",
    ".venv",
];

/// Endings of the files that some rule reads.
const READ: [&str; 6] = [".rs", ".toml", ".md", ".sql", ".ftl", ".sh"];

/// One file of the repository.
#[derive(Clone, Debug)]
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    /// A file with these contents; examples are made this way.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[must_use]
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file is tests: under a `tests` folder, or a `tests.rs` beside its subject.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The folder of the crate this file belongs to, as in `crates/contexts/economy`.
    #[must_use]
    pub fn crate_folder(&self) -> Option<&str> {
        let inside = ["/src/", "/tests/", "/migrations/", "/queries/"];
        let end = inside
            .iter()
            .filter_map(|mark| self.path.find(mark))
            .min()?;
        self.path.starts_with("crates/").then(|| &self.path[..end])
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Something that breaks a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl Problem {
    #[must_use]
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Reads all files under `root` that some rule looks at, sorted by path.
///
/// # Errors
/// When a folder cannot be listed or a file is not readable text.
pub fn read(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    collect(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if !FOREIGN.contains(&name.as_str()) {
                collect(&entry.path(), &path, files)?;
            }
        } else if kind.is_file() && (path == "dev" || READ.iter().any(|end| name.ends_with(end))) {
            files.push(File {
                path,
                text: fs::read_to_string(entry.path())?,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::File;

    #[test]
    fn a_file_knows_its_crate_and_whether_it_is_a_test() {
        let rules = File::new("crates/contexts/economy/src/ledger/tests.rs", "");
        assert_eq!(rules.crate_folder(), Some("crates/contexts/economy"));
        assert!(rules.is_test());
        let ledger = File::new("crates/contexts/economy/src/ledger.rs", "");
        assert_eq!(ledger.name(), "ledger.rs");
        assert!(!ledger.is_test());
        assert_eq!(File::new("docs/README.md", "").crate_folder(), None);
    }
}
