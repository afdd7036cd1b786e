//! A backup each day, beside the running server: when it is due, what is kept, and how the last one is.
//!
//! It is no job of the database's list: those are short, one after the other, and a backup is neither; and each data
//! directory has backups of its own. What is due follows from the files that are there, so a restart forgets nothing.

use std::{path::PathBuf, sync::Arc, time::Duration};

use audit::PublicKey;
use kernel::{Clock, Span, Timestamp};
use metrics::Unit;
use store::Migrations;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    backup::{
        self, Fault, Order, Replace,
        shelf::{self, Reason},
    },
    config::BackupConfig,
    health::Part,
    rotation::Rotation,
    storage::Storage,
};

/// How often it is looked whether one is due.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// How long after a start one that was missed waits: a machine that starts has other things to do.
const SETTLING: Span = Span::minutes(10);

/// How long after a failure it is tried again.
const RETRY: Span = Span::hours(1);

/// How often the files are looked through for what others did to them.
const RECOUNT: Span = Span::minutes(10);

/// A last good backup older than this is told as trouble.
pub(crate) const AGE_MAX: Span = Span::days(2);

const AGE: &str = "guildhall_backup_age_seconds";
const BYTES: &str = "guildhall_backup_bytes";
const FAILURES: &str = "guildhall_backup_failures_total";

const DAY_MICROS: i64 = 86_400_000_000;

/// What the backups of a server are taken with.
pub(super) struct Keeping {
    pub(super) storage: Arc<Storage>,
    pub(super) migrations: Arc<Migrations>,
    pub(super) clock: Arc<dyn Clock>,
    /// Who signs the audit, and who did.
    pub(super) rotation: Rotation,
    pub(super) signer: PublicKey,
    pub(super) data_dir: PathBuf,
    pub(super) config: BackupConfig,
    /// Where it is told how they are, unless none is taken.
    pub(super) part: Option<Part>,
}

/// What is known of the files, and of the last try.
struct Known {
    started: Timestamp,
    /// The moment of the newest of every day's, whatever it is worth.
    daily: Option<Timestamp>,
    /// The moment of the newest good one, of whatever sort.
    good: Option<Timestamp>,
    counted: Timestamp,
    failed: Option<(Timestamp, String)>,
}

impl Keeping {
    /// Takes a backup each day, unless that is off, and removes old ones, until it is dropped.
    pub(super) async fn run(self) {
        describe();
        let mut known = Known::at_start(self.clock.now());
        self.count(&mut known);
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let now = self.clock.now();
            if self.config.at.is_some_and(|at| known.is_due(now, at)) {
                known.failed = self.take(now).await.err().map(|fault| {
                    metrics::counter!(FAILURES).increment(1);
                    tracing::error!(%fault, "a backup failed; it is tried again in an hour");
                    (now, fault.to_string())
                });
                self.count(&mut known);
            } else if now.since(known.counted) >= RECOUNT {
                self.count(&mut known);
            }
            self.tell(&known);
        }
    }

    async fn take(&self, now: Timestamp) -> Result<(), Fault> {
        let folder = shelf::folder(&self.data_dir);
        let order = Order {
            storage: Arc::clone(&self.storage),
            migrations: Arc::clone(&self.migrations),
            clock: Arc::clone(&self.clock),
            signers: self
                .rotation
                .signers(self.signer)
                .map_err(|failure| Fault::Refused(failure.to_string()))?,
            target: folder.join(Reason::Daily.file_name(now)),
            work: folder,
            replace: Replace::Refused,
        };
        let taking = tokio::task::spawn_blocking(move || backup::take(&order, &|_| ()));
        let taken = taking.await;
        taken
            .unwrap_or_else(|error| Err(Fault::Refused(format!("it broke off: {error}"))))
            .map(drop)
    }

    /// Removes old files, and looks through those that stay.
    fn count(&self, known: &mut Known) {
        let now = self.clock.now();
        known.counted = now;
        let keep = Span::days(u32::from(self.config.keep_days));
        match shelf::prune(&self.data_dir, now, keep) {
            Ok(gone) if gone.is_empty() => {}
            Ok(gone) => tracing::info!(files = ?gone, "removed old backups"),
            Err(error) => tracing::warn!(%error, "old backups could not be removed"),
        }
        let looked = shelf::list(&self.data_dir).and_then(|kept| {
            let daily = kept.into_iter().find(|kept| kept.is_daily);
            Ok((daily, shelf::newest_good(&self.data_dir)?))
        });
        match looked {
            Ok((daily, good)) => {
                known.daily = daily.map(|kept| kept.at);
                known.good = good.as_ref().map(|(kept, _)| kept.at);
                if let Some((kept, _)) = good {
                    metrics::gauge!(BYTES).set(float(kept.bytes));
                }
            }
            Err(error) => tracing::warn!(%error, "the backups could not be looked through"),
        }
    }

    fn tell(&self, known: &Known) {
        let now = self.clock.now();
        if let Some(good) = known.good {
            let seconds = now.since(good).as_micros() / 1_000_000;
            metrics::gauge!(AGE).set(float(u64::try_from(seconds).unwrap_or(0)));
        }
        let Some(part) = &self.part else { return };
        match known.trouble(now) {
            Some(trouble) => part.degraded(trouble),
            None => part.ready(),
        }
    }
}

impl Known {
    const fn at_start(now: Timestamp) -> Self {
        Self {
            started: now,
            daily: None,
            good: None,
            counted: now,
            failed: None,
        }
    }

    /// Whether one is to be taken now: none was since the last time of day for it, and it is not too early for a try.
    fn is_due(&self, now: Timestamp, at: Span) -> bool {
        let slot = last_slot(now, at);
        let is_missing = self.daily.is_none_or(|daily| daily < slot);
        let is_settled = slot >= self.started || now.since(self.started) >= SETTLING;
        let may_try = self
            .failed
            .as_ref()
            .is_none_or(|(failed, _)| now.since(*failed) >= RETRY);
        is_missing && is_settled && may_try
    }

    /// What is wrong.
    fn trouble(&self, now: Timestamp) -> Option<String> {
        if let Some((_, reason)) = &self.failed {
            return Some(format!("the last backup failed: {reason}"));
        }
        let since = self.good.unwrap_or(self.started);
        (now.since(since) > AGE_MAX)
            .then(|| format!("there is no good backup of later than {since}"))
    }
}

/// When a backup is due next, where they are taken at this time of day and the newest of every day's is of that moment.
/// It lies behind where one is overdue.
pub(crate) fn due_next(now: Timestamp, at: Span, newest: Option<Timestamp>) -> Timestamp {
    let slot = last_slot(now, at);
    if newest.is_none_or(|newest| newest < slot) {
        return slot;
    }
    slot + Span::days(1)
}

/// The last moment of this time of day.
fn last_slot(now: Timestamp, at: Span) -> Timestamp {
    let days = (now.micros() - at.as_micros()).div_euclid(DAY_MICROS);
    Timestamp::from_micros(days * DAY_MICROS + at.as_micros())
}

#[expect(clippy::cast_precision_loss, reason = "a size or an age to the unit")]
const fn float(number: u64) -> f64 {
    number as f64
}

fn describe() {
    metrics::describe_gauge!(
        AGE,
        Unit::Seconds,
        "How long ago the state was that the last good backup in the data directory holds"
    );
    metrics::describe_gauge!(BYTES, Unit::Bytes, "How large that backup is");
    metrics::describe_counter!(FAILURES, Unit::Count, "Daily backups that failed");
    metrics::counter!(FAILURES).absolute(0);
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use kernel::{Clock, Span, Timestamp};
    use testkit::time::ManualClock;

    use super::{Keeping, Known, due_next, last_slot};
    use crate::{
        backup::shelf,
        config::{BackupConfig, Config, Sources},
        health::{Gate, Health, Status},
        master_key::MasterKey,
        rotation::Rotation,
        schema::{Before, Intent, Schema},
        storage::Storage,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const HALF_PAST_THREE: Span = Span::minutes(210);

    fn known(started: &str, daily: Option<&str>) -> Known {
        Known {
            daily: daily.map(at),
            good: daily.map(at),
            ..Known::at_start(at(started))
        }
    }

    #[test]
    fn one_is_due_each_day_and_one_that_was_missed_soon_after_a_start() {
        let due = |known: &Known, now: &str| known.is_due(at(now), HALF_PAST_THREE);
        assert_eq!(
            last_slot(at("2026-11-29T03:29:59Z"), HALF_PAST_THREE),
            at("2026-11-28T03:30:00Z")
        );
        let next = |now: &str, newest| due_next(at(now), HALF_PAST_THREE, newest);
        let newest = Some(at("2026-11-28T03:30:07Z"));
        assert_eq!(
            next("2026-11-29T03:29:00Z", newest),
            at("2026-11-29T03:30:00Z")
        );
        for newest in [newest, None] {
            assert_eq!(
                next("2026-11-29T04:00:00Z", newest),
                at("2026-11-29T03:30:00Z")
            );
        }
        let running = known("2026-11-20T00:00:00Z", Some("2026-11-28T03:30:07Z"));
        assert!(!due(&running, "2026-11-29T03:29:59Z"));
        assert!(due(&running, "2026-11-29T03:30:00Z"));
        let restarted = known("2026-11-29T08:00:00Z", Some("2026-11-28T03:30:07Z"));
        assert!(!due(&restarted, "2026-11-29T08:09:59Z"));
        assert!(due(&restarted, "2026-11-29T08:10:00Z"));
        let fresh = known("2026-11-29T03:29:00Z", None);
        assert!(!due(&fresh, "2026-11-29T03:29:30Z"));
        assert!(due(&fresh, "2026-11-29T03:30:00Z"));
        let failed = Known {
            failed: Some((at("2026-11-29T03:30:00Z"), "no room".to_owned())),
            ..running
        };
        assert!(!due(&failed, "2026-11-29T04:29:00Z"));
        assert!(due(&failed, "2026-11-29T04:30:00Z"));
    }

    #[test]
    fn a_failure_and_an_old_backup_are_trouble() {
        let known = known("2026-11-20T00:00:00Z", Some("2026-11-28T03:30:07Z"));
        assert_eq!(known.trouble(at("2026-11-30T03:30:00Z")), None);
        let old = known.trouble(at("2026-11-30T03:30:08Z")).unwrap();
        assert!(old.contains("2026-11-28T03:30:07Z"), "{old}");
        let failed = Known {
            failed: Some((at("2026-11-29T03:30:00Z"), "no room".to_owned())),
            ..known
        };
        let words = failed.trouble(at("2026-11-29T03:31:00Z")).unwrap();
        assert!(words.contains("no room"), "{words}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_taken_is_kept_for_its_days_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Sources::default();
        let data_dir = folder.path().display().to_string();
        sources
            .environment
            .insert("GUILDHALL_DATA_DIR".to_owned(), data_dir);
        let config =
            Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-29T03:30:00Z"));
        let storage = Arc::new(Storage::open(&config).unwrap());
        let schema = Schema::of(folder.path(), clock.clone()).unwrap();
        schema
            .up(&storage, Intent::Do, Before::Nothing)
            .await
            .unwrap();
        let health = Health::new(clock.clone());
        let keeping = Keeping {
            storage: Arc::clone(&storage),
            migrations: schema.migrations(),
            clock: clock.clone(),
            rotation: Rotation::of(&config, None),
            signer: MasterKey::obtain(&config, folder.path())
                .unwrap()
                .signer()
                .public(),
            data_dir: folder.path().to_owned(),
            config: BackupConfig {
                at: Some(HALF_PAST_THREE),
                keep_days: 2,
            },
            part: Some(health.part("backup", Gate::Open)),
        };
        let mut known = known("2026-11-29T03:00:00Z", None);
        for _ in 0..4 {
            assert!(known.is_due(clock.now(), HALF_PAST_THREE));
            keeping.take(clock.now()).await.unwrap();
            keeping.count(&mut known);
            assert_eq!(known.good, Some(clock.now()));
            keeping.tell(&known);
            clock.advance(Span::days(1));
        }
        let kept = shelf::list(folder.path()).unwrap();
        assert_eq!(kept.len(), 3, "{kept:?}");
        let part = |health: &Health| health.report().parts["backup"].status;
        assert_eq!(part(&health), Status::Ready);

        // The newest is of no use: the one before counts, and is too old soon.
        fs::write(&kept[0].file, "nothing").unwrap();
        clock.advance(Span::days(1));
        keeping.count(&mut known);
        assert_eq!(known.good, Some(kept[1].at));
        keeping.tell(&known);
        assert_eq!(part(&health), Status::Degraded);
        storage.close().await;
        assert!(keeping.take(clock.now()).await.is_err());
    }
}
