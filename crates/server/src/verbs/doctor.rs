//! `guildhall doctor`: looks at everything that a server needs, and says what to do.
//!
//! It changes nothing. Beside a running server the database is looked at by that server. Each finding that is not well
//! says what to do, and the last line says where to begin.

mod backups;
pub(crate) mod bot;
mod machine;
pub(crate) mod sign_in;
mod storage;

use std::sync::Arc;

use kernel::Clock;
use serde::{Deserialize, Serialize};

pub use storage::print as print_storage;

use crate::{
    config::{Config, ConfigError},
    failure::{Exit, Failure},
    printer::{Format, Printer},
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
    let seen = bot::look(config, &*clock).await;
    findings.extend(seen.findings);
    findings.extend(sign_in::look(config, seen.bot.as_ref()).await);
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
        for line in findings.iter().flat_map(lines) {
            printer.line(&line).await;
        }
        printer.line(&verdict(findings)).await;
    }
    if bad { Exit::Failed } else { Exit::Done }
}

/// A finding for people: what was found, and below it what to do.
pub(crate) fn lines(finding: &Finding) -> Vec<String> {
    let grade = match finding.grade {
        Grade::Ok => "ok",
        Grade::Warning => "warning",
        Grade::Problem => "PROBLEM",
    };
    let found = format!("{grade:<8} {:<10} {}", finding.check, finding.says);
    let fix = finding.fix.as_ref().map(|fix| format!("{:<20}{fix}", ""));
    std::iter::once(found).chain(fix).collect()
}

/// How it is as a whole, and where to begin.
fn verdict(findings: &[Finding]) -> String {
    let of = |grade: Grade| {
        findings
            .iter()
            .filter(move |finding| finding.grade == grade)
    };
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    };
    let warnings = counted(of(Grade::Warning).count(), "warning");
    let problems = of(Grade::Problem).count();
    match of(Grade::Problem).next() {
        Some(first) => {
            let fix = first.fix.as_deref().unwrap_or("see above");
            let problems = counted(problems, "problem");
            format!(
                "\n{problems}, {warnings}. Begin with {}: {fix}",
                first.check
            )
        }
        None => format!("\nNothing stands in the way; {warnings}."),
    }
}
