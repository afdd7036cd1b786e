//! A simulated Discord with one guild, its bot and its members, and what they ask of the bot.

use std::{collections::HashMap, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use kernel::Stopwatch;
use serde_json::{Map, Value, json};
use sim::{
    Control, Invoke, MadeApplication, MakeApplication, MakeChannel, MakeGuild, MakeUser, Outcome,
    RatePolicy, Sim, SimConfig, Snowflake, Until,
};

use crate::{
    http,
    process::{Echo, Settings},
};

/// How long a member looks at a command: Discord gives it up after three seconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// The guild, for as long as the simulator runs.
#[derive(Debug)]
pub(crate) struct Scene {
    sim: Sim,
    pub(crate) control: Control,
    pub(crate) guild: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) bot: MadeApplication,
    pub(crate) members: Vec<Snowflake>,
    /// Where members ask who have a channel of their own.
    channels: HashMap<Snowflake, Snowflake>,
}

/// What a member asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// `/daily`
    Daily,
    /// `/balance`
    Balance,
    /// `/pay`
    Pay {
        /// Whom.
        payee: Snowflake,
        /// How many coins.
        amount: u32,
    },
}

impl Scene {
    /// A simulator with a guild of so many members besides its owner, and one bot in it.
    pub(crate) async fn open(seed: u64, members: u32) -> Result<Self> {
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
        let guild = control.guild(MakeGuild {
            name: "Bench".to_owned(),
            owner,
            ..MakeGuild::default()
        })?;
        let channel = control
            .general(guild)
            .context("a guild begins with a channel")?;
        let members = control.crowd(guild, "payer", usize::try_from(members)?)?;
        let bot = install(&control, guild, "Guildhall")?;
        Ok(Self {
            sim,
            control,
            guild,
            owner,
            channel,
            bot,
            members,
            channels: HashMap::new(),
        })
    }

    /// The base address for bots.
    pub(crate) fn api_url(&self) -> String {
        self.sim.api_url()
    }

    /// Gives each member a channel to ask in: an answer that comes too late follows as a message, and Discord lets a
    /// bot write only a few into one channel.
    pub(crate) fn spread(&mut self) -> Result<()> {
        for (number, member) in self.members.iter().enumerate() {
            let channel = self.control.channel(MakeChannel {
                guild: self.guild,
                name: format!("channel-{number}"),
                ..MakeChannel::default()
            })?;
            self.channels.insert(*member, channel);
        }
        Ok(())
    }

    /// Sends a command, as soon as the bot has registered it.
    pub(crate) fn send(&self, user: Snowflake, ask: Ask) -> Result<Snowflake> {
        let channel = self.channels.get(&user).copied().unwrap_or(self.channel);
        Ok(self
            .control
            .invoke(&invoke(channel, user, self.bot.id, ask))?)
    }

    /// Waits for the answer.
    pub(crate) async fn answer(&self, interaction: Snowflake) -> Result<Outcome> {
        Ok(self
            .control
            .await_outcome(interaction, Until::Settled, PATIENCE)
            .await?)
    }

    /// Where the simulator listens.
    pub(crate) fn address(&self) -> String {
        self.sim.addr().to_string()
    }

    /// How the program is started as this bot.
    pub(crate) fn settings(
        &self,
        program: &Path,
        data_dir: &Path,
        bot: &MadeApplication,
    ) -> Settings {
        Settings {
            program: program.to_owned(),
            data_dir: data_dir.to_owned(),
            database: None,
            discord: self.api_url(),
            token: bot.token.clone(),
            operator: None,
        }
    }

    /// Adds a bot on twilight alone, which has registered the same commands, and waits until it is there.
    pub(crate) async fn echo(
        &self,
        program: &Path,
        data_dir: &Path,
    ) -> Result<(Echo, MadeApplication)> {
        self.echo_in(program, data_dir, &[]).await
    }

    /// The same, in other guilds as well.
    pub(crate) async fn echo_in(
        &self,
        program: &Path,
        data_dir: &Path,
        others: &[Snowflake],
    ) -> Result<(Echo, MadeApplication)> {
        let bot = install(&self.control, self.guild, "Echo")?;
        install_in(&self.control, others, bot.id)?;
        let path = format!("/api/v10/applications/{}/commands", bot.id);
        let answer = http::put(&self.address(), &path, &bot.token, COMMANDS).await?;
        ensure!(
            answer.status == 200,
            "the echo's commands were refused: {} {}",
            answer.status,
            answer.body
        );
        let echo = Echo::start(&self.settings(program, data_dir, &bot))?;
        let watch = Stopwatch::start();
        while self.control.gateway_counts_of(bot.id).identify == 0 {
            ensure!(
                watch.elapsed() < ECHO_START_MAX,
                "the echo bot did not come up"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // From its IDENTIFY to its READY.
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok((echo, bot))
    }
}

const ECHO_START_MAX: Duration = Duration::from_secs(20);

/// The commands that are measured, as the echo registers them.
const COMMANDS: &str = r#"[
    {"name":"daily","type":1,"description":"Claim"},
    {"name":"balance","type":1,"description":"See"},
    {"name":"pay","type":1,"description":"Give","options":[
        {"name":"user","type":6,"description":"Whom","required":true},
        {"name":"amount","type":4,"description":"How many","required":true}]}
]"#;

/// A simulator whose limits stand in nobody's way: what is measured is the bot.
pub(crate) fn config() -> SimConfig {
    SimConfig {
        rates: RatePolicy {
            enforced: false,
            ..RatePolicy::default()
        },
        ..SimConfig::default()
    }
}

/// Makes a bot and adds it to a guild.
pub(crate) fn install(control: &Control, guild: Snowflake, name: &str) -> Result<MadeApplication> {
    let bot = control.application(MakeApplication {
        name: name.to_owned(),
        ..MakeApplication::default()
    })?;
    install_in(control, &[guild], bot.id)?;
    Ok(bot)
}

/// Adds a bot to guilds.
pub(crate) fn install_in(control: &Control, guilds: &[Snowflake], bot: Snowflake) -> Result<()> {
    const SEE_WRITE_EMBED: u64 = 1 << 10 | 1 << 11 | 1 << 14;
    for guild in guilds {
        control.install(*guild, bot, SEE_WRITE_EMBED)?;
    }
    Ok(())
}

/// A command as the member's client sends it.
pub(crate) fn invoke(channel: Snowflake, user: Snowflake, bot: Snowflake, ask: Ask) -> Invoke {
    let (command, options) = match ask {
        Ask::Daily => ("daily", Map::new()),
        Ask::Balance => ("balance", Map::new()),
        Ask::Pay { payee, amount } => ("pay", pay(payee, amount)),
    };
    Invoke {
        channel,
        user,
        command: command.to_owned(),
        options,
        application: Some(bot),
        focused: None,
    }
}

fn pay(payee: Snowflake, amount: u32) -> Map<String, Value> {
    let mut options = Map::new();
    options.insert("user".to_owned(), json!(payee.to_string()));
    options.insert("amount".to_owned(), json!(amount));
    options
}

/// Whether the member saw that it was done: an answer, and not a private one.
pub(crate) fn is_done(outcome: &Outcome) -> bool {
    outcome.message.is_some() && !outcome.failed && !outcome.ephemeral
}
