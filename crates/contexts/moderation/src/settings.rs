//! What an owner can set about moderation: rules with triggers and actions, points, and what is kept how long.
//!
//! Settings come out of a guild's configuration document. [`Settings::check`] says everything that is wrong with
//! them, with its place, before they are taken on. Not here: how a rule is matched (`compiled`).

mod check;

use kernel::{ChannelId, RoleId};
use serde::{Deserialize, Serialize};

pub use check::{
    PATTERN_LENGTH_MAX, PATTERN_SIZE_MAX, PATTERNS_SIZE_MAX, RULES_MAX, STARS_MAX, SettingsError,
    WORD_LENGTH_MAX, WORDS_MAX,
};

/// The moderation of one guild.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether rules are applied at all.
    pub enabled: bool,
    /// Where cards about decisions are posted.
    pub log_channel_id: Option<ChannelId>,
    /// Members with one of these roles are left alone by every rule.
    pub exempt_role_ids: Vec<RoleId>,
    /// Messages in these channels are left alone by every rule.
    pub exempt_channel_ids: Vec<ChannelId>,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// What points lead to.
    pub points: Points,
    /// For how many days the words of removed messages are kept, so that they can be given back; at most 30.
    pub kept_days: u32,
}

/// A rule: what sets it off, and what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id, unique within the guild.
    pub id: String,
    /// What people call it; its id where this is empty.
    #[serde(default)]
    pub name: String,
    /// Whether it is applied.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether it acts, or only notes what it would have done.
    #[serde(default)]
    pub mode: Mode,
    /// What sets it off.
    pub trigger: Trigger,
    /// What follows.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// Whether it holds for members who may manage messages too.
    #[serde(default)]
    pub include_moderators: bool,
    /// Members with one of these roles are left alone by it.
    #[serde(default)]
    pub exempt_role_ids: Vec<RoleId>,
    /// Messages in these channels are left alone by it.
    #[serde(default)]
    pub exempt_channel_ids: Vec<ChannelId>,
}

const fn yes() -> bool {
    true
}

/// Whether a rule acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It does.
    #[default]
    Act,
    /// It only notes what it would have done.
    Shadow,
}

/// What sets a rule off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// Whole words after folding; `*` stands for any letters.
    Words {
        /// The words.
        words: Vec<String>,
    },
    /// Patterns in linear time, over the text as it is seen.
    Regex {
        /// The patterns.
        patterns: Vec<String>,
    },
    /// Links. One hits where it is denied, or where nothing is denied and it is not allowed.
    Links {
        /// Hosts that never hit, with those under them.
        #[serde(default)]
        allow: Vec<String>,
        /// Hosts that hit, with those under them; empty for every host.
        #[serde(default)]
        deny: Vec<String>,
        /// Whether links hit that show one host and lead to another; with no host named, only these do.
        #[serde(default)]
        disguised: bool,
    },
    /// Invitations to Discord servers.
    Invites {
        /// Codes that never hit, such as the server's own.
        #[serde(default)]
        allow: Vec<String>,
    },
    /// Too many messages of one member in a time.
    Flood {
        /// From this many on.
        messages: u32,
        /// Within this time.
        seconds: u32,
    },
    /// The same text again and again.
    Duplicates {
        /// From this many on.
        messages: u32,
        /// Within this time.
        seconds: u32,
    },
    /// Too many mentions in one message.
    Mentions {
        /// The most that are allowed.
        max: u32,
    },
    /// Mostly capital letters.
    Caps {
        /// From this share of all letters that have a case.
        percent: u32,
        /// Shorter texts never hit.
        #[serde(default = "twelve")]
        letters_min: u32,
    },
    /// The author's account is young.
    NewAccount {
        /// Younger than this.
        days: u32,
    },
    /// Names of attached files; `*` stands for anything.
    Attachments {
        /// The names, such as `*.exe`.
        names: Vec<String>,
    },
    /// A model's judgement of the text against rules in plain words.
    Model {
        /// The rules.
        rules: String,
        /// The least confidence at which it counts, from 0 to 1.
        threshold: f64,
    },
}

const fn twelve() -> u32 {
    12
}

/// What follows when a rule is set off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The message is removed.
    Delete {},
    /// The message is removed, and waits for a moderator who may give it back.
    Hold {},
    /// The member is told, and gets points.
    Warn {
        /// How many.
        #[serde(default = "one")]
        points: u32,
    },
    /// The member gets points without a word.
    Points {
        /// How many.
        points: u32,
    },
    /// The member can't write for a time.
    Timeout {
        /// How long.
        minutes: u32,
    },
    /// A card in the log channel, and nothing else.
    Log {},
}

const fn one() -> u32 {
    1
}

/// What points lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Points {
    /// After how many days a case's points count no longer.
    pub decay_days: u32,
    /// What follows from how many points on; the highest reached counts.
    pub steps: Vec<Step>,
}

/// What follows from this many points on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The points.
    pub points: u32,
    /// What follows.
    pub sanction: StepSanction,
}

/// What points can lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum StepSanction {
    /// The member can't write for a time.
    Timeout {
        /// How long.
        minutes: u32,
    },
    /// The member is removed, and may come back.
    Kick {},
    /// The member is banned.
    Ban {
        /// For how many days; for ever where this is missing.
        #[serde(default)]
        days: Option<u32>,
    },
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            log_channel_id: None,
            exempt_role_ids: Vec::new(),
            exempt_channel_ids: Vec::new(),
            rules: Vec::new(),
            points: Points::default(),
            kept_days: 14,
        }
    }
}

impl Default for Points {
    fn default() -> Self {
        Self {
            decay_days: 30,
            steps: Vec::new(),
        }
    }
}

impl Rule {
    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.name.trim().is_empty() {
            &self.id
        } else {
            &self.name
        }
    }
}

impl Trigger {
    /// The kind, as the document spells it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Words { .. } => "words",
            Self::Regex { .. } => "regex",
            Self::Links { .. } => "links",
            Self::Invites { .. } => "invites",
            Self::Flood { .. } => "flood",
            Self::Duplicates { .. } => "duplicates",
            Self::Mentions { .. } => "mentions",
            Self::Caps { .. } => "caps",
            Self::NewAccount { .. } => "new_account",
            Self::Attachments { .. } => "attachments",
            Self::Model { .. } => "model",
        }
    }
}

#[cfg(test)]
mod tests;
