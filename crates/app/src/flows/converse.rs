//! A persona answers: what is asked is prepared in one transaction, a model writes outside of any, and what came of it
//! is recorded in another.
//!
//! 1. [`begin`]: what the asker and the channel may see is recalled, money is set aside, and a pending entry says what
//!    the answer will be made from.
//! 2. The model writes. What there is of it is shown now and then, within Discord's limits.
//! 3. What it came to is recorded with its cost, the last of it is owed, and what was said is kept.
//! 4. What the asker said about themselves is learnt, and older words are summed up where there are many.
//!
//! Whatever a model writes is only words: it pings nobody and does nothing. Not here: what makes a persona answer
//! ([`super::listen`]).

mod begin;
mod close;
mod record;
mod screen;
mod speak;

use std::sync::Arc;

use bots::{AnswerId, Trigger};
use kernel::{ChannelId, GuildId, Id, InteractionId, MessageId, Op, Span, UserId};
use store::{DbError, Tx};

use super::{learn, summarise};
use crate::{
    Core, Delivery, GuildConfig,
    promise::Promise,
    talks::{Seat, Ticket},
};
pub(crate) use begin::{Begun, begin};
pub(crate) use close::close_all;

/// How often recording is tried while the database is away, and how long to wait between.
const RECORD_TRIES: u32 = 60;
const RECORD_PAUSE: Span = Span::seconds(1);

/// What somebody asks the persona.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// Why it is to answer.
    pub(crate) trigger: Trigger,
    /// Where the answer will stand.
    pub(crate) channel: ChannelId,
    /// Who asks.
    pub(crate) asker: UserId,
    /// How they are called.
    pub(crate) asker_name: String,
    /// The words that are to be answered, as they were written.
    pub(crate) text: String,
    /// Whose words these are: not the asker's where somebody asks by a reaction.
    pub(crate) author: UserId,
    /// What it came by.
    pub(crate) via: Via,
}

impl Question {
    /// Its place among the channel's messages.
    pub(crate) fn place(&self) -> MessageId {
        self.via.place()
    }
}

/// What a question came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// A message, which the answer replies to.
    Message(MessageId),
    /// A command, which the answer answers.
    Interaction(InteractionId),
}

impl Via {
    /// The place of the question among the channel's messages: ids of Discord's are one line in time.
    fn place(self) -> MessageId {
        match self {
            Self::Message(message) => message,
            Self::Interaction(interaction) => Id::from_column(interaction.to_column())
                .expect("an id of Discord's is an id whatever it names"),
        }
    }

    const fn message(self) -> Option<MessageId> {
        match self {
            Self::Message(message) => Some(message),
            Self::Interaction(_) => None,
        }
    }
}

/// An answer that is prepared.
#[derive(Debug)]
pub(crate) struct Talk {
    op: Op,
    question: Question,
    config: Arc<GuildConfig>,
    place: memory::Place,
    entry: audit::EntryId,
    answer: AnswerId,
    reservation: ai::Reservation,
    request: ai::Request,
    /// How others in the talk are called.
    others: Vec<String>,
}

/// What an answer needs besides being prepared.
#[derive(Debug)]
pub(crate) struct Stand {
    /// Its place among those of the channel, where it is posted there.
    pub(crate) ticket: Option<Ticket>,
    /// The answer that the asker was promised, where there was a command.
    pub(crate) promise: Option<Promise>,
    /// Leave to talk; nothing where too many do.
    pub(crate) seat: Option<Seat>,
}

impl Talk {
    /// The guild.
    pub(crate) const fn guild(&self) -> GuildId {
        self.op.guild
    }

    /// What the asker said, as a source to learn from.
    fn lesson(&self) -> learn::Source {
        learn::Source {
            op: self.op.clone(),
            config: Arc::clone(&self.config),
            teacher: self.question.asker,
            teacher_name: self.question.asker_name.clone(),
            others: self.others.clone(),
            place: self.place,
            message: self.question.via.message(),
            text: self.question.text.clone(),
        }
    }
}

/// Has the model answer, and sees to everything that follows.
pub(crate) async fn talk(core: &Core, delivery: &Delivery, talk: Talk, stand: Stand) {
    let Stand {
        mut ticket,
        promise,
        seat,
    } = stand;
    let lesson = core.talks.lesson(talk.guild(), talk.question.asker);
    let talk = Arc::new(talk);
    let spoken = if seat.is_some() {
        speak::speak(core, delivery, &talk, promise.as_ref(), &mut ticket).await
    } else {
        metrics::counter!("guildhall_talks_refused_total").increment(1);
        speak::Spoken::refused()
    };
    let spoken = Arc::new(spoken);
    match recorded(core, &talk, &spoken, promise).await {
        Ok(owing) => {
            for owing in owing {
                delivery.send(owing);
            }
        }
        Err(error) => {
            tracing::error!(correlation = %talk.op.correlation, %error, "an answer was not recorded; it counts as interrupted");
        }
    }
    drop(ticket);
    if spoken.is_whole() && talk.question.author == talk.question.asker {
        learn::learn(core, &talk.lesson()).await;
    }
    drop(lesson);
    if spoken.is_whole() {
        let channel = talk.question.channel;
        summarise::summarise(core, &talk.op, &talk.config, channel).await;
    }
    drop(seat);
}

/// Records what came of it; while the database is away, again and again for a minute.
async fn recorded(
    core: &Core,
    talk: &Arc<Talk>,
    spoken: &Arc<speak::Spoken>,
    promise: Option<Promise>,
) -> Result<Vec<crate::outcome::Owing>, DbError> {
    let mut tries = 0;
    loop {
        let (inside, talk, spoken, promise) = (
            core.clone(),
            Arc::clone(talk),
            Arc::clone(spoken),
            promise.clone(),
        );
        let work =
            move |tx: &mut Tx<'_>| record::record(tx, &inside, &talk, &spoken, promise.as_ref());
        match core.database.write("converse-record", work).await {
            Err(error) if is_away(&error) && tries < RECORD_TRIES => tries += 1,
            settled => return settled,
        }
        tokio::time::sleep(RECORD_PAUSE.to_std()).await;
    }
}

fn is_away(error: &DbError) -> bool {
    kernel::Fault::kind(error) == kernel::FaultKind::Unavailable
}

/// Says that a message came of an answer: replies to it, thumbs under it and its place in the talk hang on its id.
pub(crate) fn posted(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: audit::EntryId,
    message: MessageId,
) -> Result<(), DbError> {
    let Some(answer) = bots::answer_posted(tx, guild, &entry.to_string(), message)? else {
        return Ok(());
    };
    if let Some(kept_as) = provisional(answer.asked.get()) {
        memory::posted(tx, guild, kept_as, message)?;
    }
    Ok(())
}

/// Under which id an answer is kept until Discord names its message: right after what it answers.
fn provisional(asked: i64) -> Option<MessageId> {
    Id::from_column(asked.checked_add(1)?).ok()
}
