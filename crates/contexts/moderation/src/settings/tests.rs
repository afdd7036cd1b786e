//! Settings as they are written in a document, and what is wrong with some.

use super::{Action, Mode, Settings, Trigger};

const DOCUMENT: &str = r#"{
  "enabled": true, "log_channel_id": "70", "exempt_role_ids": ["5"],
  "rules": [
    {"id": "w", "name": "Words", "enabled": true, "mode": "act",
     "trigger": {"kind": "words", "words": ["whole", "wild*"]}, "actions": [{"kind": "delete"}, {"kind": "warn", "points": 1}]},
    {"id": "f", "name": "Flood", "enabled": true, "mode": "shadow", "include_moderators": true,
     "trigger": {"kind": "flood", "messages": 5, "seconds": 5}, "actions": [{"kind": "timeout", "minutes": 10}]},
    {"id": "m", "name": "Model", "enabled": false, "mode": "act",
     "trigger": {"kind": "model", "rules": "plain words", "threshold": 0.8}, "actions": [{"kind": "hold"}]},
    {"id": "l", "trigger": {"kind": "links", "allow": ["example.com"]}},
    {"id": "i", "trigger": {"kind": "invites"}},
    {"id": "r", "trigger": {"kind": "regex", "patterns": ["a+b"]}},
    {"id": "n", "trigger": {"kind": "new_account", "days": 7}, "actions": [{"kind": "log"}, {"kind": "points", "points": 2}]},
    {"id": "c", "trigger": {"kind": "mentions", "max": 4}}
  ],
  "points": {"decay_days": 10, "steps": [{"points": 3, "sanction": {"kind": "ban"}}]}
}"#;

#[test]
fn a_document_is_read_and_missing_parts_take_the_defaults() {
    let settings: Settings = serde_json::from_str(DOCUMENT).unwrap();
    assert_eq!(settings.check(), []);
    assert_eq!(settings.kept_days, 14);
    let [words, flood, ..] = settings.rules.as_slice() else {
        panic!("rules are missing");
    };
    assert_eq!(
        words.actions,
        [Action::Delete {}, Action::Warn { points: 1 }]
    );
    assert_eq!((flood.mode, flood.include_moderators), (Mode::Shadow, true));
    assert!(matches!(
        settings.rules[3].trigger,
        Trigger::Links {
            disguised: false,
            ..
        }
    ));
    assert_eq!(
        (settings.rules[3].title(), settings.rules[3].enabled),
        ("l", true)
    );
    assert_eq!(
        serde_json::from_str::<Settings>("{}").unwrap(),
        Settings::default()
    );
    assert_eq!(Settings::default().check(), []);
    let written = serde_json::to_string(&settings).unwrap();
    assert_eq!(
        serde_json::from_str::<Settings>(&written).unwrap(),
        settings
    );
}

#[test]
fn unknown_fields_are_refused_wherever_they_stand() {
    for document in [
        r#"{"rulez": []}"#,
        r#"{"rules": [{"id": "a", "trigger": {"kind": "invites"}, "color": 1}]}"#,
        r#"{"rules": [{"id": "a", "trigger": {"kind": "mentions", "max": 1, "min": 1}}]}"#,
        r#"{"rules": [{"id": "a", "trigger": {"kind": "nothing"}}]}"#,
        r#"{"rules": [{"id": "a", "trigger": {"kind": "invites"}, "actions": [{"kind": "delete", "now": true}]}]}"#,
        r#"{"rules": [{"id": "a", "trigger": {"kind": "invites"}, "actions": [{"kind": "ban"}]}]}"#,
        r#"{"points": {"steps": [{"points": 1, "sanction": {"kind": "kick", "x": 1}}]}}"#,
    ] {
        assert!(
            serde_json::from_str::<Settings>(document).is_err(),
            "{document}"
        );
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let document = r#"{"kept_days": 31,
      "rules": [
        {"id": "a", "trigger": {"kind": "words", "words": ["ok", "**", ""]}},
        {"id": "a", "trigger": {"kind": "regex", "patterns": ["ok", "(", "x*", "(\\w{9}){99}"]}, "actions": [{"kind": "timeout", "minutes": 0}]},
        {"id": "no spaces", "trigger": {"kind": "model", "rules": " ", "threshold": 1.5}},
        {"id": "d", "trigger": {"kind": "links", "deny": ["https://x.test/"]}},
        {"id": "e", "trigger": {"kind": "flood", "messages": 1, "seconds": 0}}
      ],
      "points": {"decay_days": 0, "steps": [{"points": 0, "sanction": {"kind": "timeout", "minutes": 99999}}]}}"#;
    let settings: Settings = serde_json::from_str(document).unwrap();
    let wrong = settings.check();
    let places: Vec<&str> = wrong.iter().map(|wrong| wrong.pointer.as_str()).collect();
    assert_eq!(
        places,
        [
            "/kept_days",
            "/points/decay_days",
            "/points/steps/0/points",
            "/points/steps/0/sanction/minutes",
            "/rules/0/trigger/words/1",
            "/rules/0/trigger/words/2",
            "/rules/1/id",
            "/rules/1/trigger/patterns/1",
            "/rules/1/trigger/patterns/2",
            "/rules/1/trigger/patterns/3",
            "/rules/1/actions/0/minutes",
            "/rules/2/id",
            "/rules/2/trigger/rules",
            "/rules/2/trigger/threshold",
            "/rules/3/trigger/deny/0",
            "/rules/4/trigger/messages",
            "/rules/4/trigger/seconds",
        ]
    );
    let pattern = wrong.iter().find(|one| one.pointer.ends_with("patterns/1"));
    assert!(
        pattern.unwrap().reason.contains("unclosed group"),
        "{pattern:?}"
    );
}

#[test]
fn too_much_is_refused() {
    let rule = |id: usize, words: usize| super::Rule {
        id: format!("r{id}"),
        name: String::new(),
        enabled: true,
        mode: Mode::Act,
        trigger: Trigger::Words {
            words: (0..words).map(|word| format!("w{word}")).collect(),
        },
        actions: vec![],
        include_moderators: false,
        exempt_role_ids: vec![],
        exempt_channel_ids: vec![],
    };
    let many = |rules: usize, words: usize| Settings {
        rules: (0..rules).map(|id| rule(id, words)).collect(),
        ..Settings::default()
    };
    assert_eq!(many(200, 50).check(), []);
    assert_eq!(many(201, 1).check().len(), 1);
    assert_eq!(many(200, 51).check().len(), 1);
}
