//! A person at a terminal, who is asked. What they type of a secret is not shown, and the terminal is as it was
//! afterwards, also where they give up.

use std::io::{self, BufRead, IsTerminal, Read};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;

use crate::{
    ending::Signals,
    failure::Failure,
    printer::{self, Format},
};

/// No answer is longer.
const ANSWER_MAX: u64 = 4_096;

/// The terminal.
#[derive(Debug)]
pub(super) struct Terminal {
    signals: Signals,
}

impl Terminal {
    /// The one at hand, where people read the answer and there is one.
    pub(super) fn at_hand(format: Format) -> Result<Option<Self>, Failure> {
        let is_there = io::stdin().is_terminal() && io::stderr().is_terminal();
        if format == Format::Json || !is_there {
            return Ok(None);
        }
        let signals = Signals::listen().map_err(anyhow::Error::from)?;
        Ok(Some(Self { signals }))
    }

    /// Asks, and gives the answer without what surrounds it.
    pub(super) async fn ask(&mut self, question: &str) -> Result<String, Failure> {
        printer::prompt(question);
        self.answer().await
    }

    /// Asks for a secret; nothing where there is only Enter.
    pub(super) async fn ask_hidden(
        &mut self,
        question: &str,
    ) -> Result<Option<SecretString>, Failure> {
        let hush = Hush::begin().map_err(anyhow::Error::from)?;
        let answer = self.ask(question).await;
        drop(hush);
        let answer = answer?;
        Ok((!answer.is_empty()).then(|| SecretString::from(answer)))
    }

    /// Asks whether to do it; only a plain yes is one.
    pub(super) async fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        let answer = self.ask(&format!("{question} [y/N] ")).await?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    async fn answer(&mut self) -> Result<String, Failure> {
        let given_up = || Failure::broken("nothing was written", "Run it again when it suits you");
        tokio::select! {
            line = tokio::task::spawn_blocking(read_line) => {
                let line = line.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
                line.map(|line| line.trim().to_owned()).ok_or_else(given_up)
            }
            _ = self.signals.next() => {
                printer::complain("");
                Err(given_up())
            }
        }
    }
}

/// A line, or nothing at the end of all input.
fn read_line() -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = io::stdin().lock().take(ANSWER_MAX).read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}

/// While it lives, what is typed is not shown.
struct Hush {
    before: Termios,
}

impl Hush {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        quiet.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self { before })
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
