//! `guildhall config` and `guildhall audit`, without a server.

use kernel::{GuildId, Timestamp};
use serde_json::{Value, json};
use store::{DbError, Statement, Tx};
use testkit::ops::operator_op;

use crate::process::Place;

const GUILD: &str = "4200";
const OTHER: &str = "4300";

/// A place whose database holds two guilds with their first configuration.
pub(crate) fn place_with_guilds() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    write(&place, |tx| {
        let defaults = app::GuildSettings::default().document().unwrap();
        let at = Timestamp::from_micros(1_795_000_000_000_000);
        for guild in [GUILD, OTHER] {
            let guild: GuildId = guild.parse().unwrap();
            platform::config_start(tx, &operator_op(guild, "join", at), &defaults)?;
        }
        Ok(())
    });
    place
}

/// Writes into the database while no server runs.
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

fn daily(place: &Place, guild: &str) -> Value {
    let shown = place.run(&["config", "show", "--guild", guild, "--json"], &[]);
    assert_eq!(shown.code, 0, "{shown:?}");
    shown.json()["document"]["economy"]["daily"]["amount"].clone()
}

#[test]
fn a_filter_that_is_none_is_a_wrong_command_line_that_names_those_there_are() {
    let place = Place::new();
    for (flag, known) in [("--kind", "moderation"), ("--outcome", "suppressed")] {
        let said = place.run(&["audit", "search", "--guild", GUILD, flag, "x"], &[]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(known), "{said:?}");
    }
}

#[test]
fn going_back_where_no_guild_is_yet_is_told_to_programs_too() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    let back = place.run(&["config", "rollback", "--all", "--to", "1", "--json"], &[]);
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(
        (&back.json()["guilds"], &back.json()["revisions"]),
        (&json!(0), &json!({}))
    );
}

#[test]
fn a_document_is_set_compared_and_taken_back() {
    let place = place_with_guilds();
    place.write("new.json", r#"{"economy":{"daily":{"amount":250}}}"#);
    let set = [
        "config", "set", "--guild", GUILD, "new.json", "--note", "more",
    ];
    let said = place.run(&set, &[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.contains("/economy/daily/amount: 100 → 250"),
        "{said:?}"
    );
    assert_eq!(daily(&place, GUILD), 250);

    let diff = place.run(
        &["config", "diff", "--guild", GUILD, "1", "2", "--json"],
        &[],
    );
    let change = json!({"path": "/economy/daily/amount", "old": 100, "new": 250});
    assert_eq!(diff.json()["changes"], json!([change]));
    let history = place.run(&["config", "history", "--guild", GUILD, "--json"], &[]);
    assert_eq!(history.json()["items"][0]["note"], "more");

    let dry = [
        "config",
        "rollback",
        "--all",
        "--to",
        "1",
        "--dry-run",
        "--json",
    ];
    let told = place.run(&dry, &[]).json();
    assert_eq!(
        (&told["guilds"], &told["dry_run"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(told["revisions"], json!({GUILD: 3}));
    assert_eq!(daily(&place, GUILD), 250, "a dry run changes nothing");
    let back = place.run(&["config", "rollback", "--all", "--to", "1", "--json"], &[]);
    assert_eq!(back.json()["revisions"], json!({GUILD: 3}));
    assert_eq!(daily(&place, GUILD), 100);
    let again = place.run(
        &[
            "config", "rollback", "--guild", GUILD, "--to", "-1m", "--json",
        ],
        &[],
    );
    assert_eq!(again.code, 0, "{again:?}");
}

#[test]
fn every_change_is_in_the_audit_and_a_changed_record_is_found() {
    let place = place_with_guilds();
    place.write("new.json", r#"{"economy":{"daily":{"amount":250}}}"#);
    let set = ["config", "set", "--guild", GUILD, "new.json"];
    assert_eq!(place.run(&set, &[]).code, 0);
    let search = [
        "audit", "search", "--guild", GUILD, "--kind", "config", "--json",
    ];
    let found = place.run(&search, &[]).json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["items"][0]["config_revision"], 2);
    let whole = place.run(&["audit", "verify", "--json"], &[]);
    assert_eq!((whole.code, &whole.json()["ok"]), (0, &json!(true)));

    write(&place, |tx| {
        let now = Timestamp::from_micros(1_795_000_100_000_000);
        audit::seal(tx, now, 100).map(drop)
    });
    let exported = place.run(&["audit", "export", "--guild", GUILD], &[]);
    assert_eq!(
        exported.stdout.lines().count(),
        2,
        "the change, and who had access: {exported:?}"
    );
    write(&place, |tx| {
        const SPOIL: Statement = Statement::new(
            "test.spoil",
            "UPDATE audit_records SET config_revision = 1 WHERE config_revision = 2",
        );
        assert_eq!(tx.execute(&SPOIL, &[])?, 1);
        Ok(())
    });
    let broken = place.run(&["audit", "verify", "--json"], &[]);
    assert_eq!(
        (broken.code, &broken.json()["ok"]),
        (1, &json!(false)),
        "{broken:?}"
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    let place = place_with_guilds();
    place.write(
        "bad.json",
        r#"{"economy":{"daily":{"amount":-1}},"memory":{"x":1}}"#,
    );
    place.write("no.json", "{");
    let cases: [(&[&str], i32, &str); 7] = [
        (&["config", "show", "--guild", "77"], 1, "no configuration"),
        (
            &["config", "show", "--guild", GUILD, "--revision", "9"],
            1,
            "no revision 9",
        ),
        (
            &["config", "set", "--guild", GUILD, "bad.json"],
            1,
            "/memory/x",
        ),
        (
            &["config", "set", "--guild", GUILD, "no.json"],
            1,
            "no JSON",
        ),
        (
            &["config", "set", "--guild", GUILD, "gone.json"],
            1,
            "gone.json",
        ),
        (&["config", "rollback", "--to", "1"], 2, "--guild"),
        (
            &["audit", "search", "--guild", GUILD, "--kind", "all"],
            2,
            "moderation",
        ),
    ];
    for (arguments, code, words) in cases {
        let said = place.run(arguments, &[]);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(words), "{arguments:?}: {said:?}");
    }
}
