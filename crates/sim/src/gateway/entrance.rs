//! IDENTIFY and RESUME: how a connection comes to a session.
//! What always holds: every check that Discord makes is made before a session exists; READY, the guilds and then live
//! events come in this order.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::world::wires::{Event, ResumeRefusal, SessionDraft};
use crate::world::{IdentifyTurn, Snowflake, World, intents};

use super::Codec;
use super::connection::{Connection, End, Live};
use super::payload::{self, Closing, Identify, Resume};

/// Guilds told of before others may use the world.
const GUILDS_AT_ONCE: usize = 25;
const SHARDS_MAX: u32 = 16_384;

/// Begins a session.
pub(super) async fn identify(connection: &mut Connection, d: Value) -> Result<(), End> {
    let asked: Identify =
        serde_json::from_value(d).map_err(|_| End::Close(Closing::UNDECODABLE))?;
    let shard = asked.shard.unwrap_or((0, 1));
    let application = check(connection, &asked, shard).map_err(End::Close)?;
    let _ = connection.link.application.set(application);
    connection.note(
        "IDENTIFY",
        json!({"shard": shard, "intents": asked.intents, "compress": asked.compress}),
    );
    connection.count(|counts| counts.identify += 1);
    let turn = connection
        .gateway
        .hub
        .world()
        .identify_count(application, shard.0);
    match turn {
        Ok(IdentifyTurn::Granted) => {}
        Ok(IdentifyTurn::TooSoon) => return invalid(connection, "concurrency").await,
        Ok(IdentifyTurn::Exhausted) | Err(_) => return Err(exhausted(connection, application)),
    }
    if asked.compress == Some(true) && matches!(connection.codec, Codec::Plain) {
        connection.codec = Codec::Payload;
    }
    open(connection, application, shard, &asked);
    Ok(())
}

/// The day's identifies are spent: a new token, and the end of every session.
fn exhausted(connection: &Connection, application: Snowflake) -> End {
    let mut world = connection.gateway.hub.world();
    // The application was there a moment ago; where it is gone, there is nothing to reset.
    let _ = world.token_reset(application);
    let closing = Closing::BAD_TOKEN;
    drop(world);
    let out = crate::world::wires::Out::Close {
        code: closing.code,
        reason: closing.reason,
    };
    connection.gateway.order(Some(application), &out);
    End::Close(closing)
}

fn check(
    connection: &Connection,
    asked: &Identify,
    shard: (u32, u32),
) -> Result<Snowflake, Closing> {
    let world = connection.gateway.hub.world();
    let token = asked.token.strip_prefix("Bot ").unwrap_or(&asked.token);
    let application = world
        .application_of_token(token)
        .ok_or(Closing::BAD_TOKEN)?;
    if shard.1 == 0 || shard.1 > SHARDS_MAX || shard.0 >= shard.1 {
        return Err(Closing::BAD_SHARD);
    }
    let intents = u32::try_from(asked.intents)
        .ok()
        .filter(|_| intents::are_valid(asked.intents));
    let intents = intents.ok_or(Closing::BAD_INTENTS)?;
    if !intents::are_allowed(intents, application.flags) {
        return Err(Closing::FORBIDDEN_INTENTS);
    }
    let mine = world
        .guilds_of(application.id)
        .filter(|guild| guild.id.shard(shard.1) == shard.0)
        .count();
    if mine > connection.gateway.settings.guilds_per_shard_max {
        return Err(Closing::SHARDING_REQUIRED);
    }
    Ok(application.id)
}

fn open(connection: &mut Connection, application: Snowflake, shard: (u32, u32), asked: &Identify) {
    let mut world = connection.gateway.hub.world();
    let session: String = world
        .secret()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(32)
        .collect();
    let guilds: Vec<_> = world
        .guilds_of(application)
        .map(|guild| guild.id)
        .filter(|id| id.shard(shard.1) == shard.0)
        .collect();
    let (sender, events) = mpsc::channel(world.wires.bounds.outlet_max + guilds.len() + 1);
    let draft = SessionDraft {
        id: session.clone(),
        application,
        shard,
        // Checked before.
        intents: u32::try_from(asked.intents).unwrap_or(0),
        large_threshold: asked.large_threshold.unwrap_or(50).clamp(50, 250),
        connection: connection.link.number,
    };
    let told = draft.intents & intents::GUILDS != 0;
    let outlet = world.wires.session_open(draft, sender);
    let ready = ready(
        &world,
        application,
        shard,
        &session,
        &guilds,
        &connection.gateway.settings.url,
    );
    world.push_to_session(application, &session, &Event::new("READY", &ready));
    drop(world);
    let guilds_due = if told { guilds } else { Vec::new() };
    connection.live = Some(Live {
        application,
        session,
        outlet,
        events,
        guilds_due,
    });
}

fn ready(
    world: &World,
    application: Snowflake,
    shard: (u32, u32),
    session: &str,
    guilds: &[Snowflake],
    url: &str,
) -> Value {
    let flags = world
        .application(application)
        .map_or(0, |application| application.flags);
    json!({
        "v": 10,
        "user": world.render_me(application),
        "user_settings": {},
        "user_settings_proto": null,
        "guilds": guilds.iter().map(|id| json!({"id": id, "unavailable": true})).collect::<Vec<_>>(),
        "guild_join_requests": [],
        "private_channels": [],
        "presences": [],
        "relationships": [],
        "session_id": session,
        "session_type": "normal",
        "resume_gateway_url": url,
        "shard": [shard.0, shard.1],
        "application": {"id": application, "flags": flags},
        "auth": {},
        "geo_ordered_rtc_regions": [],
        "_trace": ["[\"sim\"]"],
    })
}

/// Tells of the next few guilds that a new session is owed.
pub(super) fn tell_guilds(connection: &mut Connection) {
    let Some(live) = &mut connection.live else {
        return;
    };
    let mut world = connection.gateway.hub.world();
    for guild in live
        .guilds_due
        .drain(..GUILDS_AT_ONCE.min(live.guilds_due.len()))
    {
        world.tell_session_guild(live.application, &live.session, guild);
    }
}

/// Takes a session up again.
pub(super) async fn resume(connection: &mut Connection, d: Value) -> Result<(), End> {
    let asked: Resume = serde_json::from_value(d).map_err(|_| End::Close(Closing::UNDECODABLE))?;
    let token = asked.token.strip_prefix("Bot ").unwrap_or(&asked.token);
    let application = connection
        .gateway
        .hub
        .world()
        .application_of_token(token)
        .map(|application| application.id);
    let application = application.ok_or(End::Close(Closing::BAD_TOKEN))?;
    let _ = connection.link.application.set(application);
    connection.count(|counts| counts.resume += 1);
    connection.note(
        "RESUME",
        json!({"session": asked.session_id, "seq": asked.seq}),
    );
    let refused = connection.gateway.resumes_refused.fetch_update(
        Ordering::Relaxed,
        Ordering::Relaxed,
        |n| n.checked_sub(1),
    );
    if refused.is_ok() {
        connection
            .gateway
            .hub
            .world()
            .wires
            .session_close(application, &asked.session_id);
        return invalid(connection, "ordered").await;
    }
    match take_up(connection, application, &asked) {
        Ok(live) => {
            connection.live = Some(live);
            connection.count(|counts| counts.resumed += 1);
            connection.note("RESUMED", json!({}));
            Ok(())
        }
        Err(ResumeRefusal::Ahead) => Err(End::Close(Closing::BAD_SEQ)),
        Err(ResumeRefusal::Unknown) => invalid(connection, "unknown session").await,
        Err(ResumeRefusal::Forgotten) => invalid(connection, "events gone").await,
    }
}

fn take_up(
    connection: &Connection,
    application: Snowflake,
    asked: &Resume,
) -> Result<Live, ResumeRefusal> {
    let mut world = connection.gateway.hub.world();
    let room = world.wires.bounds.outlet_max;
    let mut receiver = None;
    let outlet = world.wires.session_resume(
        application,
        &asked.session_id,
        asked.seq,
        connection.link.number,
        |missed| {
            let (sender, events) = mpsc::channel(room + missed + 1);
            receiver = Some(events);
            sender
        },
    )?;
    world.push_to_session(
        application,
        &asked.session_id,
        &Event::new("RESUMED", &json!({"_trace": ["[\"sim\"]"]})),
    );
    let events = receiver.ok_or(ResumeRefusal::Unknown)?;
    Ok(Live {
        application,
        session: asked.session_id.clone(),
        outlet,
        events,
        guilds_due: Vec::new(),
    })
}

async fn invalid(connection: &mut Connection, why: &'static str) -> Result<(), End> {
    connection.count(|counts| counts.invalid_session += 1);
    connection.note("INVALID_SESSION", json!({"resumable": false, "why": why}));
    connection.send(payload::invalid_session(false)).await
}
