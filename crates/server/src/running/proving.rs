//! Once a day the whole record is checked beside the running server, so that a break is found before somebody needs it.
//!
//! It reads a piece at a time, as `guildhall audit verify` does. What the latest check found stands in a gauge for alerts,
//! degrades the part `audit`, is shown to the operator, and stands in the log. A check that finds the record whole takes
//! back what an earlier one said; one that came to no end says nothing of the record, and takes nothing back.

use std::sync::{Arc, Mutex, PoisonError};

use ::audit::{PublicKey, Trust, Verification};
use app::installation::{RecordCheck, RecordChecked};
use kernel::{Clock, Span};
use store::Database;

use crate::{failure::Failure, health::Part, rotation::Rotation, verbs::audit};

/// A machine that starts has other things to do.
const FIRST_AFTER: Span = Span::minutes(10);
const EVERY: Span = Span::days(1);

const BREAKS: &str = "guildhall_audit_breaks";

/// What the record is checked with.
pub(super) struct Proving {
    pub(super) database: Database,
    /// Who signs, and who did.
    pub(super) rotation: Rotation,
    pub(super) signer: PublicKey,
    pub(super) findings: Findings,
}

/// Where what a check came to is told.
pub(super) struct Findings {
    pub(super) part: Part,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) proven: Arc<Proven>,
}

/// What the latest check came to, for whoever looks.
#[derive(Debug, Default)]
pub(crate) struct Proven(Mutex<RecordCheck>);

impl Proven {
    /// What it came to.
    pub(crate) fn latest(&self) -> RecordCheck {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn change(&self, change: impl FnOnce(&mut RecordCheck)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Proving {
    /// Checks, until it is dropped.
    pub(super) async fn run(self) {
        describe();
        self.findings.part.ready();
        self.pause(FIRST_AFTER).await;
        loop {
            match self.look().await {
                Ok(found) => self.findings.tell(&found),
                Err(failure) => self.findings.tell_failure(&failure),
            }
            self.pause(EVERY).await;
        }
    }

    async fn pause(&self, span: Span) {
        let next_at = self.findings.clock.now() + span;
        let next_at = |check: &mut RecordCheck| check.next_at = Some(next_at);
        self.findings.proven.change(next_at);
        tokio::time::sleep(span.to_std()).await;
    }

    async fn look(&self) -> Result<Verification, Failure> {
        let keys = self.rotation.signers(self.signer)?;
        let trust = Trust {
            keys,
            witnesses: Vec::new(),
        };
        audit::whole(&self.database, trust).await
    }
}

impl Findings {
    fn tell(&self, found: &Verification) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge is a floating number, and an alert asks for more than none"
        )]
        metrics::gauge!(BREAKS).set(found.found as f64);
        let first = found.breaks.first().map(audit::told);
        self.proven.change(|check| {
            check.failed = None;
            check.last = Some(RecordChecked {
                at: self.clock.now(),
                guilds: found.guilds,
                entries: found.entries,
                breaks: found.found,
                first: first.clone(),
            });
        });
        let Some(first) = first else {
            tracing::info!(
                guilds = found.guilds,
                entries = found.entries,
                "the record is whole"
            );
            return self.part.ready();
        };
        tracing::error!(breaks = found.found, %first, "the record is not whole");
        self.part.degraded(format!(
            "the record is not whole, in {} places; the first is: {first}",
            found.found
        ));
    }

    fn tell_failure(&self, failure: &Failure) {
        tracing::warn!(%failure, "the record could not be checked");
        let at = self.clock.now();
        self.proven
            .change(|check| check.failed = Some((at, failure.to_string())));
    }
}

fn describe() {
    metrics::describe_gauge!(
        BREAKS,
        "Places where the latest check found that the record does not hold"
    );
    metrics::gauge!(BREAKS).set(0.0);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::audit::{Break, Verification, Wrong};
    use kernel::SystemClock;

    use super::{BREAKS, Findings, Proven, describe};
    use crate::{
        failure::Failure,
        health::{Gate, Health, Status},
    };

    fn broken() -> Verification {
        let broken = Break {
            guild: 7,
            seq: Some(3),
            record: None,
            wrong: Wrong::Gap,
        };
        Verification {
            guilds: 2,
            entries: 40,
            found: 1,
            breaks: vec![broken],
        }
    }

    fn findings(health: &Arc<Health>) -> Findings {
        Findings {
            part: health.part("audit", Gate::Open),
            clock: Arc::new(SystemClock),
            proven: Arc::new(Proven::default()),
        }
    }

    #[test]
    fn a_break_degrades_its_part_and_a_whole_record_mends_it() {
        let health = Health::new(Arc::new(SystemClock));
        let findings = findings(&health);
        findings.tell(&broken());
        let report = health.report();
        assert_eq!(report.parts["audit"].status, Status::Degraded);
        let reason = report.parts["audit"].reason.clone().unwrap();
        assert!(reason.contains("guild 7 place 3: gap"), "{reason}");
        let last = findings.proven.latest().last.unwrap();
        assert_eq!((last.guilds, last.entries, last.breaks), (2, 40, 1));
        assert_eq!(last.first.as_deref(), Some("guild 7 place 3: gap"));

        // A check that came to no end leaves standing what the one before found.
        findings.tell_failure(&Failure::broken("the database is away", "wait"));
        let check = findings.proven.latest();
        assert_eq!(check.last.unwrap().breaks, 1);
        assert!(check.failed.unwrap().1.contains("away"));
        assert_eq!(health.report().parts["audit"].status, Status::Degraded);

        findings.tell(&Verification::default());
        assert_eq!(health.report().parts["audit"].status, Status::Ready);
        let check = findings.proven.latest();
        assert_eq!((check.last.unwrap().breaks, check.failed), (0, None));
    }

    // An alert that reads a count of all breaks ever found would stand until the next start.
    #[test]
    fn the_gauge_says_what_the_latest_check_found() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let shown = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            let health = Health::new(Arc::new(SystemClock));
            let findings = findings(&health);
            let stands_at = |count: &str| {
                let line = format!("{BREAKS} {count}\n");
                assert!(shown.render().contains(&line), "{}", shown.render());
            };
            describe();
            stands_at("0");
            findings.tell(&broken());
            stands_at("1");
            findings.tell_failure(&Failure::broken("the database is away", "wait"));
            stands_at("1");
            findings.tell(&Verification::default());
            stands_at("0");
        });
    }
}
