//! The door for interactions that Discord sends as signed HTTP requests.

use std::sync::Arc;

use chat::{BoxFuture, DoorAnswer, Finished, InteractionDoor, SignedRequest};
use ed25519_dalek::{Signature, VerifyingKey};
use kernel::{Clock, Span, Timestamp};
use serde::Deserialize;

use crate::{decode::interaction, gateway::Pump};

/// A signature older or further ahead than this was recorded somewhere, or a clock is wrong.
const SIGNED_WITHIN: Span = Span::minutes(5);
const PING: u64 = 1;

/// Why there is no door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the public key is not 64 hexadecimal digits that make an Ed25519 key: copy it from Discord's developer portal, General Information"
)]
pub struct KeyError;

/// The door of one application.
#[derive(Debug)]
pub(crate) struct Door {
    key: VerifyingKey,
    pump: Arc<Pump>,
    clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: u64,
}

impl Door {
    /// A door that opens to what this key signed.
    pub(crate) fn new(
        public_key: &str,
        pump: Arc<Pump>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeyError> {
        let bytes: [u8; 32] = from_hex(public_key.trim()).ok_or(KeyError)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError)?;
        Ok(Self { key, pump, clock })
    }

    fn answer(&self, request: SignedRequest<'_>) -> DoorAnswer {
        if !self.is_signed(request) {
            return DoorAnswer::BadSignature;
        }
        let Ok(body) = std::str::from_utf8(request.body) else {
            return DoorAnswer::Unreadable;
        };
        let Ok(kind) = serde_json::from_str::<Kind>(body) else {
            return DoorAnswer::Unreadable;
        };
        if kind.kind == PING {
            return DoorAnswer::Pong;
        }
        let invocation = match interaction(body, self.clock.now()) {
            Ok(invocation) => invocation,
            Err(error) => {
                tracing::warn!(%error, "a signed interaction could not be read");
                return DoorAnswer::Unreadable;
            }
        };
        match self
            .pump
            .invoked(Box::new(invocation), Finished::unwatched())
        {
            Ok(()) => DoorAnswer::TakenOn,
            Err(_) => DoorAnswer::Busy,
        }
    }

    fn is_signed(&self, request: SignedRequest<'_>) -> bool {
        let Some(signature) = from_hex::<64>(request.signature) else {
            return false;
        };
        let signed = [request.timestamp.as_bytes(), request.body].concat();
        let fits = self
            .key
            .verify_strict(&signed, &Signature::from_bytes(&signature));
        fits.is_ok() && self.is_recent(request.timestamp)
    }

    fn is_recent(&self, timestamp: &str) -> bool {
        let Ok(seconds) = timestamp.parse::<i64>() else {
            return false;
        };
        let (at, now) = (
            Timestamp::from_micros(seconds.saturating_mul(1_000_000)),
            self.clock.now(),
        );
        now.since(at) <= SIGNED_WITHIN && at.since(now) <= SIGNED_WITHIN
    }
}

impl InteractionDoor for Door {
    fn knock<'a>(&'a self, request: SignedRequest<'a>) -> BoxFuture<'a, DoorAnswer> {
        Box::pin(async move { self.answer(request) })
    }
}

/// So many bytes from twice as many hexadecimal digits.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
