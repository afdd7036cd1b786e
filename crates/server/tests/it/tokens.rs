//! `guildhall token`, without a server and beside one.

use serde_json::{Value, json};

use crate::{process::Place, settings::place_with_guilds};

const GUILD: &str = "4200";

fn ran(place: &Place, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = ["token"]
        .iter()
        .chain(arguments)
        .chain(&["--json"])
        .copied()
        .collect();
    let said = place.run(&arguments, &[]);
    assert_eq!(said.code, 0, "{arguments:?}: {said:?}");
    said.json()
}

fn makes_lists_and_revokes(place: &Place) {
    let create = [
        "create",
        "--guild",
        GUILD,
        "--scope",
        "economy:write,audit:read",
        "--name",
        "shop",
    ];
    let made = ran(place, &create);
    let (id, text) = (
        made["id"].as_str().unwrap(),
        made["token"].as_str().unwrap(),
    );
    assert!(text.starts_with("gh_") && text.len() == 46, "{made}");
    let listed = ran(place, &["list", "--guild", GUILD]);
    let token = &listed["items"][0];
    assert_eq!((&token["id"], &token["name"]), (&json!(id), &json!("shop")));
    assert_eq!(token["scopes"], json!(["audit:read", "economy:write"]));
    assert_eq!(
        (&token["made_by"], &token["used_at"]),
        (&json!("cli"), &Value::Null)
    );
    assert!(!listed.to_string().contains(text), "shown once: {listed}");
    let again = place.run(
        &[
            "token",
            "create",
            "--guild",
            GUILD,
            "--scope",
            "audit:read",
            "--name",
            "shop",
        ],
        &[],
    );
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("already"), "{again:?}");
    let told = ran(place, &["revoke", id, "--dry-run"]);
    assert_eq!(
        (&told["name"], &told["dry_run"]),
        (&json!("shop"), &json!(true))
    );
    assert_eq!(
        ran(place, &["list"])["items"][0]["id"],
        json!(id),
        "it is still there"
    );
    let words = place.run(&["token", "revoke", id, "--dry-run"], &[]);
    assert!(words.stdout.contains("would open nothing"), "{words:?}");
    assert_eq!(ran(place, &["revoke", id])["dry_run"], false);
    assert_eq!(ran(place, &["list"])["items"], json!([]));
    let gone = place.run(&["token", "revoke", id], &[]);
    assert!(
        gone.code == 1 && gone.stderr.contains("no token"),
        "{gone:?}"
    );
    let audit = [
        "audit", "search", "--guild", GUILD, "--kind", "access", "--json",
    ];
    let written = place.run(&audit, &[]).json();
    assert_eq!(written["items"][0]["action"], "token_revoke", "{written}");
    assert!(!written.to_string().contains(text));
}

#[test]
fn a_token_is_made_shown_once_listed_and_revoked() {
    let place = place_with_guilds();
    makes_lists_and_revokes(&place);
    let server = place.start(&["run"], &[]);
    makes_lists_and_revokes(&place);
    let (said, _) = server.stop();
    assert_eq!(said.code, 0, "{said:?}");
    let text = place.run(
        &[
            "token",
            "create",
            "--guild",
            GUILD,
            "--scope",
            "config:read",
        ],
        &[],
    );
    assert_eq!(text.code, 0, "{text:?}");
    assert!(text.stdout.contains("not shown again"), "{text:?}");
}

#[test]
fn what_makes_no_token_is_refused_with_what_to_do() {
    let place = place_with_guilds();
    let cases: [(&[&str], i32, &str); 5] = [
        (&["create", "--guild", GUILD], 2, "--scope"),
        (
            &["create", "--guild", GUILD, "--scope", "all"],
            2,
            "economy:write",
        ),
        (
            &["create", "--guild", "77", "--scope", "audit:read"],
            1,
            "no configuration",
        ),
        (
            &[
                "create",
                "--guild",
                GUILD,
                "--scope",
                "audit:read",
                "--name",
                "operator",
            ],
            1,
            "name",
        ),
        (&["revoke", "7"], 1, "no token 7"),
    ];
    for (arguments, code, words) in cases {
        let arguments: Vec<&str> = ["token"].iter().chain(arguments).copied().collect();
        let said = place.run(&arguments, &[]);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(words), "{arguments:?}: {said:?}");
    }
    assert_eq!(ran(&place, &["list"])["items"], json!([]));
}
