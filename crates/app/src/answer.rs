//! Wraps what was decided into the answer that is owed for an interaction.

use chat::{
    AnswerContent, AnswerKind, Choice, Effect, InteractionAnswer, Invocation, Reply, Visibility,
};
use kernel::{Correlation, Fault, FaultKind, Locale, Told, Words};

/// The answer with this content to this invocation.
pub(crate) fn answer(invocation: &Invocation, content: AnswerContent) -> Effect {
    Effect::Answer(InteractionAnswer {
        interaction: invocation.id,
        application: invocation.application,
        token: invocation.token.clone(),
        asker: invocation.asker.user,
        channel: invocation.channel,
        made_at_micros: invocation.made_at.micros(),
        content,
        explained: false,
    })
}

/// The answer that carries a reply: a press that turns a page changes its message, all else is a new one.
pub(crate) fn reply(invocation: &Invocation, kind: Option<AnswerKind>, reply: Reply) -> Effect {
    let content = if kind == Some(AnswerKind::Update) && !is_refusal(&reply) {
        AnswerContent::Update(reply)
    } else {
        AnswerContent::Reply(reply)
    };
    answer(invocation, content)
}

/// A refusal is private words alone; a card that turns is a card.
const fn is_refusal(reply: &Reply) -> bool {
    matches!(reply.visibility, Visibility::Private) && reply.embed.is_none()
}

/// The answer that offers choices.
pub(crate) fn choices(invocation: &Invocation, choices: Vec<Choice>) -> Effect {
    answer(invocation, AnswerContent::choices(choices))
}

/// A refusal: private, whatever the command.
pub(crate) fn refusal(words: &Words, locale: &Locale, told: &Told) -> Reply {
    Reply::private(words.say(locale, told))
}

/// What a fault says to the asker: never its inner text, always the id that stands in the log.
pub(crate) fn fault(
    words: &Words,
    locale: &Locale,
    fault: &dyn Fault,
    correlation: Correlation,
) -> Reply {
    let told = match fault.kind() {
        FaultKind::Unavailable => Told::new("app-unavailable"),
        FaultKind::Internal => Told::new("app-broken"),
        _ => fault.told(),
    };
    refusal(words, locale, &told.with("id", correlation.to_string()))
}
