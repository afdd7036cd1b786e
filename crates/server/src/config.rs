//! The configuration: one typed value, made once, from text and maps alone.
//!
//! `guildhall.toml`, then `.env`, the environment and flags; the later wins. A name that nobody knows and a value
//! that does not fit are problems, and all of them are found at once. Reading the process environment is `main`'s.

mod dotenv;
mod error;
mod keys;
mod sources;
mod suggest;
#[cfg(test)]
mod tests;
mod values;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use kernel::{ApplicationId, Span, UserId};
use secrecy::{SecretBox, SecretString};
use web::Network;

pub use error::{ConfigError, Problem};
pub use sources::{Flag, NamedText, ReadSecret, SECRET_FILE_MAX, Sources};
pub use values::{AiKind, DatabaseChoice, HttpUrl, LogFormat};

use keys::{Effect, Shown};
use sources::Given;
use values::Read;

pub(crate) use dotenv::{lines as dotenv_lines, with as dotenv_with};

/// All settings with their meaning, for the help.
#[must_use]
pub fn help() -> String {
    keys::list()
}

/// A master key from its text.
///
/// # Errors
/// When the text is not 32 bytes in base64; the error is the reason, without the text.
pub(crate) fn master_key(text: &str) -> Result<SecretBox<[u8; 32]>, String> {
    values::master_key(text).map_err(|refused| refused.reason)
}

/// A bot's token from its text.
///
/// # Errors
/// When the text can be none; the error says why and what to do, without the text.
pub(crate) fn discord_token(text: &str) -> Result<SecretString, String> {
    values::discord_token(text).map_err(in_words)
}

/// Another secret from its text.
///
/// # Errors
/// As [`discord_token`].
pub(crate) fn secret(text: &str) -> Result<SecretString, String> {
    values::token(text).map_err(in_words)
}

/// The address that people use, from its text.
///
/// # Errors
/// When the text is none; the error says why and what to do.
pub(crate) fn public_url(text: &str) -> Result<HttpUrl, String> {
    values::public_url(text).map_err(in_words)
}

#[expect(clippy::needless_pass_by_value, reason = "maps an error")]
fn in_words(refused: values::Refused) -> String {
    format!("{}. {}", refused.reason, refused.fix)
}

/// Everything that can be set, checked.
#[derive(Debug)]
pub struct Config {
    /// The embedded database, session state, the master key.
    pub data_dir: PathBuf,
    /// Where the data is kept.
    pub database: DatabaseChoice,
    /// The cluster's bus.
    pub redis_url: Option<SecretString>,
    /// Dashboard, REST, webhooks.
    pub http_addr: SocketAddr,
    /// gRPC.
    pub grpc_addr: SocketAddr,
    /// Health and metrics.
    pub ops_addr: SocketAddr,
    /// The address that people use, where it is not that of HTTP.
    pub public_url: Option<HttpUrl>,
    /// Whose forwarding headers count.
    pub trusted_proxies: Vec<Network>,
    /// Who sees all servers in the dashboard.
    pub operators: Vec<UserId>,
    /// Seals tokens and keys, where it does not stand in the data directory.
    pub master_key: Option<SecretBox<[u8; 32]>>,
    /// Backups that are taken by themselves.
    pub backup: BackupConfig,
    /// Whether owners may run bots on their own tokens.
    pub own_tokens: bool,
    /// Upper limit for kept message text.
    pub retention_days: u8,
    /// Discord.
    pub discord: DiscordConfig,
    /// The shared model provider.
    pub ai: AiConfig,
    /// The real-money bridge.
    pub stripe: StripeConfig,
    /// The operator's bearer token.
    pub api_token: Option<SecretString>,
    /// Where traces go.
    pub otlp_endpoint: Option<HttpUrl>,
    /// The log level, or levels by part.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What was given; of secrets nothing but that they were.
    given: BTreeMap<&'static str, Option<String>>,
}

/// A setting as people may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSetting {
    /// The variable.
    pub variable: &'static str,
    /// What it means, and what holds where it is not given.
    pub meaning: &'static str,
    /// What is given, where anything is; of a secret nothing.
    pub given: Option<Option<String>>,
    /// Whether this version does anything with it.
    pub has_effect: bool,
}

/// What is set about backups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupConfig {
    /// At what time of the day in UTC one is taken; at none, where they are off.
    pub at: Option<Span>,
    /// How many days they are kept.
    pub keep_days: u16,
}

/// What is set about Discord.
#[derive(Debug, Default)]
pub struct DiscordConfig {
    /// The shared bot.
    pub token: Option<SecretString>,
    /// The base of REST, where it is not Discord's own.
    pub api_url: Option<HttpUrl>,
    /// Where pictures come from, where it is not Discord's own.
    pub cdn_url: Option<HttpUrl>,
    /// The application.
    pub client_id: Option<ApplicationId>,
    /// Its secret, for signing in.
    pub client_secret: Option<SecretString>,
    /// Its public key, for interactions over HTTP.
    pub public_key: Option<[u8; 32]>,
}

/// What is set about the model provider.
#[derive(Debug)]
pub struct AiConfig {
    /// Whose protocol it speaks.
    pub kind: AiKind,
    /// Its base address.
    pub base_url: Option<HttpUrl>,
    /// Its key.
    pub api_key: Option<SecretString>,
    /// The model.
    pub model: Option<String>,
    /// The most micro-dollars a day that one guild may spend on it.
    pub guild_limit_micros: i64,
    /// The model for embeddings.
    pub embedding_model: Option<String>,
    /// How long a whole answer may take.
    pub timeout: Span,
}

/// What is set about Stripe.
#[derive(Debug)]
pub struct StripeConfig {
    /// Its key.
    pub secret_key: Option<SecretString>,
    /// The secret of its webhooks.
    pub webhook_secret: Option<SecretString>,
    /// Its address, where it is not Stripe's own.
    pub api_url: Option<HttpUrl>,
}

impl Config {
    /// Reads and checks everything that was given.
    ///
    /// # Errors
    /// When a name is unknown or a value does not fit; the error holds every such problem.
    pub fn parse(sources: &Sources, read: ReadSecret<'_>) -> Result<Self, ConfigError> {
        let (given, problems) = sources::lay(sources, read);
        let mut fields = Fields { given, problems };
        let config = Self::of(&mut fields);
        ConfigError::unless_empty(fields.problems)?;
        Ok(config)
    }

    fn of(fields: &mut Fields) -> Self {
        let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            data_dir: fields.or("GUILDHALL_DATA_DIR", values::path, || "./data".into()),
            database: fields.or("GUILDHALL_DATABASE_URL", values::database, || {
                DatabaseChoice::Embedded
            }),
            redis_url: fields.maybe("GUILDHALL_REDIS_URL", values::redis),
            http_addr: fields.or("GUILDHALL_HTTP_ADDR", values::address, || local(8080)),
            grpc_addr: fields.or("GUILDHALL_GRPC_ADDR", values::address, || local(50_051)),
            ops_addr: fields.or("GUILDHALL_OPS_ADDR", values::address, || local(9090)),
            public_url: fields.maybe("GUILDHALL_PUBLIC_URL", values::public_url),
            trusted_proxies: fields.or("GUILDHALL_TRUSTED_PROXIES", values::networks, Vec::new),
            operators: fields.or("GUILDHALL_OPERATORS", values::accounts, Vec::new),
            master_key: fields.maybe("GUILDHALL_MASTER_KEY", values::master_key),
            backup: BackupConfig::of(fields),
            own_tokens: fields.or("GUILDHALL_OWN_TOKENS", values::switch, || false),
            retention_days: fields.or("GUILDHALL_RETENTION_DAYS", values::retention, || 30),
            discord: DiscordConfig::of(fields),
            ai: AiConfig::of(fields),
            stripe: StripeConfig::of(fields),
            api_token: fields.maybe("GUILDHALL_API_TOKEN", values::token),
            otlp_endpoint: fields.maybe("GUILDHALL_OTLP_ENDPOINT", values::http_url),
            log: fields.or("GUILDHALL_LOG", values::log, || "info".to_owned()),
            log_format: fields.or("GUILDHALL_LOG_FORMAT", values::log_format, || {
                LogFormat::Text
            }),
            given: fields.given.iter().map(shown).collect(),
        }
    }

    /// The address that people use: as it is set, else that of HTTP where it listens.
    #[must_use]
    pub fn site_at(&self, mut listening: SocketAddr) -> String {
        if let Some(url) = &self.public_url {
            return url.as_str().to_owned();
        }
        if listening.ip().is_unspecified() {
            listening.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{listening}")
    }

    /// Whether this variable was given anywhere, by whatever name.
    #[must_use]
    pub fn is_given(&self, variable: &str) -> bool {
        self.given.contains_key(variable)
    }

    /// Settings that were given and that nothing in this version reads.
    #[must_use]
    pub fn without_effect(&self) -> Vec<&'static str> {
        let later =
            |variable: &str| keys::key(variable).is_some_and(|key| key.effect == Effect::Later);
        self.given
            .keys()
            .copied()
            .filter(|variable| later(variable))
            .collect()
    }

    /// Every setting with what is given for it, for people: of secrets no more than that they are set.
    #[must_use]
    pub fn shown(&self) -> Vec<ShownSetting> {
        let one = |key: &keys::Key| ShownSetting {
            variable: key.variable,
            meaning: key.meaning,
            given: self.given.get(key.variable).cloned(),
            has_effect: key.effect == Effect::Now,
        };
        keys::KEYS.iter().map(one).collect()
    }

    /// The secrets that were given, so that the log can black them out.
    #[must_use]
    pub fn secrets(&self) -> Vec<&SecretString> {
        let database = match &self.database {
            DatabaseChoice::Embedded => None,
            DatabaseChoice::Postgres(url) => Some(url),
        };
        [
            database,
            self.redis_url.as_ref(),
            self.discord.token.as_ref(),
            self.discord.client_secret.as_ref(),
            self.ai.api_key.as_ref(),
            self.stripe.secret_key.as_ref(),
            self.stripe.webhook_secret.as_ref(),
            self.api_token.as_ref(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl BackupConfig {
    fn of(fields: &mut Fields) -> Self {
        Self {
            at: fields.or("GUILDHALL_BACKUP_AT", values::time_of_day, || {
                Some(Span::minutes(210))
            }),
            keep_days: fields.or("GUILDHALL_BACKUP_KEEP_DAYS", values::days, || 7),
        }
    }
}

impl DiscordConfig {
    fn of(fields: &mut Fields) -> Self {
        Self {
            token: fields.maybe("GUILDHALL_DISCORD_TOKEN", values::discord_token),
            api_url: fields.maybe("GUILDHALL_DISCORD_API_URL", values::api_url),
            cdn_url: fields.maybe("GUILDHALL_DISCORD_CDN_URL", values::http_url),
            client_id: fields.maybe("GUILDHALL_DISCORD_CLIENT_ID", values::application),
            client_secret: fields.maybe("GUILDHALL_DISCORD_CLIENT_SECRET", values::token),
            public_key: fields.maybe("GUILDHALL_DISCORD_PUBLIC_KEY", values::public_key),
        }
    }
}

impl AiConfig {
    fn of(fields: &mut Fields) -> Self {
        Self {
            kind: fields.or("GUILDHALL_AI_KIND", values::ai_kind, || AiKind::Offline),
            base_url: fields.maybe("GUILDHALL_AI_BASE_URL", values::http_url),
            api_key: fields.maybe("GUILDHALL_AI_API_KEY", values::token),
            model: fields.maybe("GUILDHALL_AI_MODEL", values::words),
            guild_limit_micros: fields
                .or("GUILDHALL_AI_GUILD_LIMIT", values::dollars, || 1_000_000),
            embedding_model: fields.maybe("GUILDHALL_AI_EMBEDDING_MODEL", values::words),
            timeout: fields.or("GUILDHALL_AI_TIMEOUT", values::span, || Span::seconds(30)),
        }
    }
}

impl StripeConfig {
    fn of(fields: &mut Fields) -> Self {
        Self {
            secret_key: fields.maybe("GUILDHALL_STRIPE_SECRET_KEY", values::token),
            webhook_secret: fields.maybe("GUILDHALL_STRIPE_WEBHOOK_SECRET", values::token),
            api_url: fields.maybe("GUILDHALL_STRIPE_API_URL", values::http_url),
        }
    }
}

/// A value that was given, unless it is a secret.
fn shown((variable, given): (&&'static str, &Given)) -> (&'static str, Option<String>) {
    let is_open = keys::key(variable).is_some_and(|key| key.shown == Shown::Openly);
    (*variable, is_open.then(|| given.text.clone()))
}

/// The values given, and what was wrong with them so far.
struct Fields {
    given: BTreeMap<&'static str, Given>,
    problems: Vec<Problem>,
}

impl Fields {
    fn maybe<T>(&mut self, variable: &'static str, read: impl Fn(&str) -> Read<T>) -> Option<T> {
        debug_assert!(
            keys::key(variable).is_some(),
            "{variable} is missing from the keys"
        );
        let given = self.given.get(variable)?;
        match read(&given.text) {
            Ok(value) => Some(value),
            Err(refused) => {
                self.problems.push(Problem {
                    name: variable.to_owned(),
                    origin: Some(given.origin.to_string()),
                    reason: refused.reason,
                    fix: refused.fix.to_owned(),
                });
                None
            }
        }
    }

    fn or<T>(
        &mut self,
        variable: &'static str,
        read: impl Fn(&str) -> Read<T>,
        otherwise: impl FnOnce() -> T,
    ) -> T {
        self.maybe(variable, read).unwrap_or_else(otherwise)
    }
}
