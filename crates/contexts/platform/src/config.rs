//! Writing and reading a guild's configuration.
//!
//! The writer gives a document that every context has checked. Each accepted write is one revision with one cause,
//! also where the document says what it said before: then its changes are none. A retry is told what the first run
//! did, and the same cause with another document is a conflict.

use ::store::{DbError, Tx};
use kernel::{Fault, FaultKind, GuildId, Op, Timestamp, Told};

use crate::{
    diff::{Change, diff},
    document::Document,
    revision::{Author, Entry, Mark, Revision, Snapshot},
    store::{heads, revisions},
};

/// The most characters of a note.
pub const NOTE_LENGTH_MAX: usize = 300;
/// The most guilds that [`changed_since`] gives at once.
pub const CHANGED_LIMIT_MAX: u32 = 500;
const CAUSE_LENGTH_MAX: usize = 700;

/// A new document for a guild.
#[derive(Debug, Clone, PartialEq)]
pub struct Put {
    /// What is to be set, whole and checked.
    pub document: Document,
    /// What the author says about it.
    pub note: String,
    /// The revision that the author looked at; another head is a conflict.
    pub base_revision: Option<Revision>,
}

/// Whether something was done now or by an earlier run of the same cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It was done now.
    New,
    /// It was done before; nothing was done now.
    Before,
}

/// What a write came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The revision that holds the document.
    pub revision: Revision,
    /// Its place among all changes.
    pub mark: Mark,
    /// What differs from the revision before.
    pub changes: Vec<Change>,
    /// Whether it was written now.
    pub novelty: Novelty,
}

/// A guild whose configuration changed, and what it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The guild.
    pub guild: GuildId,
    /// Its head.
    pub revision: Revision,
    /// The head's place among all changes: ask again from the last one.
    pub mark: Mark,
    /// What is in force.
    pub document: Document,
}

/// Why a configuration was not written or compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The guild has no configuration.
    #[error("guild {guild} has no configuration yet")]
    NotStarted {
        /// The guild.
        guild: GuildId,
    },
    /// Somebody wrote a revision since the author looked.
    #[error("the write is based on revision {base}, the head is {head}")]
    Stale {
        /// What the author looked at.
        base: Revision,
        /// What is in force.
        head: Revision,
    },
    /// The same cause wrote something else before.
    #[error("the cause {cause} has written another document before")]
    CauseReused {
        /// The cause.
        cause: String,
    },
    /// The note is too long.
    #[error("the note has more than {NOTE_LENGTH_MAX} characters")]
    NoteTooLong,
    /// There is no such revision.
    #[error("there is no revision {revision}")]
    NoSuchRevision {
        /// Which.
        revision: Revision,
    },
    /// The guild joined after the moment.
    #[error("nothing was set at {at} yet")]
    NothingThen {
        /// The moment.
        at: Timestamp,
    },
    /// The old document does not pass today's check.
    #[error("the old settings are refused today: {reason}")]
    Refused {
        /// What is wrong with it.
        reason: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for ConfigError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotStarted { .. } | Self::NoSuchRevision { .. } | Self::NothingThen { .. } => {
                FaultKind::NotFound
            }
            Self::Stale { .. } | Self::CauseReused { .. } => FaultKind::Conflict,
            Self::NoteTooLong | Self::Refused { .. } => FaultKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NotStarted { .. } => Told::new("platform-not-started"),
            Self::Stale { base, head } => Told::new("platform-stale")
                .with("base", base.get())
                .with("head", head.get()),
            Self::CauseReused { .. } => Told::new("platform-cause-reused"),
            Self::NoteTooLong => Told::new("platform-note-too-long"),
            Self::NoSuchRevision { revision } => {
                Told::new("platform-no-such-revision").with("revision", revision.get())
            }
            Self::NothingThen { .. } => Told::new("platform-nothing-then"),
            Self::Refused { reason } => {
                Told::new("platform-refused-today").with("reason", reason.as_str())
            }
            Self::Store(error) => error.told(),
        }
    }
}

/// Gives a guild its first revision, of defaults; a guild that has a configuration keeps it.
///
/// # Errors
/// When the database fails.
pub fn config_start(
    tx: &mut Tx<'_>,
    op: &Op,
    defaults: &Document,
) -> Result<(Revision, Novelty), DbError> {
    if let Some(head) = heads::head_fetch(tx, op.guild)? {
        return Ok((head.revision, Novelty::Before));
    }
    let mark = heads::mark_take(tx, 1)?;
    // Another process may have been quicker until the mark was ours.
    if let Some(head) = heads::head_fetch(tx, op.guild)? {
        return Ok((head.revision, Novelty::Before));
    }
    let entry = entry(op, Revision::FIRST, mark, op.at, String::new());
    revision_write(tx, &entry, defaults)?;
    Ok((Revision::FIRST, Novelty::New))
}

/// Writes a new revision.
///
/// # Errors
/// When the base is stale, the guild has no configuration, the note is too long, or the database fails.
pub fn config_put(tx: &mut Tx<'_>, op: &Op, cmd: &Put) -> Result<Written, ConfigError> {
    let note = noted(&cmd.note)?;
    let mark = heads::mark_take(tx, 1)?;
    let guild = op.guild;
    if let Some(before) = revisions::caused_fetch(tx, guild, &caused(op))? {
        return replayed(tx, op, &before, &cmd.document);
    }
    let head = heads::head_fetch(tx, guild)?;
    let head = head.ok_or(ConfigError::NotStarted { guild })?;
    if let Some(base) = cmd.base_revision.filter(|base| *base != head.revision) {
        let head = head.revision;
        return Err(ConfigError::Stale { base, head });
    }
    let was = revisions::content_fetch(tx, guild, head.document)?;
    // A clock that steps back does not let a later revision come into force before an earlier one.
    let entry = entry(op, head.revision.next(), mark, op.at.max(head.at), note);
    revision_write(tx, &entry, &cmd.document)?;
    Ok(Written {
        revision: entry.revision,
        mark,
        changes: diff(was.value(), cmd.document.value()),
        novelty: Novelty::New,
    })
}

fn replayed(
    tx: &mut Tx<'_>,
    op: &Op,
    before: &Entry,
    document: &Document,
) -> Result<Written, ConfigError> {
    let written = document_of(tx, op.guild, before.revision)?;
    if &written != document {
        return Err(ConfigError::CauseReused {
            cause: before.cause.clone(),
        });
    }
    let changes = match before.revision.before() {
        Some(previous) => diff(
            document_of(tx, op.guild, previous)?.value(),
            written.value(),
        ),
        None => Vec::new(),
    };
    Ok(Written {
        revision: before.revision,
        mark: before.mark,
        changes,
        novelty: Novelty::Before,
    })
}

fn document_of(
    tx: &mut Tx<'_>,
    guild: GuildId,
    revision: Revision,
) -> Result<Document, ConfigError> {
    let found = revisions::snapshot_fetch(tx, guild, revision)?;
    let found = found.ok_or(ConfigError::NoSuchRevision { revision })?;
    Ok(found.document)
}

fn entry(op: &Op, revision: Revision, mark: Mark, at: Timestamp, note: String) -> Entry {
    Entry {
        guild: op.guild,
        revision,
        mark,
        author: Author::of(&op.actor),
        at,
        note,
        cause: caused(op),
        restores: None,
    }
}

fn revision_write(tx: &mut Tx<'_>, entry: &Entry, document: &Document) -> Result<(), DbError> {
    let number = revisions::document_put(tx, entry.guild, entry.revision, document)?;
    revisions::revision_insert(tx, entry, number)?;
    heads::head_put(tx, entry, number)
}

/// The event that asked, as it is kept.
pub(crate) fn caused(op: &Op) -> String {
    let text = op.cause.to_string();
    text.chars().take(CAUSE_LENGTH_MAX).collect()
}

/// A note on one line.
pub(crate) fn noted(note: &str) -> Result<String, ConfigError> {
    let line = note.split(char::is_control).collect::<Vec<_>>().join(" ");
    let line = line.trim();
    if line.chars().count() > NOTE_LENGTH_MAX {
        return Err(ConfigError::NoteTooLong);
    }
    Ok(line.to_owned())
}

/// What is in force, or one revision of it; nothing where there is none.
///
/// # Errors
/// When the database fails.
pub fn config_fetch(
    tx: &mut Tx<'_>,
    guild: GuildId,
    revision: Option<Revision>,
) -> Result<Option<Snapshot>, DbError> {
    match revision {
        Some(revision) => revisions::snapshot_fetch(tx, guild, revision),
        None => revisions::snapshot_head(tx, guild),
    }
}

/// The revision that this operation wrote before; nothing where it has not.
///
/// # Errors
/// When the database fails.
pub fn config_caused(tx: &mut Tx<'_>, op: &Op) -> Result<Option<Entry>, DbError> {
    revisions::caused_fetch(tx, op.guild, &caused(op))
}

/// What was in force at a moment; nothing where the guild joined later.
///
/// # Errors
/// When the database fails.
pub fn config_at(
    tx: &mut Tx<'_>,
    guild: GuildId,
    at: Timestamp,
) -> Result<Option<Snapshot>, DbError> {
    revisions::snapshot_at(tx, guild, at)
}

/// What differs between two revisions of a guild.
///
/// # Errors
/// When one of them does not exist, or the database fails.
pub fn config_diff(
    tx: &mut Tx<'_>,
    guild: GuildId,
    from: Revision,
    to: Revision,
) -> Result<Vec<Change>, ConfigError> {
    let from = document_of(tx, guild, from)?;
    let to = document_of(tx, guild, to)?;
    Ok(diff(from.value(), to.value()))
}

/// The guilds that have a configuration, the newest first, behind this one where one is named.
///
/// # Errors
/// When the database fails.
pub fn guilds(
    tx: &mut Tx<'_>,
    after: Option<GuildId>,
    limit: u32,
) -> Result<Vec<GuildId>, DbError> {
    let below = after.map_or(i64::MAX, kernel::Id::to_column);
    heads::guild_list(tx, below, limit.clamp(1, CHANGED_LIMIT_MAX))
}

/// The guilds whose configuration changed after a mark, in the order of their changes, with what is in force now.
/// From [`Mark::START`] on it gives every guild once.
///
/// # Errors
/// When the database fails.
pub fn changed_since(tx: &mut Tx<'_>, mark: Mark, limit: u32) -> Result<Vec<Changed>, DbError> {
    heads::changed_list(tx, mark, limit.clamp(1, CHANGED_LIMIT_MAX))
}
