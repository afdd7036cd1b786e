//! Claims, streaks and zones in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use super::accounts::AccountKey;
use crate::day::LastClaim;

/// What is known of a member's dailies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dailies {
    pub(crate) zone: Option<String>,
    pub(crate) last: Option<LastClaim>,
}

/// A claim to write down.
#[derive(Debug, Clone)]
pub(crate) struct NewClaim {
    pub(crate) person: AccountKey,
    pub(crate) day: i64,
    pub(crate) at: Timestamp,
    pub(crate) zone: String,
    pub(crate) streak: i64,
    pub(crate) lapses_at: Timestamp,
}

const DAILIES_FETCH: Statement = Statement::new(
    "economy.dailies_fetch",
    "SELECT zone, last_day, last_at, last_zone, streak FROM economy_dailies WHERE person = ?1",
);
const CLAIM_INSERT: Statement = Statement::new(
    "economy.claim_insert",
    "INSERT INTO economy_claims (person, day, seq, streak) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
);
const CLAIM_FETCH: Statement = Statement::new(
    "economy.claim_fetch",
    "SELECT streak FROM economy_claims WHERE person = ?1 AND seq = ?2 ORDER BY day DESC LIMIT 1",
);
const STREAK_PUT: Statement = Statement::new(
    "economy.streak_put",
    "INSERT INTO economy_dailies (person, guild, last_day, last_at, last_zone, streak, lapses_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (person) DO UPDATE SET last_day = excluded.last_day, last_at = excluded.last_at,
     last_zone = excluded.last_zone, streak = excluded.streak, lapses_at = excluded.lapses_at",
);
const ZONE_PUT: Statement = Statement::new(
    "economy.zone_put",
    "INSERT INTO economy_dailies (person, guild, zone, streak, lapses_at) VALUES (?1, ?2, ?3, 0, 0)
     ON CONFLICT (person) DO UPDATE SET zone = excluded.zone",
);
const LAPSES_PUT: Statement = Statement::new(
    "economy.lapses_put",
    "UPDATE economy_dailies SET lapses_at = ?2 WHERE person = ?1 AND streak > 0",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &DAILIES_FETCH,
    &CLAIM_INSERT,
    &CLAIM_FETCH,
    &STREAK_PUT,
    &ZONE_PUT,
    &LAPSES_PUT,
];

pub(crate) fn dailies_fetch(tx: &mut Tx<'_>, person: AccountKey) -> Result<Dailies, DbError> {
    let Some(row) = tx.row(&DAILIES_FETCH, &[person.0.into()])? else {
        return Ok(Dailies::default());
    };
    let last = match (row.maybe(1, Row::int)?, row.maybe(2, Row::timestamp)?) {
        (Some(day), Some(at)) => Some(LastClaim {
            day,
            at,
            zone: row.maybe(3, Row::text)?.unwrap_or("UTC").to_owned(),
            streak: row.int(4)?,
        }),
        _ => None,
    };
    Ok(Dailies {
        zone: row.maybe(0, Row::text)?.map(str::to_owned),
        last,
    })
}

/// Takes the day; false where it was taken before.
pub(crate) fn claim_insert(tx: &mut Tx<'_>, claim: &NewClaim, seq: i64) -> Result<bool, DbError> {
    let values = [
        claim.person.0.into(),
        claim.day.into(),
        seq.into(),
        claim.streak.into(),
    ];
    Ok(tx.execute(&CLAIM_INSERT, &values)? == 1)
}

/// The streak that a claim brought.
pub(crate) fn claim_fetch(
    tx: &mut Tx<'_>,
    person: AccountKey,
    seq: i64,
) -> Result<Option<i64>, DbError> {
    let row = tx.row(&CLAIM_FETCH, &[person.0.into(), seq.into()])?;
    row.map(|row| row.int(0)).transpose()
}

pub(crate) fn streak_put(tx: &mut Tx<'_>, guild: GuildId, claim: &NewClaim) -> Result<(), DbError> {
    let values = vec![
        claim.person.0.into(),
        guild.into(),
        claim.day.into(),
        claim.at.into(),
        claim.zone.as_str().into(),
        claim.streak.into(),
        claim.lapses_at.into(),
    ];
    tx.queue(&STREAK_PUT, values)
}

pub(crate) fn zone_put(
    tx: &mut Tx<'_>,
    guild: GuildId,
    person: AccountKey,
    zone: &str,
) -> Result<(), DbError> {
    tx.execute(&ZONE_PUT, &[person.0.into(), guild.into(), zone.into()])
        .map(drop)
}

/// Changes when a streak ends, where there is one.
pub(crate) fn lapses_put(
    tx: &mut Tx<'_>,
    person: AccountKey,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(&LAPSES_PUT, &[person.0.into(), at.into()])
        .map(drop)
}
