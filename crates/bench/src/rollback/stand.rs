//! Guilds with three revisions each, on a database of its own: defaults, rules of their own, and a mistake.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use app::{Core, GuildSettings, Parts, flows::configure};
use kernel::{
    Cause, CauseKind, Clock, GuildId, IdSource, SeededChance, Snowflakes, Span, Stopwatch,
    SystemClock, Timestamp,
};
use moderation::{Action, Mode, Rule, Trigger};
use platform::{ConfigError, Document, Keyring, MasterKey, Put, Rollback, Run, Scope, Target};
use store::{Database, DbError, MigrationError, Statement, Tx};
use store_libsql::{LibsqlStore, Options as LibsqlOptions};
use store_postgres::{Options as PostgresOptions, PostgresStore};
use testkit::ops::operator_op;

const FIRST_GUILD: u64 = 300_000_000_000_000_000;
/// How many guilds are furnished in one transaction.
const CHUNK: u32 = 500;

const ENTRIES: Statement = Statement::new(
    "bench.entries_count",
    "SELECT COUNT(*) FROM audit_records WHERE part = 1",
);

/// The guilds and their database.
#[derive(Debug)]
pub(super) struct Stand {
    core: Core,
    guilds: u32,
    /// After everybody's second revision, before the third.
    moment: Timestamp,
}

impl Stand {
    /// On a new file.
    pub(super) async fn on_libsql(file: &Path, seed: u64, guilds: u32) -> Result<Self> {
        let database = LibsqlStore::open(file, LibsqlOptions::default())?.database();
        Self::furnish(database, seed, guilds).await
    }

    /// On an empty PostgreSQL database.
    pub(super) async fn on_postgres(url: &str, seed: u64, guilds: u32) -> Result<Self> {
        let database = PostgresStore::connect(url, &PostgresOptions::default())?.database();
        Self::furnish(database, seed, guilds).await
    }

    async fn furnish(database: Database, seed: u64, guilds: u32) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let now = clock.now();
        let migrations = app::catalogue(&[discord::MIGRATIONS])?;
        let up = move |tx: &mut Tx<'_>| migrations.up(tx, now);
        database
            .write::<_, MigrationError, _>("bench.migrate", up)
            .await?;
        for first in (0..guilds).step_by(CHUNK as usize) {
            fill(&database, first..guilds.min(first + CHUNK), now).await?;
        }
        let ids: Arc<dyn IdSource> = Arc::new(Snowflakes::new(Arc::clone(&clock), 1));
        let chance = Arc::new(SeededChance::new(seed));
        let keyring = Arc::new(Keyring::new(MasterKey::new(&[0; 32])));
        let parts = Parts::new(database, clock, ids, chance.clone(), chance, keyring);
        Ok(Self {
            core: Core::new(parts, app::words()?),
            guilds,
            moment: now.before(Span::minutes(90)),
        })
    }

    /// Takes all guilds back as the operator does, and says how long it took.
    pub(super) async fn roll_back(&self) -> Result<Duration> {
        let cause = Cause::new(CauseKind::Cli, "bench-rollback");
        let guild = guild(0)?;
        let op = self.core.admission().token(guild, "operator", cause);
        let command = Rollback {
            scope: Scope::All,
            to: Target::Moment(self.moment),
            base_revision: None,
            note: "before the mistake".to_owned(),
            run: Run::Real,
        };
        let watch = Stopwatch::start();
        let back = configure::roll_back(&self.core, op, command).await?;
        let took = watch.elapsed();
        ensure!(
            back.revisions.len() == self.guilds as usize,
            "{} guilds of {} went back: {:?}",
            back.revisions.len(),
            self.guilds,
            back.left
        );
        self.check().await?;
        Ok(took)
    }

    /// What is in force in the first and the last guild is what it was before the mistake.
    async fn check(&self) -> Result<()> {
        for number in [0, self.guilds - 1] {
            let guild = guild(number)?;
            let fetch = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, None);
            let read = self.core.database().read::<_, DbError, _>("bench", fetch);
            let head = read.await?.context("a guild has no configuration")?;
            let wanted = own(number)?;
            ensure!(head.document == wanted, "guild {guild} did not go back");
        }
        Ok(())
    }

    /// Closes the database, and says how many entries the audit has.
    pub(super) async fn close(self) -> Result<u64> {
        let count = |tx: &mut Tx<'_>| match tx.row(&ENTRIES, &[])? {
            Some(row) => row.int(0),
            None => Ok(0),
        };
        let database = self.core.database().clone();
        let entries = database
            .read::<_, DbError, _>("bench.entries", count)
            .await?;
        crate::servers::blocking(move || {
            database.close();
            Ok(())
        })
        .await?;
        Ok(u64::try_from(entries)?)
    }
}

fn guild(number: u32) -> Result<GuildId> {
    Ok(GuildId::new(FIRST_GUILD + u64::from(number))?)
}

/// Three revisions for each of these guilds: three hours, two hours and one hour ago.
async fn fill(database: &Database, numbers: std::ops::Range<u32>, now: Timestamp) -> Result<()> {
    let mut documents = Vec::new();
    for number in numbers {
        documents.push((guild(number)?, own(number)?));
    }
    let (defaults, mistake) = (written(&GuildSettings::default())?, mistake()?);
    let work = move |tx: &mut Tx<'_>| {
        for (guild, own) in &documents {
            let op = |key, hours| operator_op(*guild, key, now.before(Span::hours(hours)));
            platform::config_start(tx, &op("join", 3), &defaults)?;
            for (key, hours, document) in [("own", 2, own), ("mistake", 1, &mistake)] {
                let put = Put {
                    document: document.clone(),
                    note: String::new(),
                    base_revision: None,
                };
                platform::config_put(tx, &op(key, hours), &put)?;
            }
        }
        Ok(())
    };
    database
        .write::<_, ConfigError, _>("bench.furnish", work)
        .await?;
    Ok(())
}

/// What a guild has set for itself.
fn own(number: u32) -> Result<Document> {
    let mut settings = GuildSettings::default();
    settings.economy.daily.amount = 50 + i64::from(number % 50);
    settings.moderation.rules = vec![
        rule(
            "words",
            Trigger::Words {
                words: (0..30).map(|at| format!("word{number}x{at}")).collect(),
            },
        ),
        rule(
            "patterns",
            Trigger::Regex {
                patterns: vec![format!(r"free\s+nitro\s*{number}")],
            },
        ),
        rule("invites", Trigger::Invites { allow: Vec::new() }),
        rule(
            "flood",
            Trigger::Flood {
                messages: 5,
                seconds: 5,
            },
        ),
    ];
    written(&settings)
}

/// What everybody's settings became by mistake.
fn mistake() -> Result<Document> {
    let mut settings = GuildSettings::default();
    settings.economy.enabled = false;
    settings.moderation.enabled = false;
    written(&settings)
}

fn written(settings: &GuildSettings) -> Result<Document> {
    Ok(settings.document()?)
}

fn rule(id: &str, trigger: Trigger) -> Rule {
    Rule {
        id: id.to_owned(),
        name: String::new(),
        enabled: true,
        mode: Mode::Act,
        trigger,
        actions: vec![Action::Delete {}],
        include_moderators: false,
        exempt_role_ids: Vec::new(),
        exempt_channel_ids: Vec::new(),
    }
}
