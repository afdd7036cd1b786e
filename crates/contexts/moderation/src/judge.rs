//! The one pipeline: a message and a guild's rules in, what hits and what follows out.
//!
//! Deterministic and without I/O; what was written before comes in as [`FloodState`]. Every text that a message
//! carries is read, in every reading that could say something. A model is not asked here: its rules only say what is
//! to be asked, and `model` weighs the answer.

mod scan;

use chat::{Carrier, IncomingMessage};
use kernel::{ChannelId, GuildId, MessageId, RoleId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    compiled::{Compiled, Plan, Ready},
    flood::{Alike, FloodState, Recent, Spot},
    settings::{Action, Mode, Trigger},
    text::{Look, Reading, bounded},
};

/// A message with all that the rules look at.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The guild.
    pub guild: GuildId,
    /// Its id.
    pub id: MessageId,
    /// Where it stands.
    pub channel: ChannelId,
    /// The channel whose thread that is: what exempts the channel exempts its threads.
    pub thread_of: Option<ChannelId>,
    /// Who wrote it; the account's age is read from this id.
    pub author: UserId,
    /// The author's roles.
    pub roles: &'a [RoleId],
    /// Whether a bot or webhook wrote it: such messages are left alone.
    pub is_bot: bool,
    /// Whether the author may manage messages: only rules that include moderators hold.
    pub is_moderator: bool,
    /// Everything it says: its words, and those of embeds, polls, forwards, file names.
    pub texts: &'a [Text<'a>],
    /// How many users and roles it mentions.
    pub mentions: u32,
    /// When it was written or, where it was edited, edited.
    pub at: Timestamp,
    /// When it was last edited; an edit is no further message for flood and duplicates.
    pub edited_at: Option<Timestamp>,
}

/// One of the texts that a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    /// Which one.
    pub part: Part,
    /// The words.
    pub text: &'a str,
}

/// Which text of a message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What its author wrote.
    Content,
    /// An embed.
    Embed,
    /// A poll's question or answer.
    Poll,
    /// A forwarded message.
    Forward,
    /// The name of a file.
    FileName,
    /// The description of a file.
    FileDescription,
    /// The name of a sticker.
    Sticker,
    /// The name of the thread that it opened.
    ThreadName,
    /// A text, button or select.
    Component,
}

impl From<Carrier> for Part {
    fn from(carrier: Carrier) -> Self {
        match carrier {
            Carrier::Embed => Self::Embed,
            Carrier::Poll => Self::Poll,
            Carrier::FileName => Self::FileName,
            Carrier::FileDescription => Self::FileDescription,
            Carrier::Forward => Self::Forward,
            Carrier::Sticker => Self::Sticker,
            Carrier::ThreadName => Self::ThreadName,
            Carrier::Component => Self::Component,
        }
    }
}

/// All texts of a message that came in, for [`Message::of`].
#[must_use]
pub fn texts(message: &IncomingMessage) -> Vec<Text<'_>> {
    let content = Text {
        part: Part::Content,
        text: &message.text,
    };
    let carried = message.carried.iter().map(|carried| Text {
        part: carried.what.into(),
        text: &carried.text,
    });
    std::iter::once(content).chain(carried).collect()
}

impl<'a> Message<'a> {
    /// A message that came in, with its [`texts`]; nothing outside guilds. `at` is when it was written or,
    /// where it was edited, edited.
    #[must_use]
    pub fn of(
        message: &'a IncomingMessage,
        texts: &'a [Text<'a>],
        standing: Standing,
        at: Timestamp,
    ) -> Option<Self> {
        let mentions = message.mentions.len() + message.role_mentions.len();
        let mentions = mentions + usize::from(message.mentions_everyone);
        Some(Self {
            guild: message.guild?,
            id: message.id,
            channel: message.channel,
            thread_of: message.thread_of,
            author: message.author,
            roles: &message.roles,
            is_bot: message.is_bot || message.is_notice,
            is_moderator: standing == Standing::Moderator,
            texts,
            mentions: u32::try_from(mentions).unwrap_or(u32::MAX),
            at,
            edited_at: message.edited_at,
        })
    }
}

/// What an author may do where the message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not manage messages.
    Member,
    /// Manage messages: only rules that include moderators hold.
    Moderator,
}

/// What a rule found in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// In which text.
    pub part: Part,
    /// The place of the first Unicode scalar value of the original text.
    pub start: usize,
    /// The place behind the last one.
    pub end: usize,
    /// What stands there.
    pub text: String,
}

/// A rule that was set off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The rule.
    pub rule_id: String,
    /// What people call it.
    pub name: String,
    /// The kind of its trigger.
    pub trigger: String,
    /// Whether it acts.
    pub mode: Mode,
    /// What it found, at most ten places.
    pub matched: Vec<Matched>,
    /// What follows.
    pub actions: Vec<Action>,
    /// Why, in a sentence that names the rule.
    pub reasoning: String,
    /// 1, or how sure the model was.
    pub confidence: f64,
    /// The messages that make a flood, this one among them; empty for all others.
    pub messages: Vec<FloodMessage>,
}

/// One of the messages that make a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Recorded")]
pub struct FloodMessage {
    /// Where it stands; unknown in cases from before this was kept.
    pub channel: Option<ChannelId>,
    /// Its id.
    pub message: MessageId,
}

/// A flood's message as cases hold it: those from before channels were kept name the id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Recorded {
    Id(MessageId),
    Placed {
        channel: Option<ChannelId>,
        message: MessageId,
    },
}

impl From<Recorded> for FloodMessage {
    fn from(recorded: Recorded) -> Self {
        let (channel, message) = match recorded {
            Recorded::Id(message) => (None, message),
            Recorded::Placed { channel, message } => (channel, message),
        };
        Self { channel, message }
    }
}

/// A question to a model: whether a message breaks a rule in plain words.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The rule.
    pub rule_id: String,
    /// What people call it.
    pub name: String,
    /// The rules in plain words.
    pub rules: String,
    /// The least confidence at which the answer counts.
    pub threshold: f64,
    /// Whether the rule acts.
    pub mode: Mode,
}

/// What the rules say of a message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// What hit, in the order of the rules, shadow ones among them.
    pub hits: Vec<Hit>,
    /// What a model is to be asked.
    pub asks: Vec<Ask>,
    /// What follows from all that acts, merged: one removal, the longest time-out, the sum of points.
    pub actions: Vec<Action>,
}

/// The places of one rule that are kept.
pub(crate) const MATCHED_MAX: usize = 10;
/// No more texts of a message are read.
const TEXTS_MAX: usize = 64;
/// And no more scalar values of all together.
const TEXTS_LENGTH_MAX: usize = 16_000;

/// What the rules say of a message.
#[must_use]
pub fn judge(compiled: &Compiled, flood: &mut FloodState, message: &Message<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    if !compiled.enabled || message.is_bot || is_exempt(compiled, message) {
        return verdict;
    }
    let (mut findings, mut plain) = (scan::Findings::default(), None);
    let mut left = TEXTS_LENGTH_MAX;
    for (at, text) in message.texts.iter().take(TEXTS_MAX).enumerate() {
        let read = scan::read(compiled, *text, left, &mut findings);
        left = left.saturating_sub(read.length);
        if at == 0 && text.part == Part::Content {
            plain = read.plain;
        }
        if left == 0 {
            break;
        }
    }
    let mut recent = count(compiled, flood, message, plain);
    // Of the rules about texts only those that found something have a say.
    for place in findings.rules_and(&compiled.beside).iter().copied() {
        let ready = &compiled.rules[usize::from(place)];
        if !may_hit(ready, message) || !holds(ready, message) {
            continue;
        }
        if let (Plan::Model, Trigger::Model { rules, threshold }) =
            (&ready.plan, &ready.rule.trigger)
        {
            if message
                .texts
                .iter()
                .any(|text| !text.text.trim().is_empty())
            {
                verdict.asks.push(ask(ready, rules, *threshold));
            }
            continue;
        }
        let (matched, messages) = match &ready.plan {
            Plan::Counted(count) => {
                let there = |spot: &Spot| holds_at(ready, spot);
                let made = recent
                    .as_mut()
                    .and_then(|recent| recent.hits(*count, there));
                let Some(messages) = made else { continue };
                (Vec::new(), messages)
            }
            _ => match found(ready, place, &mut findings) {
                Some(matched) => (matched, Vec::new()),
                None => continue,
            },
        };
        verdict.hits.push(hit(ready, matched, messages));
    }
    verdict.actions = merged(&verdict.hits);
    verdict
}

fn is_exempt(compiled: &Compiled, message: &Message<'_>) -> bool {
    let mut places = [Some(message.channel), message.thread_of]
        .into_iter()
        .flatten();
    places.any(|channel| compiled.exempt_channels.contains(&channel))
        || message
            .roles
            .iter()
            .any(|role| compiled.exempt_roles.contains(role))
}

/// Whether a rule about something else than texts can hit; asked first, for it costs the least.
fn may_hit(ready: &Ready, message: &Message<'_>) -> bool {
    match &ready.plan {
        Plan::Mentions(max) => message.mentions > *max,
        Plan::NewAccount(age) => message.at.since(message.author.made_at()) < *age,
        _ => true,
    }
}

fn holds(ready: &Ready, message: &Message<'_>) -> bool {
    let exempt = &ready.rule.exempt_role_ids;
    holds_at(ready, &spot(message)) && !message.roles.iter().any(|role| exempt.contains(role))
}

fn holds_at(ready: &Ready, spot: &Spot) -> bool {
    let rule = &ready.rule;
    (!spot.is_moderator || rule.include_moderators)
        && ![Some(spot.channel), spot.thread_of]
            .into_iter()
            .flatten()
            .any(|channel| rule.exempt_channel_ids.contains(&channel))
}

const fn spot(message: &Message<'_>) -> Spot {
    Spot {
        channel: message.channel,
        thread_of: message.thread_of,
        is_moderator: message.is_moderator,
    }
}

/// Counts a message for flood and duplicates, where any rule needs it. `plain` is how its content was read, where it
/// was.
fn count<'a>(
    compiled: &Compiled,
    flood: &'a mut FloodState,
    message: &Message<'_>,
    plain: Option<Reading>,
) -> Option<Recent<'a>> {
    let (Some(alike), None) = (compiled.counts, message.edited_at) else {
        return None;
    };
    let (who, spot) = ((message.guild, message.author), spot(message));
    if alike == Alike::Any {
        return Some(flood.count(who, message.id, spot, message.at, &[]));
    }
    let plain = plain.unwrap_or_else(|| {
        let content = message.texts.iter().find(|text| text.part == Part::Content);
        Reading::of(bounded(content.map_or("", |text| text.text)), Look::Plain)
    });
    Some(flood.count(who, message.id, spot, message.at, plain.bytes()))
}

/// What a rule that may hit found; nothing where it did not hit.
fn found(ready: &Ready, place: u16, findings: &mut scan::Findings) -> Option<Vec<Matched>> {
    match &ready.plan {
        Plan::Words
        | Plan::Patterns
        | Plan::Links { .. }
        | Plan::Invites { .. }
        | Plan::Caps { .. }
        | Plan::Names(_) => findings.take(place),
        Plan::Mentions(_) | Plan::NewAccount(_) => Some(Vec::new()),
        Plan::Counted(_) | Plan::Model => None,
    }
}

fn ask(ready: &Ready, rules: &str, threshold: f64) -> Ask {
    Ask {
        rule_id: ready.rule.id.clone(),
        name: ready.rule.title().to_owned(),
        rules: rules.to_owned(),
        threshold,
        mode: ready.rule.mode,
    }
}

fn hit(ready: &Ready, matched: Vec<Matched>, messages: Vec<FloodMessage>) -> Hit {
    let rule = &ready.rule;
    Hit {
        rule_id: rule.id.clone(),
        name: rule.title().to_owned(),
        trigger: rule.trigger.kind().to_owned(),
        mode: rule.mode,
        reasoning: reasoning(ready, &matched, messages.len()),
        matched,
        actions: rule.actions.clone(),
        confidence: 1.0,
        messages,
    }
}

/// Why a rule hit, in a sentence that names it and what it found.
fn reasoning(ready: &Ready, matched: &[Matched], messages: usize) -> String {
    let name = ready.rule.title();
    let parts: Vec<String> = matched
        .iter()
        .take(3)
        .map(|matched| format!("“{}”", matched.text.chars().take(60).collect::<String>()))
        .collect();
    let why = match &ready.rule.trigger {
        Trigger::Flood { seconds, .. } => format!("{messages} messages in {seconds} s"),
        Trigger::Duplicates { seconds, .. } => {
            format!("the same text {messages} times in {seconds} s")
        }
        Trigger::Mentions { max } => format!("more than {max} mentions"),
        Trigger::NewAccount { days } => format!("the account is younger than {days} days"),
        Trigger::Caps { percent, .. } => format!("at least {percent} % capital letters"),
        _ => format!("it matched {}", parts.join(", ")),
    };
    format!("Rule “{name}” ({}): {why}.", ready.rule.trigger.kind())
}

/// What follows from all hits that act: one removal, the longest time-out, the sum of points.
pub(crate) fn merged(hits: &[Hit]) -> Vec<Action> {
    let acting: Vec<&Action> = hits
        .iter()
        .filter(|hit| hit.mode == Mode::Act)
        .flat_map(|hit| &hit.actions)
        .collect();
    let any = |wanted: &Action| acting.contains(&wanted);
    let mut merged = Vec::new();
    // What waits for a person can be given back as it was, so it goes before what is final.
    if any(&Action::Hold {}) {
        merged.push(Action::Hold {});
    } else if any(&Action::Delete {}) {
        merged.push(Action::Delete {});
    }
    let minutes = acting.iter().filter_map(|action| match action {
        Action::Timeout { minutes } => Some(*minutes),
        _ => None,
    });
    if let Some(minutes) = minutes.max() {
        merged.push(Action::Timeout { minutes });
    }
    let (mut warned, mut points) = (false, 0_u32);
    for action in &acting {
        match action {
            Action::Warn { points: more } => {
                warned = true;
                points = points.saturating_add(*more);
            }
            Action::Points { points: more } => points = points.saturating_add(*more),
            _ => {}
        }
    }
    if warned {
        merged.push(Action::Warn { points });
    } else if points > 0 {
        merged.push(Action::Points { points });
    }
    if any(&Action::Log {}) {
        merged.push(Action::Log {});
    }
    merged
}

/// What these rules would have done to messages of the past: each message with its hits, those without left out.
///
/// The messages come oldest first, as they were written; a flood is seen as it would have been.
#[must_use]
pub fn would_hit<'a>(
    compiled: &Compiled,
    messages: impl IntoIterator<Item = Message<'a>>,
) -> Vec<(MessageId, Verdict)> {
    let mut flood = FloodState::default();
    messages
        .into_iter()
        .map(|message| (message.id, judge(compiled, &mut flood, &message)))
        .filter(|(_, verdict)| !verdict.hits.is_empty() || !verdict.asks.is_empty())
        .collect()
}
