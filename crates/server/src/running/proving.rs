//! Once a day the whole record is checked beside the running server, so that a break is found before somebody needs it.
//!
//! It reads a piece at a time, as `guildhall audit verify` does. What it finds is counted for alerts, degrades the part
//! `audit`, and stands in the log.

use std::time::Duration;

use ::audit::{PublicKey, Trust, Verification};
use store::Database;

use crate::{failure::Failure, health::Part, rotation::Rotation, verbs::audit};

/// A machine that starts has other things to do.
const FIRST_AFTER: Duration = Duration::from_secs(10 * 60);
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

const BREAKS: &str = "guildhall_audit_breaks_total";

/// What the record is checked with.
pub(super) struct Proving {
    pub(super) database: Database,
    /// Who signs, and who did.
    pub(super) rotation: Rotation,
    pub(super) signer: PublicKey,
    pub(super) part: Part,
}

impl Proving {
    /// Checks, until it is dropped.
    pub(super) async fn run(self) {
        describe();
        self.part.ready();
        tokio::time::sleep(FIRST_AFTER).await;
        loop {
            match self.look().await {
                Ok(found) => tell(&self.part, &found),
                Err(failure) => tracing::warn!(%failure, "the record could not be checked"),
            }
            tokio::time::sleep(EVERY).await;
        }
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

fn tell(part: &Part, found: &Verification) {
    let Some(first) = found.breaks.first() else {
        tracing::info!(
            guilds = found.guilds,
            entries = found.entries,
            "the record is whole"
        );
        return part.ready();
    };
    metrics::counter!(BREAKS).increment(found.found);
    let first = audit::told(first);
    tracing::error!(breaks = found.found, %first, "the record is not whole");
    part.degraded(format!(
        "the record is not whole, in {} places; the first is: {first}",
        found.found
    ));
}

fn describe() {
    metrics::describe_counter!(
        BREAKS,
        "Places where the daily check found that the record does not hold"
    );
    metrics::counter!(BREAKS).absolute(0);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::audit::{Break, Verification, Wrong};
    use kernel::SystemClock;

    use super::tell;
    use crate::health::{Gate, Health, Status};

    #[test]
    fn a_break_degrades_its_part_and_a_whole_record_mends_it() {
        let health = Health::new(Arc::new(SystemClock));
        let part = health.part("audit", Gate::Open);
        let broken = Break {
            guild: 7,
            seq: Some(3),
            record: None,
            wrong: Wrong::Gap,
        };
        let found = Verification {
            found: 1,
            breaks: vec![broken],
            ..Verification::default()
        };
        tell(&part, &found);
        let report = health.report();
        assert_eq!(report.parts["audit"].status, Status::Degraded);
        let reason = report.parts["audit"].reason.clone().unwrap();
        assert!(reason.contains("guild 7 place 3: gap"), "{reason}");
        tell(&part, &Verification::default());
        assert_eq!(health.report().parts["audit"].status, Status::Ready);
    }
}
