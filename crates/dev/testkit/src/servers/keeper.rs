//! A small shell that keeps one server, takes orders by a pipe, and outlives nobody.
//!
//! When the pipe closes, because the value was dropped or the process died in whatever way, the
//! shell ends its server and removes the folder. It leads a process group of its own, so that a
//! signal to the tests' group does not take it before it has cleaned up.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, Result, bail};

use super::account::Account;

#[derive(Debug)]
pub(crate) struct Keeper {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Keeper {
    /// An empty folder of that user's alone, which a keeper will remove.
    pub(crate) fn folder(account: Account) -> Result<PathBuf> {
        let folder = tempfile::Builder::new()
            .prefix("guildhall-test-")
            .tempdir()
            .context("making a temporary folder")?;
        account.own(folder.path())?;
        Ok(folder.keep())
    }

    /// Starts `script` with `arguments`; it runs in `folder` and finds it as `$PWD`.
    pub(crate) fn start(
        account: Account,
        script: &str,
        arguments: &[&str],
        folder: &Path,
    ) -> Result<Self> {
        let mut command = account.command(Path::new("/bin/sh"));
        command
            .args(["-c", script, "keeper"])
            .args(arguments)
            .current_dir(folder)
            .env("HOME", folder)
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0);
        let mut shell = command
            .spawn()
            .context("starting the shell that keeps a private server")?;
        let orders = shell.stdin.take();
        let answers = shell.stdout.take().context("the keeper's answers")?;
        Ok(Self {
            shell,
            orders,
            answers: BufReader::new(answers),
            folder: folder.to_owned(),
        })
    }

    /// Gives an order and waits for its answer, which is `ok` or names what went wrong.
    pub(crate) fn order(&mut self, order: &str) -> Result<()> {
        let orders = self.orders.as_mut().context("the keeper has ended")?;
        writeln!(orders, "{order}").with_context(|| format!("ordering `{order}`"))?;
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .with_context(|| format!("waiting for `{order}`"))?;
        match answer.trim() {
            "ok" => Ok(()),
            "" => bail!(
                "the keeper ended at `{order}`; its server's log: {}",
                self.log()
            ),
            other => bail!(
                "`{order}` failed ({other}); its server's log: {}",
                self.log()
            ),
        }
    }

    /// The end of what the server wrote.
    fn log(&self) -> String {
        let text = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        // Nothing can be done about a shell that cannot be waited for; it cleans up all the same.
        let _ended = self.shell.wait();
    }
}
