//! What is done to messages, members and channels: as asked, once, with a reason, and over where it is gone.

use chat::{
    Ban, Change, Delete, Delivered, DeliveryError, Edit, Effect, Kick, Lock, Profile, React, Reply,
    Slowmode, Tell, Timeout, Unban,
};
use kernel::{Id, MessageId, UserId};
use serde_json::Value;
use sim::{MakeChannel, MakeUser, MemberChange, Overwrite, RestFault, Say, Snowflake, Target, iso};

use super::{
    faults::rule,
    stage::{Running, Stage},
};

fn id<K>(of: Snowflake) -> Id<K> {
    Id::new(of.0).unwrap()
}

fn reason() -> String {
    "rule 1: no rudeness".to_owned()
}

impl Running {
    async fn does(&self, effect: &Effect) -> Result<Delivered, DeliveryError> {
        self.discord.courier().deliver(effect).await
    }

    /// Does it twice, as a relay might after a crash: both must be fine.
    async fn does_twice(&self, effect: &Effect) {
        for turn in ["first", "second"] {
            let delivered = self.does(effect).await;
            assert!(
                matches!(delivered, Ok(Delivered::Done { .. })),
                "{turn}: {delivered:?}"
            );
        }
    }
}

impl Stage {
    fn shown(&self) -> Vec<Value> {
        self.control().view(self.channel, self.owner, 100).unwrap()
    }

    fn texts(&self) -> Vec<String> {
        let text = |message: &Value| message["content"].as_str().unwrap().to_owned();
        self.shown().iter().map(text).collect()
    }

    fn last_reason(&self) -> Value {
        self.control().audit_log(self.guild, 1).unwrap()[0]["reason"].clone()
    }

    fn member_now(&self) -> Value {
        self.control().member_view(self.guild, self.member).unwrap()
    }
}

async fn posted(running: &Running, stage: &Stage, text: &str) -> MessageId {
    let post = Effect::Post {
        channel: id(stage.channel),
        reply: Reply::public(text),
        reply_to: None,
        nonce: format!("n-{text}"),
    };
    let Ok(Delivered::Done {
        message: Some(message),
    }) = running.does(&post).await
    else {
        panic!("it was not posted")
    };
    message
}

#[tokio::test]
async fn d8_messages_go_away_together_or_alone_and_gone_ones_are_no_trouble() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let said: Vec<Snowflake> = ["a", "b", "c", "d"].map(|text| stage.say(text)).into();
    let by_hand = Target {
        channel: stage.channel,
        message: said[3],
        user: stage.member,
    };
    stage.control().unsay(by_hand).unwrap();
    let delete = |messages: &[Snowflake]| {
        Effect::Delete(Delete {
            channel: id(stage.channel),
            messages: messages.iter().map(|it| id(*it)).collect(),
            reason: reason(),
        })
    };
    running.does_twice(&delete(&said[..1])).await;
    assert_eq!(stage.last_reason(), reason().as_str());
    assert_eq!(stage.texts(), ["b", "c"]);
    running.does_twice(&delete(&said)).await;
    assert_eq!(stage.texts(), Vec::<String>::new());
    let old = Snowflake(1_u64 << 22);
    running
        .does_twice(&delete(&[old, Snowflake((1 << 22) + 1)]))
        .await;
}

#[tokio::test]
async fn d8_a_member_is_timed_out_with_a_reason_and_let_go_again() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let timeout = |until_micros| {
        Effect::Timeout(Timeout {
            guild: id(stage.guild),
            user: id(stage.member),
            until_micros,
            reason: reason(),
        })
    };
    let now = kernel::Clock::now(&kernel::SystemClock).micros();
    running.does_twice(&timeout(Some(now + 600_000_000))).await;
    let until = stage.member_now()["communication_disabled_until"].clone();
    assert!(until.as_str().unwrap() > iso(now).as_str(), "{until}");
    assert_eq!(stage.last_reason(), reason().as_str());
    let say = Say {
        channel: stage.channel,
        user: stage.member,
        content: "am I silenced?".to_owned(),
        ..Say::default()
    };
    assert!(stage.control().say(say.clone()).is_err());
    running
        .does_twice(&timeout(Some(now + 400 * 86_400 * 1_000_000)))
        .await;
    running.does_twice(&timeout(None)).await;
    stage.control().say(say).unwrap();
    stage.control().leave(stage.guild, stage.member).unwrap();
    running.does_twice(&timeout(Some(now + 600_000_000))).await;
}

#[tokio::test]
async fn d8_members_are_kicked_banned_and_let_in_again() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let (guild, user) = (id(stage.guild), id(stage.member));
    let kick = Kick {
        guild,
        user,
        reason: reason(),
    };
    running.does_twice(&Effect::Kick(kick)).await;
    assert!(
        stage
            .control()
            .member_view(stage.guild, stage.member)
            .is_err()
    );
    let ban = Ban {
        guild,
        user,
        delete_message_seconds: 3_600,
        reason: reason(),
    };
    running.does_twice(&Effect::Ban(ban)).await;
    assert_eq!(
        stage.control().bans(stage.guild).unwrap()[0]["reason"],
        reason().as_str()
    );
    let unban = Unban {
        guild,
        user,
        reason: reason(),
    };
    running.does_twice(&Effect::Unban(unban)).await;
    assert_eq!(stage.control().bans(stage.guild).unwrap().len(), 0);
}

#[tokio::test]
async fn the_owner_can_t_be_touched_and_discord_s_words_come_back() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let kick = Effect::Kick(Kick {
        guild: id(stage.guild),
        user: id(stage.owner),
        reason: reason(),
    });
    let Err(DeliveryError::Never { reason }) = running.does(&kick).await else {
        panic!("the owner was kicked")
    };
    assert!(reason.contains("50013"), "{reason}");
}

#[tokio::test]
async fn d8_a_channel_is_slowed_and_locked_and_keeps_what_else_it_changes() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let everyone = Overwrite {
        id: stage.guild,
        kind: 0,
        allow: 1 << 10 | 1 << 11,
        deny: 1 << 15,
    };
    let channel = MakeChannel {
        guild: stage.guild,
        name: "talk".to_owned(),
        overwrites: vec![everyone],
        ..MakeChannel::default()
    };
    let channel = stage.control().channel(channel).unwrap();
    let slow = Slowmode {
        channel: id(channel),
        seconds: 30,
        reason: reason(),
    };
    running.does_twice(&Effect::Slowmode(slow)).await;
    let view = || {
        let guild = stage.control().guild_view(stage.guild).unwrap();
        let channels = guild["channels"].as_array().unwrap().clone();
        let own = channels
            .into_iter()
            .find(|it| it["id"] == channel.to_string());
        own.unwrap()
    };
    assert_eq!(view()["rate_limit_per_user"], 30);
    let lock = |on| {
        Effect::Lock(Lock {
            guild: id(stage.guild),
            channel: id(channel),
            on,
            reason: reason(),
        })
    };
    let bits = || {
        let overwrite = &view()["permission_overwrites"][0];
        (overwrite["allow"].clone(), overwrite["deny"].clone())
    };
    running.does_twice(&lock(true)).await;
    assert_eq!(
        bits(),
        ("1024".into(), (1_u64 << 15 | 1 << 11).to_string().into())
    );
    assert_eq!(stage.last_reason(), reason().as_str());
    running.does_twice(&lock(false)).await;
    assert_eq!(bits(), ("1024".into(), (1_u64 << 15).to_string().into()));
}

#[tokio::test]
async fn d8_a_reaction_stands_once() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let message = stage.say("nice");
    let react = React {
        channel: id(stage.channel),
        message: id(message),
        emoji: "👍".to_owned(),
    };
    running.does_twice(&Effect::React(react)).await;
    let reactions = stage.shown()[0]["reactions"].clone();
    assert_eq!(
        (&reactions[0]["emoji"]["name"], &reactions[0]["count"]),
        (&"👍".into(), &1.into())
    );
}

#[tokio::test]
async fn d8_a_direct_message_arrives_once_and_a_closed_door_is_no_error() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let tell = |user: UserId| {
        Effect::Tell(Tell {
            user,
            reply: Reply::private("You were warned."),
            nonce: "t1".to_owned(),
        })
    };
    running.does_twice(&tell(id(stage.member))).await;
    let direct = stage.control().direct(stage.member, stage.bot.id).unwrap();
    let seen = stage.control().view(direct, stage.member, 10).unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    let stranger = MakeUser {
        username: "stranger".to_owned(),
        ..MakeUser::default()
    };
    let stranger = stage.control().user(stranger).unwrap();
    let told = running.does(&tell(id(stranger))).await;
    assert_eq!(told, Ok(Delivered::Undeliverable));
}

#[tokio::test]
async fn d8_the_bot_takes_a_name_and_a_picture_in_a_guild_and_lays_them_down() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let profile = |name, bio| {
        Effect::Profile(Profile {
            guild: id(stage.guild),
            name,
            avatar_png: Change::Keep,
            bio,
            reason: reason(),
        })
    };
    let nick = || {
        let member = stage.control().member_view(stage.guild, stage.bot.id);
        member.unwrap()["nick"].clone()
    };
    let worn = profile(
        Change::To("Miso".to_owned()),
        Change::To("A cat".to_owned()),
    );
    running.does_twice(&worn).await;
    assert_eq!(nick(), "Miso");
    running
        .does_twice(&profile(Change::Clear, Change::Clear))
        .await;
    assert_eq!(nick(), Value::Null);
}

#[tokio::test]
async fn d7_a_burst_of_edits_ends_with_the_newest_and_sends_few() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let message = posted(&running, &stage, "…").await;
    let before = stage.control().request_count();
    let edits: Vec<Effect> = (0..40)
        .map(|number| {
            Effect::Edit(Edit {
                channel: id(stage.channel),
                message,
                reply: Reply::public(format!("word {number}")),
            })
        })
        .collect();
    let courier = running.discord.courier();
    let sent = edits.iter().map(|edit| courier.deliver(edit));
    for delivered in futures_util::future::join_all(sent).await {
        assert!(matches!(
            delivered,
            Ok(Delivered::Done { message: Some(_) })
        ));
    }
    assert_eq!(stage.texts(), ["word 39"]);
    assert!(stage.shown()[0]["edited_timestamp"].is_string());
    let sent = stage.control().request_count() - before;
    assert!(sent <= 10, "{sent} requests for 40 edits");
}

#[tokio::test]
async fn d8_an_edit_of_a_message_that_is_gone_says_so_and_is_over() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let message = posted(&running, &stage, "soon gone").await;
    let target = Target {
        channel: stage.channel,
        message: Snowflake(message.get()),
        user: stage.owner,
    };
    stage.control().unsay(target).unwrap();
    let edit = Effect::Edit(Edit {
        channel: id(stage.channel),
        message,
        reply: Reply::public("too late"),
    });
    assert_eq!(
        running.does(&edit).await,
        Ok(Delivered::Done { message: None })
    );
}

#[tokio::test]
async fn d8_a_deed_whose_answer_was_lost_is_done_again_without_harm() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let rule = rule("PATCH", "/guilds", 1, RestFault::Broken, sim::Effect::Done);
    stage.control().rest_fault(rule).unwrap();
    let now = kernel::Clock::now(&kernel::SystemClock).micros();
    let timeout = Effect::Timeout(Timeout {
        guild: id(stage.guild),
        user: id(stage.member),
        until_micros: Some(now + 60_000_000),
        reason: reason(),
    });
    running.does_twice(&timeout).await;
    assert!(stage.member_now()["communication_disabled_until"].is_string());
}

#[tokio::test]
async fn typing_is_shown() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let mut watch = stage.control().watch(stage.member, 100);
    running
        .discord
        .courier()
        .typing(id(stage.channel))
        .await
        .unwrap();
    let seen = std::iter::from_fn(|| watch.try_next());
    assert!(seen.into_iter().any(|event| event.name == "TYPING_START"));
}

#[tokio::test]
async fn what_discord_says_about_a_change_that_the_owner_made_is_left_alone() {
    let stage = Stage::set().await;
    let running = stage.live().await;
    let change = MemberChange {
        guild: stage.guild,
        user: stage.member,
        timeout_s: Some(600),
        ..MemberChange::default()
    };
    stage.control().member_change(change).unwrap();
    let react = React {
        channel: id(stage.channel),
        message: MessageId::new(5).unwrap(),
        emoji: "👍".to_owned(),
    };
    running.does_twice(&Effect::React(react)).await;
    assert!(stage.member_now()["communication_disabled_until"].is_string());
}
