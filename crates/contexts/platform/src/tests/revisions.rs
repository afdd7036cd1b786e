//! Writing and reading settings: once for each cause, from the base that was looked at, in each guild by itself.

use ::store::DbError;
use kernel::{Fault, FaultKind, Span};
use serde_json::json;
use testkit::db::{together, wait};

use super::world::{GUILD, OTHER_GUILD, daily, document, each, guild, revision, user};
use crate::{
    Author, ConfigError, Mark, Novelty, Put, Revision, changed_since, config_at, config_diff,
    config_fetch, config_put, config_start,
};

fn put(amount: i64) -> Put {
    Put {
        document: daily(amount),
        note: "more\ncoins".to_owned(),
        base_revision: None,
    }
}

#[test]
fn a_guild_starts_once() {
    each(|world| {
        let op = world.admin(GUILD);
        let start = |amount: i64| {
            let op = op.clone();
            world.run(move |tx, _| config_start(tx, &op, &daily(amount)))
        };
        assert_eq!(start(100), Ok((Revision::FIRST, Novelty::New)));
        assert_eq!(start(7), Ok((Revision::FIRST, Novelty::Before)));
        let head = world.head(GUILD);
        assert_eq!(head.document, daily(100));
        assert_eq!(head.entry.author, Author::Token("operator".to_owned()));
        let other = world.see(|tx| config_fetch(tx, guild(OTHER_GUILD), None));
        assert_eq!(other, None);
        assert_eq!(
            world.put_with(&world.admin(OTHER_GUILD), &put(1)),
            Err(ConfigError::NotStarted {
                guild: guild(OTHER_GUILD)
            })
        );
    });
}

#[test]
fn u1_a_write_makes_a_revision_and_leaves_the_old_one() {
    each(|world| {
        world.start(&[GUILD]);
        let op = world.op(5);
        let written = world.put_with(&op, &put(250)).unwrap();
        assert_eq!((written.revision.get(), written.novelty), (2, Novelty::New));
        let change = &written.changes[0];
        assert_eq!(change.path, "/economy/daily/amount");
        assert_eq!(
            (&change.old, &change.new),
            (&Some(json!(100)), &Some(json!(250)))
        );
        assert_eq!(written.changes.len(), 1);
        let head = world.head(GUILD);
        assert_eq!(head.document, daily(250));
        assert_eq!(head.entry.author, Author::Member(user(5)));
        assert_eq!(head.entry.author.id().unwrap(), "5");
        assert_eq!(head.entry.note, "more coins");
        assert_eq!(head.entry.cause, op.cause.to_string());
        let first = world.see(|tx| config_fetch(tx, guild(GUILD), Some(Revision::FIRST)));
        assert_eq!(first.unwrap().document, daily(100));
        let missing = world.see(|tx| config_fetch(tx, guild(GUILD), Some(revision(3))));
        assert_eq!(missing, None);
    });
}

#[test]
fn u4_the_same_cause_writes_once() {
    each(|world| {
        world.start(&[GUILD]);
        let op = world.op(5);
        let first = world.put_with(&op, &put(250)).unwrap();
        world.put(GUILD, &daily(300));
        let again = world.put_with(&op, &put(250)).unwrap();
        assert_eq!((again.revision, again.mark), (first.revision, first.mark));
        assert_eq!(
            (&again.changes, again.novelty),
            (&first.changes, Novelty::Before)
        );
        assert_eq!(world.head(GUILD).document, daily(300));
        let other = world.put_with(&op, &put(251)).unwrap_err();
        assert_eq!(other.kind(), FaultKind::Conflict);
        assert_eq!(world.head(GUILD).entry.revision.get(), 3);
    });
}

#[test]
fn a_stale_base_is_a_conflict() {
    each(|world| {
        world.start(&[GUILD]);
        let based = |base: i64, amount| Put {
            base_revision: Some(revision(base)),
            ..put(amount)
        };
        world.put_with(&world.op(5), &based(1, 250)).unwrap();
        let stale = world.put_with(&world.op(6), &based(1, 300)).unwrap_err();
        let expected = ConfigError::Stale {
            base: revision(1),
            head: revision(2),
        };
        assert_eq!(stale, expected);
        assert_eq!(world.head(GUILD).document, daily(250));
    });
}

#[test]
fn one_of_many_writers_from_the_same_base_wins() {
    each(|world| {
        world.start(&[GUILD]);
        let writes = (0..12).map(|amount| {
            let op = world.op(5);
            let cmd = Put {
                base_revision: Some(Revision::FIRST),
                ..put(amount)
            };
            world
                .db
                .database()
                .write("put", move |tx| config_put(tx, &op, &cmd))
        });
        let written = together(writes.collect());
        let won = written.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1);
        let stale = |result: &Result<_, ConfigError>| matches!(result, Err(ConfigError::Stale { head, .. }) if head.get() == 2);
        assert_eq!(written.iter().filter(|result| stale(result)).count(), 11);
    });
}

#[test]
fn the_same_settings_again_are_a_revision_without_changes() {
    each(|world| {
        world.start(&[GUILD]);
        let written = world.put(GUILD, &daily(100));
        assert_eq!((written.revision.get(), written.changes.len()), (2, 0));
    });
}

#[test]
fn what_was_in_force_at_a_moment_is_found() {
    each(|world| {
        let before = world.now();
        world.later(Span::seconds(1));
        world.start(&[GUILD]);
        let started = world.now();
        world.later(Span::hours(1));
        world.put(GUILD, &daily(200));
        let changed = world.now();
        let at = |at| world.see(move |tx| config_at(tx, guild(GUILD), at));
        assert_eq!(at(before), None);
        assert_eq!(at(started).unwrap().document, daily(100));
        assert_eq!(at(changed).unwrap().document, daily(200));
        // A clock that steps back makes no revision that was in force before an older one.
        world.clock.set("2026-11-20T09:00:00Z");
        world.put(GUILD, &daily(300));
        assert_eq!(world.head(GUILD).entry.at, changed);
        assert_eq!(at(changed).unwrap().document, daily(300));
    });
}

#[test]
fn u7_changes_after_a_mark_are_given_once_each_in_order() {
    each(|world| {
        let since = |mark, limit| world.see(move |tx| changed_since(tx, mark, limit));
        assert_eq!(since(Mark::START, 10), []);
        world.start(&[GUILD, OTHER_GUILD, 902]);
        let all = since(Mark::START, 10);
        let guilds: Vec<_> = all.iter().map(|one| one.guild.get()).collect();
        assert_eq!(guilds, [GUILD, OTHER_GUILD, 902]);
        assert_eq!(since(Mark::START, 2).len(), 2);
        let seen = all.last().unwrap().mark;
        assert_eq!(since(seen, 10), []);
        world.put(OTHER_GUILD, &daily(2));
        let written = world.put(GUILD, &daily(3));
        world.put(OTHER_GUILD, &daily(4));
        let later = since(seen, 10);
        let found: Vec<_> = later
            .iter()
            .map(|one| (one.guild.get(), one.revision.get(), one.document.clone()))
            .collect();
        assert_eq!(found, [(GUILD, 2, daily(3)), (OTHER_GUILD, 3, daily(4))]);
        assert_eq!(later[0].mark, written.mark);
    });
}

#[test]
fn u7_a_reader_who_follows_the_marks_sees_every_guild_of_many_writers() {
    each(|world| {
        let guilds: Vec<u64> = (2_000..2_030).collect();
        world.start(&guilds);
        let seen = world.see(|tx| changed_since(tx, Mark::START, 500));
        let mark = seen.last().unwrap().mark;
        let writes = guilds.iter().map(|number| {
            let (op, cmd) = (world.admin(*number), put(7));
            let write = move |tx: &mut ::store::Tx<'_>| config_put(tx, &op, &cmd);
            world.db.database().write("put", write)
        });
        let written = together(writes.collect());
        assert!(written.iter().all(Result::is_ok));
        let later = world.see(move |tx| changed_since(tx, mark, 500));
        assert_eq!(later.len(), guilds.len());
        assert!(later.is_sorted_by_key(|one| one.mark));
    });
}

#[test]
fn guilds_are_apart() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        let op = world.op(5);
        world.put_with(&op, &put(250)).unwrap();
        assert_eq!(world.head(OTHER_GUILD).document, daily(100));
        assert_eq!(world.head(OTHER_GUILD).entry.revision, Revision::FIRST);
    });
}

#[test]
fn two_revisions_are_compared() {
    each(|world| {
        world.start(&[GUILD]);
        world.put(GUILD, &daily(200));
        world.put(GUILD, &document(json!({})));
        let compare = |from, to| -> Result<Vec<_>, ConfigError> {
            let read = move |tx: &mut ::store::Tx<'_>| {
                config_diff(tx, guild(GUILD), revision(from), revision(to))
            };
            wait(world.db.database().read("diff", read))
        };
        assert_eq!(compare(2, 1).unwrap()[0].new, Some(json!(100)));
        assert_eq!(compare(1, 3).unwrap().len(), 2);
        let missing = ConfigError::NoSuchRevision {
            revision: revision(9),
        };
        assert_eq!(compare(1, 9), Err(missing));
    });
}

#[test]
fn notes_are_bounded_and_erased_with_their_author() {
    each(|world| {
        world.start(&[GUILD]);
        let long = Put {
            note: "x".repeat(301),
            ..put(1)
        };
        assert_eq!(
            world.put_with(&world.op(5), &long),
            Err(ConfigError::NoteTooLong)
        );
        let (mine, theirs) = (world.op(5), world.op(6));
        world.put_with(&mine, &put(1)).unwrap();
        world.put_with(&theirs, &put(2)).unwrap();
        let exported = world.see(|tx| crate::export(tx, guild(GUILD), user(5)));
        let expected = json!({"revisions": [
            {"revision": 2, "at": "2026-11-20T10:00:00Z", "note": "more coins"}], "shown_around_at": null});
        assert_eq!(exported, expected);
        let op = world.op(5);
        let erased: Result<u64, DbError> =
            world.run(move |tx, _| crate::erase(tx, &op, guild(GUILD), user(5)));
        assert_eq!(erased, Ok(1));
        let entry = |number| {
            let found = world.see(move |tx| config_fetch(tx, guild(GUILD), Some(revision(number))));
            found.unwrap().entry
        };
        assert_eq!(
            (entry(2).author, entry(2).note),
            (Author::Erased, String::new())
        );
        assert_eq!(entry(3).author, Author::Member(user(6)));
        let left = world.see(|tx| crate::export(tx, guild(GUILD), user(5)));
        assert_eq!(left, json!({"revisions": [], "shown_around_at": null}));
    });
}
