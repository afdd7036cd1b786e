//! Turns, the windows onto them, and what older ones came to.

use super::world::{CELLAR, GUILD, SQUARE, TOWN, World, channel, each, message, texts, user};
use crate::{Said, Speaker, Summed, TURNS_MAX};

#[test]
fn windows_hold_each_turn_once_and_in_order() {
    each(|world| {
        world.say(&world.turn(101, 1, TOWN, "first"));
        world.say(&world.turn(102, 2, TOWN, "second"));
        let mut answer = world.turn(103, 2, TOWN, "an answer");
        answer.speaker = Speaker::Bot;
        world.say(&answer);
        world.say(&world.turn(104, 1, SQUARE, "mine elsewhere"));
        world.say(&world.turn(105, 2, SQUARE, "theirs elsewhere"));
        world.say(&world.turn(106, 1, TOWN, "the question"));
        let windows = world.windows(1, TOWN, 106);
        assert_eq!(texts(&windows.channel), ["first", "second", "an answer"]);
        assert_eq!(windows.channel[2].speaker, Speaker::Bot);
        assert_eq!(texts(&windows.member), ["mine elsewhere"]);
        assert_eq!(texts(&windows.server), ["theirs elsewhere"]);
    });
}

#[test]
fn n6_a_message_is_kept_once() {
    each(|world| {
        let turn = world.turn(101, 1, TOWN, "hello");
        assert_eq!(world.say(&turn), Said::Kept);
        assert_eq!(world.say(&turn), Said::Known);
        assert_eq!(world.say(&world.turn(102, 1, TOWN, " \n ")), Said::Left);
        assert_eq!(world.windows(1, TOWN, 900).channel.len(), 1);
    });
}

#[test]
fn edits_and_deletions_are_followed() {
    each(|world| {
        world.say(&world.turn(101, 1, TOWN, "helo"));
        world.say(&world.turn(102, 1, TOWN, "bye"));
        let op = world.op(1);
        let done = world.run(move |tx, _| {
            let known = crate::edit(tx, &op, channel(TOWN), message(101), "hello")?;
            let unknown = crate::edit(tx, &op, channel(TOWN), message(999), "hello")?;
            let gone = crate::unsay(tx, &op, channel(TOWN), &[message(102), message(998)])?;
            Ok((known, unknown, gone))
        });
        assert_eq!(done, (true, false, 1));
        assert_eq!(texts(&world.windows(1, TOWN, 900).channel), ["hello"]);
    });
}

#[test]
fn n9_windows_stay_within_their_budgets_and_channels_within_theirs() {
    each(|mut world| {
        let long = "word ".repeat(100);
        for number in 0..250 {
            world.say(&world.turn(1_000 + number, 1, TOWN, &format!("{number} {long}")));
        }
        world.settings.budgets.channel = 600;
        let windows = world.windows(1, TOWN, 9_000);
        assert_eq!(windows.channel.len(), 4, "{}", windows.channel.len());
        assert!(windows.channel[3].text.starts_with("249 "));
        let (guild, now) = (world.guild(), world.now());
        let kept = world.run(move |tx, _| {
            let place = (guild, channel(TOWN));
            crate::store::turns::channel_window(tx, place, (0, i64::MAX), now, 1_000)
        });
        assert_eq!(i64::try_from(kept.len()).unwrap(), TURNS_MAX);
    });
}

/// A talk that is longer than two windows.
fn long_talk(world: &mut World, at: u64) {
    world.settings.budgets.channel = 100;
    for number in 0..20 {
        let member = 1 + number % 2;
        let text = format!("line {number} of a long talk about the harvest");
        world.say(&world.turn(1_000 + number, member, at, &text));
    }
}

fn due(world: &World, at: u64) -> Option<crate::SummaryDue> {
    let (op, settings) = (world.op(1), world.settings.clone());
    world.run(move |tx, _| crate::summary_due(tx, &op, &settings, channel(at)))
}

fn put(world: &World, due: &crate::SummaryDue, text: &str) -> Summed {
    let (op, privacy, due, text) = (
        world.op(1),
        world.privacy.clone(),
        due.clone(),
        text.to_owned(),
    );
    world.run(move |tx, _| crate::summary_put(tx, &op, &privacy, &due, &text))
}

#[test]
fn older_turns_are_summed_up_once() {
    each(|mut world| {
        assert_eq!(due(&world, TOWN), None);
        long_talk(&mut world, TOWN);
        let first = due(&world, TOWN).unwrap();
        assert!(first.turns.len() > 10);
        assert_eq!(first.turns[0].message, message(1_000));
        assert_eq!(
            put(&world, &first, "They spoke of the harvest."),
            Summed::Kept
        );
        assert_eq!(put(&world, &first, "Another word."), Summed::Stale);
        assert_eq!(due(&world, TOWN), None);
        let windows = world.windows(1, TOWN, 9_000);
        assert_eq!(windows.summary.unwrap().text, "They spoke of the harvest.");
        assert_eq!(
            world.windows(1, SQUARE, 9_000).summary,
            None,
            "used in its channel alone"
        );
    });
}

#[test]
fn n3_a_summary_of_a_private_channel_stays_there() {
    each(|mut world| {
        long_talk(&mut world, CELLAR);
        let found = due(&world, CELLAR).unwrap();
        assert!(found.is_for(&world.viewer(1, CELLAR), world.now()));
        assert!(!found.is_for(&world.viewer(1, TOWN), world.now()));
        put(&world, &found, "A secret harvest.");
        assert_eq!(world.windows(1, TOWN, 9_000).summary, None);
        assert!(world.windows(2, CELLAR, 9_000).summary.is_some());
    });
}

#[test]
fn n7_erased_words_go_from_summaries_and_do_not_come_back() {
    each(|mut world| {
        long_talk(&mut world, TOWN);
        let under_way = due(&world, TOWN).unwrap();
        assert_eq!(put(&world, &under_way, "Two spoke."), Summed::Kept);
        let guild = world.guild();
        assert_eq!(guild.get(), GUILD);
        let op = world.op(1);
        let erased = world.run(move |tx, _| crate::erase(tx, &op, guild, user(1)));
        assert_eq!((erased.turns, erased.summaries), (10, 1));
        assert_eq!(world.windows(2, TOWN, 9_000).summary, None);
        assert_eq!(put(&world, &under_way, "Two spoke."), Summed::Stale);
        assert_eq!(world.windows(2, TOWN, 9_000).summary, None);
    });
}

#[test]
fn a_deleted_message_takes_the_summary_along_that_it_went_into() {
    each(|mut world| {
        long_talk(&mut world, TOWN);
        let found = due(&world, TOWN).unwrap();
        put(&world, &found, "Two spoke.");
        let op = world.op(1);
        world.run(move |tx, _| crate::unsay(tx, &op, channel(TOWN), &[message(1_000)]));
        assert_eq!(world.windows(2, TOWN, 9_000).summary, None);
    });
}
