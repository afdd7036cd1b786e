//! Rows, buttons, selects, the second layout, and forms.

use serde_json::{Value, json};

use super::{a, button, message, passes, refused, row, tree};
use crate::limits::check_modal;

#[test]
fn rows_are_five_by_five_and_custom_ids_differ() {
    let five: Vec<Value> = (0..5).map(|n| button(&n.to_string())).collect();
    passes(message(&row(&json!(five))));
    let six: Vec<Value> = (0..6).map(|n| button(&n.to_string())).collect();
    refused(
        message(&row(&json!(six))),
        "components.0.components BASE_TYPE_BAD_LENGTH",
    );
    refused(
        message(&row(&json!([]))),
        "components.0.components BASE_TYPE_BAD_LENGTH",
    );
    let rows: Vec<Value> = (0..6)
        .map(|n| json!({"type": 1, "components": [button(&n.to_string())]}))
        .collect();
    refused(
        message(&json!({"components": rows})),
        "components BASE_TYPE_MAX_LENGTH",
    );
    refused(
        message(&row(&json!([button("a"), button("a")]))),
        "components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
    );
    refused(
        message(&row(&json!([button(&a(101))]))),
        "components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH",
    );
    refused(
        message(&json!({"components": [button("a")]})),
        "components.0.type UNION_TYPE_CHOICES",
    );
    refused(
        message(&json!({"components": [{"type": 10, "content": "x"}]})),
        "components.0.type UNION_TYPE_CHOICES",
    );
}

#[test]
fn buttons_have_either_an_id_or_a_link() {
    let one = |button: Value| message(&row(&json!([button])));
    refused(
        one(json!({"type": 2, "style": 1, "label": "x"})),
        "components.0.components.0 BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
    );
    refused(
        one(json!({"type": 2, "style": 5, "label": "x"})),
        "components.0.components.0 BUTTON_COMPONENT_URL_REQUIRED",
    );
    passes(one(
        json!({"type": 2, "style": 5, "label": "x", "url": "https://example.org"}),
    ));
    refused(
        one(
            json!({"type": 2, "style": 5, "label": "x", "url": "https://example.org", "custom_id": "a"}),
        ),
        "components.0.components.0 BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
    );
    refused(
        one(json!({"type": 2, "style": 1, "custom_id": "a"})),
        "components.0.components.0.label BASE_TYPE_REQUIRED",
    );
    passes(one(
        json!({"type": 2, "style": 1, "custom_id": "a", "emoji": {"name": "👍"}}),
    ));
    refused(
        one(json!({"type": 2, "style": 9, "custom_id": "a", "label": "x"})),
        "components.0.components.0.style BASE_TYPE_CHOICES",
    );
    refused(
        one(json!({"type": 2, "style": 1, "custom_id": "a", "label": a(81)})),
        "components.0.components.0.label BASE_TYPE_MAX_LENGTH",
    );
}

#[test]
fn selects_have_up_to_twenty_five_different_options() {
    let options = |count: usize| {
        (0..count)
            .map(|n| json!({"label": "l", "value": n.to_string()}))
            .collect::<Vec<_>>()
    };
    let select = |options: Vec<Value>| {
        message(&row(
            &json!([{"type": 3, "custom_id": "s", "options": options}]),
        ))
    };
    passes(select(options(25)));
    refused(
        select(options(26)),
        "components.0.components.0.options BASE_TYPE_BAD_LENGTH",
    );
    refused(
        select(Vec::new()),
        "components.0.components.0.options BASE_TYPE_BAD_LENGTH",
    );
    let twice = vec![
        json!({"label": "a", "value": "v"}),
        json!({"label": "b", "value": "v"}),
    ];
    refused(
        select(twice),
        "components.0.components.0.options.1 SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    );
    refused(
        message(&row(&json!([{"type": 5, "custom_id": "s"}, button("b")]))),
        "components.0.components.1 COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    );
    refused(
        message(&row(
            &json!([{"type": 5, "custom_id": "s", "min_values": 3, "max_values": 2}]),
        )),
        "components.0.components.0.min_values SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX_VALUES",
    );
}

#[test]
fn the_second_layout_carries_everything_or_nothing() {
    let text = json!({"type": 10, "content": "hello"});
    passes(message(&tree(
        &json!([text, {"type": 17, "components": [text, {"type": 14}, {"type": 1, "components": [button("a")]}]}]),
    )));
    let mut with_content = tree(&json!([text]));
    with_content["content"] = "more".into();
    refused(
        message(&with_content),
        "content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    );
    refused(
        message(&tree(&json!(vec![text.clone(); 41]))),
        "components BASE_TYPE_MAX_LENGTH",
    );
    let nested = json!([{"type": 17, "components": vec![text.clone(); 40]}]);
    refused(
        message(&tree(&nested)),
        "components COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    );
    let long = json!({"type": 10, "content": a(2_001)});
    refused(
        message(&tree(&json!([long, long]))),
        "components COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    );
    refused(
        message(&tree(&json!([{"type": 9, "components": [text]}]))),
        "components.0.accessory BASE_TYPE_REQUIRED",
    );
    passes(message(&tree(
        &json!([{"type": 9, "components": [text], "accessory": button("a")}]),
    )));
    refused(
        message(&tree(&json!([{"type": 12, "items": []}]))),
        "components.0.items BASE_TYPE_BAD_LENGTH",
    );
    refused(
        message(&tree(
            &json!([{"type": 13, "file": {"url": "https://a/b"}}]),
        )),
        "components.0.file.url URL_TYPE_INVALID_SCHEME",
    );
}

#[test]
fn forms_hold_one_to_five_inputs() {
    let input = |id: &str| json!({"type": 1, "components": [{"type": 4, "style": 1, "custom_id": id, "label": "l"}]});
    let form = |parts: Vec<Value>| {
        check_modal(&json!({"custom_id": "f", "title": "t", "components": parts}))
    };
    passes(form(vec![input("a"), input("b")]));
    refused(form(Vec::new()), "data.components BASE_TYPE_BAD_LENGTH");
    refused(
        form((0..6).map(|n| input(&n.to_string())).collect()),
        "data.components BASE_TYPE_BAD_LENGTH",
    );
    refused(
        form(vec![input("a"), input("a")]),
        "data.components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
    );
    refused(
        check_modal(&json!({"custom_id": "f", "title": a(46), "components": [input("a")]})),
        "data.title BASE_TYPE_BAD_LENGTH",
    );
    passes(form(vec![
        json!({"type": 18, "label": "l", "component": {"type": 4, "style": 2, "custom_id": "a"}}),
    ]));
    passes(form(vec![
        json!({"type": 18, "label": "l", "component": {"type": 3, "custom_id": "a", "options": [{"label": "l", "value": "v"}]}}),
    ]));
    refused(
        form(vec![
            json!({"type": 18, "label": "l", "component": {"type": 2, "custom_id": "a"}}),
        ]),
        "data.components.0.component.type UNION_TYPE_CHOICES",
    );
    refused(
        form(vec![
            json!({"type": 1, "components": [{"type": 4, "style": 1, "custom_id": "a", "label": "l", "max_length": 4_001}]}),
        ]),
        "data.components.0.components.0.max_length NUMBER_TYPE_MAX",
    );
}
