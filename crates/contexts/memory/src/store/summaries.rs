//! Summaries in the database, and whose words are in them.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};

use crate::summary::Summary;

const SUMMARY_FETCH: Statement = Statement::new(
    "memory.summary_fetch",
    "SELECT through, text, at FROM memory_summaries WHERE guild = ?1 AND channel = ?2 AND expires_at > ?3",
);
const SUMMARY_PUT: Statement = Statement::new(
    "memory.summary_put",
    "INSERT INTO memory_summaries (guild, channel, through, text, at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (guild, channel) DO UPDATE SET through = excluded.through, text = excluded.text, at = excluded.at,
     expires_at = excluded.expires_at
     WHERE memory_summaries.through = ?7 OR memory_summaries.expires_at <= excluded.at",
);
const CONTRIBUTOR_PUT: Statement = Statement::new(
    "memory.contributor_put",
    "INSERT INTO memory_contributors (guild, channel, user_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
);
const SUMMARIES_DELETE: Statement = Statement::new(
    "memory.summaries_delete",
    "DELETE FROM memory_summaries WHERE guild = ?1 AND channel IN
     (SELECT channel FROM memory_contributors WHERE guild = ?1 AND user_id = ?2)",
);
const SUMMARY_DROP: Statement = Statement::new(
    "memory.summary_drop",
    "DELETE FROM memory_summaries WHERE guild = ?1 AND channel = ?2 AND through >= ?3",
);
const CONTRIBUTORS_DELETE: Statement = Statement::new(
    "memory.contributors_delete",
    "DELETE FROM memory_contributors WHERE guild = ?1 AND channel IN
     (SELECT channel FROM memory_contributors WHERE guild = ?1 AND user_id = ?2)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &SUMMARY_FETCH,
    &SUMMARY_PUT,
    &CONTRIBUTOR_PUT,
    &SUMMARIES_DELETE,
    &SUMMARY_DROP,
    &CONTRIBUTORS_DELETE,
];

pub(crate) fn summary_fetch(
    tx: &mut Tx<'_>,
    (guild, channel): (GuildId, ChannelId),
    now: Timestamp,
) -> Result<Option<Summary>, DbError> {
    let row = tx.row(&SUMMARY_FETCH, &[guild.into(), channel.into(), now.into()])?;
    let summary_of = |row: &Row| -> Result<Summary, DbError> {
        Ok(Summary {
            through: row.id(0)?,
            text: row.text(1)?.to_owned(),
            at: row.timestamp(2)?,
        })
    };
    row.as_ref().map(summary_of).transpose()
}

/// Puts a summary in the place of the one that ends at `replaced`; false where there is another by now.
pub(crate) fn summary_put(
    tx: &mut Tx<'_>,
    (guild, channel): (GuildId, ChannelId),
    summary: &Summary,
    replaced: i64,
    expires_at: Timestamp,
) -> Result<bool, DbError> {
    let values = [
        guild.into(),
        channel.into(),
        summary.through.into(),
        summary.text.as_str().into(),
        summary.at.into(),
        expires_at.into(),
        replaced.into(),
    ];
    Ok(tx.execute(&SUMMARY_PUT, &values)? == 1)
}

pub(crate) fn contributor_put(
    tx: &mut Tx<'_>,
    (guild, channel): (GuildId, ChannelId),
    user: UserId,
) -> Result<(), DbError> {
    tx.queue(
        &CONTRIBUTOR_PUT,
        vec![guild.into(), channel.into(), user.into()],
    )
}

/// Forgets the summaries that hold a member's words; how many.
pub(crate) fn summaries_delete(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<u64, DbError> {
    let gone = tx.execute(&SUMMARIES_DELETE, &[guild.into(), user.into()])?;
    tx.queue(&CONTRIBUTORS_DELETE, vec![guild.into(), user.into()])?;
    Ok(gone)
}

/// Forgets the summary of a channel where this message went into it.
pub(crate) fn summary_drop(
    tx: &mut Tx<'_>,
    (guild, channel): (GuildId, ChannelId),
    message: MessageId,
) -> Result<(), DbError> {
    tx.queue(
        &SUMMARY_DROP,
        vec![guild.into(), channel.into(), message.into()],
    )
}
