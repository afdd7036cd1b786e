//! Who the persona is: versions that are written down, put in force and taken back, and how the bot looks because of it.
//!
//! What is in force is the section `persona` of the guild's configuration. A version that is deployed becomes a revision
//! of it, and a revision that changes the section becomes a version, in one transaction either way. How the bot looks
//! in the guild is owed to Discord by the same transaction, and carried out by the relay.

mod follow;
mod take_on;

use audit::{Kind, NewEntry, Outcome, Said};
use bots::{Deployed, Difference, Settings, Version, VersionError};
use kernel::{Fault, FaultKind, GuildId, Op, Told};
use platform::{ConfigError, Revision, Written};
use serde_json::Value;
use store::{DbError, Tx};

pub(crate) use follow::{follow, follow_all, follow_later};
pub use take_on::take_on;

use super::{
    configure::{self, ConfigureError},
    noting::{record, record_access, trigger_of},
};
use crate::{
    Core,
    once::{Coming, KeyReused, came_to, has_come_to, once},
};

/// What the note of a revision begins with that holds a version; its number follows.
const VERSION_NOTE: &str = "persona version ";

/// Why a persona was not written down or put in force.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PersonaError {
    /// There is no such version, or it makes no sense.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The configuration that it would become is refused.
    #[error(transparent)]
    Configure(#[from] ConfigureError),
    /// The key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
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
            Self::KeyReused(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Version(error) => error.told(),
            Self::Configure(error) => error.told(),
            Self::KeyReused(error) => error.told(),
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

/// Whether the persona is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It keeps silent; everything else goes on.
    Pause,
    /// It answers again.
    Resume,
}

/// What is in force in a guild.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The persona.
    pub persona: Settings,
    /// The version that it is; nothing as long as nobody ever changed it.
    pub version: Option<i64>,
    /// The revision of the configuration that holds it.
    pub revision: Option<Revision>,
}

/// What a deployment came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// The version in force now; nothing where nobody ever changed the persona.
    pub version: Option<i64>,
    /// The revision of the configuration that holds it; nothing where there is none yet.
    pub revision: Option<Revision>,
    /// What changed in the configuration.
    pub changes: Vec<platform::Change>,
}

/// What is in force in a guild.
///
/// # Errors
/// When the database fails.
pub async fn standing(core: &Core, guild: GuildId) -> Result<Standing, DbError> {
    let config = core.config(guild).await?;
    let read = move |tx: &mut Tx<'_>| bots::deployed(tx, guild);
    let deployed = core.database.read("persona-standing", read).await?;
    let persona = config.settings.persona.clone();
    let deployed = deployed.filter(|deployed: &Version| deployed.persona == persona);
    Ok(Standing {
        version: deployed.map(|deployed| deployed.number),
        revision: config.revision,
        persona,
    })
}

/// The version that would be put in force, and what would differ from the one that is.
///
/// # Errors
/// When there is no such version, or the database fails.
pub async fn preview(
    core: &Core,
    guild: GuildId,
    wanted: Wanted,
) -> Result<(Version, Vec<Difference>), PersonaError> {
    let config = core.config(guild).await?;
    let read = move |tx: &mut Tx<'_>| {
        let number = match wanted {
            Wanted::Number(number) => number,
            Wanted::Before => bots::before(tx, guild)?.ok_or(VersionError::NothingBefore)?,
        };
        let version = bots::version(tx, guild, number)?;
        version.ok_or(PersonaError::from(VersionError::NoSuchVersion(number)))
    };
    let version = core.database.read("persona-preview", read).await?;
    let differences = bots::difference(&config.settings.persona, &version.persona);
    Ok((version, differences))
}

/// Writes a persona down without putting it in force.
///
/// # Errors
/// When it makes no sense, the key was used before, or the database fails.
pub async fn draft(
    core: &Core,
    op: Op,
    persona: Settings,
    note: String,
) -> Result<Version, PersonaError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| drafted(tx, &inside, &op, &persona, &note);
    core.database.write("persona-draft", work).await
}

fn drafted(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    persona: &Settings,
    note: &str,
) -> Result<Version, PersonaError> {
    let said = serde_json::to_string(persona).unwrap_or_default();
    match once(tx, op, &["draft", &said, note])? {
        Coming::First => {}
        Coming::Again => return drafted_before(tx, op, persona),
        Coming::Reused => return Err(KeyReused.into()),
    }
    let version = bots::draft(tx, op, persona, note)?;
    came_to(tx, op, version.number)?;
    let trigger = trigger_of(op);
    let mut entry = NewEntry::new(Kind::Config, "persona_draft", Outcome::Executed, trigger);
    let why = format!(
        "version {} was written down: {}",
        version.number, version.note
    );
    entry.reasoning = Some(Said::by_nobody(why));
    record(tx, core, op, &entry)?;
    record_access(tx, core, op, "persona_write", "a version of the persona")?;
    Ok(version)
}

/// The version that an earlier run of this draft wrote down.
fn drafted_before(tx: &mut Tx<'_>, op: &Op, persona: &Settings) -> Result<Version, PersonaError> {
    for version in bots::versions(tx, op.guild, None, bots::VERSIONS_LIMIT_MAX)? {
        if version.persona == *persona && has_come_to(tx, op, version.number)? {
            return Ok(version);
        }
    }
    // It lies behind so many others that it can't be found any more.
    Err(KeyReused.into())
}

/// Puts a version in force: it becomes a revision of the configuration, and the bot looks like it.
///
/// # Errors
/// When there is no such version, today's checks refuse it, the key was used before, or the database fails.
pub async fn deploy(core: &Core, op: Op, wanted: Wanted) -> Result<Deployment, PersonaError> {
    let asked = match wanted {
        Wanted::Number(number) => format!("deploy {number}"),
        Wanted::Before => "rollback".to_owned(),
    };
    let choose = move |tx: &mut Tx<'_>, op: &Op| {
        let before = bots::deployed(tx, op.guild)?;
        let deployed = match wanted {
            Wanted::Number(number) => bots::deploy(tx, op, number)?,
            Wanted::Before => bots::rollback(tx, op)?,
        };
        let before = before.map(|before| before.persona);
        let Deployed { version, .. } = deployed;
        Ok(Some(Chosen { version, before }))
    };
    put_in_force(core, op, asked, "persona_deploy", choose).await
}

/// Has the persona keep silent, or answer again. Where it does already, nothing is written.
///
/// # Errors
/// When the configuration is refused, the key was used before, or the database fails.
pub async fn turn(core: &Core, op: Op, turn: Turn) -> Result<Deployment, PersonaError> {
    let (word, action) = match turn {
        Turn::Pause => ("paused", "persona_pause"),
        Turn::Resume => ("resumed", "persona_resume"),
    };
    let choose = move |tx: &mut Tx<'_>, op: &Op| {
        let Some(before) = configured(tx, op.guild)? else {
            return Ok(None);
        };
        let persona = Settings {
            enabled: turn == Turn::Resume,
            ..before.clone()
        };
        if persona == before {
            return Ok(None);
        }
        let version = bots::record(tx, op, &persona, word)?;
        let before = Some(before);
        Ok(version.map(|version| Chosen { version, before }))
    };
    put_in_force(core, op, word.to_owned(), action, choose).await
}

/// A version that was chosen to be in force, and what was before.
struct Chosen {
    version: Version,
    before: Option<Settings>,
}

/// The persona that the configuration in force has.
fn configured(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Settings>, PersonaError> {
    let snapshot = platform::config_fetch(tx, guild, None)?;
    let settings = snapshot.map(|now| crate::GuildSettings::read(now.document.value()));
    Ok(settings.and_then(Result::ok).map(|read| read.persona))
}

async fn put_in_force(
    core: &Core,
    op: Op,
    asked: String,
    action: &'static str,
    mut choose: impl FnMut(&mut Tx<'_>, &Op) -> Result<Option<Chosen>, PersonaError> + Send + 'static,
) -> Result<Deployment, PersonaError> {
    let (inside, guild) = (core.clone(), op.guild);
    configure::start(core, guild).await?;
    let work = move |tx: &mut Tx<'_>| {
        match once(tx, &op, &[&asked])? {
            Coming::First => {}
            Coming::Again => return as_before(tx, &op),
            Coming::Reused => return Err(KeyReused.into()),
        }
        let Some(chosen) = choose(tx, &op)? else {
            return in_force(tx, guild);
        };
        let written = put(tx, &inside, &op, &chosen.version, action)?;
        let now = &chosen.version.persona;
        follow::look(tx, &inside, &op, chosen.before.as_ref(), now)?;
        record_access(tx, &inside, &op, "persona_put", "the persona")?;
        Ok(Deployment {
            version: Some(chosen.version.number),
            revision: Some(written.revision),
            changes: written.changes,
        })
    };
    let deployment = core.database.write("persona-deploy", work).await?;
    core.configs.changed(guild);
    Ok(deployment)
}

/// What an earlier run of this write came to.
fn as_before(tx: &mut Tx<'_>, op: &Op) -> Result<Deployment, PersonaError> {
    let Some(entry) = platform::config_caused(tx, op)? else {
        return in_force(tx, op.guild);
    };
    let number = entry.note.strip_prefix(VERSION_NOTE);
    let changes = match entry.revision.before() {
        Some(before) => platform::config_diff(tx, op.guild, before, entry.revision)?,
        None => Vec::new(),
    };
    Ok(Deployment {
        version: number.and_then(|number| number.parse().ok()),
        revision: Some(entry.revision),
        changes,
    })
}

/// What is in force, where nothing was to be changed.
fn in_force(tx: &mut Tx<'_>, guild: GuildId) -> Result<Deployment, PersonaError> {
    let version = bots::deployed(tx, guild)?;
    let snapshot = platform::config_fetch(tx, guild, None)?;
    Ok(Deployment {
        version: version.map(|version| version.number),
        revision: snapshot.map(|now| now.entry.revision),
        changes: Vec::new(),
    })
}

/// Writes a version into the configuration.
fn put(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    version: &Version,
    action: &str,
) -> Result<Written, PersonaError> {
    let guild = op.guild;
    let snapshot = platform::config_fetch(tx, guild, None)?;
    let snapshot = snapshot.ok_or(ConfigError::NotStarted { guild })?;
    let mut value = snapshot.document.value().clone();
    let persona = serde_json::to_value(&version.persona).unwrap_or(Value::Null);
    if let Value::Object(sections) = &mut value {
        sections.insert("persona".to_owned(), persona);
    }
    let document = configure::checked(&value, &configure::facts(core, guild))?;
    let note = format!("{VERSION_NOTE}{}", version.number);
    let put = platform::Put {
        document,
        note: note.clone(),
        base_revision: None,
    };
    let written = platform::config_put(tx, op, &put)?;
    configure::record_change(tx, core, op, (trigger_of(op), action), &written, &note)?;
    Ok(written)
}
