//! Chat in, chat out: what a member types, and what they see.

use std::collections::BTreeMap;

use chat::{
    AnswerKind, Asker, Button, Given, InteractionToken, Invocation, Invoked, OptionValue, Reply,
    Row, Visibility,
};
use expect_test::{Expect, expect};
use kernel::{ApplicationId, Cause, CauseKind, Fault, InteractionId, Locale, MessageId};
use serde_json::json;
use testkit::db::wait;

use super::world::{CELLAR, TOWN, World, channel, migrations, place, user};
use crate::commands::{
    Answer, CommandError, Did, Talk, answer_kind, erased, exported, invoke, specs,
};

const PEOPLE: [(&str, u64); 2] = [("alice", 1), ("bob", 2)];

/// Plays a script in a fresh guild and compares what is seen; ids are shown as their order.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect!` makes a value where it is called"
)]
fn check(script: &str, expected: Expect) {
    let mut world = World::of(testkit::db::fresh_libsql(&migrations()));
    let mut seen = String::new();
    let mut ids = Vec::new();
    let mut at = TOWN;
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        match line {
            "in the cellar" => at = CELLAR,
            "in town" => at = TOWN,
            "off" => world.settings.enabled = false,
            _ => {
                let said = play(&world, line, at, &ids);
                remember_ids(&world, &mut ids);
                let mut text = format!("{line}\n{said}");
                for (order, id) in ids.iter().enumerate() {
                    text = text.replace(&id.to_string(), &format!("#{}", order + 1));
                }
                seen.push_str(&text);
            }
        }
    }
    expected.assert_eq(&seen);
}

fn remember_ids(world: &World, ids: &mut Vec<i64>) {
    let (guild, now) = (world.guild(), world.now());
    let page = world.run(move |tx, _| crate::facts(tx, guild, None, None, 200, now));
    for fact in page.items.iter().rev() {
        if !ids.contains(&fact.id.get()) {
            ids.push(fact.id.get());
        }
    }
}

fn play(world: &World, line: &str, at: u64, ids: &[i64]) -> String {
    let (who, what) = line.split_once(": ").unwrap();
    let mut what = what.to_owned();
    for (order, id) in ids.iter().enumerate() {
        what = what.replace(&format!("#{}", order + 1), &id.to_string());
    }
    let number = PEOPLE.iter().find(|(name, _)| *name == who).unwrap().1;
    let invocation = invocation(world, number, who, typed(&what));
    match answered(world, &invocation, at) {
        Ok(answer) => {
            assert_eq!(answer.reply.visibility, Visibility::Private);
            let did = match answer.did {
                Did::ExportWanted => "  (the flow gathers)\n",
                Did::EraseWanted => "  (the flow erases)\n",
                _ => "",
            };
            format!("{}{did}", shown(&answer.reply))
        }
        Err(error) => {
            let words = world.words.say(&Locale::english(), &error.told());
            format!("  refused | {words}\n")
        }
    }
}

fn answered(world: &World, invocation: &Invocation, at: u64) -> Result<Answer, CommandError> {
    let mut op = world.op(invocation.asker.user.get());
    op.cause = Cause::new(CauseKind::Interaction, invocation.id);
    let (settings, privacy) = (world.settings.clone(), world.privacy.clone());
    let (words, ids, invocation) = (world.words.clone(), world.ids.clone(), invocation.clone());
    wait(world.db.database().write("invoke", move |tx| {
        let talk = Talk {
            op: &op,
            ids: ids.as_ref(),
            settings: &settings,
            privacy: &privacy,
            words: &words,
            invocation: &invocation,
            place: place(at),
        };
        invoke(tx, &talk)
    }))
}

fn typed(what: &str) -> Invoked {
    if let Some(custom_id) = what.strip_prefix("press ") {
        return Invoked::Button {
            custom_id: custom_id.to_owned(),
            message: MessageId::new(5).unwrap(),
        };
    }
    let mut parts = what.trim_start_matches('/').splitn(3, ' ');
    let name = parts.next().unwrap().to_owned();
    let sub = parts.next().map(str::to_owned);
    let option = parts.next().and_then(|rest| rest.split_once('='));
    let options: BTreeMap<String, OptionValue> = option
        .map(|(name, value)| (name.to_owned(), OptionValue::Text(value.to_owned())))
        .into_iter()
        .collect();
    Invoked::Command(Given { name, sub, options })
}

fn invocation(world: &World, asker: u64, name: &str, invoked: Invoked) -> Invocation {
    Invocation {
        id: InteractionId::new(world.event()).unwrap(),
        application: ApplicationId::new(8).unwrap(),
        token: InteractionToken::new("token".to_owned()),
        guild: Some(world.guild()),
        channel: Some(channel(TOWN)),
        asker: Asker {
            user: user(asker),
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
    let mut parts = Vec::new();
    if !reply.text.is_empty() {
        parts.push(reply.text.clone());
    }
    if let Some(embed) = &reply.embed {
        parts.push(embed.title.clone());
        parts.push(embed.description.replace('\n', "\n    "));
        parts.extend(embed.footer.clone());
    }
    let mut text = format!("  {}\n", parts.join(" | "));
    for row in &reply.rows {
        let Row::Buttons(buttons) = row else { continue };
        assert!((1..=5).contains(&buttons.len()));
        let labels: Vec<String> = buttons.iter().map(label).collect();
        text.push_str(&format!("  {}\n", labels.join(" ")));
    }
    text
}

fn label(button: &Button) -> String {
    if button.enabled {
        format!("[{} → {}]", button.label, button.custom_id)
    } else {
        format!("({})", button.label)
    }
}

#[test]
fn a_member_sees_adds_and_forgets() {
    check(
        "alice: /memory show
         alice: /memory add text=My cat is called Miso
         alice: /memory add text=My cat is called **Tom**
         in the cellar
         alice: /memory add text=I like secrets
         in town
         bob: /memory show
         alice: /memory show
         bob: /memory forget what=#2
         alice: press memory:forget:#2:1
         alice: /memory forget what=#3
         alice: /memory forget what=99
         alice: /memory forget what=nonsense
         alice: /memory add text=Bob is <@2>
         alice: /memory add
         alice: /memory forget what=all",
        expect![[r#"
            alice: /memory show
              What is remembered about you | Nothing. Tell the bot something about yourself, or add it with /memory add. | Remembering is on. Forget one with its button, or everything with /memory forget all.
              [Stop remembering → memory:off] [Export everything → memory:export]
            alice: /memory add text=My cat is called Miso
              Remembered | `#1` My cat is called Miso · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=My cat is called **Tom**
              Remembered, in place of what was known before | `#2` My cat is called \*\*Tom\*\* · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=I like secrets
              Remembered | `#3` I like secrets · only in <#12> · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            bob: /memory show
              What is remembered about you | Nothing. Tell the bot something about yourself, or add it with /memory add. | Remembering is on. Forget one with its button, or everything with /memory forget all.
              [Stop remembering → memory:off] [Export everything → memory:export]
            alice: /memory show
              What is remembered about you | `#3` I like secrets · only in <#12> · until <t:1802944800:d>
                `#2` My cat is called \*\*Tom\*\* · until <t:1802944800:d> | Remembering is on. Forget one with its button, or everything with /memory forget all.
              [Forget #3 → memory:forget:#3:1] [Forget #2 → memory:forget:#2:1]
              [Stop remembering → memory:off] [Export everything → memory:export]
            bob: /memory forget what=#2
              refused | There is no such memory of yours. Choose a number from /memory show, or write all.
            alice: press memory:forget:#2:1
              What is remembered about you | `#3` I like secrets · only in <#12> · until <t:1802944800:d> | Remembering is on. Forget one with its button, or everything with /memory forget all.
              [Forget #3 → memory:forget:#3:1]
              [Stop remembering → memory:off] [Export everything → memory:export]
            alice: /memory forget what=#3
              Forgotten | I like secrets
            alice: /memory forget what=99
              refused | There is no such memory of yours. Choose a number from /memory show, or write all.
            alice: /memory forget what=nonsense
              refused | There is no such memory of yours. Choose a number from /memory show, or write all.
            alice: /memory add text=Bob is <@2>
              refused | That is about somebody else, and only they can have it remembered. Write something about yourself.
            alice: /memory add
              refused | The option text is missing or makes no sense. Fill it in and send the command again.
            alice: /memory forget what=all
              0 memories forgotten | The last things you and the bot said to each other are forgotten too.
        "#]],
    );
}

#[test]
fn a_member_turns_remembering_off_and_on() {
    check(
        "alice: /memory add text=I like tea
         alice: /memory off
         alice: /memory add text=I like coffee
         alice: /memory show
         alice: press memory:on
         off
         alice: /memory add text=I like milk
         alice: /memory show",
        expect![[r#"
            alice: /memory add text=I like tea
              Remembered | `#1` I like tea · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory off
              Remembering is off | Nothing is learnt from you now, nothing known of you is used, and what you last said is forgotten. What was known stays on the list until you forget it with /memory forget all.
              [What is remembered → memory:show:1] [Remember me → memory:on]
            alice: /memory add text=I like coffee
              refused | You turned remembering off, so nothing was kept. Turn it on with /memory on first.
            alice: /memory show
              What is remembered about you | `#1` I like tea · until <t:1802944800:d> | Remembering is off: nothing here is used, and nothing is added.
              [Forget #1 → memory:forget:#1:1]
              [Remember me → memory:on] [Export everything → memory:export]
            alice: press memory:on
              Remembering is on | The bot learns from what you say again, and uses what it knew of you before.
              [What is remembered → memory:show:1] [Stop remembering → memory:off]
            alice: /memory add text=I like milk
              refused | Memory is off in this server, or this part of it. Somebody who may manage the server can turn it on in the settings, under memory.
            alice: /memory show
              What is remembered about you | `#1` I like tea · until <t:1802944800:d> | Memory is off in this server: nothing here is used, and nothing is added.
              [Forget #1 → memory:forget:#1:1]
              [Stop remembering → memory:off] [Export everything → memory:export]
        "#]],
    );
}

#[test]
fn export_and_erasure_are_asked_for_and_confirmed() {
    check(
        "alice: /privacy export
         alice: /privacy erase
         alice: press memory:erase:cancel
         alice: press memory:erase:confirm
         alice: press memory:erase:everybody",
        expect![[r#"
            alice: /privacy export
              Everything that is kept of you is being gathered.
              (the flow gathers)
            alice: /privacy erase
              Erase everything that is kept of you in this server? | What is remembered, what you said, and your name in records go for good. Coins can't be given back, and moderation cases stay without your words. This can't be undone.
              [Erase everything → memory:erase:confirm] [Keep it → memory:erase:cancel] [Export everything → memory:export]
            alice: press memory:erase:cancel
              Nothing was erased | Everything is as it was.
            alice: press memory:erase:confirm
              Everything that is kept of you is being erased.
              (the flow erases)
            alice: press memory:erase:everybody
              refused | This button or command is no longer in use. Use the command again.
        "#]],
    );
}

#[test]
fn a_long_list_is_turned_in_place() {
    check(
        "alice: /memory add text=I like apples
         alice: /memory add text=I like books
         alice: /memory add text=I like chess
         alice: /memory add text=I like drums
         alice: /memory add text=I like eels
         alice: /memory add text=I like figs
         alice: press memory:show:2
         alice: press memory:forget:#1:2
         alice: press memory:show:0
         alice: press memory:show:999999",
        expect![[r#"
            alice: /memory add text=I like apples
              Remembered | `#1` I like apples · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=I like books
              Remembered | `#2` I like books · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=I like chess
              Remembered | `#3` I like chess · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=I like drums
              Remembered | `#4` I like drums · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=I like eels
              Remembered | `#5` I like eels · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: /memory add text=I like figs
              Remembered | `#6` I like figs · until <t:1802944800:d>
              [What is remembered → memory:show:1]
            alice: press memory:show:2
              What is remembered about you | `#1` I like apples · until <t:1802944800:d> | Remembering is on. Forget one with its button, or everything with /memory forget all.
              [Forget #1 → memory:forget:#1:2]
              [Previous → memory:show:1] (Next) [Stop remembering → memory:off] [Export everything → memory:export]
            alice: press memory:forget:#1:2
              What is remembered about you | `#6` I like figs · until <t:1802944800:d>
                `#5` I like eels · until <t:1802944800:d>
                `#4` I like drums · until <t:1802944800:d>
                `#3` I like chess · until <t:1802944800:d>
                `#2` I like books · until <t:1802944800:d> | Remembering is on. Forget one with its button, or everything with /memory forget all.
              [Forget #6 → memory:forget:#6:1] [Forget #5 → memory:forget:#5:1] [Forget #4 → memory:forget:#4:1] [Forget #3 → memory:forget:#3:1] [Forget #2 → memory:forget:#2:1]
              [Stop remembering → memory:off] [Export everything → memory:export]
            alice: press memory:show:0
              refused | This button or command is no longer in use. Use the command again.
            alice: press memory:show:999999
              refused | This button or command is no longer in use. Use the command again.
        "#]],
    );
}

#[test]
fn an_export_is_a_file_and_one_that_discord_does_not_take_is_said_to_be_too_long() {
    let world = World::of(testkit::db::fresh_libsql(&migrations()));
    let exported = |document| exported(&world.words, &Locale::english(), document);
    let document = json!({"memory": {"facts": [{"text": "```\n@everyone"}]}});
    let reply = exported(&document);
    assert!(!reply.text.contains("everyone"), "{}", reply.text);
    let file = reply.document.unwrap();
    let read: serde_json::Value = serde_json::from_slice(&file.bytes).unwrap();
    assert_eq!(read, document);
    // With spaces it is over the limit, without them under it.
    let wide = json!({"list": vec![1; 2_000_000]});
    let file = exported(&wide).document.unwrap();
    assert!(file.bytes.len() < chat::UPLOAD_MAX && !file.bytes.contains(&b' '));
    let long = json!({"text": "x".repeat(chat::UPLOAD_MAX)});
    let reply = exported(&long);
    assert!(reply.document.is_none() && reply.text.contains("longer than a file"));
    let gone = erased(&world.words, &Locale::english(), 3);
    assert_eq!(gone.embed.unwrap().title, "Erased: 3 things");
}

#[test]
fn every_command_is_described_and_answers_privately() {
    for spec in specs() {
        assert_eq!(spec.answer, AnswerKind::Private);
        assert!(!spec.options.is_empty());
        for sub in &spec.options {
            let chat::OptionKind::SubCommand(options) = &sub.kind else {
                panic!("{}", sub.name);
            };
            let given = options.iter().map(|option| {
                let value = OptionValue::Text("all".to_owned());
                (option.name.to_owned(), value)
            });
            let invoked = Invoked::Command(Given {
                name: spec.name.to_owned(),
                sub: Some(sub.name.to_owned()),
                options: given.collect(),
            });
            assert_eq!(
                answer_kind(&invoked),
                Some(AnswerKind::Private),
                "{}",
                sub.name
            );
        }
    }
    assert_eq!(answer_kind(&typed("press economy:open:daily")), None);
    assert_eq!(
        answer_kind(&typed("press memory:show:2")),
        Some(AnswerKind::Update)
    );
}
