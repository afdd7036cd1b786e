//! `guildhall config show|set|history|diff|rollback`: what is set in guilds, who changed it, and going back.
//!
//! A write goes the same way as one over REST: every part checks its section, the policy guard has its say, and the
//! audit says who did it. Not here: any of those rules (`app`, `platform`).

use std::collections::{BTreeMap, BTreeSet};

use app::flows::configure::{self, Configure, ConfigureError};
use kernel::GuildId;
use platform::{
    ConfigError, History, HistoryCursor, Left, Mark, Novelty, Revision, Rollback, RolledBack, Run,
    Scope, Snapshot, Target,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::{DbError, Tx};

use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    moment::Moment,
    printer::{Format, Printer},
};

/// What is asked of configurations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// What is in force, or was.
    Show {
        /// In this guild.
        guild: GuildId,
        /// In this revision of it; else now.
        revision: Option<i64>,
    },
    /// To put a document in force.
    Set {
        /// In this guild.
        guild: GuildId,
        /// The whole document, as JSON.
        document: String,
        /// Why, in the operator's words.
        note: String,
        /// The revision that the operator looked at.
        base: Option<i64>,
    },
    /// Who changed what, newest first.
    History {
        /// In this guild.
        guild: GuildId,
        /// How many revisions.
        limit: u32,
    },
    /// What differs between two revisions.
    Diff {
        /// In this guild.
        guild: GuildId,
        /// The older one.
        from: i64,
        /// The newer one.
        to: i64,
    },
    /// To go back.
    Rollback {
        /// In this guild; else in all.
        guild: Option<GuildId>,
        /// To what.
        to: To,
        /// Why, in the operator's words.
        note: String,
        /// Only tell what would change.
        dry_run: bool,
    },
}

/// What to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum To {
    /// A revision.
    Revision(i64),
    /// What was in force at a moment.
    Moment(Moment),
}

impl std::str::FromStr for To {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(number) = text.parse::<i64>()
            && number > 0
        {
            return Ok(Self::Revision(number));
        }
        let moment = text.parse().map(Self::Moment);
        moment.map_err(|error| format!("write a revision, such as 3, or a moment: {error}"))
    }
}

impl Ask {
    /// Answers.
    ///
    /// # Errors
    /// What the platform refuses, or the database's failure.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        desk.require_schema().await?;
        match self {
            Self::Show { guild, revision } => show(desk, *guild, *revision, printer).await,
            Self::Set {
                guild,
                document,
                note,
                base,
            } => set(desk, *guild, (document, note, *base), printer).await,
            Self::History { guild, limit } => history(desk, *guild, *limit, printer).await,
            Self::Diff { guild, from, to } => diff(desk, *guild, (*from, *to), printer).await,
            Self::Rollback {
                guild,
                to,
                note,
                dry_run,
            } => rollback(desk, *guild, *to, (note, *dry_run), printer).await,
        }
    }
}

async fn show(
    desk: &Desk,
    guild: GuildId,
    revision: Option<i64>,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let wanted = revision.map(numbered).transpose()?;
    let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, wanted);
    let found = desk.database().read::<_, DbError, _>("config.show", read);
    let found = found.await.map_err(anyhow::Error::from)?;
    let found = found.ok_or_else(|| nothing(guild, revision))?;
    if printer.format() == Format::Json {
        printer.json(&as_json(&found)).await;
    } else {
        let entry = &found.entry;
        let author = entry.author.id().unwrap_or_else(|| "somebody".to_owned());
        let line = format!("# revision {}, {} by {author}", entry.revision, entry.at);
        printer.line(&line).await;
        printer.json(found.document.value()).await;
    }
    Ok(Exit::Done)
}

fn as_json(found: &Snapshot) -> Value {
    json!({
        "revision": found.entry.revision.get(),
        "document": found.document.value(),
        "author_id": found.entry.author.id(),
        "created_at": found.entry.at.to_string(),
        "note": found.entry.note,
    })
}

async fn set(
    desk: &Desk,
    guild: GuildId,
    (document, note, base): (&str, &str, Option<i64>),
    printer: &Printer,
) -> Result<Exit, Failure> {
    let document: Value = serde_json::from_str(document).map_err(|error| {
        Failure::broken(
            format!("the document is no JSON: {error}"),
            "Write a file as `guildhall config show --json` prints it under `document`",
        )
    })?;
    let command = Configure {
        document,
        note: note.to_owned(),
        base_revision: base.map(numbered).transpose()?,
    };
    let run = desk.ids.next().to_string();
    let op = desk.core.admission().cli(guild, &run);
    let written = configure::configure(&desk.core, op, command).await;
    let written = written.map_err(refused)?;
    if printer.format() == Format::Json {
        printer
            .json(&json!({"revision": written.revision.get()}))
            .await;
    } else {
        let line = format!("Revision {} is in force.", written.revision);
        printer.line(&line).await;
        print_changes(&written.changes, printer).await;
    }
    Ok(Exit::Done)
}

async fn history(
    desk: &Desk,
    guild: GuildId,
    limit: u32,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let read = move |tx: &mut Tx<'_>| platform::history(tx, guild, None::<HistoryCursor>, limit);
    let page = desk
        .database()
        .read::<_, DbError, _>("config.history", read);
    let page: History = page.await.map_err(anyhow::Error::from)?;
    if printer.format() == Format::Json {
        let items: Vec<Value> = page.items.iter().map(item_json).collect();
        let next = page.next.map(|next| next.to_string());
        printer.json(&json!({"items": items, "next": next})).await;
        return Ok(Exit::Done);
    }
    if page.items.is_empty() {
        printer.line("This guild has no configuration yet.").await;
    }
    for item in &page.items {
        let author = item
            .entry
            .author
            .id()
            .unwrap_or_else(|| "somebody".to_owned());
        let line = format!(
            "revision {}  {}  {author}  {}",
            item.entry.revision, item.entry.at, item.entry.note
        );
        printer.line(line.trim_end()).await;
        print_changes(&item.changes, printer).await;
        if item.changes_left_off > 0 {
            let line = format!("  and {} changes more", item.changes_left_off);
            printer.line(&line).await;
        }
    }
    Ok(Exit::Done)
}

fn item_json(item: &platform::HistoryItem) -> Value {
    json!({
        "revision": item.entry.revision.get(),
        "author_id": item.entry.author.id(),
        "created_at": item.entry.at.to_string(),
        "note": item.entry.note,
        "changes": changes_json(&item.changes),
        "changes_left_off": item.changes_left_off,
    })
}

pub(super) fn changes_json(changes: &[platform::Change]) -> Vec<Value> {
    let one = |change: &platform::Change| json!({"path": change.path, "old": change.old, "new": change.new});
    changes.iter().map(one).collect()
}

async fn diff(
    desk: &Desk,
    guild: GuildId,
    (from, to): (i64, i64),
    printer: &Printer,
) -> Result<Exit, Failure> {
    let (from, to) = (numbered(from)?, numbered(to)?);
    let read = move |tx: &mut Tx<'_>| platform::config_diff(tx, guild, from, to);
    let changes = desk
        .database()
        .read::<_, ConfigError, _>("config.diff", read);
    let changes = changes.await.map_err(|error| refused(error.into()))?;
    if printer.format() == Format::Json {
        printer
            .json(&json!({"changes": changes_json(&changes)}))
            .await;
    } else if changes.is_empty() {
        printer.line("They are the same.").await;
    } else {
        print_changes(&changes, printer).await;
    }
    Ok(Exit::Done)
}

async fn rollback(
    desk: &Desk,
    guild: Option<GuildId>,
    to: To,
    (note, dry_run): (&str, bool),
    printer: &Printer,
) -> Result<Exit, Failure> {
    let command = Rollback {
        scope: guild.map_or(Scope::All, |guild| Scope::Guilds(BTreeSet::from([guild]))),
        to: match to {
            To::Revision(number) => Target::Revision(numbered(number)?),
            To::Moment(moment) => Target::Moment(moment.resolve(desk.clock.now())),
        },
        base_revision: None,
        note: note.to_owned(),
        run: if dry_run { Run::Dry } else { Run::Real },
    };
    // The operation stands in one of the guilds; each guild's entry in the audit is its own.
    let Some(there) = guild.or(any_guild(desk).await?) else {
        match printer.format() {
            Format::Json => print_back(&none(), dry_run, printer).await,
            Format::Text => printer.line("No guild has a configuration yet.").await,
        }
        return Ok(Exit::Done);
    };
    let run = desk.ids.next().to_string();
    let op = desk.core.admission().cli(there, &run);
    let back = configure::roll_back(&desk.core, op, command).await;
    let back = back.map_err(|error| refused(error.into()))?;
    print_back(&back, dry_run, printer).await;
    Ok(Exit::Done)
}

/// What going back comes to where there is nothing that could.
fn none() -> RolledBack {
    RolledBack {
        revisions: BTreeMap::new(),
        left: Left::default(),
        novelty: Novelty::New,
    }
}

async fn any_guild(desk: &Desk) -> Result<Option<GuildId>, Failure> {
    let read = |tx: &mut Tx<'_>| platform::changed_since(tx, Mark::START, 1);
    let first = desk.database().read::<_, DbError, _>("config.guilds", read);
    let first = first.await.map_err(anyhow::Error::from)?;
    Ok(first.first().map(|changed| changed.guild))
}

async fn print_back(back: &RolledBack, dry_run: bool, printer: &Printer) {
    let revisions = back.revisions.iter();
    let left = &back.left;
    if printer.format() == Format::Json {
        let by_guild: Map<String, Value> = revisions
            .map(|(guild, revision)| (guild.to_string(), json!(revision.get())))
            .collect();
        let answer = json!({
            "guilds": back.revisions.len(), "revisions": by_guild, "dry_run": dry_run,
            "left": serde_json::to_value(left).unwrap_or(Value::Null),
        });
        printer.json(&answer).await;
        return;
    }
    let (would, count) = (
        if dry_run { "would go" } else { "went" },
        back.revisions.len(),
    );
    printer.line(&format!("{count} guilds {would} back.")).await;
    for (guild, revision) in revisions {
        printer
            .line(&format!("  {guild}  revision {revision}"))
            .await;
    }
    let stay = [
        (left.unchanged, "have that content already"),
        (left.joined_later, "joined later and stay as they are"),
        (left.without_revision, "never had that revision"),
        (left.unknown, "have no configuration"),
        (
            left.refused,
            "stay, because their old document would be refused today",
        ),
    ];
    for (count, why) in stay.into_iter().filter(|(count, _)| *count > 0) {
        printer.line(&format!("{count} guilds {why}.")).await;
    }
    for refused in &left.refusals {
        printer
            .line(&format!("  {}  {}", refused.guild, refused.reason))
            .await;
    }
}

pub(super) async fn print_changes(changes: &[platform::Change], printer: &Printer) {
    let shown = |value: &Option<Value>| {
        value
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), Value::to_string)
    };
    for change in changes {
        let line = format!(
            "  {}: {} → {}",
            change.path,
            shown(&change.old),
            shown(&change.new)
        );
        printer.line(&line).await;
    }
}

fn numbered(number: i64) -> Result<Revision, Failure> {
    Revision::new(number).map_err(|error| {
        Failure::broken(
            error.to_string(),
            "`guildhall config history` lists the revisions there are",
        )
    })
}

/// Refuses a guild that the bot never was in, instead of giving it a configuration.
pub(super) async fn require(desk: &Desk, guild: GuildId) -> Result<(), Failure> {
    let read = move |tx: &mut Tx<'_>| platform::config_fetch(tx, guild, None);
    let found = desk
        .database()
        .read::<_, DbError, _>("config.require", read);
    let found = found.await.map_err(anyhow::Error::from)?;
    found.map(drop).ok_or_else(|| nothing(guild, None))
}

fn nothing(guild: GuildId, revision: Option<i64>) -> Failure {
    let what = match revision {
        Some(revision) => format!("guild {guild} has no revision {revision}"),
        None => format!("guild {guild} has no configuration"),
    };
    Failure::broken(
        what,
        "Check the id; a guild gets its first revision when the bot joins it",
    )
}

/// What was refused, with every place where something is wrong.
pub(super) fn refused(error: ConfigureError) -> Failure {
    match error {
        ConfigureError::Wrong(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Failure::broken(lines.join("\n"), "Put these places of the document right")
        }
        ConfigureError::Policy(refusals) => {
            let line = |refusal: &platform::Refusal| {
                format!(
                    "{}: {} ({})",
                    refusal.pointer,
                    refusal.reason,
                    refusal.rule.stands()
                )
            };
            let lines: Vec<String> = refusals.iter().map(line).collect();
            Failure::broken(
                lines.join("\n"),
                "Change these settings; the rules named forbid them",
            )
        }
        ConfigureError::Config(ConfigError::Store(error)) => Failure::Other(error.into()),
        ConfigureError::Config(error) => Failure::broken(
            error.to_string(),
            "`guildhall config history` shows what is in force",
        ),
    }
}
