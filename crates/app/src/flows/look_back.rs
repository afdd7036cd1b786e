//! What a rule would have hit among the latest messages of a server: they are read from Discord, judged, and kept nowhere.
//!
//! One server after the other looks back, so that this takes little of what Discord lets a bot ask in all.
//! Whoever asks is shown the messages of channels that they may read themselves; of others they learn a number alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chat::{Directory, GuildView, IncomingMessage, Permissions};
use futures_util::{StreamExt as _, stream};
use kernel::{ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};
use moderation::{Compiled, Message, Rule, Text, Verdict, texts, would_hit};
use store::DbError;

use super::{moderate::standing, trial::alone};
use crate::{Core, Viewer, surroundings::Surroundings};

/// What whoever reads old messages must hold.
const READS: Permissions = Permissions::VIEW_CHANNEL.and(Permissions::READ_MESSAGE_HISTORY);
/// Channels that are read, at most.
const CHANNELS_MAX: usize = 20;
/// Messages that are read in each: what Discord gives at once.
const MESSAGES_MAX: u16 = 100;
/// How much is asked for at once.
const AT_ONCE: usize = 5;
/// How long reading may take; what has not come by then is left out, and said to be.
const READ_WITHIN: Duration = Duration::from_secs(8);
/// Authors whose roles are looked up, at most.
const AUTHORS_MAX: usize = 100;
/// How long that may take; the others are taken for members without roles.
const AUTHORS_WITHIN: Duration = Duration::from_secs(3);
/// Hits that are shown, at most.
const SHOWN_MAX: usize = 30;

/// What would have been hit.
#[derive(Debug, Clone, Default)]
pub struct LookBack {
    /// Messages that were read.
    pub messages: usize,
    /// Channels that were read.
    pub channels: usize,
    /// Channels that the bot can't read, that did not come in time, or that were too many.
    pub left_out: usize,
    /// When the oldest of the messages was written.
    pub since: Option<Timestamp>,
    /// Messages that would have been hit.
    pub hit: usize,
    /// How many people wrote those.
    pub people: usize,
    /// Of the hit ones, those in channels that the asker may not read.
    pub hidden: usize,
    /// The newest of the others, with what would have followed.
    pub shown: Vec<(IncomingMessage, Verdict)>,
}

/// Judges the latest messages by one rule, which need not be in force, nor turned on. The viewer is shown what they may
/// read.
///
/// # Errors
/// When the configuration is not in memory, and the database fails.
pub async fn look_back(
    core: &Core,
    guild: GuildId,
    rule: Rule,
    viewer: &Viewer,
) -> Result<LookBack, DbError> {
    let around = Surroundings::of(core, guild).await?;
    let (Some(directory), Some(view)) = (core.directory(), around.guild.as_deref()) else {
        return Ok(LookBack::default());
    };
    let directory = directory.as_ref();
    let rules = alone(&around, rule);
    let (channels, mut messages) = latest(core, directory, view).await;
    let suspects = judged(&rules, &messages, &around);
    let suspects = messages.iter().filter(|one| suspects.contains_key(&one.id));
    let suspects: BTreeSet<UserId> = suspects.map(|message| message.author).collect();
    let roles = roles_of(directory, guild, suspects).await;
    for message in &mut messages {
        if let Some(roles) = roles.get(&message.author) {
            message.roles.clone_from(roles);
        }
    }
    let verdicts = judged(&rules, &messages, &around);
    let reads = core.channels_held(guild, viewer, READS).await;
    let texts = view
        .channels
        .iter()
        .filter(|channel| channel.kind.holds_messages());
    Ok(LookBack {
        channels,
        left_out: texts.count().saturating_sub(channels),
        ..told(messages, verdicts, &reads)
    })
}

/// The latest messages of the channels that the bot can read, oldest first, and how many channels those are.
async fn latest(
    core: &Core,
    directory: &dyn Directory,
    view: &GuildView,
) -> (usize, Vec<IncomingMessage>) {
    let readable = view.channels.iter().filter(|channel| {
        channel.kind.holds_messages() && view.my_permissions(Some(channel.id)).allow(READS)
    });
    let readable: Vec<ChannelId> = readable
        .map(|channel| channel.id)
        .take(CHANNELS_MAX)
        .collect();
    let asked =
        stream::iter(readable).map(|channel| directory.recent_messages(channel, MESSAGES_MAX));
    let mut answers = asked.buffer_unordered(AT_ONCE);
    let (mut channels, mut messages) = (0, Vec::new());
    let gather = async {
        let _turn = core.looks_back.acquire().await;
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(some) => {
                    channels += 1;
                    messages.extend(some);
                }
                Err(error) => tracing::warn!(%error, "a channel could not be looked back on"),
            }
        }
    };
    // What came until then is enough.
    let _ = tokio::time::timeout(READ_WITHIN, gather).await;
    messages.sort_by_key(|message| message.id);
    (channels, messages)
}

/// What would have followed, for the messages that would have been hit.
fn judged(
    rules: &Compiled,
    messages: &[IncomingMessage],
    around: &Surroundings,
) -> BTreeMap<MessageId, Verdict> {
    let texts: Vec<Vec<Text<'_>>> = messages.iter().map(texts).collect();
    let pairs = messages.iter().zip(&texts);
    let seen = pairs.filter_map(|(message, texts)| {
        let (user, channel) = (message.author, Some(message.channel));
        let standing = standing(around, user, &message.roles, channel);
        Message::of(message, texts, standing, message.id.made_at())
    });
    would_hit(rules, seen).into_iter().collect()
}

/// The roles of these members, as far as they are heard in time.
async fn roles_of(
    directory: &dyn Directory,
    guild: GuildId,
    users: BTreeSet<UserId>,
) -> BTreeMap<UserId, Vec<RoleId>> {
    let asked = stream::iter(users.into_iter().take(AUTHORS_MAX));
    let asked = asked.map(|user| directory.member(guild, user));
    let mut answers = asked.buffer_unordered(AT_ONCE);
    let mut roles = BTreeMap::new();
    let gather = async {
        while let Some(answer) = answers.next().await {
            if let Ok(Some(member)) = answer {
                roles.insert(member.user, member.roles);
            }
        }
    };
    // Whoever is not heard of until then is taken for a member without roles.
    let _ = tokio::time::timeout(AUTHORS_WITHIN, gather).await;
    roles
}

fn told(
    messages: Vec<IncomingMessage>,
    mut verdicts: BTreeMap<MessageId, Verdict>,
    reads: &BTreeSet<ChannelId>,
) -> LookBack {
    let mut told = LookBack {
        messages: messages.len(),
        since: messages.first().map(|first| first.id.made_at()),
        hit: verdicts.len(),
        ..LookBack::default()
    };
    let mut people = BTreeSet::new();
    // The newest are what one remembers.
    for message in messages.into_iter().rev() {
        let Some(verdict) = verdicts.remove(&message.id) else {
            continue;
        };
        people.insert(message.author);
        if !reads.contains(&message.channel) {
            told.hidden += 1;
        } else if told.shown.len() < SHOWN_MAX {
            told.shown.push((message, verdict));
        }
    }
    told.people = people.len();
    told
}
