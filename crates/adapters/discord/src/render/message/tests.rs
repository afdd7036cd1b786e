//! Replies against Discord's limits.

use chat::{Colour, Embed, Reply, Visibility};
use expect_test::expect;
use kernel::UserId;
use proptest::prelude::{any, prop_assert, proptest};
use serde_json::Value;

use super::{File, Finish, choices, parts};
use chat::units;

fn shown(reply: &Reply) -> String {
    let bodies: Vec<Value> = parts(reply, Finish::default())
        .unwrap()
        .into_iter()
        .map(|part| Value::Object(part.body))
        .collect();
    serde_json::to_string_pretty(&bodies).unwrap()
}

#[test]
fn d6_only_those_whom_a_reply_names_are_pinged() {
    let ada = UserId::new(42).unwrap();
    let reply = Reply::public("@everyone <@7> <@42>")
        .pinging(ada)
        .pinging(ada);
    expect![[r#"
        [
          {
            "allowed_mentions": {
              "parse": [],
              "replied_user": false,
              "users": [
                "42"
              ]
            },
            "components": [],
            "content": "@everyone <@7> <@42>",
            "embeds": []
          }
        ]"#]]
    .assert_eq(&shown(&reply));
}

#[test]
fn a_picture_stands_in_the_card_and_is_described_in_words() {
    let reply = Reply::card(
        Visibility::Public,
        Embed::new(Colour::Good, "Rank", "Third"),
    );
    let file = File::picture("../rank card.png", "Rank 3 of 40".to_owned(), vec![1]);
    let part = &parts(
        &reply,
        Finish {
            picture: Some(file),
            dashboard: None,
        },
    )
    .unwrap()[0];
    assert_eq!(part.files[0].name, "..rankcard.png");
    assert_eq!(
        part.body["embeds"][0]["image"]["url"],
        "attachment://..rankcard.png"
    );
    assert_eq!(part.body["attachments"][0]["description"], "Rank 3 of 40");
}

#[test]
fn the_card_and_the_buttons_stand_under_the_last_words() {
    let mut reply = Reply::public("word ".repeat(700));
    reply.embed = Some(Embed::new(Colour::Neutral, "Title", ""));
    let parts = parts(&reply, Finish::default()).unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].body["embeds"], Value::Array(Vec::new()));
    assert_eq!(parts[1].body["embeds"][0]["title"], "Title");
}

#[test]
fn an_empty_reply_is_still_a_message() {
    assert_eq!(
        parts(&Reply::public(""), Finish::default()).unwrap()[0].body["content"],
        "\u{200b}"
    );
}

#[test]
fn choices_that_discord_would_refuse_are_left_out() {
    let pairs = vec![
        (" ".to_owned(), "a".to_owned()),
        ("n".repeat(200), "b".to_owned()),
        ("c".to_owned(), "v".repeat(101)),
    ];
    let shown = choices(&pairs);
    assert_eq!(shown["choices"].as_array().unwrap().len(), 1);
    assert_eq!(units(shown["choices"][0]["name"].as_str().unwrap()), 100);
}

proptest! {
    #[test]
    fn any_card_fits(title in any::<String>(), text in ".{0,9000}", fields in proptest::collection::vec((".{0,400}", ".{0,3000}"), 0..30)) {
        let mut card = Embed::new(Colour::Neutral, title, text);
        for (name, value) in fields {
            card = card.with_field(name, value);
        }
        let body = &parts(&Reply::card(Visibility::Public, card.with_footer("f")), Finish::default()).unwrap()[0].body;
        let embed = &body["embeds"][0];
        let length = |value: &Value| units(value.as_str().unwrap_or_default());
        let fields = embed["fields"].as_array().unwrap();
        prop_assert!(length(&embed["title"]) <= 256 && length(&embed["description"]) <= 4_096);
        prop_assert!(fields.len() <= 25);
        let mut total = length(&embed["title"]) + length(&embed["description"]) + length(&embed["footer"]["text"]);
        for field in fields {
            prop_assert!((1..=256).contains(&length(&field["name"])) && (1..=1_024).contains(&length(&field["value"])));
            total += length(&field["name"]) + length(&field["value"]);
        }
        // Fields that found no room left are filled with one unit each.
        prop_assert!(total <= 6_000 + 50, "{total}");
    }
}
