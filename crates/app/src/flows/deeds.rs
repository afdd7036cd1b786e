//! What moderation decided becomes what is owed to Discord.

use audit::NewEffect;
use chat::{
    Ban, Delete, Effect, IncomingMessage, Kick, Lock, Reply, Slowmode, Tell, Timeout, Unban,
};
use kernel::{ChannelId, IdSource, Op, UserId};
use moderation::Deed;
use store::{DbError, Tx};

use crate::{
    Core,
    outcome::{Owing, owe},
};

/// The most characters of a reason in Discord's own audit log.
const REASON_MAX: usize = 400;

/// What the deeds of one decision need to become effects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause<'a> {
    pub(crate) op: &'a Op,
    /// Why, as Discord's own audit log shows it.
    pub(crate) reason: &'a str,
    /// The latest messages of the channel, where deeds may need them; newest first.
    pub(crate) recent: &'a [IncomingMessage],
}

/// Owes every deed; gives what is owed, and how an audit entry names it.
pub(crate) fn owe_all(
    tx: &mut Tx<'_>,
    core: &Core,
    cause: &Cause<'_>,
    deeds: &[Deed],
) -> Result<(Vec<Owing>, Vec<NewEffect>), DbError> {
    let (mut owing, mut effects) = (Vec::new(), Vec::new());
    for deed in deeds {
        let Some(effect) = effect(core.ids.as_ref(), cause, deed) else {
            continue;
        };
        let owed = owe(tx, core, cause.op, effect)?;
        effects.push(NewEffect {
            owed: owed.id,
            kind: deed.kind().to_owned(),
        });
        owing.push(owed);
    }
    Ok((owing, effects))
}

/// Owes a card in the log channel, where there is one.
pub(crate) fn owe_card(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    channel: Option<ChannelId>,
    card: Option<Reply>,
) -> Result<Option<Owing>, DbError> {
    let (Some(channel), Some(reply)) = (channel, card) else {
        return Ok(None);
    };
    owe(tx, core, op, post(core.ids.as_ref(), channel, reply)).map(Some)
}

fn post(ids: &dyn IdSource, channel: ChannelId, reply: Reply) -> Effect {
    Effect::Post {
        channel,
        reply,
        reply_to: None,
        nonce: ids.next().to_string(),
    }
}

/// The effect of a deed; nothing where there is nothing to be done.
fn effect(ids: &dyn IdSource, cause: &Cause<'_>, deed: &Deed) -> Option<Effect> {
    let guild = cause.op.guild;
    let reason: String = cause.reason.chars().take(REASON_MAX).collect();
    Some(match deed {
        Deed::DeleteMessage { channel, message } => Effect::Delete(Delete {
            channel: *channel,
            messages: vec![*message],
            reason,
        }),
        Deed::Timeout { user, until_micros } => Effect::Timeout(Timeout {
            guild,
            user: *user,
            until_micros: Some(*until_micros),
            reason,
        }),
        Deed::LiftTimeout { user } => Effect::Timeout(Timeout {
            guild,
            user: *user,
            until_micros: None,
            reason,
        }),
        Deed::Kick { user } => Effect::Kick(Kick {
            guild,
            user: *user,
            reason,
        }),
        Deed::Ban {
            user,
            delete_seconds,
        } => Effect::Ban(Ban {
            guild,
            user: *user,
            delete_message_seconds: *delete_seconds,
            reason,
        }),
        Deed::Unban { user } => Effect::Unban(Unban {
            guild,
            user: *user,
            reason,
        }),
        Deed::Repost {
            channel,
            user,
            text,
        } => post(ids, *channel, Reply::public(format!("<@{user}>: {text}"))),
        Deed::Purge {
            channel,
            count,
            user,
        } => return purge(cause.recent, (*channel, *count, *user), reason),
        Deed::Slowmode { channel, seconds } => Effect::Slowmode(Slowmode {
            channel: *channel,
            seconds: *seconds,
            reason,
        }),
        Deed::Lockdown { channel, locked } => Effect::Lock(Lock {
            guild,
            channel: *channel,
            on: *locked,
            reason,
        }),
        Deed::Tell { user, text } => Effect::Tell(Tell {
            user: *user,
            reply: Reply::public(text.clone()),
            nonce: ids.next().to_string(),
        }),
    })
}

fn purge(
    recent: &[IncomingMessage],
    (channel, count, user): (ChannelId, u32, Option<UserId>),
    reason: String,
) -> Option<Effect> {
    let theirs = recent
        .iter()
        .filter(|message| user.is_none_or(|user| message.author == user));
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let messages: Vec<_> = theirs.take(count).map(|message| message.id).collect();
    if messages.is_empty() {
        return None;
    }
    Some(Effect::Delete(Delete {
        channel,
        messages,
        reason,
    }))
}
