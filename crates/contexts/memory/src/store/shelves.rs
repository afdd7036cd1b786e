//! Lists and clearances: what is deleted goes from the index first.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{ChannelId, GuildId, MessageId, Span, Timestamp, UserId};

use super::{
    facts::{fact_of, facts_of},
    turns::turn_of,
};
use crate::{
    fact::{Fact, FactId},
    turn::Turn,
};

/// The most rows of one sort in an export; caps keep every member below.
const EXPORT_MAX: i64 = 20_000;

const FACT_FETCH: Statement = Statement::new(
    "memory.fact_fetch",
    "SELECT id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence, importance, state,
            at, updated_at, expires_at
       FROM memory_facts WHERE guild = ?1 AND id = ?2",
);
const GUILD_LIST: Statement = Statement::new(
    "memory.guild_list",
    "SELECT id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence, importance, state,
            at, updated_at, expires_at
       FROM memory_facts WHERE guild = ?1 AND id < ?2 AND state = 'live' AND expires_at > ?3 ORDER BY id DESC LIMIT ?4",
);
// The signs keep an engine from walking all that a guild remembers in its order: a member's few facts are sorted.
const MEMBER_LIST: Statement = Statement::new(
    "memory.member_list",
    "SELECT id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence, importance, state,
            at, updated_at, expires_at
       FROM memory_facts WHERE guild = ?1 AND +id < ?2 AND state = 'live' AND expires_at > ?3 AND user_id = ?5
      ORDER BY +id DESC LIMIT ?4",
);
const FACTS_EXPORT: Statement = Statement::new(
    "memory.facts_export",
    "SELECT id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence, importance, state,
            at, updated_at, expires_at
       FROM memory_facts WHERE guild = ?1 AND user_id = ?2 ORDER BY id LIMIT ?3",
);
const TURNS_EXPORT: Statement = Statement::new(
    "memory.turns_export",
    "SELECT guild, message, channel, scope, speaker, user_id, name, text, at, expires_at
       FROM memory_turns WHERE guild = ?1 AND user_id = ?2 ORDER BY message LIMIT ?3",
);
const WORDS_DELETE: Statement = Statement::new(
    "memory.words_of_member_delete",
    "DELETE FROM memory_search WHERE rowid IN (SELECT id FROM memory_facts WHERE guild = ?1 AND user_id = ?2)",
);
const FACTS_DELETE: Statement = Statement::new(
    "memory.facts_delete",
    "DELETE FROM memory_facts WHERE guild = ?1 AND user_id = ?2",
);
const TURNS_DELETE: Statement = Statement::new(
    "memory.turns_delete",
    "DELETE FROM memory_turns WHERE guild = ?1 AND user_id = ?2",
);
const SOURCE_WORDS_DELETE: Statement = Statement::new(
    "memory.words_of_source_delete",
    "DELETE FROM memory_search WHERE rowid IN (SELECT id FROM memory_facts WHERE guild = ?1 AND source = ?2)",
);
const SOURCE_DELETE: Statement = Statement::new(
    "memory.source_delete",
    "DELETE FROM memory_facts WHERE guild = ?1 AND source = ?2",
);
const FACTS_CONCEAL: Statement = Statement::new(
    "memory.facts_conceal",
    "UPDATE memory_facts SET scope = 'channel' WHERE guild = ?1 AND channel = ?2 AND scope <> 'channel'",
);
const TURNS_CONCEAL: Statement = Statement::new(
    "memory.turns_conceal",
    "UPDATE memory_turns SET scope = 'channel' WHERE guild = ?1 AND channel = ?2 AND scope <> 'channel'",
);
const FACTS_EXPIRED: Statement = Statement::new(
    "memory.facts_expired",
    "SELECT guild, id FROM memory_facts WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2",
);
const TURNS_PRUNE: Statement = Statement::new(
    "memory.turns_prune",
    "DELETE FROM memory_turns WHERE (guild, message) IN
     (SELECT guild, message FROM memory_turns WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
);
const CONTRIBUTORS_PRUNE: Statement = Statement::new(
    "memory.contributors_prune",
    "DELETE FROM memory_contributors WHERE (guild, channel) IN
     (SELECT guild, channel FROM memory_summaries WHERE expires_at <= ?1)",
);
const SUMMARIES_PRUNE: Statement = Statement::new(
    "memory.summaries_prune",
    "DELETE FROM memory_summaries WHERE expires_at <= ?1",
);
const FACTS_RETAIN: Statement = Statement::new(
    "memory.facts_retain",
    "UPDATE memory_facts SET expires_at = updated_at + ?2 WHERE guild = ?1 AND expires_at > updated_at + ?2",
);
const TURNS_RETAIN: Statement = Statement::new(
    "memory.turns_retain",
    "UPDATE memory_turns SET expires_at = at + ?2 WHERE guild = ?1 AND expires_at > at + ?2",
);
const SUMMARIES_RETAIN: Statement = Statement::new(
    "memory.summaries_retain",
    "UPDATE memory_summaries SET expires_at = at + ?2 WHERE guild = ?1 AND expires_at > at + ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &FACT_FETCH,
    &GUILD_LIST,
    &MEMBER_LIST,
    &FACTS_EXPORT,
    &TURNS_EXPORT,
    &WORDS_DELETE,
    &FACTS_DELETE,
    &TURNS_DELETE,
    &SOURCE_WORDS_DELETE,
    &SOURCE_DELETE,
    &FACTS_CONCEAL,
    &TURNS_CONCEAL,
    &FACTS_EXPIRED,
    &TURNS_PRUNE,
    &CONTRIBUTORS_PRUNE,
    &SUMMARIES_PRUNE,
    &FACTS_RETAIN,
    &TURNS_RETAIN,
    &SUMMARIES_RETAIN,
];

pub(crate) fn fact_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: FactId,
) -> Result<Option<Fact>, DbError> {
    let row = tx.row(&FACT_FETCH, &[guild.into(), id.get().into()])?;
    row.as_ref().map(fact_of).transpose()
}

pub(crate) fn facts_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: Option<UserId>,
    before: Option<FactId>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Fact>, DbError> {
    let before = before.map_or(i64::MAX, FactId::get);
    let mut values = vec![guild.into(), before.into(), now.into(), limit.into()];
    let statement = match user {
        Some(user) => {
            values.push(user.into());
            &MEMBER_LIST
        }
        None => &GUILD_LIST,
    };
    facts_of(&tx.rows(statement, &values)?)
}

pub(crate) fn facts_export(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Vec<Fact>, DbError> {
    let values = [guild.into(), user.into(), EXPORT_MAX.into()];
    facts_of(&tx.rows(&FACTS_EXPORT, &values)?)
}

pub(crate) fn turns_export(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Vec<Turn>, DbError> {
    let values = [guild.into(), user.into(), EXPORT_MAX.into()];
    let rows: Vec<Row> = tx.rows(&TURNS_EXPORT, &values)?;
    rows.iter().map(turn_of).collect()
}

pub(crate) fn facts_delete(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<u64, DbError> {
    tx.queue(&WORDS_DELETE, vec![guild.into(), user.into()])?;
    tx.execute(&FACTS_DELETE, &[guild.into(), user.into()])
}

pub(crate) fn turns_delete(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<u64, DbError> {
    tx.execute(&TURNS_DELETE, &[guild.into(), user.into()])
}

pub(crate) fn source_delete(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
) -> Result<u64, DbError> {
    tx.queue(&SOURCE_WORDS_DELETE, vec![guild.into(), message.into()])?;
    tx.execute(&SOURCE_DELETE, &[guild.into(), message.into()])
}

pub(crate) fn channel_conceal(
    tx: &mut Tx<'_>,
    guild: GuildId,
    channel: ChannelId,
) -> Result<u64, DbError> {
    let values = [guild.into(), channel.into()];
    let facts = tx.execute(&FACTS_CONCEAL, &values)?;
    Ok(facts + tx.execute(&TURNS_CONCEAL, &values)?)
}

pub(crate) fn facts_prune(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, DbError> {
    let mut gone = 0;
    for row in tx.rows(&FACTS_EXPIRED, &[now.into(), limit.into()])? {
        let id = FactId::new(row.int(1)?);
        gone += u64::from(super::facts::fact_delete(tx, row.id(0)?, id)?);
    }
    Ok(gone)
}

pub(crate) fn turns_prune(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, DbError> {
    tx.execute(&TURNS_PRUNE, &[now.into(), limit.into()])
}

pub(crate) fn summaries_prune(tx: &mut Tx<'_>, now: Timestamp) -> Result<u64, DbError> {
    tx.queue(&CONTRIBUTORS_PRUNE, vec![now.into()])?;
    tx.execute(&SUMMARIES_PRUNE, &[now.into()])
}

pub(crate) fn retain(
    tx: &mut Tx<'_>,
    guild: GuildId,
    words: Span,
    facts: Span,
) -> Result<(), DbError> {
    let within = |span: Span| vec![guild.into(), span.as_micros().into()];
    tx.queue(&FACTS_RETAIN, within(facts))?;
    tx.queue(&TURNS_RETAIN, within(words))?;
    tx.queue(&SUMMARIES_RETAIN, within(words))
}
