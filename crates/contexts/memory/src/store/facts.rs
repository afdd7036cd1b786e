//! Facts in the database, each with its words in the index beside it.

use ::store::{DbError, Engine, Row, Statement, Tx};
use kernel::{GuildId, Timestamp, UserId};

use crate::{
    fact::{Fact, FactId, FactState, Origin, Subject},
    place::Scope,
};

/// More than any cap allows, and never without an end.
const PEERS_MAX: i64 = 5_000;

const FACT_INSERT: Statement = Statement::new(
    "memory.fact_insert",
    "INSERT INTO memory_facts (id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence,
     importance, state, at, updated_at, expires_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'live', ?13, ?14, ?15)",
);
const WORDS_INSERT: Statement = Statement::worded(
    "memory.words_insert",
    "INSERT INTO memory_search (rowid, words) VALUES (?1, ?2)",
    "INSERT INTO memory_search (rowid, words) VALUES (?1, CAST(CAST(?2 AS TEXT) AS TSVECTOR))",
);
const WORDS_DELETE: Statement = Statement::new(
    "memory.words_delete",
    "DELETE FROM memory_search WHERE rowid = ?1",
);
const MEMBER_PEERS: Statement = Statement::new(
    "memory.member_peers",
    "SELECT id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence, importance, state,
            at, updated_at, expires_at
       FROM memory_facts WHERE guild = ?1 AND user_id = ?2 AND subject = 'member' AND state = 'live' AND expires_at > ?3
      ORDER BY id DESC LIMIT ?4",
);
const GUILD_PEERS: Statement = Statement::new(
    "memory.guild_peers",
    "SELECT id, guild, subject, user_id, channel, scope, text, phrase, source, origin, confidence, importance, state,
            at, updated_at, expires_at
       FROM memory_facts WHERE guild = ?1 AND subject = 'guild' AND state = 'live' AND expires_at > ?2
      ORDER BY id DESC LIMIT ?3",
);
const FACT_REFRESH: Statement = Statement::new(
    "memory.fact_refresh",
    "UPDATE memory_facts SET user_id = ?3, channel = ?4, source = ?5, origin = ?6, confidence = ?7, importance = ?8,
            updated_at = ?9, expires_at = ?10
      WHERE guild = ?1 AND id = ?2",
);
const FACT_SUPERSEDE: Statement = Statement::new(
    "memory.fact_supersede",
    "UPDATE memory_facts SET state = 'superseded', updated_at = ?3 WHERE guild = ?1 AND id = ?2",
);
const MEMBER_SURPLUS: Statement = Statement::new(
    "memory.member_surplus",
    "SELECT id FROM memory_facts WHERE guild = ?1 AND user_id = ?2 AND subject = 'member'
      ORDER BY state, importance DESC, updated_at DESC, id DESC LIMIT 100 OFFSET ?3",
);
const GUILD_SURPLUS: Statement = Statement::new(
    "memory.guild_surplus",
    "SELECT id FROM memory_facts WHERE guild = ?1 AND subject = 'guild'
      ORDER BY state, importance DESC, updated_at DESC, id DESC LIMIT 100 OFFSET ?2",
);
const FACT_DELETE: Statement = Statement::new(
    "memory.fact_delete",
    "DELETE FROM memory_facts WHERE guild = ?1 AND id = ?2",
);
const REPLACED_DELETE: Statement = Statement::new(
    "memory.replaced_delete",
    "DELETE FROM memory_facts WHERE guild = ?1 AND user_id = ?2 AND subject = ?3 AND phrase = ?4 AND state = 'superseded'",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &FACT_INSERT,
    &WORDS_INSERT,
    &WORDS_DELETE,
    &MEMBER_PEERS,
    &GUILD_PEERS,
    &FACT_REFRESH,
    &FACT_SUPERSEDE,
    &MEMBER_SURPLUS,
    &GUILD_SURPLUS,
    &FACT_DELETE,
    &REPLACED_DELETE,
];

/// A fact as every statement of memory lists its columns.
pub(crate) fn fact_of(row: &Row) -> Result<Fact, DbError> {
    Ok(Fact {
        id: FactId::new(row.int(0)?),
        guild: row.id(1)?,
        subject: Subject::of_name(row.text(2)?),
        user: row.id(3)?,
        channel: row.id(4)?,
        scope: Scope::of_name(row.text(5)?),
        text: row.text(6)?.to_owned(),
        phrase: row.maybe(7, Row::text)?.map(str::to_owned),
        source: row.maybe(8, Row::id)?,
        origin: Origin::of_name(row.text(9)?),
        confidence_permille: u16::try_from(row.int(10)?).unwrap_or(0),
        importance: u8::try_from(row.int(11)?).unwrap_or(1),
        state: FactState::of_name(row.text(12)?),
        at: row.timestamp(13)?,
        updated_at: row.timestamp(14)?,
        expires_at: row.timestamp(15)?,
    })
}

pub(crate) fn facts_of(rows: &[Row]) -> Result<Vec<Fact>, DbError> {
    rows.iter().map(fact_of).collect()
}

/// A word with whom it belongs to in front, so that no two tenants share a posting list.
pub(crate) fn member_word(guild: GuildId, user: UserId, word: &str) -> String {
    format!("{guild}m{user}x{word}")
}

/// A word of the guild.
pub(crate) fn guild_word(guild: GuildId, word: &str) -> String {
    format!("{guild}gx{word}")
}

/// The words of a fact as the engine's index takes them.
fn indexed(engine: Engine, fact: &Fact, words: &[String]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| match fact.subject {
            Subject::Member => member_word(fact.guild, fact.user, word),
            Subject::Guild => guild_word(fact.guild, word),
        })
        .map(|word| match engine {
            Engine::Libsql => word,
            // Words are letters and digits, so that nothing in them ends the quotes.
            Engine::Postgres => format!("'{word}'"),
        })
        .collect();
    words.join(" ")
}

pub(crate) fn fact_insert(tx: &mut Tx<'_>, fact: &Fact, words: &[String]) -> Result<(), DbError> {
    let values = vec![
        fact.id.get().into(),
        fact.guild.into(),
        fact.subject.name().into(),
        fact.user.into(),
        fact.channel.into(),
        fact.scope.name().into(),
        fact.text.as_str().into(),
        fact.phrase.clone().into(),
        fact.source.into(),
        fact.origin.name().into(),
        i64::from(fact.confidence_permille).into(),
        i64::from(fact.importance).into(),
        fact.at.into(),
        fact.updated_at.into(),
        fact.expires_at.into(),
    ];
    tx.queue(&FACT_INSERT, values)?;
    let indexed = indexed(tx.engine(), fact, words);
    tx.queue(&WORDS_INSERT, vec![fact.id.get().into(), indexed.into()])
}

/// The live facts about the same person, or about the guild.
pub(crate) fn fact_peers(tx: &mut Tx<'_>, fact: &Fact) -> Result<Vec<Fact>, DbError> {
    let guild = fact.guild.into();
    let rows = match fact.subject {
        Subject::Member => tx.rows(
            &MEMBER_PEERS,
            &[guild, fact.user.into(), fact.at.into(), PEERS_MAX.into()],
        )?,
        Subject::Guild => tx.rows(&GUILD_PEERS, &[guild, fact.at.into(), PEERS_MAX.into()])?,
    };
    facts_of(&rows)
}

pub(crate) fn fact_refresh(tx: &mut Tx<'_>, fact: &Fact) -> Result<(), DbError> {
    let values = vec![
        fact.guild.into(),
        fact.id.get().into(),
        fact.user.into(),
        fact.channel.into(),
        fact.source.into(),
        fact.origin.name().into(),
        i64::from(fact.confidence_permille).into(),
        i64::from(fact.importance).into(),
        fact.updated_at.into(),
        fact.expires_at.into(),
    ];
    tx.queue(&FACT_REFRESH, values)
}

/// Takes a fact out of recall; what it said stays for the receipt until it expires.
pub(crate) fn fact_supersede(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: FactId,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.queue(
        &FACT_SUPERSEDE,
        vec![guild.into(), id.get().into(), at.into()],
    )?;
    tx.queue(&WORDS_DELETE, vec![id.get().into()])
}

pub(crate) fn fact_delete(tx: &mut Tx<'_>, guild: GuildId, id: FactId) -> Result<bool, DbError> {
    tx.queue(&WORDS_DELETE, vec![id.get().into()])?;
    Ok(tx.execute(&FACT_DELETE, &[guild.into(), id.get().into()])? == 1)
}

/// Deletes what a fact took the place of; that is in no index any more.
pub(crate) fn replaced_delete(tx: &mut Tx<'_>, fact: &Fact) -> Result<(), DbError> {
    let Some(phrase) = &fact.phrase else {
        return Ok(());
    };
    let values = vec![
        fact.guild.into(),
        fact.user.into(),
        fact.subject.name().into(),
        phrase.into(),
    ];
    tx.queue(&REPLACED_DELETE, values)
}

pub(crate) fn member_facts_cap(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    max: i64,
) -> Result<(), DbError> {
    let rows = tx.rows(&MEMBER_SURPLUS, &[guild.into(), user.into(), max.into()])?;
    drop_all(tx, guild, &rows)
}

pub(crate) fn guild_facts_cap(tx: &mut Tx<'_>, guild: GuildId, max: i64) -> Result<(), DbError> {
    let rows = tx.rows(&GUILD_SURPLUS, &[guild.into(), max.into()])?;
    drop_all(tx, guild, &rows)
}

fn drop_all(tx: &mut Tx<'_>, guild: GuildId, rows: &[Row]) -> Result<(), DbError> {
    for row in rows {
        fact_delete(tx, guild, FactId::new(row.int(0)?))?;
    }
    Ok(())
}
