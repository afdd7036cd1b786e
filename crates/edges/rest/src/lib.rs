//! REST under `/api/v1`: JSON in, JSON out, every write with an idempotency key, every error as problem details.
//!
//! R1  Without the right token there is no answer but 401, a guild that the bot is not in or the token may not see is
//!     404, and what a token's scopes do not open is 403, as is to any of them what belongs to the installation.
//! R2  A write sent again with its key has no second effect, and gets the first answer.
//! R3  What is not understood is refused with the place where it stands; nothing is guessed.
//! R4  A secret that was put comes back in no answer, and stands in no log and no file as it is.
//! R5  The description at `/api/openapi.json` is made from the handlers: every route is in it, with every answer.
//!
//! Not here: rules of the economy, SQL, and how an operation is admitted (`app`).

mod body;
mod describe;
mod door;
mod page;
mod problem;
mod query;
mod routes;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use app::{Core, Door, installation::Installation};
use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn, routing::get};
use kernel::{Correlation, Fault, Locale, Op};
use secrecy::SecretString;
use store::{DbError, Tx};
use utoipa_axum::router::OpenApiRouter;

pub use describe::description;
pub use problem::Problem;

/// Where the routes of a guild are.
const GUILD: &str = "/api/v1/guilds/{guild_id}";
/// The largest request body, in bytes: a whole configuration and what stands around it.
const BODY_MAX: usize = 64 * 1024 + platform::DOCUMENT_BYTES_MAX;

/// What the routes work with.
#[derive(Debug, Clone)]
pub struct Rest {
    core: Core,
    door: Door,
    installation: Arc<dyn Installation>,
}

impl Rest {
    /// The routes' parts; without an operator's token only those of guilds are known.
    #[must_use]
    pub fn new(
        core: Core,
        operator: Option<SecretString>,
        installation: Arc<dyn Installation>,
    ) -> Self {
        Self {
            door: Door::new(core.clone(), operator),
            core,
            installation,
        }
    }

    /// The routes, to be served as they are.
    pub fn router(self) -> Router {
        described()
            .split_for_parts()
            .0
            .route("/api/openapi.json", get(describe::served))
            .route(
                "/api/v1/{*rest}",
                axum::routing::any(problem::no_such_route),
            )
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .layer(from_fn(problem::speak_alike))
            .with_state(self)
    }

    /// Reads in one transaction.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        label: &'static str,
        op: &Op,
        read: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, Problem> {
        let found = self.core.database().read(label, read).await;
        found.map_err(|error: DbError| self.problem(op, &error))
    }

    /// What it is to a caller that the database does not say whether their token is known.
    pub(crate) fn unknown(&self, fault: &DbError, correlation: Correlation) -> Problem {
        tracing::error!(%correlation, error = %fault, "a token could not be looked up");
        let words = self.core.words().say(&Locale::english(), &fault.told());
        Problem::of_fault(fault, words, correlation)
    }

    /// What a fault is to the caller; what the operator should know of it stands in the log.
    pub(crate) fn problem(&self, op: &Op, fault: &dyn Fault) -> Problem {
        if !fault.kind().is_refusal() {
            tracing::error!(correlation = %op.correlation, error = %fault, "a request failed");
        }
        let words = self.core.words().say(&op.locale, &fault.told());
        Problem::of_fault(fault, words, op.correlation)
    }
}

/// The routes with their description.
fn described() -> OpenApiRouter<Rest> {
    OpenApiRouter::new()
        .nest(GUILD, routes::of_a_guild())
        .nest("/api/v1/operator", routes::operator::router())
}
