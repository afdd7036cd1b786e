//! `guildhall doctor`: looks at everything that a server needs, and says what to do.
//!
//! It changes nothing. Beside a running server the database is looked at by that server.

mod backups;
mod machine;
mod storage;

use std::sync::Arc;

use kernel::Clock;
use serde::{Deserialize, Serialize};

pub use storage::print as print_storage;

use crate::{
    config::{Config, ConfigError},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    wiring,
};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// All is well.
    Ok,
    /// It works, and could be better.
    Warning,
    /// It does not work.
    Problem,
}

/// What was found out about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at, in a word.
    pub check: String,
    /// How bad it is.
    pub grade: Grade,
    /// What was found.
    pub says: String,
    /// What to do.
    pub fix: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: &str, says: impl Into<String>) -> Self {
        Self {
            check: check.to_owned(),
            grade: Grade::Ok,
            says: says.into(),
            fix: None,
        }
    }

    /// It works, and could be better.
    pub fn warning(check: &str, says: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            grade: Grade::Warning,
            fix: Some(fix.into()),
            ..Self::ok(check, says)
        }
    }

    /// It does not work.
    pub fn problem(check: &str, says: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            grade: Grade::Problem,
            ..Self::warning(check, says, fix)
        }
    }
}

/// Looks at everything, and prints what it found.
///
/// # Errors
/// Never; what fails is a finding.
pub async fn examine(
    config: &Config,
    clock: Arc<dyn Clock>,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut findings = settings(config);
    findings.extend(machine::directory(&config.data_dir));
    findings.push(machine::disk(&config.data_dir));
    findings.push(machine::master_key(config));
    findings.push(machine::clock(clock.now()));
    let seen = storage::look(config, Arc::clone(&clock)).await;
    findings.extend(seen.findings);
    findings.push(backups::look(config, clock.now()));
    findings.extend(machine::ports(config, seen.server).await);
    findings.extend(wiring::examine_discord(config).await);
    Ok(print(&findings, printer).await)
}

/// Prints what is wrong with a configuration that cannot be used.
pub async fn refuse(error: &ConfigError, printer: &Printer) -> Exit {
    let problems = error.problems().iter();
    let findings: Vec<_> = problems
        .map(|problem| {
            let origin = problem
                .origin
                .as_ref()
                .map(|origin| format!(" ({origin})"))
                .unwrap_or_default();
            Finding::problem(
                "config",
                format!("{}{origin}: {}", problem.name, problem.reason),
                &*problem.fix,
            )
        })
        .collect();
    print(&findings, printer).await;
    Exit::Usage
}

fn settings(config: &Config) -> Vec<Finding> {
    let idle = config.without_effect();
    if idle.is_empty() {
        return vec![Finding::ok("config", "the settings hold")];
    }
    let warn = |variable: &&str| {
        Finding::warning(
            "config",
            format!("{variable} is set, and nothing in this version reads it"),
            "Take it out.",
        )
    };
    idle.iter().map(warn).collect()
}

async fn print(findings: &[Finding], printer: &Printer) -> Exit {
    let bad = findings
        .iter()
        .any(|finding| finding.grade == Grade::Problem);
    if printer.format() == Format::Json {
        printer
            .json(&serde_json::json!({ "ok": !bad, "findings": findings }))
            .await;
    } else {
        for finding in findings {
            print_line(finding, printer).await;
        }
    }
    if bad { Exit::Failed } else { Exit::Done }
}

async fn print_line(finding: &Finding, printer: &Printer) {
    let grade = match finding.grade {
        Grade::Ok => "ok",
        Grade::Warning => "warning",
        Grade::Problem => "PROBLEM",
    };
    printer
        .line(&format!(
            "{grade:<8} {:<10} {}",
            finding.check, finding.says
        ))
        .await;
    if let Some(fix) = &finding.fix {
        printer.line(&format!("{:<20}{fix}", "")).await;
    }
}
