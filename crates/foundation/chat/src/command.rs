//! How a command is described: its words, its options, who may use it, and how it answers.

use crate::Permissions;

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
