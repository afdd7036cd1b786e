//! `guildhall audit search|verify|export`: why things were done, and whether the record is whole.

use std::{path::PathBuf, sync::Arc};

use audit::{Break, Cursor, Filter, Kind, Outcome, Trust, VERIFY_CHUNK_MAX, Verification};
use kernel::{GuildId, MessageId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Database, DbError, Tx};

use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    moment::Moment,
    printer::{Format, Printer},
    verbs::heads,
};

/// Entries read at once.
const CHUNK: u32 = 200;

/// What is asked of the audit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Entries, newest first.
    Search(Selection),
    /// Whether the record of every guild is whole.
    Verify {
        /// The file of signed heads that were kept elsewhere; the whole path, for the server may look for it.
        heads: Option<PathBuf>,
    },
    /// The newest signed heads, one on a line.
    Heads {
        /// Those after this place.
        after: i64,
    },
    /// Every entry of a guild in the order of its chain, one on a line.
    Export {
        /// The guild.
        guild: GuildId,
    },
}

/// Which entries are meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// In this guild.
    pub guild: GuildId,
    /// Of this kind.
    pub kind: Option<String>,
    /// That came to this.
    pub outcome: Option<String>,
    /// About this member, or set off by them.
    pub user: Option<UserId>,
    /// About this message.
    pub message: Option<MessageId>,
    /// Not older than this.
    pub since: Option<Moment>,
    /// Older than this.
    pub until: Option<Moment>,
    /// At most this many.
    pub limit: u32,
}

impl Ask {
    /// Answers.
    ///
    /// # Errors
    /// A filter that makes no sense, or the database's failure.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        desk.require_schema().await?;
        match self {
            Self::Search(selection) => search(desk, selection, printer).await,
            Self::Verify { heads } => verify(desk, heads.clone(), printer).await,
            Self::Heads { after } => heads::print(desk, *after, printer).await,
            Self::Export { guild } => export(desk, *guild, printer).await,
        }
    }
}

/// The names of a filter's values, for the command line; a name that is none stands for nothing.
pub(crate) const KINDS: [&str; 6] = ["moderation", "ai", "config", "human", "access", "money"];
/// The same of outcomes.
pub(crate) const OUTCOMES: [&str; 4] = ["executed", "suppressed", "error", "pending"];

fn filter(desk: &Desk, selection: &Selection) -> Result<Filter, Failure> {
    let now = desk.clock.now();
    let kind = selection
        .kind
        .as_deref()
        .map(|name| Kind::of_name(name).ok_or_else(|| unknown("kind", name, &KINDS)));
    let outcome = selection
        .outcome
        .as_deref()
        .map(|name| Outcome::of_name(name).ok_or_else(|| unknown("outcome", name, &OUTCOMES)));
    Ok(Filter {
        kind: kind.transpose()?,
        outcome: outcome.transpose()?,
        user: selection.user,
        message: selection.message,
        since: selection.since.map(|moment| moment.resolve(now)),
        until: selection.until.map(|moment| moment.resolve(now)),
        ..Filter::default()
    })
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Failure {
    let known = known.join(", ");
    Failure::Usage(format!("there is no {what} `{name}`. There are {known}"))
}

async fn search(desk: &Desk, selection: &Selection, printer: &Printer) -> Result<Exit, Failure> {
    let filter = filter(desk, selection)?;
    let (guild, mut left) = (selection.guild, selection.limit);
    let (mut entries, mut cursor): (Vec<audit::Entry>, Option<Cursor>) = (Vec::new(), None);
    while left > 0 {
        let (filter, from, limit) = (filter.clone(), cursor, left.min(CHUNK));
        let read = move |tx: &mut Tx<'_>| audit::search(tx, guild, &filter, from, limit);
        let page = desk.database().read::<_, DbError, _>("audit.search", read);
        let page = page.await.map_err(anyhow::Error::from)?;
        left = left.saturating_sub(u32::try_from(page.entries.len()).unwrap_or(u32::MAX));
        entries.extend(page.entries);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if printer.format() == Format::Json {
        let items: Vec<Value> = entries.iter().map(audit::json::entry).collect();
        printer
            .json(&json!({"items": items, "next": cursor.map(|next| next.to_string())}))
            .await;
        return Ok(Exit::Done);
    }
    if entries.is_empty() {
        printer.line("Nothing was decided that fits.").await;
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    let head = [
        "at", "kind", "action", "outcome", "about", "revision", "entry",
    ];
    printer.table(&head, &rows).await;
    Ok(Exit::Done)
}

fn row(entry: &audit::Entry) -> Vec<String> {
    let about = entry.subject.or(entry.trigger.user);
    vec![
        entry.at.to_string(),
        entry.kind.name().to_owned(),
        entry.action.clone(),
        entry.outcome.name().to_owned(),
        about.map_or_else(|| "–".to_owned(), |user| user.to_string()),
        entry
            .config_revision
            .map_or_else(|| "–".to_owned(), |revision| revision.to_string()),
        entry.id.to_string(),
    ]
}

/// Checks everything, a part at a time.
pub(crate) async fn whole(database: &Database, trust: Trust) -> Result<Verification, Failure> {
    let trust = Arc::new(trust);
    let mut found = Verification::default();
    let mut cursor = None;
    loop {
        let (trust, from) = (Arc::clone(&trust), cursor);
        let step = move |tx: &mut Tx<'_>| audit::verify(tx, &trust, from, VERIFY_CHUNK_MAX);
        let part = database.read::<_, DbError, _>("audit.verify", step);
        cursor = found.add(part.await.map_err(anyhow::Error::from)?);
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// A break on one line.
pub(crate) fn told(broken: &Break) -> String {
    let seq = broken
        .seq
        .map_or_else(|| "–".to_owned(), |seq| seq.to_string());
    format!(
        "guild {} place {seq}: {}",
        broken.guild,
        broken.wrong.name()
    )
}

async fn verify(desk: &Desk, file: Option<PathBuf>, printer: &Printer) -> Result<Exit, Failure> {
    let witnesses = match file {
        Some(file) => tokio::task::spawn_blocking(move || heads::read(&file))
            .await
            .map_err(anyhow::Error::from)??,
        None => Vec::new(),
    };
    let keys = desk.rotation.signers(desk.signer)?;
    let found = whole(desk.database(), Trust { keys, witnesses }).await?;
    if printer.format() == Format::Json {
        printer.json(&found.to_json()).await;
    } else {
        for broken in &found.breaks {
            printer.line(&told(broken)).await;
        }
        let verdict = if found.is_ok() {
            "the record is whole"
        } else {
            "THE RECORD IS NOT WHOLE"
        };
        let line = format!(
            "{verdict}: {} guilds, {} entries",
            found.guilds, found.entries
        );
        printer.line(&line).await;
    }
    Ok(if found.is_ok() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

async fn export(desk: &Desk, guild: GuildId, printer: &Printer) -> Result<Exit, Failure> {
    let mut after = 0;
    loop {
        let read = move |tx: &mut Tx<'_>| audit::sealed_after(tx, guild, after, CHUNK);
        let part = desk.database().read::<_, DbError, _>("audit.export", read);
        let (entries, next) = part.await.map_err(anyhow::Error::from)?;
        for entry in &entries {
            printer.line(&audit::json::entry(entry).to_string()).await;
        }
        match next {
            Some(next) => after = next,
            None => return Ok(Exit::Done),
        }
    }
}

#[cfg(test)]
mod tests {
    use audit::{Kind, Outcome};

    use super::{KINDS, OUTCOMES};

    #[test]
    fn the_command_line_knows_every_kind_and_outcome() {
        assert!(KINDS.iter().all(|name| Kind::of_name(name).is_some()));
        assert!(OUTCOMES.iter().all(|name| Outcome::of_name(name).is_some()));
    }
}
