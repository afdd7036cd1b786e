//! All SQL of personas, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod answers;
pub(crate) mod versions;
pub(crate) mod votes;

use ::store::Statement;

/// Every statement of personas.
pub const STATEMENTS: &[&[&Statement]] =
    &[answers::STATEMENTS, versions::STATEMENTS, votes::STATEMENTS];
