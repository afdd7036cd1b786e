//! Every limit from both sides, and what the tree of faults looks like.

mod commands;
mod components;
mod guild;
mod messages;

use expect_test::Expect;
use serde_json::{Value, json};

use super::{MessageKind, Problems, check_message};

fn message(body: &Value) -> Problems {
    check_message(body, MessageKind::Bot)
}

/// The faults as `place CODE`, in the order of the tree.
fn faults(problems: Problems) -> Vec<String> {
    fn walk(node: &Value, place: &str, found: &mut Vec<String>) {
        for (key, value) in node.as_object().expect("a tree of objects") {
            if key == "_errors" {
                let codes = value
                    .as_array()
                    .expect("a list")
                    .iter()
                    .map(|fault| fault["code"].as_str().expect("a code"));
                found.extend(codes.map(|code| format!("{place} {code}")));
            } else {
                walk(
                    value,
                    &if place.is_empty() {
                        key.clone()
                    } else {
                        format!("{place}.{key}")
                    },
                    found,
                );
            }
        }
    }
    let mut found = Vec::new();
    walk(&problems.into_tree(), "", &mut found);
    found
}

#[track_caller]
fn passes(problems: Problems) {
    let found = faults(problems);
    assert!(found.is_empty(), "refused: {found:?}");
}

#[track_caller]
fn refused(problems: Problems, expected: &str) {
    let found = faults(problems);
    assert!(
        found.iter().any(|fault| fault == expected),
        "expected {expected}, got {found:?}"
    );
}

fn check(problems: Problems, expected: &Expect) {
    expected.assert_eq(&serde_json::to_string_pretty(&problems.into_tree()).unwrap());
}

fn row(components: &Value) -> Value {
    json!({"components": [{"type": 1, "components": components}]})
}

fn button(id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "x", "custom_id": id})
}

fn tree(parts: &Value) -> Value {
    json!({"flags": 1 << 15, "components": parts})
}

fn a(count: usize) -> String {
    "ä".repeat(count)
}
