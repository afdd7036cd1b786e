//! What is kept, for a while and under a pseudonym, of whoever had themselves erased.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::{day::LastClaim, pseudonym::Pseudonym};

/// What follows somebody who was erased into their next purse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Erased {
    /// When they last claimed their daily. Of the streak nothing is kept.
    pub(crate) last: Option<LastClaim>,
    /// Whether their purse was frozen.
    pub(crate) frozen: bool,
}

const ERASED_PUT: Statement = Statement::new(
    "economy.erased_put",
    "INSERT INTO economy_erased (guild, pseudonym, last_day, last_at, last_zone, frozen, forget_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (guild, pseudonym) DO UPDATE SET last_day = excluded.last_day, last_at = excluded.last_at,
     last_zone = excluded.last_zone, frozen = excluded.frozen, forget_at = excluded.forget_at",
);
const ERASED_FETCH: Statement = Statement::new(
    "economy.erased_fetch",
    "SELECT last_day, last_at, last_zone, frozen FROM economy_erased
     WHERE guild = ?1 AND pseudonym = ?2 AND forget_at > ?3",
);
const ERASED_FORGET: Statement = Statement::new(
    "economy.erased_forget",
    "DELETE FROM economy_erased WHERE forget_at <= ?1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&ERASED_PUT, &ERASED_FETCH, &ERASED_FORGET];

pub(crate) fn erased_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    pseudonym: &Pseudonym,
    erased: &Erased,
    forget_at: Timestamp,
) -> Result<(), DbError> {
    let last = erased.last.as_ref();
    let values = [
        guild.into(),
        pseudonym.as_str().into(),
        last.map(|last| last.day).into(),
        last.map(|last| last.at).into(),
        last.map(|last| last.zone.as_str()).into(),
        erased.frozen.into(),
        forget_at.into(),
    ];
    tx.execute(&ERASED_PUT, &values).map(drop)
}

/// What is kept of them; nothing where its time is over.
pub(crate) fn erased_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    pseudonym: &Pseudonym,
    now: Timestamp,
) -> Result<Option<Erased>, DbError> {
    let values = [guild.into(), pseudonym.as_str().into(), now.into()];
    let row = tx.row(&ERASED_FETCH, &values)?;
    row.as_ref().map(erased).transpose()
}

fn erased(row: &Row) -> Result<Erased, DbError> {
    let claimed = (row.maybe(0, Row::int)?, row.maybe(1, Row::timestamp)?);
    let zone = row.maybe(2, Row::text)?.unwrap_or("UTC").to_owned();
    Ok(Erased {
        last: match claimed {
            (Some(day), Some(at)) => Some(LastClaim {
                day,
                at,
                zone,
                streak: 0,
            }),
            _ => None,
        },
        frozen: row.bool(3)?,
    })
}

/// Forgets those whose time is over; gives how many.
pub(crate) fn erased_forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.execute(&ERASED_FORGET, &[now.into()])
}
