//! Guilds, members and messages looked up, out of events and by asking; and what members' deeds come in as.

use chat::{AnswerContent, Carrier, Incoming, IncomingMessage, Invoked, Permissions, Reply};
use kernel::Id;
use serde_json::json;
use sim::{
    ChannelChange, Forward, Invoke, MakeRole, MemberChange, Menu, OpenThread, Overwrite,
    RoleChange, Say, Snowflake, Target, Until,
};

use super::stage::{Running, SOON, Stage};

fn id<K>(of: Snowflake) -> Id<K> {
    Id::new(of.0).unwrap()
}

/// Waits until what is known of the guild is as wished.
async fn until(
    running: &Running,
    stage: &Stage,
    wished: impl Fn(&chat::GuildView) -> bool + Send + Sync,
) {
    let directory = running.discord.directory();
    let reached = async {
        loop {
            let view = directory.known_guild(id(stage.guild));
            if view.is_some_and(|view| wished(&view)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let reached = tokio::time::timeout(SOON, reached).await;
    assert!(
        reached.is_ok(),
        "{:?}",
        directory.known_guild(id(stage.guild))
    );
}

#[tokio::test]
async fn a_guild_is_known_from_its_events_and_follows_them() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    until(&running, &stage, |view| view.name == "Hall").await;
    let view = running.discord.directory().guild(id(stage.guild)).await;
    let view = view.unwrap().unwrap();
    assert_eq!((view.me, view.owner), (id(stage.bot.id), id(stage.owner)));
    assert!(view.my_permissions(None).allow(Permissions::BAN_MEMBERS));
    assert!(view.everyone_may_read(id(stage.channel)));
    assert_eq!(
        running.discord.directory().bot_user(id(stage.bot.id)),
        Some(id(stage.bot.id))
    );
    let role = MakeRole {
        guild: stage.guild,
        name: "mods".to_owned(),
        permissions: 1 << 13,
        ..MakeRole::default()
    };
    let role = stage.control().role(role).unwrap();
    let change = RoleChange {
        guild: stage.guild,
        role,
        permissions: Some(1 << 40),
        ..RoleChange::default()
    };
    stage.control().role_change(change).unwrap();
    let hidden = Overwrite {
        id: stage.guild,
        kind: 0,
        allow: 0,
        deny: 1 << 10,
    };
    let change = ChannelChange {
        channel: stage.channel,
        overwrites: Some(vec![hidden]),
        ..ChannelChange::default()
    };
    stage.control().channel_change(change).unwrap();
    until(&running, &stage, |view| {
        !view.everyone_may_read(id(stage.channel))
    })
    .await;
    until(&running, &stage, |view| {
        let mods = view.role(id(role)).map(|role| role.permissions);
        mods == Some(Permissions::MODERATE_MEMBERS)
    })
    .await;
}

#[tokio::test]
async fn a_guild_that_no_event_told_of_is_asked_for_and_reads_the_same() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    until(&running, &stage, |_| true).await;
    let told = running
        .discord
        .directory()
        .known_guild(id(stage.guild))
        .unwrap();
    let prepared = stage.prepared();
    assert_eq!(prepared.directory().known_guild(id(stage.guild)), None);
    let asked = prepared
        .directory()
        .guild(id(stage.guild))
        .await
        .unwrap()
        .unwrap();
    let sorted = |view: &chat::GuildView| {
        let mut view = view.clone();
        view.roles.sort_by_key(|role| role.id);
        view.channels.sort_by_key(|channel| channel.id);
        view
    };
    assert_eq!(sorted(&asked), sorted(&told));
    let unknown = prepared.directory().guild(Id::new(12_345).unwrap()).await;
    assert_eq!(unknown, Ok(None));
}

#[tokio::test]
async fn a_member_is_looked_up_with_roles_and_time_out_and_changes_are_heard() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let directory = running.discord.directory();
    let look = || directory.member(id(stage.guild), id(stage.member));
    let ada = look().await.unwrap().unwrap();
    assert!(ada.joined_at.is_some() && ada.roles.is_empty() && ada.timed_out_until.is_none());
    let change = MemberChange {
        guild: stage.guild,
        user: stage.member,
        timeout_s: Some(600),
        ..MemberChange::default()
    };
    stage.control().member_change(change).unwrap();
    let heard = async {
        loop {
            if let (Incoming::Member(change), _) = running.next().await {
                return change;
            }
        }
    };
    let change = heard.await;
    assert!(change.timed_out_until.is_some() && !change.has_joined);
    assert!(look().await.unwrap().unwrap().timed_out_until.is_some());
    stage.control().leave(stage.guild, stage.member).unwrap();
    while !matches!(running.next().await.0, Incoming::Member(change) if !change.is_member) {}
    assert_eq!(look().await, Ok(None));
}

#[tokio::test]
async fn messages_are_looked_up_with_their_guild() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let said: Vec<Snowflake> = (0..3)
        .map(|number| stage.say(&format!("m{number}")))
        .collect();
    let directory = running.discord.directory();
    let one = directory
        .message(id(stage.channel), id(said[1]))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (one.text.as_str(), one.guild),
        ("m1", Some(id(stage.guild)))
    );
    let recent = directory
        .recent_messages(id(stage.channel), 2)
        .await
        .unwrap();
    let texts: Vec<&str> = recent.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts, ["m2", "m1"]);
    let none = directory
        .message(id(stage.channel), Id::new(77).unwrap())
        .await;
    assert_eq!(none, Ok(None));
}

#[tokio::test]
async fn more_messages_than_a_page_holds_come_in_order() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    for number in 0..150 {
        stage.say(&format!("m{number}"));
    }
    let directory = running.discord.directory();
    let recent = directory
        .recent_messages(id(stage.channel), 120)
        .await
        .unwrap();
    assert_eq!(recent.len(), 120);
    assert_eq!(
        (recent[0].text.as_str(), recent[119].text.as_str()),
        ("m149", "m30")
    );
}

async fn wrote(running: &Running) -> IncomingMessage {
    running.message().await.0
}

#[tokio::test]
async fn whatever_carries_a_text_comes_in_with_it() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let control = stage.control();
    let say = |content: &str| Say {
        channel: stage.channel,
        user: stage.member,
        content: content.to_owned(),
        ..Say::default()
    };
    let poll = json!({"question": {"text": "rude?"}, "allow_multiselect": false, "expiry": null, "layout_type": 1,
        "answers": [{"answer_id": 1, "poll_media": {"text": "very"}}]});
    let asked = Say {
        poll: Some(poll),
        ..say("")
    };
    control.say(asked).unwrap();
    assert_eq!(wrote(&running).await.carried[0].text, "rude?\nvery");
    let sticker = Say {
        stickers: vec![json!({"id": "7", "name": "rude wave", "format_type": 1})],
        ..say("")
    };
    control.say(sticker).unwrap();
    assert_eq!(wrote(&running).await.carried[0].what, Carrier::Sticker);
    let first = control.say(say("rude words")).unwrap();
    wrote(&running).await;
    let forward = Say {
        forward: Some(Forward {
            channel: stage.channel,
            message: first,
        }),
        ..say("")
    };
    control.say(forward).unwrap();
    let forwarded = wrote(&running).await;
    assert_eq!(
        (forwarded.carried[0].what, forwarded.reply_to),
        (Carrier::Forward, None)
    );
    assert_eq!(forwarded.carried[0].text, "rude words");
    let thread = OpenThread {
        channel: stage.channel,
        user: stage.member,
        name: "rude thread".to_owned(),
        message: None,
    };
    let thread = control.thread(thread).unwrap();
    let begun = wrote(&running).await;
    assert!(begun.is_notice && begun.carried[0].what == Carrier::ThreadName);
    let inside = Say {
        channel: thread,
        ..say("inside")
    };
    control.say(inside).unwrap();
    assert_eq!(wrote(&running).await.thread_of, Some(id(stage.channel)));
}

#[tokio::test]
async fn reactions_and_deletions_come_in() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let message = stage.say("hello");
    let target = Target {
        channel: stage.channel,
        message,
        user: stage.owner,
    };
    stage.control().react(target, "👍").unwrap();
    stage.control().unreact(target, "👍").unwrap();
    stage.control().unsay(target).unwrap();
    let (mut reacted, mut deleted) = (Vec::new(), Vec::new());
    while deleted.is_empty() {
        match running.next().await.0 {
            Incoming::Reacted(reaction) => reacted.push(reaction),
            Incoming::Deleted(gone) => deleted = gone.messages,
            _ => {}
        }
    }
    assert_eq!(deleted, [id(message)]);
    assert_eq!((reacted[0].added, reacted[1].added), (true, false));
    assert_eq!(reacted[0].message_author, Some(id(stage.member)));
    assert_eq!(
        (reacted[0].emoji.as_str(), reacted[0].user),
        ("👍", id(stage.owner))
    );
}

#[tokio::test]
async fn a_sub_command_is_registered_completed_and_used() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let invoke = |command: &str, focused: Option<&str>, options: serde_json::Value| Invoke {
        channel: stage.channel,
        user: stage.member,
        command: command.to_owned(),
        focused: focused.map(str::to_owned),
        options: options.as_object().unwrap().clone(),
        ..Invoke::default()
    };
    let typed = invoke(
        "case note",
        Some("text"),
        json!({"number": 3, "text": "sp"}),
    );
    let typed = stage.control().invoke(&typed).unwrap();
    let (typing, _) = running.invocation().await;
    let Invoked::Typing {
        given,
        option,
        partial,
    } = &typing.invoked
    else {
        panic!("nothing is typed")
    };
    assert_eq!(
        (given.sub.as_deref(), option.as_str(), partial.as_str()),
        (Some("note"), "text", "sp")
    );
    assert_eq!(given.integer("number"), Some(3));
    let choices = AnswerContent::Choices(vec![("spam".to_owned(), "spam".to_owned())]);
    running.answers(&typing, choices).await.unwrap();
    let outcome = stage.outcome(typed, Until::Answered).await;
    assert_eq!(outcome.choices.unwrap()[0]["name"], "spam");
    let used = invoke("case note", None, json!({"number": 3, "text": "spam"}));
    stage.control().invoke(&used).unwrap();
    let (used, _) = running.invocation().await;
    let Invoked::Command(given) = &used.invoked else {
        panic!("no command")
    };
    assert_eq!(
        (given.sub.as_deref(), given.text("text")),
        (Some("note"), Some("spam"))
    );
    running.says(&used, Reply::private("noted")).await.unwrap();
    stage
        .control()
        .invoke(&invoke("case list", None, json!({})))
        .unwrap();
    let (listed, _) = running.invocation().await;
    assert!(
        matches!(&listed.invoked, Invoked::Command(given) if given.sub.as_deref() == Some("list"))
    );
}

#[tokio::test]
async fn menus_bring_the_message_and_the_member_they_were_opened_on() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let message = stage.say("rude words");
    let menu = Menu {
        channel: stage.channel,
        user: stage.owner,
        ..Menu::default()
    };
    let why = Menu {
        command: "Why did the bot do this?".to_owned(),
        target_message: Some(message),
        ..menu.clone()
    };
    stage.control().menu(&why).unwrap();
    let (asked, _) = running.invocation().await;
    let Invoked::MessageMenu {
        message: Some(seen),
        ..
    } = &asked.invoked
    else {
        panic!("no message")
    };
    assert_eq!(
        (seen.text.as_str(), seen.author),
        ("rude words", id(stage.member))
    );
    assert_eq!(seen.guild, Some(id(stage.guild)));
    let profile = Menu {
        command: "Profile".to_owned(),
        target_user: Some(stage.member),
        ..menu
    };
    stage.control().menu(&profile).unwrap();
    let (asked, _) = running.invocation().await;
    let ada = &asked.users[&id(stage.member)];
    assert!(ada.is_member && ada.joined_at.is_some());
    assert!(ada.permissions.unwrap().allow(Permissions::SEND_MESSAGES));
}
