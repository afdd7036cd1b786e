//! The edges' one door: a bearer token, a guild that the bot is in, and then an operation.

use app::Core;
use axum::http::{HeaderMap, header};
use kernel::{Cause, CauseKind, GuildId, Op};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::{Problem, Rest};

/// The name under which the operator's own token acts.
const OPERATOR: &str = "operator";
const KEY_MAX: usize = 255;

/// A request that was let in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) guild: GuildId,
    token: &'static str,
}

impl Rest {
    /// Lets a request in that carries the operator's token and names a guild that the bot is in.
    pub(crate) fn admit(&self, headers: &HeaderMap, guild: &str) -> Result<Visitor, Problem> {
        self.check_token(headers)
            .map_err(|problem| problem.under(self.core.admission().correlation()))?;
        let unknown =
            || Problem::not_found(format!("The bot is not in a guild `{}`.", shorten(guild)));
        let guild: GuildId = guild.parse().map_err(|_| unknown())?;
        if !self.core.guilds().has(guild) {
            return Err(unknown().under(self.core.admission().correlation()));
        }
        Ok(Visitor {
            guild,
            token: OPERATOR,
        })
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let operator = self.operator.as_ref().ok_or_else(Problem::unauthorized)?;
        let header = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let given = header.and_then(|value| value.strip_prefix("Bearer "));
        let given = given.ok_or_else(Problem::unauthorized)?;
        // Digests of equal length are compared, so that the time taken says nothing of the token.
        let (given, known) = (
            Sha256::digest(given),
            Sha256::digest(operator.expose_secret()),
        );
        let differing = given
            .iter()
            .zip(known)
            .fold(0_u8, |differing, (one, other)| differing | (one ^ other));
        if differing == 0 {
            Ok(())
        } else {
            Err(Problem::unauthorized())
        }
    }
}

impl Visitor {
    /// The operation of a read.
    pub(crate) fn read_op(&self, core: &Core) -> Op {
        let id = core.ids().next();
        core.admission()
            .token(self.guild, self.token, Cause::new(CauseKind::Api, id))
    }

    /// The operation of a write, caused by its idempotency key: the same key is the same cause.
    pub(crate) fn write_op(&self, core: &Core, headers: &HeaderMap) -> Result<Op, Problem> {
        let key = headers
            .get("idempotency-key")
            .map(axum::http::HeaderValue::as_bytes);
        let key = key
            .filter(|key| (1..=KEY_MAX).contains(&key.len()))
            .ok_or_else(|| {
                Problem::bad_request(
                    "A write needs the header `Idempotency-Key`, of 1 to 255 characters.",
                )
                .under(core.admission().correlation())
            })?;
        let digest: String = Sha256::digest(key)
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let cause = Cause::new(CauseKind::Api, format!("{}:{digest}", self.token));
        Ok(core.admission().token(self.guild, self.token, cause))
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}
