//! Reservations: held coins stay, and are moved, freed or expire once.

use kernel::{Fault, Op, Span};

use super::world::{World, amount, each, moving};
use crate::{Ending, Leg, Novelty, Receipt, Reserve, Resolve, ResolveError, TransferError};

fn reserve(
    world: &World,
    op: &Op,
    from: &str,
    to: &str,
    count: i64,
    minutes: u32,
) -> Result<Receipt, TransferError> {
    let cmd = Reserve {
        transfer: moving(from, to, count),
        lasts: Span::minutes(minutes),
    };
    let op = op.clone();
    world.run(move |tx, ids| crate::reserve(tx, &op, ids, &cmd))
}

fn resolve(world: &World, op: &Op, pending: &str, ending: Ending) -> Result<Receipt, ResolveError> {
    let cmd = Resolve {
        leg: Leg::named("end"),
        pending: pending.to_owned(),
        ending,
    };
    let op = op.clone();
    world.run(move |tx, ids| crate::resolve(tx, &op, ids, &cmd))
}

fn told<T, E: Fault>(result: &Result<T, E>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.told().key(),
    }
}

fn expire(world: &World) -> u32 {
    let now = world.now();
    world
        .run(move |tx, ids| crate::expire_due(tx, ids, now, 100))
        .unwrap_or_else(|error: ::store::DbError| panic!("{error}"))
}

#[test]
fn e4_held_coins_stay_in_the_purse_and_cannot_be_given_away() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let held = reserve(&world, &world.op(1), "purse:1", "purse:2", 80, 10).unwrap();
        assert_eq!(world.has("purse:1"), (100, 80));
        assert_eq!(
            told(&world.moves("purse:1", "purse:2", 21)),
            "economy-overdraft"
        );
        assert_eq!(told(&world.moves("purse:1", "purse:2", 20)), "ok");
        let posted = resolve(
            &world,
            &world.op(1),
            &held.record.id,
            Ending::Post(amount(50)),
        )
        .unwrap();
        assert_eq!(posted.record.amount, amount(50));
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((30, 0), (170, 0))
        );
        world.is_sound();
    });
}

#[test]
fn e6_a_reservation_is_resolved_once() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let held = reserve(&world, &world.op(1), "purse:1", "purse:2", 80, 10).unwrap();
        let id = &held.record.id;
        assert_eq!(
            told(&resolve(&world, &world.op(1), id, Ending::Post(amount(81)))),
            "economy-reservation-too-small"
        );
        let op = world.op(1);
        assert_eq!(
            resolve(&world, &op, id, Ending::Void).unwrap().novelty,
            Novelty::New
        );
        assert_eq!(
            resolve(&world, &op, id, Ending::Void).unwrap().novelty,
            Novelty::Replayed
        );
        assert_eq!(
            told(&resolve(&world, &op, id, Ending::PostAll)),
            "economy-conflict"
        );
        assert_eq!(
            told(&resolve(&world, &world.op(1), id, Ending::PostAll)),
            "economy-already-resolved"
        );
        assert_eq!(
            told(&resolve(&world, &world.op(1), id, Ending::Void)),
            "economy-already-resolved"
        );
        assert_eq!(
            told(&resolve(&world, &world.op(1), "api:9:x", Ending::Void)),
            "economy-no-such-reservation"
        );
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((100, 0), (100, 0))
        );
        world.is_sound();
    });
}

#[test]
fn e6_what_has_expired_is_neither_posted_nor_voided() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let held = reserve(&world, &world.op(1), "purse:1", "purse:2", 80, 10).unwrap();
        let other = reserve(&world, &world.op(1), "purse:1", "purse:2", 5, 11).unwrap();
        world.later(Span::minutes(10));
        for ending in [Ending::PostAll, Ending::Void] {
            let result = resolve(&world, &world.op(1), &held.record.id, ending);
            assert_eq!(told(&result), "economy-reservation-expired");
        }
        assert_eq!(world.has("purse:1"), (100, 85));
        assert_eq!(expire(&world), 1);
        assert_eq!(expire(&world), 0);
        assert_eq!(world.has("purse:1"), (100, 5));
        let late = resolve(&world, &world.op(1), &held.record.id, Ending::PostAll);
        assert_eq!(told(&late), "economy-reservation-expired");
        let posted = resolve(&world, &world.op(1), &other.record.id, Ending::PostAll);
        assert_eq!(told(&posted), "ok");
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((95, 0), (105, 0))
        );
        world.is_sound();
    });
}

#[test]
fn only_what_can_be_held_back_is_reserved_and_for_a_bounded_time() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let table = [
            ("faucet:grant", 10, "economy-not-reservable"),
            ("sink:shop", 10, "economy-not-a-source"),
            ("purse:1", 0, "economy-bad-expiry"),
            ("purse:1", 60 * 24 * 30 + 1, "economy-bad-expiry"),
            ("purse:1", 60 * 24 * 30, "ok"),
            ("bank:1", 10, "economy-overdraft"),
        ];
        for (from, minutes, expected) in table {
            let result = reserve(&world, &world.op(1), from, "purse:2", 1, minutes);
            assert_eq!(told(&result), expected, "{from} {minutes}");
        }
    });
}

#[test]
fn e3_a_retry_of_a_reservation_holds_back_once() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let op = world.op(1);
        let first = reserve(&world, &op, "purse:1", "purse:2", 80, 10).unwrap();
        let again = reserve(&world, &op, "purse:1", "purse:2", 80, 10).unwrap();
        assert_eq!(again.novelty, Novelty::Replayed);
        assert_eq!(first.record, again.record);
        assert_eq!(
            told(&reserve(&world, &op, "purse:1", "purse:2", 70, 10)),
            "economy-conflict"
        );
        assert_eq!(world.has("purse:1"), (100, 80));
        let listed = world.look(|tx| crate::transfers(tx, super::world::guild(900), None, 50));
        assert!(
            listed
                .records
                .iter()
                .all(|record| record.id != first.record.id)
        );
    });
}
