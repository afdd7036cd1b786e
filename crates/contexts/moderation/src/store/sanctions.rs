//! Sanctions that hold, in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp, UserId};

use crate::sanctions::{Due, Lasting};

/// A sanction to be written down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewSanction {
    pub(crate) id: i64,
    pub(crate) guild: GuildId,
    pub(crate) number: i64,
    pub(crate) user: UserId,
    pub(crate) kind: Lasting,
    pub(crate) ends_at: Option<Timestamp>,
}

const SANCTIONS_REPLACE: Statement = Statement::new(
    "moderation.sanctions_replace",
    "UPDATE moderation_sanctions SET state = 'replaced'
     WHERE guild = ?1 AND user_id = ?2 AND kind = ?3 AND state = 'active'",
);
const SANCTION_INSERT: Statement = Statement::new(
    "moderation.sanction_insert",
    "INSERT INTO moderation_sanctions (id, guild, number, user_id, kind, ends_at, state)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'active')",
);
const SANCTION_LIST_DUE: Statement = Statement::new(
    "moderation.sanction_list_due",
    "SELECT id, guild, number, user_id, kind, ends_at FROM moderation_sanctions
     WHERE state = 'active' AND ends_at <= ?1 ORDER BY ends_at, id LIMIT ?2",
);
const SANCTION_END: Statement = Statement::new(
    "moderation.sanction_end",
    "UPDATE moderation_sanctions SET state = 'ended' WHERE id = ?1 AND state = 'active' AND ends_at <= ?2
     RETURNING id, guild, number, user_id, kind, ends_at",
);
const SANCTION_LIFT: Statement = Statement::new(
    "moderation.sanction_lift",
    "UPDATE moderation_sanctions SET state = 'lifted' WHERE guild = ?1 AND number = ?2 AND state = 'active'
     RETURNING id, guild, number, user_id, kind, ends_at",
);
const SANCTION_LIST_CASE: Statement = Statement::new(
    "moderation.sanction_list_case",
    "SELECT id, guild, number, user_id, kind, ends_at FROM moderation_sanctions
     WHERE guild = ?1 AND number = ?2 AND state = 'active' ORDER BY id",
);
const SANCTION_FETCH_USER: Statement = Statement::new(
    "moderation.sanction_fetch_user",
    "SELECT number FROM moderation_sanctions
     WHERE guild = ?1 AND user_id = ?2 AND kind = ?3 AND state = 'active' ORDER BY id DESC LIMIT 1",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &SANCTIONS_REPLACE,
    &SANCTION_INSERT,
    &SANCTION_LIST_DUE,
    &SANCTION_END,
    &SANCTION_LIFT,
    &SANCTION_LIST_CASE,
    &SANCTION_FETCH_USER,
];

/// Writes a sanction down in place of those of the same kind that the member was under.
pub(crate) fn sanction_insert(tx: &mut Tx<'_>, new: &NewSanction) -> Result<(), DbError> {
    let replaced = vec![new.guild.into(), new.user.into(), new.kind.name().into()];
    tx.queue(&SANCTIONS_REPLACE, replaced)?;
    let values = vec![
        new.id.into(),
        new.guild.into(),
        new.number.into(),
        new.user.into(),
        new.kind.name().into(),
        new.ends_at.into(),
    ];
    tx.queue(&SANCTION_INSERT, values)
}

fn due(row: &Row) -> Result<Due, DbError> {
    let kind = Lasting::of_name(row.text(4)?).ok_or_else(|| DbError::Shape {
        statement: "moderation.sanction".to_owned(),
        column: 4,
        expected: "a kind",
        found: row.text(4).unwrap_or("nothing").to_owned(),
    })?;
    Ok(Due {
        id: row.int(0)?,
        guild: row.id(1)?,
        number: row.int(2)?,
        user: row.id(3)?,
        kind,
        ends_at: row.maybe(5, Row::timestamp)?,
    })
}

pub(crate) fn sanction_list_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Due>, DbError> {
    let rows = tx.rows(&SANCTION_LIST_DUE, &[now.into(), limit.into()])?;
    rows.iter().map(due).collect()
}

/// Ends a sanction whose time is over; nothing where it holds no longer, or still.
pub(crate) fn sanction_end(
    tx: &mut Tx<'_>,
    id: i64,
    now: Timestamp,
) -> Result<Option<Due>, DbError> {
    let row = tx.row(&SANCTION_END, &[id.into(), now.into()])?;
    row.as_ref().map(due).transpose()
}

/// Lifts what a case put on a member.
pub(crate) fn sanction_lift(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
) -> Result<Vec<Due>, DbError> {
    let rows = tx.rows(&SANCTION_LIFT, &[guild.into(), number.into()])?;
    rows.iter().map(due).collect()
}

/// What a case put on a member and still holds.
pub(crate) fn sanction_list_case(
    tx: &mut Tx<'_>,
    guild: GuildId,
    number: i64,
) -> Result<Vec<Due>, DbError> {
    let rows = tx.rows(&SANCTION_LIST_CASE, &[guild.into(), number.into()])?;
    rows.iter().map(due).collect()
}

/// The case of the sanction of this kind that a member is under.
pub(crate) fn sanction_fetch_user(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    kind: Lasting,
) -> Result<Option<i64>, DbError> {
    let values = [guild.into(), user.into(), kind.name().into()];
    let row = tx.row(&SANCTION_FETCH_USER, &values)?;
    row.map(|row| row.int(0)).transpose()
}
