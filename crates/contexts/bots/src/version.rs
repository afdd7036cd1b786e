//! Versions of a persona: written down, deployed, rolled back, compared. A version's words are never changed.
//!
//! What is deployed here becomes the section `persona` of a new configuration revision, which the flow writes in the
//! same transaction; a change that comes the other way, through the configuration, is [`record`]ed as a version.

use ::store::{DbError, Tx};
use kernel::{Actor, Fault, FaultKind, GuildId, Op, Timestamp, Told};
use serde_json::Value;

use crate::{
    settings::{Settings, SettingsError},
    store::versions as rows,
};

/// The most characters of a note.
pub const NOTE_LENGTH_MAX: usize = 400;
/// The most versions of one list.
pub const VERSIONS_LIMIT_MAX: u32 = 200;

/// A persona as it was written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its number in the guild, from 1.
    pub number: i64,
    /// The persona.
    pub persona: Settings,
    /// Who wrote it: a user's id, a token's name, or `system`.
    pub author: String,
    /// What they said about it.
    pub note: String,
    /// Whether it is in force.
    pub state: VersionState,
    /// When it was written.
    pub at: Timestamp,
    /// When it was last deployed.
    pub deployed_at: Option<Timestamp>,
}

/// Whether a version is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// It never was.
    Draft,
    /// It is.
    Deployed,
    /// It was.
    Retired,
}

impl VersionState {
    /// The name as it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Deployed => "deployed",
            Self::Retired => "retired",
        }
    }

    pub(crate) fn of_name(name: &str) -> Self {
        match name {
            "draft" => Self::Draft,
            "deployed" => Self::Deployed,
            _ => Self::Retired,
        }
    }
}

/// One field that differs between two personas.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The field, as a JSON pointer inside the section.
    pub path: String,
    /// What it was.
    pub old: Value,
    /// What it is.
    pub new: Value,
}

/// What a deployment brings; the flow writes `persona` into the guild's configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployed {
    /// What is in force now.
    pub version: Version,
    /// What was in force before.
    pub before: Option<i64>,
    /// What changed from before.
    pub differences: Vec<Difference>,
}

/// Why a version was not written or deployed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// The persona makes no sense.
    #[error("the persona is not valid: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<SettingsError>),
    /// There is no such version.
    #[error("there is no version {0} of this persona")]
    NoSuchVersion(i64),
    /// There is nothing to go back to.
    #[error("no version was deployed before this one")]
    NothingBefore,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for VersionError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Invalid(_) => FaultKind::Invalid,
            Self::NoSuchVersion(_) | Self::NothingBefore => FaultKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Invalid(wrong) => {
                let first = wrong.first();
                Told::new("bots-persona-invalid")
                    .with("pointer", first.map_or("", |wrong| wrong.pointer))
                    .with(
                        "reason",
                        first.map_or_else(String::new, |wrong| wrong.reason.clone()),
                    )
            }
            Self::NoSuchVersion(number) => {
                Told::new("bots-no-such-version").with("number", *number)
            }
            Self::NothingBefore => Told::new("bots-nothing-before"),
            Self::Store(error) => error.told(),
        }
    }
}

/// Writes a persona down without putting it in force.
///
/// # Errors
/// When the persona is not valid, or the database fails.
pub fn draft(
    tx: &mut Tx<'_>,
    op: &Op,
    persona: &Settings,
    note: &str,
) -> Result<Version, VersionError> {
    let wrong = persona.check();
    if !wrong.is_empty() {
        return Err(VersionError::Invalid(wrong));
    }
    Ok(insert(tx, op, persona, note)?)
}

fn insert(tx: &mut Tx<'_>, op: &Op, persona: &Settings, note: &str) -> Result<Version, DbError> {
    let number = rows::number_next(tx, op.guild)?;
    let note = note.replace(char::is_control, " ");
    let version = Version {
        number,
        persona: persona.clone(),
        author: author(op),
        note: note.chars().take(NOTE_LENGTH_MAX).collect(),
        state: VersionState::Draft,
        at: op.at,
        deployed_at: None,
    };
    rows::version_insert(tx, op.guild, &version)?;
    Ok(version)
}

fn author(op: &Op) -> String {
    match &op.actor {
        Actor::Member(user) => user.to_string(),
        Actor::Token(name) => name.chars().take(100).collect(),
        Actor::System => "system".to_owned(),
    }
}

/// Puts a version in force, and retires the one before.
///
/// # Errors
/// When there is no such version, it is not valid any more, or the database fails.
pub fn deploy(tx: &mut Tx<'_>, op: &Op, number: i64) -> Result<Deployed, VersionError> {
    let wanted =
        rows::version_fetch(tx, op.guild, number)?.ok_or(VersionError::NoSuchVersion(number))?;
    let wrong = wanted.persona.check();
    if !wrong.is_empty() {
        return Err(VersionError::Invalid(wrong));
    }
    let before = rows::deployed_fetch(tx, op.guild)?;
    let old = before.as_ref().map(|before| before.persona.clone());
    let differences = difference(&old.unwrap_or_default(), &wanted.persona);
    rows::version_retire(tx, op.guild)?;
    rows::version_deploy(tx, op.guild, number, op.at)?;
    Ok(Deployed {
        version: Version {
            state: VersionState::Deployed,
            deployed_at: Some(op.at),
            ..wanted
        },
        before: before.map(|before| before.number),
        differences,
    })
}

/// Puts the version in force that was in force before this one.
///
/// # Errors
/// When there is none, or as [`deploy`].
pub fn rollback(tx: &mut Tx<'_>, op: &Op) -> Result<Deployed, VersionError> {
    let before = before(tx, op.guild)?.ok_or(VersionError::NothingBefore)?;
    deploy(tx, op, before)
}

/// The number of the version that was in force before the one that is.
///
/// # Errors
/// When the database fails.
pub fn before(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<i64>, DbError> {
    rows::retired_last(tx, guild)
}

/// Writes down a persona that the configuration put in force; nothing where it is what is deployed already.
///
/// # Errors
/// When the database fails.
pub fn record(
    tx: &mut Tx<'_>,
    op: &Op,
    persona: &Settings,
    note: &str,
) -> Result<Option<Version>, DbError> {
    let before = rows::deployed_fetch(tx, op.guild)?;
    if before.is_some_and(|before| before.persona == *persona) {
        return Ok(None);
    }
    let version = insert(tx, op, persona, note)?;
    rows::version_retire(tx, op.guild)?;
    rows::version_deploy(tx, op.guild, version.number, op.at)?;
    Ok(Some(Version {
        state: VersionState::Deployed,
        deployed_at: Some(op.at),
        ..version
    }))
}

/// A version of the guild.
///
/// # Errors
/// When the database fails.
pub fn version(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<Option<Version>, DbError> {
    rows::version_fetch(tx, guild, number)
}

/// The version in force.
///
/// # Errors
/// When the database fails.
pub fn deployed(tx: &mut Tx<'_>, guild: GuildId) -> Result<Option<Version>, DbError> {
    rows::deployed_fetch(tx, guild)
}

/// The versions before `before`, newest first.
///
/// # Errors
/// When the database fails.
pub fn versions(
    tx: &mut Tx<'_>,
    guild: GuildId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Version>, DbError> {
    rows::versions_list(
        tx,
        guild,
        before.unwrap_or(i64::MAX),
        limit.clamp(1, VERSIONS_LIMIT_MAX),
    )
}

/// What changed from one persona to another, field by field.
#[must_use]
pub fn difference(old: &Settings, new: &Settings) -> Vec<Difference> {
    let fields = |persona: &Settings| match serde_json::to_value(persona) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (fields(old), fields(new));
    let changed = new
        .iter()
        .filter(|(field, value)| old.get(*field) != Some(value));
    changed
        .map(|(field, value)| Difference {
            path: format!("/{field}"),
            old: old.get(field).cloned().unwrap_or(Value::Null),
            new: value.clone(),
        })
        .collect()
}
