//! What is said in a guild: kept for the talks there, and answered by the persona where something makes it answer.
//!
//! A lane does the first and waits for nothing but the database; whoever is to be answered is answered beside it.

use bots::{Heard, Trigger, Vote};
use chat::{Directory, IncomingMessage, MessagesDeleted, Reaction};
use kernel::{Cause, CauseKind, GuildId};
use memory::{NewTurn, Speaker};
use store::{DbError, Tx};

use super::converse::{Question, Via};
use crate::{Core, surroundings::Surroundings};

/// Keeps a new message, and says whether the persona is to answer it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn heard(
    core: &Core,
    guild: GuildId,
    message: &IncomingMessage,
    around: &Surroundings,
) -> Result<Option<Question>, DbError> {
    let settings = &around.config.settings;
    let is_nobodys = message.is_bot || message.is_notice;
    if is_nobodys || !(settings.persona.enabled || settings.memory.enabled) {
        return Ok(None);
    }
    let op = core.admission.event(guild, cause(message));
    let listening = Listening {
        core: core.clone(),
        bot: core
            .directory()
            .and_then(|known| known.bot_user(message.application)),
        around: around.clone(),
        message: message.clone(),
    };
    let work = move |tx: &mut Tx<'_>| listening.hear(tx, &op);
    core.database.write("listen", work).await
}

/// The message as an event of its own.
pub(crate) fn cause(message: &IncomingMessage) -> Cause {
    Cause::new(CauseKind::Message, message.id)
}

struct Listening {
    core: Core,
    bot: Option<kernel::UserId>,
    around: Surroundings,
    message: IncomingMessage,
}

impl Listening {
    fn hear(&self, tx: &mut Tx<'_>, op: &kernel::Op) -> Result<Option<Question>, DbError> {
        self.core.tripwire.check("listen");
        let (message, settings) = (&self.message, &self.around.config.settings);
        let turn = NewTurn {
            message: message.id,
            place: self.around.place(message.channel),
            speaker: Speaker::Member,
            user: message.author,
            name: message.author_name.clone(),
            text: message.text.clone(),
        };
        memory::say(tx, op, &settings.memory, &settings.privacy, &turn)?;
        let Some(bot) = self.bot else {
            return Ok(None);
        };
        let heard = Heard {
            bot,
            replied_to: None,
            answered_at: bots::answered_at(tx, op.guild, message.channel)?,
            at: op.at,
        };
        let chance = self.core.chance.as_ref();
        let trigger = bots::triggered(&settings.persona, message, &heard, chance);
        Ok(trigger.map(|trigger| question(message, trigger)))
    }
}

/// What a message asks.
pub(crate) fn question(message: &IncomingMessage, trigger: Trigger) -> Question {
    Question {
        trigger,
        channel: message.channel,
        asker: message.author,
        asker_name: message.author_name.clone(),
        text: message.text.clone(),
        author: message.author,
        via: Via::Message(message.id),
    }
}

/// Puts an edited message's new words in the place of the old ones.
///
/// # Errors
/// When the database fails.
pub(crate) async fn edited(
    core: &Core,
    guild: GuildId,
    message: &IncomingMessage,
) -> Result<(), DbError> {
    let op = core.admission.event(guild, cause(message));
    let (channel, id, text) = (message.channel, message.id, message.text.clone());
    let work = move |tx: &mut Tx<'_>| memory::edit(tx, &op, channel, id, &text).map(drop);
    core.database.write("listen-edit", work).await
}

/// Forgets deleted messages, and what was learnt from them.
///
/// # Errors
/// When the database fails.
pub(crate) async fn deleted(core: &Core, deleted: &MessagesDeleted) -> Result<(), DbError> {
    let (Some(guild), Some(first)) = (deleted.guild, deleted.messages.first()) else {
        return Ok(());
    };
    let cause = Cause::new(CauseKind::Message, format!("{first}?deleted"));
    let op = core.admission.event(guild, cause);
    let (channel, messages) = (deleted.channel, deleted.messages.clone());
    let work = move |tx: &mut Tx<'_>| memory::unsay(tx, &op, channel, &messages).map(drop);
    core.database.write("listen-delete", work).await
}

/// What became of a thumb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thumb {
    /// The reaction is none, or none that counts.
    None,
    /// It was counted.
    Counted,
    /// The message is no answer, or not known as one yet.
    Unknown,
}

/// Takes a thumb under an answer. Whether the reaction asks for an answer is for [`asked_by_reaction`] to say.
///
/// # Errors
/// When the database fails.
pub(crate) async fn voted(core: &Core, reaction: &Reaction) -> Result<Thumb, DbError> {
    let (Some(guild), Some(vote)) = (reaction.guild, Vote::of_emoji(&reaction.emoji)) else {
        return Ok(Thumb::None);
    };
    let bot = core
        .directory()
        .and_then(|known| known.bot_user(reaction.application));
    let is_ours = reaction
        .message_author
        .is_none_or(|author| Some(author) == bot);
    if reaction.is_bot || !is_ours {
        return Ok(Thumb::None);
    }
    let cause = Cause::new(CauseKind::Message, format!("{}?vote", reaction.message));
    let op = core.admission.event(guild, cause);
    let (message, user) = (reaction.message, reaction.user);
    let vote = reaction.added.then_some(vote);
    let work = move |tx: &mut Tx<'_>| bots::cast_vote(tx, &op, message, user, vote);
    let voted = core.database.write("vote", work).await?;
    Ok(voted.map_or(Thumb::Unknown, |_| Thumb::Counted))
}

/// What a reaction asks the persona, where it does: to answer the message that it stands on. Discord is asked for that
/// message, so this is not for a lane.
pub(crate) async fn asked_by_reaction(
    core: &Core,
    reaction: &Reaction,
    around: &Surroundings,
) -> Option<Question> {
    let directory = core.directory()?;
    let bot = directory.bot_user(reaction.application)?;
    let found = directory.message(reaction.channel, reaction.message).await;
    let message = found.unwrap_or_else(|error| {
        tracing::info!(%error, "a message that somebody reacted to could not be read");
        None
    })?;
    let author_is_bot = message.is_bot || message.is_notice || message.author == bot;
    let persona = &around.config.settings.persona;
    let trigger = bots::triggered_by_reaction(persona, &reaction.emoji, author_is_bot)?;
    // Who reacts asks, whoever wrote: so nothing is recalled of the author.
    Some(Question {
        asker: reaction.user,
        asker_name: name(directory.as_ref(), reaction).await?,
        ..question(&message, trigger)
    })
}

/// How the member is called who reacted; nothing where they are none.
async fn name(directory: &dyn Directory, reaction: &Reaction) -> Option<String> {
    let found = directory.member(reaction.guild?, reaction.user).await;
    let member = found.unwrap_or_else(|error| {
        tracing::info!(%error, "a member who reacted could not be looked up");
        None
    })?;
    (!member.is_bot).then_some(member.name)
}

/// Whether a reaction may ask for an answer, before anybody is asked about it.
pub(crate) fn may_ask(reaction: &Reaction, around: &Surroundings) -> bool {
    let persona = &around.config.settings.persona;
    reaction.added
        && !reaction.is_bot
        && bots::triggered_by_reaction(persona, &reaction.emoji, false).is_some()
}
