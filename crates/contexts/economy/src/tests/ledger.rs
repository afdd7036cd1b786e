//! Transfers: what is refused, what a retry gives, what links together, and that guilds stay apart.

use kernel::{Amount, Fault, FaultKind};

use super::world::{GUILD, OTHER_GUILD, World, amount, each, guild, moving, name, user};
use crate::{Frost, Leg, Novelty, Transfer, TransferError, TransferKind};

/// The key of a refusal's words, or `ok`.
fn told<T, E: Fault>(result: &Result<T, E>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.told().key(),
    }
}

#[test]
fn a_transfer_moves_coins_and_says_what_both_sides_have() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let op = world.op(1);
        let receipt = world
            .transfer(&op, &moving("purse:1", "purse:2", 30))
            .unwrap();
        assert_eq!(receipt.novelty, Novelty::New);
        assert_eq!(receipt.record.id, format!("{}:test", op.cause));
        assert_eq!(receipt.record.cause(), Some(op.cause));
        assert_eq!(
            receipt.standing(&name("purse:1")).unwrap().balance.get(),
            70
        );
        assert_eq!(
            receipt.standing(&name("purse:2")).unwrap().balance.get(),
            130
        );
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((70, 0), (130, 0))
        );
        world.is_sound();
    });
}

#[test]
fn e4_what_the_rules_refuse_is_refused_by_name() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let max = Amount::MAX.get();
        let table = [
            ("purse:1", "purse:2", 101, "economy-overdraft"),
            ("purse:1", "purse:1", 1, "economy-same-account"),
            ("purse:1", "purse:77", 1, "economy-unknown-account"),
            ("purse:77", "purse:1", 1, "economy-unknown-account"),
            ("bank:77", "purse:1", 1, "economy-unknown-account"),
            ("purse:1", "bank:77", 1, "economy-unknown-account"),
            ("sink:shop", "purse:1", 1, "economy-not-a-source"),
            ("debt:1", "purse:1", 1, "economy-not-a-source"),
            ("purse:1", "faucet:daily", 1, "economy-not-a-target"),
            ("purse:1", "debt:1", 1, "economy-not-owed"),
            ("treasury", "purse:1", 1, "economy-overdraft"),
            ("escrow:a", "purse:1", 1, "economy-overdraft"),
            ("bank:1", "purse:1", 1, "economy-overdraft"),
            ("faucet:grant", "purse:1", max, "economy-full"),
            ("purse:1", "treasury", 10, "ok"),
            ("treasury", "escrow:a", 4, "ok"),
            ("purse:1", "sink:shop", 5, "ok"),
            ("purse:2", "bank:2", 100, "ok"),
            ("purse:2", "purse:1", 1, "economy-overdraft"),
            ("faucet:grant", "sink:shop", 7, "ok"),
        ];
        for (from, to, count, expected) in table {
            let result = world.moves(from, to, count);
            assert_eq!(told(&result), expected, "{from} → {to}: {count}");
        }
        assert_eq!(world.has("purse:1"), (85, 0));
        world.is_sound();
    });
}

#[test]
fn refusals_have_the_kind_that_an_edge_needs() {
    let unknown = TransferError::UnknownAccount {
        name: name("purse:5"),
    };
    assert_eq!(unknown.kind(), FaultKind::Invalid);
    assert!(unknown.to_string().contains("purse:5"));
    let conflict = TransferError::Conflict {
        id: "api:1:x".to_owned(),
    };
    assert_eq!(conflict.kind(), FaultKind::Conflict);
}

#[test]
fn e3_a_retry_gives_the_earlier_receipt_even_when_the_coins_are_gone() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let op = world.op(1);
        let cmd = moving("purse:1", "purse:2", 100);
        let first = world.transfer(&op, &cmd).unwrap();
        let again = world.transfer(&op, &cmd).unwrap();
        assert_eq!(again.novelty, Novelty::Replayed);
        assert_eq!(again.record, first.record);
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((0, 0), (200, 0))
        );
        world.is_sound();
    });
}

#[test]
fn e3_the_same_cause_with_other_content_is_a_conflict() {
    each(|world| {
        world.rich(&[1, 2, 3], 100);
        let op = world.op(1);
        let cmd = moving("purse:1", "purse:2", 10);
        world.transfer(&op, &cmd).unwrap();
        let others = [
            moving("purse:1", "purse:2", 11),
            moving("purse:1", "purse:3", 10),
            moving("purse:1", "purse:2", 10_000),
            Transfer {
                reason: "another".to_owned(),
                ..cmd.clone()
            },
            Transfer {
                kind: TransferKind::PAY,
                ..cmd.clone()
            },
        ];
        for other in others {
            assert_eq!(
                told(&world.transfer(&op, &other)),
                "economy-conflict",
                "{other:?}"
            );
        }
        let leg = Transfer {
            leg: Leg::named("second"),
            ..cmd
        };
        assert_eq!(told(&world.transfer(&op, &leg)), "ok");
        assert_eq!(world.has("purse:1"), (80, 0));
    });
}

#[test]
fn e9_one_cause_in_two_guilds_is_two_transfers_and_accounts_never_meet() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let here = world.op(1);
        let mut there = here.clone();
        there.guild = guild(OTHER_GUILD);
        let cmd = moving("purse:1", "purse:2", 10);
        assert_eq!(
            told(&world.transfer(&there, &cmd)),
            "economy-unknown-account"
        );
        let settings = world.settings.clone();
        let enrolling = there.clone();
        world
            .run(move |tx, ids| {
                crate::enrol(
                    tx,
                    &enrolling,
                    ids,
                    &settings,
                    &super::world::pseudonyms(),
                    user(1),
                )?;
                crate::enrol(
                    tx,
                    &enrolling,
                    ids,
                    &settings,
                    &super::world::pseudonyms(),
                    user(2),
                )
            })
            .unwrap();
        assert_eq!(told(&world.transfer(&there, &cmd)), "economy-overdraft");
        assert_eq!(told(&world.transfer(&here, &cmd)), "ok");
        let elsewhere = world.elsewhere();
        world
            .transfer(&elsewhere, &moving("faucet:grant", "purse:1", 10))
            .unwrap();
        assert_eq!(told(&world.transfer(&there, &cmd)), "ok");
        assert_eq!(world.has("purse:2"), (110, 0));
        let supply = world.look(|tx| crate::supply(tx, guild(OTHER_GUILD)));
        assert_eq!(supply.circulating.get(), 10);
        world.is_sound();
    });
}

fn linked(
    world: &World,
    op: &kernel::Op,
    cmds: &[Transfer],
) -> Result<Vec<crate::Receipt>, TransferError> {
    let (op, cmds) = (op.clone(), cmds.to_vec());
    world.run(move |tx, ids| crate::linked(tx, &op, ids, &cmds))
}

fn legs(parts: &[(&'static str, &str, &str, i64)]) -> Vec<Transfer> {
    parts
        .iter()
        .map(|(leg, from, to, count)| Transfer {
            leg: Leg::named(leg),
            ..moving(from, to, *count)
        })
        .collect()
}

#[test]
fn e5_linked_transfers_succeed_or_fail_as_one_even_where_the_caller_goes_on() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let op = world.op(1);
        let cmds = legs(&[
            ("a", "purse:1", "purse:2", 60),
            ("b", "purse:1", "treasury", 60),
        ]);
        let inner = (op.clone(), cmds.clone());
        // The caller swallows the refusal and commits all the same.
        let refused = world
            .run(move |tx, ids| {
                Ok::<_, ::store::DbError>(crate::linked(tx, &inner.0, ids, &inner.1))
            })
            .unwrap();
        assert_eq!(told(&refused), "economy-overdraft");
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((100, 0), (100, 0))
        );
        let good = legs(&[
            ("a", "purse:1", "purse:2", 60),
            ("b", "purse:2", "treasury", 150),
        ]);
        assert_eq!(linked(&world, &op, &good).unwrap().len(), 2);
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((40, 0), (10, 0))
        );
        world.is_sound();
    });
}

#[test]
fn e3_a_retry_of_linked_transfers_must_name_the_same() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let op = world.op(1);
        let parts = [
            ("a", "purse:1", "purse:2", 10),
            ("b", "purse:2", "treasury", 20),
        ];
        let first = linked(&world, &op, &legs(&parts)).unwrap();
        let again = linked(&world, &op, &legs(&parts)).unwrap();
        assert!(
            again
                .iter()
                .all(|receipt| receipt.novelty == Novelty::Replayed)
        );
        assert_eq!(first[1].record, again[1].record);
        let fewer = linked(&world, &op, &legs(&parts[..1]));
        assert_eq!(told(&fewer), "economy-conflict");
        let more = [parts[0], parts[1], ("c", "purse:1", "treasury", 1)];
        assert_eq!(told(&linked(&world, &op, &legs(&more))), "economy-conflict");
        assert_eq!(
            told(&world.transfer(&op, &legs(&parts)[0])),
            "economy-conflict"
        );
        assert_eq!(told(&linked(&world, &op, &[])), "economy-bad-link");
        assert_eq!(world.has("treasury"), (20, 0));
    });
}

#[test]
fn what_is_frozen_neither_gives_nor_takes() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let freeze = |what, on: bool| {
            let op = world.admin();
            world.run(move |tx, _| match on {
                true => crate::freeze(tx, &op, what, "looked at"),
                false => crate::unfreeze(tx, &op, what, "fine"),
            })
        };
        assert_eq!(freeze(Frost::Member(user(1)), true), Ok(true));
        assert_eq!(freeze(Frost::Member(user(1)), true), Ok(false));
        for (from, to) in [
            ("purse:1", "purse:2"),
            ("purse:2", "purse:1"),
            ("purse:2", "bank:1"),
        ] {
            assert_eq!(
                told(&world.moves(from, to, 1)),
                "economy-account-frozen",
                "{from} {to}"
            );
        }
        assert_eq!(freeze(Frost::Member(user(1)), false), Ok(true));
        assert_eq!(told(&world.moves("purse:2", "bank:1", 1)), "ok");
        assert_eq!(freeze(Frost::Guild, false), Ok(false));
        assert_eq!(freeze(Frost::Guild, true), Ok(true));
        assert_eq!(
            told(&world.moves("purse:1", "purse:2", 1)),
            "economy-frozen"
        );
        assert_eq!(
            told(&world.moves("faucet:grant", "purse:2", 1)),
            "economy-frozen"
        );
        let why = world.look(|tx| crate::frozen(tx, guild(GUILD))).unwrap();
        assert_eq!(why.0, "looked at");
        assert_eq!(freeze(Frost::Guild, false), Ok(true));
        assert_eq!(told(&world.moves("purse:1", "purse:2", 1)), "ok");
        assert_eq!(
            told(&freeze(Frost::Member(user(77)), true)),
            "economy-no-purse"
        );
    });
}

#[test]
fn a_start_balance_is_found_once_in_a_new_purse() {
    each(|mut world| {
        world.settings.start_balance = 25;
        world.enrol(&[1, 1]);
        assert_eq!(world.has("purse:1"), (25, 0));
        assert_eq!(world.has("faucet:start"), (0, 0));
        world.is_sound();
    });
}

#[test]
fn erasing_drops_the_name_and_keeps_the_books() {
    each(|world| {
        world.rich(&[1, 2], 100);
        world.moves("purse:1", "purse:2", 30).unwrap();
        assert!(world.erase(1));
        assert!(!world.erase(1));
        assert_eq!(
            told(&world.moves("purse:1", "purse:2", 1)),
            "economy-unknown-account"
        );
        let list = world.look(|tx| crate::statement(tx, guild(GUILD), user(2), None, 10));
        assert_eq!(list.records[0].from.to_string(), "purse:erased");
        world.enrol(&[1]);
        assert_eq!(world.has("purse:1"), (0, 0));
        world.is_sound();
    });
}

#[test]
fn long_reasons_and_strange_amounts_are_refused() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let long = Transfer {
            reason: "x".repeat(401),
            ..moving("purse:1", "purse:2", 1)
        };
        assert_eq!(
            told(&world.transfer(&world.admin(), &long)),
            "economy-reason-too-long"
        );
        assert!(Amount::new(0).is_err() && Amount::new(-1).is_err());
        assert_eq!(amount(1), Amount::MIN);
    });
}
