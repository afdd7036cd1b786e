//! Turns: what members and the bot said, kept for a while and no longer.
//!
//! A turn is kept under its message's id, so a second delivery changes nothing. Bots other than ours are not kept:
//! callers hand in people's messages and our own answers.

use ::store::{DbError, Tx};
use kernel::{ChannelId, GuildId, MessageId, Op, Timestamp, UserId};

use crate::{
    place::{Place, Scope, Viewer},
    settings::{Privacy, Settings},
    shelf::forget_source,
    store::{members, summaries, turns},
    text::{line, lines},
};

/// The most characters of a turn that are kept.
pub const TURN_LENGTH_MAX: usize = 2_000;
/// The most turns of a channel that are kept.
pub const TURNS_MAX: i64 = 200;
const NAME_LENGTH_MAX: usize = 80;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// A member.
    Member,
    /// The bot, answering a member.
    Bot,
}

impl Speaker {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Bot => "bot",
        }
    }
}

/// A message to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTurn {
    /// The message.
    pub message: MessageId,
    /// Where it was said.
    pub place: Place,
    /// Who speaks.
    pub speaker: Speaker,
    /// Who said it, or whom the bot answers.
    pub user: UserId,
    /// How the speaker is called.
    pub name: String,
    /// What was said.
    pub text: String,
}

/// A message that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The guild.
    pub guild: GuildId,
    /// The message.
    pub message: MessageId,
    /// The channel.
    pub channel: ChannelId,
    /// Where it may be used.
    pub scope: Scope,
    /// Who speaks.
    pub speaker: Speaker,
    /// Who said it, or whom the bot answered.
    pub user: UserId,
    /// How the speaker is called: somebody's word.
    pub name: String,
    /// What was said: somebody's word.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Turn {
    /// Whether it may be used for this viewer's answer now. The statement that found it says the same.
    #[must_use]
    pub fn is_for(&self, viewer: &Viewer, now: Timestamp) -> bool {
        self.guild == viewer.guild
            && self.expires_at > now
            && viewer.may_read(self.scope, self.channel)
    }
}

/// Whether a message was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It was.
    Kept,
    /// It was kept before.
    Known,
    /// It was not: memory is off, the member opted out, or there are no words in it.
    Left,
}

/// Keeps a message.
///
/// # Errors
/// When the database fails.
pub fn say(
    tx: &mut Tx<'_>,
    op: &Op,
    settings: &Settings,
    privacy: &Privacy,
    new: &NewTurn,
) -> Result<Said, DbError> {
    let text = lines(&new.text, TURN_LENGTH_MAX);
    if !settings.enabled || text.is_empty() || members::member_is_silent(tx, op.guild, new.user)? {
        return Ok(Said::Left);
    }
    let turn = Turn {
        guild: op.guild,
        message: new.message,
        channel: new.place.channel,
        scope: new.place.scope,
        speaker: new.speaker,
        user: new.user,
        name: line(&new.name, NAME_LENGTH_MAX),
        text,
        at: op.at,
        expires_at: op.at + privacy.words(),
    };
    if !turns::turn_insert(tx, &turn)? {
        return Ok(Said::Known);
    }
    turns::turns_cap(tx, op.guild, turn.channel, TURNS_MAX)?;
    Ok(Said::Kept)
}

/// Gives a turn that was kept before Discord named its message the message that it became; whether it was kept.
///
/// # Errors
/// When the database fails.
pub fn posted(
    tx: &mut Tx<'_>,
    guild: GuildId,
    kept_as: MessageId,
    message: MessageId,
) -> Result<bool, DbError> {
    turns::turn_move(tx, guild, kept_as, message)
}

/// Puts an edited message's new words in the place of the old ones; whether it was kept. A summary that the old words
/// went into is forgotten.
///
/// # Errors
/// When the database fails.
pub fn edit(
    tx: &mut Tx<'_>,
    op: &Op,
    channel: ChannelId,
    message: MessageId,
    text: &str,
) -> Result<bool, DbError> {
    summaries::summary_drop(tx, (op.guild, channel), message)?;
    let text = lines(text, TURN_LENGTH_MAX);
    if text.is_empty() {
        return turns::turn_delete(tx, op.guild, message);
    }
    turns::turn_edit(tx, op.guild, message, &text)
}

/// Forgets deleted messages of a channel, what was learnt from them, and a summary that they went into; how many turns
/// and facts went.
///
/// # Errors
/// When the database fails.
pub fn unsay(
    tx: &mut Tx<'_>,
    op: &Op,
    channel: ChannelId,
    messages: &[MessageId],
) -> Result<u64, DbError> {
    let mut gone = 0;
    for message in messages {
        summaries::summary_drop(tx, (op.guild, channel), *message)?;
        gone += u64::from(turns::turn_delete(tx, op.guild, *message)?);
        gone += forget_source(tx, op, *message)?;
    }
    Ok(gone)
}
