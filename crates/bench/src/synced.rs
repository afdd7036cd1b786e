//! That the log is on the disk before a reply leaves, read from the system calls of a running server.
//!
//! A kill can't show it: what a killed process wrote stays with the operating system. So the server runs under
//! `strace`, one member pays again and again, and between the moment of asking and the call that carries the answer
//! out there must be a finished `fsync` or `fdatasync`. Before each payment the server is left alone until it makes no
//! such call any more, so that the sync of an earlier payment is not taken for its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use kernel::Stopwatch;
use sim::Snowflake;

use crate::{
    process::Server,
    scene::{Ask, Scene, is_done},
};

/// Calls that matter: those that sync, and those that may carry an answer.
const CALLS: &str = "trace=fsync,fdatasync,write,writev,sendto,sendmsg";
/// So long without a call, and nothing of an earlier payment is on its way.
const QUIET: Duration = Duration::from_millis(60);
const QUIET_WITHIN: Duration = Duration::from_secs(10);

/// What the system calls said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Synced {
    /// The machine does not let one process watch another, or has nothing to do it with.
    NotWatched {
        /// Why.
        reason: String,
    },
    /// So many payments were watched.
    Watched {
        /// Payments that were answered.
        payments: u32,
        /// Of those, how many answers left before anything was synced.
        early: u32,
        /// How many syncs there were in between, over all.
        syncs: u32,
    },
}

/// Watches so many payments, one after the other.
///
/// # Errors
/// When the server does not come up or does not pay.
pub async fn synced(program: &Path, payments: u32) -> Result<Synced> {
    if let Some(reason) = unwatchable() {
        return Ok(Synced::NotWatched { reason });
    }
    let folder = tempfile::tempdir()?;
    let scene = Scene::open(1, 2).await?;
    let settings = scene.settings(program, folder.path(), &scene.bot);
    let calls = folder.path().join("calls.log");
    let mut server =
        Server::start_by(&settings, watched(&settings.command(&["run"]), &calls)).await?;
    server.ready().await?;
    let trace = Trace { file: calls };
    let (mut early, mut syncs) = (0, 0);
    let asked = scene.send(scene.members[0], Ask::Daily)?;
    ensure!(
        is_done(&scene.answer(asked).await?),
        "the daily was not paid"
    );
    for _ in 0..payments {
        let before = trace.quiet().await?;
        let payee = scene.members[1];
        let asked = scene.send(scene.members[0], Ask::Pay { payee, amount: 1 })?;
        ensure!(
            is_done(&scene.answer(asked).await?),
            "a payment was not made"
        );
        let between = trace.syncs_before_answer(before, asked).await?;
        early += u32::from(between == 0);
        syncs += between;
    }
    server.stop().await?;
    Ok(Synced::Watched {
        payments,
        early,
        syncs,
    })
}

/// Why nothing can be watched here, where it can't.
fn unwatchable() -> Option<String> {
    let tried = Command::new("strace")
        .args(["-f", "-e", "trace=fsync", "true"])
        .stdout(Stdio::null())
        .output();
    match tried {
        Err(error) => Some(format!("strace cannot be run: {error}")),
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!(
            "strace may not watch here: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// The same command under strace, which stays out of the way: the process that is started is the server itself.
fn watched(server: &Command, calls: &PathBuf) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-D", "-f", "-s", "120", "-e", CALLS, "-o"])
        .arg(calls)
        .arg("--");
    command.arg(server.get_program()).args(server.get_args());
    if let Some(folder) = server.get_current_dir() {
        command.current_dir(folder);
    }
    let path = Path::new("/usr/local/bin:/usr/bin:/bin");
    command.env_clear().env("PATH", path).stdin(Stdio::null());
    for (name, value) in server.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
}

/// The calls as they are written down.
struct Trace {
    file: PathBuf,
}

impl Trace {
    fn text(&self) -> Result<String> {
        let bytes = fs::read(&self.file).context("reading the system calls")?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Waits until nothing syncs any more; gives the length so far.
    async fn quiet(&self) -> Result<usize> {
        let whole = Stopwatch::start();
        let mut since = Stopwatch::start();
        let mut seen = syncs(&self.text()?);
        while since.elapsed() < QUIET {
            ensure!(
                whole.elapsed() < QUIET_WITHIN,
                "the server never stops syncing"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
            let now = syncs(&self.text()?);
            if now != seen {
                (seen, since) = (now, Stopwatch::start());
            }
        }
        Ok(self.text()?.len())
    }

    /// How many syncs were finished between a place and the call that carries this interaction's answer.
    async fn syncs_before_answer(&self, from: usize, interaction: Snowflake) -> Result<u32> {
        let watch = Stopwatch::start();
        loop {
            let text = self.text()?;
            if let Some(count) = syncs_before(
                text.get(from..).unwrap_or_default(),
                &interaction.0.to_string(),
            ) {
                return Ok(count);
            }
            ensure!(
                watch.elapsed() < QUIET_WITHIN,
                "no call carries the answer to {}",
                interaction.0
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Finished syncs in a piece of the trace.
fn syncs(text: &str) -> u32 {
    u32::try_from(text.lines().filter(|line| is_sync(line)).count()).unwrap_or(u32::MAX)
}

/// Finished syncs before the line that sends a callback for this interaction; nothing where there is none.
fn syncs_before(text: &str, interaction: &str) -> Option<u32> {
    let answer = format!("/interactions/{interaction}/");
    let lines: Vec<&str> = text.lines().collect();
    let place = lines.iter().position(|line| line.contains(&answer))?;
    Some(syncs(&lines[..place].join("\n")))
}

/// A call that came back from the disk: `fdatasync(9) = 0`, or the second half of one that was interrupted by others.
fn is_sync(line: &str) -> bool {
    let is_call = line.contains("fdatasync") || line.contains("fsync");
    is_call && line.trim_end().ends_with("= 0")
}

#[cfg(test)]
mod tests {
    use super::{syncs, syncs_before};

    const TRACE: &str = "12 fdatasync(9)                      = 0
13 sendto(20, \"POST /api/v10/interactions/77/abc/callback HTTP/1.1\\r\\n\"..., 400, 0, NULL, 0) = 400
12 fdatasync(9 <unfinished ...>
14 write(5, \"x\", 1) = 1
12 <... fdatasync resumed>)             = 0
13 sendto(20, \"POST /api/v10/interactions/78/abc/callback HTTP/1.1\\r\\n\"..., 400, 0, NULL, 0) = 400
12 fdatasync(9) = -1 EIO (Input/output error)
";

    #[test]
    fn only_finished_syncs_before_the_answer_count() {
        assert_eq!(syncs(TRACE), 2);
        assert_eq!(syncs_before(TRACE, "77"), Some(1));
        let second = TRACE.find("12 fdatasync(9 <").unwrap();
        assert_eq!(syncs_before(&TRACE[second..], "78"), Some(1));
        let answer = TRACE
            .find("13 sendto(20, \"POST /api/v10/interactions/78")
            .unwrap();
        assert_eq!(syncs_before(&TRACE[answer..], "78"), Some(0));
        assert_eq!(syncs_before(TRACE, "79"), None);
    }
}
