//! Many at once: nothing is lost, nothing is done twice, and one's failure is nobody else's.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
};

use super::{
    Part, start, together,
    trial::{ADD, count, insert, one, prepare, purse, read, refusal, seen, seen_in, write},
    wait,
};
use crate::{Constraint, Database, DbError, Statement, Tx, Value};

pub(super) const PARTS: &[Part] = &[
    ("writers on one row lose nothing", writers_lose_nothing),
    ("a conditional update never overdraws", never_overdraws),
    (
        "panics, refusals and errors fail alone",
        failures_fail_alone,
    ),
    ("reads and writes go on side by side", side_by_side),
    (
        "what was taken on before the end is finished",
        taken_is_finished,
    ),
    ("a closed database is unavailable", closed_is_unavailable),
];

const TAKE: Statement = Statement::new(
    "trial.take",
    "UPDATE trial_purse SET n = n - 1 WHERE id = ?1 AND n >= 1 RETURNING n",
);

fn writers_lose_nothing(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 0)).expect("a purse is stored");
    let add = |tx: &mut Tx<'_>| tx.execute(&ADD, &[1_i64.into(), 1_i64.into()]);
    for _ in 0..4 {
        let writers = (0..64).map(|_| database.write("trial", add)).collect();
        let outcomes: Vec<Result<u64, DbError>> = together(writers);
        assert_eq!(outcomes, vec![Ok(1); 64]);
    }
    assert_eq!(seen_in(database, 1), 256);
}

fn never_overdraws(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 40)).expect("a purse is stored");
    let take = |tx: &mut Tx<'_>| {
        let row = tx.row(&TAKE, &[1_i64.into()])?;
        row.map_or_else(|| Err(refusal()), |row| row.int(0))
    };
    let writers = (0..64).map(|_| database.write("trial", take)).collect();
    let outcomes: Vec<Result<i64, DbError>> = together(writers);
    let mut left: Vec<i64> = outcomes
        .iter()
        .filter_map(|left| left.clone().ok())
        .collect();
    left.sort_unstable();
    // Each that took a coin saw another number of coins left.
    assert_eq!(left, (0..40).collect::<Vec<i64>>());
    let refused = outcomes.iter().filter(|left| **left == Err(refusal()));
    assert_eq!(refused.count(), 24);
    assert_eq!(seen_in(database, 1), 0);
}

fn failures_fail_alone(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1_000, 0)).expect("a purse is stored");
    // While the first work waits, the others queue up, so that an engine with batches takes them into one.
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Mutex::new(go);
    let handle = database.clone();
    let first = start(async move {
        let closure = move |_: &mut Tx<'_>| {
            let go = go.lock().expect("only this closure waits");
            go.recv().expect("the suite lets it go");
            Ok::<_, DbError>(0)
        };
        handle.write("trial", closure).await
    });
    let works = (0..64_i64).map(|id| {
        let handle = database.clone();
        start(async move { handle.write("trial", move |tx| mixed(tx, id)).await })
    });
    let works: Vec<_> = works.collect();
    let_go.send(()).expect("the closure waits");
    assert_eq!(wait(first), Ok(0));
    for (id, outcome) in (0..64_i64).zip(together(works)) {
        let as_meant = match (id % 4, &outcome) {
            (0, Err(DbError::Panicked { message, .. })) => *message == format!("work {id}"),
            (1, Err(error)) => *error == refusal(),
            (2, Err(DbError::Violated { constraint, .. })) => *constraint == Constraint::Unique,
            (3, Ok(kept)) => *kept == id,
            _ => false,
        };
        assert!(as_meant, "work {id} gave {outcome:?}");
    }
    assert_eq!((seen(database), seen_in(database, 1_000)), (17, 16));
}

fn mixed(tx: &mut Tx<'_>, id: i64) -> Result<i64, DbError> {
    tx.queue(&super::trial::INSERT, purse(id, id))?;
    tx.execute(&ADD, &[1_000_i64.into(), 1_i64.into()])?;
    match id % 4 {
        0 => panic!("work {id}"),
        1 => Err(refusal()),
        2 => insert(tx, id, id).map(|_| id),
        _ => Ok(id),
    }
}

fn side_by_side(database: &Database) {
    prepare(database);
    write(database, |tx| {
        insert(tx, 1, 500)?;
        insert(tx, 2, 500)
    })
    .expect("two purses are stored");
    thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for _ in 0..50 {
                let moved = write(database, |tx| {
                    tx.queue(&ADD, vec![1_i64.into(), Value::Int(-1)])?;
                    tx.execute(&ADD, &[2_i64.into(), 1_i64.into()])
                });
                assert_eq!(moved, Ok(1));
            }
        });
        for _ in 0..50 {
            assert_eq!(
                read(database, sum),
                Ok(1_000),
                "a reader saw half a transfer"
            );
        }
        writing.join().expect("the writer goes on");
    });
    assert_eq!((seen_in(database, 1), seen_in(database, 2)), (450, 550));
}

fn sum(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    const SUM: Statement = Statement::new(
        "trial.sum",
        "SELECT CAST(SUM(n) AS BIGINT) FROM trial_purse",
    );
    one(tx, &SUM, &[])?.int(0)
}

fn taken_is_finished(database: &Database) {
    prepare(database);
    let (came, has_come) = mpsc::sync_channel::<()>(1);
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Arc::new(Mutex::new(go));
    let handle = database.clone();
    let first = start(async move {
        let closure = move |tx: &mut Tx<'_>| {
            insert(tx, 100, 0)?;
            came.send(()).expect("the suite listens");
            let go = go.lock().expect("only this closure waits");
            go.recv().expect("the suite lets it go");
            Ok::<_, DbError>(1)
        };
        handle.write("trial", closure).await
    });
    has_come.recv().expect("the closure runs");
    let others = (0..20_i64).map(|id| {
        let handle = database.clone();
        start(async move { handle.write("trial", move |tx| insert(tx, id, id)).await })
    });
    let mut all = vec![first];
    all.extend(others);
    thread::scope(|scope| {
        let closing = scope.spawn(|| database.close());
        let_go.send(()).expect("the closure waits");
        assert_eq!(together(all), vec![Ok(1); 21]);
        closing.join().expect("closing ends");
    });
}

fn closed_is_unavailable(database: &Database) {
    prepare(database);
    database.close();
    database.close();
    let unavailable = |error: &Option<DbError>| matches!(error, Some(DbError::Unavailable { .. }));
    let outcome = write(database, |tx| insert(tx, 1, 1)).err();
    assert!(unavailable(&outcome), "{outcome:?}");
    let outcome = read(database, count).err();
    assert!(unavailable(&outcome), "{outcome:?}");
}
