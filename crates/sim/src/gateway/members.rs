//! `REQUEST_GUILD_MEMBERS`: the members of a guild, in chunks of a thousand.
//! What always holds: the whole list needs the members intent; a query finds at most a hundred.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::state::Guild;
use crate::world::wires::Event;
use crate::world::{Snowflake, World, intents};

use super::connection::{Connection, End};
use super::payload::Closing;

const CHUNK: usize = 1_000;
const FOUND_MAX: usize = 100;
const NONCE_BYTES_MAX: usize = 32;

/// One id or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Ids {
    One(Snowflake),
    Many(Vec<Snowflake>),
}

#[derive(Debug, Deserialize)]
struct Request {
    guild_id: Snowflake,
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    limit: usize,
    #[serde(default)]
    presences: bool,
    #[serde(default)]
    user_ids: Option<Ids>,
    #[serde(default)]
    nonce: Option<String>,
}

/// Answers with as many chunks as it takes.
pub(super) async fn answer(connection: &mut Connection, d: Value) -> Result<(), End> {
    let request: Request =
        serde_json::from_value(d).map_err(|_| End::Close(Closing::UNDECODABLE))?;
    if request.query.is_none() && request.user_ids.is_none() {
        return Err(End::Close(Closing::UNDECODABLE));
    }
    let Some((application, session)) = connection
        .live
        .as_ref()
        .map(|live| (live.application, live.session.clone()))
    else {
        return Ok(());
    };
    let Some((found, missing)) = search(
        &connection.gateway.hub.world(),
        application,
        &session,
        &request,
    ) else {
        return Ok(());
    };
    let count = found.len().div_ceil(CHUNK).max(1);
    for index in 0..count {
        let users = found.chunks(CHUNK).nth(index).unwrap_or(&[]);
        {
            let mut world = connection.gateway.hub.world();
            let Some(body) = chunk(&world, &request, users, (index, count), &missing) else {
                return Ok(());
            };
            world.push_to_session(
                application,
                &session,
                &Event::new("GUILD_MEMBERS_CHUNK", &body),
            );
        }
        // A guild of sixty thousand is many chunks: others may want the world between them.
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// The users that were found, and those asked for that are no members; nothing where the bot may not ask.
fn search(
    world: &World,
    application: Snowflake,
    session: &str,
    request: &Request,
) -> Option<(Vec<Snowflake>, Vec<Snowflake>)> {
    world.member(request.guild_id, application)?;
    let guild = world.guild(request.guild_id)?;
    if let Some(ids) = &request.user_ids {
        let ids = match ids {
            Ids::One(id) => vec![*id],
            Ids::Many(ids) => ids.iter().copied().take(FOUND_MAX).collect(),
        };
        return Some(
            ids.into_iter()
                .partition(|id| guild.members.contains_key(id)),
        );
    }
    let query = request.query.as_deref().unwrap_or_default().to_lowercase();
    if query.is_empty() && request.limit == 0 {
        let mut mine = world
            .wires
            .sessions_of(application)
            .iter()
            .filter(|s| s.id == session);
        return mine
            .any(|s| s.intents & intents::MEMBERS != 0)
            .then(|| (guild.members.keys().copied().collect(), Vec::new()));
    }
    let limit = if request.limit == 0 {
        FOUND_MAX
    } else {
        request.limit.min(FOUND_MAX)
    };
    Some((
        named(world, guild, &query).take(limit).collect(),
        Vec::new(),
    ))
}

fn named<'w>(
    world: &'w World,
    guild: &'w Guild,
    query: &'w str,
) -> impl Iterator<Item = Snowflake> + 'w {
    let begins = move |name: Option<&String>| {
        name.is_some_and(|name| name.to_lowercase().starts_with(query))
    };
    guild
        .members
        .values()
        .filter(move |member| {
            let user = world.user(member.user);
            begins(member.nick.as_ref())
                || begins(user.map(|user| &user.username))
                || begins(user.and_then(|user| user.global_name.as_ref()))
        })
        .map(|member| member.user)
}

fn chunk(
    world: &World,
    request: &Request,
    users: &[Snowflake],
    (index, count): (usize, usize),
    missing: &[Snowflake],
) -> Option<Value> {
    let guild = world.guild(request.guild_id)?;
    let members: Vec<_> = users
        .iter()
        .filter_map(|id| guild.members.get(id))
        .map(|member| world.render_member(member))
        .collect();
    let mut body = json!({
        "guild_id": guild.id,
        "members": members,
        "chunk_index": index,
        "chunk_count": count,
        "not_found": missing,
    });
    if request.presences {
        body["presences"] = json!([]);
    }
    if let Some(nonce) = request
        .nonce
        .as_ref()
        .filter(|nonce| nonce.len() <= NONCE_BYTES_MAX)
    {
        body["nonce"] = nonce.clone().into();
    }
    Some(body)
}
