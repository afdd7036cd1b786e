//! How a request carries its token, its guild and its idempotency key to the edges' one door.

use app::{Holder, KEY_MAX, NotLetIn, Visitor};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use kernel::{Correlation, Op};
use platform::TokenScope;

use crate::{Problem, Rest};

/// Somebody with a token that the door knows, and the key that they sent.
///
/// A handler takes this before all else of a request, so that whoever has no token is told that and nothing of the rest.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    holder: Holder,
    correlation: Correlation,
    key: Option<HeaderValue>,
}

impl FromRequestParts<Rest> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, rest: &Rest) -> Result<Self, Problem> {
        let correlation = rest.core.admission().correlation();
        Ok(Self {
            holder: rest.holder(&parts.headers, correlation).await?,
            correlation,
            key: parts.headers.get("idempotency-key").cloned(),
        })
    }
}

impl Rest {
    /// Who holds the token that a request carries.
    async fn holder(
        &self,
        headers: &HeaderMap,
        correlation: Correlation,
    ) -> Result<Holder, Problem> {
        let header = headers.get(header::AUTHORIZATION);
        let header = header.and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let holder = match token {
            Some(token) => self.door.holder(token).await,
            None => Ok(None),
        };
        let holder = holder.map_err(|error| self.unknown(&error, correlation))?;
        holder.ok_or_else(|| Problem::unauthorized().under(correlation))
    }

    /// Lets a caller in who names a guild that the bot is in, to do what needs this scope.
    pub(crate) fn admit(
        &self,
        caller: &Caller,
        guild: &str,
        needed: TokenScope,
    ) -> Result<Visitor, Problem> {
        let visitor = self.door.visit(caller.holder.clone(), guild, needed);
        visitor.map_err(|why| not_let_in(why, guild).under(caller.correlation))
    }

    /// Lets a caller in who carries the operator's token.
    pub(crate) fn operate(&self, caller: &Caller) -> Result<Visitor, Problem> {
        self.door.operate(caller.holder.clone()).ok_or_else(|| {
            let detail = "This token is one of a server. The operator's own token opens this.";
            Problem::forbidden(detail).under(caller.correlation)
        })
    }

    /// The operation of a write to this path under the guild or the operator's place, with the key that makes sending it
    /// again harmless.
    pub(crate) fn write_op(
        &self,
        visitor: &Visitor,
        path: &str,
        caller: &Caller,
    ) -> Result<Op, Problem> {
        let key = caller.key.as_ref().map(HeaderValue::as_bytes);
        let op = visitor.write_op(&self.core, path, key.unwrap_or_default());
        op.ok_or_else(|| {
            let detail = format!(
                "A write needs the header `Idempotency-Key`, of 1 to {KEY_MAX} characters."
            );
            Problem::bad_request(detail).under(caller.correlation)
        })
    }
}

fn not_let_in(why: NotLetIn, guild: &str) -> Problem {
    match why {
        NotLetIn::NoSuchGuild => {
            Problem::not_found(format!("The bot is not in a guild `{}`.", shorten(guild)))
        }
        NotLetIn::Lacks(scope) => Problem::forbidden(format!(
            "This token lacks the scope `{scope}`. Use one that has it."
        )),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}
