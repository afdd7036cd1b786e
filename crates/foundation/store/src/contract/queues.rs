//! The two queues of the store, as whoever operates looks at them: what waits, what failed for good, and what becomes
//! of that.

use kernel::{Cause, CauseKind, GuildId, Span, Timestamp};

use super::{
    Part,
    trial::{read, write},
    wait,
};
use crate::{
    Database, DbError, MIGRATIONS, MigrationError, Migrations, Tx,
    jobs::{self, Job, NewJob},
    letters::{
        self, Letter, LetterCounts, LetterCursor, LetterState, OwedTrouble, Queue, What,
        letter_again, letter_fetch, letter_give_up, letter_list,
    },
    owed::{self, OwedEnd},
};

pub(super) const PARTS: &[Part] = &[
    ("what waits and what failed is listed in pages", lists),
    ("a dead job is tried again or given up, once", jobs_decided),
    (
        "a dead effect is tried again while it is kept",
        effects_decided,
    ),
    (
        "effects on one target are taken one after the other",
        targets_in_turn,
    ),
    ("troubles are counted by guild", troubles_are_counted),
];

const START: Timestamp = Timestamp::from_micros(1_000_000_000);

fn prepare(database: &Database) {
    let line = Migrations::part(&[MIGRATIONS]);
    let made: Result<_, MigrationError> =
        wait(database.write("trial.prepare", move |tx| line.up(tx, START)));
    made.expect("the store's own tables are made");
}

fn at(seconds: u32) -> Timestamp {
    START + Span::seconds(seconds)
}

fn guild(number: u64) -> GuildId {
    GuildId::new(number).expect("above zero")
}

/// Enqueues a job that is due then.
fn job(tx: &mut Tx<'_>, id: i64, due: u32) -> Result<(), DbError> {
    let job = NewJob {
        id,
        kind: "trial",
        key: &format!("trial:{id}"),
        payload: "{}",
        due_at: at(due),
    };
    jobs::job_insert(tx, &job, START).map(drop)
}

/// Has a job fail for good at a moment.
fn bury(tx: &mut Tx<'_>, id: i64, when: u32) -> Result<(), DbError> {
    let job = Job {
        id,
        kind: "trial".to_owned(),
        key: format!("trial:{id}"),
        payload: "{}".to_owned(),
        attempts: jobs::ATTEMPTS_MAX,
    };
    jobs::job_fail(tx, &job, "no luck", at(when))
}

fn owe(tx: &mut Tx<'_>, id: i64, of: Option<u64>) -> Result<(), DbError> {
    let cause = Cause::new(CauseKind::Message, id);
    owed::owed_insert(tx, id, &cause, of.map(guild), "{}", START)
}

fn page(
    database: &Database,
    which: (Queue, LetterState),
    after: Option<LetterCursor>,
    limit: u32,
) -> Vec<Letter> {
    read(database, move |tx| letter_list(tx, which, after, limit)).expect("the queue is read")
}

fn ids(letters: &[Letter]) -> Vec<i64> {
    letters.iter().map(|letter| letter.id).collect()
}

fn one(database: &Database, queue: Queue, id: i64) -> Option<Letter> {
    read(database, move |tx| letter_fetch(tx, queue, id)).expect("the row is read")
}

fn counts(database: &Database, queue: Queue) -> LetterCounts {
    read(database, move |tx| letters::letter_counts(tx, queue)).expect("rows are counted")
}

fn lists(database: &Database) {
    prepare(database);
    write(database, |tx| {
        for (id, due) in [(1, 30), (2, 10), (3, 10), (4, 20), (5, 5), (6, 5), (7, 5)] {
            job(tx, id, due)?;
        }
        bury(tx, 5, 100)?;
        bury(tx, 6, 300)?;
        bury(tx, 7, 200)?;
        jobs::job_finish(tx, 1)
    })
    .expect("jobs are written down");
    let waiting = (Queue::Jobs, LetterState::Waiting);
    let first = page(database, waiting, None, 2);
    assert_eq!(ids(&first), [2, 3], "the one that is due first comes first");
    let after = first.last().map(|last| LetterCursor {
        at: last.due_at,
        id: last.id,
    });
    assert_eq!(ids(&page(database, waiting, after, 2)), [4]);
    let dead = page(database, (Queue::Jobs, LetterState::Dead), None, 9);
    assert_eq!(ids(&dead), [6, 7, 5], "the latest failure comes first");
    assert_eq!(dead[0].error.as_deref(), Some("no luck"));
    assert_eq!(dead[0].due_at, at(300));
    assert_eq!(one(database, Queue::Jobs, 1), None, "it is done");
    let counted = counts(database, Queue::Jobs);
    assert_eq!((counted.waiting, counted.retried, counted.dead), (3, 0, 3));
}

fn jobs_decided(database: &Database) {
    prepare(database);
    write(database, |tx| {
        for id in [1, 2] {
            job(tx, id, 1)?;
            bury(tx, id, 2)?;
        }
        job(tx, 3, 1)
    })
    .expect("jobs are written down");
    let decide = |id, verdict: fn(&mut Tx<'_>, Queue, i64, Timestamp) -> Result<bool, DbError>| {
        write(database, move |tx| verdict(tx, Queue::Jobs, id, at(9))).expect("it is decided")
    };
    assert!(decide(1, letter_again) && !decide(1, letter_again));
    let again = one(database, Queue::Jobs, 1).expect("it waits");
    assert_eq!((again.state, again.attempts), (LetterState::Waiting, 0));
    assert_eq!(again.due_at, at(9));
    assert!(decide(2, letter_give_up) && !decide(2, letter_give_up));
    assert_eq!(one(database, Queue::Jobs, 2), None);
    for verdict in [letter_again, letter_give_up] {
        assert!(!decide(3, verdict), "what waits is not decided on");
    }
}

fn effects_decided(database: &Database) {
    prepare(database);
    write(database, |tx| {
        for id in 1..=4 {
            owe(tx, id, Some(7))?;
        }
        owed::owed_end(tx, 1, OwedEnd::Failed, "403", at(10))?;
        owed::owed_end(tx, 2, OwedEnd::Dead, "too late", at(20))?;
        owed::owed_end(tx, 3, OwedEnd::Failed, "404", at(30))
    })
    .expect("effects are owed");
    let said = |id| {
        let what = one(database, Queue::Effects, id).map(|letter| letter.what);
        match what {
            Some(What::Effect { effect, .. }) => effect,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((said(1).as_str(), said(2).as_str()), ("{}", ""));
    let again = |id| {
        write(database, move |tx| {
            letter_again(tx, Queue::Effects, id, at(40))
        })
    };
    assert_eq!(again(1), Ok(true));
    let waits = one(database, Queue::Effects, 1).expect("it waits");
    assert_eq!((waits.state, waits.due_at), (LetterState::Waiting, at(40)));
    assert_eq!(waits.at, at(40), "it is owed anew, and has all its time");
    assert_eq!(again(2), Ok(false), "what it said is forgotten");
    let forget = |before| write(database, move |tx| owed::owed_forget(tx, before, 10));
    assert_eq!((forget(at(30)), forget(at(31))), (Ok(0), Ok(1)));
    assert_eq!(again(3), Ok(false));
    write(database, |tx| {
        owed::owed_end(tx, 4, OwedEnd::Failed, "403", at(50))?;
        owed::owed_forget_guild(tx, guild(8))
    })
    .expect("another guild's are forgotten");
    assert_eq!(said(4), "{}");
    write(database, |tx| owed::owed_forget_guild(tx, guild(7))).expect("the guild's are");
    assert_eq!(said(4), "");
    let gave_up = write(database, |tx| letter_give_up(tx, Queue::Effects, 4, at(60)));
    assert_eq!(gave_up, Ok(true));
    assert_eq!(one(database, Queue::Effects, 4), None);
}

/// Owes an effect on a target; gives whether it might leave at once.
fn owe_to(database: &Database, target: &'static str, id: i64) -> bool {
    let owed = write(database, move |tx| {
        let is_first = owed::owed_line_up(tx, target)?;
        let cause = Cause::new(CauseKind::Message, id);
        owed::owed_insert_to(tx, target, id, &cause, Some(guild(7)), "{}", START)?;
        Ok(is_first)
    });
    owed.expect("the effect is owed")
}

fn targets_in_turn(database: &Database) {
    prepare(database);
    assert!(owe_to(database, "member 1", 1), "nothing is owed to it");
    assert!(!owe_to(database, "member 1", 2) && !owe_to(database, "member 1", 3));
    assert!(owe_to(database, "member 2", 4), "it is another target");
    write(database, |tx| {
        owe(tx, 5, Some(7))?;
        owe(tx, 6, Some(7))
    })
    .expect("effects without a target are owed");
    let taken = |when| {
        let claim = move |tx: &mut Tx<'_>| owed::owed_claim(tx, at(when), 10);
        let mut taken: Vec<i64> = write(database, claim)
            .expect("what is due is taken")
            .iter()
            .map(|owed| owed.id)
            .collect();
        taken.sort_unstable();
        taken
    };
    assert_eq!(taken(10), [1, 4, 5, 6]);
    write(database, |tx| {
        owed::owed_put_off(tx, 1, at(100), "503")?;
        [4, 5, 6]
            .into_iter()
            .try_for_each(|id| owed::owed_confirm(tx, id))
    })
    .expect("one is put off");
    assert_eq!(taken(20), [0_i64; 0], "what is put off keeps its place");
    write(database, |tx| owed::owed_confirm(tx, 1)).expect("it is delivered");
    assert_eq!(taken(30), [2]);
    write(database, |tx| {
        owed::owed_end(tx, 2, OwedEnd::Failed, "403", at(40))
    })
    .expect("it fails for good");
    assert_eq!(taken(50), [3], "nothing waits for what failed for good");
}

fn troubles_are_counted(database: &Database) {
    prepare(database);
    write(database, |tx| {
        for (id, of) in [
            (1, Some(7)),
            (2, Some(7)),
            (3, Some(8)),
            (4, None),
            (5, Some(9)),
        ] {
            owe(tx, id, of)?;
        }
        owed::owed_end(tx, 1, OwedEnd::Dead, "403", at(10))?;
        owed::owed_put_off(tx, 2, at(20), "429")?;
        owed::owed_put_off(tx, 3, at(20), "429")?;
        owed::owed_end(tx, 4, OwedEnd::Dead, "403", at(10))
    })
    .expect("effects are owed");
    let found = read(database, letters::owed_troubles).expect("they are counted");
    let of = |number| found.get(&guild(number)).copied();
    let trouble = |dead, retried| Some(OwedTrouble { dead, retried });
    assert_eq!((of(7), of(8), of(9)), (trouble(1, 1), trouble(0, 1), None));
    let counted = counts(database, Queue::Effects);
    assert_eq!((counted.waiting, counted.retried, counted.dead), (3, 2, 2));
}
