//! Many bots in one application over one embedded database, each in a guild of a simulated Discord.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use app::{App, Core, GuildSettings, Parts};
use chat::{Finished, Inbox, Incoming, Overflow};
use discord::{BotState, Discord, Needs, Settings};
use kernel::{Chance, Clock, SeededChance, Snowflakes, Span, Stopwatch, SystemClock};
use platform::{Keyring, MasterKey};
use secrecy::SecretString;
use sim::{Control, MakeGuild, MakeUser, Sim, SimConfig, Snowflake};
use store::{Database, DbError, MigrationError, Tx, owed};
use store_libsql::{LibsqlStore, Options as LibsqlOptions};

use crate::{
    scene::{config, install},
    servers::blocking,
};

const MEMBERS: usize = 12;
/// Nobody is ever too poor to pay: what is refused would look like what is lost.
const START_BALANCE: i64 = 1_000_000;
/// Often, so that a connection that is only half open is found out in seconds.
const HEARTBEAT_MS: u64 = 4_000;
/// Starting a session takes its turn, and pauses after faults grow.
const LIVE_WITHIN: Duration = Duration::from_secs(120);
const SETTLED_WITHIN: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
const DRAIN: Span = Span::seconds(3);

/// A guild with its bot.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) guild: Snowflake,
    pub(super) channel: Snowflake,
    pub(super) bot: Snowflake,
    pub(super) members: Vec<Snowflake>,
}

/// What the application was given.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// How old each interaction was when it first came, by its number.
    pub(super) first: HashMap<u64, Duration>,
    /// How many came again.
    pub(super) repeated: u64,
}

impl Received {
    fn note(&mut self, interaction: u64, age: Duration) {
        match self.first.entry(interaction) {
            Entry::Occupied(_) => self.repeated += 1,
            Entry::Vacant(place) => drop(place.insert(age)),
        }
    }
}

/// The bots at work.
pub(super) struct Fleet {
    pub(super) control: Control,
    pub(super) guilds: Vec<Place>,
    sim: Sim,
    app: Arc<App>,
    discord: Discord,
    door: Arc<Door>,
    database: Database,
    folder: tempfile::TempDir,
}

/// What is left when all is taken down.
pub(super) struct Landed {
    pub(super) received: Received,
    pub(super) database: Database,
    folder: tempfile::TempDir,
}

impl Landed {
    /// Closes the database and removes it.
    pub(super) async fn close(self) -> Result<()> {
        let Self {
            database, folder, ..
        } = self;
        blocking(move || {
            database.close();
            Ok(folder.close()?)
        })
        .await
    }
}

/// Writes down what comes in, and hands it on.
#[derive(Debug)]
struct Door {
    app: Arc<App>,
    received: Mutex<Received>,
}

impl Inbox for Door {
    fn accept(&self, incoming: Incoming, finished: Finished) -> Result<(), Overflow> {
        let seen = match &incoming {
            Incoming::Invoked(invocation) => {
                let age = invocation.received_at.since(invocation.made_at);
                Some((invocation.id.get(), age.to_std()))
            }
            _ => None,
        };
        self.app.accept(incoming, finished)?;
        if let Some((interaction, age)) = seen {
            let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
            received.note(interaction, age);
        }
        Ok(())
    }
}

impl Fleet {
    /// All bots are live and their commands known.
    pub(super) async fn launch(bots: u32, seed: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let sim = Sim::start(SimConfig {
            seed: Some(seed),
            heartbeat_interval_ms: HEARTBEAT_MS,
            ..config()
        })
        .await?;
        let control = sim.control();
        let mut tokens = Vec::new();
        let mut guilds = Vec::new();
        for number in 0..bots {
            let (place, token) = found(&control, number)?;
            guilds.push(place);
            tokens.push(token);
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(seed));
        let database = LibsqlStore::open(
            &folder.path().join("guildhall.db"),
            LibsqlOptions::default(),
        )?
        .database();
        migrate(&database, clock.as_ref()).await?;
        let app = start_app(&database, &clock, &chance)?;
        let settings = Settings {
            tokens,
            api_url: sim.api_url(),
            dashboard: None,
        };
        let needs = Needs {
            database: database.clone(),
            clock,
            chance,
        };
        let discord = Discord::prepare(&settings, app::command_specs(), &needs)?;
        app.deliver_through(discord.courier());
        app.core().look_up_in(discord.directory());
        let door = Arc::new(Door {
            app: Arc::clone(&app),
            received: Mutex::default(),
        });
        discord.start(Arc::<Door>::clone(&door)).await?;
        let fleet = Self {
            control,
            guilds,
            sim,
            app,
            discord,
            door,
            database,
            folder,
        };
        fleet.all_live().await?;
        Ok(fleet)
    }

    /// Waits until every bot has a live session and its commands are known.
    pub(super) async fn all_live(&self) -> Result<()> {
        let watch = Stopwatch::start();
        loop {
            let health = self.discord.health().borrow().clone();
            let tired = health
                .bots
                .iter()
                .find(|bot| bot.state != BotState::Live || !bot.commands_registered);
            let Some(tired) = tired else {
                return Ok(());
            };
            ensure!(
                watch.elapsed() < LIVE_WITHIN,
                "a bot is not live after {LIVE_WITHIN:?}: {tired:?}"
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until nothing is owed any more.
    pub(super) async fn settled(&self) -> Result<()> {
        let watch = Stopwatch::start();
        loop {
            let counts = self
                .database
                .read::<_, DbError, _>("bench.owed", owed::owed_count)
                .await?;
            // What stays owed is counted, not an error here.
            if counts.owed == 0 || watch.elapsed() > SETTLED_WITHIN {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Takes all down but the database.
    pub(super) async fn land(self) -> Result<Landed> {
        self.discord.stop_intake().await;
        ensure!(
            self.app.drain(DRAIN).await,
            "the application did not finish what it had begun"
        );
        self.discord.shutdown().await;
        self.sim.stop().await?;
        let mut received = self
            .door
            .received
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(Landed {
            received: std::mem::take(&mut *received),
            database: self.database,
            folder: self.folder,
        })
    }
}

fn found(control: &Control, number: u32) -> Result<(Place, SecretString)> {
    let owner = control.user(MakeUser {
        username: format!("owner{number}"),
        ..MakeUser::default()
    })?;
    let guild = control.guild(MakeGuild {
        name: format!("Guild {number}"),
        owner,
        ..MakeGuild::default()
    })?;
    let bot = install(control, guild, &format!("Bot {number}"))?;
    let place = Place {
        guild,
        channel: control
            .general(guild)
            .context("a guild begins with a channel")?,
        bot: bot.id,
        members: control.crowd(guild, "payer", MEMBERS)?,
    };
    Ok((place, SecretString::from(bot.token)))
}

async fn migrate(database: &Database, clock: &dyn Clock) -> Result<()> {
    let migrations = app::catalogue(&[discord::MIGRATIONS])?;
    let now = clock.now();
    let up = move |tx: &mut Tx<'_>| migrations.up(tx, now);
    database
        .write::<_, MigrationError, _>("bench.migrate", up)
        .await?;
    Ok(())
}

fn start_app(
    database: &Database,
    clock: &Arc<dyn Clock>,
    chance: &Arc<dyn Chance>,
) -> Result<Arc<App>> {
    let mut defaults = GuildSettings::default();
    defaults.economy.start_balance = START_BALANCE;
    let ids = Arc::new(Snowflakes::new(Arc::clone(clock), 1));
    let entropy = Arc::new(SeededChance::new(2));
    let keyring = Arc::new(Keyring::new(MasterKey::new(&[0; 32])));
    let parts = Parts {
        defaults,
        ..Parts::new(
            database.clone(),
            Arc::clone(clock),
            ids,
            Arc::clone(chance),
            entropy,
            keyring,
        )
    };
    let core = Core::new(parts, app::words()?);
    Ok(App::start(core, audit::Signer::of_seed(&[0; 32])))
}
