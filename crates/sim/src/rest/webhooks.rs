//! Webhooks: making and managing them, and writing through one with its token.
//! An interaction's token is a webhook's token too: what bears an application's id goes to `interactions`.

use serde_json::Value;

use crate::interactions::followups;
use crate::limits::{
    MessageKind, check_edit, check_message, check_webhook, member, snowflake_of, text_of,
};
use crate::world::permissions::MANAGE_WEBHOOKS;
use crate::world::state::{Message, Webhook, WebhookFace};
use crate::world::{AllowedMentions, Deed, MessageDraft, Snowflake, WebhookEdit, World};

use super::access::{channel_of, guild_of, require_in, require_of};
use super::call::{Answer, Answered, Call};
use super::compose::{compose, compose_edit};
use super::error::{ApiError, Code};
use super::members::picture_digest;

/// Webhooks of one channel.
const WEBHOOKS_MAX: usize = 15;

/// `POST /channels/{channel_id}/webhooks`
pub(crate) fn create(call: &Call<'_>) -> Answered {
    let body = call.json();
    let mut world = call.world();
    let channel = channel_of(&world, call)?;
    let id = channel.id;
    if channel.guild.is_none() || channel.thread.is_some() {
        return Err(Code::WrongChannelKind.into());
    }
    require_in(&world, call, id, MANAGE_WEBHOOKS)?;
    check_webhook(body, true).result()?;
    if world
        .webhooks()
        .filter(|webhook| webhook.channel == id)
        .count()
        >= WEBHOOKS_MAX
    {
        return Err(Code::WebhooksFull.into());
    }
    let name = text_of(body, "name").unwrap_or_default().trim().to_owned();
    let webhook = world.webhook_create(
        id,
        name,
        text_of(body, "avatar").map(picture_digest),
        &call.deed(),
    )?;
    managed(&world, call, webhook)
}

/// A webhook with its token, under the address that the client knows us by.
fn managed(world: &World, call: &Call<'_>, id: Snowflake) -> Answered {
    let webhook = world.webhook(id).ok_or(Code::UnknownWebhook)?;
    Ok(Answer::ok(shown(world, call, webhook)))
}

fn shown(world: &World, call: &Call<'_>, webhook: &Webhook) -> Value {
    // The token of another application's webhook stays hidden.
    let with_token = webhook
        .application
        .is_none_or(|application| call.caller.application() == Some(application));
    let mut body = world.render_webhook(webhook, with_token);
    if with_token {
        body["url"] = format!(
            "{}/api/webhooks/{}/{}",
            call.origin, webhook.id, webhook.token
        )
        .into();
    }
    body
}

/// `GET /channels/{channel_id}/webhooks`
pub(crate) fn list_of_channel(call: &Call<'_>) -> Answered {
    let world = call.world();
    let id = channel_of(&world, call)?.id;
    require_in(&world, call, id, MANAGE_WEBHOOKS)?;
    Ok(Answer::ok(sorted(&world, call, |webhook| {
        webhook.channel == id
    })))
}

/// `GET /guilds/{guild_id}/webhooks`
pub(crate) fn list_of_guild(call: &Call<'_>) -> Answered {
    let world = call.world();
    let guild = guild_of(&world, call)?;
    require_of(&world, call, guild, MANAGE_WEBHOOKS)?;
    let id = guild.id;
    Ok(Answer::ok(sorted(&world, call, |webhook| {
        webhook.guild == id
    })))
}

fn sorted(world: &World, call: &Call<'_>, fits: impl Fn(&Webhook) -> bool) -> Value {
    let mut found: Vec<&Webhook> = world.webhooks().filter(|webhook| fits(webhook)).collect();
    found.sort_by_key(|webhook| webhook.id);
    found
        .into_iter()
        .map(|webhook| shown(world, call, webhook))
        .collect()
}

/// `GET /webhooks/{webhook_id}`
pub(crate) fn fetch(call: &Call<'_>) -> Answered {
    let world = call.world();
    let webhook = manageable(&world, call)?.id;
    managed(&world, call, webhook)
}

fn manageable<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Webhook, ApiError> {
    let webhook = world
        .webhook(call.id("webhook_id")?)
        .ok_or(Code::UnknownWebhook)?;
    require_in(world, call, webhook.channel, MANAGE_WEBHOOKS)?;
    Ok(webhook)
}

/// `PATCH /webhooks/{webhook_id}`
pub(crate) fn edit(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let id = manageable(&world, call)?.id;
    check_webhook(call.json(), false).result()?;
    world.webhook_edit(id, edit_of(call.json(), true), &call.deed())?;
    managed(&world, call, id)
}

fn edit_of(body: &Value, may_move: bool) -> WebhookEdit {
    WebhookEdit {
        name: text_of(body, "name").map(|name| name.trim().to_owned()),
        avatar: body
            .get("avatar")
            .map(|picture| picture.as_str().map(picture_digest)),
        channel: member(body, "channel_id")
            .filter(|_| may_move)
            .and_then(snowflake_of)
            .map(Snowflake),
    }
}

/// `DELETE /webhooks/{webhook_id}`
pub(crate) fn delete(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let id = manageable(&world, call)?.id;
    world.webhook_delete(id, &call.deed())?;
    Ok(Answer::nothing())
}

/// The webhook whose id and token stand in the path.
fn by_token<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Webhook, ApiError> {
    let webhook = world
        .webhook(call.id("webhook_id")?)
        .ok_or(Code::UnknownWebhook)?;
    if webhook.token == call.text("webhook_token") {
        Ok(webhook)
    } else {
        Err(Code::InvalidWebhookToken.into())
    }
}

/// `GET /webhooks/{webhook_id}/{webhook_token}`: without its maker.
pub(crate) fn fetch_by_token(call: &Call<'_>) -> Answered {
    let world = call.world();
    let mut body = world.render_webhook(by_token(&world, call)?, true);
    if let Some(members) = body.as_object_mut() {
        members.remove("user");
    }
    Ok(Answer::ok(body))
}

/// `PATCH /webhooks/{webhook_id}/{webhook_token}`
pub(crate) fn edit_by_token(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let webhook = by_token(&world, call)?;
    let (id, creator) = (webhook.id, webhook.creator);
    check_webhook(call.json(), false).result()?;
    world.webhook_edit(
        id,
        edit_of(call.json(), false),
        &Deed {
            by: creator,
            reason: call.reason.map(str::to_owned),
        },
    )?;
    drop(world);
    fetch_by_token(call)
}

/// `DELETE /webhooks/{webhook_id}/{webhook_token}`
pub(crate) fn delete_by_token(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    let webhook = by_token(&world, call)?;
    let (id, creator) = (webhook.id, webhook.creator);
    world.webhook_delete(
        id,
        &Deed {
            by: creator,
            reason: call.reason.map(str::to_owned),
        },
    )?;
    Ok(Answer::nothing())
}

/// `POST /webhooks/{webhook_id}/{webhook_token}`
pub(crate) fn execute(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    if world.application(call.id("webhook_id")?).is_some() {
        return followups::create(&mut world, call);
    }
    let body = call.json();
    let webhook = by_token(&world, call)?.clone();
    check_message(body, MessageKind::Webhook).result()?;
    let channel = place_of(&world, call, &webhook)?;
    let parts = compose(
        &mut world,
        call,
        channel,
        body,
        AllowedMentions::users_only(),
    )?;
    let face = WebhookFace {
        id: webhook.id,
        name: text_of(body, "username")
            .map_or_else(|| webhook.name.clone(), |name| name.trim().to_owned()),
        avatar: text_of(body, "avatar_url")
            .map(picture_digest)
            .or(webhook.avatar),
    };
    let draft = MessageDraft {
        author: webhook.id,
        webhook: Some(face),
        application: webhook.application,
        ..parts.into_draft()
    };
    let message = world.message_send(channel, draft)?;
    if !call.query_flag("wait") {
        return Ok(Answer::nothing());
    }
    let message = world
        .message(channel, message)
        .ok_or(Code::UnknownMessage)?;
    Ok(Answer::ok(world.render_message(message, webhook.id)))
}

/// The webhook's channel, or a thread of it.
fn place_of(world: &World, call: &Call<'_>, webhook: &Webhook) -> Result<Snowflake, ApiError> {
    let Some(thread) = call.query_id("thread_id")? else {
        return Ok(webhook.channel);
    };
    let found = world
        .channel(thread)
        .filter(|channel| channel.thread.is_some() && channel.parent == Some(webhook.channel));
    found
        .map(|channel| channel.id)
        .ok_or(Code::UnknownChannel.into())
}

/// A message that this webhook wrote.
fn written<'w>(
    world: &'w World,
    call: &Call<'_>,
    webhook: &Webhook,
) -> Result<&'w Message, ApiError> {
    let channel = place_of(world, call, webhook)?;
    let message = world.message(channel, call.id("message_id")?);
    let own = message.filter(|message| {
        message
            .webhook
            .as_ref()
            .is_some_and(|face| face.id == webhook.id)
    });
    own.ok_or(Code::UnknownMessage.into())
}

/// `GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}`
pub(crate) fn fetch_message(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    if world.application(call.id("webhook_id")?).is_some() {
        return followups::fetch(&mut world, call);
    }
    let webhook = by_token(&world, call)?;
    let message = written(&world, call, webhook)?;
    Ok(Answer::ok(world.render_message(message, webhook.id)))
}

/// `PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}`
pub(crate) fn edit_message(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    if world.application(call.id("webhook_id")?).is_some() {
        return followups::edit(&mut world, call);
    }
    let webhook = by_token(&world, call)?.clone();
    let stored = written(&world, call, &webhook)?.clone();
    check_edit(call.json(), u64::from(stored.flags)).result()?;
    let edit = compose_edit(
        &mut world,
        call,
        &stored,
        call.json(),
        AllowedMentions::users_only(),
    )?;
    world.message_edit(stored.channel, stored.id, edit)?;
    let message = world
        .message(stored.channel, stored.id)
        .ok_or(Code::UnknownMessage)?;
    Ok(Answer::ok(world.render_message(message, webhook.id)))
}

/// `DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}`
pub(crate) fn delete_message(call: &Call<'_>) -> Answered {
    let mut world = call.world();
    if world.application(call.id("webhook_id")?).is_some() {
        return followups::delete(&mut world, call);
    }
    let webhook = by_token(&world, call)?.clone();
    let message = written(&world, call, &webhook)?;
    let (channel, id) = (message.channel, message.id);
    world.message_delete(channel, id, &Deed::by(webhook.id))?;
    Ok(Answer::nothing())
}
