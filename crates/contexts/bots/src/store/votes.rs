//! Thumbs in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Op, Timestamp, UserId};

use crate::answer::{AnswerId, Tally, Vote};

/// The most thumbs of one export.
const EXPORT_MAX: i64 = 20_000;

const VOTE_PUT: Statement = Statement::new(
    "bots.vote_put",
    "INSERT INTO bots_votes (answer, user_id, guild, vote, at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (answer, user_id) DO UPDATE SET vote = excluded.vote, at = excluded.at",
);
const VOTE_DELETE: Statement = Statement::new(
    "bots.vote_delete",
    "DELETE FROM bots_votes WHERE answer = ?1 AND user_id = ?2",
);
const TALLY: Statement = Statement::new(
    "bots.tally",
    "SELECT COUNT(CASE WHEN vote = 1 THEN 1 END), COUNT(CASE WHEN vote = -1 THEN 1 END) FROM bots_votes WHERE answer = ?1",
);
const VOTES_DELETE: Statement = Statement::new(
    "bots.votes_delete",
    "DELETE FROM bots_votes WHERE guild = ?1 AND user_id = ?2",
);
const VOTES_EXPORT: Statement = Statement::new(
    "bots.votes_export",
    "SELECT a.entry, v.vote, v.at FROM bots_votes v JOIN bots_answers a ON a.id = v.answer
      WHERE v.guild = ?1 AND v.user_id = ?2 ORDER BY v.answer LIMIT ?3",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &VOTE_PUT,
    &VOTE_DELETE,
    &TALLY,
    &VOTES_DELETE,
    &VOTES_EXPORT,
];

pub(crate) fn vote_put(
    tx: &mut Tx<'_>,
    op: &Op,
    id: AnswerId,
    user: UserId,
    vote: Vote,
) -> Result<(), DbError> {
    let values = [
        id.get().into(),
        user.into(),
        op.guild.into(),
        vote.column().into(),
        op.at.into(),
    ];
    tx.execute(&VOTE_PUT, &values).map(drop)
}

pub(crate) fn vote_delete(tx: &mut Tx<'_>, id: AnswerId, user: UserId) -> Result<(), DbError> {
    tx.execute(&VOTE_DELETE, &[id.get().into(), user.into()])
        .map(drop)
}

pub(crate) fn tally(tx: &mut Tx<'_>, id: AnswerId) -> Result<Tally, DbError> {
    let row = tx.row(&TALLY, &[id.get().into()])?;
    row.map_or(Ok(Tally::default()), |row| {
        Ok(Tally {
            up: row.int(0)?,
            down: row.int(1)?,
        })
    })
}

pub(crate) fn votes_delete(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<u64, DbError> {
    tx.execute(&VOTES_DELETE, &[guild.into(), user.into()])
}

pub(crate) fn votes_export(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Vec<(String, i64, Timestamp)>, DbError> {
    let rows = tx.rows(
        &VOTES_EXPORT,
        &[guild.into(), user.into(), EXPORT_MAX.into()],
    )?;
    let vote_of = |row: &Row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.timestamp(2)?));
    rows.iter().map(vote_of).collect()
}
