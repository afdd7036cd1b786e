//! What is kept of a member: that they wrote a revision, the note they left with it, and that they were shown around.

use ::store::{DbError, Tx};
use kernel::{GuildId, Op, UserId};
use serde_json::{Value, json};

use crate::{
    revision::Author,
    store::{revisions, tours},
};

/// The most revisions that an export lists.
const EXPORT_LIMIT: u32 = 10_000;

/// Forgets who wrote a member's revisions, and their notes; gives how many there were. The settings stay. That they were
/// shown around is forgotten as well, and they are asked again.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx<'_>, op: &Op, guild: GuildId, user: UserId) -> Result<u64, DbError> {
    debug_assert_eq!(op.guild, guild, "an operation is about its own guild");
    tours::delete(tx, user)?;
    revisions::author_forget(tx, guild, &Author::Member(user))
}

/// A member's revisions, with when they wrote them and what they said; and when they were shown around.
///
/// # Errors
/// When the database fails.
pub fn export(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<Value, DbError> {
    let entries = revisions::authored_list(tx, guild, &Author::Member(user), EXPORT_LIMIT)?;
    let items = entries.into_iter().map(
        |entry| json!({"revision": entry.revision, "at": entry.at.to_string(), "note": entry.note}),
    );
    let shown_around_at = tours::fetch(tx, user)?.map(|at| at.to_string());
    Ok(json!({ "revisions": items.collect::<Vec<_>>(), "shown_around_at": shown_around_at }))
}
