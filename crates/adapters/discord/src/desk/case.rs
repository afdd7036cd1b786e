//! One interaction at the desk, and how far its answer has come.

use std::time::Duration;

use chat::{AnswerKind, InteractionAnswer, InteractionToken, Invocation, Visibility};
use kernel::{ApplicationId, InteractionId, MessageId, Stopwatch};

use super::ACKNOWLEDGE_WITHIN;

/// How an interaction will be answered when it succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expects {
    /// By a message that these see.
    Message(Visibility),
    /// By a change of the message that it stands on.
    Update,
    /// By a form.
    Form,
    /// By choices.
    Choices,
    /// It was taken on by a process that is gone.
    Unknown,
}

impl Expects {
    pub(super) const fn of(kind: AnswerKind) -> Self {
        match kind {
            AnswerKind::Public => Self::Message(Visibility::Public),
            AnswerKind::Private => Self::Message(Visibility::Private),
            AnswerKind::Update => Self::Update,
            AnswerKind::Form => Self::Form,
            AnswerKind::Choices => Self::Choices,
        }
    }
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody here knows; Discord does.
    Unknown,
    /// Nothing was sent yet.
    Fresh,
    /// A place-holder stands there, seen by these.
    Deferred(Visibility),
    /// It was acknowledged without a place-holder; its message can be changed.
    UpdateDeferred,
    /// It was acknowledged; the answer follows as a message of its own.
    FollowUp,
    /// A message of the answer may have arrived or not, and can't be sent twice.
    Unsure,
    /// The answer stands there.
    Answered(Answered),
    /// The guard answered in its place.
    Closed,
    /// Discord has voided it.
    Void,
}

/// An answer that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    /// What was answered; nothing where another process did.
    pub(super) digest: Option<[u8; 32]>,
    /// How many of its messages were sent.
    pub(super) parts_sent: usize,
    /// The first of them.
    pub(super) message: Option<MessageId>,
    /// Who sees it, where it is the interaction's own message.
    pub(super) original: Option<Visibility>,
    /// Whether it stands in the channel because the interaction was void.
    pub(super) followed: bool,
}

/// An interaction at the desk.
#[derive(Debug)]
pub(crate) struct Case {
    pub(super) interaction: InteractionId,
    pub(super) application: ApplicationId,
    pub(super) token: InteractionToken,
    pub(super) expects: Expects,
    pub(super) received: Stopwatch,
    /// How old it was when it came in, by Discord's clock.
    pub(super) age: Duration,
    pub(super) state: tokio::sync::Mutex<State>,
}

impl Case {
    pub(super) fn fresh(invocation: &Invocation, expects: Expects) -> Self {
        let age = invocation.received_at.since(invocation.made_at).to_std();
        Self {
            interaction: invocation.id,
            application: invocation.application,
            token: invocation.token.clone(),
            expects,
            received: Stopwatch::start(),
            age,
            state: tokio::sync::Mutex::new(State::Fresh),
        }
    }

    pub(super) fn lost(answer: &InteractionAnswer) -> Self {
        Self {
            interaction: answer.interaction,
            application: answer.application,
            token: answer.token.clone(),
            expects: Expects::Unknown,
            received: Stopwatch::start(),
            age: Duration::ZERO,
            state: tokio::sync::Mutex::new(State::Unknown),
        }
    }

    /// How long an acknowledgement may still take; at least long enough to be tried once, for clocks differ.
    pub(super) fn acknowledge_within(&self) -> Duration {
        let left = ACKNOWLEDGE_WITHIN.saturating_sub(self.received.elapsed());
        left.max(Duration::from_millis(500))
    }
}
