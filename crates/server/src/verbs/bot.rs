//! `guildhall bot list|show|deploy|rollback|pause|resume`: who the persona of a guild is, and whether it answers.
//!
//! A write goes the same way as one over REST. Not here: any rule of personas (`app`, `bots`).

use app::flows::persona::{self, Deployment, PersonaError, Standing, Turn, Wanted};
use bots::{Difference, Settings, Version, VersionError, VersionState};
use kernel::GuildId;
use platform::{Mark, Revision};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{DbError, Tx};

use super::config;
use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

/// Guilds read at once.
const CHUNK: u32 = 200;
/// The versions that `show` lists.
const VERSIONS: u32 = 20;

/// What is asked of bots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Which there are.
    List,
    /// What is in force, and which versions there are.
    Show {
        /// In this guild.
        guild: GuildId,
        /// This version alone, and what differs in it.
        version: Option<i64>,
    },
    /// To put a version in force.
    Deploy {
        /// In this guild.
        guild: GuildId,
        /// Which.
        what: What,
        /// Only tell what would change.
        dry_run: bool,
    },
    /// To put the version before in force.
    Rollback {
        /// In this guild.
        guild: GuildId,
        /// Only tell what would change.
        dry_run: bool,
    },
    /// To have the persona keep silent.
    Pause {
        /// In this guild.
        guild: GuildId,
    },
    /// To have it answer again.
    Resume {
        /// In this guild.
        guild: GuildId,
    },
}

/// What is to be in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The version with this number.
    Version(i64),
    /// A new one.
    New {
        /// The persona, as JSON.
        persona: String,
        /// What the operator says about it.
        note: String,
    },
}

impl Ask {
    /// Answers.
    ///
    /// # Errors
    /// What is refused, or the database's failure.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        desk.require_schema().await?;
        match self {
            Self::List => list(desk, printer).await,
            Self::Show { guild, version } => {
                config::require(desk, *guild).await?;
                match version {
                    Some(number) => show_version(desk, *guild, *number, printer).await,
                    None => show(desk, *guild, printer).await,
                }
            }
            Self::Deploy {
                guild,
                what,
                dry_run,
            } => {
                config::require(desk, *guild).await?;
                deploy(desk, *guild, what, *dry_run, printer).await
            }
            Self::Rollback { guild, dry_run } => {
                config::require(desk, *guild).await?;
                put(desk, *guild, Wanted::Before, *dry_run, printer).await
            }
            Self::Pause { guild } => turn(desk, *guild, Turn::Pause, printer).await,
            Self::Resume { guild } => turn(desk, *guild, Turn::Resume, printer).await,
        }
    }
}

async fn list(desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
    let (mut mark, mut found) = (Mark::START, Vec::new());
    loop {
        let read = move |tx: &mut Tx<'_>| platform::changed_since(tx, mark, CHUNK);
        let part = desk.database().read::<_, DbError, _>("bot.list", read);
        let part = part.await.map_err(anyhow::Error::from)?;
        let Some(last) = part.last() else { break };
        mark = last.mark;
        for guild in part.iter().map(|changed| changed.guild) {
            let standing = persona::standing(&desk.core, guild).await;
            found.push((guild, standing.map_err(anyhow::Error::from)?));
        }
    }
    found.sort_by_key(|(guild, _)| *guild);
    if printer.format() == Format::Json {
        let items: Vec<Value> = found
            .iter()
            .map(|(guild, standing)| as_json(*guild, standing))
            .collect();
        printer.json(&json!({"items": items})).await;
        return Ok(Exit::Done);
    }
    let row = |(guild, standing): &(GuildId, Standing)| {
        vec![
            guild.to_string(),
            standing.persona.shown_name().to_owned(),
            standing.persona.base().id.to_owned(),
            state(&standing.persona).to_owned(),
            numbered(standing.version),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let columns = ["guild", "name", "preset", "state", "version"];
    printer.table(&columns, &rows).await;
    Ok(Exit::Done)
}

fn as_json(guild: GuildId, standing: &Standing) -> Value {
    json!({
        "guild_id": guild,
        "name": standing.persona.shown_name(),
        "preset": standing.persona.base().id,
        "state": state(&standing.persona),
        "version": standing.version,
        "revision": standing.revision.map(Revision::get),
        "persona": standing.persona,
    })
}

const fn state(persona: &Settings) -> &'static str {
    if persona.enabled { "running" } else { "paused" }
}

fn numbered(version: Option<i64>) -> String {
    version.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

async fn show(desk: &Desk, guild: GuildId, printer: &Printer) -> Result<Exit, Failure> {
    let standing = persona::standing(&desk.core, guild).await;
    let standing = standing.map_err(anyhow::Error::from)?;
    let read = move |tx: &mut Tx<'_>| bots::versions(tx, guild, None, VERSIONS);
    let versions = desk.database().read::<_, DbError, _>("bot.versions", read);
    let versions: Vec<Version> = versions.await.map_err(anyhow::Error::from)?;
    if printer.format() == Format::Json {
        let mut answer = as_json(guild, &standing);
        let versions: Vec<Value> = versions.iter().map(version_json).collect();
        answer["versions"] = Value::Array(versions);
        printer.json(&answer).await;
        return Ok(Exit::Done);
    }
    let name = standing.persona.shown_name();
    let line = format!("# {name} is {}", state(&standing.persona));
    printer.line(&line).await;
    printer.json(&standing.persona).await;
    let row = |version: &Version| {
        vec![
            version.number.to_string(),
            version.state.name().to_owned(),
            version.at.to_string(),
            version.author.clone(),
            version.note.clone(),
        ]
    };
    let rows: Vec<_> = versions.iter().map(row).collect();
    let columns = ["version", "state", "at", "author", "note"];
    printer.table(&columns, &rows).await;
    Ok(Exit::Done)
}

fn version_json(version: &Version) -> Value {
    json!({
        "version": version.number,
        "state": version.state.name(),
        "author_id": version.author,
        "note": version.note,
        "at": version.at.to_string(),
        "deployed_at": version.deployed_at.map(|at| at.to_string()),
        "persona": version.persona,
    })
}

async fn show_version(
    desk: &Desk,
    guild: GuildId,
    number: i64,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let wanted = Wanted::Number(number);
    let found = persona::preview(&desk.core, guild, wanted).await;
    let (version, differences) = found.map_err(refused)?;
    if printer.format() == Format::Json {
        let mut answer = version_json(&version);
        answer["differences"] = differences_json(&differences);
        printer.json(&answer).await;
        return Ok(Exit::Done);
    }
    let (state, at) = (version.state.name(), version.at);
    let line = format!("# version {number}, {state}, {at} by {}", version.author);
    printer.line(&line).await;
    printer.json(&version.persona).await;
    if version.state != VersionState::Deployed {
        printer.line("In force it would change:").await;
        print_differences(&differences, printer).await;
    }
    Ok(Exit::Done)
}

async fn deploy(
    desk: &Desk,
    guild: GuildId,
    what: &What,
    dry_run: bool,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let (text, note) = match what {
        What::Version(number) => {
            return put(desk, guild, Wanted::Number(*number), dry_run, printer).await;
        }
        What::New { persona, note } => (persona, note),
    };
    let persona: Settings = serde_json::from_str(text).map_err(|error| {
        Failure::broken(
            format!("this is no persona: {error}"),
            "Write a file as `guildhall bot show --json` prints it under `persona`",
        )
    })?;
    if dry_run {
        let standing = persona::standing(&desk.core, guild).await;
        let standing = standing.map_err(anyhow::Error::from)?;
        let wrong = persona.check();
        if !wrong.is_empty() {
            return Err(refused(VersionError::Invalid(wrong).into()));
        }
        let differences = bots::difference(&standing.persona, &persona);
        tell_preview(None, &differences, printer).await;
        return Ok(Exit::Done);
    }
    let op = desk.core.admission().cli(guild, &run(desk));
    let version = persona::draft(&desk.core, op, persona, note.clone()).await;
    let number = version.map_err(refused)?.number;
    put(desk, guild, Wanted::Number(number), false, printer).await
}

async fn put(
    desk: &Desk,
    guild: GuildId,
    wanted: Wanted,
    dry_run: bool,
    printer: &Printer,
) -> Result<Exit, Failure> {
    if dry_run {
        let found = persona::preview(&desk.core, guild, wanted).await;
        let (version, differences) = found.map_err(refused)?;
        tell_preview(Some(version.number), &differences, printer).await;
        return Ok(Exit::Done);
    }
    let op = desk.core.admission().cli(guild, &run(desk));
    let deployed = persona::deploy(&desk.core, op, wanted).await;
    tell(&deployed.map_err(refused)?, printer).await;
    Ok(Exit::Done)
}

async fn turn(desk: &Desk, guild: GuildId, turn: Turn, printer: &Printer) -> Result<Exit, Failure> {
    config::require(desk, guild).await?;
    let op = desk.core.admission().cli(guild, &run(desk));
    let turned = persona::turn(&desk.core, op, turn).await;
    tell(&turned.map_err(refused)?, printer).await;
    Ok(Exit::Done)
}

/// One run is one cause.
fn run(desk: &Desk) -> String {
    desk.ids.next().to_string()
}

async fn tell(deployment: &Deployment, printer: &Printer) {
    if printer.format() == Format::Json {
        let answer = json!({
            "dry_run": false,
            "version": deployment.version,
            "revision": deployment.revision.map(Revision::get),
            "changes": config::changes_json(&deployment.changes),
        });
        return printer.json(&answer).await;
    }
    let line = match (deployment.version, deployment.revision) {
        _ if deployment.changes.is_empty() => "Nothing had to change.".to_owned(),
        (Some(version), Some(revision)) => {
            format!("Version {version} is in force, in revision {revision}.")
        }
        _ => "It is in force.".to_owned(),
    };
    printer.line(&line).await;
    config::print_changes(&deployment.changes, printer).await;
}

async fn tell_preview(version: Option<i64>, differences: &[Difference], printer: &Printer) {
    if printer.format() == Format::Json {
        let changes = differences_json(differences);
        let answer = json!({"dry_run": true, "version": version, "changes": changes});
        return printer.json(&answer).await;
    }
    let line = match version {
        Some(version) => format!("Version {version} would be in force."),
        None => "A new version would be in force.".to_owned(),
    };
    printer.line(&line).await;
    print_differences(differences, printer).await;
}

fn differences_json(differences: &[Difference]) -> Value {
    let one = |one: &Difference| json!({"path": one.path, "old": one.old, "new": one.new});
    differences.iter().map(one).collect()
}

async fn print_differences(differences: &[Difference], printer: &Printer) {
    if differences.is_empty() {
        printer.line("  nothing").await;
    }
    for one in differences {
        let line = format!("  {}: {} → {}", one.path, one.old, one.new);
        printer.line(&line).await;
    }
}

fn refused(error: PersonaError) -> Failure {
    match error {
        PersonaError::Configure(error) => config::refused(error),
        PersonaError::Version(VersionError::Store(error)) => Failure::Other(error.into()),
        error @ (PersonaError::Version(_) | PersonaError::KeyReused(_)) => Failure::broken(
            error.to_string(),
            "`guildhall bot show` lists the versions there are",
        ),
    }
}
