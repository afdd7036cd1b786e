//! The contract of the port over libSQL, and what only this engine shows: its file, its lock, its batches, its disk.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where its footing is missing"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use kernel::{Chance, SeededChance};
use store::{
    Database, DbError, Statement, Tx, Value,
    contract::{self, start, together, wait},
    dump::DumpError,
};
use store_libsql::{CommitFault, LibsqlStore, LooseFile, OpenError, Options, UpkeepError};
use tempfile::TempDir;

const INSERT: Statement = Statement::new("coin.insert", "INSERT INTO coin (id) VALUES (?1)");
const COUNT: Statement = Statement::new("coin.count", "SELECT COUNT(*) FROM coin");

fn open(folder: &TempDir, options: Options) -> Arc<LibsqlStore> {
    LibsqlStore::open(&folder.path().join("guildhall.db"), options).unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn make_coins(database: &Database) {
    let made: Result<(), DbError> = wait(database.write("make", |tx| {
        tx.script("CREATE TABLE coin (id BIGINT NOT NULL PRIMARY KEY, filler TEXT)")
    }));
    made.unwrap();
}

fn insert(tx: &mut Tx<'_>, id: i64) -> Result<u64, DbError> {
    tx.execute(&INSERT, &[Value::from(id)])
}

fn coins(database: &Database) -> i64 {
    let counted: Result<i64, DbError> = wait(database.read("count", |tx| {
        tx.row(&COUNT, &[])?.expect("a count is a row").int(0)
    }));
    counted.unwrap()
}

/// Sixteen writes that stand in the queue together, because the writer is held up until all are there.
fn sixteen_at_once(database: &Database, first_id: i64) -> Vec<Result<u64, DbError>> {
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Mutex::new(go);
    let handle = database.clone();
    let hold = start(async move {
        let closure = move |_: &mut Tx<'_>| {
            // The second time the channel is closed already, and nothing is held up.
            let _ = go.lock().unwrap().recv();
            Ok::<_, DbError>(())
        };
        handle.write("hold", closure).await
    });
    let works: Vec<_> = (first_id..first_id + 16)
        .map(|id| {
            let handle = database.clone();
            start(async move { handle.write("insert", move |tx| insert(tx, id)).await })
        })
        .collect();
    let_go.send(()).unwrap();
    drop(let_go);
    let _ = wait(hold);
    together(works)
}

// S1, S2, S3 and S5 of the port, each shown by parts of the suite.
#[test]
fn the_contract_of_the_port_holds() {
    contract::holds(|| {
        let folder = folder();
        (open(&folder, Options::default()).database(), folder)
    });
}

#[test]
fn the_file_and_its_folder_are_private() {
    let folder = folder();
    let path = folder.path().join("deep/data/guildhall.db");
    let store = LibsqlStore::open(&path, Options::default()).unwrap();
    make_coins(&store.database());
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_file_name("guildhall.db-wal")), 0o600);
}

#[test]
fn l1_a_second_opening_is_refused_and_names_the_folder() {
    let folder = folder();
    let store = open(&folder, Options::default());
    let refused = LibsqlStore::open(store.path(), Options::default()).unwrap_err();
    let said = refused.to_string();
    assert!(matches!(refused, OpenError::Locked { .. }), "{said}");
    assert!(said.contains("another Guildhall"), "{said}");
    assert!(
        said.contains(&folder.path().display().to_string()),
        "{said}"
    );
    assert!(said.contains(&std::process::id().to_string()), "{said}");
    store.database().close();
    drop(open(&folder, Options::default()));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let refused = LibsqlStore::open(&file.join("guildhall.db"), Options::default()).unwrap_err();
    let said = refused.to_string();
    assert!(matches!(refused, OpenError::Unwritable { .. }), "{said}");
    assert!(said.contains(&file.display().to_string()), "{said}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("guildhall.db");
    let garbage = "garbage ".repeat(2_000);
    fs::write(&path, &garbage).unwrap();
    let refused = LibsqlStore::open(&path, Options::default()).unwrap_err();
    assert!(matches!(refused, OpenError::Unusable { .. }), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), garbage);
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let folder = folder();
    let store = open(&folder, Options::default());
    let database = store.database();
    make_coins(&database);
    assert!(sixteen_at_once(&database, 0).iter().all(Result::is_ok));
    database.close();
    let log = folder.path().join("guildhall.db-wal");
    let log_length = fs::metadata(&log).map_or(0, |file| file.len());
    assert_eq!(log_length, 0, "the log is emptied at a clean end");
    assert_eq!(coins(&open(&folder, Options::default()).database()), 16);
}

#[test]
fn l2_no_answer_is_given_before_the_commit_of_its_batch() {
    let folder = folder();
    let commits = Arc::new(AtomicU64::new(0));
    let (seen, (reached, commit)) = (Arc::clone(&commits), mpsc::sync_channel::<()>(4));
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Mutex::new(go);
    let fault = CommitFault::new(move |number| {
        seen.store(number, Ordering::SeqCst);
        if number == 2 {
            reached.send(()).unwrap();
            go.lock().unwrap().recv().unwrap();
        }
        false
    });
    let options = Options {
        commit_fault: Some(fault),
        ..Options::default()
    };
    let database = open(&folder, options).database();
    // Dropped before the database, so that a failing test does not wait for the writer it holds up.
    let let_go = let_go;
    make_coins(&database);
    let handle = database.clone();
    let writing = start(async move { handle.write("insert", |tx| insert(tx, 1)).await });
    commit.recv().unwrap();
    // The work has run and the commit has not: whoever asked still waits, and a reader sees nothing.
    assert_eq!(coins(&database), 0);
    let still_waiting = start(writing);
    let_go.send(()).unwrap();
    assert_eq!(wait(still_waiting), Ok(1));
    assert_eq!(coins(&database), 1);
    assert_eq!(commits.load(Ordering::SeqCst), 2);
}

#[test]
fn l3_many_writes_share_one_commit() {
    let folder = folder();
    let commits = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&commits);
    let options = Options {
        commit_fault: Some(CommitFault::new(move |number| {
            seen.store(number, Ordering::SeqCst);
            false
        })),
        ..Options::default()
    };
    let database = open(&folder, options).database();
    make_coins(&database);
    assert!(sixteen_at_once(&database, 0).iter().all(Result::is_ok));
    // Making the table, holding the writer up, and the sixteen.
    assert!(commits.load(Ordering::SeqCst) <= 3);
}

#[test]
fn l3_a_failing_commit_is_told_to_every_asker_and_the_next_one_works() {
    let folder = folder();
    let fails = Arc::new(AtomicU64::new(0));
    let asked = Arc::clone(&fails);
    let options = Options {
        commit_fault: Some(CommitFault::new(move |_| asked.load(Ordering::SeqCst) == 1)),
        ..Options::default()
    };
    let database = open(&folder, options).database();
    make_coins(&database);
    fails.store(1, Ordering::SeqCst);
    for outcome in sixteen_at_once(&database, 0) {
        let told = matches!(outcome, Err(DbError::Unavailable { .. }));
        assert!(told, "{outcome:?}");
    }
    assert_eq!(coins(&database), 0);
    fails.store(0, Ordering::SeqCst);
    assert!(sixteen_at_once(&database, 0).iter().all(Result::is_ok));
    assert_eq!(coins(&database), 16);
}

#[test]
fn l3_a_full_disk_fails_the_batch_and_the_writer_recovers() {
    const FILL: Statement =
        Statement::new("coin.fill", "INSERT INTO coin (id, filler) VALUES (?1, ?2)");
    let folder = folder();
    let database = open(&folder, Options::default()).database();
    make_coins(&database);
    // The engine's own limit gives the same error as a full disk. It is gone when the file is opened anew.
    let limited: Result<(), DbError> =
        wait(database.write("limit", |tx| tx.script("PRAGMA max_page_count = 20")));
    limited.unwrap();
    let large = "x".repeat(200_000);
    let filling = move |tx: &mut Tx<'_>| tx.execute(&FILL, &[1_i64.into(), large.clone().into()]);
    let outcome: Result<u64, DbError> = wait(database.write("fill", filling.clone()));
    let told =
        matches!(&outcome, Err(DbError::Unavailable { reason, .. }) if reason.contains("full"));
    assert!(told, "{outcome:?}");
    assert_eq!(coins(&database), 0);
    let outcome: Result<u64, DbError> = wait(database.write("fill", filling));
    assert_eq!(outcome, Ok(1));
}

#[test]
fn l3_a_constraint_checked_at_the_commit_fails_its_own_work_alone() {
    const CHILD: Statement = Statement::new("child.insert", "INSERT INTO child (coin) VALUES (?1)");
    let folder = folder();
    let database = open(&folder, Options::default()).database();
    make_coins(&database);
    let made: Result<(), DbError> = wait(database.write("make", |tx| {
        tx.script(
            "CREATE TABLE child (coin BIGINT NOT NULL REFERENCES coin (id) DEFERRABLE INITIALLY DEFERRED)",
        )
    }));
    made.unwrap();
    let works = (0..8_i64).map(|id| {
        database.write("child", move |tx: &mut Tx<'_>| {
            insert(tx, id)?;
            let coin = if id == 3 { 99 } else { id };
            tx.execute(&CHILD, &[Value::from(coin)])
        })
    });
    let outcomes: Vec<Result<u64, DbError>> = together(works.collect());
    for (id, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_ok(), id != 3, "work {id} gave {outcome:?}");
    }
    assert_eq!(coins(&database), 7);
}

#[test]
fn a_work_that_ends_the_transaction_is_told_so() {
    let folder = folder();
    let database = open(&folder, Options::default()).database();
    make_coins(&database);
    let outcome: Result<(), DbError> = wait(database.write("rude", |tx| tx.script("ROLLBACK")));
    assert!(
        matches!(outcome, Err(DbError::Unavailable { .. })),
        "{outcome:?}"
    );
    assert!(sixteen_at_once(&database, 0).iter().all(Result::is_ok));
}

#[test]
fn more_work_than_the_queue_holds_is_refused_at_once() {
    let folder = folder();
    let options = Options {
        writes_waiting_max: 4,
        ..Options::default()
    };
    let database = open(&folder, options).database();
    make_coins(&database);
    let (came, has_come) = mpsc::sync_channel::<()>(1);
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Mutex::new(go);
    let handle = database.clone();
    let hold = start(async move {
        let closure = move |_: &mut Tx<'_>| {
            came.send(()).unwrap();
            go.lock().unwrap().recv().unwrap();
            Ok::<_, DbError>(0)
        };
        handle.write("hold", closure).await
    });
    has_come.recv().unwrap();
    let works: Vec<_> = (0..4_i64)
        .map(|id| {
            let handle = database.clone();
            start(async move { handle.write("insert", move |tx| insert(tx, id)).await })
        })
        .collect();
    let refused: Result<u64, DbError> = wait(database.write("late", |tx| insert(tx, 9)));
    assert_eq!(refused, Err(DbError::Overloaded { label: "late" }));
    // Reads go on while the writer is held up.
    assert_eq!(coins(&database), 0);
    let_go.send(()).unwrap();
    assert_eq!(wait(hold), Ok(0));
    assert_eq!(together(works), vec![Ok(1); 4]);
    assert_eq!(coins(&database), 4);
}

#[test]
fn a_copy_holds_what_was_committed_and_is_private() {
    let folder = folder();
    let store = open(&folder, Options::default());
    let database = store.database();
    make_coins(&database);
    assert!(sixteen_at_once(&database, 0).iter().all(Result::is_ok));
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("it's a copy.db");
    store.backup(&copy).unwrap();
    assert_eq!(
        fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(matches!(
        store.backup(&copy),
        Err(UpkeepError::Unwritable { .. })
    ));
    assert!(sixteen_at_once(&database, 100).iter().all(Result::is_ok));
    let copied = LibsqlStore::open(&copy, Options::default()).unwrap();
    assert_eq!(coins(&copied.database()), 16);
    assert_eq!(copied.integrity().unwrap(), Vec::<String>::new());
    assert!(store.size().unwrap() > 0);
    database.close();
    assert!(matches!(store.integrity(), Err(UpkeepError::Closed)));
    assert!(matches!(
        store.backup(&copies.path().join("b")),
        Err(UpkeepError::Closed)
    ));
}

const NOTE_INSERT: Statement = Statement::new(
    "note.insert",
    "INSERT INTO note (id, words, place) VALUES (?1, ?2, ?3)",
);
const NOTE_CHANGE: Statement =
    Statement::new("note.change", "UPDATE note SET words = ?2 WHERE id = ?1");
const NOTE_DELETE: Statement = Statement::new("note.delete", "DELETE FROM note WHERE id = ?1");

/// Words that are found wherever a part of them lies, of a length between a few bytes and some pages.
fn words(chance: &SeededChance, id: i64, version: i64) -> String {
    let length = match chance.below(10) {
        0 => 2_000 + chance.below(12_000),
        1..=3 => 200 + chance.below(600),
        _ => 1 + chance.below(60),
    };
    let mark = format!("[note {id:06} version {version}]");
    let repeats = usize::try_from(length).unwrap() / mark.len() + 1;
    mark.repeat(repeats)
}

/// The marks of words that lie in the database's files.
fn marks(folder: &TempDir) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let marks = text.match_indices("[note ").filter_map(|(place, _)| {
            let mark = text.get(place..place + 23)?;
            let numbers = mark[6..].replace(" version ", "").replace(']', "");
            let is_whole = numbers.len() == 7 && numbers.bytes().all(|byte| byte.is_ascii_digit());
            is_whole.then(|| mark.to_owned())
        });
        found.extend(marks);
    }
    found
}

/// Rows come, change and go in any order, so that pages are split, joined and used again.
#[test]
fn l5_what_was_deleted_is_in_no_file_after_a_scrub() {
    const ROWS: i64 = 1_500;
    let folder = folder();
    let database = open(&folder, Options::default()).database();
    let made: Result<(), DbError> = wait(database.write("make", |tx| {
        tx.script(
            "CREATE TABLE note (id BIGINT NOT NULL PRIMARY KEY, words TEXT NOT NULL, place BIGINT NOT NULL) WITHOUT ROWID;
             CREATE INDEX note_words ON note (place, words);",
        )
    }));
    made.unwrap();
    let chance = SeededChance::new(20_261_129);
    let mut live: BTreeMap<i64, String> = BTreeMap::new();
    for _ in 0..60 {
        let mut works: Vec<(&'static Statement, Vec<Value>)> = Vec::new();
        for _ in 0..100 {
            let id = i64::try_from(chance.below(ROWS.unsigned_abs())).unwrap();
            let version = i64::try_from(chance.below(10)).unwrap();
            let text = words(&chance, id, version);
            let place = i64::try_from(chance.below(1_000_000)).unwrap();
            let is_there = live.contains_key(&id);
            let goes = is_there && chance.below(2) == 0;
            let mut values: Vec<Value> = vec![id.into()];
            if goes {
                live.remove(&id);
                works.push((&NOTE_DELETE, values));
                continue;
            }
            values.push(text.as_str().into());
            live.insert(id, text);
            if is_there {
                works.push((&NOTE_CHANGE, values));
            } else {
                values.push(place.into());
                works.push((&NOTE_INSERT, values));
            }
        }
        let written: Result<(), DbError> = wait(database.write("shuffle", move |tx| {
            works
                .iter()
                .try_for_each(|(statement, values)| tx.execute(statement, values).map(drop))
        }));
        written.unwrap();
    }
    let kept: BTreeSet<String> = live.values().map(|text| text[..23].to_owned()).collect();
    assert!(
        marks(&folder).difference(&kept).count() > 100,
        "before, the log still tells what was there"
    );
    assert_eq!(wait(database.scrub(vec!["note"])), Ok(()));
    let found = marks(&folder);
    let left: Vec<&String> = found.difference(&kept).collect();
    assert_eq!(left, [""; 0]);
    assert_eq!(
        kept.difference(&found).count(),
        0,
        "the search finds what is there"
    );
    database.close();
}

#[test]
fn l5_a_scrub_says_so_where_somebody_reads_an_older_state() {
    let folder = folder();
    let database = open(&folder, Options::default()).database();
    make_coins(&database);
    let (started, begun) = mpsc::sync_channel::<()>(1);
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Mutex::new(go);
    let reading = database.clone();
    let hold = start(async move {
        let closure = move |tx: &mut Tx<'_>| {
            let count = tx.row(&COUNT, &[])?.expect("a count is a row").int(0);
            let _ = started.send(());
            let _ = go.lock().unwrap().recv();
            count
        };
        reading.read::<_, DbError, _>("hold", closure).await
    });
    begun.recv().unwrap();
    let written: Result<u64, DbError> = wait(database.write("insert", |tx| insert(tx, 1)));
    assert_eq!(written, Ok(1));
    let refused = wait(database.scrub(vec!["coin"]));
    assert!(matches!(refused, Err(DbError::Retry { .. })), "{refused:?}");
    let_go.send(()).unwrap();
    assert_eq!(wait(hold), Ok(0));
    assert_eq!(wait(database.scrub(vec!["coin"])), Ok(()));
    database.close();
}

#[test]
fn damage_to_the_file_is_found() {
    let folder = folder();
    let store = open(&folder, Options::default());
    make_coins(&store.database());
    assert!(
        sixteen_at_once(&store.database(), 0)
            .iter()
            .all(Result::is_ok)
    );
    let path = store.path().to_owned();
    store.database().close();
    let mut bytes = fs::read(&path).unwrap();
    // The second page is the table's: its cells are made to point nowhere.
    bytes[4096 + 8..4096 + 40].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let findings = match LibsqlStore::open(&path, Options::default()) {
        Ok(store) => store.integrity().map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    assert!(findings.is_err() || !findings.unwrap().is_empty());
}

#[test]
fn tables_leave_a_loose_file_in_the_order_of_their_keys_and_come_into_another() {
    const SCHEMA: &str = "CREATE TABLE note (word TEXT NOT NULL, place BIGINT NOT NULL, live BOOLEAN NOT NULL, bytes BLOB,
        PRIMARY KEY (place, word)) WITHOUT ROWID;
        CREATE TABLE bare (b TEXT, a BIGINT);
        CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT);
        CREATE VIRTUAL TABLE found USING fts5(words, tokenize = 'ascii', detail = 'none');
        INSERT INTO line (id, text) VALUES (5, 'gone'); DELETE FROM line";
    let text = |text: &str| Value::Text(text.to_owned());
    let folder = folder();
    let mut file = LooseFile::make(&folder.path().join("loose.db")).unwrap();
    let made: Result<(), DbError> = file.change(|tx| tx.script(SCHEMA));
    made.unwrap();
    let tables = file.tables().unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["bare", "found", "line", "note"]);
    assert_eq!(tables[0].key, ["b", "a"]);
    assert_eq!(tables[1].columns, ["rowid", "words"]);
    assert_eq!(tables[3].key, ["place", "word"]);

    let (found, note) = (&tables[1], &tables[3]);
    let row = |word: &str, place| {
        vec![
            text(word),
            Value::Int(place),
            Value::Bool(true),
            Value::Null,
        ]
    };
    let mut notes = vec![row("b", 1), row("a", 2), row("B", 1)].into_iter();
    assert_eq!(file.fill(note, &mut || Ok(notes.next())).unwrap(), 3);
    let mut words = std::iter::once(vec![Value::Int(9), text("tea likes tea")]);
    assert_eq!(file.fill(found, &mut || Ok(words.next())).unwrap(), 1);
    let mut taken = Vec::new();
    let mut take = |row: &[Value]| {
        taken.push(format!("{:?} {:?}", row[0], row[1]));
        Ok(())
    };
    assert_eq!(file.rows(note, &mut take).unwrap(), 3);
    assert_eq!(file.rows(found, &mut take).unwrap(), 1);
    let expected = [
        r#"Text("B") Int(1)"#,
        r#"Text("b") Int(1)"#,
        r#"Text("a") Int(2)"#,
        r#"Int(9) Text("likes tea")"#,
    ];
    assert_eq!(taken, expected);
    let mut numbering = file.numberings().unwrap().remove(0);
    assert_eq!((numbering.table.as_str(), numbering.last), ("line", 5));
    numbering.last = 70;
    file.number_on(&numbering).unwrap();
    assert_eq!(file.numberings().unwrap(), [numbering]);
    // A row that does not fit undoes what came with it.
    let mut bad = vec![row("c", 1), row("c", 1)].into_iter();
    let refused = file.fill(note, &mut || Ok(bad.next()));
    assert!(
        matches!(refused, Err(DumpError::Store(DbError::Violated { .. }))),
        "{refused:?}"
    );
    file.close().unwrap();
}
