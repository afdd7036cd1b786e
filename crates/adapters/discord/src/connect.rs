//! Putting it together: settings in, and out come the ports that the rest of the house uses.

use std::{sync::Arc, time::Duration};

use chat::{CommandSpec, Courier, Directory, Inbox, InteractionDoor};
use kernel::{Chance, Clock};
use secrecy::SecretString;
use store::Database;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{
    bot::{Bot, Stops},
    bots::Bots,
    courier::Carrier,
    desk::Desk,
    directory::Registry,
    door::{Door, KeyError},
    easel::Easel,
    gateway::{Dialler, Pump},
    health::{Board, Health, Trouble},
    known::Known,
    lookout::Lookout,
    meters,
    rest::{AddressBudget, Application, Rest, without_prefix},
    roll_call::RollCall,
};

/// Discord's own address.
pub const API_URL: &str = "https://discord.com/api";

/// How long the start waits to hear whether a token is good.
const FIRST_WORD_WITHIN: Duration = Duration::from_secs(8);
const CLOSE_WITHIN: Duration = Duration::from_millis(1_500);
const KEEP_WITHIN: Duration = Duration::from_millis(2_500);
const DESK_WITHIN: Duration = Duration::from_millis(500);

/// What is configured.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The token of each bot.
    pub tokens: Vec<SecretString>,
    /// Where the REST is, ending in `/api`; the version is appended.
    pub api_url: String,
    /// The dashboard's address, where those who read a reply can open it.
    pub dashboard: Option<String>,
}

/// What it needs of the house.
#[derive(Debug, Clone)]
pub struct Needs {
    /// Where sessions and registrations are kept.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Jitter.
    pub chance: Arc<dyn Chance>,
}

/// Why it can't start. Anything else that is the matter is no end: it is tried again, and [`Discord::health`] tells.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No bot is configured.
    #[error("no bot token is configured")]
    NoToken,
    /// A token can't be one.
    #[error("the token of bot {} can't be used: it holds characters that no token has; copy it again from Discord's developer portal", .bot + 1)]
    TokenShape {
        /// Which bot, from zero.
        bot: usize,
    },
    /// Discord refuses a token.
    #[error("Discord refuses the token of bot {} (401): copy it again from Discord's developer portal, Bot, Reset Token", .bot + 1)]
    TokenRefused {
        /// Which bot, from zero.
        bot: usize,
    },
    /// Encryption can't be set up.
    #[error("encrypted connections can't be made: {reason}")]
    NoEncryption {
        /// Why.
        reason: String,
    },
    /// Discord does not answer.
    #[error("Discord does not answer: {reason}")]
    Unreachable {
        /// What stood in the way.
        reason: String,
    },
    /// It was started before.
    #[error("it is started already")]
    Started,
}

/// The connection to Discord.
#[derive(Debug)]
pub struct Discord {
    bots: Vec<Bot>,
    pump: Arc<Pump>,
    carrier: Arc<Carrier>,
    registry: Arc<Registry>,
    board: Arc<Board>,
    clock: Arc<dyn Clock>,
    intake: TaskTracker,
    keeping: TaskTracker,
    desk_tasks: TaskTracker,
    stops: Stops,
}

/// Prepares and starts in one step, for those whose inbox needs nothing of this.
///
/// # Errors
/// As [`Discord::prepare`] and [`Discord::start`].
pub async fn connect(
    settings: &Settings,
    inbox: Arc<dyn Inbox>,
    commands: Vec<CommandSpec>,
    needs: &Needs,
) -> Result<Discord, StartError> {
    let discord = Discord::prepare(settings, commands, needs)?;
    discord.start(inbox).await?;
    Ok(discord)
}

impl Discord {
    /// Everything short of connecting: the courier and the directory work from here on.
    ///
    /// # Errors
    /// When there is no token, one can't be a token, or encryption can't be set up.
    pub fn prepare(
        settings: &Settings,
        commands: Vec<CommandSpec>,
        needs: &Needs,
    ) -> Result<Self, StartError> {
        if settings.tokens.is_empty() {
            return Err(StartError::NoToken);
        }
        meters::describe();
        let rests = rests(settings, &needs.chance)?;
        let (bots, board) = (
            Arc::new(Bots::new(rests)),
            Arc::new(Board::new(settings.tokens.len(), Arc::clone(&needs.clock))),
        );
        let (intake, keeping, desk_tasks) =
            (TaskTracker::new(), TaskTracker::new(), TaskTracker::new());
        let clock = Arc::clone(&needs.clock);
        let (registry, easel) = lookers(&bots, &*needs.chance, settings.dashboard.as_deref());
        let desk = Desk::new(
            (Arc::clone(&bots), Arc::clone(&easel)),
            Arc::clone(&clock),
            &commands,
            desk_tasks.clone(),
        );
        let desk = Arc::new(desk);
        let pump = Arc::new(Pump {
            inbox: std::sync::OnceLock::new(),
            desk: Arc::clone(&desk),
            bots: Arc::clone(&bots),
            known: Arc::clone(&registry.known),
            roll_call: Arc::clone(&registry.roll_call),
            board: Arc::clone(&board),
            clock: Arc::clone(&clock),
            tasks: desk_tasks.clone(),
        });
        let stops = Stops::default();
        let dialler = Dialler::new().map_err(|error| StartError::NoEncryption {
            reason: error.to_string(),
        })?;
        let commands: Arc<[CommandSpec]> = commands.into();
        let brought = bots.all().iter().zip(&settings.tokens).enumerate();
        let bot = |(at, (rest, token)): (usize, (&Arc<Rest>, &SecretString))| Bot {
            at,
            rest: Arc::clone(rest),
            token: without_prefix(token),
            dialler: dialler.clone(),
            pump: Arc::clone(&pump),
            board: Arc::clone(&board),
            database: needs.database.clone(),
            clock: Arc::clone(&clock),
            chance: Arc::clone(&needs.chance),
            commands: Arc::clone(&commands),
            intake: intake.clone(),
            keeping: keeping.clone(),
            stops: stops.clone(),
        };
        Ok(Self {
            bots: brought.map(bot).collect(),
            carrier: Arc::new(Carrier::new(desk, (bots, easel), Arc::clone(&clock))),
            registry,
            pump,
            board,
            clock,
            intake,
            keeping,
            desk_tasks,
            stops,
        })
    }

    /// Connects. Returns once Discord has said that the tokens are good, or has said nothing for some seconds.
    ///
    /// # Errors
    /// When Discord refuses a token, or it was started before.
    pub async fn start(&self, inbox: Arc<dyn Inbox>) -> Result<(), StartError> {
        self.pump
            .inbox
            .set(inbox)
            .map_err(|_| StartError::Started)?;
        let first_words = self.bots.iter().map(|bot| self.first_word(bot));
        let known = futures_util::future::try_join_all(first_words).await?;
        for (bot, known) in self.bots.iter().zip(known) {
            self.intake.spawn(bot.clone().bring_up(known));
        }
        Ok(())
    }

    async fn first_word(&self, bot: &Bot) -> Result<Option<Application>, StartError> {
        let asked = tokio::time::timeout(FIRST_WORD_WITHIN, bot.rest.application()).await;
        match asked {
            Ok(Ok(application)) => {
                bot.introduce(&application);
                Ok(Some(application))
            }
            Ok(Err(error)) if error.status() == 401 => {
                Err(StartError::TokenRefused { bot: bot.at })
            }
            Ok(Err(error)) => {
                self.board
                    .trouble(bot.at, Trouble::Unreachable, Some(error.to_string()));
                Ok(None)
            }
            Err(_) => {
                let reason = format!("Discord has not answered for {FIRST_WORD_WITHIN:?}");
                self.board
                    .trouble(bot.at, Trouble::Unreachable, Some(reason));
                Ok(None)
            }
        }
    }

    /// What carries effects out.
    #[must_use]
    pub fn courier(&self) -> Arc<dyn Courier> {
        Arc::<Carrier>::clone(&self.carrier)
    }

    /// What looks guilds, members and messages up.
    #[must_use]
    pub fn directory(&self) -> Arc<dyn Directory> {
        Arc::<Registry>::clone(&self.registry)
    }

    /// The door for interactions signed with this key, given in hexadecimal.
    ///
    /// # Errors
    /// When the key is none.
    pub fn door(&self, public_key: &str) -> Result<Arc<dyn InteractionDoor>, KeyError> {
        let door = Door::new(public_key, Arc::clone(&self.pump), Arc::clone(&self.clock))?;
        Ok(Arc::new(door))
    }

    /// What each bot is doing, now and whenever it changes.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.board.watch()
    }

    /// Where all that is known of the bots and their shards can be looked at.
    #[must_use]
    pub fn lookout(&self) -> Lookout {
        Lookout(Arc::clone(&self.board))
    }

    /// Takes no more events on: closes the sockets so that the sessions live on. Effects are still carried out.
    pub async fn stop_intake(&self) {
        self.stops.intake.cancel();
        self.intake.close();
        if tokio::time::timeout(CLOSE_WITHIN, self.intake.wait())
            .await
            .is_err()
        {
            tracing::warn!("some gateway connections did not close in time");
        }
    }

    /// Stops all of it within five seconds, and stores where to go on.
    pub async fn shutdown(&self) {
        self.stop_intake().await;
        self.stops.all.cancel();
        self.keeping.close();
        if tokio::time::timeout(KEEP_WITHIN, self.keeping.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                "the gateway sessions may not be stored; the next start replays more than it must"
            );
        }
        self.desk_tasks.close();
        // Guards that still wait have nobody to answer for.
        let _ = tokio::time::timeout(DESK_WITHIN, self.desk_tasks.wait()).await;
    }
}

/// The client of all calls to Discord, under the name that Discord asks for.
pub(crate) fn client() -> Result<http_out::Client, StartError> {
    let client = http_out::Client::new(&http_out::Settings {
        user_agent: concat!("DiscordBot (Guildhall, ", env!("CARGO_PKG_VERSION"), ")").to_owned(),
        ..http_out::Settings::default()
    });
    client.map_err(|error| StartError::NoEncryption {
        reason: error.to_string(),
    })
}

/// Those who look members up: for the application, and for pictures.
fn lookers(
    bots: &Arc<Bots>,
    chance: &dyn Chance,
    dashboard: Option<&str>,
) -> (Arc<Registry>, Arc<Easel>) {
    let known = Arc::new(Known::new());
    let registry = Arc::new(Registry {
        bots: Arc::clone(bots),
        roll_call: Arc::new(RollCall::new(Arc::clone(&known), chance)),
        known,
    });
    (
        Arc::clone(&registry),
        Arc::new(Easel::new(registry, dashboard)),
    )
}

pub(crate) fn rests(
    settings: &Settings,
    chance: &Arc<dyn Chance>,
) -> Result<Vec<Arc<Rest>>, StartError> {
    let client = client()?;
    let address = AddressBudget::new();
    let rest = |(bot, token): (usize, &SecretString)| {
        let chance = Arc::clone(chance);
        let rest = Rest::new(
            client.clone(),
            &settings.api_url,
            token,
            address.clone(),
            chance,
        );
        rest.map(Arc::new)
            .map_err(|_| StartError::TokenShape { bot })
    };
    settings.tokens.iter().enumerate().map(rest).collect()
}
