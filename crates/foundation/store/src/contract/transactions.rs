//! What is kept, what is undone, and when the answer is given.

use std::sync::{Arc, Mutex, mpsc};

use super::{
    Part, start,
    trial::{
        ADD, INSERT, SET, count, insert, n_of, prepare, purse, read, refusal, seen, seen_in, write,
    },
    wait,
};
use crate::{Constraint, Database, DbError, Tx, Value};

pub(super) const PARTS: &[Part] = &[
    ("constraints are told apart", constraints_are_told_apart),
    ("a refusal leaves no trace", refusal_leaves_no_trace),
    (
        "a nested refusal is undone and the rest is kept",
        nested_refusal,
    ),
    ("nesting goes several levels deep", nesting_goes_deep),
    (
        "a panic leaves no trace and says what it said",
        panic_leaves_no_trace,
    ),
    (
        "an error of the engine spoils the transaction",
        error_spoils,
    ),
    (
        "an error inside a nested part spoils all",
        nested_error_spoils,
    ),
    ("queued statements keep their order", queue_keeps_order),
    (
        "a statement runs for each row of values, and each is counted",
        each_row_is_counted,
    ),
    (
        "an error of a queued statement is reported",
        queued_error_is_reported,
    ),
    ("an answer follows the commit", answer_follows_commit),
    ("a read sees one state", read_sees_one_state),
    ("a read changes nothing", read_changes_nothing),
    (
        "a work may ask for the database inside",
        work_may_use_handle,
    ),
];

fn constraints_are_told_apart(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 1)).expect("a purse is stored");
    let name = |id: i64| vec![Value::from(id), 0_i64.into(), "same".into(), Value::Null];
    write(database, move |tx| tx.execute(&INSERT, &name(2))).expect("a purse is stored");
    let orphan = vec![5_i64.into(), 0_i64.into(), Value::Null, 99_i64.into()];
    let nameless = vec![6_i64.into(), Value::Null, Value::Null, Value::Null];
    let cases = [
        (purse(1, 1), Constraint::Unique),
        (name(3), Constraint::Unique),
        (purse(4, -1), Constraint::Check),
        (orphan, Constraint::ForeignKey),
        (nameless, Constraint::NotNull),
    ];
    for (values, expected) in cases {
        match write(database, move |tx| tx.execute(&INSERT, &values)) {
            Err(DbError::Violated {
                statement,
                constraint,
                ..
            }) => assert_eq!((statement.as_str(), constraint), ("trial.insert", expected)),
            other => panic!("{expected} constraint gave {other:?}"),
        }
    }
    assert_eq!(seen(database), 2);
}

fn refusal_leaves_no_trace(database: &Database) {
    prepare(database);
    let outcome: Result<(), _> = write(database, |tx| {
        insert(tx, 1, 1)?;
        tx.queue(&INSERT, purse(2, 2))?;
        Err(refusal())
    });
    assert_eq!(outcome, Err(refusal()));
    assert_eq!(seen(database), 0);
}

fn nested_refusal(database: &Database) {
    prepare(database);
    let outcome = write(database, |tx| {
        insert(tx, 1, 1)?;
        let inner: Result<(), DbError> = tx.nested(|tx| {
            insert(tx, 2, 2)?;
            tx.queue(&SET, vec![1_i64.into(), 50_i64.into()])?;
            Err(refusal())
        })?;
        assert_eq!(inner, Err(refusal()));
        let kept = tx.nested(|tx| insert(tx, 3, 3))?;
        assert_eq!(kept, Ok(1));
        Ok((count(tx)?, n_of(tx, 1)?))
    });
    assert_eq!(outcome, Ok((2, 1)));
    assert_eq!((seen(database), seen_in(database, 1)), (2, 1));
}

fn nesting_goes_deep(database: &Database) {
    prepare(database);
    let outcome = write(database, |tx| {
        tx.nested(|tx| {
            insert(tx, 1, 1)?;
            tx.nested(|tx| {
                insert(tx, 2, 2)?;
                let third: Result<(), DbError> = tx.nested(|tx| {
                    insert(tx, 3, 3)?;
                    tx.nested(|tx| insert(tx, 4, 4)).map(drop)?;
                    Err(refusal())
                })?;
                assert!(third.is_err());
                insert(tx, 5, 5)
            })?
        })?
    });
    assert_eq!(outcome, Ok(1));
    let sum = read(database, |tx| {
        Ok(n_of(tx, 1)? + n_of(tx, 2)? + n_of(tx, 5)?)
    });
    assert_eq!((sum, seen(database)), (Ok(8), 3));
}

fn panic_leaves_no_trace(database: &Database) {
    prepare(database);
    let outcome: Result<(), _> = write(database, |tx| {
        insert(tx, 1, 1)?;
        panic!("on purpose");
    });
    let said =
        matches!(&outcome, Err(DbError::Panicked { message, .. }) if message == "on purpose");
    assert!(said, "{outcome:?}");
    assert_eq!(seen(database), 0);
    write(database, |tx| insert(tx, 1, 1)).expect("the next use case runs");
}

fn error_spoils(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 1)).expect("a purse is stored");
    let outcome = write(database, |tx| {
        insert(tx, 2, 2)?;
        let first = insert(tx, 1, 1).expect_err("the key is taken");
        assert_eq!(insert(tx, 3, 3), Err(first.clone()));
        assert_eq!(tx.rows(&super::trial::COUNT, &[]), Err(first.clone()));
        assert_eq!(tx.nested(|_| Ok::<_, DbError>(())), Err(first));
        Ok(())
    });
    assert!(
        matches!(outcome, Err(DbError::Violated { .. })),
        "{outcome:?}"
    );
    assert_eq!(seen(database), 1);
}

fn nested_error_spoils(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 1)).expect("a purse is stored");
    let outcome = write(database, |tx| {
        insert(tx, 2, 2)?;
        // The inner part hides its error behind a refusal of its own; the transaction is spoilt all the same.
        let inner = tx.nested(|tx| insert(tx, 1, 1).map_err(|_| refusal()));
        assert!(matches!(inner, Err(DbError::Violated { .. })), "{inner:?}");
        Ok(())
    });
    assert!(
        matches!(outcome, Err(DbError::Violated { .. })),
        "{outcome:?}"
    );
    assert_eq!(seen(database), 1);
}

fn queue_keeps_order(database: &Database) {
    prepare(database);
    let set = |n: i64| vec![Value::from(1_i64), n.into()];
    let outcome = write(database, move |tx| {
        tx.queue(&INSERT, purse(1, 1))?;
        tx.queue(&SET, set(10))?;
        tx.queue(&ADD, set(5))?;
        let between = n_of(tx, 1)?;
        tx.queue(&SET, set(100))?;
        assert_eq!(tx.execute(&ADD, &set(7))?, 1);
        tx.queue(&ADD, set(1))?;
        Ok(between)
    });
    assert_eq!(outcome, Ok(15));
    assert_eq!(seen_in(database, 1), 108);
}

type Closure = fn(&mut Tx<'_>) -> Result<(), DbError>;

fn each_row_is_counted(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 1)).expect("a purse is stored");
    // Every second one is there; more than an adapter sends at once.
    let rows = (0..1_000_i64).map(|number| vec![Value::from(number % 2 + 1), 1_i64.into()]);
    let rows: Vec<Vec<Value>> = rows.collect();
    let outcome = write(database, move |tx| {
        tx.queue(&SET, vec![1_i64.into(), 5_i64.into()])?;
        let none = tx.execute_each(&ADD, Vec::new())?;
        Ok((none, tx.execute_each(&ADD, rows.clone())?, n_of(tx, 1)?))
    });
    let (none, changed, n) = outcome.expect("the rows are changed");
    assert_eq!((none.len(), changed.len(), n), (0, 1_000, 505));
    let expected = |(at, count): (usize, &u64)| *count == u64::from(at % 2 == 0);
    assert!(changed.iter().enumerate().all(expected));
    let twice = vec![purse(2, 2), purse(3, 3), purse(2, 4), purse(5, 5)];
    let failed = write(database, move |tx| tx.execute_each(&INSERT, twice.clone()));
    assert!(
        matches!(&failed, Err(DbError::Violated { constraint, .. }) if *constraint == Constraint::Unique),
        "{failed:?}"
    );
    assert_eq!(seen(database), 1);
}

fn queued_error_is_reported(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 1)).expect("a purse is stored");
    let closures: [Closure; 3] = [
        |tx| {
            insert(tx, 2, 2)?;
            tx.queue(&INSERT, purse(1, 1))
        },
        |tx| {
            tx.queue(&INSERT, purse(1, 1))?;
            tx.queue(&INSERT, purse(3, 3))?;
            count(tx).map(drop)
        },
        |tx| {
            let inner = tx.nested(|tx| {
                tx.queue(&INSERT, purse(1, 1))?;
                Err::<(), _>(refusal())
            });
            inner.map(drop)?;
            tx.queue(&INSERT, purse(4, 4))
        },
    ];
    for closure in closures {
        let outcome = write(database, closure);
        let unique = matches!(
            &outcome,
            Err(DbError::Violated { statement, constraint: Constraint::Unique, .. })
                if statement == "trial.insert"
        );
        assert!(unique, "{outcome:?}");
    }
    assert_eq!(seen(database), 1);
}

/// A place where a closure stops until it is let go, and says that it has come there.
struct Gate {
    came: mpsc::SyncSender<()>,
    go: Mutex<mpsc::Receiver<()>>,
}

fn gate() -> (Arc<Gate>, mpsc::Receiver<()>, mpsc::SyncSender<()>) {
    let (came, has_come) = mpsc::sync_channel(8);
    let (let_go, go) = mpsc::sync_channel(8);
    let gate = Gate {
        came,
        go: Mutex::new(go),
    };
    (Arc::new(gate), has_come, let_go)
}

impl Gate {
    fn pass(&self) {
        self.came.send(()).expect("the suite listens");
        let go = self.go.lock().expect("one closure passes at a time");
        go.recv().expect("the suite lets it go");
    }
}

fn answer_follows_commit(database: &Database) {
    prepare(database);
    let (gate, has_come, let_go) = gate();
    let (first, handle) = (Arc::clone(&gate), database.clone());
    let mut writing = start(async move {
        let closure = move |tx: &mut Tx<'_>| {
            insert(tx, 1, 1)?;
            first.pass();
            Ok::<_, DbError>(())
        };
        handle.write("trial", closure).await
    });
    has_come.recv().expect("the closure runs");
    // It has written, and has not committed: nobody else sees it, and nobody was told.
    assert_eq!(seen(database), 0);
    assert!(!super::waiting::is_done(&mut writing));
    let_go.send(()).expect("the closure waits");
    assert_eq!(wait(writing), Ok(()));
    assert_eq!(seen(database), 1);
}

fn read_sees_one_state(database: &Database) {
    prepare(database);
    write(database, |tx| insert(tx, 1, 1)).expect("a purse is stored");
    let (gate, has_come, let_go) = gate();
    let handle = database.clone();
    let reading = start(async move {
        let closure = move |tx: &mut Tx<'_>| {
            let before = (count(tx)?, n_of(tx, 1)?);
            gate.pass();
            Ok::<_, DbError>((before, (count(tx)?, n_of(tx, 1)?)))
        };
        handle.read("trial", closure).await
    });
    has_come.recv().expect("the closure runs");
    let changed = write(database, |tx| {
        insert(tx, 2, 2)?;
        tx.execute(&SET, &[1_i64.into(), 99_i64.into()])
    });
    assert_eq!(changed, Ok(1));
    let_go.send(()).expect("the closure waits");
    assert_eq!(wait(reading), Ok(((1, 1), (1, 1))));
    assert_eq!((seen(database), seen_in(database, 1)), (2, 99));
}

fn read_changes_nothing(database: &Database) {
    prepare(database);
    let outcome = read(database, |tx| insert(tx, 1, 1));
    assert!(
        matches!(outcome, Err(DbError::Rejected { .. })),
        "{outcome:?}"
    );
    assert_eq!(seen(database), 0);
}

fn work_may_use_handle(database: &Database) {
    prepare(database);
    let handle = database.clone();
    // A closure may hold the handle; it must not wait for it.
    let engine = write(database, move |_| Ok(handle.engine()));
    assert_eq!(engine, Ok(database.engine()));
}
