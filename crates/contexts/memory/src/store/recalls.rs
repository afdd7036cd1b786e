//! What a viewer may be reminded of: the one place where facts are found by words.
//!
//! Every condition here stands again in [`Fact::is_for`]; a test breaks each on its own.

use ::store::{DbError, Engine, Row, Statement, Tx, Value};
use kernel::Timestamp;

use super::facts::{facts_of, guild_word, member_word};
use crate::{fact::Fact, place::Viewer};

const FACTS_SEARCH: Statement = Statement::worded(
    "memory.facts_search",
    "SELECT f.id, f.guild, f.subject, f.user_id, f.channel, f.scope, f.text, f.phrase, f.source, f.origin, f.confidence,
            f.importance, f.state, f.at, f.updated_at, f.expires_at
       FROM memory_search s JOIN memory_facts f ON f.id = s.rowid
      WHERE memory_search MATCH ?1
        AND f.guild = ?2 AND (f.subject = 'guild' OR f.user_id = ?3) AND (f.scope = 'guild' OR f.channel = ?4)
        AND f.state = 'live' AND f.expires_at > ?5
        AND NOT EXISTS (SELECT 1 FROM memory_members m WHERE m.guild = f.guild AND m.user_id = f.user_id AND m.silent)
      ORDER BY f.importance DESC, f.updated_at DESC, f.id DESC LIMIT ?6",
    "SELECT f.id, f.guild, f.subject, f.user_id, f.channel, f.scope, f.text, f.phrase, f.source, f.origin, f.confidence,
            f.importance, f.state, f.at, f.updated_at, f.expires_at
       FROM memory_search s JOIN memory_facts f ON f.id = s.rowid
      WHERE s.words @@ CAST(CAST(?1 AS TEXT) AS TSQUERY)
        AND f.guild = ?2 AND (f.subject = 'guild' OR f.user_id = ?3) AND (f.scope = 'guild' OR f.channel = ?4)
        AND f.state = 'live' AND f.expires_at > ?5
        AND NOT EXISTS (SELECT 1 FROM memory_members m WHERE m.guild = f.guild AND m.user_id = f.user_id AND m.silent)
      ORDER BY f.importance DESC, f.updated_at DESC, f.id DESC LIMIT ?6",
);
const FACTS_STANDING: Statement = Statement::new(
    "memory.facts_standing",
    "SELECT f.id, f.guild, f.subject, f.user_id, f.channel, f.scope, f.text, f.phrase, f.source, f.origin, f.confidence,
            f.importance, f.state, f.at, f.updated_at, f.expires_at
       FROM memory_facts f
      WHERE f.guild = ?1 AND f.user_id = ?2 AND f.subject = 'member' AND (f.scope = 'guild' OR f.channel = ?3)
        AND f.state = 'live' AND f.expires_at > ?4
        AND NOT EXISTS (SELECT 1 FROM memory_members m WHERE m.guild = f.guild AND m.user_id = f.user_id AND m.silent)
      ORDER BY f.importance DESC, f.updated_at DESC, f.id DESC LIMIT ?5",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&FACTS_SEARCH, &FACTS_STANDING];

/// The facts with any of these words that the viewer may be reminded of.
pub(crate) fn facts_search(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    words: &[String],
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Fact>, DbError> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let query = query(tx.engine(), viewer, words);
    let values: [Value; 6] = [
        query.into(),
        viewer.guild.into(),
        viewer.user.into(),
        viewer.channel.into(),
        now.into(),
        limit.into(),
    ];
    let rows: Vec<Row> = tx.rows(&FACTS_SEARCH, &values)?;
    facts_of(&rows)
}

/// Any of the words, of the member or of the guild.
fn query(engine: Engine, viewer: &Viewer, words: &[String]) -> String {
    let (quote, or) = match engine {
        Engine::Libsql => ('"', " OR "),
        Engine::Postgres => ('\'', " | "),
    };
    let of_word = |word: &String| {
        [
            member_word(viewer.guild, viewer.user, word),
            guild_word(viewer.guild, word),
        ]
    };
    let all: Vec<String> = words
        .iter()
        .flat_map(of_word)
        .map(|word| format!("{quote}{word}{quote}"))
        .collect();
    all.join(or)
}

/// What matters most about the viewer, whatever was asked.
pub(crate) fn facts_standing(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Fact>, DbError> {
    let values = [
        viewer.guild.into(),
        viewer.user.into(),
        viewer.channel.into(),
        now.into(),
        limit.into(),
    ];
    facts_of(&tx.rows(&FACTS_STANDING, &values)?)
}
