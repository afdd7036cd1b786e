//! A database with a little of everything in it, in a folder of its own, on either engine.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use economy::{AccountName, Leg, Transfer, TransferKind};
use kernel::{Amount, GuildId, Id, MessageId, SeededChance, Snowflakes, Span, UserId};
use platform::{Owner, SecretName, SecretPut};
use secrecy::SecretString;
use store::{DbError, Engine, Tx};
use tempfile::TempDir;
use testkit::{
    ops::{member_op, operator_op},
    servers::PrivatePostgres,
    time::ManualClock,
};

use crate::{
    backup::{self, Brought, Fault, Looked, Order, Present, Replace, Source, Taken, shelf},
    config::{Config, Sources},
    failure::Failure,
    master_key::MasterKey,
    schema::{Before, Intent, Schema},
    storage::Storage,
};

pub(super) const ENGINES: [Engine; 2] = [Engine::Libsql, Engine::Postgres];
pub(super) const ADA: u64 = 11;
const BEN: u64 = 12;
const GUILD: u64 = 4_200;
/// Of all worlds, unless one is given another.
const KEY: [u8; 32] = [7; 32];

/// What Ada taught, and what is sealed.
pub(super) const FACT: &str = "My pet is a cinnamon porcupine";
pub(super) const SECRET: &str = "sk-canary-5f1c0b9e7a2d4c6688";

/// A place for a database, and the database.
pub(super) struct World {
    folder: TempDir,
    url: Option<String>,
    pub(super) storage: Option<Arc<Storage>>,
    pub(super) schema: Schema,
    pub(super) clock: Arc<ManualClock>,
    pub(super) key: MasterKey,
}

fn config(folder: &Path, url: Option<&str>, key: [u8; 32]) -> Config {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut sources = Sources::default();
    let mut set = |name: &str, value: String| {
        sources.environment.insert(name.to_owned(), value);
    };
    set("GUILDHALL_DATA_DIR", folder.display().to_string());
    set("GUILDHALL_MASTER_KEY", STANDARD.encode(key));
    if let Some(url) = url {
        set("GUILDHALL_DATABASE_URL", url.to_owned());
    }
    Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
}

impl World {
    /// A place without a database.
    pub(super) async fn empty(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Libsql => None,
            Engine::Postgres => {
                let server = PrivatePostgres::shared().unwrap();
                Some(server.fresh_database().await.unwrap())
            }
        };
        let clock = Arc::new(ManualClock::at("2026-11-29T03:30:00Z"));
        let config = config(folder.path(), url.as_deref(), KEY);
        Self {
            schema: Schema::of(folder.path(), clock.clone()).unwrap(),
            key: MasterKey::obtain(&config, folder.path()).unwrap(),
            folder,
            url,
            storage: None,
            clock,
        }
    }

    /// A place with a database in which something happened.
    pub(super) async fn lively(engine: Engine) -> Self {
        let mut world = Self::empty(engine).await;
        world.open();
        world.migrate().await;
        world.pay("one", 500).await;
        world.pay("two", 120).await;
        world.happen().await;
        world
    }

    pub(super) fn with_key(mut self, key: [u8; 32]) -> Self {
        let config = config(self.folder.path(), None, key);
        self.key = MasterKey::obtain(&config, self.folder.path()).unwrap();
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn open(&mut self) {
        let config = config(self.folder.path(), self.url.as_deref(), KEY);
        self.storage = Some(Arc::new(Storage::open(&config).unwrap()));
    }

    pub(super) async fn close(&mut self) {
        if let Some(storage) = self.storage.take() {
            storage.close().await;
        }
    }

    pub(super) fn storage(&self) -> &Arc<Storage> {
        self.storage.as_ref().unwrap()
    }

    pub(super) async fn migrate(&self) {
        let migrated = self
            .schema
            .up(self.storage(), Intent::Do, Before::Nothing)
            .await;
        migrated.unwrap();
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>) -> T + Send + 'static,
    ) -> T {
        let database = self.storage().database();
        let written: Result<T, DbError> = database.write("test", move |tx| Ok(work(tx))).await;
        written.unwrap()
    }

    /// Ada is paid from nowhere, and pays Ben a tenth.
    pub(super) async fn pay(&self, key: &'static str, amount: i64) {
        let (ids, at) = (self.ids(), self.now());
        self.write(move |tx| {
            let guild = GuildId::new(GUILD).unwrap();
            let (ada, ben) = (UserId::new(ADA).unwrap(), UserId::new(BEN).unwrap());
            let settings = economy::Settings::default();
            for (name, user) in [("ada", ada), ("ben", ben)] {
                let op = operator_op(guild, name, at);
                let pseudonyms = economy::Pseudonyms::keyed("a key of tests");
                economy::enrol(tx, &op, &ids, &settings, &pseudonyms, user).unwrap();
            }
            for (leg, from, to, amount) in [
                (
                    "grant",
                    AccountName::FAUCET_GRANT,
                    AccountName::Purse(ada),
                    amount,
                ),
                (
                    "tenth",
                    AccountName::Purse(ada),
                    AccountName::Purse(ben),
                    amount / 10,
                ),
            ] {
                let transfer = Transfer {
                    leg: Leg::named(leg),
                    kind: TransferKind::between(&from, &to),
                    from,
                    to,
                    amount: Amount::new(amount).unwrap(),
                    reason: "a \"quoted\" reason, ü".to_owned(),
                };
                let op = operator_op(guild, key, at);
                economy::transfer(tx, &op, &ids, &transfer).unwrap();
            }
        })
        .await;
    }

    /// Later than whatever gave ids before, in this place or the one that it was brought from.
    fn ids(&self) -> Snowflakes {
        self.clock.advance(Span::seconds(1));
        Snowflakes::new(self.clock.clone(), 1)
    }

    fn now(&self) -> kernel::Timestamp {
        use kernel::Clock as _;
        self.clock.now()
    }

    /// A decision is recorded and sealed, a fact is learnt, a secret is kept.
    async fn happen(&self) {
        let (ids, at, ring) = (self.ids(), self.now(), self.key.keyring());
        let signer = self.key.signer();
        self.write(move |tx| {
            let guild = GuildId::new(GUILD).unwrap();
            let chance = SeededChance::new(3);
            let op = member_op(guild, UserId::new(ADA).unwrap(), 77, at);
            let entry = audit::NewEntry::new(
                audit::Kind::Access,
                "test",
                audit::Outcome::Executed,
                audit::Trigger::of(audit::TriggerKind::Command),
            );
            audit::record(tx, &op, &ids, &chance, &entry).unwrap();
            audit::seal(tx, at, 100).unwrap();
            audit::sign_heads(tx, &signer, at, 100).unwrap();
            learn(tx, &op, &ids);
            let put = SecretPut {
                owner: Owner::Guild(guild),
                name: SecretName::ai_key(),
                value: SecretString::from(SECRET.to_owned()),
            };
            platform::secret_put(tx, &op, &ids, &chance, &ring, &put).unwrap();
        })
        .await;
    }

    /// Forgets what Ada taught.
    pub(super) async fn erase(&self) {
        let at = self.now();
        self.write(move |tx| {
            let guild = GuildId::new(GUILD).unwrap();
            let ada = UserId::new(ADA).unwrap();
            let op = member_op(guild, ada, 78, at);
            memory::erase(tx, &op, guild, ada).unwrap();
        })
        .await;
    }

    pub(super) async fn take(&self, name: &str) -> Result<Taken, Fault> {
        let order = Order {
            storage: Arc::clone(self.storage()),
            migrations: self.schema.migrations(),
            clock: self.clock.clone(),
            signers: vec![self.key.signer().public()],
            work: shelf::folder(self.data_dir()),
            target: self.path(name),
            replace: Replace::Refused,
        };
        let taking = tokio::task::spawn_blocking(move || backup::take(&order, &|_| ()));
        taking.await.unwrap()
    }

    fn source(&self, file: &Path) -> Source {
        Source {
            file: file.to_owned(),
            migrations: self.schema.migrations(),
            now: self.now() + Span::days(1),
            tell: Arc::new(|_| ()),
        }
    }

    pub(super) async fn look(&self, file: &Path) -> Result<Looked, Failure> {
        let work = shelf::folder(self.data_dir());
        self.source(file).look(work, Some(&self.key)).await
    }

    /// Brings a backup back into this place.
    pub(super) async fn bring(&self, file: &Path, present: Present) -> Result<Brought, Failure> {
        let (source, key) = (self.source(file), Some(&self.key));
        match &self.url {
            None => source.into_directory(self.data_dir(), present, key).await,
            Some(url) => {
                let data_dir = self.data_dir();
                source.into_server(url, data_dir, present, key).await
            }
        }
    }
}

fn learn(tx: &mut Tx<'_>, op: &kernel::Op, ids: &Snowflakes) {
    let (settings, privacy) = (memory::Settings::default(), memory::Privacy::default());
    let user = UserId::new(ADA).unwrap();
    let place = memory::Place {
        channel: Id::new(6).unwrap(),
        scope: memory::Scope::Guild,
    };
    let turn = memory::NewTurn {
        message: MessageId::new(900).unwrap(),
        place,
        speaker: memory::Speaker::Member,
        user,
        name: "ada".to_owned(),
        text: FACT.to_owned(),
    };
    memory::say(tx, op, &settings, &privacy, &turn).unwrap();
    let lesson = memory::Lesson {
        teacher: user,
        teacher_name: "ada".to_owned(),
        others: Vec::new(),
        place,
        source: None,
        origin: memory::Origin::Added,
        facts: vec![memory::NewFact::added(FACT)],
    };
    memory::learn(tx, op, ids, &settings, &privacy, &lesson).unwrap();
}

impl Drop for World {
    fn drop(&mut self) {
        self.storage = None;
        if let Some(url) = &self.url {
            // The whole server goes with the test run, so a database that stays is no failure.
            let _ = PrivatePostgres::shared().and_then(|server| server.drop_database(url));
        }
    }
}
