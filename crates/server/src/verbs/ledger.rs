//! `guildhall ledger verify|rebuild|statement|revert`: what an operator asks of the ledger, and corrects in it.
//!
//! Long work goes through in parts, so that a running server keeps answering in between. Not here: any rule of the
//! ledger (`economy`).

mod rebuild;
mod revert;
mod statement;
pub(crate) mod verify;

use economy::{CheckCursor, Party, Record};
use kernel::{GuildId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{DbError, Tx};

use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    moment::Moment,
    printer::Printer,
};

/// What is asked of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Whether every balance agrees with the journal.
    Verify,
    /// To derive balances from the journal again.
    Rebuild {
        /// In this guild; else in all.
        guild: Option<GuildId>,
        /// Only tell what differs.
        dry_run: bool,
    },
    /// Where coins went.
    Statement(Selection),
    /// To take transfers back.
    Revert {
        /// Which.
        selection: Selection,
        /// Why, in the operator's words.
        note: String,
        /// Only tell which.
        dry_run: bool,
    },
}

/// Which transfers are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The one with this id.
    pub transfer: Option<String>,
    /// Those of this member.
    pub user: Option<UserId>,
    /// Those with this kind or this reason.
    pub reason: Option<String>,
    /// Those of this guild; else of all.
    pub guild: Option<GuildId>,
    /// Not older than this.
    pub since: Option<Moment>,
    /// Older than this.
    pub until: Option<Moment>,
}

impl Ask {
    /// Answers.
    ///
    /// # Errors
    /// What the ledger refuses, or the database's failure.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        desk.require_schema().await?;
        match self {
            Self::Verify => verify::run(desk, printer).await,
            Self::Rebuild { guild, dry_run } => rebuild::run(desk, *guild, *dry_run, printer).await,
            Self::Statement(selection) => statement::run(desk, selection, printer).await,
            Self::Revert {
                selection,
                note,
                dry_run,
            } => revert::run(desk, selection, note, *dry_run, printer).await,
        }
    }
}

/// The guilds that are meant: one, or all that have a ledger.
async fn guilds(desk: &Desk, one: Option<GuildId>) -> Result<Vec<GuildId>, Failure> {
    if let Some(guild) = one {
        return Ok(vec![guild]);
    }
    let mut guilds = Vec::new();
    let mut after = 0;
    loop {
        // The check of sums goes from guild to guild, and its cursor names the one it has been at.
        let step = move |tx: &mut Tx<'_>| economy::check(tx, CheckCursor::Sums(after), 1);
        let checked = desk
            .database()
            .read::<_, DbError, _>("ledger.guilds", step)
            .await;
        let Some(CheckCursor::Sums(guild)) = checked.map_err(anyhow::Error::from)?.next else {
            return Ok(guilds);
        };
        guilds.push(GuildId::from_column(guild).map_err(anyhow::Error::from)?);
        after = guild;
    }
}

/// A transfer as JSON, in the shape of the REST interface, with its guild.
fn as_json(guild: GuildId, record: &Record) -> Value {
    let cause = record
        .cause()
        .map(|cause| json!({ "kind": cause.kind.name(), "id": cause.id }));
    json!({
        "guild_id": guild,
        "id": record.id,
        "at": record.at.to_string(),
        "from": record.from.to_string(),
        "to": record.to.to_string(),
        "amount": record.amount.get(),
        "kind": record.kind.name(),
        "reason": record.reason,
        "cause": cause,
        "reverses": record.reverses,
    })
}

/// A transfer as a row of a table.
fn as_row(guild: GuildId, record: &Record) -> Vec<String> {
    let side = |party: &Party| party.to_string();
    vec![
        record.at.to_string(),
        guild.to_string(),
        side(&record.from),
        side(&record.to),
        record.amount.get().to_string(),
        record.kind.name().to_owned(),
        plain(&record.reason),
        record.id.clone(),
    ]
}

const COLUMNS: [&str; 8] = [
    "at", "guild", "from", "to", "amount", "kind", "reason", "transfer",
];

/// A member's words on one line, without what would steer a terminal.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

/// The bounds of a selection in time.
fn bounds(selection: &Selection, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
    let resolve = |moment: Option<Moment>| moment.map(|moment| moment.resolve(now));
    (resolve(selection.since), resolve(selection.until))
}
