//! Files that are no good: each is found, and the words say where.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::Value;
use store::{DbError, Engine, Statement};

use super::world::World;
use crate::{
    backup::{
        Present,
        file::tests_only::{repacked, unpacked},
        manifest::{LINE_BYTES, Manifest, hex},
    },
    failure::Failure,
};

/// A world with a backup in it.
async fn taken() -> (World, PathBuf) {
    let world = World::lively(Engine::Libsql).await;
    let file = world.take("a.backup").await.unwrap().file;
    (world, file)
}

async fn said(world: &World, file: &Path) -> String {
    match world.look(file).await {
        Err(Failure::Unfit(words)) => words,
        Err(other) => panic!("{other:?}"),
        Ok(_) => String::new(),
    }
}

/// A copy of the file with other bytes.
fn changed(world: &World, file: &Path, change: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
    let mut bytes = fs::read(file).unwrap();
    change(&mut bytes);
    let copy = world.path("changed.backup");
    fs::write(&copy, bytes).unwrap();
    copy
}

/// A copy of the file whose manifest says something else, and agrees with its own digest.
fn retold(world: &World, file: &Path, change: impl FnOnce(&mut Value)) -> PathBuf {
    changed(world, file, |bytes| {
        let length = front(bytes) - LINE_BYTES;
        let text = &bytes[LINE_BYTES..LINE_BYTES + length];
        let mut manifest: Value = serde_json::from_slice(text).unwrap();
        change(&mut manifest);
        let text = serde_json::to_vec(&manifest).unwrap();
        let mut whole = format!("guildhall-backup 0001 {:010} {}\n", text.len(), hex(&text));
        whole.push_str(std::str::from_utf8(&text).unwrap());
        let rest = bytes.split_off(LINE_BYTES + length);
        *bytes = whole.into_bytes();
        bytes.extend(rest);
    })
}

/// Where the rows begin.
fn front(bytes: &[u8]) -> usize {
    let line = std::str::from_utf8(&bytes[..LINE_BYTES]).unwrap();
    let length: usize = line.split(' ').nth(2).unwrap().parse().unwrap();
    LINE_BYTES + length
}

#[tokio::test(flavor = "multi_thread")]
async fn b1_a_file_is_private_whole_and_written_over_nothing() {
    let (world, file) = taken().await;
    let killed = world.path(".b.backup.4294967295-0.unfinished");
    let mine = world.path(".notes.unfinished");
    for left in [&killed, &mine] {
        fs::write(left, "words").unwrap();
    }
    world.take("b.backup").await.unwrap();
    assert!(!killed.exists() && mine.exists());
    fs::remove_file(mine).unwrap();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let refused = world.take("a.backup").await.unwrap_err().to_string();
    assert!(refused.contains("is there already"), "{refused}");
    let missing = world.take("nowhere/a.backup").await.unwrap_err();
    assert!(missing.to_string().contains("nowhere"), "{missing}");
    let names: Vec<_> = fs::read_dir(world.data_dir()).unwrap().collect();
    let unfinished = names.iter().flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().contains("unfinished")
    });
    assert_eq!(unfinished.count(), 0);
    assert_eq!(said(&world, &file).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_file_that_ends_too_early_is_found_wherever_it_ends() {
    let (world, file) = taken().await;
    let length = fs::metadata(&file).unwrap().len();
    let rows = u64::try_from(front(&fs::read(&file).unwrap())).unwrap();
    for end in [0, 5, 40, LINE_BYTES as u64, 500, rows, rows + 1, length - 1] {
        let cut = changed(&world, &file, |bytes| {
            bytes.truncate(usize::try_from(end).unwrap());
        });
        let words = said(&world, &cut).await;
        assert!(words.contains("is cut short"), "{end}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b3_a_byte_that_was_changed_is_found_wherever_it_lies() {
    let (world, file) = taken().await;
    let bytes = fs::read(&file).unwrap();
    let rows = front(&bytes);
    let places = (0..bytes.len()).step_by(211).chain(rows..rows + 12);
    for place in places {
        let bent = changed(&world, &file, |bytes| bytes[place] ^= 0x20);
        let words = said(&world, &bent).await;
        let known = [
            "not as it was written",
            "no backup of Guildhall",
            "cut short",
            "form",
        ];
        assert!(
            known.iter().any(|known| words.contains(known)),
            "{place}: {words}"
        );
    }
    let longer = changed(&world, &file, |bytes| bytes.push(7));
    assert!(said(&world, &longer).await.contains("behind its end"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_foreign_or_newer_is_called_so() {
    let (world, file) = taken().await;
    let database = world.path("guildhall.db");
    assert!(
        said(&world, &database)
            .await
            .contains("no backup of Guildhall")
    );
    let newer = changed(&world, &file, |bytes| {
        bytes[17..21].copy_from_slice(b"0002");
    });
    assert!(said(&world, &newer).await.contains("form 2"));
    let newer = retold(&world, &file, |manifest| {
        let schema = manifest["schema"].as_array_mut().unwrap();
        let mut next = schema.last().unwrap().clone();
        next["number"] = 9_999.into();
        next["name"] = "unheard-of".into();
        schema.push(next);
    });
    let words = said(&world, &newer).await;
    assert!(words.contains("migration 9999 (`unheard-of`)"), "{words}");
    let missing = world.look(&world.path("absent")).await.unwrap_err();
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_keeps_its_own_digests_is_found_by_what_it_says() {
    let (world, file) = taken().await;
    let fewer = retold(&world, &file, |manifest| {
        let tables = manifest["tables"].as_array_mut().unwrap();
        tables.retain(|table| table["name"] != "economy_transfers");
    });
    let words = said(&world, &fewer).await;
    assert!(
        words.contains("`economy_transfers`") && words.contains("missing"),
        "{words}"
    );
    let strange = retold(&world, &file, |manifest| {
        manifest["tables"][0]["columns"][0] = "id\" FROM x; --".into();
    });
    assert!(said(&world, &strange).await.contains("has the columns"));
    let counted = retold(&world, &file, |manifest| {
        manifest["tables"][0]["rows"] = 1_000.into();
    });
    assert!(
        said(&world, &counted)
            .await
            .contains("not as it was written")
    );
    // Rows that no schema takes, with every digest as it must be.
    let mut manifest = Manifest::read(&mut fs::File::open(&file).unwrap()).unwrap();
    let place = manifest
        .tables
        .iter()
        .position(|table| table.name == "ai_spend")
        .unwrap();
    let forged = repacked(&world.path("forged.backup"), &mut manifest, place);
    let words = said(&world, &forged).await;
    assert!(words.contains("row 1 of its table `ai_spend`"), "{words}");
    assert!(!unpacked(&file).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_was_unsound_when_it_was_taken_is_told() {
    const SPOIL: Statement = Statement::new(
        "test.spoil",
        "UPDATE economy_accounts SET balance = balance + 7 WHERE kind = 1",
    );
    let world = World::lively(Engine::Libsql).await;
    let spoilt: Result<u64, DbError> = world.write(|tx| tx.execute(&SPOIL, &[])).await;
    assert!(spoilt.unwrap() > 0);
    let file = world.take("a.backup").await.unwrap().file;
    let findings = world.look(&file).await.unwrap().trial.findings();
    assert!(
        findings[0].contains("the ledger is not sound"),
        "{findings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_leaves_everything_as_it_was() {
    let (world, file) = taken().await;
    let bent = changed(&world, &file, |bytes| {
        let last = bytes.len() - 20;
        bytes[last] ^= 1;
    });
    let target = World::empty(Engine::Libsql).await;
    fs::File::create(target.path("guildhall.db"))
        .unwrap()
        .write_all(b"old")
        .unwrap();
    target.bring(&bent, Present::MoveAside).await.unwrap_err();
    assert_eq!(fs::read(target.path("guildhall.db")).unwrap(), b"old");
    let left: Vec<_> = fs::read_dir(target.data_dir()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let server = World::empty(Engine::Postgres).await;
    server.bring(&bent, Present::Refuse).await.unwrap_err();
    // Nothing stands there, so there is nothing to be moved aside.
    let brought = server.bring(&file, Present::Refuse).await.unwrap();
    assert_eq!(brought.aside, None);
}
