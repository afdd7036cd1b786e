//! The edges' one door: a bearer token, a guild that the bot is in, and then an operation.
//!
//! REST and gRPC come through here alike, so a token that opens one opens the other, and a key that made a write
//! harmless to repeat at one does at the other too. Not here: how each edge carries tokens, and what it answers.

use std::sync::Arc;

use kernel::{Cause, CauseKind, GuildId, Op};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::Core;

/// The name under which the operator's own token acts.
const OPERATOR: &str = "operator";

/// The most bytes of an idempotency key.
pub const KEY_MAX: usize = 255;

/// The door; without an operator's token nobody comes in.
#[derive(Debug, Clone)]
pub struct Door {
    core: Core,
    operator: Option<Arc<SecretString>>,
}

/// Who holds a token that the door knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    token: &'static str,
}

/// A holder who was let into a guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    guild: GuildId,
    holder: Holder,
}

impl Door {
    /// A door that knows this token of the operator.
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

    /// Who holds this token, if it is known.
    #[must_use]
    pub fn holder(&self, token: &str) -> Option<Holder> {
        let operator = self.operator.as_ref()?;
        // Digests of equal length are compared, so that the time taken says nothing of the token.
        let (given, known) = (
            Sha256::digest(token),
            Sha256::digest(operator.expose_secret()),
        );
        let differing = given
            .iter()
            .zip(known)
            .fold(0_u8, |differing, (one, other)| differing | (one ^ other));
        (differing == 0).then_some(Holder { token: OPERATOR })
    }

    /// Lets a holder into a guild that the bot is in.
    #[must_use]
    pub fn visit(&self, holder: Holder, guild: &str) -> Option<Visitor> {
        let guild: GuildId = guild.parse().ok()?;
        let known = self.core.guilds().has(guild);
        known.then_some(Visitor { guild, holder })
    }
}

impl Visitor {
    /// The operation of a read.
    #[must_use]
    pub fn read_op(&self, core: &Core) -> Op {
        let id = core.ids().next();
        let cause = Cause::new(CauseKind::Api, id);
        core.admission().token(self.guild, self.holder.token, cause)
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
        let cause = Cause::new(CauseKind::Api, format!("{}:{digest}", self.holder.token));
        Some(core.admission().token(self.guild, self.holder.token, cause))
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
