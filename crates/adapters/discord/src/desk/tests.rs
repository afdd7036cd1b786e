//! The desk against a stand-in for Discord that keeps the state of one interaction, as Discord does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chat::{
    AnswerContent, AnswerKind, Asker, CommandKind, CommandSpec, Delivered, DeliveryError, Form,
    FormField, Given, InteractionAnswer, InteractionToken, Invocation, Invoked, Reply,
};
use kernel::{
    ApplicationId, ChannelId, Clock, InteractionId, Locale, MessageId, SeededChance, Span,
    Timestamp, UserId,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use super::{Case, Desk};
use crate::{
    bots::Bots,
    rest::{AddressBudget, Rest},
    tests::{Asked, Told, nameless, speaking},
};

const EPHEMERAL: u64 = 64;
const LOADING: u64 = 128;

#[derive(Debug)]
struct Stopped(Mutex<Timestamp>);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// What Discord holds of one interaction, and what everyone and the asker see.
#[derive(Debug, Default)]
struct World {
    acknowledged: bool,
    voided: bool,
    original: Option<(String, u64)>,
    followed: Vec<(String, bool)>,
    posted: BTreeMap<String, String>,
    calls: Vec<String>,
    failing: Vec<Told>,
    /// Whether a call that fails has happened all the same.
    failing_acts: bool,
    source: Option<&'static str>,
}

impl World {
    fn answer(&mut self, asked: &Asked) -> Told {
        let path = asked.path.trim_start_matches("/api/v10");
        self.calls
            .push(format!("{} {}", asked.method, shortened(path)));
        match self.failing.pop() {
            Some(failure) if !self.failing_acts => failure,
            failure => {
                let told = self.act(asked, path);
                failure.unwrap_or(told)
            }
        }
    }

    fn act(&mut self, asked: &Asked, path: &str) -> Told {
        let body = asked.json();
        if path.starts_with("/interactions/") {
            return self.callback(&body);
        }
        if path.starts_with("/channels/") {
            let nonce = body["nonce"].as_str().unwrap().to_owned();
            self.posted.insert(nonce, text(&body));
            return Told::json(200, &json!({"id": "900"}));
        }
        if !self.acknowledged {
            return Told::json(404, &json!({"code": 10015, "message": "Unknown Webhook"}));
        }
        match asked.method.as_str() {
            "GET" => self.shown(),
            "PATCH" => self.edited(&body),
            "DELETE" => {
                self.original = None;
                Told::nothing()
            }
            _ => {
                self.followed
                    .push((text(&body), body["flags"] == EPHEMERAL));
                Told::json(200, &json!({"id": "800"}))
            }
        }
    }

    fn callback(&mut self, body: &Value) -> Told {
        if self.voided {
            return Told::json(
                404,
                &json!({"code": 10062, "message": "Unknown interaction"}),
            );
        }
        if self.acknowledged {
            return Told::json(
                400,
                &json!({"code": 40060, "message": "already acknowledged"}),
            );
        }
        self.acknowledged = true;
        let (data, flags) = (&body["data"], body["data"]["flags"].as_u64().unwrap_or(0));
        match body["type"].as_u64().unwrap() {
            4 => self.original = Some((text(data), flags)),
            5 => self.original = Some((String::new(), flags | LOADING)),
            6 => self.original = self.source.map(|text| (text.to_owned(), 0)),
            7 => self.original = Some((text(data), 0)),
            _ => {}
        }
        Told::json(200, &json!({"resource": {"message": {"id": "700"}}}))
    }

    fn shown(&self) -> Told {
        let Some((text, flags)) = &self.original else {
            return Told::json(404, &json!({"code": 10008, "message": "Unknown Message"}));
        };
        let mut message = json!({"id": "700", "content": text, "flags": flags});
        if self.source.is_none() {
            message["interaction_metadata"] = json!({"id": INTERACTION.to_string()});
        }
        Told::json(200, &message)
    }

    fn edited(&mut self, body: &Value) -> Told {
        let Some((shown, flags)) = &mut self.original else {
            return Told::json(404, &json!({"code": 10008, "message": "Unknown Message"}));
        };
        *shown = text(body);
        *flags &= !LOADING;
        Told::json(200, &json!({"id": "700"}))
    }
}

fn text(body: &Value) -> String {
    body["content"].as_str().unwrap_or_default().to_owned()
}

/// The path without ids and tokens.
fn shortened(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let first = path.split('/').nth(1).unwrap_or_default();
    if last == "secrettoken" {
        first.to_owned()
    } else {
        format!("{first}/{last}")
    }
}

const INTERACTION: u64 = 1_300_000_000_000_000_000;

struct Scene {
    desk: Arc<Desk>,
    world: Arc<Mutex<World>>,
    clock: Arc<Stopped>,
    made_at: Timestamp,
}

fn spec(name: &'static str, answer: AnswerKind) -> CommandSpec {
    CommandSpec {
        name,
        description: "",
        kind: CommandKind::Slash,
        options: Vec::new(),
        access: chat::Access::Everyone,
        answer,
    }
}

async fn scene(world: World) -> Scene {
    let world = Arc::new(Mutex::new(world));
    let shared = Arc::clone(&world);
    let base = speaking(move |asked| shared.lock().unwrap().answer(&asked)).await;
    let client = http_out::Client::new(&http_out::Settings::default()).unwrap();
    let token = SecretString::from("bot.token".to_owned());
    let chance = Arc::new(SeededChance::new(4));
    let rest = Rest::new(client, &base, &token, AddressBudget::new(), chance).unwrap();
    let made_at = InteractionId::new(INTERACTION).unwrap().made_at();
    let clock = Arc::new(Stopped(Mutex::new(made_at)));
    let bots = Arc::new(Bots::new(vec![Arc::new(rest)]));
    let shared_clock: Arc<dyn Clock> = Arc::<Stopped>::clone(&clock);
    let specs = [
        spec("daily", AnswerKind::Public),
        spec("balance", AnswerKind::Private),
        spec("case", AnswerKind::Form),
    ];
    let easel = nameless(&bots);
    let desk = Desk::new((bots, easel), shared_clock, &specs, TaskTracker::new());
    Scene {
        desk: Arc::new(desk),
        world,
        clock,
        made_at,
    }
}

impl Scene {
    fn opened(&self, invoked: Invoked) -> Arc<Case> {
        self.desk.open(&Invocation {
            id: InteractionId::new(INTERACTION).unwrap(),
            application: ApplicationId::new(9).unwrap(),
            token: InteractionToken::new("secrettoken".to_owned()),
            guild: None,
            channel: ChannelId::new(4).ok(),
            asker: Asker {
                user: UserId::new(7).unwrap(),
                name: "ada".to_owned(),
                is_bot: false,
                roles: Vec::new(),
                permissions: None,
            },
            locale: Locale::english(),
            made_at: self.made_at,
            received_at: self.made_at,
            invoked,
            users: BTreeMap::new(),
        })
    }

    /// Opens a command and lets the guard's time pass.
    async fn deferred(&self, invoked: Invoked) {
        let case = self.opened(invoked);
        *case.state.lock().await = self.desk_defers(&case).await;
    }

    async fn desk_defers(&self, case: &Arc<Case>) -> super::case::State {
        let aged = Case {
            interaction: case.interaction,
            application: case.application,
            token: case.token.clone(),
            expects: case.expects,
            received: case.received,
            age: Duration::from_secs(2),
            state: tokio::sync::Mutex::new(super::case::State::Fresh),
        };
        let aged = Arc::new(aged);
        Arc::clone(&self.desk).guard(Arc::clone(&aged)).await;
        aged.state.lock().await.clone()
    }

    async fn answered(&self, content: AnswerContent) -> Result<Delivered, DeliveryError> {
        self.desk
            .answer(&InteractionAnswer {
                interaction: InteractionId::new(INTERACTION).unwrap(),
                application: ApplicationId::new(9).unwrap(),
                token: InteractionToken::new("secrettoken".to_owned()),
                asker: UserId::new(7).unwrap(),
                channel: ChannelId::new(4).ok(),
                made_at_micros: self.made_at.micros(),
                explained: false,
                content,
            })
            .await
    }

    async fn says(&self, reply: Reply) -> Result<Delivered, DeliveryError> {
        self.answered(AnswerContent::Reply(reply)).await
    }

    fn later(&self, span: Span) {
        let mut now = self.clock.0.lock().unwrap();
        *now = *now + span;
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
}

fn command(name: &str) -> Invoked {
    Invoked::Command(Given {
        name: name.to_owned(),
        sub: None,
        options: BTreeMap::new(),
    })
}

fn press() -> Invoked {
    Invoked::Button {
        custom_id: "undo:1".to_owned(),
        message: MessageId::new(600).unwrap(),
    }
}

fn done(message: u64) -> Result<Delivered, DeliveryError> {
    Ok(Delivered::Done {
        message: MessageId::new(message).ok(),
    })
}

#[tokio::test]
async fn a_quick_answer_is_the_callback_itself_and_a_second_delivery_does_nothing() {
    let scene = scene(World::default()).await;
    scene.opened(command("daily"));
    assert_eq!(scene.says(Reply::public("100 coins")).await, done(700));
    assert_eq!(scene.says(Reply::public("100 coins")).await, done(700));
    assert_eq!(scene.world().original, Some(("100 coins".to_owned(), 0)));
    assert_eq!(scene.world().calls, ["POST interactions/callback"]);
}

#[tokio::test]
async fn another_answer_takes_the_place_of_the_first() {
    let scene = scene(World::default()).await;
    scene.opened(command("balance"));
    scene.says(Reply::private("5 coins")).await.unwrap();
    scene.says(Reply::private("6 coins")).await.unwrap();
    assert_eq!(
        scene.world().original,
        Some(("6 coins".to_owned(), EPHEMERAL))
    );
    assert_eq!(scene.world().followed, []);
}

#[tokio::test]
async fn d1_what_takes_long_is_deferred_with_the_visibility_that_the_command_declares() {
    for (name, flags) in [("daily", LOADING), ("balance", LOADING | EPHEMERAL)] {
        let scene = scene(World::default()).await;
        scene.deferred(command(name)).await;
        assert_eq!(
            scene.world().original,
            Some((String::new(), flags)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn the_answer_after_a_deferral_is_an_edit_of_it() {
    let scene = scene(World::default()).await;
    scene.deferred(command("daily")).await;
    assert_eq!(scene.says(Reply::public("done")).await, done(700));
    assert_eq!(scene.says(Reply::public("done")).await, done(700));
    let world = scene.world();
    assert_eq!(world.original, Some(("done".to_owned(), 0)));
    assert_eq!(
        world.calls,
        ["POST interactions/callback", "PATCH webhooks/@original"]
    );
}

#[tokio::test]
async fn d3_a_private_refusal_after_a_public_deferral_takes_the_placeholder_away() {
    let scene = scene(World::default()).await;
    scene.deferred(command("daily")).await;
    assert_eq!(scene.says(Reply::private("too soon")).await, done(800));
    let world = scene.world();
    assert_eq!(world.original, None);
    assert_eq!(world.followed, [("too soon".to_owned(), true)]);
}

#[tokio::test]
async fn d1_a_press_is_deferred_as_an_update_and_its_message_never_removed() {
    let source = || World {
        source: Some("the board"),
        ..World::default()
    };
    let first = scene(source()).await;
    first.deferred(press()).await;
    first.says(Reply::private("not yours")).await.unwrap();
    assert_eq!(first.world().original, Some(("the board".to_owned(), 0)));
    assert_eq!(first.world().followed, [("not yours".to_owned(), true)]);
    let second = scene(source()).await;
    second.deferred(press()).await;
    second
        .answered(AnswerContent::Update(Reply::public("moved")))
        .await
        .unwrap();
    assert_eq!(second.world().original, Some(("moved".to_owned(), 0)));
}

#[tokio::test]
async fn d1_a_form_that_takes_long_is_answered_with_words_and_choices_with_none() {
    let scene_of_form = scene(World::default()).await;
    scene_of_form.deferred(command("case")).await;
    let shown = scene_of_form.world().original.clone().unwrap();
    assert!(
        shown.0.contains("try again") && shown.1 == EPHEMERAL,
        "{shown:?}"
    );
    let form = Form {
        custom_id: "case:1".to_owned(),
        title: "Case".to_owned(),
        fields: vec![FormField {
            id: "why".to_owned(),
            label: "Why?".to_owned(),
            multiline: false,
            required: true,
            max_length: 100,
            value: String::new(),
        }],
    };
    let late = scene_of_form.answered(AnswerContent::Form(form)).await;
    assert_eq!(late, Ok(Delivered::Undeliverable));
    let typing = scene(World::default()).await;
    let given = Given {
        name: "timezone".to_owned(),
        sub: None,
        options: BTreeMap::new(),
    };
    typing
        .deferred(Invoked::Typing {
            given,
            option: "zone".to_owned(),
            partial: "Eu".to_owned(),
        })
        .await;
    let late = typing
        .answered(AnswerContent::Choices(vec![(
            "a".to_owned(),
            "b".to_owned(),
        )]))
        .await;
    assert_eq!(late, Ok(Delivered::Done { message: None }));
    assert_eq!(typing.world().calls, ["POST interactions/callback"]);
}

#[tokio::test]
async fn a_callback_that_discord_fails_is_tried_again_and_doubles_nothing() {
    for acts in [false, true] {
        let world = World {
            failing: vec![Told::page(502)],
            failing_acts: acts,
            ..World::default()
        };
        let scene = scene(world).await;
        scene.opened(command("daily"));
        assert_eq!(
            scene.says(Reply::public("once")).await,
            done(700),
            "acts: {acts}"
        );
        let world = scene.world();
        assert_eq!(world.original, Some(("once".to_owned(), 0)));
        assert_eq!((world.followed.len(), world.posted.len()), (0, 0));
    }
}

#[tokio::test]
async fn a_void_interaction_is_followed_in_the_channel_where_the_answer_is_public() {
    let void = || World {
        voided: true,
        ..World::default()
    };
    let open = scene(void()).await;
    open.opened(command("daily"));
    let followed = Ok(Delivered::Followed {
        message: MessageId::new(900).ok(),
    });
    assert_eq!(open.says(Reply::public("100 coins")).await, followed);
    assert_eq!(open.says(Reply::public("100 coins")).await, followed);
    let nonce = format!("i{INTERACTION}-0");
    assert_eq!(
        open.world().posted,
        BTreeMap::from([(nonce, "100 coins".to_owned())])
    );
    let closed = scene(void()).await;
    closed.opened(command("balance"));
    assert_eq!(
        closed.says(Reply::private("5 coins")).await,
        Ok(Delivered::Undeliverable)
    );
    assert!(closed.world().posted.is_empty());
}

#[tokio::test]
async fn d4_after_a_restart_discord_is_asked_how_far_the_answer_came() {
    let deferred = |flags| World {
        acknowledged: true,
        original: Some((String::new(), flags | LOADING)),
        ..World::default()
    };
    let public = scene(deferred(0)).await;
    assert_eq!(public.says(Reply::public("done")).await, done(700));
    assert_eq!(public.world().original, Some(("done".to_owned(), 0)));

    let refusal = scene(deferred(0)).await;
    assert_eq!(refusal.says(Reply::private("no")).await, done(800));
    assert_eq!(refusal.world().followed, [("no".to_owned(), true)]);

    let answered = scene(World {
        acknowledged: true,
        original: Some(("done".to_owned(), 0)),
        ..World::default()
    })
    .await;
    assert_eq!(answered.says(Reply::public("done")).await, done(700));
    assert_eq!(answered.world().followed, []);

    let unseen = scene(World::default()).await;
    unseen.later(Span::seconds(10));
    let late = unseen.says(Reply::public("done")).await;
    assert!(matches!(late, Ok(Delivered::Followed { .. })), "{late:?}");
    let unseen = scene(World::default()).await;
    unseen.later(Span::seconds(10));
    assert_eq!(
        unseen.says(Reply::private("no")).await,
        Ok(Delivered::Undeliverable)
    );
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_only_the_channel_is_left() {
    let scene = scene(World::default()).await;
    scene.deferred(command("daily")).await;
    scene.later(Span::minutes(16));
    let late = scene.says(Reply::public("done")).await;
    assert!(matches!(late, Ok(Delivered::Followed { .. })), "{late:?}");
    assert_eq!(
        scene.world().calls,
        ["POST interactions/callback", "POST channels/messages"]
    );
}

#[tokio::test]
async fn d2_a_long_answer_goes_on_in_follow_ups_with_the_same_visibility_and_once() {
    let scene = scene(World::default()).await;
    scene.opened(command("balance"));
    let reply = || Reply::private("word ".repeat(900));
    scene.says(reply()).await.unwrap();
    scene.says(reply()).await.unwrap();
    let world = scene.world();
    assert_eq!(world.followed.len(), 2);
    assert!(world.followed.iter().all(|(_, private)| *private));
}

#[tokio::test]
async fn d2_a_follow_up_whose_fate_is_unknown_is_not_sent_again() {
    let scene = scene(World::default()).await;
    scene.deferred(command("daily")).await;
    {
        let mut world = scene.world();
        world.failing_acts = true;
        // The answers come last first: the removal is well, the follow-up's answer is no JSON.
        world.failing = vec![Told::raw(200, "text/html", "<html>"), Told::nothing()];
    }
    for _ in 0..2 {
        let outcome = scene.says(Reply::private("too soon")).await;
        assert!(
            matches!(outcome, Err(DeliveryError::Never { .. })),
            "{outcome:?}"
        );
    }
    assert_eq!(scene.world().followed.len(), 1);
}

#[tokio::test]
async fn an_answer_that_discord_refuses_is_replaced_by_words() {
    let refusal = json!({"code": 50035, "message": "Invalid Form Body"});
    let scene = scene(World {
        failing: vec![Told::json(400, &refusal)],
        ..World::default()
    })
    .await;
    scene.opened(command("daily"));
    let outcome = scene.says(Reply::public("x")).await;
    assert!(
        matches!(outcome, Err(DeliveryError::Never { .. })),
        "{outcome:?}"
    );
    let shown = scene.world().original.clone().unwrap();
    assert!(shown.0.contains("could not be shown") && shown.1 == EPHEMERAL);
}

#[tokio::test]
async fn an_overflow_is_told_to_the_asker_alone() {
    let scene = scene(World::default()).await;
    let case = scene.opened(command("daily"));
    scene.desk.refuse(&case).await;
    let shown = scene.world().original.clone().unwrap();
    assert!(shown.0.contains("try again") && shown.1 == EPHEMERAL);
}

#[tokio::test]
async fn d4_the_desk_forgets_the_oldest_first_and_never_grows_without_bound() {
    let mut book = super::Book::default();
    for number in 1..=100_010_u64 {
        let answer = InteractionAnswer {
            interaction: InteractionId::new(number).unwrap(),
            application: ApplicationId::new(9).unwrap(),
            token: InteractionToken::new(String::new()),
            asker: UserId::new(7).unwrap(),
            channel: None,
            made_at_micros: 0,
            explained: false,
            content: AnswerContent::Reply(Reply::public("")),
        };
        book.add(&Arc::new(Case::lost(&answer)));
    }
    assert_eq!(book.cases.len(), super::CASES_MAX);
    assert!(!book.cases.contains_key(&InteractionId::new(10).unwrap()));
}
