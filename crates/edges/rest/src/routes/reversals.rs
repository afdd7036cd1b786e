//! Taking a movement of coins back, after a look at what that would come to.

use app::flows::revert;
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use economy::{Reversal, Reverse, ReverseError};
use platform::{Area, TokenScope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::economy::TransferBody;
use crate::{Problem, Rest, body, door::Caller};

const WRITE: TokenScope = TokenScope::write(Area::Economy);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new().routes(routes!(reverted))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeBack {
    #[serde(default)]
    reason: String,
    /// Only shows what it would come to.
    #[serde(default)]
    dry_run: bool,
}

/// A movement that was taken back, or would be.
#[derive(Debug, Serialize, ToSchema)]
struct ReversalBody {
    /// Whether nothing was written.
    dry_run: bool,
    /// The movement back.
    transfer: TransferBody,
    /// What the member had spent already, and owes from now on.
    advance: Option<TransferBody>,
}

impl ReversalBody {
    fn of(reversal: Reversal, dry_run: bool) -> Self {
        Self {
            dry_run,
            transfer: reversal.receipt.record.into(),
            advance: reversal.advance.map(|advance| advance.record.into()),
        }
    }
}

/// Takes a movement of coins back, once; with `dry_run` it only shows what that would come to.
#[utoipa::path(
    post,
    path = "/transfers/{transfer_id}/revert",
    operation_id = "transfer_revert",
    tag = "economy",
    params(("transfer_id" = String, Path, description = "Which movement")),
    request_body = TakeBack,
    responses((status = 200, body = ReversalBody)),
    security(("token" = ["economy:write"]))
)]
async fn reverted(
    State(rest): State<Rest>,
    caller: Caller,
    Path((guild, transfer)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<ReversalBody>, Problem> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, &format!("transfers/{transfer}/revert"), &caller)?;
    let asked = body::read::<TakeBack>(&body).map_err(|problem| problem.under(op.correlation))?;
    let done = if asked.dry_run {
        revert::preview(&rest.core, op.clone(), transfer).await
    } else {
        let command = Reverse {
            transfer,
            reason: asked.reason,
        };
        revert::revert(&rest.core, op.clone(), command).await
    };
    match done {
        Ok(reversal) => Ok(Json(ReversalBody::of(reversal, asked.dry_run))),
        Err(error @ ReverseError::NoSuchTransfer { .. }) => {
            Err(rest.problem(&op, &error).not_there())
        }
        Err(error) => Err(rest.problem(&op, &error)),
    }
}
