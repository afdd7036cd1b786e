//! Where the coins went: the journal of a guild, or of one member, newest first.
//!
//! The cursor of a guild's page is the place of its last transfer, that of a member's page the places at which each
//! account's chain goes on: so nothing is missed or doubled while new transfers are written.

use std::{collections::BTreeSet, fmt, iter::Peekable, str::FromStr, vec::IntoIter};

use ::store::{DbError, Tx};
use kernel::{GuildId, UserId};

use crate::{
    journal::Record,
    store::{
        boards,
        transfers::{self, ChainLink},
    },
};

/// A part of the list of a guild's transfers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfers {
    /// The transfers, newest first.
    pub records: Vec<Record>,
    /// Where the next part begins, where there is one.
    pub next: Option<i64>,
}

/// A part of a member's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The transfers, newest first.
    pub records: Vec<Record>,
    /// Where the next part begins, where there is one.
    pub next: Option<StatementCursor>,
}

/// Where a member's statement goes on: in the chains of purse, bank and debt. As text `7-0-3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementCursor([i64; 3]);

/// Why a text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this cursor did not come from a statement: leave it out to begin anew")]
pub struct CursorError;

impl StatementCursor {
    /// The places in the chains of purse, bank and debt.
    pub(crate) const fn places(self) -> [i64; 3] {
        self.0
    }
}

impl fmt::Display for StatementCursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [purse, bank, debt] = self.0;
        write!(out, "{purse}-{bank}-{debt}")
    }
}

impl FromStr for StatementCursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let place = |part: &str| {
            let digits = (1..=19).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        let places: Option<Vec<i64>> = text.split('-').map(place).collect();
        let places = places.and_then(|places| places.try_into().ok());
        places.map(Self).ok_or(CursorError)
    }
}

/// The most transfers of one part.
pub const TRANSFERS_LIMIT_MAX: u32 = 200;

/// What moved coins in a guild.
///
/// # Errors
/// When the database fails.
pub fn transfers(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: Option<i64>,
    limit: u32,
) -> Result<Transfers, DbError> {
    let (before, limit) = (before.unwrap_or(i64::MAX), bounded(limit));
    let mut records = transfers::record_list(tx, guild, before, limit.saturating_add(1))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = records.len() > limit;
    records.truncate(limit);
    let next = records.last().filter(|_| more).map(|record| record.seq);
    Ok(Transfers { records, next })
}

/// What moved coins of one member: into and out of purse, bank and debt.
///
/// # Errors
/// When the database fails.
pub fn statement(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    from: Option<StatementCursor>,
    limit: u32,
) -> Result<Statement, DbError> {
    let limit = bounded(limit);
    let Some(holding) = boards::holding_fetch(tx, guild, user)? else {
        return Ok(Statement {
            records: Vec::new(),
            next: None,
        });
    };
    let places = from.map_or_else(|| holding.heads.map(|head| head.last), |cursor| cursor.0);
    let mut chains = Vec::with_capacity(places.len());
    for (head, place) in holding.heads.iter().zip(places) {
        let links = transfers::record_chain(tx, guild, head.account, place, limit)?;
        chains.push(Chain::new(links));
    }
    Ok(merged(chains, limit))
}

fn bounded(limit: u32) -> u32 {
    limit.clamp(1, TRANSFERS_LIMIT_MAX)
}

/// What is left of one account's chain.
struct Chain {
    links: Peekable<IntoIter<ChainLink>>,
    /// Where it goes on behind the links.
    behind: i64,
}

impl Chain {
    fn new(links: Vec<ChainLink>) -> Self {
        Self {
            behind: links.last().map_or(0, |link| link.prev),
            links: links.into_iter().peekable(),
        }
    }

    fn place(&mut self) -> i64 {
        let behind = self.behind;
        self.links.peek().map_or(behind, |link| link.record.seq)
    }
}

/// The newest of all chains in turn; what moved between two of a member's accounts stands in both, and counts once.
fn merged(mut chains: Vec<Chain>, limit: u32) -> Statement {
    let mut records = Vec::new();
    let mut seen = BTreeSet::new();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    while records.len() < limit {
        let places = chains.iter_mut().map(|chain| (chain.place(), chain));
        let newest = places.max_by_key(|(place, _)| *place);
        let Some(link) = newest.and_then(|(_, chain)| chain.links.next()) else {
            break;
        };
        if seen.insert(link.record.seq) {
            records.push(link.record);
        }
    }
    for chain in &mut chains {
        while chain
            .links
            .next_if(|link| seen.contains(&link.record.seq))
            .is_some()
        {}
    }
    let places: Vec<i64> = chains.iter_mut().map(Chain::place).collect();
    let next = places.try_into().ok().map(StatementCursor);
    Statement {
        records,
        next: next.filter(|cursor| cursor.0 != [0; 3]),
    }
}
