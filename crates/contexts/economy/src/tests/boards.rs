//! Lists that are looked at: leaderboards, statements, the journal; in order, by cursor, out of an index.

use ::store::{DbError, Engine, Statement as Sql, Value};
use kernel::{Chance, SeededChance};

use super::world::{GUILD, World, each, guild, user};
use crate::{FlowEnd, RankBy, STATEMENTS, flows, leaderboard, statement, transfers};

fn ranks(world: &World, after: u32, limit: u32) -> (Vec<(u32, u64, i64)>, Option<u32>) {
    let now = world.now();
    let found =
        world.look(move |tx| leaderboard(tx, guild(GUILD), RankBy::Balance, (after, limit), now));
    let lines = found.lines.iter();
    let lines = lines
        .map(|line| (line.rank, line.user.get(), line.value))
        .collect();
    (lines, found.next)
}

#[test]
fn the_richest_come_first_and_pages_follow_one_another() {
    each(|world| {
        for (member, count) in [(1, 50), (2, 70), (3, 70), (4, 10)] {
            world.rich(&[member], count);
        }
        world.enrol(&[5]);
        assert_eq!(ranks(&world, 0, 2), (vec![(1, 2, 70), (2, 3, 70)], Some(2)));
        assert_eq!(ranks(&world, 2, 2), (vec![(3, 1, 50), (4, 4, 10)], None));
        assert_eq!(ranks(&world, 4, 2), (vec![], None));
        world.erase(2);
        assert_eq!(ranks(&world, 0, 2), (vec![(1, 3, 70), (2, 1, 50)], Some(2)));
    });
}

#[test]
fn what_flowed_over_a_time_is_summed_by_its_two_ends() {
    each(|world| {
        world.enrol(&[1, 2]);
        let since = world.now();
        world.moves("faucet:daily", "purse:1", 100).unwrap();
        world.moves("faucet:daily", "purse:2", 40).unwrap();
        world.moves("purse:1", "purse:2", 30).unwrap();
        world.moves("purse:2", "sink:fees", 7).unwrap();
        world.later(kernel::Span::minutes(1));
        let until = world.now();
        let told = world.look(move |tx| flows(tx, guild(GUILD), since, until));
        let ends = told
            .iter()
            .map(|flow| (&flow.from, &flow.to, flow.coins.get(), flow.transfers));
        let (daily, fees) = (
            FlowEnd::Faucet("daily".to_owned()),
            FlowEnd::Sink("fees".to_owned()),
        );
        let expected = [
            (&FlowEnd::Members, &FlowEnd::Members, 30, 1),
            (&FlowEnd::Members, &fees, 7, 1),
            (&daily, &FlowEnd::Members, 140, 2),
        ];
        assert_eq!(ends.collect::<Vec<_>>(), expected);
        let later = world.look(move |tx| flows(tx, guild(GUILD), until, until));
        let elsewhere = world.look(move |tx| flows(tx, guild(GUILD + 1), since, until));
        assert!(later.is_empty() && elsewhere.is_empty());
    });
}

const MANY_PEOPLE: Sql = Sql::new(
    "test.many_people",
    "INSERT INTO economy_people (guild, user_id, person)
     WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
     SELECT 900, i, i FROM n",
);
const MANY_PURSES: Sql = Sql::new(
    "test.many_purses",
    "INSERT INTO economy_accounts
     (id, guild, kind, owner, name, balance, held, version, frozen, listed, last)
     SELECT person, 900, 1, person, '', 0, 0, 0, FALSE, TRUE, 0 FROM economy_people",
);
const BALANCE_SET: Sql = Sql::new(
    "test.balance_set",
    "UPDATE economy_accounts SET balance = ?2 WHERE id = ?1",
);

#[test]
fn a_leaderboard_of_sixty_thousand_members_is_in_order_from_its_first_page_to_its_last() {
    each(|world| {
        let chance = SeededChance::new(60_000);
        let mut expected: Vec<(i64, i64)> = (1..=60_000)
            .map(|id| (i64::try_from(1 + chance.below(100_000)).unwrap(), id))
            .collect();
        let balances = expected.clone();
        world.look(move |tx| {
            tx.execute(&MANY_PEOPLE, &[])?;
            tx.execute(&MANY_PURSES, &[])?;
            for (balance, id) in &balances {
                let values = vec![(*id).into(), (*balance).into()];
                tx.queue(&BALANCE_SET, values)?;
            }
            Ok(())
        });
        expected.sort_by_key(|(balance, id)| (-balance, *id));
        for after in [0, 10, 29_990, 59_990] {
            let watch = kernel::Stopwatch::start();
            let (lines, next) = ranks(&world, after, 10);
            println!("the ten after {after} in {:?}", watch.elapsed());
            let first = usize::try_from(after).unwrap();
            let found: Vec<_> = lines
                .iter()
                .map(|(_, member, value)| (*value, i64::try_from(*member).unwrap()))
                .collect();
            assert_eq!(found, expected[first..first + 10]);
            assert_eq!(next.is_none(), after == 59_990);
        }
    });
}

#[test]
fn a_statement_shows_every_coin_once_newest_first() {
    each(|world| {
        world.rich(&[1, 2, 3], 100);
        world.moves("purse:1", "bank:1", 40).unwrap();
        world.moves("bank:1", "purse:2", 15).unwrap();
        world.moves("purse:2", "purse:3", 1).unwrap();
        world.moves("purse:3", "purse:1", 2).unwrap();
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = world.look(move |tx| statement(tx, guild(GUILD), user(1), before, 2));
            assert!(page.records.len() <= 2);
            seen.extend(
                page.records
                    .iter()
                    .map(|one| (one.from.to_string(), one.amount.get())),
            );
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        let expected = [
            ("purse:3", 2),
            ("bank:1", 15),
            ("purse:1", 40),
            ("faucet:grant", 100),
        ];
        assert_eq!(seen, expected.map(|(from, count)| (from.to_owned(), count)));
        let nobody = world.look(|tx| statement(tx, guild(GUILD), user(99), None, 2));
        assert!(nobody.records.is_empty() && nobody.next.is_none());
    });
}

#[test]
fn the_journal_is_listed_by_cursor_while_new_rows_come() {
    each(|world| {
        world.rich(&[1, 2, 3], 100);
        let first = world.look(|tx| transfers(tx, guild(GUILD), None, 2));
        world.moves("purse:1", "purse:2", 1).unwrap();
        let next = first.next;
        let second = world.look(move |tx| transfers(tx, guild(GUILD), next, 2));
        let ids = |page: &crate::Transfers| -> Vec<String> {
            page.records.iter().map(|one| one.to.to_string()).collect()
        };
        assert_eq!(ids(&first), ["purse:3", "purse:2"]);
        assert_eq!(
            (ids(&second), second.next),
            (vec!["purse:1".to_owned()], None)
        );
    });
}

/// The plan of a statement on the embedded engine, as text.
fn plan(world: &World, named: &str) -> String {
    let statement = STATEMENTS.iter().copied().flatten();
    let statement = statement.copied().find(|one| one.name() == named).unwrap();
    let text = format!("EXPLAIN QUERY PLAN {}", statement.text(Engine::Libsql));
    let count = (1..=9)
        .filter(|number| text.contains(&format!("?{number}")))
        .count();
    let explain: &'static Sql = Box::leak(Box::new(Sql::new(
        "test.plan",
        Box::leak(text.into_boxed_str()),
    )));
    world.look(move |tx| {
        let rows = tx.rows(explain, &vec![Value::Int(1); count])?;
        let lines: Result<Vec<_>, DbError> = rows
            .iter()
            .map(|row| row.text(3).map(str::to_owned))
            .collect();
        Ok(lines?.join("\n"))
    })
}

#[test]
fn what_members_wait_for_is_answered_out_of_an_index() {
    let world = World::of(testkit::db::fresh_libsql(&super::world::migrations()));
    for (statement, index) in [
        (
            "economy.rank_by_balance",
            "COVERING INDEX economy_accounts_rank",
        ),
        (
            "economy.rank_by_streak",
            "COVERING INDEX economy_dailies_rank",
        ),
        (
            "economy.place_count",
            "COVERING INDEX economy_accounts_rank",
        ),
        (
            "economy.holder_count",
            "COVERING INDEX economy_accounts_rank",
        ),
        ("economy.hold_list_due", "economy_holds_expiry"),
    ] {
        let plan = plan(&world, statement);
        assert!(plan.contains(index), "{statement}:\n{plan}");
    }
    let chain = plan(&world, "economy.change_chain");
    assert!(!chain.contains("SCAN t"), "{chain}");
    for statement in STATEMENTS.iter().copied().flatten() {
        let changes = !statement.text(Engine::Libsql).starts_with("SELECT");
        let named = statement.name();
        if changes || named.starts_with("economy.witness") || named.starts_with("economy.compare") {
            continue;
        }
        // It holds a row for each guild whose books were ever wrong: where all is well, none.
        if named == "economy.repair_list" {
            continue;
        }
        let plan = plan(&world, named);
        for line in plan.lines().filter(|line| line.starts_with("SCAN ")) {
            let derived = [
                "page", "u", "c", "t", "part", "(", "purse_", "bank_", "debt_", "taken", "given",
            ];
            let name = line.trim_start_matches("SCAN ");
            let own = derived.iter().any(|known| name.starts_with(known)) || line.contains("USING");
            assert!(own, "{named} scans a table:\n{plan}");
        }
    }
}
