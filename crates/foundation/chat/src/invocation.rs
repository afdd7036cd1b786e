//! An interaction that came in: a command, a press, a choice, a form.

use std::collections::BTreeMap;

use kernel::{
    ApplicationId, ChannelId, GuildId, InteractionId, Locale, MessageId, RoleId, Timestamp, UserId,
};

use crate::{IncomingMessage, InteractionToken, Permissions};

/// An interaction as it came in. Everything in it is the asker's word, checked only for shape.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Its id: the same interaction delivered again has the same.
    pub id: InteractionId,
    /// The application it was sent to.
    pub application: ApplicationId,
    /// What answering it takes.
    pub token: InteractionToken,
    /// The guild, unless it came from a direct message.
    pub guild: Option<GuildId>,
    /// Where it was used.
    pub channel: Option<ChannelId>,
    /// Who used it.
    pub asker: Asker,
    /// The asker's language.
    pub locale: Locale,
    /// When it was made, by Discord's clock (from its id).
    pub made_at: Timestamp,
    /// When it came in here.
    pub received_at: Timestamp,
    /// What was used.
    pub invoked: Invoked,
    /// Users that its options name, with what Discord says of them in this guild.
    pub users: BTreeMap<UserId, TargetUser>,
}

/// Who used it.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The account.
    pub user: UserId,
    /// The name that others see in this guild.
    pub name: String,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// The roles in this guild.
    pub roles: Vec<RoleId>,
    /// The permissions in this channel, where Discord said them.
    pub permissions: Option<Permissions>,
}

/// A user that an option names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetUser {
    /// The name that others see in this guild.
    pub name: String,
    /// Whether it is a bot.
    pub is_bot: bool,
    /// Whether Discord says that the user is a member of this guild.
    pub is_member: bool,
    /// The roles in this guild.
    pub roles: Vec<RoleId>,
    /// The permissions in this channel, where Discord said them.
    pub permissions: Option<Permissions>,
    /// When the user became a member, where Discord said.
    pub joined_at: Option<Timestamp>,
    /// Until when the member is timed out, which may be over already.
    pub timed_out_until: Option<Timestamp>,
}

/// What was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invoked {
    /// A slash command.
    Command(Given),
    /// An option of a slash command is being typed.
    Typing {
        /// The command so far.
        given: Given,
        /// The option being typed.
        option: String,
        /// What stands in it.
        partial: String,
    },
    /// An entry of a user's menu.
    UserMenu {
        /// The entry's name.
        name: String,
        /// The user.
        target: UserId,
    },
    /// An entry of a message's menu.
    MessageMenu {
        /// The entry's name.
        name: String,
        /// The message.
        target: MessageId,
        /// The message itself, where Discord sent it along.
        message: Option<Box<IncomingMessage>>,
    },
    /// A button, by the id it was made with.
    Button {
        /// The id.
        custom_id: String,
        /// The message it stands on.
        message: MessageId,
    },
    /// A select, by the id it was made with.
    Select {
        /// The id.
        custom_id: String,
        /// The message it stands on.
        message: MessageId,
        /// What was chosen.
        values: Vec<String>,
    },
    /// A form that was sent.
    Form {
        /// The id it was opened with.
        custom_id: String,
        /// The fields by their ids.
        fields: BTreeMap<String, String>,
    },
}

/// A slash command with what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The command's name.
    pub name: String,
    /// The sub-command's name, where there is one.
    pub sub: Option<String>,
    /// The options by name.
    pub options: BTreeMap<String, OptionValue>,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A user.
    User(UserId),
    /// A channel.
    Channel(ChannelId),
    /// A role.
    Role(RoleId),
}

impl Given {
    /// The text of an option, where it was given as one.
    #[must_use]
    pub fn text(&self, option: &str) -> Option<&str> {
        match self.options.get(option) {
            Some(OptionValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number of an option, where it was given as one.
    #[must_use]
    pub fn integer(&self, option: &str) -> Option<i64> {
        match self.options.get(option) {
            Some(OptionValue::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// The user of an option, where it was given as one.
    #[must_use]
    pub fn user(&self, option: &str) -> Option<UserId> {
        match self.options.get(option) {
            Some(OptionValue::User(user)) => Some(*user),
            _ => None,
        }
    }

    /// The yes or no of an option, where it was given as one.
    #[must_use]
    pub fn boolean(&self, option: &str) -> Option<bool> {
        match self.options.get(option) {
            Some(OptionValue::Boolean(value)) => Some(*value),
            _ => None,
        }
    }

    /// The channel of an option, where it was given as one.
    #[must_use]
    pub fn channel(&self, option: &str) -> Option<ChannelId> {
        match self.options.get(option) {
            Some(OptionValue::Channel(channel)) => Some(*channel),
            _ => None,
        }
    }

    /// The role of an option, where it was given as one.
    #[must_use]
    pub fn role(&self, option: &str) -> Option<RoleId> {
        match self.options.get(option) {
            Some(OptionValue::Role(role)) => Some(*role),
            _ => None,
        }
    }
}
