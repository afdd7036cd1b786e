//! Who the persona is: versions that are written down, put in force and taken back, and how the bot looks because of it.
//!
//! What is in force is the section `persona` of the guild's configuration. A version that is deployed becomes a revision
//! of it, and a revision that changes the section becomes a version, in one transaction either way. How the bot looks
//! in the guild is owed to Discord by the same transaction, and carried out by the relay.

use audit::{Kind, NewEntry, Outcome, Said};
use bots::{Deployed, Settings, Version, VersionError, presets::picture};
use chat::{Change, Effect, Profile};
use kernel::{Fault, FaultKind, GuildId, Op, Told};
use platform::{ConfigError, Written};
use serde_json::Value;
use store::{
    DbError, Tx,
    jobs::{self, NewJob},
};

use super::{
    configure::{self, ConfigureError},
    noting::{record, record_access, trigger_of},
};
use crate::{Core, GuildSettings, jobs::JobKind, outcome::owe};

/// How many guilds one job follows.
const FOLLOWED_AT_ONCE: usize = 250;
/// The most characters that Discord shows of what a bot says of itself.
const BIO_MAX: usize = 190;

/// Why a persona was not written down or put in force.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PersonaError {
    /// There is no such version, or it makes no sense.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The configuration that it would become is refused.
    #[error(transparent)]
    Configure(#[from] ConfigureError),
}

impl From<DbError> for PersonaError {
    fn from(error: DbError) -> Self {
        Self::Version(error.into())
    }
}

impl From<ConfigError> for PersonaError {
    fn from(error: ConfigError) -> Self {
        Self::Configure(error.into())
    }
}

impl Fault for PersonaError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Version(error) => error.kind(),
            Self::Configure(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Version(error) => error.told(),
            Self::Configure(error) => error.told(),
        }
    }
}

/// Which version is to be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// The one with this number.
    Number(i64),
    /// The one that was in force before.
    Before,
}

/// What a deployment changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// The version in force now, and what differs from the one before.
    pub deployed: Deployed,
    /// The revision of the configuration that holds it.
    pub revision: platform::Revision,
}

/// Writes a persona down without putting it in force.
///
/// # Errors
/// When it makes no sense, or the database fails.
pub async fn draft(
    core: &Core,
    op: Op,
    persona: Settings,
    note: String,
) -> Result<Version, PersonaError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| {
        let version = bots::draft(tx, &op, &persona, &note)?;
        let trigger = trigger_of(&op);
        let mut entry = NewEntry::new(Kind::Config, "persona_draft", Outcome::Executed, trigger);
        let why = format!(
            "version {} was written down: {}",
            version.number, version.note
        );
        entry.reasoning = Some(Said::by_nobody(why));
        record(tx, &inside, &op, &entry)?;
        record_access(
            tx,
            &inside,
            &op,
            "persona_write",
            "a version of the persona",
        )?;
        Ok::<_, PersonaError>(version)
    };
    core.database.write("persona-draft", work).await
}

/// Puts a version in force: it becomes a revision of the configuration, and the bot looks like it.
///
/// # Errors
/// When there is no such version, today's checks refuse it, or the database fails.
pub async fn deploy(core: &Core, op: Op, wanted: Wanted) -> Result<Deployment, PersonaError> {
    let (inside, guild) = (core.clone(), op.guild);
    configure::start(core, guild).await?;
    let work = move |tx: &mut Tx<'_>| {
        let deployed = match wanted {
            Wanted::Number(number) => bots::deploy(tx, &op, number)?,
            Wanted::Before => bots::rollback(tx, &op)?,
        };
        let written = put(tx, &inside, &op, &deployed)?;
        let before = deployed.before.map(|_| before(&deployed));
        let now = &deployed.version.persona;
        look(tx, &inside, &op, before.as_ref(), now)?;
        record_access(tx, &inside, &op, "persona_deploy", "the persona")?;
        Ok::<_, PersonaError>(Deployment {
            deployed,
            revision: written.revision,
        })
    };
    let deployment = core.database.write("persona-deploy", work).await?;
    core.configs.changed(guild);
    Ok(deployment)
}

/// Writes what is deployed into the configuration.
fn put(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    deployed: &Deployed,
) -> Result<Written, PersonaError> {
    let guild = op.guild;
    let snapshot = platform::config_fetch(tx, guild, None)?;
    let snapshot = snapshot.ok_or(ConfigError::NotStarted { guild })?;
    let mut value = snapshot.document.value().clone();
    let persona = serde_json::to_value(&deployed.version.persona).unwrap_or(Value::Null);
    if let Value::Object(sections) = &mut value {
        sections.insert("persona".to_owned(), persona);
    }
    let document = configure::checked(&value, &configure::facts(core, guild))?;
    let note = format!("persona version {}", deployed.version.number);
    let put = platform::Put {
        document,
        note: note.clone(),
        base_revision: None,
    };
    let written = platform::config_put(tx, op, &put)?;
    let as_what = (trigger_of(op), "persona_deploy");
    configure::record_change(tx, core, op, as_what, &written, &note)?;
    Ok(written)
}

/// The persona before, as the differences tell it: only what the bot looks like matters.
fn before(deployed: &Deployed) -> Settings {
    let mut before = deployed.version.persona.clone();
    for difference in &deployed.differences {
        let text = difference.old.as_str().map(str::to_owned);
        match (difference.path.as_str(), text) {
            ("/name", Some(name)) => before.name = name,
            ("/preset", Some(preset)) => before.preset = preset,
            ("/enabled", _) => before.enabled = difference.old == Value::Bool(true),
            _ => {}
        }
    }
    before
}

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
fn look(
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
