//! An entry as it is read: one decision, with how it ended where that came later.

use std::{fmt, str::FromStr};

use kernel::{ChannelId, GuildId, MessageId, Timestamp, UserId};

use crate::canon::Hash;

/// Names an entry; later ones are larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(i64);

/// A text that names no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no id of an audit entry: an id is a whole number above zero")]
pub struct EntryIdError;

impl EntryId {
    /// The id with this number.
    ///
    /// # Errors
    /// When the number is not positive.
    pub const fn new(number: i64) -> Result<Self, EntryIdError> {
        if number > 0 {
            return Ok(Self(number));
        }
        Err(EntryIdError)
    }

    pub(crate) const fn of_column(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for EntryId {
    type Err = EntryIdError;

    fn from_str(text: &str) -> Result<Self, EntryIdError> {
        let is_plain = text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_plain { text.parse().ok() } else { None };
        number.map_or(Err(EntryIdError), Self::new)
    }
}

/// What sort of decision it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A rule of the moderation.
    Moderation,
    /// A model's answer or judgement.
    Ai,
    /// A change of the settings.
    Config,
    /// A person, by command.
    Human,
    /// A session or a token wrote something.
    Access,
    /// An automated hold of money, or a correction by a person.
    Money,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Moderation,
        Self::Ai,
        Self::Config,
        Self::Human,
        Self::Access,
        Self::Money,
    ];

    /// The name as the contract spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moderation => "moderation",
            Self::Ai => "ai",
            Self::Config => "config",
            Self::Human => "human",
            Self::Access => "access",
            Self::Money => "money",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was carried out.
    Executed,
    /// It was held back: a shadow rule, a switch that is off.
    Suppressed,
    /// It failed.
    Error,
    /// It is not known yet.
    Pending,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Executed, Self::Suppressed, Self::Error, Self::Pending];

    /// The name as the contract spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Suppressed => "suppressed",
            Self::Error => "error",
            Self::Pending => "pending",
        }
    }

    /// The outcome with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What set a decision off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriggerKind {
    /// A new message.
    Message,
    /// An edited message.
    Edit,
    /// A reaction.
    Reaction,
    /// Somebody who joined.
    Join,
    /// A command.
    Command,
    /// A button, select or form.
    Button,
    /// Something scheduled.
    Scheduled,
    /// A request over REST, gRPC, the dashboard or the command line.
    Api,
}

impl TriggerKind {
    const ALL: [Self; 8] = [
        Self::Message,
        Self::Edit,
        Self::Reaction,
        Self::Join,
        Self::Command,
        Self::Button,
        Self::Scheduled,
        Self::Api,
    ];

    /// The name as the contract spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Edit => "edit",
            Self::Reaction => "reaction",
            Self::Join => "join",
            Self::Command => "command",
            Self::Button => "button",
            Self::Scheduled => "scheduled",
            Self::Api => "api",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What set a decision off, by whom and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    /// What sort of event.
    pub kind: TriggerKind,
    /// Who did it; nobody where it was a schedule, or where the person was forgotten.
    pub user: Option<UserId>,
    /// Where.
    pub channel: Option<ChannelId>,
    /// Which message.
    pub message: Option<MessageId>,
}

impl Trigger {
    /// A trigger of this kind, by nobody and nowhere yet.
    #[must_use]
    pub const fn of(kind: TriggerKind) -> Self {
        Self {
            kind,
            user: None,
            channel: None,
            message: None,
        }
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorSeen {
    /// A member; nobody where they were forgotten.
    Member(Option<UserId>),
    /// The operator, or a token of theirs, by name.
    Token(String),
    /// Guildhall itself.
    System,
}

/// What is left of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The text.
    Here(String),
    /// It was erased, or its time was over; the digest of it stands.
    Gone,
    /// It is there, and this reader may not see it.
    Withheld,
}

/// Words inside an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Whose words they are; nobody's where they are the bot's, the owner's, or of somebody who was forgotten.
    pub author: Option<UserId>,
    /// Which message or memory they come from, where one was named and the text is still there.
    pub label: String,
    /// The words.
    pub text: Kept,
}

impl Words {
    /// The text, where it is there to be seen.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.text {
            Kept::Here(text) => Some(text),
            Kept::Gone | Kept::Withheld => None,
        }
    }
}

/// What the decision was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    /// The message or command itself.
    pub content: Option<Words>,
    /// What was said before, oldest first; a label is the id of the message.
    pub history: Vec<Words>,
    /// What was remembered; a label is the id of the memory.
    pub memories: Vec<Words>,
}

/// A rule that was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSeen {
    /// Its id.
    pub id: String,
    /// Its name at that time.
    pub name: String,
    /// How it was run: `act` or `shadow`.
    pub mode: String,
}

/// How sure the decision was, from 0 to 1 in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence(u32);

impl Confidence {
    /// Certain, as a rule is.
    pub const CERTAIN: Self = Self(1_000_000);

    /// This many millionths, at most a million.
    #[must_use]
    pub const fn of_millionths(millionths: u32) -> Self {
        if millionths > Self::CERTAIN.0 {
            return Self::CERTAIN;
        }
        Self(millionths)
    }

    /// The confidence that a model gave; nothing where it is no number from 0 to 1.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number from 0 to 1 times a million fits 32 bits"
    )]
    pub fn of_share(share: f64) -> Option<Self> {
        let is_share = (0.0..=1.0).contains(&share);
        is_share.then(|| Self((share * 1_000_000.0).round() as u32))
    }

    /// How many millionths.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The number from 0 to 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1_000_000.0
    }
}

/// What it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The currency's code, such as `USD`.
    pub currency: String,
    /// How many millionths of it.
    pub micros: i64,
}

/// How an effect went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EffectState {
    /// It is owed.
    Pending,
    /// It was done.
    Done,
    /// It failed for good.
    Failed {
        /// Why.
        error: String,
    },
}

/// An effect of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectSeen {
    /// The id of the owed row that carries it out.
    pub id: i64,
    /// What it is, such as `delete_message`.
    pub kind: String,
    /// How it went.
    pub state: EffectState,
}

/// A place in a guild's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The place, from 1.
    pub seq: i64,
    /// The hash of the link before.
    pub prev_hash: Hash,
    /// Its own hash.
    pub hash: Hash,
}

/// One decision, with how it ended where that came later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The guild.
    pub guild: GuildId,
    /// Its place in the chain; nothing before the sealer came by.
    pub link: Option<Link>,
    /// The place of its conclusion.
    pub conclusion_link: Option<Link>,
    /// When it was made.
    pub at: Timestamp,
    /// When it was concluded, where it was pending.
    pub concluded_at: Option<Timestamp>,
    /// What sort of decision.
    pub kind: Kind,
    /// What was decided, such as `delete`.
    pub action: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Who acted.
    pub actor: ActorSeen,
    /// The event that caused it, as `kind:id`.
    pub cause: String,
    /// What set it off.
    pub trigger: Trigger,
    /// Whom it is about.
    pub subject: Option<UserId>,
    /// What it was made from.
    pub input: Input,
    /// The rules that were in force.
    pub active_rules: Vec<RuleSeen>,
    /// The id of the rule that decided.
    pub rule: Option<String>,
    /// What the rule matched.
    pub matched: Vec<Words>,
    /// Why.
    pub reasoning: Option<Words>,
    /// What the bot said.
    pub answer: Option<Words>,
    /// How sure it was.
    pub confidence: Option<Confidence>,
    /// The model.
    pub model: Option<String>,
    /// The version of the persona's or judge's prompt.
    pub prompt_version: Option<String>,
    /// The revision of the settings.
    pub config_revision: Option<i64>,
    /// What it cost.
    pub cost: Option<Cost>,
    /// What it had done, and how that went.
    pub effects: Vec<EffectSeen>,
    /// The number of its case.
    pub case: Option<i64>,
}
