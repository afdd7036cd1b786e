//! The operator's bot: connected with the configured token, watched for `/readyz`.

use std::sync::Arc;

use app::App;
use chat::InteractionDoor;
use discord::{BotHealth, BotState, Discord, Health, Lookout, Needs, Settings, StartError};
use secrecy::SecretString;
use tokio::sync::watch;

use crate::{
    config::Config,
    failure::Failure,
    health::{Gate, Part},
    running::Footing,
    verbs::doctor::bot::{TOKEN, TOKEN_FIX},
};

const PUBLIC_KEY: &str = "GUILDHALL_DISCORD_PUBLIC_KEY";

/// What is the matter with the token, in a few words; the fix stands beside it.
const fn token_trouble(error: &StartError) -> &'static str {
    match error {
        StartError::TokenShape { .. } => "it holds characters that no token has",
        _ => "Discord refuses this token (401)",
    }
}

/// With which token, and where.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) token: SecretString,
    pub(super) api_url: String,
    /// Where replies may lead, where their readers can follow.
    pub(super) dashboard: Option<String>,
}

impl Login {
    /// As it is configured, where it is.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let token = config.discord.token.clone()?;
        let given = config.discord.api_url.as_ref();
        let api_url = given
            .map_or(discord::API_URL, |url| url.as_str())
            .to_owned();
        Some(Self {
            token,
            api_url,
            dashboard: None,
        })
    }

    /// The same with links into the dashboard, where people can sign in there and reach it: an address of this machine
    /// alone leads others nowhere, and Discord may refuse the whole message for it.
    pub(super) fn leading(self, footing: &Footing) -> Self {
        let discord = &footing.config.discord;
        let opens = discord.client_id.is_some() && discord.client_secret.is_some();
        let public = footing.config.public_url.as_ref();
        let reaches = public.is_some_and(|url| !url.is_loopback());
        let is_simulated = discord
            .api_url
            .as_ref()
            .is_some_and(|url| url.is_loopback());
        Self {
            dashboard: (opens && (reaches || is_simulated)).then(|| footing.public_url.clone()),
            ..self
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            tokens: vec![self.token.clone()],
            api_url: self.api_url.clone(),
            dashboard: self.dashboard.clone(),
        }
    }
}

/// A connected bot.
#[derive(Debug)]
pub(super) struct Bot {
    discord: Discord,
}

/// Connects the bot and the application with one another.
pub(super) async fn connect(
    footing: &Arc<Footing>,
    app: &Arc<App>,
    login: &Login,
) -> Result<Bot, Failure> {
    let needs = Needs {
        database: footing.database.clone(),
        clock: footing.clock.clone(),
        chance: footing.chance.clone(),
    };
    let discord =
        Discord::prepare(&login.settings(), app::command_specs(), &needs).map_err(refused)?;
    app.deliver_through(discord.courier());
    app.core().look_up_in(discord.directory());
    let part = footing.health.part("discord", Gate::Ready);
    let ended = footing.ending.token().clone();
    let health = discord.health();
    footing.tasks.spawn(async move {
        tokio::select! {
            () = watch_health(health, part) => {}
            () = ended.cancelled() => {}
        }
    });
    discord.start(app.clone()).await.map_err(refused)?;
    Ok(Bot { discord })
}

impl Bot {
    /// The door for signed interactions, where a public key is set.
    pub(super) fn door(
        &self,
        config: &Config,
    ) -> Result<Option<Arc<dyn InteractionDoor>>, Failure> {
        let Some(key) = &config.discord.public_key else {
            return Ok(None);
        };
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let door = self.discord.door(&key).map_err(|error| {
            let fix = "copy it again from Discord's developer portal, General Information";
            Failure::setting(PUBLIC_KEY, error.to_string(), fix)
        })?;
        Ok(Some(door))
    }

    pub(super) fn lookout(&self) -> Lookout {
        self.discord.lookout()
    }

    pub(super) async fn stop_intake(&self) {
        self.discord.stop_intake().await;
    }

    pub(super) async fn shut_down(self) {
        self.discord.shutdown().await;
    }
}

fn refused(error: StartError) -> Failure {
    match error {
        StartError::TokenRefused { .. } | StartError::TokenShape { .. } => {
            Failure::setting(TOKEN, token_trouble(&error), TOKEN_FIX)
        }
        other => Failure::Other(other.into()),
    }
}

async fn watch_health(mut health: watch::Receiver<Health>, part: Part) {
    loop {
        if let Some(bot) = health.borrow_and_update().bots.first() {
            report(bot, &part);
        }
        if health.changed().await.is_err() {
            return;
        }
    }
}

/// Readiness waits for the first READY and for the commands; after that, trouble degrades.
fn report(bot: &BotHealth, part: &Part) {
    if bot.was_ready && bot.commands_registered {
        part.ready();
    }
    match &bot.state {
        BotState::Degraded { reason } | BotState::Failed { reason } => part.degraded(reason),
        BotState::Starting => part.starting("the bot is connecting"),
        BotState::Live if !bot.commands_registered => {
            part.starting("the commands are being registered")
        }
        BotState::Live => {}
    }
}
