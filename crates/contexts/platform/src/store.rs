//! All SQL of the platform, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod heads;
pub(crate) mod revisions;
pub(crate) mod rollbacks;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
pub(crate) mod tokens;
pub(crate) mod tours;

use ::store::Statement;

/// Every statement of the platform.
pub const STATEMENTS: &[&[&Statement]] = &[
    heads::STATEMENTS,
    revisions::STATEMENTS,
    rollbacks::STATEMENTS,
    secrets::STATEMENTS,
    sessions::STATEMENTS,
    sign_ins::STATEMENTS,
    tokens::STATEMENTS,
    tours::STATEMENTS,
];
