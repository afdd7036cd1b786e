//! Runs a command with a private PostgreSQL and Redis, whose addresses it finds in its environment.
//!
//! A whole test run shares them this way: `with-servers cargo nextest run`. They end with the
//! command; its exit code is this one's.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use testkit::servers::{
    Durability, POSTGRES_VARIABLE, PrivatePostgres, PrivateRedis, REDIS_VARIABLE,
};

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments
        .next()
        .context("usage: with-servers COMMAND [ARGUMENTS]")?;
    let postgres = PrivatePostgres::start(Durability::Fast)?;
    let redis = PrivateRedis::start()?;
    let status = Command::new(&program)
        .args(arguments)
        .env(POSTGRES_VARIABLE, postgres.url())
        .env(REDIS_VARIABLE, redis.url())
        .status()
        .with_context(|| format!("running {}", program.display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
