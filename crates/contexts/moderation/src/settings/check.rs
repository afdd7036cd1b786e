//! What can be wrong with moderation's settings, each with its place and what would be right.

use std::collections::HashSet;

use super::{Action, Rule, Settings, StepSanction, Trigger};
use crate::{lexicon::Word, pattern};

/// The most rules of a guild.
pub const RULES_MAX: usize = 200;
/// The most words of all its rules together.
pub const WORDS_MAX: usize = 10_000;
/// The most characters of a word.
pub const WORD_LENGTH_MAX: usize = 100;
/// The most `*` in a word.
pub const STARS_MAX: usize = 4;
/// The most characters of a pattern.
pub const PATTERN_LENGTH_MAX: usize = 260;
/// The most bytes that one pattern may take when compiled.
pub const PATTERN_SIZE_MAX: usize = 256 * 1024;
/// The most bytes that all patterns may take together.
pub const PATTERNS_SIZE_MAX: usize = 8 * 1024 * 1024;
/// The most hosts, codes, names or patterns of one rule.
const LIST_MAX: usize = 500;
/// The longest time-out that Discord knows, in minutes.
const TIMEOUT_MINUTES_MAX: u32 = 28 * 24 * 60;
/// Flood and duplicates look back this far at most.
const WINDOW_SECONDS_MAX: u32 = 600;
/// And count this far at most.
const WINDOW_MESSAGES_MAX: u32 = 50;

/// What is wrong with settings, with the place as a JSON pointer inside them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct SettingsError {
    /// Where.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// The faults found so far.
struct Faults(Vec<SettingsError>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, reason: impl Into<String>) {
        self.0.push(SettingsError {
            pointer: pointer.into(),
            reason: reason.into(),
        });
    }

    fn bounded(&mut self, pointer: String, value: u32, min: u32, max: u32) {
        if !(min..=max).contains(&value) {
            self.add(
                pointer,
                format!("{value} is not a whole number from {min} to {max}"),
            );
        }
    }
}

impl Settings {
    /// Everything that is wrong, so that it can be put right at once.
    #[must_use]
    pub fn check(&self) -> Vec<SettingsError> {
        let mut faults = Faults(Vec::new());
        faults.bounded("/kept_days".to_owned(), self.kept_days, 0, 30);
        points(&mut faults, self);
        if self.rules.len() > RULES_MAX {
            let reason = format!(
                "{} rules are too many: at most {RULES_MAX}",
                self.rules.len()
            );
            faults.add("/rules", reason);
            return faults.0;
        }
        let mut ids = HashSet::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if !ids.insert(rule.id.as_str()) {
                let reason = format!("the id `{}` is used twice: give each rule its own", rule.id);
                faults.add(format!("/rules/{at}/id"), reason);
            }
            checked(&mut faults, at, rule);
        }
        totals(&mut faults, self);
        faults.0
    }
}

fn points(faults: &mut Faults, settings: &Settings) {
    faults.bounded(
        "/points/decay_days".to_owned(),
        settings.points.decay_days,
        1,
        3650,
    );
    if settings.points.steps.len() > 10 {
        faults.add("/points/steps", "at most 10 steps");
    }
    for (at, step) in settings.points.steps.iter().enumerate() {
        let place = format!("/points/steps/{at}");
        faults.bounded(format!("{place}/points"), step.points, 1, 10_000);
        match step.sanction {
            StepSanction::Timeout { minutes } => faults.bounded(
                format!("{place}/sanction/minutes"),
                minutes,
                1,
                TIMEOUT_MINUTES_MAX,
            ),
            StepSanction::Ban { days: Some(days) } => {
                faults.bounded(format!("{place}/sanction/days"), days, 1, 3650);
            }
            StepSanction::Kick {} | StepSanction::Ban { days: None } => {}
        }
    }
}

fn totals(faults: &mut Faults, settings: &Settings) {
    let words: usize = settings
        .rules
        .iter()
        .map(|rule| match &rule.trigger {
            Trigger::Words { words } => words.len(),
            _ => 0,
        })
        .sum();
    if words > WORDS_MAX {
        faults.add(
            "/rules",
            format!("{words} words in all are too many: at most {WORDS_MAX}"),
        );
    }
    let patterns: Vec<&str> = settings
        .rules
        .iter()
        .filter_map(|rule| match &rule.trigger {
            Trigger::Regex { patterns } => Some(patterns),
            _ => None,
        })
        .flatten()
        .map(String::as_str)
        .collect();
    if faults.0.is_empty() && !patterns.is_empty() && pattern::set(&patterns).is_none() {
        faults.add(
            "/rules",
            "the patterns of all rules are too large together: shorten them, or use fewer repeats",
        );
    }
}

fn checked(faults: &mut Faults, at: usize, rule: &Rule) {
    let place = format!("/rules/{at}");
    let good_id = (1..=64).contains(&rule.id.len())
        && rule
            .id
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if !good_id {
        faults.add(
            format!("{place}/id"),
            "write 1 to 64 letters, digits, `-`, `_` or `.`",
        );
    }
    if rule.name.chars().count() > 100 || rule.name.chars().any(char::is_control) {
        faults.add(
            format!("{place}/name"),
            "write at most 100 characters on one line",
        );
    }
    trigger(faults, &format!("{place}/trigger"), &rule.trigger);
    if rule.actions.len() > 10 {
        faults.add(format!("{place}/actions"), "at most 10 actions");
    }
    for (step, action) in rule.actions.iter().enumerate() {
        let place = format!("{place}/actions/{step}");
        match action {
            Action::Warn { points } => faults.bounded(format!("{place}/points"), *points, 0, 1_000),
            Action::Points { points } => {
                faults.bounded(format!("{place}/points"), *points, 1, 1_000);
            }
            Action::Timeout { minutes } => {
                faults.bounded(format!("{place}/minutes"), *minutes, 1, TIMEOUT_MINUTES_MAX);
            }
            Action::Delete {} | Action::Hold {} | Action::Log {} => {}
        }
    }
}

fn trigger(faults: &mut Faults, place: &str, trigger: &Trigger) {
    match trigger {
        Trigger::Words { words } => self::words(faults, place, words),
        Trigger::Regex { patterns } => regexes(faults, place, patterns),
        Trigger::Links { allow, deny, .. } => {
            hosts(faults, &format!("{place}/allow"), allow);
            hosts(faults, &format!("{place}/deny"), deny);
        }
        Trigger::Invites { allow } => list(faults, &format!("{place}/allow"), allow, 100),
        Trigger::Flood { messages, seconds } | Trigger::Duplicates { messages, seconds } => {
            let most = WINDOW_MESSAGES_MAX;
            faults.bounded(format!("{place}/messages"), *messages, 2, most);
            faults.bounded(format!("{place}/seconds"), *seconds, 1, WINDOW_SECONDS_MAX);
        }
        Trigger::Mentions { max } => faults.bounded(format!("{place}/max"), *max, 0, 100),
        Trigger::Caps {
            percent,
            letters_min,
        } => {
            faults.bounded(format!("{place}/percent"), *percent, 1, 100);
            faults.bounded(format!("{place}/letters_min"), *letters_min, 1, 4_000);
        }
        Trigger::NewAccount { days } => faults.bounded(format!("{place}/days"), *days, 1, 3650),
        Trigger::Attachments { names } => {
            filled(faults, &format!("{place}/names"), names.len());
            list(faults, &format!("{place}/names"), names, 100);
        }
        Trigger::Model { rules, threshold } => {
            if !(1..=4_000).contains(&rules.trim().chars().count()) {
                faults.add(
                    format!("{place}/rules"),
                    "write the rules in 1 to 4000 characters",
                );
            }
            if !(0.0..=1.0).contains(threshold) {
                faults.add(format!("{place}/threshold"), "write a number from 0 to 1");
            }
        }
    }
}

fn filled(faults: &mut Faults, place: &str, count: usize) {
    if count == 0 {
        faults.add(place, "the list is empty, so the rule would never hit");
    }
}

fn words(faults: &mut Faults, place: &str, words: &[String]) {
    filled(faults, &format!("{place}/words"), words.len());
    for (at, word) in words.iter().enumerate().take(WORDS_MAX) {
        let place = format!("{place}/words/{at}");
        if word.chars().count() > WORD_LENGTH_MAX {
            faults.add(place, format!("write at most {WORD_LENGTH_MAX} characters"));
        } else if word.matches('*').count() > STARS_MAX {
            faults.add(place, format!("use at most {STARS_MAX} `*`"));
        } else if Word::of(word).is_none() {
            faults.add(
                place,
                "a word needs at least one letter, digit or emoji besides `*`",
            );
        }
    }
}

fn regexes(faults: &mut Faults, place: &str, patterns: &[String]) {
    filled(faults, &format!("{place}/patterns"), patterns.len());
    if patterns.len() > 50 {
        faults.add(format!("{place}/patterns"), "at most 50 patterns in a rule");
        return;
    }
    for (at, text) in patterns.iter().enumerate() {
        if let Err(reason) = pattern::checked(text) {
            faults.add(format!("{place}/patterns/{at}"), reason);
        }
    }
}

fn list(faults: &mut Faults, place: &str, entries: &[String], length_max: usize) {
    if entries.len() > LIST_MAX {
        faults.add(place, format!("at most {LIST_MAX} entries"));
        return;
    }
    for (at, entry) in entries.iter().enumerate() {
        if !(1..=length_max).contains(&entry.trim().chars().count()) {
            faults.add(
                format!("{place}/{at}"),
                format!("write 1 to {length_max} characters"),
            );
        }
    }
}

fn hosts(faults: &mut Faults, place: &str, hosts: &[String]) {
    list(faults, place, hosts, 253);
    for (at, host) in hosts.iter().enumerate().take(LIST_MAX) {
        if host.contains(['/', ':', '@', ' ', '*']) {
            faults.add(
                format!("{place}/{at}"),
                "write a host alone, such as example.com: those under it are meant too",
            );
        }
    }
}
