//! `guildhall sim serve`: the simulated Discord alone, for bots of other projects.

use std::{net::SocketAddr, path::PathBuf};

use serde_json::json;
use sim::{Sim, SimConfig, SimError};

use crate::{
    ending::{Asked, Signals},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    town::{self, Settled},
};

/// How many members the server has that a bot begins in.
const MEMBERS: usize = 12;

/// How it is set up.
#[derive(Debug, Clone)]
pub struct SimOptions {
    /// Where it listens.
    pub addr: SocketAddr,
    /// Where its state is kept; without a directory it is forgotten at the end.
    pub state_dir: Option<PathBuf>,
    /// Tokens and disturbances follow from this.
    pub seed: Option<u64>,
    /// Discord's own description of its interface, to check every exchange against.
    pub openapi: Option<PathBuf>,
    /// The bot to begin with, in a lively server.
    pub bot: Option<String>,
    /// Where that bot's sign-in may lead back to.
    pub redirects: Vec<String>,
}

/// Runs it until it is asked to end.
///
/// # Errors
/// When it cannot start, or its state cannot be written at the end.
pub async fn serve(options: SimOptions, printer: &Printer) -> Result<Exit, Failure> {
    let mut signals = Signals::listen().map_err(anyhow::Error::from)?;
    let config = SimConfig {
        addr: options.addr,
        state_dir: options.state_dir.clone(),
        seed: options.seed,
        openapi: options.openapi.clone(),
        ..SimConfig::default()
    };
    let sim = Sim::start(config).await.map_err(|error| match error {
        SimError::Listen { addr, source } => Failure::broken(
            format!("the address {addr} (--addr) cannot be listened on: {source}"),
            "Stop what uses it, or name another; port 0 takes a free one",
        ),
        other => Failure::Other(other.into()),
    })?;
    let settled = match &options.bot {
        Some(name) => Some(settle(&sim, &options, name)?),
        None => None,
    };
    announce(&sim, settled.as_ref(), printer).await;
    // There is nothing to read anew, so a hang-up ends it as it would any other program.
    let (Asked::End | Asked::Reload) = signals.next().await;
    sim.stop().await.map_err(anyhow::Error::from)?;
    Ok(Exit::Done)
}

/// A bot with what its invitation asks for, in a server with members.
fn settle(sim: &Sim, options: &SimOptions, name: &str) -> Result<Settled, Failure> {
    let seed = options.seed.unwrap_or(1);
    let settled = town::settle(sim, seed, MEMBERS, name)?;
    if !options.redirects.is_empty() {
        let redirects = options.redirects.clone();
        sim.control()
            .application_redirects(settled.bot.id, redirects)
            .map_err(anyhow::Error::from)?;
    }
    Ok(settled)
}

async fn announce(sim: &Sim, settled: Option<&Settled>, printer: &Printer) {
    let (api, gateway) = (sim.api_url(), sim.gateway_url());
    let control = format!("http://{}/control", sim.addr());
    if printer.format() == Format::Json {
        let mut told = json!({ "api_url": api, "gateway_url": gateway, "control_url": control });
        if let Some(Settled { server, bot, .. }) = settled {
            told["bot"] = json!(bot);
            told["server"] = json!({"id": server.guild, "owner": server.owner});
        }
        return printer.json(&told).await;
    }
    let mut lines = vec![("API", api), ("gateway", gateway), ("control", control)];
    if let Some(Settled { server, bot, .. }) = settled {
        lines.extend([
            ("server", server.guild.to_string()),
            ("owner", server.owner.to_string()),
            ("bot", bot.id.to_string()),
            ("token", bot.token.clone()),
            ("secret", bot.client_secret.clone()),
            ("key", bot.public_key.clone()),
        ]);
    }
    for (name, value) in lines {
        printer.line(&format!("{name:<9}{value}")).await;
    }
}
