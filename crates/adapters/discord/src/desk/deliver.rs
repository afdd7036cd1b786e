//! Delivering an answer: one step at a time, from where the interaction stands to where its answer stands.

use std::time::Duration;

use chat::{AnswerContent, Delivered, DeliveryError, InteractionAnswer, Reply, Visibility};
use kernel::MessageId;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Desk, TOKEN_LIFE,
    case::{Answered, Case, Expects, State},
    guard::{CALLBACK_CHOICES, CALLBACK_FORM, CALLBACK_MESSAGE, CALLBACK_UPDATE, after_failure},
};
use crate::{
    meters,
    render::{Finish, Payload, choices, form, notice, parts},
    rest::{Original, Rest, RestError, code},
};

/// More steps than any way from fresh to answered has.
const STEPS_MAX: u32 = 8;
/// How long a delivery may take in all.
const DELIVER_WITHIN: Duration = Duration::from_secs(30);
/// What stands in place of an answer that Discord would not take.
const NOT_SHOWN: &str = "This was done, but its answer could not be shown.";

/// An answer, rendered.
struct Content {
    kind: u8,
    parts: Vec<Payload>,
    visibility: Visibility,
    digest: [u8; 32],
}

/// What a step came to: an end, or nothing yet.
type Step = Result<Option<Delivered>, DeliveryError>;

impl Content {
    fn of(answer: &AnswerContent, finish: Finish<'_>) -> Result<Self, DeliveryError> {
        let (kind, parts, visibility) = match answer {
            AnswerContent::Reply(reply) => {
                (CALLBACK_MESSAGE, parts(reply, finish)?, reply.visibility)
            }
            AnswerContent::Update(reply) => {
                (CALLBACK_UPDATE, updated(reply, finish)?, reply.visibility)
            }
            AnswerContent::Form(shown) => (
                CALLBACK_FORM,
                vec![bare(&form(shown)?)],
                Visibility::Private,
            ),
            AnswerContent::Choices(pairs) => (
                CALLBACK_CHOICES,
                vec![bare(&choices(pairs))],
                Visibility::Private,
            ),
        };
        let written = serde_json::to_vec(answer).unwrap_or_default();
        Ok(Self {
            kind,
            parts,
            visibility,
            digest: Sha256::digest(written).into(),
        })
    }

    fn first(&self) -> &Payload {
        self.parts.first().expect("an answer has a first part")
    }

    const fn is_message(&self) -> bool {
        matches!(self.kind, CALLBACK_MESSAGE | CALLBACK_UPDATE)
    }

    fn is_private(&self) -> bool {
        self.visibility == Visibility::Private
    }
}

/// A change names its attachments, so that older pictures go away.
fn updated(reply: &Reply, finish: Finish<'_>) -> Result<Vec<Payload>, DeliveryError> {
    let mut parts = parts(reply, finish)?;
    if let Some(first) = parts.first_mut() {
        first
            .body
            .entry("attachments")
            .or_insert_with(|| Value::Array(Vec::new()));
    }
    Ok(parts)
}

fn bare(body: &Value) -> Payload {
    Payload {
        body: body.as_object().cloned().unwrap_or_default(),
        files: Vec::new(),
    }
}

/// Whether Discord has done with the interaction.
const fn is_void(code: u64) -> bool {
    matches!(
        code,
        code::UNKNOWN_WEBHOOK | code::INVALID_WEBHOOK_TOKEN | code::UNKNOWN_INTERACTION
    )
}

impl Desk {
    /// Delivers an answer, within a deadline.
    pub(crate) async fn answer(
        &self,
        answer: &InteractionAnswer,
    ) -> Result<Delivered, DeliveryError> {
        let finish = match &answer.content {
            AnswerContent::Reply(reply) | AnswerContent::Update(reply) => {
                self.easel.finish_of(reply).await
            }
            AnswerContent::Form(_) | AnswerContent::Choices(_) => Finish::default(),
        };
        let content = Content::of(&answer.content, finish)?;
        let case = self.case_of(answer);
        let walk = self.walk(&case, answer, &content);
        let outcome = tokio::time::timeout(DELIVER_WITHIN, walk).await;
        outcome.unwrap_or_else(|_| Err(later("the answer took longer than half a minute")))
    }

    async fn walk(
        &self,
        case: &Case,
        answer: &InteractionAnswer,
        content: &Content,
    ) -> Result<Delivered, DeliveryError> {
        let mut state = case.state.lock().await;
        let is_old = self.clock.now().since(answer.made_at()).to_std() >= TOKEN_LIFE;
        if is_old && !matches!(*state, State::Answered(_) | State::Closed) {
            *state = State::Void;
        }
        for _ in 0..STEPS_MAX {
            if let Some(delivered) = self.step(case, answer, content, &mut state).await? {
                return Ok(delivered);
            }
        }
        Err(later("Discord contradicts itself about the interaction"))
    }

    async fn step(
        &self,
        case: &Case,
        answer: &InteractionAnswer,
        content: &Content,
        state: &mut State,
    ) -> Step {
        let rest = self.bots.of_application(case.application);
        match state {
            State::Unknown => self.look(rest, case, answer, state).await,
            State::Fresh => first_answer(rest, case, content, state).await,
            State::Deferred(seen_by) if content.is_message() => {
                let fits = *seen_by == content.visibility || content.kind == CALLBACK_UPDATE;
                if fits {
                    edit(rest, case, content, state).await
                } else {
                    remove_placeholder(rest, case, state).await
                }
            }
            State::UpdateDeferred if content.kind == CALLBACK_UPDATE => {
                edit(rest, case, content, state).await
            }
            State::UpdateDeferred => {
                *state = State::FollowUp;
                Ok(None)
            }
            State::FollowUp if content.is_message() => follow_up(rest, case, content, state).await,
            State::Deferred(_) | State::FollowUp => {
                *state = State::Closed;
                Ok(Some(Delivered::Undeliverable))
            }
            State::Answered(answered) => again(rest, case, content, answered).await,
            State::Closed => Ok(Some(closed(content))),
            State::Unsure => Err(unsure()),
            State::Void => self.too_late(answer, content, state).await,
        }
    }

    /// Asks Discord how far an interaction has come.
    async fn look(
        &self,
        rest: &Rest,
        case: &Case,
        answer: &InteractionAnswer,
        state: &mut State,
    ) -> Step {
        *state = match rest.original(case.application, &case.token).await {
            Ok(original) => state_of(case, &original),
            Err(error) if error.code() == code::UNKNOWN_MESSAGE => State::FollowUp,
            Err(error) if is_void(error.code()) || matches!(error.status(), 401 | 404) => {
                let age = self.clock.now().since(answer.made_at()).to_std();
                // It was never acknowledged: there may be time left for that.
                if age < super::ACKNOWLEDGE_WITHIN {
                    State::Fresh
                } else {
                    State::Void
                }
            }
            Err(error) => return Err(error.into()),
        };
        Ok(None)
    }

    /// The interaction is void: what is public follows in the channel, what is private reaches nobody.
    async fn too_late(
        &self,
        answer: &InteractionAnswer,
        content: &Content,
        state: &mut State,
    ) -> Step {
        let Some(channel) = answer
            .channel
            .filter(|_| content.is_message() && !content.is_private())
        else {
            return Ok(Some(Delivered::Undeliverable));
        };
        let rest = self.bots.of_application(answer.application);
        let mut first = None;
        for (part, payload) in content.parts.iter().enumerate() {
            let nonce = format!("i{}-{part}", answer.interaction);
            let message = rest.post(channel, payload, &nonce, None).await?;
            first = first.or(message);
        }
        *state = State::Answered(Answered {
            digest: Some(content.digest),
            parts_sent: content.parts.len(),
            message: first,
            original: None,
            followed: true,
        });
        Ok(None)
    }
}

fn later(reason: &str) -> DeliveryError {
    DeliveryError::Later {
        reason: reason.to_owned(),
        after: None,
    }
}

fn unsure() -> DeliveryError {
    DeliveryError::Never {
        reason: "the connection broke while the answer was sent; whether it arrived is not known, and a second one would double it".to_owned(),
    }
}

/// What the message that Discord shows says about the interaction.
fn state_of(case: &Case, original: &Original) -> State {
    let seen_by = if original.is_private {
        Visibility::Private
    } else {
        Visibility::Public
    };
    let is_command = matches!(case.expects, Expects::Message(_) | Expects::Form);
    let is_own = original.is_loading || is_command || original.made_by == Some(case.interaction);
    if !is_own {
        return State::UpdateDeferred;
    }
    if original.is_loading {
        return State::Deferred(seen_by);
    }
    State::Answered(Answered {
        digest: None,
        parts_sent: usize::MAX,
        message: original.id,
        original: Some(seen_by),
        followed: false,
    })
}

async fn first_answer(rest: &Rest, case: &Case, content: &Content, state: &mut State) -> Step {
    let send = |payload, is_private, kind| {
        let within = case.acknowledge_within();
        rest.callback(
            case.interaction,
            &case.token,
            kind,
            Some(payload),
            is_private,
            within,
        )
    };
    let is_private = content.kind == CALLBACK_MESSAGE && content.is_private();
    match send(content.first(), is_private, content.kind).await {
        Ok(message) => {
            meters::acknowledged(case.received.elapsed());
            *state = sent(content, message, content.is_message());
            Ok(None)
        }
        Err(error) if error.status() == 400 && error.code() != code::ALREADY_ACKNOWLEDGED => {
            // Better these words than "the application did not respond".
            if send(&notice(NOT_SHOWN), true, CALLBACK_MESSAGE)
                .await
                .is_ok()
            {
                *state = State::Closed;
            }
            Err(error.into())
        }
        Err(error) => {
            *state = after_failure(case, &error);
            carry_on(error)
        }
    }
}

/// Goes on where the failure told how the interaction stands; hands it back where it told nothing.
fn carry_on(error: RestError) -> Step {
    let is_told = error.code() == code::ALREADY_ACKNOWLEDGED || is_void(error.code());
    if is_told { Ok(None) } else { Err(error.into()) }
}

fn sent(content: &Content, message: Option<MessageId>, is_original: bool) -> State {
    State::Answered(Answered {
        digest: Some(content.digest),
        parts_sent: 1,
        message,
        original: is_original.then_some(content.visibility),
        followed: false,
    })
}

async fn edit(rest: &Rest, case: &Case, content: &Content, state: &mut State) -> Step {
    match rest
        .original_edit(case.application, &case.token, content.first())
        .await
    {
        Ok(message) => *state = sent(content, message, true),
        Err(error) if error.code() == code::UNKNOWN_MESSAGE => *state = State::FollowUp,
        Err(error) if is_void(error.code()) => *state = State::Void,
        Err(error) if error.status() == 400 && matches!(state, State::Deferred(_)) => {
            // Else the place-holder would stand there for a quarter of an hour.
            let words = notice(NOT_SHOWN);
            if rest
                .original_edit(case.application, &case.token, &words)
                .await
                .is_ok()
            {
                *state = State::Closed;
            }
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(None)
}

/// The place-holder is seen by others than the answer: it goes first, for what follows keeps its visibility.
async fn remove_placeholder(rest: &Rest, case: &Case, state: &mut State) -> Step {
    match rest.original_delete(case.application, &case.token).await {
        Ok(()) => *state = State::FollowUp,
        Err(error) if error.code() == code::UNKNOWN_MESSAGE => *state = State::FollowUp,
        Err(error) if is_void(error.code()) => *state = State::Void,
        Err(error) => return Err(error.into()),
    }
    Ok(None)
}

async fn follow_up(rest: &Rest, case: &Case, content: &Content, state: &mut State) -> Step {
    // Set first: if this is given up in the middle, nothing is sent twice.
    *state = State::Unsure;
    let private = content.is_private();
    match rest
        .follow_up(case.application, &case.token, content.first(), private)
        .await
    {
        Ok(message) => *state = sent(content, message, false),
        Err(error) if is_void(error.code()) => *state = State::Void,
        Err(error) if error.is_unsure() => return Err(unsure()),
        Err(error) => {
            *state = State::FollowUp;
            return Err(error.into());
        }
    }
    Ok(None)
}

/// The answer stands there: what is left of it is sent, another one takes its place, the same one changes nothing.
async fn again(rest: &Rest, case: &Case, content: &Content, answered: &mut Answered) -> Step {
    let is_other = answered.digest != Some(content.digest);
    let is_editable = content.is_message() && answered.original == Some(content.visibility);
    if is_other && is_editable {
        let message = rest
            .original_edit(case.application, &case.token, content.first())
            .await?;
        answered.message = message.or(answered.message);
        let by_another = answered.digest.is_none();
        answered.digest = Some(content.digest);
        // How much of it another process sent is not known; its first part stands there now.
        answered.parts_sent = if by_another { content.parts.len() } else { 1 };
    } else if is_other && content.is_message() {
        answered.digest = Some(content.digest);
        (answered.parts_sent, answered.original) = (0, None);
    }
    let private = content.is_private();
    while let Some(part) = content.parts.get(answered.parts_sent) {
        // Counted first: if this is given up in the middle, nothing is sent twice.
        answered.parts_sent += 1;
        if let Err(error) = rest
            .follow_up(case.application, &case.token, part, private)
            .await
        {
            if error.is_unsure() {
                return Err(unsure());
            }
            answered.parts_sent -= 1;
            return Err(error.into());
        }
    }
    let message = answered.message;
    Ok(Some(if answered.followed {
        Delivered::Followed { message }
    } else {
        Delivered::Done { message }
    }))
}

/// The guard answered in its place: choices had their end, anything else reached nobody.
const fn closed(content: &Content) -> Delivered {
    match content.kind {
        CALLBACK_CHOICES => Delivered::Done { message: None },
        _ => Delivered::Undeliverable,
    }
}
