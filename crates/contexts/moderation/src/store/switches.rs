//! Kill switches and reports in the database.

use ::store::{DbError, Statement, Tx};
use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};

use crate::switch::{Switch, SwitchState};

const SWITCH_PUT: Statement = Statement::new(
    "moderation.switch_put",
    "INSERT INTO moderation_switches (guild, is_on, changed_by, at) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild) DO UPDATE SET is_on = excluded.is_on, changed_by = excluded.changed_by, at = excluded.at",
);
const SWITCH_FETCH: Statement = Statement::new(
    "moderation.switch_fetch",
    "SELECT is_on, changed_by, at FROM moderation_switches WHERE guild = ?1",
);
const SWITCH_LIST_OFF: Statement = Statement::new(
    "moderation.switch_list_off",
    "SELECT guild FROM moderation_switches WHERE NOT is_on AND guild > ?1 ORDER BY guild LIMIT ?2",
);
const REPORT_INSERT: Statement = Statement::new(
    "moderation.report_insert",
    "INSERT INTO moderation_reports (guild, message_id, reporter, channel_id, at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT DO NOTHING",
);
const REPORT_COUNT: Statement = Statement::new(
    "moderation.report_count",
    "SELECT COUNT(*) FROM moderation_reports WHERE guild = ?1 AND reporter = ?2 AND at > ?3",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &SWITCH_PUT,
    &SWITCH_FETCH,
    &SWITCH_LIST_OFF,
    &REPORT_INSERT,
    &REPORT_COUNT,
];

pub(crate) fn switch_put(tx: &mut Tx<'_>, guild: GuildId, switch: &Switch) -> Result<(), DbError> {
    let values = [
        guild.into(),
        (switch.state == SwitchState::On).into(),
        switch.by.as_str().into(),
        switch.at.into(),
    ];
    tx.execute(&SWITCH_PUT, &values).map(drop)
}

pub(crate) fn switch_fetch(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Switch>, DbError> {
    let Some(row) = tx.row(&SWITCH_FETCH, &[guild.into()])? else {
        return Ok(None);
    };
    let state = if row.bool(0)? {
        SwitchState::On
    } else {
        SwitchState::Off
    };
    Ok(Some(Switch {
        state,
        by: row.text(1)?.to_owned(),
        at: row.timestamp(2)?,
    }))
}

/// Guilds after this one whose rules are switched off.
pub(crate) fn switch_list_off(
    tx: &mut Tx<'_>,
    after: i64,
    limit: u32,
) -> Result<Vec<GuildId>, DbError> {
    let rows = tx.rows(&SWITCH_LIST_OFF, &[after.into(), limit.into()])?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// Writes a report down; false where this member reported this message before.
pub(crate) fn report_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
    (reporter, channel): (UserId, ChannelId),
    at: Timestamp,
) -> Result<bool, DbError> {
    let values = [
        guild.into(),
        message.into(),
        reporter.into(),
        channel.into(),
        at.into(),
    ];
    Ok(tx.execute(&REPORT_INSERT, &values)? == 1)
}

/// How many reports a member made after a moment.
pub(crate) fn report_count(
    tx: &mut Tx<'_>,
    guild: GuildId,
    reporter: UserId,
    after: Timestamp,
) -> Result<i64, DbError> {
    let row = tx.row(
        &REPORT_COUNT,
        &[guild.into(), reporter.into(), after.into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}
