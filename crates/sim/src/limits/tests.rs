//! Every limit from both sides, and what the tree of faults looks like.

use expect_test::{Expect, expect};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    MessageKind, Problems, check_ban, check_bulk_delete, check_channel, check_choices,
    check_command, check_commands, check_current_member, check_edit, check_member, check_message,
    check_modal, check_role, check_thread, check_webhook,
};

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

#[test]
fn one_answer_names_every_fault_at_its_place() {
    let body = json!({
        "content": a(2_001),
        "embeds": [{"title": "t"}, {"title": a(257), "fields": [{"name": "n", "value": ""}]}],
        "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x"}]}],
    });
    check(
        message(&body),
        &expect![[r#"
            {
              "components": {
                "0": {
                  "components": {
                    "0": {
                      "_errors": [
                        {
                          "code": "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
                          "message": "A custom id is required"
                        }
                      ]
                    }
                  }
                }
              },
              "content": {
                "_errors": [
                  {
                    "code": "BASE_TYPE_MAX_LENGTH",
                    "message": "Must be 2000 or fewer in length."
                  }
                ]
              },
              "embeds": {
                "1": {
                  "fields": {
                    "0": {
                      "value": {
                        "_errors": [
                          {
                            "code": "BASE_TYPE_REQUIRED",
                            "message": "This field is required"
                          }
                        ]
                      }
                    }
                  },
                  "title": {
                    "_errors": [
                      {
                        "code": "BASE_TYPE_MAX_LENGTH",
                        "message": "Must be 256 or fewer in length."
                      }
                    ]
                  }
                }
              }
            }"#]],
    );
}

#[test]
fn texts_of_messages_are_bounded_in_code_points() {
    passes(message(
        &json!({"content": a(2_000), "nonce": a(25), "embeds": null}),
    ));
    refused(
        message(&json!({"content": a(2_001)})),
        "content BASE_TYPE_MAX_LENGTH",
    );
    refused(
        message(&json!({"nonce": a(26)})),
        "nonce BASE_TYPE_MAX_LENGTH",
    );
    refused(
        message(&json!({"content": {}})),
        "content STRING_TYPE_CONVERT",
    );
    refused(message(&json!([])), " DICT_TYPE_CONVERT");
    passes(message(&json!({"nonce": -5})));
    refused(message(&json!({"nonce": 1.5})), "nonce NONCE_TYPE_INVALID");
}

#[test]
fn embeds_keep_their_limits_each_and_together() {
    let embeds = |list: Value| message(&json!({"embeds": list}));
    passes(embeds(json!(vec![json!({"title": "t"}); 10])));
    refused(
        embeds(json!(vec![json!({"title": "t"}); 11])),
        "embeds BASE_TYPE_MAX_LENGTH",
    );
    passes(embeds(
        json!([{"description": a(4_096), "footer": {"text": a(1_904)}}]),
    ));
    refused(
        embeds(json!([{"description": a(4_096)}, {"description": a(1_905)}])),
        "embeds.1 MAX_EMBED_SIZE_EXCEEDED",
    );
    refused(
        embeds(json!([{"description": a(4_097)}])),
        "embeds.0.description BASE_TYPE_MAX_LENGTH",
    );
    refused(
        embeds(json!([{}])),
        "embeds.0.description BASE_TYPE_REQUIRED",
    );
    refused(
        embeds(json!([{"title": "t", "fields": vec![json!({"name": "n", "value": "v"}); 26]}])),
        "embeds.0.fields BASE_TYPE_MAX_LENGTH",
    );
    refused(
        embeds(json!([{"fields": [{"value": "v"}]}])),
        "embeds.0.fields.0.name BASE_TYPE_REQUIRED",
    );
    refused(
        embeds(json!([{"fields": [{"name": a(257), "value": "v"}]}])),
        "embeds.0.fields.0.name BASE_TYPE_BAD_LENGTH",
    );
    refused(
        embeds(json!([{"fields": [{"name": "n", "value": a(1_025)}]}])),
        "embeds.0.fields.0.value BASE_TYPE_BAD_LENGTH",
    );
    refused(
        embeds(json!([{"author": {"name": a(257)}}])),
        "embeds.0.author.name BASE_TYPE_BAD_LENGTH",
    );
    refused(
        embeds(json!([{"title": "t", "url": "nowhere"}])),
        "embeds.0.url URL_TYPE_INVALID_URL",
    );
    refused(
        embeds(json!([{"title": "t", "url": "ftp://host"}])),
        "embeds.0.url URL_TYPE_INVALID_SCHEME",
    );
    passes(embeds(json!([{"image": {"url": "attachment://a.png"}}])));
    refused(
        embeds(json!([{"title": "t", "color": 0x0100_0000}])),
        "embeds.0.color NUMBER_TYPE_MAX",
    );
    refused(
        embeds(json!([{"title": "t", "timestamp": "now"}])),
        "embeds.0.timestamp DATE_TIME_TYPE_PARSE",
    );
}

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
fn an_edit_cannot_leave_the_second_layout() {
    passes(check_edit(&json!({"content": "x"}), 0));
    refused(
        check_edit(&json!({"content": "x"}), 1 << 15),
        "content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    );
}

#[test]
fn allowed_mentions_do_not_contradict_themselves() {
    let mentions = |allowed: Value| message(&json!({"content": "x", "allowed_mentions": allowed}));
    passes(mentions(
        json!({"parse": ["users", "roles", "everyone"], "replied_user": true}),
    ));
    passes(mentions(json!({"parse": ["roles"], "users": ["1", 2]})));
    refused(
        mentions(json!({"parse": ["users"], "users": ["1"]})),
        "allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
    );
    refused(
        mentions(json!({"parse": ["people"]})),
        "allowed_mentions.parse.0 BASE_TYPE_CHOICES",
    );
    refused(
        mentions(json!({"users": ["1", 1]})),
        "allowed_mentions.users.1 SET_TYPE_ALREADY_CONTAINS_VALUE",
    );
    refused(
        mentions(json!({"users": vec!["1"; 101]})),
        "allowed_mentions.users BASE_TYPE_MAX_LENGTH",
    );
    refused(
        mentions(json!({"users": ["bob"]})),
        "allowed_mentions.users.0 NUMBER_TYPE_COERCE",
    );
}

#[test]
fn files_and_references_have_their_shape() {
    refused(
        message(&json!({"attachments": vec![json!({"id": 0}); 11]})),
        "attachments BASE_TYPE_MAX_LENGTH",
    );
    refused(
        message(&json!({"attachments": [{"filename": "a"}]})),
        "attachments.0.id BASE_TYPE_REQUIRED",
    );
    refused(
        message(&json!({"attachments": [{"id": 0, "description": a(1_025)}]})),
        "attachments.0.description BASE_TYPE_MAX_LENGTH",
    );
    refused(
        message(&json!({"message_reference": {"message_id": "x"}})),
        "message_reference.message_id NUMBER_TYPE_COERCE",
    );
}

#[test]
fn webhooks_cannot_pass_for_discord() {
    let webhook = |body: Value| check_message(&body, MessageKind::Webhook);
    passes(webhook(json!({"content": "x", "username": "Town Crier"})));
    refused(
        webhook(json!({"content": "x", "username": "disCord bot"})),
        "username USERNAME_INVALID_CONTAINS",
    );
    refused(
        webhook(json!({"content": "x", "username": a(81)})),
        "username BASE_TYPE_BAD_LENGTH",
    );
    refused(check_webhook(&json!({}), true), "name BASE_TYPE_REQUIRED");
    refused(
        check_webhook(&json!({"name": "Clyde"}), true),
        "name USERNAME_INVALID_CONTAINS",
    );
    passes(check_webhook(&json!({}), false));
}

#[test]
fn bulk_deletes_take_a_list_of_ids() {
    refused(check_bulk_delete(&json!({})), "messages BASE_TYPE_REQUIRED");
    refused(
        check_bulk_delete(&json!({"messages": vec!["1"; 101]})),
        "messages BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_bulk_delete(&json!({"messages": ["x"]})),
        "messages.0 NUMBER_TYPE_COERCE",
    );
}

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

#[test]
fn members_are_timed_out_for_four_weeks_at_most() {
    let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let until = |text: &str| check_member(&json!({"communication_disabled_until": text}), now);
    passes(until("2026-12-18T10:00:00Z"));
    refused(
        until("2026-12-18T10:02:00Z"),
        "communication_disabled_until INVALID_COMMUNICATION_DISABLED_TIMESTAMP",
    );
    refused(
        until("soon"),
        "communication_disabled_until DATE_TIME_TYPE_PARSE",
    );
    passes(check_member(
        &json!({"communication_disabled_until": null, "nick": a(32)}),
        now,
    ));
    refused(
        check_member(&json!({"nick": a(33)}), now),
        "nick BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_member(&json!({"roles": "admin"}), now),
        "roles LIST_TYPE_CONVERT",
    );
}

#[test]
fn the_rest_of_a_guild_keeps_its_limits() {
    passes(check_channel(
        &json!({"name": "a", "rate_limit_per_user": 21_600}),
        true,
    ));
    refused(check_channel(&json!({}), true), "name BASE_TYPE_REQUIRED");
    refused(
        check_channel(&json!({"rate_limit_per_user": 21_601}), false),
        "rate_limit_per_user NUMBER_TYPE_MAX",
    );
    refused(
        check_channel(&json!({"topic": a(1_025)}), false),
        "topic BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_channel(&json!({"permission_overwrites": [{"type": 0}]}), false),
        "permission_overwrites.0.id BASE_TYPE_REQUIRED",
    );
    refused(
        check_role(&json!({"name": a(101)})),
        "name BASE_TYPE_MAX_LENGTH",
    );
    refused(
        check_role(&json!({"permissions": "all"})),
        "permissions NUMBER_TYPE_COERCE",
    );
    refused(
        check_ban(&json!({"delete_message_seconds": 604_801}), false),
        "delete_message_seconds NUMBER_TYPE_MAX",
    );
    refused(
        check_ban(&json!({"user_ids": vec!["1"; 201]}), true),
        "user_ids BASE_TYPE_BAD_LENGTH",
    );
    refused(
        check_thread(&json!({"name": "t", "auto_archive_duration": 5})),
        "auto_archive_duration BASE_TYPE_CHOICES",
    );
    refused(
        check_current_member(&json!({"avatar": "data:text/plain;base64,AA=="})),
        "avatar IMAGE_INVALID",
    );
    passes(check_current_member(
        &json!({"avatar": "data:image/png;base64,AA==", "bio": a(190)}),
    ));
}
