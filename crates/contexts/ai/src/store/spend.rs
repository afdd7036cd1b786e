//! Sums by guild, member and day, in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, UserId};

use super::reservations::{column, tokens};
use crate::{model::Usage, spend::Spent};

/// The guild, the member (the guild as a whole where nobody), and the day.
type Key = (GuildId, Option<UserId>, i64);

const RESERVE: Statement = Statement::new(
    "ai.spend_reserve",
    "INSERT INTO ai_spend (guild, payer, day, reserved_micros, spent_micros, requests, input_tokens, output_tokens)
     VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0)
     ON CONFLICT (guild, payer, day) DO UPDATE SET reserved_micros = ai_spend.reserved_micros + excluded.reserved_micros
     WHERE ai_spend.reserved_micros + ai_spend.spent_micros <= ?5 RETURNING reserved_micros",
);
const SPEND: Statement = Statement::new(
    "ai.spend_settle",
    "INSERT INTO ai_spend (guild, payer, day, reserved_micros, spent_micros, requests, input_tokens, output_tokens)
     VALUES (?1, ?2, ?3, 0, ?5, 1, ?6, ?7)
     ON CONFLICT (guild, payer, day) DO UPDATE SET
     reserved_micros = CASE WHEN ai_spend.reserved_micros > ?4 THEN ai_spend.reserved_micros - ?4 ELSE 0 END,
     spent_micros = ai_spend.spent_micros + ?5, requests = ai_spend.requests + 1,
     input_tokens = ai_spend.input_tokens + ?6, output_tokens = ai_spend.output_tokens + ?7",
);
const DAYS: Statement = Statement::new(
    "ai.spend_days",
    "SELECT day, spent_micros, reserved_micros, requests, input_tokens, output_tokens FROM ai_spend
     WHERE guild = ?1 AND payer = ?2 AND day >= ?3 AND day <= ?4 ORDER BY day DESC LIMIT ?5",
);
const MEMBERS: Statement = Statement::new(
    "ai.spend_members",
    "SELECT payer, CAST(SUM(spent_micros) AS BIGINT), CAST(SUM(reserved_micros) AS BIGINT),
     CAST(SUM(requests) AS BIGINT), CAST(SUM(input_tokens) AS BIGINT), CAST(SUM(output_tokens) AS BIGINT)
     FROM ai_spend WHERE guild = ?1 AND payer <> 0 AND day >= ?2 AND day <= ?3
     GROUP BY payer ORDER BY 2 DESC, payer LIMIT ?4",
);
const FORGET: Statement = Statement::new(
    "ai.spend_forget",
    "DELETE FROM ai_spend WHERE guild = ?1 AND payer = ?2",
);
const DROP: Statement = Statement::worded(
    "ai.spend_drop",
    "DELETE FROM ai_spend WHERE (guild, payer, day) IN
     (SELECT guild, payer, day FROM ai_spend WHERE day < ?1 ORDER BY day LIMIT ?2)",
    "DELETE FROM ai_spend WHERE ctid IN (SELECT ctid FROM ai_spend WHERE day < ?1 ORDER BY day LIMIT ?2)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&RESERVE, &SPEND, &DAYS, &MEMBERS, &FORGET, &DROP];

/// Sets aside more of a day's budget; false where the cap does not allow it.
pub(crate) fn reserved_add(
    tx: &mut Tx<'_>,
    key: Key,
    micros: i64,
    cap: i64,
) -> Result<bool, DbError> {
    if micros > cap {
        return Ok(false);
    }
    let (guild, payer, day) = key;
    // Compared with what is left of the cap, so that no sum can overflow.
    let values = [
        guild.into(),
        column(payer),
        day.into(),
        micros.into(),
        (cap - micros).into(),
    ];
    Ok(tx.row(&RESERVE, &values)?.is_some())
}

/// Frees what was set aside and counts what was spent.
pub(crate) fn spent_add(
    tx: &mut Tx<'_>,
    key: Key,
    reserved: i64,
    spent: i64,
    usage: Usage,
) -> Result<(), DbError> {
    let (guild, payer, day) = key;
    let values = vec![
        guild.into(),
        column(payer),
        day.into(),
        reserved.into(),
        spent.into(),
        tokens(usage.input),
        tokens(usage.output),
    ];
    tx.queue(&SPEND, values)
}

pub(crate) fn day_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: i64,
    to: i64,
    limit: u32,
) -> Result<Vec<(i64, Spent)>, DbError> {
    days(tx, (guild, None), from, to, limit)
}

pub(crate) fn member_days(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    limit: u32,
) -> Result<Vec<(i64, Spent)>, DbError> {
    days(tx, (guild, Some(user)), i64::MIN, i64::MAX, limit)
}

fn days(
    tx: &mut Tx<'_>,
    (guild, payer): (GuildId, Option<UserId>),
    from: i64,
    to: i64,
    limit: u32,
) -> Result<Vec<(i64, Spent)>, DbError> {
    let values = [
        guild.into(),
        column(payer),
        from.into(),
        to.into(),
        limit.into(),
    ];
    let rows = tx.rows(&DAYS, &values)?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, spent(row)?)))
        .collect()
}

pub(crate) fn member_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: i64,
    to: i64,
    limit: u32,
) -> Result<Vec<(UserId, Spent)>, DbError> {
    let values = [guild.into(), from.into(), to.into(), limit.into()];
    let rows = tx.rows(&MEMBERS, &values)?;
    rows.iter()
        .map(|row| Ok((row.id(0)?, spent(row)?)))
        .collect()
}

fn spent(row: &Row) -> Result<Spent, DbError> {
    Ok(Spent {
        micros: row.int(1)?,
        reserved_micros: row.int(2)?,
        requests: row.int(3)?,
        input_tokens: row.int(4)?,
        output_tokens: row.int(5)?,
    })
}

pub(crate) fn member_forget(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<(), DbError> {
    tx.queue(&FORGET, vec![guild.into(), user.into()])
}

pub(crate) fn day_drop(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<u64, DbError> {
    tx.execute(&DROP, &[before.into(), limit.into()])
}
