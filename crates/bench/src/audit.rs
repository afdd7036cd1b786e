//! `audit`: messages meet rules while the server is killed again and again, and every decision has its entries: all of
//! them, and none twice.
//!
//! What a message is to lead to follows from its words. That it was decided, the database says by the mark of its event.
//! A removal is also seen in the simulated Discord, which lives through all of it.

mod hall;
mod joined;
mod posters;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use kernel::Stopwatch;
use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{
    Name, Options,
    case::{Case, Goal},
    process::{Server, Settings},
};
use hall::Hall;
use posters::{Posters, Said};

/// How long a server may run before it is killed.
const RUNS_MS: std::ops::Range<u64> = 300..2_500;
/// How long what is left may take once nobody says anything more: a dead process's claims are held for seconds.
const SETTLING_MAX: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(20);

/// What to run.
#[derive(Debug, Clone)]
pub struct Messages {
    /// The program.
    pub program: PathBuf,
    /// How many messages are said.
    pub count: u32,
    /// What they say and when the server is killed follow from it.
    pub seed: u64,
}

/// What a run showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Messages that were said.
    pub messages: u64,
    /// How often the server was killed.
    pub kills: u64,
    /// Messages that a rule hit.
    pub hit: u64,
    /// Of those, how many were decided.
    pub decided: u64,
    /// Entries that those decisions are to have.
    pub wanted: u64,
    /// Entries that there are.
    pub entries: u64,
    /// Entries that are missing.
    pub missing: u64,
    /// Entries that there are more than once, or that nobody asked for.
    pub surplus: u64,
    /// Removals seen in Discord, or cases, that no entry names.
    pub unexplained: u64,
    /// Effects that were neither confirmed nor given up.
    pub open: u64,
    /// What `guildhall audit verify` found.
    pub verify: Option<String>,
    /// Where the data directory was kept, with the servers' log in it, because not all was well.
    pub kept: Option<PathBuf>,
}

impl Findings {
    /// Whether every message that was hit is decided, every decision has its entries, and every entry its decision.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.decided == self.hit
            && self.missing == 0
            && self.surplus == 0
            && self.unexplained == 0
            && self.open == 0
            && self.verify.is_none()
    }
}

/// Has so many messages said, and looks at what came of them.
///
/// # Errors
/// When the server does not come up again, or the simulator fails.
pub async fn audit(messages: Messages, mut progress: impl FnMut(&str)) -> Result<Findings> {
    let folder = tempfile::Builder::new()
        .prefix("guildhall-audit-")
        .tempdir()?;
    let hall = Arc::new(Hall::open(messages.seed).await?);
    let settings = hall.settings(&messages.program, folder.path());
    let mut server = Server::start(&settings).await?;
    server.ready().await?;
    hall.rules(&settings)?;
    let posters = Posters::start(&hall, messages.count, messages.seed);
    let mut chance = SmallRng::seed_from_u64(messages.seed);
    let mut kills = 0;
    while !posters.are_done() {
        tokio::time::sleep(Duration::from_millis(chance.random_range(RUNS_MS))).await;
        if posters.are_done() {
            break;
        }
        server.kill()?;
        kills += 1;
        progress(&format!("killed {kills} times, {} said", posters.said()));
        server = Server::start(&settings).await?;
        server.ready().await?;
    }
    let said = posters.end().await?;
    progress("settling what is left");
    let mut findings = settle(server, &settings, &said).await?;
    findings.kills = kills;
    findings.verify = verify(&settings)?;
    if !findings.is_clean() {
        findings.kept = Some(folder.keep());
    }
    Ok(findings)
}

/// Lets the last server do what is left, stops it, and looks.
async fn settle(server: Server, settings: &Settings, said: &Said) -> Result<Findings> {
    let watch = Stopwatch::start();
    let mut server = server;
    loop {
        server.ready().await?;
        // Longer than a dead process's claims are held.
        tokio::time::sleep(Duration::from_secs(3)).await;
        server.stop().await?;
        let findings = joined::look(settings, said).await?;
        let is_settled = findings.open == 0 && findings.decided == findings.hit;
        if is_settled || watch.elapsed() > SETTLING_MAX {
            return Ok(findings);
        }
        server = Server::start(settings).await?;
    }
}

/// Has the program check the record itself; gives what it said where it was not whole.
fn verify(settings: &Settings) -> Result<Option<String>> {
    let verified = settings.command(&["audit", "verify", "--json"]).output()?;
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    ensure!(
        !said.is_empty(),
        "`guildhall audit verify` said nothing: {}",
        String::from_utf8_lossy(&verified.stderr)
    );
    Ok((!verified.status.success()).then_some(said))
}

pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let messages = Messages {
        program: options.program.clone(),
        count: options.pace.of(100_000, 4_000),
        seed: options.seed,
    };
    let found = audit(messages, |line: &str| progress(&format!("audit: {line}"))).await;
    match found.context("the messages could not be said") {
        Ok(findings) => told(&findings),
        Err(error) => vec![Case::missing(
            Name::Audit,
            "entries for each decision",
            format!("{error:#}"),
        )],
    }
}

fn told(findings: &Findings) -> Vec<Case> {
    let count = |count: u64, case: &str, unit| {
        Case::new(Name::Audit, case, count as f64, unit).with_goal(Goal::Exactly(0.0))
    };
    let stated = format!(
        "{} messages, {} kills; {} were hit by a rule, {} of them decided; {} entries wanted, {} found",
        findings.messages,
        findings.kills,
        findings.hit,
        findings.decided,
        findings.wanted,
        findings.entries
    );
    let ratio = findings.entries as f64 / (findings.wanted.max(1)) as f64;
    let mut said: Vec<String> = findings.verify.clone().into_iter().collect();
    let kept = findings.kept.as_ref();
    said.extend(kept.map(|kept| format!("its data directory was kept: {}", kept.display())));
    vec![
        Case::new(Name::Audit, "entries for each decision", ratio, "entries")
            .with_goal(Goal::Exactly(1.0))
            .because(stated),
        count(findings.missing, "missing", "entries"),
        count(findings.surplus, "doubled, or unasked for", "entries"),
        count(findings.unexplained, "deeds that no entry names", "deeds"),
        count(findings.open, "neither confirmed nor given up", "effects"),
        count(
            findings.hit.saturating_sub(findings.decided),
            "hit and not decided",
            "messages",
        ),
        count(
            u64::from(findings.verify.is_some()),
            "what `audit verify` finds",
            "breaks",
        )
        .because(said.join("; ")),
    ]
}
