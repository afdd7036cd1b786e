//! Values there and back, and what is refused instead of being stored as something else.

use super::{
    Part,
    trial::{at, count, insert, one, prepare, read, seen, write},
};
use crate::{Database, DbError, Statement, Value};

pub(super) const PARTS: &[Part] = &[
    ("every sort of value survives", every_sort_survives),
    ("nothing survives as nothing", nothing_survives),
    (
        "a value of another sort is refused",
        another_sort_is_refused,
    ),
    ("a sum that does not fit is an error", overflow_is_an_error),
    (
        "a column read as another sort is named",
        wrong_reading_is_named,
    ),
    ("the number of values is checked", number_is_checked),
    ("parameters are bound by their number", bound_by_number),
    ("rows come only through rows", rows_only_through_rows),
    ("a text loses its NUL characters", nul_is_dropped),
    ("a malformed statement is refused", malformed_is_refused),
];

const STORE: Statement = Statement::new(
    "trial.store",
    "INSERT INTO trial_purse (id, n, name, open, x, b, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
);
const LOAD: Statement = Statement::new(
    "trial.load",
    "SELECT n, name, open, x, b, note FROM trial_purse WHERE id = ?1",
);

fn every_sort_survives(database: &Database) {
    prepare(database);
    let bytes: Vec<u8> = (0..=255).collect();
    let texts = [
        "",
        "plain",
        "a 'quoted' \"name\"; -- ?1 $1",
        "ä 日本 🎲\n\t",
    ];
    for (id, text) in (1_i64..).zip(texts) {
        let (bytes, real) = (bytes.clone(), f64::MIN_POSITIVE);
        let truth = id % 2 == 0;
        let row = write(database, move |tx| {
            let values = [
                Value::from(id),
                9_007_199_254_740_991_i64.into(),
                text.into(),
                truth.into(),
                Value::Real(real),
                bytes.clone().into(),
                "{\"a\":1}".into(),
            ];
            assert_eq!(tx.execute(&STORE, &values)?, 1);
            one(tx, &LOAD, &[id.into()])
        });
        let row = row.expect("values are stored and read");
        assert_eq!(row.int(0), Ok(9_007_199_254_740_991));
        assert_eq!(row.text(1), Ok(text));
        assert_eq!(row.bool(2), Ok(truth));
        assert_eq!(row.real(3), Ok(real));
        assert_eq!(row.blob(4), Ok(&bytes_of_all()[..]));
        assert_eq!(row.text(5), Ok("{\"a\":1}"));
    }
    extremes_survive(database);
}

fn bytes_of_all() -> Vec<u8> {
    (0..=255).collect()
}

fn extremes_survive(database: &Database) {
    const ECHO: Statement = Statement::new(
        "trial.echo",
        "SELECT CAST(?1 AS BIGINT), CAST(?2 AS BIGINT), CAST(?3 AS BIGINT)",
    );
    let row = read(database, |tx| {
        let values = [i64::MIN.into(), i64::MAX.into(), at().into()];
        one(tx, &ECHO, &values)
    });
    let row = row.expect("the largest numbers are bound");
    assert_eq!((row.int(0), row.int(1)), (Ok(i64::MIN), Ok(i64::MAX)));
    assert_eq!(row.timestamp(2), Ok(at()));
}

fn nothing_survives(database: &Database) {
    prepare(database);
    let row = write(database, |tx| {
        let mut values = vec![Value::from(1_i64), 0_i64.into()];
        values.extend([const { Value::Null }; 5]);
        tx.execute(&STORE, &values)?;
        one(tx, &LOAD, &[1_i64.into()])
    });
    let row = row.expect("nothing can be stored");
    assert!((1..6).all(|column| row.is_null(column)), "{row:?}");
    assert_eq!(row.maybe(1, |row, column| row.int(column)), Ok(None));
}

fn another_sort_is_refused(database: &Database) {
    prepare(database);
    let values = |n: Value, name: Value, open: Value, x: Value| {
        vec![1_i64.into(), n, name, open, x, Value::Null, Value::Null]
    };
    let null = || Value::Null;
    let wrong = [
        values("many".into(), null(), null(), null()),
        values(Value::Real(1.5), null(), null(), null()),
        values(Value::Blob(vec![1]), null(), null(), null()),
        values(0_i64.into(), null(), "yes".into(), null()),
        values(0_i64.into(), null(), null(), "much".into()),
        values(0_i64.into(), null(), null(), Value::Real(f64::INFINITY)),
        values(0_i64.into(), null(), null(), Value::Real(f64::NAN)),
    ];
    for values in wrong {
        let given = format!("{values:?}");
        let outcome = write(database, move |tx| tx.execute(&STORE, &values));
        assert!(
            matches!(outcome, Err(DbError::Rejected { .. })),
            "{given} gave {outcome:?}"
        );
    }
    assert_eq!(seen(database), 0);
}

fn overflow_is_an_error(database: &Database) {
    const OVERFLOW: Statement = Statement::new(
        "trial.overflow",
        "UPDATE trial_purse SET n = n + 9223372036854775807 WHERE id = ?1",
    );
    prepare(database);
    write(database, |tx| insert(tx, 1, 5)).expect("a purse is stored");
    let outcome = write(database, |tx| tx.execute(&OVERFLOW, &[1_i64.into()]));
    assert!(outcome.is_err(), "{outcome:?}");
    assert_eq!(super::trial::seen_in(database, 1), 5);
}

fn wrong_reading_is_named(database: &Database) {
    prepare(database);
    let row = write(database, |tx| {
        insert(tx, 1, 5)?;
        one(tx, &LOAD, &[1_i64.into()])
    });
    let row = row.expect("a purse is read");
    let wrong = [row.text(0).err(), row.int(1).err(), row.int(99).err()];
    for (column, error) in [0, 1, 99].into_iter().zip(wrong) {
        let named = matches!(
            &error,
            Some(DbError::Shape { statement, column: found, .. })
                if statement == "trial.load" && *found == column
        );
        assert!(named, "{error:?}");
    }
}

fn number_is_checked(database: &Database) {
    prepare(database);
    for given in [0_usize, 1, 3, 9] {
        let values = vec![Value::from(1_i64); given];
        let more = values.clone();
        let changed = write(database, move |tx| tx.execute(&super::trial::SET, &values));
        let read = read(database, move |tx| {
            tx.rows(&super::trial::FETCH, &more[..given - given.min(1)])
        });
        let rejected = matches!(changed, Err(DbError::Rejected { .. }));
        assert!(rejected, "{given} values gave {changed:?}");
        // One value fewer fits the reading statement only where two were given.
        let rejected = matches!(read, Err(DbError::Rejected { .. }));
        assert!(rejected, "{} values gave {read:?}", given - given.min(1));
    }
}

fn bound_by_number(database: &Database) {
    const SWAPPED: Statement = Statement::new(
        "trial.swapped",
        "SELECT CAST(?2 AS TEXT), CAST(?1 AS BIGINT), '?1 it''s $1', CAST(?1 AS BIGINT) -- ?3",
    );
    let row = read(database, |tx| {
        one(tx, &SWAPPED, &[7_i64.into(), "second".into()])
    });
    let row = row.expect("parameters may stand in any order");
    assert_eq!(row.text(0), Ok("second"));
    assert_eq!((row.int(1), row.int(3)), (Ok(7), Ok(7)));
    assert_eq!(row.text(2), Ok("?1 it's $1"));
}

fn rows_only_through_rows(database: &Database) {
    const RETURNING: Statement = Statement::new(
        "trial.returning",
        "INSERT INTO trial_purse (id, n) VALUES (?1, ?2) RETURNING id, n",
    );
    prepare(database);
    let values = || [Value::from(1_i64), 3_i64.into()];
    let executed = write(database, move |tx| tx.execute(&RETURNING, &values()));
    assert!(
        matches!(executed, Err(DbError::Rejected { .. })),
        "{executed:?}"
    );
    let queued = write(database, move |tx| tx.queue(&RETURNING, values().to_vec()));
    assert!(
        matches!(queued, Err(DbError::Rejected { .. })),
        "{queued:?}"
    );
    assert_eq!(seen(database), 0);
    let row = write(database, move |tx| one(tx, &RETURNING, &values()));
    assert_eq!(row.and_then(|row| row.int(1)), Ok(3));
    assert_eq!(seen(database), 1);
}

fn nul_is_dropped(database: &Database) {
    prepare(database);
    let row = write(database, |tx| {
        let mut values = vec![1_i64.into(), 0_i64.into(), Value::from("a\0b")];
        values.extend([const { Value::Null }; 4]);
        tx.execute(&STORE, &values)?;
        one(tx, &LOAD, &[1_i64.into()])
    });
    assert_eq!(
        row.and_then(|row| row.text(1).map(str::to_owned)),
        Ok("ab".to_owned())
    );
}

fn malformed_is_refused(database: &Database) {
    const MALFORMED: Statement = Statement::new("trial.malformed", "SELEKT 1");
    const STRANGER: Statement = Statement::new("trial.stranger", "SELECT n FROM trial_stranger");
    for statement in [&MALFORMED, &STRANGER] {
        let outcome = read(database, move |tx| tx.rows(statement, &[]));
        assert!(
            matches!(&outcome, Err(DbError::Rejected { statement: name, .. }) if name == statement.name()),
            "{outcome:?}"
        );
    }
    prepare(database);
    assert_eq!(read(database, count), Ok(0));
}
