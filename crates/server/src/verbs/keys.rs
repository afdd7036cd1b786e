//! `guildhall keys rotate`: another master key takes the place of the one in use.

use std::sync::Arc;

use kernel::Clock;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    admin,
    config::Config,
    desk::{Absent, Call, Desk},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    storage::OpenFailure,
};

/// What is asked of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To exchange the master key.
    Rotate,
}

impl Ask {
    /// Answers.
    ///
    /// # Errors
    /// When the key is not ours to change, or a step fails.
    pub async fn perform(self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        desk.require_schema().await?;
        let Self::Rotate = self;
        let renewed = desk.rotation.rotate(&desk.core).await?;
        if printer.format() == Format::Json {
            let answer = json!({
                "data_keys": renewed.data_keys, "effects": renewed.effects, "unknown": renewed.unknown,
            });
            printer.json(&answer).await;
            return Ok(Exit::Done);
        }
        let line = format!(
            "The master key is another one: {} data keys were wrapped anew, and {} answers sealed anew. Keep a copy of \
             `master.key` where backups are not. The key before opens only backups that were made until now: keep it as long as those.",
            renewed.data_keys, renewed.effects
        );
        printer.line(&line).await;
        if renewed.unknown > 0 {
            let line = format!(
                "{} data keys were wrapped by another key before, and still are.",
                renewed.unknown
            );
            printer.line(&line).await;
        }
        Ok(Exit::Done)
    }
}

/// Has the key exchanged by the server that holds the data directory, else in this process. A server on PostgreSQL
/// holds it too, and goes on sealing with the key that it knows.
///
/// # Errors
/// What is refused, or why neither could be done.
pub async fn carry_out(
    config: &Config,
    clock: Arc<dyn Clock>,
    ask: Ask,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let call = Call::Keys(ask);
    let desk = match Desk::open(config, clock, Absent::Refuse) {
        Ok(desk) => desk,
        Err(OpenFailure::Held(reason)) => {
            return admin::client::ask(&config.data_dir, &call, printer, &reason).await;
        }
        Err(OpenFailure::Failed(failure)) => return Err(failure),
    };
    let outcome = match desk.storage.hold(&config.data_dir) {
        Ok(_hold) => ask.perform(&desk, printer).await,
        Err(OpenFailure::Held(reason)) => {
            admin::client::ask(&config.data_dir, &call, printer, &reason).await
        }
        Err(OpenFailure::Failed(failure)) => Err(failure),
    };
    desk.storage.close().await;
    outcome
}
