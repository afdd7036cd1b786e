//! The port through which people sign in with their Discord account (OAuth2, with a code and PKCE).
//!
//! Nothing of what Discord gives is kept: the pass is asked who it belongs to, and given back. What the person may do
//! is asked of the bot's own view of the guild, at each request.

use std::fmt;

use kernel::{GuildId, UserId};

use crate::{BoxFuture, Permissions};

/// Signs people in.
pub trait SignIn: Send + Sync + fmt::Debug {
    /// Where the browser is sent. `state` comes back with it; `challenge` is the digest of the verifier that will come
    /// with the code.
    fn authorize_url(&self, state: &str, challenge: &str) -> String;

    /// Exchanges the code that came back, once.
    fn exchange<'a>(
        &'a self,
        code: &'a str,
        verifier: &'a str,
    ) -> BoxFuture<'a, Result<Pass, SignInFailure>>;

    /// Whose a pass is.
    fn person<'a>(&'a self, pass: &'a Pass) -> BoxFuture<'a, Result<Person, SignInFailure>>;

    /// The guilds that the person is in, and what they may do there by Discord's word; at most 200.
    fn guilds<'a>(&'a self, pass: &'a Pass) -> BoxFuture<'a, Result<Vec<OwnGuild>, SignInFailure>>;

    /// Gives a pass back, so that it opens nothing any more.
    fn give_back(&self, pass: Pass) -> BoxFuture<'_, Result<(), SignInFailure>>;
}

/// What opens to us what a person allowed. It is never kept and never printed.
#[derive(PartialEq, Eq)]
pub struct Pass(String);

impl Pass {
    /// The pass as Discord gave it.
    #[must_use]
    pub const fn new(token: String) -> Self {
        Self(token)
    }

    /// The pass, for the addresses that need it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pass(…)")
    }
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub user: UserId,
    /// The name that they show.
    pub name: String,
}

/// A guild that a person is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnGuild {
    /// The guild.
    pub id: GuildId,
    /// Its name.
    pub name: String,
    /// Whether they own it.
    pub is_owner: bool,
    /// What they may do in it, channels apart.
    pub permissions: Permissions,
}

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInFailure {
    /// Discord does not take the code or pass: it is old, used, or was never made. Signing in again helps.
    #[error("Discord did not take it: {reason}")]
    Refused {
        /// Discord's words.
        reason: String,
    },
    /// Discord does not know the application, its secret or its address. The operator must look at the settings.
    #[error("Discord does not know this application as it is configured: {reason}")]
    Misconfigured {
        /// Discord's words.
        reason: String,
    },
    /// Discord does not answer, or not sensibly. It may work later.
    #[error("Discord can't be asked now: {reason}")]
    Away {
        /// What stood in the way.
        reason: String,
    },
}
