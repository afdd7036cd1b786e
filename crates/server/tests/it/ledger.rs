//! `guildhall ledger`, without a server and beside one.

use economy::{AccountName, Leg, Settings, Transfer, TransferError, TransferKind};
use kernel::{Amount, GuildId, Snowflakes, SystemClock, Timestamp, UserId};
use serde_json::Value;
use store::{DbError, Statement, Tx};
use testkit::ops::operator_op;

use crate::process::{Place, Said};

const GUILD: u64 = 4_200;
const ADA: u64 = 11;
const BEN: u64 = 12;

/// A place whose database holds a guild with a few transfers.
fn place() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    write(&place, |tx| {
        let guild = GuildId::new(GUILD).unwrap();
        let ids = Snowflakes::new(std::sync::Arc::new(SystemClock), 1);
        let at = |minute: i64| Timestamp::from_micros(1_795_000_000_000_000 + minute * 60_000_000);
        let (ada, ben) = (UserId::new(ADA).unwrap(), UserId::new(BEN).unwrap());
        for user in [ada, ben] {
            economy::enrol(
                tx,
                &operator_op(guild, "enrol", at(0)),
                &ids,
                &Settings::default(),
                &economy::Pseudonyms::keyed("a key of tests"),
                user,
            )?;
        }
        let moves = [
            (
                "one",
                AccountName::FAUCET_GRANT,
                AccountName::Purse(ada),
                500,
                "welcome",
            ),
            (
                "two",
                AccountName::Purse(ada),
                AccountName::Purse(ben),
                120,
                "a bet",
            ),
            (
                "three",
                AccountName::Purse(ada),
                AccountName::Purse(ben),
                30,
                "a bet",
            ),
        ];
        for (minute, (key, from, to, amount, reason)) in (1..).zip(moves) {
            let transfer = Transfer {
                leg: Leg::named("test"),
                kind: TransferKind::between(&from, &to),
                from,
                to,
                amount: Amount::new(amount).unwrap(),
                reason: reason.to_owned(),
            };
            economy::transfer(tx, &operator_op(guild, key, at(minute)), &ids, &transfer)?;
        }
        Ok(())
    });
    place
}

/// Writes into the database while no server runs.
fn write(
    place: &Place,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<(), TransferError> + Send + 'static,
) {
    let path = place.data_dir().join("guildhall.db");
    let store = store_libsql::LibsqlStore::open(&path, store_libsql::Options::default()).unwrap();
    let database = store.database();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(database.write("test", move |tx| work(tx)))
        .unwrap();
    database.close();
}

/// Makes a stored balance wrong, as no part of the program could.
fn spoil(place: &Place) {
    const SPOIL: Statement = Statement::new(
        "test.spoil",
        "UPDATE economy_accounts SET balance = balance + 7 WHERE kind = 1",
    );
    write(place, |tx| {
        let changed: Result<u64, DbError> = tx.execute(&SPOIL, &[]);
        assert!(changed? > 0);
        Ok(())
    });
}

fn list(said: &Said, name: &str) -> Vec<Value> {
    assert_eq!(said.code, 0, "{said:?}");
    said.json()[name].as_array().unwrap().clone()
}

#[test]
fn a_sound_ledger_is_verified_and_an_unsound_one_rebuilt() {
    let place = place();
    let sound = place.run(&["ledger", "verify", "--json"], &[]);
    assert_eq!(sound.code, 0, "{sound:?}");
    let answer = sound.json();
    assert_eq!(
        (&answer["ok"], &answer["guilds"], &answer["transfers"]),
        (&true.into(), &1.into(), &3.into())
    );

    spoil(&place);
    let unsound = place.run(&["ledger", "verify", "--json"], &[]);
    assert_eq!(
        (unsound.code, &unsound.json()["ok"]),
        (1, &false.into()),
        "{unsound:?}"
    );
    assert!(!unsound.json()["mismatches"].as_array().unwrap().is_empty());
    let told = place.run(&["ledger", "rebuild", "--dry-run"], &[]);
    assert!(
        told.stdout.contains("would put right: guild 4200"),
        "{told:?}"
    );
    assert_eq!(place.run(&["ledger", "verify"], &[]).code, 1);
    let rebuilt = place.run(&["ledger", "rebuild", "--guild", "4200", "--json"], &[]);
    assert!(!list(&rebuilt, "repaired").is_empty());
    let sound = place.run(&["ledger", "verify"], &[]);
    assert_eq!(sound.code, 0, "{sound:?}");
    assert!(
        sound.stdout.starts_with("the ledger is sound: 1 guilds"),
        "{sound:?}"
    );
}

#[test]
fn a_statement_lists_what_was_selected_newest_first() {
    let place = place();
    let amounts = |arguments: &[&str]| -> Vec<i64> {
        let said = place.run(
            &[&["ledger", "statement", "--json"], arguments].concat(),
            &[],
        );
        list(&said, "items")
            .iter()
            .map(|item| item["amount"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(amounts(&["--user", "11"]), [30, 120, 500]);
    assert_eq!(amounts(&["--user", "12", "--guild", "4200"]), [30, 120]);
    assert_eq!(amounts(&["--user", "12", "--guild", "4201"]), [0_i64; 0]);
    assert_eq!(amounts(&["--reason", "a bet"]), [30, 120]);
    assert_eq!(amounts(&["--reason", "grant"]), [500]);
    let at = place
        .run(&["ledger", "statement", "--json", "--user", "11"], &[])
        .json()["items"][1]["at"]
        .clone();
    let at = at.as_str().unwrap().to_owned();
    assert_eq!(amounts(&["--since", &at]), [30, 120]);
    assert_eq!(amounts(&["--until", &at]), [500]);
    assert_eq!(amounts(&["--since", "-1s"]), [0_i64; 0]);
    let text = place
        .run(&["ledger", "statement", "--user", "12"], &[])
        .stdout;
    assert!(
        text.contains("purse:11") && text.contains("a bet"),
        "{text}"
    );
    let both = place.run(
        &["ledger", "statement", "--user", "1", "--reason", "x"],
        &[],
    );
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn transfers_are_taken_back_once_and_beside_a_server_too() {
    let place = place();
    let id = {
        let said = place.run(&["ledger", "statement", "--reason", "a bet", "--json"], &[]);
        list(&said, "items")[0]["id"].as_str().unwrap().to_owned()
    };
    let none = place.run(&["ledger", "revert"], &[]);
    assert_eq!(none.code, 2, "{none:?}");
    let unknown = place.run(&["ledger", "revert", "--transfer", "api:none:x"], &[]);
    assert_eq!(unknown.code, 1);
    assert!(
        unknown.stderr.contains("no transfer `api:none:x`"),
        "{unknown:?}"
    );

    let told = place.run(
        &[
            "ledger",
            "revert",
            "--reason",
            "a bet",
            "--dry-run",
            "--json",
        ],
        &[],
    );
    assert_eq!(list(&told, "items").len(), 2);
    assert_eq!(
        place.run(&["ledger", "verify", "--json"], &[]).json()["transfers"],
        3
    );

    let server = place.start(&["run"], &[]);
    let one = place.run(&["ledger", "revert", "--transfer", &id, "--json"], &[]);
    assert_eq!(one.json()["reverted"], 1, "{one:?}");
    let all = place.run(&["ledger", "revert", "--reason", "a bet", "--json"], &[]);
    assert_eq!(
        (&all.json()["reverted"], &all.json()["before"]),
        (&1.into(), &1.into()),
        "{all:?}"
    );
    let verified = place.run(&["ledger", "verify", "--json"], &[]);
    assert_eq!(
        (verified.code, &verified.json()["transfers"]),
        (0, &5.into()),
        "{verified:?}"
    );
    server.stop();
    let back = place.run(
        &["ledger", "statement", "--reason", "revert", "--json"],
        &[],
    );
    assert!(
        list(&back, "items")
            .iter()
            .all(|item| item["reverses"].is_string() && item["cause"]["kind"] == "cli")
    );
}
