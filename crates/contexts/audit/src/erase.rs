//! Forgetting: what a member said is dropped with its salt, and then who the member was. The chain stays as it is.
//!
//! A chain holds a digest of each text under a salt of sixteen bytes that stands beside the text. With the salt gone
//! nobody can try words against the digest, and nothing in the chain has to change.
//!
//! The rows are gone at the commit. That their bytes are gone as well is the storage's part: the embedded engine must
//! overwrite what it frees and empty its log afterwards, PostgreSQL must vacuum the tables, and copies made before age
//! out with the backups.

use ::store::{DbError, Tx};
use kernel::{GuildId, Op, Timestamp, UserId};
use serde_json::Value as Json;

use crate::{
    json,
    row::Record,
    search::{Filter, search},
    store::{
        people::{person_delete, person_fetch, person_list},
        texts::{text_erase, text_prune},
    },
};

/// The most texts that one call drops.
pub const ERASE_CHUNK_MAX: u32 = 2_000;
/// The most entries of a member's own copy.
pub const EXPORT_ENTRIES_MAX: usize = 10_000;

/// What was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many texts.
    pub texts: u64,
    /// Whether there is more: then call again.
    pub more: bool,
}

/// Drops the texts of a member, at most [`ERASE_CHUNK_MAX`] a call, and with the last of them who the member was.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx<'_>, _op: &Op, guild: GuildId, user: UserId) -> Result<Erased, DbError> {
    let Some(person) = person_fetch(tx, guild, user)? else {
        return Ok(Erased {
            texts: 0,
            more: false,
        });
    };
    let texts = text_erase(tx, guild, person, ERASE_CHUNK_MAX)?;
    let more = texts == u64::from(ERASE_CHUNK_MAX);
    if !more {
        person_delete(tx, guild, user)?;
    }
    Ok(Erased { texts, more })
}

/// Drops texts of a guild that are older than a moment, at most `limit`; gives how many. Rules' names stay: they are
/// the owner's, and no words of a member.
///
/// # Errors
/// When the database fails.
pub fn prune_texts(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: Timestamp,
    limit: u32,
) -> Result<u64, DbError> {
    text_prune(tx, guild, before, limit.min(ERASE_CHUNK_MAX))
}

/// A member's own copy: the entries about them or set off by them, in the contract's shape, newest first. What others
/// said is left out.
///
/// # Errors
/// When the database fails.
pub fn export(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<Json, DbError> {
    let viewer = crate::view::Viewer {
        user,
        rank: crate::view::Rank::Member,
    };
    let filter = Filter {
        user: Some(user),
        ..Filter::default()
    };
    let (mut entries, mut cursor) = (Vec::new(), None);
    loop {
        let page = search(tx, guild, &filter, cursor, crate::search::LIMIT_MAX)?;
        let shown = page.entries.iter().filter_map(|entry| viewer.sees(entry));
        entries.extend(shown.map(|entry| json::entry(&entry)));
        cursor = page.next;
        if cursor.is_none() || entries.len() >= EXPORT_ENTRIES_MAX {
            break;
        }
    }
    Ok(serde_json::json!({ "entries": entries, "complete": cursor.is_none() }))
}

/// Whom a decision is about, as far as that is still known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    Nobody,
    Known(UserId),
    Forgotten,
}

impl Whom {
    pub(crate) const fn user(self) -> Option<UserId> {
        match self {
            Self::Known(user) => Some(user),
            Self::Nobody | Self::Forgotten => None,
        }
    }

    pub(crate) const fn is_forgotten(self) -> bool {
        matches!(self, Self::Forgotten)
    }
}

pub(crate) fn whom(tx: &mut Tx<'_>, decision: &Record) -> Result<Whom, DbError> {
    let Some(person) = decision.subject.or(decision.trigger_person) else {
        return Ok(Whom::Nobody);
    };
    let known = person_list(tx, &[person])?;
    let user = known
        .first()
        .and_then(|known| UserId::from_column(known.user).ok());
    Ok(user.map_or(Whom::Forgotten, Whom::Known))
}
