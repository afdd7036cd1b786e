//! `guildhall sim serve`: the simulated Discord alone, for bots of other projects.

use std::{net::SocketAddr, path::PathBuf};

use serde_json::json;
use sim::{Sim, SimConfig, SimError};

use crate::{
    ending::{Asked, Signals},
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

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
}

/// Runs it until it is asked to end.
///
/// # Errors
/// When it cannot start, or its state cannot be written at the end.
pub async fn serve(options: SimOptions, printer: &Printer) -> Result<Exit, Failure> {
    let mut signals = Signals::listen().map_err(anyhow::Error::from)?;
    let config = SimConfig {
        addr: options.addr,
        state_dir: options.state_dir,
        seed: options.seed,
        openapi: options.openapi,
        ..SimConfig::default()
    };
    let sim = Sim::start(config).await.map_err(|error| match error {
        SimError::Listen { addr, source } => Failure::broken(
            format!("the address {addr} (--addr) cannot be listened on: {source}"),
            "Stop what uses it, or name another; port 0 takes a free one",
        ),
        other => Failure::Other(other.into()),
    })?;
    announce(&sim, printer).await;
    // There is nothing to read anew, so a hang-up ends it as it would any other program.
    let (Asked::End | Asked::Reload) = signals.next().await;
    sim.stop().await.map_err(anyhow::Error::from)?;
    Ok(Exit::Done)
}

async fn announce(sim: &Sim, printer: &Printer) {
    let (api, gateway) = (sim.api_url(), sim.gateway_url());
    let control = format!("http://{}/control", sim.addr());
    if printer.format() == Format::Json {
        return printer
            .json(&json!({ "api_url": api, "gateway_url": gateway, "control_url": control }))
            .await;
    }
    printer.line(&format!("API      {api}")).await;
    printer.line(&format!("gateway  {gateway}")).await;
    printer.line(&format!("control  {control}")).await;
}
