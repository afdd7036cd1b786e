//! The order of the chain while many write: nothing is left out, nothing is linked twice.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use testkit::db::{fresh_postgres, wait};

use super::world::{GUILD, World, deleted, each, guild, migrations, signer};
use crate::{Conclusion, Entry, EntryId, Outcome, RecordError};

fn seqs(world: &World) -> Vec<(EntryId, i64)> {
    let mut all: Vec<Entry> = Vec::new();
    let mut after = Some(0);
    while let Some(from) = after {
        let (some, next) = world.see(move |tx| crate::sealed_after(tx, guild(GUILD), from, 50));
        all.extend(some);
        after = next;
    }
    all.iter()
        .map(|entry| (entry.id, entry.link.unwrap().seq))
        .collect()
}

#[test]
fn y4_records_are_linked_in_the_order_of_commits_in_each_guild() {
    each(|world| {
        let mut expected = Vec::new();
        for number in 1..=20 {
            let id = world.deletes(1, number, "x");
            expected.push((id, i64::try_from(number).unwrap()));
            world
                .record(&world.elsewhere(1), &deleted(1, number + 500, "y"))
                .unwrap();
        }
        assert_eq!(world.seals(), 40);
        assert_eq!(world.seals(), 0);
        assert_eq!(seqs(&world), expected);
        let id = world.deletes(1, 21, "x");
        assert_eq!(world.seals(), 1);
        assert_eq!(world.entry(id).link.unwrap().seq, 21);
        world.is_sound();
    });
}

#[test]
fn heads_are_signed_when_they_change_and_given_in_order() {
    each(|world| {
        let sealing = || world.see(crate::sealing);
        world.deletes(1, 1, "x");
        assert_eq!((sealing().waiting, sealing().signed_at), (1, None));
        world.seals();
        let now = world.now();
        assert_eq!((sealing().waiting, sealing().signed_at), (0, Some(now)));
        let again = world.write(move |tx| crate::sign_heads(tx, &signer(), now, 100));
        assert_eq!(again, 0);
        world.deletes(1, 2, "x");
        world.seals();
        let heads = world.see(|tx| crate::signed_heads(tx, 0, 100));
        let seqs: Vec<i64> = heads.iter().map(|head| head.seq).collect();
        assert_eq!(seqs, [1, 2]);
        let after = heads[0].place;
        let rest = world.see(move |tx| crate::signed_heads(tx, after, 100));
        assert_eq!(rest, heads[1..]);
        assert!(
            heads
                .iter()
                .all(|head| head.is_signed_by(&[signer().public()]))
        );
        assert_eq!(world.see(|tx| crate::guilds(tx, None, 10)), [guild(GUILD)]);
        assert_eq!(
            world.see(|tx| crate::guilds(tx, Some(guild(GUILD)), 10)),
            []
        );
    });
}

#[test]
fn y4_a_record_that_commits_late_is_linked_after_those_that_were_faster() {
    let world = World::of(fresh_postgres(&migrations()));
    let (came, has_come) = mpsc::sync_channel::<EntryId>(1);
    let (let_go, go) = mpsc::sync_channel::<()>(1);
    let go = Arc::new(Mutex::new(go));
    let (op, ids, chance) = (
        world.message_op(1, 1),
        world.ids.clone(),
        world.chance.clone(),
    );
    let database = world.db.database().clone();
    thread::scope(|scope| {
        let late = scope.spawn(move || {
            let closure = move |tx: &mut ::store::Tx<'_>| {
                let new = deleted(1, 1, "late");
                let id = crate::record(tx, &op, ids.as_ref(), chance.as_ref(), &new)?;
                came.send(id).expect("the test listens");
                let go = go.lock().expect("only this closure waits");
                go.recv().expect("the test lets it go");
                Ok::<_, RecordError>(id)
            };
            wait(database.write("late", closure))
        });
        let slow = has_come.recv().unwrap();
        // Its id and its place are the first; its commit is the last. Another member, so that no row is shared.
        let fast: Vec<EntryId> = (2..6).map(|number| world.deletes(2, number, "x")).collect();
        assert!(fast.iter().all(|id| *id > slow));
        assert_eq!(world.seals(), 4);
        world.is_sound();
        let_go.send(()).unwrap();
        assert_eq!(late.join().unwrap(), Ok(slow));
        assert_eq!(world.seals(), 1);
        let mut expected: Vec<EntryId> = fast;
        expected.push(slow);
        let linked: Vec<EntryId> = seqs(&world).into_iter().map(|(id, _)| id).collect();
        assert_eq!(linked, expected);
        world.is_sound();
    });
}

#[test]
fn y4_nothing_is_left_out_or_doubled_while_sealers_and_writers_race() {
    each(|world| {
        let done = AtomicBool::new(false);
        let (world, done) = (&world, &done);
        let pending: Vec<EntryId> = (0..20)
            .map(|number| world.asks(9, 5_000 + number, "q"))
            .collect();
        let pending = &pending;
        thread::scope(|scope| {
            let writers: Vec<_> = (1..=4_u64)
                .map(|member| {
                    scope.spawn(move || {
                        for number in 0..40 {
                            world.deletes(member, member * 1_000 + number, "x");
                        }
                    })
                })
                .collect();
            let concluding = scope.spawn(move || {
                for id in pending {
                    let end = Conclusion::new(Outcome::Executed);
                    world.conclude(&world.op(9), *id, &end).unwrap();
                }
            });
            let sealers: Vec<_> = (0..2)
                .map(|_| {
                    scope.spawn(move || {
                        let now = world.now();
                        while !done.load(Ordering::SeqCst) {
                            world.write(move |tx| crate::seal(tx, now, 7));
                            world.write(move |tx| crate::sign_heads(tx, &signer(), now, 9));
                        }
                    })
                })
                .collect();
            for writer in writers {
                writer.join().unwrap();
            }
            concluding.join().unwrap();
            done.store(true, Ordering::SeqCst);
            for sealer in sealers {
                sealer.join().unwrap();
            }
        });
        world.seals();
        let linked = seqs(world);
        assert_eq!(linked.len(), 180);
        let verification = world.verification(&super::world::trust());
        assert_eq!((verification.entries, verification.found), (180, 0));
        for id in pending {
            let entry = world.entry(*id);
            let (decision, conclusion) = (entry.link.unwrap(), entry.conclusion_link.unwrap());
            assert!(decision.seq < conclusion.seq);
        }
    });
}
