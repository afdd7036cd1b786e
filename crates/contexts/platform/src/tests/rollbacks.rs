//! Going back: one guild or a thousand, to a revision or a moment, forward in the history.

use std::collections::BTreeMap;

use ::store::{DbError, Statement};
use kernel::{Fault, FaultKind, Span, Stopwatch};
use serde_json::json;
use testkit::db::wait;

use super::world::{GUILD, OTHER_GUILD, World, all, daily, document, each, guild, of, revision};
use crate::{
    ConfigError, Left, LeftRefused, Mark, Novelty, Rollback, RollbackOne, Run, Target,
    changed_since, config_fetch, rollback, rollback_one,
};

fn heads(world: &World, guilds: &[u64]) -> Vec<(i64, crate::Document)> {
    let head = |number: &u64| {
        let head = world.head(*number);
        (head.entry.revision.get(), head.document)
    };
    guilds.iter().map(head).collect()
}

#[test]
fn u3_one_guild_goes_back_to_a_revision_by_a_new_one() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        world.put(GUILD, &daily(200));
        world.put(OTHER_GUILD, &daily(200));
        world.put(GUILD, &daily(300));
        let cmd = of(&[GUILD], Target::Revision(revision(1)));
        let done = world.back(&world.op(5), &cmd).unwrap();
        assert_eq!(
            done.revisions,
            BTreeMap::from([(guild(GUILD), revision(4))])
        );
        assert_eq!((done.left, done.novelty), (Left::default(), Novelty::New));
        assert_eq!(
            heads(&world, &[GUILD, OTHER_GUILD]),
            [(4, daily(100)), (2, daily(200))]
        );
        let kept = world.see(|tx| config_fetch(tx, guild(GUILD), Some(revision(3))));
        assert_eq!(kept.unwrap().document, daily(300));
        // The rollback is undone like any other change.
        let cmd = of(&[GUILD], Target::Revision(revision(3)));
        world.back(&world.op(5), &cmd).unwrap();
        assert_eq!(heads(&world, &[GUILD]), [(5, daily(300))]);
    });
}

#[test]
fn all_guilds_go_back_to_a_moment_and_who_joined_later_stays() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD, 902]);
        world.later(Span::minutes(1));
        world.put(GUILD, &daily(200));
        let good = world.now();
        world.later(Span::minutes(1));
        for number in [GUILD, OTHER_GUILD] {
            world.put(number, &document(json!({"broken": true})));
        }
        world.start(&[903]);
        world.put(903, &daily(9));
        let mark = world
            .see(|tx| changed_since(tx, Mark::START, 100))
            .last()
            .unwrap()
            .mark;
        let done = world
            .back(&world.admin(GUILD), &all(Target::Moment(good)))
            .unwrap();
        let expected = [
            (guild(GUILD), revision(4)),
            (guild(OTHER_GUILD), revision(3)),
        ];
        assert_eq!(done.revisions, BTreeMap::from(expected));
        assert_eq!((done.left.unchanged, done.left.joined_later), (1, 1));
        assert_eq!(
            heads(&world, &[GUILD, OTHER_GUILD, 902, 903]),
            [
                (4, daily(200)),
                (3, daily(100)),
                (1, daily(100)),
                (2, daily(9))
            ]
        );
        let told = world.see(move |tx| changed_since(tx, mark, 100));
        let told: Vec<_> = told.iter().map(|one| one.guild.get()).collect();
        assert_eq!(told, [GUILD, OTHER_GUILD]);
    });
}

#[test]
fn u4_a_rollback_that_is_asked_for_again_does_nothing_more() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        world.put(GUILD, &daily(200));
        let (op, cmd) = (world.admin(GUILD), all(Target::Revision(revision(1))));
        let first = world.back(&op, &cmd).unwrap();
        assert_eq!(first.left.unchanged, 1);
        world.put(GUILD, &daily(300));
        let again = world.back(&op, &cmd).unwrap();
        assert_eq!(
            (&again.revisions, &again.left),
            (&first.revisions, &first.left)
        );
        assert_eq!(again.novelty, Novelty::Before);
        assert_eq!(heads(&world, &[GUILD]), [(4, daily(300))]);
        let other = of(&[GUILD], Target::Revision(revision(1)));
        assert_eq!(
            world.back(&op, &other).unwrap_err().kind(),
            FaultKind::Conflict
        );
        // A cause that wrote settings is not one of a rollback.
        let used = world.op(5);
        let put = crate::Put {
            document: daily(7),
            note: String::new(),
            base_revision: None,
        };
        world.put_with(&used, &put).unwrap();
        assert_eq!(
            world.back(&used, &cmd).unwrap_err().kind(),
            FaultKind::Conflict
        );
    });
}

#[test]
fn a_dry_run_says_the_same_and_writes_nothing() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        world.put(GUILD, &daily(200));
        let before = world.see(|tx| changed_since(tx, Mark::START, 100));
        let (op, real) = (world.admin(GUILD), all(Target::Revision(revision(1))));
        let dry = Rollback {
            run: Run::Dry,
            ..real.clone()
        };
        let read = {
            let op = op.clone();
            move |tx: &mut ::store::Tx<'_>| rollback(tx, &op, &dry, &|_, _| Ok(()))
        };
        // It needs no right to write.
        let told: Result<_, ConfigError> = wait(world.db.database().read("dry", read));
        assert_eq!(world.see(|tx| changed_since(tx, Mark::START, 100)), before);
        assert_eq!(told.unwrap(), world.back(&op, &real).unwrap());
    });
}

#[test]
fn guilds_without_that_revision_or_settings_stay_and_are_counted() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        world.put(GUILD, &daily(200));
        world.put(GUILD, &daily(300));
        let cmd = of(&[GUILD, OTHER_GUILD, 77], Target::Revision(revision(2)));
        let done = world.back(&world.admin(GUILD), &cmd).unwrap();
        assert_eq!(
            done.revisions,
            BTreeMap::from([(guild(GUILD), revision(4))])
        );
        assert_eq!((done.left.without_revision, done.left.unknown), (1, 1));
    });
}

#[test]
fn what_does_not_pass_todays_check_stays() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        world.put(GUILD, &daily(200));
        world.put(OTHER_GUILD, &daily(200));
        let (op, cmd) = (world.admin(GUILD), all(Target::Revision(revision(1))));
        let done = world
            .run(move |tx, _| {
                rollback(tx, &op, &cmd, &|number, old| match number.get() {
                    GUILD if old == &daily(100) => Err("too old".to_owned()),
                    _ => Ok(()),
                })
            })
            .unwrap();
        assert_eq!(
            done.revisions,
            BTreeMap::from([(guild(OTHER_GUILD), revision(3))])
        );
        let refusal = LeftRefused {
            guild: guild(GUILD),
            reason: "too old".to_owned(),
        };
        assert_eq!((done.left.refused, done.left.refusals), (1, vec![refusal]));
        assert_eq!(heads(&world, &[GUILD]), [(2, daily(200))]);
    });
}

#[test]
fn a_rollback_from_another_head_than_was_seen_is_a_conflict() {
    each(|world| {
        world.start(&[GUILD]);
        world.put(GUILD, &daily(200));
        let seen = |base| Rollback {
            base_revision: Some(revision(base)),
            ..of(&[GUILD], Target::Revision(revision(1)))
        };
        let stale = world.back(&world.op(5), &seen(1)).unwrap_err();
        assert!(matches!(stale, ConfigError::Stale { .. }), "{stale}");
        world.back(&world.op(5), &seen(2)).unwrap();
        assert_eq!(heads(&world, &[GUILD]), [(3, daily(100))]);
    });
}

#[test]
fn one_guild_is_told_why_it_stays() {
    each(|world| {
        let before = world.now();
        world.later(Span::seconds(5));
        world.start(&[GUILD]);
        world.put(GUILD, &daily(200));
        let one = |op: &kernel::Op, to, verdict: Result<(), String>| {
            let op = op.clone();
            let cmd = RollbackOne {
                to,
                base_revision: None,
                note: String::new(),
            };
            world.run(move |tx, _| rollback_one(tx, &op, &cmd, &|_, _| verdict.clone()))
        };
        let to = |number| Target::Revision(revision(number));
        let missing = ConfigError::NoSuchRevision {
            revision: revision(7),
        };
        assert_eq!(one(&world.op(5), to(7), Ok(())), Err(missing));
        let then = ConfigError::NothingThen { at: before };
        assert_eq!(one(&world.op(5), Target::Moment(before), Ok(())), Err(then));
        let reason = "too old".to_owned();
        let refused = one(&world.op(5), to(1), Err(reason.clone()));
        assert_eq!(refused, Err(ConfigError::Refused { reason }));
        let same = one(&world.op(5), to(2), Ok(())).unwrap();
        assert_eq!((same.revision.get(), same.novelty), (2, Novelty::Before));
        // What was refused before left no trace, so the same cause may go on.
        let op = world.op(5);
        let done = one(&op, to(1), Ok(())).unwrap();
        assert_eq!((done.revision.get(), done.changes.len()), (3, 1));
        let again = one(&op, to(1), Ok(())).unwrap();
        assert_eq!((again.revision, again.mark), (done.revision, done.mark));
        assert_eq!(
            (&again.changes, again.novelty),
            (&done.changes, Novelty::Before)
        );
        assert_eq!(world.head(GUILD).entry.revision.get(), 3);
    });
}

// Guilds are made by SQL here: a thousand writes would take longer than what is tested.
const GUILDS_LOAD: Statement = Statement::new(
    "platform.test_load",
    "WITH RECURSIVE numbers AS (SELECT 10001 AS number UNION ALL SELECT number + 1 FROM numbers WHERE number < 11000)
     INSERT INTO platform_heads (guild, revision, document, at, mark)
     SELECT number, 2, 2, 2000, number FROM numbers",
);
const REVISIONS_LOAD: Statement = Statement::new(
    "platform.test_revisions",
    "INSERT INTO platform_revisions (guild, revision, document, mark, author, at, note, cause)
     SELECT guild, CAST(?1 AS BIGINT), CAST(?1 AS BIGINT), guild + CAST(?1 AS BIGINT) * 100000, 'system',
            CAST(?1 AS BIGINT) * 1000, '', ?2 FROM platform_heads",
);
const DOCUMENTS_LOAD: Statement = Statement::new(
    "platform.test_documents",
    "INSERT INTO platform_documents (guild, document, digest, content)
     SELECT guild, CAST(?1 AS BIGINT), ?2, ?3 FROM platform_heads",
);
const MARK_LOAD: Statement = Statement::new(
    "platform.test_mark",
    "UPDATE platform_marks SET mark = 1000000",
);

fn thousand(world: &World) {
    let loaded: Result<(), DbError> = world.run(|tx, _| {
        tx.execute(&GUILDS_LOAD, &[])?;
        for (number, amount) in [(1_i64, 100), (2, 200)] {
            let settings = daily(amount);
            let cause = format!("job:{number}");
            tx.execute(&REVISIONS_LOAD, &[number.into(), cause.into()])?;
            let values = [
                number.into(),
                settings.digest().into(),
                settings.text().into(),
            ];
            tx.execute(&DOCUMENTS_LOAD, &values)?;
        }
        tx.execute(&MARK_LOAD, &[]).map(drop)
    });
    loaded.unwrap();
}

#[test]
fn a_thousand_guilds_go_back_in_one_transaction() {
    each(|world| {
        thousand(&world);
        let started = Stopwatch::start();
        let cmd = all(Target::Moment(kernel::Timestamp::from_micros(1_500)));
        let done = world.back(&world.admin(GUILD), &cmd).unwrap();
        let took = started.elapsed();
        println!("1,000 guilds took {took:?}");
        assert_eq!(done.revisions.len(), 1_000);
        assert!(done.revisions.values().all(|number| number.get() == 3));
        assert_eq!(done.left, Left::default());
        // Ten thousand took about a second in a debug build; the bound leaves room for a busy machine.
        assert!(took.as_secs() < 5, "{took:?}");
        for number in [10_001, 10_500, 11_000] {
            assert_eq!(heads(&world, &[number]), [(3, daily(100))]);
        }
        let first = world.see(|tx| changed_since(tx, Mark::START, 500));
        let mark = first.last().unwrap().mark;
        let second = world.see(move |tx| changed_since(tx, mark, 500));
        assert_eq!(first.len() + second.len(), 1_000);
        assert!(
            first
                .iter()
                .chain(&second)
                .all(|one| one.document == daily(100))
        );
    });
}
