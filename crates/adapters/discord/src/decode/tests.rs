//! Events of the shapes that Discord sends, and shapes that it never should.

use chat::{Carrier, Incoming, Invoked, OptionValue, Permissions};
use kernel::{ApplicationId, Timestamp, UserId};
use proptest::prelude::{any, proptest};
use serde_json::{Value, json};

use super::{DecodeError, Decoded, Envelope, event};

fn application() -> ApplicationId {
    ApplicationId::new(9).unwrap()
}

fn read(kind: &str, body: &Value) -> Result<Option<Incoming>, DecodeError> {
    let decoded = event(
        kind,
        &body.to_string(),
        application(),
        Timestamp::from_micros(5),
    )?;
    Ok(match decoded {
        Decoded::Event(incoming) => Some(incoming),
        Decoded::NotWanted => None,
    })
}

fn invoked(data: &Value, kind: u8) -> Result<Box<chat::Invocation>, DecodeError> {
    let body = json!({
        "id": "1309999999999999999", "application_id": "9", "type": kind, "token": "aW50ZXJhY3Rpb24",
        "guild_id": "3", "channel_id": "4", "channel": {"id": "4", "type": 0}, "locale": "de", "version": 1,
        "member": {"user": {"id": "7", "username": "ada", "global_name": "Ada", "avatar": null, "discriminator": "0"},
            "nick": null, "roles": ["31"], "permissions": "2147483648", "joined_at": "2024-01-01T00:00:00+00:00"},
        "message": {"id": "77", "content": "old"},
        "data": data, "entitlements": [], "context": 0,
    });
    match read("INTERACTION_CREATE", &body)? {
        Some(Incoming::Invoked(invocation)) => Ok(invocation),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_command_comes_in_with_its_options_its_asker_and_whom_it_names() {
    let data = json!({
        "id": "50", "name": "pay", "type": 1,
        "options": [{"name": "member", "type": 6, "value": "8"}, {"name": "amount", "type": 4, "value": 50},
            {"name": "note", "type": 3, "value": "hi"}, {"name": "quiet", "type": 5, "value": true}],
        "resolved": {"users": {"8": {"id": "8", "username": "bob", "bot": true}},
            "members": {"8": {"nick": "Bobby", "roles": [], "permissions": "0"}}},
    });
    let invocation = invoked(&data, 2).unwrap();
    let Invoked::Command(given) = &invocation.invoked else {
        panic!("{:?}", invocation.invoked)
    };
    assert_eq!(
        (given.name.as_str(), given.integer("amount")),
        ("pay", Some(50))
    );
    assert_eq!(given.options["quiet"], OptionValue::Boolean(true));
    let bob = UserId::new(8).unwrap();
    assert_eq!(given.user("member"), Some(bob));
    let target = &invocation.users[&bob];
    assert_eq!(
        (target.name.as_str(), target.is_bot, target.is_member),
        ("Bobby", true, true)
    );
    assert_eq!(invocation.asker.name, "Ada");
    assert_eq!(invocation.asker.permissions.unwrap().bits(), 2_147_483_648);
    assert_eq!(invocation.locale.to_string(), "de");
    assert_eq!(invocation.made_at.to_string(), "2024-11-23T21:52:18.623Z");
}

#[test]
fn a_sub_command_in_a_group_has_both_names() {
    let data = json!({"name": "automod", "type": 1, "options": [{"name": "rule", "type": 2, "options": [
        {"name": "test", "type": 1, "options": [{"name": "text", "type": 3, "value": "x"}]}]}]});
    let invocation = invoked(&data, 2).unwrap();
    let Invoked::Command(given) = &invocation.invoked else {
        panic!("{:?}", invocation.invoked)
    };
    assert_eq!(given.sub.as_deref(), Some("rule test"));
    assert_eq!(given.text("text"), Some("x"));
}

#[test]
fn typing_brings_the_option_and_what_stands_in_it() {
    let data = json!({"name": "timezone", "type": 1, "options": [
        {"name": "zone", "type": 3, "value": "Eur", "focused": true}]});
    assert_eq!(
        invoked(&data, 4).unwrap().invoked,
        Invoked::Typing {
            given: chat::Given {
                name: "timezone".to_owned(),
                sub: None,
                options: std::collections::BTreeMap::new()
            },
            option: "zone".to_owned(),
            partial: "Eur".to_owned(),
        }
    );
}

#[test]
fn presses_choices_and_forms_come_in_with_their_custom_ids() {
    let press = invoked(&json!({"custom_id": "undo:5", "component_type": 2}), 3).unwrap();
    assert!(
        matches!(&press.invoked, Invoked::Button { custom_id, message } if custom_id == "undo:5" && message.get() == 77)
    );
    let choice = invoked(
        &json!({"custom_id": "pick", "component_type": 3, "values": ["a", "b"]}),
        3,
    )
    .unwrap();
    assert!(matches!(&choice.invoked, Invoked::Select { values, .. } if values.len() == 2));
    for field in [
        json!({"type": 1, "components": [{"type": 4, "custom_id": "why", "value": "spam"}]}),
        json!({"type": 18, "component": {"type": 4, "custom_id": "why", "value": "spam"}}),
    ] {
        let sent = invoked(&json!({"custom_id": "case:1", "components": [field]}), 5).unwrap();
        assert!(matches!(&sent.invoked, Invoked::Form { fields, .. } if fields["why"] == "spam"));
    }
}

#[test]
fn a_token_that_would_change_the_address_is_no_token() {
    let body = json!({"id": "5", "application_id": "9", "type": 2, "token": "a/../../users/@me",
        "user": {"id": "7", "username": "ada"}, "data": {"name": "x", "type": 1}});
    assert!(read("INTERACTION_CREATE", &body).is_err());
}

#[test]
fn permissions_that_were_not_sent_are_unknown() {
    let body = json!({"id": "5", "application_id": "9", "type": 2, "token": "abc",
        "member": {"user": {"id": "7", "username": "ada"}}, "guild_id": "3", "data": {"name": "x", "type": 1}});
    let Some(Incoming::Invoked(invocation)) = read("INTERACTION_CREATE", &body).unwrap() else {
        panic!("no invocation")
    };
    assert_eq!(invocation.asker.permissions, None);
}

#[test]
fn a_message_comes_in_and_a_preview_is_no_edit() {
    let mut body = json!({
        "id": "100", "channel_id": "4", "guild_id": "3", "content": "hello <@9>", "type": 0, "tts": false,
        "author": {"id": "7", "username": "ada"}, "member": {"nick": "The Countess", "roles": ["31"]},
        "mentions": [{"id": "9", "username": "bot", "bot": true}], "attachments": [], "embeds": [],
        "message_reference": {"type": 0, "message_id": "99", "channel_id": "4"}, "edited_timestamp": null,
    });
    let Some(Incoming::Wrote(message)) = read("MESSAGE_CREATE", &body).unwrap() else {
        panic!("no message")
    };
    assert_eq!(message.author_name, "The Countess");
    assert_eq!(message.reply_to.unwrap().get(), 99);
    assert_eq!(message.application, application());
    assert!(read("MESSAGE_UPDATE", &body).unwrap().is_none());
    body["edited_timestamp"] = json!("2026-11-20T10:00:00.000000+00:00");
    let Some(Incoming::Edited(edit)) = read("MESSAGE_UPDATE", &body).unwrap() else {
        panic!("no edit")
    };
    assert_eq!(edit.edited_at.unwrap().to_string(), "2026-11-20T10:00:00Z");
}

#[test]
fn an_outage_is_not_taken_for_a_removal() {
    assert!(
        read("GUILD_DELETE", &json!({"id": "3", "unavailable": true}))
            .unwrap()
            .is_none()
    );
    let gone = read("GUILD_DELETE", &json!({"id": "3"})).unwrap();
    assert!(matches!(gone, Some(Incoming::GuildGone { guild, .. }) if guild.get() == 3));
    let here =
        json!({"id": "3", "name": "Hall", "member_count": 12, "members": [], "channels": []});
    assert!(
        matches!(read("GUILD_CREATE", &here).unwrap(), Some(Incoming::GuildAvailable(hall)) if hall.members == 12)
    );
}

#[test]
fn members_come_and_go() {
    let joined =
        json!({"guild_id": "3", "user": {"id": "7", "username": "ada", "bot": true}, "roles": []});
    let Some(Incoming::Member(change)) = read("GUILD_MEMBER_ADD", &joined).unwrap() else {
        panic!("no change")
    };
    assert!(change.is_member && change.is_bot && change.has_joined);
    let silenced = json!({"guild_id": "3", "user": {"id": "7", "username": "ada"}, "roles": ["31"],
        "joined_at": "2024-01-01T00:00:00+00:00", "communication_disabled_until": "2026-11-20T10:00:00.000000+00:00"});
    let Some(Incoming::Member(change)) = read("GUILD_MEMBER_UPDATE", &silenced).unwrap() else {
        panic!("no change")
    };
    assert!(change.is_member && !change.has_joined && change.joined_at.is_some());
    assert_eq!(
        change.timed_out_until.unwrap().to_string(),
        "2026-11-20T10:00:00Z"
    );
    let left = json!({"guild_id": "3", "user": {"id": "7", "username": "ada"}});
    assert!(
        matches!(read("GUILD_MEMBER_REMOVE", &left).unwrap(), Some(Incoming::Member(change)) if !change.is_member)
    );
}

#[test]
fn an_answer_with_members_is_bounded_and_needs_a_mark_of_ours() {
    let read = |body: &Value| super::members_chunk("GUILD_MEMBERS_CHUNK", &body.to_string());
    let members: Vec<Value> = (1..=500)
        .map(|number| json!({"user": {"id": number.to_string(), "username": "ada"}, "nick": "Ada", "roles": []}))
        .collect();
    let strangers: Vec<String> = (1..=500).map(|number| number.to_string()).collect();
    let body = |nonce: Value| {
        json!({"guild_id": "3", "members": members, "not_found": strangers, "nonce": nonce,
            "chunk_index": 0, "chunk_count": 2})
    };
    let chunk = read(&body(json!("17"))).unwrap().unwrap();
    assert_eq!((chunk.members.len(), chunk.strangers.len()), (100, 100));
    assert_eq!((chunk.nonce, chunk.is_last), (17, false));
    assert_eq!(chunk.members[0].name, "Ada");
    for foreign in [json!("-1"), json!("mine"), Value::Null] {
        assert_eq!(read(&body(foreign)), Ok(None));
    }
    assert!(read(&body(json!(17))).is_err());
    let alone = json!({"guild_id": "3", "nonce": "17"});
    assert!(read(&alone).unwrap().unwrap().is_last);
}

#[test]
fn every_text_that_people_read_comes_in_with_what_carries_it() {
    let body = json!({
        "id": "100", "channel_id": "4", "guild_id": "3", "content": "look", "type": 0, "mention_everyone": true,
        "mention_roles": ["31"], "author": {"id": "7", "username": "ada"},
        "member": {"roles": [], "joined_at": "2024-01-01T00:00:00+00:00"},
        "embeds": [{"title": "a title", "description": "a description", "author": {"name": "an author"},
            "fields": [{"name": "a field", "value": "a value"}], "footer": {"text": "a footer"},
            "url": "https://example.org/x", "provider": {"name": "a provider"}}],
        "attachments": [{"id": "1", "filename": "cat.png", "title": "cät.png", "description": "a cat"}],
        "sticker_items": [{"id": "1", "name": "wave", "format_type": 1}],
        "poll": {"question": {"text": "which?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "this"}}]},
        "thread": {"id": "100", "name": "a thread"},
        "components": [{"type": 1, "components": [{"type": 2, "label": "a button", "style": 1, "custom_id": "x"}]}],
        "message_snapshots": [{"message": {"content": "forwarded", "embeds": [{"title": "inside"}],
            "attachments": [], "mentions": [], "type": 0}}],
    });
    let Some(Incoming::Wrote(message)) = read("MESSAGE_CREATE", &body).unwrap() else {
        panic!("no message")
    };
    let carried: Vec<(Carrier, &str)> = message
        .carried
        .iter()
        .map(|it| (it.what, it.text.as_str()))
        .collect();
    assert_eq!(
        carried,
        [
            (Carrier::ThreadName, "a thread"),
            (
                Carrier::Embed,
                "a provider\nan author\na title\nhttps://example.org/x\na description\na field\na value\na footer"
            ),
            (Carrier::Poll, "which?\nthis"),
            (Carrier::FileName, "cät.png\ncat.png"),
            (Carrier::FileDescription, "a cat"),
            (Carrier::Sticker, "wave"),
            (Carrier::Component, "a button"),
            (Carrier::Forward, "forwarded"),
            (Carrier::Forward, "inside"),
        ]
    );
    assert!(message.mentions_everyone && message.joined_at.is_some() && !message.is_notice);
    assert_eq!((message.attachments, message.role_mentions.len()), (1, 1));
}

#[test]
fn what_a_message_carries_is_bounded() {
    let embed = json!({"description": "x".repeat(100_000)});
    let body = json!({
        "id": "100", "channel_id": "4", "content": "y".repeat(100_000), "author": {"id": "7", "username": "ada"},
        "embeds": vec![embed.clone(); 200],
        "message_snapshots": vec![json!({"message": {"embeds": vec![embed; 25]}}); 25],
    });
    let Some(Incoming::Wrote(message)) = read("MESSAGE_CREATE", &body).unwrap() else {
        panic!("no message")
    };
    assert!(message.carried.len() <= chat::CARRIED_MAX);
    assert!(message.texts().all(|text| text.len() <= chat::TEXT_MAX));
}

#[test]
fn a_begun_thread_s_name_is_no_message_s_words() {
    let body = json!({"id": "100", "channel_id": "4", "content": "a name", "type": 18,
        "author": {"id": "7", "username": "ada"}});
    let Some(Incoming::Wrote(message)) = read("MESSAGE_CREATE", &body).unwrap() else {
        panic!("no message")
    };
    assert!(message.is_notice && message.text.is_empty());
    assert_eq!(message.carried[0].what, Carrier::ThreadName);
}

#[test]
fn deletions_come_in_one_by_one_and_together() {
    for (kind, body, count) in [
        (
            "MESSAGE_DELETE",
            json!({"id": "5", "channel_id": "4", "guild_id": "3"}),
            1,
        ),
        (
            "MESSAGE_DELETE_BULK",
            json!({"ids": ["5", "6"], "channel_id": "4", "guild_id": "3"}),
            2,
        ),
    ] {
        let Some(Incoming::Deleted(deleted)) = read(kind, &body).unwrap() else {
            panic!("no deletion")
        };
        assert_eq!(deleted.messages.len(), count);
    }
    let none = json!({"ids": [], "channel_id": "4"});
    assert!(read("MESSAGE_DELETE_BULK", &none).unwrap().is_none());
}

#[test]
fn reactions_come_in_with_whose_message_it_is_and_a_guild_s_own_emoji_by_its_id() {
    let body = json!({"user_id": "7", "channel_id": "4", "message_id": "5", "guild_id": "3", "type": 0, "burst": false,
        "member": {"user": {"id": "7", "username": "ada", "bot": true}, "roles": []}, "message_author_id": "9",
        "emoji": {"id": null, "name": "👍"}});
    let Some(Incoming::Reacted(reaction)) = read("MESSAGE_REACTION_ADD", &body).unwrap() else {
        panic!("no reaction")
    };
    assert!(reaction.added && reaction.is_bot && reaction.emoji == "👍");
    assert_eq!(reaction.message_author.unwrap().get(), 9);
    let own = json!({"user_id": "7", "channel_id": "4", "message_id": "5", "emoji": {"id": "50", "name": "miso"}});
    let Some(Incoming::Reacted(reaction)) = read("MESSAGE_REACTION_REMOVE", &own).unwrap() else {
        panic!("no reaction")
    };
    assert!(!reaction.added && reaction.emoji == "miso:50");
}

#[test]
fn a_menu_brings_its_message_and_its_member() {
    let data = json!({"id": "1", "name": "Why did the bot do this?", "type": 3, "target_id": "55", "resolved": {
        "messages": {"55": {"id": "55", "channel_id": "4", "content": "rude", "type": 0,
            "author": {"id": "8", "username": "bob"}}}}});
    let menu = invoked(&data, 2).unwrap();
    let Invoked::MessageMenu {
        message: Some(message),
        ..
    } = &menu.invoked
    else {
        panic!("no message")
    };
    assert_eq!((message.text.as_str(), message.author.get()), ("rude", 8));
    assert_eq!(message.guild, menu.guild);
    let data = json!({"id": "1", "name": "Profile", "type": 2, "target_id": "8", "resolved": {
        "users": {"8": {"id": "8", "username": "bob"}},
        "members": {"8": {"roles": ["31"], "permissions": "8192", "joined_at": "2024-01-01T00:00:00+00:00",
            "communication_disabled_until": "2026-11-20T10:00:00.000000+00:00"}}}});
    let menu = invoked(&data, 2).unwrap();
    let bob = &menu.users[&UserId::new(8).unwrap()];
    assert_eq!(bob.permissions, Some(Permissions::MANAGE_MESSAGES));
    assert!(bob.roles.len() == 1 && bob.joined_at.is_some() && bob.timed_out_until.is_some());
}

#[test]
fn errors_do_not_quote_the_event() {
    let body = json!({"id": "no id", "token": "secret-token"});
    let error = read("INTERACTION_CREATE", &body).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_end_more_than_their_own_event(text in any::<String>(), kind in "[A-Z_]{0,20}") {
        let _ = serde_json::from_str::<Envelope<'_>>(&text);
        for known in ["INTERACTION_CREATE", "MESSAGE_CREATE", "GUILD_CREATE", "MESSAGE_REACTION_ADD", kind.as_str()] {
            let _ = event(known, &text, application(), Timestamp::from_micros(0));
            let _ = super::guild_change(known, &text);
        }
        let _ = super::members_chunk("GUILD_MEMBERS_CHUNK", &text);
    }
}
