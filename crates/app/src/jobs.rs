//! Runs jobs that are due. A job may run again after a crash, so each changes nothing the second time, and long
//! ones go in chunks, so that no transaction gets long.

use std::collections::BTreeSet;

use economy::{CheckCursor, Mismatch, Purses, SpreadDue};
use kernel::{GuildId, Span};
use store::{
    DbError, Tx, handled,
    jobs::{self, Job},
    owed,
};
use tokio_util::sync::CancellationToken;

use crate::{Core, flows};

const PAUSE: Span = Span::seconds(1);
const BATCH_MAX: u32 = 16;
/// Rows that one run forgets at most.
const CHUNK: u32 = 5_000;
/// Chunks of the ledger that one run checks at most.
const CHECKS_MAX: u32 = 20;
/// Discord delivers an event again within a day at most; twice that is kept.
const HANDLED_KEPT: Span = Span::days(2);
const JOBS_KEPT: Span = Span::days(1);
/// For so long an effect that failed for good can be tried again: words of members are kept for a day at least.
pub(crate) const FAILED_KEPT: Span = Span::days(1);

const FAILED: &str = "guildhall_jobs_failed_total";
const REPAIRS: &str = "guildhall_ledger_repairs_total";
const CONTRADICTIONS: &str = "guildhall_ledger_contradictions_total";

/// Says what is counted, and begins at nothing, so that the first time shows.
pub(crate) fn describe() {
    metrics::describe_counter!(FAILED, "Runs of jobs that failed; each is tried again");
    metrics::describe_counter!(
        REPAIRS,
        "Stored balances that differed from the journal and were rebuilt"
    );
    metrics::describe_counter!(CONTRADICTIONS, "Guilds whose journal contradicts itself");
    for name in [FAILED, REPAIRS, CONTRADICTIONS] {
        metrics::counter!(name).absolute(0);
    }
}

/// What can be done later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum JobKind {
    /// Void pending transfers whose time is over.
    ExpirePending,
    /// Sum up faucets and sinks.
    RollUpLedger,
    /// Compare stored balances with the journal.
    VerifyLedger,
    /// Forget what was only kept against repetition.
    Prune,
    /// End sanctions whose time is over.
    EndSanctions,
    /// End answers that nobody finished.
    CloseTalks,
    /// Forget what members said and what was learnt, when its time is over.
    ForgetWords,
    /// Make versions of personas that a change of many configurations put in force.
    FollowPersonas,
    /// Have the bytes of what was erased leave the disk.
    Scrub,
}

impl JobKind {
    const ALL: [Self; 9] = [
        Self::ExpirePending,
        Self::RollUpLedger,
        Self::VerifyLedger,
        Self::Prune,
        Self::EndSanctions,
        Self::CloseTalks,
        Self::ForgetWords,
        Self::FollowPersonas,
        Self::Scrub,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ExpirePending => "economy.expire-pending",
            Self::RollUpLedger => "economy.roll-up",
            Self::VerifyLedger => "economy.verify",
            Self::Prune => "store.prune",
            Self::EndSanctions => "moderation.end-sanctions",
            Self::CloseTalks => "bots.close-talks",
            Self::ForgetWords => "memory.forget-words",
            Self::FollowPersonas => "bots.follow-personas",
            Self::Scrub => "store.scrub",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Runs jobs until it is told to stop.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut runner = Runner {
        core,
        checked_to: CheckCursor::START,
    };
    while !stop.is_cancelled() {
        if let Err(error) = runner.run_due().await {
            tracing::warn!(%error, "due work could not be looked up; it is tried again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.to_std()) => {}
        }
    }
}

/// Does what is due, and remembers how far the continuous check of the ledger has come.
struct Runner {
    core: Core,
    checked_to: CheckCursor,
}

impl Runner {
    async fn run_due(&mut self) -> Result<(), DbError> {
        let now = self.core.clock.now();
        let claim = move |tx: &mut Tx<'_>| jobs::job_claim(tx, now, BATCH_MAX);
        for job in self.core.database.write("jobs", claim).await? {
            self.run_one(job).await?;
        }
        Ok(())
    }

    async fn run_one(&mut self, job: Job) -> Result<(), DbError> {
        let performed = self.perform(&job).await;
        let now = self.core.clock.now();
        let Err(error) = performed else {
            let finish = move |tx: &mut Tx<'_>| jobs::job_finish(tx, job.id);
            return self.core.database.write("job-done", finish).await;
        };
        tracing::warn!(kind = job.kind, key = job.key, attempts = job.attempts, %error, "a job failed");
        metrics::counter!(FAILED).increment(1);
        let reason = error.to_string();
        let fail = move |tx: &mut Tx<'_>| jobs::job_fail(tx, &job, &reason, now);
        self.core.database.write("job-failed", fail).await
    }

    async fn perform(&mut self, job: &Job) -> Result<(), DbError> {
        match JobKind::of_name(&job.kind) {
            Some(JobKind::ExpirePending) => self.expire_pending().await,
            Some(JobKind::RollUpLedger) => {
                self.roll_up().await?;
                self.sum_up().await?;
                self.spread_out().await
            }
            Some(JobKind::VerifyLedger) => self.verify().await,
            Some(JobKind::Prune) => self.prune().await,
            Some(JobKind::EndSanctions) => flows::sanction::end_due(&self.core).await,
            Some(JobKind::CloseTalks) => flows::converse::close_all(&self.core).await,
            Some(JobKind::ForgetWords) => flows::privacy::forget_due(&self.core).await,
            Some(JobKind::FollowPersonas) => {
                flows::persona::follow_all(&self.core, &job.payload).await
            }
            Some(JobKind::Scrub) => self.core.scrub().await,
            None => Err(DbError::Rejected {
                statement: job.kind.clone(),
                reason: "this version knows no such job".to_owned(),
            }),
        }
    }

    async fn expire_pending(&self) -> Result<(), DbError> {
        loop {
            let core = self.core.clone();
            let expire = move |tx: &mut Tx<'_>| {
                economy::expire_due(
                    tx,
                    core.ids.as_ref(),
                    core.clock.now(),
                    economy::EXPIRE_CHUNK_MAX,
                )
            };
            if self.core.database.write("expire-pending", expire).await? < economy::EXPIRE_CHUNK_MAX
            {
                return Ok(());
            }
        }
    }

    async fn roll_up(&self) -> Result<(), DbError> {
        let mut cursor = None;
        loop {
            let now = self.core.clock.now();
            let sum = move |tx: &mut Tx<'_>| economy::roll_up(tx, now, cursor);
            cursor = self.core.database.write("roll-up", sum).await?.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Sums the chains of the audit up.
    async fn sum_up(&self) -> Result<(), DbError> {
        let mut cursor = None;
        loop {
            let sum = move |tx: &mut Tx<'_>| audit::sum_up(tx, cursor);
            match self.core.database.write("sum-up", sum).await?.next {
                Some(next) => cursor = next,
                None => return Ok(()),
            }
        }
    }

    /// Looks at how evenly coins are spread, in each guild where they moved since.
    async fn spread_out(&self) -> Result<(), DbError> {
        let (now, mut after) = (self.core.clock.now(), None);
        loop {
            let due = move |tx: &mut Tx<'_>| economy::spreads_due(tx, now, after);
            let due = self.core.database.read("spreads-due", due).await?;
            let Some(last) = due.last() else {
                return Ok(());
            };
            after = Some(last.guild);
            for due in due {
                self.spread_one(due).await?;
            }
        }
    }

    async fn spread_one(&self, due: SpreadDue) -> Result<(), DbError> {
        let now = self.core.clock.now();
        let mut found = Purses::default();
        loop {
            let from = found.mark();
            let look = move |tx: &mut Tx<'_>| economy::purses(tx, due.guild, from);
            let next = self.core.database.read("spread-look", look).await?;
            if !found.extend(next) {
                break;
            }
        }
        let spread = found.spread();
        let keep = move |tx: &mut Tx<'_>| economy::spread_keep(tx, due, &spread, now);
        self.core.database.write("spread-keep", keep).await
    }

    /// Goes a bounded way through the ledger each time, round and round.
    async fn verify(&mut self) -> Result<(), DbError> {
        for _ in 0..CHECKS_MAX {
            let from = self.checked_to;
            let check = move |tx: &mut Tx<'_>| economy::check(tx, from, economy::CHECK_CHUNK_MAX);
            let checked = self.core.database.read("verify-ledger", check).await?;
            self.put_right(&checked.mismatches).await?;
            self.checked_to = checked.next.unwrap_or(CheckCursor::START);
            if checked.next.is_none() {
                let now = self.core.clock.now();
                let finished = move |tx: &mut Tx<'_>| economy::round_finished(tx, now);
                return self.core.database.write("verify-round", finished).await;
            }
        }
        Ok(())
    }

    async fn put_right(&self, mismatches: &[Mismatch]) -> Result<(), DbError> {
        let guilds: BTreeSet<GuildId> = mismatches.iter().map(|found| found.guild).collect();
        for guild in guilds {
            let now = self.core.clock.now();
            let rebuild = move |tx: &mut Tx<'_>| {
                let rebuilt = economy::rebuild(tx, guild, now)?;
                economy::repaired(tx, guild, &rebuilt, now)?;
                Ok::<_, DbError>(rebuilt)
            };
            let rebuilt = self.core.database.write("rebuild-ledger", rebuild).await?;
            self.core.hot.forget_all();
            metrics::counter!(REPAIRS).increment(count(rebuilt.repaired.len()));
            metrics::counter!(CONTRADICTIONS).increment(count(rebuilt.contradictions.len()));
            tracing::error!(
                %guild,
                repaired = ?rebuilt.repaired,
                contradictions = ?rebuilt.contradictions,
                "stored balances differed from the journal and were rebuilt; a journal that contradicts itself is frozen"
            );
        }
        Ok(())
    }

    async fn prune(&self) -> Result<(), DbError> {
        let now = self.core.clock.now();
        let prune = move |tx: &mut Tx<'_>| {
            handled::handled_prune(tx, now.before(HANDLED_KEPT), CHUNK)?;
            moderation::words_forget(tx, now, CHUNK)?;
            platform::sessions_prune(tx, now, CHUNK)?;
            owed::owed_forget(tx, now.before(FAILED_KEPT), CHUNK)?;
            jobs::job_prune(tx, now.before(JOBS_KEPT), CHUNK)
        };
        self.core.database.write("prune", prune).await.map(drop)
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
