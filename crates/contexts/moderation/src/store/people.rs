//! What is kept of one member, to be shown or erased.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, UserId};
use serde_json::{Value as Json, json};

const HELD_LIST_USER: Statement = Statement::new(
    "moderation.held_list_user",
    "SELECT number, channel_id, message_id, text, expires_at FROM moderation_held
     WHERE guild = ?1 AND user_id = ?2 ORDER BY number DESC LIMIT ?3",
);
const REPORT_LIST_USER: Statement = Statement::new(
    "moderation.report_list_user",
    "SELECT message_id, channel_id, at FROM moderation_reports
     WHERE guild = ?1 AND reporter = ?2 ORDER BY at DESC LIMIT ?3",
);
const HELD_ERASE: Statement = Statement::new(
    "moderation.held_erase",
    "DELETE FROM moderation_held WHERE guild = ?1 AND user_id = ?2",
);
const FOUND_ERASE: Statement = Statement::new(
    "moderation.found_erase",
    "UPDATE moderation_cases SET found = NULL, words_until = NULL
     WHERE guild = ?1 AND user_id = ?2 AND found IS NOT NULL",
);
const NOTES_ERASE: Statement = Statement::new(
    "moderation.notes_erase",
    "DELETE FROM moderation_notes WHERE guild = ?1 AND number IN
     (SELECT number FROM moderation_cases WHERE guild = ?1 AND user_id = ?2)",
);
const REPORTS_ERASE: Statement = Statement::new(
    "moderation.reports_erase",
    "DELETE FROM moderation_reports WHERE guild = ?1 AND reporter = ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &HELD_LIST_USER,
    &REPORT_LIST_USER,
    &HELD_ERASE,
    &FOUND_ERASE,
    &NOTES_ERASE,
    &REPORTS_ERASE,
];

pub(crate) fn held_list_user(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    limit: u32,
) -> Result<Vec<Json>, DbError> {
    let rows = tx.rows(&HELD_LIST_USER, &[guild.into(), user.into(), limit.into()])?;
    let held = |row: &Row| {
        Ok(json!({
            "case": row.int(0)?, "channel_id": row.int(1)?.to_string(), "message_id": row.int(2)?.to_string(),
            "text": row.text(3)?, "kept_until": row.timestamp(4)?.to_string(),
        }))
    };
    rows.iter().map(held).collect()
}

pub(crate) fn report_list_user(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    limit: u32,
) -> Result<Vec<Json>, DbError> {
    let rows = tx.rows(
        &REPORT_LIST_USER,
        &[guild.into(), user.into(), limit.into()],
    )?;
    let report = |row: &Row| {
        Ok(json!({
            "message_id": row.int(0)?.to_string(), "channel_id": row.int(1)?.to_string(),
            "at": row.timestamp(2)?.to_string(),
        }))
    };
    rows.iter().map(report).collect()
}

/// Forgets a member's words and what was noted about them; gives how many rows changed.
pub(crate) fn words_erase(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<u64, DbError> {
    let mut count = 0;
    for statement in [&HELD_ERASE, &FOUND_ERASE, &NOTES_ERASE, &REPORTS_ERASE] {
        count += tx.execute(statement, &[guild.into(), user.into()])?;
    }
    Ok(count)
}
