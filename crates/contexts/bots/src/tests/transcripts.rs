//! Chat in, chat out: what a member types, and what they see.

use std::collections::BTreeMap;

use chat::{
    AnswerKind, Asker, Given, InteractionToken, Invocation, Invoked, OptionValue, Reply, Row,
    Visibility,
};
use expect_test::{Expect, expect};
use kernel::{ApplicationId, Fault, InteractionId, Locale, MessageId};

use super::world::{World, channel, migrations, user};
use crate::{
    PromptVersion, Settings, Silence,
    commands::{Answer, CommandError, Talk, answer_kind, invoke, specs},
    fallback, record,
};

/// Plays a script in a fresh guild and compares what is seen.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect!` makes a value where it is called"
)]
fn check(script: &str, expected: Expect) {
    let mut world = World::of(testkit::db::fresh_libsql(&migrations()));
    let mut seen = String::new();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        match line {
            "off" => world.settings.enabled = false,
            "set" => {
                world.settings = Settings {
                    name: "Ada *the* <@1>".to_owned(),
                    preset: "tavern".to_owned(),
                    keywords: vec!["ale".to_owned()],
                    channels: vec![channel(10)],
                    ..Settings::default()
                };
                let (op, persona) = (world.op(7), world.settings.clone());
                world.look(move |tx| record(tx, &op, &persona, "try\nthis"));
            }
            _ => seen.push_str(&format!("{line}\n{}", play(&world, line))),
        }
    }
    expected.assert_eq(&seen);
}

fn play(world: &World, line: &str) -> String {
    let (who, what) = line.split_once(": ").unwrap();
    let invocation = invocation(world, who, typed(what));
    match answered(world, &invocation) {
        Ok(Answer::Said(reply)) => shown(&reply),
        Ok(Answer::Asked(words)) => format!("  (the persona answers) | {words}\n"),
        Err(error) => {
            let words = world.words.say(&Locale::english(), &error.told());
            format!("  only {who} | {words}\n")
        }
    }
}

fn answered(world: &World, invocation: &Invocation) -> Result<Answer, CommandError> {
    let op = world.op(invocation.asker.user.get());
    let (settings, words) = (world.settings.clone(), world.words.clone());
    let invocation = invocation.clone();
    world.run(move |tx, _| {
        let talk = Talk {
            op: &op,
            settings: &settings,
            words: &words,
            invocation: &invocation,
        };
        invoke(tx, &talk)
    })
}

fn typed(what: &str) -> Invoked {
    let message = MessageId::new(5).unwrap();
    if let Some(custom_id) = what.strip_prefix("press ") {
        let custom_id = custom_id.to_owned();
        return Invoked::Button { custom_id, message };
    }
    if let Some(value) = what.strip_prefix("choose ") {
        return Invoked::Select {
            custom_id: "bots:preview".to_owned(),
            message,
            values: vec![value.to_owned()],
        };
    }
    let (head, option) = match what.split_once('=') {
        Some((head, value)) => {
            let (head, name) = head.rsplit_once(' ').unwrap();
            (
                head,
                Some((name.to_owned(), OptionValue::Text(value.to_owned()))),
            )
        }
        None => (what, None),
    };
    let mut parts = head.trim_start_matches('/').split(' ');
    Invoked::Command(Given {
        name: parts.next().unwrap().to_owned(),
        sub: parts.next().map(str::to_owned),
        options: option.into_iter().collect(),
    })
}

fn invocation(world: &World, name: &str, invoked: Invoked) -> Invocation {
    Invocation {
        id: InteractionId::new(world.event()).unwrap(),
        application: ApplicationId::new(8).unwrap(),
        token: InteractionToken::new("token".to_owned()),
        guild: Some(world.guild()),
        channel: Some(channel(10)),
        asker: Asker {
            user: user(1),
            name: name.to_owned(),
            is_bot: false,
            roles: vec![],
            permissions: None,
        },
        locale: Locale::english(),
        made_at: world.now(),
        received_at: world.now(),
        invoked,
        users: BTreeMap::new(),
    }
}

fn shown(reply: &Reply) -> String {
    assert_eq!(reply.visibility, Visibility::Private);
    let embed = reply.embed.as_ref().unwrap();
    assert!(embed.fields.len() <= 5);
    let mut parts = vec![
        embed.title.clone(),
        embed
            .description
            .replace("\n\n", "\n")
            .replace('\n', "\n    "),
    ];
    for field in &embed.fields {
        parts.push(format!("{}: {}", field.name, field.value));
    }
    parts.extend(embed.footer.clone());
    let mut text = format!("  {}\n", parts.join(" | "));
    for row in &reply.rows {
        match row {
            Row::Buttons(buttons) => {
                for button in buttons {
                    text.push_str(&format!("  [{} → {}]\n", button.label, button.custom_id));
                }
            }
            Row::Links(links) => {
                for link in links {
                    text.push_str(&format!("  [{} → {}]\n", link.label, link.page.path()));
                }
            }
            Row::Select(select) => {
                let chosen = select.options.iter().find(|option| option.chosen);
                let chosen = chosen.map_or("none", |option| option.label.as_str());
                let count = select.options.len();
                text.push_str(&format!(
                    "  ({count} to choose from, {chosen} chosen → {})\n",
                    select.custom_id
                ));
            }
        }
    }
    text
}

#[test]
fn chat_hands_on_what_was_said_as_it_was_written() {
    check(
        "alice: /chat message=what is  my cat called? <@1>
         alice: /chat message=
         alice: /chat
         off
         alice: /chat message=hello",
        expect![[r#"
            alice: /chat message=what is  my cat called? <@1>
              (the persona answers) | what is  my cat called? <@1>
            alice: /chat message=
              only alice | The option message is missing or makes no sense. Fill it in and send the command again.
            alice: /chat
              only alice | The option message is missing or makes no sense. Fill it in and send the command again.
            alice: /chat message=hello
              only alice | The persona is off in this server. Somebody who may manage the server can turn it on in the settings, under persona.
        "#]],
    );
}

#[test]
fn the_persona_is_shown_with_what_it_answers_to() {
    check(
        "alice: /persona show
         set
         alice: /persona show
         off
         alice: press bots:show",
        expect![[r#"
            alice: /persona show
              🛎️ Marlowe | Warm, composed, brief. Two or three sentences for most answers; a short list when there are steps. No exclamation marks, no flattery, at most one emoji in a long while. British courtesy without stiffness. | Character: Marlowe | Answers to: its name with an @, replies, the reaction 💬, /chat | As it came; nobody changed it yet
              [All characters → bots:presets]
            alice: /persona show
              🍺 Ada \*the\* \<\@1\> | Hearty and vivid, a few sentences at a time. Sights and smells over adjectives. Old turns of phrase in moderation, so that everyone can follow. Ends on something the guest can take up, without pressing for it. | Character: Old Bram | Answers to: its name with an @, replies, the reaction 💬, /chat, <#10> | Words it answers to: ale | Version 1 · try this
              [All characters → bots:presets]
            alice: press bots:show
              🍺 Ada \*the\* \<\@1\> | The persona is off in this server. Somebody who may manage the server can turn it on in the settings, under persona. | Character: Old Bram | Answers to: its name with an @, replies, the reaction 💬, /chat, <#10> | Words it answers to: ale | Version 1 · try this
              [All characters → bots:presets]
        "#]],
    );
}

#[test]
fn characters_are_listed_and_previewed() {
    check(
        "alice: /persona presets
         alice: /persona preview preset=host
         alice: choose engineer
         alice: choose nobody
         alice: press bots:presets
         alice: press bots:nothing",
        expect![[r#"
            alice: /persona presets
              Characters to start from | 🛎️ **Marlowe** · A calm concierge who knows where everything is and gets you there in two sentences.
                📚 **Quill** · A dry-witted librarian: exact answers, raised eyebrow, soft spot for good questions.
                🍺 **Old Bram** · A tavern keeper with a story for every mug, who knows the regulars and sets the scene.
                🏃 **Coach Imani** · A steady coach who turns a vague wish into the next small step, and celebrates it quietly.
                🔧 **Pascal** · A senior engineer for code and machines: reads the error first, guesses last.
                🌿 **Fern** · A curious naturalist who finds something alive and surprising in any topic.
                🚀 **Captain Vega** · A starship captain with crisp orders, long horizons and a log entry for everything.
                🎤 **Juno** · A quick quiz-night host: fair rules, clean jokes, and everybody gets a turn. | Whoever may manage the server puts one in place with /setup.
              (8 to choose from, none chosen → bots:preview)
            alice: /persona preview preset=host
              🎤 Juno | A quick quiz-night host: fair rules, clean jokes, and everybody gets a turn.
                > Hello, hello! Juno, your host. Say the word and name a topic, and we have ourselves a quiz.
                **Member:** give me one about space
                > Here we go.
                > **Which planet has a day longer than its year?**
                > Take your time; it certainly does.
                **Member:** is it venus?
                > Venus it is! It turns so slowly that it finishes a lap round the sun first. Another, or does somebody else want the next one? | Whoever may manage the server puts one in place with /setup.
              (8 to choose from, Juno chosen → bots:preview)
              [All characters → bots:presets]
            alice: choose engineer
              🔧 Pascal | A senior engineer for code and machines: reads the error first, guesses last.
                > Pascal here. Paste the error and the ten lines around it, and we'll look.
                **Member:** TypeError\: undefined is not a function, line 12
                > Something you call on line 12 isn't what you think it is: the name exists, and its value is undefined. Log it on line 11. If it comes from an import, check whether that is the default export or a named one.
                **Member:** should i rewrite it in rust
                > What hurts today: speed, crashes, or boredom? Only the first two are reasons, and the first one wants a profile before a rewrite. | Whoever may manage the server puts one in place with /setup.
              (8 to choose from, Pascal chosen → bots:preview)
              [All characters → bots:presets]
            alice: choose nobody
              only alice | This button or command is no longer in use. Use the command again.
            alice: press bots:presets
              Characters to start from | 🛎️ **Marlowe** · A calm concierge who knows where everything is and gets you there in two sentences.
                📚 **Quill** · A dry-witted librarian: exact answers, raised eyebrow, soft spot for good questions.
                🍺 **Old Bram** · A tavern keeper with a story for every mug, who knows the regulars and sets the scene.
                🏃 **Coach Imani** · A steady coach who turns a vague wish into the next small step, and celebrates it quietly.
                🔧 **Pascal** · A senior engineer for code and machines: reads the error first, guesses last.
                🌿 **Fern** · A curious naturalist who finds something alive and surprising in any topic.
                🚀 **Captain Vega** · A starship captain with crisp orders, long horizons and a log entry for everything.
                🎤 **Juno** · A quick quiz-night host: fair rules, clean jokes, and everybody gets a turn. | Whoever may manage the server puts one in place with /setup.
              (8 to choose from, none chosen → bots:preview)
            alice: press bots:nothing
              only alice | This button or command is no longer in use. Use the command again.
        "#]],
    );
}

#[test]
fn every_silence_has_plain_words() {
    let world = World::of(testkit::db::fresh_libsql(&migrations()));
    let all = [
        Silence::Away,
        Silence::Slow,
        Silence::Spent,
        Silence::MemberSpent,
        Silence::Empty,
        Silence::Interrupted,
        Silence::Off,
    ];
    for why in all {
        let said = fallback(&world.words, &Locale::english(), &world.settings, why);
        assert!(said.starts_with("🛎️ ") && said.len() > 40, "{said}");
        assert!(!said.contains("bots-") && !said.contains('{'), "{said}");
    }
}

#[test]
fn every_command_is_described_and_known_by_its_answer() {
    let names: Vec<_> = specs()
        .iter()
        .map(|spec| (spec.name, spec.answer))
        .collect();
    assert_eq!(
        names,
        [
            ("chat", AnswerKind::Public),
            ("persona", AnswerKind::Private)
        ]
    );
    assert_eq!(
        answer_kind(&typed("/chat message=x")),
        Some(AnswerKind::Public)
    );
    assert_eq!(
        answer_kind(&typed("/persona show")),
        Some(AnswerKind::Private)
    );
    assert_eq!(answer_kind(&typed("choose host")), Some(AnswerKind::Update));
    assert_eq!(answer_kind(&typed("/daily")), None);
    let version = PromptVersion {
        number: 2,
        digest: "abc".to_owned(),
    };
    assert_eq!(version.to_string(), "v2-abc");
}
