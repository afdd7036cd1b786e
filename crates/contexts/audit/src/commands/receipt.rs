//! The receipt: everything an entry says, as a card. It shows what it is given; who may see what was settled before.

use chat::{
    Button, ButtonStyle, Colour, Embed, Page, Reply, Row, Select, SelectOption, Visibility,
};
use kernel::{Locale, Told, Words};

use super::why_button_id;
use crate::{
    draft::clipped,
    entry::{Confidence, Cost, EffectState, Entry, Kept, Outcome, RuleSeen, Words as Quoted},
    search::Cursor,
};

/// The most characters of one quoted text.
const QUOTE_LENGTH_MAX: usize = 500;
/// The most quotes of a list.
const QUOTES_MAX: usize = 5;
/// The most buttons to other entries.
const OTHERS_MAX: usize = 3;
/// The most characters of a card's words.
const CARD_LENGTH_MAX: usize = 4_000;

/// What a card is written with.
struct Pen<'a> {
    words: &'a Words,
    locale: &'a Locale,
}

/// The receipt of an entry, with buttons to others of the same message or case.
#[must_use]
pub fn receipt(words: &Words, locale: &Locale, entry: &Entry, others: &[Entry]) -> Reply {
    let pen = Pen { words, locale };
    let about = clipped(&pen.about(entry), CARD_LENGTH_MAX);
    let mut embed = Embed::new(colour(entry.outcome), pen.title(entry), about);
    for (name, value) in pen.facts(entry) {
        embed = embed.with_field(pen.word(name), value);
    }
    let embed = embed
        .with_wide_field(pen.word("audit-effects"), pen.effects(entry))
        .with_footer(pen.footer(entry));
    let mut buttons = vec![button(
        "audit:mine".to_owned(),
        pen.word("audit-button-mine"),
    )];
    buttons.extend(others.iter().take(OTHERS_MAX).map(|other| {
        let label = clipped(&pen.title(other), 80);
        button(why_button_id(other.id), label)
    }));
    let page = Page::Receipt(entry.guild, entry.id.get());
    Reply::card(Visibility::Private, embed)
        .with_buttons(buttons)
        .leading_to(page, pen.word("audit-link-receipt"))
}

/// A member's own record: a line for each entry, and a select to open one.
#[must_use]
pub fn mine(words: &Words, locale: &Locale, entries: &[Entry], next: Option<Cursor>) -> Reply {
    let pen = Pen { words, locale };
    let lines: Vec<String> = entries.iter().map(|entry| pen.line(entry)).collect();
    let about = if lines.is_empty() {
        pen.word("audit-mine-empty")
    } else {
        lines.join("\n")
    };
    let title = pen.word("audit-mine-title");
    let embed = Embed::new(Colour::Neutral, title, clipped(&about, CARD_LENGTH_MAX));
    let mut reply = Reply::card(Visibility::Private, embed);
    if !entries.is_empty() {
        reply.rows.push(Row::Select(pen.select(entries)));
    }
    match next {
        Some(next) => {
            let id = format!("audit:page:{next}");
            reply.with_buttons(vec![button(id, pen.word("audit-button-older"))])
        }
        None => reply,
    }
}

fn button(custom_id: String, label: String) -> Button {
    Button {
        custom_id,
        label,
        style: ButtonStyle::Secondary,
        enabled: true,
    }
}

const fn colour(outcome: Outcome) -> Colour {
    match outcome {
        Outcome::Executed => Colour::Neutral,
        Outcome::Suppressed | Outcome::Pending => Colour::Warning,
        Outcome::Error => Colour::Danger,
    }
}

impl Pen<'_> {
    fn say(&self, told: &Told) -> String {
        self.words.say(self.locale, told)
    }

    fn word(&self, key: &'static str) -> String {
        self.say(&Told::new(key))
    }

    fn with(&self, key: &'static str, name: &'static str, value: String) -> String {
        self.say(&Told::new(key).with(name, value))
    }

    fn title(&self, entry: &Entry) -> String {
        let what = match action_key(&entry.action) {
            Some(key) => self.word(key),
            None => self.with("audit-action-other", "action", escaped(&entry.action)),
        };
        match entry.outcome {
            Outcome::Executed => what,
            Outcome::Suppressed => self.with("audit-title-suppressed", "what", what),
            Outcome::Error => self.with("audit-title-error", "what", what),
            Outcome::Pending => self.with("audit-title-pending", "what", what),
        }
    }

    fn line(&self, entry: &Entry) -> String {
        let when = format!("<t:{}:f>", entry.at.millis().div_euclid(1_000));
        let case = entry.case.map(|case| self.case(case));
        let case = case.map(|case| format!(" · {case}")).unwrap_or_default();
        format!("{when} · {}{case}", self.title(entry))
    }

    fn case(&self, case: i64) -> String {
        self.say(&Told::new("audit-case").with("case", case))
    }

    fn select(&self, entries: &[Entry]) -> Select {
        let option = |entry: &Entry| SelectOption {
            label: clipped(&self.title(entry), 100),
            value: entry.id.to_string(),
            description: Some(entry.at.to_string()),
            chosen: false,
        };
        Select {
            custom_id: "audit:open".to_owned(),
            placeholder: self.word("audit-mine-open"),
            options: entries.iter().take(25).map(option).collect(),
        }
    }

    /// When, why, what was seen, what was matched, what was remembered, what was said.
    fn about(&self, entry: &Entry) -> String {
        let when = format!("<t:{}:f>", entry.at.millis().div_euclid(1_000));
        let mut lines = vec![self.with("audit-when", "when", when)];
        let reasoning = entry.reasoning.iter();
        lines.extend(reasoning.map(|words| self.quote("audit-why", words)));
        let content = entry.input.content.iter();
        lines.extend(content.map(|words| self.quote("audit-seen", words)));
        lines.extend(self.list("audit-matched", &entry.matched));
        lines.extend(self.memories(&entry.input.memories));
        let before = i64::try_from(entry.input.history.len()).unwrap_or(i64::MAX);
        if before > 0 {
            lines.push(self.say(&Told::new("audit-history").with("count", before)));
        }
        let answer = entry.answer.iter();
        lines.extend(answer.map(|words| self.quote("audit-answer", words)));
        lines.join("\n")
    }

    /// One quote, without its name.
    fn quoted(&self, words: &Quoted) -> String {
        match &words.text {
            Kept::Here(text) => escaped(&clipped(text, QUOTE_LENGTH_MAX)),
            Kept::Gone => self.word("audit-gone"),
            Kept::Withheld => self.word("audit-withheld"),
        }
    }

    fn quote(&self, key: &'static str, words: &Quoted) -> String {
        self.with(key, "text", self.quoted(words))
    }

    fn list(&self, key: &'static str, all: &[Quoted]) -> Option<String> {
        let mut quotes: Vec<String> = all
            .iter()
            .take(QUOTES_MAX)
            .map(|one| self.quoted(one))
            .collect();
        quotes.dedup();
        (!quotes.is_empty()).then(|| self.with(key, "text", quotes.join(", ")))
    }

    fn memories(&self, memories: &[Quoted]) -> Vec<String> {
        if memories.is_empty() {
            return Vec::new();
        }
        let count = i64::try_from(memories.len()).unwrap_or(i64::MAX);
        let mut lines = vec![self.say(&Told::new("audit-memories").with("count", count))];
        lines.extend(memories.iter().take(QUOTES_MAX).map(|memory| {
            let id = match memory.label.as_str() {
                "" => String::new(),
                label => format!("{}: ", escaped(label)),
            };
            format!("• {id}{}", self.quoted(memory))
        }));
        lines
    }

    /// At most four pairs, each short enough to stand beside others.
    fn facts(&self, entry: &Entry) -> Vec<(&'static str, String)> {
        let mut facts = Vec::new();
        if let Some(rule) = &entry.rule {
            facts.push(("audit-rule", rule_name(rule, &entry.active_rules)));
        }
        if let Some(model) = &entry.model {
            let mut value = escaped(model);
            if let Some(version) = &entry.prompt_version {
                value.push_str(" · ");
                value.push_str(&self.with("audit-prompt", "version", escaped(version)));
            }
            facts.push(("audit-model", value));
        }
        let confidence = entry.confidence.map(percent);
        let sure: Vec<String> = confidence
            .into_iter()
            .chain(entry.cost.as_ref().map(money))
            .collect();
        if !sure.is_empty() {
            facts.push(("audit-confidence", sure.join(" · ")));
        }
        let record = [
            entry.case.map(|case| self.case(case)),
            entry
                .config_revision
                .map(|revision| self.say(&Told::new("audit-revision").with("revision", revision))),
        ];
        let record: Vec<String> = record.into_iter().flatten().collect();
        if !record.is_empty() {
            facts.push(("audit-record", record.join(" · ")));
        }
        facts
    }

    fn effects(&self, entry: &Entry) -> String {
        if entry.effects.is_empty() {
            return self.word("audit-no-effects");
        }
        let lines = entry.effects.iter().take(QUOTES_MAX * 2).map(|effect| {
            let deed = match deed_key(&effect.kind) {
                Some(key) => self.word(key),
                None => escaped(&effect.kind),
            };
            match &effect.state {
                EffectState::Pending => self.with("audit-effect-pending", "deed", deed),
                EffectState::Done => self.with("audit-effect-done", "deed", deed),
                EffectState::Failed { error } => {
                    let told = Told::new("audit-effect-failed").with("deed", deed);
                    self.say(&told.with("error", escaped(&clipped(error, 100))))
                }
            }
        });
        lines.collect::<Vec<String>>().join("\n")
    }

    fn footer(&self, entry: &Entry) -> String {
        let id = entry.id.to_string();
        match entry.link {
            Some(link) => {
                let told = Told::new("audit-footer")
                    .with("id", id)
                    .with("seq", link.seq);
                self.say(&told.with("hash", link.hash.short()))
            }
            None => self.with("audit-footer-unsealed", "id", id),
        }
    }
}

fn rule_name(id: &str, rules: &[RuleSeen]) -> String {
    let name = rules
        .iter()
        .find(|rule| rule.id == id)
        .map(|rule| rule.name.as_str());
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{} ({})", escaped(name), escaped(id)),
        None => escaped(id),
    }
}

/// Whole percents, with a digit behind the point where it says something.
fn percent(confidence: Confidence) -> String {
    let tenths = confidence.millionths() / 1_000;
    match tenths % 10 {
        0 => format!("{} %", tenths / 10),
        tenth => format!("{}.{tenth} %", tenths / 10),
    }
}

fn money(cost: &Cost) -> String {
    let (whole, part) = (cost.micros / 1_000_000, cost.micros % 1_000_000);
    format!("{whole}.{part:06} {}", escaped(&cost.currency))
}

/// The words for an action that is known here.
fn action_key(action: &str) -> Option<&'static str> {
    Some(match action {
        "answer" => "audit-action-answer",
        "ban" => "audit-action-ban",
        "config" => "audit-action-config",
        "delete" => "audit-action-delete",
        "hold" => "audit-action-hold",
        "judge" => "audit-action-judge",
        "kick" => "audit-action-kick",
        "learn" => "audit-action-learn",
        "note" => "audit-action-note",
        "persona_deploy" => "audit-action-persona-deploy",
        "persona_pause" => "audit-action-persona-pause",
        "persona_resume" => "audit-action-persona-resume",
        "rollback" => "audit-action-rollback",
        "summarise" => "audit-action-summarise",
        "timeout" => "audit-action-timeout",
        "unban" => "audit-action-unban",
        "undo" => "audit-action-undo",
        "warn" => "audit-action-warn",
        _ => return None,
    })
}

/// The words for an effect that is known here.
fn deed_key(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "answer" => "audit-deed-answer",
        "ban" => "audit-deed-ban",
        "delete_message" => "audit-deed-delete",
        "edit_message" => "audit-deed-edit",
        "kick" => "audit-deed-kick",
        "lock" => "audit-deed-lock",
        "lockdown" => "audit-deed-lockdown",
        "post" | "post_message" => "audit-deed-post",
        "profile" => "audit-deed-profile",
        "purge" => "audit-deed-purge",
        "react" => "audit-deed-react",
        "repost" => "audit-deed-repost",
        "slowmode" => "audit-deed-slowmode",
        "direct_message" | "tell" => "audit-deed-tell",
        "timeout" => "audit-deed-timeout",
        "unban" => "audit-deed-unban",
        "unlock" => "audit-deed-unlock",
        "lift_timeout" | "timeout_end" => "audit-deed-untimeout",
        _ => return None,
    })
}

/// Text of a person, so that it can form no link, mention or layout.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            _ if letter.is_control() => out.push(' '),
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '[' | ']' | '(' | ')' | '#' | '@'
            | ':' | '/' => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, money, percent};
    use crate::entry::{Confidence, Cost};

    #[test]
    fn numbers_are_said_shortly_and_exactly() {
        let percents = [0, 500, 925_000, 999_999, 1_000_000];
        let said: Vec<String> = percents.map(Confidence::of_millionths).map(percent).into();
        assert_eq!(said, ["0 %", "0 %", "92.5 %", "99.9 %", "100 %"]);
        let cost = Cost {
            currency: "USD".to_owned(),
            micros: 1_000_420,
        };
        assert_eq!(money(&cost), "1.000420 USD");
    }

    #[test]
    fn what_a_person_wrote_forms_no_link_mention_or_layout() {
        assert_eq!(
            escaped("**x** [y](https://z) <@1>\n# t"),
            r"\*\*x\*\* \[y\]\(https\:\/\/z\) \<\@1\> \# t"
        );
    }
}
