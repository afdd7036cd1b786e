//! What a message may carry, and what of it an edit may change.

use expect_test::expect;
use serde_json::{Value, json};

use super::{a, check, message, passes, refused};
use crate::limits::{MessageKind, check_bulk_delete, check_edit, check_message, check_webhook};

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
