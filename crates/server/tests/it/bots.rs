//! `guildhall bot`, without a server and beside one.

use serde_json::{Value, json};

use crate::{process::Place, settings::place_with_guilds};

const GUILD: &str = "4200";

fn ran(place: &Place, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = ["bot"]
        .iter()
        .chain(arguments)
        .chain(&["--json"])
        .copied()
        .collect();
    let said = place.run(&arguments, &[]);
    assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
    said.json()
}

#[test]
fn a_persona_is_deployed_taken_back_and_silenced() {
    let place = place_with_guilds();
    let listed = ran(&place, &["list"]);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{listed}");
    assert_eq!(
        (&items[0]["state"], &items[0]["version"]),
        (&json!("running"), &Value::Null)
    );

    place.write("ada.json", r#"{"name":"Ada"}"#);
    place.write("bea.json", r#"{"name":"Bea"}"#);
    let deploy = ["deploy", "--guild", GUILD, "--file"];
    let dry = ran(&place, &[&deploy[..], &["ada.json", "--dry-run"]].concat());
    let change = json!({"path": "/name", "old": "", "new": "Ada"});
    assert_eq!(
        (&dry["dry_run"], &dry["changes"]),
        (&json!(true), &json!([change]))
    );
    assert_eq!(
        ran(&place, &["show", "--guild", GUILD])["versions"],
        json!([])
    );
    ran(
        &place,
        &[&deploy[..], &["ada.json", "--note", "a name"]].concat(),
    );
    let deployed = ran(&place, &[&deploy[..], &["bea.json"]].concat());
    assert_eq!(
        (&deployed["version"], &deployed["revision"]),
        (&json!(2), &json!(3))
    );
    let shown = ran(&place, &["show", "--guild", GUILD]);
    assert_eq!(
        (&shown["name"], &shown["version"]),
        (&json!("Bea"), &json!(2))
    );
    assert_eq!(shown["versions"][1]["note"], "a name");
    let first = ran(&place, &["show", "--guild", GUILD, "--version", "1"]);
    assert_eq!(first["differences"][0]["new"], "Ada");

    let dry = ran(&place, &["rollback", "--guild", GUILD, "--dry-run"]);
    assert_eq!(
        (&dry["version"], &dry["dry_run"]),
        (&json!(1), &json!(true))
    );
    let back = ran(&place, &["rollback", "--guild", GUILD]);
    assert_eq!(
        (&back["version"], &back["revision"]),
        (&json!(1), &json!(4))
    );
}

#[test]
fn a_persona_is_silenced_and_every_write_is_recorded() {
    let place = place_with_guilds();
    place.write("ada.json", r#"{"name":"Ada"}"#);
    ran(&place, &["deploy", "--guild", GUILD, "--file", "ada.json"]);
    let paused = ran(&place, &["pause", "--guild", GUILD]);
    assert_eq!(paused["changes"][0]["path"], "/persona/enabled");
    assert_eq!(
        ran(&place, &["pause", "--guild", GUILD])["changes"],
        json!([])
    );
    assert_eq!(ran(&place, &["show", "--guild", GUILD])["state"], "paused");
    ran(&place, &["resume", "--guild", GUILD]);
    let shown = ran(&place, &["show", "--guild", GUILD]);
    assert_eq!(
        (&shown["state"], &shown["name"]),
        (&json!("running"), &json!("Ada"))
    );
    let audit = [
        "audit", "search", "--guild", GUILD, "--kind", "access", "--json",
    ];
    let written = place.run(&audit, &[]).json();
    let puts = written["items"].as_array().unwrap().iter();
    assert_eq!(
        puts.filter(|entry| entry["action"] == "persona_put")
            .count(),
        3,
        "{written}"
    );
}

#[test]
fn what_makes_no_sense_of_a_bot_is_refused_with_what_to_do() {
    let place = place_with_guilds();
    place.write("bad.json", r#"{"chance":2}"#);
    place.write("no.json", r#"{"colour":"red"}"#);
    let cases: [(&[&str], i32, &str); 8] = [
        (&["bot", "show", "--guild", "77"], 1, "no configuration"),
        (&["bot", "pause", "--guild", "77"], 1, "no configuration"),
        (
            &["bot", "show", "--guild", GUILD, "--version", "9"],
            1,
            "no version 9",
        ),
        (
            &["bot", "deploy", "--guild", GUILD, "--version", "9"],
            1,
            "no version 9",
        ),
        (
            &["bot", "deploy", "--guild", GUILD, "--file", "bad.json"],
            1,
            "/chance",
        ),
        (
            &["bot", "deploy", "--guild", GUILD, "--file", "no.json"],
            1,
            "colour",
        ),
        (&["bot", "rollback", "--guild", GUILD], 1, "before"),
        (&["bot", "deploy", "--guild", GUILD], 2, "--file"),
    ];
    for (arguments, code, words) in cases {
        let said = place.run(arguments, &[]);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(words), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_server_that_holds_the_data_directory_does_what_is_asked_of_its_bots() {
    let place = place_with_guilds();
    let server = place.start(&["run"], &[]);
    let paused = ran(&place, &["pause", "--guild", GUILD]);
    assert_eq!(
        (&paused["version"], &paused["revision"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(ran(&place, &["list"])["items"][0]["state"], "paused");
    let said = place.run(&["bot", "show", "--guild", "77"], &[]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.stderr.contains("no configuration"), "{said:?}");
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
}
