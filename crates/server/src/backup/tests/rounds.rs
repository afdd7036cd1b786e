//! There and back, between all pairs of engines.

use kernel::Span;
use store::Engine;
use testkit::traces::Traces;

use super::world::{ENGINES, FACT, SECRET, World};
use crate::{
    backup::{KeyFit, Manifest, Present, file::tests_only::unpacked},
    schema::{Before, Intent},
};

/// What a backup holds, a line for each table.
fn contents(manifest: &Manifest) -> String {
    let tables = manifest.tables.iter();
    let tables = tables.map(|part| format!("{} {} {}", part.name, part.rows, part.sha256));
    let given = manifest.numberings.iter().filter(|given| given.last > 0);
    let given = given.map(|given| format!("{} up to {}", given.table, given.last));
    let mut lines: Vec<String> = tables.chain(given).collect();
    lines.sort();
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_every_row_comes_back_between_all_pairs_of_engines() {
    for from in ENGINES {
        let source = World::lively(from).await;
        let taken = source.take("a.backup").await.unwrap();
        assert!(taken.manifest.rows() > 20, "{:?}", taken.manifest);
        for to in ENGINES {
            let mut target = World::empty(to).await;
            let brought = target.bring(&taken.file, Present::Refuse).await.unwrap();
            let trial = &brought.looked.trial;
            assert_eq!(trial.findings(), [""; 0], "{from:?} to {to:?}");
            assert_eq!((trial.ledger.transfers, trial.record.entries), (4, 1));
            assert_eq!((trial.key, trial.keys.open), (KeyFit::Same, 1));
            assert_eq!(brought.aside, None);
            target.open();
            let again = target.take("again.backup").await.unwrap();
            assert_eq!(
                contents(&again.manifest),
                contents(&taken.manifest),
                "{from:?} to {to:?}"
            );
            assert_eq!(again.manifest.schema, taken.manifest.schema);
            // What comes next takes numbers that nobody had.
            target.clock.advance(Span::days(1));
            target.pay("three", 70).await;
            target.close().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_left_or_moved_aside_and_never_lost() {
    for engine in ENGINES {
        let mut source = World::lively(engine).await;
        let taken = source.take("a.backup").await.unwrap();
        source.pay("three", 1_000).await;
        let later = source.take("later.backup").await.unwrap();
        source.close().await;
        if engine == Engine::Postgres {
            let refused = source.bring(&taken.file, Present::Refuse).await;
            let words = refused.unwrap_err().to_string();
            assert!(words.contains("tables in this database already"), "{words}");
        }
        let brought = source.bring(&taken.file, Present::MoveAside).await.unwrap();
        let aside = brought.aside.unwrap();
        assert!(aside.contains("before"), "{aside}");
        source.open();
        let now = source.take("now.backup").await.unwrap();
        assert_eq!(contents(&now.manifest), contents(&taken.manifest));
        assert_ne!(contents(&now.manifest), contents(&later.manifest));
        source.close().await;
        // A second time there is something to be moved aside as well.
        source.clock.advance(Span::days(1));
        source.bring(&later.file, Present::MoveAside).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_at_work_on_the_database_keeps_a_restore_away() {
    let source = World::lively(Engine::Postgres).await;
    let taken = source.take("a.backup").await.unwrap();
    let refused = source.bring(&taken.file, Present::MoveAside).await;
    let words = refused.unwrap_err().to_string();
    assert!(
        words.contains("a Guildhall works on this database"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_an_older_schema_is_brought_up() {
    for engine in ENGINES {
        let source = World::lively(engine).await;
        let top = source.schema.migrations().line().len();
        let below = u32::try_from(top - 1).unwrap();
        let (schema, storage) = (&source.schema, source.storage());
        let signers = || Before::Backup(vec![source.key.signer().public()]);
        let down = schema
            .down(storage, Some(below), Intent::Do, signers())
            .await
            .unwrap();
        let before = down.backup.unwrap();
        assert_eq!(
            source.look(&before).await.unwrap().manifest.height(),
            below + 1
        );
        let taken = source.take("older.backup").await.unwrap();
        assert_eq!(taken.manifest.height(), below);
        let up = schema.up(storage, Intent::Do, signers()).await.unwrap();
        let before = up.backup.unwrap();
        assert_eq!(source.look(&before).await.unwrap().manifest.height(), below);
        let mut target = World::empty(engine).await;
        target.bring(&taken.file, Present::Refuse).await.unwrap();
        target.open();
        let standing = target.schema.standing(target.storage()).await.unwrap();
        assert_eq!((standing.applied.len(), standing.pending.len()), (top, 0));
        target.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b5_secrets_lie_in_it_sealed_and_only_the_right_key_opens_them() {
    for engine in ENGINES {
        let source = World::lively(engine).await;
        let taken = source.take("a.backup").await.unwrap();
        let mut secrets = Traces::default();
        secrets.add("secret", SECRET);
        secrets.add("master key", source.key.expose());
        let bytes = unpacked(&taken.file);
        assert_eq!(secrets.in_bytes(&bytes).len(), 0);
        let mut there = Traces::default();
        there.add("fact", FACT);
        assert!(
            !there.in_bytes(&bytes).is_empty(),
            "the search finds what is there"
        );

        let other = World::empty(Engine::Libsql).await.with_key([8; 32]);
        let looked = other.look(&taken.file).await.unwrap();
        assert_eq!(looked.trial.key, KeyFit::Other);
        assert_eq!((looked.trial.keys.open, looked.trial.keys.shut), (0, 1));
        assert_eq!(looked.trial.findings(), [""; 0], "the file itself is good");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_is_in_no_backup_that_is_made_afterwards() {
    for engine in ENGINES {
        let source = World::lively(engine).await;
        let mut words = Traces::default();
        words.add("fact", "cinnamon porcupine");
        words.add("word of the index", "porcupine");
        let before = source.take("before.backup").await.unwrap();
        assert_eq!(words.in_bytes(&unpacked(&before.file)).len(), 2);
        source.erase().await;
        let after = source.take("after.backup").await.unwrap();
        assert_eq!(words.in_bytes(&unpacked(&after.file)).len(), 0);
    }
}
