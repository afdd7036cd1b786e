//! Messages that interactions write: their author, their visibility, and what they say about the interaction behind them.

use serde_json::{Value, json};

use crate::limits::{FLAG_EPHEMERAL, FLAG_LOADING};
use crate::rest::call::Call;
use crate::rest::error::ApiError;
use crate::rest::{Parts, compose};
use crate::world::state::{Interaction, WebhookFace};
use crate::world::{AllowedMentions, MessageDraft, Snowflake, World};

/// The answer to a command, and any other message that follows an interaction.
const COMMAND_ANSWER: u8 = 20;
const ANSWER: u8 = 19;

pub(super) const COMMAND: u8 = 2;
pub(super) const COMPONENT: u8 = 3;
pub(super) const AUTOCOMPLETE: u8 = 4;
pub(super) const FORM: u8 = 5;

/// Who sees a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    ByAll,
    ByItsUser,
}

impl Seen {
    /// What the `flags` of a body ask for.
    pub(super) fn asked(body: &Value) -> Self {
        let flags = body.get("flags").and_then(Value::as_u64).unwrap_or(0);
        if flags & FLAG_EPHEMERAL == 0 {
            Self::ByAll
        } else {
            Self::ByItsUser
        }
    }
}

/// Without the field, interactions mention people, and not whom they answer.
pub(super) fn unsaid_mentions() -> AllowedMentions {
    AllowedMentions {
        replied_user: false,
        ..AllowedMentions::users_only()
    }
}

/// Writes a message of an interaction.
pub(super) fn send(
    world: &mut World,
    call: &Call<'_>,
    interaction: &Interaction,
    body: &Value,
    seen: Seen,
) -> Result<Snowflake, ApiError> {
    let parts = compose(world, call, interaction.channel, body, unsaid_mentions())?;
    let draft = draft(world, interaction, parts, seen);
    Ok(world.message_send(interaction.channel, draft)?)
}

/// Writes the placeholder of a deferral: the bot is thinking.
pub(super) fn send_placeholder(
    world: &mut World,
    interaction: &Interaction,
    seen: Seen,
) -> Result<Snowflake, ApiError> {
    let parts = Parts {
        content: String::new(),
        embeds: Vec::new(),
        components: Vec::new(),
        attachments: Vec::new(),
        flags: bit(FLAG_LOADING),
        tts: false,
        allowed: unsaid_mentions(),
    };
    let draft = draft(world, interaction, parts, seen);
    Ok(world.message_send(interaction.channel, draft)?)
}

fn draft(world: &World, interaction: &Interaction, mut parts: Parts, seen: Seen) -> MessageDraft {
    if seen == Seen::ByItsUser {
        parts.flags |= bit(FLAG_EPHEMERAL);
    }
    let bot = world.user(interaction.application);
    let face = WebhookFace {
        id: interaction.application,
        name: bot.map_or_else(String::new, |bot| bot.username.clone()),
        avatar: bot.and_then(|bot| bot.avatar.clone()),
    };
    let reply_to = answered_message(world, interaction);
    MessageDraft {
        author: interaction.application,
        webhook: Some(face),
        application: Some(interaction.application),
        kind: if reply_to.is_none() {
            COMMAND_ANSWER
        } else {
            ANSWER
        },
        reply_to,
        interaction: Some(metadata(world, interaction)),
        only_for: (seen == Seen::ByItsUser).then_some(interaction.user),
        ..parts.into_draft()
    }
}

/// The message that this one answers: the interaction's first answer, or the message whose component was used.
fn answered_message(world: &World, interaction: &Interaction) -> Option<Snowflake> {
    let id = interaction.original.or(interaction.source)?;
    world
        .message(interaction.channel, id)
        .filter(|message| message.only_for.is_none())
        .map(|message| message.id)
}

/// What a message says about the interaction that it came from.
fn metadata(world: &World, interaction: &Interaction) -> Value {
    let mut body = metadata_of(world, interaction, interaction.kind);
    if interaction.kind == FORM {
        let trigger = if interaction.source.is_some() {
            COMPONENT
        } else {
            COMMAND
        };
        body["triggering_interaction_metadata"] = metadata_of(world, interaction, trigger);
    }
    if let Some(original) = interaction.original {
        body["original_response_message_id"] = json!(original);
    }
    body
}

fn metadata_of(world: &World, interaction: &Interaction, kind: u8) -> Value {
    let owner = interaction.guild.unwrap_or_default();
    let mut body = json!({
        "id": interaction.id,
        "type": kind,
        "user": world.render_user(interaction.user),
        "authorizing_integration_owners": {"0": owner},
    });
    if kind == COMMAND {
        if let Some(name) = interaction.data.get("name") {
            body["name"] = name.clone();
            body["command_type"] = interaction
                .data
                .get("type")
                .cloned()
                .unwrap_or_else(|| 1.into());
        }
        if let Some(target) = interaction.data.get("target_id") {
            let message_menu = interaction.data["type"] == 3;
            let user = target.as_str().and_then(|id| id.parse().ok());
            match user {
                Some(user) if !message_menu => body["target_user"] = world.render_user(user),
                _ => body["target_message_id"] = target.clone(),
            }
        }
    }
    if let (COMPONENT, Some(source)) = (kind, interaction.source) {
        body["interacted_message_id"] = json!(source);
    }
    body
}

/// A flag as messages store it.
pub(super) fn bit(flag: u64) -> u32 {
    u32::try_from(flag).expect("the flags of messages lie in the lower half")
}
