//! The economy of a guild: a ledger of coins, the daily reward, payments, and who has the most.
//!
//! E1   The balances of a guild's currency sum to zero.
//! E2   A transfer is never changed; a correction is a new one that names the old, once only.
//! E3   The same cause names the same transfer: a retry changes nothing, other content is a conflict.
//! E4   Only faucets and debts are below zero; held coins can't be given away.
//! E5   What is refused leaves no trace; linked transfers succeed or fail as one.
//! E6   A reservation is resolved at most once, and never after its time.
//! E7   One claim a member and calendar day; a change of zone brings no second one within 20 hours.
//! E8   Every stored balance can be derived from the journal, and is checked against it.
//! E9   A guild's coins never reach another guild.
//! E10  What is kept in memory never goes back in time, and is never written back.
//!
//! Words: an *account* has a name within its guild, `purse:U bank:U debt:U treasury escrow:ID faucet:NAME sink:NAME`.
//! Coins enter at a *faucet* and leave at a *sink*. A *transfer* moves coins between two accounts at once; a
//! *reservation* holds them back until it is posted, voided or expires. The *journal* is all of them in order.
//!
//! ```text
//! alice: /daily            Guildhall: 100 🪙 for today
//! alice: /pay @bob 30      Guildhall: @bob 30 🪙 for bob
//! alice: /pay @bob 500     Guildhall (only to alice): You have 70 to give, and wanted to pay 500. …
//! ```
//!
//! Not here: shops and games, real money, whom Discord calls a member, and the clock. No network, no async.

#![cfg_attr(
    not(test),
    warn(
        clippy::arithmetic_side_effects,
        clippy::float_arithmetic,
        clippy::indexing_slicing
    )
)]

mod account;
mod journal;
mod settings;

mod ledger;
mod rules;

mod linked;
mod pending;
mod reverse;
mod transfer;

mod export;
mod freeze;
mod revert;

mod daily;
mod day;
mod member;
mod pseudonym;

mod flows;
mod leaderboard;
mod place;
mod pulse;
mod spread;
mod statement;

mod explained;
mod search;
mod supply;

mod rebuild;
mod rollup;
mod sums;
mod verify;
mod watch;

mod hot;

pub mod commands;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::{MIGRATIONS, STATEMENTS};
pub use account::{AccountKind, AccountName, AccountNameError, Label, Party};
pub use daily::{Claim, DailyError, TimezoneError, claim, set_timezone, timezone};
pub use day::{
    Claimable, JOURNEY_GRACE, LastClaim, ZONE_CHANGE_WAIT, Zone, ZoneError, claimable, reward,
};
pub use explained::{EXPLAINED_STEPS_MAX, Explained, ExplainedLine, continued, explained};
pub use export::{EXPORT_TRANSFERS_MAX, export};
pub use flows::{FLOW_SLOT, FLOW_SPAN_MAX, Flow, FlowEnd, flows, newest};
pub use freeze::{FreezeError, Frost, freeze, frozen, unfreeze};
pub use hot::{Hot, HotBalance, Ticket};
pub use journal::{Leg, Phase, Record, TransferKind, cause_of};
pub use leaderboard::{
    HolderCursor, RANK_MAX, RANKING_LIMIT_MAX, RankBy, Ranked, Ranking, holders, leaderboard,
};
pub use linked::{LINKED_MAX, linked};
pub use member::{AccountView, ERASED_KEPT, Enrolment, account, enrol, erase, forget_erased};
pub use pending::{
    EXPIRE_CHUNK_MAX, Ending, RESERVE_SPAN_MAX, Reserve, Resolve, ResolveError, expire_due,
    reserve, resolve,
};
pub use place::{Place, TREND_DAYS, TREND_STEPS_MAX, place};
pub use pseudonym::{Pseudonym, Pseudonyms};
pub use pulse::{PULSE_DAYS, PULSE_TRANSFERS_MAX, Pulse, PulseDay, WEEK_HOURS, pulse};
pub use rebuild::{CONTRADICTION_REASON, Rebuilt, rebuild, rebuild_chunk};
pub use reverse::{Reversal, Reverse, ReverseError, repay, reverse};
pub use revert::{Mode, Revert, RevertCursor, RevertOutcome, Reverted, RevertedOne, Which, revert};
pub use rollup::{ROLL_UP_CHUNK_MAX, RolledUp, SETTLING, roll_up};
pub use search::{Found, SEARCH_ROWS_MAX, Search, found, search};
pub use settings::{Currency, Daily, Pay, REWARD_MAX, STREAK_DAYS_MAX, Settings, SettingsError};
pub use spread::{
    PurseMark, Purses, SPREAD_PARTS, SPREAD_PAUSE, SPREAD_WHOLE, Spread, SpreadDue, SpreadSeen,
    purses, spread, spread_keep, spreads_due,
};
pub use statement::{
    CursorError, Statement, StatementCursor, TRANSFERS_LIMIT_MAX, Transfers, statement, transfers,
};
pub use supply::{Supply, SupplyLine, supply, supply_summed};
pub use transfer::{
    Novelty, REASON_LENGTH_MAX, Receipt, Standing, Transfer, TransferError, transfer,
};
pub use verify::{
    CHECK_CHUNK_MAX, CheckCursor, Checked, Contradiction, Mismatch, Verification, Wrong, check,
    verify,
};
pub use watch::{Repair, Watched, WatchedAll, repaired, round_finished, watched, watched_all};

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &["economy_people"];

/// The messages of the economy, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
