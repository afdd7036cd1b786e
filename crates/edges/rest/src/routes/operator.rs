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

use app::Visitor;
use axum::{Json, http::HeaderMap};
use kernel::Op;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;

use crate::{Problem, Rest, page::PageQuery};

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

/// What part of a list is asked for, where nothing else can be.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Where an earlier page ended: its `next`.
    cursor: Option<String>,
    /// How many at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

impl From<ListQuery> for PageQuery {
    fn from(asked: ListQuery) -> Self {
        Self::of(asked.cursor, asked.limit)
    }
}

impl Rest {
    /// Lets a request in that carries the operator's token.
    async fn operate(&self, headers: &HeaderMap) -> Result<Visitor, Problem> {
        let correlation = self.core.admission().correlation();
        let holder = self.holder(headers, correlation).await?;
        self.door.operate(holder).ok_or_else(|| {
            let detail = "This token is one of a server. The operator's own token opens this.";
            Problem::forbidden(detail).under(correlation)
        })
    }

    /// The operation of the operator's read.
    async fn operators_read(&self, headers: &HeaderMap) -> Result<Op, Problem> {
        let visitor = self.operate(headers).await?;
        Ok(visitor.read_op(&self.core))
    }
}
