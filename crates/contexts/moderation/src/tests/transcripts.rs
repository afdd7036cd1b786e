//! Chat in, chat out: what a moderator types, what they see, what stands in the log, and what must happen.

use std::collections::BTreeMap;

use chat::{
    Access, AnswerKind, Asker, CommandKind, Given, InteractionToken, Invocation, Invoked, Link,
    OptionKind, OptionValue, Permissions, Reply, Row, Visibility,
};
use expect_test::{Expect, expect};
use kernel::{ApplicationId, Fault, IdSource, InteractionId, Locale};

use super::world::{World, channel, guild, message, migrations, rule, settings, user, words};
use crate::{
    Action, Compiled, Mode, Rank, Ranks,
    commands::{Answer, CommandError, Desk, answer_kind, invoke, needs_ranks, specs},
};

const PEOPLE: [(&str, u64, i64); 5] = [
    ("mod", 9, 5),
    ("helper", 10, 4),
    ("alice", 1, 0),
    ("boss", 2, 8),
    ("bot", 66, 7),
];

fn number(name: &str) -> u64 {
    PEOPLE.iter().find(|(known, ..)| *known == name).unwrap().1
}

fn rank(name: &str) -> Rank {
    let (.., top_role) = PEOPLE.iter().find(|(known, ..)| *known == name).unwrap();
    Rank {
        is_owner: false,
        top_role: *top_role,
        permissions: permissions(name),
    }
}

fn permissions(name: &str) -> Permissions {
    match name {
        "alice" => Permissions::NONE,
        "helper" => Permissions::MODERATE_MEMBERS,
        _ => Permissions::from_bits(u64::MAX).without(Permissions::ADMINISTRATOR),
    }
}

/// Plays a script in a fresh guild and compares what is seen.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect!` makes a value where it is called"
)]
fn check(script: &str, expected: Expect) {
    let mut world = World::of(testkit::db::fresh_libsql(&migrations()));
    let mut spam = rule("spam", words(&["coins*"]));
    spam.actions = vec![Action::Delete {}, Action::Timeout { minutes: 90 }];
    let mut shadow = rule("tone", words(&["fool"]));
    shadow.mode = Mode::Shadow;
    world.settings = settings(vec![spam, shadow]);
    world.settings.log_channel_id = Some(channel(70));
    let mut seen = String::new();
    for line in script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if line == "no log" {
            world.settings.log_channel_id = None;
            continue;
        }
        let (who, what) = line.split_once(": ").unwrap();
        let said = match answered(&world, who, typed(what)) {
            Ok(answer) => shown(&answer),
            Err(error) => {
                let words = world.words.say(&Locale::english(), &error.told());
                format!("  only {who} | {words}\n")
            }
        };
        seen.push_str(&format!("{line}\n{said}"));
    }
    expected.assert_eq(&seen);
}

fn answered(world: &World, who: &str, invoked: Invoked) -> Result<Answer, CommandError> {
    let op = world.op(number(who));
    let ranks = needs_ranks(&invoked).map(|(_, target)| Ranks {
        asker: rank(who),
        target: target.and_then(|target| {
            let found = PEOPLE.iter().find(|(_, id, _)| *id == target.get());
            found.map(|(name, ..)| rank(name))
        }),
        bot: rank("bot"),
        is_self: target == Some(user(number(who))),
        is_bot_itself: target == Some(user(66)),
    });
    let invocation = Invocation {
        id: InteractionId::new(u64::try_from(world.ids.next()).unwrap()).unwrap(),
        application: ApplicationId::new(8).unwrap(),
        token: InteractionToken::new("token".to_owned()),
        guild: Some(guild(900)),
        channel: Some(channel(7)),
        asker: Asker {
            user: user(number(who)),
            name: who.to_owned(),
            is_bot: false,
            roles: vec![],
            permissions: Some(permissions(who)),
        },
        locale: Locale::english(),
        made_at: world.now(),
        received_at: world.now(),
        invoked,
        users: BTreeMap::new(),
    };
    let (settings, words) = (world.settings.clone(), world.words.clone());
    world.run(move |tx, ids| {
        let compiled = Compiled::of(&settings);
        let desk = Desk {
            settings: &settings,
            compiled: &compiled,
            words: &words,
            ranks: ranks.as_ref(),
        };
        invoke(tx, &op, ids, &desk, &invocation)
    })
}

fn typed(what: &str) -> Invoked {
    if let Some(custom_id) = what.strip_prefix("press ") {
        return Invoked::Button {
            custom_id: custom_id.to_owned(),
            message: message(5),
        };
    }
    if let Some(name) = what.strip_prefix("history ") {
        return Invoked::UserMenu {
            name: "Moderation history".to_owned(),
            target: user(number(name)),
        };
    }
    if let Some(id) = what.strip_prefix("report ") {
        return Invoked::MessageMenu {
            name: "Report to moderators".to_owned(),
            target: message(id.parse().unwrap()),
            message: None,
        };
    }
    let mut given = Given {
        name: String::new(),
        sub: None,
        options: BTreeMap::new(),
    };
    for part in what.trim_start_matches('/').split(' ') {
        match part.split_once('=') {
            Some((option, value)) => {
                let value = valued(&given.name, option, value);
                given.options.insert(option.to_owned(), value);
            }
            None if given.name.is_empty() => part.clone_into(&mut given.name),
            None => given.sub = Some(part.to_owned()),
        }
    }
    Invoked::Command(given)
}

fn valued(command: &str, option: &str, value: &str) -> OptionValue {
    match option {
        "user" if command != "unban" => OptionValue::User(user(number(value))),
        "count" | "seconds" | "number" | "delete_days" => {
            OptionValue::Integer(value.parse().unwrap())
        }
        "on" => OptionValue::Boolean(value == "true"),
        _ => OptionValue::Text(value.replace('+', " ")),
    }
}

fn shown(answer: &Answer) -> String {
    assert_eq!(answer.reply.visibility, Visibility::Private);
    let mut text = format!("  {}\n", said(&answer.reply));
    if let Some(card) = &answer.card {
        text.push_str(&format!("  #log | {}\n", said(card)));
    }
    for deed in &answer.deeds {
        text.push_str(&format!("  > {deed:?}\n"));
    }
    text
}

fn said(reply: &Reply) -> String {
    assert!(reply.pings.is_empty());
    let mut parts: Vec<String> = Vec::new();
    if !reply.text.is_empty() {
        parts.push(reply.text.clone());
    }
    if let Some(embed) = &reply.embed {
        assert!(embed.fields.len() <= 5);
        parts.push(embed.title.clone());
        parts.push(embed.description.replace('\n', " / "));
        let fields = embed.fields.iter();
        parts.extend(fields.map(|field| format!("{}: {}", field.name, field.value)));
        parts.extend(embed.footer.clone());
    }
    for row in &reply.rows {
        match row {
            Row::Buttons(buttons) => {
                parts.extend(buttons.iter().map(|button| match button.enabled {
                    true => format!("[{} → {}]", button.label, button.custom_id),
                    false => format!("({})", button.label),
                }))
            }
            Row::Links(links) => {
                let link = |link: &Link| format!("[{} → {}]", link.label, link.page.path());
                parts.extend(links.iter().map(link));
            }
            Row::Select(_) => {}
        }
    }
    parts.join(" | ")
}

#[test]
fn measures_are_done_carded_and_undone() {
    check(
        "mod: /warn user=alice reason=be+*nice*
         mod: /timeout user=alice duration=10m
         mod: press moderation:undo:2
         mod: press moderation:undo:2
         mod: /kick user=alice reason=enough
         mod: /case undo number=3
         mod: /ban user=alice duration=7d delete_days=1
         mod: /unban user=<@1>
         mod: /unban user=12345 reason=time
         mod: /case show number=1
         alice: press moderation:why:2
         alice: press moderation:why:5:e7",
        expect![[r#"
            mod: /warn user=alice reason=be+*nice*
              Case 1 | <@1> is warned. | Points: 1
              #log | Case 1: warning | <@1> · by <@9> · <t:1795168800:f> | Reason: be \*nice\* | Points: 1 | [Why → moderation:why:1] | [Undo → moderation:undo:1] | [Open the case → /dashboard/guilds/900/moderation/cases/1]
              > Tell { user: Id(1), text: "A moderator of the server warned you: be \\*nice\\* (case 1)." }
            mod: /timeout user=alice duration=10m
              Case 2 | <@1> can't write for 10m.
              #log | Case 2: time-out | <@1> · by <@9> · <t:1795168800:f> | Reason: none given | Until: <t:1795169400:f> | [Why → moderation:why:2] | [Undo → moderation:undo:2] | [Open the case → /dashboard/guilds/900/moderation/cases/2]
              > Timeout { user: Id(1), until_micros: 1795169400000000 }
            mod: press moderation:undo:2
              Case 2 is undone | <@1> can write again.
              #log | Case 2: time-out | <@1> · by <@9> · <t:1795168800:f> | Reason: none given | Until: <t:1795169400:f> | Undone by: <@9> | [Why → moderation:why:2] | (Undo) | [Open the case → /dashboard/guilds/900/moderation/cases/2]
              > LiftTimeout { user: Id(1) }
            mod: press moderation:undo:2
              Case 2 was undone before | 
            mod: /kick user=alice reason=enough
              Case 3 | <@1> is removed from the server.
              #log | Case 3: kick | <@1> · by <@9> · <t:1795168800:f> | Reason: enough | [Why → moderation:why:3] | [Undo → moderation:undo:3] | [Open the case → /dashboard/guilds/900/moderation/cases/3]
              > Kick { user: Id(1) }
            mod: /case undo number=3
              Case 3 is undone | Discord brings nobody back after a kick. Send an invitation.
              #log | Case 3: kick | <@1> · by <@9> · <t:1795168800:f> | Reason: enough | Undone by: <@9> | [Why → moderation:why:3] | (Undo) | [Open the case → /dashboard/guilds/900/moderation/cases/3]
            mod: /ban user=alice duration=7d delete_days=1
              Case 4 | <@1> is banned for 7d.
              #log | Case 4: ban | <@1> · by <@9> · <t:1795168800:f> | Reason: none given | Until: <t:1795773600:f> | [Why → moderation:why:4] | [Undo → moderation:undo:4] | [Open the case → /dashboard/guilds/900/moderation/cases/4]
              > Ban { user: Id(1), delete_seconds: 86400 }
            mod: /unban user=<@1>
              Case 4 | <@1> may come back.
              #log | Case 4: ban | <@1> · by <@9> · <t:1795168800:f> | Reason: none given | Until: <t:1795773600:f> | Undone by: <@9> | [Why → moderation:why:4] | (Undo) | [Open the case → /dashboard/guilds/900/moderation/cases/4]
              > Unban { user: Id(1) }
            mod: /unban user=12345 reason=time
              Case 5 | <@12345> may come back.
              #log | Case 5: note | <@12345> · by <@9> · <t:1795168800:f> | Reason: Ban lifted. time | [Why → moderation:why:5] | [Undo → moderation:undo:5] | [Open the case → /dashboard/guilds/900/moderation/cases/5]
              > Unban { user: Id(12345) }
            mod: /case show number=1
              Case 1: warning | <@1> · by <@9> · <t:1795168800:f> | Reason: be \*nice\* | Points: 1 | [Undo → moderation:undo:1]
            alice: press moderation:why:2
              Case 2: time-out | <@1> · by <@9> · <t:1795168800:f> | Reason: none given | Until: <t:1795169400:f> | Undone by: <@9>
            alice: press moderation:why:5:e7
              only alice | You need the permission Timeout Members for this. Ask somebody who may manage roles.
        "#]],
    );
}

#[test]
fn who_may_not_is_told_what_to_do() {
    check(
        "alice: /warn user=mod reason=x
         mod: /timeout user=boss duration=10m
         mod: /kick user=mod
         mod: /ban user=bot
         boss: /timeout user=boss duration=1h
         mod: /timeout user=alice duration=soon
         mod: /timeout user=alice duration=29d
         mod: /warn user=alice
         mod: /unban user=somebody
         mod: /purge count=0
         mod: /case show number=4
         mod: /case note number=4 text=x
         alice: /case list
         alice: /automod off
         mod: press moderation:dance
         mod: press moderation:undo:x",
        expect![[r#"
            alice: /warn user=mod reason=x
              only alice | You need the permission Timeout Members for this. Ask somebody who may manage roles.
            mod: /timeout user=boss duration=10m
              only mod | The highest role of this member is not below yours. Ask somebody with a higher role.
            mod: /kick user=mod
              only mod | You can't do this to yourself. Choose another member.
            mod: /ban user=bot
              only mod | I can't do this to myself. Choose another member.
            boss: /timeout user=boss duration=1h
              only boss | You can't do this to yourself. Choose another member.
            mod: /timeout user=alice duration=soon
              only mod | That is no length of time up to 28 days. Write it as 10m, 2h or 7d.
            mod: /timeout user=alice duration=29d
              only mod | That is no length of time up to 28 days. Write it as 10m, 2h or 7d.
            mod: /warn user=alice
              only mod | The option reason is missing or makes no sense. Fill it in and send the command again.
            mod: /unban user=somebody
              only mod | That is no user. Write the user's id, such as 123456789012345678.
            mod: /purge count=0
              only mod | count must be a whole number from 1 to 100.
            mod: /case show number=4
              only mod | There is no case 4 in this server. See /case list for those there are.
            mod: /case note number=4 text=x
              only mod | There is no case 4 in this server. See /case list for those there are.
            alice: /case list
              only alice | You need the permission Timeout Members for this. Ask somebody who may manage roles.
            alice: /automod off
              only alice | You need the permission Timeout Members for this. Ask somebody who may manage roles.
            mod: press moderation:dance
              only mod | This button is no longer in use. Use the command again.
            mod: press moderation:undo:x
              only mod | This button is no longer in use. Use the command again.
        "#]],
    );
}

#[test]
fn m9_who_may_not_ban_lifts_no_ban_by_command_or_button() {
    check(
        "mod: /ban user=alice reason=enough
         helper: /case undo number=1
         helper: press moderation:undo:1
         helper: /unban user=<@1>
         mod: press moderation:undo:1",
        expect![[r#"
            mod: /ban user=alice reason=enough
              Case 1 | <@1> is banned.
              #log | Case 1: ban | <@1> · by <@9> · <t:1795168800:f> | Reason: enough | [Why → moderation:why:1] | [Undo → moderation:undo:1] | [Open the case → /dashboard/guilds/900/moderation/cases/1]
              > Ban { user: Id(1), delete_seconds: 0 }
            helper: /case undo number=1
              only helper | Taking case 1 back would lift a ban, and you need the permission Ban Members for that. Ask somebody who has it.
            helper: press moderation:undo:1
              only helper | Taking case 1 back would lift a ban, and you need the permission Ban Members for that. Ask somebody who has it.
            helper: /unban user=<@1>
              only helper | You need the permission Ban Members for this. Ask somebody who may manage roles.
            mod: press moderation:undo:1
              Case 1 is undone | <@1> may come back.
              #log | Case 1: ban | <@1> · by <@9> · <t:1795168800:f> | Reason: enough | Undone by: <@9> | [Why → moderation:why:1] | (Undo) | [Open the case → /dashboard/guilds/900/moderation/cases/1]
              > Unban { user: Id(1) }
        "#]],
    );
}

#[test]
fn channels_rules_and_reports() {
    check(
        "mod: /purge count=10
         mod: /purge count=1 user=alice
         mod: /slowmode seconds=30
         mod: /slowmode seconds=0
         mod: /lockdown on=true
         mod: /lockdown on=false
         mod: /automod test text=buy+c0ins+you+fool
         mod: /automod test text=hello
         mod: /automod status
         mod: /automod off
         mod: /automod status
         mod: /automod on
         alice: report 55
         alice: report 55
         no log
         alice: report 56",
        expect![[r#"
            mod: /purge count=10
              The latest 10 messages go
              #log | The latest 10 messages go | <#7> · by <@9>
              > Purge { channel: Id(7), count: 10, user: None }
            mod: /purge count=1 user=alice
              The latest message of <@1> goes
              #log | The latest message of <@1> goes | <#7> · by <@9>
              > Purge { channel: Id(7), count: 1, user: Some(Id(1)) }
            mod: /slowmode seconds=30
              One message every 30 s for each member
              #log | One message every 30 s for each member | <#7> · by <@9>
              > Slowmode { channel: Id(7), seconds: 30 }
            mod: /slowmode seconds=0
              Slow mode is off
              #log | Slow mode is off | <#7> · by <@9>
              > Slowmode { channel: Id(7), seconds: 0 }
            mod: /lockdown on=true
              The channel is locked
              #log | The channel is locked | <#7> · by <@9>
              > Lockdown { channel: Id(7), locked: true }
            mod: /lockdown on=false
              The channel is open again
              #log | The channel is open again | <#7> · by <@9>
              > Lockdown { channel: Id(7), locked: false }
            mod: /automod test text=buy+c0ins+you+fool
              2 rules would hit | **spam** (acts): removes the message, time-out of 1h 30m · c0ins / **tone** (shadow): removes the message · fool | As the message of a member without roles. Nothing was done.
            mod: /automod test text=hello
              No rule would hit |  | As the message of a member without roles. Nothing was done.
            mod: /automod status
              Rules are applied | 1 acting, 1 in shadow mode. | Log channel: <#70>
            mod: /automod off
              All rules are switched off
              #log | All rules are switched off | by <@9>
            mod: /automod status
              Rules are switched off | 1 acting, 1 in shadow mode. | Switched by: <@9> · <t:1795168800:f> | Log channel: <#70>
            mod: /automod on
              Rules are applied again
              #log | Rules are applied again | by <@9>
            alice: report 55
              Thank you. The moderators see your report.
              #log | A member reported a message | <@1> reported https://discord.com/channels/900/7/55
            alice: report 55
              You reported this message before. The moderators have seen it.
            alice: report 56
              only alice | This server has no log channel yet, so nobody would see a report. Ask somebody who may manage the server to choose one with /setup.
        "#]],
    );
}

#[test]
fn histories_turn_their_pages() {
    let script: String = (0..11)
        .map(|_| "mod: /warn user=alice reason=x\n")
        .collect();
    let mut world = World::of(testkit::db::fresh_libsql(&migrations()));
    world.settings = settings(vec![]);
    for line in script.lines() {
        let (who, what) = line.split_once(": ").unwrap();
        answered(&world, who, typed(what)).unwrap();
    }
    let first = answered(&world, "mod", typed("history alice")).unwrap();
    let text = shown(&first);
    assert!(
        text.contains("`11`") && text.contains("`2`") && !text.contains("`1` "),
        "{text}"
    );
    assert!(text.contains("moderation:list:1:2"), "{text}");
    let older = typed("press moderation:list:1:2");
    assert_eq!(answer_kind(&older), Some(AnswerKind::Update));
    let second = shown(&answered(&world, "mod", older).unwrap());
    assert!(
        second.contains("`1` ") && !second.contains("Older"),
        "{second}"
    );
}

#[test]
fn every_command_declares_who_may_use_it_and_how_it_answers() {
    let specs = specs();
    let names: Vec<_> = specs.iter().map(|spec| spec.name).collect();
    assert_eq!(
        names,
        [
            "warn",
            "timeout",
            "kick",
            "ban",
            "unban",
            "purge",
            "slowmode",
            "lockdown",
            "case",
            "automod",
            "Report to moderators",
            "Moderation history"
        ]
    );
    for spec in &specs {
        assert_eq!(spec.answer, AnswerKind::Private);
        assert_eq!(
            spec.access == Access::Everyone,
            spec.name == "Report to moderators"
        );
        if spec.kind == CommandKind::Slash {
            let first_optional = spec.options.iter().position(|option| !option.required);
            let after = first_optional.map_or(&[][..], |at| &spec.options[at..]);
            assert!(after.iter().all(|option| !option.required), "{}", spec.name);
            let subs = spec
                .options
                .iter()
                .filter(|option| matches!(option.kind, OptionKind::SubCommand(_)));
            for sub in subs {
                let invoked = typed(&format!("/{} {} number=1 text=x", spec.name, sub.name));
                assert_eq!(
                    answer_kind(&invoked),
                    Some(AnswerKind::Private),
                    "{}",
                    sub.name
                );
            }
        }
    }
    assert_eq!(answer_kind(&typed("/daily")), None);
    assert_eq!(answer_kind(&typed("press economy:open:daily")), None);
    assert_eq!(
        answer_kind(&typed("press moderation:why:1")),
        Some(AnswerKind::Private)
    );
}
