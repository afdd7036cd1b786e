//! Applications that take interactions over HTTP: the signed PING before an address is accepted, and the delivery of interactions to it.
//! What always holds: every request to an application is signed with its key; an address that answers a forged signature is refused.

use std::time::Duration;

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use crate::limits::{Fault, text_of};
use crate::rest::RequestBody;
use crate::rest::Rest;
use crate::rest::call::{Call, Caller};
use crate::rest::error::{ApiError, Code};
use crate::world::{Post, Snowflake};

use super::callback;
use super::post::{Posted, post};

/// As long as an application has for its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Before `PATCH /applications/@me` takes a new address: it must answer a PING, and refuse a forged one.
pub(crate) async fn verify_new_endpoint(call: &Call<'_>) -> Result<(), ApiError> {
    let Some(url) = text_of(call.json(), "interactions_endpoint_url").filter(|url| !url.is_empty())
    else {
        return Ok(());
    };
    let seed = signing_key(call.rest, call.me()).ok_or(Code::UnknownApplication)?;
    let now_s = call.rest.now_us() / 1_000_000;
    let ping = json!({"version": 1, "type": 1, "token": "ping", "id": "0", "application_id": call.me(), "user": null, "entitlements": []}).to_string();
    let honest = ask(url, &seed, now_s, &ping).await;
    let greeted =
        honest.is_some_and(|posted| posted.status == 200 && answer_type(&posted) == Some(1));
    let forged_key = SigningKey::from_bytes(&[7; 32]);
    let forged = ask(url, &forged_key, now_s, &ping).await;
    if greeted && forged.is_some_and(|posted| posted.status == 401) {
        return Ok(());
    }
    let message = "The specified interactions endpoint url could not be verified.";
    Err(ApiError::fault(
        "interactions_endpoint_url",
        Fault::new("APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", message),
    ))
}

fn answer_type(posted: &Posted) -> Option<u64> {
    serde_json::from_slice::<Value>(&posted.body)
        .ok()?
        .get("type")?
        .as_u64()
}

/// Delivers an interaction to its application's own server; what it answers counts as its first answer.
/// No answer, or one that can't be used, leaves the interaction to its three seconds.
pub(crate) async fn deliver(rest: &Rest, delivery: Post) {
    let Some(key) = signing_key(rest, delivery.application) else {
        return;
    };
    let now_s = rest.now_us() / 1_000_000;
    let Some(posted) = ask(&delivery.url, &key, now_s, &delivery.body).await else {
        return;
    };
    // 202 says: the answer comes through the API.
    if posted.status != 200 {
        tracing::debug!(status = posted.status, interaction = %delivery.interaction, "an endpoint did not answer an interaction");
        return;
    }
    let Ok(answer) = serde_json::from_slice::<Value>(&posted.body) else {
        return;
    };
    let body = RequestBody {
        json: Some(answer),
        ..RequestBody::default()
    };
    let call = Call {
        rest,
        caller: Caller::Bot(delivery.application),
        authorization: None,
        parameters: &[],
        query: &[],
        body: &body,
        reason: None,
        origin: "http://localhost",
    };
    let applied = callback::apply(&mut rest.hub.world(), &call, delivery.interaction);
    if let Err(error) = applied {
        tracing::debug!(error = %error.body(), interaction = %delivery.interaction, "an endpoint's answer was refused");
    }
}

async fn ask(url: &str, key: &SigningKey, now_s: i64, body: &str) -> Option<Posted> {
    let timestamp = now_s.to_string();
    let signature = key.sign(format!("{timestamp}{body}").as_bytes());
    let signature: String = signature
        .to_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let headers = [
        ("X-Signature-Ed25519", signature),
        ("X-Signature-Timestamp", timestamp),
    ];
    match post(url, &headers, body, ANSWER_WITHIN).await {
        Ok(posted) => Some(posted),
        Err(error) => {
            tracing::debug!(%error, "an interactions endpoint could not be asked");
            None
        }
    }
}

fn signing_key(rest: &Rest, application: Snowflake) -> Option<SigningKey> {
    let world = rest.hub.world();
    let seed = unhex(&world.application(application)?.signing_seed)?;
    Some(SigningKey::from_bytes(&seed))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
