//! The edges' one door: a bearer token, a guild that the bot is in and a scope that it opens, and then an operation.
//!
//! REST and gRPC come through here alike, so a token that opens one opens the other, and a key that made a write
//! harmless to repeat at one does at the other too. Not here: how each edge carries tokens, and what it answers.

use std::sync::Arc;

use kernel::{Cause, CauseKind, GuildId, Op};
use platform::{ApiToken, TokenScope};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{DbError, Tx};

use crate::{Core, estate::installation_chain};

/// The name under which the operator's own token acts.
const OPERATOR: &str = "operator";

/// The most bytes of an idempotency key.
pub const KEY_MAX: usize = 255;

/// The door; without an operator's token only those of guilds open it.
#[derive(Debug, Clone)]
pub struct Door {
    core: Core,
    operator: Option<Arc<SecretString>>,
}

/// Who holds a token that the door knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    token: Known,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    /// The operator's, which opens everything.
    Operator,
    /// A guild's.
    Guild(Arc<ApiToken>),
}

/// A holder who was let into a guild, or into the installation's own affairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    guild: GuildId,
    holder: Holder,
}

/// Why a holder was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotLetIn {
    /// The bot is not in such a guild, or the token may not see it.
    NoSuchGuild,
    /// The token lacks this scope.
    Lacks(TokenScope),
}

impl Door {
    /// A door that knows this token of the operator, and those of guilds.
    #[must_use]
    pub fn new(core: Core, operator: Option<SecretString>) -> Self {
        Self {
            core,
            operator: operator.map(Arc::new),
        }
    }

    /// The application's shared parts.
    #[must_use]
    pub const fn core(&self) -> &Core {
        &self.core
    }

    /// Who holds this token, if it is known. A guild's is looked up each time, so that a revoked one is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holder(&self, token: &str) -> Result<Option<Holder>, DbError> {
        if self.is_operators(token) {
            let token = Known::Operator;
            return Ok(Some(Holder { token }));
        }
        let Some(digest) = platform::token_digest(token) else {
            return Ok(None);
        };
        let read = move |tx: &mut Tx<'_>| platform::token_fetch(tx, digest);
        let Some(found) = self.core.database.read("token", read).await? else {
            return Ok(None);
        };
        self.note(&found).await?;
        let token = Known::Guild(Arc::new(found));
        Ok(Some(Holder { token }))
    }

    fn is_operators(&self, token: &str) -> bool {
        let Some(operator) = &self.operator else {
            return false;
        };
        // Digests of equal length are compared, so that the time taken says nothing of the token.
        let (given, known) = (
            Sha256::digest(token),
            Sha256::digest(operator.expose_secret()),
        );
        let differing = given
            .iter()
            .zip(known)
            .fold(0_u8, |differing, (one, other)| differing | (one ^ other));
        differing == 0
    }

    async fn note(&self, token: &ApiToken) -> Result<(), DbError> {
        let (at, id) = (self.core.clock.now(), token.id);
        if !token.is_to_be_noted(at) {
            return Ok(());
        }
        let note = move |tx: &mut Tx<'_>| platform::token_used(tx, at, id);
        self.core.database.write("token-used", note).await
    }

    /// Lets a holder into a guild that the bot is in, to do what needs this scope.
    ///
    /// # Errors
    /// When there is no such guild for this holder, or the token lacks the scope.
    pub fn visit(
        &self,
        holder: Holder,
        guild: &str,
        needed: TokenScope,
    ) -> Result<Visitor, NotLetIn> {
        let guild: GuildId = guild.parse().map_err(|_| NotLetIn::NoSuchGuild)?;
        if let Known::Guild(token) = &holder.token {
            if token.guild != guild {
                return Err(NotLetIn::NoSuchGuild);
            }
            if !token.covers(needed) {
                return Err(NotLetIn::Lacks(needed));
            }
        }
        let known = self.core.guilds().has(guild);
        let visitor = known.then_some(Visitor { guild, holder });
        visitor.ok_or(NotLetIn::NoSuchGuild)
    }

    /// Lets the operator in to what belongs to the installation and to no guild; no token of a guild opens that.
    #[must_use]
    pub fn operate(&self, holder: Holder) -> Option<Visitor> {
        let operates = holder.token == Known::Operator;
        operates.then(|| Visitor {
            guild: installation_chain(),
            holder,
        })
    }
}

impl Holder {
    /// The name under which it acts.
    fn name(&self) -> &str {
        match &self.token {
            Known::Operator => OPERATOR,
            Known::Guild(token) => &token.name,
        }
    }

    /// Whose keys it sends: another token of the same name has its own.
    fn keys(&self) -> String {
        match &self.token {
            Known::Operator => OPERATOR.to_owned(),
            Known::Guild(token) => format!("{}-{}", token.name, token.id),
        }
    }
}

impl Visitor {
    /// The operation of a read.
    #[must_use]
    pub fn read_op(&self, core: &Core) -> Op {
        let id = core.ids().next();
        let cause = Cause::new(CauseKind::Api, id);
        core.admission()
            .token(self.guild, self.holder.name(), cause)
    }

    /// The operation of a write, caused by its idempotency key: the same key is the same cause. A key belongs to
    /// the token, the guild and the path under it, as REST spells that at every edge. None where the key is empty or
    /// longer than [`KEY_MAX`].
    #[must_use]
    pub fn write_op(&self, core: &Core, path: &str, key: &[u8]) -> Option<Op> {
        if !(1..=KEY_MAX).contains(&key.len()) {
            return None;
        }
        let digest = key_digest(self.guild, path, key);
        let cause = Cause::new(CauseKind::Api, format!("{}:{digest}", self.holder.keys()));
        Some(
            core.admission()
                .token(self.guild, self.holder.name(), cause),
        )
    }
}

/// What a key comes to under a path of a guild: short, and of no use elsewhere.
pub(crate) fn key_digest(guild: GuildId, path: &str, key: &[u8]) -> String {
    // With the path's length, so that no two of path and key run together.
    let place = Sha256::new().chain_update(format!("{guild}/{}:{path}", path.len()));
    let digest = place.chain_update(key).finalize();
    let digest = digest.iter().take(16);
    digest.map(|byte| format!("{byte:02x}")).collect()
}
