//! `guildhall audit verify`, as an operator runs it on a record that somebody tampered with.

use std::fs;

use kernel::{GuildId, Timestamp};
use store::{DbError, Statement, Tx};
use testkit::ops::operator_op;

use crate::process::Place;

const GUILD: &str = "4200";

fn sql(tx: &mut Tx<'_>, texts: &[&'static str]) -> Result<(), DbError> {
    for text in texts {
        tx.execute(&Statement::new("test.tamper", text), &[])?;
    }
    Ok(())
}

/// Writes into the database while no server runs, as whoever holds its file can.
fn write(place: &Place, mut work: impl FnMut(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static) {
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

/// Changes the daily reward so many times, which makes two records each, and has a server seal and sign them.
fn decide(place: &Place, amounts: std::ops::Range<u32>) {
    for amount in amounts {
        place.write(
            "new.json",
            &format!(r#"{{"economy":{{"daily":{{"amount":{amount}}}}}}}"#),
        );
        let said = place.run(&["config", "set", "--guild", GUILD, "new.json"], &[]);
        assert_eq!(said.code, 0, "{said:?}");
    }
    place.start(&["run"], &[]).stop();
}

fn place() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    write(&place, |tx| {
        let defaults = app::GuildSettings::default().document().unwrap();
        let at = Timestamp::from_micros(1_795_000_000_000_000);
        let guild: GuildId = GUILD.parse().unwrap();
        platform::config_start(tx, &operator_op(guild, "join", at), &defaults)
            .map(drop)
            .map_err(|error| panic!("{error}"))
    });
    decide(&place, 201..206);
    place
}

/// A copy of the whole place, so that each attack has its own.
fn copied(place: &Place) -> Place {
    let copy = Place::new();
    fs::create_dir(copy.data_dir()).unwrap();
    for name in ["guildhall.db", "master.key"] {
        fs::copy(place.data_dir().join(name), copy.data_dir().join(name)).unwrap();
    }
    fs::copy(place.path("heads"), copy.path("heads")).unwrap();
    copy
}

/// What a verification finds, without and with the heads that were kept elsewhere.
fn found(place: &Place) -> (Vec<String>, Vec<String>) {
    let verify = |arguments: &[&str]| {
        let said = place.run(arguments, &[]);
        let report = said.json();
        let breaks = report["breaks"].as_array().unwrap();
        let mut names: Vec<String> = breaks
            .iter()
            .map(|broken| broken["what"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(said.code, i32::from(!names.is_empty()), "{said:?}");
        assert_eq!(report["ok"], names.is_empty());
        names
    };
    (
        verify(&["audit", "verify", "--json"]),
        verify(&["audit", "verify", "--heads", "heads", "--json"]),
    )
}

fn attacked(place: &Place, attack: &'static [&'static str]) -> (Vec<String>, Vec<String>) {
    let copy = copied(place);
    write(&copy, move |tx| sql(tx, attack));
    found(&copy)
}

const FORGET_ALL: &[&str] = &[
    "DELETE FROM audit_records",
    "DELETE FROM audit_texts",
    "DELETE FROM audit_effects",
    "DELETE FROM audit_links",
    "DELETE FROM audit_heads",
    "DELETE FROM audit_signatures",
];

#[test]
fn whatever_is_done_to_the_record_is_found_and_what_was_kept_elsewhere_finds_the_rest() {
    let place = place();
    let exported = place.run(&["audit", "heads", "export", "heads"], &[]);
    assert_eq!(exported.code, 0, "{exported:?}");
    assert_eq!(found(&place), (vec![], vec![]));

    let seen: [(&str, &[&str]); 4] = [
        (
            "edited",
            &["UPDATE audit_records SET config_revision = 9 WHERE config_revision = 3"],
        ),
        (
            "missing",
            &["DELETE FROM audit_records WHERE config_revision = 3"],
        ),
        (
            "order",
            &[
                "UPDATE audit_links SET seq = 90 WHERE seq = 3",
                "UPDATE audit_links SET seq = 3 WHERE seq = 4",
                "UPDATE audit_links SET seq = 4 WHERE seq = 90",
            ],
        ),
        ("gap", &["DELETE FROM audit_links WHERE seq = 5"]),
    ];
    for (name, attack) in seen {
        let (without, with) = attacked(&place, attack);
        assert!(without.contains(&name.to_owned()), "{name}: {without:?}");
        assert!(with.contains(&name.to_owned()), "{name}: {with:?}");
    }
    let (without, with) = attacked(&place, FORGET_ALL);
    assert_eq!(without, [""; 0], "nothing is left that could tell");
    assert_eq!(with, ["truncated"]);
}

#[test]
fn a_record_written_anew_by_who_holds_database_and_key_is_found_by_the_heads_kept_elsewhere() {
    let place = place();
    assert_eq!(
        place.run(&["audit", "heads", "export", "heads"], &[]).code,
        0
    );
    let copy = copied(&place);
    write(&copy, |tx| sql(tx, FORGET_ALL));
    decide(&copy, 301..309);
    let (without, with) = found(&copy);
    assert_eq!(without, [""; 0], "it is a record like any other");
    assert_eq!(with, ["signed_head"]);
    // Another export does not wash it clean.
    assert_eq!(
        copy.run(&["audit", "heads", "export", "heads"], &[]).code,
        0
    );
    assert_eq!(found(&copy).1, ["signed_head"]);
}

#[test]
fn an_export_adds_what_is_new_and_refuses_a_file_that_is_none() {
    let place = place();
    let export = || place.run(&["audit", "heads", "export", "heads", "--json"], &[]);
    assert_eq!(export().json()["added"], 1);
    assert_eq!(export().json()["added"], 0, "nothing is new");
    decide(&place, 210..212);
    // Beside a server, which is asked at its socket.
    let server = place.start(&["run"], &[]);
    assert_eq!(export().json()["added"], 1);
    assert_eq!(found(&place), (vec![], vec![]));
    server.stop();
    let text = fs::read_to_string(place.path("heads")).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");

    place.write("torn", &text[..text.len() - 9]);
    for arguments in [
        ["audit", "heads", "export", "torn"],
        ["audit", "verify", "--heads", "torn"],
    ] {
        let said = place.run(&arguments, &[]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.stderr.contains("line 2"), "{said:?}");
    }
    let gone = place.run(&["audit", "verify", "--heads", "gone"], &[]);
    assert_eq!(gone.code, 1, "{gone:?}");
    assert!(gone.stderr.contains("gone"), "{gone:?}");
}
