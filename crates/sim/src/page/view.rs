//! What a member sees at the opening of the page: servers, channels, people, commands, steps.
//! What always holds: P1; lists are bounded, whatever the size of the world.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::crowd::{Pace, presence_of};
use crate::world::permissions::{MANAGE_MESSAGES, USE_COMMANDS, VIEW_CHANNEL, rank};
use crate::world::state::{Guild, Member};
use crate::world::{Snowflake, World};

use super::Page;
use super::acting::{Actor, channel_seen};
use super::fault::PageFault;
use super::talk::Answered;

/// Members listed of one guild.
const MEMBERS_MAX: usize = 1_000;
/// People offered to act as.
const PEOPLE_MAX: usize = 500;

#[derive(Deserialize)]
pub(super) struct PaceChange {
    pace: Pace,
}

/// `GET state`: everything that the page shows at first, as one member sees it.
pub(super) async fn state(State(page): State<Arc<Page>>, actor: Actor) -> Answered {
    let steps = page.notes().steps_done().clone();
    let pace = page.pace();
    let world = page.hub.world();
    let me = actor.person_or_first(&world)?;
    let guilds: Vec<_> = world
        .guilds_of(me)
        .map(|guild| guild_seen(&world, guild, me))
        .collect();
    let body = json!({
        "me": world.render_user(me),
        "people": people(&world),
        "guilds": guilds,
        "presence": presences(&page, &world, me),
        "pace": pace,
        "steps": super::steps::shown(&world, me, &steps),
    });
    drop(world);
    page.note_acting(me);
    Ok(Json(body))
}

fn guild_seen(world: &World, guild: &Guild, me: Snowflake) -> Value {
    let visible = |id: Snowflake| world.permissions_in(id, me) & VIEW_CHANNEL != 0;
    let channels: Vec<_> = world
        .channels_of(guild.id)
        .filter(|channel| channel.thread.is_none() && visible(channel.id))
        .map(|channel| world.render_channel_partial(channel, me))
        .collect();
    let members: Vec<_> = guild
        .members
        .values()
        .take(MEMBERS_MAX)
        .map(|member| world.render_member(member))
        .collect();
    json!({
        "id": guild.id,
        "name": guild.name,
        "owner_id": guild.owner,
        "roles": world.render_roles(guild),
        "channels": channels,
        "members": members,
    })
}

/// Everybody one may act as: those whom a newcomer wants to be first are featured, one of each standing.
pub(super) fn people(world: &World) -> Vec<Value> {
    let mut guilds: Vec<_> = world.guilds().collect();
    guilds.sort_by_key(|guild| guild.id);
    let featured = guilds
        .first()
        .map(|guild| featured(world, guild))
        .unwrap_or_default();
    let mut found: BTreeMap<Snowflake, Value> = BTreeMap::new();
    for guild in guilds {
        for member in guild.members.values() {
            let Some(user) = world.user(member.user).filter(|user| !user.bot) else {
                continue;
            };
            if found.len() >= PEOPLE_MAX {
                break;
            }
            found.entry(user.id).or_insert_with(|| {
                json!({
                    "id": user.id,
                    "username": user.username,
                    "name": member.nick.as_ref().or(user.global_name.as_ref()).unwrap_or(&user.username),
                    "label": standing(guild, member),
                    "featured": featured.contains(&user.id),
                })
            });
        }
    }
    let mut list: Vec<_> = found.into_iter().collect();
    list.sort_by_key(|(id, _)| {
        featured
            .iter()
            .position(|one| one == id)
            .unwrap_or(usize::MAX)
    });
    list.into_iter().map(|(_, person)| person).collect()
}

/// The owner, the highest who keeps order beside them, and the first ordinary member.
fn featured(world: &World, guild: &Guild) -> Vec<Snowflake> {
    let others = || {
        guild
            .members
            .values()
            .filter(|m| m.user != guild.owner && world.user(m.user).is_some_and(|user| !user.bot))
    };
    let keeps_order =
        |member: &&Member| world.permissions_of(guild.id, member.user) & MANAGE_MESSAGES != 0;
    let keeper = others()
        .filter(keeps_order)
        .max_by_key(|m| (rank(guild, m.user), std::cmp::Reverse(m.user)));
    let ordinary = others()
        .filter(|member| member.roles.is_empty())
        .min_by_key(|m| m.user);
    [
        Some(guild.owner),
        keeper.map(|m| m.user),
        ordinary.map(|m| m.user),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a member is in a guild: its owner, its highest role, or simply a member.
fn standing(guild: &Guild, member: &Member) -> String {
    if guild.owner == member.user {
        return "Owner".to_owned();
    }
    let roles = member.roles.iter().filter_map(|id| guild.roles.get(id));
    roles
        .max_by_key(|role| role.position)
        .map_or_else(|| "Member".to_owned(), |role| role.name.clone())
}

/// Who of the viewer's servers is there: bots while they are connected, people as virtual life has it.
pub(super) fn presences(page: &Page, world: &World, me: Snowflake) -> Value {
    let mut list = serde_json::Map::new();
    let now = world.now_us();
    for member in world
        .guilds_of(me)
        .flat_map(|guild| guild.members.values().take(MEMBERS_MAX))
    {
        let Some(user) = world.user(member.user) else {
            continue;
        };
        let presence = if user.bot {
            bot_presence(world, user.id)
        } else if user.id == me {
            "online"
        } else {
            presence_of(user.id, page.acted_us(user.id), now)
        };
        list.insert(user.id.to_string(), presence.into());
    }
    Value::Object(list)
}

fn bot_presence(world: &World, bot: Snowflake) -> &'static str {
    let by_http = world
        .application(bot)
        .is_some_and(|application| application.interactions_endpoint_url.is_some());
    let connected = world
        .wires
        .sessions_of(bot)
        .iter()
        .any(crate::world::wires::Session::is_connected);
    if by_http || connected {
        "online"
    } else {
        "offline"
    }
}

/// `GET channels/C/commands`: what may be used there, with whose it is.
pub(super) async fn commands(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Path(channel): Path<Snowflake>,
) -> Answered {
    let me = {
        let world = page.hub.world();
        let me = actor.person(&world)?;
        channel_seen(&world, channel, me)?;
        me
    };
    let mut list = page.control.commands(channel, me)?;
    if page.hub.world().permissions_in(channel, me) & USE_COMMANDS == 0 {
        list.clear();
    }
    let world = page.hub.world();
    for command in &mut list {
        let id = command["application_id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .unwrap_or_default();
        let name = world
            .application(id)
            .map_or("", |application| &application.name);
        command["application"] = json!({"id": id, "name": name});
    }
    Ok(Json(json!({"commands": list})))
}

/// `PUT pace`
pub(super) async fn set_pace(
    State(page): State<Arc<Page>>,
    Json(change): Json<PaceChange>,
) -> Result<Json<Value>, PageFault> {
    page.set_pace(change.pace);
    Ok(Json(json!({"pace": change.pace})))
}
