//! From arguments and environment to an exit code.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bench::Pace;
use clap::Parser;
use kernel::{Clock, SystemClock};

use crate::{
    backup::Present,
    cli::{BackupVerb, Bench, Cli, Demo, Migrate, Setup, SimVerb, Verb},
    config::{Config, ConfigError, NamedText, Problem, SECRET_FILE_MAX, Sources},
    desk::{self, Call},
    failure::{Exit, Failure},
    logs::Logs,
    printer::{self, Printer},
    running::{ReadAnew, Start},
    schema::Intent,
    verbs::{
        self,
        backup::{Create, KeyLoss, Restore, SignerTrust},
        bench::BenchOptions,
        demo::DemoOptions,
        migrate::{Backup, Way},
        setup::Given,
    },
};

/// How long what still runs may take once the answer is given.
const LAST_MOMENT: Duration = Duration::from_millis(100);

/// Does what the command line asks for.
#[must_use]
pub fn enter(arguments: Vec<OsString>, environment: &BTreeMap<String, String>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version are answers, and everything else is a wrong command line.
            drop(error.print());
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
        }
    };
    // Whoever else chose the cryptography of this process chose the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let outcome = runtime().and_then(|runtime| {
        let outcome = runtime.block_on(Box::pin(dispatch(cli, environment)));
        runtime.shutdown_timeout(LAST_MOMENT);
        outcome
    });
    outcome.unwrap_or_else(|failure| {
        printer::complain(&format!("guildhall: {failure}"));
        failure.exit()
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    Ok(built.map_err(anyhow::Error::from)?)
}

async fn dispatch(cli: Cli, environment: &BTreeMap<String, String>) -> Result<Exit, Failure> {
    let printer = Printer::to_process(cli.format());
    if let Verb::Completions { shell } = cli.verb {
        return Ok(verbs::completions::print(shell, &printer).await);
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let reading = Reading::new(&cli, environment);
    let config = match reading.config() {
        Ok(config) => config,
        Err(error) if matches!(cli.verb, Verb::Doctor) => {
            return Ok(verbs::doctor::refuse(&error, &printer).await);
        }
        Err(error) => return Err(error.into()),
    };
    // A command's answer is not drowned in the log of what it took, unless that was asked for.
    let level = match cli.is_server() || config.is_given("GUILDHALL_LOG") {
        true => config.log.as_str(),
        // A machine under as much load as it takes is slow, and warns of it at every step.
        false if matches!(cli.verb, Verb::Bench(_)) => "error",
        false => "warn",
    };
    let logs = Logs::start(level, config.log_format).map_err(anyhow::Error::from)?;
    logs.hide(config.secrets());
    let start = |config| Start {
        config,
        clock: Arc::clone(&clock),
        logs: logs.clone(),
        read_anew: ReadAnew::by(move || reading.config()),
        printer: printer.clone(),
    };
    match cli.verb {
        Verb::Run(_) => Box::pin(verbs::run::run(start(config))).await,
        Verb::Demo(demo) => Box::pin(verbs::demo::run(start(config), demo.into())).await,
        Verb::Setup(asked) => Box::pin(setup(&config, environment, asked, &logs, &printer)).await,
        Verb::Doctor => verbs::doctor::examine(&config, clock, &printer).await,
        Verb::Migrate(migrate) => migration(&config, clock, &migrate, &printer).await,
        Verb::Backup(asked) => Box::pin(backup(&config, clock, asked, &printer)).await,
        Verb::Ledger(asked) => ask(&config, clock, Call::Ledger(asked.into()), &printer).await,
        Verb::Config(asked) => ask(&config, clock, Call::Config(asked.ask()?), &printer).await,
        Verb::Bot(asked) => ask(&config, clock, Call::Bot(asked.ask()?), &printer).await,
        Verb::Token(asked) => ask(&config, clock, Call::Token(asked.into()), &printer).await,
        Verb::Keys(asked) => {
            Box::pin(verbs::keys::carry_out(
                &config,
                clock,
                asked.into(),
                &printer,
            ))
            .await
        }
        Verb::Audit(asked) => {
            let file = asked.file();
            let call = Call::Audit(asked.ask()?);
            match file {
                Some(file) => {
                    Box::pin(verbs::heads::export(&config, clock, &call, &file, &printer)).await
                }
                None => ask(&config, clock, call, &printer).await,
            }
        }
        Verb::Bench(Bench { echo: true, .. }) => Box::pin(verbs::bench::echo(&config)).await,
        Verb::Bench(bench) => Box::pin(verbs::bench::run(bench.into(), &printer)).await,
        Verb::Sim(SimVerb::Serve(options)) => verbs::sim::serve(options.into(), &printer).await,
        Verb::Completions { shell } => Ok(verbs::completions::print(shell, &printer).await),
    }
}

async fn setup(
    config: &Config,
    environment: &BTreeMap<String, String>,
    asked: Setup,
    logs: &Logs,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let given = Given {
        config,
        environment,
        read: read_secret,
        logs,
    };
    verbs::setup::run(given, asked.into(), printer).await
}

/// Has the database answer, in this process or by the server that holds it.
async fn ask(
    config: &Config,
    clock: Arc<dyn Clock>,
    call: Call,
    printer: &Printer,
) -> Result<Exit, Failure> {
    Box::pin(desk::carry_out(config, clock, &call, printer)).await
}

async fn backup(
    config: &Config,
    clock: Arc<dyn Clock>,
    asked: BackupVerb,
    printer: &Printer,
) -> Result<Exit, Failure> {
    match asked {
        BackupVerb::Create { file, force } => {
            let call = Call::Backup(Create::new(&file, force));
            desk::carry_out(config, clock, &call, printer).await
        }
        BackupVerb::Verify { file } => verbs::backup::verify(config, clock, &file, printer).await,
        BackupVerb::Restore {
            file,
            force,
            without_key,
            trust_signers,
            dry_run,
        } => {
            let asked = Restore {
                file,
                present: match force {
                    true => Present::MoveAside,
                    false => Present::Refuse,
                },
                key: match without_key {
                    true => KeyLoss::Accepted,
                    false => KeyLoss::Refused,
                },
                signers: match trust_signers {
                    true => SignerTrust::All,
                    false => SignerTrust::Known,
                },
                intent: if dry_run { Intent::Tell } else { Intent::Do },
            };
            verbs::backup::restore(config, clock, &asked, printer).await
        }
    }
}

async fn migration(
    config: &Config,
    clock: Arc<dyn Clock>,
    migrate: &Migrate,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let (way, dry_run, no_backup) = match *migrate {
        Migrate::Status => {
            return desk::carry_out(config, clock, &Call::MigrateStatus, printer).await;
        }
        Migrate::Up { dry_run, no_backup } => (Way::Up, dry_run, no_backup),
        Migrate::Down {
            to,
            dry_run,
            no_backup,
        } => (Way::Down(to), dry_run, no_backup),
    };
    let intent = if dry_run { Intent::Tell } else { Intent::Do };
    let backup = if no_backup {
        Backup::Declined
    } else {
        Backup::First
    };
    verbs::migrate::go(config, clock, way, intent, backup, printer).await
}

impl From<Bench> for BenchOptions {
    fn from(bench: Bench) -> Self {
        Self {
            names: bench.names,
            postgres: bench.postgres,
            redis: bench.redis,
            seed: bench.seed,
            pace: if bench.quick {
                Pace::Quick
            } else {
                Pace::Whole
            },
            cycles: bench.cycles,
        }
    }
}

impl From<Demo> for DemoOptions {
    fn from(demo: Demo) -> Self {
        Self {
            port: demo.port,
            members: demo.members,
            seed: demo.seed,
            fresh: demo.fresh,
        }
    }
}

/// Where the settings are read from, so that they can be read again.
struct Reading {
    file: Option<PathBuf>,
    sources: Sources,
}

impl Reading {
    fn new(cli: &Cli, environment: &BTreeMap<String, String>) -> Self {
        Self {
            file: cli.all.config.clone(),
            sources: Sources {
                environment: environment.clone(),
                flags: cli.flags(),
                ..Sources::default()
            },
        }
    }

    fn config(&self) -> Result<Config, ConfigError> {
        let mut sources = self.sources.clone();
        sources.file = match &self.file {
            Some(path) => Some(read(path).map_err(|error| unreadable(path, &error))?),
            None => read_where_there_is(Path::new("guildhall.toml"))?,
        };
        sources.dotenv = read_where_there_is(Path::new(".env"))?;
        Config::parse(&sources, &read_secret)
    }
}

fn read(path: &Path) -> io::Result<NamedText> {
    Ok(NamedText {
        name: path.display().to_string(),
        text: fs::read_to_string(path)?,
    })
}

fn read_where_there_is(path: &Path) -> Result<Option<NamedText>, ConfigError> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
    Problem {
        name: path.display().to_string(),
        origin: None,
        reason: format!("the file cannot be read: {error}"),
        fix: "Name a file of text that this user may read.".to_owned(),
    }
    .into()
}

/// Reads a secret's file, and no more of it than a secret may have.
fn read_secret(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let most = u64::try_from(SECRET_FILE_MAX + 1).unwrap_or(u64::MAX);
    io::Read::read_to_string(&mut io::Read::take(fs::File::open(path)?, most), &mut text)?;
    Ok(text)
}
