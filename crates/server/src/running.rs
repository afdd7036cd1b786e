//! The life of a server, from an empty data directory to a clean stop.
//!
//! R1  Nothing is served before its data directory is held, and nothing lasts that another server could trip over.
//! R2  Health and metrics answer from the first moment to the last.
//! R3  A stop lets what was begun finish, and ends within five seconds all the same; a second signal ends at once.
//!
//! Not here: which parts a server has (`wiring`).

mod footing;
mod keeping;
mod listening;
mod proving;
mod stopping;
mod watching;

use std::{sync::Arc, time::Duration};

use app::Door;
use grpc::Grpc;
use kernel::Clock;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

pub use footing::{Footing, Kind, Wired};
pub(crate) use keeping::{AGE_MAX as BACKUP_AGE_MAX, due_next};
pub use watching::ReadAnew;

use crate::{
    admin::{self, server::AdminSocket},
    config::Config,
    data_dir,
    desk::Desk,
    door,
    ending::Signals,
    failure::{Exit, Failure},
    front::Front,
    health::{Gate, Health, Part},
    logs::Logs,
    meters::Meters,
    printer::{Format, Printer},
    rotation::Rotation,
    run_file::RunFile,
    schema::{Before, Intent, Schema},
    storage::Storage,
    wiring,
};
use keeping::Keeping;
use listening::{Listening, Served};
use proving::{Findings, Proving};

/// The longest pause between tries to reach the database at the start.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// What a server is started with.
#[derive(Debug)]
pub struct Start {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The log.
    pub logs: Logs,
    /// Reads the settings anew, when asked to.
    pub read_anew: ReadAnew,
    /// Where the address is printed.
    pub printer: Printer,
}

/// Runs a server until it is asked to end.
///
/// # Errors
/// Why it could not start, or could not go on.
pub async fn serve(start: Start, kind: Kind) -> Result<Exit, Failure> {
    let signals = Signals::listen().map_err(anyhow::Error::from)?;
    let server = Server::prepare(start, kind).await?;
    let outcome = server.live(signals).await;
    server.stop().await;
    outcome.map(|()| Exit::Done)
}

/// A server that holds its directory and addresses.
struct Server {
    kind: Kind,
    footing: Arc<Footing>,
    schema: Schema,
    front: Front,
    grpc: Grpc,
    printer: Printer,
    read_anew: ReadAnew,
    listening: Listening,
    meters: Meters,
    /// Tasks that end with the server and nobody waits for.
    aside: tokio::sync::Mutex<JoinSet<()>>,
    wired: tokio::sync::Mutex<Option<Wired>>,
    _hold: Option<data_dir::Hold>,
}

impl Server {
    async fn prepare(start: Start, kind: Kind) -> Result<Self, Failure> {
        let Start {
            config,
            clock,
            logs,
            read_anew,
            printer,
        } = start;
        // First of all, for a part keeps the counters that it finds when it is made.
        let meters = Meters::start(clock.as_ref(), &config.data_dir)?;
        let directory = config.data_dir.clone();
        data_dir::prepare(&directory)?;
        let storage = Arc::new(Storage::open(&config)?);
        // The embedded database holds the directory for itself; with another, the server does.
        let hold = match storage.holds_directory() {
            true => None,
            false => Some(data_dir::hold(&directory)?),
        };
        let schema = Schema::of(&directory, Arc::clone(&clock)).map_err(anyhow::Error::from)?;
        let listening = Listening::begin(&config).await?;
        let health = Health::new(Arc::clone(&clock));
        let run_file = RunFile::begin(&directory, clock.now())
            .map_err(|error| data_dir::unwritable(&directory.join("run.json"), &error))?;
        let footing = Footing::new(config, clock, logs, storage, health, run_file, &listening)?;
        Ok(Self {
            kind,
            footing: Arc::new(footing),
            schema,
            front: Front::default(),
            grpc: Grpc::closed().await,
            printer,
            read_anew,
            listening,
            meters,
            aside: tokio::sync::Mutex::default(),
            wired: tokio::sync::Mutex::default(),
            _hold: hold,
        })
    }

    /// From the first request to the moment when the end is asked for.
    async fn live(&self, signals: Signals) -> Result<(), Failure> {
        let footing = &self.footing;
        footing.note_addresses(&self.listening)?;
        let ending = footing.ending.clone();
        let storage = footing.health.part("storage", Gate::Startup);
        {
            let mut aside = self.aside.lock().await;
            let watch = watching::signals(
                signals,
                ending.clone(),
                self.read_anew.clone(),
                footing.logs.clone(),
            );
            aside.spawn(watch);
            aside.spawn(watching::fold(self.meters.clone()));
        }
        self.listening.serve(Served {
            front: &self.front,
            grpc: self.grpc.clone(),
            health: Arc::clone(&footing.health),
            meters: self.meters.clone(),
            proxies: footing.config.trusted_proxies.clone(),
        });
        watching::warn_of_settings(&footing.config);
        tokio::select! {
            biased;
            () = ending.asked() => {}
            opened = self.open(storage) => opened?,
        }
        ending.asked().await;
        ending.take_failure().map_or(Ok(()), Err)
    }

    async fn open(&self, storage: Part) -> Result<(), Failure> {
        let footing = &self.footing;
        // Nothing is ready before all parts have had the occasion to say that they are not.
        let served = footing.health.part("http", Gate::Ready);
        self.migrate(&storage).await?;
        if !footing.storage.holds_directory() {
            let watch = watching::storage(Arc::clone(&footing.storage), storage);
            self.aside.lock().await.spawn(watch);
        }
        let mut wired = match &self.kind {
            Kind::Run => wiring::run(footing).await?,
            Kind::Demo(options) => wiring::demo(footing, options).await?,
        };
        let mut routes = std::mem::take(&mut wired.routes);
        if let Some(door) = wired.door.take() {
            routes = routes.merge(door::router(door));
        }
        let desk = footing.desk(&self.schema, &wired.core);
        // Both keys are in use until then, so it holds nothing up where it fails.
        if let Err(error) = desk.rotation.finish(&desk.core).await {
            tracing::error!(%error, "the exchange of the master key could not be finished; the next start tries again");
        }
        let door = Door::new(wired.core.clone(), footing.config.api_token.clone());
        *self.wired.lock().await = Some(wired);
        self.keep_backups().await;
        self.check_the_record().await;
        self.answer_commands(desk).await?;
        let ids = Arc::clone(&footing.ids);
        self.front.open(routes, ids, footing.site());
        self.grpc.open(door).await;
        served.ready();
        self.announce().await;
        Ok(())
    }

    /// Takes a backup each day, unless that is off, and removes old ones.
    async fn keep_backups(&self) {
        let footing = &self.footing;
        let config = footing.config.backup;
        let part = config.at.map(|_| footing.health.part("backup", Gate::Open));
        if let Some(part) = &part {
            part.ready();
        }
        let keeping = Keeping {
            storage: Arc::clone(&footing.storage),
            migrations: self.schema.migrations(),
            clock: Arc::clone(&footing.clock),
            rotation: Rotation::of(&footing.config, None),
            signer: footing.master_key.signer().public(),
            data_dir: footing.config.data_dir.clone(),
            config,
            part,
        };
        self.aside.lock().await.spawn(keeping.run());
    }

    /// Checks each day whether the record is whole.
    async fn check_the_record(&self) {
        let footing = &self.footing;
        let proving = Proving {
            database: footing.database.clone(),
            rotation: Rotation::of(&footing.config, None),
            signer: footing.master_key.signer().public(),
            findings: Findings {
                part: footing.health.part("audit", Gate::Open),
                clock: Arc::clone(&footing.clock),
                proven: Arc::clone(&footing.proven),
            },
        };
        self.aside.lock().await.spawn(proving.run());
    }

    /// Opens the socket for commands.
    async fn answer_commands(&self, desk: Desk) -> Result<(), Failure> {
        let directory = &self.footing.config.data_dir;
        let unwritable = |error| data_dir::unwritable(&directory.join(admin::SOCKET), &error);
        let socket = AdminSocket::open(directory).map_err(unwritable)?;
        self.aside.lock().await.spawn(socket.serve(desk));
        Ok(())
    }

    /// Brings the schema up; where the database is away, tries until it is there.
    async fn migrate(&self, part: &Part) -> Result<(), Failure> {
        let mut pause = Duration::from_millis(100);
        loop {
            let rotation = Rotation::of(&self.footing.config, None);
            let signer = self.footing.master_key.signer().public();
            let before = Before::Backup(rotation.signers(signer)?);
            let storage = &self.footing.storage;
            match self.schema.up(storage, Intent::Do, before).await {
                Ok(change) => {
                    for step in &change.steps {
                        tracing::info!(
                            migration = step.number,
                            name = step.name,
                            "the schema went up"
                        );
                    }
                    part.ready();
                    return Ok(());
                }
                Err(error) if error.is_passing() && !self.footing.storage.holds_directory() => {
                    part.degraded(error.to_string());
                    sleep(pause).await;
                    pause = (pause * 2).min(PAUSE_MAX);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn announce(&self) {
        let url = &self.footing.public_url;
        let (grpc, ops) = (self.listening.grpc_addr, self.listening.ops_addr);
        tracing::info!(%url, %grpc, %ops, data_dir = %self.footing.config.data_dir.display(), "Guildhall runs");
        match (self.printer.format(), &self.kind) {
            (Format::Json, _) => {
                let value = serde_json::json!({
                    "url": url,
                    "grpc_addr": grpc.to_string(),
                    "ops_addr": ops.to_string(),
                    "pid": std::process::id(),
                });
                self.printer.json(&value).await;
            }
            (Format::Text, Kind::Demo(_)) => {
                self.printer
                    .line(&format!("Open {url}/ in a browser; Ctrl-C ends it."))
                    .await
            }
            (Format::Text, Kind::Run) => {
                self.printer
                    .line(&format!("Guildhall runs at {url}/"))
                    .await
            }
        }
    }
}

/// Ends a listener when it is told to.
type Stop = CancellationToken;
