//! The first answer to an interaction: a message, a deferral, an update, choices or a form.

use serde_json::{Value, json};

use crate::limits::{
    FLAG_COMPONENTS_V2, Fault, MessageKind, Problems, check_choices, check_edit, check_message,
    check_modal, member,
};
use crate::rest::call::{Answer, Answered, Call};
use crate::rest::compose_edit;
use crate::rest::error::{ApiError, Code};
use crate::world::state::{Interaction, Message};
use crate::world::{MessageEdit, Snowflake, World};

use super::ANSWER_WITHIN_US;
use super::answer::{
    AUTOCOMPLETE, COMMAND, COMPONENT, Seen, send, send_placeholder, unsaid_mentions,
};

pub(super) const MESSAGE: u8 = 4;
pub(super) const DEFERRED_MESSAGE: u8 = 5;
const DEFERRED_UPDATE: u8 = 6;
const UPDATE: u8 = 7;
const CHOICES: u8 = 8;

/// `POST /interactions/{interaction_id}/{interaction_token}/callback`
pub(crate) fn answer(call: &Call<'_>) -> Answered {
    let id = call.id("interaction_id")?;
    let mut world = call.world();
    let known = world
        .interaction(id)
        .filter(|interaction| interaction.token == call.text("interaction_token"));
    let known = known.ok_or(Code::UnknownInteraction)?.id;
    apply(&mut world, call, known)?;
    if !call.query_flag("with_response") {
        return Ok(Answer::nothing());
    }
    let interaction = world.interaction(known).ok_or(Code::UnknownInteraction)?;
    Ok(Answer::ok(rendered(&world, interaction)))
}

/// Answers an interaction with the body of a call; also what came back from an endpoint over HTTP.
pub(crate) fn apply(world: &mut World, call: &Call<'_>, id: Snowflake) -> Result<(), ApiError> {
    let interaction = world
        .interaction(id)
        .ok_or(Code::UnknownInteraction)?
        .clone();
    if interaction.answered_us.is_some() {
        return Err(Code::AlreadyAcknowledged.into());
    }
    let now = world.now_us();
    if interaction.failed || now - interaction.created_us > ANSWER_WITHIN_US {
        return Err(Code::UnknownInteraction.into());
    }
    let body = call.json();
    let kind = allowed_kind(&interaction, body)?;
    let data = body.get("data").unwrap_or(&Value::Null);
    let effect = take_effect(world, call, &interaction, kind, data)?;
    world.interaction_edit(id, |interaction| {
        interaction.answered_us = Some(now);
        interaction.callback = Some(kind);
        interaction.deferred = kind == DEFERRED_MESSAGE;
        interaction.ephemeral = effect.seen == Seen::ByItsUser;
        interaction.original = effect.original;
        interaction.choices = effect.choices;
        interaction.modal = effect.modal;
    })?;
    Ok(())
}

/// What an answer left behind.
struct Effect {
    seen: Seen,
    original: Option<Snowflake>,
    choices: Option<Vec<Value>>,
    modal: Option<Value>,
}

impl Effect {
    const fn message(seen: Seen, original: Option<Snowflake>) -> Self {
        Self {
            seen,
            original,
            choices: None,
            modal: None,
        }
    }
}

/// The type of an answer, if it may answer this kind of interaction.
fn allowed_kind(interaction: &Interaction, body: &Value) -> Result<u8, ApiError> {
    let allowed: &[u64] = match (interaction.kind, interaction.source) {
        (COMMAND, _) => &[4, 5, 9],
        (COMPONENT, _) => &[4, 5, 6, 7, 9],
        (AUTOCOMPLETE, _) => &[8],
        // A form that a component opened may change that component's message.
        (_, Some(_)) => &[4, 5, 6, 7],
        (_, None) => &[4, 5],
    };
    let Some(given) = member(body, "type") else {
        return Err(ApiError::fault("type", Fault::required()));
    };
    let kind = given
        .as_u64()
        .filter(|kind| allowed.contains(kind))
        .and_then(|kind| u8::try_from(kind).ok());
    kind.ok_or_else(|| ApiError::fault("type", Fault::choices(allowed)))
}

fn take_effect(
    world: &mut World,
    call: &Call<'_>,
    interaction: &Interaction,
    kind: u8,
    data: &Value,
) -> Result<Effect, ApiError> {
    match kind {
        MESSAGE => {
            checked(data, |data| check_message(data, MessageKind::Interaction))?;
            let seen = Seen::asked(data);
            let id = send(world, call, interaction, data, seen)?;
            Ok(Effect::message(seen, Some(id)))
        }
        DEFERRED_MESSAGE => {
            let seen = Seen::asked(data);
            let id = send_placeholder(world, interaction, seen)?;
            Ok(Effect::message(seen, Some(id)))
        }
        DEFERRED_UPDATE => Ok(Effect::message(
            seen_of(world, interaction),
            interaction.source,
        )),
        UPDATE => update(world, call, interaction, data),
        CHOICES => {
            check_choices(data).result()?;
            let choices = data
                .get("choices")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            Ok(Effect {
                choices: Some(choices),
                ..Effect::message(Seen::ByItsUser, None)
            })
        }
        // What remains of the allowed kinds is the form.
        _ => {
            check_modal(data).result()?;
            Ok(Effect {
                modal: Some(data.clone()),
                ..Effect::message(Seen::ByItsUser, None)
            })
        }
    }
}

/// Checks the `data` of an answer; its faults stand under that name.
fn checked(data: &Value, check: impl FnOnce(&Value) -> Problems) -> Result<(), ApiError> {
    if data.is_null() {
        return Err(ApiError::fault("data", Fault::required()));
    }
    check(data).under("data").result().map_err(ApiError::from)
}

fn source_of<'w>(world: &'w World, interaction: &Interaction) -> Option<&'w Message> {
    world.message(interaction.channel, interaction.source?)
}

fn seen_of(world: &World, interaction: &Interaction) -> Seen {
    let private = source_of(world, interaction).is_some_and(|message| message.only_for.is_some());
    if private {
        Seen::ByItsUser
    } else {
        Seen::ByAll
    }
}

/// Changes the message whose component was used.
fn update(
    world: &mut World,
    call: &Call<'_>,
    interaction: &Interaction,
    data: &Value,
) -> Result<Effect, ApiError> {
    let stored = source_of(world, interaction)
        .ok_or(Code::UnknownMessage)?
        .clone();
    if !data.is_null() {
        checked(data, |data| {
            check_edit(data, u64::from(stored.flags) & FLAG_COMPONENTS_V2)
        })?;
        let edit = compose_edit(world, call, &stored, data, unsaid_mentions())?;
        world.message_edit(stored.channel, stored.id, MessageEdit { ..edit })?;
    }
    Ok(Effect::message(
        seen_of(world, interaction),
        Some(stored.id),
    ))
}

/// The answer to an answer, for those who ask for it with `with_response`.
fn rendered(world: &World, interaction: &Interaction) -> Value {
    let kind = interaction.callback.unwrap_or(MESSAGE);
    let mut shown =
        json!({"id": interaction.id, "type": interaction.kind, "channel_id": interaction.channel});
    if let Some(guild) = interaction.guild {
        shown["guild_id"] = json!(guild);
    }
    let mut body = json!({});
    if let Some(message) = interaction
        .original
        .and_then(|id| world.message(interaction.channel, id))
    {
        shown["response_message_id"] = json!(message.id);
        shown["response_message_loading"] = interaction.deferred.into();
        shown["response_message_ephemeral"] = interaction.ephemeral.into();
        // Deferrals have a message too, but it isn't handed back: there is nothing in it yet.
        if matches!(kind, MESSAGE | UPDATE) {
            body["resource"] = json!({"type": kind, "message": world.render_message(message, interaction.application)});
        }
    }
    body["interaction"] = shown;
    body
}
