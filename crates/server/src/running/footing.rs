//! What the wiring stands on, and what it gives back: the seam between the life of a server and its parts.

use std::sync::Arc;

use app::Core;
use axum::Router;
use chat::{BoxFuture, InteractionDoor};
use kernel::{Chance, Clock, IdSource, Timestamp};
use platform::Entropy;
use store::Database;
use tokio_util::task::TaskTracker;
use web::Site;

use super::{listening::Listening, proving::Proven};
use crate::{
    chance::SystemChance,
    config::Config,
    data_dir,
    desk::{self, Desk},
    ending::Ending,
    failure::Failure,
    health::Health,
    logs::Logs,
    master_key::MasterKey,
    rotation::Rotation,
    run_file::RunFile,
    schema::Schema,
    storage::Storage,
    verbs::demo::DemoOptions,
};

/// Which server it is.
#[derive(Debug)]
pub enum Kind {
    /// For real.
    Run,
    /// On a simulated Discord.
    Demo(DemoOptions),
}

/// What a server gives its parts.
#[derive(Debug)]
pub struct Footing {
    /// The settings.
    pub config: Config,
    /// When it was started.
    pub started_at: Timestamp,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Chance that nobody can guess.
    pub chance: Arc<dyn Chance>,
    /// The same, as bytes for what is sealed.
    pub entropy: Arc<dyn Entropy>,
    /// The database; migrated once the wiring is called.
    pub database: Database,
    /// What seals tokens and keys.
    pub master_key: MasterKey,
    /// Where parts report how they are.
    pub health: Arc<Health>,
    /// How a part ends the server, and learns that it ends.
    pub ending: Ending,
    /// Tasks that a stop waits for, a moment, once the drain is over.
    pub tasks: TaskTracker,
    /// Which secrets the log blacks out.
    pub logs: Logs,
    /// Where further addresses in use are noted.
    pub run_file: RunFile,
    /// The address that people use, without a slash at its end.
    pub public_url: String,
    pub(crate) storage: Arc<Storage>,
    /// What the latest check of the record came to.
    pub(crate) proven: Arc<Proven>,
}

/// What the parts give back.
pub struct Wired {
    /// The application's shared parts, which commands at the socket work with.
    pub core: Core,
    /// Everything that is served over HTTP, the interactions' door apart.
    pub routes: Router,
    /// The door for signed interactions, where a public key is set.
    pub door: Option<Arc<dyn InteractionDoor>>,
    /// Takes nothing on any more, finishes what was begun, and stores sessions. Given about three seconds.
    pub drain: BoxFuture<'static, ()>,
}

impl std::fmt::Debug for Wired {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Wired")
            .field("door", &self.door)
            .finish_non_exhaustive()
    }
}

impl Footing {
    pub(super) fn new(
        config: Config,
        clock: Arc<dyn Clock>,
        logs: Logs,
        storage: Arc<Storage>,
        health: Arc<Health>,
        run_file: RunFile,
        listening: &Listening,
    ) -> Result<Self, Failure> {
        let master_key = MasterKey::obtain(&config, &config.data_dir)?;
        logs.hide([&master_key.text()]);
        let chance = Arc::new(SystemChance::begin()?);
        Ok(Self {
            public_url: config.site_at(listening.http_addr),
            started_at: clock.now(),
            ids: desk::ids(Arc::clone(&clock)),
            entropy: chance.clone(),
            chance,
            database: storage.database().clone(),
            ending: Ending::default(),
            tasks: TaskTracker::new(),
            config,
            clock,
            master_key,
            health,
            logs,
            run_file,
            storage,
            proven: Arc::default(),
        })
    }

    /// Notes an address in `run.json`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn note(&self, name: &str, value: impl std::fmt::Display) -> Result<(), Failure> {
        let unwritable =
            |error| data_dir::unwritable(&self.config.data_dir.join("run.json"), &error);
        self.run_file.note(name, value).map_err(unwritable)
    }

    /// Where people find the pages.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::at(&self.public_url, self.config.trusted_proxies.clone())
    }

    pub(super) fn note_addresses(&self, listening: &Listening) -> Result<(), Failure> {
        self.note("http_addr", listening.http_addr)?;
        self.note("grpc_addr", listening.grpc_addr)?;
        self.note("ops_addr", listening.ops_addr)?;
        self.note("url", &self.public_url)
    }

    pub(super) fn desk(&self, schema: &Schema, core: &Core) -> Desk {
        Desk {
            signer: self.master_key.signer().public(),
            rotation: Rotation::of(&self.config, Some(self.logs.clone())),
            core: core.clone(),
            storage: Arc::clone(&self.storage),
            schema: schema.clone(),
            data_dir: self.config.data_dir.clone(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
        }
    }
}
