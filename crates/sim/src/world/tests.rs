//! The world by itself: what is told to whom, and what stays.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::mpsc;

use super::marks::Marks;
use super::state::Overwrite;
use super::wires::{Bounds, Event, Out, ResumeRefusal, SessionDraft, Turbulence, Wires};
use super::{
    AllowedMentions, ApplicationDraft, ChannelEdit, Deed, GuildDraft, InteractionDraft,
    MessageDraft, MessageEdit, RoleDraft, Snowflake, UserDraft, World, intents, permissions,
};
use crate::clock::ManualClock;

pub(crate) const BOUNDS: Bounds = Bounds {
    replay_events_max: 50,
    replay_bytes_max: 1 << 20,
    outlet_max: 64,
    resumable_us: 60_000_000,
};

/// A guild with an owner, a member, a channel and an installed bot.
pub(crate) struct Scene {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) world: World,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) member: Snowflake,
    pub(crate) bot: Snowflake,
}

pub(crate) fn scene() -> Scene {
    let clock = Arc::new(ManualClock::new(1_795_168_800_000_000));
    let mut world = World::new(
        clock.clone(),
        [7; 32],
        1,
        Wires::new(BOUNDS, 7),
        Marks::default(),
    );
    let named = |name: &str| UserDraft {
        username: name.to_owned(),
        ..UserDraft::default()
    };
    let owner = world.user_create(named("olga"));
    let member = world.user_create(named("alice"));
    let guild = world
        .guild_create(GuildDraft {
            name: "g".to_owned(),
            owner,
            id: None,
            locale: None,
        })
        .unwrap();
    world.member_join(guild, member).unwrap();
    let bot = world
        .application_create(ApplicationDraft::named("bot"))
        .unwrap();
    world.install(guild, bot, 0, &Deed::by(owner)).unwrap();
    let channel = world.guild(guild).unwrap().system_channel.unwrap();
    Scene {
        clock,
        world,
        guild,
        channel,
        owner,
        member,
        bot,
    }
}

fn draft(scene: &Scene, id: &str, intents: u32) -> SessionDraft {
    SessionDraft {
        id: id.to_owned(),
        application: scene.bot,
        shard: (0, 1),
        intents,
        large_threshold: 50,
        connection: 1,
    }
}

fn listen(scene: &mut Scene, intents: u32) -> mpsc::Receiver<Out> {
    let (sender, receiver) = mpsc::channel(64);
    let draft = draft(scene, "s", intents);
    scene.world.wires.session_open(draft, sender);
    receiver
}

fn heard(receiver: &mut mpsc::Receiver<Out>) -> Vec<(u64, &'static str, Value)> {
    let mut all = Vec::new();
    while let Ok(Out::Event { seq, event, .. }) = receiver.try_recv() {
        all.push((seq, event.name, serde_json::from_str(&event.body).unwrap()));
    }
    all
}

fn say(scene: &mut Scene, author: Snowflake, content: &str) -> Snowflake {
    let draft = MessageDraft {
        author,
        content: content.to_owned(),
        ..MessageDraft::default()
    };
    scene.world.message_send(scene.channel, draft).unwrap()
}

#[test]
fn without_the_content_intent_only_own_messages_and_mentions_have_text() {
    let mut scene = scene();
    let mut ears = listen(&mut scene, intents::MESSAGES);
    let (member, bot) = (scene.member, scene.bot);
    say(&mut scene, member, "secret");
    say(&mut scene, member, &format!("hello <@{bot}>"));
    say(&mut scene, bot, "mine");
    let texts: Vec<_> = heard(&mut ears)
        .into_iter()
        .map(|(.., body)| body["content"].clone())
        .collect();
    assert_eq!(texts, ["", &format!("hello <@{bot}>"), "mine"]);

    scene.world.wires.session_close(bot, "s");
    let mut ears = listen(&mut scene, intents::MESSAGES | intents::CONTENT);
    say(&mut scene, member, "open");
    assert_eq!(heard(&mut ears)[0].2["content"], "open");
}

#[test]
fn events_of_other_intents_hidden_channels_and_other_shards_stay_away() {
    let mut scene = scene();
    let mut ears = listen(&mut scene, intents::TYPING);
    let (member, owner) = (scene.member, scene.owner);
    say(&mut scene, member, "x");
    assert!(heard(&mut ears).is_empty());
    scene.world.typing(scene.channel, member).unwrap();
    assert_eq!(heard(&mut ears)[0].1, "TYPING_START");

    let hidden = vec![Overwrite {
        id: scene.guild,
        kind: 0,
        allow: 0,
        deny: permissions::VIEW_CHANNEL,
    }];
    let edit = ChannelEdit {
        overwrites: Some(hidden),
        ..ChannelEdit::default()
    };
    scene
        .world
        .channel_edit(scene.channel, edit, &Deed::by(owner))
        .unwrap();
    scene.world.typing(scene.channel, member).unwrap();
    assert!(heard(&mut ears).is_empty());

    let mine = scene.guild.shard(2);
    for shard in 0..2 {
        let (sender, mut receiver) = mpsc::channel(8);
        let draft = SessionDraft {
            shard: (shard, 2),
            ..draft(&scene, "t", intents::GUILDS)
        };
        scene.world.wires.session_open(draft, sender);
        scene
            .world
            .role_create(scene.guild, RoleDraft::default(), &Deed::by(owner))
            .unwrap();
        assert_eq!(heard(&mut receiver).len(), usize::from(shard == mine));
        scene.world.wires.session_close(scene.bot, "t");
    }
}

#[test]
fn a_resume_replays_exactly_what_was_missed_in_order() {
    let mut scene = scene();
    let outlet = listen(&mut scene, intents::TYPING);
    drop(outlet);
    scene.world.wires.outlet_gone(scene.bot, 1, 0);
    for _ in 0..10 {
        scene.world.typing(scene.channel, scene.member).unwrap();
    }
    let (sender, mut receiver) = mpsc::channel(64);
    scene
        .world
        .wires
        .session_resume(scene.bot, "s", 4, 2, |_| sender)
        .unwrap();
    let seqs: Vec<_> = heard(&mut receiver)
        .into_iter()
        .map(|(seq, ..)| seq)
        .collect();
    assert_eq!(seqs, [5, 6, 7, 8, 9, 10]);
}

#[test]
fn what_left_the_buffer_or_never_was_cannot_be_resumed() {
    let mut scene = scene();
    let _ears = listen(&mut scene, intents::TYPING);
    for _ in 0..BOUNDS.replay_events_max + 5 {
        scene.world.typing(scene.channel, scene.member).unwrap();
    }
    let mut resume = |id: &str, seq| {
        scene
            .world
            .wires
            .session_resume(scene.bot, id, seq, 2, |_| mpsc::channel(64).0)
            .map(drop)
    };
    assert_eq!(resume("s", 4), Err(ResumeRefusal::Forgotten));
    assert_eq!(resume("s", 56), Err(ResumeRefusal::Ahead));
    assert_eq!(resume("other", 1), Err(ResumeRefusal::Unknown));
    assert_eq!(resume("s", 5), Ok(()));
}

#[test]
fn a_slow_consumer_loses_its_connection_and_no_event() {
    let mut scene = scene();
    let (sender, mut receiver) = mpsc::channel(3);
    let draft = draft(&scene, "s", intents::TYPING);
    scene.world.wires.session_open(draft, sender);
    for _ in 0..10 {
        scene.world.typing(scene.channel, scene.member).unwrap();
    }
    assert_eq!(heard(&mut receiver).len(), 3);
    assert!(receiver.is_closed());
    assert_eq!(scene.world.wires.overrun, 1);
    let (sender, mut receiver) = mpsc::channel(64);
    scene
        .world
        .wires
        .session_resume(scene.bot, "s", 3, 2, |_| sender)
        .unwrap();
    assert_eq!(heard(&mut receiver).len(), 7);
}

#[test]
fn a_dropped_session_is_forgotten_after_its_time() {
    let mut scene = scene();
    drop(listen(&mut scene, 0));
    scene
        .world
        .wires
        .outlet_gone(scene.bot, 1, scene.world.now_us());
    scene.clock.advance_us(BOUNDS.resumable_us - 1);
    let now = scene.world.now_us();
    scene.world.wires.sweep(now);
    assert_eq!(scene.world.wires.sessions_of(scene.bot).len(), 1);
    scene.world.wires.sweep(now + 1);
    assert!(scene.world.wires.sessions_of(scene.bot).is_empty());
}

#[test]
fn turbulence_duplicates_and_reorders_and_loses_nothing() {
    let mut scene = scene();
    scene.world.wires.turbulence = Turbulence {
        duplicates: 1,
        window: 8,
    };
    let mut ears = listen(&mut scene, intents::MESSAGES);
    let bot = scene.bot;
    let sent: Vec<_> = (0..10)
        .map(|n| say(&mut scene, bot, &n.to_string()))
        .collect();
    scene.world.wires.sweep(0);
    let got: Vec<Snowflake> = heard(&mut ears)
        .into_iter()
        .map(|(.., body)| body["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(!got.is_sorted());
    assert!(
        sent.iter()
            .all(|id| got.iter().filter(|other| *other == id).count() == 2)
    );
}

#[test]
fn an_ephemeral_message_is_seen_by_its_user_alone() {
    let mut scene = scene();
    let mut ears = listen(&mut scene, intents::MESSAGES | intents::CONTENT);
    let (_, mut mine) = scene.world.wires.observe(scene.member, 8);
    let (_, mut other) = scene.world.wires.observe(scene.owner, 8);
    let draft = MessageDraft {
        author: scene.bot,
        only_for: Some(scene.member),
        ..MessageDraft::default()
    };
    let id = scene.world.message_send(scene.channel, draft).unwrap();
    assert_eq!(
        mine.try_recv().map(|event| event.name),
        Ok("MESSAGE_CREATE")
    );
    assert!(other.try_recv().is_err() && heard(&mut ears).is_empty());
    assert_ne!(
        scene.world.channel(scene.channel).unwrap().last_message,
        Some(id)
    );
}

#[test]
fn everyone_is_mentioned_only_by_those_who_may() {
    let mut scene = scene();
    let (owner, member, channel) = (scene.owner, scene.member, scene.channel);
    let by_member = say(&mut scene, member, "@everyone");
    let by_owner = say(&mut scene, owner, "@everyone");
    let flag = |scene: &Scene, id| scene.world.message(channel, id).unwrap().mention_everyone;
    assert!(!flag(&scene, by_member) && flag(&scene, by_owner));
    let edit = MessageEdit {
        content: Some("@everyone".to_owned()),
        allowed: Some(AllowedMentions::users_only()),
        ..MessageEdit::default()
    };
    scene.world.message_edit(channel, by_owner, edit).unwrap();
    assert!(!flag(&scene, by_owner));
}

#[test]
fn a_banned_user_is_out_and_stays_out_until_the_ban_is_lifted() {
    let mut scene = scene();
    let (guild, member, deed) = (scene.guild, scene.member, Deed::by(scene.owner));
    let said = say(&mut scene, member, "x");
    scene.world.ban_add(guild, member, 3_600, &deed).unwrap();
    assert!(scene.world.member(guild, member).is_none());
    assert!(scene.world.message(scene.channel, said).is_none());
    assert!(scene.world.member_join(guild, member).is_err());
    scene.world.ban_remove(guild, member, &deed).unwrap();
    assert!(scene.world.member_join(guild, member).is_ok());
    let logged: Vec<_> = scene
        .world
        .guild(guild)
        .unwrap()
        .audit
        .iter()
        .map(|entry| entry.action)
        .collect();
    assert!(logged.ends_with(&[
        super::audit::MEMBER_BAN_ADD,
        super::audit::MEMBER_BAN_REMOVE
    ]));
}

#[test]
fn an_interaction_reaches_its_application_and_expires_after_a_quarter_of_an_hour() {
    let mut scene = scene();
    let mut ears = listen(&mut scene, 0);
    let draft = InteractionDraft {
        application: scene.bot,
        kind: 2,
        user: scene.member,
        channel: scene.channel,
        data: serde_json::json!({"id": "1", "name": "daily", "type": 1}),
        source: None,
    };
    let opened = scene.world.interaction_open(draft).unwrap();
    let (_, name, body) = heard(&mut ears).remove(0);
    assert_eq!(
        (name, body["type"].as_u64()),
        ("INTERACTION_CREATE", Some(2))
    );
    assert_eq!(body["member"]["user"]["username"], "alice");
    let token = body["token"].as_str().unwrap();
    assert_eq!(
        scene.world.interaction_of_token(token).unwrap().id,
        opened.id
    );
    scene.clock.advance_us(super::interactions::TOKEN_LIFE_US);
    scene.world.interactions_sweep();
    assert!(scene.world.interaction_of_token(token).is_none());
}

#[test]
fn an_event_is_shared_and_not_copied_for_each_session() {
    let event = Event::new("X", &serde_json::json!({"a": 1}));
    assert_eq!((event.name, event.body.as_str()), ("X", r#"{"a":1}"#));
}
