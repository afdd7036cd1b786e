//! What failed for good, in both queues, for the operator's pages.

use anyhow::Result;
use kernel::{Cause, CauseKind, IdSource, Timestamp};
use store::{
    Database, DbError, Tx,
    jobs::{self, ATTEMPTS_MAX, Job, NewJob},
    owed::{self, OwedEnd},
};

use super::Seeding;

/// What the jobs were to do.
const KIND: &str = "store.prune";
const NOTHING: &str = "{}";

/// Buries as many jobs and as many effects as are asked for; gives the last job.
pub(super) async fn dead(seeding: &Seeding, database: &Database) -> Result<i64> {
    let count = seeding.size.letters;
    let moments: Vec<_> = (0..count)
        .map(|number| seeding.moment(number, count))
        .collect();
    let (guild, ids) = (seeding.town.guild, seeding.ids.clone());
    let bury = move |tx: &mut Tx<'_>| {
        let mut last = 0;
        for at in &moments {
            let effect = ids.next();
            let cause = Cause::new(CauseKind::Job, effect);
            owed::owed_insert(tx, effect, &cause, Some(guild), NOTHING, *at)?;
            owed::owed_end(
                tx,
                effect,
                OwedEnd::Dead,
                "404 Unknown Channel (10003)",
                *at,
            )?;
            last = job(tx, ids.as_ref(), *at)?;
        }
        Ok(last)
    };
    Ok(database
        .write::<_, DbError, _>("bench.letters", bury)
        .await?)
}

fn job(tx: &mut Tx<'_>, ids: &dyn IdSource, at: Timestamp) -> Result<i64, DbError> {
    let id = ids.next();
    let key = format!("bench:{id}");
    let new = NewJob {
        id,
        kind: KIND,
        key: &key,
        payload: NOTHING,
        due_at: at,
    };
    jobs::job_insert(tx, &new, at)?;
    let tried = Job {
        id,
        kind: KIND.to_owned(),
        key,
        payload: NOTHING.to_owned(),
        attempts: ATTEMPTS_MAX,
    };
    jobs::job_fail(tx, &tried, "the disk is full", at)?;
    Ok(id)
}
