//! Chat in, chat out: what a member types, and what they and the others see.

use std::collections::BTreeMap;

use chat::{
    AnswerKind, Asker, Button, Given, InteractionToken, Invocation, Invoked, Link, OptionValue,
    Reply, Row, TargetUser, Visibility,
};
use expect_test::{Expect, expect};
use kernel::{ApplicationId, Cause, CauseKind, Fault, InteractionId, Locale, MessageId, Span};

use super::world::{World, guild, migrations, moving, user};
use crate::{
    Frost,
    commands::{Answer, CommandError, answer_kind, choices, invoke, specs},
};

const PEOPLE: [(&str, u64); 5] = [
    ("alice", 1),
    ("bob", 2),
    ("carol", 3),
    ("robo", 66),
    ("ghost", 77),
];

fn number(name: &str) -> u64 {
    PEOPLE.iter().find(|(known, _)| *known == name).unwrap().1
}

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
        if let Some(said) = play(&mut world, line) {
            seen.push_str(&format!("{line}\n{said}"));
        }
    }
    world.is_sound();
    expected.assert_eq(&seen);
}

fn play(world: &mut World, line: &str) -> Option<String> {
    if let Some(hours) = line.strip_prefix("later ") {
        world.later(Span::hours(hours.parse().unwrap()));
        return None;
    }
    if let Some(rest) = line.strip_prefix("grant ") {
        let (to, count) = rest.split_once(' ').unwrap();
        let member = number(to);
        world.rich(&[member], count.parse().unwrap());
        return None;
    }
    match line {
        "freeze" => {
            let op = world.admin();
            world
                .run(move |tx, _| crate::freeze(tx, &op, Frost::Guild, ""))
                .unwrap();
            return None;
        }
        "freeze alice" => {
            let op = world.admin();
            world
                .run(move |tx, _| crate::freeze(tx, &op, Frost::Member(user(1)), ""))
                .unwrap();
            return None;
        }
        "off" => {
            world.settings.enabled = false;
            return None;
        }
        _ => {}
    }
    let (who, what) = line.split_once(": ").unwrap();
    let invocation = invocation(world, number(who), who, typed(what));
    Some(match answered(world, &invocation) {
        Ok(answer) => shown(&answer.reply),
        Err(error) => {
            let words = world.words.say(&Locale::english(), &error.told());
            format!("  only {who} | {words}\n")
        }
    })
}

fn answered(world: &World, invocation: &Invocation) -> Result<Answer, CommandError> {
    let mut op = world.op(invocation.asker.user.get());
    op.cause = Cause::new(CauseKind::Interaction, invocation.id);
    let (settings, words, invocation) = (
        world.settings.clone(),
        world.words.clone(),
        invocation.clone(),
    );
    world.run(move |tx, ids| {
        invoke(
            tx,
            &op,
            ids,
            &settings,
            &words,
            &super::world::pseudonyms(),
            &invocation,
        )
    })
}

fn typed(what: &str) -> Invoked {
    if let Some(custom_id) = what.strip_prefix("press ") {
        return Invoked::Button {
            custom_id: custom_id.to_owned(),
            message: MessageId::new(5).unwrap(),
        };
    }
    let mut parts = what.trim_start_matches('/').split(' ');
    let name = parts.next().unwrap().to_owned();
    let mut options = BTreeMap::new();
    for part in parts {
        let (option, value) = part.split_once('=').unwrap();
        let value = match option {
            "user" => OptionValue::User(user(number(value))),
            "amount" | "page" => OptionValue::Integer(value.parse().unwrap()),
            _ => OptionValue::Text(value.replace('+', " ")),
        };
        options.insert(option.to_owned(), value);
    }
    Invoked::Command(Given {
        name,
        sub: None,
        options,
    })
}

fn invocation(world: &World, asker: u64, name: &str, invoked: Invoked) -> Invocation {
    let target = |(name, number): (&str, u64)| {
        let target = TargetUser {
            name: name.to_owned(),
            is_bot: name == "robo",
            is_member: name != "ghost",
            ..TargetUser::default()
        };
        (user(number), target)
    };
    Invocation {
        id: InteractionId::new(next(world)).unwrap(),
        application: ApplicationId::new(8).unwrap(),
        token: InteractionToken::new("token".to_owned()),
        guild: Some(guild(900)),
        channel: None,
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
        users: PEOPLE.map(target).into(),
    }
}

/// A number that no other interaction of this world has.
fn next(world: &World) -> u64 {
    u64::try_from(kernel::IdSource::next(world.ids.as_ref())).unwrap()
}

fn shown(reply: &Reply) -> String {
    let seen_by = match reply.visibility {
        Visibility::Public => "all",
        Visibility::Private => "only the asker",
    };
    let mut parts = vec![seen_by.to_owned()];
    if !reply.pings.is_empty() {
        let pings: Vec<_> = reply
            .pings
            .iter()
            .map(|user| format!("<@{user}>"))
            .collect();
        parts.push(format!("{} (pings {})", reply.text, pings.join(" ")));
    }
    if let Some(embed) = &reply.embed {
        assert!(embed.fields.len() <= 5);
        parts.push(embed.title.clone());
        parts.push(embed.description.replace('\n', " / "));
        for field in &embed.fields {
            parts.push(format!("{}: {}", field.name, field.value));
        }
        parts.extend(embed.footer.clone());
    }
    let mut text = format!("  {}\n", parts.join(" | "));
    if let Some(picture) = &reply.picture {
        text.push_str(&format!("  {}: {}\n", picture.file_name, picture.alt));
    }
    let buttons: Vec<_> = reply.rows.iter().flat_map(labels).collect();
    if !buttons.is_empty() {
        text.push_str(&format!("  {}\n", buttons.join(" ")));
    }
    text
}

fn labels(row: &Row) -> Vec<String> {
    let label = |button: &Button| match button.enabled {
        true => format!("[{} → {}]", button.label, button.custom_id),
        false => format!("({})", button.label),
    };
    let link = |link: &Link| format!("[{} → {}]", link.label, link.page.path());
    match row {
        Row::Buttons(buttons) => buttons.iter().map(label).collect(),
        Row::Links(links) => links.iter().map(link).collect(),
        Row::Select(_) => vec![],
    }
}

#[test]
fn daily_pays_once_a_day_and_more_in_a_row() {
    check(
        "alice: /daily
         alice: /daily
         later 24
         alice: /daily
         alice: press economy:open:daily
         alice: press economy:open:balance",
        expect![[r#"
            alice: /daily
              all | 100 🪙 for today | <@1> claimed the daily coins. | Streak: 1 day | Balance: 100 🪙 | Next: <t:1795219200:R>
              [Balance → economy:open:balance] [Leaderboard → economy:open:leaderboard]
            alice: /daily
              only alice | You have claimed your coins for today. Come back <t:1795219200:R>, at <t:1795219200:f>.
            alice: /daily
              all | 110 🪙 for today | <@1> claimed the daily coins. | Streak: 2 days | Balance: 210 🪙 | Next: <t:1795305600:R>
              [Balance → economy:open:balance] [Leaderboard → economy:open:leaderboard]
            alice: press economy:open:daily
              only alice | You have claimed your coins for today. Come back <t:1795305600:R>, at <t:1795305600:f>.
            alice: press economy:open:balance
              only the asker | 210 🪙 | In your purse. | Streak: 2 days | coins
              [Claim daily → economy:open:daily] [Leaderboard → economy:open:leaderboard] [Every coin → /dashboard/guilds/900/members/1/statement]
        "#]],
    );
}

#[test]
fn pay_moves_coins_and_pings_only_the_payee() {
    check(
        "grant alice 100
         alice: /pay user=bob amount=30 note=for+*the*+pizza
         alice: /pay user=bob amount=71
         alice: /pay user=alice amount=5
         alice: /pay user=robo amount=5
         alice: /pay user=ghost amount=5
         alice: /pay user=bob amount=0
         alice: /pay user=bob amount=-5
         alice: /pay user=bob amount=9007199254740992
         bob: /pay user=carol amount=30
         carol: /pay user=bob amount=31
         alice: /pay user=bob",
        expect![[r#"
            alice: /pay user=bob amount=30 note=for+*the*+pizza
              all | <@2> (pings <@2>) | 30 🪙 for bob | <@1> paid <@2>. | Note: for \*the\* pizza
              [Balance → economy:open:balance]
            alice: /pay user=bob amount=71
              only alice | You have 70 to give, and wanted to pay 71. Pay less, or claim more with /daily.
            alice: /pay user=alice amount=5
              only alice | You can't pay yourself. Choose another member.
            alice: /pay user=robo amount=5
              only alice | robo is a bot, and bots have no purse. Choose a member.
            alice: /pay user=ghost amount=5
              only alice | <@77> is not a member of this server. Choose somebody who is.
            alice: /pay user=bob amount=0
              only alice | 0 can't be paid. Choose a whole number from 1 to 9007199254740991.
            alice: /pay user=bob amount=-5
              only alice | -5 can't be paid. Choose a whole number from 1 to 9007199254740991.
            alice: /pay user=bob amount=9007199254740992
              only alice | 9007199254740992 can't be paid. Choose a whole number from 1 to 9007199254740991.
            bob: /pay user=carol amount=30
              all | <@3> (pings <@3>) | 30 🪙 for carol | <@2> paid <@3>.
              [Balance → economy:open:balance]
            carol: /pay user=bob amount=31
              only carol | You have 30 to give, and wanted to pay 31. Pay less, or claim more with /daily.
            alice: /pay user=bob
              only alice | The option amount is missing or makes no sense. Choose it from the list and send the command again.
        "#]],
    );
}

#[test]
fn balance_is_shown_to_the_asker_alone() {
    check(
        "alice: /balance
         grant bob 250
         alice: /balance user=bob
         alice: /balance user=robo
         bob: /daily
         bob: /balance",
        expect![[r#"
            alice: /balance
              only the asker | 0 🪙 | In your purse. | coins
              [Claim daily → economy:open:daily] [Leaderboard → economy:open:leaderboard] [Every coin → /dashboard/guilds/900/members/1/statement]
            alice: /balance user=bob
              only the asker | 250 🪙 | In the purse of <@2>. | coins
              [Claim daily → economy:open:daily] [Leaderboard → economy:open:leaderboard]
            alice: /balance user=robo
              only alice | robo is a bot, and bots have no purse. Choose a member.
            bob: /daily
              all | 100 🪙 for today | <@2> claimed the daily coins. | Streak: 1 day | Balance: 350 🪙 | Next: <t:1795219200:R>
              [Balance → economy:open:balance] [Leaderboard → economy:open:leaderboard]
            bob: /balance
              only the asker | 350 🪙 | In your purse. | Streak: 1 day | coins
              [Claim daily → economy:open:daily] [Leaderboard → economy:open:leaderboard] [Every coin → /dashboard/guilds/900/members/2/statement]
        "#]],
    );
}

#[test]
fn leaderboard_turns_its_pages_in_place() {
    check(
        "alice: /leaderboard
         grant alice 10
         grant bob 30
         grant carol 20
         alice: /leaderboard
         alice: /leaderboard by=streak
         bob: /daily
         alice: /leaderboard by=streak page=1
         alice: press economy:leaderboard:balance:2
         alice: /leaderboard page=0
         alice: press economy:leaderboard:wealth:1
         alice: press economy:leaderboard:balance:99999999999
         alice: press economy:nothing",
        expect![[r#"
            alice: /leaderboard
              all | Richest members | Nobody is on this board yet. Claim your first coins with /daily. | Page 1
              (Previous) (Next)
            alice: /leaderboard
              all | Richest members | `1.` <@2> · **30 🪙** / `2.` <@3> · **20 🪙** / `3.` <@1> · **10 🪙** | Page 1
              leaderboard.png: Richest members. 1. <@2>: 30 coins, 2. <@3>: 20 coins, 3. <@1>: 10 coins
              (Previous) (Next)
            alice: /leaderboard by=streak
              all | Longest streaks | Nobody is on this board yet. Claim your first coins with /daily. | Page 1
              (Previous) (Next)
            bob: /daily
              all | 100 🪙 for today | <@2> claimed the daily coins. | Streak: 1 day | Balance: 130 🪙 | Next: <t:1795219200:R>
              [Balance → economy:open:balance] [Leaderboard → economy:open:leaderboard]
            alice: /leaderboard by=streak page=1
              all | Longest streaks | `1.` <@2> · **1 day** | Page 1
              leaderboard.png: Longest streaks. 1. <@2>: 1 day
              (Previous) (Next)
            alice: press economy:leaderboard:balance:2
              all | Richest members | The board ends before this page. Go back with the button below. | Page 2
              [Previous → economy:leaderboard:balance:1] (Next)
            alice: /leaderboard page=0
              only alice | There is no such page. Pages go from 1 to 10000.
            alice: press economy:leaderboard:wealth:1
              only alice | The option by is missing or makes no sense. Choose it from the list and send the command again.
            alice: press economy:leaderboard:balance:99999999999
              only alice | There is no such page. Pages go from 1 to 10000.
            alice: press economy:nothing
              only alice | This button or command is no longer in use. Use the command again.
        "#]],
    );
}

#[test]
fn rank_is_shown_to_all_and_says_where_somebody_stands() {
    check(
        "alice: /rank
         grant alice 10
         grant bob 30
         grant carol 20
         later 48
         bob: /daily
         carol: /rank
         carol: /rank user=bob
         carol: /rank user=robo
         off
         carol: /rank",
        expect![[r#"
            alice: /rank
              all | No place yet | <@1> has no coins yet. The first ones come with /daily. | Balance: 0 🪙 | Streak: 0 days
              rank.png: <@1> has no place yet. Balance 0 coins, streak 0 days.
              [Leaderboard → economy:open:leaderboard] [Claim daily → economy:open:daily]
            bob: /daily
              all | 100 🪙 for today | <@2> claimed the daily coins. | Streak: 1 day | Balance: 130 🪙 | Next: <t:1795392000:R>
              [Balance → economy:open:balance] [Leaderboard → economy:open:leaderboard]
            carol: /rank
              all | #2 of 3 | Where <@3> stands by the coins in the purse. | Balance: 20 🪙 | Share of all coins: 12.5 % | Streak: 0 days | In 30 days: +20
              rank.png: <@3> has place 2 of 3. Balance 20 coins, 12.5 % of all coins, streak 0 days. 30 days up to today begin with 0.
              [Leaderboard → economy:open:leaderboard] [Claim daily → economy:open:daily]
            carol: /rank user=bob
              all | #1 of 3 | Where <@2> stands by the coins in the purse. | Balance: 130 🪙 | Share of all coins: 81.2 % | Streak: 1 day | In 30 days: +130
              rank.png: <@2> has place 1 of 3. Balance 130 coins, 81.2 % of all coins, streak 1 day. 30 days up to today begin with 0.
              [Leaderboard → economy:open:leaderboard] [Claim daily → economy:open:daily]
            carol: /rank user=robo
              only carol | robo is a bot, and bots have no purse. Choose a member.
            carol: /rank
              only carol | The economy is off in this server. Somebody who may manage the server can turn it on in the settings, under economy.
        "#]],
    );
}

#[test]
fn stats_are_shown_to_the_asker_alone_once_coins_have_moved() {
    check(
        "alice: /stats
         grant alice 100
         later 26
         bob: /daily
         alice: /pay user=bob amount=5
         alice: /stats
         off
         alice: /stats",
        expect![[r#"
            alice: /stats
              only the asker | Coins of this server | No coins have moved in the last 30 days. The first ones come with /daily.
              [Leaderboard → economy:open:leaderboard]
            bob: /daily
              all | 100 🪙 for today | <@2> claimed the daily coins. | Streak: 1 day | Balance: 100 🪙 | Next: <t:1795305600:R>
              [Balance → economy:open:balance] [Leaderboard → economy:open:leaderboard]
            alice: /pay user=bob amount=5
              all | <@2> (pings <@2>) | 5 🪙 for bob | <@1> paid <@2>.
              [Balance → economy:open:balance]
            alice: /stats
              only the asker | Coins of this server |  | Members with coins: 2 | In circulation: 200 🪙 | Claims: 1 | Payments: 1 | Busiest hour: Sat 12:00 | 30 days, UTC
              stats.png: 2 members have coins. 200 coins are in circulation, 0 at the beginning of these 30 days. Claims: 1. Payments: 1. Most moves on Sat 12:00.
              [Leaderboard → economy:open:leaderboard]
            alice: /stats
              only alice | The economy is off in this server. Somebody who may manage the server can turn it on in the settings, under economy.
        "#]],
    );
}

#[test]
fn timezone_is_set_shown_and_refused() {
    check(
        "alice: /timezone
         alice: /timezone zone=europe/berlin
         alice: /timezone
         alice: /timezone zone=Mars/Base",
        expect![[r#"
            alice: /timezone
              only the asker | Your time zone: UTC | Your days are counted in it. Choose another with the option zone.
            alice: /timezone zone=europe/berlin
              only the asker | Your time zone: Europe/Berlin | Your days are counted in it from now on. After a change, the next daily is at least 20 hours after the last one.
            alice: /timezone
              only the asker | Your time zone: Europe/Berlin | Your days are counted in it. Choose another with the option zone.
            alice: /timezone zone=Mars/Base
              only alice | There is no time zone called Mars/Base. Choose one from the list that appears as you type, such as Europe/Berlin.
        "#]],
    );
}

#[test]
fn what_is_frozen_or_off_says_so() {
    check(
        "grant alice 10
         grant bob 10
         freeze alice
         alice: /daily
         alice: /pay user=bob amount=5
         bob: /pay user=alice amount=5
         alice: /balance
         freeze
         alice: /daily
         alice: /pay user=bob amount=5
         alice: /balance
         off
         alice: /daily
         alice: /balance",
        expect![[r#"
            alice: /daily
              only alice | Your coins are frozen, so you can neither get nor give any. Ask a moderator of this server.
            alice: /pay user=bob amount=5
              only alice | Your coins are frozen, so you can neither get nor give any. Ask a moderator of this server.
            bob: /pay user=alice amount=5
              only bob | The coins of <@1> are frozen, so nothing can be paid to them. Ask a moderator of this server, or choose somebody else.
            alice: /balance
              only the asker | 10 🪙 | In your purse. | Frozen: no coins move until a moderator lifts it.
              [Claim daily → economy:open:daily] [Leaderboard → economy:open:leaderboard] [Every coin → /dashboard/guilds/900/members/1/statement]
            alice: /daily
              only alice | The economy of this server is frozen, so no coins move. Ask whoever manages the server.
            alice: /pay user=bob amount=5
              only alice | The economy of this server is frozen, so no coins move. Ask whoever manages the server.
            alice: /balance
              only the asker | 10 🪙 | In your purse. | Frozen: no coins move until a moderator lifts it.
              [Claim daily → economy:open:daily] [Leaderboard → economy:open:leaderboard] [Every coin → /dashboard/guilds/900/members/1/statement]
            alice: /daily
              only alice | The economy is off in this server. Somebody who may manage the server can turn it on in the settings, under economy.
            alice: /balance
              only alice | The economy is off in this server. Somebody who may manage the server can turn it on in the settings, under economy.
        "#]],
    );
}

#[test]
fn a_debt_is_paid_back_by_the_next_daily() {
    let world = World::of(testkit::db::fresh_libsql(&migrations()));
    world.rich(&[1, 2], 100);
    let paid = world
        .transfer(&world.op(1), &moving("purse:1", "purse:2", 40))
        .unwrap();
    world.moves("purse:2", "sink:shop", 140).unwrap();
    let (op, id) = (world.admin(), paid.record.id);
    world
        .run(move |tx, ids| {
            let cmd = crate::Reverse {
                transfer: id.clone(),
                reason: String::new(),
            };
            crate::reverse(tx, &op, ids, &cmd)
        })
        .unwrap();
    let asked = invocation(&world, 2, "bob", typed("/daily"));
    let answer = answered(&world, &asked).unwrap();
    let text = shown(&answer.reply);
    assert!(
        text.contains("Paid back: 40 🪙") && text.contains("Balance: 60 🪙"),
        "{text}"
    );
    let last = answer
        .standings
        .iter()
        .rev()
        .find(|one| one.name.to_string() == "purse:2");
    assert_eq!(last.unwrap().balance.get(), 60);
    world.is_sound();
}

#[test]
fn every_command_declares_how_it_answers() {
    for spec in specs() {
        let options = spec.options.iter().filter_map(|option| {
            let value = match option.name {
                "user" => OptionValue::User(user(2)),
                "amount" => OptionValue::Integer(5),
                _ => return None,
            };
            option.required.then(|| (option.name.to_owned(), value))
        });
        let invoked = Invoked::Command(Given {
            name: spec.name.to_owned(),
            sub: None,
            options: options.collect(),
        });
        assert_eq!(answer_kind(&invoked), Some(spec.answer), "{}", spec.name);
    }
    let press = |id: &str| answer_kind(&typed(&format!("press {id}")));
    assert_eq!(
        press("economy:leaderboard:balance:2"),
        Some(AnswerKind::Update)
    );
    assert_eq!(press("economy:open:leaderboard"), Some(AnswerKind::Public));
    assert_eq!(press("economy:open:balance"), Some(AnswerKind::Private));
    assert_eq!(press("games:coinflip"), None);
}

#[test]
fn zones_are_offered_while_one_is_typed() {
    let typing = Invoked::Typing {
        given: Given {
            name: "timezone".to_owned(),
            sub: None,
            options: BTreeMap::new(),
        },
        option: "zone".to_owned(),
        partial: "new y".to_owned(),
    };
    let offered = choices(&typing);
    assert_eq!(offered[0].value, "America/New_York");
    assert!(offered.len() <= 25);
    assert_eq!(answer_kind(&typing), Some(AnswerKind::Choices));
}
