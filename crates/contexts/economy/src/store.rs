//! All SQL of the economy, by noun; [`STATEMENTS`] lists every one, so that a test can prepare them all.

pub(crate) mod accounts;
pub(crate) mod boards;
pub(crate) mod checks;
pub(crate) mod dailies;
pub(crate) mod flows;
pub(crate) mod holds;
pub(crate) mod ranks;
pub(crate) mod rollups;
pub(crate) mod rounds;
pub(crate) mod spreads;
pub(crate) mod transfers;

use ::store::Statement;

/// Every statement of the economy.
pub const STATEMENTS: &[&[&Statement]] = &[
    accounts::STATEMENTS,
    boards::STATEMENTS,
    checks::STATEMENTS,
    dailies::STATEMENTS,
    flows::STATEMENTS,
    holds::STATEMENTS,
    ranks::STATEMENTS,
    rollups::STATEMENTS,
    rounds::STATEMENTS,
    spreads::STATEMENTS,
    transfers::STATEMENTS,
];
