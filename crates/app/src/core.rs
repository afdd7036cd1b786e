//! What every part of the application works with: the database, the clock, ids, chance, words and settings.

use std::sync::{Arc, OnceLock};

use chat::Directory;
use kernel::{Chance, Clock, GuildId, IdSource, Words};
use store::{Database, DbError};

use crate::{
    Admission, GuildConfig, GuildSettings, Guilds, Tripwire, configs::Configs, floods::Floods,
    flows,
};

/// Balances kept in memory at most, at about a hundred bytes each.
const HOT_BALANCES_MAX: usize = 100_000;

/// What the binary brings.
#[derive(Debug)]
pub struct Parts {
    /// The database, migrated.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Chance for jitter.
    pub chance: Arc<dyn Chance>,
    /// What a guild begins with.
    pub defaults: GuildSettings,
    /// The upper limit for kept message text that owners may set, in days.
    pub retention_days_max: u32,
    /// Where a test makes a handler panic; nowhere in production.
    pub tripwire: Tripwire,
}

/// The application's shared parts, cheap to clone.
#[derive(Debug, Clone)]
pub struct Core {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) defaults: Arc<GuildSettings>,
    pub(crate) retention_days_max: u32,
    pub(crate) configs: Arc<Configs>,
    pub(crate) floods: Arc<Floods>,
    pub(crate) hot: Arc<economy::Hot>,
    pub(crate) words: Arc<Words>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) guilds: Arc<Guilds>,
    pub(crate) tripwire: Tripwire,
    directory: Arc<OnceLock<Arc<dyn Directory>>>,
}

impl Core {
    /// Joins the parts with the product's words.
    #[must_use]
    pub fn new(parts: Parts, words: Words) -> Self {
        Self {
            admission: Arc::new(Admission::new(parts.clock.clone(), parts.ids.clone())),
            database: parts.database,
            clock: parts.clock,
            ids: parts.ids,
            chance: parts.chance,
            defaults: Arc::new(parts.defaults),
            retention_days_max: parts.retention_days_max,
            configs: Arc::new(Configs::new()),
            floods: Arc::new(Floods::new()),
            hot: Arc::new(economy::Hot::new(HOT_BALANCES_MAX)),
            words: Arc::new(words),
            guilds: Arc::new(Guilds::default()),
            tripwire: parts.tripwire,
            directory: Arc::default(),
        }
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The one door for the edges: who may act, and as what.
    #[must_use]
    pub fn admission(&self) -> &Admission {
        &self.admission
    }

    /// The guilds that the bot is in.
    #[must_use]
    pub fn guilds(&self) -> &Guilds {
        &self.guilds
    }

    /// Names the directory in which members are looked up. Until then nobody can be.
    pub fn look_up_in(&self, directory: Arc<dyn Directory>) {
        if self.directory.set(directory).is_err() {
            tracing::warn!("a second directory was named; the first one stays");
        }
    }

    pub(crate) fn directory(&self) -> Option<&Arc<dyn Directory>> {
        self.directory.get()
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// New ids.
    #[must_use]
    pub fn ids(&self) -> &Arc<dyn IdSource> {
        &self.ids
    }

    /// What is in force in a guild; one that has no configuration gets its first revision.
    ///
    /// # Errors
    /// When it is not in memory, and the database fails.
    pub async fn config(&self, guild: GuildId) -> Result<Arc<GuildConfig>, DbError> {
        let config = self.configs.of(self, guild).await?;
        if config.revision.is_some() {
            return Ok(config);
        }
        flows::configure::start(self, guild).await?;
        self.configs.of(self, guild).await
    }

    /// Balances in memory.
    #[must_use]
    pub fn hot(&self) -> &economy::Hot {
        &self.hot
    }

    /// The product's words.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }
}
