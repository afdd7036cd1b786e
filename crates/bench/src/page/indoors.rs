//! The pages in this process, over a database that writes down what each of them asks it.

use std::{collections::HashSet, sync::Arc};

use anyhow::{Context, Result, ensure};
use app::{
    App, Core, Entrance, Parts,
    installation::{
        Backups, Bot, Engine, Installation, Part, Program, RecordCheck, Setting, Storage,
    },
};
use chat::BoxFuture;
use discord::{Discord, Needs, Settings};
use kernel::{Clock, SeededChance, Snowflakes, Span, Stopwatch, SystemClock};
use platform::{Keyring, MasterKey};
use secrecy::SecretString;
use store::{
    Database,
    recorder::{Ran, Recording, recorded},
};
use web::{Ailing, Hints, Site, Vitals, Web};

use super::{asks::Reader, cookies::Cookies, town::Town};
use crate::scene::Scene;

const KNOWN_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);
const POLL: std::time::Duration = std::time::Duration::from_millis(20);
/// Where the pages would be, if anybody but this process opened them.
const ADDRESS: &str = "http://127.0.0.1";
const DRAIN: Span = Span::seconds(3);

/// The pages, and who asks for them.
pub(super) struct Indoors {
    web: Web,
    app: Arc<App>,
    discord: Discord,
    recording: Recording,
    cookies: Cookies,
}

/// A server of which every part is as it should be.
#[derive(Debug)]
struct Well;

impl Vitals for Well {
    fn ailing(&self) -> Vec<Ailing> {
        Vec::new()
    }

    fn is_ending(&self) -> bool {
        false
    }
}

/// What the operator's pages tell of the process is not measured here, only what they ask the database.
impl Installation for Well {
    fn program(&self) -> Program {
        Program {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: None,
            started_at: SystemClock.now(),
            url: ADDRESS.to_owned(),
            is_demo: false,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        Vec::new()
    }

    fn parts(&self) -> Vec<Part> {
        Vec::new()
    }

    fn bots(&self) -> Vec<Bot> {
        Vec::new()
    }

    fn invite(&self) -> Option<String> {
        None
    }

    fn storage(&self) -> BoxFuture<'_, Storage> {
        let unknown = || "this process only measures pages".to_owned();
        let storage = Storage {
            engine: Engine::Embedded,
            place: None,
            bytes: Err(unknown()),
            schema: Err(unknown()),
            backups: Backups {
                folder: String::new(),
                kept: Err(unknown()),
                next_at: None,
                age_max: Span::ZERO,
                keep_days: 0,
            },
            record: RecordCheck::default(),
        };
        Box::pin(async move { storage })
    }
}

impl Indoors {
    /// Opens them for those who are signed in, as soon as the bot is in its guild.
    pub(super) async fn open(
        database: &Database,
        scene: &Scene,
        town: &Town,
        cookies: &Cookies,
    ) -> Result<Self> {
        let (database, recording) = recorded(database);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let chance = Arc::new(SeededChance::new(1));
        let parts = Parts::new(
            database.clone(),
            Arc::clone(&clock),
            Arc::new(Snowflakes::new(Arc::clone(&clock), 1)),
            chance.clone(),
            chance.clone(),
            Arc::new(Keyring::new(MasterKey::new(&[0; 32]))),
        );
        let core = Core::new(parts, app::words()?);
        let app = App::start(core, audit::Signer::of_seed(&[0; 32]));
        let settings = Settings {
            tokens: vec![SecretString::from(scene.bot.token.clone())],
            api_url: scene.api_url(),
            dashboard: None,
        };
        let needs = Needs {
            database,
            clock,
            chance: chance.clone(),
        };
        let discord = Discord::prepare(&settings, Vec::new(), &needs)?;
        app.deliver_through(discord.courier());
        app.core().look_up_in(discord.directory());
        app.core().let_in_through(Entrance {
            sign_in: None,
            operators: HashSet::from([town.operator]),
        });
        discord.start(app.clone()).await?;
        let site = Site::at(ADDRESS, Vec::new());
        let web = Web::new(
            app.core().clone(),
            site,
            chance,
            (Arc::new(Well), Arc::new(Well)),
            Hints::Ignored,
        );
        let indoors = Self {
            web,
            app,
            discord,
            recording,
            cookies: cookies.clone(),
        };
        indoors.be_known(town).await?;
        // From here on pages alone ask the database: no event, no job, no sealer beside them.
        indoors.rest().await?;
        Ok(indoors)
    }

    async fn be_known(&self, town: &Town) -> Result<()> {
        let watch = Stopwatch::start();
        while !self.app.core().guilds().has(town.guild) {
            ensure!(
                watch.elapsed() < KNOWN_WITHIN,
                "the bot did not come into its guild"
            );
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    async fn rest(&self) -> Result<()> {
        self.discord.stop_intake().await;
        ensure!(
            self.app.drain(DRAIN).await,
            "what goes on in the background did not end in time"
        );
        Ok(())
    }

    /// What a page asks the database.
    pub(super) async fn behind(&self, path: &str) -> Result<Vec<Ran>> {
        drop(self.recording.take());
        let (status, _) = self.read(path).await?;
        ensure!(status == 200, "{path} answers {status}");
        Ok(self.recording.take())
    }

    pub(super) async fn close(self) {
        self.discord.shutdown().await;
    }
}

impl Reader for Indoors {
    async fn read(&self, path: &str) -> Result<(u16, String)> {
        let answer = web::indoors::ask(&self.web, path, self.cookies.at(path)).await;
        answer.with_context(|| format!("{path} gives nothing"))
    }
}
