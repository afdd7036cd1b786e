//! Cases, rules and what they do in words: what the pages of moderation share.

use kernel::UserId;
use maud::{Markup, html};
use moderation::{Action, Case, CaseKind, CaseState, Mode, Rule, Trigger};

use super::entry::{Names, member};
use crate::{
    components::{
        shell::Frame,
        tag::{Tone, tag},
    },
    numbers::counted,
};

/// The pages of the section: their places, names, and what a search calls them.
const TABS: [(&str, &str); 4] = [
    ("", "Cases"),
    ("/review", "To review"),
    ("/rules", "Rules"),
    ("/try", "Try a message"),
];

/// The way from page to page; the first one is at the empty place.
pub(crate) fn tabs(frame: &Frame, present: &str, waiting: u64) -> Markup {
    html! {
        nav.tabs aria-label="Pages of moderation" {
            @for (place, name) in TABS {
                a href=(frame.at(&format!("/moderation{place}"))) aria-current=[(place == present).then_some("page")]
                    data-place={ "Moderation: " (name) } {
                    (name)
                    @if place == "/review" && waiting > 0 { " " span.tag.warning { (waiting) } }
                }
            }
        }
    }
}

/// The sorts of cases, as one looks for them.
pub(crate) const KINDS: [(&str, &str); 6] = [
    ("automod", "A rule"),
    ("warn", "Warning"),
    ("timeout", "Time-out"),
    ("kick", "Kick"),
    ("ban", "Ban"),
    ("note", "Note"),
];

/// The states, as one looks for them.
pub(crate) const STATES: [(&str, &str); 3] = [
    ("open", "In force"),
    ("undone", "Taken back"),
    ("expired", "Over"),
];

/// What a case is about.
pub(crate) const fn case_kind(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Automod => "Rule",
        CaseKind::Warn => "Warning",
        CaseKind::Timeout => "Time-out",
        CaseKind::Kick => "Kick",
        CaseKind::Ban => "Ban",
        CaseKind::Note => "Note",
    }
}

/// Whether a case still holds.
pub(crate) fn case_state(state: CaseState) -> Markup {
    match state {
        CaseState::Open => tag(Tone::Plain, "in force"),
        CaseState::Undone => tag(Tone::Info, "taken back"),
        CaseState::Expired => tag(Tone::Plain, "over"),
    }
}

/// Who opened a case, or did something with it: a user's id, `token:NAME` or `system`.
pub(crate) fn by(who: &str, names: &Names, frame: &Frame) -> Markup {
    if let Ok(user) = who.parse::<UserId>() {
        return member(user, names, frame);
    }
    match who.strip_prefix("token:") {
        Some(token) => html! { "the token " code { (token) } },
        None => html! { "Guildhall itself" },
    }
}

/// The members that a case names.
pub(crate) fn people(case: &Case) -> impl Iterator<Item = UserId> {
    let by = [Some(&case.opened_by), case.undone_by.as_ref()];
    let by = by.into_iter().flatten().filter_map(|who| who.parse().ok());
    by.chain([case.user]).chain(case.moderator)
}

/// Whether a rule acts.
pub(crate) fn mode(rule: &Rule) -> Markup {
    match (rule.enabled, rule.mode) {
        (false, _) => tag(Tone::Plain, "off"),
        (true, Mode::Act) => tag(Tone::Good, "acts"),
        (true, Mode::Shadow) => tag(Tone::Info, "shadow"),
    }
}

/// What sets a rule off, in a few words.
pub(crate) fn trigger(trigger: &Trigger) -> String {
    let many = |count: usize, one: &str, many: &str| {
        counted(i64::try_from(count).unwrap_or(i64::MAX), one, many)
    };
    match trigger {
        Trigger::Words { words } => many(words.len(), "word", "words"),
        Trigger::Regex { patterns } => many(patterns.len(), "pattern", "patterns"),
        Trigger::Links { deny, .. } if !deny.is_empty() => {
            format!("links to {}", many(deny.len(), "site", "sites"))
        }
        Trigger::Links { allow, .. } if !allow.is_empty() => {
            format!("links, but for {}", many(allow.len(), "site", "sites"))
        }
        Trigger::Links {
            disguised: true, ..
        } => "disguised links".to_owned(),
        Trigger::Links { .. } => "any link".to_owned(),
        Trigger::Invites { .. } => "invitations to other servers".to_owned(),
        Trigger::Flood { messages, seconds } => format!("{messages} messages within {seconds} s"),
        Trigger::Duplicates { messages, seconds } => {
            format!("the same {messages} times within {seconds} s")
        }
        Trigger::Mentions { max } => format!("more than {max} mentions"),
        Trigger::Caps { percent, .. } => format!("{percent} % capital letters"),
        Trigger::NewAccount { days } => format!("accounts younger than {days} days"),
        Trigger::Attachments { names } => many(names.len(), "kind of file", "kinds of files"),
        Trigger::Model { .. } => "what a model judges".to_owned(),
    }
}

/// What follows when rules hit, in a sentence's end.
pub(crate) fn actions(actions: &[Action]) -> String {
    let one = |action: &Action| match action {
        Action::Delete {} => "removes the message".to_owned(),
        Action::Hold {} => "holds the message for review".to_owned(),
        Action::Warn { points: 0 } => "warns".to_owned(),
        Action::Warn { points } => {
            format!("warns, {}", counted(i64::from(*points), "point", "points"))
        }
        Action::Points { points } => {
            format!(
                "gives {} without a word",
                counted(i64::from(*points), "point", "points")
            )
        }
        Action::Timeout { minutes } => format!("times out for {}", moderation::spoken(*minutes)),
        Action::Log {} => "posts a card".to_owned(),
    };
    let all: Vec<String> = actions.iter().map(one).collect();
    if all.is_empty() {
        return "notes it".to_owned();
    }
    all.join(", ")
}
