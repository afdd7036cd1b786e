//! Guilds with one bot in all of them, whose members each have a channel of their own.

use anyhow::Result;
use serde_json::{Map, Value, json};
use sim::{
    Control, Invoke, MadeApplication, MakeApplication, MakeChannel, MakeGuild, MakeUser, Sim,
    SimConfig, Snowflake,
};

use super::{MODEL, Server};
use crate::{
    process::{self, Settings},
    scene::{config, install_in},
};

/// A member, and where they write.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    pub(super) member: Snowflake,
    pub(super) channel: Snowflake,
}

/// The guilds, for as long as the simulator runs.
#[derive(Debug)]
pub(super) struct Stand {
    sim: Sim,
    pub(super) control: Control,
    pub(super) bot: MadeApplication,
    /// Who owns, and so sees, all guilds.
    pub(super) owner: Snowflake,
    pub(super) seats: Vec<Seat>,
}

impl Stand {
    /// So many guilds, with so many members each.
    pub(super) async fn open(seed: u64, guilds: u32, members: u32) -> Result<Self> {
        let sim = Sim::start(SimConfig {
            seed: Some(seed),
            ..config()
        })
        .await?;
        let control = sim.control();
        let owner = control.user(MakeUser {
            username: "owner".to_owned(),
            ..MakeUser::default()
        })?;
        let bot = control.application(MakeApplication {
            name: "Guildhall".to_owned(),
            ..MakeApplication::default()
        })?;
        let mut seats = Vec::new();
        for number in 0..guilds {
            let guild = control.guild(MakeGuild {
                name: format!("Guild {number}"),
                owner,
                ..MakeGuild::default()
            })?;
            install_in(&control, &[guild], bot.id)?;
            let prefix = format!("talker-{number}-");
            for member in control.crowd(guild, &prefix, usize::try_from(members)?)? {
                let channel = control.channel(MakeChannel {
                    guild,
                    name: format!("room-{member}"),
                    ..MakeChannel::default()
                })?;
                seats.push(Seat { member, channel });
            }
        }
        Ok(Self {
            sim,
            control,
            bot,
            owner,
            seats,
        })
    }

    /// A member's `/chat`.
    pub(super) fn chat(&self, seat: Seat, words: &str) -> Invoke {
        let mut options = Map::new();
        options.insert("message".to_owned(), json!(words));
        self.command(seat, "chat", options)
    }

    /// A command of a member's.
    pub(super) fn command(&self, seat: Seat, name: &str, options: Map<String, Value>) -> Invoke {
        Invoke {
            channel: seat.channel,
            user: seat.member,
            command: name.to_owned(),
            options,
            application: Some(self.bot.id),
            focused: None,
        }
    }

    /// Starts the program as the bot, with the provider for its model.
    pub(super) async fn serve(&self, server: &Server) -> Result<process::Server> {
        let settings = Settings {
            program: server.program.clone(),
            data_dir: server.data_dir.clone(),
            database: None,
            discord: self.sim.api_url(),
            token: self.bot.token.clone(),
            operator: None,
        };
        let mut command = settings.command(&["run"]);
        command
            .env("GUILDHALL_AI_KIND", "openai")
            .env("GUILDHALL_AI_BASE_URL", &server.provider)
            .env("GUILDHALL_AI_API_KEY", "sk-bench")
            .env("GUILDHALL_AI_MODEL", MODEL)
            .env("GUILDHALL_AI_TIMEOUT", "120s");
        let mut started = process::Server::start_by(&settings, command).await?;
        started.ready().await?;
        Ok(started)
    }
}
