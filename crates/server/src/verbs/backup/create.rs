//! `backup create`: writes the file.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{from_root, manifest_json, manifest_words, telling};
use crate::{
    backup::{self, Order, Replace, Taken, shelf},
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Create {
    /// The file, by its path from the root.
    file: PathBuf,
    /// Whether one that is there already may go.
    force: bool,
}

impl Create {
    /// A backup in this file.
    #[must_use]
    pub fn new(file: &std::path::Path, force: bool) -> Self {
        Self {
            file: from_root(file),
            force,
        }
    }

    /// Writes it, and says what it wrote.
    ///
    /// # Errors
    /// When the database is empty, or the file cannot be written.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        let standing = desk.schema.standing(&desk.storage).await;
        if standing.map_err(anyhow::Error::from)?.applied.is_empty() {
            return Err(Failure::broken(
                "the database is empty, so there is nothing to back up",
                "Run `guildhall migrate up` or `guildhall run` first, or name the right database",
            ));
        }
        let order = self.order(desk)?;
        let taken = telling(printer, |tell| async move {
            let taking = tokio::task::spawn_blocking(move || backup::take(&order, tell.as_ref()));
            taking.await.map_err(anyhow::Error::from)
        });
        print(&taken.await??, printer).await;
        Ok(Exit::Done)
    }

    fn order(&self, desk: &Desk) -> Result<Order, Failure> {
        Ok(Order {
            storage: Arc::clone(&desk.storage),
            migrations: desk.schema.migrations(),
            clock: Arc::clone(&desk.clock),
            signers: desk.rotation.signers(desk.signer)?,
            work: shelf::folder(&desk.data_dir),
            target: self.file.clone(),
            replace: match self.force {
                true => Replace::Allowed,
                false => Replace::Refused,
            },
        })
    }
}

async fn print(taken: &Taken, printer: &Printer) {
    let manifest = &taken.manifest;
    if printer.format() == Format::Json {
        let mut answer = manifest_json(manifest);
        answer["file"] = json!(taken.file);
        answer["bytes"] = json!(taken.bytes);
        answer["holds_master_key"] = json!(false);
        return printer.json(&answer).await;
    }
    let line = format!(
        "`{}` holds {} ({} bytes).",
        taken.file.display(),
        manifest_words(manifest),
        taken.bytes
    );
    printer.line(&line).await;
    printer
        .line(
            "Secrets in it are sealed, and the master key is NOT in it. Keep `master.key` of the data directory, or what \
             GUILDHALL_MASTER_KEY is set to, in another place: without it a restored server opens none of them.",
        )
        .await;
}
