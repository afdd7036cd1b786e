//! What recurs: each slot of each kind becomes a job once, whichever process gets there first.

use std::collections::HashMap;

use kernel::{Span, Timestamp};
use store::{
    DbError, Tx,
    jobs::{NewJob, job_insert, job_latest},
};
use tokio_util::sync::CancellationToken;

use crate::{Core, jobs::JobKind};

const PAUSE: Span = Span::seconds(1);

/// What recurs, and how often.
const RECURRING: &[(JobKind, Span)] = &[
    (JobKind::ExpirePending, Span::seconds(15)),
    (JobKind::RollUpLedger, Span::minutes(1)),
    (JobKind::VerifyLedger, Span::minutes(1)),
    (JobKind::Prune, Span::minutes(10)),
    (JobKind::EndSanctions, Span::seconds(5)),
    (JobKind::CloseTalks, Span::seconds(30)),
    (JobKind::ForgetWords, Span::minutes(10)),
];

/// Schedules until it is told to stop.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut calendar = None;
    while !stop.is_cancelled() {
        if let Err(error) = enqueue_due(&core, &mut calendar).await {
            tracing::warn!(%error, "recurring work could not be scheduled; it is tried again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE.to_std()) => {}
        }
    }
}

/// Which slots this process enqueued last, and how far the time has come that all processes saw.
///
/// Where the clock is set back, the slots that come once more stand in the database as done. Until it is where it was,
/// slots are named anew, so that recurring work goes on. Two processes then do it twice, which changes nothing.
#[derive(Debug)]
struct Calendar {
    slots: HashMap<JobKind, i64>,
    furthest: Timestamp,
    seen: Timestamp,
    once_more: Option<i64>,
}

impl Calendar {
    fn from(furthest: Timestamp) -> Self {
        Self {
            slots: HashMap::new(),
            furthest,
            seen: furthest,
            once_more: None,
        }
    }

    /// Takes note of the time; `fresh` names slots that come once more.
    fn look(&mut self, now: Timestamp, fresh: impl FnOnce() -> i64) {
        if now >= self.furthest {
            (self.furthest, self.once_more) = (now, None);
        } else if now < self.seen {
            self.once_more = Some(fresh());
        }
        self.seen = now;
    }

    fn name(&self, slot: i64) -> String {
        self.once_more
            .map_or_else(|| slot.to_string(), |fresh| format!("{slot}:{fresh}"))
    }
}

async fn enqueue_due(core: &Core, calendar: &mut Option<Calendar>) -> Result<(), DbError> {
    let calendar = match calendar {
        Some(calendar) => calendar,
        None => {
            let latest = core.database.read("schedule-latest", job_latest).await?;
            calendar.insert(Calendar::from(latest))
        }
    };
    let now = core.clock.now();
    calendar.look(now, || core.ids.next());
    for (kind, every) in RECURRING {
        let slot = now.micros().div_euclid(every.as_micros().max(1));
        if calendar.slots.get(kind) == Some(&slot) {
            continue;
        }
        let (id, name) = (core.ids.next(), calendar.name(slot));
        core.database
            .write("schedule", move |tx| enqueue(tx, id, *kind, &name, now))
            .await?;
        calendar.slots.insert(*kind, slot);
    }
    Ok(())
}

pub(crate) fn enqueue(
    tx: &mut Tx<'_>,
    id: i64,
    kind: JobKind,
    slot: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let job = NewJob {
        id,
        kind: kind.name(),
        key: &format!("{}:{slot}", kind.name()),
        payload: "{}",
        due_at: now,
    };
    job_insert(tx, &job, now)
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::Calendar;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    /// Regression: for as long as the clock was behind, every slot counted as done, and no recurring work was done.
    #[test]
    fn slots_that_come_once_more_are_named_anew() {
        let mut calendar = Calendar::from(at(0));
        let mut names = Vec::new();
        for (now, fresh) in [(7_200, 1), (3_600, 2), (3_605, 3), (3_000, 4), (7_200, 5)] {
            calendar.look(at(now), || fresh);
            names.push(calendar.name(now));
        }
        assert_eq!(names, ["7200", "3600:2", "3605:2", "3000:4", "7200"]);
    }

    #[test]
    fn a_start_behind_what_is_in_the_database_counts_as_set_back() {
        let mut calendar = Calendar::from(at(7_200));
        calendar.look(at(3_600), || 9);
        assert_eq!(calendar.name(1), "1:9");
    }
}
