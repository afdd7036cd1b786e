//! What comes after the first answer: follow-ups, and reading, changing and deleting what was answered, by the interaction's token.

use serde_json::Value;

use crate::limits::{FLAG_EPHEMERAL, FLAG_LOADING, MessageKind, check_edit, check_message};
use crate::rest::call::{Answer, Answered, Call};
use crate::rest::error::{ApiError, Code};
use crate::rest::{compose, compose_edit, is_empty};
use crate::world::state::{Interaction, Message};
use crate::world::{Deed, MessageEdit, Snowflake, World};

use super::TOKEN_LIFE_US;
use super::answer::{Seen, bit, send, unsaid_mentions};

/// The interaction whose application and token stand in the path, answered and not too old.
fn answered(world: &World, call: &Call<'_>) -> Result<Interaction, ApiError> {
    let application = call.id("webhook_id")?;
    let known = world
        .interaction_of_token(call.text("webhook_token"))
        .filter(|interaction| interaction.application == application);
    // A token that was forgotten and one that never was look the same.
    let interaction = known.ok_or(Code::InvalidWebhookToken)?;
    if world.now_us() - interaction.created_us > TOKEN_LIFE_US {
        return Err(Code::InvalidWebhookToken.into());
    }
    // Before it is answered, an interaction's webhook isn't there yet.
    if interaction.answered_us.is_none() {
        return Err(Code::UnknownWebhook.into());
    }
    Ok(interaction.clone())
}

/// `POST /webhooks/{application_id}/{interaction_token}`
pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Answered {
    let interaction = answered(world, call)?;
    let body = call.json();
    check_message(body, MessageKind::Interaction).result()?;
    if is_empty(body, &call.body.files) {
        return Err(Code::EmptyMessage.into());
    }
    if let Some(original) = interaction.original.filter(|_| interaction.deferred) {
        let stored = world
            .message(interaction.channel, original)
            .ok_or(Code::UnknownMessage)?
            .clone();
        fill_deferral(world, call, &interaction, &stored, body)?;
        return shown(world, &interaction, original);
    }
    let id = send(world, call, &interaction, body, Seen::asked(body))?;
    world.interaction_edit(interaction.id, |interaction| interaction.followups.push(id))?;
    shown(world, &interaction, id)
}

/// The first words of a deferral: it keeps who sees it, and is no edit.
fn fill_deferral(
    world: &mut World,
    call: &Call<'_>,
    interaction: &Interaction,
    stored: &Message,
    body: &Value,
) -> Result<(), ApiError> {
    let parts = compose(world, call, interaction.channel, body, unsaid_mentions())?;
    let edit = MessageEdit {
        content: Some(parts.content),
        embeds: Some(parts.embeds),
        components: Some(parts.components),
        attachments: Some(parts.attachments),
        flags: Some(parts.flags | stored.flags & bit(FLAG_EPHEMERAL)),
        poll: None,
        allowed: Some(parts.allowed),
        silent: true,
    };
    world.message_edit(stored.channel, stored.id, edit)?;
    world.interaction_edit(interaction.id, |interaction| interaction.deferred = false)?;
    Ok(())
}

fn shown(world: &World, interaction: &Interaction, id: Snowflake) -> Answered {
    let message = world
        .message(interaction.channel, id)
        .ok_or(Code::UnknownMessage)?;
    Ok(Answer::ok(
        world.render_message(message, interaction.application),
    ))
}

/// The message in the path: `@original`, or a message of this interaction by its id.
fn named<'w>(
    world: &'w World,
    call: &Call<'_>,
    interaction: &Interaction,
) -> Result<&'w Message, ApiError> {
    let id = match call.text("message_id") {
        "@original" => interaction.original,
        _ => Some(call.id("message_id")?)
            .filter(|id| interaction.original == Some(*id) || interaction.followups.contains(id)),
    };
    id.and_then(|id| world.message(interaction.channel, id))
        .ok_or(Code::UnknownMessage.into())
}

/// `GET …/messages/@original` and `…/messages/{message_id}`
pub(crate) fn fetch(world: &mut World, call: &Call<'_>) -> Answered {
    let interaction = answered(world, call)?;
    let id = named(world, call, &interaction)?.id;
    shown(world, &interaction, id)
}

/// `PATCH …/messages/@original` and `…/messages/{message_id}`
pub(crate) fn edit(world: &mut World, call: &Call<'_>) -> Answered {
    let interaction = answered(world, call)?;
    let stored = named(world, call, &interaction)?.clone();
    let body = call.json();
    check_edit(body, u64::from(stored.flags)).result()?;
    if interaction.deferred && interaction.original == Some(stored.id) {
        fill_deferral(world, call, &interaction, &stored, body)?;
        return shown(world, &interaction, stored.id);
    }
    let mut edit = compose_edit(world, call, &stored, body, unsaid_mentions())?;
    edit.flags = edit.flags.map(|flags| flags & !bit(FLAG_LOADING));
    world.message_edit(stored.channel, stored.id, edit)?;
    shown(world, &interaction, stored.id)
}

/// `DELETE …/messages/@original` and `…/messages/{message_id}`
pub(crate) fn delete(world: &mut World, call: &Call<'_>) -> Answered {
    let interaction = answered(world, call)?;
    let id = named(world, call, &interaction)?.id;
    world.message_delete(interaction.channel, id, &Deed::by(interaction.application))?;
    world.interaction_edit(interaction.id, |interaction| {
        if interaction.original == Some(id) {
            interaction.original = None;
            interaction.deferred = false;
        }
        interaction.followups.retain(|followup| *followup != id);
    })?;
    Ok(Answer::nothing())
}
