//! `guildhall backup create|verify|restore`: one file that holds everything, whether it is whole, and back.
//!
//! Beside a running server it is that server which writes the file. Not here: how files are made and read (`backup`).

mod create;
mod restore;
mod strangers;
mod verify;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kernel::Stopwatch;
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub use create::Create;
pub use restore::{KeyLoss, Restore, SignerTrust, restore};
pub use verify::verify;

use crate::{
    backup::{KeyFit, Looked, Manifest, Tell},
    printer::{Format, Printer},
};

/// How often a person hears how far a long work has come.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// How many words wait for a slow reader; more are dropped.
const WORDS_WAITING: usize = 8;

/// Does a long work while telling a person how far it has come.
async fn telling<T, F: Future<Output = T>>(printer: &Printer, work: impl FnOnce(Tell) -> F) -> T {
    let (words, mut waiting) = mpsc::channel::<String>(WORDS_WAITING);
    let last = Mutex::new(Stopwatch::start());
    let tell: Tell = Arc::new(move |text| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= TELL_EVERY {
            *last = Stopwatch::start();
            // Whoever reads slowly hears less often.
            drop(words.try_send(text));
        }
    });
    let printing = async {
        while let Some(text) = waiting.recv().await {
            if printer.format() == Format::Text {
                printer.line(&format!("… {text}")).await;
            }
        }
    };
    let (done, ()) = tokio::join!(work(tell), printing);
    done
}

/// The path from the root: whoever does the work may stand elsewhere.
fn from_root(file: &Path) -> PathBuf {
    std::path::absolute(file).unwrap_or_else(|_| file.to_owned())
}

/// What a backup says of itself, for programs.
fn manifest_json(manifest: &Manifest) -> Value {
    json!({
        "made_at": manifest.made_at,
        "made_by": manifest.made_by,
        "engine": manifest.engine,
        "schema": manifest.height(),
        "tables": manifest.tables.len(),
        "rows": manifest.rows(),
    })
}

/// The same for people.
fn manifest_words(manifest: &Manifest) -> String {
    format!(
        "{} tables with {} rows at schema {}, as of {}, from {} by version {}",
        manifest.tables.len(),
        manifest.rows(),
        manifest.height(),
        manifest.made_at,
        manifest.engine,
        manifest.made_by
    )
}

/// What was found out by building a database from a backup, for people.
async fn print_looked(looked: &Looked, findings: &[String], printer: &Printer) {
    let trial = &looked.trial;
    for finding in findings {
        printer.line(finding).await;
    }
    if trial.ledger.is_ok() && trial.record.is_ok() {
        let (ledger, record) = (&trial.ledger, &trial.record);
        printer
            .line(&format!(
                "Its ledger is sound ({} guilds, {} accounts, {} transfers), and its record is whole ({} entries).",
                ledger.guilds, ledger.accounts, ledger.transfers, record.entries
            ))
            .await;
    }
    let words = match trial.key {
        KeyFit::Same => format!(
            "The master key here is the one that it goes with; it opens {} keys of secrets.",
            trial.keys.open
        ),
        KeyFit::Other => "The master key here is NOT the one that it goes with: its secrets do not open with this one. \
                          Find the `master.key` of the server that it was taken from."
            .to_owned(),
        KeyFit::Absent => "There is no master key here, so its secrets were not tried, and whoever it names as signers of \
                           its record was taken at its word. It goes with the `master.key` of the server that it was \
                           taken from."
            .to_owned(),
    };
    printer.line(&words).await;
}
