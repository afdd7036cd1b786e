//! The budget of new sessions: Discord resets a token that starts 1,000 of them in a day.
//!
//! Each start is stored before it is made, so that a crash loop spends nothing that is not counted. From 500 on it is
//! told, from 700 on starts are spread out, from 900 on there are none. Starts of one bucket lie five seconds apart.

use std::{sync::Arc, time::Duration};

use kernel::{ApplicationId, Clock, Span, Timestamp};
use store::{Database, DbError};

use crate::{
    health::{Board, Trouble},
    meters,
    store::{IdentifyHistory, identify_history, identify_insert, identify_lock},
};

const TELL_FROM: u32 = 500;
const SPREAD_FROM: u32 = 700;
const REFUSE_FROM: u32 = 900;
/// Discord's five seconds, and the time by which one start may take longer to arrive there than the next.
const BUCKET_EVERY: Span = Span::millis(5_500);
/// Spread out, 200 starts take more than a day to spend.
const SPREAD_EVERY: Span = Span::minutes(8);
/// However long the wait, the budget is looked at again after this.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// The budget of one bot.
#[derive(Debug)]
pub(crate) struct Identifies {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) board: Arc<Board>,
    pub(crate) bot: usize,
    pub(crate) application: ApplicationId,
    pub(crate) concurrency: u32,
}

/// What the budget says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Go,
    Wait(Span),
    Spent(Span),
}

fn judge(history: &IdentifyHistory, now: Timestamp) -> Verdict {
    let wait_after = |moment: Timestamp, span: Span| {
        let over = moment + span;
        (over > now).then(|| over.since(now))
    };
    if history.count >= REFUSE_FROM {
        let until_oldest_is_forgotten = wait_after(history.first, Span::days(1));
        return Verdict::Spent(until_oldest_is_forgotten.unwrap_or(Span::ZERO));
    }
    let spread = (history.count >= SPREAD_FROM).then(|| wait_after(history.last, SPREAD_EVERY));
    let in_bucket = wait_after(history.last_in_bucket, BUCKET_EVERY);
    spread
        .flatten()
        .max(in_bucket)
        .map_or(Verdict::Go, Verdict::Wait)
}

impl Identifies {
    /// Waits until this shard may start a new session, and counts it.
    pub(crate) async fn permit(&self, shard: u32) {
        let bucket = shard % self.concurrency.max(1);
        loop {
            let wait = match self.ask(bucket).await {
                Ok((Verdict::Go, count)) => {
                    self.tell(count + 1, None);
                    return;
                }
                Ok((Verdict::Wait(span), count)) => {
                    self.tell(count, None);
                    span.to_std()
                }
                Ok((Verdict::Spent(span), count)) => {
                    self.tell(count, Some(span));
                    span.to_std()
                }
                Err(error) => {
                    tracing::warn!(%error, "new sessions can't be counted, so none is started");
                    Duration::from_secs(2)
                }
            };
            tokio::time::sleep(wait.clamp(Duration::from_millis(10), LOOK_AGAIN)).await;
        }
    }

    async fn ask(&self, bucket: u32) -> Result<(Verdict, u32), DbError> {
        let (application, clock) = (self.application, self.clock.clone());
        let ask = move |tx: &mut store::Tx<'_>| {
            identify_lock(tx)?;
            // Read behind the lock, so that it is no earlier than what those before noted.
            let now = clock.now();
            let history = identify_history(tx, application, bucket, now)?;
            let verdict = judge(&history, now);
            if verdict == Verdict::Go {
                identify_insert(tx, application, bucket, now)?;
            }
            Ok((verdict, history.count))
        };
        self.database.write("discord.identify", ask).await
    }

    fn tell(&self, count: u32, refused_for: Option<Span>) {
        meters::identifies(count);
        let reason = if let Some(span) = refused_for {
            let minutes = span.to_std().as_secs() / 60 + 1;
            Some(format!(
                "{count} new gateway sessions in 24 hours: no more are started for {minutes} minutes, because Discord resets the token at 1,000; find out why sessions end"
            ))
        } else if count >= TELL_FROM {
            tracing::error!(
                count,
                "many new gateway sessions in 24 hours; Discord resets the token at 1,000"
            );
            Some(format!(
                "{count} new gateway sessions in 24 hours; Discord resets the token at 1,000; find out why sessions end"
            ))
        } else {
            None
        };
        self.board.trouble(self.bot, Trouble::Identifies, reason);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{ApplicationId, Clock, Id, Span, SystemClock, Timestamp};
    use store::{Migrations, Tx};
    use testkit::{
        db::{TestDb, fresh_libsql, fresh_postgres},
        time::ManualClock,
    };
    use tokio::task::JoinSet;

    use super::{BUCKET_EVERY, Identifies, Verdict, judge};
    use crate::{
        health::Board,
        store::{IdentifyHistory, MIGRATIONS, identify_history},
    };

    fn migrations() -> Migrations {
        Migrations::part(&[store::MIGRATIONS, MIGRATIONS])
    }

    fn application() -> ApplicationId {
        Id::new(5).unwrap()
    }

    fn budget(db: &TestDb, clock: &Arc<dyn Clock>) -> Arc<Identifies> {
        Arc::new(Identifies {
            database: db.database().clone(),
            clock: Arc::clone(clock),
            board: Arc::new(Board::new(1, Arc::clone(clock))),
            bot: 0,
            application: application(),
            concurrency: 1,
        })
    }

    async fn postgres() -> TestDb {
        let fresh = tokio::task::spawn_blocking(|| fresh_postgres(&migrations()));
        fresh.await.unwrap()
    }

    fn moment(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn history(count: u32, last: i64) -> IdentifyHistory {
        IdentifyHistory {
            count,
            first: moment(1_000),
            last: moment(last),
            last_in_bucket: moment(last),
        }
    }

    #[test]
    fn starts_of_one_bucket_lie_five_seconds_apart() {
        assert_eq!(
            judge(&history(1, 2_000), moment(2_002)),
            Verdict::Wait(Span::millis(3_500))
        );
        assert_eq!(judge(&history(1, 2_000), moment(2_006)), Verdict::Go);
    }

    #[test]
    fn g2_a_crash_loop_of_a_day_never_reaches_nine_hundred_and_one() {
        let (mut starts, mut now, mut made) = (Vec::<i64>::new(), 0_i64, 0);
        while now < 86_400 {
            starts.retain(|start| *start > now - 86_400);
            let last = starts.last().copied().unwrap_or(-100);
            let history = IdentifyHistory {
                count: u32::try_from(starts.len()).unwrap(),
                first: moment(starts.first().copied().unwrap_or(0)),
                last: moment(last),
                last_in_bucket: moment(last),
            };
            match judge(&history, moment(now)) {
                Verdict::Go => {
                    starts.push(now);
                    made += 1;
                    now += 1;
                }
                Verdict::Wait(span) | Verdict::Spent(span) => {
                    now += span.as_micros() / 1_000_000 + 1
                }
            }
        }
        assert!((700..=900).contains(&made), "{made}");
    }

    #[test]
    fn a_spent_budget_says_how_long() {
        let verdict = judge(&history(900, 3_000), moment(5_000));
        assert_eq!(verdict, Verdict::Spent(Span::seconds(86_400 - 4_000)));
    }

    /// Regression: several that asked at once each read what stood there before the others had written.
    #[tokio::test(flavor = "multi_thread")]
    async fn of_several_who_ask_at_once_one_may_start() {
        let db = postgres().await;
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let mut asking = JoinSet::new();
        for _ in 0..16 {
            let process = budget(&db, &clock);
            asking.spawn(async move { process.ask(0).await.unwrap().0 });
        }
        let verdicts = asking.join_all().await;
        let started = verdicts.iter().filter(|verdict| **verdict == Verdict::Go);
        assert_eq!(started.count(), 1, "{verdicts:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn starts_of_several_processes_in_one_bucket_lie_apart() {
        let db = postgres().await;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut starting = JoinSet::new();
        for _ in 0..2 {
            let process = budget(&db, &clock);
            starting.spawn(async move { process.permit(0).await });
        }
        starting.join_all().await;
        let read = move |tx: &mut Tx<'_>| identify_history(tx, application(), 0, clock.now());
        let history = db.database().write("test", read).await.unwrap();
        let apart = history.last.since(history.first);
        assert!(history.count == 2 && apart >= BUCKET_EVERY, "{apart:?}");
    }

    /// Regression: after the clock was set back by an hour, no session was started for that hour.
    #[tokio::test]
    async fn a_clock_that_is_set_back_holds_no_start_up() {
        let db = fresh_libsql(&migrations());
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let budget = budget(&db, &(clock.clone() as Arc<dyn Clock>));
        assert_eq!(budget.ask(0).await, Ok((Verdict::Go, 0)));
        clock.set("2026-11-20T09:00:00Z");
        assert_eq!(budget.ask(0).await, Ok((Verdict::Wait(BUCKET_EVERY), 1)));
        clock.advance(BUCKET_EVERY);
        assert_eq!(budget.ask(0).await, Ok((Verdict::Go, 1)));
    }
}
