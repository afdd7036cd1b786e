//! What is owed to Discord, in a form that can be written down.

use std::fmt;

use kernel::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Ban, Choice, Delete, Edit, Form, Kick, Lock, Profile, React, Reply, Slowmode, Tell, Timeout,
    Unban,
};

/// Something that must happen in Discord because of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Answer an interaction.
    Answer(InteractionAnswer),
    /// Post a message.
    Post {
        /// Where.
        channel: ChannelId,
        /// What; it is public by nature.
        reply: Reply,
        /// The message it replies to, where there is one.
        reply_to: Option<MessageId>,
        /// At most 25 characters, so that Discord drops a second delivery.
        nonce: String,
    },
    /// Put another text into a message of the bot.
    Edit(Edit),
    /// Delete messages.
    Delete(Delete),
    /// Time a member out, or end it.
    Timeout(Timeout),
    /// Send a member out.
    Kick(Kick),
    /// Keep a user out.
    Ban(Ban),
    /// Let a user in again.
    Unban(Unban),
    /// Slow a channel down.
    Slowmode(Slowmode),
    /// Lock a channel, or open it.
    Lock(Lock),
    /// React to a message.
    React(React),
    /// Write a direct message.
    Tell(Tell),
    /// Change how the bot looks in a guild.
    Profile(Profile),
}

impl Effect {
    /// Whether whoever reads it could answer in the bot's name.
    #[must_use]
    pub const fn carries_token(&self) -> bool {
        matches!(self, Self::Answer(_))
    }

    /// What it changes such that the last change decides how it stands: the member or user, or the channel. Nothing of an
    /// effect that may arrive before one that was owed before it.
    #[must_use]
    pub fn target(&self) -> Option<String> {
        let member = |guild: GuildId, user: UserId| Some(format!("member {guild} {user}"));
        let place = |channel: ChannelId| Some(format!("channel {channel}"));
        match self {
            Self::Timeout(timeout) => member(timeout.guild, timeout.user),
            Self::Kick(kick) => member(kick.guild, kick.user),
            Self::Ban(ban) => member(ban.guild, ban.user),
            Self::Unban(unban) => member(unban.guild, unban.user),
            Self::Slowmode(slowmode) => place(slowmode.channel),
            Self::Lock(lock) => place(lock.channel),
            Self::Answer(_)
            | Self::Post { .. }
            | Self::Edit(_)
            | Self::Delete(_)
            | Self::React(_)
            | Self::Tell(_)
            | Self::Profile(_) => None,
        }
    }

    /// What it does, in one word that stays the same: for audit entries and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Answer(_) => "answer",
            Self::Post { .. } => "post",
            Self::Edit(_) => "edit_message",
            Self::Delete(_) => "delete_message",
            Self::Timeout(Timeout {
                until_micros: Some(_),
                ..
            }) => "timeout",
            Self::Timeout(_) => "timeout_end",
            Self::Kick(_) => "kick",
            Self::Ban(_) => "ban",
            Self::Unban(_) => "unban",
            Self::Slowmode(_) => "slowmode",
            Self::Lock(Lock { on: true, .. }) => "lock",
            Self::Lock(_) => "unlock",
            Self::React(_) => "react",
            Self::Tell(_) => "direct_message",
            Self::Profile(_) => "profile",
        }
    }
}

/// The answer to an interaction, with all that sending it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractionAnswer {
    /// The interaction.
    pub interaction: InteractionId,
    /// The application that was asked.
    pub application: ApplicationId,
    /// What answering takes.
    pub token: InteractionToken,
    /// Who asked.
    pub asker: UserId,
    /// Where it was asked: a public answer that comes too late follows there.
    pub channel: Option<ChannelId>,
    /// When Discord made the interaction, in microseconds: it lives 3 s unacknowledged and 15 minutes in all.
    pub made_at_micros: i64,
    /// What is answered.
    pub content: AnswerContent,
    /// Whether an audit entry explains it, so that one can ask why about the message that it becomes.
    #[serde(default)]
    pub explained: bool,
}

/// What an interaction is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnswerContent {
    /// A message.
    Reply(Reply),
    /// A change of the message that the button or select stands on.
    Update(Reply),
    /// A form.
    Form(Form),
    /// Choices for the option being typed, at most 25.
    Choices(Vec<(String, String)>),
}

impl AnswerContent {
    /// Choices as pairs of name and value.
    #[must_use]
    pub fn choices(choices: Vec<Choice>) -> Self {
        let pairs = choices.into_iter().take(25);
        Self::Choices(pairs.map(|choice| (choice.name, choice.value)).collect())
    }
}

impl InteractionAnswer {
    /// When Discord made the interaction.
    #[must_use]
    pub const fn made_at(&self) -> Timestamp {
        Timestamp::from_micros(self.made_at_micros)
    }
}

/// The token that answers an interaction. It is a secret for 15 minutes, and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InteractionToken(String);

impl InteractionToken {
    /// The token as Discord sent it.
    #[must_use]
    pub const fn new(token: String) -> Self {
        Self(token)
    }

    /// The token, for the one address that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("InteractionToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::{AnswerContent, Effect, InteractionAnswer, InteractionToken};
    use crate::{
        Ban, Button, ButtonStyle, Change, Colour, Delete, Edit, Embed, Kick, Lock, Profile, React,
        Reply, Slowmode, Tell, Timeout, Unban, Visibility,
    };

    #[test]
    fn c1_a_reply_pings_nobody_unless_it_names_them() {
        for reply in [Reply::public("<@5> @everyone"), Reply::private("hello")] {
            assert!(reply.pings.is_empty());
        }
        let pinging = Reply::public("paid").pinging(Id::new(7).unwrap());
        assert_eq!(pinging.pings, [Id::new(7).unwrap()]);
        assert_eq!(Reply::private("x").visibility, Visibility::Private);
    }

    #[test]
    fn c2_an_effect_that_was_written_down_reads_the_same() {
        let card = Embed::new(Colour::Good, "100", "claimed").with_field("Streak", "1 day");
        let button = Button {
            custom_id: "economy:open:balance".to_owned(),
            label: "Balance".to_owned(),
            style: ButtonStyle::Primary,
            enabled: true,
        };
        let effect = Effect::Answer(InteractionAnswer {
            interaction: Id::new(1).unwrap(),
            application: Id::new(2).unwrap(),
            token: InteractionToken::new("secret".to_owned()),
            asker: Id::new(3).unwrap(),
            channel: None,
            made_at_micros: 4,
            explained: false,
            content: AnswerContent::Reply(
                Reply::card(Visibility::Public, card).with_buttons(vec![button]),
            ),
        });
        let written = serde_json::to_string(&effect).unwrap();
        assert_eq!(serde_json::from_str::<Effect>(&written).unwrap(), effect);
        assert!(
            !format!("{effect:?}").contains("secret"),
            "a token is never printed"
        );
    }
    fn deeds() -> Vec<Effect> {
        let (guild, user) = (Id::new(1).unwrap(), Id::new(2).unwrap());
        let (channel, message) = (Id::new(3).unwrap(), Id::new(4).unwrap());
        let (reply, reason) = (Reply::public("hello"), "rule 1".to_owned());
        let edit = Edit {
            channel,
            message,
            reply: reply.clone(),
        };
        let react = React {
            channel,
            message,
            emoji: "👍".to_owned(),
        };
        let tell = Tell {
            user,
            reply,
            nonce: "n1".to_owned(),
        };
        let profile = Profile {
            guild,
            name: Change::To("Miso".to_owned()),
            avatar_png: Change::Keep,
            bio: Change::Clear,
            reason: reason.clone(),
        };
        let deeds = [
            Effect::Edit(edit),
            Effect::React(react),
            Effect::Tell(tell),
            Effect::Profile(profile),
        ];
        deeds.into_iter().chain(sanctions(&reason)).collect()
    }

    fn sanctions(reason: &str) -> Vec<Effect> {
        let (guild, user) = (Id::new(1).unwrap(), Id::new(2).unwrap());
        let (channel, message) = (Id::new(3).unwrap(), Id::new(4).unwrap());
        let reason = || reason.to_owned();
        let timeout = |until_micros| Timeout {
            guild,
            user,
            until_micros,
            reason: reason(),
        };
        let lock = |on| Lock {
            guild,
            channel,
            on,
            reason: reason(),
        };
        let (delete, ban) = (
            Delete {
                channel,
                messages: vec![message],
                reason: reason(),
            },
            Ban {
                guild,
                user,
                delete_message_seconds: 60,
                reason: reason(),
            },
        );
        let kick = Kick {
            guild,
            user,
            reason: reason(),
        };
        let unban = Unban {
            guild,
            user,
            reason: reason(),
        };
        let slowmode = Slowmode {
            channel,
            seconds: 5,
            reason: reason(),
        };
        vec![
            Effect::Delete(delete),
            Effect::Timeout(timeout(Some(7))),
            Effect::Timeout(timeout(None)),
            Effect::Kick(kick),
            Effect::Ban(ban),
            Effect::Unban(unban),
            Effect::Lock(lock(true)),
            Effect::Lock(lock(false)),
            Effect::Slowmode(slowmode),
        ]
    }

    #[test]
    fn c2_every_deed_reads_as_it_was_written_and_has_a_word_of_its_own() {
        let mut words = std::collections::BTreeSet::new();
        for deed in deeds() {
            let written = serde_json::to_string(&deed).unwrap();
            assert_eq!(serde_json::from_str::<Effect>(&written).unwrap(), deed);
            assert!(words.insert(deed.kind()), "{}", deed.kind());
        }
    }

    #[test]
    fn what_is_done_to_one_member_or_channel_has_one_target() {
        let of = |kinds: &[&str]| {
            let deeds = deeds().into_iter();
            let named = deeds.filter(|deed| kinds.contains(&deed.kind()));
            named.map(|deed| deed.target()).collect::<Vec<_>>()
        };
        let member = of(&["timeout", "timeout_end", "kick", "ban", "unban"]);
        assert_eq!(member, vec![Some("member 1 2".to_owned()); 5]);
        let channel = of(&["slowmode", "lock", "unlock"]);
        assert_eq!(channel, vec![Some("channel 3".to_owned()); 3]);
        assert_eq!(of(&["direct_message", "delete_message"]), [None, None]);
    }
}
