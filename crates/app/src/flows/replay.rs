//! A decision of the rules is made again, out of the words that it saw: by the rules of today, or of any revision.
//! Nothing is written, and no model is asked.

use std::sync::Arc;

use audit::{Entry, Kind, Words};
use kernel::GuildId;
use moderation::Verdict;
use platform::Revision;
use store::{DbError, Tx};

use super::trial::{TryText, tried};
use crate::{Core, GuildConfig, GuildSettings, surroundings::Surroundings};

/// What the rules say this time.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// The revision whose rules were asked; nothing where the guild has none yet.
    pub revision: Option<Revision>,
    /// Whether the rule that decided hits again.
    pub agrees: bool,
    /// What hits, and what would follow.
    pub verdict: Verdict,
}

/// Why a decision can't be made again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A person decided, or something else than a message was decided on.
    #[error("no rule decided this, so there is nothing to judge again")]
    NotByRule,
    /// They were erased, or are not kept as long.
    #[error("the words that it saw are not kept any more, so they can't be judged again")]
    WordsGone,
    /// There is none of this number.
    #[error("there is no revision {0}; the history of the settings lists them all")]
    NoRevision(Revision),
    /// It was written by a version that knew other settings.
    #[error("this version can't read revision {0} any more; judge by a later one")]
    Unreadable(Revision),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Makes a decision again, by the rules of a revision or of today. What counts how often somebody writes sees this one
/// message alone.
///
/// # Errors
/// When no rule decided, its words are gone, or the revision can't be had.
pub async fn replay(
    core: &Core,
    guild: GuildId,
    entry: &Entry,
    revision: Option<Revision>,
) -> Result<Replayed, ReplayError> {
    let rule = entry
        .rule
        .as_ref()
        .filter(|_| entry.kind == Kind::Moderation);
    let rule = rule.ok_or(ReplayError::NotByRule)?;
    let content = entry.input.content.as_ref().and_then(Words::text);
    let content = content.ok_or(ReplayError::WordsGone)?;
    let mut around = Surroundings::of(core, guild).await?;
    if let Some(revision) = revision {
        around.config = of_revision(core, guild, revision).await?;
    }
    let asked = TryText {
        content: content.to_owned(),
        user: entry.trigger.user,
        channel: entry.trigger.channel,
    };
    let verdict = tried(core, &around, &around.config.rules, guild, asked).await;
    Ok(Replayed {
        revision: around.config.revision,
        agrees: verdict.hits.iter().any(|hit| &hit.rule_id == rule),
        verdict,
    })
}

async fn of_revision(
    core: &Core,
    guild: GuildId,
    revision: Revision,
) -> Result<Arc<GuildConfig>, ReplayError> {
    let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, Some(revision));
    let snapshot = core.database.read("replay", read).await?;
    let snapshot = snapshot.ok_or(ReplayError::NoRevision(revision))?;
    let settings = GuildSettings::read(snapshot.document.value());
    let settings = settings.map_err(|_| ReplayError::Unreadable(revision))?;
    Ok(Arc::new(GuildConfig::of(Some(revision), settings)))
}
