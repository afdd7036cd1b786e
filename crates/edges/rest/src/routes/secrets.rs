//! `secrets` of a guild: put and deleted, never read. Nothing of a body is repeated, in no answer and no log.

use app::flows::secrets::{self, KeepError, KeepSecret};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use kernel::Op;
use platform::{Area, SecretError, SecretName, TokenScope};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Problem, Rest, body, door::Caller};

const AI_KEY: &str = "secrets/ai_key";

const WRITE: TokenScope = TokenScope::write(Area::Secrets);

pub(crate) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new().routes(routes!(keep, delete))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSecret {
    value: String,
}

/// Keeps the key of the server's own model provider, sealed. It is never read back.
#[utoipa::path(
    put,
    path = "/secrets/ai_key",
    operation_id = "ai_key_put",
    tag = "secrets",
    request_body = NewSecret,
    responses((status = 204)),
    security(("token" = ["secrets:write"]))
)]
async fn keep(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, AI_KEY, &caller)?;
    let asked = body::read::<NewSecret>(&body).map_err(|problem| {
        // What could not be read may be the secret itself.
        let words = "Send an object with one field, `value`, which is a text.";
        problem.saying(words).under(op.correlation)
    })?;
    let command = KeepSecret {
        name: SecretName::ai_key(),
        value: SecretString::from(asked.value),
    };
    let kept = secrets::keep(&rest.core, op.clone(), command).await;
    rest.about_secret(&op, kept)
}

/// Deletes the key.
#[utoipa::path(
    delete,
    path = "/secrets/ai_key",
    operation_id = "ai_key_delete",
    tag = "secrets",
    responses((status = 204)),
    security(("token" = ["secrets:write"]))
)]
async fn delete(
    State(rest): State<Rest>,
    caller: Caller,
    Path(guild): Path<String>,
) -> Result<StatusCode, Problem> {
    let visitor = rest.admit(&caller, &guild, WRITE)?;
    let op = rest.write_op(&visitor, AI_KEY, &caller)?;
    let deleted = secrets::delete(&rest.core, op.clone(), SecretName::ai_key()).await;
    rest.about_secret(&op, deleted)
}

impl Rest {
    fn about_secret(&self, op: &Op, settled: Result<(), KeepError>) -> Result<StatusCode, Problem> {
        let Err(error) = settled else {
            return Ok(StatusCode::NO_CONTENT);
        };
        let problem = self.problem(op, &error);
        Err(match error {
            KeepError::NoSuchSecret { .. } => problem.not_there(),
            KeepError::Secret(SecretError::BadValue) => problem.at("/value".to_owned()),
            _ => problem,
        })
    }
}
