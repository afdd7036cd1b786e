//! What went wrong, in the port's words: from the network, from a status, from an error that a provider wrote.
//!
//! A provider's own sentences may repeat a key or a member's text, so only its short codes are kept.

use ai::{Awaited, ModelError, Sent};
use http_out::{CallError, HeaderMap, StatusCode};
use kernel::Span;
use serde_json::Value;

/// The longest pause that a provider may ask for.
const PAUSE_MAX_SECONDS: f64 = 3_600.0;

/// A call that has no answer.
pub(crate) fn of_call(error: &CallError, awaited: Awaited) -> ModelError {
    let sent = if error.is_unsent() {
        Sent::No
    } else {
        Sent::Maybe
    };
    match error {
        CallError::TimedOut { after, .. } => ModelError::Timeout {
            awaited,
            after: Span::millis(u32::try_from(after.as_millis()).unwrap_or(u32::MAX)),
        },
        CallError::TooLong { bound, .. } => ModelError::TooLong { bound: *bound },
        CallError::Broken { .. } if awaited == Awaited::Whole => ModelError::Cut {
            reason: error.to_string(),
        },
        CallError::Unusable { .. } => ModelError::Refused {
            reason: error.to_string(),
        },
        CallError::NotSent { .. } | CallError::Broken { .. } => ModelError::Unavailable {
            reason: error.to_string(),
            sent,
        },
    }
}

/// An answer with a status of refusal.
pub(crate) fn of_status(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ModelError {
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let code = code(&body);
    let reason = match &code {
        Some(code) => format!("{} {code}", status.as_u16()),
        None => status.as_u16().to_string(),
    };
    let long = code.as_deref().is_some_and(is_of_length);
    match status.as_u16() {
        429 => ModelError::RateLimited {
            after: pause(headers, &body),
        },
        413 => ModelError::TooLong {
            bound: ai::REQUEST_BYTES_MAX,
        },
        400 if long => ModelError::TooLong {
            bound: ai::REQUEST_BYTES_MAX,
        },
        401 | 403 => ModelError::Refused {
            reason: format!("{reason}: check the key"),
        },
        404 => ModelError::Refused {
            reason: format!("{reason}: check the model's name and the address"),
        },
        408 | 409 | 425 | 500.. => ModelError::Unavailable {
            reason,
            sent: Sent::Maybe,
        },
        300..=399 => ModelError::Refused {
            reason: format!("{reason}: it leads elsewhere, and redirects are not followed"),
        },
        _ => ModelError::Refused { reason },
    }
}

/// An error object inside a stream.
pub(crate) fn of_event(error: &Value) -> ModelError {
    let wrapped = serde_json::json!({ "error": error });
    let code = code(&wrapped).unwrap_or_default();
    let numeric = error["code"].as_u64();
    if code.contains("rate_limit") || code.contains("RESOURCE_EXHAUSTED") || numeric == Some(429) {
        return ModelError::RateLimited {
            after: pause(&HeaderMap::new(), &wrapped),
        };
    }
    if code.contains("invalid_request") || code.contains("INVALID_ARGUMENT") {
        return ModelError::Refused { reason: code };
    }
    ModelError::Unavailable {
        reason: format!("the provider reported an error: {code}"),
        sent: Sent::Maybe,
    }
}

/// Nonsense, with what was expected.
pub(crate) fn nonsense(what: &str) -> ModelError {
    ModelError::Nonsense {
        reason: what.to_owned(),
    }
}

fn is_of_length(code: &str) -> bool {
    [
        "context_length",
        "string_above_max",
        "too_large",
        "too_long",
    ]
    .iter()
    .any(|part| code.contains(part))
}

/// A provider's short code for an error: its letters alone, and few.
fn code(body: &Value) -> Option<String> {
    let error = body.get("error").or_else(|| body.get(0)?.get("error"))?;
    let found = ["code", "type", "status"]
        .iter()
        .filter_map(|name| error[*name].as_str())
        .find(|code| !code.is_empty())?;
    let plain = |c: &char| c.is_ascii_alphanumeric() || "_-.".contains(*c);
    let code: String = found.chars().filter(plain).take(60).collect();
    (!code.is_empty()).then_some(code)
}

/// How long a provider asks to wait, bounded.
fn pause(headers: &HeaderMap, body: &Value) -> Option<Span> {
    let header = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = header("retry-after-ms")
        .map(|millis| millis / 1_000.0)
        .or_else(|| header("retry-after"))
        .or_else(|| retry_delay(body))?;
    let bounded = seconds
        .is_finite()
        .then(|| seconds.clamp(0.0, PAUSE_MAX_SECONDS))?;
    let duration = std::time::Duration::from_secs_f64(bounded);
    u32::try_from(duration.as_millis()).ok().map(Span::millis)
}

/// Google's `"retryDelay": "12.5s"` among the details of an error.
fn retry_delay(body: &Value) -> Option<f64> {
    let error = body.get("error").or_else(|| body.get(0)?.get("error"))?;
    let details = error["details"].as_array()?;
    let delay = details
        .iter()
        .take(20)
        .find_map(|detail| detail["retryDelay"].as_str())?;
    delay.strip_suffix('s')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use ai::{ModelError, Sent};
    use http_out::{HeaderMap, StatusCode};
    use kernel::Span;

    use super::{of_event, of_status};

    fn status(code: u16, header: Option<(&'static str, &str)>, body: &str) -> ModelError {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, value.parse().unwrap());
        }
        of_status(
            StatusCode::from_u16(code).unwrap(),
            &headers,
            body.as_bytes(),
        )
    }

    #[test]
    fn each_status_has_its_meaning() {
        let limited = |after| ModelError::RateLimited { after };
        let delay = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"1.5s"}]}}"#;
        assert_eq!(
            status(429, Some(("retry-after", "7")), ""),
            limited(Some(Span::seconds(7)))
        );
        assert_eq!(
            status(429, Some(("retry-after-ms", "250")), ""),
            limited(Some(Span::millis(250)))
        );
        assert_eq!(
            status(429, Some(("retry-after", "1e99")), ""),
            limited(Some(Span::hours(1)))
        );
        assert_eq!(
            status(429, Some(("retry-after", "-5")), ""),
            limited(Some(Span::ZERO))
        );
        assert_eq!(
            status(
                429,
                Some(("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")),
                ""
            ),
            limited(None)
        );
        assert_eq!(status(429, None, delay), limited(Some(Span::millis(1_500))));
        for (code, name) in [
            (500, "unavailable"),
            (503, "unavailable"),
            (529, "unavailable"),
            (400, "refused"),
            (401, "refused"),
            (404, "refused"),
            (302, "refused"),
            (413, "too_long"),
        ] {
            assert_eq!(status(code, None, "<html>").name(), name, "{code}");
        }
        let long = r#"{"error":{"code":"context_length_exceeded"}}"#;
        assert_eq!(status(400, None, long).name(), "too_long");
    }

    #[test]
    fn x6_a_providers_sentences_are_not_kept() {
        let body = r#"{"error":{"message":"bad key sk-secret for: my diary","type":"authentication_error"}}"#;
        let error = status(401, None, body);
        assert_eq!(
            error.to_string(),
            "the provider refused: 401 authentication_error: check the key"
        );
    }

    #[test]
    fn errors_inside_a_stream_have_their_meaning() {
        let error = |text: &str| of_event(&serde_json::from_str(text).unwrap());
        assert_eq!(
            error(r#"{"type":"rate_limit_error"}"#).name(),
            "rate_limited"
        );
        assert_eq!(
            error(r#"{"type":"invalid_request_error"}"#).name(),
            "refused"
        );
        assert!(matches!(
            error(r#"{"type":"overloaded_error"}"#),
            ModelError::Unavailable {
                sent: Sent::Maybe,
                ..
            }
        ));
    }
}
