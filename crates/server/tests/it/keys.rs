//! `guildhall keys rotate`, without a server and beside one.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::{
    process::{Place, mode},
    settings::place_with_guilds,
};

const GUILD: &str = "4200";

fn key(place: &Place) -> String {
    fs::read_to_string(place.data_dir().join("master.key")).unwrap()
}

/// Keeps the newest signed heads elsewhere.
fn keep_heads(place: &Place) {
    let export = place.run(&["audit", "heads", "export", "heads.jsonl"], &[]);
    assert_eq!(export.code, 0, "{export:?}");
}

fn rotate(place: &Place) -> Value {
    let said = place.run(&["keys", "rotate", "--json"], &[]);
    assert_eq!(said.code, 0, "{said:?}");
    said.json()
}

#[test]
fn another_key_takes_the_place_of_the_one_in_use_and_what_was_signed_before_still_holds() {
    let place = place_with_guilds();
    let pause = place.run(&["bot", "pause", "--guild", GUILD], &[]);
    assert_eq!(pause.code, 0, "{pause:?}");
    // A server seals and signs what is recorded, at the latest when it ends.
    place.start(&["run"], &[]).stop();
    keep_heads(&place);
    let first = key(&place);
    assert_eq!(rotate(&place)["unknown"], 0);
    let second = key(&place);

    let server = place.start(&["run"], &[]);
    rotate(&place);
    let third = key(&place);
    let resume = place.run(&["bot", "resume", "--guild", GUILD], &[]);
    assert_eq!(resume.code, 0, "{resume:?}");
    server.stop();
    assert_eq!(
        BTreeSet::from([first, second, third]).len(),
        3,
        "a new key each time"
    );
    let file = place.data_dir().join("master.key");
    assert_eq!(mode(&file), 0o600);
    assert!(!place.data_dir().join("master.key.next").exists());

    keep_heads(&place);
    let heads = fs::read_to_string(place.path("heads.jsonl")).unwrap();
    let signer = |line: &str| {
        let head: Value = serde_json::from_str(line).unwrap();
        head["signer"].as_str().unwrap().to_owned()
    };
    let signers: BTreeSet<String> = heads.lines().map(signer).collect();
    assert_eq!(signers.len(), 2, "signed before and after: {heads}");
    let verify = ["audit", "verify", "--heads", "heads.jsonl", "--json"];
    let whole = place.run(&verify, &[]);
    assert_eq!(
        (whole.code, &whole.json()["ok"]),
        (0, &Value::Bool(true)),
        "{whole:?}"
    );
    fs::remove_file(place.data_dir().join("audit.signers")).unwrap();
    let unknown = place.run(&verify, &[]);
    assert_eq!(
        unknown.code, 1,
        "whoever signed before is not believed: {unknown:?}"
    );
}

#[test]
fn a_key_of_the_configuration_is_not_exchanged_and_it_is_said_what_to_do() {
    let place = place_with_guilds();
    let given = [(
        "GUILDHALL_MASTER_KEY",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    )];
    let refused = place.run(&["keys", "rotate"], &given);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.stderr.contains("GUILDHALL_MASTER_KEY"),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("take the setting away"),
        "{refused:?}"
    );
}
