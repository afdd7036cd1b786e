//! All SQL of the context, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod models;
pub(crate) mod reservations;
pub(crate) mod spend;

use ::store::Statement;

/// Every statement of the context.
pub const STATEMENTS: &[&[&Statement]] = &[
    models::STATEMENTS,
    reservations::STATEMENTS,
    spend::STATEMENTS,
];
