//! Commands, their options and choices.

use serde_json::{Value, json};

use super::{a, faults, passes, refused};
use crate::limits::{check_choices, check_command, check_commands};

#[test]
fn command_names_are_lowercase_words_of_any_script() {
    let named = |name: &str| check_command(&json!({"name": name, "description": "d"}));
    for name in [
        "daily",
        "give-coins",
        "a_b",
        "größe",
        "日本語",
        "हिन्दी",
        "it's",
        &"x".repeat(32),
    ] {
        passes(named(name));
    }
    for name in ["Daily", "two words", "a!", "a.b", "ÄÖ"] {
        refused(named(name), "name APPLICATION_COMMAND_INVALID_NAME");
    }
    refused(named(""), "name BASE_TYPE_REQUIRED");
    refused(named(&"x".repeat(33)), "name BASE_TYPE_BAD_LENGTH");
    passes(check_command(
        &json!({"name": "Why did the bot do this?", "type": 3}),
    ));
    refused(
        check_command(&json!({"name": "Menu", "type": 2, "description": "d"})),
        "description APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
    );
    refused(
        check_command(&json!({"name": "a"})),
        "description BASE_TYPE_REQUIRED",
    );
    refused(
        check_command(&json!({"name": "a", "description": a(101)})),
        "description BASE_TYPE_BAD_LENGTH",
    );
}

#[test]
fn options_nest_and_are_ordered_as_discord_wants_them() {
    let with = |options: Value| {
        check_command(&json!({"name": "a", "description": "d", "options": options}))
    };
    let option = |kind: u64, name: &str, required: bool| json!({"type": kind, "name": name, "description": "d", "required": required});
    passes(with(json!([
        option(6, "user", true),
        option(4, "amount", true),
        option(3, "note", false)
    ])));
    refused(
        with(json!([option(3, "note", false), option(6, "user", true)])),
        "options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    );
    refused(
        with(json!([option(3, "a", false), option(3, "a", false)])),
        "options.1.name APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    );
    let many: Vec<Value> = (0..26)
        .map(|n| option(3, &format!("o{n}"), false))
        .collect();
    refused(with(json!(many)), "options BASE_TYPE_MAX_LENGTH");
    refused(
        with(json!([option(1, "sub", false), option(3, "s", false)])),
        "options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    );
    refused(
        with(json!([option(12, "x", false)])),
        "options.0.type UNION_TYPE_CHOICES",
    );
    let nested =
        json!([{"type": 2, "name": "g", "description": "d", "options": [option(1, "s", false)]}]);
    passes(with(nested));
    let too_deep =
        json!([{"type": 1, "name": "s", "description": "d", "options": [option(1, "t", false)]}]);
    refused(
        with(too_deep),
        "options.0.options.0.type UNION_TYPE_CHOICES",
    );
}

#[test]
fn choices_have_the_type_of_their_option() {
    let with = |kind: u64, extra: Value| {
        let mut option = json!({"type": kind, "name": "o", "description": "d"});
        option
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        check_command(&json!({"name": "a", "description": "d", "options": [option]}))
    };
    passes(with(
        3,
        json!({"choices": [{"name": "Heads", "value": "heads"}]}),
    ));
    refused(
        with(3, json!({"choices": [{"name": "n", "value": 1}]})),
        "options.0.choices.0.value APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_INVALID",
    );
    refused(
        with(4, json!({"choices": [{"name": "n", "value": 1.5}]})),
        "options.0.choices.0.value APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_INVALID",
    );
    refused(
        with(
            3,
            json!({"choices": vec![json!({"name": "n", "value": "v"}); 26]}),
        ),
        "options.0.choices BASE_TYPE_MAX_LENGTH",
    );
    refused(
        with(
            3,
            json!({"autocomplete": true, "choices": [{"name": "n", "value": "v"}]}),
        ),
        "options.0.autocomplete APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES_EXCLUSIVE",
    );
    refused(
        with(6, json!({"autocomplete": true})),
        "options.0.type APPLICATION_COMMAND_OPTION_TYPE_INVALID",
    );
}

#[test]
fn a_hundred_commands_with_different_names_and_no_more() {
    let commands = |count: usize| {
        (0..count)
            .map(|n| json!({"name": format!("c{n}"), "description": "d"}))
            .collect::<Vec<_>>()
    };
    passes(check_commands(&json!(commands(100))));
    refused(
        check_commands(&json!(commands(101))),
        " BASE_TYPE_MAX_LENGTH",
    );
    let twice = json!([{"name": "a", "description": "d"}, {"name": "a", "description": "e"}, {"name": "a", "type": 2}]);
    assert_eq!(
        faults(check_commands(&twice)),
        ["1 APPLICATION_COMMANDS_DUPLICATE_NAME"]
    );
    let options: Vec<Value> = (0..25)
        .map(|n| {
            let choices: Vec<Value> = (0..25)
                .map(|c| json!({"name": format!("choice {c}"), "value": format!("value {c:02}")}))
                .collect();
            json!({"type": 3, "name": format!("o{n}"), "description": "d", "choices": choices})
        })
        .collect();
    refused(
        check_command(&json!({"name": "a", "description": "d", "options": options})),
        " APPLICATION_COMMAND_TOO_LARGE",
    );
}

#[test]
fn twenty_five_choices_answer_an_autocomplete() {
    let choices = |count: usize| {
        check_choices(&json!({"choices": vec![json!({"name": "n", "value": "v"}); count]}))
    };
    passes(choices(25));
    refused(choices(26), "data.choices BASE_TYPE_MAX_LENGTH");
    refused(
        check_choices(&json!({"choices": [{"name": a(101), "value": "v"}]})),
        "data.choices.0.name BASE_TYPE_BAD_LENGTH",
    );
    refused(
        check_choices(&json!({"choices": [{"name": "n", "value": a(101)}]})),
        "data.choices.0.value BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_choices(&json!({"choices": [{"name": "n"}]})),
        "data.choices.0.value BASE_TYPE_REQUIRED",
    );
}
