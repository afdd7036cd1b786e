//! What there is to say about the database: whether it opens, what its schema is, whether its file is whole.

use std::sync::Arc;

use kernel::Clock;
use store::MigrationError;
use tokio::sync::mpsc;

use super::{Finding, machine::Server};
use crate::{
    admin,
    config::{Config, DatabaseChoice},
    data_dir,
    desk::{Absent, Call, Desk},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    storage::{OpenFailure, engine_name},
};

/// What was found, and whether a server was there.
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    pub(super) server: Server,
}

/// Looks at the database, or lets the server that holds it look.
pub(super) async fn look(config: &Config, clock: Arc<dyn Clock>) -> Seen {
    let embedded = matches!(config.database, DatabaseChoice::Embedded);
    if embedded && !data_dir::database_path(&config.data_dir).exists() {
        return alone(Finding::ok(
            "storage",
            "there is no database yet; it is made at the first start",
        ));
    }
    match Desk::open(config, clock, Absent::Refuse) {
        Ok(desk) => {
            let findings = examine(&desk).await;
            desk.storage.close().await;
            Seen {
                findings,
                server: Server::Absent,
            }
        }
        Err(OpenFailure::Held(reason)) => Seen {
            findings: ask(config, &reason).await,
            server: Server::Running,
        },
        Err(OpenFailure::Failed(failure)) => alone(Finding::problem(
            "storage",
            failure.to_string(),
            "See above.",
        )),
    }
}

fn alone(finding: Finding) -> Seen {
    Seen {
        findings: vec![finding],
        server: Server::Absent,
    }
}

async fn ask(config: &Config, held: &str) -> Vec<Finding> {
    let (lines, mut answer) = mpsc::channel(64);
    let printer = Printer::to_socket(Format::Json, lines);
    let asking = async {
        let outcome =
            admin::client::ask(&config.data_dir, &Call::ExamineStorage, &printer, held).await;
        drop(printer);
        outcome
    };
    let reading = async {
        let mut text = String::new();
        while let Some(line) = answer.recv().await {
            text.push_str(&line);
        }
        text
    };
    let (outcome, text) = tokio::join!(asking, reading);
    let parsed = serde_json::from_str(&text);
    match (outcome, parsed) {
        (Ok(Exit::Done), Ok(findings)) => findings,
        (Err(failure), _) => vec![Finding::problem(
            "storage",
            failure.to_string(),
            "Try again in a moment.",
        )],
        _ => vec![Finding::problem(
            "storage",
            "the running server gave no answer",
            "Look into its log.",
        )],
    }
}

/// Looks at an open database, and prints the findings as JSON for the one who asked.
///
/// # Errors
/// Never; what fails is a finding.
pub async fn print(desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
    printer.json(&examine(desk).await).await;
    Ok(Exit::Done)
}

async fn examine(desk: &Desk) -> Vec<Finding> {
    let engine = engine_name(desk.storage.engine());
    let mut findings = Vec::new();
    match desk.schema.standing(&desk.storage).await {
        Ok(standing) if standing.pending.is_empty() => {
            findings.push(Finding::ok(
                "storage",
                format!("{engine} opens, and its schema is complete"),
            ));
            let ahead = standing
                .applied
                .iter()
                .any(|entry| entry.at > desk.clock.now());
            if ahead {
                findings.push(Finding::problem(
                    "clock",
                    "the database was changed later than the clock shows",
                    "Set the machine's clock, and let it follow a time server.",
                ));
            }
        }
        Ok(standing) => findings.push(Finding::warning(
            "storage",
            format!(
                "{engine} opens, and lacks {} migrations",
                standing.pending.len()
            ),
            "They are applied at the next start, or by `guildhall migrate up`.",
        )),
        Err(error) => {
            let fix = match error {
                MigrationError::Store(_) => {
                    "See that the database runs and that its address is right."
                }
                _ => "Start the version that wrote this database, or restore a backup of this one.",
            };
            findings.push(Finding::problem("storage", error.to_string(), fix));
        }
    }
    findings.extend(integrity(desk).await);
    findings
}

async fn integrity(desk: &Desk) -> Vec<Finding> {
    let fix = "Stop the server, keep a copy of the file, and restore a backup.";
    match desk.storage.integrity().await {
        Ok(damages) if damages.is_empty() => Vec::new(),
        Ok(damages) => damages
            .into_iter()
            .map(|damage| Finding::problem("integrity", damage, fix))
            .collect(),
        Err(failure) => vec![Finding::problem("integrity", failure.to_string(), fix)],
    }
}
