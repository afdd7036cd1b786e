//! Forms and the document say the same of every sort of rule.

use app::Problem;
use moderation::{Rule, Settings};
use serde_json::{Value, json};

use super::{SORTS, begun, fresh_id, placed, shown, sort_of_trigger, spelt};
use crate::settings::texts;

/// A rule of each sort that has something to say, as the document spells it.
fn rules() -> Vec<Value> {
    let triggers = [
        json!({"kind": "words", "words": ["scam*", "c0in"]}),
        json!({"kind": "links", "allow": ["a.example"], "deny": ["b.example"], "disguised": true}),
        json!({"kind": "invites", "allow": ["abc"]}),
        json!({"kind": "flood", "messages": 6, "seconds": 9}),
        json!({"kind": "duplicates", "messages": 4, "seconds": 30}),
        json!({"kind": "mentions", "max": 4}),
        json!({"kind": "caps", "percent": 80, "letters_min": 20}),
        json!({"kind": "new_account", "days": 7}),
        json!({"kind": "attachments", "names": ["*.exe"]}),
        json!({"kind": "regex", "patterns": ["a+b"]}),
        json!({"kind": "model", "rules": "be kind", "threshold": 0.75}),
    ];
    let actions = json!([
        {"kind": "hold"}, {"kind": "timeout", "minutes": 10}, {"kind": "warn", "points": 2}, {"kind": "log"},
    ]);
    let rule = |trigger: Value| {
        json!({"id": "r", "name": "R", "enabled": false, "mode": "shadow", "trigger": trigger, "actions": actions,
               "include_moderators": true, "exempt_role_ids": ["5"], "exempt_channel_ids": ["6"]})
    };
    triggers.map(rule).to_vec()
}

#[test]
fn every_rule_comes_out_of_its_form_as_it_went_in() {
    for rule in rules() {
        let read: Rule = serde_json::from_value(rule.clone()).unwrap();
        let sort = sort_of_trigger(&read.trigger);
        assert_eq!(sort.kind, read.trigger.kind());
        let mut again = spelt(sort, &shown(&read));
        again["id"] = "r".into();
        assert_eq!(again, rule, "{}", sort.kind);
    }
    assert_eq!(rules().len(), SORTS.len());
}

#[test]
fn every_field_stands_in_a_new_rule_and_most_of_them_are_fit_to_be_saved() {
    for sort in &SORTS {
        let form = begun(sort);
        for setting in sort.section.groups.iter().flat_map(|group| group.settings) {
            assert!(
                form.pointer(setting.pointer).is_some(),
                "{}: {}",
                sort.kind,
                setting.pointer
            );
            assert!(!texts(setting, &form).is_empty() || setting.pointer.starts_with("/exempt"));
        }
        let mut rule = spelt(sort, &form);
        rule["id"] = "new".into();
        let rule: Rule = serde_json::from_value(rule).unwrap();
        let settings = Settings {
            rules: vec![rule],
            ..Settings::default()
        };
        let wrong = settings.check();
        // What has a list must be given one; the rest says what it means from the start.
        let needs_words = ["words", "attachments", "regex", "model"].contains(&sort.kind);
        assert_eq!(wrong.is_empty(), !needs_words, "{}: {wrong:?}", sort.kind);
    }
}

#[test]
fn what_is_wrong_with_an_action_stands_beside_the_field_that_asks_for_it() {
    let form = json!({"do": {"message": "leave", "member": "points", "points": 0, "minutes": 99_999, "card": true}});
    let wrong = |pointer: &str| Problem {
        pointer: pointer.to_owned(),
        reason: String::new(),
    };
    let all = [
        "/actions/0/minutes",
        "/actions/1/points",
        "/trigger/words/3",
        "/name",
    ];
    let found = placed(&form, all.map(wrong).to_vec());
    let pointers: Vec<&str> = found.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/do/minutes", "/do/points", "/trigger/words/3", "/name"]
    );
}

#[test]
fn a_new_rule_gets_an_id_of_its_own() {
    let sort = &SORTS[7];
    for (name, taken, id) in [
        ("No scams!", &[][..], "no-scams"),
        ("No scams", &["no-scams", "no-scams-2"], "no-scams-3"),
        ("<b>ÄÖ</b>", &[], "b-b"),
        ("✨", &[], "new-account"),
    ] {
        assert_eq!(fresh_id(name, sort, taken.iter().copied()), id);
    }
    assert!(fresh_id(&"x ".repeat(200), sort, std::iter::empty()).len() <= 64);
}
