//! Corrections: once only, with a debt where the coins are spent; many at once, with a dry run.

use kernel::{Fault, Op, Span};

use super::world::{World, each, guild, moving, user};
use crate::{
    Frost, Mode, Novelty, Reversal, Reverse, ReverseError, Revert, RevertOutcome, Reverted,
    Transfer, TransferKind, Which,
};

fn reverse(world: &World, op: &Op, id: &str) -> Result<Reversal, ReverseError> {
    let cmd = Reverse {
        transfer: id.to_owned(),
        reason: "a mistake".to_owned(),
    };
    let op = op.clone();
    world.run(move |tx, ids| crate::reverse(tx, &op, ids, &cmd))
}

fn told<T, E: Fault>(result: &Result<T, E>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(error) => error.told().key(),
    }
}

#[test]
fn e2_a_transfer_is_taken_back_once_by_a_new_one_that_names_it() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let paid = world.moves("purse:1", "purse:2", 40).unwrap();
        let op = world.admin();
        let back = reverse(&world, &op, &paid.record.id).unwrap();
        assert_eq!(
            back.receipt.record.reverses.as_deref(),
            Some(paid.record.id.as_str())
        );
        assert_eq!(back.advance, None);
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((100, 0), (100, 0))
        );
        let again = reverse(&world, &op, &paid.record.id).unwrap();
        assert_eq!(again.receipt.novelty, Novelty::Replayed);
        assert_eq!(again.receipt.record, back.receipt.record);
        assert_eq!(
            told(&reverse(&world, &world.admin(), &paid.record.id)),
            "economy-already-reversed"
        );
        assert_eq!(
            told(&reverse(&world, &world.admin(), "api:0:none")),
            "economy-no-such-transfer"
        );
        world.is_sound();
    });
}

#[test]
fn e4_whoever_spent_the_coins_goes_into_debt_and_repays_it() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let paid = world.moves("purse:1", "purse:2", 40).unwrap();
        world.moves("purse:2", "sink:shop", 125).unwrap();
        let back = reverse(&world, &world.admin(), &paid.record.id).unwrap();
        assert_eq!(back.advance.unwrap().record.amount.get(), 25);
        assert_eq!(world.has("purse:1"), (100, 0));
        assert_eq!(
            (world.has("purse:2"), world.has("debt:2")),
            ((0, 0), (-25, 0))
        );
        world.is_sound();
        world.moves("faucet:grant", "purse:2", 20).unwrap();
        let op = world.op(2);
        let repaid = world
            .run(move |tx, ids| crate::repay(tx, &op, ids, user(2)))
            .unwrap();
        assert_eq!(repaid.unwrap().record.amount.get(), 20);
        assert_eq!(
            (world.has("purse:2"), world.has("debt:2")),
            ((0, 0), (-5, 0))
        );
        world.moves("faucet:grant", "purse:2", 20).unwrap();
        assert_eq!(
            told(&world.moves("purse:2", "debt:2", 6)),
            "economy-not-owed"
        );
        let op = world.op(2);
        world
            .run(move |tx, ids| crate::repay(tx, &op, ids, user(2)))
            .unwrap();
        assert_eq!(
            (world.has("purse:2"), world.has("debt:2")),
            ((15, 0), (0, 0))
        );
        world.is_sound();
    });
}

#[test]
fn a_correction_reaches_faucets_sinks_and_frozen_members_but_no_frozen_guild() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let bought = world.moves("purse:1", "sink:shop", 30).unwrap();
        let granted = world.moves("faucet:grant", "purse:2", 50).unwrap();
        let op = world.admin();
        world
            .run(move |tx, _| crate::freeze(tx, &op, Frost::Member(user(1)), ""))
            .unwrap();
        assert_eq!(
            told(&reverse(&world, &world.admin(), &bought.record.id)),
            "ok"
        );
        assert_eq!(
            told(&reverse(&world, &world.admin(), &granted.record.id)),
            "ok"
        );
        assert_eq!(
            (world.has("purse:1"), world.has("purse:2")),
            ((100, 0), (100, 0))
        );
        let op = world.admin();
        world
            .run(move |tx, _| crate::freeze(tx, &op, Frost::Guild, ""))
            .unwrap();
        let other = world.look(|tx| crate::transfers(tx, guild(900), None, 200));
        let first = &other.records.last().unwrap().id;
        assert_eq!(
            told(&reverse(&world, &world.admin(), first)),
            "economy-frozen"
        );
        world.is_sound();
    });
}

fn revert(world: &World, which: Which, mode: Mode, since: Option<kernel::Timestamp>) -> Reverted {
    let cmd = Revert {
        which,
        since,
        until: None,
        reason: "an exploit".to_owned(),
        mode,
        cursor: None,
    };
    let op = world.admin();
    world
        .run(move |tx, ids| crate::revert(tx, &op, ids, &cmd))
        .unwrap()
}

fn outcomes(reverted: &Reverted) -> (usize, usize, usize, usize) {
    let count = |wanted: fn(&RevertOutcome) -> bool| {
        reverted
            .items
            .iter()
            .filter(|item| wanted(&item.outcome))
            .count()
    };
    (
        count(|outcome| matches!(outcome, RevertOutcome::WouldRevert)),
        count(|outcome| matches!(outcome, RevertOutcome::Reverted(_))),
        count(|outcome| matches!(outcome, RevertOutcome::Before(_))),
        count(|outcome| matches!(outcome, RevertOutcome::Refused(_))),
    )
}

#[test]
fn e2_a_members_transfers_are_taken_back_since_a_moment_after_a_dry_run() {
    each(|world| {
        world.rich(&[1, 2, 3], 100);
        world.later(Span::minutes(5));
        let since = world.now();
        for count in [10, 20, 30] {
            world.moves("purse:1", "purse:2", count).unwrap();
        }
        world.moves("purse:2", "purse:3", 160).unwrap();
        let which = || Which::User(user(2));
        assert_eq!(
            outcomes(&revert(&world, which(), Mode::DryRun, Some(since))),
            (4, 0, 0, 0)
        );
        assert_eq!(world.has("purse:1"), (40, 0));
        assert_eq!(
            outcomes(&revert(&world, which(), Mode::Act, Some(since))),
            (0, 4, 0, 0)
        );
        // Newest first: the coins came back from 3 before they went on to 1, so nobody owes anything.
        assert_eq!(world.has("debt:2"), (0, 0));
        for member in ["purse:1", "purse:2", "purse:3"] {
            assert_eq!(world.has(member), (100, 0), "{member}");
        }
        assert_eq!(
            outcomes(&revert(&world, which(), Mode::Act, Some(since))),
            (0, 0, 4, 0)
        );
        world.is_sound();
    });
}

#[test]
fn transfers_of_one_reason_or_kind_are_taken_back() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let game = Transfer {
            kind: TransferKind::of_name("game").unwrap(),
            reason: "dice".to_owned(),
            ..moving("purse:1", "sink:house", 5)
        };
        world.transfer(&world.op(1), &game).unwrap();
        world.transfer(&world.op(1), &game).unwrap();
        world.moves("purse:1", "purse:2", 7).unwrap();
        let by_kind = revert(&world, Which::Reason("game".to_owned()), Mode::DryRun, None);
        assert_eq!(outcomes(&by_kind), (2, 0, 0, 0));
        let by_reason = revert(&world, Which::Reason("dice".to_owned()), Mode::Act, None);
        assert_eq!(outcomes(&by_reason), (0, 2, 0, 0));
        assert_eq!(world.has("purse:1"), (93, 0));
        let id = by_reason.items[0].record.id.clone();
        let one = revert(&world, Which::Transfer(id), Mode::Act, None);
        assert_eq!(outcomes(&one), (0, 0, 1, 0));
        world.is_sound();
    });
}
