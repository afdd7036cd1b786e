//! When a persona answers, and when it is quiet.

use chat::IncomingMessage;
use kernel::{ApplicationId, ChannelId, GuildId, MessageId, SeededChance, Timestamp, UserId};
use proptest::prelude::{any, prop_assert_eq, proptest};

use super::{Heard, Trigger, triggered, triggered_by_reaction};
use crate::settings::Settings;

fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

fn message(text: &str) -> IncomingMessage {
    IncomingMessage::said(
        MessageId::new(500).unwrap(),
        ApplicationId::new(8).unwrap(),
        GuildId::new(900).unwrap(),
        ChannelId::new(10).unwrap(),
        user(1),
        text,
    )
}

fn heard() -> Heard {
    Heard {
        bot: user(99),
        replied_to: None,
        answered_at: None,
        at: Timestamp::from_micros(100_000_000),
    }
}

fn due(settings: &Settings, message: &IncomingMessage, heard: &Heard) -> Option<Trigger> {
    triggered(settings, message, heard, &SeededChance::new(7))
}

fn mentioning(text: &str, users: &[u64]) -> IncomingMessage {
    IncomingMessage {
        mentions: users.iter().map(|number| user(*number)).collect(),
        ..message(text)
    }
}

#[test]
fn it_answers_to_its_name_and_to_replies() {
    let settings = Settings::default();
    assert_eq!(due(&settings, &message("hello"), &heard()), None);
    let called = mentioning("<@99> hello", &[99]);
    assert_eq!(due(&settings, &called, &heard()), Some(Trigger::Mention));
    let replying = IncomingMessage {
        reply_to: MessageId::new(400).ok(),
        ..mentioning("thanks", &[99])
    };
    let to_bot = Heard {
        replied_to: Some(user(99)),
        ..heard()
    };
    assert_eq!(due(&settings, &replying, &to_bot), Some(Trigger::Reply));
    let by_discord = IncomingMessage {
        reply_to_author: Some(user(99)),
        ..replying.clone()
    };
    assert_eq!(due(&settings, &by_discord, &heard()), Some(Trigger::Reply));
    let quiet = Settings {
        triggers: vec![],
        ..Settings::default()
    };
    assert_eq!(due(&quiet, &called, &heard()), None);
    assert_eq!(due(&quiet, &replying, &to_bot), None);
}

#[test]
fn t1_bots_and_itself_are_never_answered() {
    let settings = Settings {
        chance: 1.0,
        channels: vec![ChannelId::new(10).unwrap()],
        ..Settings::default()
    };
    let called = mentioning("<@99> hello", &[99]);
    let bot = IncomingMessage {
        is_bot: true,
        ..called.clone()
    };
    let itself = IncomingMessage {
        author: user(99),
        ..called.clone()
    };
    let direct = IncomingMessage {
        guild: None,
        ..called.clone()
    };
    let notice = IncomingMessage {
        is_notice: true,
        ..called.clone()
    };
    for message in [bot, itself, direct, notice] {
        assert_eq!(due(&settings, &message, &heard()), None);
    }
    let off = Settings {
        enabled: false,
        ..settings
    };
    assert_eq!(due(&off, &called, &heard()), None);
}

#[test]
fn its_channels_are_answered_but_not_talks_between_others() {
    let settings = Settings {
        channels: vec![ChannelId::new(10).unwrap()],
        ..Settings::default()
    };
    assert_eq!(
        due(&settings, &message("hello"), &heard()),
        Some(Trigger::Channel)
    );
    assert_eq!(due(&settings, &message("  "), &heard()), None);
    assert_eq!(due(&settings, &mentioning("<@2> hi", &[2]), &heard()), None);
    let elsewhere = IncomingMessage {
        channel: ChannelId::new(11).unwrap(),
        ..message("hello")
    };
    assert_eq!(due(&settings, &elsewhere, &heard()), None);
}

#[test]
fn keywords_are_whole_words() {
    let settings = Settings {
        keywords: vec!["cat".to_owned(), "Ice Cream".to_owned()],
        ..Settings::default()
    };
    let word = |text: &str| due(&settings, &message(text), &heard());
    assert_eq!(word("my CAT!"), Some(Trigger::Keyword("cat".to_owned())));
    assert_eq!(
        word("ice  cream?"),
        Some(Trigger::Keyword("Ice Cream".to_owned()))
    );
    assert_eq!(word("concatenate, ice-creams"), None);
}

#[test]
fn what_nobody_asked_for_waits_for_the_cooldown() {
    let settings = Settings {
        keywords: vec!["cat".to_owned()],
        cooldown_seconds: 30,
        ..Settings::default()
    };
    let fresh = Heard {
        answered_at: Some(Timestamp::from_micros(80_000_000)),
        ..heard()
    };
    assert_eq!(due(&settings, &message("a cat"), &fresh), None);
    assert_eq!(
        due(&settings, &mentioning("<@99> a cat", &[99]), &fresh),
        Some(Trigger::Mention)
    );
    let old = Heard {
        answered_at: Some(Timestamp::from_micros(70_000_000)),
        ..heard()
    };
    assert!(due(&settings, &message("a cat"), &old).is_some());
}

#[test]
fn chance_strikes_about_as_often_as_it_says() {
    let settings = Settings {
        chance: 0.1,
        ..Settings::default()
    };
    let chance = SeededChance::new(3);
    let message = message("hello");
    let hits = (0..10_000)
        .filter(|_| triggered(&settings, &message, &heard(), &chance) == Some(Trigger::Chance))
        .count();
    assert!((900..1_100).contains(&hits), "{hits}");
    let always = Settings {
        chance: 1.0,
        ..Settings::default()
    };
    assert_eq!(due(&always, &message, &heard()), Some(Trigger::Chance));
}

#[test]
fn its_emoji_asks_for_an_answer() {
    let settings = Settings {
        reaction: "🛎️".to_owned(),
        ..Settings::default()
    };
    assert_eq!(
        triggered_by_reaction(&settings, "🛎", false),
        Some(Trigger::Reaction)
    );
    assert_eq!(triggered_by_reaction(&settings, "🛎️", true), None);
    assert_eq!(triggered_by_reaction(&settings, "👍", false), None);
}

proptest! {
    #[test]
    fn any_text_without_a_reason_is_left_alone(text in any::<String>()) {
        prop_assert_eq!(due(&Settings::default(), &message(&text), &heard()), None);
    }
}
