//! The model providers that all servers share, with their circuits, and what models cost this month.

use ai::{Circuit, Condition, Spent};
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Answer;
use crate::{Rest, door::Caller, page::millis};

pub(super) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new().routes(routes!(providers))
}

/// The providers and what models cost.
#[derive(Debug, Serialize, ToSchema)]
struct ProvidersBody {
    /// In the order in which they are asked; none where the built-in model alone is.
    providers: Vec<ProviderBody>,
    /// What models cost since the month began in UTC, the dearest first; those of single servers are among them.
    month: Vec<ModelSpentBody>,
}

/// A provider, and what it did since the start.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderBody {
    name: String,
    model: String,
    /// `closed` where it is asked, `half_open` where one request is on trial, `open` where it is left alone.
    circuit: &'static str,
    /// Since when the circuit is so.
    since: String,
    answered: u64,
    failed: u64,
    /// How long the first piece of the latest answers took on average.
    first_piece_ms: Option<u64>,
    input_tokens: u64,
    output_tokens: u64,
    /// In millionths of a dollar.
    cost_micros: i64,
    /// The latest failures, the last one first.
    failures: Vec<ProviderFailureBody>,
}

/// A failure of a provider.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderFailureBody {
    at: String,
    /// Of which sort: `unavailable`, `rate_limited`, `refused`, `timeout`, `cut`, `nonsense` or `too_long`.
    sort: &'static str,
}

/// What a model came to.
#[derive(Debug, Serialize, ToSchema)]
struct ModelSpentBody {
    model: String,
    requests: i64,
    input_tokens: i64,
    output_tokens: i64,
    /// In millionths of a dollar.
    cost_micros: i64,
}

impl From<Condition> for ProviderBody {
    fn from(condition: Condition) -> Self {
        let failures = condition.failures.into_iter();
        Self {
            name: condition.provider,
            model: condition.model,
            circuit: match condition.circuit {
                Circuit::Closed => "closed",
                Circuit::HalfOpen => "half_open",
                Circuit::Open => "open",
            },
            since: condition.since.to_string(),
            answered: condition.answered,
            failed: condition.failed,
            first_piece_ms: condition.first_piece.map(millis),
            input_tokens: condition.usage.input,
            output_tokens: condition.usage.output,
            cost_micros: condition.micros,
            failures: failures
                .map(|(at, sort)| ProviderFailureBody {
                    at: at.to_string(),
                    sort,
                })
                .collect(),
        }
    }
}

impl From<(String, Spent)> for ModelSpentBody {
    fn from((model, spent): (String, Spent)) -> Self {
        Self {
            model,
            requests: spent.requests,
            input_tokens: spent.input_tokens,
            output_tokens: spent.output_tokens,
            cost_micros: spent.micros,
        }
    }
}

/// The shared model providers, whether they are asked, and what models cost this month.
#[utoipa::path(
    get,
    path = "/providers",
    operation_id = "operator_providers",
    tag = "operator",
    responses((status = 200, body = ProvidersBody)),
    security(("token" = ["operator"]))
)]
async fn providers(State(rest): State<Rest>, caller: Caller) -> Answer<ProvidersBody> {
    let op = rest.operators_read(&caller)?;
    let found = rest.core.providers().await;
    let found = found.map_err(|error| rest.problem(&op, &error))?;
    Ok(Json(ProvidersBody {
        providers: found.conditions.into_iter().map(Into::into).collect(),
        month: found.month.into_iter().map(Into::into).collect(),
    }))
}
