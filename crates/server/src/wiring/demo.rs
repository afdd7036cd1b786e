//! The demo's town: a simulated Discord with a lively server, its chat page, and a start page.

use std::sync::Arc;

use axum::Router;
use secrecy::SecretString;
use sim::{MakeApplication, Sim, SimConfig};

use super::bot::Login;
use crate::{failure::Failure, running::Footing, verbs::demo::DemoOptions};

/// The bot's name; a restart finds it by this.
const BOT: &str = "Guildhall";
/// What the bot may do in the server: administer it, so that nothing in a first look is in its way.
const PERMISSIONS: u64 = 1 << 3;

/// A simulated Discord that the demo's bot lives in.
#[derive(Debug)]
pub(super) struct Town {
    sim: Sim,
    token: SecretString,
    name: String,
    members: u32,
}

impl Town {
    /// Builds the town, or finds it as it was left.
    pub(super) async fn build(
        footing: &Arc<Footing>,
        options: &DemoOptions,
    ) -> Result<Self, Failure> {
        let config = SimConfig {
            state_dir: Some(footing.config.data_dir.join("discord")),
            seed: Some(options.seed),
            ..SimConfig::default()
        };
        let sim = Sim::start(config).await.map_err(anyhow::Error::from)?;
        let members = usize::from(options.members);
        let server = sim
            .demo(options.seed, members)
            .map_err(anyhow::Error::from)?;
        let control = sim.control();
        let bot = match control.application_named(BOT) {
            Some(bot) => bot,
            None => {
                let make = MakeApplication {
                    name: BOT.to_owned(),
                    owner: Some(server.owner),
                    ..MakeApplication::default()
                };
                control.application(make).map_err(anyhow::Error::from)?
            }
        };
        control
            .install(server.guild, bot.id, PERMISSIONS)
            .map_err(anyhow::Error::from)?;
        let view = control
            .guild_view(server.guild)
            .map_err(anyhow::Error::from)?;
        let name = view["name"].as_str().unwrap_or("a server").to_owned();
        sim.crowd(options.seed);
        footing.note("discord_api_url", sim.api_url())?;
        Ok(Self {
            sim,
            token: SecretString::from(bot.token),
            name,
            members: u32::from(options.members),
        })
    }

    /// How the bot gets in.
    pub(super) fn login(&self) -> Login {
        Login {
            token: self.token.clone(),
            api_url: self.sim.api_url(),
        }
    }

    /// The start page and the chat page.
    pub(super) fn routes(&self) -> Router {
        let start = web::Start {
            server: self.name.clone(),
            members: self.members,
        };
        web::start_router(&start).merge(self.sim.chat("/chat"))
    }

    /// Closes the town; it is as it was left when it opens again.
    pub(super) async fn close(self) {
        if let Err(error) = self.sim.stop().await {
            tracing::warn!(%error, "the simulated Discord could not write its last state");
        }
    }
}
