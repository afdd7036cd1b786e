//! Who a person's number stands for: kept beside the records, so that it can be forgotten.

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, UserId};

use super::twenty;

const PERSON_FETCH: Statement = Statement::new(
    "audit.person_fetch",
    "SELECT person FROM audit_people WHERE guild = ?1 AND user_id = ?2",
);
const PERSON_INSERT: Statement = Statement::new(
    "audit.person_insert",
    "INSERT INTO audit_people (guild, user_id, person, salt) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (guild, user_id) DO NOTHING RETURNING person",
);
const PERSON_DELETE: Statement = Statement::new(
    "audit.person_delete",
    "DELETE FROM audit_people WHERE guild = ?1 AND user_id = ?2",
);
const PERSON_LIST: Statement = Statement::new(
    "audit.person_list",
    "SELECT person, guild, user_id, salt FROM audit_people WHERE person IN
     (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
);

pub(crate) const STATEMENTS: &[&Statement] =
    &[&PERSON_FETCH, &PERSON_INSERT, &PERSON_DELETE, &PERSON_LIST];

/// A person as the mapping has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) person: i64,
    pub(crate) guild: i64,
    pub(crate) user: i64,
    pub(crate) salt: Vec<u8>,
}

pub(crate) fn person_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
) -> Result<Option<i64>, DbError> {
    let row = tx.row(&PERSON_FETCH, &[guild.into(), user.into()])?;
    row.map(|row| row.int(0)).transpose()
}

/// Adds a person; gives the number that holds, which is another where somebody was faster.
pub(crate) fn person_insert(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    person: i64,
    salt: Vec<u8>,
) -> Result<i64, DbError> {
    let values = [guild.into(), user.into(), person.into(), salt.into()];
    if let Some(row) = tx.row(&PERSON_INSERT, &values)? {
        return row.int(0);
    }
    Ok(person_fetch(tx, guild, user)?.unwrap_or(person))
}

pub(crate) fn person_delete(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<(), DbError> {
    tx.queue(&PERSON_DELETE, vec![guild.into(), user.into()])
}

/// Who these numbers stand for, at most twenty at once.
pub(crate) fn person_list(tx: &mut Tx<'_>, people: &[i64]) -> Result<Vec<Person>, DbError> {
    let person = |row: &Row| {
        Ok(Person {
            person: row.int(0)?,
            guild: row.int(1)?,
            user: row.int(2)?,
            salt: row.blob(3)?.to_vec(),
        })
    };
    let rows = tx.rows(&PERSON_LIST, &twenty(people))?;
    rows.iter().map(person).collect()
}
