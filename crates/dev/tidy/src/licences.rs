//! What may be linked into the binary: licences that ask for nothing but a notice, no second TLS or
//! SQLite, and no second version of a library unless it is known and listed.

use std::collections::BTreeMap;

use crate::tree::Problem;

/// A package as the lock file resolves it.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// The SPDX expression, as its manifest says.
    pub licence: Option<String>,
}

const ALLOWED: [&str; 10] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "BSL-1.0",
    "CDLA-Permissive-2.0",
    "MIT-0",
];

/// Packages that name no licence we can read, and what reading their files gave.
const READ_BY_HAND: [&str; 0] = [];

const BANNED: [(&str, &str); 5] = [
    ("openssl-sys", "TLS is rustls on ring alone"),
    ("native-tls", "TLS is rustls on ring alone"),
    (
        "aws-lc-sys",
        "TLS is rustls on ring alone; this one wants cmake",
    ),
    (
        "libsqlite3-sys",
        "it cannot be linked beside libSQL, which brings its own SQLite",
    ),
    ("chrono", "times and zones are jiff's"),
];

/// Packages that may not be here at all, or not under their licence.
#[must_use]
pub fn packages(packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in packages {
        let mut say = |what: String| problems.push(Problem::new("Cargo.lock", 1, what));
        if let Some((name, reason)) = BANNED.iter().find(|(name, _)| *name == package.name) {
            say(format!("`{name}` is banned: {reason}"));
        }
        let licence = package.licence.as_deref().unwrap_or("");
        if !allowed(licence) && !READ_BY_HAND.contains(&package.name.as_str()) {
            say(format!(
                "`{} {}`: licence `{licence}` is not on the list",
                package.name, package.version
            ));
        }
    }
    problems
}

/// Packages with more than one version that are not among the known ones, and known ones that are
/// gone: the list may only shrink.
#[must_use]
pub fn duplicates(packages: &[Package], known: &[&str]) -> Vec<Problem> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .push(&package.version);
    }
    versions.retain(|_, found| found.len() > 1);
    let mut problems = Vec::new();
    for (name, found) in &versions {
        if !known.contains(name) {
            problems.push(Problem::new(
                "Cargo.lock",
                1,
                format!("`{name}` in versions {}", found.join(", ")),
            ));
        }
    }
    for name in known.iter().filter(|name| !versions.contains_key(*name)) {
        problems.push(Problem::new(
            "Cargo.lock",
            1,
            format!("`{name}` has one version now: take it off the list"),
        ));
    }
    problems
}

/// Whether an SPDX expression can be met by allowed licences: `OR` needs one side, `AND` both.
fn allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at) == Some(true) && at == words.len()
}

/// Reads on from `at`; none where the expression is broken off.
fn either(words: &[&str], at: &mut usize) -> Option<bool> {
    let mut good = both(words, at)?;
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        good |= both(words, at)?;
    }
    Some(good)
}

fn both(words: &[&str], at: &mut usize) -> Option<bool> {
    let mut good = one(words, at)?;
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        good &= one(words, at)?;
    }
    Some(good)
}

fn one(words: &[&str], at: &mut usize) -> Option<bool> {
    let word = words.get(*at)?;
    *at += 1;
    if *word == "(" {
        let good = either(words, at)?;
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return closed.then_some(good);
    }
    // An exception only ever permits more.
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    Some(ALLOWED.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{Package, allowed, duplicates, packages};

    fn package(name: &str, version: &str, licence: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: Some(licence.to_owned()),
        }
    }

    #[test]
    fn expressions_are_read_as_they_mean() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR GPL-3.0) AND MPL-2.0",
            "MIT OR",
            "(MIT",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn bans_and_strange_licences_are_reported() {
        assert_eq!(
            packages(&[package("serde", "1.0.0", "MIT OR Apache-2.0")]),
            []
        );
        assert_eq!(
            packages(&[
                package("openssl-sys", "1.0.0", "MIT"),
                package("x", "1.0.0", "AGPL-3.0")
            ])
            .len(),
            2
        );
        let silent = Package {
            licence: None,
            ..package("y", "1.0.0", "")
        };
        assert_eq!(packages(&[silent]).len(), 1);
    }

    #[test]
    fn the_list_of_doubles_only_shrinks() {
        let two = [
            package("x", "1.0.0", "MIT"),
            package("x", "2.0.0", "MIT"),
            package("y", "1.0.0", "MIT"),
        ];
        assert_eq!(duplicates(&two, &["x"]), []);
        assert_eq!(duplicates(&two, &[]).len(), 1);
        assert_eq!(duplicates(&two, &["x", "y"]).len(), 1);
    }
}
