//! Messages, reactions, files, webhooks and threads.

use serde_json::{Value, json};

use crate::rest::stage::{SECOND, Stage};
use crate::world::permissions::{ADMINISTRATOR, MANAGE_MESSAGES, SEND_MESSAGES};
use crate::world::{ChannelEdit, Deed, MessageDraft, Snowflake, UserDraft};

fn messages(stage: &Stage) -> String {
    format!("/channels/{}/messages", stage.channel)
}

fn deny(stage: &Stage, permissions: u64) {
    let overwrite = crate::world::state::Overwrite {
        id: stage.guild,
        kind: 0,
        allow: 0,
        deny: permissions,
    };
    let edit = ChannelEdit {
        overwrites: Some(vec![overwrite]),
        ..ChannelEdit::default()
    };
    stage
        .rest
        .hub
        .world()
        .channel_edit(stage.channel, edit, &Deed::by(stage.owner))
        .unwrap();
}

#[tokio::test]
async fn a_message_is_written_read_changed_and_deleted() {
    let stage = Stage::new();
    let at = messages(&stage);
    let written = stage.ask(&format!("POST {at}"), json!({"content": "  hello  ", "embeds": [{"title": "t", "timestamp": "2026-11-20T10:00:00Z"}]})).await.ok();
    assert_eq!(written["content"], "hello");
    assert_eq!(
        written["embeds"],
        json!([{"type": "rich", "title": "t", "timestamp": "2026-11-20T10:00:00.000000+00:00"}])
    );
    let id = written["id"].as_str().unwrap();
    assert_eq!(
        stage.ask(&format!("GET {at}/{id}"), Value::Null).await.ok()["content"],
        "hello"
    );
    let edited = stage
        .ask(&format!("PATCH {at}/{id}"), json!({"content": "bye"}))
        .await
        .ok();
    assert_eq!(
        (&edited["content"], edited["edited_timestamp"].is_string()),
        (&json!("bye"), true)
    );
    assert_eq!(edited["embeds"][0]["title"], "t");
    stage
        .ask(
            &format!("PATCH {at}/{id}"),
            json!({"content": "", "embeds": []}),
        )
        .await
        .is("400 50006");
    stage
        .ask(&format!("DELETE {at}/{id}"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("GET {at}/{id}"), Value::Null)
        .await
        .is("404 10008");
}

#[tokio::test]
async fn what_cannot_be_written_is_refused() {
    let stage = Stage::allowed(0);
    let at = format!("POST {}", messages(&stage));
    let long = "a".repeat(2_001);
    for (body, verdict) in [
        (json!({"content": "hi"}), "200"),
        (json!({}), "400 50006"),
        (json!({"content": "   "}), "400 50006"),
        (json!({"content": long}), "400 50035"),
        (
            json!({"content": "hi", "message_reference": {"message_id": "7"}}),
            "400 50035",
        ),
        (
            json!({"content": "hi", "message_reference": {"message_id": "7", "fail_if_not_exists": false}}),
            "200",
        ),
        (json!({"content": "hi", "tts": true}), "403 50013"),
    ] {
        assert_eq!(
            stage.ask(&at, body.clone()).await.verdict(),
            verdict,
            "{body}"
        );
    }
    stage
        .ask("POST /channels/7/messages", json!({"content": "hi"}))
        .await
        .is("404 10003");
    deny(&stage, SEND_MESSAGES);
    stage
        .ask(&at, json!({"content": "hi"}))
        .await
        .is("403 50013");
    deny(&stage, crate::world::permissions::VIEW_CHANNEL);
    stage
        .ask(&at, json!({"content": "hi"}))
        .await
        .is("403 50001");
}

#[tokio::test]
async fn mentions_are_what_the_text_names_and_the_sender_allows() {
    let stage = Stage::new();
    let at = format!("POST {}", messages(&stage));
    let role = stage.role_for(stage.alice, 0);
    let content = format!("<@{}> <@{}> <@&{role}> @everyone", stage.alice, stage.bob);
    let all = stage.ask(&at, json!({"content": content})).await.ok();
    assert_eq!(
        (
            all["mentions"].as_array().unwrap().len(),
            &all["mention_roles"],
            &all["mention_everyone"]
        ),
        (2, &json!([role]), &json!(true))
    );
    let none = stage
        .ask(
            &at,
            json!({"content": content, "allowed_mentions": {"parse": []}}),
        )
        .await
        .ok();
    assert_eq!(
        (
            &none["mentions"],
            &none["mention_roles"],
            &none["mention_everyone"]
        ),
        (&json!([]), &json!([]), &json!(false))
    );
    let one = stage
        .ask(
            &at,
            json!({"content": content, "allowed_mentions": {"parse": [], "users": [stage.bob.0]}}),
        )
        .await
        .ok();
    assert_eq!(
        (
            one["mentions"].as_array().unwrap().len(),
            &one["mentions"][0]["username"]
        ),
        (1, &json!("bob"))
    );
}

#[tokio::test]
async fn an_enforced_nonce_writes_once() {
    let stage = Stage::new();
    let at = format!("POST {}", messages(&stage));
    let body = json!({"content": "once", "nonce": "n1", "enforce_nonce": true});
    let first = stage.ask(&at, body.clone()).await.ok();
    let second = stage.ask(&at, body.clone()).await.ok();
    assert_eq!(first["id"], second["id"]);
    assert_eq!(first["nonce"], "n1");
    stage.clock.advance_us(301 * SECOND);
    assert_ne!(stage.ask(&at, body).await.ok()["id"], first["id"]);
}

#[tokio::test]
async fn a_list_runs_from_new_to_old_around_before_and_after() {
    let stage = Stage::new();
    let ids: Vec<String> = (0..7)
        .map(|n| stage.say(stage.alice, &format!("{n}")).to_string())
        .collect();
    let hidden = MessageDraft {
        author: stage.bot,
        content: "secret".to_owned(),
        only_for: Some(stage.alice),
        flags: 64,
        ..MessageDraft::default()
    };
    stage
        .rest
        .hub
        .world()
        .message_send(stage.channel, hidden)
        .unwrap();
    let at = messages(&stage);
    for (query, expected) in [
        ("limit=2".to_owned(), vec!["6", "5"]),
        (format!("before={}&limit=2", ids[3]), vec!["2", "1"]),
        (format!("after={}&limit=2", ids[3]), vec!["5", "4"]),
        (format!("around={}&limit=3", ids[3]), vec!["4", "3", "2"]),
    ] {
        let list = stage
            .ask(&format!("GET {at}?{query}"), Value::Null)
            .await
            .ok();
        let contents: Vec<&str> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["content"].as_str().unwrap())
            .collect();
        assert_eq!(contents, expected, "{query}");
    }
    for bad in ["limit=0", "limit=101", "limit=x", "before=x"] {
        stage
            .ask(&format!("GET {at}?{bad}"), Value::Null)
            .await
            .is("400 50035");
    }
}

#[tokio::test]
async fn others_messages_are_deleted_by_those_who_may() {
    let (plain, mighty) = (Stage::allowed(0), Stage::allowed(MANAGE_MESSAGES));
    for (stage, verdict) in [(&plain, "403 50013"), (&mighty, "204")] {
        let id = stage.say(stage.alice, "rude");
        stage
            .ask(&format!("DELETE {}/{id}", messages(stage)), Value::Null)
            .await
            .is(verdict);
    }
    let id = mighty.say(mighty.alice, "hello");
    mighty
        .ask(
            &format!("PATCH {}/{id}", messages(&mighty)),
            json!({"content": "mine"}),
        )
        .await
        .is("403 50005");
    let suppressed = mighty
        .ask(
            &format!("PATCH {}/{id}", messages(&mighty)),
            json!({"flags": 4}),
        )
        .await
        .ok();
    assert_eq!(suppressed["flags"], 4);
}

#[tokio::test]
async fn bulk_deletes_take_two_to_a_hundred_young_messages() {
    let stage = Stage::new();
    let at = format!("POST {}/bulk-delete", messages(&stage));
    let ids: Vec<Snowflake> = (0..3)
        .map(|n| stage.say(stage.alice, &format!("{n}")))
        .collect();
    stage
        .ask(&at, json!({"messages": [ids[0]]}))
        .await
        .is("400 50016");
    stage
        .ask(&at, json!({"messages": [ids[0], ids[0]]}))
        .await
        .is("400 50016");
    stage
        .ask(
            &at,
            json!({"messages": (0..101).map(|n| n.to_string()).collect::<Vec<_>>()}),
        )
        .await
        .is("400 50035");
    stage
        .ask(&at, json!({"messages": [ids[0], "1"]}))
        .await
        .is("400 50034");
    stage
        .ask(&at, json!({"messages": [ids[0], ids[1]]}))
        .await
        .is("204");
    assert_eq!(
        stage
            .rest
            .hub
            .world()
            .messages_in(stage.channel, ..)
            .count(),
        1
    );
    stage.clock.advance_us(15 * 24 * 3_600 * SECOND);
    stage
        .ask(&at, json!({"messages": [ids[1], ids[2]]}))
        .await
        .is("400 50034");
    Stage::allowed(0)
        .ask(&at, json!({"messages": ["1", "2"]}))
        .await
        .is("403 50013");
}

#[tokio::test]
async fn reactions_come_and_go() {
    let stage = Stage::new();
    let id = stage.say(stage.alice, "react");
    let at = format!("{}/{id}/reactions", messages(&stage));
    stage
        .ask(&format!("PUT {at}/%F0%9F%91%8D/@me"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("PUT {at}/coin:123/@me"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("PUT {at}/letters/@me"), Value::Null)
        .await
        .is("400 10014");
    let message = stage
        .ask(&format!("GET {}/{id}", messages(&stage)), Value::Null)
        .await
        .ok();
    assert_eq!(message["reactions"].as_array().unwrap().len(), 2);
    assert_eq!(message["reactions"][0]["me"], true);
    let users = stage
        .ask(&format!("GET {at}/%F0%9F%91%8D"), Value::Null)
        .await
        .ok();
    assert_eq!(users[0]["username"], "crier");
    stage
        .ask(&format!("DELETE {at}/%F0%9F%91%8D/@me"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("DELETE {at}/%F0%9F%91%8D/@me"), Value::Null)
        .await
        .is("400 10014");
    stage
        .ask(&format!("DELETE {at}"), Value::Null)
        .await
        .is("204");
}

#[tokio::test]
async fn files_come_with_a_message_and_are_served_back() {
    let stage = Stage::new();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03\x08\x06\0\0\0";
    let payload = json!({"content": "look", "embeds": [{"image": {"url": "attachment://a_b.png"}}], "attachments": [{"id": 0, "description": "alt"}]});
    let form = form(&payload, &[("files[0]", "a b.png", png)]);
    let written = stage
        .ask_raw(
            &format!("POST {}", messages(&stage)),
            form,
            "multipart/form-data; boundary=XX",
            &[],
        )
        .await
        .ok();
    let attachment = &written["attachments"][0];
    assert_eq!(
        (
            &attachment["filename"],
            &attachment["description"],
            &attachment["width"],
            &attachment["height"]
        ),
        (&json!("a_b.png"), &json!("alt"), &json!(2), &json!(3))
    );
    assert_eq!(written["embeds"][0]["image"]["url"], attachment["url"]);
    let path = attachment["url"]
        .as_str()
        .unwrap()
        .strip_prefix("http://discord.test")
        .unwrap();
    let served = stage.ask(&format!("GET {path}"), Value::Null).await;
    assert_eq!(
        (
            served.status,
            served.headers["content-type"].to_str().unwrap()
        ),
        (200, "image/png")
    );
    stage
        .ask("GET /attachments/1/2/none.png", Value::Null)
        .await
        .is("404");
    let id = written["id"].as_str().unwrap();
    let emptied = stage
        .ask(
            &format!("PATCH {}/{id}", messages(&stage)),
            json!({"attachments": []}),
        )
        .await
        .ok();
    assert_eq!(emptied["attachments"], json!([]));
    let large = form_of_size(crate::limits::FILE_BYTES_MAX + 1);
    stage
        .ask_raw(
            &format!("POST {}", messages(&stage)),
            large,
            "multipart/form-data; boundary=XX",
            &[],
        )
        .await
        .is("413 40005");
}

fn form(payload: &Value, files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut form = format!("--XX\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{payload}\r\n").into_bytes();
    for (name, file, content) in files {
        form.extend_from_slice(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n").as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(b"--XX--\r\n");
    form
}

fn form_of_size(size: usize) -> Vec<u8> {
    form(
        &json!({"content": "x"}),
        &[("files[0]", "big.bin", &vec![0; size])],
    )
}

#[tokio::test]
async fn components_come_back_with_ids() {
    let stage = Stage::new();
    let at = format!("POST {}", messages(&stage));
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "Roll", "custom_id": "roll", "disabled": null}]});
    let written = stage
        .ask(&at, json!({"content": "x", "components": [row]}))
        .await
        .ok();
    assert_eq!(written["components"][0]["id"], 1);
    assert_eq!(
        written["components"][0]["components"][0],
        json!({"type": 2, "id": 2, "style": 1, "label": "Roll", "custom_id": "roll"})
    );
    let tree = json!([{"type": 17, "components": [{"type": 9, "components": [{"type": 10, "content": "text", "id": 7}], "accessory": {"type": 11, "media": {"url": "https://example.org/a.png"}}}, {"type": 14}]}]);
    let written = stage
        .ask(&at, json!({"flags": 1 << 15, "components": tree}))
        .await
        .ok();
    assert_eq!(written["flags"], 1 << 15);
    assert_eq!(
        written["components"][0]["components"][0]["components"][0]["id"],
        7
    );
    let id = written["id"].as_str().unwrap();
    stage
        .ask(
            &format!("PATCH {}/{id}", messages(&stage)),
            json!({"content": "back"}),
        )
        .await
        .is("400 50035");
}

#[tokio::test]
async fn direct_conversations_need_a_guild_in_common() {
    let stage = Stage::new();
    let direct = stage
        .ask(
            "POST /users/@me/channels",
            json!({"recipient_id": stage.alice}),
        )
        .await
        .ok();
    assert_eq!(direct["recipients"][0]["username"], "alice");
    let again = stage
        .ask(
            "POST /users/@me/channels",
            json!({"recipient_id": stage.alice}),
        )
        .await
        .ok();
    assert_eq!(direct["id"], again["id"]);
    let at = format!("POST /channels/{}/messages", direct["id"].as_str().unwrap());
    stage.ask(&at, json!({"content": "psst"})).await.is("200");
    let stranger = stage.rest.hub.world().user_create(UserDraft {
        username: "stranger".to_owned(),
        ..UserDraft::default()
    });
    let far = stage
        .ask(
            "POST /users/@me/channels",
            json!({"recipient_id": stranger}),
        )
        .await
        .id();
    stage
        .ask(
            &format!("POST /channels/{far}/messages"),
            json!({"content": "psst"}),
        )
        .await
        .is("403 50007");
    stage
        .ask(
            "POST /users/@me/channels",
            json!({"recipient_id": stage.bot}),
        )
        .await
        .is("403 50007");
    stage
        .ask("POST /users/@me/channels", json!({}))
        .await
        .is("400 50035");
    stage
        .ask("POST /users/@me/channels", json!({"recipient_id": "7"}))
        .await
        .is("404 10013");
}

#[tokio::test]
async fn webhooks_are_made_and_written_through() {
    let stage = Stage::new();
    let hook = stage
        .ask(
            &format!("POST /channels/{}/webhooks", stage.channel),
            json!({"name": "Town Crier"}),
        )
        .await
        .ok();
    let (id, token) = (
        hook["id"].as_str().unwrap(),
        hook["token"].as_str().unwrap(),
    );
    let at = format!("/webhooks/{id}/{token}");
    let open = &[("authorization", "")];
    stage
        .ask_with(&format!("POST {at}"), json!({"content": "quiet"}), open)
        .await
        .is("204");
    let body = json!({"content": format!("<@{}> @everyone", stage.alice), "username": "Herald"});
    let written = stage
        .ask_with(&format!("POST {at}?wait=true"), body, open)
        .await
        .ok();
    assert_eq!(
        (&written["author"]["username"], &written["webhook_id"]),
        (&json!("Herald"), &hook["id"])
    );
    assert_eq!(
        (
            written["mentions"].as_array().unwrap().len(),
            &written["mention_everyone"]
        ),
        (1, &json!(false))
    );
    let message = written["id"].as_str().unwrap();
    let edited = stage
        .ask_with(
            &format!("PATCH {at}/messages/{message}"),
            json!({"content": "later"}),
            open,
        )
        .await
        .ok();
    assert_eq!(edited["content"], "later");
    stage
        .ask_with(&format!("GET {at}/messages/{message}"), Value::Null, open)
        .await
        .is("200");
    stage
        .ask_with(
            &format!("DELETE {at}/messages/{message}"),
            Value::Null,
            open,
        )
        .await
        .is("204");
    stage
        .ask_with(&format!("GET {at}/messages/{message}"), Value::Null, open)
        .await
        .is("404 10008");
}

#[tokio::test]
async fn webhooks_are_managed_by_those_who_may() {
    let stage = Stage::new();
    let hook = stage
        .ask(
            &format!("POST /channels/{}/webhooks", stage.channel),
            json!({"name": "Town Crier"}),
        )
        .await
        .ok();
    let id = hook["id"].as_str().unwrap();
    let token = hook["token"].as_str().unwrap();
    let at = format!("/webhooks/{id}/{token}");
    let open = &[("authorization", "")];
    stage
        .ask_with(
            &format!("POST /webhooks/{id}/wrong"),
            json!({"content": "x"}),
            open,
        )
        .await
        .is("401 50027");
    stage
        .ask_with(
            &format!("POST /webhooks/7/{token}"),
            json!({"content": "x"}),
            open,
        )
        .await
        .is("404 10015");
    assert_eq!(
        stage
            .ask(
                &format!("GET /guilds/{}/webhooks", stage.guild),
                Value::Null
            )
            .await
            .ok()[0]["id"],
        hook["id"]
    );
    assert!(
        stage
            .ask_with(&format!("GET {at}"), Value::Null, open)
            .await
            .ok()
            .get("user")
            .is_none()
    );
    assert_eq!(
        stage
            .ask(&format!("PATCH /webhooks/{id}"), json!({"name": "Bell"}))
            .await
            .ok()["name"],
        "Bell"
    );
    stage
        .ask(&format!("DELETE /webhooks/{id}"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("GET /webhooks/{id}"), Value::Null)
        .await
        .is("404 10015");
    Stage::allowed(0)
        .ask(
            &format!("POST /channels/{}/webhooks", stage.channel),
            json!({"name": "x"}),
        )
        .await
        .is("403 50013");
}

#[tokio::test]
async fn threads_grow_out_of_messages_once() {
    let stage = Stage::new();
    let message = stage.say(stage.alice, "topic");
    let at = format!("POST {}/{message}/threads", messages(&stage));
    let thread = stage.ask(&at, json!({"name": "talk"})).await.ok();
    assert_eq!(
        (&thread["id"], &thread["type"], &thread["parent_id"]),
        (&json!(message), &json!(11), &json!(stage.channel))
    );
    stage
        .ask(&at, json!({"name": "talk"}))
        .await
        .is("400 160004");
    stage
        .ask(
            &format!("POST /channels/{message}/messages"),
            json!({"content": "inside"}),
        )
        .await
        .is("200");
    let active = stage
        .ask(
            &format!("GET /guilds/{}/threads/active", stage.guild),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(active["threads"].as_array().unwrap().len(), 1);
    stage
        .ask(
            &format!("POST /channels/{}/threads", stage.channel),
            json!({"name": "own", "type": 11}),
        )
        .await
        .is("201");
    stage
        .ask(
            &format!("POST /channels/{message}/threads"),
            json!({"name": "deeper", "type": 11}),
        )
        .await
        .is("400 50024");
}

#[tokio::test]
async fn pins_are_set_and_listed() {
    let stage = Stage::with(
        ADMINISTRATOR,
        crate::rest::buckets::RatePolicy {
            enforced: false,
            ..Default::default()
        },
    );
    let message = stage.say(stage.alice, "keep");
    stage
        .ask(
            &format!("PUT /channels/{}/pins/{message}", stage.channel),
            Value::Null,
        )
        .await
        .is("204");
    let pins = stage
        .ask(
            &format!("GET /channels/{}/pins", stage.channel),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(
        (pins[0]["id"].clone(), &pins[0]["pinned"]),
        (json!(message), &json!(true))
    );
    let at = format!("GET /channels/{}/messages/pins", stage.channel);
    let page = stage.ask(&at, Value::Null).await.ok();
    assert_eq!(
        (&page["items"][0]["message"]["id"], &page["has_more"]),
        (&json!(message), &json!(false))
    );
    let pinned_at = page["items"][0]["pinned_at"].as_str().unwrap();
    let before = pinned_at.replace('+', "%2B");
    let earlier = stage
        .ask(&format!("{at}?before={before}&limit=1"), Value::Null)
        .await
        .ok();
    assert_eq!(earlier, json!({"items": [], "has_more": false}));
    stage
        .ask(&format!("{at}?before=yesterday"), Value::Null)
        .await
        .is("400 50035");
    stage
        .ask(
            &format!("DELETE /channels/{}/pins/{message}", stage.channel),
            Value::Null,
        )
        .await
        .is("204");
    stage
        .ask(
            &format!("POST /channels/{}/typing", stage.channel),
            Value::Null,
        )
        .await
        .is("204");
}

#[tokio::test]
async fn a_unicode_emoji_of_a_component_comes_back_without_an_id() {
    let stage = Stage::new();
    let emoji = json!({"id": null, "name": "🫖"});
    let button = json!({"type": 2, "style": 1, "custom_id": "b", "emoji": emoji});
    let row = json!([{"type": 1, "components": [button]}]);
    let at = format!("POST /channels/{}/messages", stage.channel);
    let sent = stage.ask(&at, json!({"components": row})).await.ok();
    let shown = &sent["components"][0]["components"][0]["emoji"];
    assert_eq!(shown, &json!({"name": "🫖"}));
}
