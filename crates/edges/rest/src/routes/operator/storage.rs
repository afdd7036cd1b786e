//! Where everything is kept: the database and its schema, the checks of the books, the backups.

use app::{
    Books,
    installation::{Backup, Backups, Engine, RecordCheck, RecordChecked, Schema, Storage},
};
use audit::{SEALING_COUNT_MAX, Sealing};
use axum::{Json, extract::State};
use economy::Repair;
use kernel::GuildId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Answer;
use crate::{Rest, door::Caller};

pub(super) fn router() -> OpenApiRouter<Rest> {
    OpenApiRouter::new().routes(routes!(storage))
}

/// Where everything is kept.
#[derive(Debug, Serialize, ToSchema)]
struct StorageBody {
    /// `libsql` or `postgres`.
    engine: &'static str,
    /// The file; null for a database server, whose address holds a password.
    place: Option<String>,
    /// Null where it is not known, for the reason in `bytes_error`.
    bytes: Option<u64>,
    bytes_error: Option<String>,
    /// Null where it is not known or does not fit this program, for the reason in `schema_error`.
    schema: Option<SchemaBody>,
    schema_error: Option<String>,
    backups: BackupsBody,
    ledgers: LedgersBody,
    decisions: SealingBody,
}

/// How the schema of the database stands against the program's.
#[derive(Debug, Serialize, ToSchema)]
struct SchemaBody {
    /// The last step that the database has.
    step: Option<u32>,
    /// Its name.
    name: Option<String>,
    /// The last step that the program knows.
    known: u32,
    /// How many steps the database lacks.
    lacking: usize,
}

/// The backups that are kept beside the database.
#[derive(Debug, Serialize, ToSchema)]
struct BackupsBody {
    folder: String,
    /// The newest first; null where the folder can't be looked through, for the reason in `kept_error`.
    kept: Option<Vec<BackupBody>>,
    kept_error: Option<String>,
    /// When the next one is due; null where none is taken by itself.
    next_at: Option<String>,
    keep_days: u16,
}

/// A backup.
#[derive(Debug, Serialize, ToSchema)]
struct BackupBody {
    name: String,
    /// The moment whose state it holds.
    at: String,
    /// Whether it is one of every day's.
    daily: bool,
    bytes: u64,
    /// Why it is of no use; null where it is good.
    error: Option<String>,
    /// The version of the program that wrote it.
    version: Option<String>,
    rows: Option<u64>,
    schema_step: Option<u32>,
}

/// How the continuous check of the ledgers stands.
#[derive(Debug, Serialize, ToSchema)]
struct LedgersBody {
    /// When the first round over all of them was finished.
    first_round_at: Option<String>,
    /// When the last one was.
    last_round_at: Option<String>,
    /// What was put right last, the latest first.
    repairs: Vec<RepairBody>,
}

/// Something that a check of the ledgers put right.
#[derive(Debug, Serialize, ToSchema)]
struct RepairBody {
    #[schema(value_type = String)]
    guild_id: GuildId,
    at: String,
    /// How many balances were derived from the journal again.
    repaired: u64,
    /// How many contradictions of the journal were found, which stop the server's coins.
    contradictions: u64,
}

/// How the chains of decisions stand.
#[derive(Debug, Serialize, ToSchema)]
struct SealingBody {
    /// How many wait for their link, counted up to ten thousand.
    waiting: u64,
    /// When the end of a chain was signed last.
    signed_at: Option<String>,
    /// The check that goes through every link once a day; null before the first one since the start.
    check: Option<RecordCheckedBody>,
    /// When a later check came to no end; null where none did not.
    check_failed_at: Option<String>,
    /// Why it came to none.
    check_error: Option<String>,
    /// When the next check begins.
    check_next_at: Option<String>,
}

/// What a check of every link of the decisions found.
#[derive(Debug, Serialize, ToSchema)]
struct RecordCheckedBody {
    /// When it ended.
    at: String,
    /// Over how many servers' chains it went.
    servers: u64,
    /// Over how many decisions.
    entries: u64,
    /// At how many places the record does not hold.
    breaks: u64,
    /// The first of them.
    first: Option<String>,
}

impl StorageBody {
    fn of(storage: Storage, books: Books) -> Self {
        let (bytes, bytes_error) = parted(storage.bytes);
        let (schema, schema_error) = parted(storage.schema);
        Self {
            engine: match storage.engine {
                Engine::Embedded => "libsql",
                Engine::Postgres => "postgres",
            },
            place: storage.place,
            bytes,
            bytes_error,
            schema: schema.map(Into::into),
            schema_error,
            backups: storage.backups.into(),
            decisions: SealingBody::of(books.sealing, storage.record),
            ledgers: LedgersBody {
                first_round_at: books.ledger.first_at.map(|at| at.to_string()),
                last_round_at: books.ledger.last_at.map(|at| at.to_string()),
                repairs: books.ledger.repairs.into_iter().map(Into::into).collect(),
            },
        }
    }
}

impl SealingBody {
    fn of(sealing: Sealing, record: RecordCheck) -> Self {
        let (failed_at, error) = record.failed.unzip();
        Self {
            waiting: sealing.waiting.min(u64::from(SEALING_COUNT_MAX)),
            signed_at: sealing.signed_at.map(|at| at.to_string()),
            check: record.last.map(Into::into),
            check_failed_at: failed_at.map(|at| at.to_string()),
            check_error: error,
            check_next_at: record.next_at.map(|at| at.to_string()),
        }
    }
}

impl From<RecordChecked> for RecordCheckedBody {
    fn from(checked: RecordChecked) -> Self {
        Self {
            at: checked.at.to_string(),
            servers: checked.guilds,
            entries: checked.entries,
            breaks: checked.breaks,
            first: checked.first,
        }
    }
}

impl From<Schema> for SchemaBody {
    fn from(schema: Schema) -> Self {
        let (step, name) = schema.applied.unzip();
        Self {
            step,
            name,
            known: schema.known,
            lacking: schema.lacking,
        }
    }
}

impl From<Backups> for BackupsBody {
    fn from(backups: Backups) -> Self {
        let (kept, kept_error) = parted(backups.kept);
        Self {
            folder: backups.folder,
            kept: kept.map(|kept| kept.into_iter().map(Into::into).collect()),
            kept_error,
            next_at: backups.next_at.map(|at| at.to_string()),
            keep_days: backups.keep_days,
        }
    }
}

impl From<Backup> for BackupBody {
    fn from(backup: Backup) -> Self {
        let (content, error) = parted(backup.whole);
        Self {
            name: backup.name,
            at: backup.at.to_string(),
            daily: backup.is_daily,
            bytes: backup.bytes,
            error,
            rows: content.as_ref().map(|content| content.rows),
            schema_step: content.as_ref().map(|content| content.schema),
            version: content.map(|content| content.version),
        }
    }
}

impl From<(GuildId, Repair)> for RepairBody {
    fn from((guild_id, repair): (GuildId, Repair)) -> Self {
        Self {
            guild_id,
            at: repair.at.to_string(),
            repaired: repair.repaired,
            contradictions: repair.contradictions,
        }
    }
}

/// What is known, beside why it is not.
fn parted<T>(known: Result<T, String>) -> (Option<T>, Option<String>) {
    match known {
        Ok(value) => (Some(value), None),
        Err(reason) => (None, Some(reason)),
    }
}

/// The database and its schema, the checks of the books, and the backups.
#[utoipa::path(
    get,
    path = "/storage",
    operation_id = "operator_storage",
    tag = "operator",
    responses((status = 200, body = StorageBody)),
    security(("token" = ["operator"]))
)]
async fn storage(State(rest): State<Rest>, caller: Caller) -> Answer<StorageBody> {
    let op = rest.operators_read(&caller)?;
    let books = rest.core.books().await;
    let books = books.map_err(|error| rest.problem(&op, &error))?;
    let storage = rest.installation.storage().await;
    Ok(Json(StorageBody::of(storage, books)))
}
