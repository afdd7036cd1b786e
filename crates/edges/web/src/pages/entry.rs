//! A decision in words: its title, its icon, what became of it. What pages about decisions share.

use std::collections::{BTreeMap, BTreeSet};

use audit::{ActorSeen, EffectState, Entry, Kept, Kind, Outcome, Words};
use kernel::{ChannelId, UserId};
use maud::{Markup, html};

use crate::{
    components::{
        avatar::{Named, person},
        icon::Icon,
        shell::Frame,
        tag::Tone,
        timeline::{Day, Event},
    },
    moment,
    numbers::dollars,
};

/// The letters of a message that a line shows.
const DETAIL_MAX: usize = 200;

/// What people and channels are called, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) people: BTreeMap<UserId, String>,
    pub(crate) channels: BTreeMap<ChannelId, String>,
}

impl Names {
    /// A member, by name where it is known, else by the end of their id.
    pub(crate) fn member(&self, user: UserId) -> Named {
        let name = self.people.get(&user).cloned();
        Named {
            id: user.get(),
            name: name.unwrap_or_else(|| format!("Member …{:04}", user.get() % 10_000)),
        }
    }

    /// A channel as it is written.
    pub(crate) fn channel(&self, channel: ChannelId) -> String {
        match self.channels.get(&channel) {
            Some(name) => format!("#{name}"),
            None => format!("channel …{:04}", channel.get() % 10_000),
        }
    }
}

/// Decisions without those that only say through which session or token another one of them was written.
pub(crate) fn without_echoes(mut entries: Vec<Entry>) -> Vec<Entry> {
    let deeds = entries.iter().filter(|entry| entry.kind != Kind::Access);
    let causes: BTreeSet<String> = deeds.map(|entry| entry.cause.clone()).collect();
    entries.retain(|entry| entry.kind != Kind::Access || !causes.contains(&entry.cause));
    entries
}

/// Everybody whom decisions name.
pub(crate) fn people(entries: &[Entry]) -> BTreeSet<UserId> {
    entries.iter().flat_map(named_in).collect()
}

fn named_in(entry: &Entry) -> impl Iterator<Item = UserId> + '_ {
    let actor = match entry.actor {
        ActorSeen::Member(user) => user,
        ActorSeen::Token(_) | ActorSeen::System => None,
    };
    let input = &entry.input;
    let words = input.content.iter().chain(&input.history);
    let authors = words
        .chain(&input.memories)
        .filter_map(|words| words.author);
    let named = [actor, entry.trigger.user, entry.subject];
    named.into_iter().flatten().chain(authors)
}

/// What may be decided, and a sentence's beginning for it.
pub(crate) const DEEDS: [(&str, &str); 35] = [
    ("answer", "Answered"),
    ("ban", "Banned"),
    ("case_undo", "Case taken back"),
    ("config", "Settings changed"),
    ("config_put", "Settings written"),
    ("config_rollback", "Settings restored"),
    ("delete", "Removed a message"),
    ("effect_give_up", "Effect given up"),
    ("effect_retry", "Effect tried again"),
    ("end", "Ended a sanction on time"),
    ("erase", "Forgot a member"),
    ("export", "Gave a member what is kept"),
    ("hold", "Held a message for review"),
    ("job_give_up", "Job given up"),
    ("job_retry", "Job tried again"),
    ("judge", "Judged a message"),
    ("kick", "Kicked"),
    ("learn", "Learnt from a talk"),
    ("lock", "Locked a channel"),
    ("note", "Noted on a case"),
    ("persona_deploy", "Persona deployed"),
    ("persona_draft", "Persona written down"),
    ("persona_write", "Persona written"),
    ("purge", "Removed messages"),
    ("rollback", "Settings restored"),
    ("secret_delete", "Secret forgotten"),
    ("secret_put", "Secret written"),
    ("slowmode", "Slowed a channel"),
    ("timeout", "Timed out"),
    ("transfer_create", "Coins moved"),
    ("unban", "Lifted a ban"),
    ("undo", "Took back"),
    ("unlock", "Unlocked a channel"),
    ("untimeout", "Ended a time-out"),
    ("warn", "Warned"),
];

fn deed(action: &str) -> Option<&'static str> {
    let mut all = DEEDS.iter();
    let found = all.find(|(known, _)| *known == action);
    found.map(|(_, words)| *words)
}

/// Whether a deed is done to its subject by name: *Warned Bram*.
fn takes_name(action: &str) -> bool {
    ["answer", "ban", "kick", "timeout", "warn"].contains(&action)
}

/// A decision's title: *Warned Bram de Vries*, *Would have removed a message of Bram de Vries*.
pub(crate) fn title(entry: &Entry, names: &Names) -> String {
    let known = deed(&entry.action).map(str::to_owned);
    let plain = known.unwrap_or_else(|| sentence(&entry.action));
    let subject = entry.subject.or(entry.trigger.user);
    let deed = match subject {
        Some(user) if takes_name(&entry.action) => format!("{plain} {}", names.member(user).name),
        Some(user) if ["delete", "hold", "judge"].contains(&entry.action.as_str()) => {
            format!("{plain} of {}", names.member(user).name)
        }
        _ => match (entry.action.as_str(), entry.kind, entry.case) {
            ("undo", Kind::Config, _) => "Settings restored".to_owned(),
            ("undo", _, Some(case)) => format!("Took back case {case}"),
            _ => plain,
        },
    };
    let deed = match &entry.actor {
        _ if entry.kind != Kind::Access => deed,
        ActorSeen::Member(_) => format!("{deed} on the dashboard"),
        _ if entry.cause.starts_with("cli:") => format!("{deed} at the command line"),
        ActorSeen::Token(_) | ActorSeen::System => format!("{deed} over the API"),
    };
    match entry.outcome {
        Outcome::Executed => deed,
        Outcome::Suppressed => format!("Held back: {}", lowered(&deed)),
        Outcome::Error => format!("Failed: {}", lowered(&deed)),
        Outcome::Pending => format!("Under way: {}", lowered(&deed)),
    }
}

/// An action's name as words.
fn sentence(action: &str) -> String {
    let words = action.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Decision".to_owned(),
    }
}

/// A sentence as a part of another one.
pub(crate) fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// What sort of decision, as people call it.
pub(crate) const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Moderation => "Rules",
        Kind::Ai => "AI",
        Kind::Config => "Settings",
        Kind::Human => "People",
        Kind::Access => "Access",
        Kind::Money => "Money",
    }
}

/// All sorts, in the order in which charts stack them.
pub(crate) const KINDS: [Kind; 6] = [
    Kind::Moderation,
    Kind::Ai,
    Kind::Config,
    Kind::Human,
    Kind::Access,
    Kind::Money,
];

/// What became of it, and how that is to be taken.
pub(crate) const fn outcome(outcome: Outcome) -> (Tone, &'static str) {
    match outcome {
        Outcome::Executed => (Tone::Good, "done"),
        Outcome::Suppressed => (Tone::Info, "held back"),
        Outcome::Error => (Tone::Danger, "failed"),
        Outcome::Pending => (Tone::Warning, "under way"),
    }
}

/// The icon of a sort.
pub(crate) const fn sign(kind: Kind) -> (Icon, Tone) {
    match kind {
        Kind::Moderation => (Icon::Shield, Tone::Danger),
        Kind::Ai => (Icon::Spark, Tone::Accent),
        Kind::Config => (Icon::Settings, Tone::Info),
        Kind::Human => (Icon::Person, Tone::Good),
        Kind::Access => (Icon::Key, Tone::Warning),
        Kind::Money => (Icon::Coins, Tone::Warning),
    }
}

/// Words as far as they may be seen, or why not.
pub(crate) fn kept(words: &Words) -> Result<String, &'static str> {
    match &words.text {
        Kept::Here(text) if text.is_empty() => Err("No words: a picture, a file or an embed."),
        Kept::Here(text) => Ok(text.clone()),
        Kept::Gone => Err("No longer kept. Its digest still stands in the chain."),
        Kept::Withheld => Err("Not yours to see."),
    }
}

/// Who acted.
pub(crate) fn actor(entry: &Entry, names: &Names, frame: &Frame) -> Markup {
    match &entry.actor {
        ActorSeen::Member(Some(user)) => member(*user, names, frame),
        ActorSeen::Member(None) => html! { "somebody who was forgotten" },
        ActorSeen::Token(name) => html! { "the token " code { (name) } },
        ActorSeen::System => html! { "Guildhall itself" },
    }
}

/// A member, leading to the decisions about them.
pub(crate) fn member(user: UserId, names: &Names, frame: &Frame) -> Markup {
    person(&names.member(user), Some(&frame.member(user)))
}

/// An effect in words.
pub(crate) fn effect_name(kind: &str) -> String {
    let known = match kind {
        "answer" => "Answer",
        "delete_message" => "Message removed",
        "direct_message" | "tell" => "Direct message to the member",
        "edit_message" => "Message edited",
        "lift_timeout" | "timeout_end" => "Time-out ended",
        "post" => "Message posted",
        "react" => "Reaction",
        "repost" => "Message posted again",
        "timeout" => "Time-out",
        _ => return sentence(kind),
    };
    known.to_owned()
}

/// How an effect went.
pub(crate) fn effect_state(state: &EffectState) -> (Tone, &'static str) {
    match state {
        EffectState::Pending => (Tone::Warning, "on its way"),
        EffectState::Done => (Tone::Good, "done"),
        EffectState::Failed { .. } => (Tone::Danger, "failed"),
    }
}

/// The decisions by day, newest first.
pub(crate) fn days(frame: &Frame, names: &Names, entries: &[Entry]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for entry in entries {
        let title = frame.now.day(entry.at);
        if days.last().is_none_or(|day| day.title != title) {
            days.push(Day {
                title,
                events: Vec::new(),
            });
        }
        if let Some(day) = days.last_mut() {
            day.events.push(event(frame, names, entry));
        }
    }
    days
}

fn event(frame: &Frame, names: &Names, entry: &Entry) -> Event {
    let (icon, tone) = sign(entry.kind);
    Event {
        key: entry.id.to_string(),
        icon,
        tone,
        title: title(entry, names),
        href: frame.at(&format!("/why/{}", entry.id)),
        detail: detail(entry),
        tags: tags(entry),
        when: moment::clock(&frame.now, entry.at),
    }
}

/// The reason in short; without one the words that it is about.
fn detail(entry: &Entry) -> String {
    let told = entry.reasoning.as_ref().or(entry.input.content.as_ref());
    // What is marked for Discord's eyes needs no mark here.
    let text = told.and_then(Words::text).unwrap_or("").replace('`', "");
    let mut short: String = text.chars().take(DETAIL_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn tags(entry: &Entry) -> Vec<(Tone, String)> {
    let (tone, word) = outcome(entry.outcome);
    let failed = entry
        .effects
        .iter()
        .filter(|effect| matches!(effect.state, EffectState::Failed { .. }))
        .count();
    let mut tags = Vec::new();
    // What went as it should needs no sign.
    if entry.outcome != Outcome::Executed {
        tags.push((tone, word.to_owned()));
    }
    if failed > 0 {
        tags.push((
            Tone::Danger,
            format!("{failed} of {} effects failed", entry.effects.len()),
        ));
    }
    tags.extend(entry.case.map(|case| (Tone::Plain, format!("case {case}"))));
    let revision = entry.config_revision.filter(|_| entry.kind == Kind::Config);
    tags.extend(revision.map(|number| (Tone::Plain, format!("revision {number}"))));
    let cost = entry.cost.as_ref().filter(|cost| cost.micros > 0);
    tags.extend(cost.map(|cost| (Tone::Plain, dollars(cost.micros))));
    tags
}
