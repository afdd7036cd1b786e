//! Answers that nobody finished: their process died, or the database was away for too long.
//!
//! Each is closed once: its entry ends as an error, and its last message is marked. One of which nothing can be seen is
//! answered with plain words, unless a command promised them already.

use audit::{Conclusion, EntryId, Outcome, Said, TriggerKind};
use bots::{Answer, Silence, fallback};
use chat::{Effect, React, Reply};
use kernel::{Id, MessageId, Op, Span};
use store::{DbError, Tx};

use crate::{
    Core, GuildConfig,
    flows::noting::conclude,
    outcome::{Owing, owe},
};

/// How long an answer may stay pending: longer than any model and any wait for the database.
const PENDING_MAX: Span = Span::minutes(4);
/// How long anything may stay pending: by then every answer is closed with words of its own.
const ABANDONED: Span = Span::minutes(10);
/// How many are closed in one run.
const CLOSED_MAX: u32 = 100;
/// What stands under a message that ends in the middle.
const MARK: &str = "⚠️";

/// Closes what has been pending for too long, and gives back the money that was set aside for it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn close_all(core: &Core) -> Result<(), DbError> {
    let now = core.clock.now();
    while core
        .database
        .write("ai-release", move |tx| ai::release_stale(tx, now))
        .await?
        >= ai::RELEASE_CHUNK_MAX
    {}
    let before = now.before(PENDING_MAX);
    let due = move |tx: &mut Tx<'_>| bots::overdue(tx, before, CLOSED_MAX);
    for answer in core.database.read("talks-due", due).await? {
        let config = core.config(answer.guild).await?;
        let op = core
            .admission
            .scheduled(answer.guild, &format!("close:{}", answer.id.get()));
        let inside = core.clone();
        // Ended with what is said of it, or neither: what breaks off in between is found again by the next run.
        let work = move |tx: &mut Tx<'_>| match bots::interrupt(tx, &answer)? {
            Some(answer) => close(tx, &inside, &op, &config, &answer),
            None => Ok(()),
        };
        core.database.write("talk-close", work).await?;
    }
    close_others(core).await
}

/// Closes what else a model was asked for and nobody waits for, such as a summary: nothing is to be seen of it.
async fn close_others(core: &Core) -> Result<(), DbError> {
    let before = core.clock.now().before(ABANDONED);
    let due = move |tx: &mut Tx<'_>| audit::pending_before(tx, before, CLOSED_MAX);
    for pending in core.database.write("pending-due", due).await? {
        let job = format!("close-entry:{}", pending.entry);
        let op = core.admission.scheduled(pending.guild, &job);
        let inside = core.clone();
        let work = move |tx: &mut Tx<'_>| {
            let end = Conclusion {
                reasoning: Some(Said::by_nobody("interrupted before it was finished")),
                ..Conclusion::new(Outcome::Error)
            };
            conclude(tx, &inside, &op, pending.entry, &end)
        };
        core.database.write("entry-close", work).await?;
    }
    Ok(())
}

/// What is owed leaves by the relay.
fn close(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    config: &GuildConfig,
    answer: &Answer,
) -> Result<(), DbError> {
    let Ok(entry) = answer.entry.parse::<EntryId>() else {
        return Ok(());
    };
    let effect = match answer.messages.last() {
        Some(message) => Some(marked(answer, *message)),
        None => by_message(tx, op, entry)?
            .then(|| words(core, op, config, answer))
            .flatten(),
    };
    let owing: Option<Owing> = effect.map(|effect| owe(tx, core, op, effect)).transpose()?;
    let conclusion = Conclusion {
        reasoning: Some(Said::by_nobody("interrupted before it was finished")),
        effects: owing
            .iter()
            .map(|owing| audit::NewEffect {
                owed: owing.id,
                kind: owing.effect.kind().to_owned(),
            })
            .collect(),
        ..Conclusion::new(Outcome::Error)
    };
    conclude(tx, core, op, entry, &conclusion)
}

fn marked(answer: &Answer, message: MessageId) -> Effect {
    Effect::React(React {
        channel: answer.channel,
        message,
        emoji: MARK.to_owned(),
    })
}

/// Whether a message asked: a command's asker was promised words.
fn by_message(tx: &mut Tx<'_>, op: &Op, entry: EntryId) -> Result<bool, DbError> {
    let entry = audit::fetch(tx, op.guild, entry)?;
    Ok(entry.is_some_and(|entry| entry.trigger.kind != TriggerKind::Command))
}

fn words(core: &Core, op: &Op, config: &GuildConfig, answer: &Answer) -> Option<Effect> {
    let persona = &config.settings.persona;
    let text = fallback(&core.words, &op.locale, persona, Silence::Interrupted);
    Some(Effect::Post {
        channel: answer.channel,
        reply: Reply::public(text),
        reply_to: Some(Id::from_column(answer.asked.get()).ok()?),
        nonce: format!("c{}", answer.id.get()),
    })
}
