//! `crash`: the server is killed again and again under payers, and nobody who saw an answer has lost a coin.
//!
//! A payment is *acknowledged* once its payer sees the public answer in the simulated Discord, which lives through all
//! of it. At the end every acknowledged payment stands in the journal once, with its payer, payee and amount; nothing
//! stands there that nobody asked for; the books agree; and nothing is owed any more.

mod audit;
mod cycles;
mod payers;

use std::path::PathBuf;

use anyhow::{Context, Result};
use testkit::servers::{Durability, PrivatePostgres};

use crate::{
    Name, Options,
    case::{Case, Goal},
    servers::blocking,
};
pub use cycles::Cycles;

/// Which database is under the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The embedded one.
    Libsql,
    /// A private PostgreSQL that syncs, and is killed as well in every second cycle.
    Postgres,
}

/// What a run of cycles showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Cycles with enough acknowledged payments.
    pub cycles: u32,
    /// Cycles that were killed too early to count.
    pub repeated: u32,
    /// Payments that their payers saw done.
    pub acknowledged: u64,
    /// Of those, how many do not stand in the journal as they were asked for.
    pub lost: u64,
    /// How many stand in it more than once.
    pub doubled: u64,
    /// Rows that nobody asked for, or with another content than was asked for.
    pub partial: u64,
    /// What the check of the books found.
    pub mismatches: Vec<String>,
    /// Answers that are still owed, or were given up.
    pub owed: i64,
    /// Some of those, each with its state and what stood in the way.
    pub owed_said: Vec<String>,
    /// Private answers that came too late for anybody to see, and are accounted for.
    pub undeliverable: i64,
    /// Where the data directory was kept, with the servers' log in it, because not all was well.
    pub kept: Option<PathBuf>,
}

impl Verdict {
    /// Whether nothing was lost, doubled, half done or forgotten.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.lost == 0
            && self.doubled == 0
            && self.partial == 0
            && self.owed == 0
            && self.mismatches.is_empty()
    }
}

/// Runs so many counted cycles.
///
/// # Errors
/// When the server does not come up again, or the simulator fails.
pub async fn crash(under: Under, cycles: Cycles, progress: impl FnMut(&str)) -> Result<Verdict> {
    let postgres = match under {
        Under::Libsql => None,
        Under::Postgres => Some(blocking(|| PrivatePostgres::start(Durability::Synced)).await?),
    };
    cycles::run(cycles, postgres, progress).await
}

/// Both databases.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let count = options.cycles.unwrap_or_else(|| options.pace.of(200, 3));
    let mut cases = Vec::new();
    for (under, engine) in [(Under::Libsql, "libSQL"), (Under::Postgres, "PostgreSQL")] {
        let cycles = Cycles {
            program: options.program.clone(),
            count,
            seed: options.seed,
        };
        let verdict = crash(under, cycles, |line: &str| {
            progress(&format!("crash: {engine}: {line}"))
        })
        .await;
        cases.extend(told(engine, verdict.context("the cycles could not be run")));
    }
    cases
}

fn told(engine: &str, verdict: Result<Verdict>) -> Vec<Case> {
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(error) => return vec![Case::missing(Name::Crash, engine, format!("{error:#}"))],
    };
    let count = |count: u64, what: &str| {
        Case::new(
            Name::Crash,
            format!("{engine}, {what}"),
            count as f64,
            "transfers",
        )
        .with_goal(Goal::Exactly(0.0))
    };
    let stated = format!(
        "{} cycles counted, {} repeated, {} transfers acknowledged",
        verdict.cycles, verdict.repeated, verdict.acknowledged
    );
    let mismatches = Case::new(
        Name::Crash,
        format!("{engine}, books"),
        verdict.mismatches.len() as f64,
        "mismatches",
    );
    let owed = Case::new(
        Name::Crash,
        format!("{engine}, still owed"),
        verdict.owed as f64,
        "answers",
    );
    let mut said = verdict.owed_said;
    said.push(format!(
        "{} private answers came too late to be shown, and are accounted for",
        verdict.undeliverable
    ));
    said.extend(
        verdict
            .kept
            .iter()
            .map(|kept| format!("its data directory was kept: {}", kept.display())),
    );
    let undeliverable = said.join("; ");
    vec![
        count(verdict.lost, "acknowledged and lost").because(stated),
        count(verdict.doubled, "done twice"),
        count(verdict.partial, "half done, or unasked for"),
        mismatches.with_goal(Goal::Exactly(0.0)),
        owed.with_goal(Goal::Exactly(0.0)).because(undeliverable),
    ]
}
