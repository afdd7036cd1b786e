//! Answers and their messages in the database.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};

use crate::{
    answer::{Answer, AnswerId, AnswerState, Asking},
    prompt::PromptVersion,
};

/// The most answers of one export.
const EXPORT_MAX: i64 = 20_000;

const ANSWER_INSERT: Statement = Statement::new(
    "bots.answer_insert",
    "INSERT INTO bots_answers (id, guild, asked, channel, asker, entry, version, prompt, state, at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'pending', ?9) ON CONFLICT DO NOTHING",
);
const MESSAGE_INSERT: Statement = Statement::new(
    "bots.message_insert",
    "INSERT INTO bots_messages (guild, message, answer) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
);
const ANSWER_FINISH: Statement = Statement::new(
    "bots.answer_finish",
    "UPDATE bots_answers SET state = ?3 WHERE guild = ?1 AND id = ?2 AND state = 'pending'",
);
const ANSWER_OF_MESSAGE: Statement = Statement::new(
    "bots.answer_of_message",
    "SELECT a.id, a.guild, a.asked, a.channel, a.asker, a.entry, a.version, a.prompt, a.state, a.at
       FROM bots_messages m JOIN bots_answers a ON a.id = m.answer
      WHERE m.guild = ?1 AND m.message = ?2 AND a.guild = ?1",
);
const ANSWER_OF_ENTRY: Statement = Statement::new(
    "bots.answer_of_entry",
    "SELECT id, guild, asked, channel, asker, entry, version, prompt, state, at FROM bots_answers
      WHERE guild = ?1 AND entry = ?2",
);
const MESSAGES_LIST: Statement = Statement::new(
    "bots.messages_list",
    "SELECT message FROM bots_messages WHERE answer = ?1 ORDER BY message LIMIT 100",
);
const ANSWERED_AT: Statement = Statement::new(
    "bots.answered_at",
    "SELECT at FROM bots_answers WHERE guild = ?1 AND channel = ?2 ORDER BY at DESC LIMIT 1",
);
const PENDING_LIST: Statement = Statement::new(
    "bots.pending_list",
    "SELECT id, guild, asked, channel, asker, entry, version, prompt, state, at FROM bots_answers
      WHERE state = 'pending' AND at < ?1 ORDER BY at, id LIMIT ?2",
);
const ANSWERS_EXPORT: Statement = Statement::new(
    "bots.answers_export",
    "SELECT id, guild, asked, channel, asker, entry, version, prompt, state, at FROM bots_answers
      WHERE guild = ?1 AND asker = ?2 ORDER BY id LIMIT ?3",
);
const ERASED_VOTES_DELETE: Statement = Statement::new(
    "bots.erased_votes_delete",
    "DELETE FROM bots_votes WHERE answer IN (SELECT id FROM bots_answers WHERE guild = ?1 AND asker = ?2)",
);
const ERASED_MESSAGES_DELETE: Statement = Statement::new(
    "bots.erased_messages_delete",
    "DELETE FROM bots_messages WHERE answer IN (SELECT id FROM bots_answers WHERE guild = ?1 AND asker = ?2)",
);
const ANSWERS_DELETE: Statement = Statement::new(
    "bots.answers_delete",
    "DELETE FROM bots_answers WHERE guild = ?1 AND asker = ?2",
);
const OLD_LIST: Statement = Statement::new(
    "bots.old_list",
    "SELECT id FROM bots_answers WHERE at < ?1 ORDER BY at LIMIT ?2",
);
const OLD_VOTES_DELETE: Statement = Statement::new(
    "bots.old_votes_delete",
    "DELETE FROM bots_votes WHERE answer = ?1",
);
const OLD_MESSAGES_DELETE: Statement = Statement::new(
    "bots.old_messages_delete",
    "DELETE FROM bots_messages WHERE answer = ?1",
);
const OLD_DELETE: Statement =
    Statement::new("bots.old_delete", "DELETE FROM bots_answers WHERE id = ?1");

pub(crate) const STATEMENTS: &[&Statement] = &[
    &ANSWER_INSERT,
    &MESSAGE_INSERT,
    &ANSWER_FINISH,
    &ANSWER_OF_MESSAGE,
    &ANSWER_OF_ENTRY,
    &MESSAGES_LIST,
    &ANSWERED_AT,
    &PENDING_LIST,
    &ANSWERS_EXPORT,
    &ERASED_VOTES_DELETE,
    &ERASED_MESSAGES_DELETE,
    &ANSWERS_DELETE,
    &OLD_LIST,
    &OLD_VOTES_DELETE,
    &OLD_MESSAGES_DELETE,
    &OLD_DELETE,
];

fn answer_of(row: &Row) -> Result<Answer, DbError> {
    Ok(Answer {
        id: AnswerId::new(row.int(0)?),
        guild: row.id(1)?,
        asked: Asking::of_column(row.int(2)?),
        channel: row.id(3)?,
        asker: row.id(4)?,
        entry: row.text(5)?.to_owned(),
        version: PromptVersion {
            number: row.int(6)?,
            digest: row.text(7)?.to_owned(),
        },
        state: AnswerState::of_name(row.text(8)?),
        at: row.timestamp(9)?,
        messages: vec![],
    })
}

/// Writes an answer down; false where this was answered before.
pub(crate) fn answer_insert(tx: &mut Tx<'_>, answer: &Answer) -> Result<bool, DbError> {
    let values = [
        answer.id.get().into(),
        answer.guild.into(),
        answer.asked.get().into(),
        answer.channel.into(),
        answer.asker.into(),
        answer.entry.as_str().into(),
        answer.version.number.into(),
        answer.version.digest.as_str().into(),
        answer.at.into(),
    ];
    Ok(tx.execute(&ANSWER_INSERT, &values)? == 1)
}

pub(crate) fn message_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: AnswerId,
    message: MessageId,
) -> Result<(), DbError> {
    tx.queue(
        &MESSAGE_INSERT,
        vec![guild.into(), message.into(), id.get().into()],
    )
}

pub(crate) fn answer_finish(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: AnswerId,
    state: AnswerState,
) -> Result<bool, DbError> {
    let values = [guild.into(), id.get().into(), state.name().into()];
    Ok(tx.execute(&ANSWER_FINISH, &values)? == 1)
}

pub(crate) fn answer_of_message(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
) -> Result<Option<Answer>, DbError> {
    let row = tx.row(&ANSWER_OF_MESSAGE, &[guild.into(), message.into()])?;
    row.as_ref().map(answer_of).transpose()
}

pub(crate) fn answer_of_entry(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: &str,
) -> Result<Option<Answer>, DbError> {
    let row = tx.row(&ANSWER_OF_ENTRY, &[guild.into(), entry.into()])?;
    row.as_ref().map(answer_of).transpose()
}

pub(crate) fn messages_list(tx: &mut Tx<'_>, id: AnswerId) -> Result<Vec<MessageId>, DbError> {
    let rows = tx.rows(&MESSAGES_LIST, &[id.get().into()])?;
    rows.iter().map(|row| row.id(0)).collect()
}

pub(crate) fn answered_at(
    tx: &mut Tx<'_>,
    guild: GuildId,
    channel: ChannelId,
) -> Result<Option<Timestamp>, DbError> {
    let row = tx.row(&ANSWERED_AT, &[guild.into(), channel.into()])?;
    row.map(|row| row.timestamp(0)).transpose()
}

pub(crate) fn pending_list(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Answer>, DbError> {
    let rows = tx.rows(&PENDING_LIST, &[before.into(), limit.into()])?;
    rows.iter().map(answer_of).collect()
}

pub(crate) fn answers_export(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Vec<Answer>, DbError> {
    let rows = tx.rows(
        &ANSWERS_EXPORT,
        &[guild.into(), user.into(), EXPORT_MAX.into()],
    )?;
    rows.iter().map(answer_of).collect()
}

pub(crate) fn answers_delete(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<u64, DbError> {
    tx.queue(&ERASED_VOTES_DELETE, vec![guild.into(), user.into()])?;
    tx.queue(&ERASED_MESSAGES_DELETE, vec![guild.into(), user.into()])?;
    tx.execute(&ANSWERS_DELETE, &[guild.into(), user.into()])
}

pub(crate) fn answers_prune(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: u32,
) -> Result<u64, DbError> {
    let mut gone = 0;
    for row in tx.rows(&OLD_LIST, &[before.into(), limit.into()])? {
        let id = row.int(0)?;
        tx.queue(&OLD_VOTES_DELETE, vec![id.into()])?;
        tx.queue(&OLD_MESSAGES_DELETE, vec![id.into()])?;
        gone += tx.execute(&OLD_DELETE, &[id.into()])?;
    }
    Ok(gone)
}
