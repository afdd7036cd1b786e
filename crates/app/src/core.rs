//! What every part of the application works with: the database, the clock, ids, chance, words and settings.

use std::sync::{Arc, OnceLock};

use chat::Directory;
use kernel::{Chance, Clock, GuildId, IdSource, Span, Words};
use platform::{Entropy, Keyring};
use secrecy::SecretString;
use store::{Database, DbError};
use tokio::sync::Semaphore;

use crate::{
    Admission, Entrance, GuildConfig, GuildSettings, Guilds, Tripwire, configs::Configs,
    floods::Floods, flows, keys::Keys, pace::Paces, pulse::Pulses, registry, talks::Talks,
};

/// Balances kept in memory at most, at about a hundred bytes each.
const HOT_BALANCES_MAX: usize = 100_000;
/// How many days message text is kept at most, where the operator says nothing.
const RETENTION_DAYS_MAX: u32 = 30;
/// How long a model may take, where the operator says nothing.
const ANSWER_WITHIN: Span = Span::seconds(30);

/// What the binary brings; [`Parts::new`] fills in what most do not choose.
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
    /// Unpredictable bytes, for what is sealed.
    pub entropy: Arc<dyn Entropy>,
    /// The master key, under which tokens and secrets are sealed.
    pub keyring: Arc<Keyring>,
    /// What a guild begins with.
    pub defaults: GuildSettings,
    /// The most days that message text is kept, whatever a guild's settings say.
    pub retention_days_max: u32,
    /// The most micro-dollars a day that one guild may spend on the shared model, whatever its settings say.
    pub shared_day_micros_max: i64,
    /// The models that may be asked.
    pub models: Arc<dyn ai::Models>,
    /// What models cost.
    pub prices: Arc<ai::Prices>,
    /// How long a model may take for a whole answer.
    pub answer_within: Span,
    /// Where a test makes a handler panic; nowhere in production.
    pub tripwire: Tripwire,
}

impl Parts {
    /// These, with the default settings of guilds, and the built-in model alone.
    #[must_use]
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        chance: Arc<dyn Chance>,
        entropy: Arc<dyn Entropy>,
        keyring: Arc<Keyring>,
    ) -> Self {
        Self {
            database,
            clock,
            ids,
            chance,
            entropy,
            keyring,
            defaults: GuildSettings::default(),
            retention_days_max: RETENTION_DAYS_MAX,
            shared_day_micros_max: ai::CAP_MAX,
            models: Arc::new(ai::BuiltIn),
            prices: Arc::new(ai::Prices::listed()),
            answer_within: ANSWER_WITHIN,
            tripwire: Tripwire::default(),
        }
    }
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
    shared_day_micros_max: i64,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) configs: Arc<Configs>,
    pub(crate) floods: Arc<Floods>,
    pub(crate) hot: Arc<economy::Hot>,
    pub(crate) words: Arc<Words>,
    pub(crate) admission: Arc<Admission>,
    pub(crate) guilds: Arc<Guilds>,
    pub(crate) models: Arc<dyn ai::Models>,
    pub(crate) prices: Arc<ai::Prices>,
    pub(crate) answer_within: Span,
    pub(crate) talks: Arc<Talks>,
    pub(crate) pulses: Arc<Pulses>,
    pub(crate) paces: Arc<Paces>,
    /// Whose turn it is to read what was written lately.
    pub(crate) looks_back: Arc<Semaphore>,
    pub(crate) tripwire: Tripwire,
    directory: Arc<OnceLock<Arc<dyn Directory>>>,
    entrance: Arc<OnceLock<Entrance>>,
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
            shared_day_micros_max: parts.shared_day_micros_max,
            keys: Arc::new(Keys::of(parts.keyring, parts.entropy.clone())),
            entropy: parts.entropy,
            configs: Arc::new(Configs::new()),
            floods: Arc::new(Floods::new()),
            hot: Arc::new(economy::Hot::new(HOT_BALANCES_MAX)),
            words: Arc::new(words),
            guilds: Arc::new(Guilds::default()),
            models: parts.models,
            prices: parts.prices,
            answer_within: parts.answer_within,
            talks: Arc::new(Talks::new()),
            pulses: Arc::new(Pulses::new()),
            paces: Arc::default(),
            looks_back: Arc::new(Semaphore::new(1)),
            tripwire: parts.tripwire,
            directory: Arc::default(),
            entrance: Arc::default(),
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

    /// Opens the way in for people. Until then nobody can sign in.
    pub fn let_in_through(&self, entrance: Entrance) {
        if self.entrance.set(entrance).is_err() {
            tracing::warn!("a second entrance was named; the first one stays");
        }
    }

    pub(crate) fn entrance(&self) -> Option<&Entrance> {
        self.entrance.get()
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

    /// What a guild may spend on models in a day: what it set, within what the operator lets it spend.
    #[must_use]
    pub fn budget(&self, settings: &ai::Settings) -> ai::Budget {
        settings.budget(self.shared_day_micros_max)
    }

    /// What members are called who had themselves erased.
    pub(crate) fn pseudonyms(&self) -> economy::Pseudonyms {
        let key = SecretString::from("economy pseudonyms".to_owned());
        economy::Pseudonyms::keyed(&self.keyring().fingerprint(&key))
    }

    /// The most days that message text is kept here, whatever a guild's settings say.
    #[must_use]
    pub const fn retention_days_max(&self) -> u32 {
        self.retention_days_max
    }

    /// Waits until what was erased from the database before is in none of its files: to be called after the commits of
    /// an erasure, and again where it fails.
    ///
    /// # Errors
    /// When the database fails, or somebody reads an older state of it.
    pub async fn scrub(&self) -> Result<(), DbError> {
        let tables = registry::ERASED.iter().copied().flatten().copied();
        self.database.scrub(tables.collect()).await
    }

    /// The master keys, under which secrets are sealed.
    #[must_use]
    pub fn keyring(&self) -> Arc<Keyring> {
        self.keys.ring()
    }

    /// Takes another master key into use, with the one before among the former ones of the ring: from now on it seals
    /// and signs. What the former one sealed still opens, and is to be renewed by `flows::keys`.
    pub fn exchange_keys(&self, ring: Keyring, signer: audit::Signer) {
        self.keys.exchange(ring, signer);
    }

    /// Balances in memory.
    #[must_use]
    pub fn hot(&self) -> &economy::Hot {
        &self.hot
    }

    /// What each guild takes of the application's time.
    #[must_use]
    pub fn paces(&self) -> &Paces {
        &self.paces
    }

    /// The product's words.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }
}
