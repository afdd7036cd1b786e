//! Cases as cards: for the asker, and for the log channel with *Why* and *Undo*.
//!
//! Whatever a person wrote is escaped, so that it can form no link, mention or layout.

use chat::{Button, ButtonStyle, Colour, Embed, Page, Permissions, Reply, Visibility};
use kernel::{Locale, Timestamp, Told, UserId, Words};

use super::{CUSTOM_ID_PREFIX, CommandError, Talk};
use crate::{
    cases::{Case, CaseKind, CaseState},
    duration::spoken,
    judge::Matched,
    ranks::{Power, Refusal, may_act},
};

impl Talk<'_> {
    /// A message in the asker's language.
    pub(super) fn say(&self, told: &Told) -> String {
        self.desk.words.say(&self.op.locale, told)
    }

    /// A message without values.
    pub(super) fn word(&self, key: &'static str) -> String {
        self.say(&Told::new(key))
    }

    /// Whether the asker holds this permission, as Discord said with the command.
    pub(super) fn holds(&self, wanted: Permissions) -> bool {
        let held = self.invocation.asker.permissions;
        held.is_some_and(|held| held.allow(wanted))
    }

    /// Refuses an asker without the permission for this.
    pub(super) fn may(&self, power: Power) -> Result<(), CommandError> {
        if self.holds(power.needs()) {
            return Ok(());
        }
        Err(Refusal::AskerLacks(power.permission()).into())
    }

    /// Refuses where asker or bot may not do this to whom it is about.
    pub(super) fn may_act(&self, power: Power) -> Result<(), CommandError> {
        self.may(power)?;
        let ranks = self.desk.ranks.ok_or(CommandError::RanksUnknown)?;
        Ok(may_act(ranks, power)?)
    }

    /// The card of a case for the log channel.
    pub(super) fn log_card(&self, case: &Case) -> Reply {
        log_card(self.desk.words, &self.op.locale, case, None)
    }
}

/// A mention, which shows the name and pings only where the reply says so.
pub(super) fn mention(user: UserId) -> String {
    format!("<@{user}>")
}

/// Who did something, as a case names them.
pub(super) fn named(by: &str) -> String {
    match by.parse::<UserId>() {
        Ok(user) => mention(user),
        Err(_) => escaped(by.trim_start_matches("token:")),
    }
}

/// A moment that Discord shows in the reader's zone.
pub(super) fn moment(at: Timestamp) -> String {
    format!("<t:{}:f>", at.micros().div_euclid(1_000_000))
}

/// Text of a person, so that it can form no link, mention or layout.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() {
            out.push(' ');
            continue;
        }
        if letter.is_ascii_punctuation()
            && !matches!(letter, '.' | ',' | '!' | '?' | '\'' | '"' | ';' | '%')
        {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// What rules found, in a line.
pub(super) fn found(matched: &[Matched]) -> String {
    let parts: Vec<String> = matched
        .iter()
        .take(5)
        .map(|matched| {
            let text: String = matched.text.chars().take(80).collect();
            escaped(&text)
        })
        .collect();
    parts.join(" · ")
}

const fn title(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Automod => "moderation-kind-automod",
        CaseKind::Warn => "moderation-kind-warn",
        CaseKind::Timeout => "moderation-kind-timeout",
        CaseKind::Kick => "moderation-kind-kick",
        CaseKind::Ban => "moderation-kind-ban",
        CaseKind::Note => "moderation-kind-note",
    }
}

/// The kind of a case in words.
pub(super) fn kind(words: &Words, locale: &Locale, kind: CaseKind) -> String {
    words.say(locale, &Told::new(title(kind)))
}

/// A case as a card.
#[must_use]
pub fn case_card(words: &Words, locale: &Locale, case: &Case) -> Embed {
    let say = |key: &'static str| words.say(locale, &Told::new(key));
    let about = words.say(
        locale,
        &Told::new("moderation-case-title")
            .with("number", case.number)
            .with("kind", kind(words, locale, case.kind)),
    );
    let colour = match case.state {
        CaseState::Undone => Colour::Good,
        CaseState::Expired => Colour::Neutral,
        CaseState::Open => Colour::Warning,
    };
    let by = if case.opened_by == "system" {
        say("moderation-by-rules")
    } else {
        named(&case.opened_by)
    };
    let description = words.say(
        locale,
        &Told::new("moderation-case-about")
            .with("user", mention(case.user))
            .with("by", by)
            .with("moment", moment(case.at)),
    );
    let reason = if case.reason.is_empty() {
        say("moderation-no-reason")
    } else {
        escaped(&case.reason)
    };
    let mut card = Embed::new(colour, about, description)
        .with_wide_field(say("moderation-field-reason"), reason);
    for hit in case
        .hits
        .iter()
        .filter(|hit| !hit.matched.is_empty())
        .take(1)
    {
        card = card.with_wide_field(say("moderation-field-found"), found(&hit.matched));
    }
    if case.points > 0 {
        card = card.with_field(say("moderation-field-points"), case.points.to_string());
    }
    if let Some(until) = case.until {
        card = card.with_field(say("moderation-field-until"), moment(until));
    }
    match (&case.undone_by, case.state) {
        (Some(by), _) => card.with_field(say("moderation-field-undone"), named(by)),
        (None, CaseState::Expired) => card.with_footer(say("moderation-expired")),
        (None, _) => card,
    }
}

/// A case as it stands in the log channel. `entry` is the number of its audit entry, where there is one.
#[must_use]
pub fn log_card(words: &Words, locale: &Locale, case: &Case, entry: Option<i64>) -> Reply {
    let id = |what: &str| match entry {
        Some(entry) => format!("{CUSTOM_ID_PREFIX}{what}:{}:{entry}", case.number),
        None => format!("{CUSTOM_ID_PREFIX}{what}:{}", case.number),
    };
    let button = |what: &str, key: &'static str, style, enabled| Button {
        custom_id: id(what),
        label: words.say(locale, &Told::new(key)),
        style,
        enabled,
    };
    let undoable = case.state != CaseState::Undone;
    let (page, leads) = match entry {
        Some(entry) => (Page::Receipt(case.guild, entry), "moderation-link-receipt"),
        None => (Page::Case(case.guild, case.number), "moderation-link-case"),
    };
    Reply::card(Visibility::Public, case_card(words, locale, case))
        .with_buttons(vec![
            button("why", "moderation-button-why", ButtonStyle::Secondary, true),
            button(
                "undo",
                "moderation-button-undo",
                ButtonStyle::Danger,
                undoable,
            ),
        ])
        .leading_to(page, words.say(locale, &Told::new(leads)))
}

/// How long from one moment to another, in words.
pub(super) fn length(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.since(from).as_micros() / 60_000_000;
    spoken(u32::try_from(minutes).unwrap_or(u32::MAX))
}
