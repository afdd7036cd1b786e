//! Tables and properties of differences.

use proptest::{
    collection::{btree_map, vec},
    prelude::{Just, Strategy, any, prop_oneof, proptest},
    sample::subsequence,
};
use serde_json::{Value, json};

use super::{Change, apply, diff};

fn paths(changes: &[Change]) -> Vec<String> {
    let sign = |change: &Change| match (&change.old, &change.new) {
        (None, _) => '+',
        (_, None) => '-',
        _ => '~',
    };
    let shown = |change: &Change| format!("{}{}", sign(change), change.path);
    changes.iter().map(shown).collect()
}

#[track_caller]
fn differs(old: &Value, new: &Value, expected: &[&str]) {
    let changes = diff(old, new);
    assert_eq!(paths(&changes), expected);
    assert_eq!(apply(old, &changes).as_ref(), Ok(new));
}

#[test]
fn what_is_equal_has_no_difference() {
    differs(
        &json!({"a": [1, {"b": 2}]}),
        &json!({"a": [1, {"b": 2}]}),
        &[],
    );
}

#[test]
fn keys_are_added_changed_and_taken_away() {
    let old = json!({"economy": {"daily": {"amount": 100}, "x/y": 1}, "gone": null});
    let new = json!({"economy": {"daily": {"amount": 250}, "x/y": null}, "new": {"a": 1}});
    differs(
        &old,
        &new,
        &[
            "~/economy/daily/amount",
            "~/economy/x~1y",
            "-/gone",
            "+/new",
        ],
    );
}

#[test]
fn a_rule_put_first_leaves_the_others_alone() {
    let rule =
        |id: &str, mode: &str| json!({"id": id, "mode": mode, "actions": [{"kind": "delete"}]});
    let old = json!({"rules": [rule("a", "act"), rule("b", "act"), rule("c", "act")]});
    let first = json!({"rules": [rule("z", "act"), rule("a", "act"), rule("b", "shadow"), rule("c", "act")]});
    differs(&old, &first, &["+/rules/0", "~/rules/2/mode"]);
    let without = json!({"rules": [rule("a", "act"), rule("c", "act")]});
    differs(&old, &without, &["-/rules/1"]);
    let moved = json!({"rules": [rule("c", "act"), rule("a", "act"), rule("b", "act")]});
    differs(&old, &moved, &["-/rules/2", "+/rules/0"]);
}

#[test]
fn words_of_a_list_are_matched_by_themselves() {
    differs(
        &json!(["a", "b", "c"]),
        &json!(["b", "c", "d"]),
        &["-/0", "+/2"],
    );
    differs(&json!(["a", "a"]), &json!(["a", "b"]), &["~/1"]);
    differs(&json!(["a", "a"]), &json!(["a"]), &["~"]);
}

#[test]
fn actions_without_ids_are_compared_place_by_place() {
    let old = json!([{"kind": "delete"}, {"kind": "timeout", "minutes": 10}]);
    let longer = json!([{"kind": "delete"}, {"kind": "timeout", "minutes": 20}]);
    differs(&old, &longer, &["~/1/minutes"]);
    let fewer = json!([{"kind": "timeout", "minutes": 10}]);
    differs(&old, &fewer, &["-/0"]);
}

#[test]
fn null_and_nothing_are_told_apart() {
    differs(&json!({"a": null}), &json!({}), &["-/a"]);
    differs(&json!({}), &json!({"a": null}), &["+/a"]);
    differs(&json!({"a": null}), &json!({"a": 1}), &["~/a"]);
}

#[test]
fn changes_that_do_not_fit_are_refused() {
    let change = |path: &str, old: Option<Value>, new: Option<Value>| Change {
        path: path.to_owned(),
        old,
        new,
    };
    let value = json!({"a": 1, "l": [1]});
    for misfit in [
        change("/b", Some(json!(1)), None),
        change("/a", Some(json!(2)), Some(json!(3))),
        change("/a", None, Some(json!(3))),
        change("/a/b", None, Some(json!(3))),
        change("/l/7", None, Some(json!(3))),
        change("/l/x", None, Some(json!(3))),
        change("a", None, Some(json!(3))),
    ] {
        assert!(
            apply(&value, std::slice::from_ref(&misfit)).is_err(),
            "{misfit:?}"
        );
    }
}

fn scalars() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4_i64).prop_map(Value::from),
        Just(json!(0.5)),
        "[a-c/~]{0,2}".prop_map(Value::from),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let with_id = |(id, inner): (i64, Value)| json!({"id": id, "v": inner});
    scalars().prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((0..6_i64, inner.clone()).prop_map(with_id), 0..6).prop_map(Value::from),
            btree_map("[a-c/~]{0,2}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Lists whose elements have ids, each once, in any order.
fn rules() -> impl Strategy<Value = Value> {
    let ids: Vec<i64> = (0..12).collect();
    (subsequence(ids, 0..12).prop_shuffle(), vec(scalars(), 12)).prop_map(|(ids, modes)| {
        let rules = ids.into_iter().zip(modes);
        Value::from_iter(rules.map(|(id, mode)| json!({"id": id, "mode": mode})))
    })
}

proptest! {
    #[test]
    fn u2_a_difference_applied_gives_the_other(old in values(), new in values()) {
        assert_eq!(apply(&old, &diff(&old, &new)), Ok(new));
    }

    #[test]
    fn rules_in_any_order_come_out_as_they_were(old in rules(), new in rules()) {
        let changes = diff(&old, &new);
        assert!(changes.iter().all(|change| !change.path.is_empty()));
        assert_eq!(apply(&old, &changes), Ok(new));
    }

    #[test]
    fn a_value_does_not_differ_from_itself(value in values()) {
        assert_eq!(diff(&value, &value), vec![]);
    }
}
