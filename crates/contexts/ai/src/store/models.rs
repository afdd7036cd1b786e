//! Sums by day and model of all guilds, in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::GuildId;

use super::reservations::tokens;
use crate::{model::Usage, spend::Spent};

/// A day's sum of a model stands in so many rows.
const SHARDS: u64 = 16;

/// What a request cost, for the sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) day: i64,
    pub(crate) model: String,
    pub(crate) guild: GuildId,
    pub(crate) micros: i64,
    pub(crate) usage: Usage,
}

const ADD: Statement = Statement::new(
    "ai.model_add",
    "INSERT INTO ai_models (day, model, shard, spent_micros, requests, input_tokens, output_tokens)
     VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)
     ON CONFLICT (day, model, shard) DO UPDATE SET spent_micros = ai_models.spent_micros + ?4,
     requests = ai_models.requests + 1, input_tokens = ai_models.input_tokens + ?5,
     output_tokens = ai_models.output_tokens + ?6",
);
const LIST: Statement = Statement::new(
    "ai.model_list_all",
    "SELECT model, CAST(SUM(spent_micros) AS BIGINT), CAST(SUM(requests) AS BIGINT), CAST(SUM(input_tokens) AS BIGINT),
     CAST(SUM(output_tokens) AS BIGINT) FROM ai_models WHERE day >= ?1 GROUP BY model ORDER BY 2 DESC, model LIMIT ?2",
);
const DROP: Statement = Statement::worded(
    "ai.model_drop",
    "DELETE FROM ai_models WHERE (day, model, shard) IN
     (SELECT day, model, shard FROM ai_models WHERE day < ?1 ORDER BY day LIMIT ?2)",
    "DELETE FROM ai_models WHERE ctid IN (SELECT ctid FROM ai_models WHERE day < ?1 ORDER BY day LIMIT ?2)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&ADD, &LIST, &DROP];

/// Counts what requests cost. Last in a transaction, for guilds share these rows: who waits for one holds no other
/// that somebody wants who holds it.
pub(crate) fn model_add(tx: &mut Tx<'_>, mut asks: Vec<Ask>) -> Result<(), DbError> {
    asks.sort_by_cached_key(|ask| (ask.day, ask.model.clone(), shard(ask.guild)));
    for ask in asks {
        let values = vec![
            ask.day.into(),
            ask.model.as_str().into(),
            shard(ask.guild).into(),
            ask.micros.into(),
            tokens(ask.usage.input),
            tokens(ask.usage.output),
        ];
        tx.queue(&ADD, values)?;
    }
    Ok(())
}

/// By model since a day, the dearest first.
pub(crate) fn model_list(
    tx: &mut Tx<'_>,
    since: i64,
    limit: u32,
) -> Result<Vec<(String, Spent)>, DbError> {
    let rows = tx.rows(&LIST, &[since.into(), limit.into()])?;
    let of_model = |row: &Row| {
        let spent = Spent {
            micros: row.int(1)?,
            reserved_micros: 0,
            requests: row.int(2)?,
            input_tokens: row.int(3)?,
            output_tokens: row.int(4)?,
        };
        Ok((row.text(0)?.to_owned(), spent))
    };
    rows.iter().map(of_model).collect()
}

pub(crate) fn model_drop(tx: &mut Tx<'_>, before: i64, limit: u32) -> Result<u64, DbError> {
    tx.execute(&DROP, &[before.into(), limit.into()])
}

fn shard(guild: GuildId) -> i64 {
    i64::try_from(guild.get() % SHARDS).unwrap_or(0)
}
