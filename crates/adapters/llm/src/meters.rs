//! What is measured of models. Labels are bounded: a provider is one of a handful of names, owners' together by format.

use std::time::Duration;

use ai::{Circuit, Usage};
use metrics::{Unit, counter, gauge, histogram};

const REQUESTS: &str = "guildhall_ai_requests_total";
const DURATION: &str = "guildhall_ai_request_duration_seconds";
const FIRST: &str = "guildhall_ai_first_piece_seconds";
const TOKENS: &str = "guildhall_ai_tokens_total";
const COST: &str = "guildhall_ai_cost_micros_total";
const BREAKER: &str = "guildhall_ai_breaker_state";

/// Describes the metrics, once.
pub fn describe() {
    metrics::describe_counter!(
        REQUESTS,
        "Requests to models, by provider, purpose and outcome"
    );
    metrics::describe_histogram!(
        DURATION,
        Unit::Seconds,
        "Time from asking to the end of the answer"
    );
    metrics::describe_histogram!(
        FIRST,
        Unit::Seconds,
        "Time from asking to the first piece of the answer"
    );
    metrics::describe_counter!(TOKENS, "Tokens as counted, by provider and direction");
    metrics::describe_counter!(COST, "Cost in millionths of a US dollar, by provider");
    metrics::describe_gauge!(
        BREAKER,
        "A provider's circuit: 0 closed, 1 half open, 2 open"
    );
}

pub(crate) fn first(provider: &str, took: Duration) {
    histogram!(FIRST, "provider" => provider.to_owned()).record(took.as_secs_f64());
}

pub(crate) fn ended(provider: &str, purpose: &'static str, outcome: &'static str, took: Duration) {
    let provider = provider.to_owned();
    let labels = [
        ("provider", provider.clone()),
        ("purpose", purpose.to_owned()),
        ("outcome", outcome.to_owned()),
    ];
    counter!(REQUESTS, &labels).increment(1);
    histogram!(DURATION, "provider" => provider).record(took.as_secs_f64());
}

pub(crate) fn cost(provider: &str, usage: Usage, micros: i64) {
    for (direction, count) in [("input", usage.input), ("output", usage.output)] {
        let labels = [
            ("provider", provider.to_owned()),
            ("direction", direction.to_owned()),
        ];
        counter!(TOKENS, &labels).increment(count);
    }
    counter!(COST, "provider" => provider.to_owned()).increment(micros.unsigned_abs());
}

pub(crate) fn circuit(provider: &str, state: Circuit) {
    let value = match state {
        Circuit::Closed => 0.0,
        Circuit::HalfOpen => 1.0,
        Circuit::Open => 2.0,
    };
    gauge!(BREAKER, "provider" => provider.to_owned()).set(value);
}
