//! The configuration of each guild, as it is in force: read once, compiled, kept in memory, dropped when it changes.
//!
//! A copy in memory is never the only one and is never written back. Another process learns of a change by asking the
//! database which guilds changed since it last asked.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use kernel::{GuildId, Span};
use moka::sync::Cache;
use platform::{Mark, Revision};
use store::{DbError, Tx};
use tokio_util::sync::CancellationToken;

use crate::{Core, settings::GuildSettings};

/// Guilds whose configuration is kept in memory at most.
const KEPT_MAX: u64 = 10_000;
/// How often the database is asked what changed.
const PAUSE: Span = Span::millis(400);
/// How many changed guilds are read at once.
const CHANGED_MAX: u32 = 500;

/// What is in force in a guild.
#[derive(Debug)]
pub struct GuildConfig {
    /// The revision; nothing where the guild has none yet, and the defaults hold.
    pub revision: Option<Revision>,
    /// What is set.
    pub settings: GuildSettings,
    /// The rules, compiled.
    pub rules: moderation::Compiled,
}

impl GuildConfig {
    /// These settings in force.
    #[must_use]
    pub fn of(revision: Option<Revision>, settings: GuildSettings) -> Self {
        Self {
            rules: moderation::Compiled::of(&settings.moderation),
            revision,
            settings,
        }
    }
}

/// The configurations in memory.
#[derive(Debug)]
pub struct Configs {
    known: Cache<GuildId, Arc<GuildConfig>>,
    /// Rises with each change, so that what was read before a change is not kept after it.
    changes: AtomicU64,
}

impl Configs {
    pub(crate) fn new() -> Self {
        Self {
            known: Cache::new(KEPT_MAX),
            changes: AtomicU64::new(0),
        }
    }

    /// Forgets what was in force in a guild: it has changed.
    pub(crate) fn changed(&self, guild: GuildId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate(&guild);
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate_all();
    }

    /// What is in force in a guild.
    ///
    /// # Errors
    /// When it is not in memory, and the database fails.
    pub(crate) async fn of(
        &self,
        core: &Core,
        guild: GuildId,
    ) -> Result<Arc<GuildConfig>, DbError> {
        if let Some(known) = self.known.get(&guild) {
            return Ok(known);
        }
        let before = self.changes.load(Ordering::SeqCst);
        let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, None);
        let (revision, settings) = match core.database.read("config", read).await? {
            Some(snapshot) => in_force(core, guild, &snapshot),
            None => (None, GuildSettings::clone(&core.defaults)),
        };
        let config = Arc::new(GuildConfig::of(revision, within(core, settings)));
        if self.changes.load(Ordering::SeqCst) == before {
            self.known.insert(guild, config.clone());
        }
        Ok(config)
    }
}

/// A document that this version can't read any more falls back to the defaults, loudly: a guild is never without any.
fn in_force(
    core: &Core,
    guild: GuildId,
    snapshot: &platform::Snapshot,
) -> (Option<Revision>, GuildSettings) {
    let revision = snapshot.entry.revision;
    let settings = GuildSettings::read(snapshot.document.value()).unwrap_or_else(|problems| {
        tracing::error!(%guild, %revision, ?problems, "a stored configuration can't be read; the defaults hold");
        GuildSettings::clone(&core.defaults)
    });
    (Some(revision), settings)
}

/// What is in force of what is set: words are kept no longer than the operator keeps them.
fn within(core: &Core, mut settings: GuildSettings) -> GuildSettings {
    let days = &mut settings.privacy.retention_days;
    *days = (*days).min(i64::from(core.retention_days_max));
    settings
}

/// Learns of changes that other processes make, until it is told to stop.
pub(crate) async fn watch(core: Core, stop: CancellationToken) {
    let mut mark = Mark::START;
    while !stop.is_cancelled() {
        match changed_since(&core, mark).await {
            Ok(Some(latest)) => mark = latest,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "changes of configurations could not be looked up")
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.to_std()) => {}
        }
    }
}

async fn changed_since(core: &Core, mark: Mark) -> Result<Option<Mark>, DbError> {
    let mut latest = None;
    loop {
        let from = latest.unwrap_or(mark);
        let read = move |tx: &mut Tx<'_>| platform::changed_since(tx, from, CHANGED_MAX);
        let changed = core.database.read("configs-changed", read).await?;
        for one in &changed {
            core.configs.changed(one.guild);
        }
        let Some(last) = changed.last() else {
            return Ok(latest);
        };
        latest = Some(last.mark);
    }
}
