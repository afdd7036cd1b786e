//! A fact: one sentence about a member or the guild, with where it came from and until when it holds.

use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};

use crate::place::{Scope, Viewer};

/// The most characters of a fact.
pub const FACT_LENGTH_MAX: usize = 300;

/// Names a fact; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactId(i64);

impl FactId {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl std::fmt::Display for FactId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The member who said it.
    Member,
    /// The guild.
    Guild,
}

impl Subject {
    /// The name as it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Guild => "guild",
        }
    }

    /// The subject of this name; anything unknown is the narrower one.
    pub(crate) fn of_name(name: &str) -> Self {
        if name == "guild" {
            Self::Guild
        } else {
            Self::Member
        }
    }
}

/// How it came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A model took it from what was said.
    Said,
    /// The member added it.
    Added,
}

impl Origin {
    /// The name as it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Said => "said",
            Self::Added => "added",
        }
    }

    pub(crate) fn of_name(name: &str) -> Self {
        if name == "added" {
            Self::Added
        } else {
            Self::Said
        }
    }
}

/// Whether it still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactState {
    /// It does.
    Live,
    /// A newer one said otherwise.
    Superseded,
}

impl FactState {
    /// The name as it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Superseded => "superseded",
        }
    }

    pub(crate) fn of_name(name: &str) -> Self {
        if name == "live" {
            Self::Live
        } else {
            Self::Superseded
        }
    }
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// The guild.
    pub guild: GuildId,
    /// What it is about.
    pub subject: Subject,
    /// Whom it is about; for a fact of the guild, who taught it.
    pub user: UserId,
    /// Where it was learnt.
    pub channel: ChannelId,
    /// Where it may be used.
    pub scope: Scope,
    /// The sentence: one line, and somebody's word.
    pub text: String,
    /// What a newer fact contradicts it by.
    pub phrase: Option<String>,
    /// The message it was learnt from.
    pub source: Option<MessageId>,
    /// How it came to be known.
    pub origin: Origin,
    /// How sure it is, in thousandths.
    pub confidence_permille: u16,
    /// How much it matters, 1 to 10.
    pub importance: u8,
    /// Whether it still holds.
    pub state: FactState,
    /// When it was learnt.
    pub at: Timestamp,
    /// When it was last said.
    pub updated_at: Timestamp,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

impl Fact {
    /// How sure it is, from 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        f64::from(self.confidence_permille) / 1_000.0
    }

    /// Whether it may be used for this viewer's answer now. The statement that found it says the same.
    #[must_use]
    pub fn is_for(&self, viewer: &Viewer, now: Timestamp) -> bool {
        self.guild == viewer.guild
            && self.state == FactState::Live
            && self.expires_at > now
            && (self.subject == Subject::Guild || self.user == viewer.user)
            && viewer.may_read(self.scope, self.channel)
    }
}
