//! Chat in, chat out: who asks why, and what they are told.

use std::collections::BTreeMap;

use chat::{
    AnswerKind, Asker, Button, Given, InteractionToken, Invocation, Invoked, Link, OptionValue,
    Permissions, Reply, Row, Visibility,
};
use expect_test::{Expect, expect};
use kernel::{ApplicationId, Fault, InteractionId, Locale, Span};

use super::world::{GUILD, World, asked, deleted, guild, message, migrations, user};
use crate::{
    Conclusion, Confidence, Cost, Kind, NewEffect, NewEntry, Outcome, Remembered, Said, Settled,
    Trigger, TriggerKind,
    commands::{MENU_NAME, answer_kind, invoke, specs, why_button_id},
};

fn number(name: &str) -> u64 {
    match name {
        "alice" => 1,
        "bob" => 2,
        "mod" => 9,
        _ => 5,
    }
}

/// A small evening: bob's message is deleted, a shadow rule sees another, alice talks, and a moderator warns bob.
fn evening() -> World {
    let world = World::of(testkit::db::fresh_libsql(&migrations()));
    world.deletes(2, 77, "free nitro at <https://evil.example>");
    world.later(Span::minutes(1));
    let mut shadow = deleted(2, 78, "nitro once more");
    (shadow.outcome, shadow.case, shadow.effects) = (Outcome::Suppressed, None, Vec::new());
    world.record(&world.message_op(2, 78), &shadow).unwrap();
    world.later(Span::minutes(1));
    talks(&world);
    world.later(Span::minutes(1));
    let warning = NewEntry {
        subject: Some(user(2)),
        reasoning: Some(Said::by(user(9), "Please *stop* advertising.")),
        case: Some(78),
        config_revision: Some(3),
        ..NewEntry::new(
            Kind::Human,
            "warn",
            Outcome::Executed,
            Trigger {
                user: Some(user(9)),
                ..Trigger::of(TriggerKind::Command)
            },
        )
    };
    world.record(&world.op(9), &warning).unwrap();
    world.seals();
    let now = world.now();
    world.write(move |tx| crate::effect_settled(tx, 770, &Settled::Done(None), now));
    world
}

fn talks(world: &World) {
    let mut talk = asked(1, 79, "what is my cat called?");
    talk.active_rules = Vec::new();
    talk.input.history = vec![Said::by(user(2), "hello"), Said::by(user(1), "hi")];
    talk.input.memories = vec![Remembered {
        id: "12".to_owned(),
        about: Some(user(1)),
        text: "Her cat is called Miso.".to_owned(),
    }];
    let talk = world.record(&world.message_op(1, 79), &talk).unwrap();
    let end = Conclusion {
        answer: Some("Your cat is called Miso.".to_owned()),
        confidence: Confidence::of_share(0.925),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros: 420,
        }),
        effects: vec![NewEffect {
            owed: 9_000,
            kind: "post_message".to_owned(),
        }],
        ..Conclusion::new(Outcome::Executed)
    };
    world.conclude(&world.op(1), talk, &end).unwrap();
    let now = world.now();
    let posted = Settled::Done(Some(message(500)));
    world.write(move |tx| crate::effect_settled(tx, 9_000, &posted, now));
}

/// Plays a script after that evening and compares what is seen.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect!` makes a value where it is called"
)]
fn check(script: &str, expected: Expect) {
    let world = evening();
    let mut seen = String::new();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if let Some(member) = line.strip_prefix("erase ") {
            let (op, member) = (world.admin(), user(number(member)));
            world.write(move |tx| crate::erase(tx, &op, guild(GUILD), member));
            continue;
        }
        let (who, what) = line.split_once(": ").unwrap();
        let said = play(&world, who, what);
        seen.push_str(&format!("{line}\n{said}"));
    }
    world.is_sound();
    expected.assert_eq(&seen);
}

fn play(world: &World, who: &str, what: &str) -> String {
    let invocation = invocation(world, who, typed(what));
    let (op, words) = (world.op(number(who)), world.words.clone());
    assert!(answer_kind(&invocation.invoked).is_some(), "{what}");
    match world.run(move |tx| invoke(tx, &op, &words, &invocation)) {
        Ok(reply) => shown(&reply),
        Err(error) => {
            let words = world.words.say(&Locale::english(), &error.told());
            format!("  only {who} | {words}\n")
        }
    }
}

fn typed(what: &str) -> Invoked {
    if let Some(custom_id) = what.strip_prefix("press ") {
        return Invoked::Button {
            custom_id: custom_id.to_owned(),
            message: message(5),
        };
    }
    if let Some(target) = what.strip_prefix("menu ") {
        return Invoked::MessageMenu {
            name: MENU_NAME.to_owned(),
            target: target.parse().unwrap(),
            message: None,
        };
    }
    let mut options = BTreeMap::new();
    for part in what.split(' ').skip(1) {
        let (option, value) = part.split_once('=').unwrap();
        let value = match option {
            "case" => OptionValue::Integer(value.parse().unwrap()),
            _ => OptionValue::Text(value.to_owned()),
        };
        options.insert(option.to_owned(), value);
    }
    Invoked::Command(Given {
        name: "why".to_owned(),
        sub: None,
        options,
    })
}

fn invocation(world: &World, who: &str, invoked: Invoked) -> Invocation {
    let is_moderator = who == "mod";
    Invocation {
        id: InteractionId::new(4_000).unwrap(),
        application: ApplicationId::new(8).unwrap(),
        token: InteractionToken::new("token".to_owned()),
        guild: Some(guild(GUILD)),
        channel: None,
        asker: Asker {
            user: user(number(who)),
            name: who.to_owned(),
            is_bot: false,
            roles: vec![],
            permissions: is_moderator.then_some(Permissions::MANAGE_MESSAGES),
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
    assert!(reply.pings.is_empty());
    let embed = reply.embed.as_ref().unwrap();
    assert!(embed.fields.len() <= 5 && embed.description.chars().count() <= 4_096);
    let mut parts = vec![embed.title.clone(), embed.description.replace('\n', " / ")];
    for field in &embed.fields {
        parts.push(format!(
            "{}: {}",
            field.name,
            field.value.replace('\n', " / ")
        ));
    }
    parts.extend(embed.footer.clone());
    let mut text = format!("  {}\n", parts.join(" | "));
    let labels: Vec<_> = reply.rows.iter().flat_map(labels).collect();
    if !labels.is_empty() {
        text.push_str(&format!("  {}\n", labels.join(" ")));
    }
    text
}

fn labels(row: &Row) -> Vec<String> {
    let label = |button: &Button| format!("[{} → {}]", button.label, button.custom_id);
    let link = |link: &Link| format!("[{} → {}]", link.label, link.page.path());
    match row {
        Row::Buttons(buttons) => buttons.iter().map(label).collect(),
        Row::Links(links) => links.iter().map(link).collect(),
        Row::Select(select) => select
            .options
            .iter()
            .map(|option| format!("({} → {})", option.label, option.value))
            .collect(),
    }
}

#[test]
fn a_member_is_told_why_their_message_went() {
    check(
        "bob: /why message=77
         bob: menu 77
         bob: /why case=77
         bob: /why
         bob: /why message=78",
        expect![[r#"
            bob: /why message=77
              A message deleted | Decided <t:1795168800:f>. / Why: The rule "No spam" matched "nitro". / What was seen: free nitro at \<https\:\/\/evil.example\> / What matched: nitro | Rule: No spam (spam) | Confidence and cost: 100 % | Record: Case 77 · settings revision 3 | What was done: Removing the message: done | Entry 117202275532804096 · place 1 · 6de075b47954
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202275532804096]
            bob: menu 77
              A message deleted | Decided <t:1795168800:f>. / Why: The rule "No spam" matched "nitro". / What was seen: free nitro at \<https\:\/\/evil.example\> / What matched: nitro | Rule: No spam (spam) | Confidence and cost: 100 % | Record: Case 77 · settings revision 3 | What was done: Removing the message: done | Entry 117202275532804096 · place 1 · 6de075b47954
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202275532804096]
            bob: /why case=77
              A message deleted | Decided <t:1795168800:f>. / Why: The rule "No spam" matched "nitro". / What was seen: free nitro at \<https\:\/\/evil.example\> / What matched: nitro | Rule: No spam (spam) | Confidence and cost: 100 % | Record: Case 77 · settings revision 3 | What was done: Removing the message: done | Entry 117202275532804096 · place 1 · 6de075b47954
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202275532804096]
            bob: /why
              A warning | Decided <t:1795168980:f>. / Why: Please \*stop\* advertising. | Record: Case 78 · settings revision 3 | What was done: Nothing | Entry 117203030507524096 · place 5 · a3fb4d8bd1cb
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117203030507524096]
            bob: /why message=78
              Held back: A message deleted | Decided <t:1795168860:f>. / Why: The rule "No spam" matched "nitro". / What was seen: nitro once more / What matched: nitro | Rule: No spam (spam) | Confidence and cost: 100 % | Record: settings revision 3 | What was done: Nothing | Entry 117202527191044096 · place 2 · 5f2e09bd6a7a
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202527191044096]
        "#]],
    );
}

#[test]
fn an_answer_is_told_with_its_model_memories_and_cost() {
    check(
        "alice: menu 79
         alice: menu 500
         alice: /why
         mod: menu 500",
        expect![[r#"
            alice: menu 79
              An answer | Decided <t:1795168920:f>. / What was seen: what is my cat called? / One memory was used: / • 12: Her cat is called Miso. / 2 earlier messages were read along with it. / What was said: Your cat is called Miso. | Model: offline · prompt 7 | Confidence and cost: 92.5 % · 0.000420 USD | Record: settings revision 3 | What was done: Posting a message: done | Entry 117202778849284096 · place 3 · 321608e9b432
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202778849284096]
            alice: menu 500
              An answer | Decided <t:1795168920:f>. / What was seen: what is my cat called? / One memory was used: / • 12: Her cat is called Miso. / 2 earlier messages were read along with it. / What was said: Your cat is called Miso. | Model: offline · prompt 7 | Confidence and cost: 92.5 % · 0.000420 USD | Record: settings revision 3 | What was done: Posting a message: done | Entry 117202778849284096 · place 3 · 321608e9b432
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202778849284096]
            alice: /why
              An answer | Decided <t:1795168920:f>. / What was seen: what is my cat called? / One memory was used: / • 12: Her cat is called Miso. / 2 earlier messages were read along with it. / What was said: Your cat is called Miso. | Model: offline · prompt 7 | Confidence and cost: 92.5 % · 0.000420 USD | Record: settings revision 3 | What was done: Posting a message: done | Entry 117202778849284096 · place 3 · 321608e9b432
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202778849284096]
            mod: menu 500
              An answer | Decided <t:1795168920:f>. / What was seen: what is my cat called? / One memory was used: / • 12: (not yours to see) / 2 earlier messages were read along with it. / What was said: Your cat is called Miso. | Model: offline · prompt 7 | Confidence and cost: 92.5 % · 0.000420 USD | Record: settings revision 3 | What was done: Posting a message: done | Entry 117202778849284096 · place 3 · 321608e9b432
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202778849284096]
        "#]],
    );
}

#[test]
fn y7_others_learn_neither_the_words_nor_that_there_is_anything() {
    check(
        "alice: /why message=77
         alice: /why message=4242
         alice: /why case=77
         alice: /why case=4242
         bob: menu 500
         carol: /why
         mod: /why
         mod: /why message=77
         mod: /why case=78",
        expect![[r#"
            alice: /why message=77
              only alice | The bot decided nothing about this message that you may see. You see decisions about yourself; moderators see all.
            alice: /why message=4242
              only alice | The bot decided nothing about this message that you may see. You see decisions about yourself; moderators see all.
            alice: /why case=77
              only alice | There is no case 77 that you may see. You see cases about yourself; moderators see all.
            alice: /why case=4242
              only alice | There is no case 4242 that you may see. You see cases about yourself; moderators see all.
            bob: menu 500
              only bob | The bot decided nothing about this message that you may see. You see decisions about yourself; moderators see all.
            carol: /why
              only carol | The bot has decided nothing about you yet.
            mod: /why
              only mod | The bot has decided nothing about you yet.
            mod: /why message=77
              A message deleted | Decided <t:1795168800:f>. / Why: The rule "No spam" matched "nitro". / What was seen: free nitro at \<https\:\/\/evil.example\> / What matched: nitro | Rule: No spam (spam) | Confidence and cost: 100 % | Record: Case 77 · settings revision 3 | What was done: Removing the message: done | Entry 117202275532804096 · place 1 · 6de075b47954
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202275532804096]
            mod: /why case=78
              A warning | Decided <t:1795168980:f>. / Why: Please \*stop\* advertising. | Record: Case 78 · settings revision 3 | What was done: Nothing | Entry 117203030507524096 · place 5 · a3fb4d8bd1cb
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117203030507524096]
        "#]],
    );
}

#[test]
fn a_members_own_record_holds_what_was_decided_about_them() {
    check(
        "bob: press audit:mine
         alice: press audit:mine
         mod: press audit:mine
         carol: press audit:mine",
        expect![[r#"
            bob: press audit:mine
              Decisions about you | <t:1795168980:f> · A warning · Case 78 / <t:1795168860:f> · Held back: A message deleted / <t:1795168800:f> · A message deleted · Case 77
              (A warning → 117203030507524096) (Held back: A message deleted → 117202527191044096) (A message deleted → 117202275532804096)
            alice: press audit:mine
              Decisions about you | <t:1795168920:f> · An answer
              (An answer → 117202778849284096)
            mod: press audit:mine
              only mod | The bot has decided nothing about you yet.
            carol: press audit:mine
              only carol | The bot has decided nothing about you yet.
        "#]],
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    check(
        "bob: /why message=nonsense
         bob: /why message=https://discord.com/channels/901/5/77
         bob: /why message=77 case=77
         bob: /why case=0
         bob: press audit:why:5
         bob: press audit:why:x
         bob: press audit:nothing
         bob: press audit:page:x",
        expect![[r#"
            bob: /why message=nonsense
              only bob | This names no message. Copy the message's link or its id, and use it with /why.
            bob: /why message=https://discord.com/channels/901/5/77
              only bob | This link leads to another server. Ask there.
            bob: /why message=77 case=77
              only bob | Give a message or a case, not both.
            bob: /why case=0
              only bob | There is no case 0 that you may see. You see cases about yourself; moderators see all.
            bob: press audit:why:5
              only bob | There is no such decision that you may see.
            bob: press audit:why:x
              only bob | This button or command is no longer in use. Use /why again.
            bob: press audit:nothing
              only bob | This button or command is no longer in use. Use /why again.
            bob: press audit:page:x
              only bob | This button or command is no longer in use. Use /why again.
        "#]],
    );
}

#[test]
fn what_was_erased_is_said_to_be_gone() {
    check(
        "erase bob
         mod: /why message=77
         bob: /why message=77",
        expect![[r#"
            mod: /why message=77
              A message deleted | Decided <t:1795168800:f>. / Why: (no longer kept) / What was seen: (no longer kept) / What matched: (no longer kept) | Rule: No spam (spam) | Confidence and cost: 100 % | Record: Case 77 · settings revision 3 | What was done: Removing the message: done | Entry 117202275532804096 · place 1 · 6de075b47954
              [All about me → audit:mine] [Open the receipt → /dashboard/guilds/900/why/117202275532804096]
            bob: /why message=77
              only bob | The bot decided nothing about this message that you may see. You see decisions about yourself; moderators see all.
        "#]],
    );
}

#[test]
fn the_commands_are_spelt_as_the_contract_says() {
    let specs = specs();
    let names: Vec<_> = specs.iter().map(|spec| spec.name).collect();
    assert_eq!(names, ["why", "Why did the bot do this?"]);
    assert!(specs.iter().all(|spec| spec.answer == AnswerKind::Private));
    let options: Vec<_> = specs[0]
        .options
        .iter()
        .map(|option| (option.name, option.required))
        .collect();
    assert_eq!(options, [("message", false), ("case", false)]);
    let id = crate::EntryId::new(i64::MAX).unwrap();
    assert!(why_button_id(id).len() <= 100);
}
