//! The check against the journal, the rebuild, and the rollup, with the database tampered with.

use ::store::{Statement, Value};
use kernel::Span;

use super::world::{World, each, guild, moving, user};
use crate::{CheckCursor, Contradiction, Frost, Leg, Reserve, Transfer, Wrong, frozen};

const SET_BALANCE: Statement = Statement::new(
    "test.set_balance",
    "UPDATE economy_accounts SET balance = ?2 WHERE kind = ?1 AND guild = 900",
);
const SET_HELD: Statement = Statement::new(
    "test.set_held",
    "UPDATE economy_accounts SET held = ?2 WHERE kind = ?1 AND guild = 900 AND balance >= ?2",
);
const SET_ROLLUP: Statement = Statement::new(
    "test.set_rollup",
    "UPDATE economy_sums SET balance = balance + ?1",
);
const SET_AMOUNT: Statement = Statement::new(
    "test.set_amount",
    "UPDATE economy_transfers SET amount = ?2 WHERE kind = ?1",
);
const SET_GUILD: Statement = Statement::new(
    "test.set_guild",
    "UPDATE economy_accounts SET guild = 901 WHERE kind = ?1 AND guild = 900",
);
const DROP_HOLDS: Statement = Statement::new("test.drop_holds", "DELETE FROM economy_holds");

fn tamper(world: &World, statement: &'static Statement, values: Vec<Value>) {
    world.look(move |tx| tx.execute(statement, &values).map(drop));
}

fn wrong(world: &World) -> Vec<Wrong> {
    let verification = world.look(crate::verify);
    verification
        .mismatches
        .into_iter()
        .map(|found| found.what)
        .collect()
}

fn rebuild(world: &World) -> crate::Rebuilt {
    let now = world.now();
    world.look(move |tx| crate::rebuild(tx, guild(900), now))
}

fn busy(world: &World) {
    world.rich(&[1, 2], 100);
    world.moves("purse:1", "purse:2", 30).unwrap();
    world.moves("purse:1", "sink:shop", 5).unwrap();
    let op = world.op(2);
    let hold = Reserve {
        transfer: moving("purse:2", "escrow:round", 40),
        lasts: Span::minutes(10),
    };
    world
        .run(move |tx, ids| crate::reserve(tx, &op, ids, &hold))
        .unwrap();
}

#[test]
fn e8_a_balance_that_differs_is_found_and_rebuilt() {
    each(|world| {
        busy(&world);
        world.is_sound();
        tamper(&world, &SET_BALANCE, vec![1_i64.into(), 77_i64.into()]);
        let found = wrong(&world);
        assert_eq!(
            found
                .iter()
                .filter(|what| matches!(what, Wrong::Balance { .. }))
                .count(),
            2
        );
        assert!(
            found.iter().any(|what| matches!(what, Wrong::Sum { .. })),
            "{found:?}"
        );
        let rebuilt = rebuild(&world);
        assert_eq!(
            (rebuilt.repaired.len(), rebuilt.contradictions.len()),
            (2, 0)
        );
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((65, 0), (130, 40))
        );
        assert_eq!(world.look(|tx| frozen(tx, guild(900))), None);
        world.is_sound();
        assert!(rebuild(&world).repaired.is_empty());
    });
}

#[test]
fn e8_held_coins_and_open_reservations_are_rebuilt() {
    each(|world| {
        busy(&world);
        tamper(&world, &SET_HELD, vec![1_i64.into(), 3_i64.into()]);
        assert_eq!(wrong(&world).len(), 2);
        rebuild(&world);
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((65, 0), (130, 40))
        );
        tamper(&world, &DROP_HOLDS, vec![]);
        assert_eq!(wrong(&world).len(), 1);
        rebuild(&world);
        world.is_sound();
        world.later(Span::minutes(10));
        let now = world.now();
        assert_eq!(
            world.run(move |tx, ids| crate::expire_due(tx, ids, now, 9)),
            Ok::<_, ::store::DbError>(1)
        );
        assert_eq!(world.has("purse:2"), (130, 0));
        world.is_sound();
    });
}

#[test]
fn e8_a_journal_that_contradicts_itself_freezes_its_guild_alone() {
    each(|world| {
        busy(&world);
        let elsewhere = world.elsewhere();
        world
            .transfer(&elsewhere, &moving("faucet:grant", "treasury", 9))
            .unwrap();
        // The grants shrink, so that more was spent than was ever there.
        tamper(&world, &SET_AMOUNT, vec!["transfer".into(), 1_i64.into()]);
        tamper(&world, &SET_BALANCE, vec![2_i64.into(), 1_i64.into()]);
        let one = Transfer {
            leg: Leg::named("last"),
            ..moving("purse:2", "sink:shop", 90)
        };
        world.transfer(&world.op(2), &one).unwrap();
        let found = wrong(&world);
        let below = Contradiction::BelowZero;
        assert!(
            found.iter().any(
                |what| matches!(what, Wrong::Contradiction { reason, .. } if *reason == below)
            ),
            "{found:?}"
        );
        let rebuilt = rebuild(&world);
        assert!(!rebuilt.contradictions.is_empty());
        assert!(world.look(|tx| frozen(tx, guild(900))).is_some());
        assert_eq!(world.look(|tx| frozen(tx, guild(901))), None);
    });
}

#[test]
fn e9_an_account_of_another_guild_in_the_journal_is_a_contradiction() {
    each(|world| {
        busy(&world);
        world.moves("purse:1", "treasury", 5).unwrap();
        tamper(&world, &SET_GUILD, vec![3_i64.into()]);
        let strange = wrong(&world)
            .into_iter()
            .filter(|what| {
                matches!(
                    what,
                    Wrong::Contradiction {
                        reason: Contradiction::StrangeAccount,
                        ..
                    }
                )
            })
            .count();
        assert_eq!(strange, 1);
        assert_eq!(rebuild(&world).contradictions.len(), 1);
        assert!(world.look(|tx| frozen(tx, guild(900))).is_some());
    });
}

#[test]
fn the_check_goes_on_from_chunk_to_chunk_and_ends() {
    each(|world| {
        let members: Vec<u64> = (1..=7).collect();
        world.rich(&members, 100);
        let mut cursor = Some(CheckCursor::START);
        let (mut accounts, mut transfers, mut chunks) = (0, 0, 0);
        while let Some(from) = cursor {
            let part = world.look(move |tx| crate::check(tx, from, 3));
            assert!(part.mismatches.is_empty());
            assert!(part.accounts <= 3 && part.transfers <= 3);
            accounts += part.accounts;
            transfers += part.transfers;
            chunks += 1;
            cursor = part.next;
        }
        assert_eq!((accounts, transfers), (8, 7));
        assert!(chunks > 6);
    });
}

#[test]
fn faucets_and_sinks_are_summed_up_in_chunks_and_stay_right() {
    each(|world| {
        busy(&world);
        let supply = || world.look(|tx| crate::supply(tx, guild(900)));
        let before = supply();
        let roll = |world: &World| {
            let now = world.now();
            world.look(move |tx| crate::roll_up(tx, now, None)).rows
        };
        assert_eq!(
            roll(&world),
            0,
            "what may still be committing is left alone"
        );
        world.later(Span::minutes(11));
        assert_eq!(roll(&world), 5);
        assert_eq!(roll(&world), 0);
        assert_eq!(supply(), before);
        world.moves("faucet:grant", "purse:1", 10).unwrap();
        assert_eq!(supply().circulating.get(), before.circulating.get() + 10);
        world.is_sound();
        tamper(&world, &SET_ROLLUP, vec![1_i64.into()]);
        let found = wrong(&world);
        assert!(
            found
                .iter()
                .any(|what| matches!(what, Wrong::Rollup { .. })),
            "{found:?}"
        );
        assert!(rebuild(&world).contradictions.is_empty());
        world.is_sound();
    });
}

#[test]
fn supply_names_every_account_and_sums_to_zero() {
    each(|world| {
        busy(&world);
        world.moves("purse:1", "bank:1", 15).unwrap();
        world.moves("purse:1", "treasury", 10).unwrap();
        let supply = world.look(|tx| crate::supply(tx, guild(900)));
        let lines: Vec<_> = supply
            .accounts
            .iter()
            .map(|line| (line.name.as_str(), line.balance.get()))
            .collect();
        assert_eq!(
            lines,
            [
                ("purses", 170),
                ("banks", 15),
                ("treasury", 10),
                ("escrows", 0),
                ("faucet:grant", -200),
                ("sink:shop", 5)
            ]
        );
        assert_eq!((supply.circulating.get(), supply.sum.get()), (195, 0));
    });
}

#[test]
fn a_frozen_member_is_frozen_in_a_bank_opened_later() {
    each(|world| {
        world.rich(&[1], 100);
        let op = world.admin();
        world
            .run(move |tx, _| crate::freeze(tx, &op, Frost::Member(user(1)), ""))
            .unwrap();
        assert!(world.moves("faucet:grant", "bank:1", 5).is_err());
    });
}
