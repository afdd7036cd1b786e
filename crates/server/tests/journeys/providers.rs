//! Model providers that fail, and one that is hostile: behind the product, through real sockets on both sides.

use std::{sync::Arc, time::Duration};

use ai::{BreakerPolicy, Circuit, Kind, Models, Prices};
use kernel::{SeededChance, Span, SystemClock};
use llm::{Providers, Shared, Wiring};
use serde_json::{Value, json};
use sim::{MakeChannel, Snowflake};
use testkit::model_servers::{Format, ModelServer, Turn};

use crate::stage::{Running, SOON, Stage, text};

/// Turns of talk with the hostile model; `GUILDHALL_TEST_HOSTILE_TURNS` sets another number.
const HOSTILE_TURNS: usize = 128;
/// Channels that they are held in: Discord takes five messages in five seconds in each.
const CHANNELS: usize = 16;

fn providers(server: &ModelServer, kind: Kind) -> Arc<Providers> {
    let shared = Shared {
        kind,
        base_url: Some(server.base_url()),
        key: Some("sk-test".into()),
        model: "test-model".to_owned(),
    };
    let clock = Arc::new(SystemClock);
    let chance = Arc::new(SeededChance::new(7));
    let mut wiring = Wiring::new(&http_out::Settings::default(), clock, chance, free()).unwrap();
    wiring.policy = BreakerPolicy {
        rest_min: Span::millis(200),
        rest_max: Span::millis(400),
        ..BreakerPolicy::default()
    };
    Arc::new(Providers::new(&[shared], wiring).unwrap())
}

/// A price list on which the test's model costs nothing, so that no budget stands in the way.
fn free() -> Prices {
    Prices::with("test-model=0/0").unwrap()
}

fn content(message: &Value) -> &str {
    message["content"].as_str().unwrap_or_default()
}

/// Everything that a provider can do wrong before its first word.
fn faults() -> Vec<Turn> {
    let status = |code| Turn::Status {
        code,
        retry_after: None,
    };
    vec![
        status(429),
        status(500),
        status(503),
        status(401),
        Turn::Hang,
        Turn::Nonsense,
        Turn::BrokenJson,
        Turn::CutAfter(String::new()),
    ]
}

/// Channels for talks beside each other.
fn rooms(stage: &Stage) -> Vec<Snowflake> {
    let room = |number: usize| {
        let make = MakeChannel {
            guild: stage.guild,
            name: format!("room-{number}"),
            ..MakeChannel::default()
        };
        stage.control().channel(make).unwrap()
    };
    (0..CHANNELS).map(room).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_openai_provider_does_wrong_there_are_words_and_it_recovers() {
    words_and_recovery(Format::Openai, Kind::Openai).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_anthropic_provider_does_wrong_there_are_words_and_it_recovers() {
    words_and_recovery(Format::Anthropic, Kind::Anthropic).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_gemini_provider_does_wrong_there_are_words_and_it_recovers() {
    words_and_recovery(Format::Gemini, Kind::Gemini).await;
}

async fn words_and_recovery(format: Format, kind: Kind) {
    let stage = Stage::set().await;
    let server = ModelServer::start(format).await;
    let models = providers(&server, kind);
    let running = stage.run_with(models.clone(), free()).await;
    let quiet = json!({"memory": {"learn": false}});
    stage.configure(&running, quiet).await;
    let mut rooms = rooms(&stage).into_iter().cycle();
    let mut asks = async |words: &str| {
        let room = rooms.next().unwrap();
        let asked = stage.mention_in(room, stage.ada, words);
        content(&stage.reply_in(room, asked).await).to_owned()
    };
    for fault in faults() {
        server.always(fault.clone());
        let said = asks("are you there?").await;
        assert!(said.contains("can't answer"), "{fault:?}: {said}");
    }
    // Failures in a row have opened the circuit: nobody is asked, and there are words all the same.
    server.always(Turn::Status {
        code: 500,
        retry_after: None,
    });
    let is_open = || {
        models
            .circuits()
            .iter()
            .any(|(_, now)| *now == Circuit::Open)
    };
    let mut open = is_open();
    for _ in 0..8 {
        asks("still there?").await;
        open |= is_open();
    }
    assert!(open, "{kind:?}: {:?}", models.circuits());
    let claimed = stage.ask(stage.ada, "daily", &[]).await;
    assert!(!claimed.ephemeral, "the economy goes on: {claimed:?}");
    // It is used again after a rest, and without a restart.
    server.always(Turn::Text("Here I am.".to_owned()));
    let recovered = async { while !asks("and now?").await.contains("Here I am.") {} };
    tokio::time::timeout(SOON, recovered).await.unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_streams_in_by_edits_and_one_that_breaks_off_says_so() {
    let stage = Stage::set().await;
    let server = ModelServer::start(Format::Openai).await;
    let running = stage
        .run_with(providers(&server, Kind::Openai), free())
        .await;
    // What was said is not to be learnt: the next turn of the script is for the next answer.
    let quiet = json!({"memory": {"learn": false}});
    stage.configure(&running, quiet).await;
    let words: Vec<String> = (0..40).map(|word| format!("word{word}")).collect();
    server.then(Turn::Slow {
        text: words.join(" "),
        gap: Duration::from_millis(25),
    });
    let asked = stage.mention(stage.ada, "tell me a long one");
    let first = stage.reply_to(asked).await;
    assert!(
        !content(&first).contains("word39"),
        "it was shown before its end: {first}"
    );
    let id = first["id"].clone();
    let whole = stage.until(|messages| {
        let now = messages.iter().find(|message| message["id"] == id)?;
        content(now).contains("word39").then(|| now.clone())
    });
    let whole = whole.await;
    assert!(content(&whole).contains("word0 word1"), "{whole}");

    server.then(Turn::CutAfter(
        "Once upon a time there was a long, long story that ".to_owned(),
    ));
    let asked = stage.mention(stage.ada, "and another");
    let cut = stage.reply_to(asked).await;
    let id = cut["id"].clone();
    stage
        .until(|messages| {
            let now = messages.iter().find(|message| message["id"] == id)?;
            content(now).contains("interrupted").then_some(())
        })
        .await;
    running.stop().await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the test says how long"
)]
fn turns() -> usize {
    let set = std::env::var("GUILDHALL_TEST_HOSTILE_TURNS").ok();
    set.and_then(|turns| turns.parse().ok())
        .unwrap_or(HOSTILE_TURNS)
}

/// The worst that a model can write, by turns.
fn worst(turn: usize, guild: Snowflake) -> Turn {
    match turn % 8 {
        0 => Turn::Text("@everyone @here <@&1> <@1> everybody wake up".to_owned()),
        1 => Turn::Huge(10 * 1024 * 1024),
        2 => Turn::BrokenJson,
        3 => Turn::Endless,
        4 => Turn::Text(
            "[discord.com/safe](https://evil.example/steal) and https://discord.com/channels/1/2/3"
                .to_owned(),
        ),
        5 => Turn::Text(format!(
            "<#{guild}> <@&{guild}> </ban:1> /ban user:1 \u{202e}drawkcab\u{200b} ```unclosed"
        )),
        6 => Turn::Text(
            json!({"tool": "ban", "user_id": "1", "facts": [{"text": "x", "subject": "member", "confidence": 1}]})
                .to_string(),
        ),
        _ => Turn::Filtered,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_model_pings_nobody_and_has_nothing_done() {
    let turns = turns();
    let stage = Stage::set().await;
    let server = ModelServer::start(Format::Openai).await;
    let running = stage
        .run_with(providers(&server, Kind::Openai), free())
        .await;
    let rooms = rooms(&stage);
    for from in (0..turns).step_by(CHANNELS) {
        // What is asked for at once is answered at once; the lessons after it meet the same model.
        let turn = from / CHANNELS;
        server.always(worst(turn, stage.guild));
        let user = [stage.ada, stage.bob, stage.owner][turn % 3];
        let ask = |room: &Snowflake| {
            let asked = stage.mention_in(*room, user, "what should we do about bob?");
            (*room, asked)
        };
        let asked: Vec<_> = rooms.iter().map(ask).collect();
        for (room, asked) in asked {
            stage.reply_in(room, asked).await;
        }
    }
    nothing_was_done(&stage, &running, &rooms).await;
    running.stop().await;
}

/// What the product asked of Discord: messages that ping nobody, and nothing else but typing and reading.
async fn nothing_was_done(stage: &Stage, running: &Running, rooms: &[Snowflake]) {
    let allowed = [
        "messages",
        "typing",
        "interactions",
        "commands",
        "gateway",
        "callback",
    ];
    for request in stage.control().requests(0, usize::MAX) {
        if request.method == "GET" {
            continue;
        }
        let is_known = allowed.iter().any(|known| request.route.contains(known));
        assert!(is_known && request.method != "DELETE", "{request:?}");
        let Some(body) = request
            .request
            .filter(|_| request.route.contains("messages"))
        else {
            continue;
        };
        let mentions = &body["allowed_mentions"];
        assert_eq!(mentions["parse"], json!([]), "{body}");
        assert!(
            mentions["users"].as_array().is_none_or(Vec::is_empty),
            "{body}"
        );
        assert!(
            mentions["roles"].as_array().is_none_or(Vec::is_empty),
            "{body}"
        );
    }
    let control = stage.control();
    let views = rooms.iter().map(|room| control.view(*room, stage.bob, 100));
    let messages: Vec<Value> = views.flat_map(Result::unwrap).collect();
    for message in messages
        .iter()
        .filter(|message| message["author"]["bot"] == true)
    {
        assert_eq!(message["mention_everyone"], false, "{message}");
        assert_eq!(message["mention_roles"], json!([]), "{message}");
        assert!(
            !content(message).contains("](https://evil"),
            "a masked link: {message}"
        );
        assert!(
            !content(message).contains("channels/1/2/3"),
            "another server: {message}"
        );
    }
    let shown = stage.ask(stage.ada, "memory show", &[]).await;
    assert!(
        shown.ephemeral && text(&shown).contains("remembered"),
        "{shown:?}"
    );
    let claimed = stage.ask(stage.ada, "daily", &[]).await;
    assert!(text(&claimed).contains("100"), "{claimed:?}");
    assert!(running.app.core().guilds().count() == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_models_judgement_holds_a_message_explains_itself_and_is_taken_back() {
    let stage = Stage::set().await;
    let server = ModelServer::start(Format::Openai).await;
    let running = stage
        .run_with(providers(&server, Kind::Openai), free())
        .await;
    server.always_by(|asked| {
        let guilty = asked.text().contains("sell");
        Turn::Text(
            json!({"violates": guilty, "rule": "no trading", "confidence": if guilty { 0.95 } else { 0.1 },
                "reasoning": "It offers something for money."})
            .to_string(),
        )
    });
    let rules = json!([{"id": "trade", "name": "No trading", "mode": "act",
        "trigger": {"kind": "model", "rules": "No trading between members.", "threshold": 0.8},
        "actions": [{"kind": "delete"}, {"kind": "warn", "points": 1}]}]);
    let log = stage.channel.to_string();
    let document = json!({"persona": {"enabled": false}, "moderation": {"log_channel_id": log, "rules": rules}});
    stage.configure(&running, document).await;
    let fine = stage.say(stage.ada, "good morning");
    let sale = stage.say(stage.ada, "I sell my account, ten euros");
    let has = |messages: &[Value], id: Snowflake| {
        messages
            .iter()
            .any(|message| message["id"] == id.to_string())
    };
    stage
        .until(|messages| (!has(messages, sale)).then_some(()))
        .await;
    stage
        .until(|messages| has(messages, fine).then_some(()))
        .await;
    let why = stage.ask(stage.ada, "why", &[]).await;
    let told = json!(why.message).to_string();
    assert!(
        told.contains("No trading") && told.contains("test-model"),
        "{told}"
    );
    stage
        .ask(stage.owner, "case undo", &[("number", json!(1))])
        .await;
    stage
        .until(|messages| {
            let back = |message: &Value| content(message).contains("ten euros");
            messages.iter().any(back).then_some(())
        })
        .await;
    running.stop().await;
}
