//! Questions to Discord besides a running bot: is the token good, what may the bot read, where is it, and does the
//! clock here go right?
//!
//! Nothing is changed, and no session is begun. Not here: what any of it means for whoever asks.

use std::{sync::Arc, time::Duration};

use chat::Permissions;
use http_out::{Call, Client, HeaderMap, Method, header};
use kernel::{ApplicationId, Clock, GuildId, SeededChance, Stopwatch, Timestamp};

use crate::{
    connect::{Settings, StartError, client, rests},
    gateway::{CONTENT_FLAGS, MEMBERS_FLAGS, features_of},
    rest::{Rest, RestError},
};

/// The flag of an account that Discord has verified as a bot.
const VERIFIED_BOT: u64 = 1 << 16;
/// Discord names whole seconds, so the moment it means is half a second later on average.
const HALF_A_SECOND_MS: i64 = 500;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// No bot is configured.
    #[error("no bot token is configured")]
    NoToken,
    /// The token can't be one.
    #[error("it holds characters that no token has")]
    TokenShape,
    /// Discord refuses the token.
    #[error("Discord refuses this token (401)")]
    TokenRefused,
    /// Discord asks to wait.
    #[error("Discord limits how often it may be asked: wait {} s, then try again", .after.as_secs() + 1)]
    Limited {
        /// How long.
        after: Duration,
    },
    /// Discord does not answer, or not so that it can be read.
    #[error("Discord does not answer: {reason}")]
    Unreachable {
        /// What stood in the way.
        reason: String,
    },
}

impl From<RestError> for ProbeError {
    fn from(error: RestError) -> Self {
        match error {
            RestError::TokenRefused { .. } => Self::TokenRefused,
            RestError::Limited { after, .. } | RestError::BudgetSpent { after, .. } => {
                Self::Limited { after }
            }
            error if error.status() == 401 => Self::TokenRefused,
            error => Self::Unreachable {
                reason: error.to_string(),
            },
        }
    }
}

impl From<StartError> for ProbeError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::NoToken => Self::NoToken,
            StartError::TokenShape { .. } => Self::TokenShape,
            StartError::TokenRefused { .. } => Self::TokenRefused,
            other => Self::Unreachable {
                reason: other.to_string(),
            },
        }
    }
}

/// A privileged intent that the product wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent {
    /// Its name, as Discord's developer portal writes it.
    pub name: &'static str,
    /// What does not work without it.
    pub without: &'static str,
    /// Whether it is switched on.
    pub is_on: bool,
}

/// What Discord says of a bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// Its application.
    pub application: ApplicationId,
    /// The application's name.
    pub name: String,
    /// The privileged intents that the product wants.
    pub intents: [Intent; 2],
    /// Whether anybody may invite it, and not its owner alone.
    pub is_public: bool,
    /// Whether Discord has verified it, which it asks for from 100 servers on.
    pub is_verified: bool,
    /// In how many servers it is, about.
    pub guilds: u32,
    /// Where its sign-in may lead back to.
    pub redirects: Vec<String>,
    /// How Discord wants it to connect.
    pub starts: Starts,
}

/// How many connections Discord wants, and how many it still allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starts {
    /// How many connections.
    pub shards: u32,
    /// How many new sessions it allows a day, where it says so.
    pub total: Option<u32>,
    /// How many of them are left, where it says so.
    pub remaining: Option<u32>,
}

/// A server that the bot is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedGuild {
    /// Which.
    pub guild: GuildId,
    /// Its name.
    pub name: String,
    /// What the bot may do there, as far as its roles go.
    pub permissions: Permissions,
}

/// Asks Discord about the first bot.
#[derive(Debug)]
pub struct Probe {
    rest: Arc<Rest>,
    client: Client,
    base: String,
}

impl Probe {
    /// Over these settings; nothing is asked yet.
    ///
    /// # Errors
    /// When there is no token, it can't be one, or encryption can't be set up.
    pub fn new(settings: &Settings) -> Result<Self, ProbeError> {
        let rests = rests(settings, &(Arc::new(SeededChance::new(0)) as _))?;
        let rest = rests.into_iter().next().ok_or(ProbeError::NoToken)?;
        Ok(Self {
            rest,
            client: client()?,
            base: format!("{}/v10", settings.api_url.trim_end_matches('/')),
        })
    }

    /// Who the bot is, what it may read, and how it is to connect.
    ///
    /// # Errors
    /// When Discord refuses the token or does not answer.
    pub async fn bot(&self) -> Result<Probed, ProbeError> {
        let application = self.rest.application().await?;
        let plan = self.rest.gateway_plan().await?;
        let account_flags = application.bot.map_or(0, |bot| bot.public_flags);
        let intent = |name, flags| Intent {
            name,
            without: features_of(name),
            is_on: application.flags & flags != 0,
        };
        Ok(Probed {
            application: application.id,
            intents: [
                intent("Message Content Intent", CONTENT_FLAGS),
                intent("Server Members Intent", MEMBERS_FLAGS),
            ],
            name: application.name,
            is_public: application.bot_public,
            is_verified: account_flags & VERIFIED_BOT != 0,
            guilds: application.approximate_guild_count,
            redirects: application.redirect_uris,
            starts: Starts {
                shards: plan.shards,
                total: plan.session_start_limit.total,
                remaining: plan.session_start_limit.remaining,
            },
        })
    }

    /// The names of its registered commands.
    ///
    /// # Errors
    /// As [`Probe::bot`].
    pub async fn commands(&self, application: ApplicationId) -> Result<Vec<String>, ProbeError> {
        let registered = self.rest.commands(application).await?;
        Ok(registered.into_iter().map(|known| known.name).collect())
    }

    /// The servers that it is in.
    ///
    /// # Errors
    /// As [`Probe::bot`].
    pub async fn guilds(&self) -> Result<Vec<ProbedGuild>, ProbeError> {
        let guilds = self.rest.own_guilds().await?;
        let probed = guilds.into_iter().map(|own| ProbedGuild {
            guild: own.id,
            permissions: Permissions::from_bits(own.permissions.parse().unwrap_or_default()),
            name: own.name,
        });
        Ok(probed.collect())
    }

    /// By how many milliseconds the clock here is ahead of Discord's; behind it is less than nothing. Good to about a
    /// second. Nothing where Discord does not say the time.
    ///
    /// # Errors
    /// When Discord does not answer.
    pub async fn clock_ahead_ms(&self, clock: &dyn Clock) -> Result<Option<i64>, ProbeError> {
        let call = Call::new(Method::GET, format!("{}/gateway", self.base));
        let watch = Stopwatch::start();
        let answer = self.client.send(call).await;
        let now = clock.now();
        let answer = answer.map_err(|error| ProbeError::Unreachable {
            reason: error.to_string(),
        })?;
        let way = i64::try_from(watch.elapsed().as_millis() / 2).unwrap_or(0);
        let told = date_of(&answer.headers);
        Ok(told.map(|told| now.millis() - way - told.millis() - HALF_A_SECOND_MS))
    }
}

/// The moment that an answer names: `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is still written.
fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    let text = headers.get(header::DATE)?.to_str().ok()?;
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split(' ');
    let (day, month) = (parts.next()?, parts.next()?);
    let (year, time) = (parts.next()?, parts.next()?);
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months.iter().position(|known| *known == month)? + 1;
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use http_out::{HeaderMap, HeaderValue, header};

    use super::date_of;

    fn read(date: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::DATE, HeaderValue::from_static(date));
        date_of(&headers).map(|moment| moment.to_string())
    }

    #[test]
    fn the_date_of_an_answer_is_read_and_anything_else_is_none() {
        let moment = read("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(moment.as_deref(), Some("1994-11-06T08:49:37Z"));
        for other in [
            "",
            "yesterday",
            "Sun, 06 Nov",
            "Sun, 99 Foo 1994 08:49:37 GMT",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(date_of(&HeaderMap::new()), None);
    }
}
