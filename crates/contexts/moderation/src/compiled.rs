//! A guild's rules made ready once for each revision: one automaton for all words, one set for all patterns.
//!
//! What is ready never changes, and can be shared. A rule that the check of the settings would refuse is left out
//! here, and named by [`Compiled::left_out`].

use std::{collections::HashSet, fmt, sync::OnceLock};

use kernel::{ChannelId, RoleId, Span};
use regex::{Regex, RegexSet};

use crate::{
    flood::{Alike, Count},
    lexicon::{Lexicon, Word},
    links::host_of_rule,
    pattern,
    settings::{Mode, RULES_MAX, Rule, Settings, Trigger, WORDS_MAX},
};

/// A guild's rules, ready to be applied.
#[derive(Debug)]
pub struct Compiled {
    pub(crate) enabled: bool,
    pub(crate) exempt_roles: HashSet<RoleId>,
    pub(crate) exempt_channels: HashSet<ChannelId>,
    pub(crate) rules: Vec<Ready>,
    pub(crate) lexicon: Option<Lexicon>,
    pub(crate) patterns: Option<Patterns>,
    /// The places of the rules that look for links or invitations.
    pub(crate) linked: Vec<u16>,
    /// The places of those that look at capital letters or names of files.
    pub(crate) shaped: Vec<u16>,
    /// The places of those that hit, or ask, by something else than what stands in a text.
    pub(crate) beside: Vec<u16>,
    /// Whether any rule counts messages, and whether by their text.
    pub(crate) counts: Option<Alike>,
    left_out: Vec<String>,
}

/// A rule that is applied.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) rule: Rule,
    pub(crate) plan: Plan,
}

/// How a rule is applied.
#[derive(Debug)]
pub(crate) enum Plan {
    /// By the automaton of all words.
    Words,
    /// By the set of all patterns.
    Patterns,
    Links {
        allow: Vec<String>,
        deny: Vec<String>,
        disguised: bool,
    },
    Invites {
        allow: Vec<String>,
    },
    Counted(Count),
    Mentions(u32),
    Caps {
        percent: u32,
        letters_min: u32,
    },
    NewAccount(Span),
    /// Names in small letters.
    Names(Vec<String>),
    Model,
}

/// The patterns of all rules.
pub(crate) struct Patterns {
    pub(crate) set: RegexSet,
    each: Vec<Pattern>,
}

struct Pattern {
    rule: u16,
    text: String,
    /// Made when it first hits, to find the place.
    regex: OnceLock<Option<Regex>>,
}

impl fmt::Debug for Patterns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Patterns")
            .field("count", &self.each.len())
            .finish_non_exhaustive()
    }
}

impl Patterns {
    fn of(patterns: Vec<(u16, String)>) -> Option<Self> {
        if patterns.is_empty() {
            return None;
        }
        let texts: Vec<&str> = patterns.iter().map(|(_, text)| text.as_str()).collect();
        let set = pattern::set(&texts)?;
        let each = patterns
            .into_iter()
            .map(|(rule, text)| Pattern {
                rule,
                text,
                regex: OnceLock::new(),
            })
            .collect();
        Some(Self { set, each })
    }

    /// The rule of a pattern of the set, and where the pattern stands in a text.
    pub(crate) fn place(&self, number: usize, text: &str) -> Option<(u16, usize, usize)> {
        let pattern = self.each.get(number)?;
        let regex = pattern
            .regex
            .get_or_init(|| pattern::checked(&pattern.text).ok());
        let found = regex.as_ref()?.find(text)?;
        Some((pattern.rule, found.start(), found.end()))
    }
}

impl Compiled {
    /// The rules of these settings, ready to be applied.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let mut making = Making::default();
        for rule in settings
            .rules
            .iter()
            .filter(|rule| rule.enabled)
            .take(RULES_MAX)
        {
            making.add(rule);
        }
        let places = |wanted: fn(&Plan) -> bool| {
            (0_u16..)
                .zip(&making.rules)
                .filter(|(_, ready)| wanted(&ready.plan))
                .map(|(place, _)| place)
                .collect()
        };
        let linked = places(|plan| matches!(plan, Plan::Links { .. } | Plan::Invites { .. }));
        let shaped = places(|plan| matches!(plan, Plan::Caps { .. } | Plan::Names(_)));
        let beside = places(|plan| {
            matches!(
                plan,
                Plan::Counted(_) | Plan::Mentions(_) | Plan::NewAccount(_) | Plan::Model
            )
        });
        let counts = making.rules.iter().filter_map(|ready| match &ready.plan {
            Plan::Counted(count) => Some(count.alike),
            _ => None,
        });
        let counts = counts.max();
        Self {
            enabled: settings.enabled,
            exempt_roles: settings.exempt_role_ids.iter().copied().collect(),
            exempt_channels: settings.exempt_channel_ids.iter().copied().collect(),
            lexicon: Lexicon::of(making.words),
            patterns: Patterns::of(making.patterns),
            rules: making.rules,
            linked,
            shaped,
            beside,
            counts,
            left_out: making.left_out,
        }
    }

    /// The rules that are applied: id, name and mode, for whoever writes down what was active.
    pub fn active(&self) -> impl Iterator<Item = (&str, &str, Mode)> {
        let rules = self.rules.iter().filter(|_| self.enabled);
        rules.map(|ready| (ready.rule.id.as_str(), ready.rule.title(), ready.rule.mode))
    }

    /// The ids of rules that can't be applied, because their words or patterns make no sense.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

#[derive(Default)]
struct Making {
    rules: Vec<Ready>,
    words: Vec<(u16, Word)>,
    patterns: Vec<(u16, String)>,
    left_out: Vec<String>,
}

impl Making {
    fn add(&mut self, rule: &Rule) {
        let place = u16::try_from(self.rules.len()).expect("there are at most 200 rules");
        match self.plan(place, &rule.trigger) {
            Some(plan) => self.rules.push(Ready {
                rule: rule.clone(),
                plan,
            }),
            None => self.left_out.push(rule.id.clone()),
        }
    }

    fn plan(&mut self, place: u16, trigger: &Trigger) -> Option<Plan> {
        Some(match trigger {
            Trigger::Words { words } => {
                let room = WORDS_MAX.saturating_sub(self.words.len());
                let words = words.iter().take(room).filter_map(|word| Word::of(word));
                let before = self.words.len();
                self.words.extend(words.map(|word| (place, word)));
                return (self.words.len() > before).then_some(Plan::Words);
            }
            Trigger::Regex { patterns } => {
                let good = patterns
                    .iter()
                    .filter(|text| pattern::checked(text).is_ok());
                let before = self.patterns.len();
                self.patterns.extend(good.map(|text| (place, text.clone())));
                return (self.patterns.len() > before).then_some(Plan::Patterns);
            }
            Trigger::Links {
                allow,
                deny,
                disguised,
            } => Plan::Links {
                allow: allow.iter().map(|host| host_of_rule(host)).collect(),
                deny: deny.iter().map(|host| host_of_rule(host)).collect(),
                disguised: *disguised,
            },
            Trigger::Invites { allow } => Plan::Invites {
                allow: allow.clone(),
            },
            Trigger::Flood { messages, seconds } => {
                Plan::Counted(counted(place, *messages, *seconds, Alike::Any))
            }
            Trigger::Duplicates { messages, seconds } => {
                Plan::Counted(counted(place, *messages, *seconds, Alike::Same))
            }
            Trigger::Mentions { max } => Plan::Mentions(*max),
            Trigger::Caps {
                percent,
                letters_min,
            } => Plan::Caps {
                percent: *percent,
                letters_min: *letters_min,
            },
            Trigger::NewAccount { days } => Plan::NewAccount(Span::days(*days)),
            Trigger::Attachments { names } => Plan::Names(
                names
                    .iter()
                    .map(|name| name.trim().to_lowercase())
                    .collect(),
            ),
            Trigger::Model { .. } => Plan::Model,
        })
    }
}

fn counted(rule: u16, messages: u32, seconds: u32, alike: Alike) -> Count {
    Count {
        rule,
        messages: usize::try_from(messages.max(2)).unwrap_or(usize::MAX),
        span: Span::seconds(seconds),
        alike,
    }
}
