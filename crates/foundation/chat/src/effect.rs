//! What is owed to Discord, in a form that can be written down.

use std::fmt;

use kernel::{ApplicationId, ChannelId, InteractionId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{Choice, Form, Reply};

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
    use crate::{Button, ButtonStyle, Colour, Embed, Reply, Visibility};

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
}
