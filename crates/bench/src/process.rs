//! The program as a process of its own: started, asked how it is, stopped or killed.
//!
//! It gets no environment but what stands here, and works in a folder of its own, so that nothing of the machine's
//! settings gets in. It ends with the value that stands for it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use kernel::{Stopwatch, UserId};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::http;

const POLL: Duration = Duration::from_millis(2);
const START_MAX: Duration = Duration::from_secs(30);
const STOP_MAX: Duration = Duration::from_secs(8);

/// What a server is started with.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The program.
    pub(crate) program: PathBuf,
    /// Where it keeps everything.
    pub(crate) data_dir: PathBuf,
    /// A PostgreSQL, or nothing for the embedded database.
    pub(crate) database: Option<String>,
    /// The base address of Discord.
    pub(crate) discord: String,
    /// The bot's token.
    pub(crate) token: String,
    /// Whose account operates the installation, where somebody looks at the operator's pages.
    pub(crate) operator: Option<UserId>,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    ops: String,
    watch: Stopwatch,
}

impl Settings {
    /// The command that runs the server, or another verb with the same settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .current_dir(&self.data_dir)
            .env("GUILDHALL_DATA_DIR", &self.data_dir)
            .env("GUILDHALL_DISCORD_API_URL", &self.discord)
            .env("GUILDHALL_DISCORD_TOKEN", &self.token)
            .env("GUILDHALL_HTTP_ADDR", "127.0.0.1:0")
            .env("GUILDHALL_GRPC_ADDR", "127.0.0.1:0")
            .env("GUILDHALL_OPS_ADDR", "127.0.0.1:0")
            .stdin(Stdio::null());
        if let Some(url) = &self.database {
            command.env("GUILDHALL_DATABASE_URL", url);
        }
        if let Some(operator) = self.operator {
            command.env("GUILDHALL_OPERATORS", operator.to_string());
        }
        command
    }
}

impl Server {
    /// Starts one and waits until its storage is open and its addresses are known.
    pub(crate) async fn start(settings: &Settings) -> Result<Self> {
        Self::start_by(settings, settings.command(&["run"])).await
    }

    /// The same by a command of the caller's, which must end up as the server's own process.
    pub(crate) async fn start_by(settings: &Settings, mut command: Command) -> Result<Self> {
        let log = settings.data_dir.join("server.log");
        let out = File::options().create(true).append(true).open(&log)?;
        let watch = Stopwatch::start();
        let child = command
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("starting {}", settings.program.display()))?;
        let mut server = Self {
            child,
            log,
            ops: String::new(),
            watch,
        };
        server.ops = server.address(&settings.data_dir, "ops_addr").await?;
        server.wait_for("/startupz", "").await?;
        Ok(server)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How long ago it was started.
    pub(crate) fn age(&self) -> Duration {
        self.watch.elapsed()
    }

    /// Where its pages are.
    pub(crate) async fn pages(&mut self, settings: &Settings) -> Result<String> {
        self.address(&settings.data_dir, "http_addr").await
    }

    /// Waits until it has its bot ready and its commands registered.
    pub(crate) async fn ready(&mut self) -> Result<()> {
        // Before the bot is there, nothing holds readiness back.
        self.wait_for("/readyz", "discord").await
    }

    /// What it holds in memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        memory(self.id())
    }

    /// Ends it as a lost machine would.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(id.context("a process has an id")?, Signal::TERM)?;
        let watch = Stopwatch::start();
        while watch.elapsed() < STOP_MAX {
            if let Some(status) = self.child.try_wait()? {
                ensure!(
                    status.success(),
                    "the server ended with {status}: {}",
                    self.last_words()
                );
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
        bail!(
            "the server did not end in {STOP_MAX:?}: {}",
            self.last_words()
        )
    }

    /// The address that the process itself wrote down: an earlier one may have left its own.
    async fn address(&mut self, data_dir: &Path, name: &str) -> Result<String> {
        let file = data_dir.join("run.json");
        loop {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let document: Value = serde_json::from_str(&text).unwrap_or_default();
            let own = document["pid"] == self.id();
            if let (true, Some(address)) = (own, document[name].as_str()) {
                return Ok(address.to_owned());
            }
            self.still_starting("an address").await?;
        }
    }

    async fn wait_for(&mut self, path: &str, mark: &str) -> Result<()> {
        loop {
            let answer = http::get(&self.ops, path).await;
            if answer
                .as_ref()
                .is_ok_and(|answer| answer.status == 200 && answer.body.contains(mark))
            {
                return Ok(());
            }
            let last = answer.map_or_else(|error| error.to_string(), |answer| answer.body);
            self.still_starting(path).await.with_context(|| last)?;
        }
    }

    async fn still_starting(&mut self, what: &str) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!(
                "the server ended with {status} before {what}: {}",
                self.last_words()
            );
        }
        ensure!(
            self.age() < START_MAX,
            "no {what} within {START_MAX:?}: {}",
            self.last_words()
        );
        tokio::time::sleep(POLL).await;
        Ok(())
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

/// What a process holds in memory, in bytes.
fn memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))
        .context("reading a process's status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line
        .and_then(|text| text.split_whitespace().next())
        .context("a status without VmRSS")?;
    Ok(kibibytes.parse::<u64>()? * 1_024)
}

/// The echo bot as a process of its own; it ends with this value.
#[derive(Debug)]
pub(crate) struct Echo {
    child: Child,
}

impl Echo {
    /// Starts it; when its gateway session is ready, the simulator knows.
    pub(crate) fn start(settings: &Settings) -> Result<Self> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(settings.data_dir.join("echo.log"))?;
        let child = settings
            .command(&["bench", "--echo"])
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self { child })
    }

    /// What it holds in memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        memory(self.child.id())
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        // It has ended already where these fail.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where these fail.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
