//! `operator`: what the operator's console on the dashboard shows and does, of the installation as a whole.
//!
//! The operator's own token alone opens it; to one of a server it is closed, whatever its scopes. Nothing here tells a
//! secret or what members wrote.

mod bots;
mod letters;
mod program;
mod providers;
mod servers;
mod storage;

use axum::Json;
use kernel::Op;
use utoipa_axum::router::OpenApiRouter;

use crate::{Problem, Rest, door::Caller};

type Answer<T> = Result<Json<T>, Problem>;

/// Every route of the operator.
pub(crate) fn router() -> OpenApiRouter<Rest> {
    servers::router()
        .merge(bots::router())
        .merge(letters::router())
        .merge(providers::router())
        .merge(storage::router())
        .merge(program::router())
}

impl Rest {
    /// The operation of the operator's read.
    fn operators_read(&self, caller: &Caller) -> Result<Op, Problem> {
        let visitor = self.operate(caller)?;
        Ok(visitor.read_op(&self.core))
    }
}
