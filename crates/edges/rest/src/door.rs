//! How a request carries its token, its guild and its idempotency key to the edges' one door.

use app::{Holder, KEY_MAX, NotLetIn, Visitor};
use axum::http::{HeaderMap, HeaderValue, header};
use kernel::{Correlation, Op};
use platform::TokenScope;

use crate::{Problem, Rest};

impl Rest {
    /// Lets a request in that carries a known token and names a guild that the bot is in, to do what needs this scope.
    pub(crate) async fn admit(
        &self,
        headers: &HeaderMap,
        guild: &str,
        needed: TokenScope,
    ) -> Result<Visitor, Problem> {
        let correlation = self.core.admission().correlation();
        let holder = self.holder(headers, correlation).await?;
        let visitor = self.door.visit(holder, guild, needed);
        visitor.map_err(|why| not_let_in(why, guild).under(correlation))
    }

    /// Who holds the token that a request carries.
    pub(crate) async fn holder(
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

    /// The operation of a write to this path under the guild or the operator's place, with the key that makes sending it
    /// again harmless.
    pub(crate) fn write_op(
        &self,
        visitor: &Visitor,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<Op, Problem> {
        let key = headers.get("idempotency-key").map(HeaderValue::as_bytes);
        let op = visitor.write_op(&self.core, path, key.unwrap_or_default());
        op.ok_or_else(|| {
            let detail = format!(
                "A write needs the header `Idempotency-Key`, of 1 to {KEY_MAX} characters."
            );
            Problem::bad_request(detail).under(self.core.admission().correlation())
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
