//! Migrations up and down, by several at once, and what is refused.

use super::{
    Part, schema, together,
    trial::{TRIAL, at, line, write},
    wait,
};
use crate::{Applied, Database, DbError, Migration, MigrationError, Migrations, Statement, Step};

pub(super) const PARTS: &[Part] = &[
    ("migrations go up once", up_once),
    ("migrations go down and up to the same schema", down_and_up),
    ("an edited migration is refused", edited_is_refused),
    ("a newer database is refused", newer_is_refused),
    ("a failing migration leaves nothing", failing_leaves_nothing),
    ("two at once migrate once", two_at_once),
    ("a target that does not exist is refused", no_such_target),
];

const SECOND: Migration = Migration {
    number: 2,
    name: "second",
    up: "CREATE TABLE trial_entry (id {{id}}, note TEXT NOT NULL, at BIGINT NOT NULL);
         CREATE TABLE trial_pair (
            a BIGINT NOT NULL, b BIGINT NOT NULL REFERENCES trial_purse (id), on_off BOOLEAN NOT NULL,
            PRIMARY KEY (a, b)
         ) {{clustered}};
         CREATE UNIQUE INDEX trial_pair_b ON trial_pair (b, a) WHERE on_off;",
    down: "DROP TABLE trial_pair; DROP TABLE trial_entry;",
};
const THIRD: Migration = Migration {
    number: 3,
    name: "third",
    up: "ALTER TABLE trial_purse ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';
         ALTER TABLE trial_purse ADD COLUMN seen_at BIGINT;
         CREATE INDEX trial_purse_colour ON trial_purse (colour, id);",
    down: "DROP INDEX trial_purse_colour;
           ALTER TABLE trial_purse DROP COLUMN seen_at;
           ALTER TABLE trial_purse DROP COLUMN colour;",
};

fn three() -> Migrations {
    line(&[TRIAL, SECOND, THIRD])
}

fn up(database: &Database, line: Migrations) -> Result<Vec<Step>, MigrationError> {
    wait(database.write("trial.up", move |tx| line.up(tx, at())))
}

fn down(database: &Database, line: Migrations, to: u32) -> Result<Vec<Step>, MigrationError> {
    wait(database.write("trial.down", move |tx| line.down(tx, to)))
}

fn status(database: &Database, line: Migrations) -> Result<Vec<Applied>, MigrationError> {
    wait(database.write("trial.status", move |tx| line.status(tx)))
}

fn dump(database: &Database) -> String {
    write(database, schema).expect("the schema can be read")
}

fn up_once(database: &Database) {
    let steps = up(database, three()).expect("the migrations apply");
    assert_eq!(steps, [Step::Up(TRIAL), Step::Up(SECOND), Step::Up(THIRD)]);
    assert_eq!(up(database, three()), Ok(vec![]));
    let applied = status(database, three()).expect("the status can be read");
    let names: Vec<_> = applied.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["trial", "second", "third"]);
    assert!(applied.iter().all(|entry| entry.at == at()));
    assert!(applied.iter().all(|entry| entry.checksum.len() == 64));
    tables_work(database);
}

fn tables_work(database: &Database) {
    const NOTE: Statement = Statement::new(
        "trial.note",
        "INSERT INTO trial_entry (note, at) VALUES (?1, ?2) RETURNING id",
    );
    let ids = write(database, |tx| {
        let mut ids = Vec::new();
        for note in ["one", "two"] {
            let row = tx.row(&NOTE, &[note.into(), at().into()])?;
            ids.push(row.expect("a row comes back").int(0)?);
        }
        Ok(ids)
    });
    let ids = ids.expect("ids are given");
    assert!(ids[0] >= 1 && ids[1] > ids[0], "{ids:?}");
}

fn down_and_up(database: &Database) {
    let empty = dump(database);
    let mut heights = vec![empty];
    for height in 1..=3 {
        let part = line(&[TRIAL, SECOND, THIRD][..height]);
        assert_eq!(up(database, part).map(|steps| steps.len()), Ok(1));
        heights.push(dump(database));
    }
    assert!(heights.windows(2).all(|pair| pair[0] != pair[1]));
    for target in [2_u32, 1, 0, 3, 0] {
        let height = usize::try_from(target).expect("a small number");
        let moved = if target == 3 {
            up(database, three())
        } else {
            down(database, three(), target)
        };
        assert!(moved.is_ok(), "{moved:?}");
        assert_eq!(dump(database), heights[height], "at {target}");
        let applied = status(database, three()).expect("the status can be read");
        assert_eq!(applied.len(), height);
    }
}

fn edited_is_refused(database: &Database) {
    up(database, three()).expect("the migrations apply");
    let before = dump(database);
    let mut edited = SECOND;
    edited.down = "DROP TABLE trial_pair;";
    let outcome = up(database, line(&[TRIAL, edited, THIRD]));
    let refused = MigrationError::Edited {
        number: 2,
        name: "second".to_owned(),
    };
    assert_eq!(outcome, Err(refused));
    assert_eq!(dump(database), before);
}

fn newer_is_refused(database: &Database) {
    up(database, three()).expect("the migrations apply");
    let newer = MigrationError::Newer {
        database: 3,
        name: "third".to_owned(),
        known: 2,
    };
    let older_build = || line(&[TRIAL, SECOND]);
    assert_eq!(up(database, older_build()), Err(newer.clone()));
    assert_eq!(status(database, older_build()), Err(newer.clone()));
    assert_eq!(down(database, older_build(), 0), Err(newer));
    assert_eq!(status(database, three()).map(|all| all.len()), Ok(3));
}

fn failing_leaves_nothing(database: &Database) {
    let empty = dump(database);
    let mut failing = THIRD;
    failing.up = "CREATE TABLE trial_left (id BIGINT NOT NULL PRIMARY KEY);
                  ALTER TABLE trial_nowhere ADD COLUMN n BIGINT;";
    let outcome = up(database, line(&[TRIAL, SECOND, failing]));
    let rejected = matches!(
        outcome,
        Err(MigrationError::Store(DbError::Rejected { .. }))
    );
    assert!(rejected, "{outcome:?}");
    assert_eq!(dump(database), empty);
    assert_eq!(up(database, three()).map(|steps| steps.len()), Ok(3));
}

fn two_at_once(database: &Database) {
    let both = (0..2).map(|_| {
        let line = three();
        database.write("trial.up", move |tx| line.up(tx, at()))
    });
    let outcomes: Vec<Result<Vec<Step>, MigrationError>> = together(both.collect());
    let mut steps: Vec<usize> = outcomes
        .into_iter()
        .map(|steps| steps.expect("both succeed").len())
        .collect();
    steps.sort_unstable();
    assert_eq!(steps, [0, 3]);
}

fn no_such_target(database: &Database) {
    up(database, three()).expect("the migrations apply");
    let outcome = down(database, three(), 4);
    assert_eq!(outcome, Err(MigrationError::NoSuchTarget(4)));
    assert_eq!(status(database, three()).map(|all| all.len()), Ok(3));
}
