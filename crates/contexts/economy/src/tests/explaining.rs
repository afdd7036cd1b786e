//! Statements that add up, transfers that are looked for, and what the continuous check has come to.

use kernel::Span;

use super::world::{GUILD, OTHER_GUILD, World, each, guild, user};
use crate::{
    Explained, Rebuilt, Search, StatementCursor, TransferKind, explained, found, repaired,
    round_finished, search, watched,
};

fn part(world: &World, member: u64, from: Option<StatementCursor>, limit: u32) -> Explained {
    let read =
        move |tx: &mut ::store::Tx<'_>| explained(tx, guild(GUILD), user(member), from, limit);
    world.see(read).unwrap()
}

fn lines(part: &Explained) -> Vec<(i64, i64)> {
    let lines = part.lines.iter();
    lines
        .map(|line| (line.change.get(), line.balance.get()))
        .collect()
}

#[test]
fn a_statement_leads_from_nothing_to_what_is_there() {
    each(|world| {
        world.enrol(&[1, 2]);
        world.moves("faucet:grant", "purse:1", 100).unwrap();
        world.moves("purse:1", "bank:1", 40).unwrap();
        let paid = world.moves("purse:1", "purse:2", 25).unwrap();
        world.moves("purse:2", "sink:shop", 25).unwrap();
        let (op, id) = (world.admin(), paid.record.id);
        let back = crate::Reverse {
            transfer: id,
            reason: String::new(),
        };
        world
            .run(move |tx, ids| crate::reverse(tx, &op, ids, &back))
            .unwrap();
        let whole = part(&world, 1, None, 50);
        assert_eq!(lines(&whole), [(25, 100), (-25, 75), (0, 100), (100, 100)]);
        assert_eq!((whole.opening.get(), whole.closing.get()), (0, 100));
        assert_eq!(whole.next, None);
        // Who spent what was taken back owes it, so that coins and debt together are nothing.
        let other = part(&world, 2, None, 50);
        assert_eq!(lines(&other), [(-25, -25), (0, 0), (-25, 0), (25, 25)]);
        assert_eq!((other.opening.get(), other.closing.get()), (0, -25));
        let nobody = part(&world, 77, None, 50);
        assert_eq!((nobody.lines.len(), nobody.closing.get()), (0, 0));
    });
}

#[test]
fn each_part_of_a_statement_begins_where_the_one_after_it_ended() {
    each(|world| {
        world.rich(&[1, 2], 500);
        for round in 1..12 {
            world.moves("purse:1", "bank:1", round).unwrap();
            world.moves("purse:1", "purse:2", 2 * round).unwrap();
            world.moves("bank:1", "sink:fees", 1).unwrap();
        }
        let whole = part(&world, 1, None, 200);
        let mut joined = Vec::new();
        let (mut from, mut closing) = (None, whole.closing);
        loop {
            let page = part(&world, 1, from, 5);
            assert_eq!(page.closing, closing);
            closing = page.opening;
            joined.extend(lines(&page));
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(closing.get(), 0);
        assert_eq!(joined, lines(&whole));
        assert_eq!(joined.len(), 34);
    });
}

#[test]
fn transfers_are_found_by_kind_and_moment_in_their_own_guild() {
    each(|world| {
        world.rich(&[1, 2], 100);
        world.later(Span::hours(2));
        let since = world.now();
        world.moves("purse:1", "purse:2", 5).unwrap();
        world.rich(&[3], 7);
        let amounts = |kind: Option<TransferKind>, since, limit| {
            let asked = Search { kind, since };
            let found = world.see(move |tx| search(tx, guild(GUILD), &asked, None, limit));
            let amounts = found.records.iter().map(|record| record.amount.get());
            (amounts.collect::<Vec<_>>(), found.next.is_some())
        };
        assert_eq!(amounts(None, None, 50), (vec![7, 5, 100, 100], false));
        assert_eq!(amounts(None, Some(since), 50), (vec![7, 5], false));
        assert_eq!(amounts(None, None, 3), (vec![7, 5, 100], true));
        let daily = Some(TransferKind::DAILY);
        assert_eq!(amounts(daily, None, 50), (vec![], false));
        let every = Some(TransferKind::TRANSFER);
        assert_eq!(amounts(every, Some(since), 1), (vec![7], true));
        let elsewhere = Search::default();
        let none = world.see(move |tx| search(tx, guild(OTHER_GUILD), &elsewhere, None, 50));
        assert!(none.records.is_empty());
    });
}

#[test]
fn a_transfer_is_found_with_what_took_it_back() {
    each(|world| {
        world.rich(&[1, 2], 100);
        let paid = world.moves("purse:1", "purse:2", 5).unwrap().record;
        let (op, transfer) = (world.admin(), paid.id.clone());
        let back = crate::Reverse {
            transfer,
            reason: String::new(),
        };
        let back = world.run(move |tx, ids| crate::reverse(tx, &op, ids, &back));
        let back = back.unwrap().receipt.record;
        let at = |place: i64, number: u64| world.see(move |tx| found(tx, guild(number), place));
        let old = at(paid.seq, GUILD).unwrap();
        assert_eq!((old.reversed_by, old.reverses), (Some(back.seq), None));
        let new = at(back.seq, GUILD).unwrap();
        assert_eq!((new.reversed_by, new.reverses), (None, Some(paid.seq)));
        assert_eq!(at(paid.seq, OTHER_GUILD), None);
        assert_eq!(at(1, GUILD), None);
    });
}

#[test]
fn e8_it_is_known_since_when_the_check_finds_a_guild_in_order() {
    each(|world| {
        let look = || world.see(|tx| watched(tx, guild(GUILD)));
        assert_eq!(look().clean_since(), None);
        let first = world.now();
        world.look(move |tx| round_finished(tx, first));
        world.later(Span::minutes(1));
        let second = world.now();
        world.look(move |tx| round_finished(tx, second));
        assert_eq!(
            (look().first_at, look().last_at),
            (Some(first), Some(second))
        );
        assert_eq!(look().clean_since(), Some(first));
        world.later(Span::minutes(1));
        let broken = world.now();
        world.look(move |tx| repaired(tx, guild(GUILD), &Rebuilt::default(), broken));
        assert_eq!(look().clean_since(), Some(broken));
        let elsewhere = world.see(|tx| watched(tx, guild(OTHER_GUILD)));
        assert_eq!(elsewhere.clean_since(), Some(first));
        let all = world.see(|tx| crate::watched_all(tx, 10));
        assert_eq!(
            (all.first_at, all.last_at, all.repairs.len()),
            (Some(first), Some(second), 1)
        );
        assert_eq!(all.repairs[0].0, guild(GUILD));
        assert_eq!(all.repairs[0].1.at, broken);
    });
}
