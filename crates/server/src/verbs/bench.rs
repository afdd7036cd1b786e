//! `guildhall bench`: measures, and prints a line for each case. A goal that is missed is no failure.

use bench::{CaseResult, Name, Options, Pace};
use secrecy::ExposeSecret;

use crate::{
    config::Config,
    failure::{Exit, Failure},
    printer::{self, Format, Printer},
};

/// What is measured, and with which servers.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// What to measure.
    pub names: Vec<Name>,
    /// A PostgreSQL to use.
    pub postgres: Option<String>,
    /// A Redis to use.
    pub redis: Option<String>,
    /// What is asked of the parts follows from this number.
    pub seed: u64,
    /// How long each case is measured.
    pub pace: Pace,
    /// How often `crash` kills the server.
    pub cycles: Option<u32>,
}

/// Measures and prints; what it is at goes to standard error.
///
/// # Errors
/// When it cannot be said which program is to be measured.
pub async fn run(options: BenchOptions, printer: &Printer) -> Result<Exit, Failure> {
    let options = Options {
        names: options.names,
        postgres: options.postgres,
        redis: options.redis,
        seed: options.seed,
        pace: options.pace,
        program: std::env::current_exe().map_err(anyhow::Error::from)?,
        cycles: options.cycles,
    };
    let results: Vec<CaseResult> = Box::pin(bench::run(options, printer::complain)).await;
    match printer.format() {
        Format::Json => printer.json(&results).await,
        Format::Text => {
            for line in bench::table(&results) {
                printer.line(&line).await;
            }
        }
    }
    Ok(Exit::Done)
}

/// Is the bot on twilight alone that `command` and `idle` measure beside the server.
///
/// # Errors
/// When it has no token or no simulator, or the simulator goes away.
pub async fn echo(config: &Config) -> Result<Exit, Failure> {
    let missing = |variable| {
        Failure::setting(
            variable,
            "the echo bot needs it",
            "Let `guildhall bench` start it.",
        )
    };
    let token = config
        .discord
        .token
        .as_ref()
        .ok_or_else(|| missing("GUILDHALL_DISCORD_TOKEN"))?;
    let api_url = config
        .discord
        .api_url
        .as_ref()
        .ok_or_else(|| missing("GUILDHALL_DISCORD_API_URL"))?;
    Box::pin(bench::echo(api_url.as_str(), token.expose_secret())).await?;
    Ok(Exit::Done)
}
