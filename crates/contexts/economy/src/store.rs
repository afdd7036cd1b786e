//! All SQL of the economy, by noun: [`STATEMENTS`] lists every one, so that a test can prepare them all, and
//! [`MIGRATIONS`] the steps that make its tables.

pub(crate) mod accounts;
pub(crate) mod boards;
pub(crate) mod checks;
pub(crate) mod dailies;
pub(crate) mod erased;
pub(crate) mod flows;
pub(crate) mod holds;
pub(crate) mod ranks;
pub(crate) mod rollups;
pub(crate) mod rounds;
pub(crate) mod spreads;
pub(crate) mod transfers;

use ::store::{Migration, Statement};

/// Every statement of the economy.
pub const STATEMENTS: &[&[&Statement]] = &[
    accounts::STATEMENTS,
    boards::STATEMENTS,
    checks::STATEMENTS,
    dailies::STATEMENTS,
    erased::STATEMENTS,
    flows::STATEMENTS,
    holds::STATEMENTS,
    ranks::STATEMENTS,
    rollups::STATEMENTS,
    rounds::STATEMENTS,
    spreads::STATEMENTS,
    transfers::STATEMENTS,
];

/// The tables of the economy.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 2,
        name: "ledger",
        up: include_str!("../migrations/0002_ledger.up.sql"),
        down: include_str!("../migrations/0002_ledger.down.sql"),
    },
    Migration {
        number: 12,
        name: "rounds",
        up: include_str!("../migrations/0012_rounds.up.sql"),
        down: include_str!("../migrations/0012_rounds.down.sql"),
    },
    Migration {
        number: 14,
        name: "flows",
        up: include_str!("../migrations/0014_flows.up.sql"),
        down: include_str!("../migrations/0014_flows.down.sql"),
    },
    Migration {
        number: 18,
        name: "spreads",
        up: include_str!("../migrations/0018_spreads.up.sql"),
        down: include_str!("../migrations/0018_spreads.down.sql"),
    },
    ::store::Migration {
        number: 21,
        name: "repairs",
        up: include_str!("../migrations/0021_repairs.up.sql"),
        down: include_str!("../migrations/0021_repairs.down.sql"),
    },
    Migration {
        number: 23,
        name: "erased",
        up: include_str!("../migrations/0023_erased.up.sql"),
        down: include_str!("../migrations/0023_erased.down.sql"),
    },
];
