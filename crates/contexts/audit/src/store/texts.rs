//! The texts beside the records: added with them, and dropped when somebody asks or their time is over.

use ::store::{DbError, Row, Statement, Tx, Value};
use kernel::{GuildId, Timestamp};

use super::twenty;

const TEXT_INSERT: Statement = Statement::new(
    "audit.text_insert",
    "INSERT INTO audit_texts (entry, part, field, place, guild, owner, label, salt, text, at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
);
const TEXT_LIST: Statement = Statement::new(
    "audit.text_list",
    "SELECT t.entry, t.part, t.field, t.place, t.owner, t.label, t.salt, t.text, p.user_id
     FROM audit_texts t LEFT JOIN audit_people p ON p.person = t.owner WHERE t.entry IN
     (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
     ORDER BY t.entry, t.part, t.field, t.place",
);
const TEXT_ERASE: Statement = Statement::new(
    "audit.text_erase",
    "DELETE FROM audit_texts WHERE (entry, part, field, place) IN
     (SELECT entry, part, field, place FROM audit_texts WHERE guild = ?1 AND owner = ?2 LIMIT ?3)",
);
const TEXT_PRUNE: Statement = Statement::new(
    "audit.text_prune",
    "DELETE FROM audit_texts WHERE (entry, part, field, place) IN
     (SELECT entry, part, field, place FROM audit_texts WHERE guild = ?1 AND at < ?2 AND field <> 7
      ORDER BY at LIMIT ?3)",
);

pub(crate) const STATEMENTS: &[&Statement] = &[&TEXT_INSERT, &TEXT_LIST, &TEXT_ERASE, &TEXT_PRUNE];

/// A text as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredText {
    pub(crate) entry: i64,
    pub(crate) part: i64,
    pub(crate) field: i64,
    pub(crate) place: i64,
    pub(crate) owner: Option<i64>,
    pub(crate) label: String,
    pub(crate) salt: Vec<u8>,
    pub(crate) text: String,
    /// Whose it is; known only on the way out.
    pub(crate) user: Option<i64>,
}

pub(crate) fn text_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    text: StoredText,
    at: Timestamp,
) -> Result<(), DbError> {
    let values = vec![
        text.entry.into(),
        text.part.into(),
        text.field.into(),
        text.place.into(),
        guild.into(),
        text.owner.into(),
        text.label.into(),
        text.salt.into(),
        text.text.into(),
        at.into(),
    ];
    tx.queue(&TEXT_INSERT, values)
}

/// The texts of these entries, at most twenty at once.
pub(crate) fn text_list(tx: &mut Tx<'_>, entries: &[i64]) -> Result<Vec<StoredText>, DbError> {
    let text = |row: &Row| {
        Ok(StoredText {
            entry: row.int(0)?,
            part: row.int(1)?,
            field: row.int(2)?,
            place: row.int(3)?,
            owner: row.maybe(4, Row::int)?,
            label: row.text(5)?.to_owned(),
            salt: row.blob(6)?.to_vec(),
            text: row.text(7)?.to_owned(),
            user: row.maybe(8, Row::int)?,
        })
    };
    let rows = tx.rows(&TEXT_LIST, &twenty(entries))?;
    rows.iter().map(text).collect()
}

/// Drops up to `limit` texts of a person.
pub(crate) fn text_erase(
    tx: &mut Tx<'_>,
    guild: GuildId,
    person: i64,
    limit: u32,
) -> Result<u64, DbError> {
    tx.execute(
        &TEXT_ERASE,
        &[guild.into(), Value::from(person), limit.into()],
    )
}

/// Drops up to `limit` texts older than a moment.
pub(crate) fn text_prune(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: Timestamp,
    limit: u32,
) -> Result<u64, DbError> {
    tx.execute(&TEXT_PRUNE, &[guild.into(), before.into(), limit.into()])
}
