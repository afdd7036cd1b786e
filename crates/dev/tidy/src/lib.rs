//! The repository's own rules, held by tests: what a reviewer would otherwise have to look for.
//!
//! Each rule is a pure function from files to problems, with a good and a bad example beside it;
//! `tests/it.rs` reads the repository and runs them all. A rule that fights good sense is changed
//! here, with its reason, and not worked around elsewhere.
//! Not here: what the compiler, clippy (`clippy.toml`) and the formatter already say.

pub mod tree;

pub mod rust;

pub mod headers;
pub mod names;
pub mod phrases;
pub mod sizes;

pub mod invariants;
pub mod migrations;
pub mod sql;

pub mod layers;
pub mod licences;
pub mod manifests;

pub mod docs;

pub mod protocol;
