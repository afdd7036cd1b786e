//! Answers: a row for each, so that a reply to it, a thumb under it or its end in the middle can be looked up.
//!
//! No words of an answer are kept here; they stand in the receipt that `entry` names.

use ::store::{DbError, Tx};
use kernel::{ChannelId, GuildId, IdSource, MessageId, Op, Timestamp, UserId};
use serde_json::{Value, json};

use crate::{
    prompt::PromptVersion,
    store::{answers as rows, votes as vote_rows},
};

/// Names an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerId(i64);

impl AnswerId {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// What an answer answers: a message, or the interaction of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking(i64);

impl Asking {
    /// What this message asked.
    #[must_use]
    pub const fn message(message: MessageId) -> Self {
        Self(message.to_column())
    }

    /// What this interaction asked.
    #[must_use]
    pub const fn interaction(interaction: kernel::InteractionId) -> Self {
        Self(interaction.to_column())
    }

    /// Its number: Discord's id of the message or interaction.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    pub(crate) const fn of_column(number: i64) -> Self {
        Self(number)
    }
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerState {
    /// The model is writing.
    Pending,
    /// It was given.
    Done,
    /// Words of ours were given instead.
    Fallback,
    /// It ended in the middle.
    Interrupted,
}

impl AnswerState {
    /// The name as it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Fallback => "fallback",
            Self::Interrupted => "interrupted",
        }
    }

    pub(crate) fn of_name(name: &str) -> Self {
        match name {
            "done" => Self::Done,
            "fallback" => Self::Fallback,
            "interrupted" => Self::Interrupted,
            _ => Self::Pending,
        }
    }
}

/// An answer that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnswer {
    /// What it answers.
    pub asked: Asking,
    /// Where.
    pub channel: ChannelId,
    /// Whom.
    pub asker: UserId,
    /// The audit entry that explains it.
    pub entry: String,
    /// What it was made by.
    pub version: PromptVersion,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its id.
    pub id: AnswerId,
    /// The guild.
    pub guild: GuildId,
    /// What it answers.
    pub asked: Asking,
    /// Where.
    pub channel: ChannelId,
    /// Whom.
    pub asker: UserId,
    /// The audit entry that explains it.
    pub entry: String,
    /// What it was made by.
    pub version: PromptVersion,
    /// What became of it.
    pub state: AnswerState,
    /// When it began.
    pub at: Timestamp,
    /// The messages that it became, in order.
    pub messages: Vec<MessageId>,
}

/// Begins an answer; nothing where this was answered, or is being answered, already.
///
/// # Errors
/// When the database fails.
pub fn answer_begin(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    new: &NewAnswer,
) -> Result<Option<Answer>, DbError> {
    let answer = Answer {
        id: AnswerId::new(ids.next()),
        guild: op.guild,
        asked: new.asked,
        channel: new.channel,
        asker: new.asker,
        entry: new.entry.chars().take(100).collect(),
        version: new.version.clone(),
        state: AnswerState::Pending,
        at: op.at,
        messages: vec![],
    };
    Ok(rows::answer_insert(tx, &answer)?.then_some(answer))
}

/// Says which messages an answer became; again and again while it grows.
///
/// # Errors
/// When the database fails.
pub fn answer_sent(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: AnswerId,
    messages: &[MessageId],
) -> Result<(), DbError> {
    for message in messages {
        rows::message_insert(tx, guild, id, *message)?;
    }
    Ok(())
}

/// Says which message came of the answer that an audit entry explains; the answer, where the entry explains one.
///
/// # Errors
/// When the database fails.
pub fn answer_posted(
    tx: &mut Tx<'_>,
    guild: GuildId,
    entry: &str,
    message: MessageId,
) -> Result<Option<Answer>, DbError> {
    let Some(answer) = rows::answer_of_entry(tx, guild, entry)? else {
        return Ok(None);
    };
    rows::message_insert(tx, guild, answer.id, message)?;
    Ok(Some(answer))
}

/// Says what became of an answer; false where that was said before.
///
/// # Errors
/// When the database fails.
pub fn answer_finish(
    tx: &mut Tx<'_>,
    guild: GuildId,
    id: AnswerId,
    state: AnswerState,
) -> Result<bool, DbError> {
    rows::answer_finish(tx, guild, id, state)
}

/// The answer that a message is a part of.
///
/// # Errors
/// When the database fails.
pub fn answer_of(
    tx: &mut Tx<'_>,
    guild: GuildId,
    message: MessageId,
) -> Result<Option<Answer>, DbError> {
    let Some(mut answer) = rows::answer_of_message(tx, guild, message)? else {
        return Ok(None);
    };
    answer.messages = rows::messages_list(tx, answer.id)?;
    Ok(Some(answer))
}

/// When the persona last began to answer in a channel.
///
/// # Errors
/// When the database fails.
pub fn answered_at(
    tx: &mut Tx<'_>,
    guild: GuildId,
    channel: ChannelId,
) -> Result<Option<Timestamp>, DbError> {
    rows::answered_at(tx, guild, channel)
}

/// The answers that began before `before` and are pending still, at most `limit`; each is to be ended by [`interrupt`].
///
/// # Errors
/// When the database fails.
pub fn overdue(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<Vec<Answer>, DbError> {
    rows::pending_list(tx, before, limit)
}

/// Ends an answer that is pending still, and gives it with its messages, which the flow marks in the same transaction;
/// nothing where it has ended meanwhile.
///
/// # Errors
/// When the database fails.
pub fn interrupt(tx: &mut Tx<'_>, pending: &Answer) -> Result<Option<Answer>, DbError> {
    if !rows::answer_finish(tx, pending.guild, pending.id, AnswerState::Interrupted)? {
        return Ok(None);
    }
    Ok(Some(Answer {
        state: AnswerState::Interrupted,
        messages: rows::messages_list(tx, pending.id)?,
        ..pending.clone()
    }))
}

/// A thumb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// 👍
    Up,
    /// 👎
    Down,
}

impl Vote {
    /// The vote that an emoji stands for, in any tone of skin.
    #[must_use]
    pub fn of_emoji(emoji: &str) -> Option<Self> {
        match emoji.chars().next() {
            Some('👍') => Some(Self::Up),
            Some('👎') => Some(Self::Down),
            _ => None,
        }
    }

    pub(crate) const fn column(self) -> i64 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }
}

/// How many thumbs an answer has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// 👍
    pub up: i64,
    /// 👎
    pub down: i64,
}

/// What a vote did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voted {
    /// The answer.
    pub answer: Answer,
    /// Its thumbs now.
    pub tally: Tally,
}

/// Takes a member's thumb under an answer, or takes it back where `vote` is nothing. The last one counts.
/// Nothing where the message is no answer.
///
/// # Errors
/// When the database fails.
pub fn cast_vote(
    tx: &mut Tx<'_>,
    op: &Op,
    message: MessageId,
    user: UserId,
    vote: Option<Vote>,
) -> Result<Option<Voted>, DbError> {
    let Some(answer) = answer_of(tx, op.guild, message)? else {
        return Ok(None);
    };
    match vote {
        Some(vote) => vote_rows::vote_put(tx, op, answer.id, user, vote)?,
        None => vote_rows::vote_delete(tx, answer.id, user)?,
    }
    let tally = vote_rows::tally(tx, answer.id)?;
    Ok(Some(Voted { answer, tally }))
}

/// What an erasure took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Answers to them.
    pub answers: u64,
    /// Their thumbs.
    pub votes: u64,
}

/// Forgets a member's answers and thumbs.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<Erased, DbError> {
    let votes = vote_rows::votes_delete(tx, guild, user)?;
    let answers = rows::answers_delete(tx, guild, user)?;
    Ok(Erased { answers, votes })
}

/// Everything kept here of a member.
///
/// # Errors
/// When the database fails.
pub fn export(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<Value, DbError> {
    let answers = rows::answers_export(tx, guild, user)?;
    let votes = vote_rows::votes_export(tx, guild, user)?;
    let answers: Vec<Value> = answers
        .iter()
        .map(|answer| {
            json!({
                "channel_id": answer.channel,
                "entry": answer.entry,
                "state": answer.state.name(),
                "prompt_version": answer.version.to_string(),
                "at": answer.at.to_string(),
            })
        })
        .collect();
    let votes: Vec<Value> = votes
        .iter()
        .map(|(entry, vote, at)| json!({"entry": entry, "vote": vote, "at": at.to_string()}))
        .collect();
    Ok(json!({"answers": answers, "votes": votes}))
}

/// Deletes answers that began before `before`, at most `limit`; how many.
///
/// # Errors
/// When the database fails.
pub fn prune(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, DbError> {
    rows::answers_prune(tx, before, limit)
}
