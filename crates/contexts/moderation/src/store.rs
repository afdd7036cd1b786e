//! All SQL of moderation, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod cases;
pub(crate) mod held;
pub(crate) mod people;
pub(crate) mod sanctions;
pub(crate) mod switches;

use ::store::Statement;

/// Every statement of moderation.
pub const STATEMENTS: &[&[&Statement]] = &[
    cases::STATEMENTS,
    held::STATEMENTS,
    people::STATEMENTS,
    sanctions::STATEMENTS,
    switches::STATEMENTS,
];
