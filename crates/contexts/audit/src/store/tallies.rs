//! Counts of decisions in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::{
    entry::{Kind, Outcome},
    tally::{RuleTally, TALLY_SLOT, Tally},
};

/// Rows at most: each slot of the longest time with several kinds in several states.
const ROWS_MAX: i64 = 50_000;

const TALLY_LIST: Statement = Statement::new(
    "audit.tally_list",
    "SELECT r.at / ?4 AS slot, r.kind, COALESCE(c.outcome, r.outcome) AS became, COUNT(*)
     FROM audit_records r LEFT JOIN audit_records c ON c.entry = r.id AND c.part = 2
     WHERE r.guild = ?1 AND r.part = 1 AND r.at >= ?2 AND r.at < ?3
     GROUP BY slot, r.kind, became ORDER BY slot, r.kind, became LIMIT ?5",
);

/// Rules at most, each with what became of its hits.
const RULES_MAX: i64 = 1_000;

const RULE_LIST: Statement = Statement::new(
    "audit.rule_list",
    "SELECT rule, outcome, CAST(COUNT(*) AS BIGINT), MAX(at) FROM audit_records
     WHERE guild = ?1 AND kind = 'moderation' AND part = 1 AND at >= ?2 AND rule IS NOT NULL
     GROUP BY rule, outcome ORDER BY rule, outcome LIMIT ?3",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&TALLY_LIST, &RULE_LIST];

pub(crate) fn rule_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
) -> Result<Vec<RuleTally>, DbError> {
    let rows = tx.rows(&RULE_LIST, &[guild.into(), since.into(), RULES_MAX.into()])?;
    rows.iter().map(rule).collect()
}

fn rule(row: &Row) -> Result<RuleTally, DbError> {
    let outcome = row.text(1)?;
    Ok(RuleTally {
        rule: row.text(0)?.to_owned(),
        outcome: Outcome::of_name(outcome).ok_or_else(|| DbError::Shape {
            statement: RULE_LIST.name().to_owned(),
            column: 1,
            expected: "an outcome",
            found: outcome.to_owned(),
        })?,
        count: row.int(2)?.unsigned_abs(),
        last_at: row.timestamp(3)?,
    })
}

pub(crate) fn tally_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<Tally>, DbError> {
    let values = [
        guild.into(),
        since.into(),
        until.into(),
        TALLY_SLOT.as_micros().into(),
        ROWS_MAX.into(),
    ];
    tx.rows(&TALLY_LIST, &values)?.iter().map(counted).collect()
}

fn counted(row: &Row) -> Result<Tally, DbError> {
    let shape = |column, expected| {
        move |found: &str| DbError::Shape {
            statement: TALLY_LIST.name().to_owned(),
            column,
            expected,
            found: found.to_owned(),
        }
    };
    let (kind, outcome) = (row.text(1)?, row.text(2)?);
    Ok(Tally {
        from: Timestamp::from_micros(row.int(0)?.saturating_mul(TALLY_SLOT.as_micros())),
        kind: Kind::of_name(kind).ok_or_else(|| shape(1, "a kind of decision")(kind))?,
        outcome: Outcome::of_name(outcome).ok_or_else(|| shape(2, "an outcome")(outcome))?,
        count: row.int(3)?.unsigned_abs(),
    })
}
