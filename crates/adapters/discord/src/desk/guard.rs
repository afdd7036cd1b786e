//! The acknowledgement guard: what is not answered after a second and a half is deferred, or answered with words.

use std::{sync::Arc, time::Duration};

use chat::Visibility;

use super::{
    Desk,
    case::{Case, Expects, State},
};
use crate::{
    meters,
    render::{Payload, choices, notice},
    rest::{RestError, code},
};

/// How long an answer may take before it is deferred.
const GUARD_AFTER: Duration = Duration::from_millis(1_500);

/// What the asker of a form reads when it took too long, for a form can't come later.
const FORM_TOO_LATE: &str = "That took too long to open. Please try again.";
/// What an asker reads when too much is waiting.
const BUSY: &str =
    "Too much is happening at once, so this was not done. Please try again in a moment.";

pub(super) const CALLBACK_MESSAGE: u8 = 4;
pub(super) const CALLBACK_DEFERRED_MESSAGE: u8 = 5;
pub(super) const CALLBACK_DEFERRED_UPDATE: u8 = 6;
pub(super) const CALLBACK_UPDATE: u8 = 7;
pub(super) const CALLBACK_CHOICES: u8 = 8;
pub(super) const CALLBACK_FORM: u8 = 9;

impl Desk {
    /// Waits, and acknowledges what is still fresh then.
    pub(super) async fn guard(self: Arc<Self>, case: Arc<Case>) {
        tokio::time::sleep(GUARD_AFTER.saturating_sub(case.age)).await;
        let mut state = case.state.lock().await;
        if *state == State::Fresh {
            *state = self.defer(&case).await;
        }
    }

    async fn defer(&self, case: &Case) -> State {
        let (kind, data, is_private, then) = match case.expects {
            Expects::Message(visibility) => {
                let is_private = visibility == Visibility::Private;
                (
                    CALLBACK_DEFERRED_MESSAGE,
                    None,
                    is_private,
                    State::Deferred(visibility),
                )
            }
            Expects::Update => (CALLBACK_DEFERRED_UPDATE, None, false, State::UpdateDeferred),
            Expects::Choices => (CALLBACK_CHOICES, Some(no_choices()), false, State::Closed),
            Expects::Form | Expects::Unknown => (
                CALLBACK_MESSAGE,
                Some(notice(FORM_TOO_LATE)),
                true,
                State::Closed,
            ),
        };
        let outcome = self
            .acknowledge(case, kind, data.as_ref(), is_private)
            .await;
        outcome.map_or_else(|error| after_failure(case, &error), |()| then)
    }

    /// Tells the asker that too much is waiting.
    pub(crate) async fn refuse(&self, case: &Case) {
        let mut state = case.state.lock().await;
        if *state != State::Fresh {
            return;
        }
        let (kind, words) = match case.expects {
            Expects::Choices => (CALLBACK_CHOICES, no_choices()),
            _ => (CALLBACK_MESSAGE, notice(BUSY)),
        };
        let is_private = kind == CALLBACK_MESSAGE;
        let outcome = self.acknowledge(case, kind, Some(&words), is_private).await;
        *state = outcome.map_or_else(|error| after_failure(case, &error), |()| State::Closed);
    }

    async fn acknowledge(
        &self,
        case: &Case,
        kind: u8,
        data: Option<&Payload>,
        is_private: bool,
    ) -> Result<(), RestError> {
        let rest = self.bots.of_application(case.application);
        let within = case.acknowledge_within();
        let sent = rest.callback(
            case.interaction,
            &case.token,
            kind,
            data,
            is_private,
            within,
        );
        sent.await?;
        meters::acknowledged(case.received.elapsed());
        Ok(())
    }
}

fn no_choices() -> Payload {
    let body = choices(&[]).as_object().cloned().unwrap_or_default();
    Payload {
        body,
        files: Vec::new(),
    }
}

/// Where an acknowledgement that failed leaves an interaction.
pub(super) fn after_failure(case: &Case, error: &RestError) -> State {
    match error.code() {
        code::UNKNOWN_INTERACTION | code::UNKNOWN_WEBHOOK | code::INVALID_WEBHOOK_TOKEN => {
            tracing::debug!(interaction = %case.interaction, "the interaction was void before it was acknowledged");
            State::Void
        }
        _ => {
            tracing::warn!(interaction = %case.interaction, %error, "an interaction may not be acknowledged");
            State::Unknown
        }
    }
}
