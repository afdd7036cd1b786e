//! Is everything kept, and could it be brought back: the database, its schema, the checks of the books, the backups.

mod record;

use app::{
    Books,
    installation::{Backup, Backups, Engine, Schema, Storage},
};
use audit::SEALING_COUNT_MAX;
use kernel::{Span, Timestamp};
use maud::{Markup, html};

use super::{head, servers::two};
use crate::{
    components::{
        empty::Empty,
        icon::Icon,
        notice::{Notice, notice},
        section::{page_head, section},
        shell::{self, Frame, Section},
        table::{Rows, Table, number, table, text},
        tag::{Tone, tag},
    },
    console::Console,
    moment,
    numbers::{bytes, counted, lasting},
    room::Answer,
};

/// The check goes round the ledgers each minute; one that has not ended for so long stands still.
const ROUND_LATE: Span = Span::hours(1);

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) storage: Storage,
    pub(crate) books: Books,
}

/// `GET /dashboard/operator/storage`
pub(crate) async fn show(console: Console) -> Answer {
    let view = async {
        let books = console.core().books().await;
        Ok(View {
            storage: console.installation().storage().await,
            books: books.map_err(|error| console.trouble(&error))?,
        })
    };
    console.page(view, page).await
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let backups = &view.storage.backups;
    let main = html! {
        (page_head("Storage", &lead(frame, view), &html! {}))
        section.section aria-labelledby="database-title" {
            h2 id="database-title" { "Database" }
            (schema_trouble(&view.storage.schema))
            div.card { (database(&view.storage)) }
        }
        section.section aria-labelledby="books-title" {
            h2 id="books-title" { "Books" }
            (record::trouble(frame, &view.storage.record))
            (books_trouble(frame, &view.books))
            div.card { (books(frame, view)) }
        }
        (section("backups", "Backups", &html! { span.soft { (schedule(frame, backups)) } }, &html! {
            (backup_trouble(frame, backups))
            (kept(frame, backups))
        }))
    };
    shell::page(frame, &head(frame, "Storage", Section::Storage), &main)
}

fn lead(frame: &Frame, view: &View) -> String {
    let newest = newest_good(&view.storage.backups);
    let backup = match newest {
        Some(backup) => format!(
            "The newest good backup is {} old",
            lasting(frame.now.at.since(backup.at))
        ),
        None => "There is no good backup yet".to_owned(),
    };
    let books = match (view.books.ledger.last_at, view.books.ledger.repairs.first()) {
        (Some(_), None) => "and the ledgers have agreed at every check.",
        (Some(_), Some(_)) => "and the check of the ledgers has put something right.",
        (None, _) => "and the ledgers are being checked for the first time.",
    };
    format!("{backup}, {books}")
}

/// The newest backup that is of use.
pub(super) fn newest_good(backups: &Backups) -> Option<&Backup> {
    let mut kept = backups.kept.as_ref().ok()?.iter();
    kept.find(|backup| backup.whole.is_ok())
}

fn database(storage: &Storage) -> Markup {
    html! {
        dl.facts.start {
            dt { "Engine" } dd {
                @match storage.engine {
                    Engine::Embedded => "libSQL, inside the process",
                    Engine::Postgres => "PostgreSQL",
                }
            }
            @if let Some(place) = &storage.place { dt { "File" } dd { code { (place) } } }
            dt { "Size" } dd {
                @match &storage.bytes {
                    Ok(count) => (bytes(*count)),
                    Err(reason) => span.soft { "not known: " (reason) },
                }
            }
            dt { "Schema" } dd {
                @match &storage.schema {
                    Ok(schema) => (schema_words(schema)),
                    Err(reason) => span.soft { "not known: " (reason) },
                }
            }
        }
    }
}

fn schema_words(schema: &Schema) -> Markup {
    html! {
        @match &schema.applied {
            Some((number, name)) => { "step " (number) ", “" (name) "”" },
            None => "none yet",
        }
        ", of " (schema.known) " that this version knows "
        @if schema.lacking == 0 { (tag(Tone::Good, "complete")) } @else { (tag(Tone::Warning, "behind")) }
    }
}

fn schema_trouble(schema: &Result<Schema, String>) -> Markup {
    let (title, text) = match schema {
        Ok(schema) if schema.lacking == 0 => return html! {},
        Ok(schema) => (
            format!(
                "The database lacks {}.",
                counted(
                    i64::try_from(schema.lacking).unwrap_or(i64::MAX),
                    "step of the schema",
                    "steps of the schema"
                )
            ),
            "They are applied at the next start, after a backup; or by guildhall migrate up."
                .to_owned(),
        ),
        Err(reason) => (
            "The schema does not fit this program.".to_owned(),
            reason.clone(),
        ),
    };
    notice(&Notice {
        tone: Tone::Warning,
        title,
        text,
        action: None,
    })
}

fn books(frame: &Frame, view: &View) -> Markup {
    let books = &view.books;
    let ledger = &books.ledger;
    html! {
        dl.facts.start {
            dt { "Ledgers" } dd {
                @match (ledger.first_at, ledger.last_at) {
                    (Some(first), Some(last)) => {
                        "every balance compared with the journal, round and round since "
                        (moment::day_and_clock(&frame.now, first)) "; the last round ended " (moment::when(&frame.now, last))
                    },
                    _ => "the first round is under way",
                }
            }
            dt { "Clean" } dd {
                @match ledger.repairs.first() {
                    None => (tag(Tone::Good, "nothing ever differed")),
                    Some((_, repair)) => { "since " (moment::day_and_clock(&frame.now, repair.at)) },
                }
            }
            dt { "Decisions" } dd {
                @match books.sealing.signed_at {
                    Some(at) => { "chained, and the end signed " (moment::when(&frame.now, at)) },
                    None => "none was made yet",
                }
                @if books.sealing.waiting > 0 { "; " (waiting(books.sealing.waiting)) }
            }
            (record::fact(frame, &view.storage.record))
        }
    }
}

fn waiting(count: u64) -> String {
    let at_most = u64::from(SEALING_COUNT_MAX);
    let count = i64::try_from(count.min(at_most)).unwrap_or(i64::MAX);
    let more = if count >= i64::from(SEALING_COUNT_MAX) {
        "or more "
    } else {
        ""
    };
    format!(
        "{} {more}waiting for a link",
        counted(count, "record is", "records are")
    )
}

fn books_trouble(frame: &Frame, books: &Books) -> Markup {
    let late = books
        .ledger
        .last_at
        .filter(|last| frame.now.at.since(*last) > ROUND_LATE);
    html! {
        @if let Some(last) = late {
            (notice(&Notice {
                tone: Tone::Warning,
                title: "The check of the ledgers stands still.".to_owned(),
                text: format!("Its last round ended {}. The job economy.verify does it: see among the jobs.", frame.now.short(last)),
                action: None,
            }))
        }
        @for (guild, repair) in &books.ledger.repairs {
            (notice(&Notice {
                tone: if repair.contradictions > 0 { Tone::Danger } else { Tone::Warning },
                title: format!("The ledger of server {guild} did not agree."),
                text: format!("Found {}: {}", frame.now.short(repair.at), repaired(repair)),
                action: Some(("Its economy".to_owned(), frame.at(&format!("/guilds/{guild}/economy")))),
            }))
        }
    }
}

fn repaired(repair: &economy::Repair) -> String {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let repaired = counted(count(repair.repaired), "balance was", "balances were");
    if repair.contradictions == 0 {
        return format!("{repaired} derived from the journal again.");
    }
    let contradictions = counted(
        count(repair.contradictions),
        "contradiction",
        "contradictions",
    );
    format!(
        "{repaired} derived from the journal again. The journal itself holds {contradictions}, so coins stand still there: \
         compare it with a backup by guildhall ledger verify."
    )
}

fn schedule(frame: &Frame, backups: &Backups) -> String {
    let kept = counted(i64::from(backups.keep_days), "day", "days");
    match backups.next_at {
        Some(at) if at <= frame.now.at => format!("The next one is due now. Kept for {kept}."),
        Some(at) => format!(
            "The next one is due {}. Kept for {kept}.",
            frame.now.short(at)
        ),
        None => "None is taken by itself: GUILDHALL_BACKUP_AT is off.".to_owned(),
    }
}

fn backup_trouble(frame: &Frame, backups: &Backups) -> Markup {
    let newest: Option<Timestamp> = newest_good(backups).map(|backup| backup.at);
    let is_old = newest.is_some_and(|at| frame.now.at.since(at) > backups.age_max);
    if !is_old || backups.next_at.is_none() {
        return html! {};
    }
    notice(&Notice {
        tone: Tone::Danger,
        title: format!(
            "There is no good backup of the last {}.",
            lasting(backups.age_max)
        ),
        text: "The log says why the last tries failed; most often the disk is full. guildhall backup create takes one now."
            .to_owned(),
        action: None,
    })
}

fn kept(frame: &Frame, backups: &Backups) -> Markup {
    let rows = match &backups.kept {
        Err(reason) => Rows::Failed(Notice {
            tone: Tone::Danger,
            title: "The backups can't be looked through.".to_owned(),
            text: format!("{}: {reason}", backups.folder),
            action: None,
        }),
        Ok(kept) if kept.is_empty() => Rows::Empty(Empty {
            icon: Icon::Disk,
            title: "No backup yet",
            text: "The first one is taken at the time that is set, or at once by guildhall backup create.",
            actions: Vec::new(),
        }),
        Ok(kept) => Rows::Here(kept.iter().map(|backup| line(frame, backup)).collect()),
    };
    table(&Table {
        id: "backups",
        caption: "Backups, newest first",
        columns: &[
            text("Backup"),
            text("Worth"),
            text("Taken"),
            number("Age"),
            number("Size"),
        ],
        rows,
        is_whole: true,
        first: None,
        next: None,
    })
}

fn line(frame: &Frame, backup: &Backup) -> Vec<Markup> {
    let what = if backup.is_daily {
        "each day's"
    } else {
        "before the schema was changed"
    };
    let worth = match &backup.whole {
        Ok(content) => html! {
            div.two {
                div.tags { (tag(Tone::Good, "whole")) }
                span.soft {
                    (counted(i64::try_from(content.rows).unwrap_or(i64::MAX), "row", "rows")) ", step " (content.schema)
                    ", by version " (content.version)
                }
            }
        },
        Err(reason) => {
            html! { div.two { div.tags { (tag(Tone::Danger, "of no use")) } span.soft { (reason) } } }
        }
    };
    vec![
        two(&backup.name, what),
        worth,
        moment::when(&frame.now, backup.at),
        html! { (lasting(frame.now.at.since(backup.at))) },
        html! { (bytes(backup.bytes)) },
    ]
}
