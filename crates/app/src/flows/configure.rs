//! A guild's configuration is changed: every context checks its section, the policy guard has its say, the revision
//! is written, and so is who did it.

use std::collections::BTreeSet;

use audit::{Kind, NewEntry, NewInput, Outcome, Said, Trigger};
use kernel::{Actor, Fault, FaultKind, GuildId, Op, Told};
use platform::{
    ConfigError, Document, Novelty, PolicyFacts, Put, Refusal, Revision, Rollback, RollbackOne,
    RolledBack, Run, Target, Written, policy_check,
};
use serde_json::Value;
use store::{DbError, Tx};

use super::noting::{accessed, record, record_access, record_all, trigger_of};
use crate::{
    Core,
    settings::{GuildSettings, Problem, misread},
};

/// A document that somebody wants in force.
#[derive(Debug, Clone)]
pub struct Configure {
    /// The whole document; what is missing takes the defaults.
    pub document: Value,
    /// What the author says about it.
    pub note: String,
    /// The revision that the author looked at.
    pub base_revision: Option<Revision>,
}

/// Why a configuration was not changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigureError {
    /// Something in it makes no sense.
    #[error("the document is wrong in {} places", .0.len())]
    Wrong(Vec<Problem>),
    /// The policy guard refuses it.
    #[error("the policy guard refuses the document in {} places", .0.len())]
    Policy(Vec<Refusal>),
    /// It was not written.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl From<DbError> for ConfigureError {
    fn from(error: DbError) -> Self {
        Self::Config(error.into())
    }
}

impl Fault for ConfigureError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Wrong(_) | Self::Policy(_) => FaultKind::Invalid,
            Self::Config(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Wrong(problems) => problems.first().map_or_else(
                || Told::new("fault-internal"),
                |first| {
                    Told::new("app-config-wrong")
                        .with("pointer", first.pointer.as_str())
                        .with("reason", first.reason.as_str())
                },
            ),
            Self::Policy(refusals) => refusals.first().map_or_else(
                || Told::new("fault-internal"),
                |first| {
                    Told::new("app-config-refused")
                        .with("pointer", first.pointer.as_str())
                        .with("reason", first.reason.as_str())
                        .with("stands", first.rule.stands())
                },
            ),
            Self::Config(error) => error.told(),
        }
    }
}

/// Gives a guild its first revision, of defaults; one that has a configuration keeps it.
///
/// # Errors
/// When the database fails.
pub async fn start(core: &Core, guild: GuildId) -> Result<(), DbError> {
    let config = core.configs.of(core, guild).await?;
    if config.revision.is_some() {
        return Ok(());
    }
    let op = core.admission.scheduled(guild, "join");
    let defaults = core.defaults.document();
    let defaults = defaults.map_err(|problem| unwritable(&problem))?;
    let work = move |tx: &mut Tx<'_>| platform::config_start(tx, &op, &defaults);
    core.database.write("config-start", work).await?;
    core.configs.changed(guild);
    Ok(())
}

/// Puts a document in force.
///
/// # Errors
/// What is wrong with it, what the policy guard refuses, a stale base, or the database's failure.
pub async fn configure(core: &Core, op: Op, command: Configure) -> Result<Written, ConfigureError> {
    let (inside, guild) = (core.clone(), op.guild);
    start(core, guild).await?;
    let facts = facts(core, guild);
    let work = move |tx: &mut Tx<'_>| {
        let written = write(tx, &inside, &op, &command, &facts)?;
        record_access(tx, &inside, &op, "config_put", "the configuration")?;
        Ok::<_, ConfigureError>(written)
    };
    let written = core.database.write("configure", work).await?;
    core.configs.changed(guild);
    Ok(written)
}

/// Puts a document in force inside the caller's transaction; the caller drops what is kept in memory of it.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    command: &Configure,
    facts: &PolicyFacts,
) -> Result<Written, ConfigureError> {
    let document = checked(&command.document, facts)?;
    let put = Put {
        document,
        note: command.note.clone(),
        base_revision: command.base_revision,
    };
    let written = platform::config_put(tx, op, &put)?;
    record_change(
        tx,
        core,
        op,
        (trigger_of(op), "config"),
        &written,
        &command.note,
    )?;
    follow(tx, core, op, &written, &put.document, &command.note)?;
    Ok(written)
}

/// Has those follow who own what a section says: a persona that changed becomes a version of its own.
pub(crate) fn follow(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    written: &Written,
    document: &Document,
    note: &str,
) -> Result<(), DbError> {
    match GuildSettings::read(document.value()) {
        Ok(settings) => super::persona::follow(tx, core, op, written, &settings, note),
        // What is stored was checked; a document of another version is only kept.
        Err(_) => Ok(()),
    }
}

/// The document that comes of a value, where every context and the policy guard agree.
pub(crate) fn checked(value: &Value, facts: &PolicyFacts) -> Result<Document, ConfigureError> {
    let settings = GuildSettings::read(value).map_err(ConfigureError::Wrong)?;
    let document = settings.document();
    let document = document.map_err(|problem| ConfigureError::Wrong(vec![problem]))?;
    if let Some(problem) = misread(value, document.value()) {
        return Err(ConfigureError::Wrong(vec![problem]));
    }
    let refusals = policy_check(&document, facts);
    if refusals.is_empty() {
        Ok(document)
    } else {
        Err(ConfigureError::Policy(refusals))
    }
}

/// The document that would be in force, where every context and the policy guard agree; nothing is written.
///
/// # Errors
/// What is wrong with it, and what the policy guard refuses.
pub fn check(core: &Core, guild: GuildId, document: &Value) -> Result<Document, ConfigureError> {
    checked(document, &facts(core, guild))
}

/// Takes configurations back, of one guild, several or all, in one transaction.
///
/// # Errors
/// When the note is too long, or the database fails.
pub async fn roll_back(core: &Core, op: Op, command: Rollback) -> Result<RolledBack, ConfigError> {
    let inside = core.clone();
    let is_real = command.run == Run::Real;
    let work = move |tx: &mut Tx<'_>| {
        let check = |guild, document: &Document| {
            checked(document.value(), &facts(&inside, guild))
                .map(drop)
                .map_err(|error| error.to_string())
        };
        let back = platform::rollback(tx, &op, &command, &check)?;
        // What was done before was recorded before, in the same transaction.
        if command.run == Run::Real && back.novelty == Novelty::New {
            record_back(tx, &inside, &op, &command, &back)?;
        }
        if command.run == Run::Real {
            super::persona::follow_later(tx, &inside, &op, back.revisions.keys())?;
        }
        Ok::<_, ConfigError>(back)
    };
    let back = core.database.write("config-rollback", work).await?;
    if is_real {
        core.configs.forget_all();
    }
    Ok(back)
}

/// Takes the configuration of the operation's own guild back.
///
/// # Errors
/// When there is nothing to go back to, the base is stale, today's checks refuse it, or the database fails.
pub async fn roll_one_back(
    core: &Core,
    op: Op,
    command: RollbackOne,
) -> Result<Written, ConfigError> {
    let (inside, guild) = (core.clone(), op.guild);
    let work = move |tx: &mut Tx<'_>| {
        let written = write_back(tx, &inside, &op, trigger_of(&op), &command)?;
        record_access(tx, &inside, &op, "config_rollback", "the configuration")?;
        Ok::<_, ConfigError>(written)
    };
    let written = core.database.write("config-rollback", work).await?;
    core.configs.changed(guild);
    Ok(written)
}

/// Takes the configuration of the operation's own guild back, inside the caller's transaction.
pub(crate) fn write_back(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    trigger: Trigger,
    command: &RollbackOne,
) -> Result<Written, ConfigError> {
    let facts = facts(core, op.guild);
    let check = |_, document: &Document| {
        let checked = checked(document.value(), &facts);
        checked.map(drop).map_err(|error| error.to_string())
    };
    let written = platform::rollback_one(tx, op, command, &check)?;
    if written.novelty == Novelty::New {
        record_change(tx, core, op, (trigger, "undo"), &written, &command.note)?;
        let snapshot = platform::config_fetch(tx, op.guild, Some(written.revision))?;
        if let Some(snapshot) = snapshot {
            follow(tx, core, op, &written, &snapshot.document, &command.note)?;
        }
    }
    Ok(written)
}

/// What the policy guard may know of a guild.
pub(crate) fn facts(core: &Core, guild: GuildId) -> PolicyFacts {
    let view = core.directory().and_then(|known| known.known_guild(guild));
    let channels = view.iter().flat_map(|view| &view.channels);
    let restricted = channels.filter(|channel| channel.is_nsfw);
    PolicyFacts {
        age_restricted: restricted.map(|channel| channel.id).collect(),
        adult_presets: BTreeSet::new(),
    }
}

/// Records a change of the configuration as a decision.
pub(crate) fn record_change(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    (trigger, action): (Trigger, &str),
    written: &Written,
    note: &str,
) -> Result<(), DbError> {
    let mut entry = NewEntry::new(Kind::Config, action, Outcome::Executed, trigger);
    let changes: Vec<String> = written.changes.iter().map(told).collect();
    entry.input = NewInput {
        content: Some(Said::by_nobody(changes.join("\n"))),
        ..NewInput::default()
    };
    if !note.is_empty() {
        entry.reasoning = Some(Said::by_nobody(note));
    }
    entry.config_revision = Some(written.revision.get());
    record(tx, core, op, &entry).map(drop)
}

/// A change on one line.
fn told(change: &platform::Change) -> String {
    let shown = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), Value::to_string)
    };
    format!(
        "{}: {} → {}",
        change.path,
        shown(&change.old),
        shown(&change.new)
    )
}

/// Records for each guild that it went back, and that a token wrote it.
fn record_back(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    command: &Rollback,
    back: &RolledBack,
) -> Result<(), DbError> {
    let to = match command.to {
        Target::Revision(revision) => format!("back to revision {revision}"),
        Target::Moment(at) => format!("back to what was in force at {at}"),
    };
    let mut entry = NewEntry::new(Kind::Config, "undo", Outcome::Executed, trigger_of(op));
    let said = format!("{to}. {}", command.note);
    entry.reasoning = Some(Said::by_nobody(said.trim()));
    let access = match op.actor {
        Actor::Token(_) => Some(accessed(op, "config_rollback", "the configuration")),
        Actor::Member(_) | Actor::System => None,
    };
    let mut decisions = Vec::with_capacity(back.revisions.len() * 2);
    for (guild, revision) in &back.revisions {
        let there = core.admission.elsewhere(op, *guild);
        let config_revision = Some(revision.get());
        let entry = NewEntry {
            config_revision,
            ..entry.clone()
        };
        decisions.push((there.clone(), entry));
        if let Some(access) = &access {
            decisions.push((there, access.clone()));
        }
    }
    record_all(tx, core, &decisions)
}

fn unwritable(problem: &Problem) -> DbError {
    DbError::Rejected {
        statement: "platform.config_start".to_owned(),
        reason: problem.to_string(),
    }
}
