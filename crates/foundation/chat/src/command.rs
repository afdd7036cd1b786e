//! How a command is described: its words, its options, who may use it, and how it answers.

/// A slash command, or an entry of a message's or a user's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSpec {
    /// The name as typed; menus may hold spaces and capitals.
    pub name: &'static str,
    /// One line for the person who chooses it; empty for menus.
    pub description: &'static str,
    /// Where it is found.
    pub kind: CommandKind,
    /// What it takes, required ones first. Sub-commands stand here as options of kind [`OptionKind::SubCommand`].
    pub options: Vec<OptionSpec>,
    /// Who may use it.
    pub access: Access,
    /// How it answers when it succeeds.
    pub answer: AnswerKind,
}

/// Where a command is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandKind {
    /// Typed after a slash.
    Slash,
    /// In a user's context menu.
    UserMenu,
    /// In a message's context menu.
    MessageMenu,
}

/// Who may use a command: set on registration, and checked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Every member.
    Everyone,
    /// Members who hold all of these permissions.
    Holders(Permissions),
}

/// A set of Discord permissions, as Discord's bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Everything, whatever else is denied.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Change the server's settings.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// Delete others' messages.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// See a channel.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Time members out.
    pub const MODERATE_MEMBERS: Self = Self(1 << 40);

    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `wanted` are held; administrators hold every one.
    #[must_use]
    pub const fn allow(self, wanted: Self) -> bool {
        self.0 & Self::ADMINISTRATOR.0 != 0 || self.0 & wanted.0 == wanted.0
    }
}

/// How a command answers when it succeeds. Refusals are private, whatever stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// A message that the channel sees.
    Public,
    /// A message that only the asker sees.
    Private,
    /// A change of the message that the button or select stands on.
    Update,
    /// A form; it can't be deferred.
    Form,
    /// Choices for an option being typed.
    Choices,
}

/// One option of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionSpec {
    /// The name, in lower case.
    pub name: &'static str,
    /// One line about it.
    pub description: &'static str,
    /// What it takes.
    pub kind: OptionKind,
    /// Whether it must be given.
    pub required: bool,
}

/// What an option takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionKind {
    /// A command under this one, with options of its own.
    SubCommand(Vec<OptionSpec>),
    /// A text of at most this many characters.
    Text {
        /// The most characters.
        max_length: u16,
        /// Whether choices are offered while typing.
        autocomplete: Autocomplete,
        /// The only values allowed, where there are any.
        choices: Vec<Choice>,
    },
    /// A whole number.
    Integer {
        /// The smallest allowed.
        min: i64,
        /// The largest allowed.
        max: i64,
    },
    /// Yes or no.
    Boolean,
    /// A user.
    User,
    /// A channel.
    Channel,
    /// A role.
    Role,
}

/// Whether choices are offered while an option is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autocomplete {
    /// They are.
    Offered,
    /// They are not.
    None,
}

/// A value that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the person reads.
    pub name: String,
    /// What is sent.
    pub value: String,
}
