//! A persona that changed with the configuration becomes a version, and the bot looks like the one in force.

use bots::{Settings, presets::picture};
use chat::{Change, Effect, Profile};
use kernel::{GuildId, Op};
use platform::Written;
use store::{
    DbError, Tx,
    jobs::{self, NewJob},
};

use crate::{Core, GuildSettings, jobs::JobKind, outcome::owe};

/// How many guilds one job follows.
const FOLLOWED_AT_ONCE: usize = 250;
/// The most characters that Discord shows of what a bot says of itself.
const BIO_MAX: usize = 190;

/// Follows a change of the configuration: a persona that differs from the one in force becomes a version, and the bot
/// looks like it.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    written: &Written,
    settings: &GuildSettings,
    note: &str,
) -> Result<(), DbError> {
    let changed = |change: &platform::Change| {
        change.path == "/persona" || change.path.starts_with("/persona/")
    };
    if written.novelty != platform::Novelty::New || !written.changes.iter().any(changed) {
        return Ok(());
    }
    let before = bots::deployed(tx, op.guild)?.map(|version| version.persona);
    bots::record(tx, op, &settings.persona, note)?;
    look(tx, core, op, before.as_ref(), &settings.persona)
}

/// Has the personas of many guilds followed by jobs, so that what changes all of them at once stays quick.
pub(crate) fn follow_later<'g>(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    guilds: impl Iterator<Item = &'g GuildId>,
) -> Result<(), DbError> {
    let guilds: Vec<GuildId> = guilds.copied().collect();
    for (place, some) in guilds.chunks(FOLLOWED_AT_ONCE).enumerate() {
        let payload = serde_json::json!(some).to_string();
        let job = NewJob {
            id: core.ids.next(),
            kind: JobKind::FollowPersonas.name(),
            key: &format!("{}:{}:{place}", JobKind::FollowPersonas.name(), op.cause),
            payload: &payload,
            due_at: op.at,
        };
        jobs::job_insert(tx, &job, op.at)?;
    }
    Ok(())
}

/// Makes versions of the personas that are in force in these guilds, where they are not yet.
///
/// # Errors
/// When the list can't be read, or the database fails.
pub(crate) async fn follow_all(core: &Core, payload: &str) -> Result<(), DbError> {
    let guilds: Vec<GuildId> =
        serde_json::from_str(payload).map_err(|error| DbError::Rejected {
            statement: JobKind::FollowPersonas.name().to_owned(),
            reason: error.to_string(),
        })?;
    for guild in guilds {
        let op = core
            .admission
            .scheduled(guild, JobKind::FollowPersonas.name());
        let inside = core.clone();
        let work = move |tx: &mut Tx<'_>| follow_one(tx, &inside, &op);
        core.database.write("persona-follow", work).await?;
    }
    Ok(())
}

fn follow_one(tx: &mut Tx<'_>, core: &Core, op: &Op) -> Result<(), DbError> {
    let Ok(Some(snapshot)) = platform::config_fetch(tx, op.guild, None) else {
        return Ok(());
    };
    let Ok(settings) = GuildSettings::read(snapshot.document.value()) else {
        return Ok(());
    };
    let before = bots::deployed(tx, op.guild)?.map(|version| version.persona);
    if before.is_none() && settings.persona == Settings::default() {
        return Ok(());
    }
    let note = format!("as in revision {}", snapshot.entry.revision);
    bots::record(tx, op, &settings.persona, &note)?;
    look(tx, core, op, before.as_ref(), &settings.persona)
}

/// Owes how the bot is to look in the guild, where that changes. As long as no persona was put in force by anybody, it
/// looks like itself.
pub(super) fn look(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    before: Option<&Settings>,
    now: &Settings,
) -> Result<(), DbError> {
    let shown = |persona: &Settings| {
        let name = persona.shown_name().to_owned();
        persona.enabled.then(|| (name, persona.base().id))
    };
    let (was, is) = (before.and_then(shown), shown(now));
    if was == is {
        return Ok(());
    }
    let profile = match is {
        None => Profile {
            guild: op.guild,
            name: Change::Clear,
            avatar_png: Change::Clear,
            bio: Change::Clear,
            reason: "the persona is off".to_owned(),
        },
        Some((name, preset)) => Profile {
            guild: op.guild,
            avatar_png: Change::To(picture(preset).to_vec()),
            bio: Change::To(now.base().pitch.chars().take(BIO_MAX).collect()),
            reason: format!("the persona is {name}"),
            name: Change::To(name),
        },
    };
    owe(tx, core, op, Effect::Profile(profile)).map(drop)
}
