//! OAuth2's part of the API: codes and refresh tokens become tokens, and tokens are revoked (RFC 6749, 7009, 7636).
//! What always holds: an application proves itself before anything is looked up; refusals have OAuth2's own shape,
//! which is not that of the rest of the API; nothing that was asked here stands in the journal.
//! Not here: the page on which a person allows it (`page::sign_in`), and what a token opens (`pipeline`).

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::Snowflake;
use crate::world::grants::{ACCESS_LIFE_S, CodeRefusal, Grant, Scope};

use super::call::{Answer, Answered, Call};
use super::route::percent_decoded;

/// A refusal in OAuth2's shape.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: Option<String>,
}

impl Refusal {
    fn of(error: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description: None,
        }
    }

    fn invalid_client() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::of("invalid_client")
        }
    }

    fn invalid(error: &'static str, parameter: &str) -> Self {
        Self {
            description: Some(format!("Invalid \"{parameter}\" in request.")),
            ..Self::of(error)
        }
    }

    fn missing(parameter: &str) -> Self {
        Self {
            description: Some(format!("Missing \"{parameter}\" in request.")),
            ..Self::of("invalid_request")
        }
    }
}

impl From<CodeRefusal> for Refusal {
    fn from(refusal: CodeRefusal) -> Self {
        match refusal {
            CodeRefusal::Unknown => Self::invalid("invalid_grant", "code"),
            CodeRefusal::OtherRedirect => Self::invalid("invalid_grant", "redirect_uri"),
            CodeRefusal::NoVerifier => Self {
                description: Some("Missing \"code_verifier\"".to_owned()),
                ..Self::of("invalid_request")
            },
            CodeRefusal::OtherVerifier => Self {
                description: Some("Invalid \"code_verifier\"".to_owned()),
                ..Self::of("invalid_grant")
            },
        }
    }
}

/// `POST /oauth2/token`
pub(crate) fn token(call: &Call<'_>) -> Answered {
    Ok(answer(grant(call).map(|grant| tokens(&grant))))
}

/// `POST /oauth2/token/revoke`
pub(crate) fn revoke(call: &Call<'_>) -> Answered {
    let revoked = client(call).and_then(|application| {
        let token = given(call, "token")?;
        call.world().grants_revoke(application, token);
        Ok(json!({}))
    });
    Ok(answer(revoked))
}

fn grant(call: &Call<'_>) -> Result<Grant, Refusal> {
    let application = client(call)?;
    match call.form_text("grant_type") {
        Some("authorization_code") => {
            let (code, redirect_uri) = (given(call, "code")?, given(call, "redirect_uri")?);
            let verifier = call.form_text("code_verifier");
            let exchanged = call
                .world()
                .code_exchange(application, code, redirect_uri, verifier);
            Ok(exchanged?)
        }
        Some("refresh_token") => {
            let refresh = given(call, "refresh_token")?;
            let refreshed = call.world().grant_refresh(application, refresh);
            refreshed.ok_or_else(|| Refusal::invalid("invalid_grant", "refresh_token"))
        }
        _ => Err(Refusal::of("unsupported_grant_type")),
    }
}

/// The application that asks, by Basic authentication or by the form; never by both halves of different ones.
fn client(call: &Call<'_>) -> Result<Snowflake, Refusal> {
    let basic = call.authorization.and_then(basic);
    let (id, secret) = match (&basic, call.form_text("client_id")) {
        (Some((id, _)), Some(other)) if id != other => return Err(Refusal::invalid_client()),
        (Some((id, secret)), _) => (id.as_str(), secret.as_str()),
        (None, Some(id)) => (id, call.form_text("client_secret").unwrap_or_default()),
        (None, None) => return Err(Refusal::invalid_client()),
    };
    let world = call.world();
    let application = id.parse().ok().and_then(|id| world.application(id));
    application
        .filter(|application| application.client_secret == secret)
        .map(|application| application.id)
        .ok_or_else(Refusal::invalid_client)
}

/// User name and password; both are form-encoded before they are joined (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let bytes = STANDARD
        .decode(header.strip_prefix("Basic ")?.trim())
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((percent_decoded(id), percent_decoded(secret)))
}

fn given<'c>(call: &'c Call<'_>, name: &str) -> Result<&'c str, Refusal> {
    let value = call.form_text(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| Refusal::missing(name))
}

fn tokens(grant: &Grant) -> Value {
    let scopes: Vec<_> = grant.scopes.iter().copied().map(Scope::name).collect();
    json!({
        "access_token": grant.access,
        "token_type": "Bearer",
        "expires_in": ACCESS_LIFE_S,
        "refresh_token": grant.refresh,
        "scope": scopes.join(" "),
    })
}

fn answer(result: Result<Value, Refusal>) -> Answer {
    match result {
        Ok(body) => Answer::ok(body),
        Err(refusal) => {
            let mut body = json!({"error": refusal.error});
            if let Some(description) = refusal.description {
                body["error_description"] = description.into();
            }
            Answer::refused(refusal.status, body)
        }
    }
}
