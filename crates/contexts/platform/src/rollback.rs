//! Taking configurations back: of one guild, of several, or of all, to a revision or a moment, at once.
//!
//! The history moves forward: a rollback is a new revision whose content is that of the old one. A guild that joined
//! after the moment, or never had the revision, stays as it is and is counted; so is one that has that content now.
//! Nothing is read or written guild by guild.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{DbError, Tx};
use kernel::{GuildId, Op, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    config::{ConfigError, Novelty, Written, caused, config_diff, config_fetch, noted},
    document::{Document, hex},
    revision::{Author, Revision},
    store::{
        heads, revisions,
        rollbacks::{self, Planned, Restored, RollbackRow},
    },
};

/// How many guilds that were refused are named; all are counted.
pub const REFUSED_SHOWN_MAX: usize = 100;
/// How many documents are checked at once.
const CHECK_CHUNK: usize = 64;

/// Which guilds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every guild there is.
    All,
    /// These.
    Guilds(BTreeSet<GuildId>),
}

/// Where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To this revision of each guild.
    Revision(Revision),
    /// To what was in force at this moment.
    Moment(Timestamp),
}

/// Whether it is done or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It is done.
    Real,
    /// It is only said what would be done.
    Dry,
}

/// What to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollback {
    /// Of which guilds.
    pub scope: Scope,
    /// To what.
    pub to: Target,
    /// The head that the author looked at; a guild with another one is a conflict.
    pub base_revision: Option<Revision>,
    /// What the author says about it.
    pub note: String,
    /// Whether it is done.
    pub run: Run,
}

/// What to take back of one guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollbackOne {
    /// To what.
    pub to: Target,
    /// The head that the author looked at; another one is a conflict.
    pub base_revision: Option<Revision>,
    /// What the author says about it.
    pub note: String,
}

/// What a rollback came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledBack {
    /// The new revision of each guild that changed, or would.
    pub revisions: BTreeMap<GuildId, Revision>,
    /// What did not change, and why.
    pub left: Left,
    /// Whether it was done now; a dry run never is anything else.
    pub novelty: Novelty,
}

/// The guilds that stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Left {
    /// How many have that content now.
    pub unchanged: u64,
    /// How many had no configuration at that moment: they joined later.
    pub joined_later: u64,
    /// How many never had that revision.
    pub without_revision: u64,
    /// How many of those that were named have no configuration.
    pub unknown: u64,
    /// How many the check refused.
    pub refused: u64,
    /// The first of those with the reasons.
    pub refusals: Vec<LeftRefused>,
}

/// A guild whose old document does not pass today's check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftRefused {
    /// The guild.
    pub guild: GuildId,
    /// What is wrong with the old document.
    pub reason: String,
}

/// Says what is wrong with an old document today, if anything: sections of another version, or the operator's limits.
pub type DocumentCheck<'a> = &'a dyn Fn(GuildId, &Document) -> Result<(), String>;

/// Takes configurations back in one transaction.
///
/// # Errors
/// When the base is stale, the note is too long, the same cause asked for another rollback before, or the database fails.
pub fn rollback(
    tx: &mut Tx<'_>,
    op: &Op,
    cmd: &Rollback,
    check: DocumentCheck<'_>,
) -> Result<RolledBack, ConfigError> {
    let note = noted(&cmd.note)?;
    if cmd.run == Run::Real {
        heads::mark_take(tx, 1)?;
        if let Some(before) = rollbacks::rollback_fetch(tx, &caused(op))? {
            return replayed(tx, cmd, &before);
        }
        if !rollbacks::restored_list(tx, &caused(op))?.is_empty() {
            return Err(ConfigError::CauseReused { cause: caused(op) });
        }
    }
    let (mut planned, mut left) = plan(tx, cmd)?;
    planned = checked(tx, &planned, check, &mut left)?;
    if cmd.run == Run::Real {
        write(tx, op, &planned, &note)?;
        remember(tx, op, cmd, &left)?;
    }
    let revisions = planned.iter().map(|one| (one.guild, one.head.next()));
    Ok(RolledBack {
        revisions: revisions.collect(),
        left,
        novelty: Novelty::New,
    })
}

/// Takes the configuration of the operation's own guild back. Where it has that content already, nothing is written:
/// the answer is its head, without changes and as done before.
///
/// # Errors
/// As [`rollback`], and where there is nothing to go back to or the check refuses it.
pub fn rollback_one(
    tx: &mut Tx<'_>,
    op: &Op,
    cmd: &RollbackOne,
    check: DocumentCheck<'_>,
) -> Result<Written, ConfigError> {
    let guild = op.guild;
    let whole = Rollback {
        scope: Scope::Guilds(BTreeSet::from([guild])),
        to: cmd.to,
        base_revision: cmd.base_revision,
        note: cmd.note.clone(),
        run: Run::Real,
    };
    let done = rollback(tx, op, &whole, check)?;
    let Some(revision) = done.revisions.get(&guild).copied() else {
        return stayed(tx, guild, cmd.to, done.left);
    };
    let written = config_fetch(tx, guild, Some(revision))?;
    let entry = written
        .ok_or(ConfigError::NoSuchRevision { revision })?
        .entry;
    let changes = match revision.before() {
        Some(before) => config_diff(tx, guild, before, revision)?,
        None => Vec::new(),
    };
    Ok(Written {
        revision,
        mark: entry.mark,
        changes,
        novelty: done.novelty,
    })
}

/// Why a guild stayed as it was.
fn stayed(tx: &mut Tx<'_>, guild: GuildId, to: Target, left: Left) -> Result<Written, ConfigError> {
    if let Some(refused) = left.refusals.into_iter().next() {
        let reason = refused.reason;
        return Err(ConfigError::Refused { reason });
    }
    let head = config_fetch(tx, guild, None)?.ok_or(ConfigError::NotStarted { guild })?;
    match to {
        _ if left.unchanged > 0 => Ok(Written {
            revision: head.entry.revision,
            mark: head.entry.mark,
            changes: Vec::new(),
            novelty: Novelty::Before,
        }),
        Target::Revision(revision) => Err(ConfigError::NoSuchRevision { revision }),
        Target::Moment(at) => Err(ConfigError::NothingThen { at }),
    }
}

/// What the same rollback did before.
fn replayed(
    tx: &mut Tx<'_>,
    cmd: &Rollback,
    before: &RollbackRow,
) -> Result<RolledBack, ConfigError> {
    if before.asked != asked(cmd) {
        return Err(ConfigError::CauseReused {
            cause: before.cause.clone(),
        });
    }
    let left = serde_json::from_str(&before.outcome).unwrap_or_default();
    Ok(RolledBack {
        revisions: rollbacks::restored_list(tx, &before.cause)?,
        left,
        novelty: Novelty::Before,
    })
}

fn plan(tx: &mut Tx<'_>, cmd: &Rollback) -> Result<(Vec<Planned>, Left), ConfigError> {
    let (by, to) = match cmd.to {
        Target::Moment(at) => (at.micros(), i64::MAX),
        Target::Revision(revision) => (i64::MAX, revision.get()),
    };
    let guilds = match &cmd.scope {
        Scope::All => None,
        Scope::Guilds(guilds) => Some(guilds),
    };
    let found = rollbacks::plan_list(tx, by, to, guilds)?;
    let mut left = Left::default();
    let known = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let named = guilds.map_or(known, |named| {
        u64::try_from(named.len()).unwrap_or(u64::MAX)
    });
    left.unknown = named.saturating_sub(known);
    let mut planned = Vec::new();
    for (head, target) in found {
        if let Some(base) = cmd.base_revision.filter(|base| *base != head.revision) {
            let head = head.revision;
            return Err(ConfigError::Stale { base, head });
        }
        let missed = |revision: &Restored| match cmd.to {
            Target::Revision(wanted) => revision.revision != wanted,
            Target::Moment(_) => false,
        };
        match target {
            None if matches!(cmd.to, Target::Moment(_)) => left.joined_later += 1,
            None => left.without_revision += 1,
            Some(target) if missed(&target) => left.without_revision += 1,
            Some(target) if target.document == head.document => left.unchanged += 1,
            Some(target) => planned.push(Planned {
                guild: head.guild,
                head: head.revision,
                head_at: head.at,
                target,
            }),
        }
    }
    Ok((planned, left))
}

fn checked(
    tx: &mut Tx<'_>,
    planned: &[Planned],
    check: DocumentCheck<'_>,
    left: &mut Left,
) -> Result<Vec<Planned>, DbError> {
    let mut passed = Vec::with_capacity(planned.len());
    for chunk in planned.chunks(CHECK_CHUNK) {
        let mut documents = revisions::content_list(tx, chunk)?;
        for one in chunk {
            let verdict = match documents.remove(&one.guild) {
                Some(document) => check(one.guild, &document),
                None => Err("the document is missing".to_owned()),
            };
            match verdict {
                Ok(()) => passed.push(one.clone()),
                Err(reason) => left.refuse(one.guild, &reason),
            }
        }
    }
    Ok(passed)
}

impl Left {
    fn refuse(&mut self, guild: GuildId, reason: &str) {
        self.refused += 1;
        if self.refusals.len() < REFUSED_SHOWN_MAX {
            let reason = reason.chars().take(500).collect();
            self.refusals.push(LeftRefused { guild, reason });
        }
    }
}

fn write(tx: &mut Tx<'_>, op: &Op, planned: &[Planned], note: &str) -> Result<(), DbError> {
    if planned.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(planned.len()).unwrap_or(i64::MAX);
    let last = heads::mark_take(tx, count)?;
    let first = last.get() - count + 1;
    let author = Author::of(&op.actor);
    rollbacks::revisions_insert(tx, planned, first, op.at, &author, note, &caused(op))?;
    rollbacks::heads_follow(tx, &caused(op))
}

fn remember(tx: &mut Tx<'_>, op: &Op, cmd: &Rollback, left: &Left) -> Result<(), DbError> {
    let row = RollbackRow {
        cause: caused(op),
        asked: asked(cmd),
        outcome: serde_json::to_string(left).unwrap_or_default(),
    };
    rollbacks::rollback_insert(tx, &row, &Author::of(&op.actor), op.at)
}

/// What was asked for, as a digest.
fn asked(cmd: &Rollback) -> String {
    let text = format!("{:?} {:?}", cmd.scope, cmd.to);
    hex(&Sha256::digest(text))
}
